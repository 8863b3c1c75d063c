//! Load that changes with time, as a clock of its own.
//!
//! A load is a mean rate and a clock that runs faster where there is more of it: in an hour at twice the
//! mean the clock advances by two hours. Whatever is computed for a constant load (requests = rate ×
//! time) then holds for any load, with *load time* in the place of time. Readings are whole
//! nanoseconds, so that the load time of an interval is exactly the sum of that of its parts.

use crate::time::{Instant, Span};
use std::sync::Arc;

/// Requests per time of one app or service.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// Requests per second at level 1.
    pub rate: f64,
    /// Absent where the load is constant. Shared by all whose load has the same course.
    pub clock: Option<Arc<LoadClock>>,
}

impl Load {
    /// The same at all times.
    pub fn constant(rate: f64) -> Load {
        Load { rate, clock: None }
    }

    /// Requests per second at an instant.
    #[inline]
    pub fn at(&self, at: Instant) -> f64 {
        match &self.clock {
            None => self.rate,
            Some(clock) => self.rate * clock.levels[clock.step(at)],
        }
    }

    /// The load time of an interval: requests = rate × load time.
    #[inline]
    pub fn between(&self, from: Instant, to: Instant) -> Span {
        match &self.clock {
            None => to - from,
            Some(clock) => Span(clock.reading(to) - clock.reading(from)),
        }
    }

    /// Which step an instant lies in, and when that began; a constant load is one step.
    #[inline]
    pub(super) fn step(&self, at: Instant) -> (usize, Instant) {
        match &self.clock {
            None => (0, Instant::START),
            Some(clock) => {
                let step = clock.step(at);
                (step, Instant(clock.starts[step]))
            }
        }
    }

    /// How long the step lasts that an instant lies in; the last one is without end.
    pub fn step_length(&self, at: Instant) -> Span {
        let Some(clock) = &self.clock else { return Span::NEVER };
        let step = clock.step(at);
        let next = clock.starts.get(step + 1);
        next.map_or(Span::NEVER, |next| Span(next - clock.starts[step]))
    }

    /// The steps that an interval touches, cut to it: their ends, and requests per second.
    pub fn steps(
        &self,
        from: Instant,
        to: Instant,
    ) -> impl Iterator<Item = (Instant, Instant, f64)> + '_ {
        let (first, count) = match &self.clock {
            None => (0, 1),
            Some(clock) => (clock.step(from), clock.starts.len()),
        };
        (first..count).map_while(move |step| {
            let (begin, end, level) = match &self.clock {
                None => (from, to, 1.0),
                Some(clock) => {
                    let begin = Instant(clock.starts[step]).max(from);
                    let end = clock.starts.get(step + 1).map_or(to, |&next| Instant(next).min(to));
                    (begin, end, clock.levels[step])
                }
            };
            (begin < to).then_some((begin, end, self.rate * level))
        })
    }

    /// The highest rate of all times, per second.
    pub fn highest(&self) -> f64 {
        self.rate * self.clock.as_ref().map_or(1.0, |clock| clock.highest)
    }

    /// The highest rate within an interval, per second.
    pub fn peak(&self, from: Instant, to: Instant) -> f64 {
        self.steps(from, to).map(|(.., rate)| rate).fold(0.0, f64::max)
    }
}

/// Steps of a load relative to its mean, and how far the clock has run at each.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadClock {
    /// Nanoseconds since the start at which each step begins; the first is 0.
    starts: Vec<u64>,
    /// Relative to the mean rate.
    levels: Vec<f64>,
    /// The reading at the start of each step.
    readings: Vec<u64>,
    /// The highest level.
    highest: f64,
    /// By time in units of 2^`shift` ns: the step that such a stretch begins in.
    index: Vec<u32>,
    shift: u32,
}

impl LoadClock {
    /// The clock of steps that each hold until the next, the last for ever. `end` is the last instant
    /// that is looked up often.
    ///
    /// # Panics
    /// If there is no step, the first does not begin at the start, or they are out of order.
    pub fn new(steps: &[(Instant, f64)], end: Instant) -> LoadClock {
        assert!(steps.first().is_some_and(|it| it.0 == Instant::START), "a clock begins at 0");
        assert!(steps.windows(2).all(|two| two[0].0 < two[1].0), "steps are in order of time");
        let starts: Vec<u64> = steps.iter().map(|it| it.0.0).collect();
        let levels: Vec<f64> = steps.iter().map(|it| it.1).collect();
        let mut readings = Vec::with_capacity(steps.len());
        let mut reading = 0_u64;
        for (step, &start) in starts.iter().enumerate() {
            readings.push(reading);
            if let Some(next) = starts.get(step + 1) {
                reading += advance(levels[step], next - start);
            }
        }
        // About as many stretches as steps: the step of an instant is then found in one or two looks.
        let mut shift = 0;
        while end.0 >> shift > 2 * steps.len() as u64 {
            shift += 1;
        }
        let mut index = Vec::new();
        let mut step = 0;
        for stretch in 0..=end.0 >> shift {
            while starts.get(step + 1).is_some_and(|&next| next <= stretch << shift) {
                step += 1;
            }
            index.push(step as u32);
        }
        let highest = levels.iter().copied().fold(0.0, f64::max);
        LoadClock { starts, levels, readings, highest, index, shift }
    }

