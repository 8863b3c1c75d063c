//! Relations between runs: what must not change a result, and what must change it in a known way.

mod common;

use common::recorder::Recorder;
use common::timeline::S;
use common::{random, scenario};
use std::sync::atomic::AtomicBool;
use zonefall::history;
use zonefall::measure::ledger::{PARTS_OF_A_REQUEST, Tally};
use zonefall::measure::{Measures, Plan};
use zonefall::scenario::assemble::assemble;
use zonefall::study::findings::{Estimate, Findings};
use zonefall::study::plan::plan;
use zonefall::study::{Options, run};

/// Facts of a replication and what each subject suffered.
fn history_of(text: &str, replication: u64) -> (Recorder, Vec<(String, Tally)>) {
    let scenario = scenario(text);
    let topology = assemble(&scenario);
    let plan = Plan { periods: true, ..plan(&scenario, &topology) };
    let listener = (Measures::new(&plan, &topology), Recorder::new(&topology));
    let sim = history::run(&topology, replication, listener);
    let (now, (mut measures, recorder)) = (sim.now, sim.listener);
    measures.finish(now, &topology);
    let names = (0..topology.subjects()).map(|it| topology.subject_name(it));
    (recorder, names.zip(measures.ledger.subjects).collect())
}

fn study(text: &str, threads: usize) -> Findings {
    let stop = AtomicBool::new(false);
    let options = Options { threads, progress: &|_| {}, stop: &stop, keep_rows: false };
    run(&scenario(text), "", &options).findings
}

const PLACES: &str = "[region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\", \"zc\"]\n";

const ESTATE: &str = r#"
[app.shop]
region = "r"
containers = 3
load = "20/s"
response = "300ms"
health_manager = { detect_crash = "5s", detect_hang = { poll = "30s", timeout = "1s" }, detect_loss = "40s", decide = "10s", kill = "10s", start = { dist = "lognormal", median = "45s", p95 = "90s" }, start_timeout = "2min" }
router = { unregister = { dist = "uniform", low = "1s", high = "5s" }, register = "2s", retries = { count = 1 }, crash_face = "error" }

[app.web]
region = "r"
containers = 2
needs = 2
load = "5/s"
supervisor = { detect = { poll = "20s" }, restart = { dist = "exponential", mean = "3min" } }

[host.rack]
count = 4
zone = "zb"
supervisor = { detect = "10s", restart = { dist = "exponential", mean = "2h" } }

[dependency.login]
mtbf = "9d"
lasts = { dist = "exponential", mean = "20min" }
share = "30%"
used_by = ["app.shop"]

[crew.hands]
size = 1
serves = ["host.rack/*"]

[service.all]
requires = { all = ["app.shop", "app.web", { at_least = 3, of = ["host.rack/*"] }] }

[failure.crash]
kind = "crash"
targets = ["container.shop/*", "container.web/*", "host.rack/*"]
mtbf = "2d"

[failure.hang]
kind = "hang"
targets = "container.shop/*"
mtbf = "5d"

[failure.dark]
kind = "outage"
targets = "zone.*"
mtbf = "10d"
lasts = { dist = "exponential", mean = "1h" }

[failure.cut]
kind = "isolation"
targets = "zone.*"
mtbf = "12d"
lasts = { dist = "exponential", mean = "30min" }
fraction = "60%"
"#;

fn estate(study: &str) -> String {
    format!("[study]\n{study}\n{PLACES}{ESTATE}")
}

