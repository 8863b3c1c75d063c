//! Sound scenarios: what they turn into.

use zonefall::engine::Dist;
use zonefall::scenario::spec::{
    Capacity, Course, Detect, Face, Growth, Period, Placement, Recovery, Renewing, Router,
    Scenario, SloMeasure,
};
use zonefall::scenario::{Input, Loaded, Source, load};
use zonefall::time::Span;

fn source(path: &str, text: &str) -> Source {
    Source { path: path.into(), text: text.into(), dir: "tests/data".into() }
}

fn input(text: &str) -> Input {
    Input { files: vec![source("estate.toml", text)], ..Input::default() }
}

#[track_caller]
fn sound(input: &Input) -> Loaded {
    load(input).unwrap_or_else(|mistakes| panic!("{}", mistakes.rendered_plain))
}

const SMALLEST: &str = r#"
version  = 1
platform = "mendix-cloud@2026-11"   # every default comes from here: dated, each with its source

[app.shop]
region     = "eu-central-1"         # the platform knows its zones, country and backup target
plan       = "premium"
containers = 2
memory     = "2GiB"
load       = "40/s"
slo        = "99.95%"               # by request, per calendar month: becomes an expectation
"#;

#[test]
fn the_smallest_scenario_takes_everything_else_from_its_platform() {
    let loaded = sound(&input(SMALLEST));
    let scenario = &loaded.scenario;
    assert_eq!((scenario.name.as_str(), loaded.notes.len()), ("estate", 0));
    let app = &scenario.apps[0];
    assert_eq!(app.zones, ["eu-central-1a", "eu-central-1b", "eu-central-1c"]);
    assert_eq!((app.placement, app.containers, app.needs), (Placement::Spread, 2, 1));
    assert_eq!(
        (app.memory, app.load.as_ref().map(|it| it.mean), app.response),
        (Some(2 << 30), Some(40.0), Span(200_000_000))
    );
    let slo = app.slo.as_ref().expect("an SLO");
    assert_eq!(
        (slo.targets.as_slice(), slo.per, slo.of),
        (&[0.9995][..], Period::Month, SloMeasure::Requests)
    );
    let Recovery::HealthManager(manager) = &app.recovery else { panic!("{:?}", app.recovery) };
    assert_eq!(manager.start, Dist::lognormal_median_sigma(45.0, 0.5).unwrap());
    assert_eq!(manager.start_timeout, Some(Span::secs(180)));
    let probe = Detect::Poll { interval: Span::secs(30), threshold: 1, timeout: Span::secs(1) };
    assert_eq!(manager.detect_hang, probe);
    let Router::Lagging(router) = &app.router else { panic!("{:?}", app.router) };
    assert_eq!((router.retries.count, router.crash_face, router.fail_open), (2, Face::Error, true));
    let failures: Vec<_> =
        scenario.failures.iter().map(|f| (f.name.as_str(), f.targets.len())).collect();
    assert_eq!(
        failures,
        [
            ("container-crash", 2),
            ("container-hang", 2),
            ("control-plane", 1),
            ("health-manager-crash", 3),
            ("platform-release", 1),
            ("region-network", 1),
            ("region-outage", 1),
            ("router-crash", 3),
            ("zone-blip", 3),
            ("zone-isolation", 3),
            ("zone-outage", 3),
        ]
    );
    assert_eq!(scenario.regions.len(), 1, "regions that nothing uses are left out");
    assert_eq!((scenario.study.replications, scenario.study.horizon), (Some(2000), Span::YEAR));
}

const MAXIMAL: &str = include_str!("data/maximal.toml");

fn maximal() -> Loaded {
    sound(&input(MAXIMAL))
}

#[test]
fn keys_are_merged_below_each_app_and_each_failure() {
    let scenario = maximal().scenario;
    let [cellar, old, shop] = scenario.apps.as_slice() else { panic!("three apps") };
    let Recovery::HealthManager(of_old) = &old.recovery else { panic!("{:?}", old.recovery) };
    assert_eq!(of_old.detect_hang, Detect::Never, "of its own generation");
    assert_eq!(of_old.start, Dist::lognormal_median_sigma(45.0, 0.5).unwrap(), "the platform's");
    let Recovery::HealthManager(manager) = &shop.recovery else { panic!("{:?}", shop.recovery) };
    let probe = Detect::Poll { interval: Span::secs(10), threshold: 3, timeout: Span::secs(1) };
    assert_eq!(manager.detect_hang, probe);
    assert_eq!(manager.kill, Dist::uniform(0.0, 10.0).unwrap(), "not overridden");
    let Router::Lagging(router) = &shop.router else { panic!("{:?}", shop.router) };
    assert_eq!(router.unregister, Some(Dist::uniform(0.2, 5.0).unwrap()), "not overridden");
    assert_eq!((router.retries.count, router.retries.on_unreachable), (1, false));
    assert_eq!((cellar.placement, &cellar.router), (Placement::Pinned, &Router::Ideal));
    let crash = scenario.failures.iter().find(|f| f.name == "container-crash").expect("it");
    assert_eq!(crash.mtbf, Dist::exponential(37.0 * 86_400.0).unwrap());
    // One of them only after a change.
    assert_eq!(crash.targets.len(), 8, "still all containers");
    assert!(!scenario.failures.iter().any(|f| f.name == "zone-blip"), "a rate of 0 is never");
}

