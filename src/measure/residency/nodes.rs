//! Nodes of databases: their data is where they stand, running or not.

use super::{Arrival, Asset, Residency, Where};
use crate::id::Id;
use crate::measure::Plan;
use crate::model::database::Database;
use crate::model::residency::{Class, Move, Standing};
use crate::model::topology::{Group, Topology, UnitInfo, Zone};
use crate::model::world::{NOWHERE, World};
use crate::time::Instant;

impl Residency {
    /// Nodes against those known to be outside. Their data is where they stand, running or not.
    pub(super) fn nodes_moved(
        &mut self,
        now: Instant,
        app: Id<Group>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let rule = topology.rule_of(app).expect("watched for its rule");
        let everything = self.everything;
        let id = topology.database_of(app).expect("watched for its database");
        let serves = world.databases[id.index()].stage.serves();
        for node in topology.all_nodes_of(id) {
            let asset = Asset::Node(node.raw());
            let zone = Id::new(u32::from(world.units[node.index()].zone));
            // One that is not meant to run stands nowhere.
            let stands = world.units[node.index()].zone != NOWHERE;
            let told = |zone| everything || rule.at(Class::Database, zone) != Standing::Inside;
            let outside = stands && told(zone);
            let ledger = &mut self.apps[app.index()];
            if serves {
                ledger.wanting.remove(&asset);
            }
            let known = ledger.open.get(&asset).map(|it| it.place);
            if known == outside.then_some(Where::Zone(zone)) {
                continue;
            }
            if known.is_some() {
                self.leaves(now, app, asset, plan);
            }
            if outside {
                let mut arrival = self.node(node, Where::Zone(zone), app, topology, world);
                let brought = &self.apps[app.index()].brought;
                let by = brought.iter().rfind(|it| it.0 == node.raw()).map(|it| it.1);
                arrival.cause = by.or(arrival.cause);
                if now == Instant::START {
                    let copy = topology.databases[id].abroad == Some(node);
                    arrival.by = if copy { Move::Copied } else { Move::Kept };
                }
                self.arrives(now, arrival, plan, topology);
            }
        }
    }

    /// A restore begins, which may be over before the instant is.
    pub(super) fn restored(&mut self, id: Id<Database>, topology: &Topology, world: &World) {
        let app = topology.databases[id].app;
        let node = world.databases[id.index()].primary;
        let root = world.recovery(node).and_then(|it| it.root);
        let ledger = self.ledger_of(app).filter(|it| it.watched_nodes);
        if let Some((ledger, root)) = ledger.zip(root) {
            ledger.brought.push((node.raw(), root.cause));
        }
    }

    fn node(
        &self,
        node: Id<UnitInfo>,
        place: Where,
        app: Id<Group>,
        topology: &Topology,
        world: &World,
    ) -> Arrival {
        let id = topology.database_of(app).expect("a node is a database's");
        Arrival {
            app,
            class: Class::Database,
            asset: Asset::Node(node.raw()),
            place,
            processed: false,
            bytes: topology.databases[id].bytes,
            by: Move::Restored,
            before: [None; 2],
            cause: world.recovery(node).and_then(|it| it.root).map(|it| it.cause),
            until: None,
        }
    }

    /// A restore finds no zone: refused, if one that would take it is up.
    pub(super) fn restore_waits(
        &mut self,
        now: Instant,
        id: Id<Database>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let app = topology.databases[id].app;
        let Some(Some(residence)) = topology.residency.get(app.index()) else { return };
        let region = world.region_of(topology, app);
        let up = |zone: &&Id<Zone>| {
            world.zones[zone.index()].is_up() && topology.zones[**zone].region == region
        };
        let refused = residence.refused_nodes.iter().find(up);
        if let (Some(&zone), Some(node)) = (refused, topology.nodes_of(id).next()) {
            let refusal = self.node(node, Where::Zone(zone), app, topology, world);
            self.refused(now, refusal, plan, topology, world);
        }
    }
}
