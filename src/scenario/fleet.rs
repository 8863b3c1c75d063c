//! Many apps from few words: `count` on an app, and the rows of a CSV file.

use super::csv_file::{self, CsvTable, Row};
use super::keys;
use super::merge::node_over_at_app;
use super::mistakes::Mistake;
use super::names::{NAME_RULE, is_name, quoted};
use super::reading::Reading;
use super::registry::{APP, ROOT};
use super::sources::At;
use super::tree::{Entry, Node, Table, Value, toml_value};
use std::collections::BTreeMap;

/// Most apps that one scenario may have.
pub(crate) const MOST_APPS: usize = 500_000;

/// The column that names the app of a row.
const NAME: &str = "name";

/// What is left of `fleet` when its apps are in their places.
pub(crate) struct Fleet {
    /// Its files, as named.
    pub files: Option<Node>,
    /// Sources from this one on are rows, not settings written by themselves.
    pub rows_from: u32,
}

/// Scenarios with more apps than this list a setting that several of them share only once.
pub(crate) const LISTED_SINGLY: usize = 10;

/// Puts in place of `fleet` the apps of its rows, and of an app with a `count` so many apps `NAME-1` …
/// What the scenario says of one of them by its own name is laid over it.
pub(crate) fn expand(root: &mut Table, reading: &Reading) -> Fleet {
    let rows_from = reading.sources().next();
    reading.note_read(&ROOT, ROOT.key("fleet").expect("`fleet` is a key"));
    reading.note_read(&APP, APP.key("count").expect("`count` is a key"));
    let fleet = root.entries.remove("fleet");
    if let Some(fleet) = &fleet {
        for (path, named) in files(&fleet.node, reading) {
            if let Some(csv) = csv_file::read(reading, &path, named) {
                let apps = rows(&csv, reading);
                lay_below(root, apps, fleet.key_at);
            }
        }
    }
    counted(root, reading);
    Fleet { files: fleet.map(|entry| entry.node), rows_from }
}

fn files(node: &Node, reading: &Reading) -> Vec<(String, At)> {
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let file = |item: &Node| {
        if item.text().is_none() {
            let title = "`fleet` takes the name of a CSV file";
            reading.mistake(Mistake::new(item.at, title).help("write fleet = \"apps.csv\""));
        }
        Some((item.text()?.to_owned(), item.at))
    };
    items.iter().filter_map(file).collect()
}

/// The apps of a file: columns are keys of an app, dotted where they lie deeper; an empty cell says
/// nothing.
fn rows(csv: &CsvTable, reading: &Reading) -> BTreeMap<String, Entry> {
    let mut apps = BTreeMap::new();
    let header = csv.header();
    let Some(name_column) = csv.columns.iter().position(|column| column == NAME) else {
        let columns = csv.columns.join(", ");
        reading.mistake(
            Mistake::new(header, format!("a fleet needs a column `{NAME}`"))
                .help(format!("its columns are {}", quoted(&columns))),
        );
        return apps;
    };
    if csv.rows.len() > MOST_APPS {
        reading.mistake(too_many(header));
        return apps;
    }
    // A wrong column is wrong once, not in every row.
    let mut sample = Table::default();
    for (index, column) in csv.columns.iter().enumerate() {
        let flag = Node { value: Value::Flag(true), at: header };
        if index != name_column && !put(&mut sample, column, flag) {
            let title = format!("the column `{}` comes twice, or within another", quoted(column));
            reading.mistake(Mistake::new(header, title));
            return apps;
        }
    }
    let mut mistakes = Vec::new();
    keys::check_app(&sample, &mut mistakes);
    let sound = mistakes.is_empty();
    mistakes.into_iter().for_each(|mistake| reading.mistake(mistake));
    if !sound {
        return apps;
    }
    for row in &csv.rows {
        let name = row.cells[name_column].trim();
        if !is_name(name) {
            let title = format!("`{}` cannot be a name", quoted(name));
            reading.mistake(Mistake::new(row.at, title).help(NAME_RULE));
            continue;
        }
        let table = app(csv, row, name_column);
        let mut mistakes = Vec::new();
        keys::check_app(&table, &mut mistakes);
        mistakes.into_iter().for_each(|mistake| reading.mistake(mistake));
        let node = Node { value: Value::Table(table), at: row.at };
        let entry = Entry { key_at: row.at, node };
        if let Some(first) = apps.insert(name.to_owned(), entry) {
            let title = format!("there are two rows for `{name}`");
            reading.mistake(Mistake::new(row.at, title).also(first.key_at, "the first"));
        }
    }
    apps
}

