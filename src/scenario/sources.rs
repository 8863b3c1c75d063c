//! The texts a scenario was read from, and places in them.

use super::names::quoted;
use std::path::PathBuf;

/// One text that is read: a scenario file, a preset, a CSV file or a `--set`.
#[derive(Clone, Debug)]
pub struct Source {
    /// As shown in messages.
    pub path: String,
    pub text: String,
    /// Relative paths in the text start here.
    pub dir: PathBuf,
}

/// A range of bytes in one of the sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    /// Index into [`Sources`].
    pub source: u32,
    pub start: u32,
    pub end: u32,
}

/// Every source of one scenario, in the order in which they are merged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    all: Vec<(Source, Vec<usize>)>,
}

impl Sources {
    /// Adds a source and returns its index.
    pub fn add(&mut self, source: Source) -> u32 {
        self.all.push(with_lines(source));
        self.all.len() as u32 - 1
    }

    /// The index of the next source.
    pub fn next(&self) -> u32 {
        self.all.len() as u32
    }

    /// Puts a source in the place of another.
    pub fn replace(&mut self, index: u32, source: Source) {
        self.all[index as usize] = with_lines(source);
    }

    pub fn get(&self, source: u32) -> &Source {
        &self.all[source as usize].0
    }

    /// The line of a place, from 1.
    pub fn line(&self, at: At) -> usize {
        self.all[at.source as usize].1.partition_point(|start| *start <= at.start as usize)
    }

    /// The byte at which a line (from 1) begins.
    pub fn line_start(&self, source: u32, line: usize) -> usize {
        self.all[source as usize].1[line - 1]
    }

    /// Where a setting comes from, for people: `estate.toml:9`, `--set`, or the preset's name.
    pub fn origin(&self, at: At) -> String {
        let path = quoted(&self.get(at.source).path);
        if at.is_built_in() || path == SET { path } else { format!("{path}:{}", self.line(at)) }
    }
}

/// The preset (empty for platform `none`) is always the first source …
pub(crate) const PRESET: u32 = 0;
/// … the generations of the health manager are the second, and files follow.
pub(crate) const GENERATIONS: u32 = 1;

impl At {
    /// Whether a place is in a preset and not the user's own.
    pub fn is_built_in(self) -> bool {
        self.source <= GENERATIONS
    }
}

fn with_lines(source: Source) -> (Source, Vec<usize>) {
    let newlines = source.text.match_indices('\n').map(|(at, _)| at + 1);
    let line_starts = std::iter::once(0).chain(newlines).collect();
    (source, line_starts)
}

/// What stands for the file name of a `--set`.
pub(crate) const SET: &str = "--set";
