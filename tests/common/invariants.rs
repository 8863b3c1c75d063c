//! What holds after every instant, each rule as a small struct that recounts from scratch.

use super::fallbacks::FallbacksConsistent;
use super::residency::{LedgerMatches, SnapshotsFollow};
use std::collections::BTreeSet;
use zonefall::id::Id;
use zonefall::measure::ledger::requests;
use zonefall::measure::{Measures, Plan};
use zonefall::model::backup::{self, newest_restorable};
use zonefall::model::bucket::{Destination, Placed};
use zonefall::model::change::Successor;
use zonefall::model::database::{Database, Stage};
use zonefall::model::fallback;
use zonefall::model::slab::NONE;
use zonefall::model::topology::{
    Effect, Group, Kind, Part, Placement, Recovery, Site, Target, Topology, UnitInfo, Zone,
};
use zonefall::model::world::{NOWHERE, Phase, State, World};
use zonefall::time::Instant;

pub type Verdict = Result<(), String>;

/// A rule.
pub trait Invariant {
    fn begin(&mut self, _topology: &Topology, _plan: &Plan) {}

    /// All that happens at `now` has happened.
    fn after(&mut self, _now: Instant, _seen: &Seen<'_>) -> Verdict {
        Ok(())
    }

    /// The replication is over and its measures are closed.
    fn end(&mut self, _now: Instant, _seen: &Seen<'_>) -> Verdict {
        Ok(())
    }
}

/// What a rule may look at.
pub struct Seen<'a> {
    pub topology: &'a Topology,
    pub world: &'a World,
    pub measures: &'a Measures<'a>,
}

/// All rules, and what broke them.
pub struct Checker {
    rules: Vec<(&'static str, Box<dyn Invariant>)>,
    pub broken: Vec<String>,
}

impl Checker {
    pub fn all() -> Checker {
        let rules: Vec<(&'static str, Box<dyn Invariant>)> = vec![
            ("time adds up", Box::new(TimeAddsUp::default())),
            ("shares add up", Box::new(SharesAddUp)),
            ("counts match", Box::new(CountsMatch)),
            ("subjects match", Box::new(SubjectsMatch)),
            ("who is in service serves", Box::new(InServiceServes)),
            ("who is out has an owner", Box::new(OutHasOwner)),
            ("entries are consistent", Box::new(EntriesConsistent)),
            ("crews are consistent", Box::new(CrewsConsistent)),
            ("phases fit states", Box::new(PhasesFitStates)),
            ("nobody waits in vain", Box::new(NobodyWaitsInVain)),
            ("rooms are consistent", Box::new(RoomsConsistent)),
            ("health managers are consistent", Box::new(ManagersConsistent::default())),
            ("faults are counted", Box::new(FaultsCounted)),
            ("the charged owns what lacks", Box::new(ChargedOwns)),
            ("episodes add up", Box::new(EpisodesAddUp)),
            ("changes are consistent", Box::new(ChangesConsistent)),
            ("nothing is lost twice", Box::new(NothingLostTwice)),
            ("databases are consistent", Box::new(DatabasesConsistent)),
            ("buckets are consistent", Box::new(BucketsConsistent::default())),
            ("backups are consistent", Box::new(BackupsConsistent::default())),
            ("fronts are consistent", Box::new(FrontsConsistent)),
            ("evacuations are consistent", Box::new(EvacuationsConsistent)),
            ("fallbacks are consistent", Box::new(FallbacksConsistent)),
            ("the ledger matches", Box::new(LedgerMatches::default())),
            ("snapshots follow", Box::new(SnapshotsFollow::default())),
        ];
        Checker { rules, broken: Vec::new() }
    }

    pub fn begin(&mut self, topology: &Topology, plan: &Plan) {
        self.rules.iter_mut().for_each(|(_, rule)| rule.begin(topology, plan));
    }

    pub fn after(&mut self, now: Instant, topology: &Topology, world: &World, m: &Measures<'_>) {
        let seen = Seen { topology, world, measures: m };
        for (name, rule) in &mut self.rules {
            if let Err(why) = rule.after(now, &seen) {
                self.broken.push(format!("at {}: {name}: {why}", now.0));
            }
        }
    }

    pub fn end(&mut self, now: Instant, topology: &Topology, world: &World, m: &Measures<'_>) {
        let seen = Seen { topology, world, measures: m };
        for (name, rule) in &mut self.rules {
            if let Err(why) = rule.end(now, &seen) {
                self.broken.push(format!("at the end: {name}: {why}"));
            }
        }
    }

    /// The first few broken rules.
    pub fn told(&self) -> String {
        self.broken.iter().take(5).map(|it| format!("{it}\n")).collect()
    }
}

pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, counted: T, recounted: T) -> Verdict {
    if counted == recounted {
        return Ok(());
    }
    Err(format!("{what}: {counted:?}, recounted {recounted:?}"))
}

pub fn holds(condition: bool, what: impl FnOnce() -> String) -> Verdict {
    if condition { Ok(()) } else { Err(what()) }
}

/// Up, down and not counted, each counted by itself, add up to the measured time (M1, S6).
#[derive(Default)]
struct TimeAddsUp {
    since: Instant,
    now: Vec<Is>,
    up: Vec<u64>,
    off: Vec<u64>,
    begun: Vec<u32>,
}

/// A subject that is not meant to run is neither up nor down (S6).
#[derive(Clone, Copy, PartialEq)]
enum Is {
    Up,
    Down,
    Off,
}

impl TimeAddsUp {
    fn book(&mut self, now: Instant, plan: &Plan) {
        let (from, to) = plan.clip(self.since, now);
        self.since = now;
        for (index, is) in self.now.iter().enumerate() {
            match is {
                Is::Up => self.up[index] += (to - from).0,
                Is::Off => self.off[index] += (to - from).0,
                Is::Down => {}
            }
        }
    }
}

impl Invariant for TimeAddsUp {
    fn begin(&mut self, topology: &Topology, _: &Plan) {
        let all = topology.subjects();
        *self = TimeAddsUp {
            since: Instant::START,
            now: vec![Is::Up; all],
            up: vec![0; all],
            off: vec![0; all],
            begun: vec![0; all],
        };
    }

    fn after(&mut self, now: Instant, seen: &Seen<'_>) -> Verdict {
        let plan = seen.measures.plan;
        self.book(now, plan);
        let is = |up: bool, off: bool| match (up, off) {
            (_, true) => Is::Off,
            (true, _) => Is::Up,
            (false, _) => Is::Down,
        };
        let apps = seen.world.apps.iter().map(|it| is(it.up, it.declared() == 0));
        let services = seen.world.services.iter().map(|it| is(it.up, false));
        for (index, is) in apps.chain(services).enumerate() {
            if self.now[index] != Is::Down && is == Is::Down && now >= plan.from {
                self.begun[index] += 1;
            }
            self.now[index] = is;
        }
        Ok(())
    }

    fn end(&mut self, now: Instant, seen: &Seen<'_>) -> Verdict {
        let plan = seen.measures.plan;
        self.book(now, plan);
        let (from, to) = plan.clip(Instant::START, now);
        for (index, tally) in seen.measures.ledger.subjects.iter().enumerate() {
            let all = self.up[index] + tally.down() + tally.not_counted();
            same("up + down + not counted", all, (to - from).0)?;
            same("not counted", tally.not_counted(), self.off[index])?;
            holds(tally.planned() <= tally.down(), || "more planned than down".into())?;
            let outages = tally.outages().cloned().unwrap_or_default();
            same("outages begun", outages.begun, self.begun[index])?;
            let kept = outages.lengths.len() as u32 + outages.censored;
            same("ended and open outages", kept, outages.begun)?;
            holds(tally.any <= (to - from).0, || "harmed for longer than measured".into())?;
        }
        let apps = &seen.measures.ledger.subjects[..seen.topology.apps];
        let down: u128 = apps.iter().map(|it| u128::from(it.down())).sum();
        same("downtime together", seen.measures.together.level.integral, down)
    }
}