#[test]
fn availability_and_repair_time_make_an_up_time() {
    let scenario = maximal().scenario;
    let login = scenario.dependencies.iter().find(|d| d.name == "login").expect("it");
    let (up, down) = login.clock.clone().expect("a clock");
    assert!((up.mean() - 7200.0 * 999.0).abs() < 1e-3, "r·A/(1−A), not {}", up.mean());
    assert_eq!(down, Dist::exponential(7200.0).unwrap());
}

#[test]
fn recorded_faults_become_incidents_where_they_overlap_the_study() {
    let loaded = maximal();
    let history: Vec<_> =
        loaded.scenario.incidents.iter().filter(|i| i.name == "history").collect();
    // The first began two hours before the study and has one hour left.
    assert_eq!((history[0].at, history[0].lasts), (Span::ZERO, Some(Span::secs(3600))));
    assert_eq!((history[1].at, history[1].lasts), (Span::secs(23 * 86_400 + 17 * 3600), None));
    assert_eq!(history[2].targets.len(), 2);
    assert_eq!(history.len(), 3);
    let note = loaded.notes.iter().find(|it| it.contains("1 of 4 rows is outside of the study"));
    assert!(note.is_some(), "{:?}", loaded.notes);
}

#[test]
fn loads_keep_their_mean_and_their_course() {
    let loaded = maximal();
    let apps = &loaded.scenario.apps;
    let of = |name: &str| apps.iter().find(|app| app.name == name).expect("an app");
    let shop = of("shop").load.as_ref().expect("a load");
    let Course::Week(week) = &shop.course else { panic!("a week: {shop:?}") };
    assert_eq!((shop.mean, week.timezone.as_str()), (40.0, "Europe/Berlin"));
    assert_eq!(shop.growth, Some(Growth { share: 0.1, per: Span::YEAR }));
    assert_eq!(week.weekday.iter().map(|it| it.0).collect::<Vec<_>>(), [0, 480, 1110]);
    assert!((week.weekday[1].1 / week.weekend[0].1 - 5.0).abs() < 1e-12);
    let capacity = Capacity::Throughput { per_container: 120.0 };
    assert_eq!(of("shop").capacity, Some(capacity), "that of 2GiB");

    // 600, 1200 and 60 requests in a minute each, the last rate through the gap of two, then 60, 0.
    let cellar = of("cellar").load.as_ref().expect("a load");
    let Course::Trace(trace) = &cellar.course else { panic!("a trace: {cellar:?}") };
    let minutes = |n: u64| Span::secs(60 * n);
    assert_eq!((trace.period, trace.offset), (minutes(7), Span::ZERO));
    let rates: Vec<_> =
        trace.steps.iter().map(|(at, level)| (*at, (level * cellar.mean).round())).collect();
    let rates_of = [(0, 20.0), (1, 40.0), (2, 2.0), (6, 0.0)].map(|(at, it)| (minutes(at), it));
    assert_eq!(rates, rates_of, "scaled by 2");
    assert!(
        loaded
            .notes
            .iter()
            .any(|it| it.contains("1 of 5 rows are followed by a gap, 2.0 min in all"))
    );
    assert_eq!(of("cellar").response, Span::from_secs(0.05));
    let queue = Capacity::Queue {
        concurrency: 8,
        service_s: 0.05,
        scv: 2.0,
        places: Some(100),
        shared: false,
    };
    assert_eq!(of("cellar").capacity, Some(queue));

    // A week from a Monday; the study begins on a Tuesday.
    let world = loaded.scenario.services.iter().find(|it| it.name == "world").unwrap();
    let world = world.load.as_ref().expect("a load");
    let Course::Trace(trace) = &world.course else { panic!("a trace: {world:?}") };
    let days = |n: u64| Span::secs(86_400 * n);
    assert_eq!((trace.period, trace.offset), (days(7), days(1)));
    let sum: f64 = [10.0, 30.0, 30.0, 20.0, 20.0, 5.0, 5.0].iter().sum();
    assert_eq!(world.mean, 10.0 / 60.0);
    assert!((trace.steps[1].1 - 30.0 * 7.0 / sum).abs() < 1e-12);
    assert!(loaded.notes.iter().any(|it| it.contains("the last 2.0 d of the trace are not used")));
}

