//! Samples against theory, theory against itself, and a second opinion from `rand_distr`.

use super::*;
use crate::engine::digest::Digest;
use crate::engine::draw::{Key, Purpose};
use rand_distr as other;

const HOUR: f64 = 3600.0;
const YEAR: f64 = 365.0 * 24.0 * HOUR;

/// One of each family, and of each regime within a family that takes another path.
fn families() -> Vec<(&'static str, Dist)> {
    let observed: Vec<f64> = (0..500).map(|i| f64::from(i * i % 977)).collect();
    let parts = [
        (0.9, Dist::lognormal_median_p95(45.0, 102.0).unwrap()),
        (0.0999, Dist::exponential(600.0).unwrap()),
        (0.0001, Dist::constant(HOUR).unwrap()),
    ];
    vec![
        ("constant", Dist::constant(12.5).unwrap()),
        ("exponential", Dist::exponential(1000.0 * HOUR).unwrap()),
        ("uniform", Dist::uniform(10.0, 30.0).unwrap()),
        ("weibull, wearing in", Dist::weibull_scale(0.7, 816.6 * HOUR).unwrap()),
        ("weibull, wearing out", Dist::weibull_mean(3.0, YEAR).unwrap()),
        ("lognormal", Dist::lognormal_median_p95(45.0, 102.0).unwrap()),
        ("lognormal, wide", Dist::lognormal_mean_sigma(600.0, 1.0).unwrap()),
        ("erlang", Dist::erlang(3, 90.0).unwrap()),
        ("gamma, below 1", Dist::gamma_mean_cv(60.0, 1.5).unwrap()),
        ("gamma, above 1", Dist::gamma_shape_scale(7.5, 4.0).unwrap()),
        ("beta", Dist::beta(0.3, 10.0).unwrap()),
        ("beta, at the ends", Dist::beta(0.6, 0.8).unwrap()),
        ("empirical", Dist::empirical(&observed).unwrap()),
        ("mixture", Dist::mixture(&parts).unwrap()),
    ]
}

fn is_continuous(dist: &Dist) -> bool {
    !matches!(dist, Dist::Constant(_) | Dist::Empirical(_) | Dist::Mixture(_))
}

fn draws(name: &str, count: u32) -> impl Iterator<Item = Draw> + use<> {
    let key = Key::new(7, name);
    (0..count).map(move |i| Draw::new(key, Purpose::UP_TIME, 0, i))
}

fn samples(name: &str, dist: &Dist, count: u32) -> Vec<f64> {
    draws(name, count).map(|draw| dist.sample(draw)).collect()
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values
}

#[test]
fn sampled_means_variances_and_quantiles_are_those_of_theory() {
    const COUNT: u32 = 40_000;
    for (name, dist) in families() {
        let values = sorted(samples(name, &dist, COUNT));
        let n = f64::from(COUNT);
        let mean = values.iter().sum::<f64>() / n;
        let squares: Vec<f64> =
            values.iter().map(|x| (x - dist.mean()) * (x - dist.mean())).collect();
        let variance = squares.iter().sum::<f64>() / n;
        // Five standard errors; that of the variance from the fourth moment of the sample.
        let error = 5.0 * (dist.variance() / n).sqrt();
        assert!((mean - dist.mean()).abs() <= error, "{name}: mean {mean}, not {}", dist.mean());
        let fourth = squares.iter().map(|s| s * s).sum::<f64>() / n;
        let error = 5.0 * ((fourth - variance * variance).max(0.0) / n).sqrt();
        let expected = dist.variance();
        assert!(
            (variance - expected).abs() <= error + 1e-12 * expected,
            "{name}: variance {variance}, not {expected}"
        );
        for p in [0.01, 0.1, 0.5, 0.9, 0.99] {
            // At least p of the samples lie at or below the quantile, and at most p strictly below it.
            let error = 5.0 * (p * (1.0 - p) / n).sqrt();
            let x = dist.quantile(p);
            let slack = x * 1e-12;
            let up_to = values.partition_point(|v| *v <= x + slack) as f64 / n;
            let below = values.partition_point(|v| *v < x - slack) as f64 / n;
            assert!(
                below <= p + error && p - error <= up_to,
                "{name}: {p} quantile {x}: {below}..{up_to}"
            );
        }
    }
}

