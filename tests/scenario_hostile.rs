//! Input made to harm: nothing panics, hangs or fills the memory, and all of it is refused.

use proptest::prelude::*;
use zonefall::scenario::{Input, Source, load};

const MAXIMAL: &str = include_str!("data/maximal.toml");
const HEAD: &str = "version = 1\nplatform = \"mendix-cloud@2026-11\"\n";

fn refused(text: &str) -> Option<String> {
    let file = Source { path: "estate.toml".into(), text: text.into(), dir: "tests/data".into() };
    load(&Input { files: vec![file], ..Input::default() }).err().map(|m| m.rendered_plain)
}

#[test]
fn what_is_too_large_or_too_deep_is_refused() {
    let huge = format!("{HEAD}# {}", "x".repeat(16 << 20));
    let dotted = format!("{HEAD}{} = 1", vec!["a"; 100_000].join("."));
    let header = format!("{HEAD}[{}]", vec!["a"; 100_000].join("."));
    let listed = format!("{HEAD}x = {}", "[".repeat(100_000));
    let inline = format!("{HEAD}x = {}1{}", "{a=".repeat(60), "}".repeat(60));
    let requires = format!(
        "{HEAD}[service.s]\nrequires = {}\"app.x\"{}",
        "{all=[".repeat(40),
        "]}".repeat(40)
    );
    for (text, expected) in [
        (huge, "this file is too large"),
        (dotted, "keys are nested more than 32 deep"),
        (header, "keys are nested more than 32 deep"),
        (listed, "not TOML"),
        (inline, "nested more than 32 deep"),
        (requires, "nested more than 32 deep"),
    ] {
        let told = refused(&text).expect("a mistake");
        assert!(
            told.contains(expected),
            "{expected} is missing in {}",
            &told[..told.len().min(2000)]
        );
        assert!(told.len() < 100_000, "a message of {} bytes", told.len());
    }
}

#[test]
fn more_components_than_can_be_simulated_are_refused() {
    let apps: String = (0..201)
        .map(|n| {
            format!(
                "[app.a{n}]\nregion = \"eu-central-1\"\nplan = \"premium\"\ncontainers = 10000\n"
            )
        })
        .collect();
    let told = refused(&format!("{HEAD}{apps}")).expect("a mistake");
    assert!(told.contains("2010000 containers are too many"), "{told}");
    let targets: String = (0..30)
        .map(|n| {
            format!("[failure.f{n}]\nkind = \"crash\"\ntargets = [\"host.*\"]\nmtbf = \"1y\"\n")
        })
        .collect();
    let hosts = "[host.h]\ncount = 1_000_000\nzone = \"eu-central-1a\"\nsupervisor = { restart = \"1h\" }\n\
                 [service.s]\nrequires = { any = [\"host.h/1\"] }\n";
    let told = refused(&format!("{HEAD}{hosts}{targets}")).expect("a mistake");
    assert!(told.contains("patterns stand for more than 20000000 names"), "{told}");
}

#[test]
fn names_that_could_leave_a_folder_or_break_a_page_are_refused() {
    for name in
        ["../x", "a/b", "<script>", "a b", "", "\\u001b[31m", "\\u202Eevil", &"n".repeat(65)]
    {
        for table in
            ["app", "region", "failure", "service", "crew", "host", "dependency", "recorded"]
        {
            let told = refused(&format!("{HEAD}[{table}.\"{name}\"]\n")).expect("a mistake");
            assert!(told.contains("cannot be a name"), "{told}");
            assert!(!told.contains('\u{1b}'), "a message must not steer the terminal: {told:?}");
        }
        let told = refused(&format!("name = \"{name}\"\n{HEAD}")).expect("a mistake");
        assert!(told.contains("cannot be a name"), "{told}");
    }
}

#[test]
fn files_that_are_none_are_not_read() {
    for file in ["/dev/zero", "..", "/dev/stdin"] {
        let told = refused(&format!("{HEAD}[recorded.r]\nfile = \"{file}\"")).expect("a mistake");
        assert!(told.contains(&format!("cannot read `{file}`: ")), "{told}");
    }
}

#[test]
fn numbers_out_of_all_proportion_are_refused_or_harmless() {
    for value in ["1e308y", "99999999999999999999999999y", "1e400s", "0.0000000000001ns", "1e-300y"]
    {
        for key in [
            "study.horizon",
            "app.a.response",
            "failure.container-crash.mtbf",
            "failure.zone-outage.lasts",
        ] {
            refused(&format!(
                "{HEAD}{key} = \"{value}\"\n[app.b]\nregion = \"eu-central-1\"\nplan = \"premium\""
            ));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,400}") {
        refused(&text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        refused(&String::from_utf8_lossy(&bytes));
    }

    /// A sound scenario with a piece cut out and another put in its place.
    #[test]
    fn no_mutation_of_a_sound_scenario_makes_it_panic(
        at in 0..MAXIMAL.len(),
        cut in 0..40_usize,
        put in prop_oneof![
            "\\PC{0,12}",
            Just("[".to_owned()), Just("\"".to_owned()), Just("= 1\n".to_owned()),
            Just("-1".to_owned()), Just("nan".to_owned()), Just("{}".to_owned()),
            Just("[]".to_owned()), Just("\"*\"".to_owned()), Just("\"0s\"".to_owned()),
        ],
    ) {
        let end = (at + cut).min(MAXIMAL.len());
        prop_assume!(MAXIMAL.is_char_boundary(at) && MAXIMAL.is_char_boundary(end));
        refused(&format!("{}{put}{}", &MAXIMAL[..at], &MAXIMAL[end..]));
    }

    /// Every value replaced by one of another type: the readers meet what they do not expect.
    #[test]
    fn no_value_of_the_wrong_type_makes_it_panic(
        line in 0..MAXIMAL.lines().count(),
        value in prop_oneof![
            Just("1"), Just("-1"), Just("0"), Just("1.5"), Just("true"), Just("\"x\""), Just("\"\""),
            Just("[]"), Just("{}"), Just("[[]]"), Just("[{}]"), Just("2026-01-01"), Just("12:00:00"),
            Just("\"5%\""), Just("\"1h\""), Just("\"0s\""), Just("{ dist = 1 }"), Just("{ poll = [] }"),
        ],
    ) {
        let lines: Vec<String> = MAXIMAL
            .lines()
            .enumerate()
            .map(|(n, text)| match text.split_once(" = ") {
                Some((key, _)) if n == line => format!("{key} = {value}"),
                _ => text.to_owned(),
            })
            .collect();
        refused(&lines.join("\n"));
    }
}
