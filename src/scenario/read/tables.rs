//! Tables keyed by names (`[app.NAME]`) and lists of tables (`[[incident]]`).

use crate::scenario::kinds::unfit;
use crate::scenario::registry::{Kind, Shape};
use crate::scenario::sources::At;
use crate::scenario::spec::Region;
use crate::scenario::tree::{Node, Value};
use crate::scenario::view::View;
use std::collections::{BTreeMap, BTreeSet};

/// The tables of a keyed table (`[app.NAME]`), in order of name.
pub(super) fn each<T>(
    root: View<'_>,
    name: &'static str,
    mut read: impl FnMut(View<'_>, &str) -> Option<T>,
) -> Vec<T> {
    let mut all = Vec::new();
    let Some(inner) = root.node(name) else { return all };
    let Some(tables) = inner.table() else {
        root.reading.mistake(unfit(root.key(name), inner));
        return all;
    };
    for (own, entry) in &tables.entries {
        if let Some(table) = entry.node.table() {
            let title = format!("[{name}.{own}]");
            let view = View {
                table,
                shape: shape_of(root, name),
                at: entry.node.at,
                title: &title,
                ..root
            };
            all.extend(read(view, own));
        }
    }
    all
}

/// The tables of `[[…]]`, in the order of the files.
pub(super) fn each_of_list<T>(
    root: View<'_>,
    name: &'static str,
    mut read: impl FnMut(View<'_>) -> Option<T>,
) -> Vec<T> {
    let Some(node) = root.node(name) else { return Vec::new() };
    let Value::List(items) = &node.value else {
        root.reading.mistake(unfit(root.key(name), node));
        return Vec::new();
    };
    let title = format!("[[{name}]]");
    let mut all = Vec::new();
    for item in items {
        match item.table() {
            Some(table) => all.extend(read(View {
                table,
                shape: shape_of(root, name),
                at: item.at,
                title: &title,
                ..root
            })),
            None => root.reading.mistake(unfit(root.key(name), node)),
        }
    }
    all
}

fn shape_of(root: View<'_>, name: &str) -> &'static Shape {
    match root.key(name).kind {
        Kind::Named(shape) | Kind::Tables(shape) => shape,
        _ => unreachable!("`{name}` holds no tables"),
    }
}

/// Where each table of a keyed table stands.
pub(super) fn places(root: View<'_>, name: &str) -> BTreeMap<String, At> {
    let inner = root.node(name).and_then(|node| node.table());
    let entries = inner.into_iter().flat_map(|table| &table.entries);
    entries.map(|(name, entry)| (name.clone(), entry.key_at)).collect()
}

pub(super) fn view_at<'a>(root: View<'a>, class: &'a str, name: &str) -> Option<View<'a>> {
    let entry = root.table.at_path([class, name])?;
    let table = entry.node.table()?;
    Some(View { table, shape: shape_of(root, class), at: entry.node.at, title: class, ..root })
}

/// A text of every table of a keyed table, whatever else is wrong with the table.
fn texts<'a>(root: View<'a>, class: &str, key: &str) -> Vec<&'a str> {
    let inner = root.node(class).and_then(|node| node.table());
    let entries = inner.into_iter().flat_map(|table| table.entries.values());
    entries.filter_map(|entry| entry.node.table()?.get(key)?.node.text()).collect()
}

/// How many components every app or group of hosts has. One that could not be read counts too, so that
/// its mistake does not bring forth others wherever its name is used.
pub(super) fn sizes(root: View<'_>, class: &str, key: &str) -> BTreeMap<String, u32> {
    let inner = root.node(class).and_then(|node| node.table());
    let entries = inner.into_iter().flat_map(|table| &table.entries);
    let size = |node: &Node| match node.table()?.get(key)?.node.value {
        Value::Integer(number) => u32::try_from(number).ok().filter(|n| *n <= 1_000_000),
        _ => None,
    };
    entries.map(|(name, entry)| (name.clone(), size(&entry.node).unwrap_or(1))).collect()
}

/// Regions that the user described, or that an app or a host stands in.
pub(super) fn regions_in_use(root: View<'_>, regions: &[Region]) -> BTreeSet<String> {
    let places = places(root, "region");
    let (of_apps, zones) = (texts(root, "app", "region"), texts(root, "host", "zone"));
    let used = |region: &&Region| {
        places.get(&region.name).is_some_and(|at| !root.reading.is_preset(*at))
            || of_apps.contains(&region.name.as_str())
            || region.zones.iter().any(|zone| zones.contains(&zone.as_str()))
    };
    regions.iter().filter(used).map(|region| region.name.clone()).collect()
}