#[test]
fn samples_pass_kolmogorov_and_smirnov_against_their_own_cdf() {
    const COUNT: u32 = 20_000;
    for (name, dist) in families().into_iter().filter(|(_, dist)| is_continuous(dist)) {
        let values = sorted(samples(name, &dist, COUNT));
        let n = f64::from(COUNT);
        let steps = values.iter().enumerate().map(|(i, x)| {
            let cdf = dist.cdf(*x);
            (cdf - i as f64 / n).abs().max((cdf - (i + 1) as f64 / n).abs())
        });
        let distance = steps.fold(0.0, f64::max) * n.sqrt();
        // Exceeded once in a thousand times by chance, and the seed is fixed.
        assert!(distance < 1.95, "{name}: {distance}");
    }
}

#[test]
fn the_cdf_of_a_quantile_is_its_probability() {
    for (name, dist) in families() {
        for p in [1e-6, 1e-4, 0.05, 0.5, 0.77, 0.95, 1.0 - 1e-6] {
            if matches!(dist, Dist::Beta { .. }) && p > 0.99 {
                // Floats are too coarse next to 1 to tell such quantiles apart.
                continue;
            }
            let x = dist.quantile(p);
            let (cdf, survival) = (dist.cdf(x), dist.survival(x));
            if is_continuous(&dist) {
                assert!((cdf / p - 1.0).abs() < 1e-9, "{name}: F({x}) = {cdf}, not {p}");
                assert!((survival / (1.0 - p) - 1.0).abs() < 1e-9, "{name}: survival of {p}");
            } else {
                // The smallest x with F(x) >= p.
                assert!(cdf >= p && dist.cdf(x * (1.0 - 1e-9) - 1e-300) < p, "{name}: {p}");
            }
        }
        assert!((dist.cdf(5.0) + dist.survival(5.0) - 1.0).abs() < 1e-12, "{name}");
        assert_eq!((dist.cdf(-1.0), dist.survival(-1.0)), (0.0, 1.0));
    }
}

#[test]
fn a_scaled_law_gives_every_luck_the_scaled_value() {
    for (name, dist) in families() {
        let grown = if name.starts_with("beta") { 1.0 } else { 2.5 };
        let scaled = dist.scaled(2.5);
        assert!((scaled.mean() / dist.mean() / grown - 1.0).abs() < 1e-12, "{name}");
        for draw in draws(name, 100) {
            let (was, is) = (dist.sample(draw), scaled.sample(draw));
            assert!((is - grown * was).abs() <= 1e-9 * is.abs(), "{name}: {was} → {is}");
        }
    }
}

#[test]
fn a_sample_is_the_quantile_of_its_luck() {
    for (name, dist) in families() {
        if matches!(dist, Dist::Mixture(_)) {
            continue;
        }
        for u in draws(name, 200).map(Draw::uniform) {
            let (value, quantile) = (dist.from_uniform(u), dist.quantile(u));
            assert!((value - quantile).abs() <= 1e-13 * quantile, "{name}: {value} at {u}");
        }
    }
}

/// A redrawn residual life, added to the age, must be distributed like a life that passed that age.
#[test]
fn lives_redrawn_half_way_are_distributed_like_whole_ones() {
    const COUNT: u32 = 10_000;
    for (name, dist) in families() {
        if matches!(dist, Dist::Constant(_)) {
            continue;
        }
        let age = dist.quantile(0.4);
        let lives = sorted(
            draws(name, COUNT)
                .map(|draw| {
                    let life = dist.sample(draw);
                    if life <= age {
                        life
                    } else {
                        age + dist.residual(age, draw.redraw(1).uniform())
                    }
                })
                .collect(),
        );
        let distance = two_sample_distance(&lives, &sorted(samples("other", &dist, COUNT)));
        assert!(distance < 1.95, "{name}: {distance}");
    }
    assert_eq!(Dist::constant(5.0).unwrap().residual(2.0, 0.3), 3.0);
    assert_eq!(Dist::constant(5.0).unwrap().residual(9.0, 0.3), 0.0);
    assert_eq!(Dist::Never.residual(9.0, 0.3), f64::INFINITY);
    let old = Dist::lognormal_mu_sigma(0.0, 0.1).unwrap();
    assert_eq!(old.residual(1e9, 0.5), 0.0, "nothing lasts that long");
}

