//! Numbers for people: all formatting of numbers in every report happens here.
//!
//! The rule for an estimate is the one of the Particle Data Group: the half-width of its interval
//! decides how many decimals it deserves. If the three leading digits of the half-width lie in
//! 100..=354, two of its digits are shown, otherwise one. So `99.9808 % (99.9797 … 99.9819)`, but
//! `90.4 % (90.0 … 90.8)`: no digit is printed that the next study would change anyway.

use crate::scenario::assemble::OVERLOAD;
use crate::study::findings::{Cause, Estimate, Unit};

/// What is not known.
const UNKNOWN: &str = "–";

/// An estimate ready to print: the unit belongs to all three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub value: String,
    pub low: String,
    pub high: String,
    /// With the blank that precedes it: `" %"`, `" min"`, or nothing.
    pub unit: &'static str,
    /// Fewer than 50 occurrences were seen.
    pub rough: bool,
}

impl Shown {
    /// `3.2 min`, or `~3.2 min` where too little was seen to rely on it; a dash where it is not known.
    pub fn point(&self) -> String {
        if self.value == UNKNOWN {
            return UNKNOWN.into();
        }
        format!("{}{}{}", if self.rough { "~" } else { "" }, self.value, self.unit)
    }

    /// `3.1 … 3.3`; `at least 3.1` where it has no upper end.
    pub fn interval(&self) -> String {
        match (self.low.as_str(), self.high.as_str()) {
            (UNKNOWN, UNKNOWN) => UNKNOWN.into(),
            (low, UNKNOWN) => format!("at least {low}"),
            (low, high) => format!("{low} … {high}"),
        }
    }
}

/// A whole number with its digits in groups of three: `1 490`.
pub fn grouped(number: u64) -> String {
    group(&number.to_string())
}

/// A number with `digits` significant digits, never fewer than its whole part: `0.95`, `2.3`, `1 490`.
/// Below one in ten thousand in scientific notation, so that columns stay narrow.
pub fn significant(number: f64, digits: usize) -> String {
    if number == 0.0 || !number.is_finite() {
        return if number == 0.0 { "0".into() } else { "–".into() };
    }
    if number.abs() < 1e-4 {
        return format!("{number:.*e}", digits - 1);
    }
    let decimals = digits as i32 - 1 - magnitude(number, digits);
    fixed(number, decimals)
}

/// An upper bound with at most two significant digits, never below the bound: `0.001`, `0.0013`.
pub fn at_most(bound: f64) -> String {
    let told = significant(bound, 2);
    // Rounded down it would claim more than was shown: one step up in the last digit.
    let told = match bound > 0.0 && bound.is_finite() {
        true if parsed(&told) < bound => {
            let step = parsed(&format!("1e{}", magnitude(bound, 2) - 1));
            significant(bound + step / 2.0, 2)
        }
        _ => told,
    };
    let trim = |digits: &str| match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => digits.to_string(),
    };
    match told.split_once('e') {
        Some((digits, power)) => format!("{}e{power}", trim(digits)),
        None => trim(&told),
    }
}

fn parsed(told: &str) -> f64 {
    told.replace(' ', "").parse().unwrap_or(f64::NAN)
}

/// A chance that may be far below one percent: `0`, `1`, `0.012`, `3.2e-9`. What is not certain is never
/// told as 0 or 1.
pub fn chance(chance: f64) -> String {
    if chance == 1.0 {
        return "1".into();
    }
    match significant(chance, 2) {
        told if told == "1.0" => "more than 0.99".into(),
        told => told,
    }
}

/// A share as a percentage with three significant digits: `58.1 %`, `4.90 %`, `0.013 %`.
pub fn percent(share: f64) -> String {
    if share == 0.0 {
        return "0 %".into();
    }
    let decimals = if share.abs() >= 0.0095 { 1 } else { 1 - magnitude(share * 100.0, 2) };
    format!("{} %", fixed(share * 100.0, decimals))
}

