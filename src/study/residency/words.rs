//! Paths in words.

use super::explore::Needs;
use super::flows::Place;
use crate::scenario::spec::{Area, Region, Scenario, Site};
use crate::study::findings::ALWAYS;
use std::collections::BTreeSet;

/// Whether a rule looks at single zones of a region.
pub(super) fn splits(area: &Area, site: &Site, scenario: &Scenario) -> bool {
    let region = scenario.regions.iter().find(|it| it.name == site.region);
    region.is_some_and(|it| it.zones.iter().any(|zone| area.zones.contains(zone)))
}

/// `eu-central-1` or `eu-central-1a`.
pub(super) fn place(place: &Place) -> String {
    match (&place.site, &place.zone) {
        (_, Some(zone)) => zone.clone(),
        (Some(site), None) => site.region.clone(),
        (None, None) => "unknown".into(),
    }
}

/// `with no failure at all`, `only if both zones of eu-central-1 are lost`, `only if any 2 of the 3 zones
/// of eu-central-1 are lost`; alternatives that are not alike are told one by one.
pub(super) fn condition(needs: &[Needs], scenario: &Scenario) -> String {
    if needs.iter().any(|it| *it == Needs::nothing()) {
        return ALWAYS.into();
    }
    if let Some(told) = any_of(needs, scenario) {
        return format!("only if {told}");
    }
    let told: Vec<_> = needs.iter().take(3).map(|it| one(it, scenario)).collect();
    let more = if needs.len() > 3 { " …" } else { "" };
    format!("only if {}{more}", told.join(", or "))
}

/// Where the alternatives are all sets of one size from the zones of one region.
fn any_of(needs: &[Needs], scenario: &Scenario) -> Option<String> {
    let size = needs.first()?.lost.len();
    let alike = needs.iter().all(|it| it.lost.len() == size && it.also == needs[0].also);
    let all: BTreeSet<&String> = needs.iter().flat_map(|it| &it.lost).collect();
    let complete = needs.len() > 1 && needs.len() as u64 == choose(all.len() as u64, size as u64);
    if !alike || !complete {
        return None;
    }
    let of = match region_of(&all, scenario) {
        Some(region) if region.zones.len() == all.len() => {
            format!("the {} zones of {}", all.len(), region.name)
        }
        _ => format!("zones {}", joined(&all.into_iter().collect::<Vec<_>>())),
    };
    let is = if size == 1 { "is" } else { "are" };
    Some(format!("any {size} of {of} {is} lost{}", also(&needs[0].also)))
}

fn choose(n: u64, k: u64) -> u64 {
    (1..=k).fold(1, |product, it| product * (n + 1 - it) / it)
}

/// One set of losses: `zone a is lost`, `both zones of r are lost and …`.
fn one(needs: &Needs, scenario: &Scenario) -> String {
    let lost: BTreeSet<&String> = needs.lost.iter().collect();
    let told = match lost.len() {
        0 => return needs.also.iter().cloned().collect::<Vec<_>>().join(" and "),
        count => match whole_regions(&lost, scenario) {
            Some(told) => told,
            None if count == 1 => format!("zone {} is lost", lost.first().expect("one")),
            None => format!("zones {} are lost", joined(&lost.into_iter().collect::<Vec<_>>())),
        },
    };
    format!("{told}{}", also(&needs.also))
}

fn also(events: &BTreeSet<String>) -> String {
    events.iter().map(|event| format!(" and {event}")).collect()
}

/// Where the zones are those of whole regions, each of several zones.
fn whole_regions(lost: &BTreeSet<&String>, scenario: &Scenario) -> Option<String> {
    let all_lost = |it: &&Region| it.zones.iter().all(|zone| lost.contains(zone));
    let regions: Vec<_> = scenario.regions.iter().filter(all_lost).collect();
    let covered: usize = regions.iter().map(|it| it.zones.len()).sum();
    if covered != lost.len() || regions.iter().any(|it| it.zones.len() < 2) {
        return None;
    }
    let told = |it: &&Region| match it.zones.len() {
        2 => format!("both zones of {}", it.name),
        count => format!("all {count} zones of {}", it.name),
    };
    let told: Vec<_> = regions.iter().map(told).collect();
    Some(format!("{} are lost", told.join(" and ")))
}

fn region_of<'s>(zones: &BTreeSet<&String>, scenario: &'s Scenario) -> Option<&'s Region> {
    scenario.regions.iter().find(|it| zones.iter().all(|zone| it.zones.contains(zone)))
}

fn joined(zones: &[&String]) -> String {
    match zones {
        [] => String::new(),
        [one] => (*one).clone(),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|it| it.as_str()).collect();
            format!("{} and {last}", first.join(", "))
        }
    }
}