/// Every partition of the downtime and of the failed requests adds up exactly (K4, K5, K6).
struct SharesAddUp;

impl Invariant for SharesAddUp {
    fn end(&mut self, _: Instant, seen: &Seen<'_>) -> Verdict {
        for tally in &seen.measures.ledger.subjects {
            let (causes, pieces) = (tally.causes(), tally.pieces());
            let outages = tally.outages().cloned().unwrap_or_default();
            same("causes", causes.iter().map(|it| it.down).sum::<u64>(), tally.down())?;
            same("waited for", tally.waited().iter().sum::<u64>(), tally.down())?;
            same("failed", causes.iter().map(|it| it.failed).sum::<u128>(), tally.failed)?;
            same("periods", pieces.iter().map(|it| it.down).sum::<u64>(), tally.down())?;
            same("planned", pieces.iter().map(|it| it.planned).sum::<u64>(), tally.planned())?;
            let off = pieces.iter().map(|it| it.not_counted).sum::<u64>();
            same("periods not counted", off, tally.not_counted())?;
            holds(pieces.iter().all(|it| it.failed_planned <= it.failed), || "planned".into())?;
            same("periods failed", pieces.iter().map(|it| it.failed).sum::<u128>(), tally.failed)?;
            let (sla, started) = (outages.sla_minutes, outages.started_minutes);
            same("minutes", pieces.iter().map(|it| it.sla_minutes).sum::<u32>(), sla)?;
            same("minutes", pieces.iter().map(|it| it.started_minutes).sum::<u32>(), started)?;
            holds(pieces.is_sorted_by_key(|it| it.piece), || "periods out of order".into())?;
            let most = causes.iter().map(|it| it.contributing).max().unwrap_or(0);
            holds(most <= tally.down(), || "contributed longer than it was down".into())?;
        }
        Ok(())
    }
}

/// Counters of the world are what a recount gives.
struct CountsMatch;

impl Invariant for CountsMatch {
    fn after(&mut self, _: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        let mut down = [0_u32; Kind::ALL.len()];
        for (id, group) in topology.groups.enumerate() {
            let units: Vec<_> = topology.units_of(id).collect();
            let of = |unit: &Id<UnitInfo>| &world.units[unit.index()];
            let off = units.iter().filter(|it| of(it).state == State::Off).count() as u32;
            let out = units.iter().filter(|it| !of(it).in_service).count() as u32 - off;
            down[group.kind as usize] += out;
            let at = world.occupancy_at[id.index()] as usize;
            for (place, zone) in group.zones.iter().enumerate() {
                let here = |it: &&Id<UnitInfo>| u32::from(of(it).zone) == zone.raw();
                let beside = |it: &Successor| {
                    units.contains(&Id::new(it.unit)) && u32::from(it.zone) == zone.raw()
                };
                let beside = world.successors.iter().filter(|it| beside(it.1)).count() as u32;
                let standing = units.iter().filter(here).count() as u32 + beside;
                same("occupancy", world.occupancy[at + place], standing)?;
            }
            if !topology.is_app(id) {
                continue;
            }
            let app = &world.apps[id.index()];
            same("in service", app.in_service, group.count - out - off)?;
            same("declared", app.declared(), group.count - off)?;
            let answers =
                |it: &&Id<UnitInfo>| of(it).state == State::Serving && !world.is_cut_off(**it);
            same("answering", app.answering, units.iter().filter(answers).count() as u32)?;
            let out = |unit: &Id<UnitInfo>| !of(unit).in_service;
            let database = topology.database_of(id);
            // It takes writes again before everybody has heard of it.
            let serves = |unit: Id<UnitInfo>| {
                database.is_some_and(|it| {
                    topology.databases[it].unit == unit
                        && world.databases[it.index()].stage.serves()
                })
            };
            let needed = group.uses.iter().filter(|it| it.mandatory);
            let lacking = needed.filter(|it| out(&it.unit) && !serves(it.unit)).count() as u16;
            let used = group.uses.iter().filter(|it| out(&it.unit)).count();
            let nodes = database.map_or(0, |it| topology.nodes_of(it).filter(out).count());
            same("dependencies down", app.dependencies_down, lacking)?;
            same("uses down", app.uses_down, (used + nodes) as u16)?;
        }
        down[Kind::Zone as usize] = world.zones.iter().filter(|it| !it.is_up()).count() as u32;
        same("down", world.down, down)?;
        for (index, node) in topology.nodes.iter().enumerate() {
            let up = node.parts.iter().filter(|&&it| world.part_is_up(topology, it)).count();
            same("parts up", world.node_up[index], up as u32)?;
        }
        Ok(())
    }
}

/// Apps and services are up as U2 and U3 say, by their definitions.
struct SubjectsMatch;

impl Invariant for SubjectsMatch {
    fn after(&mut self, _: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        for (app, state) in world.apps.iter().enumerate() {
            let app: Id<Group> = Id::new(app as u32);
            let group = &topology.groups[app];
            let of = |unit: Id<UnitInfo>| &world.units[unit.index()];
            let database = topology.database_of(app).map(|it| &world.databases[it.index()]);
            let reconnecting = database.filter(|it| it.stage == Stage::Reconnecting);
            let waits = |unit: Id<UnitInfo>| {
                reconnecting.is_some_and(|it| it.unconnected.iter().any(|(it, _)| *it == unit))
            };
            let connected = |&it: &Id<UnitInfo>| of(it).in_service && !waits(it);
            let mut reached = topology.units_of(app).filter(connected).count();
            let listed = state.in_service > 0;
            let opens = group.router.as_ref().is_some_and(|it| it.fail_open);
            if opens && !listed && world.entries_of(app).next().is_none() {
                let answers =
                    |&it: &Id<UnitInfo>| of(it).state == State::Serving && !world.is_cut_off(it);
                reached = topology.units_of(app).filter(answers).count();
            }
            let needed = group.uses.iter().filter(|it| it.mandatory);
            let depended = needed.clone().all(|it| {
                of(it.unit).in_service
                    || (topology.group_of(it.unit).kind == Kind::Database
                        && database.is_some_and(|it| it.stage.serves()))
            });
            let gets_through = routers(topology, world, app).is_none_or(|mut all| {
                all.any(|(router, clients)| of(router).in_service && clients > 0.0)
            });
            let up = state.declared() == 0
                || (reached as u32 >= group.needs && depended && gets_through);
            same(&group.name, state.up, up)?;
            holds(!state.touched, || format!("{} is still to be settled", group.name))?;
        }
        for (index, service) in topology.services.iter().enumerate() {
            let state = &world.services[index];
            same(&service.name, state.up, node_is_up(topology, world, service.node))?;
            holds(!state.touched, || format!("{} is still to be settled", service.name))?;
        }
        Ok(())
    }
}

/// The routers before an app with the shares of its clients, unless they stand nowhere.
fn routers<'a>(
    topology: &'a Topology,
    world: &'a World,
    app: Id<Group>,
) -> Option<impl Iterator<Item = (Id<UnitInfo>, f64)> + 'a> {
    let group = &topology.groups[app];
    let region = world.region_of(topology, app).index();
    let routers = topology.fronts[region].routers.filter(|_| group.router.is_some())?;
    let clients = world.fronts[region].entries.iter().map(|it| it.clients());
    Some(topology.units_of(routers).zip(clients))
}

/// Every client goes to some router, and the front knows which of them work (U1).
struct FrontsConsistent;

