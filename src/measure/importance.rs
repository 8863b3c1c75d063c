//! Birnbaum importance (M9): the share of time in which a component decides whether a subject is up,
//! everything else being as it is. At each change of state the structure is looked at with the
//! component forced up and forced down, and the answer integrated.

use crate::id::Id;
use crate::measure::Plan;
use crate::measure::ledger::is_of_domain;
use crate::model::fact::Subject;
use crate::model::topology::{Above, Group, Part, Topology, UnitInfo, Zone};
use crate::model::world::{State, World};
use crate::time::Instant;

/// What importance is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    Unit(Id<UnitInfo>),
    Zone(Id<Zone>),
    App(Id<Group>),
    Service(u32),
}

/// All components of all subjects; empty where it is not wanted.
#[derive(Clone, Debug, Default)]
pub struct Importance {
    /// By subject.
    pub subjects: Vec<Components>,
}

/// The components of one subject.
#[derive(Clone, Debug, Default)]
pub struct Components {
    since: Instant,
    /// None decides, and there was more than enough when that was seen last.
    spared: bool,
    /// Whether it has mandatory dependencies.
    depends: bool,
    pub rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub component: Component,
    /// The requirement it is a part of (services).
    node: u32,
    critical: bool,
    /// Nanoseconds in which it decided.
    pub time: u64,
}

impl Importance {
    pub(super) fn new(plan: &Plan, topology: &Topology) -> Self {
        if !plan.importance {
            return Importance::default();
        }
        let row = |component, node| Row { component, node, critical: false, time: 0 };
        let mut subjects = Vec::with_capacity(topology.subjects());
        for (app, group) in topology.groups.enumerate().take(topology.apps) {
            let units = topology.units_of(app).map(|unit| row(Component::Unit(unit), 0));
            let zones = group.zones.iter().map(|&zone| row(Component::Zone(zone), 0));
            let used = group.uses.iter().filter(|it| it.mandatory);
            let used = used.map(|it| row(Component::Unit(it.unit), 0));
            subjects.push(Components {
                depends: used.clone().next().is_some(),
                rows: units.chain(zones).chain(used).collect(),
                ..Components::default()
            });
        }
        for service in &topology.services {
            let mut rows = Vec::new();
            let mut nodes = vec![service.node];
            while let Some(node) = nodes.pop() {
                for &part in &topology.nodes[node as usize].parts {
                    rows.push(match part {
                        Part::Unit(unit) => row(Component::Unit(unit), node),
                        Part::Zone(zone) => row(Component::Zone(zone), node),
                        Part::App(app) => row(Component::App(app), node),
                        Part::Service(service) => row(Component::Service(service), node),
                        Part::Node(node) => {
                            nodes.push(node);
                            continue;
                        }
                    });
                }
            }
            subjects.push(Components { rows, ..Components::default() });
        }
        Importance { subjects }
    }

    #[inline]
    pub(super) fn settled(
        &mut self,
        now: Instant,
        subject: Subject,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        if !self.subjects.is_empty() {
            self.look_at(now, subject, plan, topology, world);
        }
    }

    #[inline(never)]
    fn look_at(
        &mut self,
        now: Instant,
        subject: Subject,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let index = match subject {
            Subject::App(app) => app.index(),
            Subject::Service(service) => topology.apps + service as usize,
        };
        let components = &mut self.subjects[index];
        match subject {
            Subject::App(app) => {
                let standing = Standing::of(topology, world, app);
                // Nearly always there is more than enough, and it need not be asked who serves where.
                let spares = !components.depends
                    && standing.as_ref().is_some_and(|it| it.spares_any(topology, world, app));
                if spares && components.spared {
                    return;
                }
                components.spared = spares;
                components.book(now, plan);
                decide_app(topology, world, app, standing, &mut components.rows);
            }
            Subject::Service(_) => {
                components.book(now, plan);
                decide_service(topology, world, &mut components.rows);
            }
        }
    }

    pub(super) fn finish(&mut self, now: Instant, plan: &Plan) {
        for components in &mut self.subjects {
            components.book(now, plan);
            components.spared = false; // how it was seen last is not a measure
        }
    }

    /// Everything is up at the start: what decides then.
    pub fn begin(&mut self, topology: &Topology, world: &World) {
        for (index, components) in self.subjects.iter_mut().enumerate() {
            if index < topology.apps {
                let app = Id::new(index as u32);
                let standing = Standing::of(topology, world, app);
                decide_app(topology, world, app, standing, &mut components.rows);
            } else {
                decide_service(topology, world, &mut components.rows);
            }
        }
    }
}

impl Components {
    fn book(&mut self, now: Instant, plan: &Plan) {
        let (from, to) = plan.clip(self.since, now);
        self.since = now;
        for row in self.rows.iter_mut().filter(|row| row.critical) {
            row.time += (to - from).0;
        }
    }
}

/// What the containers of an app do, for all that may decide whether it is up.
struct Standing {
    /// In service and connected to its database.
    in_service: u32,
    unconnected: u32,
    needs: u32,
}

