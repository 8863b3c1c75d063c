//! Axes: nines for availability, powers of ten for lengths of time.

use crate::report::number;

const YEAR_S: f64 = 31_536_000.0;

/// From an unavailability to a place: every nine takes the same room.
#[derive(Clone, Copy, Debug)]
pub struct Nines {
    /// −log10 of the unavailability at the left and at the right.
    from: f64,
    to: f64,
    left: f64,
    width: f64,
}

impl Nines {
    /// An axis on which all of these can be seen.
    pub fn over(shown: impl Iterator<Item = f64>, left: f64, width: f64) -> Nines {
        let (mut from, mut to) = (f64::INFINITY, f64::NEG_INFINITY);
        for u in shown.filter(|u| *u > 0.0 && u.is_finite()) {
            from = from.min(nines(u));
            to = to.max(nines(u));
        }
        if from > to {
            (from, to) = (2.0, 5.0);
        }
        let (mut from, mut to) = ((from - 0.08).floor().max(0.0), (to + 0.08).ceil());
        while to - from < 2.0 {
            to += 1.0;
            if to - from < 2.0 && from >= 1.0 {
                from -= 1.0;
            }
        }
        Nines { from, to, left, width }
    }

    pub fn at(&self, unavailability: f64) -> f64 {
        let place = (nines(unavailability) - self.from) / (self.to - self.from);
        self.left + place.clamp(0.0, 1.0) * self.width
    }

    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// Whole nines: place, availability, and what that is in a year.
    pub fn ticks(&self) -> Vec<(f64, String, String)> {
        let whole = (self.from as i32)..=(self.to as i32);
        let step = (whole.clone().count() / 9 + 1) as i32;
        let tick = |nines: i32| {
            let u = libm::pow(10.0, -f64::from(nines));
            let availability = match nines {
                0 => "0 %".into(),
                1 => "90 %".into(),
                2 => "99 %".into(),
                n => format!("99.{} %", "9".repeat(n as usize - 2)),
            };
            (self.at(u), availability, format!("{}/y", number::duration(u * YEAR_S)))
        };
        whole.filter(|n| n % step == 0).map(tick).collect()
    }
}

fn nines(unavailability: f64) -> f64 {
    if unavailability <= 0.0 { f64::INFINITY } else { -libm::log10(unavailability.min(1.0)) }
}

/// Lengths of time on a logarithmic axis, with a place of its own for none at all.
#[derive(Clone, Copy, Debug)]
pub struct Lengths {
    from: f64,
    to: f64,
    left: f64,
    width: f64,
    none: f64,
}

/// The steps a reader thinks in.
const STEPS: [f64; 14] = [
    1e-3,
    0.1,
    1.0,
    10.0,
    60.0,
    600.0,
    3600.0,
    21_600.0,
    86_400.0,
    604_800.0,
    2_592_000.0,
    YEAR_S,
    10.0 * YEAR_S,
    100.0 * YEAR_S,
];

impl Lengths {
    /// `left..left + 26` is the place of zero where something is zero.
    pub fn over(shown: impl Iterator<Item = f64>, left: f64, width: f64) -> Lengths {
        let (mut least, mut most, mut zero) = (f64::INFINITY, 0.0_f64, false);
        for s in shown {
            if s > 0.0 && s.is_finite() {
                least = least.min(s);
                most = most.max(s);
            } else {
                zero = true;
            }
        }
        if least > most {
            (least, most) = (1.0, 3600.0);
        }
        let none = left;
        let (left, width) = if zero { (left + 40.0, width - 40.0) } else { (left, width) };
        let from = STEPS.into_iter().rev().find(|s| *s <= least).unwrap_or(STEPS[0]);
        let to = STEPS.into_iter().find(|s| *s >= most && *s > from).unwrap_or(most);
        let from = from.max(to / 1e6);
        Lengths { from: libm::log10(from), to: libm::log10(to), left, width, none }
    }

    pub fn at(&self, seconds: f64) -> f64 {
        if seconds <= 0.0 {
            return self.none;
        }
        let place = (libm::log10(seconds) - self.from) / (self.to - self.from);
        self.left + place.clamp(0.0, 1.0) * self.width
    }

    pub fn ticks(&self) -> Vec<(f64, String)> {
        let inside = |s: &f64| {
            let at = libm::log10(*s);
            at >= self.from - 1e-9 && at <= self.to + 1e-9
        };
        let ticks = STEPS.into_iter().filter(inside);
        let mut ticks: Vec<_> = ticks.map(|s| (self.at(s), number::duration(s))).collect();
        if self.none < self.left {
            ticks.insert(0, (self.none, "none".into()));
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_nine_takes_the_same_room() {
        let axis = Nines::over([0.01, 1e-5].into_iter(), 0.0, 300.0);
        let ticks = axis.ticks();
        let labels: Vec<_> = ticks.iter().map(|(_, label, _)| label.as_str()).collect();
        assert_eq!(labels, ["90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %"]);
        assert!((ticks[1].0 - ticks[0].0 - (ticks[3].0 - ticks[2].0)).abs() < 1e-9);
        assert_eq!(ticks[2].2, "8.8 h/y");
        assert_eq!(axis.at(0.0), 300.0);
    }

    #[test]
    fn none_has_a_place_of_its_own() {
        let axis = Lengths::over([0.0, 30.0, 7200.0].into_iter(), 10.0, 300.0);
        assert_eq!(axis.at(0.0), 10.0);
        assert!(axis.at(30.0) > 50.0 && axis.at(7200.0) < 310.0);
        assert_eq!(axis.ticks()[0].1, "none");
    }
}