impl Invariant for FrontsConsistent {
    fn after(&mut self, _: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        let mut failing = 0;
        for (front, state) in topology.fronts.iter().zip(&world.fronts) {
            let Some(routers) = front.routers else { continue };
            let all: f64 = state.entries.iter().map(|it| it.clients()).sum();
            holds((all - 1.0).abs() < 1e-9, || format!("{all} of the clients"))?;
            let mut fails = false;
            for (router, entry) in topology.units_of(routers).zip(&state.entries) {
                let works = world.units[router.index()].in_service;
                same(&topology.unit_name(router), entry.live, works)?;
                holds(entry.clients() >= 0.0, || format!("{entry:?}"))?;
                fails |= !works && entry.clients() > 0.0;
            }
            same("a front that fails", state.fails(), fails)?;
            failing += u32::from(fails);
        }
        same("fronts that fail", world.failing_fronts, failing)
    }
}

/// Hosts are emptied in their turn, and no more of them at once than may be.
struct EvacuationsConsistent;

impl Invariant for EvacuationsConsistent {
    fn after(&mut self, _: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        let mut emptying = Vec::new();
        for (info, round) in topology.evacuations.iter().zip(&world.evacuations) {
            let in_turn = round.in_turn.len() as u32;
            holds(in_turn <= info.max_in_flight, || format!("{in_turn} hosts in turn"))?;
            same("a round is under way", round.under_way, in_turn > 0)?;
            emptying.extend(round.in_turn.iter().filter(|it| it.emptying).map(|it| it.host));
        }
        same("hosts that are emptied", world.emptying as usize, emptying.len())?;
        for (host, state) in world.rooms.hosts.iter().enumerate() {
            let host = host as u32;
            same("it takes nothing new", state.cordoned, emptying.contains(&host))?;
            let runs = |it: &Id<UnitInfo>| {
                !matches!(world.units[it.index()].state, State::Down | State::Off)
                    && world.rooms.host_of(*it) == Some(host)
            };
            let drains = world.draining.iter().any(|(_, it)| it.host == host);
            let empty = !drains && !state.standing.iter().any(runs);
            holds(!(state.cordoned && empty), || "an empty host is not replaced".into())?;
        }
        Ok(())
    }
}

fn node_is_up(topology: &Topology, world: &World, node: u32) -> bool {
    let node = &topology.nodes[node as usize];
    let up = node.parts.iter().filter(|part| match **part {
        Part::Unit(unit) => {
            let unit = &world.units[unit.index()];
            unit.in_service || unit.state == State::Off
        }
        Part::Zone(zone) => world.zones[zone.index()].is_up(),
        Part::App(app) => world.apps[app.index()].up,
        Part::Service(it) => node_is_up(topology, world, topology.services[it as usize].node),
        Part::Node(node) => node_is_up(topology, world, node),
    });
    up.count() as u32 >= node.at_least
}

/// Who is in service answers and can be reached (U1).
struct InServiceServes;

impl Invariant for InServiceServes {
    fn after(&mut self, _: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        for unit in topology.units.ids() {
            let state = &world.units[unit.index()];
            if state.in_service {
                let fine = state.state == State::Serving
                    && !world.is_held(unit)
                    && !world.is_cut_off(unit)
                    && state.held == 0
                    && state.cut == 0;
                holds(fine, || format!("{}: {state:?}", topology.unit_name(unit)))?;
            }
            let runs = !matches!(state.state, State::Down | State::Off);
            holds(!(runs && world.is_held(unit)), || {
                format!("{} runs while held: {state:?}", topology.unit_name(unit))
            })?;
            let clock = state.fails_at == Instant::NEVER
                || state.state == State::Serving
                || world.shadows.iter().any(|it| it.unit == unit);
            holds(clock, || format!("{} ages while it is down", topology.unit_name(unit)))?;
        }
        Ok(())
    }
}

/// Who is not in service has a way back with an owner, and nobody else has (K3).
struct OutHasOwner;

impl Invariant for OutHasOwner {
    fn after(&mut self, now: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        let mut out = 0;
        for unit in topology.units.ids() {
            let name = || topology.unit_name(unit);
            let record = world.recovery(unit);
            let state = &world.units[unit.index()];
            same(&name(), record.is_none(), state.in_service || state.state == State::Off)?;
            let Some(record) = record else { continue };
            out += 1;
            let root = record.root.ok_or_else(|| format!("{} has no owner", name()))?;
            holds(root.onset <= now, || format!("{} is owned by the future", name()))?;
            let path = &record.path;
            let ordered = path.windows(2).all(|it| it[0].0 < it[1].0 && it[0].1 != it[1].1);
            let known = path.first().is_some_and(|_| ordered) && path.last().unwrap().0 <= now;
            holds(known, || format!("the way of {}: {path:?}", name()))?;
        }
        same("ways back", world.recoveries.len(), out)
    }
}

/// Lists of dead entries (T1).
struct EntriesConsistent;

impl Invariant for EntriesConsistent {
    fn after(&mut self, _: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        let mut all = 0;
        for (index, app) in world.apps.iter().enumerate() {
            let id: Id<Group> = Id::new(index as u32);
            let mut dead = [0_u16; 4];
            let mut lives = BTreeSet::new();
            for entry in world.entries_of(id).take(100_000) {
                all += 1;
                dead[entry.face_index()] += 1;
                let unit = &world.units[entry.unit as usize];
                let name = topology.unit_name(Id::new(entry.unit));
                same("app of an entry", entry.app, id.raw())?;
                same("group of an entry", topology.units[Id::new(entry.unit)].group, id.raw())?;
                holds(entry.root.is_some(), || format!("an entry of {name} has no owner"))?;
                holds(lives.insert((entry.unit, entry.life)), || {
                    format!("two entries of one life of {name}")
                })?;
                holds(!unit.in_service || entry.life != unit.life, || {
                    format!("{name} is in service and has a dead entry")
                })?;
            }
            same("dead", app.dead, dead)?;
        }
        same("entries", world.entries.len(), all)?;
        for unit in topology.units.ids() {
            let entry = world.units[unit.index()].entry;
            if entry != NONE {
                same("unit of an entry", world.entries[entry].unit, unit.raw())?;
            }
        }
        Ok(())
    }
}

/// N5: busy and free members are all there are, and nobody waits while one is free.
struct CrewsConsistent;

impl Invariant for CrewsConsistent {
    fn after(&mut self, _: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        for (index, (crew, info)) in world.crews.iter().zip(&topology.crews).enumerate() {
            same(&info.name, crew.busy.len() as u32 + crew.free, info.size)?;
            holds(crew.queue.is_empty() || crew.free == 0, || {
                format!("{} has a free member and a queue", info.name)
            })?;
            for &unit in crew.busy.iter().chain(crew.queue.iter().map(|(_, unit)| unit)) {
                let name = topology.unit_name(unit);
                same(&name, usize::from(topology.units[unit].crew), index + 1)?;
                holds(!world.is_held(unit), || format!("{name} is repaired while held"))?;
            }
            for &unit in &crew.busy {
                let state = world.units[unit.index()].state;
                same(&topology.unit_name(unit), state, State::Starting)?;
            }
            for (failed_at, unit) in &crew.queue {
                let name = topology.unit_name(*unit);
                let state = world.units[unit.index()].state;
                let waits = matches!(state, State::Down | State::Hung);
                holds(waits, || format!("{name} waits for a crew: {state:?}"))?;
                let record =
                    world.recovery(*unit).ok_or_else(|| format!("{name} waits and is up"))?;
                same(&name, record.path[0].0, *failed_at)?;
                same(&name, record.path.last().map(|it| it.1), Some(Phase::Crew))?;
            }
        }
        Ok(())
    }
}

/// What a unit waits for fits what it does (K2).
struct PhasesFitStates;

