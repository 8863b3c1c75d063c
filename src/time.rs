//! Simulated time: integer nanoseconds since the start of the study.
//!
//! Integers make `up + down == horizon` an exact equality, whatever the number of intervals. Floats
//! (samples of a distribution, in seconds) become time in one place only, [`Span::from_secs`], by
//! rounding to the nearest nanosecond; everything past the end of the clock (584 years) saturates at
//! [`Span::NEVER`] and never wraps.

use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};

/// Nanoseconds in a second.
pub const NANOS_PER_SEC: u64 = 1_000_000_000;
/// Nanoseconds in a minute.
pub const MINUTE: u64 = 60 * NANOS_PER_SEC;
/// Nanoseconds in an hour.
pub const HOUR: u64 = 60 * MINUTE;
/// Nanoseconds in a day of 24 hours.
pub const DAY: u64 = 24 * HOUR;
/// Nanoseconds in a year of 365 days, which is what "a year" means everywhere in this tool.
pub const YEAR: u64 = 365 * DAY;

/// A point in simulated time, in nanoseconds since the start of the study (the warm-up included).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub u64);

/// A length of simulated time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub u64);

impl Instant {
    /// The start of the study.
    pub const START: Instant = Instant(0);
    /// Later than every event: the instant of something that never happens.
    pub const NEVER: Instant = Instant(u64::MAX);

    /// The time from `earlier` to `self`; zero if `earlier` is the later one.
    #[inline(always)]
    pub fn since(self, earlier: Instant) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// Seconds since the start, for printing.
    pub fn as_secs(self) -> f64 {
        self.0 as f64 / NANOS_PER_SEC as f64
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);
    /// Longer than the clock: a thing that never happens.
    pub const NEVER: Span = Span(u64::MAX);
    /// A year of 365 days.
    pub const YEAR: Span = Span(YEAR);

    /// Seconds to nanoseconds, rounded to the nearest one. Negative values and NaN are a bug of the
    /// caller and become zero; values past the end of the clock become [`Span::NEVER`].
    #[inline(always)]
    pub fn from_secs(seconds: f64) -> Span {
        debug_assert!(seconds >= 0.0, "a length of time cannot be {seconds} s");
        // `as` saturates at both ends and maps NaN to zero. Adding a half and truncating rounds half
        // up; below 2^52 ns it is exact, above that every f64 is a whole number already.
        let nanos = seconds * NANOS_PER_SEC as f64;
        // Selected, not branched on: no predictor knows which random times are longer than 52 days.
        let half = if nanos < 4_503_599_627_370_496.0 { 0.5 } else { 0.0 };
        Span((nanos + half) as u64)
    }

    /// Whole seconds.
    pub const fn secs(seconds: u64) -> Span {
        Span(seconds * NANOS_PER_SEC)
    }

    /// The length in seconds.
    #[inline(always)]
    pub fn as_secs(self) -> f64 {
        self.0 as f64 / NANOS_PER_SEC as f64
    }

    /// The length in years of 365 days.
    pub fn as_years(self) -> f64 {
        self.0 as f64 / YEAR as f64
    }
}

impl Add<Span> for Instant {
    type Output = Instant;
    /// Saturates at [`Instant::NEVER`].
    #[inline(always)]
    fn add(self, span: Span) -> Instant {
        Instant(self.0.saturating_add(span.0))
    }
}

impl Sub<Instant> for Instant {
    type Output = Span;
    #[inline(always)]
    fn sub(self, earlier: Instant) -> Span {
        debug_assert!(self >= earlier, "time runs forward: {self:?} is before {earlier:?}");
        Span(self.0.wrapping_sub(earlier.0))
    }
}

impl Add for Span {
    type Output = Span;
    /// Saturates at [`Span::NEVER`].
    #[inline(always)]
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl Sub for Span {
    type Output = Span;
    #[inline(always)]
    fn sub(self, other: Span) -> Span {
        debug_assert!(self >= other, "a length of time cannot be negative");
        Span(self.0.wrapping_sub(other.0))
    }
}

impl AddAssign for Span {
    #[inline(always)]
    fn add_assign(&mut self, other: Span) {
        *self = *self + other;
    }
}

impl SubAssign for Span {
    #[inline(always)]
    fn sub_assign(&mut self, other: Span) {
        *self = *self - other;
    }
}

impl fmt::Display for Span {
    /// For people: three significant digits in the unit that suits the length (`48 s`, `2.4 min`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&human_seconds(self.as_secs()))
    }
}

/// A length of time for people, from seconds: two or three significant digits, in ms, s, min, h, d or y.
pub fn human_seconds(seconds: f64) -> String {
    let magnitude = seconds.abs();
    let (value, unit) = if magnitude == 0.0 {
        return "0 s".into();
    } else if magnitude < 1.0 {
        (seconds * 1e3, "ms")
    } else if magnitude < 120.0 {
        (seconds, "s")
    } else if magnitude < 7200.0 {
        (seconds / 60.0, "min")
    } else if magnitude < 172_800.0 {
        (seconds / 3600.0, "h")
    } else if magnitude < 63_072_000.0 {
        (seconds / 86_400.0, "d")
    } else {
        (seconds / 31_536_000.0, "y")
    };
    let digits = if value.abs() >= 9.95 { 0 } else { 1 };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_nanoseconds_by_rounding_in_one_place() {
        assert_eq!(Span::from_secs(0.0), Span::ZERO);
        assert_eq!(Span::from_secs(1e-9), Span(1));
        assert_eq!(Span::from_secs(1.4e-9), Span(1));
        assert_eq!(Span::from_secs(1.6e-9), Span(2));
        assert_eq!(Span::from_secs(31_536_000.0), Span::YEAR);
        assert_eq!(Span::from_secs(4_503_600.0), Span::secs(4_503_600));
    }

    #[test]
    fn what_lies_past_the_end_of_the_clock_never_happens() {
        for years in [585.0, 1e6, 1e11, f64::MAX, f64::INFINITY] {
            assert_eq!(Span::from_secs(years * 31_536_000.0), Span::NEVER);
        }
        assert_eq!(Instant(5) + Span::NEVER, Instant::NEVER);
        assert_eq!(Span::NEVER + Span(1), Span::NEVER);
    }

    #[test]
    fn lengths_are_told_in_the_unit_that_suits() {
        let told: Vec<_> =
            [0.0, 0.05, 1.5, 48.2, 144.0, 7300.0, 200_000.0, 1e8].map(human_seconds).into();
        assert_eq!(told, ["0 s", "50 ms", "1.5 s", "48 s", "2.4 min", "2.0 h", "2.3 d", "3.2 y"]);
    }
}
