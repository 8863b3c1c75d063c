//! Databases, and what leads apps to another region.

use super::{Assembly, RETURN_HOME, instant, plain};
use crate::engine::Key;
use crate::id::Id;
use crate::model::database::{Database, Settings};
use crate::model::fallback::Fallback;
use crate::model::residency::Class;
use crate::model::topology as t;
use crate::model::topology::{ABROAD, Kind};
use crate::scenario::spec;
use std::sync::Arc;

impl Assembly<'_> {
    /// Each as its app sees it, then its nodes.
    pub(super) fn databases(&mut self) {
        let mut before: Option<Arc<Settings>> = None;
        for (place, app) in self.scenario.apps.iter().enumerate() {
            let Some(database) = &app.database else { continue };
            let alike = before.take().filter(|it| **it == database.settings);
            let settings = alike.unwrap_or_else(|| Arc::new(database.settings.clone()));
            before = Some(settings.clone());
            let owner: Id<t::Group> = Id::new(place as u32);
            let unit = self.topology.units.next_id();
            let uses = &mut self.topology.groups[owner].uses;
            uses.push(t::Use { unit, mandatory: true, share: 1.0 });
            let whole = t::Group {
                name: format!("database.{}", app.name),
                kind: Kind::Database,
                count: 1,
                used_by: vec![owner],
                ..plain()
            };
            self.group(whole, |_| app.name.clone(), "database.");
            let nodes = self.topology.groups.next_id();
            let takes = settings.rebuild.takes.clone();
            let residence = self.topology.residency.get(place).and_then(Option::as_ref);
            let refused = residence.map_or(&[][..], |it| &it.refused_nodes);
            let zones = database.zones.iter().map(|name| self.zones[name.as_str()]);
            let zones = zones.filter(|zone| !refused.contains(zone)).collect();
            let group = t::Group {
                name: format!("database-node.{}", app.name),
                kind: Kind::DatabaseNode,
                count: settings.mode.nodes(),
                zones,
                recovery: Arc::new(t::Recovery::InPlace {
                    detect: t::Detect::After(instant()),
                    restart: takes.clone(),
                    returns: takes,
                }),
                used_by: vec![owner],
                ..plain()
            };
            self.group(group, |ordinal| format!("{}/{ordinal}", app.name), "database-node.");
            let key = self.topology.units[unit].key;
            let abroad = self.node_abroad(owner, app, database);
            let bytes = database.size.unwrap_or(0);
            let database = Database { app: owner, key, unit, nodes, abroad, bytes, settings };
            self.topology.add_database(database);
        }
    }

    /// The node of a database in another region. Nobody but the database itself misses it.
    fn node_abroad(
        &mut self,
        owner: Id<t::Group>,
        app: &spec::App,
        database: &spec::Database,
    ) -> Option<Id<t::UnitInfo>> {
        let elsewhere = database.replica_in.as_ref();
        let region = elsewhere.or(app.fallback.as_ref().map(|it| &it.region))?;
        let unit = self.topology.units.next_id();
        let takes = database.settings.rebuild.takes.clone();
        let region = self.regions[region.as_str()];
        let rule = self.topology.rule_of(owner);
        let refused =
            |zone: &Id<t::Zone>| rule.is_some_and(|it| it.refuses(Class::Database, *zone));
        let zones = self.topology.regions[region].zones.iter().copied();
        let zones = zones.filter(|zone| !refused(zone)).collect();
        let group = t::Group {
            name: format!("database-node.{}{ABROAD}", app.name),
            kind: Kind::DatabaseNode,
            count: 1,
            declared: u32::from(elsewhere.is_some()),
            zones,
            recovery: Arc::new(t::Recovery::InPlace {
                detect: t::Detect::After(instant()),
                restart: takes.clone(),
                returns: takes,
            }),
            ..plain()
        };
        self.group(group, |_| format!("{}{ABROAD}", app.name), "database-node.");
        Some(unit)
    }

    /// What leads to each app that may go to another region, and how it goes.
    pub(super) fn fallbacks(&mut self) {
        for (place, app) in self.scenario.apps.iter().enumerate() {
            let Some(fallback) = &app.fallback else { continue };
            let owner: Id<t::Group> = Id::new(place as u32);
            let address = self.topology.units.next_id();
            let uses = &mut self.topology.groups[owner].uses;
            uses.push(t::Use { unit: address, mandatory: true, share: 1.0 });
            let group = t::Group {
                name: format!("address.{}", app.name),
                kind: Kind::Address,
                count: 1,
                used_by: vec![owner],
                ..plain()
            };
            self.group(group, |_| app.name.clone(), "address.");
            let before = self.topology.fallbacks.iter().next_back();
            let alike = before.filter(|it| *it.settings == fallback.settings);
            let settings =
                alike.map_or_else(|| Arc::new(fallback.settings.clone()), |it| it.settings.clone());
            let home = self.regions[app.region.as_str()];
            let zones = self.topology.groups[owner].zones.iter();
            let at_home = zones.filter(|&&zone| self.topology.zones[zone].region == home).count();
            self.topology.fallbacks.push(Fallback {
                app: owner,
                key: Key::new(self.topology.seed, &format!("fallback.{}", app.name)),
                address,
                home,
                abroad: self.regions[fallback.region.as_str()],
                at_home,
                cause: self.causes[RETURN_HOME],
                settings,
            });
        }
    }
}