impl Invariant for PhasesFitStates {
    fn after(&mut self, _: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        for unit in topology.units.ids() {
            let Some(record) = world.recovery(unit) else { continue };
            let state = &world.units[unit.index()];
            let (_, phase) = record.path.last().expect("a way back has a phase");
            if topology.group_of(unit).kind == Kind::Dependency {
                same("a dependency", *phase, Phase::Provider)?;
                continue;
            }
            if topology.group_of(unit).kind == Kind::Database {
                let database = topology.group_of(unit).used_by[0];
                let database = topology.database_of(database).expect("its app has a database");
                let fits = match world.databases[database.index()].stage {
                    Stage::Serving => false,
                    Stage::Detecting => *phase == Phase::Detection,
                    Stage::Deciding => *phase == Phase::Decision,
                    Stage::Promoting => *phase == Phase::Promotion,
                    Stage::Stuck
                    | Stage::RestoreDecision
                    | Stage::RollbackDecision
                    | Stage::ReplicaDecision => *phase == Phase::Operator,
                    Stage::PromotingReplica => *phase == Phase::Promotion,
                    Stage::NoNode if is_decided(topology, world, database) => {
                        *phase == Phase::Operator
                    }
                    Stage::NoNode => matches!(phase, Phase::Rebuild | Phase::Provider),
                    Stage::RestoreWaits | Stage::RollbackWaits => *phase == Phase::Provider,
                    Stage::Restoring | Stage::RollingBack => *phase == Phase::Restore,
                    Stage::Reconnecting => *phase == Phase::Rerouting,
                };
                holds(fits, || format!("a database waits for {phase:?}"))?;
                continue;
            }
            if topology.group_of(unit).kind == Kind::Address {
                continue; // see `FallbacksConsistent`
            }
            if topology.group_of(unit).kind == Kind::Bucket {
                let buckets = topology.buckets.iter().as_slice();
                let at = buckets.binary_search_by_key(&unit, |it| it.unit).expect("a bucket");
                let zones = &topology.regions[buckets[at].region].zones;
                // Away from a region that is well it waits for the order to return.
                let well = zones.iter().all(|zone| world.zones[zone.index()].is_up());
                let away = world.buckets[at].away.is_some() && well;
                let fits = match phase {
                    Phase::Operator => away,
                    Phase::Provider => true,
                    Phase::Rebuild => world.buckets[at].away.is_none(),
                    _ => false,
                };
                holds(fits, || format!("a bucket waits for {phase:?}"))?;
                continue;
            }
            if topology.group_of(unit).kind == Kind::DatabaseNode && *phase == Phase::Restore {
                same("a node that is restored", state.state, State::Starting)?;
                continue;
            }
            let cut = world.is_cut_off(unit);
            let replaced = matches!(*topology.group_of(unit).recovery, Recovery::Replaced(_));
            let fits = match state.state {
                State::Starting => *phase == Phase::Start,
                State::Serving if !cut => *phase == Phase::Rerouting,
                State::Serving => !matches!(phase, Phase::Crew | Phase::Start | Phase::Rerouting),
                State::Hung => !matches!(phase, Phase::Start | Phase::Rerouting),
                State::Down if record.given_up => *phase == Phase::Operator,
                State::Down if awaits_decision(topology, world, topology.group_id(unit)) => {
                    !matches!(phase, Phase::Start | Phase::Rerouting)
                }
                State::Down => !matches!(phase, Phase::Start | Phase::Rerouting | Phase::Operator),
                State::Erroring => {
                    matches!(phase, Phase::Detection | Phase::Operator | Phase::Start)
                }
                State::Off => false,
            };
            let name = topology.unit_name(unit);
            holds(fits, || format!("{name} waits for {phase:?}, cut {cut}: {state:?}"))?;
            let waits = replaced && record.noticed && *phase == Phase::Provider;
            let listed = world.unplaced.contains(&(record.decided, unit));
            holds(!waits || listed || state.state == State::Serving, || {
                format!("{name} waits for a place and nobody knows: {state:?}")
            })?;
        }
        Ok(())
    }
}

/// The home region of an app is lost, and people decide what is to be done.
fn awaits_decision(topology: &Topology, world: &World, app: Id<Group>) -> bool {
    use fallback::Stage::{Deciding, Preparing};
    let stage = |it: Id<fallback::Fallback>| world.fallbacks[it.index()].stage;
    topology.fallback_of(app).is_some_and(|it| matches!(stage(it), Deciding | Preparing))
}

fn is_decided(topology: &Topology, world: &World, database: Id<Database>) -> bool {
    awaits_decision(topology, world, topology.databases[database].app)
}

/// Whoever waits for a place has none, and what runs on behind an isolation is to be taken back.
struct NobodyWaitsInVain;

impl Invariant for NobodyWaitsInVain {
    fn after(&mut self, _: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        let mut seen = BTreeSet::new();
        for &(decided, unit) in &world.unplaced {
            let name = topology.unit_name(unit);
            holds(seen.insert(unit), || format!("{name} waits twice"))?;
            let state = &world.units[unit.index()];
            let of = world.recovery(unit).map_or(0, |record| record.decided);
            if of != decided || state.in_service || state.state == State::Starting {
                continue; // it is passed over when its turn comes
            }
            let placement = match *topology.group_of(unit).recovery {
                // It never leaves the place it has.
                Recovery::InPlace { .. } if state.zone != NOWHERE => Placement::Pinned,
                _ => topology.group_of(unit).placement,
            };
            let zones = match placement {
                Placement::Pinned if state.zone == NOWHERE => {
                    let zones = &topology.group_of(unit).zones;
                    vec![zones[(unit.raw() - topology.group_of(unit).first) as usize % zones.len()]]
                }
                Placement::Pinned => {
                    vec![Id::new(u32::from(state.zone))]
                }
                _ => world.zones_of(topology, topology.group_id(unit)).0.to_vec(),
            };
            let region = world.region_of(topology, topology.group_id(unit)).index();
            let manager = &world.managers[region];
            let able = manager.active
                && manager.impaired == 0
                && manager.starting < topology.managers[region].parallel_starts;
            let fits =
                |zone: &Id<Zone>| match placement {
                    Placement::Pinned => seen_hosts(topology, *zone).is_none_or(|mut hosts| {
                        match world.rooms.host_of(unit) {
                            None => hosts.any(|host| has_room(topology, world, host, unit)),
                            Some(host) => {
                                let own = world.rooms.taken(topology, host, unit);
                                let others = world.rooms.hosts[host as usize].used - own;
                                let asked = world.rooms.asked(topology, topology.group_id(unit));
                                let most = topology.hosts[host as usize].memory;
                                world.rooms.hosts[host as usize].is_open() && others + asked <= most
                            }
                        }
                    }),
                    _ => seen_hosts(topology, *zone).is_none_or(|mut hosts| {
                        hosts.any(|host| has_room(topology, world, host, unit))
                    }),
                };
            // Where nothing was up when it was switched on it stands nowhere.
            let up = |zone: &Id<Zone>| world.zones.get(zone.index()).is_some_and(|it| it.is_up());
            let able = able || !matches!(*topology.group_of(unit).recovery, Recovery::Replaced(_));
            let usable = |zone: &&Id<Zone>| able && up(zone);
            let usable = zones.iter().filter(usable).any(fits);
            let waits = world.recovery(unit).is_some_and(|it| it.noticed)
                && (state.state != State::Serving || world.is_cut_off(unit));
            let stopped = world.stopped.contains(&unit);
            holds(!(waits && usable && state.held == 0 && !stopped), || {
                format!("{name} waits though there is a zone for it: {state:?}")
            })?;
        }
        let mut seen = BTreeSet::new();
        for shadow in &world.shadows {
            let name = topology.unit_name(shadow.unit);
            holds(seen.insert(shadow.unit), || format!("{name} has two originals"))?;
            let state = &world.units[shadow.unit.index()];
            let under_way = matches!(state.state, State::Starting | State::Down | State::Hung);
            holds(under_way && !state.in_service, || {
                format!("{name} has an original and answers: {state:?}")
            })?;
            let zone = &world.zones[usize::from(shadow.zone)];
            let host = world.rooms.hosts.get(shadow.host as usize);
            let cut = shadow.cut > 0 || zone.isolated > 0 || host.is_some_and(|it| it.cut);
            holds(cut, || format!("the original of {name} can be reached"))?;
            holds(zone.lost == 0, || format!("the original of {name} survived its zone"))?;
        }
        Ok(())
    }
}

