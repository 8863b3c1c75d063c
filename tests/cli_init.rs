//! `zonefall init`: examples out of the program.

mod cli_support;

use cli_support::Place;
use std::fs;

#[test]
fn it_writes_the_first_example_and_never_over_a_file() {
    let place = Place::new();
    let told = place.zonefall(&["init"]);
    assert_eq!((told.code, told.out.as_str()), (Some(0), ""), "{}", told.err);
    let written = fs::read_to_string(place.path().join("first.toml")).unwrap();
    assert!(written.contains("[app."), "{written}");

    place.file("first.toml", "mine");
    let again = place.zonefall(&["init"]);
    assert_eq!(again.code, Some(2));
    assert!(again.err.contains("first.toml is there already"), "{}", again.err);
    assert_eq!(fs::read_to_string(place.path().join("first.toml")).unwrap(), "mine");
}

#[test]
fn every_listed_example_can_be_written() {
    let place = Place::new();
    let list = place.zonefall(&["init", "--list"]).out;
    let (own, others) = list.split_once("  also  ").unwrap_or((&list, ""));
    let own = own.lines().map(|line| line.split_whitespace().next().unwrap());
    let names: Vec<_> = own.chain(others.split_whitespace()).collect();
    assert!(names.contains(&"first"), "{list}");
    for name in names {
        let told = place.zonefall(&["init", "-", "--example", name]);
        assert!(told.code == Some(0) && told.out.starts_with("# "), "{name}: {}", told.out);
    }
}

#[test]
fn a_misspelt_example_is_understood() {
    let told = Place::new().zonefall(&["init", "--example", "fist"]);
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("Did you mean first?"), "{}", told.err);
}

#[test]
fn an_example_comes_with_the_data_it_reads() {
    let place = Place::new();
    let told = place.zonefall(&["init", "record.toml", "--example", "replay-of-record"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let checked = place.zonefall(&["check", "record.toml"]);
    assert_eq!(checked.code, Some(0), "{}", checked.err);
    // The same data again is no obstacle, other data is.
    let again = place.zonefall(&["init", "again.toml", "--example", "replay-of-record"]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    place.file("data/zone-outages-2018-2021.csv", "mine");
    let told = place.zonefall(&["init", "third.toml", "--example", "replay-of-record"]);
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("data/zone-outages-2018-2021.csv is there already"), "{}", told.err);
    assert!(!place.path().join("third.toml").exists());
}
