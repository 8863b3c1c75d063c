//! CSV files that a scenario names: measured values and recorded faults.

use super::mistakes::Mistake;
use super::names::{closest, quoted};
use super::reading::Reading;
use super::sources::{At, Source};
use std::fs::File;
use std::io::{ErrorKind, Read};

/// Largest CSV file in bytes.
const LARGEST: u64 = 64 << 20;

/// The rows of a CSV file and their places.
pub(crate) struct CsvTable {
    source: u32,
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
}

pub(crate) struct Row {
    pub at: At,
    pub cells: Vec<String>,
}

impl CsvTable {
    /// The line with the names of the columns.
    pub fn header(&self) -> At {
        At { source: self.source, start: 0, end: 0 }
    }

    /// The index of a column; `named` is where the scenario names it.
    pub fn column(&self, reading: &Reading, name: &str, named: At) -> Option<usize> {
        let found = self.columns.iter().position(|column| column == name);
        if found.is_none() {
            let path = reading.sources().get(self.source).path.clone();
            let title = format!("{path} has no column `{}`", quoted(name));
            let columns = self.columns.iter().map(String::as_str);
            reading.mistake(Mistake::new(named, title).meant(closest(name, columns), || {
                format!("its columns are {}", quoted(&self.columns.join(", ")))
            }));
        }
        found
    }
}

/// Reads a file that is named at a place of the scenario and relative to its folder.
pub(crate) fn read(reading: &Reading, path: &str, named: At) -> Option<CsvTable> {
    let full = reading.sources().get(named.source).dir.join(path);
    let text = match text_of(&full) {
        Ok(text) => text,
        Err(problem) => {
            let title = format!("cannot read `{}`: {problem}", quoted(path));
            reading.mistake(
                Mistake::new(named, title).help("the path is relative to the scenario file"),
            );
            return None;
        }
    };
    let dir = full.parent().map(Into::into).unwrap_or_default();
    let source = reading.add_source(Source { path: quoted(path), text: text.clone(), dir });
    rows(reading, source, &text)
}

fn text_of(path: &std::path::Path) -> Result<String, String> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    })?;
    let facts = file.metadata().map_err(|error| error.to_string())?;
    if !facts.is_file() {
        return Err("it is not a file".into());
    }
    let mut bytes = Vec::new();
    // The limit holds for what is read, not for what the file claims to hold.
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20));
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".into())
}

fn rows(reading: &Reading, source: u32, text: &str) -> Option<CsvTable> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let place = |start: usize| {
        let line = text[start..].find(['\n', '\r']).map_or(text.len(), |end| start + end);
        At { source, start: start as u32, end: line as u32 }
    };
    let mut table = CsvTable { source, columns: Vec::new(), rows: Vec::new() };
    match reader.headers() {
        Ok(header) => table.columns = header.iter().map(|cell| cell.trim().to_owned()).collect(),
        Err(error) => {
            reading.mistake(Mistake::new(place(0), format!("not CSV: {error}")));
            return None;
        }
    }
    let before = reading.mistake_count();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let start = record.position().map_or(0, |position| position.byte() as usize);
                let cells = record.iter().map(str::to_owned).collect();
                table.rows.push(Row { at: place(first_text(text, start)), cells });
            }
            Err(error) => {
                let start = error.position().map_or(0, |position| position.byte() as usize);
                let title = match error.kind() {
                    csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                        format!("this row has {len} cells instead of {expected_len}")
                    }
                    _ => format!("not CSV: {error}"),
                };
                reading.mistake(Mistake::new(place(first_text(text, start)), title));
            }
        }
    }
    (reading.mistake_count() == before).then_some(table)
}

/// The reader counts blank lines and comments to the row after them; a place begins at the row itself.
fn first_text(text: &str, start: usize) -> usize {
    let mut at = start.min(text.len());
    loop {
        at += text[at..].find(|c| c != '\n' && c != '\r').unwrap_or(0);
        match text[at..].find('\n') {
            Some(end) if text[at..].starts_with('#') => at += end + 1,
            _ => return at,
        }
    }
}