/// The hosts of a zone, if they are described.
fn seen_hosts(topology: &Topology, zone: Id<Zone>) -> Option<std::ops::Range<u32>> {
    Some(topology.zones[zone].hosts.clone()).filter(|hosts| !hosts.is_empty())
}

fn has_room(topology: &Topology, world: &World, host: u32, unit: Id<UnitInfo>) -> bool {
    let free = topology.hosts[host as usize].memory - world.rooms.hosts[host as usize].used;
    world.rooms.hosts[host as usize].is_open()
        && free >= world.rooms.asked(topology, topology.group_id(unit))
}

/// Memory in use is what stands there and fits; nothing runs on a host that does not (F6, N6).
struct RoomsConsistent;

impl Invariant for RoomsConsistent {
    fn after(&mut self, _: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        let hosts = topology.hosts.iter().zip(&world.rooms.hosts).enumerate();
        for (index, (info, host)) in hosts {
            let name = topology.unit_name(info.unit);
            let index = index as u32;
            let here = |it: &Id<UnitInfo>| world.rooms.host_of(*it) == Some(index);
            let on: Vec<_> = topology.units.ids().filter(here).collect();
            let originals = world.shadows.iter().filter(|it| it.host == index).map(|it| it.unit);
            let mut standing: Vec<_> = on.iter().copied().chain(originals).collect();
            standing.sort();
            same(&name, &host.standing, &standing)?;
            let successors = world.successors.iter().map(|(_, it)| it);
            let successors = successors.filter(|it| it.zone != NOWHERE && it.host == index);
            let asked = |unit| world.rooms.asked(topology, topology.group_id(unit));
            let reserved: u64 = successors.map(|it| asked(Id::new(it.unit))).sum();
            let taken = |unit: &Id<UnitInfo>| world.rooms.taken(topology, index, *unit);
            let draining = world.draining.iter().filter(|(_, it)| it.host == index);
            let draining: u64 = draining.map(|(_, it)| it.memory).sum();
            let used = reserved + draining + standing.iter().map(taken).sum::<u64>();
            same(&name, host.used, used)?;
            for unit in standing.iter().filter(|it| {
                !topology.changes.iter().any(|change| {
                    change.app == topology.group_id(**it) && change.change.memory.is_some()
                })
            }) {
                same(&name, taken(unit), topology.group_of(*unit).memory)?;
            }
            holds(used <= info.memory, || format!("{used} bytes on {name}"))?;
            let of = |it: &Id<UnitInfo>| world.units[it.index()].state;
            let replaced = |it: &Id<UnitInfo>| {
                matches!(*topology.group_of(*it).recovery, Recovery::Replaced(_))
            };
            let starting = on.iter().filter(|it| replaced(it) && of(it) == State::Starting);
            let beside = world.successors.iter();
            let beside = beside.filter(|(_, it)| it.host == index && it.zone != NOWHERE).count();
            same(&name, host.starting, (starting.count() + beside) as u32)?;
            let unit = &world.units[info.unit.index()];
            same(&name, host.runs, unit.state == State::Serving)?;
            same(&name, host.cut, unit.cut > 0)?;
            for unit in on {
                if of(&unit) == State::Off {
                    continue; // its room is kept for it
                }
                holds(host.runs || of(&unit) == State::Down, || {
                    format!("{} runs on {name}, which does not", topology.unit_name(unit))
                })?;
                let zone = u32::from(world.units[unit.index()].zone);
                same(&topology.unit_name(unit), zone, info.zone.raw())?;
            }
        }
        for (app, group) in topology.groups.enumerate().take(topology.apps) {
            for unit in topology.units_of(app) {
                let state = &world.units[unit.index()];
                if state.zone == NOWHERE {
                    continue; // it is not meant to run, or has never found a place
                }
                let zone = Id::new(u32::from(state.zone));
                let described = seen_hosts(topology, zone).is_some();
                let floats = world.rooms.host_of(unit).is_none() && described;
                let waits = world.recovery(unit).is_some_and(|it| it.noticed);
                let ended = state.state == State::Down || (state.state == State::Hung && waits);
                holds(!floats || ended, || {
                    format!("{}/… stands on no host: {state:?}", group.name)
                })?;
            }
        }
        Ok(())
    }
}

/// Starts in progress keep their limit; who waits for a start waits for a reason; nothing is noticed or
/// started by a health manager that is not there (N7).
#[derive(Default)]
struct ManagersConsistent {
    /// By region, after the last instant: starts in progress where nobody could begin one.
    unable: Vec<Option<u32>>,
}

impl Invariant for ManagersConsistent {
    fn after(&mut self, _: Instant, seen: &Seen<'_>) -> Verdict {
        let Seen { topology, world, measures } = seen;
        if measures.plan.from == Instant::START {
            let clocks = topology.fault_clocks.enumerate();
            let clocks = clocks.filter(|(_, it)| it.effect == Effect::ControlPlane);
            let struck = clocks.map(|(id, it)| {
                let each = if it.pick_one { 1 } else { it.targets.len() as u64 };
                u64::from(world.fault_counts[id.index()]) * each
            });
            let impaired: u64 = measures.control_planes.impaired.iter().sum();
            same("impairments of control planes", impaired, struck.sum())?;
        }
        self.unable.resize(topology.regions.len(), None);
        for region in topology.regions.ids() {
            let name = &topology.regions[region].name;
            let (manager, shared) =
                (&world.managers[region.index()], &topology.managers[region.index()]);
            let replaced = |it: &Id<UnitInfo>| {
                let group = topology.group_of(*it);
                matches!(*group.recovery, Recovery::Replaced(_))
                    && world.region_of(topology, topology.group_id(*it)) == region
            };
            let of = |it: &Id<UnitInfo>| world.units[it.index()].state;
            let starting = topology.units.ids().filter(replaced);
            let starting = starting.filter(|it| of(it) == State::Starting).count() as u32;
            same(name, manager.starting, starting)?;
            holds(starting <= shared.parallel_starts, || format!("{starting} starts in {name}"))?;
            // A successor that becomes the replacement had been started before.
            let beside = world.successors.iter().map(|(_, it)| Id::new(it.unit));
            let all = starting + beside.filter(replaced).count() as u32;
            let unable = (!manager.active || manager.impaired > 0).then_some(all);
            let before = std::mem::replace(&mut self.unable[region.index()], unable);
            let grew = before.zip(unable).is_some_and(|(before, now)| now > before);
            holds(!grew, || format!("a start in {name} by nobody"))?;
            let impaired = world.occurrences.iter().flat_map(|(_, it)| &it.regions);
            let impaired = impaired.filter(|it| **it == region).count();
            same(name, usize::from(manager.impaired), impaired)?;
            let there = shared.instances.is_none_or(|group| {
                topology.units_of(group).any(|it| world.units[it.index()].in_service)
            });
            holds(there || !manager.active, || format!("{name}: no instance is active"))?;
            let able = manager.active
                && manager.impaired == 0
                && manager.starting < shared.parallel_starts;
            for &(decided, unit) in &manager.waiting {
                let name = topology.unit_name(unit);
                let record = world.recovery(unit).filter(|it| it.decided == decided);
                let Some(record) = record else { continue };
                let waits =
                    record.noticed && (of(&unit) != State::Serving || world.is_cut_off(unit));
                holds(!(waits && able), || format!("{name} waits and could be started"))?;
            }
        }
        Ok(())
    }
}

/// What holds a zone or a unit down is what open faults struck (F3).
struct FaultsCounted;

