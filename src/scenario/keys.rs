//! Unknown keys, and keys that are not built yet: refused, never ignored.

use super::mistakes::Mistake;
use super::names::{NAME_RULE, closest, is_name, quoted};
use super::registry::{APP, Key, Kind, ROOT, Shape};
use super::tree::{Entry, Node, Table, Value, toml_key};

/// Checks every key of one layer against the registry.
pub(crate) fn check(layer: &Table, mistakes: &mut Vec<Mistake>) {
    table(layer, &ROOT, "", mistakes);
}

/// Checks the keys of one app.
pub(crate) fn check_app(app: &Table, mistakes: &mut Vec<Mistake>) {
    table(app, &APP, "app", mistakes);
}

fn table(table: &Table, shape: &'static Shape, path: &str, mistakes: &mut Vec<Mistake>) {
    for (name, entry) in &table.entries {
        match shape.key(name) {
            None => mistakes.push(unknown(name, entry, shape, path)),
            Some(Key { later: Some(provider), .. }) => mistakes.push(
                Mistake::new(entry.key_at, format!("`{name}` is not built yet: {provider}"))
                    .label("remove it for now"),
            ),
            Some(key) => value(&entry.node, key, &joined(path, name), mistakes),
        }
    }
}

fn value(node: &Node, key: &'static Key, path: &str, mistakes: &mut Vec<Mistake>) {
    match &node.value {
        Value::Table(inner) => {
            if let Kind::Named(shape) = key.kind {
                named(inner, shape, path, mistakes);
            } else if let Some(shape) = key.shape_of(inner) {
                table(inner, shape, path, mistakes);
            }
        }
        Value::List(items) => {
            for item in items {
                list_item(item, key, path, mistakes);
            }
        }
        _ => {}
    }
}

fn named(inner: &Table, shape: &'static Shape, path: &str, mistakes: &mut Vec<Mistake>) {
    for (name, entry) in &inner.entries {
        if !is_name(name) {
            let title = format!("`{}` cannot be a name", quoted(name));
            mistakes.push(Mistake::new(entry.key_at, title).help(NAME_RULE));
        }
        if let Some(inner) = entry.node.table() {
            table(inner, shape, &joined(path, name), mistakes);
        } else {
            let title = format!("`{}` must be a table", quoted(&joined(path, name)));
            let help = format!("write [{path}.{}] and its keys below", quoted(&toml_key(name)));
            mistakes.push(Mistake::new(entry.node.at, title).help(help));
        }
    }
}

fn list_item(item: &Node, key: &'static Key, path: &str, mistakes: &mut Vec<Mistake>) {
    let Some(inner) = item.table() else { return };
    for kind in key.alternatives() {
        match kind {
            Kind::Tables(shape) => table(inner, shape, path, mistakes),
            Kind::List(Kind::Table(shape)) => table(inner, shape, path, mistakes),
            Kind::List(Kind::OneOf(kinds)) => {
                for kind in *kinds {
                    if let Kind::Table(shape) = kind {
                        table(inner, shape, path, mistakes);
                    }
                }
            }
            _ => {}
        }
    }
}

fn unknown(name: &str, entry: &Entry, shape: &'static Shape, path: &str) -> Mistake {
    let place = if path.is_empty() { "the scenario".into() } else { format!("[{}]", quoted(path)) };
    let known = || shape.keys.iter().filter(|key| key.later.is_none()).map(|key| key.name);
    Mistake::new(entry.key_at, format!("unknown key `{}` in {place}", quoted(name)))
        .meant(closest(name, shape.keys.iter().map(|key| key.name)), || {
            format!("its keys are {}", known().collect::<Vec<_>>().join(", "))
        })
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
