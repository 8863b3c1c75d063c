//! How often and for how long data is outside, against laws worked out by hand.

mod common;

use common::scenario;
use libm::exp;
use std::sync::atomic::AtomicBool;
use zonefall::study::findings::{AppResidency, Estimate, Residency};
use zonefall::study::{self, Options};

fn outside(rest: &str) -> (AppResidency, Residency) {
    let scenario = scenario(&format!(
        "[study]\nhorizon = \"10y\"\nreplications = 200\nconfidence = \"99.9%\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"a\", \"b\", \"c\"]\n\
         [region.far]\ncountry = \"US\"\nzones = 1\n[app.x]\nregion = \"r\"\n{rest}"
    ));
    let options =
        Options { threads: 2, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    let found = study::run(&scenario, "", &options).findings;
    let of = found.app["x"].residency.clone().expect("a rule");
    (of, found.residency.expect("an app has a rule"))
}

/// Whether a value lies in an interval of 99.9 % that is narrow enough to tell.
#[track_caller]
fn holds(what: &str, found: Estimate, exact: f64, width: f64) {
    assert!(found.low <= exact && exact <= found.high, "{what}: {exact} is not {found:?}");
    let half = (found.high - found.low) / 2.0;
    assert!(half < width * exact, "{what}: {found:?} is too wide");
}

const YEAR: f64 = 8760.0;

/// Three zones, each cut off after exponential times of rate λ for exponential times of rate μ. Files take
/// two of three replicas; short of them for longer than a grace g they are served in another country, as
/// soon as there is a replica to take them from, until two are back.
///
/// With k zones cut off the rates are (3 − k)λ up and kμ down, so that k is binomial with p = λ/(λ + μ), and
/// shortages begin at 3p(1 − p)²·2λ. One begins with two zones cut off; it lasts while k is 2 or 3, where
/// (p₂, p₃)′ = (−(2μ + λ)p₂ + 3μp₃, λp₂ − 3μp₃). Both are sums of e^(rt) with the roots of
/// r² + (5μ + λ)r + 6μ² = 0: S(t) = p₂ + p₃ = A·e^(r₁t) + (1 − A)·e^(r₂t) with S′(0) = −2μ, and
/// p₃(t) = λ(e^(r₁t) − e^(r₂t))/(r₁ − r₂). Every shortage longer than g is a violation; it lasts for what
/// is longer, ∫ S from g, less 1/3μ where all three are cut off when the grace ends.
#[test]
fn two_of_three_with_a_grace_are_outside_as_often_as_the_chain_says() {
    for (up, down, grace) in [(20.0, 5.0, 2.0), (8.0, 8.0, 5.0), (60.0, 6.0, 0.0)] {
        let (l, m) = (1.0 / up, 1.0 / down);
        let (half, product) = ((5.0 * m + l) / 2.0, 6.0 * m * m);
        let root = f64::sqrt(half * half - product);
        let (r1, r2) = (-half + root, -half - root);
        let a = (-2.0 * m - r2) / (r1 - r2);
        let longer = a * exp(r1 * grace) + (1.0 - a) * exp(r2 * grace);
        let beyond = -a * exp(r1 * grace) / r1 - (1.0 - a) * exp(r2 * grace) / r2;
        let all_cut = l * (exp(r1 * grace) - exp(r2 * grace)) / (r1 - r2);
        let p = l / (l + m);
        let shortages = 3.0 * p * (1.0 - p) * (1.0 - p) * 2.0 * l * YEAR;
        let (found, all) = outside(&format!(
            "zones = [\"a\"]\nsupervisor = {{ restart = \"0s\" }}\nresidency = {{ keep_in = {{ files = \"DE\" }} }}\n\
             [app.x.files]\nsize = \"4GiB\"\nreplicas = 3\nread_quorum = 2\nreads = \"10%\"\n\
             relocate = {{ below = 2, after = \"{grace}h\", to = \"far\" }}\n\
             [failure.cut]\nkind = \"isolation\"\ntargets = [\"zone.a\", \"zone.b\", \"zone.c\"]\nmtbf = \"{up}h\"\n\
             lasts = {{ dist = \"exponential\", mean = \"{down}h\" }}\n"
        ));
        let hours = shortages * (beyond - all_cut / (3.0 * m));
        holds("violations", found.violations_per_year, shortages * longer, 0.02);
        holds("hours", found.hours_per_year, hours, 0.02);
        let bytes = f64::from(1 << 30) * 4.0 * hours;
        holds("byte-hours", found.byte_hours_per_year, bytes, 0.02);
        // The files are at one place at any time: what is away is not at home.
        let files = all.inventory_per_year.iter().filter(|it| it.asset == "files");
        let files: Vec<_> = files.map(|it| (it.place.as_str(), it.byte_hours_per_year)).collect();
        let [("r", home), ("far", away)] = files[..] else { panic!("{files:?}") };
        holds("byte-hours away", away, bytes, 0.02);
        let whole = f64::from(1 << 30) * 4.0 * YEAR;
        holds("byte-hours at home", home, whole - bytes, 0.02);
        assert!(((away.mean + home.mean) / whole - 1.0).abs() < 1e-12, "{away:?} and {home:?}");
    }
}

/// One container, kept in its first zone by its placement, is outside while that zone is lost and it has
/// started elsewhere: losses at λ for exponential times of rate μ, noticed and started in s. It does not
/// come back by itself but with the next loss of where it is: with both zones at the same rates and never
/// both lost at once, it stands in each for half of the time.
#[test]
fn a_container_that_wanders_between_two_zones_is_outside_for_half_of_the_time() {
    let (found, _) = outside(
        "zones = [\"a\", \"b\"]\nplacement = \"home\"\nhealth_manager = { start = \"0s\", detect_loss = \"0s\" }\n\
         residency = { keep_in = \"a\" }\n\
         [failure.out]\nkind = \"outage\"\ntargets = [\"zone.a\", \"zone.b\"]\nmtbf = \"100h\"\nlasts = \"0s\"\n",
    );
    // It begins inside: the interval value is a little less than half.
    let relaxes = 1.0 - (1.0 - exp(-2.0 * 87_600.0 / 100.0)) / (2.0 * 87_600.0 / 100.0);
    holds("hours", found.hours_per_year, YEAR / 2.0 * relaxes, 0.02);
    holds("violations", found.violations_per_year, YEAR / 200.0 * (2.0 - relaxes), 0.03);
}
