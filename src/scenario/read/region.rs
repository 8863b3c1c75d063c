//! `[region.NAME]`.

use super::around::host_memory;
use super::residency::country;
use crate::engine::Dist;
use crate::scenario::kinds::unfit;
use crate::scenario::law::{Of, Plain, law};
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::quoted;
use crate::scenario::reading::Reading;
use crate::scenario::sources::At;
use crate::scenario::spec::{Detect, HostGroup, Region};
use crate::scenario::tree::{Node, Value};
use crate::scenario::view::View;
use std::collections::BTreeMap;

/// A region, and its hosts where they are described.
pub(super) fn region(view: View<'_>, name: &str) -> Option<(Region, Vec<HostGroup>)> {
    let country = view.word("country").and_then(|word| country(view, word));
    let zones = zones(view, name);
    let hosts = if view.has("hosts") {
        view.inside("hosts").and_then(|hosts| hosts_of(hosts, zones.as_deref()?))
    } else {
        Some(Vec::new())
    };
    let region = Region { name: name.to_owned(), country: country?, zones: zones? };
    Some((region, hosts?))
}

/// A group of hosts for each zone, called after it.
fn hosts_of(view: View<'_>, zones: &[String]) -> Option<Vec<HostGroup>> {
    let (count, memory) = (view.count("per_zone"), host_memory(view));
    let returns = law(view, "returns", Of::Time, Plain::Constant);
    let (count, memory, returns) = (count? as u32, memory?, returns?);
    let group = |zone: &String| HostGroup {
        name: zone.clone(),
        count,
        zone: Some(zone.clone()),
        detect: Detect::After(Dist::constant(0.0).expect("no time at all")),
        restart: returns.clone(),
        returns: returns.clone(),
        memory: Some(memory),
    };
    Some(zones.iter().map(group).collect())
}

fn zones(view: View<'_>, name: &str) -> Option<Vec<String>> {
    let key = view.key("zones");
    let node = view.node("zones")?;
    let mut zones: Vec<String> = match &node.value {
        Value::Integer(_) => {
            let count = view.count_of("zones", node)?;
            (b'a'..)
                .take(count as usize)
                .map(|letter| format!("{name}{}", letter as char))
                .collect()
        }
        Value::List(items) => items.iter().filter_map(|item| zone_name(view, item)).collect(),
        _ => {
            view.reading.mistake(unfit(key, node));
            return None;
        }
    };
    let named = zones.len();
    zones.sort();
    zones.dedup();
    if zones.is_empty() {
        view.reading.mistake(Mistake::new(node.at, "a region has at least one zone"));
    } else if zones.len() < named {
        view.reading.mistake(Mistake::new(node.at, "a zone is named twice"));
    }
    Some(zones)
}

fn zone_name(view: View<'_>, item: &Node) -> Option<String> {
    use crate::scenario::names::{NAME_RULE, is_name};
    match item.text() {
        Some(text) if is_name(text) => Some(text.to_owned()),
        _ => {
            let title = format!("{} cannot be a zone's name", quoted(&item.to_string()));
            view.reading.mistake(Mistake::new(item.at, title).help(NAME_RULE));
            None
        }
    }
}

/// Zones are named without their region everywhere, so no two regions may share a name.
pub(super) fn check_distinct(reading: &Reading, regions: &[Region], places: &BTreeMap<String, At>) {
    let mut owner: BTreeMap<&str, &str> = BTreeMap::new();
    for region in regions {
        for zone in &region.zones {
            if let Some(other) = owner.insert(zone, &region.name)
                && let Some(at) = places.get(&region.name)
            {
                let title =
                    format!("zone {zone} is in region {other} and in region {}", region.name);
                let help = "give zones names of their own, e.g. with their region in front";
                reading.mistake(Mistake::new(*at, title).help(help));
            }
        }
    }
}
