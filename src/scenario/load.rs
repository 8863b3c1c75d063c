//! From texts to a loaded scenario.

use super::assemble::assemble;
use super::fleet;
use super::generations::Generations;
use super::keys;
use super::merge::{lay_over, spread_app_defaults};
use super::mistakes::{Mistake, Mistakes, plain_notes, render_notes};
use super::names::{closest, quoted};
use super::preset::{self, Assumptions};
use super::read::{self, BARE};
use super::reading::{Finished, Reading};
use super::resolved::{self, Resolved};
use super::sources::{At, GENERATIONS, PRESET, SET, Source, Sources};
use super::spec::{Scenario, Targets};
use super::tree::{self, Table, Value, toml_string};
use crate::model::setup::placed;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::mem::take;

/// Everything that one scenario is made of, in the order of layers.
#[derive(Clone, Debug, Default)]
pub struct Input {
    pub files: Vec<Source>,
    /// `--with`: laid over the files.
    pub with: Vec<Source>,
    /// `--set path=value`: laid over all.
    pub set: Vec<(String, String)>,
}

/// A scenario that can be simulated.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub scenario: Scenario,
    /// Hash of everything that the result depends on: the same for another order of keys, other
    /// comments or another file name.
    pub hash: String,
    /// Warnings, rendered.
    pub notes: Vec<String>,
    /// The effective scenario as TOML, each value with its origin in a comment.
    pub resolved: Resolved,
}

/// Reads, merges and checks a scenario; all its mistakes are told at once.
pub fn load(input: &Input) -> Result<Loaded, Mistakes> {
    load_and_track(input).0
}

/// As [`load`]; also tells which keys of the registry were asked for.
pub(crate) fn load_and_track(
    input: &Input,
) -> (Result<Loaded, Mistakes>, Vec<(&'static str, &'static str)>) {
    let mut mistakes = Vec::new();
    let mut layers = parse_layers(input, &mut mistakes);
    let platform = platform(&layers, &mut mistakes);
    let mut assumptions = match preset::source(&platform) {
        None => Assumptions::new(),
        Some(source) => {
            layers.sources.replace(PRESET, source);
            let (preset, assumptions) = preset::read(&layers.sources, PRESET, &mut mistakes);
            layers.tables.insert(0, preset);
            assumptions
        }
    };
    let mut root = Table::default();
    for mut layer in layers.tables {
        if layer.has("failures") {
            root.entries.remove("failure");
            drop_preset_dependencies(&mut root);
        }
        if layer.has("changes") {
            drop_changes(&mut root);
        }
        Generations::as_keys(&mut layer);
        lay_over(&mut root, layer);
    }
    let generations = Generations::read(&layers.sources, &mut mistakes);

    let stem = input.files.first().map_or("scenario".into(), |file| stem(&file.path));
    let reading = Reading::new(layers.sources, mistakes);
    let fleet = fleet::expand(&mut root, &reading);
    spread_app_defaults(&mut root);
    generations.fill_in(&mut root, &mut assumptions);
    let mut scenario = read::scenario(&reading, &root, &platform, &stem);
    let Finished { sources, mistakes, notes, keys } = reading.finish();
    let keys = keys.into_iter().collect();
    let mut mistakes = mistakes;
    if mistakes.is_empty() {
        mistakes.extend(without_room(&scenario, &root));
    }
    if !mistakes.is_empty() {
        return (Err(Mistakes::new(mistakes, sources)), keys);
    }
    resolved::keep_used(&mut root, &scenario);
    scenario.settings = resolved::settings(&root, &fleet, &assumptions, &sources);
    scenario.notes = plain_notes(&notes, &sources);
    let loaded = Loaded {
        hash: hash(&mut scenario),
        notes: render_notes(notes, &sources),
        resolved: Resolved::new(root, sources),
        scenario,
    };
    (Ok(loaded), keys)
}

/// What the preset has fail outside of the platform is dropped with its failures.
fn drop_preset_dependencies(root: &mut Table) {
    let dependencies = root.entries.get_mut("dependency").map(|entry| &mut entry.node.value);
    if let Some(Value::Table(dependencies)) = dependencies {
        dependencies.entries.retain(|_, entry| entry.key_at.source != PRESET);
    }
}

/// What is done to every app again and again.
fn drop_changes(root: &mut Table) {
    let Some(Value::Table(apps)) = root.entries.get_mut("app").map(|entry| &mut entry.node.value)
    else {
        return;
    };
    for app in apps.entries.values_mut() {
        if let Value::Table(app) = &mut app.node.value {
            app.entries.retain(|key, _| key != "deployments" && key != "restarts");
        }
    }
}

/// Everything runs at the start (S4), so that every container must find room on the hosts.
fn without_room(scenario: &Scenario, root: &Table) -> Vec<Mistake> {
    if scenario.hosts.iter().all(|hosts| hosts.memory.is_none()) {
        return Vec::new();
    }
    let topology = assemble(scenario);
    let (_, units) = placed(&topology);
    let mut missing: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for unit in units {
        let app = topology.group_of(unit);
        missing.entry(&app.name).or_insert((0, app.count)).0 += 1;
    }
    let told = |(app, (unplaced, count)): (&str, (u32, u32))| {
        let at = root.at_path(["app", app]).map(|entry| entry.key_at)?;
        let title = format!(
            "{unplaced} of {count} containers of app {app} would find no room on the hosts"
        );
        let help = "add hosts or memory to the zones it may use, or ask for less";
        Some(Mistake::new(at, title).help(help))
    };
    missing.into_iter().filter_map(told).collect()
}

