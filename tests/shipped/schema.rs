//! As much of JSON Schema as the schema of scenarios uses, without the patterns of texts.

use serde_json::Value;

/// What is wrong with a value, by its path; empty where it fits.
pub fn misfits(value: &Value, schema: &Value, root: &Value, path: &str) -> Vec<String> {
    let wrong = |what: &str| vec![format!("{path}: {value} {what}")];
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).expect("a known definition");
        return misfits(value, target, root, path);
    }
    if let Some(forms) = schema["anyOf"].as_array() {
        let fits = |form: &Value| misfits(value, form, root, path).is_empty();
        return if forms.iter().any(fits) { vec![] } else { wrong("fits none of the forms") };
    }
    if let Some(words) = schema["enum"].as_array() {
        return if words.contains(value) { vec![] } else { wrong("is not in the list") };
    }
    match (schema["type"].as_str().expect("every other schema has a type"), value) {
        ("boolean", Value::Bool(_)) | ("string", Value::String(_)) => vec![],
        ("integer" | "number", Value::Number(n)) => {
            let limit = |key: &str, or| schema[key].as_f64().unwrap_or(or);
            let whole = schema["type"] == "number" || n.is_u64() || n.is_i64();
            let n = n.as_f64().expect("finite");
            let inside = n >= limit("minimum", f64::MIN)
                && n <= limit("maximum", f64::MAX)
                && n > limit("exclusiveMinimum", f64::NEG_INFINITY);
            if whole && inside { vec![] } else { wrong("is out of range") }
        }
        ("array", Value::Array(items)) => {
            let item = |(i, item)| misfits(item, &schema["items"], root, &format!("{path}[{i}]"));
            items.iter().enumerate().flat_map(item).collect()
        }
        ("object", Value::Object(entries)) => {
            let required = schema["required"].as_array().into_iter().flatten();
            let required = required.map(|key| key.as_str().expect("keys are texts"));
            let missing = required.filter(|key| !entries.contains_key(*key));
            let mut all: Vec<_> = missing.map(|key| format!("{path}: lacks {key}")).collect();
            for (key, value) in entries {
                let path = format!("{path}.{key}");
                match (&schema["properties"][key], &schema["additionalProperties"]) {
                    (Value::Null, Value::Bool(false)) => all.push(format!("{path}: unknown key")),
                    (Value::Null, Value::Null) => {}
                    (Value::Null, others) => all.extend(misfits(value, others, root, &path)),
                    (own, _) => all.extend(misfits(value, own, root, &path)),
                }
            }
            all
        }
        (kind, _) => wrong(&format!("is no {kind}")),
    }
}
