//! Snapshots and their second copies, which stand where they are computed to, and those that were refused.

use super::{Arrival, Asset, Cost, Residency, Row, RowKind, Where, row};
use crate::id::Id;
use crate::measure::Plan;
use crate::measure::backups::Ages;
use crate::model::backup::plan::{Backup, Stamp};
use crate::model::backup::run::{Runs, Snapshot};
use crate::model::backup::{Restorable, newest_of, newest_restorable_of, runs};
use crate::model::bucket::Bucket;
use crate::model::database::{Database, Stage};
use crate::model::residency::{Class, Control, Move, Standing};
use crate::model::topology::{Group, Topology};
use crate::model::world::World;
use crate::time::{Instant, Span};

/// A copy that stands, or one that was refused then.
#[derive(Clone, Copy)]
struct Made {
    at: Stamp,
    arrival: Arrival,
    refused: bool,
}

impl Residency {
    /// All that was backed up until `now`, where the replication ends.
    pub fn survey(&mut self, now: Instant, plan: &Plan, topology: &Topology, world: &World) {
        let (from, to) = plan.clip(Instant::START, now);
        let (from, to) = (Stamp::from(from.0), Stamp::from(to.0));
        for (id, backup) in topology.backups.enumerate() {
            let Some(rule) = topology.rule_of(backup.app) else { continue };
            let outside = |site| rule.at_site(Class::Backups, site) != Standing::Inside;
            if !backup.sites().into_iter().any(outside) && !self.everything {
                continue;
            }
            let unruled = Runs { unruled: true, ..runs(topology, world, id) };
            if let Some(second) = backup.home.copy.filter(|it| it.refused && plan.detailed) {
                let copies = unruled.copies(from, to).filter(|it| it.site == second.site);
                let mut copies: Vec<_> = copies.collect();
                copies.sort_by_key(|it| (it.since, it.of));
                let ages = Ages::of(&copies, from, to);
                self.apps[backup.app.index()].without_refusal = Some(ages);
            }
            let mut made: Vec<Made> = Vec::new();
            for snapshot in unruled.snapshots(from, to) {
                all_of(&snapshot, &unruled, &mut made);
            }
            made.sort_by_key(|it| (it.at, it.arrival.asset));
            for it in made {
                self.stands_or_not(it, (from, to), plan, topology);
            }
        }
        self.sort();
    }

    /// A database waits for what it can be restored from, or is being restored.
    pub(super) fn goes_by_backups(
        &mut self,
        now: Instant,
        (id, stage): (Id<Database>, Stage),
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let app = topology.databases[id].app;
        let Some(ledger) = self.apps.get_mut(app.index()) else { return };
        ledger.spared = None;
        let was_ordered = std::mem::replace(
            &mut ledger.ordered,
            matches!(stage, Stage::RestoreDecision | Stage::RestoreWaits | Stage::Restoring),
        );
        match stage {
            Stage::Restoring | Stage::RollingBack => {
                let state = &world.databases[id.index()];
                let (lost_at, until) = (state.lost_at, state.right_until());
                let refused = self.refused_snapshot(now, app, until, plan, topology, world, false);
                let spared = refused.and_then(|it| {
                    let lost = state.loses.0.checked_sub(it.loses(lost_at).0)?;
                    Some((Asset::Snapshot(it.series, it.of), Cost { lost, ..Cost::default() }))
                });
                self.apps[app.index()].spared = spared;
            }
            Stage::NoNode if was_ordered => self.lacks_backups(now, id, plan, topology, world),
            Stage::RollbackWaits => self.lacks_backups(now, id, plan, topology, world),
            _ => {}
        }
    }

    /// A database is restored: with older data than there would have been, if any was refused.
    pub(super) fn is_restored(&mut self, now: Instant, app: Id<Group>, plan: &Plan) {
        let Some(ledger) = self.apps.get_mut(app.index()) else { return };
        if let Some((asset, cost)) = ledger.spared.take().filter(|_| plan.measures(now)) {
            self.charge(app, asset, None, cost);
        }
    }

    /// There is nothing to restore a database from; if there would be, it is missing from now on.
    pub(super) fn lacks_backups(
        &mut self,
        now: Instant,
        id: Id<Database>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let app = topology.databases[id].app;
        let until = world.databases[id.index()].right_until();
        if self.apps.get(app.index()).is_some()
            && newest_restorable_of(topology, world, app, now, until).is_none()
            && let Some(it) = self.refused_snapshot(now, app, until, plan, topology, world, false)
        {
            let asset = Asset::Snapshot(it.series, it.of);
            self.is_missing(now, app, asset, None, plan, topology, world);
        }
    }

