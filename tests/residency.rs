//! Where data was: the ledger against episodes, hours and byte-hours derived by hand, and what must not
//! change it.

mod common;

use common::scenario;
use std::sync::atomic::AtomicBool;
use zonefall::report::exit::Exit;
use zonefall::report::number;
use zonefall::scenario::{Input, Source, load};
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
fn the_inventory_tells_where_everything_is() {
    let found = study(&backed_up("residency = { keep_in = \"DE\" }\n", "10d", ""));
    let inventory = &found.residency.as_ref().unwrap().inventory;
    let told: Vec<_> = inventory
        .iter()
        .map(|it| (it.asset.as_str(), it.place.as_str(), it.stays, it.verdict))
        .collect();
    let outside = Some(PathVerdict::Violation);
    assert_eq!(
        told,
        [
            ("nightly backup", "r", 110, None),
            ("nightly backup", "us", 110, outside),
            ("container", "a", 1, None),
            ("files", "r", 1, None),
        ]
    );
    let hours = 100.0 * 24.0;
    for (row, at_once) in inventory.iter().zip([10.0, 10.0, 1.0, 1.0]) {
        close(row.at_once, at_once);
        let bytes = if row.processed { 0.0 } else { 10.0 * f64::from(1 << 30) };
        close(row.byte_hours, at_once * bytes * hours);
        assert_eq!(row.since_s, 0.0);
    }
    // Without luck every replication holds the same: so does the mean, a year long.
    let means = &found.residency.as_ref().unwrap().inventory_per_year;
    let told: Vec<_> = means
        .iter()
        .map(|it| (it.asset.as_str(), it.place.as_str(), it.verdict, it.processed))
        .collect();
    assert_eq!(
        told,
        [
            ("nightly backup", "r", None, false),
            ("nightly backup", "us", outside, false),
            ("container", "a", None, true),
            ("files", "r", None, false),
        ]
    );
    for (row, at_once) in means.iter().zip([10.0, 10.0, 1.0, 1.0]) {
        let bytes = if row.processed { 0.0 } else { 10.0 * f64::from(1 << 30) };
        close(row.at_once.mean, at_once);
        let year = at_once * bytes * 8760.0;
        close(row.byte_hours_per_year.mean, year);
        close(row.byte_hours_per_year.low, year);
        close(row.byte_hours_per_year.high, year);
    }
    // The copy of the last night goes ten days after it came.
    assert_eq!(inventory[1].until_s, Some((99.0 + 10.0) * 86_400.0 + 7200.0));
    assert_eq!(inventory[2].until_s, None);
}

