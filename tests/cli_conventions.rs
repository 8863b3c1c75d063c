//! What every command keeps to: streams, exit codes, bad files, broken pipes.

mod cli_support;

use cli_support::Place;
use std::io::Write;
use std::process::Stdio;
use zonefall::report::{FORMATS, text};

#[test]
fn bare_it_prints_six_helpful_lines() {
    let told = Place::new().zonefall(&[]);
    assert_eq!((told.code, told.out.lines().count(), told.err.as_str()), (Some(0), 6, ""));
}

#[test]
fn help_lists_every_format_with_its_meaning_and_fits_the_screen() {
    let help = Place::new().zonefall(&["run", "--help"]);
    assert_eq!(help.code, Some(0));
    let words = help.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for format in FORMATS {
        assert!(words.contains(&format!("{}: {}", format.name, format.about)), "{}", help.out);
    }
    assert!(help.out.lines().all(|line| text::width(line) <= text::WIDTH), "{}", help.out);
    assert!(!help.out.contains('\u{1b}'), "escape codes in a pipe");
}

#[test]
fn wrong_arguments_end_with_2_and_leave_standard_output_alone() {
    let place = Place::new();
    let file = place.file("a.toml", "version = 1\n");
    let wrong: [&[&str]; 9] = [
        &["fly"],
        &["run"],
        &["run", file, "--format", "xml"],
        &["run", file, "--set", "no-equals-sign"],
        &["run", file, "--threads", "0"],
        &["run", file, "--replications", "0"],
        &["run", file, "--out", "x", "--no-files"],
        &["replay", file, "best"],
        &["run", "-", "-"],
    ];
    for args in wrong {
        let told = place.zonefall(args);
        assert_eq!((told.code, told.out.as_str()), (Some(2), ""), "{args:?}: {}", told.err);
        assert!(!told.err.is_empty(), "{args:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_reason() {
    let place = Place::new();
    let files = [
        ("missing.toml", "no such file"),
        (".", "is a directory"),
        (place.file("latin1.toml", b"version = 1\n# gr\xfc\xdfe\n"), "is not UTF-8 text (line 2)"),
        (place.file("huge.toml", vec![b'#'; (16 << 20) + 1]), "is larger than 16 MiB"),
    ];
    for (file, reason) in files {
        for command in ["run", "check", "why"] {
            let told = place.zonefall(&[command, file]);
            assert_eq!((told.code, told.out.as_str()), (Some(2), ""), "{command} {file}");
            assert!(told.err.contains(&format!("{file}: {reason}")), "{}", told.err);
        }
    }
    let with =
        place.zonefall(&["check", place.file("a.toml", "version = 1\n"), "--with", "storm.toml"]);
    assert_eq!(with.code, Some(2));
    assert!(with.err.contains("storm.toml: no such file"), "{}", with.err);
}

#[test]
fn check_tells_the_mistakes_of_all_files() {
    let place = Place::new();
    let (one, two) = (place.file("one.toml", "version ="), place.file("two.toml", "[app"));
    let told = place.zonefall(&["check", one, "missing.toml", two]);
    assert_eq!((told.code, told.out.as_str()), (Some(2), ""));
    assert!(told.err.matches("error").count() >= 3, "{}", told.err);
}

#[test]
fn a_scenario_can_come_from_standard_input() {
    let place = Place::new();
    let mut command = place.command(&["check", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"[app").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("error"));
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let place = Place::new();
    for args in [&["man"][..], &["schema"], &["completions", "zsh"], &["init", "-"], &[]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = place.command(args).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), err.as_ref()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn what_shells_and_editors_read_is_printed() {
    let place = Place::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let told = place.zonefall(&["completions", shell]);
        assert!(told.code == Some(0) && told.out.contains("replay"), "{shell}");
    }
    let man = place.zonefall(&["man"]).out;
    assert!(man.contains(".TH zonefall") && man.contains("not enough evidence"));
    let schema = place.zonefall(&["schema"]).out;
    assert!(serde_json::from_str::<serde_json::Value>(&schema).unwrap()["$schema"].is_string());
}
