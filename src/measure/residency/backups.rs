//! Snapshots and their second copies, which stand where they are computed to, and those that were refused.

use super::{Arrival, Asset, Residency, Row, RowKind, Where, row};
use crate::measure::Plan;
use crate::measure::backups::Ages;
use crate::model::backup::plan::{Backup, Stamp};
use crate::model::backup::run::{Runs, Snapshot};
use crate::model::backup::runs;
use crate::model::residency::{Class, Move, Standing};
use crate::model::topology::Topology;
use crate::model::world::World;
use crate::time::Instant;

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
        self.apps[arrival.app.index()].refused += 1;
        if let Some(rows) = &mut self.rows {
            let kind = RowKind::Refused { down: 0 };
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