#[test]
fn the_order_of_the_file_and_an_app_that_nothing_happens_to_change_nobody_elses_luck() {
    let plain = estate("horizon = \"60d\"\nreplications = 1");
    let mut tables: Vec<&str> = ESTATE.trim().split("\n\n").collect();
    tables.reverse();
    let idle = "[app.idle]\nregion = \"r\"\ncontainers = 5\nsupervisor = { restart = \"1s\" }\n";
    let study = "[study]\nreplications = 1\nhorizon = \"60d\"\n";
    let mixed = format!("{}\n{idle}{PLACES}{study}", tables.join("\n"));
    for replication in 0..5 {
        let (facts, subjects) = history_of(&plain, replication);
        let (mixed_facts, mixed_subjects) = history_of(&mixed, replication);
        // The idle app stands in the zones too, and is hit with them.
        let others = |line: &str| !line.starts_with("idle");
        assert!(facts.lines.len() > 500);
        assert_eq!(facts.text(), mixed_facts.some(u64::MAX, others));
        for (name, tally) in &subjects {
            let (_, other) = mixed_subjects.iter().find(|it| it.0 == *name).expect("its twin");
            assert_eq!(tally, other, "{name}");
        }
    }
}

#[test]
fn another_name_changes_names_only_where_no_luck_is_drawn() {
    let script = "[study]\nhorizon = \"1h\"\n[region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n\
        [app.shop]\nregion = \"r\"\ncontainers = 3\nneeds = 2\nload = \"9/s\"\n\
        health_manager = { detect_crash = \"3s\", detect_loss = \"20s\", start = \"40s\" }\n\
        router = { unregister = \"2s\", register = \"1s\" }\n\
        [[incident]]\nname = \"boom\"\nkind = \"crash\"\ntarget = \"container.shop/1\"\nat = \"1min\"\n\
        [[incident]]\nname = \"dark\"\nkind = \"outage\"\ntarget = \"zone.za\"\nat = \"70s\"\n\
        lasts = \"5min\"\n\
        [[incident]]\nname = \"lost\"\nkind = \"isolation\"\ntarget = \"zone.zb\"\nat = \"20min\"\n\
        lasts = \"5min\"\n";
    let renamed = script.replace("shop", "store").replace("za", "qa").replace("zb", "qb");
    let (facts, subjects) = history_of(script, 0);
    let (renamed_facts, renamed_subjects) = history_of(&renamed, 0);
    let text = facts.text().replace("shop", "store").replace("za", "qa").replace("zb", "qb");
    assert!(facts.lines.len() > 30);
    assert_eq!(text, renamed_facts.text());
    assert_eq!(subjects[0].1, renamed_subjects[0].1);
}

#[test]
fn threads_change_nothing() {
    let text = estate("horizon = \"30d\"\nreplications = 150");
    let one = study(&text, 1).digest;
    assert_eq!(study(&text, 2).digest, one);
    assert_eq!(study(&text, 8).digest, one);
}

/// Digests of histories, the same for every build and machine. `ZONEFALL_REFRESH=1` prints new ones.
const GOLDEN: [(&str, &str); 2] =
    [("estate", "6ec2f188d743c43acf43b6186ff77454"), ("swarm", "de3c1e285ba0aa41e94fa9d097f18a5f")];

#[test]
fn every_build_gives_the_same_histories() {
    let told = |text: &str, replications: u64| -> String {
        let mut all = blake3::Hasher::new();
        for replication in 0..replications {
            let (facts, subjects) = history_of(text, replication);
            all.update(facts.text().as_bytes());
            for (name, tally) in subjects {
                let requests = tally.failed;
                let row = format!("{name} {} {} {requests}\n", tally.down(), tally.any);
                all.update(row.as_bytes());
            }
        }
        all.finalize().to_hex()[..32].to_string()
    };
    let swarm: String = (1..40).map(|seed| told(&random::scenario_text(seed), 1)).collect();
    let found = [
        ("estate", told(&estate("horizon = \"60d\""), 10)),
        ("swarm", blake3::hash(swarm.as_bytes()).to_hex()[..32].to_string()),
    ];
    if std::env::var_os("ZONEFALL_REFRESH").is_some() {
        println!("{found:?}");
    }
    for ((name, golden), (_, digest)) in GOLDEN.iter().zip(&found) {
        assert_eq!(golden, digest, "{name}: if the model was meant to change, renew GOLDEN");
    }
}

