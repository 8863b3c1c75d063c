//! No key parses and does nothing. For every key of the registry there are two values that give different results,
//! here or in the test that is named for its table; a key without either is told.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use zonefall::scenario::{Input, Source, json_schema, load};
use zonefall::study::{self, Options};

/// Two regions, an app of three containers, crashes and zone outages in plenty.
const BASE: &str = r#"
version = 1
platform = "none"
study = { start = 2025-03-24, horizon = "20d", replications = 3 }
[region]
r = { country = "DE", zones = ["za", "zb"] }
s = { country = "IE", zones = ["zs"] }
[profile.day]
weekday = ["0:00 10%", "9:00 90%"]
weekend = ["0:00 20%"]
[health_manager]
start = { dist = "exponential", mean = "60s" }
[router]
unregister = "5s"
[app.shop]
region = "r"
containers = 3
placement = "spread"
load = { mean = "9/s", profile = "day" }
response = "1s"
health_manager = {}
router = {}
[failure.crash]
kind = "crash"
targets = "container.shop/*"
mtbf = "3h"
[failure.dark]
kind = "outage"
targets = "zone.za"
mtbf = "9h"
lasts = "1h"
"#;

/// An app of the platform.
const PRESET: &str = r#"
version = 1
platform = "mendix-cloud@2026-11"
study = { horizon = "60d", replications = 3 }
[app.shop]
region = "eu-central-1"
plan = "premium"
containers = 2
load = "9/s"
"#;

const HANG: &str =
    "[failure.hang]\nkind = \"hang\"\ntargets = \"container.shop/*\"\nmtbf = \"9h\"\n";
const HOSTS: &str =
    "[failure.host]\nkind = \"outage\"\ntargets = \"host.*\"\nmtbf = \"1d\"\nlasts = \"1h\"\n";
const RACK: &str = "[host.rack]\ncount = 5\nzone = \"za\"\nsupervisor = { restart = \"2h\" }\n\
                    [failure.host]\nkind = \"crash\"\ntargets = \"host.rack/*\"\nmtbf = \"1d\"\n";
const LOGIN: &str = "[dependency.login]\nmtbf = \"1d\"\nlasts = \"1h\"\nshare = \"50%\"\n";
const OBSERVED: &str = "[service.all]\nload = \"9/s\"\nrequires.at_least = 2\n\
                        requires.of = [\"container.shop/1\", \"container.shop/2\", \"container.shop/3\"]\n";
const MANAGER: &str =
    "[failure.gone]\nkind = \"crash\"\ntargets = \"health-manager.*\"\nmtbf = \"3h\"\n";
const NODE: &str = "[app.shop.database]\nmode = \"single\"\n\
                    [database.single]\nrebuild.takes = \"1h\"\n\
                    [failure.node]\nkind = \"crash\"\ntargets = \"database-node.*\"\nmtbf = \"1d\"\n";
const WHOLE: &str =
    "[failure.whole]\nkind = \"outage\"\ntargets = \"region.r\"\nmtbf = \"2d\"\nlasts = \"9h\"\n";
const BAD: &str = "[app.shop.deployments]\nrate = \"1/d\"\nbad = \"50%\"\n";
const OFTEN: &str = "[failure.often]\nkind = \"crash\"\ntargets = \"container.shop/1\"\n";

/// What a base is called in the list, and what it consists of.
fn base(name: &str) -> String {
    let changed = |from: &str, to: &str| {
        assert!(BASE.contains(from), "{from}");
        BASE.replace(from, to)
    };
    let load = "load = { mean = \"9/s\", profile = \"day\" }\n";
    let kept = "files = { size = \"9GB\" }\n";
    let ruled = "response = \"1s\"\nlogs = { region = \"s\", size = \"1GiB\" }\nresidency = { keep_in = \"DE\" }\n";
    let standing = |hosts: &str| {
        changed("response = \"1s\"\n", "response = \"1s\"\nmemory = \"2GiB\"\n") + hosts
    };
    match name {
        "base" => BASE.into(),
        "preset" => PRESET.into(),
        "kept" => PRESET.replace("load = ", &format!("{kept}load = ")),
        "constant" => changed(load, ""),
        "queue" => changed(
            "response = \"1s\"\n",
            "concurrency = 2\nqueue_places = 4\nservice_time = \"300ms\"\n",
        ),
        "supervised" => changed("health_manager = {}\n", "")
            .replace("[health_manager]\nstart = { dist = \"exponential\", mean = \"60s\" }\n", ""),
        "years" => changed("horizon = \"20d\"", "horizon = \"2y\"")
            .replace("3h", "9d")
            .replace("9h", "90d"),
        "hang" => BASE.to_string() + HANG,
        "manager" => BASE.to_string() + MANAGER,
        "hosts" => standing(HOSTS)
            .replace("\"zb\"] }", "\"zb\"], hosts = { per_zone = 3, memory = \"4GiB\" } }"),
        "rack" => BASE.to_string() + RACK,
        "rack-memory" => standing(RACK),
        "login" => BASE.to_string() + LOGIN,
        "observed" => BASE.to_string() + OBSERVED,
        "residency" => changed("response = \"1s\"\n", ruled),
        "login-residency" => changed("response = \"1s\"\n", ruled) + LOGIN,
        "database" => BASE.to_string() + NODE,
        "outage" => BASE.to_string() + WHOLE,
        "bad" => BASE.to_string() + BAD,
        "rate" => BASE.to_string() + OFTEN,
        other => panic!("there is no base {other}"),
    }
}

