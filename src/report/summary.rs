//! The summary of a step in CI: the Markdown report, appended to the file that the system names.

use super::{Material, markdown};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

/// Systems cut a summary off at a mebibyte, some drop it whole; what is left out is in the files.
const MOST: usize = 900 << 10;

/// Appends, because other steps write there too.
pub fn append(path: &Path, material: &Material) -> io::Result<()> {
    let mut text = markdown::print(material);
    if text.len() > MOST {
        let end = (0..=MOST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = text[..end].rfind("\n\n").unwrap_or(end);
        text.truncate(end);
        text += "\n\nCut off here; report.md has everything.\n";
    }
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(format!("{text}\n").as_bytes())
}
