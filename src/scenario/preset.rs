//! Dated platform presets, each setting with its range, source and confidence.

use super::mistakes::Mistake;
use super::sources::{Source, Sources};
use super::tree::{Node, Table, Value, parse};
use std::collections::BTreeMap;

/// Presets by name, as their files have them.
const PRESETS: [(&str, &str); 1] =
    [("mendix-cloud@2026-11", include_str!("presets/mendix-cloud@2026-11.toml"))];

/// Why a preset's value is what it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Assumption {
    pub low: Option<String>,
    pub high: Option<String>,
    pub source: Option<String>,
    pub confidence: Option<String>,
}

/// Assumptions by dotted path; apps as `app.*`.
pub(crate) type Assumptions = BTreeMap<String, Assumption>;

/// The names of all presets.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|(name, _)| *name)
}

/// The text of a preset as a source.
pub(crate) fn source(name: &str) -> Option<Source> {
    let (name, text) = PRESETS.iter().find(|(known, _)| *known == name)?;
    Some(Source { path: (*name).into(), text: (*text).into(), dir: Default::default() })
}

/// The settings of a preset without their assumptions, and the assumptions apart.
pub(crate) fn read(
    sources: &Sources,
    source: u32,
    mistakes: &mut Vec<Mistake>,
) -> (Table, Assumptions) {
    let mut table = parse(sources, source, mistakes);
    let mut assumptions = Assumptions::new();
    unwrap(&mut table, "", &mut assumptions);
    (table, assumptions)
}

/// Replaces every `{ value = …, source = …, … }` by its value.
fn unwrap(table: &mut Table, prefix: &str, assumptions: &mut Assumptions) {
    for (name, entry) in &mut table.entries {
        let path = format!("{prefix}{name}");
        let Value::Table(inner) = &mut entry.node.value else { continue };
        let Some(value) = inner.entries.remove("value") else {
            unwrap(inner, &format!("{path}."), assumptions);
            continue;
        };
        let word = |name: &str| {
            inner.get(name).map(|entry| match entry.node.text() {
                Some(text) => text.to_owned(),
                None => entry.node.to_string(),
            })
        };
        let assumption = Assumption {
            low: word("low"),
            high: word("high"),
            source: word("source"),
            confidence: word("confidence"),
        };
        assumptions.insert(path, assumption);
        entry.node = Node { value: value.node.value, at: entry.node.at };
    }
}
