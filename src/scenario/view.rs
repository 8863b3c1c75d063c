//! Typed access to one table of the merged scenario.
//!
//! A reader asks for a key by name; the registry says what the key takes, its limits and its default;
//! the view converts, or records a mistake and answers `None`. Asking for a key that the registry
//! does not have is a bug and panics, so the two cannot drift apart.

use super::kinds::{choices, not_a_choice, unfit};
use super::mistakes::Mistake;
use super::names::{NAME_RULE, is_name, quoted};
use super::reading::Reading;
use super::registry::{Key, Kind, Shape};
use super::sources::At;
use super::tree::{Entry, Node, Table, Value};
use super::units::{self, Wrong};
use crate::time::Span;

/// A table, its shape, and where it is.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub reading: &'a Reading,
    pub table: &'a Table,
    pub shape: &'static Shape,
    /// Where to point if a key is missing.
    pub at: At,
    /// How messages call the table, e.g. `[app.shop]`.
    pub title: &'a str,
}

/// A text and its place.
#[derive(Clone, Copy)]
pub(crate) struct Word<'a> {
    pub text: &'a str,
    pub at: At,
}

impl<'a> View<'a> {
    pub fn key(&self, name: &str) -> &'static Key {
        let key = self.shape.key(name);
        let key =
            key.unwrap_or_else(|| panic!("no key `{name}` in the registry of {}", self.shape.name));
        self.reading.note_read(self.shape, key);
        key
    }

    /// The entry as written; a missing required key is a mistake.
    pub fn entry(&self, name: &str) -> Option<&'a Entry> {
        let key = self.key(name);
        let entry = self.table.get(name);
        if entry.is_none() && key.required {
            self.missing(name, key.doc);
        }
        entry
    }

    pub fn node(&self, name: &str) -> Option<&'a Node> {
        self.entry(name).map(|entry| &entry.node)
    }

    /// Whether the key is written; not a mistake if not.
    pub fn has(&self, name: &str) -> bool {
        self.key(name);
        self.table.has(name)
    }

    /// What is read of a key if it is written; the outer `Option` is a mistake.
    pub fn if_there<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Self, &str) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.has(name) { read(self, name).map(Some) } else { Some(None) }
    }

    /// The place of the value of a key, else of the table.
    pub fn at(&self, name: &str) -> At {
        self.table.get(name).map_or(self.at, |entry| entry.node.at)
    }

    /// The place of the value of a key, if it is written.
    pub fn written(&self, name: &str) -> Option<At> {
        self.table.get(name).map(|entry| entry.node.at)
    }

    pub fn missing(&self, name: &str, help: &str) {
        let title = format!("{} needs `{name}`", quoted(self.title));
        self.reading.mistake(Mistake::new(self.at, title).help(help));
    }

    /// The view of a table inside.
    pub fn inside(&self, name: &str) -> Option<View<'a>> {
        let key = self.key(name);
        let entry = self.entry(name)?;
        self.table_of(key, &entry.node)
    }

    /// The view of a node that must be a table of this key.
    pub fn table_of<'n>(&self, key: &'static Key, node: &'n Node) -> Option<View<'n>>
    where
        'a: 'n,
    {
        let Some(table) = node.table() else {
            self.reading.mistake(unfit(key, node));
            return None;
        };
        let shape = key.shape_of(table)?;
        Some(View { table, shape, at: node.at, title: key.name, ..*self })
    }

    pub fn word(&self, name: &str) -> Option<Word<'a>> {
        let node = self.node(name)?;
        let word = self.word_of(name, node)?;
        if matches!(self.key(name).kind, Kind::Name) && !is_name(word.text) {
            let title = format!("`{}` cannot be a name", quoted(word.text));
            self.reading.mistake(Mistake::new(node.at, title).help(NAME_RULE));
            return None;
        }
        Some(word)
    }

    fn word_of(&self, name: &str, node: &'a Node) -> Option<Word<'a>> {
        match node.text() {
            Some(text) => Some(Word { text, at: node.at }),
            None => {
                self.reading.mistake(unfit(self.key(name), node));
                None
            }
        }
    }

    /// A list of texts; a single text is a list of one where the key allows it.
    pub fn words(&self, name: &str) -> Option<Vec<Word<'a>>> {
        let node = self.node(name)?;
        match &node.value {
            Value::List(items) => {
                Some(items.iter().filter_map(|item| self.word_of(name, item)).collect())
            }
            Value::Text(text) if self.key(name).alternatives().len() > 1 => {
                Some(vec![Word { text, at: node.at }])
            }
            _ => {
                self.reading.mistake(unfit(self.key(name), node));
                None
            }
        }
    }

    /// One of the values that the registry lists, or its default.
    pub fn choice(&self, name: &str) -> Option<&'static str> {
        let key = self.key(name);
        let Some(node) = self.node(name) else { return key.default };
        let found = self.chosen(key, node);
        if found.is_none() {
            self.reading.mistake(not_a_choice(key, node));
        }
        found
    }

    /// The choice that a node is, without a mistake if it is none.
    pub fn chosen(&self, key: &'static Key, node: &Node) -> Option<&'static str> {
        choices(key).find(|choice| node.text() == Some(choice))
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        let key = self.key(name);
        match self.node(name) {
            None => key.default.map(|default| default == "true"),
            Some(Node { value: Value::Flag(flag), .. }) => Some(*flag),
            Some(node) => {
                self.reading.mistake(unfit(key, node));
                None
            }
        }
    }

    /// A whole number within the limits of the registry.
    pub fn count(&self, name: &str) -> Option<u64> {
        let key = self.key(name);
        let Some(node) = self.node(name) else {
            return key.default.and_then(|default| default.parse().ok());
        };
        self.count_of(name, node)
    }

    pub fn count_of(&self, name: &str, node: &Node) -> Option<u64> {
        let key = self.key(name);
        let limits = key.alternatives().iter().find_map(|kind| match kind {
            Kind::Count { min, max } => Some((*min, *max)),
            _ => None,
        });
        let (Some((min, max)), Value::Integer(number)) = (limits, &node.value) else {
            self.reading.mistake(unfit(key, node));
            return None;
        };
        match u64::try_from(*number) {
            Ok(count) if (min..=max).contains(&count) => Some(count),
            _ => {
                let title = match max {
                    _ if min == max => format!("`{name}` must be {min}"),
                    _ if *number < min as i64 => format!("`{name}` must be at least {min}"),
                    _ => format!("`{name}` must be at most {max}"),
                };
                self.reading.mistake(Mistake::new(node.at, title));
                None
            }
        }
    }

    /// A bare number within the limits of the registry.
    pub fn number(&self, name: &str) -> Option<f64> {
        let key = self.key(name);
        let node = self.node(name)?;
        let number = match node.value {
            Value::Integer(number) => number as f64,
            Value::Float(number) => number,
            _ => {
                self.reading.mistake(unfit(key, node));
                return None;
            }
        };
        let Kind::Number { min, max } = key.kind else { unreachable!("`{name}` is no number") };
        if (min..=max).contains(&number) {
            return Some(number);
        }
        let least = if min > 0.0 { "more than 0".into() } else { format!("at least {min}") };
        let title = format!("`{name}` must be {least} and at most {max}");
        self.reading.mistake(Mistake::new(node.at, title));
        None
    }

    /// Seconds.
    pub fn seconds(&self, name: &str) -> Option<f64> {
        self.quantity(name, units::duration)
    }

    /// A length of simulated time; longer than the clock (584 years) is a mistake.
    pub fn span(&self, name: &str) -> Option<Span> {
        let seconds = self.seconds(name)?;
        self.span_of(name, self.at(name), seconds)
    }

    pub fn span_of(&self, name: &str, at: At, seconds: f64) -> Option<Span> {
        let span = Span::from_secs(seconds);
        if span != Span::NEVER {
            return Some(span);
        }
        let title = format!("`{name}` is longer than the clock");
        self.reading.mistake(Mistake::new(at, title).help("simulated time ends after 584y"));
        None
    }

    /// A share in [0, 1].
    pub fn share(&self, name: &str) -> Option<f64> {
        let share = self.quantity(name, units::share)?;
        if share <= 1.0 {
            return Some(share);
        }
        let title = format!("`{name}` must be at most 100%");
        self.reading.mistake(Mistake::new(self.at(name), title));
        None
    }

    /// A share in (low, 1).
    pub fn share_between(&self, name: &str, low: f64) -> Option<f64> {
        let share = self.share(name)?;
        if share > low && share < 1.0 {
            return Some(share);
        }
        let range = self.key(name).range.unwrap_or_default();
        let title = format!("`{name}` must be {}", range.replace(", less", " and less"));
        self.reading.mistake(Mistake::new(self.at(name), title));
        None
    }

    /// Requests per second.
    pub fn load(&self, name: &str) -> Option<f64> {
        let load =
            self.quantity(name, |text| units::rate(text, "\"12/s\", \"12/min\" or \"12/h\""))?;
        if load > 0.0 {
            return Some(load);
        }
        let title = format!("`{name}` must be more than 0");
        let help = "leave the key out: nothing is then measured by request";
        self.reading.mistake(Mistake::new(self.at(name), title).help(help));
        None
    }

    /// Occurrences per second.
    pub fn frequency(&self, name: &str) -> Option<f64> {
        self.quantity(name, |text| units::rate(text, "\"0.05/y\", \"2/y\" or \"1/d\""))
    }

    /// Bytes.
    pub fn size(&self, name: &str) -> Option<u64> {
        self.quantity(name, units::size)
    }

    /// Bytes per second.
    pub fn throughput(&self, name: &str) -> Option<f64> {
        self.quantity(name, units::throughput)
    }

    fn quantity<T>(&self, name: &str, read: impl Fn(&str) -> Result<T, Wrong>) -> Option<T> {
        let key = self.key(name);
        match self.node(name) {
            None => key.default.and_then(|default| read(default).ok()),
            Some(node) => self.quantity_of(key, node, read),
        }
    }

    /// A quantity from a node: the text with its unit, or a mistake.
    pub fn quantity_of<T>(
        &self,
        key: &'static Key,
        node: &Node,
        read: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        let Some(text) = node.text() else {
            self.reading.mistake(unfit(key, node));
            return None;
        };
        read(text)
            .map_err(|wrong| {
                let title = if wrong.label.ends_with("what?") {
                    format!("`{}` needs a unit", key.name)
                } else {
                    format!("`{}` cannot be read", key.name)
                };
                self.reading.mistake(Mistake::of_value(node.at, title, wrong));
            })
            .ok()
    }
}
