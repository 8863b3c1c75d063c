//! The control plane as a class of fault: how often it is impaired, that it owns no downtime (K3), and how
//! much of what others own waited for it (K5), by hand and by closed form.

mod common;

use common::scenario;
use common::timeline::{S, tell};
use std::sync::atomic::AtomicBool;
use zonefall::engine::math::exp;
use zonefall::model::world::Phase::*;
use zonefall::study::findings::{RecoveryClass, Subject};
use zonefall::study::{self, Options};

/// A container that is noticed after 40 s, decided after 5 and started after 60, in one of two regions.
fn text(study: &str, rest: &str) -> String {
    format!(
        "[study]\n{study}\n\
         [region.r]\ncountry = \"DE\"\nzones = 1\n[region.s]\ncountry = \"DE\"\nzones = 1\n\
         [app.shop]\nregion = \"r\"\nrecovery_target = \"5min\"\n\
         [app.shop.health_manager]\ndetect_crash = \"40s\"\ndecide = \"5s\"\nstart = \"60s\"\n{rest}"
    )
}

fn shop(text: &str) -> Subject {
    let scenario = scenario(text);
    let options =
        Options { threads: 2, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    study::run(&scenario, "", &options).findings.app.remove("shop").expect("the only app")
}

#[track_caller]
fn class(shop: &Subject, name: &str) -> RecoveryClass {
    let classes = &shop.recovery.as_ref().expect("it has a target").classes;
    classes.iter().find(|it| it.class == name).unwrap_or_else(|| panic!("no {name}")).clone()
}

fn impaired(name: &str, region: &str, at: &str, lasts: &str) -> String {
    format!(
        "[[incident]]\nname = \"{name}\"\nkind = \"control-plane\"\ntarget = \"region.{region}\"\n\
         at = \"{at}\"\nlasts = \"{lasts}\"\n"
    )
}

const CRASH: &str = "[[incident]]\nname = \"boom\"\nkind = \"crash\"\ntarget = \"container.shop/1\"\nat = \"100s\"\n";

/// Impaired from 90 s until 690.000000007: the container that crashes at 100 is noticed at 140, decided at
/// 145, and waits for the control plane from then on. The impairments of a second fault meanwhile, of
/// later ones with nobody waiting, and of another region are told as often as they are.
#[test]
fn what_waited_for_the_control_plane_is_charged_to_what_took_the_app_down() {
    let faults = impaired("first", "r", "90s", "600000000007ns")
        + &impaired("second", "r", "300s", "60s")
        + &impaired("third", "r", "1h", "10min")
        + &impaired("elsewhere", "s", "100s", "1d")
        + CRASH;
    let text = text("horizon = \"1y\"\nreplications = 1", &faults);
    let told = tell(&text);
    let waits = 690 * S + 7 - 145 * S;
    told.states(90 * S, "control plane of r impaired")
        .states(300 * S, "control plane of r impaired")
        .states(145 * S, "shop/1 waits")
        .states(690 * S + 7, "shop/1 starts in ra");
    told.of("app.shop")
        .outages(&[(100 * S, 750 * S + 7)])
        .causes(&[("boom", 650 * S + 7)])
        .waited(&[(Detection, 40 * S), (Decision, 5 * S), (ControlPlane, waits), (Start, 60 * S)]);
    assert_eq!(told.control_planes.impaired, [3, 1]);

    // A horizon of a year in one replication: what is told a year is what was measured.
    let shop = shop(&text);
    let (software, control) = (class(&shop, "software"), class(&shop, "control plane"));
    let exactly = |seen: f64, nanos: u64| assert_eq!((seen * 1e9).round() as u64, nanos);
    assert_eq!((control.seen, control.per_year.mean), (3, 3.0));
    exactly(control.downtime_per_year_s, 0);
    exactly(control.waited_for_per_year_s.expect("of the control plane"), waits);
    assert!(control.p50.is_none() && control.met.is_none() && control.restores == 0, "{control:?}");
    assert_eq!((software.seen, software.waited_for_per_year_s), (1, None));
    exactly(software.downtime_per_year_s, 650 * S + 7);
    // No minute is counted twice: what the classes own is the downtime, which the causes split as well.
    let classes = shop.recovery.as_ref().map(|it| &it.classes).into_iter().flatten();
    exactly(classes.map(|it| it.downtime_per_year_s).sum(), 650 * S + 7);
    exactly(shop.causes.iter().map(|it| it.downtime_per_year_s).sum(), 650 * S + 7);
}

/// What happens in the warm-up is not counted, and a control plane that nobody waits for is told all
/// the same.
#[test]
fn impairments_are_counted_in_the_measured_interval_alone() {
    let faults = impaired("early", "r", "1h", "1h") + &impaired("late", "r", "2d", "1h");
    let shop = shop(&text("warm_up = \"1d\"\nhorizon = \"1y\"\nreplications = 1", &faults));
    let control = class(&shop, "control plane");
    assert_eq!((control.seen, control.waited_for_per_year_s), (1, Some(0.0)));
}

/// Up for an exponential time with mean m = 10 d and impaired for L = 5 d: one impairment in m + L on
/// average. A container that is noticed and started at once is down only while it waits for the control
/// plane. It is up whenever that comes back, and so crashes after an exponential time with mean c = 20 d from the
/// onset of the next impairment on, by lack of memory: it waits max(0, L − T), on average
/// L − c·(1 − e^(−L/c)) per impairment.
#[test]
fn impairments_come_as_often_and_cost_as_much_waiting_as_the_laws_say() {
    let faults = "[failure.impaired]\nkind = \"control-plane\"\ntargets = \"region.r\"\n\
         mtbf = \"10d\"\nlasts = \"5d\"\n\
         [failure.crash]\nkind = \"crash\"\ntargets = \"container.*\"\nmtbf = \"20d\"\n";
    let text = text("horizon = \"20y\"\nreplications = 60", faults)
        .replace("\"40s\"", "\"0s\"")
        .replace("\"5s\"", "\"0s\"")
        .replace("\"60s\"", "\"0s\"");
    let shop = shop(&text);
    let control = class(&shop, "control plane");
    let rate = 365.0 / 15.0;
    let times = control.per_year;
    assert!(times.low < rate && rate < times.high && !times.low_confidence, "{times:?}");
    assert!(times.high - times.low < 0.02 * rate, "{times:?}");
    let waits = 86_400.0 * (5.0 - 20.0 * (1.0 - exp(-0.25)));
    let waited = control.waited_for_per_year_s.expect("of the control plane");
    assert!((waited / (rate * waits) - 1.0).abs() < 0.02, "{waited} for {}", rate * waits);
    // All of it is owned by the crashes, and none by what impaired the control plane.
    let crashes = class(&shop, "software").downtime_per_year_s;
    assert!((crashes / waited - 1.0).abs() < 1e-12, "{crashes} of {waited}");
    assert_eq!(control.downtime_per_year_s, 0.0);
    assert!(shop.causes.iter().all(|it| it.cause != "impaired"), "{:?}", shop.causes);
}
