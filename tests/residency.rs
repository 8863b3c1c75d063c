//! Where data was: the ledger against episodes, hours and byte-hours derived by hand, and what must not
//! change it.

mod common;

use common::scenario;
use std::sync::atomic::AtomicBool;
use zonefall::report::exit::Exit;
use zonefall::study::findings::{AppResidency, Findings, PathVerdict, Verdict};
use zonefall::study::{self, Options};

fn study(text: &str) -> Findings {
    let scenario = scenario(text);
    let options =
        Options { threads: 1, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    study::run(&scenario, "", &options).findings
}

fn residency(findings: &Findings) -> &AppResidency {
    findings.app["x"].residency.as_ref().expect("it says where its data may be")
}

#[track_caller]
fn close(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-9 * expected.abs(), "{actual} is not {expected}");
}

const REGION: &str = "[region.r]\ncountry = \"DE\"\nzones = [\"a\", \"b\", \"c\"]\n\
    [region.us]\ncountry = \"US\"\nzones = 1\n";

/// One container, in zone a; from the loss of that zone until it is lost again in b it is in b.
fn moved(rule: &str) -> String {
    format!(
        "[study]\nhorizon = \"100d\"\nreplications = 2\n{REGION}\
         [app.x]\nregion = \"r\"\nhealth_manager = {{ detect_loss = \"1min\", start = \"4min\" }}\n{rule}\
         [[incident]]\nkind = \"outage\"\ntarget = \"zone.a\"\nat = \"10d\"\nlasts = \"1h\"\n\
         [[incident]]\nkind = \"outage\"\ntarget = \"zone.b\"\nat = \"20d\"\nlasts = \"1h\"\n\
         [[incident]]\nkind = \"outage\"\ntarget = \"zone.a\"\nat = \"30d\"\nlasts = \"1h\"\n"
    )
}

#[test]
fn a_container_outside_is_a_violation_from_arrival_to_removal() {
    // In b from 10 d + 5 min to 20 d, and again from 30 d + 5 min to the end at 100 d.
    let found = study(&moved("residency = { keep_in = [\"a\", \"c\"] }\n"));
    let of = residency(&found);
    let year = 365.0 / 100.0;
    close(of.violations_per_year.mean, 2.0 * year);
    let hours = 10.0 * 24.0 - 5.0 / 60.0 + 70.0 * 24.0 - 5.0 / 60.0;
    close(of.hours_per_year.mean, hours * year);
    assert_eq!(of.hours_per_year.low, of.hours_per_year.high);
    assert_eq!(of.byte_hours_per_year.mean, 0.0, "a container keeps nothing");
    let ledger = &found.residency.as_ref().unwrap().ledger;
    let rows: Vec<_> =
        ledger.iter().map(|it| (it.since_s, it.until_s, it.cause.as_str())).collect();
    let day = 86_400.0;
    assert_eq!(
        rows,
        [(10.0 * day + 300.0, Some(20.0 * day), "outage"), (30.0 * day + 300.0, None, "outage"),]
    );
    assert!(ledger.iter().all(|it| it.place == "b" && it.processed && it.country == "DE"));
}

#[test]
fn a_preventive_control_waits_where_the_other_moves() {
    let detective = study(&moved("residency = { keep_in = \"a\" }\n"));
    let preventive = study(&moved("residency = { keep_in = \"a\", control = \"preventive\" }\n"));
    // Detective: 5 min at each of the three losses. Preventive: it waits out the hour of zone a twice, and
    // starts for four minutes; zone b does not concern it.
    let down = |of: &Findings| of.app["x"].unavailability.time.mean * 100.0 * 86_400.0;
    close(down(&detective), 3.0 * 300.0);
    close(down(&preventive), 2.0 * (3600.0 + 240.0));
    let of = residency(&preventive);
    assert_eq!((of.violations_per_year.mean, of.violations_per_year.high), (0.0, 0.0));
    let year = 365.0 / 100.0;
    close(of.refused_per_year.mean, 2.0 * year);
    // Refused when it is noticed, after a minute.
    close(of.refused_down_s.mean, 2.0 * (3600.0 - 60.0 + 240.0) * year);
    let refused = &preventive.residency.as_ref().unwrap().ledger;
    assert!(refused.iter().all(|it| it.verdict == PathVerdict::Refused && it.place == "b"));
    assert_eq!(refused[0].down_s, Some(3600.0 - 60.0 + 240.0));
}

/// Files that are backed up every night, without luck: a dump takes 1 h, the copy arrives another hour
/// later.
fn backed_up(rule: &str, keep: &str, more: &str) -> String {
    format!(
        "[study]\nhorizon = \"100d\"\nreplications = 2\n{REGION}\
         [app.x]\nregion = \"r\"\nsupervisor = {{ restart = \"1min\" }}\nfiles = {{ size = \"10GiB\" }}\n{rule}\
         [app.x.backups]\nnightly = \"00:00\"\ntakes = \"1h\"\nkeep = {{ nightly = \"{keep}\" }}\n\
         copy_to = \"us\"\ncopy = {{ lag = \"1h\" }}\n{more}"
    )
}

