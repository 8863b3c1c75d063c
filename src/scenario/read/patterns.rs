//! Which components, domains and apps a pattern such as `container.shop/*` stands for.

use crate::scenario::mistakes::Mistake;
use crate::scenario::names::{closest, fits, listed, quoted};
use crate::scenario::reading::Reading;
use crate::scenario::spec::Target;
use crate::scenario::view::Word;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// A class of things that patterns can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Region,
    Zone,
    Host,
    App,
    Container,
    Dependency,
    Service,
    HealthManager,
    DatabaseNode,
    Database,
    Bucket,
    Replica,
    Router,
}

use Class::*;

impl Class {
    const ALL: [Class; 13] = [
        Region,
        Zone,
        Host,
        App,
        Container,
        Dependency,
        Service,
        HealthManager,
        DatabaseNode,
        Database,
        Bucket,
        Replica,
        Router,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Region => "region",
            Zone => "zone",
            Host => "host",
            App => "app",
            Container => "container",
            Dependency => "dependency",
            Service => "service",
            HealthManager => "health-manager",
            DatabaseNode => "database-node",
            Database => "database",
            Bucket => "bucket",
            Replica => "replica",
            Router => "router",
        }
    }
}

/// Everything that a scenario has, by class.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Regions in use, each with its zones.
    pub regions: BTreeMap<String, Vec<String>>,
    /// Apps with their number of containers.
    pub apps: BTreeMap<String, u32>,
    /// Groups of hosts with their number.
    pub hosts: BTreeMap<String, u32>,
    pub dependencies: Vec<String>,
    pub services: Vec<String>,
    /// Regions with the number of instances of their health manager.
    pub managers: BTreeMap<String, u32>,
    /// Apps with the number of nodes of their database.
    pub nodes: BTreeMap<String, u32>,
    /// Nodes of databases in other regions than the others.
    pub nodes_abroad: Vec<String>,
    /// Apps with the number of replicas of their bucket.
    pub replicas: BTreeMap<String, u32>,
    /// Apps whose database can be set back to what it was.
    pub restorable: BTreeSet<String>,
    /// Regions in which an app has files.
    pub with_files: BTreeSet<String>,
    /// Regions with the number of their routers.
    pub routers: BTreeMap<String, u32>,
    /// How many names patterns have stood for so far.
    pub expanded: Cell<usize>,
}

/// Names that the patterns of one scenario may stand for together. A file of a few megabytes could
/// otherwise ask for more targets than fit into memory.
const MOST_NAMES: usize = 20_000_000;

impl Names {
    /// What a pattern stands for, in order of name. A pattern of the user that stands for nothing is a
    /// mistake; one of the preset simply has nothing to act on in this scenario.
    pub fn expand(
        &self,
        reading: &Reading,
        pattern: Word<'_>,
        allowed: &[Class],
    ) -> Vec<(Class, String)> {
        let mistake = |title: String| Mistake::new(pattern.at, title);
        let shown = quoted(pattern.text);
        let example = || {
            let words: Vec<_> = allowed.iter().map(|class| format!("{}.…", class.word())).collect();
            format!("write {}", listed(&words, "or"))
        };
        let Some((word, name)) = pattern.text.split_once('.') else {
            reading.mistake(mistake(format!("`{shown}` does not say what it is")).help(example()));
            return Vec::new();
        };
        let Some(class) = Class::ALL.into_iter().find(|class| class.word() == word) else {
            let meant = closest(word, allowed.iter().map(|class| class.word()));
            let title = format!("there is no class of things called `{}`", quoted(word));
            reading.mistake(mistake(title).meant(meant, example));
            return Vec::new();
        };
        if !allowed.contains(&class) {
            let title = format!("a {} cannot be named here", class.word());
            reading.mistake(mistake(title).help(example()));
            return Vec::new();
        }
        let found = self.matching(class, name);
        if found.is_empty() && !reading.is_preset(pattern.at) {
            reading.mistake(self.nothing(
                class,
                name,
                mistake(format!("`{shown}` matches nothing")),
            ));
        }
        self.expanded.set(self.expanded.get() + found.len());
        if self.expanded.get() > MOST_NAMES {
            reading.mistake(mistake(format!("patterns stand for more than {MOST_NAMES} names")));
            return Vec::new();
        }
        found.into_iter().map(|name| (class, name)).collect()
    }

    fn matching(&self, class: Class, pattern: &str) -> Vec<String> {
        match class {
            Container => numbered(&self.apps, pattern),
            Host => numbered(&self.hosts, pattern),
            HealthManager => numbered(&self.managers, pattern),
            DatabaseNode => {
                let abroad = self.nodes_abroad.iter().filter(|name| fits(pattern, name));
                numbered(&self.nodes, pattern).into_iter().chain(abroad.cloned()).collect()
            }
            Replica => numbered(&self.replicas, pattern),
            Router => numbered(&self.routers, pattern),
            _ => self.names(class).filter(|name| fits(pattern, name)).map(str::to_owned).collect(),
        }
    }

