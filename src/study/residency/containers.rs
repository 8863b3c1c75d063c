//! Where containers may come to stand: the placement of the model, played through.

use super::About;
use super::explore::Needs;
use super::flows::{Flow, Holding, Place, home};
use crate::id::Id;
use crate::model::residency::{Class, Move};
use crate::model::topology::{Placement, Recovery};
use crate::model::world::NOWHERE;
use crate::policy::placement::{Candidate, Order, auction};
use crate::scenario::rules;
use crate::scenario::spec::Site;
use std::collections::{BTreeSet, VecDeque};

/// Containers of apps with more zones, or in more situations, are taken to reach every zone.
const MOST_ZONES: usize = 8;
const MOST_SITUATIONS: usize = 20_000;

/// What containers process, in every zone that they may come to stand in.
pub(super) fn containers(about: &About<'_>, from: Option<&Holding>, flows: &mut Vec<Flow>) {
    if from.is_some() {
        return;
    }
    abroad(about, flows);
    let (allowed, refused) = about.split(&about.app.zones, |it| &it.refused);
    let mut all: Vec<_> = allowed.iter().cloned().zip(reachable(about, &allowed)).collect();
    let group = &about.topology.groups[about.id];
    let moves = matches!(*group.recovery, Recovery::Replaced(_));
    if moves && group.placement != Placement::Pinned {
        all.extend(instead(&Needs::nothing(), &allowed, &refused));
    }
    push(&home(about), all, flows);
}

/// Flows to zones of a region, those that anything ever comes to.
fn push(site: &Site, all: Vec<(String, Vec<Needs>)>, flows: &mut Vec<Flow>) {
    for (zone, needs) in all.into_iter().filter(|(_, needs)| !needs.is_empty()) {
        let place = Place { site: Some(site.clone()), zone: Some(zone) };
        let (asset, class) = ("container".into(), Class::Database);
        let to = Holding { asset, class, processed: true, second: false, place };
        flows.push(Flow { from: None, to, by: Move::Placed, needs });
    }
}

/// What a preventive control refuses: with no other zone left, the first that is up of those that it
/// refuses would be the one.
pub(super) fn instead(
    first: &Needs,
    allowed: &[String],
    refused: &[String],
) -> Vec<(String, Vec<Needs>)> {
    let needs = |index| first.with(&Needs::lost(allowed.iter().chain(&refused[..index])));
    refused.iter().enumerate().map(|(index, zone)| (zone.clone(), vec![needs(index)])).collect()
}

/// The same in the region that the app goes to when its own is lost.
fn abroad(about: &About<'_>, flows: &mut Vec<Flow>) {
    let Some(fallback) = &about.app.fallback else { return };
    let home_lost = home_lost(about);
    let all = rules::zones_of(about.scenario, &fallback.region);
    let (names, refused) = about.split(all, |it| &it.refused);
    let group = &about.topology.groups[about.id];
    let mut first = vec![0; names.len()];
    for _ in 0..about.app.slots {
        let zone = place(group.placement, &first, 0, &[]).expect("every zone can be used");
        first[zone] += 1;
    }
    let has_hosts = group.zones.iter().any(|&zone| !about.topology.zones[zone].hosts.is_empty());
    let many = has_hosts || scales(about) || names.len() > MOST_ZONES;
    let needs = |units: &u32| match units {
        0 if many => vec![home_lost.clone().also("a container is placed there")],
        0 => Vec::new(),
        _ => vec![home_lost.clone()],
    };
    let mut all: Vec<_> = first.iter().map(needs).collect();
    if !many {
        for (zone, lost) in situations(group.placement, first) {
            let lost = (0..names.len()).filter(|it| lost & 1 << it != 0).map(|it| &names[it]);
            all[zone].push(home_lost.with(&Needs::lost(lost)));
        }
    }
    let mut all: Vec<_> = names.iter().cloned().zip(all).collect();
    all.extend(instead(&home_lost, &names, &refused));
    push(&rules::site(about.scenario, &fallback.region), all, flows);
}

/// What it takes for an app to go to another region.
pub(super) fn home_lost(about: &About<'_>) -> Needs {
    let zones = rules::zones_of(about.scenario, &about.app.region);
    Needs::lost(zones).also("the fallback is ordered")
}

