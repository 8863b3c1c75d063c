//! How long copies of the same data last that are made anew from each other.

/// How the copies of the same data are lost and made anew; rates and times in one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Copies {
    pub copies: u32,
    /// How often each of them is lost by itself.
    pub each: f64,
    /// How often something comes to all of them at once, and the chance that it takes a given copy, each
    /// by its own coin.
    pub together: Vec<(f64, f64)>,
    /// Mean time until one that is missing is made anew from those that are left, all at once.
    pub rebuild: f64,
}

impl Copies {
    /// Mean time until none is left; infinite where that never happens.
    ///
    /// The states are the numbers of copies left. They are eliminated one after the other, smallest
    /// first, by what leaves them and how long they last; nothing is ever subtracted (Grassmann, Taksar
    /// and Heyman, Operations Research 33, 1985), so that one chance in 10¹¹ keeps its digits.
    ///
    /// # Panics
    /// Without any copy.
    pub fn mean_time_to_loss(&self) -> f64 {
        let n = self.copies as usize;
        assert!(n > 0, "there are copies");
        // By number of copies left, before and after.
        let mut rates = vec![vec![0.0; n + 1]; n + 1];
        for (left, row) in rates.iter_mut().enumerate().skip(1) {
            row[left - 1] += self.each * left as f64;
            for &(rate, chance) in &self.together {
                for (after, to) in row.iter_mut().enumerate().take(left) {
                    *to += rate * binomial(left, left - after, chance);
                }
            }
            // Made anew in no time, they are never missed.
            if left < n && self.rebuild > 0.0 {
                row[left + 1] += (n - left) as f64 / self.rebuild;
            } else if left < n {
                row.fill(0.0);
                row[n] = 1.0;
            }
        }
        let mut lasts = vec![1.0; n + 1];
        if self.rebuild == 0.0 {
            lasts[1..n].fill(0.0);
        }
        for state in 1..n {
            let leaves: f64 = (0..=n).filter(|&to| to != state).map(|to| rates[state][to]).sum();
            let (gone, time) = (rates[state].clone(), lasts[state]);
            for from in state + 1..=n {
                let through = rates[from][state] / leaves;
                lasts[from] += through * time;
                for to in (0..=n).filter(|&to| to != state && to != from) {
                    rates[from][to] += through * gone[to];
                }
                rates[from][state] = 0.0;
            }
        }
        lasts[n] / rates[n][0]
    }
}

/// The chance of exactly `hits` of `n`, each with the given chance.
fn binomial(n: usize, hits: usize, chance: f64) -> f64 {
    let ways: f64 = (0..hits).map(|i| (n - i) as f64 / (i + 1) as f64).product();
    let power = |x: f64, times: usize| (0..times).fold(1.0, |product, _| product * x);
    ways * power(chance, hits) * power(1.0 - chance, n - hits)
}

/// The chance that something is lost within a time, whose mean time to loss is so much longer than a
/// rebuild that it is memoryless.
pub fn chance_of_loss(mean_time_to_loss: f64, within: f64) -> f64 {
    -libm::expm1(-within / mean_time_to_loss)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean time until none of `copies` is left, in the unit of the means given. Each is lost after an
    /// exponential time with mean `mtbf`; each that is missing is made anew from those that are left, all at
    /// once, in an exponential time with mean `rebuild`.
    ///
    /// The number of copies left goes up and down by one. The mean time m(k) from k to k − 1 of them is
    /// 1/(kλ) for k = n, and 1/(kλ) + (n − k)μ/(kλ)·m(k + 1) below: before it loses one it gains one so often.
    /// All terms are positive, so that the sum of all m(k) is exact to the last digits.
    fn mean_time_to_loss(copies: u32, mtbf: f64, rebuild: f64) -> f64 {
        assert!(copies > 0 && mtbf > 0.0 && rebuild > 0.0, "copies that are lost and made anew");
        let (mut step, mut sum) = (0.0, 0.0);
        for left in (1..=copies).rev() {
            let lost_after = mtbf / f64::from(left);
            step = lost_after + f64::from(copies - left) * (lost_after / rebuild) * step;
            sum += step;
        }
        sum
    }

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
    fn copies_that_are_only_lost_singly_last_as_long_as_the_sum_says() {
        for copies in 1..=9 {
            for (mtbf, rebuild) in [(7.0, 2.5), (876_000.0, 16.0), (1.0, 30.0)] {
                let chain = Copies { copies, each: 1.0 / mtbf, together: Vec::new(), rebuild };
                let (seen, known) =
                    (chain.mean_time_to_loss(), mean_time_to_loss(copies, mtbf, rebuild));
                assert!((seen / known - 1.0).abs() < 1e-12, "{copies}: {seen} {known}");
            }
        }
    }

    /// Two copies, lost singly at λ, both by coins of chance p at ρ, made anew at μ. With d = 2λ + 2ρp(1 − p)
    /// for one of two, b = ρp² for both and s = λ + ρp for the last: t₂ = (1 + d·t₁)/(d + b) and
    /// t₁ = (1 + μ·t₂)/(s + μ), so t₂ = (s + μ + d)/((d + b)(s + μ) − d·μ).
    #[test]
    fn two_copies_that_also_go_together_are_solved_by_hand() {
        for (l, rho, p, m) in [(0.1, 0.3, 0.5, 2.0), (0.01, 0.2, 1.0, 1.0), (0.0, 1.0, 0.25, 0.5)] {
            let (d, b, s) = (2.0 * l + 2.0 * rho * p * (1.0 - p), rho * p * p, l + rho * p);
            let known = (s + m + d) / ((d + b) * (s + m) - d * m);
            let chain = Copies { copies: 2, each: l, together: vec![(rho, p)], rebuild: 1.0 / m };
            let seen = chain.mean_time_to_loss();
            assert!((seen / known - 1.0).abs() < 1e-12, "{seen} {known}");
        }
    }

    #[test]
    fn what_is_made_anew_at_once_is_lost_only_together() {
        let chain = |copies, together| Copies { copies, each: 3.0, together, rebuild: 0.0 };
        assert!((chain(3, vec![(0.5, 0.1)]).mean_time_to_loss() - 1.0 / 0.0005).abs() < 1e-6);
        assert_eq!(chain(2, Vec::new()).mean_time_to_loss(), f64::INFINITY);
        assert!((chain(1, Vec::new()).mean_time_to_loss() - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn eleven_nines_are_three_copies_of_a_century_rebuilt_in_sixteen_hours() {
        const YEAR: f64 = 365.0 * 24.0;
        let chance = chance_of_loss(mean_time_to_loss(3, 100.0 * YEAR, 16.0), YEAR);
        assert!((chance / 1.0e-11 - 1.0).abs() < 0.01, "{chance}");
        assert!((chance_of_loss(2.0, 1.0) - 0.393_469_340_287_366_6).abs() < 1e-15);
    }
}