/// A level of confidence or a target, as exact as it was given: `95 %`, `99.95 %`.
pub fn level(level: f64) -> String {
    let percent = format!("{:.6}", level * 100.0);
    format!("{} %", percent.trim_end_matches('0').trim_end_matches('.'))
}

/// An amount of data in the unit that suits it: `25 GiB`, `1.2 TiB`.
pub fn bytes(bytes: f64) -> String {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    if !bytes.is_finite() {
        return "–".into();
    }
    let (mut of, mut unit) = (bytes, 0);
    while of >= 1024.0 && unit + 1 < UNITS.len() {
        (of, unit) = (of / 1024.0, unit + 1);
    }
    format!("{} {}", significant(of, 2), UNITS[unit])
}

/// A length of time in the unit that suits it: `58 s`, `2.1 min`, `22 h`.
pub fn duration(seconds: f64) -> String {
    match seconds.is_finite() {
        true => crate::time::human_seconds(seconds),
        false => "–".into(),
    }
}

/// Minutes from seconds, as many digits as a table needs: `101`, `58.6`, `5.0`, `0.42`.
pub fn minutes(seconds: f64) -> String {
    let minutes = seconds / 60.0;
    match minutes {
        m if m >= 99.95 => fixed(m, 0),
        m if m >= 0.995 => fixed(m, 1),
        m => significant(m, 2),
    }
}

/// A length of time, marked `~` where too little was seen to rely on it.
pub fn rough_duration(e: &Estimate) -> String {
    format!("{}{}", if e.low_confidence { "~" } else { "" }, duration(e.mean))
}

/// An amount of time in years, with its noun: `3 000 simulated years`, `1 year`, `0.25 years`.
pub fn years(years: f64, noun: &str) -> String {
    let told = match years {
        y if y >= 9.95 || y == y.trunc() => fixed(y, 0),
        y => significant(y, 2),
    };
    let noun = if told == "1" { noun.to_string() } else { plural(noun) };
    format!("{told} {noun}")
}

/// `1 app`, `2 apps`.
pub fn counted(number: usize, noun: &str) -> String {
    let noun = if number == 1 { noun.to_string() } else { plural(noun) };
    format!("{} {noun}", grouped(number as u64))
}

/// The plural of an English noun: `crash` → `crashes`.
pub fn plural(noun: &str) -> String {
    let before_y = noun.strip_suffix('y').and_then(|stem| stem.chars().next_back());
    match before_y {
        Some(c) if !"aeiou".contains(c) => format!("{}ies", &noun[..noun.len() - 1]),
        _ if ["s", "x", "ch", "sh"].iter().any(|end| noun.ends_with(end)) => format!("{noun}es"),
        _ => format!("{noun}s"),
    }
}

/// An estimate in the unit its expectation is written in.
pub fn estimate(e: &Estimate, unit: Unit) -> Shown {
    match unit {
        Unit::Share => share(e),
        Unit::Seconds => seconds(e),
        Unit::Count => plain(e, ""),
        Unit::PerYear => plain(e, " a year"),
    }
}

/// A share in percent: `90.4 %`, 90.0 … 90.8.
pub fn share(e: &Estimate) -> Shown {
    let scaled = Estimate { mean: e.mean * 100.0, low: e.low * 100.0, high: e.high * 100.0, ..*e };
    let distance = scaled.mean.min(100.0 - scaled.mean).max(0.0);
    let finest = if distance > 0.0 { 2 - magnitude(distance, 3) } else { 6 };
    shown(&scaled, decimals_of(&scaled).min(finest), " %")
}

