//! Expectations in three values (X2): pass if the whole interval satisfies it, fail if none of it
//! does, otherwise not enough evidence.

use crate::scenario::spec::{Expectation, Relation};
use crate::study::findings::{Estimate, Judged, NoneSeen, Unit, Verdict};
use crate::study::quantity::split;

/// Judges one expectation by what was found of it in so many replications: the quantity itself, or the
/// share of years in which it keeps to the bound, where the expectation is about such a share.
pub fn judge(
    expectation: &Expectation,
    found: Option<(Estimate, Unit)>,
    none_seen: Option<NoneSeen>,
    replications: u64,
) -> Judged {
    let (relation, bound) = match expectation.share_of_years {
        Some(share) => (Relation::AtLeast, share),
        None => (expectation.relation, expectation.bound),
    };
    let (verdict, would_need) = match found {
        Some((estimate, _)) => {
            let verdict = verdict(estimate, relation, bound);
            let open = verdict == Verdict::Undecided;
            (verdict, open.then(|| would_need(estimate, bound, replications)).flatten())
        }
        None => (Verdict::Undecided, None),
    };
    Judged {
        that: expectation.that.clone(),
        verdict,
        estimate: found.map(|(estimate, _)| estimate),
        unit: found.map_or(Unit::Share, |(_, unit)| unit),
        subject: split(&expectation.path).map_or_else(String::new, |(it, _)| it.to_string()),
        would_need,
        on_residency: split(&expectation.path)
            .is_some_and(|(_, measure)| measure.starts_with("residency.")),
        none_seen: none_seen.filter(|_| found.is_none()),
    }
}

fn verdict(estimate: Estimate, relation: Relation, bound: f64) -> Verdict {
    let Estimate { low, high, .. } = estimate;
    let (pass, fail) = match relation {
        Relation::AtMost => (high <= bound, low > bound),
        Relation::Below => (high < bound, low >= bound),
        Relation::AtLeast => (low >= bound, high < bound),
        Relation::Above => (low > bound, high <= bound),
        Relation::Equal => (low == bound && high == bound, bound < low || high < bound),
    };
    match (pass, fail) {
        (true, _) => Verdict::Pass,
        (_, true) => Verdict::Fail,
        _ => Verdict::Undecided,
    }
}

/// Intervals shrink with the square root of the number of replications: how many would probably leave
/// the bound outside, a tenth more for luck. Nothing where the estimate sits on the bound, or where it
/// would take a thousand times as many.
fn would_need(estimate: Estimate, bound: f64, replications: u64) -> Option<u64> {
    let distance = (estimate.mean - bound).abs();
    let towards = if bound > estimate.mean {
        estimate.high - estimate.mean
    } else {
        estimate.mean - estimate.low
    };
    let factor = towards / distance;
    let needed = replications as f64 * factor * factor * 1.1;
    let sensible = factor.is_finite() && needed < 1000.0 * replications as f64;
    sensible.then(|| round_up(needed))
}

/// Two significant digits, upwards: nobody needs 8 137 replications.
pub fn round_up(count: f64) -> u64 {
    let mut unit = 1.0;
    while count / unit > 100.0 {
        unit *= 10.0;
    }
    ((count / unit).ceil() * unit) as u64
}

/// The verdict of a study: the worst of its expectations.
pub fn overall(judged: &[Judged]) -> Verdict {
    let any = |verdict| judged.iter().any(|it| it.verdict == verdict);
    if judged.is_empty() {
        Verdict::None
    } else if any(Verdict::Fail) {
        Verdict::Fail
    } else if any(Verdict::Undecided) {
        Verdict::Undecided
    } else {
        Verdict::Pass
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(low: f64, high: f64) -> Estimate {
        Estimate { mean: (low + high) / 2.0, low, high, low_confidence: false }
    }

    #[test]
    fn the_whole_interval_decides() {
        let judge = |low, high| verdict(estimate(low, high), Relation::AtMost, 5.0);
        assert_eq!(judge(3.0, 5.0), Verdict::Pass);
        assert_eq!(judge(4.0, 6.0), Verdict::Undecided);
        assert_eq!(judge(5.1, 6.0), Verdict::Fail);
        let at_least = |low, high| verdict(estimate(low, high), Relation::AtLeast, 0.95);
        assert_eq!(at_least(0.95, 0.99), Verdict::Pass);
        assert_eq!(at_least(0.90, 0.94), Verdict::Fail);
        assert_eq!(at_least(0.90, 0.96), Verdict::Undecided);
    }

    #[test]
    fn needs_are_told_in_two_digits() {
        assert_eq!(round_up(8137.0), 8200);
        assert_eq!(round_up(99.5), 100);
        assert_eq!(round_up(12.0), 12);
    }
}
