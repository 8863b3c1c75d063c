//! Buckets against laws worked out by hand: time to loss of replicas, quorums, errors, relocation, and
//! what a copy saves.

mod common;

use common::scenario;
use libm::exp;
use std::sync::atomic::AtomicBool;
use zonefall::study::findings::{Estimate, Files};
use zonefall::study::{self, Options};

/// What became of the files of an app whose containers never fail.
#[track_caller]
fn files(rest: &str) -> Files {
    let scenario = scenario(&format!(
        "[region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\", \"zc\"]\n\
         [region.far]\ncountry = \"IE\"\nzones = [\"zf\"]\n\
         [app.shop]\nregion = \"r\"\nzones = [\"za\"]\nload = \"1/s\"\nsupervisor = {{ restart = \"0s\" }}\n\
         [app.shop.files]\nsize = \"1GB\"\n{rest}"
    ));
    let options =
        Options { threads: 2, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    study::run(&scenario, "", &options).findings.app["shop"].files.clone().expect("files")
}

/// Whether a value lies in an interval of 99.9 % that is narrow enough to tell.
#[track_caller]
fn holds(what: &str, found: Option<Estimate>, exact: f64, width: f64) {
    let found = found.unwrap_or_else(|| panic!("{what} is not told"));
    assert!(found.low <= exact && exact <= found.high, "{what}: {exact} is not {found:?}");
    let half = (found.high - found.low) / 2.0;
    assert!(half < width * exact, "{what}: {found:?} is too wide");
}

const STUDY: &str = "[study]\nhorizon = \"10y\"\nreplications = 200\nconfidence = \"99.9%\"\n";
const HOURS: f64 = 8760.0;

fn replicas(count: u32, mtbf: u32, rebuild: u32) -> String {
    format!(
        "replicas = {count}\nrebuild.takes = {{ dist = \"exponential\", mean = \"{rebuild}h\" }}\n\
         [failure.disk]\nkind = \"crash\"\ntargets = \"replica.*\"\nmtbf = \"{mtbf}h\"\n"
    )
}

/// By hand: with rates λ and μ the mean time from three replicas to none is
/// t₃ = 1/3λ + t₂, t₂ = (1 + μ·t₃ + 2λ·t₁)/(μ + 2λ), t₁ = (1 + 2μ·t₂)/(2μ + λ), so
/// t₃ = (11λ² + 7λμ + 2μ²)/6λ³. Every loss is followed by three complete replicas.
#[test]
fn three_replicas_last_as_long_as_the_textbooks_say() {
    for (mtbf, rebuild) in [(100, 20), (60, 30), (200, 24)] {
        let (l, m) = (1.0 / f64::from(mtbf), 1.0 / f64::from(rebuild));
        let lasts = (11.0 * l * l + 7.0 * l * m + 2.0 * m * m) / (6.0 * l * l * l);
        let seen = files(&(replicas(3, mtbf, rebuild) + STUDY));
        let by_simulation = seen.seen.as_ref().map(|it| it.lost_per_year);
        holds("lost a year", by_simulation, HOURS / lasts, 0.08);
        let computed = seen.durability.expect("a chain").mean_time_to_loss_s.expect("it is lost");
        assert!((computed / 3600.0 / lasts - 1.0).abs() < 1e-9, "{computed} is not {lasts} h");
    }
}

/// Two replicas that are rebuilt in exactly D: t = 1/2λ + E[min(X, D)] + e^(−λD)·t for an exponential X,
/// so t = (1/2λ + (1 − e^(−λD))/λ)/(1 − e^(−λD)).
#[test]
fn a_rebuild_of_fixed_length_has_a_memory() {
    let (rate, takes) = (1.0 / 50.0, 10.0);
    let fails = 1.0 - exp(-rate * takes);
    let lasts = (0.5 / rate + fails / rate) / fails;
    let text = replicas(2, 50, 10).replace(
        "rebuild.takes = { dist = \"exponential\", mean = \"10h\" }",
        "rebuild.takes = \"10h\"",
    );
    let seen = files(&(text + STUDY)).seen.expect("simulated");
    holds("lost a year", Some(seen.lost_per_year), HOURS / lasts, 0.03);
    // Its 1 GB at 100 kB a second take 10 000 s.
    let moved = replicas(2, 50, 10).replace(
        "rebuild.takes = { dist = \"exponential\", mean = \"10h\" }",
        "rebuild.throughput = \"100kB/s\"",
    );
    let moved = files(&(moved + STUDY)).seen.expect("simulated");
    let fails = 1.0 - exp(-rate * 10_000.0 / 3600.0);
    let lasts = (0.5 / rate + fails / rate) / fails;
    holds("lost a year", Some(moved.lost_per_year), HOURS / lasts, 0.03);
}

/// Each zone is lost at ζ and takes its replica with it by a coin of p, the region at ρ by a coin each,
/// all data is deleted at γ. With two replicas and a = λ + ζp, d = 2a + 2ρp(1 − p), b = ρp² + γ and
/// s = a + ρp + γ: t₂ = (1 + d·t₁)/(d + b), t₁ = (1 + μ·t₂)/(s + μ).
#[test]
fn several_clocks_take_replicas_at_once() {
    for (p, percent) in [(0.5, 50), (1.0, 100), (0.25, 25)] {
        let text = format!(
            "lost_with_zone = \"{percent}%\"\n{}\
             [failure.out]\nkind = \"outage\"\ntargets = \"zone.*\"\nmtbf = \"100h\"\nlasts = \"0s\"\n\
             [failure.all]\nkind = \"outage\"\ntargets = \"region.r\"\nmtbf = \"500h\"\nlasts = \"0s\"\n\
             [failure.wiped]\nkind = \"data-loss\"\ntargets = \"bucket.*\"\nmtbf = \"2000h\"\n{STUDY}",
            replicas(2, 80, 10)
        );
        let a = 1.0 / 80.0 + p / 100.0;
        let (rho, gamma, mu) = (1.0 / 500.0, 1.0 / 2000.0, 0.1);
        let (d, b) = (2.0 * a + 2.0 * rho * p * (1.0 - p), rho * p * p + gamma);
        let s = a + rho * p + gamma;
        let lasts = (s + mu + d) / ((d + b) * (s + mu) - d * mu);
        let seen = files(&text);
        holds("lost a year", seen.seen.map(|it| it.lost_per_year), HOURS / lasts, 0.03);
        let computed = seen.durability.expect("a chain").mean_time_to_loss_s.expect("it is lost");
        assert!((computed / 3600.0 / lasts - 1.0).abs() < 1e-9, "{computed} is not {lasts} h");
    }
}

/// Each zone is cut off for a tenth of the time, whatever the others do: writes take two of three
/// replicas, reads one.
#[test]
fn a_quorum_is_there_as_often_as_the_binomial_law_says() {
    let text = "replicas = 3\nreads = \"20%\"\nwrites = \"5%\"\nwrite_quorum = 2\n\
                [failure.cut]\nkind = \"isolation\"\ntargets = \"zone.*\"\n\
                mtbf = { dist = \"exponential\", mean = \"45h\" }\n\
                lasts = { dist = \"exponential\", mean = \"5h\" }\n";
    let seen = files(&(text.to_owned() + STUDY)).seen.expect("simulated");
    let none = 0.1_f64 * 0.1 * 0.1;
    let below_two = none + 3.0 * 0.1 * 0.1 * 0.9;
    let exact = (0.2 * none + 0.05 * below_two) / 0.25;
    holds("unavailability", seen.unavailability, exact, 0.03);
    holds("any", seen.time_any, below_two, 0.03);
    assert_eq!(seen.losses, 0, "what is cut off is not lost");
}

/// A region errs at 1/200 h for an exponential time of mean 20 h and fails between 20 % and 100 % of the
/// requests: 20/220 of the time, 60 % on average.
#[test]
fn errors_fail_their_share() {
    let text = "reads = \"30%\"\n[failure.errors]\nkind = \"file-errors\"\ntargets = \"region.r\"\n\
                mtbf = \"200h\"\nlasts = { dist = \"exponential\", mean = \"20h\" }\n\
                fraction = { dist = \"uniform\", low = \"20%\", high = \"100%\" }\n";
    let seen = files(&(text.to_owned() + STUDY)).seen.expect("simulated");
    holds("unavailability", seen.unavailability, 0.6 * 20.0 / 220.0, 0.03);
    holds("any", seen.time_any, 20.0 / 220.0, 0.03);
}

/// One replica is cut off at 1/100 h for an exponential time of mean d = 10 h. After a grace of 5 h it is
/// served elsewhere, for d·e^(−5/10) of each, and fails before that.
#[test]
fn a_bucket_is_elsewhere_for_what_exceeds_the_grace() {
    let text = "reads = \"10%\"\nrelocate = { below = 1, after = \"5h\", to = \"far\" }\ncopy_to = \"far\"\n\
                [failure.cut]\nkind = \"isolation\"\ntargets = \"zone.za\"\nmtbf = \"100h\"\n\
                lasts = { dist = \"exponential\", mean = \"10h\" }\n";
    let seen = files(&(text.to_owned() + STUDY)).seen.expect("simulated");
    let moved = seen.relocation.expect("it is moved");
    let longer = exp(-0.5);
    holds("elsewhere", Some(moved.hours_per_year), HOURS * 10.0 * longer / 110.0, 0.03);
    holds("moved", Some(moved.moved_per_year), HOURS * longer / 110.0, 0.02);
    holds("unavailability", seen.unavailability, 10.0 * (1.0 - longer) / 110.0, 0.02);
}

/// What had not yet arrived is lost with the last replica: as much as the lag, of mean 90 s and with the
/// median 90·ln 2.
#[test]
fn a_copy_saves_all_but_its_lag() {
    let text = "copy_to = \"far\"\nlag = { dist = \"exponential\", mean = \"90s\" }\n\
                [failure.disk]\nkind = \"crash\"\ntargets = \"replica.*\"\nmtbf = \"300h\"\n";
    let seen = files(&(text.to_owned() + STUDY)).seen.expect("simulated");
    holds("lost a year", Some(seen.lost_per_year), HOURS / 300.0, 0.02);
    let lost = seen.lost_s.expect("losses");
    holds("lag", Some(lost.mean), 90.0, 0.02);
    holds("median", lost.p50, 90.0 * std::f64::consts::LN_2, 0.03);
    assert_eq!(seen.losses_of_all, 0);
}

/// Where the chain does not know the whole it says nothing; the simulation does.
#[test]
fn nothing_is_computed_of_replicas_that_are_not_alike() {
    let disk = "[failure.disk]\nkind = \"crash\"\ntargets = \"replica.shop/1\"\nmtbf = \"100h\"\n";
    assert!(files(&format!("replicas = 2\n{disk}{STUDY}")).durability.is_none());
    let two = "[failure.two]\nkind = \"outage\"\ntargets = [\"zone.za\", \"zone.zb\"]\npick = \"all\"\n\
               mtbf = \"100h\"\nlasts = \"1h\"\n";
    assert!(files(&format!("replicas = 3\n{two}{STUDY}")).durability.is_none());
    // A replica that is back with its zone is not lost with it.
    let kept = files(&format!("replicas = 3\nlost_with_zone = \"0%\"\n{two}{STUDY}"));
    let computed = kept.durability.expect("a chain");
    assert_eq!((computed.loss_per_year, computed.mean_time_to_loss_s), (0.0, None));
}