#[test]
fn a_refused_copy_costs_what_it_would_have_saved() {
    // It is the platform's copy, which the app did not ask for. That of a night would arrive at 2 h, when
    // its data is 2 h old, and be the newest until the next one comes at 26 h: ages are uniform between.
    // Without it all is lost with the region.
    let text = |control: &str| {
        let rule = format!("residency = {{ keep_in = \"DE\", control = \"{control}\" }}\n");
        backed_up(&rule, "10d", "")
            .replace("copy_to = \"us\"\n", "")
            .replace("country = \"DE\"\n", "country = \"DE\"\ncopies_to = \"us\"\n")
    };
    let found = study(&text("preventive"));
    let of = residency(&found);
    assert_eq!(of.violations_per_year, Default::default());
    close(of.refused_per_year.mean, 365.0);
    let copies = of.refused_copies.as_ref().expect("they were refused");
    assert_eq!((copies.to.as_str(), copies.country.as_str()), ("us", "US"));
    close(copies.age_s.spread.mean.mean, 14.0 * 3600.0);
    close(copies.age_s.max, 26.0 * 3600.0);
    let p99 = copies.age_s.spread.p99.unwrap().mean;
    assert!((p99 - (2.0 + 0.99 * 24.0) * 3600.0).abs() < 120.0, "{p99}");
    assert_eq!(copies.age_s.nothing.mean, 0.0);
    assert!(residency(&study(&text("detective"))).refused_copies.is_none());
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

/// One node in zone a, whose zone is lost for an hour on the tenth day; a minute until a restore is ordered,
/// ten until it is done. The log was shipped at most five minutes ago.
fn restored(rule: &str) -> Findings {
    study(&format!(
        "[study]\nhorizon = \"100d\"\nreplications = 2\n{REGION}\
         [app.x]\nregion = \"r\"\nzones = [\"c\"]\nsupervisor = {{ restart = \"1min\" }}\n\
         residency = {{ {rule} }}\n\
         [app.x.database]\nmode = \"single\"\nzones = [\"a\", \"b\"]\nsize = \"3GiB\"\nnothing_left = \"restore\"\n\
         restore = {{ decision = \"1min\", takes = \"10min\" }}\nlogs = {{ every = \"5min\" }}\n\
         [[incident]]\nkind = \"outage\"\ntarget = \"zone.a\"\nat = \"10d\"\nlasts = \"1h\"\n"
    ))
}

#[test]
fn a_database_is_restored_outside_or_waits() {
    let detective = restored("keep_in = [\"a\", \"c\"]");
    let of = residency(&detective);
    let year = 365.0 / 100.0;
    // In b from the order on, a minute after the loss, to the end: nothing moves it back.
    close(of.hours_per_year.mean, (90.0 * 24.0 - 1.0 / 60.0) * year);
    close(of.byte_hours_per_year.mean, of.hours_per_year.mean * 3.0 * f64::from(1 << 30));
    close(of.violations_per_year.mean, year);
    let row = &detective.residency.as_ref().unwrap().ledger[0];
    assert_eq!((row.asset.as_str(), row.place.as_str()), ("database x/1", "b"));
    assert_eq!((row.cause.as_str(), row.processed), ("outage", false));
    let preventive = restored("keep_in = [\"a\", \"c\"], control = \"preventive\"");
    let of = residency(&preventive);
    assert_eq!(of.violations_per_year, Default::default());
    close(of.refused_per_year.mean, year);
    // Detective: 11 min. Preventive: the hour of the zone and then the ten minutes of the restore.
    let down = |of: &Findings| of.app["x"].unavailability.time.mean * 100.0 * 86_400.0;
    close(down(&detective), 660.0);
    close(down(&preventive), 3600.0 + 600.0);
    close(of.refused_down_s.mean, (3600.0 + 600.0 - 60.0) * year);
}

const BEGIN: &str = "<!-- residency: written by tests/residency.rs -->\n";
const END: &str = "<!-- end of residency -->\n";

#[test]
fn the_readme_tells_what_staying_inside_costs() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("scenarios/uae-bahrain-2026-03.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let file = Source { path: "uae-bahrain-2026-03.toml".into(), text, dir: "scenarios".into() };
    let loaded = load(&Input { files: vec![file], ..Input::default() }).unwrap();
    let options =
        Options { threads: 2, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    let found = study::run(&loaded.scenario, "", &options).findings;
    let horizon = found.study.horizon_s;
    let mut table = String::from(
        "\n| app | control | down | data lost | outside at rest or in process | moves refused | should the region be lost for good |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let years = horizon / 31_536_000.0;
    for (name, app) in &found.app {
        let of = app.residency.as_ref().unwrap();
        let lost = app.data_loss_s.as_ref().and_then(|it| it.window.as_ref());
        let left = of.refused_copies.as_ref().map(|it| {
            let age = number::duration(it.age_s.spread.mean.mean);
            format!("nothing is left; a copy would be {age} old on average")
        });
        let copied = || {
            format!("a copy is left in {}", app.backups.as_ref().unwrap().copy_to.as_ref().unwrap())
        };
        table += &format!(
            "| {name} | {} | {} | {} | {:.0} h | {:.0} | {} |\n",
            of.control,
            number::duration(app.unavailability.time.mean * horizon),
            lost.map_or("none".into(), |it| number::duration(it.mean.mean)),
            of.by_class.get("database").map_or(0.0, |it| it.hours_per_year.mean * years),
            of.refused_per_year.mean * years,
            left.unwrap_or_else(copied),
        );
    }
    table += "\n";
    // A preventive control costs availability, or the copy that outlives the region.
    let down = |name: &str| found.app[name].unavailability.time.mean;
    assert!(down("dubai-enforced") > 10.0 * down("dubai-watched"));
    let of = |name: &str| found.app[name].residency.as_ref().unwrap();
    assert!(of("manama-enforced").refused_copies.is_some());
    assert!(of("manama-watched").refused_copies.is_none());
    assert_eq!(
        found.app["dubai-enforced"].residency.as_ref().unwrap().violations_per_year.high,
        0.0
    );
    let readme = root.join("README.md");
    let text = std::fs::read_to_string(&readme).unwrap();
    let begin = text.find(BEGIN).expect("the README has the table") + BEGIN.len();
    let end = text.find(END).expect("the table ends");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&readme, format!("{}{table}{}", &text[..begin], &text[end..])).unwrap();
        return;
    }
    assert_eq!(table, &text[begin..end], "UPDATE_GOLDEN=1 cargo test --test residency writes it");
}

/// Two replicas, in zones a and b; both are lost for a day, and are back with their data. Short of both
/// for two hours, the files are moved.
fn files_moved(rule: &str) -> Findings {
    study(&format!(
        "[study]\nhorizon = \"100d\"\nreplications = 2\n{REGION}\
         [app.x]\nregion = \"r\"\nzones = [\"c\"]\nsupervisor = {{ restart = \"1min\" }}\n\
         [app.x.files]\nsize = \"10GiB\"\nreplicas = 3\nlost_with_zone = \"0%\"\n\
         reads = \"50%\"\nread_quorum = 2\nrelocate = {{ below = 2, after = \"2h\", to = \"us\" }}\n\
         [app.x.residency]\n{rule}\n\
         [[incident]]\nname = \"fire\"\nkind = \"outage\"\ntargets = [\"zone.a\", \"zone.b\"]\n\
         at = \"10d\"\nlasts = \"1d\"\n"
    ))
}

#[test]
fn files_that_are_moved_are_outside_until_they_are_back() {
    let found = files_moved("keep_in = \"DE\"");
    let (of, year) = (residency(&found), 365.0 / 100.0);
    close(of.violations_per_year.mean, year);
    close(of.hours_per_year.mean, 22.0 * year);
    close(of.byte_hours_per_year.mean, 22.0 * 10.0 * f64::from(1 << 30) * year);
    let row = &found.residency.as_ref().unwrap().ledger[0];
    assert_eq!(
        (row.asset.as_str(), row.place.as_str(), row.cause.as_str()),
        ("files", "us", "fire")
    );
    assert_eq!((row.since_s, row.until_s), (10.0 * 86_400.0 + 7200.0, Some(11.0 * 86_400.0)));
    // What is moved is not at home meanwhile: at any time they are at one place.
    let inventory = &found.residency.as_ref().unwrap().inventory;
    let files: Vec<_> = inventory.iter().filter(|it| it.asset == "files").collect();
    let told: Vec<_> = files.iter().map(|it| (it.place.as_str(), it.stays)).collect();
    assert_eq!(told, [("r", 2), ("us", 1)]);
    let (all, away) = (100.0 * 24.0, 22.0);
    close(files[0].byte_hours, (all - away) * 10.0 * f64::from(1 << 30));
    close(files[1].byte_hours, away * 10.0 * f64::from(1 << 30));
    close(files[0].at_once + files[1].at_once, 1.0);
    // Told before anything is simulated, with what it takes: any two of the three zones.
    let told = |found: &Findings| {
        let paths = &found.residency.as_ref().unwrap().paths;
        paths.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>().join("\n")
    };
    assert!(told(&found).contains("relocated"), "{}", told(&found));
    // Refused they stay, and what needs them fails.
    let refused = files_moved("keep_in = \"DE\"\ncontrol = \"preventive\"");
    let of = residency(&refused);
    assert_eq!((of.violations_per_year.mean, of.hours_per_year.mean), (0.0, 0.0));
    close(of.refused_per_year.mean, year);
    let moves = refused.app["x"].files.as_ref().and_then(|it| it.seen.as_ref()?.relocation.clone());
    // Half of the requests read files, and fail from the end of the grace until the zones are back.
    close(of.refused_down_s.mean, 0.5 * 22.0 * 3600.0 * year);
    let moves = moves.expect("they would be moved");
    close(moves.refused_per_year.mean, year);
    assert_eq!(moves.moved_per_year.mean, 0.0);
}

#[test]
fn a_copy_of_files_elsewhere_is_outside_for_ever() {
    let text = |rule: &str| {
        format!(
            "[study]\nhorizon = \"100d\"\nreplications = 2\n{REGION}\
             [app.x]\nregion = \"r\"\nsupervisor = {{ restart = \"1min\" }}\n\
             files = {{ size = \"10GiB\", copy_to = \"us\" }}\nresidency = {{ {rule} }}\n"
        )
    };
    let found = study(&text("keep_in = \"DE\""));
    let of = residency(&found);
    close(of.hours_per_year.mean, 8760.0);
    close(of.byte_hours_per_year.mean, 8760.0 * 10.0 * f64::from(1 << 30));
    let row = &found.residency.as_ref().unwrap().ledger[0];
    assert_eq!((row.asset.as_str(), row.cause.as_str()), ("copy of files", ""));
    // The platform would refuse it: the file contradicts itself.
    assert!(!common::is_sound(&text("keep_in = \"DE\", control = \"preventive\"")));
}

#[test]
fn an_app_that_goes_to_another_region_is_outside_while_it_is_there() {
    // Lost on day 10 for a day: ordered after an hour, started in four minutes; home a day after the region is
    // well, on day 12. The copy of the database is there all the time.
    let found = study(&format!(
        "[study]\nhorizon = \"100d\"\nreplications = 2\n{REGION}\
         [app.x]\nregion = \"r\"\nresidency = {{ keep_in = \"DE\" }}\n\
         health_manager = {{ detect_loss = \"1min\", start = \"4min\" }}\n\
         fallback = {{ region = \"us\", decision = \"1h\", return = \"1d\" }}\n\
         [app.x.database]\nmode = \"single\"\nsize = \"1GiB\"\nreplica.region = \"us\"\n\
         [[incident]]\nkind = \"outage\"\ntarget = \"region.r\"\nat = \"10d\"\nlasts = \"1d\"\n"
    ));
    let (of, year, day) = (residency(&found), 365.0 / 100.0, 86_400.0);
    close(of.violations_per_year.mean, 2.0 * year);
    close(of.hours_per_year.mean, 2400.0 * year);
    close(of.byte_hours_per_year.mean, 2400.0 * f64::from(1 << 30) * year);
    let ledger = &found.residency.as_ref().unwrap().ledger;
    let rows: Vec<_> = ledger.iter().map(|it| (it.processed, it.since_s, it.until_s)).collect();
    let there = (true, 10.0 * day + 3600.0 + 240.0, Some(12.0 * day));
    assert_eq!(rows, [(false, 0.0, None), there]);
    // What the platform would refuse for ever is a contradiction.
    let refused = "[region.us]\ncountry = \"US\"\nzones = 1\n[app.x]\nregion = \"r\"\n\
        health_manager = { start = \"1min\" }\nfallback = { region = \"us\" }\n\
        residency = { keep_in = \"DE\", control = \"preventive\" }\n\
        [region.r]\ncountry = \"DE\"\nzones = 1\n";
    assert!(!common::is_sound(refused));
    assert!(common::is_sound(&refused.replace("preventive", "detective")));
}

#[test]
fn files_that_an_app_goes_to_are_processed_there_until_its_return() {
    // Lost on day 10 for a day: ordered after an hour; home a day after the region is well, on day 12.
    let text = |more: &str| {
        format!(
            "[study]\nhorizon = \"100d\"\nreplications = 2\n{REGION}\
             [app.x]\nregion = \"r\"\nresidency = {{ keep_in = {{ files = \"DE\" }}{more} }}\n\
             health_manager = {{ detect_loss = \"1min\", start = \"4min\" }}\n\
             fallback = {{ region = \"us\", decision = \"1h\", return = \"1d\" }}\n\
             files = {{ size = \"10GiB\", copy_to = \"us\", reads = \"10%\" }}\n\
             [[incident]]\nname = \"fire\"\nkind = \"outage\"\ntarget = \"region.r\"\nat = \"10d\"\nlasts = \"1d\"\n"
        )
    };
    let found = study(&text(""));
    let (of, year, day) = (residency(&found), 365.0 / 100.0, 86_400.0);
    close(of.violations_per_year.mean, 2.0 * year);
    close(of.hours_per_year.mean, 2400.0 * year);
    close(of.byte_hours_per_year.mean, 2400.0 * 10.0 * f64::from(1 << 30) * year);
    let ledger = &found.residency.as_ref().unwrap().ledger;
    let rows = ledger.iter().map(|it| (it.asset.as_str(), it.processed, it.since_s, it.until_s));
    let there = ("files", true, 10.0 * day + 3600.0, Some(12.0 * day));
    assert_eq!(rows.collect::<Vec<_>>(), [("copy of files", false, 0.0, None), there]);
    assert_eq!(ledger[1].chain, ["fire", "copied", "processed"]);
    let paths = &found.residency.as_ref().unwrap().paths;
    let path = paths.iter().find(|it| it.processed).expect("a path");
    assert_eq!((path.asset.as_str(), path.to.as_str()), ("files", "us"));
    assert_eq!(path.condition, "only if all 3 zones of r are lost and the fallback is ordered");
    assert_eq!(path.chain, ["copied", "processed"]);
    // What only counts at rest is told of the copy alone.
    let rest = study(&text(", covers = \"rest\""));
    assert_eq!(rest.residency.as_ref().unwrap().ledger.len(), 1);
}