#[test]
fn a_foreign_copy_is_outside_until_it_expires() {
    // Kept for 10 d: at the start those of the ten nights before are there that arrived by then. The copy
    // of the night n arrives at n + 2 h and expires ten days later. Those of nights −10 … 99 touch the
    // hundred days: 110 of them; night −10 arrived at −10 d + 2 h and goes at 2 h.
    let found = study(&backed_up("residency = { keep_in = \"DE\" }\n", "10d", ""));
    let of = &residency(&found);
    let year = 365.0 / 100.0;
    close(of.violations_per_year.mean, 110.0 * year);
    // There is always one.
    close(of.hours_per_year.mean, 100.0 * 24.0 * year);
    // Ten at any time: the old one goes at the instant at which the new one comes.
    close(of.byte_hours_per_year.mean, 10.0 * 100.0 * 24.0 * 10.0 * f64::from(1 << 30) * year);
    let whole: Vec<_> = found.residency.as_ref().unwrap().ledger.iter().collect();
    assert_eq!(whole.len(), 110);
    let inner = whole.iter().find(|it| it.since_s > 86_400.0).unwrap();
    close(inner.until_s.unwrap() - inner.since_s, 10.0 * 86_400.0);
    assert_eq!((inner.place.as_str(), inner.bytes), ("us", 10 << 30));
    // Kept for half a day there is none in the other half.
    let found = study(&backed_up("residency = { keep_in = \"DE\" }\n", "12h", ""));
    close(residency(&found).hours_per_year.mean, 12.0 * 100.0 * year);
    close(residency(&found).violations_per_year.mean, 100.0 * year);
}

#[test]
fn an_exception_is_told_and_is_no_violation() {
    let except = "except = [{ data = \"backups\", to = \"US\", basis = \"annex\" }]";
    let rule = format!("residency = {{ keep_in = \"DE\", {except} }}\n");
    let found = study(&backed_up(&rule, "10d", ""));
    assert_eq!(residency(&found).violations_per_year, Default::default());
    let paths = &found.residency.as_ref().unwrap().paths;
    assert_eq!(
        (paths[0].verdict, paths[0].basis.as_deref()),
        (PathVerdict::Excepted, Some("annex"))
    );
}

#[test]
fn logs_and_identity_count_from_beginning_to_end() {
    let found = study(&format!(
        "[study]\nhorizon = \"50d\"\nreplications = 2\n{REGION}\
         [app.x]\nregion = \"r\"\nsupervisor = {{ restart = \"1min\" }}\n\
         logs = {{ region = \"us\", size = \"2GiB\" }}\nresidency = {{ keep_in = \"DE\" }}\n\
         [dependency.mxid]\nregion = \"us\"\ndata = \"identity\"\n"
    ));
    let of = residency(&found);
    let hours = 365.0 * 24.0;
    close(of.by_class["logs"].hours_per_year.mean, hours);
    close(of.by_class["identity"].hours_per_year.mean, hours);
    close(of.hours_per_year.mean, 2.0 * hours);
    close(of.byte_hours_per_year.mean, 2.0 * f64::from(1 << 30) * hours);
    close(of.violations_per_year.mean, 2.0 * 365.0 / 50.0);
}

#[test]
fn an_expectation_on_residency_decides_the_exit_code() {
    let expect = "[[expect]]\nthat = \"app.x.residency.violations == 0\"\n\
        [[expect]]\nthat = \"app.x.outages_per_year > 1000\"\n";
    let leaves = study(&backed_up("residency = { keep_in = \"DE\" }\n", "10d", expect));
    assert_eq!(leaves.expectations[0].verdict, Verdict::Fail);
    assert_eq!(Exit::of(&leaves).code(), 4, "before 3, which the other one gives");
    let stays = study(&backed_up("residency = { keep_in = [\"DE\", \"US\"] }\n", "10d", expect));
    assert_eq!(stays.expectations[0].verdict, Verdict::Pass, "without a path for certain");
    assert_eq!(Exit::of(&stays).code(), 3);
}

#[test]
fn other_names_of_regions_change_nothing() {
    let text = backed_up("residency = { keep_in = \"DE\" }\n", "10d", "");
    let renamed = text
        .replace("[region.us]", "[region.overseas]")
        .replace("copy_to = \"us\"", "copy_to = \"overseas\"");
    let (a, b) = (study(&text), study(&renamed));
    let amounts = |of: &Findings| serde_json::to_string(&of.app["x"]).unwrap();
    assert_eq!(amounts(&a), amounts(&b).replace("overseas", "us"));
    let back = serde_json::to_string(&b.residency).unwrap().replace("overseas", "us");
    assert_eq!(serde_json::to_string(&a.residency).unwrap(), back);
}

#[test]
fn every_key_of_residency_matters() {
    let told = |text: &str| {
        let found = study(text);
        serde_json::to_string(&(&found.app["x"].residency, &found.residency)).unwrap()
    };
    let base = |rule: &str, logs: &str| {
        backed_up(&format!("{logs}\nresidency = {{ {rule} }}\n"), "10d", "")
    };
    let logs = "logs = { region = \"us\", size = \"1GiB\" }";
    let except = |basis: &str| {
        format!(
            "keep_in = \"DE\", except = [{{ data = \"logs\", to = \"US\", basis = \"{basis}\" }}]"
        )
    };
    let results = [
        base("keep_in = \"DE\"", ""),
        base("keep_in = \"DE\"", logs),
        base("keep_in = \"DE\"", "logs = { region = \"us\", size = \"2GiB\" }"),
        base("keep_in = { logs = \"DE\" }", logs),
        base("keep_in = { files = \"US\" }", logs),
        base("keep_in = \"US\"", ""),
        base("keep_in = \"US\", covers = \"rest\"", ""),
        base(&except("one"), logs),
        base(&except("two"), logs),
    ]
    .map(|text| told(&text));
    for (index, a) in results.iter().enumerate() {
        assert!(results[..index].iter().all(|b| a != b), "{index}");
    }
    let all = base("keep_in = \"DE\"", "");
    let one =
        all.replace("residency = { keep_in = \"DE\" }\n", "") + "[residency]\nkeep_in = \"DE\"\n";
    assert_eq!(told(&all), told(&one), "the rule of all apps is that of each");
}
