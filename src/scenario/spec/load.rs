//! Loads, and what can be served of them.

use crate::time::Span;

/// Requests per time.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// Requests per second on average, at the start of the study where they grow.
    pub mean: f64,
    pub course: Course,
    pub growth: Option<Growth>,
}

/// How a load changes about its mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Course {
    Constant,
    Week(Week),
    Trace(Trace),
}

/// A course through the week of a local clock. Levels are relative to the mean of a usual week.
#[derive(Clone, Debug, PartialEq)]
pub struct Week {
    /// `[profile.NAME]`.
    pub profile: String,
    /// IANA name, e.g. `Europe/Berlin`.
    pub timezone: String,
    /// Minutes since midnight and the level from then on, Monday to Friday …
    pub weekday: Vec<(u32, f64)>,
    /// … and on Saturday and Sunday.
    pub weekend: Vec<(u32, f64)>,
}

/// A recorded course that repeats.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Time since its beginning, and the level from then on, relative to its mean.
    pub steps: Vec<(Span, f64)>,
    /// After which it begins anew.
    pub period: Span,
    /// How far into it the study begins.
    pub offset: Span,
    /// Rows with a gap behind them, and the length of all gaps, through which the last rate holds.
    pub gaps: u32,
    pub gap: Span,
}

/// Compound growth by `share` in every `per`, in a step each day from the start on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    pub share: f64,
    pub per: Span,
}

/// What one container can serve.
#[derive(Clone, Debug, PartialEq)]
pub enum Capacity {
    /// Requests per second; more fails.
    Throughput { per_container: f64 },
    Queue {
        /// Served at once by one container.
        concurrency: u32,
        /// Mean service time, seconds.
        service_s: f64,
        /// Its squared coefficient of variation.
        scv: f64,
        /// Requests that may wait; `None`: any number.
        places: Option<u32>,
        /// One queue for all containers, or one for each.
        shared: bool,
    },
}

impl Load {
    /// The highest rate of its course, before any growth.
    pub fn peak(&self) -> f64 {
        let highest = |levels: &mut dyn Iterator<Item = f64>| levels.fold(0.0, f64::max);
        let level = match &self.course {
            Course::Constant => 1.0,
            Course::Week(week) => {
                highest(&mut week.weekday.iter().chain(&week.weekend).map(|step| step.1))
            }
            Course::Trace(trace) => highest(&mut trace.steps.iter().map(|step| step.1)),
        };
        self.mean * level
    }
}

impl Capacity {
    /// Requests per second that one container can serve.
    pub fn per_container(&self) -> f64 {
        match self {
            Capacity::Throughput { per_container } => *per_container,
            Capacity::Queue { concurrency, service_s, .. } => f64::from(*concurrency) / service_s,
        }
    }
}
