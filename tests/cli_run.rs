//! `zonefall run` from end to end: what it prints, what it writes, what it refuses.

mod cli_support;

use cli_support::{Place, Told};
use std::fs;

/// Verdicts differ with the defaults; that there is one does not.
fn has_verdict(told: &Told) {
    assert!(matches!(told.code, Some(0 | 3 | 5)), "{told:?}");
}

fn ready() -> Place {
    let place = Place::new();
    assert_eq!(place.zonefall(&["init", "-q"]).code, Some(0));
    place
}

const FEW: [&str; 2] = ["--replications", "20"];

#[test]
fn it_tells_the_verdict_and_writes_every_format() {
    let place = ready();
    let told = place.zonefall(&[&["run", "first.toml"][..], &FEW].concat());
    has_verdict(&told);
    assert!(told.out.starts_with("first.toml · "), "{}", told.out);
    assert!(told.out.contains("output/first/report.html"), "{}", told.out);
    assert!(!told.out.contains('\u{1b}'), "escape codes in a pipe: {}", told.out);
    for file in
        ["result.json", "estimates.csv", "causes.csv", "report.md", "report.html", "junit.xml"]
    {
        let path = place.path().join("output/first").join(file);
        assert!(fs::metadata(&path).is_ok_and(|m| m.len() > 0), "{file}");
    }
    let rows = fs::read_to_string(place.path().join("output/first/replications.csv")).unwrap();
    assert!(rows.lines().count() > 1, "{rows}");
}

#[test]
fn json_on_standard_output_is_one_document() {
    let place = ready();
    let told = place
        .zonefall(&[&["run", "first.toml", "--format", "json", "--seed", "7"][..], &FEW].concat());
    has_verdict(&told);
    let json: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(json["schema"], 1);
    let report = fs::read_to_string(place.path().join("output/first/report.md")).unwrap();
    let again = "zonefall run first.toml --set study.seed=7 --set study.replications=20";
    assert!(report.contains(again), "{report}");
}

#[test]
fn without_files_none_are_written_or_promised() {
    let place = ready();
    let told = place.zonefall(&[&["run", "first.toml", "--no-files"][..], &FEW].concat());
    has_verdict(&told);
    assert!(!told.out.contains("report.html") && !place.path().join("output").exists());
}

#[test]
fn two_scenarios_of_one_name_do_not_overwrite_each_other() {
    let place = ready();
    fs::create_dir(place.path().join("b")).unwrap();
    fs::copy(place.path().join("first.toml"), place.path().join("b/first.toml")).unwrap();
    let both = [&["run", "first.toml", "b/first.toml"][..], &FEW].concat();
    let told = place.zonefall(&both);
    assert_eq!((told.code, told.out.as_str()), (Some(2), ""));
    assert!(told.err.contains("first.toml and b/first.toml are both called first"), "{}", told.err);
    let told = place.zonefall(&[&both[..], &["--no-files"]].concat());
    has_verdict(&told);
    assert!(told.out.contains("\nb/first.toml · "), "{}", told.out);
}

#[test]
fn a_mistake_in_the_last_file_stops_the_first_from_running() {
    let place = ready();
    let broken = place.file("broken.toml", "version =");
    let told = place.zonefall(&[&["run", "first.toml", broken][..], &FEW].concat());
    assert_eq!((told.code, told.out.as_str()), (Some(2), ""));
    assert!(!place.path().join("output").exists());
}

#[test]
fn a_verdict_that_cannot_be_written_down_is_still_told() {
    let place = ready();
    fs::create_dir_all(place.path().join("output/first/result.json")).unwrap();
    let told = place.zonefall(&[&["run", "first.toml"][..], &FEW].concat());
    assert_eq!(told.code, Some(1), "{told:?}");
    let said = "the results could not be written: output/first/result.json";
    assert!(told.err.contains(said), "{}", told.err);
    assert!(
        told.out.starts_with("first.toml · ") && !told.out.contains("report.html"),
        "{}",
        told.out
    );
}

#[test]
fn a_place_that_cannot_be_written_to_is_told_before_the_study() {
    let place = ready();
    let in_the_way = place.file("results", "a file where the directory should be");
    let told = place.zonefall(&[&["run", "first.toml", "--out", in_the_way][..], &FEW].concat());
    assert_eq!((told.code, told.out.as_str()), (Some(1), ""));
    assert!(told.err.contains("cannot be written: results/first"), "{}", told.err);
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_is_finished() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let place = ready();
    let args = ["run", "first.toml", "-v", "--replications", "1000000"];
    let mut command = place.command(&args);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // With -v the first line is said once Ctrl-C is listened to.
    let mut err = BufReader::new(child.stderr.take().unwrap());
    err.read_line(&mut String::new()).unwrap();
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let json = fs::read_to_string(place.path().join("output/first/result.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["study"]["interrupted"], true);
}
