//! What tests of shipped examples and of the README share.

#![allow(dead_code, reason = "each test file is a program of its own and uses a part of this")]

pub mod schema;

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

/// Without what differs between machines: the time in the headline, the file name there, which is cut
/// where the time is long, and the time that more years would take.
pub fn without_time(text: &str) -> String {
    let headline = |line: &str| {
        let (rest, _time) = line.rsplit_once(" · ")?;
        let (_file, rest) = rest.split_once(" · ").filter(|_| line.contains(" · seed "))?;
        Some(format!("… · {rest} · …"))
    };
    let more_years = |line: &str| {
        let (before, rest) = line.split_once(" (").filter(|_| line.contains(" would probably "))?;
        let (_time, after) = rest.split_once(')')?;
        Some(format!("{before} (…){after}"))
    };
    let timeless = |line: &str| headline(line).or_else(|| more_years(line));
    text.lines().map(|line| timeless(line).unwrap_or_else(|| line.into()) + "\n").collect()
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
