//! Mistakes and warnings with their place in the file, and how they are shown.
//!
//! All mistakes are collected and told at once, in the order of the files; nothing stops at the first.

use super::names::{listed, quoted};
use super::sources::{At, Sources};
use super::units::Wrong;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

/// Mistakes shown in full; of more only the number is told.
const SHOWN: usize = 50;

/// Two places of a mistake that are more lines than this apart are shown in excerpts of their own.
const WIDEST_EXCERPT: usize = 40;

/// One thing that is wrong, or worth a warning.
#[derive(Clone, Debug)]
pub(crate) struct Mistake {
    title: String,
    at: At,
    label: String,
    also: Vec<(At, String)>,
    help: Option<String>,
}

impl Mistake {
    pub fn new(at: At, title: impl Into<String>) -> Mistake {
        let title = title.into();
        Mistake { title, at, label: String::new(), also: Vec::new(), help: None }
    }

    /// A quantity that could not be read, with its remedy.
    pub fn of_value(at: At, title: impl Into<String>, wrong: Wrong) -> Mistake {
        Mistake::new(at, title).label(wrong.label).help(wrong.help)
    }

    /// Words under the place.
    pub fn label(mut self, label: impl Into<String>) -> Mistake {
        self.label = label.into();
        self
    }

    /// Another place that matters, with words under it.
    pub fn also(mut self, at: At, label: impl Into<String>) -> Mistake {
        self.also.push((at, label.into()));
        self
    }

    /// Another place, where it is written at all.
    pub fn also_where(mut self, written: Option<At>) -> Mistake {
        self.also.extend(written.map(|at| (at, String::new())));
        self
    }

    /// What to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Mistake {
        self.help = Some(help.into());
        self
    }

    /// `did you mean …?` under the place where there is a likely word, else `otherwise` as help.
    pub fn meant(self, word: Option<&str>, otherwise: impl FnOnce() -> String) -> Mistake {
        match word {
            Some(word) => self.label(format!("did you mean `{word}`?")),
            None => self.help(otherwise()),
        }
    }

    /// Where a value of the preset does not go with one of the user's, the user's is the mistake.
    fn point_at_the_user(&mut self) {
        if self.at.is_built_in()
            && let Some((at, label)) = self.also.iter_mut().find(|(at, _)| !at.is_built_in())
        {
            std::mem::swap(&mut self.at, at);
            std::mem::swap(&mut self.label, label);
        }
    }

    fn render(&self, level: Level<'static>, sources: &Sources, renderer: &Renderer) -> String {
        let mut places = vec![(self.at, self.label.as_str(), AnnotationKind::Primary)];
        for (at, label) in &self.also {
            places.push((*at, label, AnnotationKind::Context));
        }
        let mut group = Group::with_title(level.primary_title(self.title.as_str()));
        while let Some((first, ..)) = places.first().copied() {
            let near = |at: At| {
                at.source == first.source
                    && sources.line(at).abs_diff(sources.line(first)) <= WIDEST_EXCERPT
            };
            let (here, elsewhere): (Vec<_>, Vec<_>) =
                places.into_iter().partition(|(at, ..)| near(*at));
            group = group.element(excerpt(&here, sources));
            places = elsewhere;
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }
}

/// The lines around places of one source that lie near each other.
fn excerpt<'a>(
    places: &[(At, &'a str, AnnotationKind)],
    sources: &'a Sources,
) -> Snippet<'a, Annotation<'a>> {
    let source = places[0].0.source;
    let text = sources.get(source).text.as_str();
    let first_line = places.iter().map(|(at, ..)| sources.line(*at)).min().unwrap_or(1);
    let start = sources.line_start(source, first_line);
    let last = places.iter().map(|(at, ..)| at.end as usize).max().unwrap_or(start);
    let end = text[last..].find('\n').map_or(text.len(), |newline| last + newline);
    let annotations = places.iter().map(|(at, label, kind)| {
        let span = at.start as usize - start..at.end as usize - start;
        let annotation = kind.span(span);
        if label.is_empty() { annotation } else { annotation.label(*label) }
    });
    Snippet::source(&text[start..end])
        .line_start(first_line)
        .path(sources.get(source).path.as_str())
        .annotations(annotations)
}

/// What [`load`](super::load) answers when a scenario cannot be used: every mistake at once.
#[derive(Debug)]
pub struct Mistakes {
    /// How many there are; at most the first 50 are shown.
    pub count: usize,
    /// For a file or a pipe: plain text that ends with the summary line.
    pub rendered_plain: String,
    found: Box<Found>,
}

#[derive(Debug)]
struct Found {
    mistakes: Vec<Mistake>,
    sources: Sources,
}

impl Mistakes {
    pub(crate) fn new(mut mistakes: Vec<Mistake>, sources: Sources) -> Mistakes {
        mistakes.iter_mut().for_each(Mistake::point_at_the_user);
        mistakes.sort_by_key(|mistake| mistake.at);
        // A platform's key is read once for every app that it serves.
        mistakes.dedup_by(|a, b| a.at == b.at && a.title == b.title);
        let count = mistakes.len();
        let found = Box::new(Found { mistakes, sources });
        Mistakes { count, rendered_plain: found.render(&Renderer::plain()), found }
    }

    /// The same with the colours of a terminal.
    pub fn rendered_styled(&self) -> String {
        self.found.render(&Renderer::styled())
    }
}

impl Found {
    fn render(&self, renderer: &Renderer) -> String {
        let mut out = String::new();
        for mistake in self.mistakes.iter().take(SHOWN) {
            out += &mistake.render(Level::ERROR, &self.sources, renderer);
            out += "\n\n";
        }
        let count = self.mistakes.len();
        if count > SHOWN {
            out += &format!("… and {} more\n\n", count - SHOWN);
        }
        let mut files: Vec<String> = Vec::new();
        for mistake in &self.mistakes {
            let path = quoted(&self.sources.get(mistake.at.source).path);
            if !files.contains(&path) {
                files.push(path);
            }
        }
        let noun = if count == 1 { "mistake" } else { "mistakes" };
        out += &format!("{count} {noun} in {}; nothing was simulated\n", listed(&files, "and"));
        out
    }
}

/// Notes for the result: their place and what they say, without the excerpt.
pub(crate) fn plain_notes(notes: &[Mistake], sources: &Sources) -> Vec<String> {
    let mut notes = notes.to_vec();
    tidy(&mut notes);
    let told = |note: &Mistake| {
        let (file, line) = (&sources.get(note.at.source).path, sources.line(note.at));
        let help = note.help.as_ref().map_or(String::new(), |help| format!("; {help}"));
        format!("{}{help} ({file}:{line})", note.title)
    };
    notes.iter().map(told).collect()
}

fn tidy(notes: &mut Vec<Mistake>) {
    notes.iter_mut().for_each(Mistake::point_at_the_user);
    notes.sort_by_key(|note| note.at);
    notes.dedup_by(|a, b| a.at == b.at && a.title == b.title);
}

/// Warnings as plain text, in the order of the files.
pub(crate) fn render_notes(mut notes: Vec<Mistake>, sources: &Sources) -> Vec<String> {
    tidy(&mut notes);
    notes.iter().map(|note| note.render(Level::WARNING, sources, &Renderer::plain())).collect()
}
