//! `explain KEY`: what a key means, takes and defaults to, or what a preset assumes.

use super::kinds::describe;
use super::names::{closest, quoted};
use super::preset::{self, Assumptions};
use super::registry::{self, Key, Kind, ROOT, Shape};
use super::sources::Sources;
use super::tree::Table;
use std::fmt::Write;

/// Tells a key (`app.shop.containers`, `app.*.containers`), a table (`app`), a form of value
/// (`distribution`) or a preset (`mendix-cloud@2026-11`); an empty key lists the top of the language.
/// The error names the key that was probably meant.
pub fn explain(key: &str) -> Result<String, String> {
    let key = key.trim();
    if key.is_empty() {
        return Ok(told_shape("", &ROOT));
    }
    if preset::names().any(|name| name == key) {
        return Ok(told_preset(key));
    }
    let path: Vec<&str> = key.split('.').collect();
    let all = registry::all_paths();
    if let Some((general, found)) = all.iter().find(|(general, _)| fits(general, &path)) {
        return Ok(told_key(key, general, found));
    }
    if let Some((name, rest)) = path.split_first()
        && let Some(shape) = registry::all_shapes().into_iter().find(|shape| shape.name == *name)
    {
        match rest {
            [] => return Ok(told_shape(key, shape)),
            [own] => {
                if let Some(found) = shape.key(own) {
                    return Ok(told_key(key, key, found));
                }
            }
            _ => {}
        }
    }
    Err(unknown(key, &path, &all))
}

/// Whether a path, with names or stars in it, is this general one. A keyed table may be asked for by
/// the name of one of its members (`failure.zone-outage`).
fn fits(general: &str, path: &[&str]) -> bool {
    let same = |general: &[&str], path: &[&str]| {
        general.len() == path.len() && general.iter().zip(path).all(|(g, p)| *g == "*" || g == p)
    };
    let general: Vec<&str> = general.split('.').collect();
    match path {
        [head @ .., _] if same(&general, head) => is_named(&general),
        _ => same(&general, path),
    }
}

fn is_named(general: &[&str]) -> bool {
    matches!(general, [one] if matches!(ROOT.key(one).map(|key| key.kind), Some(Kind::Named(_))))
}