/// The availability that goes with an unavailability, in percent, with at most three significant
/// digits of the unavailability; never rounded up to 100.
pub fn availability(unavailability: &Estimate) -> Shown {
    let u = Estimate {
        mean: unavailability.mean * 100.0,
        low: unavailability.low * 100.0,
        high: unavailability.high * 100.0,
        ..*unavailability
    };
    let (mut finest, mut coarsest) = (6, 0);
    if u.mean > 0.0 {
        finest = 2 - magnitude(u.mean, 3);
        coarsest = -magnitude(u.mean, 1);
    }
    // One significant digit of the unavailability is always kept: 99.9 must not become 100.
    let decimals = decimals_of(&u).min(finest).max(coarsest).clamp(0, 12);
    let of = |u: f64| {
        let text = fixed(100.0 - u, decimals);
        let rounded_up = u > 0.0 && text.starts_with("100");
        if rounded_up { format!("99.{}", "9".repeat(decimals.max(1) as usize)) } else { text }
    };
    // Nothing was lost, which bounds what can be lost; it does not make it nothing.
    let value = if u.mean == 0.0 { format!("≥ {}", of(u.high)) } else { of(u.mean) };
    Shown {
        value,
        low: of(u.high),
        // The upper end may be 100: an interval that reaches no failure at all says so.
        high: fixed(100.0 - u.low, decimals),
        unit: " %",
        rough: u.low_confidence,
    }
}

/// A length of time: the unit follows the estimate and serves its interval too.
pub fn seconds(e: &Estimate) -> Shown {
    let (size, unit) = unit_of(if e.mean == 0.0 { e.high } else { e.mean });
    let scaled = Estimate { mean: e.mean / size, low: e.low / size, high: e.high / size, ..*e };
    shown(&scaled, decimals_of(&scaled), unit)
}

/// A number without a unit of its own.
pub fn plain(e: &Estimate, unit: &'static str) -> Shown {
    if e.mean != 0.0 && e.mean.abs() < 1e-4 {
        let text = |x: f64| significant(x, 2);
        return Shown {
            value: text(e.mean),
            low: text(e.low),
            high: text(e.high),
            unit,
            rough: e.low_confidence,
        };
    }
    shown(e, decimals_of(e), unit)
}

fn shown(e: &Estimate, decimals: i32, unit: &'static str) -> Shown {
    Shown {
        value: fixed(e.mean, decimals),
        low: fixed(e.low, decimals),
        high: fixed(e.high, decimals),
        unit,
        rough: e.low_confidence,
    }
}

/// Decimals that the interval supports. Without a width, three significant digits of the estimate.
fn decimals_of(e: &Estimate) -> i32 {
    let half_width = (e.high - e.low) / 2.0;
    if half_width > 0.0 && half_width.is_finite() {
        let text = format!("{half_width:.2e}");
        let leading = text.split_once('e').and_then(|(digits, _)| digits.parse().ok());
        let digits = if leading.is_some_and(|d: f64| d <= 3.54) { 2 } else { 1 };
        digits as i32 - 1 - magnitude(half_width, digits)
    } else if e.mean == e.mean.trunc() {
        0
    } else {
        2 - magnitude(e.mean, 3)
    }
}

/// Fixed decimals, whole part in groups of three; a negative number of decimals counts as none.
fn fixed(number: f64, decimals: i32) -> String {
    if !number.is_finite() {
        return "–".into();
    }
    let text = format!("{number:.*}", decimals.clamp(0, 12) as usize);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) if digits.bytes().any(|b| (b'1'..=b'9').contains(&b)) => ("−", digits),
        Some(digits) => ("", digits),
        None => ("", text.as_str()),
    };
    match digits.split_once('.') {
        Some((whole, rest)) => format!("{sign}{}.{rest}", group(whole)),
        None => format!("{sign}{}", group(digits)),
    }
}

fn group(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// The power of ten of the first digit once rounded to `digits` digits: 0 for 9.94, 1 for 9.96 at two.
/// Read off the decimal text, which is correctly rounded on every machine, unlike a logarithm.
fn magnitude(number: f64, digits: usize) -> i32 {
    let text = format!("{number:.*e}", digits - 1);
    text.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0)
}

