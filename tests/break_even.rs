//! Where a doubtful setting would turn the verdict, checked by putting it there and simulating anew.

use std::sync::atomic::AtomicBool;
use zonefall::scenario::{Input, Source, load};
use zonefall::study::findings::{BreakEven, Findings, Verdict};
use zonefall::study::{self, Options};

const SCENARIO: &str = r#"
version  = 1
platform = "mendix-cloud@2026-11"
study    = { start = 2026-12-01, replications = 1600, seed = 3 }
changes  = "none"
failure.platform-release.rate = "0/y"
dependency.mxid.used_by       = []
[app.shop]
region     = "eu-central-1"
plan       = "premium"
containers = 2
load       = "40/s"
slo        = { availability = "99.95%", in = "SHARE of months" }
"#;

fn run(share: &str, set: &[(&str, &str)], threads: usize) -> Findings {
    let text = SCENARIO.replace("SHARE", share);
    let file = Source { path: "estate.toml".into(), text, dir: ".".into() };
    let set = set.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    let input = Input { files: vec![file], with: vec![], set };
    let loaded = load(&input).unwrap_or_else(|mistakes| panic!("{}", mistakes.rendered_plain));
    let options =
        Options { threads, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    study::run(&loaded.scenario, &loaded.hash, &options).findings
}

fn of<'f>(findings: &'f Findings, key: &str) -> &'f BreakEven {
    let found = findings.break_even.iter().find(|of| of.key == key);
    found.unwrap_or_else(|| panic!("no {key}: {:?}", findings.break_even))
}

/// As often as the answer says, the share of months is the one that was asked for, within what both
/// simulations can know.
#[test]
fn a_setting_put_where_it_turns_the_verdict_turns_it() {
    for (share, verdict) in [("99.7%", Verdict::Fail), ("98.5%", Verdict::Pass)] {
        let findings = run(share, &[], 2);
        assert_eq!(findings.verdict, verdict, "{share}");
        let turn = of(&findings, "failure.region-network.rate");
        assert_eq!((turn.subject.as_str(), turn.longer), ("app.shop", false));
        assert_eq!(turn.holds, verdict == Verdict::Pass);
        let at = turn.at_s.expect("within what is tried");
        // Rarer than now where it has to become better.
        assert_eq!(at.mean > turn.now_s, verdict == Verdict::Fail, "{turn:?}");
        let bound = share.trim_end_matches('%').parse::<f64>().unwrap() / 100.0;
        let met = |seconds: f64| {
            let mtbf = format!("{seconds}s");
            let changed = run(share, &[("failure.region-network.mtbf", &mtbf)], 2);
            changed.expectations[0].estimate.unwrap()
        };
        let there = met(at.mean);
        let known = there.high - there.low;
        assert!((there.mean - bound).abs() < 1.5 * known, "{share}: {there:?} at {at:?}");
        // Twice as rare is better, twice as often worse.
        assert!(met(2.0 * at.mean).mean > bound && met(at.mean / 2.0).mean < bound, "{share}");
    }
}

#[test]
fn what_no_value_would_turn_is_said() {
    let hopeless = run("99.99%", &[("failure.region-outage.rate", "0.5/y")], 2);
    let turn = of(&hopeless, "failure.region-outage.lasts");
    assert!(!turn.holds && turn.longer && turn.at_s.is_none() && turn.tried < 1.0, "{turn:?}");
}

/// An expectation on the spread of years beside one on the mean: both are looked into.
#[test]
fn the_spread_of_years_can_be_what_rests_on_a_setting() {
    let also = [("expect", "[{ that = \"app.shop.downtime_per_year.p95 <= 40min\" }]")];
    let findings = run("99.7%", &also, 2);
    let those = findings.break_even.iter().map(|of| of.that.starts_with("app.shop.downtime"));
    assert_eq!(those.filter(|it| *it).count(), 1, "{:?}", findings.break_even);
}

/// What is the user's own is no default of low confidence.
#[test]
fn own_settings_are_not_doubted() {
    let own = [
        ("failure.region-network.rate", "0.07/y"),
        ("failure.region-network.lasts", "35min"),
        ("failure.region-outage.rate", "0.01/y"),
        ("failure.region-outage.lasts", "5h"),
        ("failure.zone-blip.rate", "2/y"),
        ("failure.zone-blip.lasts", "2.7min"),
        ("failure.container-hang.mtbf", "120d"),
        ("failure.container-crash.mtbf", "30d"),
    ];
    assert_eq!(run("99.7%", &own, 2).break_even, []);
}

#[test]
fn the_answer_does_not_depend_on_the_threads() {
    let [one, three] = [1, 3].map(|threads| run("99.7%", &[], threads));
    assert!(!one.break_even.is_empty());
    assert_eq!((one.break_even, one.digest), (three.break_even, three.digest));
}

/// What was remarked when the scenario was read goes with the result, and changes nothing else of it.
#[test]
fn notes_of_the_reader_are_notes_of_the_result() {
    let findings = run("99.7%", &[("health_manager.start_timeout", "60s")], 2);
    let [note] = findings.notes.as_slice() else { panic!("one note: {:?}", findings.notes) };
    assert!(note.contains("28.3 % of starts") && note.contains("--set:1"), "{note}");
}