/// An app whose every time is `k` times as long.
fn scaled(k: u64) -> String {
    format!(
        "[study]\nhorizon = \"{}h\"\n{PLACES}[app.shop]\nregion = \"r\"\ncontainers = 2\n\
         load = \"{}/s\"\n\
         health_manager = {{ detect_crash = {{ poll = \"{}s\", threshold = 2 }}, \
         detect_loss = \"{}s\", decide = {{ dist = \"exponential\", mean = \"{}s\" }}, \
         start = {{ dist = \"exponential\", mean = \"{}s\" }}, start_timeout = \"{}s\" }}\n\
         router = {{ unregister = \"{}s\", register = {{ dist = \"uniform\", low = \"{}s\", \
         high = \"{}s\" }} }}\n\
         [failure.crash]\nkind = \"crash\"\ntargets = \"container.*\"\nmtbf = \"{}min\"\n\
         [failure.dark]\nkind = \"outage\"\ntargets = \"zone.*\"\nmtbf = \"{}h\"\n\
         lasts = {{ dist = \"weibull\", shape = 0.7, scale = \"{}min\" }}\n",
        200 * k,
        64 / k,
        20 * k,
        30 * k,
        5 * k,
        40 * k,
        120 * k,
        3 * k,
        k,
        9 * k,
        20 * k,
        9 * k,
        30 * k
    )
}

#[test]
fn times_four_times_as_long_give_outages_four_times_as_long() {
    let (facts, subjects) = history_of(&scaled(1), 0);
    let (long_facts, long_subjects) = history_of(&scaled(4), 0);
    let short = &facts.outages["app.shop"];
    let long = &long_facts.outages["app.shop"];
    assert!(short.len() > 50, "{}", short.len());
    assert_eq!(short.len(), long.len());
    // Each time is rounded to a nanosecond once; errors add up over thousands of events.
    let near = |a: u64, b: u64| (4 * a).abs_diff(b) < 100_000;
    assert!(short.iter().zip(long).all(|(a, b)| near(a.0, b.0) && near(a.1, b.1)));
    let (down, long_down) = (subjects[0].1.down(), long_subjects[0].1.down());
    assert!((4 * down).abs_diff(long_down) < 1_000_000, "{down} {long_down}");
    // A quarter of the load for four times as long.
    let failed = |it: &Tally| it.failed as f64 / PARTS_OF_A_REQUEST;
    let (few, many) = (failed(&subjects[0].1), failed(&long_subjects[0].1));
    assert!((few / many - 1.0).abs() < 1e-6, "{few} {many}");
}

#[test]
fn twice_the_load_is_twice_the_failed_requests() {
    let text = estate("horizon = \"60d\"");
    let doubled = text.replace("\"20/s\"", "\"40/s\"").replace("\"5/s\"", "\"10/s\"");
    let (facts, subjects) = history_of(&text, 1);
    let (doubled_facts, doubled_subjects) = history_of(&doubled, 1);
    assert_eq!(facts.text(), doubled_facts.text());
    for ((name, one), (_, two)) in subjects.iter().zip(&doubled_subjects) {
        assert_eq!((one.down(), one.any), (two.down(), two.any), "{name}");
        // Rounded to a part of a request for each piece of time.
        let slack = 2 * facts.lines.len() as u128;
        assert!((2 * one.failed).abs_diff(two.failed) <= slack, "{name}");
    }
    assert!(subjects[0].1.failed > 0);
}

#[test]
fn a_failure_that_never_happens_changes_nothing() {
    let text = estate("horizon = \"60d\"");
    let never = "[failure.never]\nkind = \"crash\"\ntargets = \"container.*\"\nmtbf = \"100000000000y\"\n\
         [failure.nowhere]\nkind = \"outage\"\ntargets = \"zone.*\"\nrate = \"0/y\"\nlasts = \"1h\"\n\
         [failure.far]\nkind = \"outage\"\ntargets = \"region.*\"\nmtbf = \"1000000000y\"\nlasts = \"1h\"\n";
    for replication in 0..5 {
        let (facts, subjects) = history_of(&text, replication);
        let (more_facts, more) = history_of(&format!("{text}{never}"), replication);
        assert_eq!(facts.text(), more_facts.text());
        for ((name, one), (_, other)) in subjects.iter().zip(&more) {
            assert_eq!((one.down(), one.failed), (other.down(), other.failed), "{name}");
        }
    }
}