    /// How many steps it has.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Never: a clock has at least one step.
    pub fn is_empty(&self) -> bool {
        false
    }

    #[inline]
    fn step(&self, at: Instant) -> usize {
        let stretch = ((at.0 >> self.shift) as usize).min(self.index.len() - 1);
        let mut step = self.index[stretch] as usize;
        while self.starts.get(step + 1).is_some_and(|&next| next <= at.0) {
            step += 1;
        }
        step
    }

    /// Load time since the start, in nanoseconds.
    #[inline]
    fn reading(&self, at: Instant) -> u64 {
        let step = self.step(at);
        self.readings[step] + advance(self.levels[step], at.0 - self.starts[step])
    }
}

/// How far a clock advances at a level, to the nearest nanosecond.
#[inline]
pub(super) fn advance(level: f64, nanos: u64) -> u64 {
    (level * nanos as f64 + 0.5) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;

    fn load(steps: &[(u64, f64)], hours: u64) -> Load {
        let steps: Vec<_> = steps.iter().map(|&(at, level)| (Instant(at * HOUR), level)).collect();
        let clock = LoadClock::new(&steps, Instant(hours * HOUR));
        Load { rate: 10.0, clock: Some(Arc::new(clock)) }
    }

    #[test]
    fn load_time_is_the_integral_of_the_level() {
        let load = load(&[(0, 0.5), (8, 2.0), (18, 0.25)], 24);
        let time = |from, to| load.between(Instant(from), Instant(to)).0;
        assert_eq!(time(0, 8 * HOUR), 4 * HOUR);
        assert_eq!(time(7 * HOUR, 9 * HOUR), HOUR / 2 + 2 * HOUR);
        assert_eq!(time(0, 24 * HOUR), 4 * HOUR + 20 * HOUR + 6 * HOUR / 4);
        assert_eq!(time(20 * HOUR, 40 * HOUR), 5 * HOUR, "the last step holds for ever");
        assert_eq!((load.at(Instant(8 * HOUR)), load.at(Instant(8 * HOUR - 1))), (20.0, 5.0));
        assert_eq!(load.peak(Instant(0), Instant(8 * HOUR)), 5.0);
        assert_eq!(load.peak(Instant(0), Instant(8 * HOUR + 1)), 20.0);
    }

    #[test]
    fn an_interval_has_exactly_the_load_time_of_its_parts() {
        let load = load(&[(0, 0.3), (1, 1.7), (2, 0.0), (5, 3.1)], 7);
        let (mut cut, mut sum) = (0, 0);
        let mut state = 1_u64;
        while cut < 7 * HOUR {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let next = (cut + 1 + (state >> 24)).min(7 * HOUR);
            sum += load.between(Instant(cut), Instant(next)).0;
            cut = next;
        }
        assert_eq!(sum, load.between(Instant(0), Instant(7 * HOUR)).0);
    }

    #[test]
    fn steps_are_found_wherever_they_lie() {
        // Two steps close together among long ones: more than one to a stretch of the index.
        let mut steps: Vec<_> = (0..50).map(|it| (Instant(it * HOUR), it as f64)).collect();
        steps.insert(20, (Instant(19 * HOUR + 5), 100.0));
        steps.insert(21, (Instant(19 * HOUR + 9), 101.0));
        let clock = LoadClock::new(&steps, Instant(50 * HOUR));
        let slow = |at: Instant| steps.partition_point(|it| it.0 <= at) - 1;
        for at in (0..50 * HOUR).step_by(60_000_000_001).chain((0..20).map(|it| 19 * HOUR + it)) {
            assert_eq!(clock.step(Instant(at)), slow(Instant(at)));
        }
    }

    #[test]
    fn an_interval_is_walked_in_its_steps() {
        let load = load(&[(0, 0.5), (8, 2.0)], 24);
        let walked: Vec<_> = load.steps(Instant(7 * HOUR), Instant(9 * HOUR)).collect();
        let at = |hour| Instant(hour * HOUR);
        assert_eq!(walked, [(at(7), at(8), 5.0), (at(8), at(9), 20.0)]);
        assert_eq!(load.steps(at(9), at(9)).count(), 0);
        let constant = Load::constant(3.0);
        assert_eq!(constant.steps(at(1), at(2)).collect::<Vec<_>>(), [(at(1), at(2), 3.0)]);
    }
}
