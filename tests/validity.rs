//! Where the laws of queues are not to be relied on: states that are over before a queue has settled are told,
//! with the share of the time that they take (500 service times, and ten relaxation times).

mod common;

use common::scenario;
use std::sync::atomic::AtomicBool;
use zonefall::study::{self, Options};

/// What is remarked of an app of two containers of ten servers each, over ten days, called 2 times a second but
/// for five minutes of 8/s a day.
fn remarks(service: &str, load: &str, rest: &str) -> Vec<String> {
    remarks_of(1, service, load, rest)
}

/// The same of so many such apps.
fn remarks_of(apps: u32, service: &str, load: &str, rest: &str) -> Vec<String> {
    let count = if apps > 1 { format!("count = {apps}\n") } else { String::new() };
    let scenario = scenario(&format!(
        "[study]\nhorizon = \"10d\"\nreplications = 3\nstart = 2025-03-24\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n\
         [profile.peak]\nweekday = [\"00:00 25%\", \"09:00 100%\", \"09:05 25%\"]\n\
         [app.shop]\nregion = \"r\"\ncontainers = 2\nplacement = \"pinned\"\n\
         supervisor = {{ restart = \"0s\" }}\n{load}\n\
         concurrency = 10\nqueue_places = 20\nservice_time = \"{service}\"\n{count}{rest}"
    ));
    let options =
        Options { threads: 1, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    let notes = study::run(&scenario, "", &options).findings.notes;
    notes.into_iter().filter(|it| it.contains("settle")).collect()
}

fn peak() -> String {
    "load = { mean = \"2/s\", profile = \"peak\" }".into()
}

fn outage(lasts: u64) -> String {
    format!(
        "[[incident]]\nkind = \"outage\"\ntarget = \"zone.zb\"\nat = \"5h\"\nlasts = \"{lasts}s\"\n"
    )
}

#[test]
fn a_short_lack_of_containers_is_told_with_its_share() {
    let of = |lasts| remarks("1s", "load = \"2/s\"", &outage(lasts));
    // 500 service times are 500 s; 432 s are 0.05 % of ten days.
    assert!(of(500).is_empty(), "{:?}", of(500));
    let [told] = &of(432)[..] else { panic!("{:?}", of(432)) };
    let begins = "shop: 0.05 % of the time fewer containers served for less than it takes";
    assert!(told.starts_with(begins), "{told}");
    // Less than one in ten thousand is not worth a remark.
    assert!(of(50).is_empty(), "{:?}", of(50));
    // The last one of one is nearly busy: 10 / (√10 − √9.9)² = 39 799 s, and 30 places are wandered
    // through in 90: ten times that are 900 s.
    let busy = |lasts| remarks("1s", "load = \"9.9/s\"", &outage(lasts));
    assert!(busy(899).len() == 1 && busy(900).is_empty(), "{:?} {:?}", busy(899), busy(900));
}

#[test]
fn a_load_that_changes_before_queues_follow_is_told_with_its_share() {
    // Five minutes are 300 service times of 1 s, and 600 of 500 ms.
    assert!(remarks("500ms", &peak(), "").is_empty());
    let told = remarks("1s", &peak(), "");
    let [told] = &told[..] else { panic!("{told:?}") };
    // Five minutes of each day.
    assert!(told.starts_with("shop: 0.35 % of the time the load changes again before"), "{told}");
    // Whether all containers serve or fewer.
    let whole_day = remarks("1s", &peak(), &outage(86_400));
    assert_eq!(whole_day, std::slice::from_ref(told));
    // A constant load never changes.
    assert!(remarks("1s", "load = \"2/s\"", "").is_empty());
}

#[test]
fn what_is_cut_short_by_both_is_told_once() {
    // 432 s of one container, within which the load changes twice.
    let at_nine = outage(432).replace("5h", "8h58min");
    let told = remarks("1s", &peak(), &at_nine);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("0.05 % of the time fewer containers"), "{told:?}");
    // Five minutes of nine days out of ten: 0.3125 %.
    assert!(told[1].contains("0.31 % of the time the load changes"), "{told:?}");
}

#[test]
fn of_a_large_fleet_it_is_told_of_all_together() {
    let fleet = |service: &str, load: &str, rest: &str| remarks_of(70, service, load, rest);
    // 432 s of ten days, of each app: the same share as of a single one.
    let told = fleet("1s", "load = \"2/s\"", &outage(432));
    let [told] = &told[..] else { panic!("{told:?}") };
    let begins =
        "at most 0.05 % of the time of 70 apps with a queue fewer containers served for less";
    assert!(told.starts_with(begins), "{told}");
    assert!(fleet("1s", "load = \"2/s\"", &outage(500)).is_empty());
    let busy = |lasts| fleet("1s", "load = \"9.9/s\"", &outage(lasts));
    assert!(busy(899).len() == 1 && busy(900).is_empty(), "{:?} {:?}", busy(899), busy(900));

    let told = fleet("1s", &peak(), "");
    let [told] = &told[..] else { panic!("{told:?}") };
    let begins = "0.35 % of the time of 70 apps with a queue the load changes again before";
    assert!(told.starts_with(begins), "{told}");
    assert!(fleet("500ms", &peak(), "").is_empty());
}

#[test]
fn a_large_fleet_tells_what_has_no_steady_state_and_what_is_approximate() {
    let notes = |load: &str, places: &str, scv: u32| {
        let scenario = scenario(&format!(
            "[study]\nhorizon = \"10d\"\nreplications = 1\n\
             [region.r]\ncountry = \"DE\"\nzones = [\"za\"]\n\
             [app.shop]\nregion = \"r\"\nconcurrency = 10\ncount = 70\nload = \"{load}\"\n\
             supervisor = {{ restart = \"0s\" }}\n\
             queue_places = {places}\nservice_time = {{ mean = \"1s\", scv = {scv} }}\n"
        ));
        let stop = AtomicBool::new(false);
        let options = Options { threads: 1, progress: &|_| (), stop: &stop, keep_rows: false };
        study::run(&scenario, "", &options).findings.notes
    };
    let has = |notes: &[String], text: &str| notes.iter().any(|it| it.starts_with(text));
    let endless = "100 % of the time of 70 apps with a queue it is unlimited and gets more than";
    let told = notes("11/s", "\"unlimited\"", 1);
    assert!(has(&told, endless), "{told:?}");
    assert!(!has(&notes("9/s", "\"unlimited\"", 1), endless));
    let approximate = "losses of 70 apps are those of exponential service";
    let told = notes("9/s", "5", 2);
    assert!(has(&told, approximate), "{told:?}");
    for (places, scv) in [("0", 2), ("5", 1), ("\"unlimited\"", 2)] {
        assert!(!has(&notes("9/s", places, scv), approximate), "{places} {scv}");
    }
}