impl Invariant for FaultsCounted {
    fn after(&mut self, _: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        let open = || world.occurrences.iter().map(|(_, it)| it);
        for zone in topology.zones.ids() {
            let struck = open().flat_map(|it| &it.zones).filter(|it| **it == zone).count();
            let state = &world.zones[zone.index()];
            same("faults of a zone", usize::from(state.lost + state.isolated), struck)?;
        }
        for unit in topology.units.ids() {
            let state = &world.units[unit.index()];
            let struck = open().flat_map(|it| &it.units);
            let struck = struck.filter(|it| it.0 == unit && it.1 == state.stay).count();
            let counted = usize::from(state.held) + usize::from(state.cut);
            same(&topology.unit_name(unit), counted, struck)?;
            let known = state.zone == NOWHERE || usize::from(state.zone) < topology.zones.len();
            holds(known, || "a zone that does not exist".into())?;
        }
        Ok(())
    }
}

/// Who is charged owns something that the subject lacks now, and what is waited for is the part of it
/// that is furthest on its way (K4, K5).
struct ChargedOwns;

impl Invariant for ChargedOwns {
    fn after(&mut self, _: Instant, seen: &Seen<'_>) -> Verdict {
        let Seen { topology, world, measures } = seen;
        for index in 0..topology.subjects() {
            let name = topology.subject_name(index);
            let up = match index.checked_sub(topology.apps) {
                None => world.apps[index].up,
                Some(service) => world.services[service].up,
            };
            let harm = measures.ledger.harm(index);
            same(&name, harm.is_some_and(|it| it.down), !up)?;
            if up {
                continue;
            }
            let charged = harm.and_then(|it| it.charged).ok_or("nobody is charged")?;
            let lacking = seen.lacking(index);
            let owned = lacking.iter().filter(|it| it.0 == charged.seq);
            let furthest = owned.map(|it| it.1).max();
            holds(furthest.is_some(), || {
                format!("{name}: {charged:?} is charged and owns nothing of {lacking:?}")
            })?;
            same(&format!("{name} waits for"), harm.and_then(|it| it.waited()), furthest)?;
        }
        Ok(())
    }
}

impl Seen<'_> {
    /// Owners, by number, of what a subject lacks now, and what each part waits for.
    fn lacking(&self, subject: usize) -> Vec<(u32, Phase)> {
        let mut found = Vec::new();
        match subject.checked_sub(self.topology.apps) {
            None => {
                let app: Id<Group> = Id::new(subject as u32);
                let group = &self.topology.groups[app];
                let connected = self.world.effective_in_service(self.topology, app);
                if connected - self.world.unconnected(self.topology, app) < group.needs {
                    self.topology.units_of(app).for_each(|it| self.unit_lacks(it, &mut found));
                }
                let needed = group.uses.iter().filter(|it| it.mandatory);
                needed.for_each(|it| self.unit_lacks(it.unit, &mut found));
                let routers = || routers(self.topology, self.world, app).into_iter().flatten();
                let works = |it: Id<UnitInfo>| self.world.units[it.index()].in_service;
                if !routers().any(|(it, clients)| works(it) && clients > 0.0) {
                    let failing = routers().filter(|(it, clients)| !works(*it) && *clients > 0.0);
                    failing.for_each(|(it, _)| self.unit_lacks(it, &mut found));
                }
            }
            Some(service) => self.node_lacks(self.topology.services[service].node, &mut found),
        }
        found
    }

    fn unit_lacks(&self, unit: Id<UnitInfo>, found: &mut Vec<(u32, Phase)>) {
        if let Some(record) = self.world.recovery(unit) {
            let (root, last) = (record.root.expect("an owner"), record.path.last());
            found.push((root.seq, last.expect("a phase").1));
        }
    }

    fn node_lacks(&self, node: u32, found: &mut Vec<(u32, Phase)>) {
        for &part in &self.topology.nodes[node as usize].parts {
            if self.world.part_is_up(self.topology, part) {
                continue;
            }
            let subject = match part {
                Part::Unit(unit) => {
                    self.unit_lacks(unit, found);
                    continue;
                }
                Part::Zone(zone) => {
                    let open = self.world.occurrences.iter().map(|(_, it)| it);
                    let here = open.filter(|it| it.zones.contains(&zone));
                    found.extend(here.map(|it| (it.root.expect("a root").seq, Phase::Provider)));
                    continue;
                }
                Part::Node(node) => {
                    self.node_lacks(node, found);
                    continue;
                }
                Part::App(app) => app.index(),
                Part::Service(service) => self.topology.apps + service as usize,
            };
            let harm = self.measures.ledger.harm(subject).filter(|it| it.down);
            let pair = harm.and_then(|it| it.charged.zip(it.waited()));
            found.extend(pair.map(|(root, phase)| (root.seq, phase)));
        }
    }
}

/// What fails is part of what is offered, and what overload loses part of what fails (T8, K6). What was
/// in flight and died with its container had been served before.
struct NothingLostTwice;

impl Invariant for NothingLostTwice {
    fn end(&mut self, now: Instant, seen: &Seen<'_>) -> Verdict {
        let plan = seen.measures.plan;
        let (from, to) = plan.clip(Instant::START, now);
        for (index, tally) in seen.measures.ledger.subjects.iter().enumerate() {
            let over = tally.overload();
            holds(over.lost <= tally.failed, || "overload lost more than failed".into())?;
            holds(over.time <= (to - from).0, || "overloaded longer than measured".into())?;
            let Some(load) = seen.topology.load_of(index) else {
                same("failed without a load", tally.failed, 0)?;
                continue;
            };
            let offered = requests(load.rate, load.between(from, to).as_secs(), 1.0);
            let in_flight = seen.topology.groups.iter().nth(index).map_or(0.0, |it| it.response_s);
            if in_flight == 0.0 || index >= seen.topology.apps {
                // A part of a request for each piece of time that was rounded up.
                holds(tally.failed <= offered + 100_000, || {
                    format!("{} failed of {offered}", tally.failed)
                })?;
            }
            let parts: Vec<_> =
                (0..=9).map(|it| Instant(from.0 + (to - from).0 / 9 * it)).chain([to]).collect();
            let sum: u64 = parts.windows(2).map(|it| load.between(it[0], it[1]).0).sum();
            same("load time of the parts", sum, load.between(from, to).0)?;
        }
        Ok(())
    }
}

/// Phases add up to the total in each episode (K2).
struct EpisodesAddUp;

impl Invariant for EpisodesAddUp {
    fn end(&mut self, _: Instant, seen: &Seen<'_>) -> Verdict {
        let failover = &seen.measures.failover;
        for it in &failover.finished {
            let sum: u64 = it.phases.iter().map(|it| it.0).sum();
            same("phases", sum, (it.ended - it.root.onset).0)?;
        }
        for (app, tally) in seen.measures.ledger.subjects[..seen.topology.apps].iter().enumerate() {
            let of = |harmed: bool| {
                let mine = failover.finished.iter().filter(|it| it.app.index() == app);
                let counted = mine.filter(|it| it.harmed || !it.root.change);
                counted.filter(|it| it.harmed == harmed).count() as u32
            };
            if seen.measures.plan.episodes {
                let harmed = of(true) + failover.open_harm(Id::new(app as u32));
                same("harmed", tally.causes().iter().map(|it| it.harmed).sum(), harmed)?;
                same("absorbed", tally.causes().iter().map(|it| it.absorbed).sum(), of(false))?;
            }
        }
        Ok(())
    }
}

/// An app has one change at a time, which waits for somebody; successors belong to it, and whoever
/// serves errors serves its bad version.
struct ChangesConsistent;

