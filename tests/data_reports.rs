//! What reports say of databases and backups, in every format, of a timeline with an answer worked out by
//! hand.

mod common;

use common::scenario;
use std::sync::atomic::AtomicBool;
use zonefall::report::{FORMATS, Material, files, origin::Origin};
use zonefall::study::findings::Verdict;
use zonefall::study::{Options, Outcome, run};

/// Four days from a midnight. The primary is lost at 1000 s: noticed after 20 s, decided after 10, promoted
/// after 60, reconnected after 30: 120 s. What is deleted at 100 000 s is known at 100 600; 1200 s later
/// the operator has the snapshot of 86 400 restored, which takes until 105 400: what was written from 86 400
/// to 100 600 is gone, 14 200 s of 1 MiB each, and with the reconnection it is over at 105 430. A restore on
/// trial takes two hours each day.
fn outcome(incidents: &[&str], expect: &str) -> Outcome {
    let all = [
        "[[incident]]\nname = \"node\"\nkind = \"crash\"\ntarget = \"database-node.shop/1\"\nat = \"1000s\"\n",
        "[[incident]]\nname = \"deleted\"\nkind = \"data-loss\"\ntarget = \"database.shop\"\nat = \"100000s\"\n",
    ];
    let asked = |it: &&&str| incidents.iter().any(|name| it.contains(&format!("\"{name}\"")));
    let incidents: String = all.iter().filter(asked).copied().collect();
    let text = format!(
        "operator = {{ detect = \"600s\", act = \"1200s\" }}\n\
         [study]\nhorizon = \"4d\"\nreplications = 1\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\", \"zc\"]\n\
         [app.shop]\nregion = \"r\"\ncontainers = 2\nload = \"10/s\"\nzones = [\"zc\"]\n\
         supervisor = {{ restart = \"5min\" }}\nrecovery_target = \"10min\"\n\
         backups = {{ nightly = \"00:00\", size = \"1GB\", drill = {{ every = \"1d\", takes = \"2h\" }} }}\n\
         [app.shop.database]\nzones = [\"za\", \"zb\"]\nmode = \"multi-az\"\nwritten = \"1MiB/s\"\n\
         failover = {{ detect = \"20s\", decide = \"10s\", promote = \"60s\", reconnect = \"30s\" }}\n\
         rebuild.takes = \"1h\"\nrestore.takes = \"1h\"\n{incidents}\n\
         [[expect]]\nthat = \"{expect}\"\n"
    );
    simulated(&text)
}

fn simulated(text: &str) -> Outcome {
    let options =
        Options { threads: 1, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: true };
    run(&scenario(text), "", &options)
}

/// What a format prints, its styles and the folds of its lines taken out.
fn printed(outcome: &Outcome, format: &str) -> String {
    let origin = Origin::default();
    let material = Material {
        findings: &outcome.findings,
        rows: &outcome.rows,
        origin: &origin,
        directory: None,
    };
    for file in files(&material) {
        let text = String::from_utf8_lossy(&file.content).into_owned();
        let is_table = file.name.ends_with(".csv");
        assert!(
            !is_table || !text.lines().any(|row| row.split(',').any(|it| it == "-0")),
            "{}",
            file.name
        );
    }
    let format = FORMATS.iter().find(|it| it.name == format).expect("a format");
    let text = anstream::adapter::strip_str(&(format.print)(&material)).to_string();
    match format.name {
        "text" => text.split_whitespace().collect::<Vec<_>>().join(" "),
        _ => text,
    }
}

#[track_caller]
fn says(outcome: &Outcome, format: &str, parts: &[&str]) {
    let text = printed(outcome, format);
    for part in parts {
        assert!(text.contains(part), "{format} does not say `{part}`:\n{text}");
    }
}

