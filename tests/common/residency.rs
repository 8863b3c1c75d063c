//! The ledger of where data was, recounted from the world after every instant, and its rows against
//! its sums.

use super::invariants::{Invariant, Seen, Verdict, holds, same};
use std::collections::{BTreeMap, BTreeSet};
use zonefall::id::Id;
use zonefall::measure::residency::{Asset, Cost, Residency, Row, RowKind, Where};
use zonefall::measure::{Measures, Plan};
use zonefall::model::backup::plan::Stamp;
use zonefall::model::backup::runs;
use zonefall::model::residency::{Class, Standing};
use zonefall::model::topology::{Group, Region, Topology, UnitInfo};
use zonefall::model::world::{NOWHERE, World};
use zonefall::time::Instant;

/// Containers in service, and nodes of databases, where their rule does not allow them.
fn outside(app: Id<Group>, topology: &Topology, world: &World) -> BTreeSet<(Id<UnitInfo>, u16)> {
    let Some(rule) = topology.rule_of(app) else { return BTreeSet::new() };
    let containers = topology
        .units_of(app)
        .filter(|unit| rule.processing && world.units[unit.index()].in_service);
    let nodes = topology.database_of(app).into_iter().flat_map(|it| topology.all_nodes_of(it));
    let placed = containers.chain(nodes).map(|unit| (unit, world.units[unit.index()].zone));
    let standing = |zone: u16| rule.at(Class::Database, Id::new(u32::from(zone)));
    placed.filter(|(_, zone)| *zone != NOWHERE && standing(*zone) == Standing::Outside).collect()
}

/// Violations of containers and databases: how many, for how long, and how much of it (B5).
#[derive(Default)]
pub struct LedgerMatches {
    apps: Vec<Recount>,
    since: Instant,
}

#[derive(Default)]
struct Recount {
    open: BTreeMap<(Id<UnitInfo>, u16), Instant>,
    begun: u64,
    outside: u64,
    byte_nanos: u128,
}

impl Recount {
    fn look(
        &mut self,
        now: Instant,
        since: Instant,
        stands: &BTreeSet<(Id<UnitInfo>, u16)>,
        bytes: impl Fn(Id<UnitInfo>) -> u64,
        plan: &Plan,
    ) {
        if !self.open.is_empty() {
            let (from, to) = plan.clip(since, now);
            self.outside += (to - from).0;
        }
        let (begun, byte_nanos) = (&mut self.begun, &mut self.byte_nanos);
        self.open.retain(|&stay, began| {
            if stands.contains(&stay) {
                return true;
            }
            let (from, to) = plan.clip(*began, now);
            *begun += u64::from(to > from);
            *byte_nanos += u128::from(bytes(stay.0)) * u128::from((to - from).0);
            false
        });
        for &stay in stands {
            self.open.entry(stay).or_insert(now);
        }
    }
}

impl LedgerMatches {
    fn look(&mut self, now: Instant, seen: &Seen<'_>, over: bool) {
        let (topology, plan) = (seen.topology, seen.measures.plan);
        if topology.residency.is_empty() {
            return;
        }
        self.apps.resize_with(topology.residency.len(), Recount::default);
        for (index, recount) in self.apps.iter_mut().enumerate() {
            let app = Id::new(index as u32);
            let stands = match over {
                true => BTreeSet::new(),
                false => outside(app, topology, seen.world),
            };
            let database = topology.database_of(app);
            let bytes = |unit| {
                let own = database.filter(|it| topology.all_nodes_of(*it).any(|node| node == unit));
                own.map_or(0, |it| topology.databases[it].bytes)
            };
            recount.look(now, self.since, &stands, bytes, plan);
        }
        self.since = now;
    }
}

impl Invariant for LedgerMatches {
    fn after(&mut self, now: Instant, seen: &Seen<'_>) -> Verdict {
        self.look(now, seen, false);
        Ok(())
    }

    fn end(&mut self, now: Instant, seen: &Seen<'_>) -> Verdict {
        self.look(now, seen, true);
        for (recount, ledger) in self.apps.iter().zip(&seen.measures.residency.apps) {
            let tally = ledger.tallies[Class::Database as usize];
            same("stays begun", tally.begun, recount.begun)?;
            same("time outside", tally.outside, recount.outside)?;
            same("byte-nanoseconds", tally.byte_nanos, recount.byte_nanos)?;
        }
        Ok(())
    }
}

/// Every snapshot is taken where the primary of the database is when it begins, and stands there.
#[derive(Default)]
pub struct SnapshotsFollow {
    /// By database: the region of its primary after an instant, where that changed.
    primaries: Vec<Vec<(Instant, Id<Region>)>>,
}

impl SnapshotsFollow {
    fn look(&mut self, now: Instant, Seen { topology, world, .. }: &Seen<'_>) {
        self.primaries.resize_with(topology.databases.len(), Vec::new);
        for (database, seen) in self.primaries.iter_mut().enumerate() {
            let state = &world.databases[database];
            let group = topology.group_of(state.primary);
            let abroad = topology.databases[Id::new(database as u32)].abroad;
            let home = &topology.groups[topology.databases[Id::new(database as u32)].app];
            let region = match abroad == Some(state.primary) {
                true => topology.zones[group.zones[0]].region,
                false => home.region,
            };
            if state.stage.serves() && seen.last().is_none_or(|it| it.1 != region) {
                seen.push((now, region));
            }
        }
    }
}