fn app(csv: &CsvTable, row: &Row, name_column: usize) -> Table {
    let mut table = Table::default();
    for (index, cell) in row.cells.iter().enumerate() {
        let cell = cell.trim();
        if index != name_column && !cell.is_empty() {
            put(&mut table, &csv.columns[index], toml_value(cell, row.at));
        }
    }
    table
}

/// Puts a value at a dotted path; `false` where something stands in its way.
fn put(table: &mut Table, path: &str, node: Node) -> bool {
    let at = node.at;
    match path.split_once('.') {
        None if table.has(path) => false,
        None => {
            table.entries.insert(path.to_owned(), Entry { key_at: at, node });
            true
        }
        Some((first, rest)) => {
            let inner = Node { value: Value::Table(Table::default()), at };
            let entry = Entry { key_at: at, node: inner };
            let entry = table.entries.entry(first.to_owned()).or_insert(entry);
            match &mut entry.node.value {
                Value::Table(inner) => put(inner, rest, node),
                _ => false,
            }
        }
    }
}

/// Adds apps below what the scenario says of the same names.
fn lay_below(root: &mut Table, apps: BTreeMap<String, Entry>, at: At) {
    let own = root.entries.entry("app".into()).or_insert_with(|| {
        let node = Node { value: Value::Table(Table::default()), at };
        Entry { key_at: at, node }
    });
    let Value::Table(own) = &mut own.node.value else { return };
    for (name, mut entry) in apps {
        if let Some(said) = own.entries.remove(&name) {
            entry.node = node_over_at_app(&entry.node, &said.node);
            entry.key_at = said.key_at;
        }
        own.entries.insert(name, entry);
    }
}

/// An app with `count = 12` becomes NAME-01 to NAME-12.
fn counted(root: &mut Table, reading: &Reading) {
    let Some(Value::Table(apps)) = root.entries.get_mut("app").map(|it| &mut it.node.value) else {
        return;
    };
    let has_count = |entry: &Entry| entry.node.table().is_some_and(|app| app.has("count"));
    let templates: Vec<String> =
        apps.entries.iter().filter(|(_, it)| has_count(it)).map(|(name, _)| name.clone()).collect();
    // Neither what every app has nor a model is an app itself.
    let mut all = apps.entries.keys().filter(|name| *name != "*").count() - templates.len();
    for name in templates {
        let mut template = apps.entries.remove(&name).expect("it was there");
        let Value::Table(table) = &mut template.node.value else { continue };
        let count = table.entries.remove("count").expect("it has a count").node;
        let count = match count.value {
            Value::Integer(n @ 1..) if n <= MOST_APPS as i64 => n as usize,
            _ => {
                let title = format!("`count` must be a whole number from 1 to {MOST_APPS}");
                reading.mistake(Mistake::new(count.at, title));
                // What else is wrong with it is told too.
                apps.entries.insert(name, template);
                continue;
            }
        };
        all += count;
        if all > MOST_APPS {
            reading.mistake(too_many(template.key_at));
            return;
        }
        let digits = count.to_string().len();
        let mut copies = BTreeMap::new();
        for number in 1..=count {
            let copy = format!("{name}-{number:0digits$}");
            if !is_name(&copy) {
                let title = format!("`{}` cannot be a name", quoted(&copy));
                reading.mistake(Mistake::new(template.key_at, title).help(NAME_RULE));
                return;
            }
            copies.insert(copy, template.clone());
        }
        for (copy, mut entry) in copies {
            if let Some(said) = apps.entries.remove(&copy) {
                entry.node = node_over_at_app(&entry.node, &said.node);
                entry.key_at = said.key_at;
            }
            apps.entries.insert(copy, entry);
        }
    }
}

fn too_many(at: At) -> Mistake {
    Mistake::new(at, format!("a scenario has at most {MOST_APPS} apps"))
}
