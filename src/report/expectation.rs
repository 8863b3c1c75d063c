//! Expectations as a person would say them: `app.shop.failover.p95 <= 5min` → `failover p95 ≤ 5 min`.

use super::number::{self, Shown};
use super::text;
use crate::study::findings::{Judged, Verdict};

/// The mark of a verdict.
pub fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Fail => "✗",
        Verdict::Undecided => "?",
        Verdict::None => "–",
    }
}

/// The verdict of a whole study in a word.
pub fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail => "FAIL",
        Verdict::Undecided => "UNDECIDED",
        Verdict::None => "DONE",
    }
}

/// The expectation without its subject, in words.
pub fn words(judged: &Judged) -> String {
    let that = text::clean(&judged.that);
    if judged.is_slo() {
        return spaced_units(&that);
    }
    let own = that.strip_prefix(&judged.subject).and_then(|rest| rest.strip_prefix('.'));
    let own = own.unwrap_or(&that);
    // The path is everything before the relation; only there do dots and underscores separate words.
    let at = own.find(['<', '>', '=', ' ']).unwrap_or(own.len());
    let (path, rest) = own.split_at(at);
    let path = path.replace(['.', '_'], " ");
    let rest = rest.replace("<=", "≤").replace(">=", "≥").replace("==", "=");
    format!("{path}{}", spaced_units(&rest))
}

/// The estimate that decided, if there is one, and the periods it counts (`of months`).
pub fn estimate(judged: &Judged) -> Option<(Shown, String)> {
    let shown = number::estimate(judged.estimate.as_ref()?, judged.unit);
    let periods = judged.that.rsplit_once(" in ").and_then(|(_, share)| share.split_once("% "));
    Some((shown, periods.map(|(_, periods)| text::clean(periods)).unwrap_or_default()))
}

/// What decided and its interval; where there is nothing to judge by, what is known instead.
pub fn found(judged: &Judged) -> (String, String) {
    match (estimate(judged), &judged.none_seen) {
        (Some((shown, periods)), _) => {
            (format!("{} {periods}", shown.point()).trim_end().into(), shown.interval())
        }
        (None, Some(none)) => {
            ("none seen".into(), format!("at most {} a year", number::at_most(none.per_year.high)))
        }
        (None, None) => ("nothing to judge by".into(), String::new()),
    }
}

/// What to ask instead of what nothing was seen of, the label of its subject given.
pub fn instead(judged: &Judged, label: &str) -> Option<String> {
    let none = judged.none_seen.as_ref()?;
    let often = number::at_most(none.per_year.high);
    let mut told = format!(
        "no {} of {label} was seen, so nothing is known of how long or large one is, only that there are at \
         most {often} a year. What can be judged is how often: {}",
        none.what,
        text::clean(&none.instead),
    );
    if none.by_year {
        told += ", or the worst of each year: the same path without its percentile, in = \"99% of years\"";
    }
    Some(told)
}

/// A blank between a number and its unit: `5min` → `5 min`, `99.95%` → `99.95 %`.
fn spaced_units(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut before = ' ';
    for c in text.chars() {
        if before.is_ascii_digit() && (c.is_alphabetic() || c == '%') {
            out.push(' ');
        }
        out.push(c);
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::findings::{Estimate, Unit};

    fn judged(that: &str) -> Judged {
        Judged {
            that: that.into(),
            verdict: Verdict::Pass,
            estimate: Some(Estimate { mean: 0.904, low: 0.9, high: 0.908, low_confidence: false }),
            unit: Unit::Share,
            subject: "app.shop".into(),
            would_need: None,
            on_residency: false,
            none_seen: None,
        }
    }

    #[test]
    fn expectations_are_put_into_words() {
        let table = [
            ("app.shop.failover.p95 <= 5min", "failover p95 ≤ 5 min"),
            (
                "app.shop.data_loss <= 5min in 99.9% of years",
                "data loss ≤ 5 min in 99.9 % of years",
            ),
            ("app.shop.residency.violations == 0", "residency violations = 0"),
            ("99.95 % of requests in 95 % of months", "99.95 % of requests in 95 % of months"),
            ("service.x.any_outage < 1%", "service x any outage < 1 %"),
            ("app.shop.outages_per_year<=2.5", "outages per year≤2.5"),
        ];
        for (that, said) in table {
            assert_eq!(words(&judged(that)), said);
        }
    }

    #[test]
    fn a_share_of_periods_names_the_periods() {
        let (shown, periods) = estimate(&judged("99.95 % of requests in 95 % of months")).unwrap();
        assert_eq!((shown.point().as_str(), periods.as_str()), ("90.4 %", "of months"));
        assert_eq!(estimate(&judged("app.shop.unavailability <= 1%")).unwrap().1, "");
    }

    #[test]
    fn the_objective_of_an_app_is_told_apart() {
        assert!(judged("99.95 % of requests in 95 % of months").is_slo());
        assert!(!judged("app.shop.failover.p95 <= 5min").is_slo());
    }
}
