//! Sound scenarios: what they turn into.

use zonefall::engine::Dist;
use zonefall::scenario::spec::{Detect, Face, Period, Placement, Recovery, Router, SloMeasure};
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
        (app.memory, app.load, app.response),
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
            ("region-network", 1),
            ("region-outage", 1),
            ("zone-blip", 3),
            ("zone-isolation", 3),
            ("zone-outage", 3),
        ]
    );
    assert_eq!(scenario.regions.len(), 1, "regions that nothing uses are left out");
    assert_eq!((scenario.study.replications, scenario.study.horizon), (Some(2000), Span::YEAR));
}
