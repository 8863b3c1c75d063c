//! `explain KEY`: what a key means, takes and defaults to, or what a preset assumes.

use super::generations::Generations;
use super::kinds::describe;
use super::names::{closest, listed, quoted};
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
        None => match elsewhere(key, all).as_slice() {
            [] => format!("there is no key `{shown}`; `explain` alone lists the keys at the top"),
            paths => {
                format!("there is no key `{shown}` at the top; there is {}", listed(paths, "and"))
            }
        },
    }
}

/// The first few places where a word stands that was asked for without its path (`memory`,
/// `zone-outage`).
fn elsewhere(word: &str, all: &[(String, &'static Key)]) -> Vec<String> {
    let end = format!(".{word}");
    let keys = all.iter().map(|(general, _)| general.clone()).filter(|path| path.ends_with(&end));
    let tables = preset::names().filter_map(preset::source).flat_map(|source| {
        let headers = source.text.lines().filter_map(|line| line.strip_prefix('['));
        let paths =
            headers.filter_map(|rest| rest.split_once(']')).map(|(path, _)| path.to_owned());
        paths.filter(|path| path.ends_with(&end)).collect::<Vec<_>>()
    });
    let mut paths: Vec<_> = keys.chain(tables).collect();
    paths.truncate(3);
    paths
}

fn told_shape(path: &str, shape: &'static Shape) -> String {
    let mut out = if path.is_empty() { String::new() } else { format!("{path}\n") };
    row(&mut out, 0, "", shape.doc);
    out.push('\n');
    keys_of(&mut out, shape);
    out
}

fn keys_of(out: &mut String, shape: &'static Shape) {
    let width = shape.keys.iter().map(|key| key.name.len()).max().unwrap_or(0);
    for key in shape.keys {
        let state = if key.later.is_some() { " (not built yet)" } else { "" };
        row(out, width + 2, key.name, &format!("{}{state}", key.doc));
    }
}

/// Widest line of an answer, in characters.
const WIDEST: usize = 100;

/// A name in a column of its own and a text beside it, broken between words.
fn row(out: &mut String, column: usize, name: &str, text: &str) {
    let mut line = format!("  {name:column$}");
    let indent = line.chars().count();
    let mut length = indent;
    for word in text.split(' ') {
        let more = word.chars().count() + usize::from(length > indent);
        if length > indent && length + more > WIDEST {
            let _ = writeln!(out, "{line}");
            line = " ".repeat(indent);
            length = indent;
        }
        if length > indent {
            line.push(' ');
        }
        line += word;
        length = line.chars().count();
    }
    let _ = writeln!(out, "{line}");
}

fn told_key(asked: &str, general: &str, key: &'static Key) -> String {
    let mut out = format!("{general}\n");
    row(&mut out, 0, "", key.doc);
    out.push('\n');
    let mut rows: Vec<(&str, String)> = Vec::new();
    if let Some(provider) = key.later {
        rows.push(("not built", format!("comes with {provider}")));
    } else {
        rows.push(("takes", describe(key.kind)));
        rows.extend(range(key).map(|range| ("range", range)));
        rows.extend(key.others_later.map(|provider| ("later", provider.to_owned())));
        let absent = if key.required { "none; it must be given" } else { "none" };
        rows.push(("default", key.default.unwrap_or(absent).to_owned()));
    }
    for name in preset::names() {
        let lines = assumed(name, asked).into_iter().enumerate();
        rows.extend(lines.map(|(n, line)| (if n == 0 { name } else { "" }, line)));
    }
    let column = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0) + 2;
    for (name, text) in &rows {
        row(&mut out, column, name, text);
    }
    for kind in key.alternatives() {
        if let Kind::Table(shape) | Kind::Named(shape) | Kind::Tables(shape) = kind {
            out.push('\n');
            row(
                &mut out,
                0,
                "",
                &format!("Keys of {}: {}", shape.name.replace('_', " "), shape.doc),
            );
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
    let Some(source) = preset::source(name) else { return Default::default() };
    let mut sources = Sources::default();
    let mut mistakes = Vec::new();
    let source = sources.add(source);
    sources.add(Generations::source());
    let (mut table, mut assumptions) = preset::read(&sources, source, &mut mistakes);
    Generations::read(&sources, &mut mistakes).fill_in(&mut table, &mut assumptions);
    (table, assumptions)
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
        row(&mut out, 0, "", &format!("region.{region} = {}", entry.node));
    }
    for (path, assumption) in &assumptions {
        let Some(entry) = table.at_path(path.split('.')) else { continue };
        row(&mut out, 0, "", &format!("{path} = {}", entry.node));
        let range = match (&assumption.low, &assumption.high) {
            (Some(low), Some(high)) => format!("{low} to {high}; "),
            _ => String::new(),
        };
        let source = assumption.source.as_deref().unwrap_or_default();
        let confidence = assumption.confidence.as_deref().unwrap_or_default();
        row(&mut out, 4, "", &format!("{range}{source}; {confidence} confidence"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text without its line breaks.
    fn words(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_key_of_the_registry_can_be_explained() {
        for (path, key) in registry::all_paths() {
            let told = explain(&path).unwrap_or_else(|error| panic!("{error}"));
            assert!(words(&told).contains(&words(key.doc)), "{path}: {told}");
            assert!(told.lines().all(|line| line.chars().count() <= WIDEST), "{path}: {told}");
            let named = path.replace('*', "shop");
            assert!(explain(&named).is_ok(), "{named}");
        }
    }

    #[test]
    fn a_key_is_told_with_the_assumption_behind_its_default() {
        let told = words(&explain("health_manager.start").unwrap());
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
        let told = words(&explain("mendix-cloud@2026-11").unwrap());
        for part in [
            "country = \"DE\", zones = 3 }",
            "region.eu-central-1.copies_to = \"eu-west-1\"",
            "failure.zone-blip.rate",
        ] {
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
