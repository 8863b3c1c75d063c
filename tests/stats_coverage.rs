//! Coverage of the intervals over synthetic studies whose truth is known.

use zonefall::stats::{Evidence, Moments, Outages, RatioMoments, Sections};

/// SplitMix64 (Steele, Lea & Flood 2014) and the few laws the studies need.
struct Chance(u64);

impl Chance {
    /// In (0, 1).
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log(self.uniform())
    }

    /// exp(σ·N) by Box & Muller.
    fn lognormal(&mut self, sigma: f64) -> f64 {
        let radius = (-2.0 * libm::log(self.uniform())).sqrt();
        libm::exp(sigma * radius * libm::cos(std::f64::consts::TAU * self.uniform()))
    }

    fn poisson(&mut self, mean: f64) -> u64 {
        let mut left = mean;
        let mut count = 0;
        loop {
            left -= self.exponential(1.0);
            if left < 0.0 {
                return count;
            }
            count += 1;
        }
    }
}

/// Studies per figure: one standard error of a coverage of 95 % is then 0.34 %.
const STUDIES: u32 = 4000;

/// The percentage of studies in which `holds` is true.
fn percentage(seed: u64, mut holds: impl FnMut(&mut Chance) -> bool) -> f64 {
    let mut chance = Chance(seed);
    let held = (0..STUDIES).filter(|_| holds(&mut chance)).count();
    100.0 * held as f64 / f64::from(STUDIES)
}

fn check(what: &str, coverage: f64, least: f64, most: f64) {
    println!("{what}: {coverage:.2} %");
    assert!((least..=most).contains(&coverage), "{what}: {coverage} %");
}