/// The unit a length of time is told in; the same steps as [`duration`].
fn unit_of(seconds: f64) -> (f64, &'static str) {
    match seconds.abs() {
        0.0 => (1.0, " s"),
        s if s < 1.0 => (1e-3, " ms"),
        s if s < 120.0 => (1.0, " s"),
        s if s < 7200.0 => (60.0, " min"),
        s if s < 172_800.0 => (3600.0, " h"),
        s if s < 63_072_000.0 => (86_400.0, " d"),
        _ => (31_536_000.0, " y"),
    }
}

/// How often a cause struck in a year; overload with everything in service strikes all the time.
pub fn times(cause: &Cause) -> String {
    match cause.cause == OVERLOAD && cause.seen == 0 {
        true => "–".into(),
        false => significant(cause.per_year.mean, 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn est(mean: f64, low: f64, high: f64) -> Estimate {
        Estimate { mean, low, high, low_confidence: false }
    }

    #[test]
    fn whole_numbers_are_grouped() {
        let told = [0, 7, 999, 1000, 1490, 12_345, 1_234_567].map(grouped);
        assert_eq!(told, ["0", "7", "999", "1 000", "1 490", "12 345", "1 234 567"]);
    }

    #[test]
    fn significant_digits() {
        let table: [(f64, usize, &str); 12] = [
            (0.95, 2, "0.95"),
            (0.0104, 2, "0.010"),
            (2.34, 2, "2.3"),
            (9.96, 2, "10"),
            (13.6, 2, "14"),
            (1490.4, 2, "1 490"),
            (0.0, 2, "0"),
            (-3.04, 2, "−3.0"),
            (0.000_012, 2, "1.2e-5"),
            (99.96, 3, "100"),
            (f64::NAN, 2, "–"),
            (f64::INFINITY, 2, "–"),
        ];
        for (number, digits, text) in table {
            assert_eq!(significant(number, digits), text, "{number} at {digits}");
        }
    }

    #[test]
    fn a_bound_is_never_told_smaller_than_it_is() {
        let table = [
            (0.001, "0.001"),
            (0.000_998_6, "0.001"),
            (0.001_21, "0.0013"),
            (0.019_94, "0.02"),
            (12.4, "13"),
            (1e-12, "1e-12"),
            (0.0, "0"),
            (f64::INFINITY, "–"),
        ];
        for (bound, told) in table {
            assert_eq!(at_most(bound), told, "{bound}");
            assert!(!bound.is_finite() || parsed(told) >= bound, "{bound}");
        }
    }

    #[test]
    fn shares_as_percentages() {
        let table = [
            (0.581, "58.1 %"),
            (0.0489, "4.9 %"),
            (0.004_92, "0.49 %"),
            (0.0, "0 %"),
            (1.0, "100.0 %"),
        ];
        for (value, text) in table {
            assert_eq!(percent(value), text);
        }
        assert_eq!([0.95, 0.999, 0.9].map(level), ["95 %", "99.9 %", "90 %"]);
    }

    #[test]
    fn bytes_are_told_in_the_unit_that_fits() {
        let table = [(0.0, "0 B"), (1536.0, "1.5 KiB"), (22.0 * 1_048_576.0, "22 MiB")];
        for (amount, told) in table {
            assert_eq!(bytes(amount), told);
        }
    }

    #[test]
    fn chances_are_told_as_people_write_them() {
        let table = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (0.9999, "more than 0.99"),
            (0.012, "0.012"),
            (3.2e-9, "3.2e-9"),
            (f64::NAN, "–"),
        ];
        for (value, told) in table {
            assert_eq!(chance(value), told);
        }
    }

    #[test]
    fn plurals_and_years() {
        let told = ["zone outage", "container crash", "delay", "dependency"].map(plural);
        assert_eq!(told, ["zone outages", "container crashes", "delays", "dependencies"]);
        assert_eq!([counted(1, "app"), counted(1200, "app")], ["1 app", "1 200 apps"]);
        let told = [0.25, 1.0, 2.0, 2.5, 2999.6].map(|y| years(y, "year"));
        assert_eq!(told, ["0.25 years", "1 year", "2 years", "2.5 years", "3 000 years"]);
    }

    #[test]
    fn minutes_from_seconds() {
        let told = [0.0, 25.2, 60.0, 3516.0, 6060.0, 89_400.0].map(minutes);
        assert_eq!(told, ["0", "0.42", "1.0", "58.6", "101", "1 490"]);
    }

    #[test]
    fn an_availability_has_the_digits_its_interval_supports() {
        let table = [
            ((1.92e-4, 1.81e-4, 2.03e-4), ("99.9808", "99.9797", "99.9819")),
            ((3.1e-4, 2.97e-4, 3.23e-4), ("99.9690", "99.9677", "99.9703")),
            // Three significant digits of the unavailability at most, however narrow the interval.
            ((0.010_012_3, 0.010_012_2, 0.010_012_4), ("99.00", "99.00", "99.00")),
            // A wide interval costs digits, but 99.9 % never becomes 100 %.
            ((0.001, 0.0, 0.02), ("99.9", "98.0", "100.0")),
            ((2e-9, 1e-9, 3e-9), ("99.99999980", "99.99999970", "99.99999990")),
            ((1e-16, 0.0, 1e-15), ("99.999999999999", "99.999999999999", "100.000000000000")),
            ((1.0, 1.0, 1.0), ("0", "0", "0")),
            ((0.0, 0.0, 1e-5), ("≥ 99.9990", "99.9990", "100.0000")),
        ];
        for ((mean, low, high), (value, from, to)) in table {
            let shown = availability(&est(mean, low, high));
            assert_eq!((&*shown.value, &*shown.low, &*shown.high), (value, from, to));
        }
    }

    #[test]
    fn estimates_carry_their_interval_in_one_unit() {
        let table = [
            (share(&est(0.904, 0.90, 0.908)), "90.4 % | 90.0 … 90.8"),
            (share(&est(0.998, 0.9949, 0.9995)), "99.80 % | 99.49 … 99.95"),
            (share(&est(1.0, 0.997, 1.0)), "100.00 % | 99.70 … 100.00"),
            (seconds(&est(192.0, 186.0, 198.0)), "3.20 min | 3.10 … 3.30"),
            (seconds(&est(58.2, 53.0, 64.0)), "58 s | 53 … 64"),
            (seconds(&est(0.0, 0.0, 0.0)), "0 s | 0 … 0"),
            (plain(&est(3.91, 3.79, 4.03), " a year"), "3.91 a year | 3.79 … 4.03"),
            (plain(&est(14_200.0, 13_000.0, 15_400.0), ""), "14 200 | 13 000 … 15 400"),
            (plain(&est(2.0, 2.0, 2.0), ""), "2 | 2 … 2"),
            (plain(&est(2.0e-6, 1.0e-6, 3.0e-6), ""), "2.0e-6 | 1.0e-6 … 3.0e-6"),
            (seconds(&est(300.0, 240.0, f64::INFINITY)), "5 min | at least 4"),
            (availability(&est(f64::NAN, f64::NAN, f64::NAN)), "– | –"),
            (share(&est(f64::NAN, f64::NAN, f64::NAN)), "– | –"),
        ];
        for (shown, text) in table {
            assert_eq!(format!("{} | {}", shown.point(), shown.interval()), text);
        }
    }

    #[test]
    fn what_rests_on_too_little_is_marked() {
        let rough = Estimate { low_confidence: true, ..est(58.2, 20.0, 110.0) };
        assert_eq!(seconds(&rough).point(), "~58 s");
        assert_eq!(rough_duration(&rough), "~58 s");
    }

    #[test]
    fn units_change_where_plain_durations_change_them() {
        for at in [1.0, 120.0, 7200.0, 172_800.0, 63_072_000.0] {
            for s in [at * 0.999_999, at] {
                let (size, unit) = unit_of(s);
                assert!(duration(s).ends_with(unit), "{s} s: {} and{unit}", duration(s));
                assert!(s / size >= 0.99);
            }
        }
    }
}