    /// The names of a class; of hosts and containers those of their groups and apps.
    fn names(&self, class: Class) -> Box<dyn Iterator<Item = &str> + '_> {
        match class {
            Region => Box::new(self.regions.keys().map(String::as_str)),
            Zone => Box::new(self.regions.values().flatten().map(String::as_str)),
            Host => Box::new(self.hosts.keys().map(String::as_str)),
            App | Container => Box::new(self.apps.keys().map(String::as_str)),
            Dependency => Box::new(self.dependencies.iter().map(String::as_str)),
            Service => Box::new(self.services.iter().map(String::as_str)),
            HealthManager => Box::new(self.managers.keys().map(String::as_str)),
            DatabaseNode | Database => Box::new(self.nodes.keys().map(String::as_str)),
            Bucket | Replica => Box::new(self.replicas.keys().map(String::as_str)),
            Router => Box::new(self.routers.keys().map(String::as_str)),
        }
    }

    fn nothing(&self, class: Class, pattern: &str, mistake: Mistake) -> Mistake {
        let group = pattern.split('/').next().unwrap_or(pattern);
        let numbered =
            matches!(class, Container | Host | HealthManager | DatabaseNode | Replica | Router);
        if numbered && self.names(class).any(|name| name == group) {
            let count = match class {
                Host => &self.hosts,
                HealthManager => &self.managers,
                DatabaseNode => &self.nodes,
                Replica => &self.replicas,
                Router => &self.routers,
                _ => &self.apps,
            }[group];
            return mistake.help(match pattern.contains('/') {
                true => format!("{group} has {count}: {0}/1 to {0}/{count}", group),
                false => format!("write {}.{group}/* for all of them", class.word()),
            });
        }
        let known: Vec<&str> = self.names(class).collect();
        let meant = closest(group, known.iter().copied())
            .map(|name| format!("{}.{name}{}", class.word(), if numbered { "/*" } else { "" }));
        mistake.meant(meant.as_deref(), || match known.as_slice() {
            [] => format!("this scenario has no {}", class.word()),
            _ => format!("there is {}", quoted(&listed(&known, "and"))),
        })
    }

    /// How many containers all apps have.
    pub fn containers(&self) -> usize {
        self.apps.values().map(|&count| count as usize).sum()
    }

    /// Whether there are files in a zone or region.
    pub fn has_files(&self, target: &Target) -> bool {
        match target {
            Target::Region(name) => self.with_files.contains(name),
            Target::Zone(name) => {
                let mut regions =
                    self.regions.iter().filter(|(it, _)| self.with_files.contains(*it));
                regions.any(|(_, zones)| zones.contains(name))
            }
            _ => true,
        }
    }

    /// The targets of a fault: apps stand for their containers.
    pub fn targets(
        &self,
        reading: &Reading,
        patterns: &[Word<'_>],
        allowed: &[Class],
    ) -> Vec<Target> {
        let mut targets: Vec<Target> = Vec::new();
        for pattern in patterns {
            for (class, name) in self.expand(reading, *pattern, allowed) {
                match class {
                    Region => targets.push(Target::Region(name)),
                    Zone => targets.push(Target::Zone(name)),
                    Host => targets.push(Target::Host(name)),
                    Container => targets.push(Target::Container(name)),
                    Dependency => targets.push(Target::Dependency(name)),
                    App => targets.extend(
                        (1..=self.apps[&name])
                            .map(|slot| Target::Container(format!("{name}/{slot}"))),
                    ),
                    HealthManager => targets.push(Target::HealthManager(name)),
                    DatabaseNode => targets.push(Target::DatabaseNode(name)),
                    Database => targets.push(Target::Database(name)),
                    Bucket => targets.push(Target::Bucket(name)),
                    Replica => targets.push(Target::Replica(name)),
                    Router => targets.push(Target::Router(name)),
                    Service => unreachable!("no fault acts on a service"),
                }
            }
        }
        targets.sort();
        targets.dedup();
        targets
    }
}

/// The members `GROUP/1` … of every group that fit.
fn numbered(groups: &BTreeMap<String, u32>, pattern: &str) -> Vec<String> {
    if let Some((group, slot)) = pattern.split_once('/').filter(|_| !pattern.contains('*')) {
        let slot = slot.parse::<u32>().ok().filter(|n| *n > 0 && n.to_string() == slot);
        let known = groups.get(group).zip(slot).is_some_and(|(count, slot)| slot <= *count);
        return if known { vec![pattern.to_owned()] } else { Vec::new() };
    }
    let mut found = Vec::new();
    for (group, count) in groups {
        for slot in 1..=*count {
            let name = format!("{group}/{slot}");
            if fits(pattern, &name) {
                found.push(name);
            }
        }
    }
    found
}
