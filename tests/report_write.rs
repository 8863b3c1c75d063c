//! Results on disk are all or nothing.

use std::path::PathBuf;
use std::{env, fs, process};
use zonefall::report::File;
use zonefall::report::write::write;

fn place(name: &str) -> PathBuf {
    let path = env::temp_dir().join(format!("zonefall-write-{}-{name}", process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn files(content: &str) -> Vec<File> {
    let file = |name| File::text(name, content.into());
    vec![file("result.json"), file("plots/downtime.svg")]
}

#[test]
fn files_are_made_and_replaced_with_nothing_left_beside_them() {
    let place = place("replaced");
    for content in ["old", "new"] {
        write(&place.join("a/b"), &files(content)).unwrap();
        for file in files(content) {
            assert_eq!(fs::read_to_string(place.join("a/b").join(file.name)).unwrap(), content);
        }
    }
    assert_eq!(fs::read_dir(place.join("a/b")).unwrap().count(), 2);
    assert_eq!(fs::read_dir(place.join("a/b/plots")).unwrap().count(), 1);
    fs::remove_dir_all(place).unwrap();
}

#[test]
fn a_write_that_fails_leaves_every_earlier_result_as_it_was() {
    let place = place("failing");
    fs::write(place.join("result.json"), "old").unwrap();
    // The last file cannot take its place: the first, though complete, must not either.
    fs::create_dir_all(place.join("plots/downtime.svg")).unwrap();
    let error = write(&place, &files("new")).unwrap_err();
    assert!(error.to_string().contains("downtime.svg"), "{error}");
    assert_eq!(fs::read_to_string(place.join("result.json")).unwrap(), "old");
    assert_eq!(fs::read_dir(&place).unwrap().count(), 2, "something was left behind");
    fs::remove_dir_all(place).unwrap();
}
