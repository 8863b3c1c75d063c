//! `zonefall report`: results told again without simulating; and what a run leaves for CI.

mod cli_support;

use cli_support::Place;
use std::fs;

fn ready(runs: &[&str]) -> Place {
    let place = Place::new();
    assert_eq!(place.zonefall(&["init", "-q"]).code, Some(0));
    for set in runs {
        let name = format!("name=\"{set}\"");
        let set = format!("app.shop.containers={set}");
        let args =
            ["run", "first.toml", "-q", "--replications", "20", "--set", &name, "--set", &set];
        assert!(matches!(place.zonefall(&args).code, Some(0 | 3 | 5)));
    }
    place
}

#[test]
fn a_result_told_again_is_the_page_of_its_run() {
    let place = ready(&["2"]);
    let page = fs::read_to_string(place.path().join("output/2/report.html")).unwrap();
    let told = place.zonefall(&["report", "output/2/result.json", "--format", "html"]);
    assert_eq!(told.out, page);
    let told = place.zonefall(&["report", "output/2/result.json", "--out", "again"]);
    assert_eq!(told.out, "again/report.html\n");
    assert_eq!(fs::read_to_string(place.path().join("again/report.html")).unwrap(), page);
    assert!(place.path().join("again/junit.xml").exists());
    assert!(!place.path().join("again/result.json").exists());
}

#[test]
fn several_results_stand_on_one_page() {
    let place = ready(&["2", "3"]);
    let told = place.zonefall(&["report", "output/2/result.json", "output/3/result.json"]);
    assert_eq!(told.out, "output/compared/compared.html\n");
    let page = fs::read_to_string(place.path().join("output/compared/compared.html")).unwrap();
    assert!(page.contains("app.shop.containers") && page.contains("<svg"), "{page}");
}

#[test]
fn what_is_no_result_is_refused_in_words() {
    let place = ready(&[]);
    let cases = [("{}", "is no result"), ("{\"schema\": 9}", "schema 9"), ("x", "is no JSON")];
    for (content, told) in cases {
        place.file("result.json", content);
        let said = place.zonefall(&["report", "result.json"]);
        assert!(said.code == Some(2) && said.err.contains(told), "{said:?}");
    }
}

#[test]
fn the_summary_of_a_step_is_appended_to() {
    let place = ready(&[]);
    place.file("summary.md", "before\n");
    let mut command =
        place.command(&["run", "first.toml", "-q", "--replications", "20", "--no-files"]);
    let done = command.env("GITHUB_STEP_SUMMARY", "summary.md").output().unwrap();
    assert!(matches!(done.status.code(), Some(0 | 3 | 5)));
    let summary = fs::read_to_string(place.path().join("summary.md")).unwrap();
    assert!(summary.starts_with("before\n# first: "), "{summary}");
}
