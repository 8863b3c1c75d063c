//! Planned downtime (M3): charged to a change, inside a declared window, and not down anyway.

use crate::id::Id;
use crate::measure::ledger::Ledger;
use crate::model::fact::Subject;
use crate::model::root::Root;
use crate::model::topology::{Group, Part, Topology, UnitInfo, Window};
use crate::model::world::World;
use crate::time::Instant;

/// The first part of `from..to` that is wholly inside or outside of the windows: its end, and which.
pub(super) fn first_part<'w>(
    windows: impl Iterator<Item = &'w Window>,
    from: Instant,
    to: Instant,
) -> (Instant, bool) {
    let (mut inside, mut until) = (false, to);
    for (open, changes) in windows.map(|window| window.at(from)) {
        inside |= open;
        until = until.min(changes);
    }
    (until, inside)
}

impl Ledger {
    /// Whose windows decide whether the downtime of a subject is planned: the apps that `charged`, a
    /// change, holds down. None where something else would have it down as well.
    pub(super) fn planned_by(
        &self,
        topology: &Topology,
        world: &World,
        subject: Subject,
        charged: &Root,
    ) -> Vec<Id<Group>> {
        let mut apps = Vec::new();
        match subject {
            Subject::App(app) => {
                if app_is_up_but_for_changes(topology, world, app) {
                    apps.push(app);
                }
            }
            Subject::Service(service) => {
                let node = topology.services[service as usize].node;
                if self.node_is_up_but_for_changes(topology, world, node) {
                    self.held_by(topology, world, node, charged, &mut apps);
                }
            }
        }
        apps
    }

    fn node_is_up_but_for_changes(&self, topology: &Topology, world: &World, node: u32) -> bool {
        let node = &topology.nodes[node as usize];
        let is_up = |part: &Part| {
            world.part_is_up(topology, *part)
                || match *part {
                    Part::Unit(unit) => is_down_by_change(world, unit),
                    Part::Zone(_) => false,
                    Part::App(app) => app_is_up_but_for_changes(topology, world, app),
                    Part::Service(service) => {
                        let node = topology.services[service as usize].node;
                        self.node_is_up_but_for_changes(topology, world, node)
                    }
                    Part::Node(node) => self.node_is_up_but_for_changes(topology, world, node),
                }
        };
        node.parts.iter().filter(|part| is_up(part)).count() as u32 >= node.at_least
    }

    /// The apps below a node of which a change holds something down.
    fn held_by(
        &self,
        topology: &Topology,
        world: &World,
        node: u32,
        charged: &Root,
        apps: &mut Vec<Id<Group>>,
    ) {
        for part in &topology.nodes[node as usize].parts {
            match *part {
                Part::Unit(unit) => {
                    let root = world.recovery(unit).and_then(|record| record.root);
                    if root.is_some_and(|root| root.seq == charged.seq) {
                        apps.push(topology.group_id(unit));
                    }
                }
                Part::App(app) => {
                    let harm = self.harm(app.index()).filter(|harm| harm.down);
                    let root = harm.and_then(|harm| harm.charged);
                    if root.is_some_and(|root| root.seq == charged.seq) {
                        apps.push(app);
                    }
                }
                Part::Zone(_) => {}
                Part::Service(service) => {
                    let node = topology.services[service as usize].node;
                    self.held_by(topology, world, node, charged, apps);
                }
                Part::Node(node) => self.held_by(topology, world, node, charged, apps),
            }
        }
    }
}

fn is_down_by_change(world: &World, unit: Id<UnitInfo>) -> bool {
    world.recovery(unit).and_then(|record| record.root).is_some_and(|root| root.change)
}

fn app_is_up_but_for_changes(topology: &Topology, world: &World, app: Id<Group>) -> bool {
    let back = topology.units_of(app).filter(|&unit| is_down_by_change(world, unit)).count() as u32;
    let reachable = world.effective_in_service(topology, app) + back;
    let lacks = |unit| world.takes_down(topology, unit) && !is_down_by_change(world, unit);
    let lacks_nothing = world.apps[app.index()].dependencies_down == 0
        || !topology.groups[app].uses.iter().any(|it| it.mandatory && lacks(it.unit));
    reachable >= topology.groups[app].needs && lacks_nothing
}
