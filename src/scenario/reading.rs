//! What all readers share: the sources, and the mistakes and notes found so far.

use super::mistakes::Mistake;
use super::registry::{Key, Shape};
use super::sources::{At, Source, Sources};
use std::cell::{Ref, RefCell};
use std::collections::BTreeSet;

/// One reading of one scenario.
#[derive(Default)]
pub(crate) struct Reading {
    sources: RefCell<Sources>,
    mistakes: RefCell<Vec<Mistake>>,
    notes: RefCell<Vec<Mistake>>,
    keys: RefCell<BTreeSet<(&'static str, &'static str)>>,
}

impl Reading {
    pub fn new(sources: Sources, mistakes: Vec<Mistake>) -> Reading {
        Reading { sources: sources.into(), mistakes: mistakes.into(), ..Reading::default() }
    }

    pub fn mistake(&self, mistake: Mistake) {
        self.mistakes.borrow_mut().push(mistake);
    }

    /// A warning: the scenario can be simulated, but it may not mean what its author thinks.
    pub fn note(&self, note: Mistake) {
        self.notes.borrow_mut().push(note);
    }

    /// How many mistakes there are so far.
    pub fn mistake_count(&self) -> usize {
        self.mistakes.borrow().len()
    }

    pub fn sources(&self) -> Ref<'_, Sources> {
        self.sources.borrow()
    }

    pub fn add_source(&self, source: Source) -> u32 {
        self.sources.borrow_mut().add(source)
    }

    /// Whether a place is in the preset, whose parts may go unused without anybody's mistake.
    pub fn is_preset(&self, at: At) -> bool {
        at.is_built_in()
    }

    /// Remembers that a key was asked for, so that a test can tell that every built key is.
    pub fn note_read(&self, shape: &'static Shape, key: &'static Key) {
        self.keys.borrow_mut().insert((shape.name, key.name));
    }

    pub fn finish(self) -> Finished {
        Finished {
            sources: self.sources.into_inner(),
            mistakes: self.mistakes.into_inner(),
            notes: self.notes.into_inner(),
            keys: self.keys.into_inner(),
        }
    }
}

/// What a reading leaves behind.
pub(crate) struct Finished {
    pub sources: Sources,
    pub mistakes: Vec<Mistake>,
    pub notes: Vec<Mistake>,
    /// Shapes and keys that were asked for.
    pub keys: BTreeSet<(&'static str, &'static str)>,
}
