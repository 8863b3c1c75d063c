//! What tests of shipped examples and of the README share.

#![allow(dead_code, reason = "each test file is a program of its own and uses a part of this")]

use crate::cli_support::Place;
use std::fs;
use std::path::{Path, PathBuf};

/// The names of the examples, without those that validate the model.
pub fn examples() -> Vec<String> {
    let files = fs::read_dir(source().join("scenarios")).unwrap().map(|it| it.unwrap().path());
    let scenarios = files.filter(|path| path.extension().is_some_and(|it| it == "toml"));
    let name = |path: PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    let mut names: Vec<_> = scenarios.map(name).collect();
    names.sort();
    names
}

/// A directory with `scenarios/` as in a fresh clone, so that paths on the screen are as users see them.
pub fn place() -> Place {
    let place = Place::new();
    copy(&source().join("scenarios"), &place.path().join("scenarios"));
    place
}

/// Without what differs between machines: the time in the headline, and the file name, which is cut
/// where the time is long.
pub fn without_time(text: &str) -> String {
    let line = |line: &str| match (line.split_once(" · "), line.rsplit_once(" · ")) {
        (Some((_, rest)), Some((_, time))) if line.contains(" · seed ") => {
            format!("… · {} · …\n", &rest[..rest.len() - time.len() - " · ".len()])
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

fn source() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}
