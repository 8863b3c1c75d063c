//! The effective scenario told back: its settings with their origin, and as TOML.

use super::fleet::{Fleet, LISTED_SINGLY};
use super::merge::change_alike;
use super::preset::Assumptions;
use super::registry::{self, Kind, ROOT, Shape};
use super::sources::{At, Sources};
use super::spec::{Course, Scenario, Setting};
use super::tree::{Node, Table, Value, toml_key};
use std::collections::BTreeMap;
use std::fmt;

/// Drops what the preset has, the user did not touch, and this scenario does not use.
pub(crate) fn keep_used(root: &mut Table, scenario: &Scenario) {
    let mut keep = |class: &str, used: &dyn Fn(&str) -> bool| {
        if let Some(Value::Table(table)) =
            root.entries.get_mut(class).map(|entry| &mut entry.node.value)
        {
            table.entries.retain(|name, entry| used(name) || !is_default(&entry.node));
        }
    };
    keep("region", &|name| scenario.regions.iter().any(|region| region.name == name));
    keep("jurisdiction", &|name| scenario.jurisdictions.iter().any(|it| it == name));
    keep("profile", &|name| {
        let apps = scenario.apps.iter().filter_map(|app| app.load.as_ref());
        let services = scenario.services.iter().filter_map(|service| service.load.as_ref());
        apps.chain(services)
            .any(|load| matches!(&load.course, Course::Week(it) if it.profile == name))
    });
    keep("database", &|mode| {
        let databases = scenario.apps.iter().filter_map(|app| app.database.as_ref());
        databases.into_iter().any(|it| it.settings.mode.name() == mode)
    });
    keep("dependency", &|name| scenario.dependencies.iter().any(|it| it.name == name));
    keep("load_balancer", &|key| !scenario.fronts.is_empty() || key == "routers");
    keep("evacuation", &|key| {
        let on_hosts = scenario.hosts.iter().any(|hosts| hosts.memory.is_some());
        scenario.evacuation.is_some() || (key == "every" && on_hosts)
    });
    keep("failure", &|name| scenario.failures.iter().any(|failure| failure.name == name));
    let backed_up = |name: &str| {
        let apps = &scenario.apps;
        let found = apps.binary_search_by(|app| app.name.as_str().cmp(name));
        found.is_ok_and(|place| apps[place].backups.is_some())
    };
    keep_within(root, "app", "backups", &backed_up);
    let has_files = |name: &str| {
        let apps = &scenario.apps;
        let found = apps.binary_search_by(|app| app.name.as_str().cmp(name));
        found.is_ok_and(|place| apps[place].files.is_some())
    };
    keep_within(root, "app", "files", &has_files);
    let falls_back = |name: &str| {
        let apps = &scenario.apps;
        let found = apps.binary_search_by(|app| app.name.as_str().cmp(name));
        found.is_ok_and(|place| apps[place].fallback.is_some())
    };
    keep_within(root, "app", "fallback", &falls_back);
    let has_replica = |mode: &str| {
        let databases = scenario.apps.iter().filter_map(|app| app.database.as_ref());
        let mut copied = databases.into_iter().filter(|it| it.replica_in.is_some());
        copied.any(|it| it.settings.mode.name() == mode)
    };
    keep_within(root, "database", "replica", &has_replica);
    let has_backups =
        |name: &str| scenario.apps.iter().any(|app| app.region == name && app.backups.is_some());
    keep_within(root, "region", "backups", &has_backups);
    keep_within(root, "region", "copies_to", &has_backups);
}

/// The same for one key of the tables of a class.
fn keep_within(root: &mut Table, class: &str, key: &str, used: &dyn Fn(&str) -> bool) {
    let Some(Value::Table(tables)) = root.entries.get_mut(class).map(|it| &mut it.node.value)
    else {
        return;
    };
    change_alike(tables, |name, node| {
        if let Value::Table(table) = &mut node.value
            && table.get(key).is_some_and(|entry| is_default(&entry.node))
            && !used(name)
        {
            table.entries.remove(key);
        }
    });
}

/// Keys that assume nothing.
const NO_SETTINGS: [&str; 4] = ["version", "platform", "name", "expect"];

