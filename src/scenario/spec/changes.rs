//! What is done to apps on purpose.

use super::{Declares, When};
use crate::engine::Dist;
use crate::scenario::shared::Shared;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// A change of one app that is made on purpose, again and again or once.
#[derive(Clone, PartialEq)]
pub struct Change {
    pub app: String,
    about: Shared<ChangeSettings>,
}

/// All of a change but the app that it is made to.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeSettings {
    /// What the ledger of causes calls it.
    pub name: String,
    /// Tells it from the other changes of its app.
    pub ordinal: u8,
    pub when: When,
    pub declares: Option<Declares>,
    /// Another node of its database takes the place of the primary.
    pub fails_over: bool,
    /// Bytes of each container from then on.
    pub memory: Option<u64>,
    pub renewing: Option<Renewing>,
}

impl Change {
    pub fn new(app: &str, about: ChangeSettings) -> Change {
        Change { app: app.to_owned(), about: Shared::new(about) }
    }

    /// The same for another app.
    pub fn of(&self, app: &str) -> Change {
        Change { app: app.to_owned(), about: self.about.clone() }
    }

    /// Whether it is the same but for its app.
    pub fn is_like(&self, other: &Change) -> bool {
        self.about == other.about
    }
}

impl Deref for Change {
    type Target = ChangeSettings;

    fn deref(&self) -> &ChangeSettings {
        &self.about
    }
}

impl DerefMut for Change {
    fn deref_mut(&mut self) -> &mut ChangeSettings {
        &mut self.about
    }
}

/// As if it were one struct: the hash of a scenario is made from this.
impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ChangeSettings { name, ordinal, when, declares, fails_over, memory, renewing } =
            &*self.about;
        f.debug_struct("Change")
            .field("name", name)
            .field("app", &self.app)
            .field("ordinal", ordinal)
            .field("when", when)
            .field("declares", declares)
            .field("fails_over", fails_over)
            .field("memory", memory)
            .field("renewing", renewing)
            .finish()
    }
}

/// How running containers are replaced by new ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Renewing {
    /// The new one is started beside the old one.
    pub beside: bool,
    /// Chance that this works; otherwise the old one is stopped first.
    pub success: f64,
    /// How long a container that was stopped first is away; `None`: to drain and to start.
    pub away: Option<Dist>,
    pub max_in_flight: u32,
    pub renews_age: bool,
    /// It also starts containers that have been given up.
    pub revives: bool,
    /// Chance that the new version fails every request, and how long its rollback takes.
    pub bad: Option<(f64, Dist)>,
}
