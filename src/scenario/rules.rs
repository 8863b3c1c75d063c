//! The rules of apps on where their data may be, resolved to places.

use crate::id::Id;
use crate::model::residency::{Class, Fixed, Move, Residence, Rule, Standing};
use crate::model::topology::{Topology, Zone};
use crate::scenario::spec::{App, Residency, Scenario, Site};
use std::sync::Arc;

/// The rule of each app; empty where no app has one.
pub(crate) fn of_apps(scenario: &Scenario, topology: &Topology) -> Vec<Option<Residence>> {
    if scenario.apps.iter().all(|app| app.residency.is_none()) {
        return Vec::new();
    }
    // Neighbours are mostly alike.
    let mut before: Option<(&Residency, Arc<Rule>)> = None;
    let apps = scenario.apps.iter().map(|app| {
        let residency = app.residency.as_ref()?;
        let rule = match &before {
            Some((it, rule)) if *it == residency => rule.clone(),
            _ => Arc::new(resolved(residency, topology)),
        };
        before = Some((residency, rule.clone()));
        let there = app.fallback.iter().flat_map(|it| zones_of(scenario, &it.region));
        let all = app.zones.iter().chain(there).cloned();
        let containers: Vec<_> = all.filter(|_| rule.processing).collect();
        let nodes = app.database.as_ref().map_or(&[][..], |it| &it.zones);
        Some(Residence {
            refused: refused(&containers, &rule, topology),
            refused_nodes: refused(nodes, &rule, topology),
            rule,
        })
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
    let sites = Class::ALL.map(|class| {
        let sites = topology.sites.iter();
        let sites = sites.map(|it| Site { region: it.name.clone(), country: it.country.clone() });
        sites.map(|site| standing(residency, class, &site, None)).collect()
    });
    Rule {
        control: residency.control,
        processing: residency.processing,
        zones,
        sites,
        bases: residency.except.iter().map(|it| it.basis.clone()).collect(),
    }
}

/// Those of an app's zones in which the rule refuses its database, or containers that process it.
fn refused(zones: &[String], rule: &Rule, topology: &Topology) -> Vec<Id<Zone>> {
    let all = topology.zones.enumerate().filter(|(_, zone)| zones.contains(&zone.name));
    all.filter(|(id, _)| rule.refuses(Class::Database, *id)).map(|(id, _)| id).collect()
}

/// Every region that a scenario speaks of as a place of data, besides those that are simulated.
pub(crate) fn known_sites(scenario: &Scenario) -> Vec<&Site> {
    let mut sites: Vec<&Site> = Vec::new();
    for app in &scenario.apps {
        sites.extend(app.logs.iter().map(|it| &it.site));
        let files = app.files.iter();
        sites.extend(files.clone().filter_map(|it| Some(&it.copy.as_ref()?.0)));
        sites.extend(files.filter_map(|it| Some(it.relocation.as_ref()?.to.site())));
        sites.extend(app.backups.iter().filter_map(|it| it.copy_to.as_ref()));
        let abroad = app.backups.iter().filter_map(|it| it.abroad.as_ref());
        sites.extend(abroad.filter_map(|it| it.copy_to.as_ref()));
    }
    sites.extend(scenario.dependencies.iter().filter_map(|it| it.site.as_ref()));
    sites.dedup();
    sites
}

/// Data that stands at one place for ever: files, log streams, and what dependencies process.
pub(crate) fn fixed(scenario: &Scenario, topology: &Topology) -> Vec<Fixed> {
    let mut all = Vec::new();
    for (index, app) in scenario.apps.iter().enumerate() {
        let Some(rule) = &app.residency else { continue };
        let home = home(scenario, app);
        let files = app.files.iter().map(|it| ("files", Class::Files, &home, it.size, Move::Kept));
        let copies = app.files.iter().filter_map(|it| Some((it.size, &it.copy.as_ref()?.0)));
        let copies =
            copies.map(|(size, site)| ("copy of files", Class::Files, site, size, Move::Copied));
        let logs =
            app.logs.iter().map(|it| ("logs", Class::Logs, &it.site, it.bytes, Move::Shipped));
        let users = scenario.dependencies.iter().filter(|it| it.used_by.contains(&app.name));
        let processed = users.filter(|_| rule.processing).filter_map(|it| {
            Some((it.name.as_str(), it.data?, it.site.as_ref()?, 0, Move::Processed))
        });
        for (asset, class, site, bytes, by) in files.chain(copies).chain(logs).chain(processed) {
            let mut sites = topology.sites.enumerate();
            let (site, _) = sites.find(|it| it.1.name == site.region).expect("all are known");
            let (app, asset) = (Id::new(index as u32), asset.to_owned());
            let processed = by == Move::Processed;
            all.push(Fixed { app, class, asset, site, bytes, processed, by });
        }
    }
    all
}

/// The zones of a region.
pub(crate) fn zones_of<'s>(scenario: &'s Scenario, region: &str) -> &'s [String] {
    let found = scenario.regions.iter().find(|it| it.name == region);
    &found.expect("checked: a known region").zones
}

/// The region of an app.
pub(crate) fn home(scenario: &Scenario, app: &App) -> Site {
    site(scenario, &app.region)
}

/// A region that is simulated, as a place of data.
pub(crate) fn site(scenario: &Scenario, region: &str) -> Site {
    let found = scenario.regions.iter().find(|it| it.name == region);
    let country = found.expect("checked: a known region").country.clone();
    Site { region: region.to_owned(), country }
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
