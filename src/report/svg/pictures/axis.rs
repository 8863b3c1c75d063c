//! Time from left to right, and what falls on it.

use crate::report::{number, story};
use crate::study::findings::DownSpan;

/// The least that a mark takes, so that an outage of a second is seen in a year.
const LEAST: f64 = 2.5;
/// Below this there is room for half the labels.
const NARROW: f64 = 400.0;

/// Time from left to right.
pub(super) struct Axis {
    pub from: f64,
    pub to: f64,
    pub left: f64,
    pub width: f64,
}

/// Spans that fall on the same place, drawn as one.
pub(super) struct Mark<'a> {
    pub x: f64,
    pub width: f64,
    pub first: &'a DownSpan,
    pub count: usize,
    pub total_s: f64,
}

impl Axis {
    /// Over a picture so wide, beside names that end at `left`.
    pub fn new(from: f64, to: f64, left: f64, width: f64) -> Axis {
        Axis { from, to, left, width: width - left - 4.0 }
    }

    pub fn at(&self, s: f64) -> f64 {
        let place = (s - self.from) / (self.to - self.from).max(1e-9);
        self.left + place.clamp(0.0, 1.0) * self.width
    }

    /// Every span inside is drawn: what is too short for a stroke gets one, and strokes that would lie
    /// on each other are drawn as one that counts them.
    pub fn marks<'a>(&self, spans: &'a [DownSpan]) -> Vec<Mark<'a>> {
        let mut marks: Vec<Mark> = Vec::new();
        for span in spans.iter().filter(|s| s.to_s >= self.from && s.from_s <= self.to) {
            let (a, b) = (self.at(span.from_s), self.at(span.to_s));
            let a = a.min(self.left + self.width - LEAST);
            let b = b.max(a + LEAST);
            let total_s = span.to_s - span.from_s;
            match marks.last_mut() {
                Some(last) if a < last.x + last.width + 0.3 => {
                    last.width = last.width.max(b - last.x);
                    last.count += 1;
                    last.total_s += total_s;
                }
                _ => marks.push(Mark { x: a, width: b - a, first: span, count: 1, total_s }),
            }
        }
        marks
    }

    /// Beginnings of months, or of days where the time is short.
    pub fn calendar(&self, start_unix: i64) -> Vec<(f64, String)> {
        let most = if self.width < NARROW { 5 } else { 13 };
        let ticks = story::calendar(start_unix, self.from, self.to, most);
        let ticks = ticks.into_iter().map(|(s, label)| (self.at(s), label));
        ticks.filter(|(x, _)| *x < self.left + self.width - 14.0).collect()
    }

    /// Round steps from the beginning of the outage.
    pub fn since(&self, zero: f64) -> Vec<(f64, String)> {
        const STEPS: [f64; 17] = [
            1.0,
            5.0,
            10.0,
            30.0,
            60.0,
            120.0,
            300.0,
            600.0,
            1800.0,
            3600.0,
            7200.0,
            14_400.0,
            21_600.0,
            43_200.0,
            86_400.0,
            604_800.0,
            2_592_000.0,
        ];
        let most = if self.width < NARROW { 4.0 } else { 8.0 };
        let step =
            STEPS.into_iter().find(|s| (self.to - self.from) / s <= most).unwrap_or(7_776_000.0);
        let first = ((self.from - zero) / step).ceil() as i64;
        let last = ((self.to - zero) / step).floor() as i64;
        let tick = |n: i64| {
            let s = n as f64 * step;
            let label = match n {
                0 => "0".into(),
                n if n > 0 => format!("+{}", number::duration(s)),
                _ => format!("−{}", number::duration(-s)),
            };
            (self.at(zero + s), label)
        };
        let inside = |(x, _): &(f64, String)| *x < self.left + self.width - 16.0;
        (first..=last.min(first + 12)).map(tick).filter(inside).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from_s: f64, to_s: f64) -> DownSpan {
        let none = String::new();
        DownSpan {
            from_s,
            to_s,
            cause: none.clone(),
            how: none.clone(),
            zone: none.clone(),
            back_in: none,
        }
    }

    #[test]
    fn an_outage_of_a_second_is_seen_in_a_year_of_ten_thousand() {
        let axis = Axis { from: 0.0, to: 31_536_000.0, left: 0.0, width: 700.0 };
        let mut spans: Vec<_> =
            (0..10_000).map(|i| span(f64::from(i) * 300.0, f64::from(i) * 300.0 + 1.0)).collect();
        spans.push(span(30_000_000.0, 30_000_001.0));
        let marks = axis.marks(&spans);
        assert!(marks.len() < 700, "{}", marks.len());
        assert_eq!(marks.iter().map(|m| m.count).sum::<usize>(), spans.len());
        let lone = marks.last().unwrap();
        assert!(lone.count == 1 && lone.width >= LEAST && (lone.x - 665.9).abs() < 1.0);
    }

    #[test]
    fn the_last_instant_is_drawn_inside() {
        let axis = Axis { from: 0.0, to: 100.0, left: 10.0, width: 90.0 };
        let spans = [span(100.0, 100.0)];
        let mark = &axis.marks(&spans)[0];
        assert!(mark.x + mark.width <= 100.0 + 1e-9);
    }
}
