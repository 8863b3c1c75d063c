//! Findings in, something a person or a script reads out.
//!
//! A format is one file here and one line in [`FORMATS`]: the command line's help, the files that a
//! run writes and the test over all formats pick it up from there.

mod backups;
mod break_even;
mod csv;
mod database;
pub mod exit;
pub mod expectation;
mod files;
mod fleet;
pub mod html;
mod json;
mod junit;
mod markdown;
pub mod number;
pub mod origin;
mod plots;
pub mod residency;
pub mod room;
pub mod story;
mod subjects;
pub mod summary;
pub mod svg;
mod terminal;
pub mod text;
pub mod write;

pub use subjects::period;
pub use terminal::causes_of_all as causes;

use crate::study::findings::Findings;
use crate::study::rows::Rows;
use rayon::prelude::*;
use std::path::Path;

/// All there is to report on.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    pub findings: &'a Findings,
    /// Of single replications, where they were kept.
    pub rows: &'a Rows,
    pub origin: &'a origin::Origin,
    /// Where this run's files go; `None` with `--no-files`.
    pub directory: Option<&'a Path>,
}

/// A file of a report: its path below the run's directory, and its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub name: &'static str,
    pub content: Vec<u8>,
}

impl File {
    pub fn text(name: &'static str, content: String) -> File {
        File { name, content: content.into_bytes() }
    }
}

/// One way to tell findings.
pub struct Format {
    /// As in `--format NAME`.
    pub name: &'static str,
    /// For the help, one line.
    pub about: &'static str,
    /// What goes to standard output; styled text is stripped on the way where it must be plain.
    pub print: fn(&Material) -> String,
    /// What goes into the run's directory, whatever is printed.
    pub files: fn(&Material) -> Vec<File>,
}

/// Every format, the default first.
pub const FORMATS: &[Format] = &[
    Format {
        name: "text",
        about: "the verdict on one screen",
        print: terminal::print,
        files: |_| Vec::new(),
    },
    Format {
        name: "json",
        about: "everything, as one versioned document",
        print: json::print,
        files: json::files,
    },
    Format {
        name: "csv",
        about: "every estimate, one a row; single replications as files",
        print: csv::print,
        files: csv::files,
    },
    Format {
        name: "markdown",
        about: "the report as Markdown",
        print: markdown::print,
        files: markdown::files,
    },
    Format { name: "html", about: "the page to send", print: html::print, files: html::files },
    Format {
        name: "junit",
        about: "JUnit XML, a case for each expectation",
        print: junit::print,
        files: junit::files,
    },
    Format {
        name: "svg",
        about: "the spread of downtime as a picture; more pictures as files",
        print: plots::print,
        files: plots::files,
    },
];

/// The files of all formats.
pub fn files(material: &Material) -> Vec<File> {
    FORMATS.par_iter().flat_map(|format| (format.files)(material)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn formats_have_names_of_their_own() {
        let names: BTreeSet<_> = FORMATS.iter().map(|f| f.name).collect();
        assert_eq!(names.len(), FORMATS.len());
        assert_eq!(FORMATS[0].name, "text");
    }
}
