//! The quantile sketch against sorted data, and its order-free merge.

use zonefall::stats::Sketch;

/// SplitMix64 (Steele, Lea & Flood 2014).
struct Uniform(u64);

impl Uniform {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In (0, 1).
    fn next(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }
}

fn sketch(values: &[u64]) -> Sketch {
    let mut sketch = Sketch::default();
    values.iter().for_each(|&value| sketch.insert(value));
    sketch
}

/// 20 000 values in nanoseconds from each of several laws.
fn samples() -> Vec<(&'static str, Vec<u64>)> {
    let mut uniform = Uniform(1);
    let mut draw = |law: fn(&mut Uniform) -> f64| -> Vec<u64> {
        (0..20_000).map(|_| (law(&mut uniform) * 1e9) as u64).collect()
    };
    vec![
        ("uniform", draw(|u| 100.0 * u.next())),
        ("exponential", draw(|u| -60.0 * libm::log(u.next()))),
        ("heavy tail", draw(|u| libm::pow(u.next(), -2.0))),
        ("below a microsecond", draw(|u| 1e-6 * u.next())),
        ("constant or long", draw(|u| if u.next() < 0.6 { 30.0 } else { 1e5 * u.next() })),
    ]
}

#[test]
fn quantiles_are_within_a_tenth_of_a_percent_of_sorted_data() {
    for (law, values) in samples() {
        let sketch = sketch(&values);
        let mut sorted = values.clone();
        sorted.sort_unstable();
        assert_eq!(sketch.sum(), values.iter().map(|&value| u128::from(value)).sum::<u128>());
        for rank in [1, 10, 200, 5_000, 10_000, 12_000, 18_000, 19_800, 19_980, 20_000] {
            let exact = sorted[rank - 1] as f64;
            let found = sketch.quantile(rank as f64 / 20_000.0).unwrap() as f64;
            assert!(
                (found - exact).abs() <= 1e-3 * exact,
                "{law}: {found} for {exact} at rank {rank}"
            );
        }
    }
}

#[test]
fn a_quantile_is_the_smallest_value_that_enough_are_at_most() {
    for (law, values) in samples() {
        let sketch = sketch(&values);
        for p in [0.001, 0.1, 0.5, 0.9, 0.999, 1.0] {
            let at = sketch.quantile(p).unwrap();
            assert!(sketch.share_at_most(at).unwrap() >= p, "{law} at {p}");
            let bucket = at / 1024 + 1;
            let below = sketch.share_at_most(at.saturating_sub(bucket)).unwrap();
            assert!(at == 0 || below < p, "{law} at {p}");
        }
    }
}

#[test]
fn merging_in_any_order_gives_the_same_bits() {
    for (law, values) in samples() {
        let whole = sketch(&values);
        let parts: Vec<_> = values.chunks(37).map(sketch).collect();
        let mut forward = Sketch::default();
        parts.iter().for_each(|part| forward.merge(part));
        let mut backward = Sketch::default();
        parts.iter().rev().for_each(|part| backward.merge(part));
        let mut halves = Sketch::default();
        for part in parts.iter().step_by(2).chain(parts.iter().skip(1).step_by(2)) {
            let mut part = part.clone();
            part.merge(&halves);
            halves = part;
        }
        assert!(forward == whole && backward == whole && halves == whole, "{law}");
    }
}
