//! The result as one JSON document: the findings, serialised. Its paths are stable within `schema` 1.

use super::{File, Material};

/// The document, indented, with a line end.
pub fn print(material: &Material) -> String {
    let json = serde_json::to_string_pretty(material.findings)
        .expect("findings have string keys only, so they can always be written");
    json + "\n"
}

/// `result.json`.
pub fn files(material: &Material) -> Vec<File> {
    vec![File::text("result.json", print(material))]
}