impl Invariant for SnapshotsFollow {
    fn after(&mut self, now: Instant, seen: &Seen<'_>) -> Verdict {
        self.look(now, seen);
        Ok(())
    }

    fn end(&mut self, now: Instant, seen: &Seen<'_>) -> Verdict {
        let (topology, world) = (seen.topology, seen.world);
        for (id, backup) in topology.backups.enumerate() {
            let Some(database) = topology.database_of(backup.app) else { continue };
            let primaries = &self.primaries[database.index()];
            let to = Stamp::from(now.0);
            for snapshot in runs(topology, world, id).snapshots(0, to).filter(|it| it.of < to) {
                let next = primaries.partition_point(|it| Stamp::from(it.0.0) <= snapshot.of);
                let region = match next {
                    0 => topology.groups[backup.app].region,
                    _ => primaries[next - 1].1,
                };
                let stands = topology.sites[snapshot.place.site].region;
                same("where a snapshot is", stands, Some(region))?;
            }
        }
        Ok(())
    }
}

/// Something that is at one place at a time: of snapshots and their second copies those at one site.
type Thing = (Id<Group>, Asset, Option<u32>);

/// Every row lies in the measured time, nothing is at two places at once, and rows add up to the sums.
pub fn rows_add_up(measures: &Measures<'_>, topology: &Topology) -> Verdict {
    let (plan, ledger) = (measures.plan, &measures.residency);
    let rows = ledger.rows.as_ref().expect("rows are kept");
    let mut stays: BTreeMap<Thing, Vec<(Instant, Instant)>> = BTreeMap::new();
    for row in rows {
        let rule = topology.rule_of(row.app).expect("rows are of apps with a rule");
        let standing = match row.place {
            Where::Zone(zone) => rule.at(row.class, zone),
            Where::Site(site) => rule.at_site(row.class, site),
        };
        let expected = match row.kind {
            RowKind::Excepted(index) => Standing::Excepted(index),
            RowKind::Violation | RowKind::Refused(_) => Standing::Outside,
            RowKind::Inside => Standing::Inside,
        };
        same("standing", standing, expected)?;
        if let RowKind::Refused(_) = row.kind {
            holds(row.since >= plan.from && row.since < plan.to, || format!("{row:?}"))?;
            continue;
        }
        let (from, to) = stay(row, plan);
        holds(from < to, || format!("nothing of it is measured: {row:?}"))?;
        // A snapshot and its second copy are two things.
        let copy = match (row.asset, row.place) {
            (Asset::Snapshot(..), Where::Site(site)) => Some(site.raw()),
            _ => None,
        };
        stays.entry((row.app, row.asset, copy)).or_default().push((from, to));
    }
    for (asset, stays) in &mut stays {
        stays.sort();
        let apart = stays.windows(2).all(|two| two[0].1 <= two[1].0);
        holds(apart, || format!("{asset:?} is at two places at once: {stays:?}"))?;
    }
    (0..ledger.apps.len()).try_for_each(|app| sums(app, ledger, rows, plan))
}

fn stay(row: &Row, plan: &Plan) -> (Instant, Instant) {
    plan.clip(row.since, row.until.unwrap_or(plan.to))
}

fn sums(app: usize, ledger: &Residency, rows: &[Row], plan: &Plan) -> Verdict {
    let mine = || rows.iter().filter(|row| row.app.index() == app);
    let sums = &ledger.apps[app];
    for class in Class::ALL {
        let violations = mine().filter(|it| it.class == class && it.kind == RowKind::Violation);
        let mut stays: Vec<_> = violations.map(|row| (stay(row, plan), row.bytes)).collect();
        stays.sort();
        let tally = sums.tallies[class as usize];
        same("begun", tally.begun, stays.len() as u64)?;
        let of = |((from, to), bytes): &((Instant, Instant), u64)| {
            u128::from((*to - *from).0) * u128::from(*bytes)
        };
        same("byte-nanoseconds", tally.byte_nanos, stays.iter().map(of).sum())?;
        let (mut outside, mut counted) = (0, Instant::START);
        for ((from, to), _) in stays {
            let from = from.max(counted);
            outside += to.0.saturating_sub(from.0);
            counted = counted.max(to);
        }
        same("time outside", tally.outside, outside)?;
    }
    let refused = mine().filter_map(|row| match row.kind {
        RowKind::Refused(cost) => Some(cost),
        _ => None,
    });
    let refused: Vec<Cost> = refused.collect();
    same("refused", sums.refused, refused.len() as u64)?;
    // The app is down once, however many of its containers were refused a place.
    same("down after refusals", sums.cost.down, refused.iter().map(|it| it.down).sum())?;
    same("lost for refusals", sums.cost.lost, refused.iter().map(|it| it.lost).sum())?;
    same("lost altogether", sums.cost.all_lost, refused.iter().map(|it| it.all_lost).sum())
}
