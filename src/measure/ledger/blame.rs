//! Who breaks what: from the state of the world to shares of requests, and to the one who is charged.

use super::{Harm, Ledger};
use crate::id::Id;
use crate::model::root::{Reach, Root};
use crate::model::topology::{Group, Part, Topology, UnitInfo};
use crate::model::world::{Phase, World};
use crate::time::Instant;
use crate::traffic::{Loss, loss};
use std::cmp::Reverse;

impl Ledger {
    /// What a requirement lacks: the owners of every part that is down and counts.
    #[inline(never)]
    pub(super) fn node_lacks(
        &self,
        topology: &Topology,
        world: &World,
        node: u32,
        lacking: &mut Vec<(Root, Phase, Instant)>,
    ) {
        for &part in &topology.nodes[node as usize].parts {
            if world.part_is_up(topology, part) {
                continue;
            }
            match part {
                Part::Unit(unit) => unit_lacks(world, unit, lacking),
                Part::Zone(zone) => {
                    for (_, open) in world.occurrences.iter() {
                        if let (Some(root), true) = (open.root, open.zones.contains(&zone)) {
                            lacking.push((root, Phase::Provider, root.onset));
                        }
                    }
                }
                Part::App(app) => self.subject_lacks(app.index(), lacking),
                Part::Service(service) => {
                    self.subject_lacks(topology.apps + service as usize, lacking);
                }
                Part::Node(node) => self.node_lacks(topology, world, node, lacking),
            }
        }
    }

    /// A subject that is down stands for whoever it is charged to.
    fn subject_lacks(&self, subject: usize, lacking: &mut Vec<(Root, Phase, Instant)>) {
        if let Some(Harm { charged: Some(root), waited: Some(phase), since, .. }) =
            self.harm(subject).filter(|harm| harm.down)
        {
            lacking.push((*root, *phase, *since));
        }
    }
}

/// What the rotation of an app fails (U4), dependencies aside. The few attempts on marked entries go by
/// the load at the instant the rotation changed.
pub(super) fn app_loss(topology: &Topology, world: &World, app: Id<Group>, now: Instant) -> Loss {
    let state = &world.apps[app.index()];
    let group = &topology.groups[app];
    let Some(router) = &group.router else {
        return if state.in_service > 0 { Loss::NONE } else { Loss { total: 1.0, each: [0.0; 4] } };
    };
    let mut live = state.in_service;
    let mut dead = state.dead.map(u32::from);
    if world.fails_open(topology, app) {
        // T2: all registered entries are used. Where nobody unregisters the dead, they are among them.
        live = state.answering;
        dead[router.crash_face as usize] = world.dead_in_use(topology, app).count() as u32;
    }
    loss(live, dead, &router.traffic, group.load.as_ref().map(|load| load.at(now)))
}

/// The share of requests that dependencies let pass.
pub(super) fn dependencies_let_pass(topology: &Topology, world: &World, app: Id<Group>) -> f64 {
    let mut pass = 1.0;
    if world.apps[app.index()].uses_down > 0 {
        for used in &topology.groups[app].uses {
            if !world.units[used.unit.index()].in_service {
                pass *= 1.0 - used.share * world.share_failing(topology, app, used.unit);
            }
        }
    }
    pass
}

/// Whose routers fail which share of the requests of an app that is up (K6).
pub(super) fn router_shares(
    topology: &Topology,
    world: &World,
    app: Id<Group>,
    shares: &mut Vec<(Root, f64)>,
) {
    for (router, share) in world.failing_routers(topology, app) {
        if let Some(root) = world.recovery(router).and_then(|record| record.root) {
            add_share(shares, root, share);
        }
    }
}

/// Whose entries fail which share of the requests of an app that is up (K6).
pub(super) fn entry_shares(
    topology: &Topology,
    world: &World,
    app: Id<Group>,
    (loss, passes): (&Loss, f64),
    shares: &mut Vec<(Root, f64)>,
) {
    if loss.total > 0.0 {
        for entry in world.entries_of(app) {
            let share = passes * loss.each[entry.face_index()];
            if share > 0.0 {
                add_share(shares, entry.root.expect("an entry has a root"), share);
            }
        }
    }
    if loss.total > 0.0
        && let Some(router) = &topology.groups[app].router
    {
        for unit in world.dead_in_use(topology, app) {
            if let Some(root) = world.recovery(unit).and_then(|record| record.root) {
                add_share(shares, root, passes * loss.each[router.crash_face as usize]);
            }
        }
    }
}

