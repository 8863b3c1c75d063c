//! What a draw costs: keyed uniforms, the functions under them, each distribution, the digest.

use divan::{Bencher, black_box, counter::ItemsCount};
use zonefall::engine::{Digest, Dist, Draw, Key, Purpose, math};

const BATCH: u32 = 1_000;

fn main() {
    divan::main();
}

fn draw(occurrence: u32) -> Draw {
    Draw::new(black_box(Key::new(1, "shop/2")), Purpose::UP_TIME, 0, occurrence)
}

/// Times `of` over a batch of arguments in (0, 1).
fn each(bencher: Bencher, of: impl Fn(f64) -> f64 + Sync) {
    let arguments: Vec<f64> = (0..BATCH).map(|i| draw(i).uniform()).collect();
    bencher
        .counter(ItemsCount::new(BATCH))
        .bench(|| black_box(&arguments).iter().map(|u| of(*u)).sum::<f64>());
}

#[divan::bench]
fn uniform(bencher: Bencher) {
    let first = draw(0);
    bencher.counter(ItemsCount::new(BATCH)).bench(|| {
        (0..BATCH).map(|occurrence| Draw { occurrence, ..black_box(first) }.uniform()).sum::<f64>()
    });
}

#[divan::bench]
fn uniform2(bencher: Bencher) {
    let first = draw(0);
    bencher.counter(ItemsCount::new(BATCH)).bench(|| {
        let pairs = (0..BATCH).map(|occurrence| Draw { occurrence, ..black_box(first) }.uniform2());
        pairs.map(|(a, b)| a + b).sum::<f64>()
    });
}

#[divan::bench]
fn key(bencher: Bencher) {
    bencher.bench(|| Key::new(1, black_box("some-application/2")));
}

#[divan::bench]
fn ln(bencher: Bencher) {
    each(bencher, math::ln);
}

#[divan::bench]
fn ln_of_libm(bencher: Bencher) {
    each(bencher, libm::log);
}

#[divan::bench]
fn exp(bencher: Bencher) {
    each(bencher, math::exp);
}

#[divan::bench]
fn exp_of_libm(bencher: Bencher) {
    each(bencher, libm::exp);
}

#[divan::bench]
fn normal_quantile(bencher: Bencher) {
    each(bencher, math::normal_quantile);
}

#[divan::bench]
fn digest(bencher: Bencher) {
    bencher.counter(ItemsCount::new(BATCH)).bench(|| {
        let mut digest = Digest::new();
        (0..u64::from(BATCH)).for_each(|word| digest.word(black_box(word)));
        digest
    });
}

const FAMILIES: [&str; 10] = [
    "constant",
    "exponential",
    "uniform",
    "weibull",
    "lognormal",
    "erlang",
    "gamma",
    "beta",
    "empirical",
    "mixture",
];

fn family(name: &str) -> Dist {
    let built = match name {
        "constant" => Dist::constant(5.0),
        "exponential" => Dist::exponential(100.0),
        "uniform" => Dist::uniform(1.0, 2.0),
        "weibull" => Dist::weibull_mean(0.7, 100.0),
        "lognormal" => Dist::lognormal_median_p95(45.0, 102.0),
        "erlang" => Dist::erlang(3, 90.0),
        "gamma" => Dist::gamma_mean_cv(60.0, 0.5),
        "beta" => Dist::beta(0.3, 10.0),
        "empirical" => Dist::empirical(&(0..1_000).map(f64::from).collect::<Vec<_>>()),
        "mixture" => Dist::mixture(&[(0.9, family("lognormal")), (0.1, family("exponential"))]),
        other => unreachable!("{other} is not in the list"),
    };
    built.expect("valid parameters")
}

/// A keyed draw and its transform: what a model pays for a delay.
#[divan::bench(args = FAMILIES)]
fn sample(bencher: Bencher, name: &str) {
    let (dist, first) = (family(name), draw(0));
    bencher.counter(ItemsCount::new(BATCH)).bench(|| {
        let dist = black_box(&dist);
        (0..BATCH).map(|occurrence| dist.sample(Draw { occurrence, ..first })).sum::<f64>()
    });
}
