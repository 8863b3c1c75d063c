//! Kinds of values in words: what a key takes, and what is wrong with a value that it does not take.

use super::mistakes::Mistake;
use super::names::{closest, listed, quoted};
use super::registry::{Key, Kind};
use super::tree::{Node, Value};

/// The words that a key takes.
pub(crate) fn choices(key: &'static Key) -> impl Iterator<Item = &'static str> {
    key.alternatives().iter().flat_map(|kind| match kind {
        Kind::Choice(choices) | Kind::List(Kind::Choice(choices)) => choices.iter().copied(),
        _ => [].iter().copied(),
    })
}

/// A value that is none of a key's choices.
pub(crate) fn not_a_choice(key: &'static Key, node: &Node) -> Mistake {
    let listed = || {
        let quoted: Vec<_> = choices(key).map(|choice| format!("\"{choice}\"")).collect();
        format!("`{}` takes {}", key.name, listed(&quoted, "or"))
    };
    let shown = quoted(node.text().map_or(&node.to_string(), |text| text));
    match (node.text().and_then(|text| closest(text, choices(key))), key.others_later) {
        (None, Some(provider)) => {
            let title = format!(
                "`{} = {}` is not built yet: {provider}",
                key.name,
                quoted(&node.to_string())
            );
            Mistake::new(node.at, title).help(listed())
        }
        (meant, _) => Mistake::new(node.at, format!("`{shown}` is no value of `{}`", key.name))
            .meant(meant, listed),
    }
}

/// A value of a type that the key does not take: a bare number where a unit is needed, a list …
pub(crate) fn unfit(key: &'static Key, node: &Node) -> Mistake {
    let number = match node.value {
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        _ => None,
    };
    if let Some(number) = number
        && let Some(with_units) = key.alternatives().iter().find_map(|kind| units(kind, &number))
    {
        return Mistake::new(node.at, format!("`{}` needs a unit", key.name))
            .label(format!("{number} what?"))
            .help(format!("write {with_units}"));
    }
    let takes = describe(key.kind);
    if let (Some(provider), Value::Table(_) | Value::List(_)) = (key.others_later, &node.value) {
        let title = format!("this form of `{}` is not built yet: {provider}", key.name);
        return Mistake::new(node.at, title).help(format!("write {takes}"));
    }
    Mistake::new(node.at, format!("`{}` must be {takes}", key.name))
        .label(format!("this is {}", type_of(node)))
}

/// A bare number with the units that it may have meant, where the kind has units.
fn units(kind: &Kind, number: &str) -> Option<String> {
    let (units, note): (&[&str], _) = match kind {
        Kind::Duration => (&["s", "min", "h"], ""),
        Kind::Load => (&["/s", "/min", "/h"], " (requests per time)"),
        Kind::Frequency => (&["/y", "/d", "/h"], ""),
        Kind::Growth => (&["%/y", "%/d"], ""),
        Kind::Throughput => (&["MB/s", "GiB/d"], ""),
        Kind::Size => (&["MiB", "GiB", "GB"], ""),
        Kind::Share => (&["%"], " (a percentage)"),
        _ => return None,
    };
    let written: Vec<_> = units.iter().map(|unit| format!("\"{number}{unit}\"")).collect();
    Some(format!("{}{note}", listed(&written, "or")))
}

fn type_of(node: &Node) -> &'static str {
    match node.value {
        Value::Text(_) => "a text",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::Flag(_) => "true or false",
        Value::Date(_) => "a date",
        Value::List(_) => "a list",
        Value::Table(_) => "a table",
    }
}

/// What a kind takes, for messages and `explain`.
pub(crate) fn describe(kind: Kind) -> String {
    match kind {
        Kind::Text => "a text in quotes".into(),
        Kind::Name => "a name".into(),
        Kind::Choice(choices) => {
            let quoted: Vec<_> = choices.iter().map(|choice| format!("\"{choice}\"")).collect();
            listed(&quoted, "or")
        }
        Kind::Count { .. } => "a whole number".into(),
        Kind::Number { .. } => "a number".into(),
        Kind::Flag => "true or false".into(),
        Kind::Duration => "a duration such as \"90s\"".into(),
        Kind::Frequency => "a rate such as \"0.05/y\"".into(),
        Kind::Load => "requests per time such as \"40/s\"".into(),
        Kind::Throughput => "bytes per time such as \"50MB/s\"".into(),
        Kind::Growth => "growth per time such as \"30%/y\"".into(),
        Kind::Size => "a size such as \"2GiB\"".into(),
        Kind::Share => "a percentage such as \"5%\"".into(),
        Kind::Moment => "a date such as 2026-12-01".into(),
        Kind::List(Kind::Text | Kind::Name) => "a list of texts".into(),
        Kind::List(_) => "a list".into(),
        Kind::Table(shape) => format!("a table ({})", shape.name.replace('_', " ")),
        Kind::BySize(kind) => format!("a table by memory of {}", describe(*kind)),
        Kind::Named(_) => "a table of tables".into(),
        Kind::Tables(_) => "a list of tables ([[…]])".into(),
        Kind::OneOf(kinds) => {
            let all: Vec<_> = kinds.iter().map(|kind| describe(*kind)).collect();
            listed(&all, "or")
        }
        Kind::Anything => "nothing yet".into(),
    }
}