/// Who fails which share of the requests of an app that is up by having taken a dependency down.
#[inline(never)]
pub(super) fn dependency_shares(
    topology: &Topology,
    world: &World,
    app: Id<Group>,
    reached: f64,
    shares: &mut Vec<(Root, f64)>,
) {
    if world.apps[app.index()].uses_down > 0 {
        let mut pass = reached;
        for used in &topology.groups[app].uses {
            if let Some(root) = world.recovery(used.unit).and_then(|record| record.root)
                && used.share > 0.0
            {
                let share = used.share * world.share_failing(topology, app, used.unit);
                add_share(shares, root, pass * share);
                pass *= 1.0 - share;
            }
        }
    }
}

/// The earliest fault that keeps a container of an app from serving, where that overloads the others.
#[inline(never)]
pub(super) fn first_missing(
    topology: &Topology,
    world: &World,
    app: Id<Group>,
    serving: u32,
) -> Option<Root> {
    let capacity = topology.groups[app].capacity.as_ref()?;
    if !capacity.loses(serving) || serving == topology.groups[app].count {
        return None;
    }
    let owners = topology.units_of(app).filter_map(|unit| world.recovery(unit)?.root);
    owners.min_by_key(Root::precedence)
}

pub(super) fn add_share(shares: &mut Vec<(Root, f64)>, root: Root, share: f64) {
    match shares.iter_mut().find(|(it, _)| it.seq == root.seq) {
        Some((_, sum)) => *sum += share,
        None => {
            if shares.capacity() == 0 {
                shares.reserve_exact(1); // what takes all apps at once is alone in most of them
            }
            shares.push((root, share));
        }
    }
}

/// What an app lacks: its containers that are not in service and its mandatory dependencies that are down.
#[inline(never)]
pub(super) fn app_lacks(
    topology: &Topology,
    world: &World,
    app: Id<Group>,
    lacking: &mut Vec<(Root, Phase, Instant)>,
) {
    let connected = world.effective_in_service(topology, app);
    let connected = connected.saturating_sub(world.unconnected(topology, app));
    if connected < topology.groups[app].needs {
        topology.units_of(app).for_each(|unit| unit_lacks(world, unit, lacking));
    }
    for used in topology.groups[app].uses.iter().filter(|it| it.mandatory) {
        unit_lacks(world, used.unit, lacking);
    }
    if !world.is_reached(topology, app) {
        let routers = world.failing_routers(topology, app);
        routers.for_each(|(router, _)| unit_lacks(world, router, lacking));
    }
}

pub(super) fn unit_lacks(
    world: &World,
    unit: Id<UnitInfo>,
    lacking: &mut Vec<(Root, Phase, Instant)>,
) {
    if let Some(record) = world.recovery(unit) {
        let &(since, phase) = record.path.last().expect("a way back has a phase");
        lacking.push((record.root.expect("a way back has an owner"), phase, since));
    }
}

/// K4: the root fault whose effect took the subject down at `now`: of those that struck at this
/// instant the larger domain, then by name; if none did (an effect that came late), the latest begun.
#[inline(never)]
pub(super) fn trigger(lacking: &[(Root, Phase, Instant)], now: Instant) -> Option<Root> {
    let by_rank = |root: &Root| (Reverse(root.reach), root.cause, root.seq);
    let struck_now = lacking.iter().filter(|(root, ..)| root.onset == now).map(|(root, ..)| *root);
    struck_now.min_by_key(by_rank).or_else(|| {
        let latest = lacking.iter().map(|(root, _, since)| (*since, root.onset, *root));
        latest
            .max_by_key(|(since, onset, root)| (*since, *onset, Reverse(by_rank(root))))
            .map(|(.., root)| root)
    })
}

/// Charges the trigger while it owns something that is lacking, afterwards the earliest begun that does.
#[inline(never)]
pub(super) fn charge(harm: &mut Harm, lacking: &[(Root, Phase, Instant)]) {
    let owns = |root: &Root| lacking.iter().any(|(it, ..)| it.seq == root.seq);
    let charged = harm
        .trigger
        .filter(owns)
        .or_else(|| lacking.iter().map(|(root, ..)| *root).min_by_key(Root::precedence));
    let Some(charged) = charged else {
        debug_assert!(false, "a subject that is down lacks something");
        return;
    };
    harm.charged = Some(charged);
    // Of what it owns, the part that is furthest on its way back is what is waited for.
    harm.waited =
        lacking.iter().filter(|(it, ..)| it.seq == charged.seq).map(|(_, phase, _)| *phase).max();
    for (root, ..) in lacking {
        if root.cause != charged.cause && !harm.contributing.contains(&root.cause) {
            harm.contributing.push(root.cause);
        }
    }
}

/// Whether a root is one of a whole domain: its units would be up if the domain were.
pub(in crate::measure) fn is_of_domain(root: &Root) -> bool {
    root.reach >= Reach::Zone
}
