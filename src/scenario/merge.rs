//! Layers of a scenario laid on top of each other: preset, files, `--with` files, `--set`.
//!
//! Tables merge key by key, lists of tables (`[[incident]]`, `[[expect]]`) append, everything else is
//! replaced. Keys that are two ways of saying one thing push each other out, so that a later layer can
//! give a `rate` where an earlier one had an `mtbf`; both in one layer are a mistake of their reader.

use super::tree::{Entry, Node, Table, Value};

/// Path of a table, keys of one way of saying it, keys of the other.
const ALTERNATIVES: &[(&[&str], &[&str], &[&str])] = &[
    (&["failure", "*"], &["mtbf"], &["rate"]),
    (&["study"], &["precision"], &["replications"]),
    (&["dependency", "*"], &["availability", "mttr"], &["mtbf"]),
    (&["app", "*"], &["supervisor"], &["health_manager"]),
    (&["app", "*", "load"], TRACE, &["profile", "timezone"]),
    (&["service", "*", "load"], TRACE, &["profile", "timezone"]),
    (&["app", "*", "deployments"], &["rate"], &["every"]),
    (&["app", "*", "restarts"], &["rate"], &["every"]),
    (&["app", "*", "database", "restore"], &["takes"], &["throughput", "overhead"]),
    (&["database", "*", "restore"], &["takes"], &["throughput", "overhead"]),
    (&["service", "*", "requires"], &["at_least", "of"], &["all", "any"]),
];

/// The keys of a load that say it by a trace.
const TRACE: &[&str] = &["trace", "column", "count", "time", "unit", "scale", "align"];

/// Lays `upper` over `lower`.
pub(crate) fn lay_over(lower: &mut Table, upper: Table) {
    tables(lower, upper, &mut Vec::new());
}

/// Lays one value over another, as for an app's own `router` over the platform's.
pub(crate) fn node_over(lower: &Node, upper: &Node) -> Node {
    let mut merged = lower.clone();
    node(&mut merged, upper.clone(), &mut Vec::new());
    merged
}

fn tables(lower: &mut Table, upper: Table, path: &mut Vec<String>) {
    for (pattern, one, other) in ALTERNATIVES {
        if matches(pattern, path) {
            displace(lower, &upper, one, other);
            displace(lower, &upper, other, one);
        }
    }
    for (key, entry) in upper.entries.into_inner() {
        match lower.entries.get_mut(&key) {
            None => {
                lower.entries.insert(key, entry);
            }
            Some(below) => {
                path.push(key);
                below.key_at = entry.key_at;
                node(&mut below.node, entry.node, path);
                path.pop();
            }
        }
    }
}

/// Where `upper` speaks with `new` only, `lower` loses `old`.
fn displace(lower: &mut Table, upper: &Table, new: &[&str], old: &[&str]) {
    let speaks = |keys: &[&str]| keys.iter().any(|key| upper.has(key));
    if speaks(new) && !speaks(old) {
        for key in old {
            lower.entries.remove(*key);
        }
    }
}

fn node(lower: &mut Node, upper: Node, path: &mut Vec<String>) {
    match (&mut lower.value, upper.value) {
        (Value::Table(below), Value::Table(above)) if !is_another_form(below, &above) => {
            tables(below, above, path);
            lower.at = upper.at;
        }
        (Value::List(below), Value::List(above))
            if path.len() == 1 && of_tables(below) && of_tables(&above) =>
        {
            below.extend(above);
        }
        (_, value) => *lower = Node { value, at: upper.at },
    }
}

/// A distribution is replaced whole, since its parameters mean nothing to another one; so is a probe
/// by a distribution and the reverse. A single parameter (`lasts.median = "60min"`) is not.
fn is_another_form(below: &Table, above: &Table) -> bool {
    let is_new = |key: &str| above.has(key) && !below.has(key);
    above.has("dist") || is_new("poll") || is_new("expires")
}

fn of_tables(items: &[Node]) -> bool {
    items.iter().all(|item| item.table().is_some())
}

fn matches(pattern: &[&str], path: &[String]) -> bool {
    pattern.len() == path.len() && pattern.iter().zip(path).all(|(p, key)| *p == "*" || p == key)
}

/// Puts the keys that a preset has for every app (`[app."*"]`) under each app of the scenario.
pub(crate) fn spread_app_defaults(scenario: &mut Table) {
    let Some(Entry { node: Node { value: Value::Table(apps), .. }, .. }) =
        scenario.entries.get_mut("app")
    else {
        return;
    };
    let Some(defaults) = apps.entries.remove("*") else { return };
    change_alike(apps, |_, app| *app = node_over_at_app(&defaults.node, app));
    if apps.entries.is_empty() {
        scenario.entries.remove("app");
    }
}

/// Lays the database of an app over the defaults of its mode.
pub(crate) fn database_over(defaults: &Node, database: &Node) -> Node {
    let mut merged = defaults.clone();
    node(&mut merged, database.clone(), &mut vec!["database".into(), "*".into()]);
    merged
}

pub(super) fn node_over_at_app(defaults: &Node, app: &Node) -> Node {
    let mut merged = defaults.clone();
    node(&mut merged, app.clone(), &mut vec!["app".into(), "*".into()]);
    merged
}

/// Changes every app, by name, in a way in which those made by one `count` are alike: they are one table
/// until then, and after it.
pub(super) fn change_alike(apps: &mut Table, mut change: impl FnMut(&str, &mut Node)) {
    let mut before: Option<(Node, Node)> = None;
    for (name, entry) in &mut apps.entries {
        let app = &mut entry.node;
        match &before {
            Some((model, changed)) if model.is_same_table(app) => *app = changed.clone(),
            _ => {
                let model = app.clone();
                change(name, app);
                before = Some((model, app.clone()));
            }
        }
    }
}