    /// All replicas of a bucket are gone, and the last of its files.
    pub(super) fn files_lost(
        &mut self,
        now: Instant,
        bucket: Id<Bucket>,
        lost: Span,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let app = topology.buckets[bucket].app;
        let Some(it) = self.refused_snapshot(now, app, None, plan, topology, world, true) else {
            return;
        };
        let less = it.loses(now);
        let cost = match lost {
            Span::NEVER => Cost { all_lost: 1, ..Cost::default() },
            lost => Cost { lost: lost.0.saturating_sub(less.0), ..Cost::default() },
        };
        self.charge(app, Asset::Snapshot(it.series, it.of), None, cost);
    }

    /// The newest snapshot that there would be had none been refused in the measured time, if that is newer
    /// than what there is.
    #[allow(clippy::too_many_arguments, reason = "what a snapshot is looked for by")]
    fn refused_snapshot(
        &self,
        now: Instant,
        app: Id<Group>,
        until: Option<Instant>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
        of_files: bool,
    ) -> Option<Restorable> {
        let id = topology.backup_of(app)?;
        let refuses = topology.rule_of(app)?.control == Control::Preventive;
        let runs = Runs { of_files, ..runs(topology, world, id) };
        let kept = newest_of(runs, world, now, until).filter(|_| refuses);
        let all = newest_of(Runs { unruled: true, ..runs }, world, now, until)?;
        let newer = refuses && kept.is_none_or(|it| all.of > it.of);
        (newer && plan.measures(now) && all.of >= Stamp::from(plan.from.0)).then_some(all)
    }

    fn stands_or_not(
        &mut self,
        made: Made,
        (from, to): (Stamp, Stamp),
        plan: &Plan,
        topology: &Topology,
    ) {
        let Made { at, arrival, refused } = made;
        let since = instant(at);
        if !refused {
            let ends = arrival.until.expect("a copy expires");
            if at < to && instant(from) < ends {
                self.arrives(since, arrival, plan, topology);
            }
            return;
        }
        if at < from || at >= to {
            return;
        }
        let ledger = &mut self.apps[arrival.app.index()];
        ledger.refused += 1;
        if let Some(rows) = &mut self.rows {
            let kind = RowKind::Refused(ledger.costs.remove(&arrival.asset).unwrap_or_default());
            rows.push(Row { since, until: None, kind, ..row(arrival) });
        }
    }
}

fn instant(at: Stamp) -> Instant {
    Instant(u64::try_from(at).unwrap_or(0))
}

/// A snapshot and its second copy, as they would be without a rule. What is refused is so when it would be
/// made; of what is not taken there is nothing to copy.
fn all_of(snapshot: &Snapshot, runs: &Runs<'_>, made: &mut Vec<Made>) {
    let Backup { app, .. } = *runs.backup;
    let place = snapshot.place;
    let went = runs.abroad_at(snapshot.of);
    let arrival = |site, until, by, before| Arrival {
        app,
        class: Class::Backups,
        asset: Asset::Snapshot(snapshot.series, snapshot.of),
        place: Where::Site(site),
        processed: false,
        bytes: place.bytes,
        by,
        before,
        cause: went.map(|it| it.cause),
        until: Some(instant(until)),
    };
    let by = went.map(|it| it.by);
    for (copy, second) in snapshot.copies().zip([None, place.copy]) {
        let arrival = match second {
            None => arrival(copy.site, copy.until, Move::Taken, [by, None]),
            Some(_) => arrival(copy.site, copy.until, Move::Copied, [by, Some(Move::Taken)]),
        };
        if second.is_none_or(|it| !it.refused) && !place.refused {
            made.push(Made { at: copy.since, arrival, refused: false });
        }
    }
    if place.refused {
        let arrival = arrival(place.site, snapshot.until, Move::Taken, [by, None]);
        made.push(Made { at: snapshot.of, arrival, refused: true });
    } else if let Some(second) = place.copy.filter(|it| it.refused) {
        let before = [by, Some(Move::Taken)];
        let arrival = arrival(second.site, snapshot.until, Move::Copied, before);
        made.push(Made { at: snapshot.since, arrival, refused: true });
    }
}