struct Layers {
    sources: Sources,
    tables: Vec<Table>,
}

/// Parses files, `--with` files and `--set`s, and checks their keys.
fn parse_layers(input: &Input, mistakes: &mut Vec<Mistake>) -> Layers {
    let mut sources = Sources::default();
    // The preset comes first, but which it is stands in the files.
    sources.add(Source { path: BARE.into(), text: String::new(), dir: Default::default() });
    sources.add(Generations::source());
    let mut tables = Vec::new();
    for file in input.files.iter().chain(&input.with) {
        let source = sources.add(file.clone());
        tables.push(tree::parse(&sources, source, mistakes));
    }
    let dir = input.files.first().map(|file| file.dir.clone()).unwrap_or_default();
    for (path, value) in &input.set {
        let text = set_text(path, value);
        let source = sources.add(Source { path: SET.into(), text, dir: dir.clone() });
        tables.push(tree::parse(&sources, source, mistakes));
    }
    for table in &tables {
        keys::check(table, mistakes);
    }
    Layers { sources, tables }
}

/// A `--set` as a line of TOML; a value that is no TOML is taken as a text, so that nobody has to
/// quote twice in a shell.
fn set_text(path: &str, value: &str) -> String {
    let line = format!("{path} = {value}");
    match toml::de::DeTable::parse(&line) {
        Err(_) => format!("{path} = {}", toml_string(value)),
        Ok(_) => line,
    }
}

/// The platform that the layers name. After a mistake the newest preset is as good a guess as any:
/// without one, every region and every default would be missing too.
fn platform(layers: &Layers, mistakes: &mut Vec<Mistake>) -> String {
    let known = || preset::names().chain([BARE]);
    let newest = preset::names().next().unwrap_or(BARE).to_owned();
    let Some(entry) = layers.tables.iter().rev().find_map(|table| table.get("platform")) else {
        let start = At { source: GENERATIONS + 1, start: 0, end: 0 };
        let help = format!("write platform = \"{newest}\", or \"{BARE}\"");
        mistakes.push(Mistake::new(start, "the scenario needs `platform`").help(help));
        return newest;
    };
    match entry.node.text() {
        Some(text) if known().any(|name| name == text) => return text.to_owned(),
        Some(text) => {
            let title = format!("there is no platform `{}`", quoted(text));
            mistakes.push(Mistake::new(entry.node.at, title).meant(closest(text, known()), || {
                format!("there are {}", known().collect::<Vec<_>>().join(" and "))
            }));
        }
        None => {
            mistakes.push(Mistake::new(entry.node.at, "`platform` must be a text in quotes"));
        }
    }
    newest
}

/// The name of a scenario from the path of its file.
fn stem(path: &str) -> String {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = file.strip_suffix(".toml").unwrap_or(file);
    if super::names::is_name(stem) { stem.to_owned() } else { "scenario".to_owned() }
}

/// Up to so many apps all targets of failures are told in what is hashed.
const TOLD_SINGLY: usize = 10_000;

/// Derived `Debug` prints every field, so a field added to the scenario enters the hash by itself.
/// The name, the origins of settings and the notes do not change any result and are left out.
fn hash(scenario: &mut Scenario) -> String {
    let aside = (take(&mut scenario.name), take(&mut scenario.settings), take(&mut scenario.notes));
    let failures = scenario.failures.clone();
    if scenario.apps.len() <= TOLD_SINGLY {
        for failure in &mut scenario.failures {
            failure.targets = Targets::Named(failure.targets.one_by_one(&scenario.apps));
        }
    }
    let mut hasher = io::BufWriter::new(blake3::Hasher::new());
    write!(hasher, "{scenario:?}").expect("a hasher takes all bytes");
    scenario.failures = failures;
    (scenario.name, scenario.settings, scenario.notes) = aside;
    let hasher = hasher.into_inner().expect("a hasher takes all bytes");
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::registry::all_shapes;
    use std::collections::BTreeSet;

    #[test]
    fn every_key_that_the_registry_calls_built_is_read() {
        let text = include_str!("../../tests/data/maximal.toml").to_owned();
        let file = Source { path: "maximal.toml".into(), text, dir: "tests/data".into() };
        let (loaded, read) = load_and_track(&Input { files: vec![file], ..Input::default() });
        let loaded = loaded.unwrap_or_else(|mistakes| panic!("{}", mistakes.rendered_plain));
        assert_eq!(loaded.scenario.name, "maximal");
        let mut read: BTreeSet<_> = read.into_iter().collect();
        // Read from the layers, before there is anything merged to read from.
        read.insert(("scenario", "platform"));
        for shape in all_shapes() {
            for key in shape.keys {
                let built = key.later.is_none();
                assert_eq!(
                    read.contains(&(shape.name, key.name)),
                    built,
                    "{}.{}",
                    shape.name,
                    key.name
                );
            }
        }
    }
}
