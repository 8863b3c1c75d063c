//! TOML as a tree that remembers where everything stood.
//!
//! Tables are sorted by key, so that nothing read from the tree can depend on the order in the file.

use super::mistakes::Mistake;
use super::names::quoted;
use super::shared::Shared;
use super::sources::{At, Sources};
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// Largest scenario file in bytes.
pub(crate) const LARGEST_FILE: usize = 16 << 20;

/// Most levels of tables and lists in each other, and most parts of a dotted key.
const DEEPEST: usize = 32;

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub value: Value,
    pub at: At,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Flag(bool),
    /// A date or a date with a time, as written.
    Date(String),
    List(Vec<Node>),
    Table(Table),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub entries: Shared<BTreeMap<String, Entry>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key_at: At,
    pub node: Node,
}

impl Node {
    pub fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Node {
    /// Whether both are copies of one table that nothing was changed of.
    pub fn is_same_table(&self, other: &Node) -> bool {
        let (Some(own), Some(others)) = (self.table(), other.table()) else { return false };
        own.entries.is_same(&others.entries) && self.at == other.at
    }
}

impl Table {
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key)
    }

    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// The entry at a path of keys.
    pub fn at_path<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&Entry> {
        let mut path = path.into_iter();
        let mut entry = self.get(path.next()?)?;
        for key in path {
            entry = entry.node.table()?.get(key)?;
        }
        Some(entry)
    }
}

/// The value as one line of TOML, with keys in order: what settings, `--resolved` and hashes show.
impl std::fmt::Display for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.value {
            Value::Text(text) => f.write_str(&toml_string(text)),
            Value::Integer(number) => write!(f, "{number}"),
            Value::Float(number) => write!(f, "{number:?}"),
            Value::Flag(flag) => write!(f, "{flag}"),
            Value::Date(date) => f.write_str(date),
            Value::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Value::Table(table) => {
                f.write_str("{")?;
                for (index, (key, entry)) in table.entries.iter().enumerate() {
                    let comma = if index == 0 { " " } else { ", " };
                    write!(f, "{comma}{} = {}", toml_key(key), entry.node)?;
                }
                f.write_str(" }")
            }
        }
    }
}

/// A key as TOML writes it: bare where it can be.
pub(crate) fn toml_key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { toml_string(key) }
}

pub(crate) fn toml_string(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Reads a source into a table; syntax errors are collected and what could be read is returned.
pub(crate) fn parse(sources: &Sources, source: u32, mistakes: &mut Vec<Mistake>) -> Table {
    let text = &sources.get(source).text;
    let start = At { source, start: 0, end: 0 };
    if text.len() > LARGEST_FILE {
        mistakes.push(
            Mistake::new(start, "this file is too large")
                .help("a scenario has at most 16 MiB; keep recorded data in CSV files"),
        );
        return Table::default();
    }
    if let Some(offset) = too_deep(text) {
        let at = At { source, start: offset, end: offset };
        mistakes.push(Mistake::new(at, format!("keys are nested more than {DEEPEST} deep")));
        return Table::default();
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let at = At { source, start: span.start as u32, end: span.end as u32 };
        mistakes.push(Mistake::new(at, format!("not TOML: {}", error.message())));
    }
    let mut walk = Walk { source, fixed: None, mistakes, depth: 0 };
    walk.table(table.into_inner())
}

/// The offset of a dotted key with too many parts. The parser limits brackets but not dots, and a
/// tree as deep as the file is long would exhaust the stack of everything that walks it.
fn too_deep(text: &str) -> Option<u32> {
    let (mut dots, mut last) = (0_usize, b' ');
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            b'.' if last != b'.' => dots += 1,
            b'\n' | b'=' | b',' | b'#' | b'[' | b']' | b'{' | b'}' => dots = 0,
            _ => {}
        }
        if dots > DEEPEST {
            return Some(offset as u32);
        }
        last = byte;
    }
    None
}

/// A value from outside a TOML file, at a place that is given: what is no TOML is a text.
pub(crate) fn toml_value(text: &str, at: At) -> Node {
    let as_text = || Node { value: Value::Text(text.to_owned()), at };
    let line = format!("x = {text}");
    if text.contains('\n') || too_deep(&line).is_some() {
        return as_text();
    }
    let Ok(table) = DeTable::parse(&line) else { return as_text() };
    let mut mistakes = Vec::new();
    let mut walk = Walk { source: at.source, fixed: Some(at), mistakes: &mut mistakes, depth: 0 };
    let value = walk.table(table.into_inner()).entries.into_inner().remove("x");
    value.filter(|_| mistakes.is_empty()).map_or_else(as_text, |entry| entry.node)
}

struct Walk<'a> {
    source: u32,
    /// Where everything is said to stand, if not where it does.
    fixed: Option<At>,
    mistakes: &'a mut Vec<Mistake>,
    depth: usize,
}

impl Walk<'_> {
    fn at(&self, span: std::ops::Range<usize>) -> At {
        let own = At { source: self.source, start: span.start as u32, end: span.end as u32 };
        self.fixed.unwrap_or(own)
    }

    fn table(&mut self, table: DeTable<'_>) -> Table {
        let mut entries = BTreeMap::new();
        for (key, value) in table {
            let key_at = self.at(key.span());
            let at = self.at(value.span());
            if let Some(value) = self.value(value.into_inner(), at) {
                // The span of a table is its header; point at the key instead.
                let at = if matches!(value, Value::Table(_)) { key_at } else { at };
                entries.insert(
                    key.into_inner().into_owned(),
                    Entry { key_at, node: Node { value, at } },
                );
            }
        }
        Table { entries: Shared::new(entries) }
    }

    fn value(&mut self, value: DeValue<'_>, at: At) -> Option<Value> {
        if self.depth == DEEPEST {
            let title = format!("tables and lists are nested more than {DEEPEST} deep");
            self.mistakes.push(Mistake::new(at, title));
            return None;
        }
        self.depth += 1;
        let value = self.value_at_depth(value, at);
        self.depth -= 1;
        value
    }

    fn value_at_depth(&mut self, value: DeValue<'_>, at: At) -> Option<Value> {
        Some(match value {
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Boolean(flag) => Value::Flag(flag),
            DeValue::Datetime(date) => Value::Date(date.to_string()),
            DeValue::Integer(integer) => {
                match i64::from_str_radix(integer.as_str(), integer.radix()) {
                    Ok(number) => Value::Integer(number),
                    Err(_) => {
                        let shown = quoted(integer.as_str());
                        self.mistakes.push(
                            Mistake::new(at, format!("the number {shown} is too large"))
                                .help("whole numbers go up to 9223372036854775807 (2^63 − 1)"),
                        );
                        return None;
                    }
                }
            }
            DeValue::Float(float) => match float.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() => Value::Float(number),
                _ => {
                    let shown = quoted(float.as_str());
                    self.mistakes.push(Mistake::new(at, format!("{shown} is not a finite number")));
                    return None;
                }
            },
            DeValue::Array(items) => Value::List(
                items
                    .into_iter()
                    .filter_map(|item| {
                        let at = self.at(item.span());
                        self.value(item.into_inner(), at).map(|value| Node { value, at })
                    })
                    .collect(),
            ),
            DeValue::Table(table) => Value::Table(self.table(table)),
        })
    }
}
