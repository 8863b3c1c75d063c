//! Generations of the health manager by name: `health_manager = "hm9000"`, for the platform or an app.

use super::merge::node_over;
use super::mistakes::Mistake;
use super::preset::{self, Assumptions};
use super::registry::SHARED_BY_APPS;
use super::sources::{GENERATIONS, Source, Sources};
use super::tree::{Entry, Node, Table, Value};

/// The key under which a table says which generation its numbers come from.
const GENERATION: &str = "generation";
const HEALTH_MANAGER: &str = "health_manager";

/// The numbers of every generation, and where they were read.
pub(crate) struct Generations {
    tables: Table,
    assumptions: Assumptions,
}

impl Generations {
    /// The text of the generations as a source, which has to be the second of its sources.
    pub fn source() -> Source {
        let text = include_str!("presets/health-managers.toml").to_owned();
        Source { path: "generations of the health manager".into(), text, dir: Default::default() }
    }

    pub fn read(sources: &Sources, mistakes: &mut Vec<Mistake>) -> Generations {
        let (tables, assumptions) = preset::read(sources, GENERATIONS, mistakes);
        Generations { tables, assumptions }
    }

    /// `health_manager = "hm9000"` is short for `health_manager.generation = "hm9000"`.
    pub fn as_keys(layer: &mut Table) {
        for_each(layer, |_, entry| {
            if matches!(entry.node.value, Value::Text(_)) {
                let (at, key_at) = (entry.node.at, entry.key_at);
                let named = Entry { node: entry.node.clone(), key_at };
                let mut table = Table::default();
                table.entries.insert(GENERATION.into(), named);
                entry.node = Node { value: Value::Table(table), at };
            }
        });
    }

    /// Puts the numbers of the chosen generations under what the user says himself.
    pub fn fill_in(&self, root: &mut Table, assumptions: &mut Assumptions) {
        for_each(root, |path, entry| {
            let Value::Table(table) = &mut entry.node.value else { return };
            let Some(name) = table.get(GENERATION).and_then(|it| it.node.text()) else { return };
            let Some(numbers) = self.tables.get(name).and_then(|it| it.node.table()) else {
                return;
            };
            let name = name.to_owned();
            let own = |key: &str| path == HEALTH_MANAGER || !SHARED_BY_APPS.contains(&key);
            for (key, number) in numbers.entries.iter().filter(|(key, _)| own(key)) {
                match table.entries.get_mut(key) {
                    Some(own) => own.node = node_over(&number.node, &own.node),
                    None => {
                        table.entries.insert(key.clone(), number.clone());
                    }
                }
                let assumption = self.assumptions.get(&format!("{name}.{key}"));
                let assumption = assumption.cloned().unwrap_or_default();
                assumptions.insert(format!("{path}.{key}"), assumption);
            }
        });
    }
}

/// The health managers of a layer: the platform's and those of apps, with their paths.
fn for_each(layer: &mut Table, mut act: impl FnMut(&str, &mut Entry)) {
    if let Some(entry) = layer.entries.get_mut(HEALTH_MANAGER) {
        act(HEALTH_MANAGER, entry);
    }
    let Some(Entry { node: Node { value: Value::Table(apps), .. }, .. }) =
        layer.entries.get_mut("app")
    else {
        return;
    };
    for (name, app) in &mut apps.entries {
        if let Value::Table(app) = &mut app.node.value
            && app.has(HEALTH_MANAGER)
            && let Some(entry) = app.entries.get_mut(HEALTH_MANAGER)
        {
            act(&format!("app.{name}.{HEALTH_MANAGER}"), entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::registry::GENERATION_NAMES;

    #[test]
    fn every_generation_that_can_be_named_has_numbers_with_their_sources() {
        let mut sources = Sources::default();
        sources.add(Source { path: "none".into(), text: String::new(), dir: Default::default() });
        sources.add(Generations::source());
        let mut mistakes = Vec::new();
        let generations = Generations::read(&sources, &mut mistakes);
        assert!(mistakes.is_empty());
        let mut names = GENERATION_NAMES.to_vec();
        names.sort_unstable();
        assert!(generations.tables.entries.keys().eq(names.iter()));
        for (path, assumption) in &generations.assumptions {
            assert!(assumption.source.is_some() && assumption.confidence.is_some(), "{path}");
        }
    }
}
