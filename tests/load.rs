//! Loads that change with time, and what containers can serve of them: answers worked out by hand.

mod common;

use common::timeline::{D, H, S, Told, tell};
use zonefall::measure::ledger::PARTS_OF_A_REQUEST;
use zonefall::time::Instant;

/// Two zones and four days from Monday, 2025-03-24, with a spike from nine to eleven.
#[track_caller]
fn four_days(app: &str, rest: &str) -> Told {
    tell(&format!(
        "[study]\nhorizon = \"4d\"\nstart = 2025-03-24\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n\
         [profile.spike]\nweekday = [\"00:00 50%\", \"09:00 650%\", \"11:00 50%\"]\n\
         [app.shop]\nregion = \"r\"\nplacement = \"pinned\"\n{app}\n{rest}"
    ))
}

/// Mean 1 on weekdays: 22 h at a half and 2 h at six and a half. With weekends alike, of all days.
const SPIKE: &str = "load = { mean = \"20/s\", profile = \"spike\" }\n";

fn outage(target: &str, at: u64, lasts: u64) -> String {
    format!(
        "[[incident]]\nname = \"out\"\nkind = \"outage\"\ntarget = \"{target}\"\n\
         at = \"{at}s\"\nlasts = \"{lasts}s\"\n"
    )
}

const AT_ONCE: &str = "supervisor = { restart = \"0s\" }\n";

/// Failed and offered requests, in parts.
fn failed(told: &Told) -> (u128, u128) {
    let load = told.topology.load_of(told.of("app.shop").index).expect("a load");
    let offered = load.between(told.plan.from, told.plan.to).as_secs() * load.rate;
    (told.of("app.shop").tally.failed, (offered * PARTS_OF_A_REQUEST) as u128)
}

const PART: u128 = PARTS_OF_A_REQUEST as u128;

// ---- load in the course of a day ----

#[test]
fn an_outage_fails_the_integral_of_the_load_over_it() {
    for (at, lasts, requests) in [
        (2 * 3600, 3600, 10 * 3600),                       // at night
        (9 * 3600, 7200, 130 * 7200),                      // exactly the spike
        (10 * 3600, 7200, (130 + 10) * 3600),              // out of it
        (24 * 3600 + 8 * 3600, 14_400, (260 + 20) * 3600), // around it, the next day
    ] {
        let told =
            four_days(&(SPIKE.to_string() + AT_ONCE), &outage("container.shop/1", at, lasts));
        let (failed, offered) = failed(&told);
        assert_eq!(failed, requests * PART, "at {at}");
        // 20/s on average over whole days.
        assert_eq!(offered, 20 * 4 * 86_400 * PART);
        told.of("app.shop").down(lasts * S);
    }
}

#[test]
fn the_course_follows_the_clock_of_its_zone() {
    // Tokyo's nine in the morning is midnight; Berlin's is eight.
    for (zone, nine) in [("Asia/Tokyo", 0), ("Europe/Berlin", 8), ("America/Sao_Paulo", 12)] {
        let load = format!(
            "load = {{ mean = \"20/s\", profile = \"spike\", timezone = \"{zone}\" }}\n{AT_ONCE}"
        );
        let at = 86_400 + nine * 3600;
        let told = four_days(&load, &outage("container.shop/1", at, 7200));
        assert_eq!(failed(&told).0, 130 * 7200 * PART, "{zone}");
    }
}

#[test]
fn events_of_another_app_change_nothing() {
    let other = "[app.other]\nregion = \"r\"\nsupervisor = { restart = \"7s\" }\n\
                 [failure.crash]\nkind = \"crash\"\ntargets = \"app.other\"\nmtbf = \"3min\"\n";
    let out = outage("container.shop/1", 10 * 3600, 7200);
    let app = format!("{SPIKE}containers = 2\ncapacity = \"60/s\"\n{AT_ONCE}");
    let (alone, beside) = (four_days(&app, &out), four_days(&app, &(out.clone() + other)));
    assert_eq!(failed(&alone), failed(&beside));
    assert_eq!(alone.of("app.shop").tally.overload(), beside.of("app.shop").tally.overload());
}

#[test]
fn requests_in_flight_go_by_the_load_of_the_instant() {
    let crash = |at: u64| {
        format!(
            "[[incident]]\nname = \"boom\"\nkind = \"crash\"\ntarget = \"container.shop/1\"\nat = \"{at}s\"\n"
        )
    };
    let app = format!("{SPIKE}response = \"500ms\"\n{AT_ONCE}");
    four_days(&app, &crash(3600)).of("app.shop").failed(5.0);
    four_days(&app, &crash(9 * 3600)).of("app.shop").failed(65.0);
}

#[test]
fn growth_is_a_step_each_day() {
    let told = tell(&format!(
        "[study]\nhorizon = \"10d\"\nstart = 2025-01-12\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\"]\n\
         [app.shop]\nregion = \"r\"\nload = {{ mean = \"8/s\", growth = \"100%/d\" }}\n{AT_ONCE}\
         {}",
        outage("container.shop/1", 2 * 86_400 + 3600, 60)
    ));
    // Doubled twice.
    told.of("app.shop").failed(4.0 * 8.0 * 60.0);
    let load = told.topology.load_of(0).unwrap();
    assert_eq!(load.at(Instant(3 * D - 1)), 32.0);
    assert_eq!(load.between(Instant(0), Instant(3 * D)).0, 7 * D);
}

// ---- overload ----