/// The two-sample Kolmogorov–Smirnov statistic, scaled so that 1.95 is exceeded once in a thousand times.
fn two_sample_distance(a: &[f64], b: &[f64]) -> f64 {
    let (n, m) = (a.len() as f64, b.len() as f64);
    let at = |values: &[f64], x: f64| values.partition_point(|v| *v <= x) as f64;
    let gaps = a.iter().chain(b).map(|x| (at(a, *x) / n - at(b, *x) / m).abs());
    gaps.fold(0.0, f64::max) * (n * m / (n + m)).sqrt()
}

#[test]
fn rand_distr_draws_the_same_distributions() {
    const COUNT: usize = 20_000;
    let second = |distribution: &dyn Fn(&mut crate::engine::KeyedRng) -> f64| {
        let mut rng = Draw::new(Key::new(1, "second opinion"), Purpose::PICK, 0, 0).rng();
        sorted((0..COUNT).map(|_| distribution(&mut rng)).collect())
    };
    let exponential = other::Exp::new(0.01).unwrap();
    let weibull = other::Weibull::new(5.0, 0.7).unwrap();
    let lognormal = other::LogNormal::new(2.0, 0.8).unwrap();
    let gamma = other::Gamma::new(0.4, 3.0).unwrap();
    let erlang = other::Gamma::new(3.0, 30.0).unwrap();
    let beta = other::Beta::new(3.0, 7.0).unwrap();
    let pairs: [(Dist, Vec<f64>); 6] = [
        (Dist::exponential(100.0).unwrap(), second(&|rng| exponential.sample(rng))),
        (Dist::weibull_scale(0.7, 5.0).unwrap(), second(&|rng| weibull.sample(rng))),
        (Dist::lognormal_mu_sigma(2.0, 0.8).unwrap(), second(&|rng| lognormal.sample(rng))),
        (Dist::gamma_shape_scale(0.4, 3.0).unwrap(), second(&|rng| gamma.sample(rng))),
        (Dist::erlang(3, 90.0).unwrap(), second(&|rng| erlang.sample(rng))),
        (Dist::beta(0.3, 10.0).unwrap(), second(&|rng| beta.sample(rng))),
    ];
    for (dist, theirs) in pairs {
        let ours = sorted(samples("ours", &dist, COUNT as u32));
        let distance = two_sample_distance(&ours, &theirs);
        assert!(distance < 1.95, "{dist}: {distance}");
    }
}

#[test]
fn any_generator_of_rand_can_drive_a_distribution() {
    let dist = Dist::exponential(5.0).unwrap();
    let mut rng = Draw::new(Key::new(1, "a"), Purpose::PICK, 0, 0).rng();
    let mean = Distribution::sample_iter(&dist, &mut rng).take(10_000).sum::<f64>() / 10_000.0;
    assert!((mean - 5.0).abs() < 0.25, "{mean}");
}

/// Guards the bits: a dependency, a compiler or a machine that changes one of them is caught here.
#[test]
fn the_first_ten_thousand_samples_never_change() {
    let found: Vec<_> = families()
        .iter()
        .map(|(name, dist)| {
            let mut digest = Digest::new();
            samples("golden", dist, 10_000).iter().for_each(|x| digest.word(x.to_bits()));
            format!("{name}: {}", digest.finish())
        })
        .collect();
    assert_eq!(found, GOLDEN);
}

const GOLDEN: [&str; 14] = [
    "constant: 9e9a7f6fe6dfcedcb9a075da35912bd3",
    "exponential: 3afdfec9e47eaf03889ed98b568249fd",
    "uniform: 59e783d81871e496bd87ebb83f7a7569",
    "weibull, wearing in: 6424b54db0619d85a835bb009af9f046",
    "weibull, wearing out: a3399c3384d741a2c8a1586d711e7602",
    "lognormal: 3abc41687fe52cc83d138be38ac71e18",
    "lognormal, wide: 164f8ab224aae7e8883e73ad84d7f55a",
    "erlang: b274f53d8397745b5586b3cc59eab9df",
    "gamma, below 1: 2575002e8031d79b99839dc2eee5eee1",
    "gamma, above 1: 064b68af83f1415762f66013137ddae2",
    "beta: 05e08c21cbd082d012c10cdcbcda6e4f",
    "beta, at the ends: 2589768cfb00ec9c399c8e96ebaacebe",
    "empirical: c5dd9adc34b6ec76737ce34cf843831f",
    "mixture: 7766d88dcbea251e0616f76b3c155615",
];

