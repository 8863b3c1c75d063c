//! The static verdict: every path by which an architecture takes data out of where it may be, found
//! before anything is simulated.
//!
//! `flows` is told what there is: every part of the architecture contributes where its data stands,
//! and where it may go from there once something is lost. [`explore`] follows these flows in every
//! order and keeps, for each place that data can reach, the smallest sets of losses that it takes.
//! What reaches a place that the rule of the app does not allow is a path of the verdict.
//!
//! A part of the architecture that moves data adds its flows in `flows::CONTRIBUTORS` and nowhere else.

mod backups;
mod buckets;
mod containers;
mod explore;
mod flows;
mod inventory;
mod ledger;
mod outside;
mod words;

pub use explore::{Needs, Reached, explore};
pub use flows::{Flow, Holding, Place};
pub use ledger::rows;
pub use outside::{ResidencyFold, Yearly};

use crate::id::Id;
use crate::model::residency::{Control, Residence, Standing};
use crate::model::topology::{Group, Topology, Zone};
use crate::scenario::assemble::assemble;
use crate::scenario::rules::standing;
use crate::scenario::spec::{App, Scenario};
use crate::study::architecture::AtTheStart;
use crate::study::findings::{DataPath, PathVerdict};
use std::collections::BTreeMap;

/// What the flows of one app are told from.
#[derive(Clone, Copy)]
pub struct About<'a> {
    pub scenario: &'a Scenario,
    pub topology: &'a Topology,
    pub app: &'a App,
    pub id: Id<Group>,
    /// By unit, the zone in which it stands before anything fails.
    pub stands: &'a [u16],
}

impl About<'_> {
    /// Zones that data may come to, and those that a preventive control refuses.
    fn split(
        &self,
        zones: &[String],
        refused: fn(&Residence) -> &Vec<Id<Zone>>,
    ) -> (Vec<String>, Vec<String>) {
        let residence = self.topology.residency.get(self.id.index()).and_then(Option::as_ref);
        let refused = residence.map_or(&[][..], |it| refused(it));
        let is_refused =
            |name: &String| refused.iter().any(|&it| self.topology.zones[it].name == *name);
        let (refused, allowed) = zones.iter().cloned().partition(is_refused);
        (allowed, refused)
    }
}

/// The paths of a scenario that is not to be simulated.
pub fn static_verdict(scenario: &Scenario) -> Vec<DataPath> {
    if scenario.apps.iter().all(|app| app.residency.is_none()) {
        return Vec::new();
    }
    paths(scenario, &assemble(scenario))
}

/// The paths of all apps with a rule, in order of their names.
pub fn paths(scenario: &Scenario, topology: &Topology) -> Vec<DataPath> {
    if scenario.apps.iter().all(|app| app.residency.is_none()) {
        return Vec::new();
    }
    let stands = AtTheStart::new(topology).zones;
    let about = scenario.apps.iter().enumerate().map(|(index, app)| About {
        scenario,
        topology,
        app,
        id: Id::new(index as u32),
        stands: &stands,
    });
    about.flat_map(|it| paths_of(&it)).collect()
}

/// The paths of one app: to each place once, with all that it takes.
fn paths_of(about: &About<'_>) -> Vec<DataPath> {
    let (scenario, subject) = (about.scenario, about.app);
    let Some(rule) = &subject.residency else { return Vec::new() };
    let mut by_place: BTreeMap<(String, String, bool), DataPath> = BTreeMap::new();
    let mut ways: BTreeMap<(String, String, bool), Vec<Needs>> = BTreeMap::new();
    for way in explore(&|from| flows::flows(about, from)) {
        let holding = &way.holding;
        if holding.processed && !rule.processing {
            continue;
        }
        let Place { site, zone } = &holding.place;
        let how = match site {
            None if rule.area(holding.class).is_some() => PathVerdict::Unknown,
            None => continue,
            Some(site) => match standing(rule, holding.class, site, zone.as_deref()) {
                Standing::Inside => continue,
                Standing::Excepted(_) => PathVerdict::Excepted,
                Standing::Outside if rule.control == Control::Preventive => PathVerdict::Refused,
                Standing::Outside => PathVerdict::Violation,
            },
        };
        let basis = site.as_ref().and_then(|site| {
            match standing(rule, holding.class, site, zone.as_deref()) {
                Standing::Excepted(index) => Some(rule.except[usize::from(index)].basis.clone()),
                _ => None,
            }
        });
        // A rule that tells regions from each other needs no zones to be told.
        let area = rule.area(holding.class).expect("outside of something");
        let whole = site.as_ref().is_some_and(|site| !words::splits(area, site, scenario));
        let to = match (site, zone) {
            (None, _) => String::from("unknown"),
            (Some(site), Some(zone)) if !whole => {
                debug_assert!(site.region != *zone);
                zone.clone()
            }
            (Some(site), _) => site.region.clone(),
        };
        let key = (holding.asset.clone(), to.clone(), holding.processed);
        let known = ways.entry(key.clone()).or_default();
        known.push(way.needs.clone());
        by_place.entry(key).or_insert_with(|| DataPath {
            app: subject.name.clone(),
            data: holding.class.name().into(),
            asset: holding.asset.clone(),
            processed: holding.processed,
            from: way.from.as_ref().map(words::place).unwrap_or_default(),
            to,
            country: site.as_ref().map_or_else(String::new, |site| site.country.clone()),
            leaves: area.words.join(", "),
            chain: way.chain.iter().map(|by| by.name().into()).collect(),
            lost: Vec::new(),
            condition: String::new(),
            verdict: how,
            basis,
        });
    }
    for (key, path) in &mut by_place {
        let needs = explore::smallest(ways.remove(key).unwrap_or_default());
        path.lost = needs.iter().map(|it| it.lost.iter().cloned().collect()).collect();
        path.condition = words::condition(&needs, scenario);
    }
    by_place.into_values().collect()
}