#[test]
fn a_contract_with_a_share_of_periods_is_an_expectation() {
    let scenario = maximal().scenario;
    let told: Vec<_> =
        scenario.expectations.iter().map(|e| (e.that.as_str(), e.from_slo)).collect();
    assert_eq!(
        told,
        [
            ("99 % of SLA minutes in 90 % of years", true),
            ("99.95 % of requests in 95 % of months", true),
            ("99.9 % of requests", true),
            ("app.shop.downtime_per_year <= 5h in 99 % of years", false),
            ("service.world.unavailability.time < 0.1%", false),
        ]
    );
    let shop = &scenario.expectations[1];
    assert_eq!((shop.path.as_str(), shop.bound), ("app.shop.slo.met", 0.95));
    let yearly = &scenario.expectations[3];
    assert_eq!((yearly.bound, yearly.share_of_years), (18_000.0, Some(0.99)));
}

#[test]
fn the_order_of_keys_comments_and_the_name_of_the_file_change_nothing() {
    let (head, tables) = MAXIMAL.split_once("\n[study]").expect("a study");
    let mut blocks: Vec<String> =
        format!("[study]{tables}").split("\n\n").map(str::to_owned).collect();
    // Lists of tables are lists: they keep their order.
    let (lists, mut keyed): (Vec<_>, Vec<_>) = blocks.drain(..).partition(|b| b.starts_with("[["));
    keyed.reverse();
    let reordered =
        format!("{head}\n# reordered\n{}\n\n{}", keyed.join("\n\n"), lists.join("\n\n"));
    let (one, mut other) = (maximal(), input(&reordered));
    other.files[0].path = "elsewhere/other.toml".into();
    let other = sound(&other);
    assert_eq!(one.hash, other.hash);
    let bare = |loaded: &Loaded| {
        let mut scenario = loaded.scenario.clone();
        scenario.settings.iter_mut().for_each(|setting| setting.origin.clear());
        // They name lines.
        scenario.notes.clear();
        scenario
    };
    assert_eq!(bare(&one), bare(&other));
    let renamed = sound(&input(&MAXIMAL.replace("\"maximal\"", "\"other\"")));
    assert_eq!(one.hash, renamed.hash, "a name changes no result");
    let reseeded = sound(&input(&MAXIMAL.replace("seed = 7", "seed = 8")));
    assert_ne!(one.hash, reseeded.hash);
}

#[test]
fn the_resolved_scenario_is_the_scenario() {
    for text in [SMALLEST, MAXIMAL] {
        let loaded = sound(&input(text));
        let again = sound(&input(&loaded.resolved.to_string()));
        assert_eq!(loaded.hash, again.hash, "{}", loaded.resolved);
    }
    let resolved = sound(&input(SMALLEST)).resolved.to_string();
    for line in [
        "containers = 2   # estate.toml:8",
        "response = \"200ms\"   # mendix-cloud@2026-11",
        "[failure.zone-outage]",
    ] {
        assert!(resolved.lines().any(|l| l == line), "{line} is missing in\n{resolved}");
    }
}

#[test]
fn later_layers_win_and_say_so() {
    let mut layers = input(SMALLEST);
    layers.with.push(source(
        "storm.toml",
        "study.precision = \"5%\"\n[failure.zone-outage]\nmtbf = \"1y\"",
    ));
    let loaded = sound(&layers);
    let outage = loaded.scenario.failures.iter().find(|f| f.name == "zone-outage").expect("it");
    assert_eq!(outage.mtbf, Dist::exponential(31_536_000.0).unwrap(), "not the preset's rate");
    assert_eq!(
        (loaded.scenario.study.precision, loaded.scenario.study.replications),
        (Some(0.05), None)
    );

    for (path, value) in [
        ("study.replications", "50"),
        ("app.shop.load", "7/s"),
        ("failure.zone-outage.lasts.median", "1h"),
        ("router.passive", "none"),
    ] {
        layers.set.push((path.into(), value.into()));
    }
    let loaded = sound(&layers);
    let study = &loaded.scenario.study;
    assert_eq!((study.precision, study.replications), (None, Some(50)), "pushed out by --set");
    let load = loaded.scenario.apps[0].load.as_ref().map(|it| it.mean);
    assert_eq!(load, Some(7.0), "a bare word is a text");
    let outage = loaded.scenario.failures.iter().find(|f| f.name == "zone-outage").expect("it");
    assert_eq!(outage.lasts, Some(Dist::lognormal_median_sigma(3600.0, 0.85).unwrap()));
    let Router::Lagging(router) = &loaded.scenario.apps[0].router else { panic!() };
    assert_eq!(router.passive, None);

    let setting =
        |key: &str| loaded.scenario.settings.iter().find(|s| s.key == key).expect("a setting");
    let told =
        |key: &str| (setting(key).value.clone(), setting(key).origin.clone(), setting(key).default);
    assert_eq!(told("app.shop.load"), ("7/s".into(), "--set".into(), false));
    assert_eq!(told("app.shop.containers"), ("2".into(), "estate.toml:8".into(), false));
    assert_eq!(told("failure.zone-outage.mtbf"), ("1y".into(), "storm.toml:3".into(), false));
    assert_eq!(told("app.shop.response"), ("200ms".into(), "mendix-cloud@2026-11".into(), true));
    assert_eq!(setting("app.shop.response").confidence.as_deref(), Some("low"));
    assert_eq!(setting("failure.zone-outage.lasts").confidence, None, "no longer the preset's");
}