#[test]
fn a_longer_horizon_keeps_the_first_part() {
    let end = 30 * 86_400 * S;
    for replication in 0..5 {
        let (short, _) = history_of(&estate("horizon = \"30d\""), replication);
        let (long, _) = history_of(&estate("horizon = \"90d\""), replication);
        assert_eq!(short.some(end, |_| true), long.some(end, |_| true));
        assert!(long.lines.len() > short.lines.len());
    }
    for seed in 1..30 {
        let text = random::scenario_text(seed);
        let at = text.find("horizon = \"").expect("a horizon") + "horizon = \"".len();
        let hours: u64 = text[at..at + 2].parse().expect("two digits");
        let longer = format!("{}{}{}", &text[..at], hours * 2, &text[at + 2..]);
        let warm = text.find("warm_up = \"").map_or(0, |at| {
            text[at + 11..].split('h').next().and_then(|it| it.parse().ok()).expect("hours")
        });
        let end = (hours + warm) * 3600 * S;
        let (short, _) = history_of(&text, 0);
        let (long, _) = history_of(&longer, 0);
        assert_eq!(short.some(end, |_| true), long.some(end, |_| true), "seed {seed}");
    }
}

fn overlap(a: Estimate, b: Estimate) -> bool {
    a.low <= b.high && b.low <= a.high
}

/// Two containers that crash with up times of these lengths, in days.
fn crashing(entries: &[f64]) -> String {
    let app = "[app.shop]\nregion = \"r\"\ncontainers = 1\n\
         supervisor = { detect = \"1min\", restart = \"10min\" }\n";
    let failure = |(index, hours): (usize, &f64)| {
        format!(
            "[failure.f{index}]\nkind = \"crash\"\ntargets = \"container.*\"\nmtbf = \"{hours}h\"\n"
        )
    };
    let failures: String = entries.iter().enumerate().map(failure).collect();
    format!("[study]\nhorizon = \"90d\"\nreplications = 400\n{PLACES}{app}{failures}")
}

#[test]
fn one_failure_or_two_of_half_its_rate() {
    let (one, two) = (study(&crashing(&[48.0]), 2), study(&crashing(&[96.0, 96.0]), 2));
    let of = |it: &Findings| it.app["shop"].unavailability.time;
    assert!(overlap(of(&one), of(&two)), "{:?} {:?}", of(&one), of(&two));
    let rate = |it: &Findings| it.app["shop"].outages_per_year;
    assert!(overlap(rate(&one), rate(&two)), "{:?} {:?}", rate(&one), rate(&two));
    // 11 min in every 48 h + 11 min.
    let exact = 11.0 / (48.0 * 60.0 + 11.0);
    assert!(of(&one).low < exact && exact < of(&one).high, "{:?} {exact}", of(&one));
}

#[test]
fn zones_of_a_symmetric_estate_are_alike() {
    let text = |zone: &str| {
        let app = "[app.shop]\nregion = \"r\"\ncontainers = 3\nneeds = 3\nplacement = \"pinned\"\n\
             supervisor = { restart = \"5min\" }\n";
        format!(
            "[study]\nhorizon = \"90d\"\nreplications = 400\n{PLACES}{app}\
             [failure.dark]\nkind = \"outage\"\ntargets = \"zone.{zone}\"\nmtbf = \"5d\"\n\
             lasts = {{ dist = \"exponential\", mean = \"1h\" }}\n"
        )
    };
    let of = |zone: &str| study(&text(zone), 2).app["shop"].unavailability.time;
    let (a, b, c) = (of("za"), of("zb"), of("zc"));
    assert!(overlap(a, b) && overlap(b, c) && overlap(a, c), "{a:?} {b:?} {c:?}");
}