/// Every setting in effect, in order of key. What many apps of a fleet have from one place is one
/// setting, of `app.shop-*` or `app.*`; the rows of a fleet's file are the setting `fleet`.
pub(crate) fn settings(
    root: &Table,
    fleet: &Fleet,
    assumptions: &Assumptions,
    sources: &Sources,
) -> Vec<Setting> {
    let apps = root.get("app").and_then(|apps| apps.node.table()).map_or(0, |it| it.entries.len());
    let many = apps > LISTED_SINGLY;
    let mut settings = Vec::new();
    // By key of an app and place: the setting that stands for all, how many apps have it, and what
    // their names begin with.
    let mut shared: BTreeMap<(String, At), (usize, usize, String)> = BTreeMap::new();
    walk(root, &ROOT, &mut Vec::new(), &mut |path, node| {
        let at = youngest(node);
        if NO_SETTINGS.contains(&path[0].as_str()) || at.source >= fleet.rows_from {
            return;
        }
        let keys: Vec<_> = path.iter().map(|key| toml_key(key)).collect();
        if let (true, [_, _, rest @ ..]) = (many && path[0] == "app", keys.as_slice()) {
            let rest = rest.join(".");
            let fresh = (settings.len(), 0, path[1].clone());
            let (first, seen, common) = shared.entry((rest.clone(), at)).or_insert(fresh);
            *seen += 1;
            let same = common.bytes().zip(path[1].bytes()).take_while(|(a, b)| a == b).count();
            common.truncate(if *seen == apps { 0 } else { same });
            if *seen > 1 {
                let known: &mut Setting = &mut settings[*first];
                known.key = format!("app.{common}*.{rest}");
                return;
            }
        }
        let default = is_default(node);
        let of = |path: &str| assumptions.get(path).filter(|_| default);
        let assumption = of(&path.join(".")).or_else(|| of(&general(path)));
        let assumption = assumption.cloned().unwrap_or_default();
        settings.push(Setting {
            key: keys.join("."),
            value: node.text().map_or_else(|| node.to_string(), str::to_owned),
            low: assumption.low,
            high: assumption.high,
            source: assumption.source,
            confidence: assumption.confidence,
            default,
            origin: sources.origin(at),
        });
    });
    if let Some(files) = &fleet.files {
        settings.push(Setting {
            key: "fleet".into(),
            value: files.text().map_or_else(|| files.to_string(), str::to_owned),
            low: None,
            high: None,
            source: None,
            confidence: None,
            default: false,
            origin: sources.origin(youngest(files)),
        });
        settings.sort_by(|a, b| a.key.cmp(&b.key));
    }
    settings
}

/// The path under which the preset keeps the assumption: apps as `app.*`.
fn general(path: &[String]) -> String {
    match path {
        [app, name, rest @ ..] if app == "app" && !name.is_empty() => {
            format!("app.*.{}", rest.join("."))
        }
        _ => path.join("."),
    }
}

/// Whether all of a value comes from the preset.
fn is_default(node: &Node) -> bool {
    youngest(node).is_built_in()
}

/// The place of the part of a value that was given last.
fn youngest(node: &Node) -> At {
    match &node.value {
        Value::Table(table) => {
            let parts = table.entries.values().map(|entry| youngest(&entry.node));
            parts.fold(node.at, |a, b| if b.source > a.source { b } else { a })
        }
        _ => node.at,
    }
}

/// Calls `leaf` for every value that stands for itself: everything but tables with keys of their own.
fn walk(
    table: &Table,
    shape: &'static Shape,
    path: &mut Vec<String>,
    leaf: &mut impl FnMut(&[String], &Node),
) {
    for (name, entry) in &table.entries {
        let Some(key) = shape.key(name) else { continue };
        path.push(name.clone());
        match (&entry.node.value, key.kind) {
            (Value::Table(inner), Kind::Named(shape)) => {
                for (name, entry) in &inner.entries {
                    path.push(name.clone());
                    if let Some(table) = entry.node.table() {
                        walk(table, shape, path, leaf);
                    }
                    path.pop();
                }
            }
            (Value::List(items), Kind::Tables(_)) => {
                for (index, item) in items.iter().enumerate() {
                    path.push((index + 1).to_string());
                    leaf(path, item);
                    path.pop();
                }
            }
            (Value::Table(inner), _) => match key.shape_of(inner) {
                Some(shape) if !registry::is_value(shape) => walk(inner, shape, path, leaf),
                _ => leaf(path, &entry.node),
            },
            _ => leaf(path, &entry.node),
        }
        path.pop();
    }
}

/// The effective scenario. It is written as TOML, each value with its origin in a comment.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    root: Table,
    sources: Sources,
}

impl Resolved {
    pub(crate) fn new(root: Table, sources: Sources) -> Resolved {
        Resolved { root, sources }
    }
}

impl fmt::Display for Resolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render(&self.root, &self.sources))
    }
}

fn render(root: &Table, sources: &Sources) -> String {
    let mut out = String::new();
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut tables: Vec<(String, String)> = Vec::new();
    walk(root, &ROOT, &mut Vec::new(), &mut |path, node| {
        let origin = sources.origin(youngest(node));
        if let (true, Value::Table(table)) = (is_of_list(path), &node.value) {
            let mut block = format!("\n[[{}]]   # {origin}\n", path[0]);
            for (key, entry) in &table.entries {
                block += &format!("{} = {}\n", toml_key(key), entry.node);
            }
            tables.push((String::new(), block));
            return;
        }
        let (last, section) = path.split_last().map_or(("", path), |(last, rest)| (last, rest));
        let section: Vec<_> = section.iter().map(|key| toml_key(key)).collect();
        lines.push((section.join("."), format!("{} = {node}   # {origin}\n", toml_key(last))));
    });
    // Lines of one table together, in the order of tables: a key after a table would belong to it.
    lines.sort_by(|a, b| a.0.cmp(&b.0));
    let mut open = "";
    for (section, line) in &lines {
        if section != open {
            out += &format!("\n[{section}]\n");
            open = section;
        }
        out += line;
    }
    for (_, block) in tables {
        out += &block;
    }
    out
}

fn is_of_list(path: &[String]) -> bool {
    path.len() == 2 && matches!(ROOT.key(&path[0]).map(|key| key.kind), Some(Kind::Tables(_)))
}
