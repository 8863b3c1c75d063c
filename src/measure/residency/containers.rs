//! What containers process, where they stand, and those that a rule refuses a place.

use super::{Arrival, Asset, Residency, Where};
use crate::id::Id;
use crate::measure::Plan;
use crate::model::residency::{Class, Move, Standing};
use crate::model::root::CauseId;
use crate::model::topology::{Group, Placement, Topology, UnitInfo, Zone};
use crate::model::world::{NOWHERE, World};
use crate::time::Instant;

impl Residency {
    pub(super) fn in_service(&mut self, unit: Id<UnitInfo>, topology: &Topology, world: &World) {
        let root = world.recovery(unit).and_then(|it| it.root);
        if let Some(root) = root {
            self.brought(unit, root.cause, topology);
        }
    }

    pub(super) fn brought(&mut self, unit: Id<UnitInfo>, cause: CauseId, topology: &Topology) {
        if let Some(ledger) = self.ledger_of(topology.group_id(unit)).filter(|it| it.watched) {
            ledger.brought.push((unit.raw(), cause));
        }
    }

    /// A container finds no place: refused, if a zone that would take it is up.
    pub(super) fn waits(
        &mut self,
        now: Instant,
        unit: Id<UnitInfo>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let app = topology.group_id(unit);
        if self.ledger_of(app).is_none_or(|ledger| !ledger.watched) {
            return;
        }
        let Some(residence) = &topology.residency[app.index()] else { return };
        let up = |zone: &&Id<Zone>| world.zones[zone.index()].is_up();
        // Whoever only ever runs in its own zone waits for that.
        let pinned = topology.groups[app].placement == Placement::Pinned;
        if pinned || world.zones_of(topology, app).0.iter().any(|zone| up(&zone)) {
            return;
        }
        let region = world.region_of(topology, app);
        let here = |zone: &&Id<Zone>| topology.zones[**zone].region == region;
        let refused = residence.refused.iter().filter(here).find(up);
        let Some(&zone) = refused else { return };
        let cause = world.recovery(unit).and_then(|it| it.root).map(|it| it.cause);
        let asset = Asset::Container(unit.raw());
        let refusal = Arrival {
            app,
            class: Class::Database,
            asset,
            place: Where::Zone(zone),
            processed: true,
            bytes: 0,
            by: Move::Placed,
            before: [None; 2],
            cause,
            until: None,
        };
        self.refused(now, refusal, plan, topology, world);
    }

    /// Containers in service against those known to be outside.
    pub(super) fn containers_moved(
        &mut self,
        now: Instant,
        app: Id<Group>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let rule = topology.rule_of(app).expect("watched for its rule");
        let everything = self.everything;
        for unit in topology.units_of(app) {
            let state = &world.units[unit.index()];
            let zone = Id::new(u32::from(state.zone));
            let asset = Asset::Container(unit.raw());
            let ledger = &mut self.apps[app.index()];
            if state.in_service {
                ledger.wanting.remove(&asset);
            }
            let stands = state.in_service && state.zone != NOWHERE;
            let told = |zone| everything || rule.at(Class::Database, zone) != Standing::Inside;
            let outside = stands && told(zone);
            let known = ledger.open.get(&asset).map(|it| it.place);
            if known == outside.then_some(Where::Zone(zone)) {
                continue;
            }
            if known.is_some() {
                self.leaves(now, app, asset, plan);
            }
            if outside {
                let brought = &self.apps[app.index()].brought;
                let cause = brought.iter().rfind(|it| it.0 == unit.raw()).map(|it| it.1);
                let (class, place) = (Class::Database, Where::Zone(zone));
                let arrival = Arrival {
                    app,
                    class,
                    asset,
                    place,
                    processed: true,
                    bytes: 0,
                    by: Move::Placed,
                    before: [None; 2],
                    cause,
                    until: None,
                };
                self.arrives(now, arrival, plan, topology);
            }
        }
    }
}