impl Invariant for ChangesConsistent {
    fn after(&mut self, _: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        let mut under_way = 0;
        for (index, app) in world.apps.iter().enumerate() {
            let group = &topology.groups[Id::new(index as u32)];
            let units = || topology.units_of(Id::new(index as u32));
            let erroring = units().any(|it| world.units[it.index()].state == State::Erroring);
            if app.change == NONE {
                holds(!erroring, || format!("{} errs without a change", group.name))?;
                continue;
            }
            under_way += 1;
            let change = &world.changes[app.change];
            let clock = &topology.changes[Id::new(change.clock)];
            same(&group.name, clock.app.index(), index)?;
            holds(!erroring || change.bad_root.is_some(), || {
                format!("{} errs and the version is good", group.name)
            })?;
            holds(!change.in_turn.is_empty() || change.bad_root.is_some(), || {
                format!("the change of {} waits for nobody", group.name)
            })?;
            let most = clock.change.renewing.as_ref().map_or(0, |it| it.max_in_flight);
            holds(change.in_turn.len() as u64 <= u64::from(most), || {
                format!("{} are in turn", change.in_turn.len())
            })?;
            for unit in &change.in_turn {
                let name = topology.unit_name(*unit);
                holds(units().any(|it| it == *unit), || format!("{name} is of another app"))?;
                let mine = |it: &(u32, &Successor)| it.1.unit == unit.raw();
                let successor = world.successors.iter().any(|it| mine(&it));
                let out = !world.units[unit.index()].in_service;
                holds(successor != out, || format!("{name} is in turn: {successor}, {out}"))?;
            }
        }
        same("changes", world.changes.len(), under_way)?;
        for (_, successor) in world.successors.iter() {
            let unit: Id<UnitInfo> = Id::new(successor.unit);
            let app = &world.apps[topology.group_id(unit).index()];
            if successor.change == NONE {
                let on = world.rooms.host_of(unit).map(|host| &world.rooms.hosts[host as usize]);
                let emptied = on.is_some_and(|host| host.cordoned);
                holds(emptied && world.units[unit.index()].in_service, || {
                    format!("{} is moved for nothing", topology.unit_name(unit))
                })?;
                continue;
            }
            same(&topology.unit_name(unit), app.change, successor.change)?;
            let in_turn = world.changes[successor.change].in_turn.contains(&unit);
            holds(in_turn, || format!("it is not the turn of {}", topology.unit_name(unit)))?;
        }
        for clock in &world.changes_waiting {
            let app = topology.changes[*clock].app;
            let put_off = topology
                .fallback_of(app)
                .is_some_and(|it| world.fallbacks[it.index()].stage != fallback::Stage::Home);
            let waits = world.apps[app.index()].change != NONE || put_off;
            holds(waits, || "a change waits for nothing".into())?;
        }
        Ok(())
    }
}

/// A database serves by a primary that does, and waits only for what will come (D1–D4).
struct DatabasesConsistent;

impl Invariant for DatabasesConsistent {
    fn after(&mut self, now: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        for (id, info) in topology.databases.enumerate() {
            let state = &world.databases[id.index()];
            let name = topology.unit_name(info.unit);
            let of = |unit: Id<UnitInfo>| &world.units[unit.index()];
            let mut nodes: Vec<_> = topology.nodes_of(id).collect();
            let replica = info.abroad.filter(|it| *it != state.primary);
            nodes.extend(info.abroad.filter(|it| *it == state.primary));
            let told = || format!("{name}: {state:?}");
            holds(nodes.contains(&state.primary), told)?;
            // The other one, if there is one, is either a copy that lags behind or not meant to run.
            let meant = |it: Id<UnitInfo>| of(it).state != State::Off;
            let gone = world.is_abroad(topology, info.app);
            let copy = info.settings.replica.is_some();
            holds(replica.is_none_or(|it| meant(it) == copy || (meant(it) && gone)), told)?;
            let copied = replica.is_some_and(|it| of(it).in_service);
            let restorable: Vec<_> = match info.abroad.filter(|_| gone) {
                Some(abroad) => vec![abroad],
                None => topology.nodes_of(id).collect(),
            };
            same(&name, of(info.unit).in_service, state.stage == Stage::Serving)?;
            let in_service = nodes.iter().filter(|it| of(**it).in_service).count();
            holds(!state.stage.serves() || of(state.primary).in_service, told)?;
            let idle = nodes.iter().any(|&it| {
                let waits = world.recovery(it).is_some_and(|record| record.noticed);
                of(it).state == State::Down && !world.is_held(it) && waits
            });
            let idle = idle
                || replica.is_some_and(|it| {
                    let waits = world.recovery(it).is_some_and(|record| record.noticed);
                    of(it).state == State::Down && !world.is_held(it) && waits
                });
            holds(!state.stage.serves() || !idle, || format!("{name}: a node is not rebuilt"))?;
            let way_back = |it: &&Id<UnitInfo>| {
                of(**it).state == State::Starting || world.is_held(**it) || world.is_cut_off(**it)
            };
            let coming = nodes.iter().any(|it| way_back(&it));
            let group = info.abroad.filter(|_| gone).map_or(info.nodes, |it| topology.group_id(it));
            let zones = &topology.groups[group].zones;
            let restored = info.settings.restore.is_some();
            let fits = match state.stage {
                Stage::Serving => state.unconnected.is_empty(),
                Stage::Reconnecting => {
                    !state.unconnected.is_empty()
                        && state.unconnected.iter().all(|&(container, life)| {
                            of(container).in_service && of(container).life == life
                        })
                }
                Stage::Detecting | Stage::Deciding | Stage::Promoting => in_service > 0,
                Stage::Stuck => in_service > 0 || !restored,
                Stage::RollbackDecision | Stage::RollbackWaits | Stage::RollingBack => {
                    in_service > 0 && state.wrong.is_some_and(|it| it.known)
                }
                Stage::ReplicaDecision | Stage::PromotingReplica => in_service == 0 && copied,
                Stage::NoNode => in_service == 0 && (coming || gone),
                Stage::RestoreDecision => in_service == 0 && restored,
                Stage::RestoreWaits => {
                    in_service == 0
                        && restored
                        && (zones.iter().all(|it| !world.zones[it.index()].is_up())
                            || restorable.iter().all(|&it| {
                                of(it).state != State::Down || world.stopped.contains(&it)
                            }))
                }
                Stage::Restoring => {
                    let primary = of(state.primary);
                    let cut = primary.state == State::Serving && world.is_cut_off(state.primary);
                    restored && in_service == 0 && (primary.state == State::Starting || cut)
                }
            };
            holds(fits, || format!("{name}: {in_service} in service, {state:?}"))?;
            holds(state.lost_at <= now, told)?;
            let behind = |it: &Id<UnitInfo>| {
                (nodes.contains(it) || replica == Some(*it))
                    && of(*it).state == State::Serving
                    && world.is_cut_off(*it)
            };
            holds(state.stale.iter().all(behind), || format!("{name}: {:?}", state.stale))?;
        }
        Ok(())
    }
}

/// A bucket fails what its replicas and the errors of the moment do not let through, for somebody who
/// owns one of them; data that is gone is made anew, and never of all replicas at once (B1, B2).
#[derive(Default)]
struct BucketsConsistent {
    since: Instant,
    failing: Vec<bool>,
    elsewhere: Vec<bool>,
    any: Vec<u64>,
    away: Vec<u64>,
}

impl BucketsConsistent {
    fn book(&mut self, now: Instant, plan: &Plan) {
        let (from, to) = plan.clip(self.since, now);
        self.since = now;
        for (sums, is) in [(&mut self.any, &self.failing), (&mut self.away, &self.elsewhere)] {
            for (sum, _) in sums.iter_mut().zip(is).filter(|(_, is)| **is) {
                *sum += (to - from).0;
            }
        }
    }
}

impl Invariant for BucketsConsistent {
    fn begin(&mut self, topology: &Topology, _: &Plan) {
        let all = topology.buckets.len();
        *self = BucketsConsistent {
            since: Instant::START,
            failing: vec![false; all],
            elsewhere: vec![false; all],
            any: vec![0; all],
            away: vec![0; all],
        };
    }

