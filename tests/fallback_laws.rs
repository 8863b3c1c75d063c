//! Another region against answers worked out by hand: what its losses cost a year, what a copy of the
//! database loses, how often it comes to nothing; and that a fallback which is never needed changes nothing.

mod common;

use common::invariants::Checker;
use common::{scenario, watched};
use libm::exp;
use std::sync::atomic::AtomicBool;
use zonefall::scenario::assemble::assemble;
use zonefall::study::findings::{Estimate, Subject};
use zonefall::study::plan::plan;
use zonefall::study::{self, Options};

const PLACES: &str = "[region.r]\ncountry = \"DE\"\nzones = 2\n[region.s]\ncountry = \"IE\"\nzones = 2\n\
    [app.shop]\nregion = \"r\"\ncontainers = 2\n\
    health_manager = { detect_crash = \"0s\", detect_hang = \"0s\", detect_loss = \"0s\", start = \"40s\", \
    crash_ladder = \"none\", start_timeout = \"none\" }\n";

#[track_caller]
fn shop(rest: &str) -> Subject {
    let scenario = scenario(&format!("{PLACES}{rest}"));
    let options =
        Options { threads: 2, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    study::run(&scenario, "", &options).findings.app["shop"].clone()
}

/// Whether a value lies in an interval of 99.9 % that is narrow enough to tell.
#[track_caller]
fn holds(what: &str, found: Option<Estimate>, exact: f64, width: f64) {
    let found = found.unwrap_or_else(|| panic!("{what} is not told"));
    assert!(found.low <= exact && exact <= found.high, "{what}: {exact} is not {found:?}");
    let half = (found.high - found.low) / 2.0;
    assert!(half < width * exact, "{what}: {found:?} is too wide");
}

const STUDY: &str = "[study]\nhorizon = \"10y\"\nreplications = 500\nconfidence = \"99.9%\"\n[failure.out]\nkind = \"outage\"\n\
     targets = \"region.r\"\nmtbf = \"30d\"\n";

/// Each loss of the region, 30 d of up time and 10 h of down time apart, costs the decision (uniform over
/// two hours), the longer of the promotion (exponential with mean 300 s) and the start (40 s), and the way of
/// the clients (uniform over 90 to 150 s); the way home costs the planned switch of 50 s, longer than a
/// start, and the clients once more.
///
/// The longer of 40 s and an exponential with mean m: 40 + ∫ from 40 of e^(−x/m) dx = 40 + m·e^(−40/m).
#[test]
fn losses_of_a_region_cost_what_the_steps_cost() {
    let shop = shop(&format!(
        "fallback = {{ region = \"s\", decision = {{ dist = \"uniform\", low = \"0s\", high = \"2h\" }}, \
         dns = {{ dist = \"uniform\", low = \"90s\", high = \"150s\" }} }}\n\
         [app.shop.database]\nmode = \"multi-az\"\nrebuild.takes = \"1h\"\n\
         maintenance = {{ rate = \"0/y\", takes = \"50s\" }}\n\
         replica = {{ lag = {{ dist = \"exponential\", mean = \"10s\" }}, \
         promote = {{ dist = \"exponential\", mean = \"300s\" }} }}\n{STUDY}lasts = \"10h\"\n"
    ));
    let (cycle, year) = (30.0 * 86_400.0 + 36_000.0, 31_536_000.0);
    let there = 3600.0 + 40.0 + 300.0 * exp(-40.0 / 300.0) + 120.0;
    let back = 50.0 + 120.0;
    holds("time", Some(shop.unavailability.time), (there + back) / cycle, 0.02);
    let fallback = shop.fallback.expect("it falls back");
    holds("orders", Some(fallback.per_year), year / cycle, 0.02);
    holds("returns", Some(fallback.returns_per_year), year / cycle, 0.02);
    assert_eq!(fallback.called_off_per_year.mean, 0.0);
    // Away from the order until the way home is over: an hour of rebuild after the 10 h, less the decision.
    let away = 36_000.0 + 3600.0 + back - 3600.0;
    holds("away", Some(fallback.away), away / cycle, 0.02);
    let share = |phase: &str| {
        let row = shop.waited_for.iter().find(|it| it.phase == phase);
        row.unwrap_or_else(|| panic!("nothing waited for {phase}")).downtime_share
    };
    holds("operator", Some(share("operator")), 3600.0 / (there + back), 0.02);
    holds("clients", Some(share("re-routing")), 240.0 / (there + back), 0.03);
    let lost = shop.data_loss_s.expect("a database");
    holds("events", Some(lost.events_per_year), year / cycle, 0.02);
    let window = lost.window.expect("copies were promoted");
    holds("lost", Some(window.mean), 10.0, 0.06);
    holds("lost p95", window.p95, 10.0 * libm::log(20.0), 0.1);
    let classes = shop.recovery.expect("with a database").classes;
    let region = classes.iter().find(|it| it.class == "region").expect("regions are lost");
    assert!((region.per_year.mean / (year / cycle) - 1.0).abs() < 0.02, "{region:?}");
    // Decided before x of 7200 s: the median of the whole is about 3600 + 40 + … ; p50 is told.
    assert!(region.p50.is_some() && region.restores > 0, "{region:?}");
}

/// A decision that takes an exponential time with mean 2 h comes too late for an outage of 3 h with the
/// chance e^(−1.5).
#[test]
fn a_region_is_back_before_the_order_as_often_as_the_law_says() {
    let shop = shop(&format!(
        "fallback = {{ region = \"s\", decision = {{ dist = \"exponential\", mean = \"2h\" }} }}\n\
         {STUDY}lasts = \"3h\"\n"
    ));
    let (cycle, year) = (30.0 * 86_400.0 + 10_800.0, 31_536_000.0);
    let late = exp(-1.5);
    let fallback = shop.fallback.expect("it falls back");
    holds("called off", Some(fallback.called_off_per_year), late * year / cycle, 0.05);
    holds("orders", Some(fallback.per_year), (1.0 - late) * year / cycle, 0.03);
    // An order costs the decision, given that it came in time, and a start there and back; otherwise the
    // outage and a start. E[D; D < L] = m − (m + L)·e^(−L/m).
    let decided = 7200.0 - (7200.0 + 10_800.0) * late;
    let mean = decided + (1.0 - late) * 80.0 + late * (10_800.0 + 40.0);
    holds("time", Some(shop.unavailability.time), mean / cycle, 0.03);
}

/// Everything that a replication states, without and with another region to go to.
#[test]
fn a_fallback_that_is_never_needed_changes_nothing() {
    let rest = "[app.shop.database]\nmode = \"multi-az\"\nnothing_left = \"restore\"\nsize = \"1GiB\"\n\
        restore = { decision = \"1h\", takes = \"1h\" }\nlogs = { every = \"5min\" }\n\
        [app.shop.backups]\nnightly = \"01:00\"\ncopy_to = \"s\"\n\
        [study]\nhorizon = \"60d\"\n\
        [failure.crash]\nkind = \"crash\"\ntargets = \"container.*\"\nmtbf = \"1d\"\n\
        [failure.node]\nkind = \"crash\"\ntargets = \"database-node.*\"\nmtbf = \"2d\"\n\
        [failure.zone]\nkind = \"outage\"\ntargets = \"zone.ra\"\nmtbf = \"3d\"\nlasts = \"2h\"\n\
        [failure.cut]\nkind = \"isolation\"\ntargets = \"zone.ra\"\nmtbf = \"4d\"\nlasts = \"2h\"\n";
    let stated = |fallback: &str| {
        let scenario = scenario(&format!("{PLACES}{fallback}{rest}"));
        let topology = assemble(&scenario);
        let plan = plan(&scenario, &topology);
        let mut checker = Checker::all();
        let (measures, recorder, events) = watched(&topology, &plan, 0, &mut checker);
        assert!(checker.broken.is_empty(), "{}", checker.told());
        assert!(recorder.lines.len() > 300, "enough goes wrong");
        (recorder.lines.clone(), measures.ledger.subjects[0].down(), events)
    };
    let without = stated("");
    let with = stated("fallback = { region = \"s\", decision = \"1h\", return = \"1h\" }\n");
    assert_eq!(without, with);
}
