//! The rules of apps on where their data may be, zone by zone.

use crate::id::Id;
use crate::model::residency::{Class, Rule, Standing};
use crate::model::topology::{Topology, Zone};
use crate::scenario::spec::{Residency, Scenario, Site};
use std::sync::Arc;

/// The rule of each app, over the zones of the topology; empty where no app has one.
pub(crate) fn of_apps(scenario: &Scenario, topology: &Topology) -> Vec<Option<Arc<Rule>>> {
    if scenario.apps.iter().all(|app| app.residency.is_none()) {
        return Vec::new();
    }
    // Neighbours are mostly alike.
    let mut before: Option<(&Residency, Arc<Rule>)> = None;
    let apps = scenario.apps.iter().map(|app| {
        let residency = app.residency.as_ref()?;
        if let Some((_, rule)) = before.as_ref().filter(|(it, _)| *it == residency) {
            return Some(rule.clone());
        }
        let rule = Arc::new(resolved(residency, topology));
        before = Some((residency, rule.clone()));
        Some(rule)
    });
    apps.collect()
}

fn resolved(residency: &Residency, topology: &Topology) -> Rule {
    let zones = Class::ALL.map(|class| {
        let zone = |zone: &Zone| {
            let region = &topology.regions[zone.region];
            let site = Site { region: region.name.clone(), country: region.country.clone() };
            standing(residency, class, &site, Some(&zone.name))
        };
        topology.zones.iter().map(zone).collect()
    });
    Rule {
        control: residency.control,
        processing: residency.processing,
        zones,
        bases: residency.except.iter().map(|it| it.basis.clone()).collect(),
    }
}

/// How data of a class stands in a region, or in one of its zones.
pub(crate) fn standing(
    residency: &Residency,
    class: Class,
    site: &Site,
    zone: Option<&str>,
) -> Standing {
    if residency.area(class).is_none_or(|area| area.holds(site, zone)) {
        return Standing::Inside;
    }
    let exceptions = residency.except.iter();
    let mut fitting = exceptions.enumerate().filter(|(_, it)| it.class == class);
    match fitting.find(|(_, it)| it.area.holds(site, zone)) {
        Some((index, _)) => Standing::Excepted(index as u16),
        None => Standing::Outside,
    }
}

/// The zones in which containers may stand: a preventive rule leaves out those where they would process
/// data outside.
pub(crate) fn admitted(
    rule: Option<&Rule>,
    zones: impl Iterator<Item = Id<Zone>>,
) -> Arc<[Id<Zone>]> {
    let refused = |zone| {
        rule.is_some_and(|rule| rule.processing && rule.refuses(Class::Database, zone))
    };
    zones.filter(|&zone| !refused(zone)).collect()
}
