//! What a scenario amounts to in a year, before anything is simulated (F11).

use crate::model::topology::Scaler;
use crate::scenario::assemble::{
    AUTOSCALING, BAD_DEPLOYMENT, EVACUATION, assemble, dependency_cause,
};
use crate::scenario::spec::{Change, Effect, Pick, Scenario, Target, When, Work};
use crate::time::Span;

/// The effective yearly count of one failure over all its targets, or of one change over all apps.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    pub name: String,
    /// Onsets a year, by the means of its laws: 1 year ÷ (mean up time + mean duration), summed. Of an
    /// autoscaler the steps of its load that call for another number of containers.
    pub per_year: f64,
    pub targets: usize,
    /// It is a change that is made on purpose, not a failure.
    pub change: bool,
}

/// All failures and changes, most frequent first.
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
            change: false,
        });
    }
    for dependency in &scenario.dependencies {
        if let Some((up, down)) = &dependency.clock {
            rows.push(Expected {
                name: dependency_cause(&dependency.name),
                per_year: year / (up.mean() + down.mean()),
                targets: 1,
                change: false,
            });
        }
    }
    for change in &scenario.changes {
        let per_year = match &change.when {
            When::Random(up) => year / up.mean(),
            When::Calendar(it) => it.used * it.at.len() as f64 * year / it.period.as_secs(),
            When::Once(_) => 1.0 / scenario.study.horizon.as_years(),
            // Known with the course of its load only, see below.
            When::ByLoad(_) => continue,
        };
        let bad = change.renewing.as_ref().and_then(|it| it.bad.as_ref());
        let bad = bad.map(|(chance, _)| (BAD_DEPLOYMENT, per_year * chance, false));
        let all = [(change.name.as_str(), per_year, true)].into_iter().chain(bad);
        for (name, per_year, change) in all {
            add(&mut rows, name, Some(per_year), change);
        }
    }
    for app in scenario.apps.iter().filter(|it| it.fallback.is_some()) {
        add(&mut rows, HOME_LOST, Some(losses_of(scenario, &app.region)), false);
    }
    for app in &scenario.apps {
        let Some(backups) = &app.backups else { continue };
        let runs: f64 = backups.rules.calendars.iter().map(|it| it.due.per_year()).sum();
        let drills = backups.rules.drill.map(|every| year / every.as_secs());
        let fail = |work: &Work| (0..=work.retries).map(|_| work.fails).product::<f64>();
        let lost = runs * fail(&backups.rules.dump);
        let copies = backups.copy_to.as_ref().map(|_| runs * fail(&backups.rules.copy));
        let all = [
            ("backup", Some(runs), true),
            ("restore-drill", drills, true),
            ("lost-backup", Some(lost), false),
            ("lost-backup-copy", copies, false),
        ];
        for (name, per_year, change) in all {
            add(&mut rows, name, per_year.filter(|it| *it > 0.0), change);
        }
    }
    let by_load = |change: &Change| matches!(change.when, When::ByLoad(_));
    if scenario.changes.iter().any(by_load) {
        let topology = assemble(scenario);
        let years = topology.end.as_secs() / year;
        let orders = |scaler: &Scaler| (scaler.course.len() - 1) as f64 / years;
        rows.push(Expected {
            name: AUTOSCALING.into(),
            per_year: topology.scalers.iter().map(orders).sum(),
            targets: topology.scalers.len(),
            change: true,
        });
    }
    if let Some(evacuation) = &scenario.evacuation {
        let hosts = scenario.hosts.iter().filter(|it| it.memory.is_some()).map(|it| it.count);
        let hosts = hosts.sum::<u32>() as usize;
        rows.push(Expected {
            name: EVACUATION.into(),
            per_year: hosts as f64 * year / evacuation.every.as_secs(),
            targets: hosts,
            change: true,
        });
    }
    for incident in &scenario.incidents {
        let per_year = 1.0 / scenario.study.horizon.as_years();
        match rows.iter_mut().find(|row| row.name == incident.name) {
            Some(row) => row.per_year += per_year,
            None => rows.push(Expected {
                name: incident.name.clone(),
                per_year,
                targets: incident.targets.len(),
                change: false,
            }),
        }
    }
    rows.sort_by(|a, b| b.per_year.total_cmp(&a.per_year).then(a.name.cmp(&b.name)));
    rows
}

/// How often the home region of an app that may go elsewhere is lost or cut off as a whole.
const HOME_LOST: &str = "call-for-fallback";

/// How often faults of a whole region begin that take or cut off all of it, by the means of their laws.
/// All zones at once by faults of their own are too rare to count.
fn losses_of(scenario: &Scenario, region: &str) -> f64 {
    let takes = |effect| matches!(effect, Effect::Outage | Effect::Isolation);
    let year = Span::YEAR.as_secs();
    let whole = scenario.failures.iter().filter(|it| takes(it.effect) && it.fraction.is_none());
    let failures = whole.map(|failure| {
        let mine =
            failure.targets.named().iter().filter(|it| **it == Target::Region(region.to_owned()));
        let lasts = failure.lasts.as_ref().map_or(0.0, |law| law.mean());
        let clocks = match failure.pick {
            Pick::Each => mine.count() as f64,
            Pick::One => mine.count() as f64 / failure.targets.len() as f64,
            Pick::All => f64::from(mine.count() > 0),
        };
        clocks * year / (failure.mtbf.mean() + lasts)
    });
    let incidents = scenario.incidents.iter().filter(|it| {
        let whole = it.fraction.is_none() && takes(it.effect);
        whole && it.targets.contains(&Target::Region(region.to_owned()))
    });
    failures.sum::<f64>() + incidents.count() as f64 / scenario.study.horizon.as_years()
}

/// One app more to which something happens so often.
fn add(rows: &mut Vec<Expected>, name: &str, per_year: Option<f64>, change: bool) {
    let Some(per_year) = per_year else { return };
    match rows.iter_mut().find(|row| row.name == name) {
        Some(row) => {
            row.per_year += per_year;
            row.targets += 1;
        }
        None => rows.push(Expected { name: name.into(), per_year, targets: 1, change }),
    }
}