/// System 20 of the failure data released by Los Alamos National Laboratory in 2006.
#[test]
fn lanl_failures_have_the_published_mean() {
    let mean = Dist::weibull_scale(0.48, 816.6 * HOUR).unwrap().mean() / HOUR;
    assert!((mean / 1766.0 - 1.0).abs() < 1e-3, "{mean} h");
}

#[test]
fn lognormals_go_through_the_points_they_are_stated_by() {
    let near = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-12);
    let dist = Dist::lognormal_median_p95(45.0, 102.0).unwrap();
    near(dist.quantile(0.5), 45.0);
    near(dist.quantile(0.95), 102.0);
    for p95 in [60.001, 120.0, 230.0] {
        let dist = Dist::lognormal_mean_p95(60.0, p95).unwrap();
        near(dist.mean(), 60.0);
        near(dist.quantile(0.95), p95);
        // The smaller of the two solutions.
        assert!(matches!(dist, Dist::Lognormal { sigma, .. } if sigma < 1.645));
    }
    near(Dist::lognormal_mean_sigma(7.0, 0.5).unwrap().mean(), 7.0);
    let point = Dist::lognormal_mean_p95(60.0, 60.0).unwrap();
    assert_eq!((point.variance(), point.cdf(59.9), point.cdf(60.1)), (0.0, 0.0, 1.0));
}

#[test]
fn what_is_no_distribution_is_refused_in_a_sentence() {
    let sentences = [
        Dist::constant(-1.0),
        Dist::exponential(0.0),
        Dist::exponential(f64::NAN),
        Dist::exponential(f64::INFINITY),
        Dist::erlang(0, 5.0),
        Dist::weibull_mean(0.01, 5.0),
        Dist::lognormal_median_p95(5.0, 4.0),
        Dist::lognormal_mean_p95(5.0, 4.0),
        Dist::lognormal_mean_p95(5.0, 20.0),
        Dist::uniform(3.0, 2.0),
        Dist::gamma_mean_cv(1.0, 0.0),
        Dist::beta(1.0, 3.0),
        Dist::empirical(&[]),
        Dist::empirical(&[1.0, f64::NAN]),
        Dist::mixture(&[]),
        Dist::mixture(&[(0.5, Dist::Never), (0.6, Dist::Never)]),
    ]
    .map(|built| built.unwrap_err().to_string());
    assert_eq!(sentences[1], "the mean must be more than zero, not 0");
    assert_eq!(
        sentences[8],
        "no lognormal has its 95th percentile at 4.00 times its mean: 3.87 is the most"
    );
    assert_eq!(sentences[15], "the weights of a mixture must sum to 1, not to 1.1");
}

#[test]
fn what_takes_longer_than_the_clock_never_happens() {
    let draw = Draw::new(Key::new(1, "a"), Purpose::UP_TIME, 0, 0);
    assert_eq!(Dist::Never.span(draw), Span::NEVER);
    for years in [1e6, 1e9, 1e11] {
        let dist = Dist::exponential(years * YEAR).unwrap();
        assert!(draws("long", 1000).filter(|d| dist.span(*d) == Span::NEVER).count() > 990);
        assert_eq!(Dist::constant(years * YEAR).unwrap().span(draw), Span::NEVER);
    }
}

#[test]
fn memory_is_told_apart_from_its_absence() {
    assert!(Dist::exponential(1.0).unwrap().is_memoryless());
    assert!(Dist::erlang(1, 1.0).unwrap().is_memoryless());
    assert!(Dist::weibull_mean(1.0, 1.0).unwrap().is_memoryless());
    assert!(!Dist::weibull_mean(1.1, 1.0).unwrap().is_memoryless());
    assert!(!Dist::constant(1.0).unwrap().is_memoryless());
}

#[test]
fn distributions_are_told_in_a_line() {
    let told: Vec<_> = families().iter().map(|(_, dist)| dist.to_string()).collect();
    assert_eq!(told[0], "always 12 s");
    assert_eq!(told[5], "lognormal, median 45 s, p95 102 s");
    assert_eq!(told[10], "beta, mean 0.300, concentration 10.0");
    assert!(told[13].starts_with("90.000 %: lognormal, median 45 s"), "{}", told[13]);
}

#[test]
fn a_distribution_takes_24_bytes() {
    assert_eq!(size_of::<Dist>(), 24);
}
