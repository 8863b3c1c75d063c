//! The shipped examples: each is sound, says what it shows, fits the schema, and gives the verdict and
//! the digest that are recorded in `tests/golden/examples/`. `UPDATE_GOLDEN=1` records them anew.

mod cli_support;
mod shipped;

use cli_support::Place;
use shipped::{examples, schema, without_time};
use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

/// Enough for every part of the verdict to have something to say.
const REPLICATIONS: &str = "100";

#[test]
fn every_example_says_what_it_shows_and_is_sound() {
    let place = shipped::place();
    for name in examples() {
        let file = format!("scenarios/{name}.toml");
        let text = fs::read_to_string(place.path().join(&file)).unwrap();
        let first = text.lines().next().unwrap();
        assert!(first.starts_with("# ") && first.ends_with(['?', '.']), "{file}: {first}");
        let told = text.contains("# Expect: ") || name == "first";
        assert!(told, "{file} does not say what to expect of it");
        let checked = place.zonefall(&["check", &file]);
        assert_eq!((checked.code, checked.err.as_str()), (Some(0), ""), "{file}");
    }
}

#[test]
fn every_example_gives_the_recorded_verdict_and_digest() {
    let place = shipped::place();
    for name in examples() {
        let args = ["run", &format!("scenarios/{name}.toml"), "--replications", REPLICATIONS];
        let told = place.zonefall(&args);
        assert!(matches!(told.code, Some(0 | 3 | 4 | 5)), "{name}: {}", told.err);
        fails_where_it_says(&place, &name);
        let digest = digest(&place, &name);
        let command = args.join(" ");
        let actual = format!("$ zonefall {command}\n{}\ndigest {digest}\n", told.out);
        golden(&name, &without_time(&actual));
    }
}

/// An expectation fails if and only if the example says so beside it, or is undecided in so short a run.
fn fails_where_it_says(place: &Place, name: &str) {
    let text = fs::read_to_string(place.path().join(format!("scenarios/{name}.toml"))).unwrap();
    let result = result(place, name);
    for judged in result["expectations"].as_array().unwrap() {
        let line = format!("that = {}", judged["that"]);
        let Some(line) = text.lines().find(|it| it.starts_with(&line)) else { continue };
        let verdict = judged["verdict"].as_str().unwrap();
        let contrary = if line.contains(" fails: exit code ") { "pass" } else { "fail" };
        assert_ne!(verdict, contrary, "{name}: {line}");
    }
}

#[test]
fn every_example_fits_the_schema() {
    let schema = zonefall::scenario::json_schema();
    let place = shipped::place();
    let misfits = |text: &str| {
        let scenario: toml::Table = toml::from_str(text).unwrap();
        schema::misfits(&plain(scenario.into()), &schema, &schema, "")
    };
    for name in examples() {
        let file = place.path().join(format!("scenarios/{name}.toml"));
        assert_eq!(misfits(&fs::read_to_string(file).unwrap()), Vec::<String>::new(), "{name}");
    }
    let wrong = "version = 2\n[app.shop]\ncontaners = 3\nplan = \"gold\"\n";
    assert_eq!(misfits(wrong).len(), 4, "{:?}", misfits(wrong));
}

/// TOML as an editor hands it to a schema: dates are texts.
fn plain(value: toml::Value) -> serde_json::Value {
    match value {
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(plain).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(k, v)| (k, plain(v))).collect(),
        other => serde_json::to_value(other).unwrap(),
    }
}

#[test]
fn nothing_is_recorded_of_an_example_that_is_gone() {
    let recorded = fs::read_dir(golden_directory()).unwrap();
    let stem = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    let recorded: BTreeSet<_> = recorded.map(|entry| stem(&entry.unwrap().path())).collect();
    assert_eq!(recorded, examples().into_iter().collect());
}

#[test]
fn the_digest_does_not_depend_on_the_number_of_threads() {
    let place = shipped::place();
    let digests = ["1", "2", "7"].map(|threads| {
        let file = "scenarios/region-network.toml";
        let told = place.zonefall(&["run", file, "--replications", "60", "--threads", threads]);
        assert_eq!(told.code, Some(3), "{}", told.err);
        digest(&place, "region-network")
    });
    assert!(digests.iter().all(|digest| *digest == digests[0]), "{digests:?}");
}

fn digest(place: &Place, name: &str) -> String {
    result(place, name)["digest"].as_str().unwrap().to_string()
}

fn result(place: &Place, name: &str) -> serde_json::Value {
    let path = place.path().join("output").join(name).join("result.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn golden_directory() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/examples")
}

fn golden(name: &str, actual: &str) {
    let path = golden_directory().join(format!("{name}.txt"));
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(golden_directory()).unwrap();
        fs::write(&path, actual).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; UPDATE_GOLDEN=1 writes it", path.display()));
    for (was, is) in expected.lines().zip(actual.lines()) {
        assert_eq!(was, is, "{name} has changed; UPDATE_GOLDEN=1 accepts it");
    }
    assert_eq!(expected, actual, "{name} has changed; UPDATE_GOLDEN=1 accepts it");
}