#[test]
fn what_exceeds_the_capacity_is_the_loads_fault_while_all_serve() {
    // 2 × 50/s meet 130/s for two hours a day.
    let app = format!("{SPIKE}containers = 2\ncapacity = \"50/s\"\n{AT_ONCE}");
    let told = four_days(&app, "");
    let lost = 4 * 30 * 7200;
    let shop = told.of("app.shop");
    shop.failed_by(&[("overload", lost as f64)]).down(0);
    assert_eq!(shop.tally.any, 4 * 2 * H);
    assert_eq!(shop.tally.overload().time, 4 * 2 * H);
    assert_eq!(shop.tally.overload().lost, lost * PART);
    assert_eq!(failed(&told).0, lost * PART);
}

#[test]
fn what_a_missing_container_would_have_served_is_its_faults() {
    let app = format!("{SPIKE}containers = 2\ncapacity = \"50/s\"\n{AT_ONCE}");
    // Zone zb is lost from eight to ten: one container is left when the spike comes.
    let told = four_days(&app, &outage("zone.zb", 8 * 3600, 7200));
    // From nine to ten 130/s meet 50/s: 80/s fail, of which 30/s would have anyway.
    let out = 50 * 3600;
    let overload = 4 * 30 * 7200;
    let shop = told.of("app.shop");
    shop.failed_by(&[("out", f64::from(out)), ("overload", f64::from(overload))]).down(0);
    assert_eq!(shop.tally.overload().time, 8 * H);
    // Its clock stops at once, nothing that it broke is still asked; but it has done harm.
    shop.episodes(&[("out", true, [0, 0, 0, 0, 0])]);
    assert_eq!(shop.tally.causes().iter().map(|it| (it.harmed, it.absorbed)).max(), Some((1, 0)));
    // At night the other one is enough.
    let told = four_days(&app, &outage("zone.zb", 3600, 7200));
    told.of("app.shop").episodes(&[("out", false, [0, 0, 0, 0, 0])]);
}

#[test]
fn below_saturation_counts_grow_with_the_load() {
    let of = |k: u32| {
        let app = format!(
            "load = {{ mean = \"{}/s\", profile = \"spike\" }}\ncontainers = 2\n\
             capacity = \"400/s\"\n{AT_ONCE}",
            5 * k
        );
        let (failed, offered) = failed(&four_days(&app, &outage("zone.*", 8 * 3600, 7200)));
        (failed / u128::from(k), offered / u128::from(k))
    };
    assert_eq!(of(1), of(2));
    assert_eq!(of(1), of(6));
}

#[test]
fn while_it_is_down_nothing_is_charged_to_the_load() {
    let app = format!("{SPIKE}containers = 2\nneeds = 2\ncapacity = \"50/s\"\n{AT_ONCE}");
    let told = four_days(&app, &outage("zone.zb", 9 * 3600, 7200));
    // Down: one serves 50/s of 130/s all the same, and all that fails is the outage's.
    let (out, overload) = (80.0 * 7200.0, 3.0 * 30.0 * 7200.0);
    told.of("app.shop").failed_by(&[("out", out), ("overload", overload)]).down(2 * H);
}

#[test]
fn the_earliest_fault_owns_the_overload_that_two_have_caused() {
    let app = format!("load = \"100/s\"\ncontainers = 4\ncapacity = \"40/s\"\n{AT_ONCE}");
    let incident = |name: &str, unit: u32, at: u64, lasts: u64| {
        format!(
            "[[incident]]\nname = \"{name}\"\nkind = \"outage\"\ntarget = \"container.shop/{unit}\"\n\
             at = \"{at}s\"\nlasts = \"{lasts}s\"\n"
        )
    };
    // Three serve 120/s: no overload until the second is gone.
    let rest = incident("first", 1, 100, 300) + &incident("second", 2, 200, 1000);
    let told = four_days(&app, &rest);
    // 200 … 400: two of four serve 80/s; afterwards three are enough.
    told.of("app.shop").failed_by(&[("first", 20.0 * 200.0)]);
    let rest = rest + &incident("third", 3, 300, 400);
    // 300 … 400: one serves 40/s. 400 … 700: two missing, the second's is the earlier.
    four_days(&app, &rest)
        .of("app.shop")
        .failed_by(&[("first", 20.0 * 100.0 + 60.0 * 100.0), ("second", 20.0 * 300.0)]);
}

#[test]
fn a_dead_entry_and_overload_share_what_fails() {
    // Two containers of 40/s under 60/s; the dead one is in rotation for 10 s and gets half.
    let app = "load = \"60/s\"\ncontainers = 2\ncapacity = \"40/s\"\n\
               supervisor = { detect = \"10s\", restart = \"50s\" }\n\
               router = { unregister = \"0s\", register = \"0s\", retries = { count = 0 }, crash_face = \"error\" }\n";
    let boom = "[[incident]]\nname = \"boom\"\nkind = \"crash\"\ntarget = \"container.shop/1\"\nat = \"100s\"\n";
    let told = four_days(app, boom);
    // 10 s: half fails at the dead entry, of the other half a third finds no room; then 50 s of a third.
    let (dead, over) = (0.5 * 600.0, 0.5 * 200.0 + 20.0 * 50.0);
    told.of("app.shop").failed_by(&[("boom", dead + over)]).failed(dead + over).down(0);
}

#[test]
fn a_warm_up_is_not_measured() {
    let told = tell(&format!(
        "[study]\nhorizon = \"1d\"\nwarm_up = \"1d\"\nstart = 2025-03-24\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\"]\n\
         [app.shop]\nregion = \"r\"\nload = \"50/s\"\ncapacity = \"40/s\"\n{AT_ONCE}"
    ));
    told.of("app.shop").failed_by(&[("overload", 10.0 * 86_400.0)]);
    assert_eq!(told.of("app.shop").tally.overload().time, D);
}
