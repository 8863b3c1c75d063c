//! The JSON Schema of the scenario language, told from the registry: for completion and checking in
//! editors. Keys that are not built yet are left out, so that an editor marks them.

use super::explain::range;
use super::registry::{Key, Kind, ROOT, Shape, all_shapes};
use serde_json::{Map, Value, json};

/// Number with optional fraction and exponent, as quantities begin with.
const NUMBER: &str = r"[0-9][0-9_]*(\.[0-9][0-9_]*)?([eE][+-]?[0-9]+)?\s*";

/// Units of time, longest spelling first.
const TIME_UNITS: &str = "(ns|us|µs|ms|min|s|h|d|w|y)";

/// The schema (draft 2020-12).
pub fn json_schema() -> Value {
    let mut definitions = Map::new();
    for shape in all_shapes() {
        if shape.name != ROOT.name {
            definitions.insert(shape.name.into(), table(shape));
        }
    }
    let mut schema = table(&ROOT);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("zonefall scenario");
    schema["$defs"] = Value::Object(definitions);
    schema
}

fn table(shape: &'static Shape) -> Value {
    let built = || shape.keys.iter().filter(|key| key.later.is_none());
    let properties: Map<String, Value> =
        built().map(|key| (key.name.to_owned(), property(key))).collect();
    let required: Vec<&str> = built().filter(|key| key.required).map(|key| key.name).collect();
    let mut table = json!({
        "type": "object",
        "description": shape.doc,
        "additionalProperties": false,
        "properties": properties,
    });
    // A preset has what its own tables need, so only the top of a file must be complete by itself.
    if shape.name == ROOT.name && !required.is_empty() {
        table["required"] = json!(required);
    }
    table
}

fn property(key: &'static Key) -> Value {
    let mut description = key.doc.to_owned();
    if let Some(range) = range(key) {
        description += &format!(" Range: {range}.");
    }
    if let Some(default) = key.default {
        description += &format!(" Default: {default}.");
    }
    // Beside a `$ref` other words are allowed since draft 2019-09.
    let mut schema = kind(&key.kind);
    schema["description"] = json!(description);
    schema
}

fn kind(of: &Kind) -> Value {
    match of {
        Kind::Text => json!({ "type": "string" }),
        Kind::Name => json!({ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$" }),
        Kind::Choice(choices) => json!({ "enum": choices }),
        Kind::Count { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Number { min, max } if *min > 0.0 => {
            json!({ "type": "number", "exclusiveMinimum": 0, "maximum": max })
        }
        Kind::Number { min, max } => json!({ "type": "number", "minimum": min, "maximum": max }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Duration => text(&format!(r"^\s*({NUMBER}({TIME_UNITS}|m)\s*)+$")),
        Kind::Frequency | Kind::Load => text(&format!(r"^\s*{NUMBER}/\s*{TIME_UNITS}\s*$")),
        Kind::Size => text(&format!(r"^\s*{NUMBER}([KMGTP]iB|[kKMGT]B|B)\s*$")),
        Kind::Throughput => {
            text(&format!(r"^\s*{NUMBER}([KMGTP]iB|[kKMGT]B|B)\s*/\s*{TIME_UNITS}\s*$"))
        }
        Kind::Growth => {
            text(&format!(r"^\s*-?[0-9][0-9_]*(\.[0-9][0-9_]*)?\s*%\s*/\s*{TIME_UNITS}\s*$"))
        }
        Kind::Share => text(r"^\s*[0-9][0-9_]*(\.[0-9][0-9_]*)?\s*%\s*$"),
        // Editors turn a TOML date into a string.
        Kind::Moment => text("^[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        Kind::List(item) => json!({ "type": "array", "items": kind(item) }),
        Kind::Table(shape) => reference(shape),
        Kind::BySize(of) => {
            json!({ "type": "object", "minProperties": 1, "additionalProperties": kind(of) })
        }
        Kind::Named(shape) => json!({
            "type": "object",
            "propertyNames": kind(&Kind::Name),
            "additionalProperties": reference(shape),
        }),
        Kind::Tables(shape) => json!({ "type": "array", "items": reference(shape) }),
        Kind::OneOf(kinds) => json!({ "anyOf": kinds.iter().map(kind).collect::<Vec<_>>() }),
        Kind::Anything => json!({}),
    }
}

fn text(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

fn reference(shape: &Shape) -> Value {
    json!({ "$ref": format!("#/$defs/{}", shape.name) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_key_is_in_the_schema_and_no_other() {
        let schema = json_schema();
        for shape in all_shapes() {
            let table =
                if shape.name == ROOT.name { &schema } else { &schema["$defs"][shape.name] };
            let told: Vec<&String> =
                table["properties"].as_object().expect("keys").keys().collect();
            let built: Vec<&str> =
                shape.keys.iter().filter(|key| key.later.is_none()).map(|key| key.name).collect();
            assert_eq!(told, built, "{}", shape.name);
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let schema = json_schema();
        let text = schema.to_string();
        for reference in text.split("#/$defs/").skip(1) {
            let name = reference.split('"').next().unwrap_or_default();
            assert!(schema["$defs"][name].is_object(), "{name}");
        }
    }
}
