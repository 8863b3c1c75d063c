//! How long copies of the same data last that are made anew from each other.

/// Mean time until none of `copies` is left, in the unit of the means given. Each is lost after an
/// exponential time with mean `mtbf`; each that is missing is made anew from those that are left, all at
/// once, in an exponential time with mean `rebuild`.
///
/// The number of copies left goes up and down by one. The mean time m(k) from k to k − 1 of them is
/// 1/(kλ) for k = n, and 1/(kλ) + (n − k)μ/(kλ)·m(k + 1) below: before it loses one it gains one so often.
/// All terms are positive, so that the sum of all m(k) is exact to the last digits.
///
/// # Panics
/// Without any copy, or where a mean is not above 0.
pub fn mean_time_to_loss(copies: u32, mtbf: f64, rebuild: f64) -> f64 {
    assert!(copies > 0 && mtbf > 0.0 && rebuild > 0.0, "copies that are lost and made anew");
    let (mut step, mut sum) = (0.0, 0.0);
    for left in (1..=copies).rev() {
        let lost_after = mtbf / f64::from(left);
        step = lost_after + f64::from(copies - left) * (lost_after / rebuild) * step;
        sum += step;
    }
    sum
}

/// The chance that something is lost within a time, whose mean time to loss is so much longer than a
/// rebuild that it is memoryless.
pub fn chance_of_loss(mean_time_to_loss: f64, within: f64) -> f64 {
    -libm::expm1(-within / mean_time_to_loss)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_two_and_three_copies_last_as_long_as_the_textbooks_say() {
        // λ = 1/mtbf, μ = 1/rebuild: 1/λ; (3λ + μ)/(2λ²); (11λ² + 7λμ + 2μ²)/(6λ³).
        for (mtbf, rebuild) in [(10.0, 1.0), (1.0, 1.0), (3.0, 50.0), (876_000.0, 16.0)] {
            let (l, m): (f64, f64) = (1.0 / mtbf, 1.0 / rebuild);
            let expected = [
                1.0 / l,
                (3.0 * l + m) / (2.0 * l * l),
                (11.0 * l * l + 7.0 * l * m + 2.0 * m * m) / (6.0 * l * l * l),
            ];
            for (copies, expected) in (1..).zip(expected) {
                let seen = mean_time_to_loss(copies, mtbf, rebuild);
                assert!((seen / expected - 1.0).abs() < 1e-12, "{copies}: {seen} {expected}");
            }
        }
    }

    /// The same by solving the balance of the chain: 1 + (rates out)·t = 0 for every state, by elimination.
    #[test]
    fn any_number_of_copies_satisfies_its_equations() {
        for copies in 1..=9_u32 {
            let (mtbf, rebuild) = (7.0, 2.5);
            // t(k): from k copies until none is left; m(k) = t(k) − t(k − 1).
            let steps: Vec<f64> = (1..=copies)
                .map(|from| {
                    let mut step = 0.0;
                    for left in (from..=copies).rev() {
                        let lost_after = mtbf / f64::from(left);
                        step = lost_after + f64::from(copies - left) * lost_after / rebuild * step;
                    }
                    step
                })
                .collect();
            let t = |k: u32| steps[..k as usize].iter().sum::<f64>();
            for k in 1..=copies {
                let (down, up) = (f64::from(k) / mtbf, f64::from(copies - k) / rebuild);
                let next = if k < copies { t(k + 1) } else { 0.0 };
                let balance = 1.0 + down * t(k - 1) + up * next - (down + up) * t(k);
                assert!(balance.abs() < 1e-9 * t(copies), "{copies}, {k}: {balance}");
            }
            assert!((t(copies) / mean_time_to_loss(copies, mtbf, rebuild) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn eleven_nines_are_three_copies_of_a_century_rebuilt_in_sixteen_hours() {
        const YEAR: f64 = 365.0 * 24.0;
        let chance = chance_of_loss(mean_time_to_loss(3, 100.0 * YEAR, 16.0), YEAR);
        assert!((chance / 1.0e-11 - 1.0).abs() < 0.01, "{chance}");
        assert!((chance_of_loss(2.0, 1.0) - 0.393_469_340_287_366_6).abs() < 1e-15);
    }
}
