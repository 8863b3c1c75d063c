//! The result as one JSON document: the findings, serialised. Its paths are stable within `schema` 1.

use super::{File, Material};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::io::{self, Write};

/// The document, indented, with a line end.
pub fn print(material: &Material) -> String {
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, Indented(PrettyFormatter::new()));
    let written = material.findings.serialize(&mut serializer);
    written.expect("findings have string keys only, so they can always be written");
    out.push(b'\n');
    String::from_utf8(out).expect("JSON is text")
}

/// `result.json`.
pub fn files(material: &Material) -> Vec<File> {
    vec![File::text("result.json", print(material))]
}

/// Indented, and no zero with a sign.
struct Indented(PrettyFormatter<'static>);

impl Formatter for Indented {
    fn write_f64<W: ?Sized + Write>(&mut self, to: &mut W, value: f64) -> io::Result<()> {
        self.0.write_f64(to, value + 0.0)
    }
    fn begin_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_array(to)
    }
    fn end_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array(to)
    }
    fn begin_array_value<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(to, first)
    }
    fn end_array_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array_value(to)
    }
    fn begin_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object(to)
    }
    fn end_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object(to)
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(to, first)
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object_value(to)
    }
    fn end_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object_value(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_indented_as_usual_and_zero_has_no_sign() {
        let value =
            serde_json::json!({ "a": [1, 2.5, {}], "b": { "c": [], "d": null }, "e": "-0.0" });
        let mut out = Vec::new();
        let mut serializer = Serializer::with_formatter(&mut out, Indented(PrettyFormatter::new()));
        value.serialize(&mut serializer).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string_pretty(&value).unwrap());
        let mut out = Vec::new();
        let mut serializer = Serializer::with_formatter(&mut out, Indented(PrettyFormatter::new()));
        [-0.0, -1.0].serialize(&mut serializer).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "[\n  0.0,\n  -1.0\n]");
    }
}
