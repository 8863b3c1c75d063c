//! Databases against laws worked out by hand: percentiles of a failover that is a sum of delays and a
//! maximum over containers, and a pair of nodes whose rebuild has a memory.

mod common;

use common::scenario;
use libm::exp;
use std::sync::atomic::AtomicBool;
use zonefall::study::findings::{Estimate, Subject};
use zonefall::study::{self, Options};

#[track_caller]
fn shop(rest: &str) -> Subject {
    let scenario = scenario(&format!(
        "[region.r]\ncountry = \"DE\"\nzones = 2\n\
         [app.shop]\nregion = \"r\"\nsupervisor = {{ restart = \"0s\" }}\n{rest}"
    ));
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

/// The chance that detect + decide + promote + reconnect takes at most `t` seconds: uniform on (10, 30),
/// 9 constant, exponential with mean 40, and the longest of three exponentials with mean 20.
///
/// Given the detection u and the promotion p the rest is at most t − 9 − u − p with the probability
/// (1 − e^(−rest/20))³, integrated over both by the midpoint rule.
fn failover_cdf(t: f64) -> f64 {
    const STEPS: usize = 400;
    let mut sum = 0.0;
    for i in 0..STEPS {
        let left = t - 9.0 - (10.0 + 20.0 * (i as f64 + 0.5) / STEPS as f64);
        if left <= 0.0 {
            continue;
        }
        for j in 0..STEPS {
            let promotion = left * (j as f64 + 0.5) / STEPS as f64;
            let slowest = 1.0 - exp(-(left - promotion) / 20.0);
            let density = exp(-promotion / 40.0) / 40.0;
            sum += slowest * slowest * slowest * density * left / STEPS as f64;
        }
    }
    sum / STEPS as f64
}

fn quantile(p: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1000.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if failover_cdf(middle) < p { low = middle } else { high = middle }
    }
    low
}

#[test]
fn a_failover_is_the_sum_of_its_steps_and_the_slowest_container() {
    let shop = shop(
        "containers = 3\n[app.shop.database]\nmode = \"multi-az\"\n\
         [app.shop.database.failover]\ndetect = { dist = \"uniform\", low = \"10s\", high = \"30s\" }\n\
         decide = \"9s\"\npromote = { dist = \"exponential\", mean = \"40s\" }\n\
         reconnect = { dist = \"exponential\", mean = \"20s\" }\n\
         [failure.node]\nkind = \"crash\"\ntargets = \"database-node.*\"\nmtbf = \"10d\"\n\
         [study]\nhorizon = \"10y\"\nreplications = 100\nconfidence = \"99.9%\"\n",
    );
    let clock = shop.database.expect("a database").failover_s.expect("failovers");
    holds("p50", clock.total.p50, quantile(0.5), 0.02);
    holds("p95", clock.total.p95, quantile(0.95), 0.03);
    holds("p99", clock.total.p99, quantile(0.99), 0.05);
    // The mean of the longest of three exponentials is 1 + 1/2 + 1/3 of theirs.
    holds("reconnect", Some(clock.reconnect.mean), 20.0 * (1.0 + 0.5 + 1.0 / 3.0), 0.02);
    let mean = 20.0 + 9.0 + 40.0 + 20.0 * (1.0 + 0.5 + 1.0 / 3.0);
    holds("mean", Some(clock.total.mean), mean, 0.02);
    let parts = [clock.detect, clock.decide, clock.promote, clock.reconnect];
    let sum: f64 = parts.iter().map(|it| it.mean.mean).sum();
    assert!((sum - clock.total.mean.mean).abs() < 1e-6, "the steps add up");
    // What the app sees of it is the same but for the fastest container, which ends its outage.
    let first = 20.0 + 9.0 + 40.0 + 20.0 / 3.0;
    holds("outage", shop.outage_s.map(|it| it.mean), first, 0.02);
}

/// E[e^(−λR)] for a lognormal R by its median and sigma: the trapezoidal rule over the normal variable.
fn survives(rate: f64, median: f64, sigma: f64) -> f64 {
    let step = 0.01;
    let terms = (-900..=900).map(|it| {
        let z = f64::from(it) * step;
        let rebuild = median * exp(sigma * z);
        exp(-rate * rebuild - z * z / 2.0) * step
    });
    terms.sum::<f64>() / libm::sqrt(2.0 * std::f64::consts::PI)
}

