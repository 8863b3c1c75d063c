//! Changes of apps.

use super::{Assembly, BAD_DEPLOYMENT};
use crate::engine::Key;
use crate::id::Id;
use crate::model::topology as t;
use crate::scenario::spec;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Assembly<'_> {
    /// Changes of apps. Neighbours are mostly alike: settings that equal those of the same change of the
    /// app before are shared with it.
    pub(super) fn changes(&mut self) {
        let seed = self.topology.seed;
        let mut before: BTreeMap<u8, (&spec::Change, Arc<t::Change>)> = BTreeMap::new();
        for change in &self.scenario.changes {
            let alike = |it: &&(&spec::Change, Arc<t::Change>)| it.0.is_like(change);
            let made = match before.get(&change.ordinal).filter(alike) {
                Some((_, made)) => made.clone(),
                None => Arc::new(self.change(change)),
            };
            before.insert(change.ordinal, (change, made.clone()));
            let apps = &self.scenario.apps;
            let place = apps.binary_search_by(|app| app.name.cmp(&change.app));
            let luck = format!("change.{}.{}@app.{}", change.name, change.ordinal, change.app);
            let app = Id::new(place.expect("checked: a known app") as u32);
            if let spec::When::ByLoad(scaling) = &change.when {
                let load = self.topology.groups[app].load.as_ref();
                let load = load.expect("checked: what is scaled by its load has one");
                let course = scaling.course(load, self.topology.end);
                let change = self.topology.changes.next_id();
                self.topology.scalers.push(t::Scaler { change, course });
            }
            self.topology.changes.push(t::ChangeClock {
                key: Key::new(seed, &luck),
                cause: self.causes[&change.name],
                ordinal: change.ordinal,
                app,
                change: made,
            });
        }
    }

    fn change(&self, change: &spec::Change) -> t::Change {
        let renewing = change.renewing.as_ref().map(|it| t::Renewing {
            beside: it.beside,
            success: it.success,
            away: it.away.clone(),
            max_in_flight: it.max_in_flight,
            renews_age: it.renews_age,
            revives: it.revives,
            bad: it.bad.as_ref().map(|(chance, rollback)| t::Bad {
                chance: *chance,
                cause: self.causes[BAD_DEPLOYMENT],
                rollback: rollback.clone(),
            }),
        });
        let &spec::ChangeSettings { declares, memory, fails_over, .. } = &**change;
        t::Change { when: change.when.clone(), declares, memory, fails_over, renewing }
    }
}