#[test]
fn every_format_tells_failovers_by_phase_losses_and_classes() {
    let outcome = outcome(&["node", "deleted"], "app.shop.data_loss.max >= 3h");
    says(
        &outcome,
        "text",
        &[
            "detect 20 s · decide 10 s · promote 60 s · reconnect 30 s = 2.0 min mean",
            "91 restores a year; ~3.9 h lost on average, p95 ~3.9 h, the longest 3.9 h; 14 GiB each, p95 14 \
             GiB, at most 14 GiB",
            "host 91 182 ~2.0 min ~2.0 min 100.0 % –",
            // Over 5430 s after its onset; 4830 s of downtime, 91.25 times a year.
            "data 91 7 346 ~90 min ~90 min 0 % ~3.9 h",
            "of drills restored it, p95 ~2.0 h",
        ],
    );
    says(
        &outcome,
        "markdown",
        &[
            "| phase | mean | p50 | p95 | p99 |",
            "| detect | ~20 s | ~20 s | ~20 s | ~20 s |",
            "| promote | ~60 s | ~60 s | ~60 s | ~60 s |",
            "| total | ~2.0 min | ~2.0 min | ~2.0 min | ~2.0 min |",
            "| window | ~3.9 h | ~3.9 h | ~3.9 h | ~3.9 h | 3.9 h |",
            "| bytes | ~14 GiB | ~14 GiB | ~14 GiB | ~14 GiB | 14 GiB |",
            "| data | 91 | 7 346 | ~90 min | ~90 min | 0 % | ~3.9 h |",
        ],
    );
    says(
        &outcome,
        "html",
        &["Their steps, from the loss of the primary", "What each loss of data took"],
    );
    says(
        &outcome,
        "csv",
        &[
            "\napp.shop.database.failover_s.decide.p95,10,",
            "\napp.shop.database.failover_s.total.mean,120,",
            "\napp.shop.database.failover_s.episodes,1,,,",
            "\napp.shop.data_loss_s.window.p95,14200,",
            "\napp.shop.data_loss_s.max,14200,,,",
            "\napp.shop.data_loss_s.bytes.p95,14889779200,",
            "\napp.shop.data_loss_s.bytes_max,14889779200,,,",
            "\napp.shop.recovery.target_s,600,,,",
            "\napp.shop.recovery.classes.data.seen,1,,,",
            "\napp.shop.recovery.classes.data.per_year,91.25,",
            "\napp.shop.recovery.classes.data.downtime_per_year_s,440737.5,",
            "\napp.shop.recovery.classes.data.p95,5430,",
            "\napp.shop.recovery.classes.data.lost_p95_s,14200,",
            "\napp.shop.backups.drills.restored,1,",
            "\napp.shop.backups.drills.took_s.p95,7200,",
        ],
    );
    let json: serde_json::Value = serde_json::from_str(&printed(&outcome, "json")).unwrap();
    let shop = &json["app"]["shop"];
    assert_eq!(shop["database"]["failover_s"]["promote"]["mean"]["mean"], 60.0);
    assert_eq!(shop["data_loss_s"]["bytes_per_event"], 14_889_779_200.0);
    assert_eq!(shop["data_loss_s"]["bytes_per_year"]["mean"], 14_889_779_200.0 * 91.25);
    assert_eq!(shop["recovery"]["classes"][1]["class"], "data");
}

#[test]
fn of_losses_that_were_never_seen_only_a_bound_is_known() {
    let outcome = outcome(&["node"], "app.shop.data_loss.p95 <= 15min");
    // X2: no percentile of no event, and no proof that there is none: at most three in four days.
    let judged = &outcome.findings.expectations[0];
    assert_eq!((judged.verdict, judged.estimate), (Verdict::Undecided, None));
    let none = judged.none_seen.as_ref().expect("what is known instead");
    assert_eq!(none.instead, "app.shop.data_loss.events_per_year");
    let bound = -zonefall::engine::math::ln(0.05) / (4.0 / 365.0);
    assert!((none.per_year.high / bound - 1.0).abs() < 1e-9, "{} {bound}", none.per_year.high);
    let parts = [
        "none seen at most 278 a year",
        "Data lost: none seen, at most 278 restores a year",
        "What can be judged is how often: app.shop.data_loss.events_per_year, or the worst of each year",
    ];
    says(&outcome, "text", &parts);
    says(&outcome, "markdown", &["| none seen | at most 278 a year |", "in = \"99% of years\""]);
    says(&outcome, "junit", &["not enough evidence: none seen, at most 278 a year"]);
    says(&outcome, "html", &["none seen", "at most 278 a year"]);
}

#[test]
fn of_failovers_and_outages_that_were_never_seen_too() {
    for (quantity, instead) in [
        ("database.failover.p95", "database.failovers_per_year"),
        ("database.failover.detect.p50", "database.failovers_per_year"),
        ("failover.p95", "outages_per_year"),
        ("outage.max", "outages_per_year"),
        ("data_loss.max", "data_loss.events_per_year"),
    ] {
        let outcome = outcome(&[], &format!("app.shop.{quantity} <= 5min"));
        let judged = &outcome.findings.expectations[0];
        assert_eq!((judged.verdict, judged.estimate), (Verdict::Undecided, None), "{quantity}");
        let none = judged.none_seen.as_ref().unwrap_or_else(|| panic!("{quantity}"));
        assert_eq!(none.instead, format!("app.shop.{instead}"));
    }
}

/// Four days from a midnight, with a backup each midnight that always fails. The last one before the start
/// is kept for two days from then, until 24 h: nothing is left in three of four days.
#[test]
fn that_there_is_nothing_to_restore_is_told_loudly() {
    let outcome = simulated(
        "[study]\nhorizon = \"4d\"\nreplications = 1\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n\
         [app.shop]\nregion = \"r\"\ncontainers = 2\nload = \"10/s\"\nsupervisor = { restart = \"5min\" }\n\
         backups = { nightly = \"00:00\", size = \"1GB\", takes = \"0s\", fails = \"100%\", retries = 0, keep = { nightly = \"2d\" } }\n\
         [app.shop.database]\nzones = [\"za\", \"zb\"]\nmode = \"multi-az\"\n\
         failover = { detect = \"20s\", decide = \"10s\", promote = \"60s\", reconnect = \"30s\" }\n\
         rebuild.takes = \"1h\"\nrestore.takes = \"1h\"\n",
    );
    let subject = &outcome.findings.app["shop"];
    let backups = subject.backups.as_ref().expect("it is backed up");
    let age = backups.restorable_age_s.as_ref().expect("of what could be restored");
    assert_eq!(age.nothing.mean, 0.75);
    says(&outcome, "text", &["⚠ NOTHING TO RESTORE in ~75 % of the time"]);
    says(&outcome, "markdown", &["nothing to restore", "75"]);
    says(&outcome, "html", &["nothing to restore"]);
}
