//! What a scenario amounts to in a year, before anything is simulated (F11).

use crate::scenario::assemble::dependency_cause;
use crate::scenario::spec::{Pick, Scenario};
use crate::time::Span;

/// The effective yearly count of one failure over all its targets.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    pub name: String,
    /// Onsets a year, by the means of its laws: 1 year ÷ (mean up time + mean duration), summed.
    pub per_year: f64,
    pub targets: usize,
}

/// All failures, most frequent first.
pub fn expected(scenario: &Scenario) -> Vec<Expected> {
    let year = Span::YEAR.as_secs();
    let mut rows = Vec::new();
    for failure in &scenario.failures {
        let clocks = if failure.pick == Pick::Each { failure.targets.len() } else { 1 };
        let lasts = failure.lasts.as_ref().map_or(0.0, |law| law.mean());
        // Those that go in company of another count too.
        let together = failure.company.map_or(1.0, |it| 1.0 + it.chance * (it.size - 1.0));
        rows.push(Expected {
            name: failure.name.clone(),
            per_year: together * clocks as f64 * year / (failure.mtbf.mean() + lasts),
            targets: failure.targets.len(),
        });
    }
    for dependency in &scenario.dependencies {
        if let Some((up, down)) = &dependency.clock {
            rows.push(Expected {
                name: dependency_cause(&dependency.name),
                per_year: year / (up.mean() + down.mean()),
                targets: 1,
            });
        }
    }
    for incident in &scenario.incidents {
        let per_year = 1.0 / scenario.study.horizon.as_years();
        match rows.iter_mut().find(|row| row.name == incident.name) {
            Some(row) => row.per_year += per_year,
            None => rows.push(Expected {
                name: incident.name.clone(),
                per_year,
                targets: incident.targets.len(),
            }),
        }
    }
    rows.sort_by(|a, b| b.per_year.total_cmp(&a.per_year).then(a.name.cmp(&b.name)));
    rows
}