#[test]
fn every_assumption_of_the_preset_has_a_source_and_a_confidence() {
    let settings = sound(&input(SMALLEST)).scenario.settings;
    let assumed: Vec<_> =
        settings.iter().filter(|s| s.default && !s.key.starts_with("region.")).collect();
    assert!(assumed.len() > 40, "{}", assumed.len());
    for setting in assumed {
        let confidence = setting.confidence.as_deref();
        assert!(matches!(confidence, Some("high" | "medium" | "low")), "{}", setting.key);
        assert!(setting.source.is_some(), "{}", setting.key);
    }
}

#[test]
fn the_no_fault_arm_has_no_random_failure() {
    let loaded = sound(&input(&format!("failures = \"none\"{SMALLEST}")));
    assert!(loaded.scenario.failures.is_empty());
    assert!(loaded.scenario.dependencies.is_empty(), "those of the preset fail as well");
    let changes = |scenario: &Scenario| -> Vec<_> {
        let bad = |it: &Renewing| it.bad.is_some();
        let all = scenario.changes.iter();
        all.map(|it| (it.name.clone(), it.renewing.as_ref().is_some_and(bad))).collect()
    };
    let go_on = [("deployment".to_string(), false), ("platform-restart".to_string(), false)];
    assert_eq!(changes(&loaded.scenario), go_on, "changes go on, and none is bad");
    let loaded = sound(&input(SMALLEST));
    assert!(changes(&loaded.scenario)[0].1);
    let mut quiet = input(&format!("failures = \"none\"{SMALLEST}"));
    quiet.set.push(("app.shop.restarts.rate".into(), "0/y".into()));
    assert_eq!(changes(&sound(&quiet).scenario), go_on[..1]);
    let unchanged = sound(&input(&format!("changes = \"none\"{SMALLEST}"))).scenario;
    assert!(unchanged.changes.is_empty() && !unchanged.failures.is_empty());
    let mut layers = input(MAXIMAL);
    layers.set.push(("failures".into(), "none".into()));
    let scenario = sound(&layers).scenario;
    assert!(scenario.failures.is_empty(), "a later layer drops those of the file");
    assert!(!scenario.incidents.is_empty(), "scripted faults stay");
}

#[test]
fn a_platform_of_nothing_takes_nothing_for_granted() {
    let text = "version = 1\nplatform = \"none\"\nregion.lab = { country = \"NL\", zones = 1 }\n[app.unit]\n\
                region = \"lab\"\nsupervisor = { restart = \"4h\" }\n[failure.f]\nkind = \"crash\"\n\
                targets = [\"container.*\"]\nmtbf = \"100d\"";
    let scenario = sound(&input(text)).scenario;
    let app = &scenario.apps[0];
    assert_eq!(
        (&app.router, app.response, app.placement),
        (&Router::Ideal, Span::ZERO, Placement::Spread)
    );
    let detect = Detect::After(Dist::constant(0.0).unwrap());
    let restart = Dist::constant(4.0 * 3600.0).unwrap();
    assert_eq!(app.recovery, Recovery::Supervisor { detect, restart });
    assert_eq!(scenario.failures.len(), 1);
    assert!(scenario.settings.iter().all(|setting| !setting.default));
}

#[test]
fn many_failed_starts_and_an_idle_dependency_are_worth_a_warning() {
    let text = format!(
        "{SMALLEST}\nhealth_manager.start_timeout = \"60s\"\n[dependency.fax]\nmtbf = \"1y\"\nlasts = \"1d\""
    );
    let notes = sound(&input(&text)).notes;
    assert_eq!(notes.len(), 2);
    assert!(
        notes[0].starts_with("warning: 28.3 % of starts reach their time-out and fail"),
        "{}",
        notes[0]
    );
    assert!(notes[1].starts_with("warning: dependency fax takes nothing down"), "{}", notes[1]);
}