fn unknown(key: &str, path: &[&str], all: &[(String, &'static Key)]) -> String {
    let shown = quoted(key);
    // Compare with the names that were asked for in the place of stars.
    let mut spelt: Vec<String> = all
        .iter()
        .filter(|(general, _)| general.split('.').count() == path.len())
        .map(|(general, _)| {
            let parts = general.split('.').zip(path);
            parts.map(|(g, p)| if g == "*" { *p } else { g }).collect::<Vec<_>>().join(".")
        })
        .collect();
    spelt.extend(preset::names().map(str::to_owned));
    match closest(key, spelt.iter().map(String::as_str)) {
        Some(meant) => format!("there is no key `{shown}`; did you mean `{meant}`?"),
        None => format!("there is no key `{shown}`; `explain` alone lists the keys at the top"),
    }
}

fn told_shape(path: &str, shape: &'static Shape) -> String {
    let mut out = if path.is_empty() { String::new() } else { format!("{path}\n") };
    let _ = writeln!(out, "  {}\n", shape.doc);
    keys_of(&mut out, shape);
    out
}

fn keys_of(out: &mut String, shape: &'static Shape) {
    let width = shape.keys.iter().map(|key| key.name.len()).max().unwrap_or(0);
    for key in shape.keys {
        let state = if key.later.is_some() { " (not built yet)" } else { "" };
        let _ = writeln!(out, "  {:width$}  {}{state}", key.name, key.doc);
    }
}

fn told_key(asked: &str, general: &str, key: &'static Key) -> String {
    let mut out = format!("{general}\n  {}\n\n", key.doc);
    let mut row = |name: &str, text: &str| {
        let _ = writeln!(out, "  {name:10}  {text}");
    };
    if let Some(provider) = key.later {
        row("not built", &format!("comes with {provider}"));
        return out;
    }
    row("takes", &describe(key.kind));
    if let Some(range) = range(key) {
        row("range", &range);
    }
    if let Some(provider) = key.others_later {
        row("later", provider);
    }
    match key.default {
        Some(default) => row("default", default),
        None if key.required => row("default", "none; it must be given"),
        None => row("default", "none"),
    }
    for name in preset::names() {
        for line in assumed(name, asked) {
            row(name, &line);
        }
    }
    for kind in key.alternatives() {
        if let Kind::Table(shape) | Kind::Named(shape) | Kind::Tables(shape) = kind {
            let _ = writeln!(out, "\n  Keys of {}: {}", shape.name.replace('_', " "), shape.doc);
            keys_of(&mut out, shape);
        }
    }
    out
}

/// The limits of a key in words.
pub(crate) fn range(key: &Key) -> Option<String> {
    let limits = key.alternatives().iter().find_map(|kind| match kind {
        Kind::Count { min, max } if min == max => Some(format!("{min}")),
        Kind::Count { min, max } => Some(format!("{min} to {max}")),
        Kind::Number { min, max } if *min > 0.0 => Some(format!("more than 0, at most {max}")),
        Kind::Number { min, max } => Some(format!("{min} to {max}")),
        _ => None,
    });
    match (limits, key.range) {
        (Some(limits), Some(range)) => Some(format!("{limits}; {range}")),
        (limits, range) => limits.or_else(|| range.map(str::to_owned)),
    }
}

fn preset_of(name: &str) -> (Table, Assumptions) {
    let mut sources = Sources::default();
    let mut mistakes = Vec::new();
    let source = preset::source(name).map(|source| sources.add(source));
    source.map(|source| preset::read(&sources, source, &mut mistakes)).unwrap_or_default()
}

/// What a preset has for a key or for a member of a keyed table.
fn assumed(preset: &str, asked: &str) -> Vec<String> {
    let (table, assumptions) = preset_of(preset);
    let app = asked.split('.').next() == Some("app");
    let path: Vec<&str> = asked
        .split('.')
        .enumerate()
        .map(|(n, part)| if app && n == 1 { "*" } else { part })
        .collect();
    let Some(entry) = table.at_path(path.iter().copied()) else { return Vec::new() };
    match assumptions.get(&path.join(".")) {
        Some(assumption) => {
            let mut lines = vec![entry.node.to_string()];
            if let (Some(low), Some(high)) = (&assumption.low, &assumption.high) {
                lines.push(format!("plausible {low} to {high}"));
            }
            lines.extend(assumption.source.iter().map(|source| format!("source: {source}")));
            lines.extend(assumption.confidence.iter().map(|word| format!("confidence: {word}")));
            lines
        }
        None if path.len() > 1 || entry.node.table().is_none() => {
            let members = entry.node.table().into_iter().flat_map(|table| &table.entries);
            members.map(|(name, entry)| format!("{name} = {}", entry.node)).collect()
        }
        None => Vec::new(),
    }
}

fn told_preset(name: &str) -> String {
    let (table, assumptions) = preset_of(name);
    let mut out = format!("{name}\n");
    let regions = table.get("region").and_then(|entry| entry.node.table());
    for (region, entry) in regions.into_iter().flat_map(|table| &table.entries) {
        let _ = writeln!(out, "  region.{region} = {}", entry.node);
    }
    for (path, assumption) in &assumptions {
        let Some(entry) = table.at_path(path.split('.')) else { continue };
        let _ = writeln!(out, "  {path} = {}", entry.node);
        let range = assumption
            .low
            .iter()
            .zip(&assumption.high)
            .map(|(low, high)| format!("{low} to {high}; "));
        let range: String = range.collect();
        let source = assumption.source.as_deref().unwrap_or_default();
        let confidence = assumption.confidence.as_deref().unwrap_or_default();
        let _ = writeln!(out, "      {range}{source}; {confidence} confidence");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_registry_can_be_explained() {
        for (path, key) in registry::all_paths() {
            let told = explain(&path).unwrap_or_else(|error| panic!("{error}"));
            assert!(told.contains(key.doc), "{path}: {told}");
            let named = path.replace('*', "shop");
            assert!(explain(&named).is_ok(), "{named}");
        }
    }

    #[test]
    fn a_key_is_told_with_the_assumption_behind_its_default() {
        let told = explain("health_manager.start").unwrap();
        for part in [
            "From placement until the container answers.",
            "{ dist = \"lognormal\", median = \"45s\", sigma = 0.5 }",
            "plausible 20s to 120s",
            "source: engineering estimate: Mendix documentation tells of 1-2 min",
            "confidence: medium",
        ] {
            assert!(told.contains(part), "{part} is missing in {told}");
        }
        assert!(explain("app.shop.response").unwrap().contains("\"200ms\""));
        assert!(explain("failure.zone-outage").unwrap().contains("rate = \"0.05/y\""));
    }

    #[test]
    fn a_preset_is_listed_with_all_it_assumes() {
        let told = explain("mendix-cloud@2026-11").unwrap();
        for part in
            ["region.eu-central-1 = { country = \"DE\", zones = 3 }", "failure.zone-blip.rate"]
        {
            assert!(told.contains(part), "{part} is missing in {told}");
        }
    }

    #[test]
    fn what_does_not_exist_is_answered_with_what_was_meant() {
        assert_eq!(
            explain("app.shop.contaners").unwrap_err(),
            "there is no key `app.shop.contaners`; did you mean `app.shop.containers`?"
        );
        assert_eq!(
            explain("mendix-cloud@2026-10").unwrap_err(),
            "there is no key `mendix-cloud@2026-10`; did you mean `mendix-cloud@2026-11`?"
        );
        assert!(explain("qqq").unwrap_err().ends_with("lists the keys at the top"));
    }

    #[test]
    fn nothing_asked_lists_the_top() {
        let told = explain("").unwrap();
        for key in ROOT.keys {
            assert!(told.contains(key.name), "{}", key.name);
        }
    }
}