/// Outage lengths in seconds: the law, its mean, and how to draw one.
type Lengths = (&'static str, f64, fn(&mut Chance) -> f64);

fn exponential() -> Lengths {
    ("exponential", 60.0, |chance| chance.exponential(60.0))
}

/// Coefficient of variation 1.1.
fn lognormal() -> Lengths {
    ("lognormal", libm::exp(0.405), |chance| chance.lognormal(0.9))
}

/// Coverage of a nominal 95 % interval of the unavailability, outages being a Poisson process.
fn unavailability_coverage(hits: f64, replications: u32, (_, mean, length): Lengths) -> f64 {
    const HORIZON: f64 = 1e6;
    let rate = hits / f64::from(replications);
    percentage(hits as u64, |chance| {
        let mut outages = Outages::default();
        for _ in 0..replications {
            let mut down = 0.0;
            for _ in 0..chance.poisson(rate) {
                let length = length(chance);
                outages.hits += 1;
                outages.squares += length * length;
                down += length;
            }
            outages.total += down;
            outages.fraction.push(down / HORIZON);
        }
        outages.unavailability(0.95).unwrap().0.contains(rate * mean / HORIZON)
    })
}

#[test]
fn few_outages_are_covered_at_least_as_often_as_promised() {
    for law in [exponential(), lognormal()] {
        for hits in [3.0, 10.0, 30.0] {
            let coverage = unavailability_coverage(hits, 200, law);
            check(&format!("{hits} {} outages", law.0), coverage, 93.0, 99.5);
        }
    }
}

#[test]
fn many_outages_are_covered_as_often_as_promised() {
    for law in [exponential(), lognormal()] {
        for (hits, replications) in [(80.0, 40), (80.0, 200), (300.0, 100)] {
            let coverage = unavailability_coverage(hits, replications, law);
            let what = format!("{hits} {} outages in {replications}", law.0);
            check(&what, coverage, 93.0, 97.0);
        }
    }
}

/// The known limit: lengths with a coefficient of variation of 1.8, of which the longest is missed.
#[test]
fn heavy_tails_cost_a_few_percent_of_the_coverage() {
    let heavy: Lengths = ("heavy", libm::exp(0.72), |chance| chance.lognormal(1.2));
    for hits in [3.0, 10.0, 30.0, 100.0] {
        check(
            &format!("{hits} heavy outages"),
            unavailability_coverage(hits, 100, heavy),
            90.0,
            99.5,
        );
    }
}

#[test]
fn means_and_ratios_are_covered_as_often_as_promised() {
    let mean = percentage(1, |chance| {
        let mut moments = Moments::default();
        (0..40).for_each(|_| moments.push(1e-6 * (chance.uniform() + chance.uniform())));
        moments.estimate(0.95).unwrap().contains(1e-6)
    });
    check("mean of 40", mean, 93.0, 97.0);
    let ratio = percentage(2, |chance| {
        let mut ratio = RatioMoments::default();
        for _ in 0..100 {
            let cycle = 1.0 + chance.uniform();
            ratio.push(cycle * chance.uniform() * 2e-6, cycle);
        }
        ratio.estimate(0.95).unwrap().contains(1e-6)
    });
    check("ratio over 100", ratio, 93.0, 97.0);
}

/// Exponential values of mean 1 s, multiplied in each replication by a common factor ¼ or 4.
struct Clustered {
    replications: u64,
    events: u32,
    /// The probability of the factor 4, zero for independent values without a factor.
    slow: f64,
}

impl Clustered {
    fn factor(&self, chance: &mut Chance) -> f64 {
        if self.slow == 0.0 {
            1.0
        } else if chance.uniform() < self.slow {
            4.0
        } else {
            0.25
        }
    }

    fn study(&self, chance: &mut Chance) -> Sections {
        let mut sections = Sections::default();
        for replication in 0..self.replications {
            let factor = self.factor(chance);
            for _ in 0..self.events {
                sections.record(replication, (1e9 * factor * chance.exponential(1.0)) as u64);
            }
        }
        sections
    }

    /// P(value ≤ x seconds) over all replications.
    fn law(&self, x: f64) -> f64 {
        let within = |factor: f64| -libm::expm1(-x / factor);
        if self.slow == 0.0 {
            within(1.0)
        } else {
            self.slow * within(4.0) + (1.0 - self.slow) * within(0.25)
        }
    }

    /// The true quantile in nanoseconds, by halving.
    fn quantile(&self, p: f64) -> f64 {
        let (mut low, mut high) = (0.0, 100.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if self.law(middle) < p {
                low = middle;
            } else {
                high = middle;
            }
        }
        1e9 * high
    }

    /// Coverages of the quantile at `p` and of the share at most the true one.
    fn coverages(&self, p: f64) -> (f64, f64) {
        let truth = self.quantile(p);
        let mut shares = 0;
        let quantile = percentage(self.replications, |chance| {
            let sections = self.study(chance);
            let (share, _) = sections.share_at_most(truth as u64, 0.95).unwrap();
            shares += u32::from(share.contains(p));
            sections.quantile_estimate(p, 0.95).unwrap().0.contains(truth)
        });
        (quantile, 100.0 * f64::from(shares) / f64::from(STUDIES))
    }
}

#[test]
fn percentiles_of_independent_events_are_covered_as_often_as_promised() {
    for (replications, events, p) in [(300, 1, 0.5), (64, 8, 0.9), (250, 4, 0.95)] {
        let law = Clustered { replications, events, slow: 0.0 };
        let (quantile, share) = law.coverages(p);
        check(&format!("independent, p = {p}"), quantile, 93.0, 97.0);
        check(&format!("independent, share {p}"), share, 93.0, 97.0);
    }
}

#[test]
fn percentiles_of_clustered_events_are_covered_as_often_as_promised() {
    for (replications, events, p) in [(200, 5, 0.5), (320, 4, 0.9), (320, 4, 0.95)] {
        let law = Clustered { replications, events, slow: 0.4 };
        let (quantile, share) = law.coverages(p);
        check(&format!("clustered, p = {p}"), quantile, 93.0, 97.0);
        check(&format!("clustered, share {p}"), share, 93.0, 97.0);
    }
}

/// Too few events for the percentile: the limits may be wide, but not wrong, and the study says so.
#[test]
fn percentiles_of_few_events_are_covered_at_least_as_often_as_promised() {
    for (replications, events, slow, p) in
        [(40, 1, 0.0, 0.5), (100, 1, 0.0, 0.99), (6, 10, 0.0, 0.8), (40, 5, 0.4, 0.9)]
    {
        let law = Clustered { replications, events, slow };
        let few = law.study(&mut Chance(9)).quantile_estimate(p, 0.95).unwrap().1;
        assert!(matches!(few, Evidence::LowConfidence { .. }));
        let (quantile, share) = law.coverages(p);
        check(&format!("few: {replications} × {events}, p = {p}"), quantile, 93.0, 100.0);
        check(&format!("few: {replications} × {events}, share {p}"), share, 93.0, 100.0);
    }
}
