//! The promises of the platform's architecture guide, one scenario each: what becomes of them is the table
//! in the README, which `UPDATE_GOLDEN=1` writes anew.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use zonefall::report::expectation;
use zonefall::scenario::{Input, Source, load};
use zonefall::study::findings::{Findings, Verdict};
use zonefall::study::{self, Options};

const BEGIN: &str = "<!-- promises: written by tests/promises.rs -->\n";
const END: &str = "<!-- end of promises -->\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_readme_tells_what_becomes_of_every_promise() {
    let readme = root().join("README.md");
    let text = std::fs::read_to_string(&readme).unwrap();
    let begin = text.find(BEGIN).expect("the README has a table of promises") + BEGIN.len();
    let end = text.find(END).expect("the table ends");
    let actual = table();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&readme, format!("{}{actual}{}", &text[..begin], &text[end..])).unwrap();
        return;
    }
    assert_eq!(actual, &text[begin..end], "UPDATE_GOLDEN=1 cargo test --test promises writes it");
}

fn table() -> String {
    let mut out = String::from("\n| the guide says | it | found | |\n|---|---|---|---|\n");
    for file in files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        let findings = simulate(&file, &text);
        let found: Vec<_> = findings.expectations.iter().map(told).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | [`{stem}`](scenarios/promises/{stem}.toml) |",
            sentence(&text),
            becomes(&findings, &stem),
            found.join("<br>"),
        );
    }
    out + "\n"
}

/// The sentence of the guide: the first paragraph of the file.
fn sentence(text: &str) -> String {
    let lines = text.lines().take_while(|line| *line != "#");
    let lines: Vec<_> = lines.map(|line| line.trim_start_matches("# ")).collect();
    let sentence = lines.join(" ");
    assert!(sentence.starts_with('"'), "{sentence}");
    sentence
}

fn becomes(findings: &Findings, stem: &str) -> &'static str {
    let verdicts: Vec<_> = findings.expectations.iter().map(|it| it.verdict).collect();
    let all = |verdict| verdicts.iter().all(|it| *it == verdict);
    let decided = verdicts.iter().all(|it| matches!(it, Verdict::Pass | Verdict::Fail));
    assert!(decided && !verdicts.is_empty(), "{stem} settles nothing: {verdicts:?}");
    match (all(Verdict::Pass), all(Verdict::Fail)) {
        (true, _) => "**holds**",
        (_, true) => "**does not hold**",
        _ => "**holds if**",
    }
}

/// `✓ double: outages per year ≤ 0.1 (0.0010 a year)`
fn told(judged: &study::findings::Judged) -> String {
    let (shown, _) = expectation::estimate(judged).expect("every promise is measured");
    let mark = expectation::mark(judged.verdict);
    let (_, subject) = judged.subject.split_once('.').expect("a subject has a kind");
    format!("{mark} {subject}: {} ({})", expectation::words(judged), shown.point())
}

fn simulate(path: &Path, text: &str) -> Findings {
    let dir = path.parent().unwrap().to_path_buf();
    let file = Source { path: path.display().to_string(), text: text.into(), dir };
    let loaded = load(&Input { files: vec![file], ..Input::default() });
    let loaded = loaded.unwrap_or_else(|mistakes| panic!("{}", mistakes.rendered_plain));
    let stop = AtomicBool::new(false);
    let options = Options { threads: 2, progress: &|_| {}, stop: &stop, keep_rows: false };
    study::run(&loaded.scenario, &loaded.hash, &options).findings
}

fn files() -> Vec<PathBuf> {
    let files = std::fs::read_dir(root().join("scenarios/promises")).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}