/// Whether the number of containers changes.
fn scales(about: &About<'_>) -> bool {
    let changes = &about.topology.changes;
    let declares = changes.iter().any(|it| it.app == about.id && it.change.declares.is_some());
    let mut scalers = about.topology.scalers.iter();
    declares || scalers.any(|it| changes[it.change].app == about.id)
}

/// By zone, what it takes for a container to stand there; nothing: none ever does.
fn reachable(about: &About<'_>, names: &[String]) -> Vec<Vec<Needs>> {
    let (zones, count) = (names.len(), about.app.slots);
    let group = &about.topology.groups[about.id];
    let moves = matches!(*group.recovery, Recovery::Replaced(_));
    let mut first = vec![0; zones];
    for ordinal in 0..count as usize {
        let place = match group.placement {
            Placement::Pinned => Some(ordinal % zones),
            _ => place(group.placement, &first, 0, &[]),
        };
        first[place.expect("every zone can be used")] += 1;
    }
    let mut needs: Vec<Vec<Needs>> = first
        .iter()
        .map(|&units| if units > 0 { vec![Needs::nothing()] } else { Vec::new() })
        .collect();
    let has_hosts = group.zones.iter().any(|&zone| !about.topology.zones[zone].hosts.is_empty());
    if group.placement == Placement::Pinned || needs.iter().all(|it| !it.is_empty()) {
        return needs;
    }
    if has_hosts || scales(about) || moves && zones > MOST_ZONES {
        // Where room or the number of containers decides too, any zone may be the one.
        if has_hosts {
            needs = at_first(about, names);
        }
        for zone in needs.iter_mut().filter(|it| it.is_empty()) {
            zone.push(Needs::nothing().also("a container is placed there"));
        }
        return needs;
    }
    if !moves {
        return needs;
    }
    for (zone, lost) in situations(group.placement, first) {
        let lost = (0..zones).filter(|it| lost & 1 << it != 0).map(|it| &names[it]);
        needs[zone].push(Needs::lost(lost));
    }
    needs
}

/// Where its containers stand before anything fails, each on a host that had room.
fn at_first(about: &About<'_>, names: &[String]) -> Vec<Vec<Needs>> {
    let units = about.topology.units_of(about.id);
    let zones = units.map(|unit| about.stands[unit.index()]).filter(|&zone| zone != NOWHERE);
    let zones = zones.map(|zone| &about.topology.zones[Id::new(u32::from(zone))].name);
    let stand: BTreeSet<&String> = zones.collect();
    let needs = |zone| if stand.contains(zone) { vec![Needs::nothing()] } else { Vec::new() };
    names.iter().map(needs).collect()
}

/// Every situation that losses and returns of zones, in any order, lead to: who has come to which zone
/// while which were lost.
fn situations(placement: Placement, first: Vec<u32>) -> BTreeSet<(usize, u32)> {
    let mut arrivals = BTreeSet::new();
    let mut seen = BTreeSet::from([(0u32, first.clone())]);
    let mut waiting = VecDeque::from([(0u32, first)]);
    while let Some((lost, stand)) = waiting.pop_front() {
        for zone in 0..stand.len() {
            let lost = lost ^ 1 << zone;
            let mut next = stand.clone();
            for gone in 0..stand.len() {
                // Those in lost zones move one after the other, each about to leave where it stands.
                while lost & 1 << gone != 0 && next[gone] > 0 {
                    let Some(to) = place(placement, &next, lost, &[gone]) else { break };
                    next[gone] -= 1;
                    next[to] += 1;
                    arrivals.insert((to, lost));
                }
            }
            if seen.len() < MOST_SITUATIONS && seen.insert((lost, next.clone())) {
                waiting.push_back((lost, next));
            }
        }
    }
    arrivals
}

/// The zone that the auction gives a container that leaves `leaving`, with endless room everywhere.
fn place(placement: Placement, stand: &[u32], lost: u32, leaving: &[usize]) -> Option<usize> {
    let order = match placement {
        Placement::Home => Order::FullestFirst,
        _ => Order::EmptiestFirst,
    };
    let zones = stand.iter().enumerate().map(|(zone, &units)| Candidate {
        usable: lost & 1 << zone == 0,
        units: units - u32::from(leaving.contains(&zone)),
    });
    auction(order, zones, |_| Some(0))
}
