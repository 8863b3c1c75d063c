//! One app without the others.
//!
//! Luck hangs on names, so an app fares the same to the bit whether others are simulated beside it or not,
//! as long as they share nothing that one can take from the other: hosts with memory, people who repair, and
//! starts that may be in progress at once.

use crate::scenario::spec::{Pick, Scenario, Target, Targets};

/// The scenario of an app and of all that it needs, or nothing where other apps may make a difference.
/// It expects nothing, and has no services.
pub fn alone(scenario: &Scenario, app: &str) -> Option<Scenario> {
    if !is_independent(scenario, app) {
        return None;
    }
    // What is not needed is not copied first: a fleet may be large.
    let kept = scenario.apps.iter().find(|it| it.name == app)?;
    let mut own = Scenario {
        name: scenario.name.clone(),
        platform: scenario.platform.clone(),
        study: scenario.study.clone(),
        jurisdictions: scenario.jurisdictions.clone(),
        regions: scenario.regions.clone(),
        apps: vec![kept.clone()],
        hosts: Vec::new(),
        dependencies: scenario.dependencies.clone(),
        services: Vec::new(),
        crews: Vec::new(),
        operator: scenario.operator.clone(),
        changes: scenario.changes.iter().filter(|it| it.app == app).cloned().collect(),
        evacuation: scenario.evacuation.clone(),
        managers: scenario.managers.clone(),
        fronts: scenario.fronts.clone(),
        failures: scenario.failures.clone(),
        incidents: scenario.incidents.clone(),
        expectations: Vec::new(),
        settings: Vec::new(),
        notes: Vec::new(),
    };
    let is_near = |target: &Target| owner(target).is_none_or(|it| it == app);
    for failure in &mut own.failures {
        match &mut failure.targets {
            Targets::Named(targets) => targets.retain(is_near),
            Targets::EveryContainer(count) => *count = kept.slots as usize,
        }
    }
    own.failures.retain(|it| !it.targets.is_empty());
    // One that strikes nothing stays: the luck of incidents hangs on their places.
    own.incidents.iter_mut().for_each(|it| it.targets.retain(is_near));
    own.dependencies.iter_mut().for_each(|it| it.used_by.retain(|user| user == app));
    Some(own)
}

fn is_independent(scenario: &Scenario, app: &str) -> bool {
    let containers: u64 = scenario.apps.iter().map(|it| u64::from(it.slots)).sum();
    let starts_wait = |limit: &Option<u32>| limit.is_some_and(|it| u64::from(it) < containers);
    let is_foreign = |target: &Target| owner(target).is_some_and(|it| it != app);
    let any_foreign = |targets: &[Target]| targets.iter().any(is_foreign);
    // One of several, or several at once: which one it is hangs on all of them.
    let chosen = scenario.failures.iter().filter(|it| it.pick != Pick::Each);
    scenario.hosts.is_empty()
        && scenario.crews.is_empty()
        && !scenario.managers.iter().any(|it| starts_wait(&it.parallel_starts))
        && !chosen.into_iter().any(|it| any_foreign(it.targets.named()))
        && scenario.incidents.iter().all(|it| it.fraction.is_none() || !any_foreign(&it.targets))
}

/// The app that a target belongs to, if it belongs to one.
fn owner(target: &Target) -> Option<&str> {
    match target {
        Target::Container(name) | Target::DatabaseNode(name) | Target::Replica(name) => {
            Some(name.rsplit_once('/').map_or(name.as_str(), |it| it.0))
        }
        Target::Database(app) | Target::Bucket(app) => Some(app),
        _ => None,
    }
}