#[test]
fn a_rebuild_with_a_memory_is_a_semi_markov_process() {
    // Nodes fail at the rate λ = 1/50 h. From both up, after 1/2λ on average, half of the losses are of
    // the standby; the others lead to a failover of d = 12 min, in which the survivor fails as well with
    // 1 − e^(−λd) and costs the part of it that has passed, (1 − e^(−λd))/λ on average in all. One node
    // is then up until the rebuild R is over, with a = E[e^(−λR)], or until it fails as well: that comes
    // (1 − a)/a times before a rebuild succeeds. Nothing left costs s = 3 h, and leads to one node.
    let (rate, failover, restore) = (1.0 / 50.0, 0.2, 3.0);
    let a = survives(rate, 4.0, 1.2);
    let fails_within = 1.0 - exp(-rate * failover);
    let losses = 0.5 * fails_within + (1.0 - a) / a;
    let down = 0.5 * fails_within / rate + losses * restore;
    let cycle = 0.5 / rate + down + (1.0 - a) / rate / a;
    let outages = 0.5 + (1.0 - a) / a;
    let shop = shop(
        "[app.shop.database]\nmode = \"multi-az\"\nfailover.promote = \"12min\"\n\
         rebuild.takes = { dist = \"lognormal\", median = \"4h\", sigma = 1.2 }\n\
         nothing_left = \"restore\"\nrestore.takes = \"3h\"\nlogs = { every = \"10min\" }\n\
         [failure.node]\nkind = \"crash\"\ntargets = \"database-node.*\"\nmtbf = \"50h\"\n\
         [study]\nhorizon = \"10y\"\nreplications = 300\nconfidence = \"99.9%\"\n",
    );
    holds("unavailability", Some(shop.unavailability.time), down / cycle, 0.02);
    holds("outages", Some(shop.outages_per_year), outages / cycle * 8760.0, 0.01);
    let database = shop.database.expect("a database");
    holds("restores", Some(database.restores_per_year), losses / cycle * 8760.0, 0.02);
    holds("no writes", Some(database.unavailability), down / cycle, 0.02);
    // The log is shipped every 10 min, whenever the loss comes: between none and 10 min are lost.
    let lost = shop.data_loss_s.expect("a database").window.expect("restores");
    holds("lost", Some(lost.mean), 300.0, 0.02);
    holds("lost p95", lost.p95, 570.0, 0.02);
}

#[test]
fn the_longest_loss_of_a_year_is_below_a_bound_as_often_as_a_poisson_process_says() {
    // A single node that fails once a year is restored at once: N is Poisson with mean 1. Each loses a
    // window that is even on 0 to 10 min, and exceeds 6 min with 0.4: no such year has e^(−0.4).
    let text = "[app.shop.database]\nmode = \"single\"\nnothing_left = \"restore\"\n\
         restore.takes = \"1s\"\nlogs = { every = \"10min\" }\nwritten = \"1MiB/s\"\n\
         [failure.node]\nkind = \"crash\"\ntargets = \"database-node.*\"\nmtbf = \"1y\"\n\
         [study]\nhorizon = \"1y\"\nreplications = 40000\nconfidence = \"99.9%\"\n\
         [[expect]]\nthat = \"app.shop.data_loss <= 6min\"\nin = \"60% of years\"\n";
    let scenario = scenario(&format!(
        "[region.r]\ncountry = \"DE\"\nzones = 2\n\
         [app.shop]\nregion = \"r\"\nsupervisor = {{ restart = \"0s\" }}\n{text}"
    ));
    let options =
        Options { threads: 2, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    let findings = study::run(&scenario, "", &options).findings;
    holds("years", findings.expectations[0].estimate, exp(-0.4), 0.02);
    let loss = findings.app["shop"].data_loss_s.clone().expect("a database");
    holds("bytes", loss.bytes_per_year, 300.0 * f64::from(1 << 20), 0.03);
    assert!(loss.max <= 600.0, "no window is longer than the log's");
}
