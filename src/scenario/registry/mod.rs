//! Every key of the scenario language, once: what it means, what it takes, and whether it is built.
//!
//! Reading, unknown-key errors, `explain`, the JSON Schema and "did you mean" all work from these
//! tables, so a key cannot exist for one of them only. A *shape* is a kind of table (`[app.NAME]`, a
//! distribution); the keys of a shape may hold other shapes, and the root shape is the whole file.

mod changes;
mod database;
mod estate;
mod fallback;
mod faults;
mod load;
mod recovery;
mod residency;
mod root;
mod storage;
mod values;

pub(crate) use estate::APP;
#[cfg(test)]
pub(crate) use recovery::GENERATION_NAMES;
pub(crate) use recovery::{HEALTH_MANAGER, SHARED_BY_APPS};
pub(crate) use residency::EXCEPT;
pub(crate) use root::ROOT;
pub(crate) use values::{DISTRIBUTION, PART, REQUIREMENT};

use super::tree::Table;

/// A kind of table and its keys.
#[derive(Debug)]
pub(crate) struct Shape {
    /// One word for messages and the schema's `$defs`, e.g. `app`.
    pub name: &'static str,
    pub doc: &'static str,
    pub keys: &'static [Key],
}

/// One key of a shape.
#[derive(Debug)]
pub(crate) struct Key {
    pub name: &'static str,
    pub kind: Kind,
    /// One or two sentences: the meaning, and the unit where there is one.
    pub doc: &'static str,
    /// As it would be written in a file without its quotes; `None`: unset.
    pub default: Option<&'static str>,
    pub required: bool,
    /// Limits that `kind` does not tell.
    pub range: Option<&'static str>,
    /// Not built yet, and what will provide it.
    pub later: Option<&'static str>,
    /// Values of other kinds are planned but not built yet, and what will provide them.
    pub others_later: Option<&'static str>,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Text,
    /// A text that fits into paths and file names.
    Name,
    Choice(&'static [&'static str]),
    Count {
        min: u64,
        max: u64,
    },
    /// A bare number (shape parameters), within both limits.
    Number {
        min: f64,
        max: f64,
    },
    Flag,
    /// `"90s"`.
    Duration,
    /// `"0.05/y"`.
    Frequency,
    /// `"40/s"`.
    Load,
    /// `"30%/y"`.
    Growth,
    /// `"2GiB"`.
    Size,
    /// `"50MB/s"`.
    Throughput,
    /// `"5%"`.
    Share,
    /// A date or a date with a time, in UTC.
    Moment,
    List(&'static Kind),
    /// A table with the keys of the shape.
    Table(&'static Shape),
    /// A table of such values, keyed by sizes of memory.
    BySize(&'static Kind),
    /// A table of such tables, keyed by names that the user gives.
    Named(&'static Shape),
    /// `[[…]]`.
    Tables(&'static Shape),
    OneOf(&'static [Kind]),
    /// Only for keys that are not built yet.
    Anything,
}

/// A random length of time.
pub(crate) const LAW: Kind = Kind::OneOf(&[Kind::Duration, Kind::Table(&DISTRIBUTION)]);

/// A random share.
pub(crate) const SHARE_LAW: Kind = Kind::OneOf(&[Kind::Share, Kind::Table(&DISTRIBUTION)]);

const fn key(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key {
        name,
        kind,
        doc,
        default: None,
        required: false,
        range: None,
        later: None,
        others_later: None,
    }
}

/// A key of the design that nothing reads yet.
const fn later(name: &'static str, doc: &'static str, provider: &'static str) -> Key {
    let mut key = key(name, Kind::Anything, doc);
    key.later = Some(provider);
    key
}

impl Key {
    const fn default(mut self, default: &'static str) -> Key {
        self.default = Some(default);
        self
    }

    const fn required(mut self) -> Key {
        self.required = true;
        self
    }

    const fn range(mut self, range: &'static str) -> Key {
        self.range = Some(range);
        self
    }

    const fn others_later(mut self, provider: &'static str) -> Key {
        self.others_later = Some(provider);
        self
    }

    /// The shape of a table given for this key. Where several fit (a probe or a distribution), the one
    /// whose first key is there, else the last.
    pub fn shape_of(&self, table: &Table) -> Option<&'static Shape> {
        let shapes = || {
            self.alternatives().iter().filter_map(|kind| match kind {
                Kind::Table(shape) => Some(*shape),
                _ => None,
            })
        };
        shapes().find(|shape| table.has(shape.keys[0].name)).or_else(|| shapes().next_back())
    }

    /// The kinds of value it takes.
    pub fn alternatives(&self) -> &[Kind] {
        match &self.kind {
            Kind::OneOf(kinds) => kinds,
            kind => std::slice::from_ref(kind),
        }
    }
}

impl Shape {
    pub fn key(&self, name: &str) -> Option<&'static Key>
    where
        Self: 'static,
    {
        let keys: &'static [Key] = self.keys;
        keys.iter().find(|key| key.name == name)
    }
}

/// Every key with its full path, names as `*`: `app.*.containers`. A shape that holds itself
/// (distributions in mixtures) is entered once per path.
pub(crate) fn all_paths() -> Vec<(String, &'static Key)> {
    let mut paths = Vec::new();
    walk(&ROOT, "", &mut Vec::new(), &mut paths);
    paths
}

fn walk(
    shape: &'static Shape,
    prefix: &str,
    inside: &mut Vec<&'static str>,
    paths: &mut Vec<(String, &'static Key)>,
) {
    if inside.contains(&shape.name) {
        return;
    }
    inside.push(shape.name);
    for key in shape.keys {
        let path = format!("{prefix}{}", key.name);
        paths.push((path.clone(), key));
        for kind in key.alternatives() {
            let name = if matches!(kind, Kind::Named(_)) { ".*" } else { "" };
            for shape in shapes_in(kind) {
                walk(shape, &format!("{path}{name}."), inside, paths);
            }
        }
    }
    inside.pop();
}

/// Every shape once, the root first.
pub(crate) fn all_shapes() -> Vec<&'static Shape> {
    let mut shapes: Vec<&'static Shape> = vec![&ROOT];
    let mut next = 0;
    while let Some(shape) = shapes.get(next).copied() {
        for kind in shape.keys.iter().flat_map(Key::alternatives) {
            for inner in shapes_in(kind) {
                if !shapes.iter().any(|known| known.name == inner.name) {
                    shapes.push(inner);
                }
            }
        }
        next += 1;
    }
    shapes
}

fn shapes_in(kind: &Kind) -> Vec<&'static Shape> {
    match kind {
        Kind::Table(shape) | Kind::Named(shape) | Kind::Tables(shape) => vec![*shape],
        Kind::List(item) => shapes_in(item),
        Kind::OneOf(kinds) => kinds.iter().flat_map(shapes_in).collect(),
        _ => Vec::new(),
    }
}

/// Whether a table of this shape is one setting (a distribution, a retry rule) and not a group of them.
pub(crate) fn is_value(shape: &Shape) -> bool {
    const VALUES: [&str; 16] = [
        "distribution",
        "probe",
        "presence",
        "requirement",
        "slo",
        "health_check",
        "retries",
        "passive",
        "load",
        "service_time",
        "crash_ladder",
        "company",
        "keep_in",
        "except",
        "logs",
        "keep",
    ];
    VALUES.contains(&shape.name)
}