impl Standing {
    /// Nothing decides in an app that is neither up nor down, or that nobody reaches.
    fn of(topology: &Topology, world: &World, app: Id<Group>) -> Option<Standing> {
        let state = &world.apps[app.index()];
        // What is not connected to the database serves nobody.
        let unconnected = world.unconnected(topology, app);
        let in_service = state.in_service - unconnected;
        let counts = state.declared() > 0 && world.is_reached(topology, app);
        let needs = topology.groups[app].needs;
        counts.then_some(Standing { in_service, unconnected, needs })
    }

    /// Whether more containers are in service than the app needs, whichever one of them, or all that
    /// stand in one zone, are gone.
    fn spares_any(&self, topology: &Topology, world: &World, app: Id<Group>) -> bool {
        let first = world.occupancy_at[app.index()] as usize;
        let standing = &world.occupancy[first..first + topology.groups[app].zones.len()];
        let most = standing.iter().copied().max().unwrap_or(0).max(1);
        self.in_service >= self.needs.saturating_add(most)
    }
}

/// Which components decide whether an app is up: whether it is up with each of them and down without it.
fn decide_app(
    topology: &Topology,
    world: &World,
    app: Id<Group>,
    standing: Option<Standing>,
    rows: &mut [Row],
) {
    let Some(standing) = standing else {
        rows.iter_mut().for_each(|row| row.critical = false);
        return;
    };
    let (group, state) = (&topology.groups[app], &world.apps[app.index()]);
    let Standing { in_service, unconnected, needs } = standing;
    let enough = |containers: u32| containers >= needs;
    let serves = |unit: Id<UnitInfo>| {
        world.units[unit.index()].in_service
            && !(unconnected > 0 && world.is_unconnected(topology, unit))
    };
    let on_its_own = state.dependencies_down == 0;
    for row in rows {
        row.critical = match row.component {
            Component::Unit(unit) if topology.group_id(unit) == app => {
                let serves = serves(unit);
                let others = in_service - u32::from(serves);
                let matters = on_its_own && !enough(others) && enough(others + 1);
                matters && could_serve(world, unit, serves)
            }
            Component::Unit(dependency) => {
                let others =
                    state.dependencies_down - u16::from(world.takes_down(topology, dependency));
                others == 0 && enough(state.in_service)
            }
            Component::Zone(zone) => {
                let place = group.zones.iter().position(|&it| it == zone);
                let at = world.occupancy_at[app.index()] as usize;
                // Nothing decides where nothing stands.
                on_its_own && place.is_some_and(|place| world.occupancy[at + place] > 0) && {
                    let (mut inside, mut serving) = (0, 0);
                    for unit in topology.units_of(app) {
                        if u32::from(world.units[unit.index()].zone) == zone.raw() {
                            let serves = serves(unit);
                            serving += u32::from(serves);
                            inside += u32::from(serves || would_serve(world, unit, zone));
                        }
                    }
                    let outside = in_service - serving;
                    !enough(outside) && enough(outside + inside)
                }
            }
            Component::App(_) | Component::Service(_) => false,
        };
    }
}

/// Whether a container serves, or would where nothing but its own state keeps it from that.
fn could_serve(world: &World, unit: Id<UnitInfo>, serves: bool) -> bool {
    let state = &world.units[unit.index()];
    state.state != State::Off
        && !world.is_held(unit)
        && !world.is_cut_off(unit)
        && (serves || !state.in_service)
}

/// Whether a unit would be in service if its zone were up.
fn would_serve(world: &World, unit: Id<UnitInfo>, zone: Id<Zone>) -> bool {
    let state = &world.units[unit.index()];
    if state.in_service {
        return true;
    }
    let zone = &world.zones[zone.index()];
    if zone.lost > 0 {
        // It stopped with its zone, and only then.
        world.recovery(unit).and_then(|record| record.root).is_some_and(|it| is_of_domain(&it))
    } else {
        zone.isolated > 0 && state.state == State::Serving && state.cut == 0
    }
}

/// Which parts decide whether a service is up.
fn decide_service(topology: &Topology, world: &World, rows: &mut [Row]) {
    for row in rows {
        row.critical = decides_service(topology, world, row);
    }
}

/// Whether a part decides at every level up to its service.
fn decides_service(topology: &Topology, world: &World, row: &Row) -> bool {
    let part = match row.component {
        Component::Unit(unit) => Part::Unit(unit),
        Component::Zone(zone) => Part::Zone(zone),
        Component::App(app) => Part::App(app),
        Component::Service(service) => Part::Service(service),
    };
    let mut up = world.part_is_up(topology, part);
    let mut node = row.node;
    loop {
        let others = world.node_up[node as usize] - u32::from(up);
        if others + 1 != topology.nodes[node as usize].at_least {
            return false;
        }
        match topology.nodes[node as usize].above {
            Above::Service(_) => return true,
            Above::Node(above) => {
                up = world.part_is_up(topology, Part::Node(node));
                node = above;
            }
        }
    }
}