    fn after(&mut self, now: Instant, seen: &Seen<'_>) -> Verdict {
        let Seen { topology, world, measures } = seen;
        self.book(now, measures.plan);
        for (id, info) in topology.buckets.enumerate() {
            let (state, settings) = (&world.buckets[id.index()], &info.settings);
            let name = topology.unit_name(info.unit);
            let of = |unit: Id<UnitInfo>| &world.units[unit.index()];
            let replicas: Vec<_> = topology.replicas_of(id).collect();
            let up: Vec<_> = replicas.iter().filter(|it| of(**it).in_service).collect();
            same(&name, state.up as usize, up.len())?;
            for (place, &replica) in replicas.iter().enumerate() {
                let gone = state.gone >> place & 1 == 1;
                let unit = of(replica);
                let told = || format!("{}, gone {gone}: {unit:?}", topology.unit_name(replica));
                holds(!(gone && unit.state == State::Serving), told)?;
                holds(gone || unit.state != State::Starting, told)?;
                holds(unit.state != State::Down || world.is_held(replica), told)?;
            }
            let all = (1_u32 << settings.replicas) - 1;
            holds(state.gone & all != all, || format!("{name} is gone and not lost"))?;

            // Where it is served: at home unless it has been moved to where it can be reached.
            let zone_up = |zone: Id<Zone>| world.zones[zone.index()].is_up();
            let site_up = |site: Id<Site>| {
                let region = topology.sites[site].region;
                region.is_none_or(|it| topology.regions[it].zones.iter().any(|it| zone_up(*it)))
            };
            let short = info.relocation.as_ref().is_some_and(|it| state.up < it.below);
            let stays = info.relocation.as_ref().is_some_and(|it| !it.moves_back);
            let elsewhere = state.placed == Placed::Elsewhere;
            let fits = short != (state.placed == Placed::Home) || (elsewhere && stays);
            holds(fits, || format!("{name}: {state:?}"))?;
            let refused = info.relocation.as_ref().is_some_and(|it| it.refused);
            holds(!(elsewhere && refused), || format!("{name} was moved in spite of its rule"))?;
            let to = info.relocation.as_ref().filter(|_| elsewhere).map(|it| it.to);
            let to = to.filter(|to| match *to {
                Destination::Site(site) => site_up(site),
                Destination::Zone(zone) => zone_up(zone),
            });
            let past = |target: Target| {
                let all = world.errors.iter().filter(|it| it.target == target);
                all.fold(1.0, |past, it| past * (1.0 - it.share))
            };
            // The app of a bucket is away: it has its copy there, or what was moved, or nothing.
            let fallback = topology.fallback_of(info.app);
            let away = fallback.is_some_and(|it| world.fallbacks[it.index()].abroad);
            same(&name, state.away.is_some(), away)?;
            let there = fallback.map(|it| topology.fallbacks[it].abroad);
            let copied = info
                .copy
                .as_ref()
                .filter(|it| away && there.is_some() && topology.sites[it.site].region == there);
            let to = copied.map(|it| Destination::Site(it.site)).or(to);
            let passes = match to {
                None if away => 0.0,
                Some(Destination::Site(site)) => {
                    let region = topology.sites[site].region;
                    settings.needed() * region.map_or(1.0, |it| past(Target::Region(it)))
                }
                Some(Destination::Zone(zone)) => {
                    let region = Target::Region(topology.zones[zone].region);
                    settings.needed() * past(Target::Zone(zone)) * past(region)
                }
                None => {
                    let quorum = |share: f64, quorum: u32| {
                        if up.len() >= quorum as usize { share } else { 0.0 }
                    };
                    let each =
                        up.iter().map(|it| past(Target::Zone(Id::new(u32::from(of(**it).zone)))));
                    let mean = each.sum::<f64>() / up.len().max(1) as f64;
                    let served = quorum(settings.reads, settings.read_quorum)
                        + quorum(settings.writes, settings.write_quorum);
                    served * mean * past(Target::Region(info.region))
                }
            };
            let failing = settings.needed() - passes;
            holds((state.failing - failing).abs() < 1e-12, || {
                format!("{name} fails {}, recounted {failing}", state.failing)
            })?;
            same(&name, of(info.unit).in_service, state.failing == 0.0)?;
            if let Some(record) = world.recovery(info.unit) {
                let owner = record.root.expect("an owner").seq;
                let missing = replicas.iter().filter_map(|it| world.recovery(*it)?.root);
                let errors = world.errors.iter().map(|it| it.root);
                let owns = missing.chain(errors).chain(state.away).any(|it| it.seq == owner);
                holds(owns, || format!("{name} is owned by who has nothing to do with it"))?;
            }
            self.failing[id.index()] = state.failing > 0.0;
            self.elsewhere[id.index()] = elsewhere;
        }
        for it in &world.errors {
            let open = world.occurrences.iter().filter_map(|(_, it)| it.root);
            holds(open.into_iter().any(|root| root.seq == it.root.seq), || {
                "errors of a fault that is over".into()
            })?;
        }
        Ok(())
    }

    fn end(&mut self, now: Instant, seen: &Seen<'_>) -> Verdict {
        self.book(now, seen.measures.plan);
        for (index, tally) in seen.measures.buckets.of.iter().enumerate() {
            same("time with errors of a bucket", tally.any, self.any[index])?;
            same("time of a bucket elsewhere", tally.elsewhere, self.away[index])?;
            holds(tally.failed <= tally.any as f64 * (1.0 + 1e-12), || {
                format!("a bucket fails more than all: {tally:?}")
            })?;
        }
        Ok(())
    }
}

/// What can be restored is complete and not expired, stands where it can be reached, and no newer
/// snapshot does; times in which a database was down are in order (B3).
#[derive(Default)]
struct BackupsConsistent {
    instants: u32,
}

impl Invariant for BackupsConsistent {
    fn after(&mut self, now: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        // Every snapshot is looked at: now and then will do.
        self.instants += 1;
        if !self.instants.is_multiple_of(16) {
            return Ok(());
        }
        for (id, info) in topology.backups.enumerate() {
            let name = &topology.groups[info.app].name;
            let downs = &world.backups[id.index()].downs;
            let ordered = downs.windows(2).all(|it| it[0].to < it[1].from);
            let lasting = downs.iter().all(|it| it.from < it.to && it.from <= now);
            holds(ordered && lasting, || format!("{name} was down {downs:?}"))?;
            let database = topology.database_of(info.app);
            let serves = database.is_none_or(|it| world.databases[it.index()].stage.serves());
            let open = downs.last().is_some_and(|it| it.to == Instant::NEVER);
            let home = !world.backups[id.index()].went.last().is_some_and(|it| it.abroad);
            let place = if home { Some(&info.home) } else { info.abroad.as_ref() };
            let bucket = topology.bucket_of(info.app);
            let bucket = bucket.filter(|_| place.is_some_and(|it| it.files));
            let read = bucket.is_none_or(|it| world.can_be_read(topology, it));
            same(name, open, !(serves && read))?;
            let at = i128::from(now.0);
            let zone_up = |zone: &Id<Zone>| world.zones[zone.index()].is_up();
            let reached = |site: Id<Site>| {
                let region = topology.sites[site].region;
                region.is_none_or(|it| topology.regions[it].zones.iter().any(zone_up))
            };
            let stands = backup::runs(topology, world, id).copies(at, at + 1);
            let newest =
                stands.filter(|it| it.since <= at && reached(it.site)).map(|it| it.of).max();
            let found = newest_restorable(topology, world, info.app, now);
            same(name, found.map(|it| it.of), newest)?;
        }
        Ok(())
    }

    fn end(&mut self, _: Instant, seen: &Seen<'_>) -> Verdict {
        for of in &seen.measures.backups.of {
            for (lost, due) in of.lost.iter().zip(&of.due) {
                // Of each run one thing at most is told: there is none, or it has no copy.
                let [skipped, failed, copies] = lost;
                holds(skipped + failed + copies <= due + 1, || format!("{lost:?} of {due}"))?;
            }
        }
        Ok(())
    }
}