/// Everything that a study finds, without the settings and what names them.
fn found(base: &str, side: &str) -> Result<Value, String> {
    let mut text = base.to_string();
    let mut set = Vec::new();
    let mut appends = false;
    for part in side.split(" ; ").filter(|it| *it != "-") {
        appends |= part.starts_with('[');
        match part.split_once('=') {
            _ if appends => text += &format!("{part}\n"),
            Some((key, value)) => set.push((key.trim().to_string(), value.trim().to_string())),
            None => panic!("neither a setting nor a table: {part}"),
        }
    }
    let file = Source { path: "test.toml".into(), text, dir: "tests/data".into() };
    let loaded = load(&Input { files: vec![file], set, ..Input::default() });
    let loaded = loaded.map_err(|mistakes| mistakes.rendered_plain)?;
    let stop = AtomicBool::new(false);
    let options = Options { threads: 1, progress: &|_| (), stop: &stop, keep_rows: false };
    let found = study::run(&loaded.scenario, "", &options).findings;
    let mut subjects = json!([found.app, found.service]);
    for subject in subjects.as_array_mut().unwrap() {
        for told in subject.as_object_mut().unwrap().values_mut() {
            // What the result repeats of the scenario is no finding.
            for setting in ["containers", "needs", "load"] {
                told.as_object_mut().unwrap().remove(setting);
            }
        }
    }
    Ok(json!([
        subjects,
        found.scenario.name,
        found.study.precision,
        found.expectations,
        found.fleet,
        found.components,
        found.causes,
        found.residency,
    ]))
}

/// The keys of the list, and those of which both sides gave the same, or none could be set.
fn tried() -> (BTreeSet<&'static str>, Vec<String>) {
    let list = include_str!("data/every_key.txt");
    let lines: Vec<_> = list.lines().filter(|it| !it.is_empty() && !it.starts_with('#')).collect();
    let (mut keys, mut idle) = (BTreeSet::new(), Vec::new());
    for entry in lines.chunks(3) {
        let [title, one, other] = entry else { panic!("an entry has three lines: {entry:?}") };
        let (named, name) = title.split_once(" @ ").unwrap_or_else(|| panic!("no base: {title}"));
        keys.extend(named.split(' '));
        let base = base(name);
        match (found(&base, one.trim()), found(&base, other.trim())) {
            (Ok(one), Ok(other)) if one != other => {}
            (Ok(_), Ok(_)) => idle.push(named.to_string()),
            (Err(wrong), _) | (_, Err(wrong)) => idle.push(format!("{named}: {wrong}")),
        }
    }
    (keys, idle)
}

/// Tables whose keys are tried in tests of their own, where each must at least be named.
const ELSEWHERE: &[(&str, &str)] = &[
    ("databases", include_str!("keys_matter.rs")),
    ("database", include_str!("keys_matter.rs")),
    ("failover", include_str!("keys_matter.rs")),
    ("rebuild", include_str!("keys_matter.rs")),
    ("restore", include_str!("keys_matter.rs")),
    ("database_maintenance", include_str!("keys_matter.rs")),
    ("replica", include_str!("keys_matter.rs")),
    ("fallback", include_str!("keys_matter.rs")),
    ("files", include_str!("keys_matter.rs")),
    ("files_rebuild", include_str!("keys_matter.rs")),
    ("relocate", include_str!("keys_matter.rs")),
    ("autoscaling", include_str!("keys_matter.rs")),
    ("evacuation", include_str!("keys_matter.rs")),
    ("load_balancer", include_str!("keys_matter.rs")),
    ("deployments", include_str!("changes.rs")),
    ("restarts", include_str!("changes.rs")),
    ("maintenance", include_str!("changes.rs")),
    ("sleep", include_str!("changes.rs")),
    ("change", include_str!("changes.rs")),
    ("operator", include_str!("changes.rs")),
    ("backups", include_str!("backups.rs")),
    ("keep", include_str!("backups.rs")),
    ("copy", include_str!("backups.rs")),
    ("drill", include_str!("backups.rs")),
    ("residency", include_str!("residency.rs")),
    ("keep_in", include_str!("residency.rs")),
    ("except", include_str!("residency.rs")),
    ("logs", include_str!("residency.rs")),
];

/// A key with a single value.
const ALONE: &str = "scenario.version";

#[test]
fn every_key_of_the_registry_makes_a_difference() {
    let schema = json_schema();
    let keys_of = |table: &Value| -> Vec<String> {
        table["properties"].as_object().into_iter().flat_map(|it| it.keys().cloned()).collect()
    };
    let mut all: Vec<(String, String)> = Vec::new();
    all.extend(keys_of(&schema).into_iter().map(|key| ("scenario".into(), key)));
    for (name, table) in schema["$defs"].as_object().unwrap() {
        all.extend(keys_of(table).into_iter().map(|key| (name.clone(), key)));
    }
    let (tried, idle) = tried();
    assert!(idle.is_empty(), "these keys make no difference:\n{}", idle.join("\n"));
    let is_named = |table: &str, key: &str| {
        let test = ELSEWHERE.iter().find(|it| it.0 == table);
        let ways =
            [format!("{key} = "), format!("\"{key}\""), format!("{key}."), format!(".{key}")];
        test.is_some_and(|(_, text)| ways.iter().any(|way| text.contains(way)))
    };
    let missing: Vec<_> = all
        .iter()
        .map(|(table, key)| (format!("{table}.{key}"), is_named(table, key)))
        .filter(|(name, named)| !named && name != ALONE && !tried.contains(name.as_str()))
        .collect();
    assert!(missing.is_empty(), "no two values are tried of {missing:#?}");
    let known: BTreeSet<_> = all.iter().map(|(table, key)| format!("{table}.{key}")).collect();
    let unknown: Vec<_> = tried.iter().filter(|it| !known.contains(**it)).collect();
    assert!(unknown.is_empty(), "there are no keys {unknown:?}");
}
