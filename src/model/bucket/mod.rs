//! The bucket of an app: replicas that stand in zones, each a copy of the whole.
//!
//! A replica is a component like any other: it is lost by its own clocks or with its zone, cut off with
//! it, and comes back in place ([`replicas`]): with its data, or made anew from the others. The bucket
//! itself is a component that no fault strikes by itself: it is out of service while it fails any of the
//! requests that need files, because fewer replicas are up than its quorums take, or because it answers
//! with errors. Who took the replicas, or brought the errors, owns it. Short of replicas for longer than
//! a grace it is served elsewhere ([`relocation`]). An app in another region has the copy that is there, or
//! none of its files (`away`).

mod away;
pub mod link;
pub mod relocation;
pub mod replicas;
pub mod settings;

pub use link::Link;
pub use relocation::Placed;
pub use settings::{Bucket, Destination, Relocation, Remote, Settings};

use crate::engine::Purpose;
use crate::id::Id;
use crate::model::backup::{newest_of, run::Runs, runs};
use crate::model::event::{BucketEvent, is_same};
use crate::model::fact::{Fact, How, Listener};
use crate::model::root::Root;
use crate::model::sim::Sim;
use crate::model::topology::{Kind, Region, Target, Topology, UnitInfo, Zone};
use crate::model::world::{Phase, State, World};
use crate::time::{Instant, Span};

/// What changes about a bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct BucketState {
    /// Replicas that are in service.
    pub up: u32,
    /// Bit n: the data of the n-th replica is gone, and it is to be made anew.
    pub gone: u32,
    /// The share of the requests of its app that it fails.
    pub failing: f64,
    pub placed: Placed,
    /// Counts the steps of relocations; an event of an earlier one is stale.
    pub turn: u32,
    /// How often it was short of replicas, and how often all were gone: occurrence numbers of its luck.
    pub shortages: u32,
    pub losses: u32,
    /// When all were last gone.
    pub lost_at: Option<Instant>,
    /// Its app is in another region because of this.
    pub away: Option<Root>,
}

impl BucketState {
    pub(super) fn new(bucket: &Bucket) -> BucketState {
        BucketState {
            up: bucket.settings.replicas,
            gone: 0,
            failing: 0.0,
            placed: Placed::Home,
            turn: 0,
            shortages: 0,
            losses: 0,
            lost_at: None,
            away: None,
        }
    }
}

/// Buckets of a zone or of a region that answer with errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Errors {
    pub root: Root,
    pub target: Target,
    /// The share of the requests there that fail.
    pub share: f64,
}

impl World {
    /// The share of requests that gets past the errors of a whole region.
    fn past_errors_of_region(&self, region: Id<Region>) -> f64 {
        let all = self.errors.iter().filter(|it| it.target == Target::Region(region));
        all.map(|it| 1.0 - it.share).product()
    }

    fn past_errors_of_zone(&self, zone: Id<Zone>) -> f64 {
        let all = self.errors.iter().filter(|it| it.target == Target::Zone(zone));
        all.map(|it| 1.0 - it.share).product()
    }

    /// The share of the requests of its app that a bucket fails now. Reads and writes that find their
    /// quorum are spread evenly over the replicas that are up.
    pub fn share_failing_of(&self, topology: &Topology, bucket: Id<Bucket>) -> f64 {
        let info = &topology.buckets[bucket];
        let settings = &info.settings;
        let needed = settings.needed();
        if needed == 0.0 {
            return 0.0;
        }
        let (served, past) = match self.serves_elsewhere(topology, bucket) {
            None if self.is_out_of_reach(bucket) => (0.0, 1.0),
            Some(destination) => (needed, self.past_errors_at(topology, destination)),
            None => (self.has_quorum(topology, bucket), self.past_errors_at_home(topology, bucket)),
        };
        needed - served * past
    }

    /// Whether any reading of the files of a bucket succeeds, wherever they are served.
    pub fn can_be_read(&self, topology: &Topology, bucket: Id<Bucket>) -> bool {
        let info = &topology.buckets[bucket];
        let past = match self.serves_elsewhere(topology, bucket) {
            None if self.is_out_of_reach(bucket) => return false,
            None if self.buckets[bucket.index()].up < info.settings.read_quorum => return false,
            None => self.past_errors_at_home(topology, bucket),
            Some(destination) => self.past_errors_at(topology, destination),
        };
        past > 0.0
    }

    fn past_errors_at(&self, topology: &Topology, destination: Destination) -> f64 {
        match destination {
            Destination::Site(site) => {
                let region = topology.sites[site].region;
                region.map_or(1.0, |region| self.past_errors_of_region(region))
            }
            Destination::Zone(zone) => {
                let region = topology.zones[zone].region;
                self.past_errors_of_region(region) * self.past_errors_of_zone(zone)
            }
        }
    }

    /// The share of the requests of its app that find enough replicas up.
    fn has_quorum(&self, topology: &Topology, bucket: Id<Bucket>) -> f64 {
        let settings = &topology.buckets[bucket].settings;
        let up = self.buckets[bucket.index()].up;
        let reads = if up >= settings.read_quorum { settings.reads } else { 0.0 };
        let writes = if up >= settings.write_quorum { settings.writes } else { 0.0 };
        reads + writes
    }

    fn past_errors_at_home(&self, topology: &Topology, bucket: Id<Bucket>) -> f64 {
        if self.errors.is_empty() {
            return 1.0;
        }
        let info = &topology.buckets[bucket];
        let replicas = topology.replicas_of(bucket).map(|it| &self.units[it.index()]);
        let up = replicas.filter(|unit| unit.in_service);
        let zones = up.map(|unit| self.past_errors_of_zone(Id::new(u32::from(unit.zone))));
        let past: f64 = zones.sum();
        let up = self.buckets[bucket.index()].up.max(1);
        self.past_errors_of_region(info.region) * past / f64::from(up)
    }

    /// Who keeps a bucket from serving every request.
    fn who_fails(&self, topology: &Topology, bucket: Id<Bucket>, into: &mut Vec<(Root, Phase)>) {
        let info = &topology.buckets[bucket];
        let elsewhere = self.serves_elsewhere(topology, bucket);
        let away = self.buckets[bucket.index()].away.filter(|_| elsewhere.is_none());
        if let Some(root) = away {
            into.push((root, self.phase_away(topology, bucket)));
            return;
        }
        if elsewhere.is_none() && self.has_quorum(topology, bucket) < info.settings.needed() {
            for replica in topology.replicas_of(bucket) {
                let root = self.recovery(replica).and_then(|record| record.root);
                let rebuilt = self.units[replica.index()].state == State::Starting;
                let phase = if rebuilt { Phase::Rebuild } else { Phase::Provider };
                into.extend(root.map(|root| (root, phase)));
            }
        }
        let here = |target: Target| match (elsewhere, target) {
            (Some(Destination::Site(site)), Target::Region(region)) => {
                topology.sites[site].region == Some(region)
            }
            (Some(Destination::Zone(zone)), Target::Zone(it)) => it == zone,
            (Some(Destination::Zone(zone)), Target::Region(it)) => {
                topology.zones[zone].region == it
            }
            (None, Target::Region(region)) => region == info.region,
            (None, Target::Zone(zone)) => topology.replicas_of(bucket).any(|it| {
                let unit = &self.units[it.index()];
                unit.in_service && u32::from(unit.zone) == zone.raw()
            }),
            _ => false,
        };
        let errors = self.errors.iter().filter(|it| it.share > 0.0 && here(it.target));
        into.extend(errors.map(|it| (it.root, Phase::Provider)));
    }
}

impl<L: Listener> Sim<'_, L> {
    pub fn bucket_event(&mut self, bucket: Id<Bucket>, event: BucketEvent) {
        let BucketEvent::GoesOn { turn } = event;
        if is_same(self.world.buckets[bucket.index()].turn, turn) {
            self.relocation_goes_on(bucket);
        }
    }

    /// Buckets begin to answer with errors in a zone or region.
    pub fn errors_begin(&mut self, errors: Errors) {
        self.world.errors.push(errors);
        self.look_at_buckets(Some(errors.root));
    }

    /// The errors that one fault brought are over.
    pub fn errors_end(&mut self, root: Root) {
        self.world.errors.retain(|it| it.root.seq != root.seq);
        self.look_at_buckets(None);
    }

    fn look_at_buckets(&mut self, struck_by: Option<Root>) {
        for bucket in self.topology.buckets.ids() {
            self.bucket_changed(bucket, struck_by);
        }
    }

    /// Something that a bucket rests on has changed: it fails another share of requests than before, or
    /// for somebody else.
    pub(super) fn bucket_changed(&mut self, bucket: Id<Bucket>, struck_by: Option<Root>) {
        let topology = self.topology;
        let info = &topology.buckets[bucket];
        let failing = self.world.share_failing_of(topology, bucket);
        let before = std::mem::replace(&mut self.world.buckets[bucket.index()].failing, failing);
        let serves = self.world.units[info.unit.index()].in_service;
        if failing != before {
            self.state(Fact::BucketFails { bucket, share: failing });
        }
        if failing > 0.0 {
            let mut owners = Vec::new();
            self.world.who_fails(topology, bucket, &mut owners);
            let known = self.world.recovery(info.unit).and_then(|record| record.root).or(struck_by);
            let owner = charged(&owners, known).expect("somebody fails a bucket that fails");
            let of_owner = owners.iter().filter(|(root, _)| root.seq == owner.seq);
            let phase = of_owner.map(|(_, phase)| *phase).max().expect("it is one of them");
            if serves {
                self.leave_service(info.unit, owner, How::Lost);
                let unit = &mut self.world.units[info.unit.index()];
                unit.state = State::Down;
                unit.life = unit.life.wrapping_add(1);
            } else if known.is_some_and(|known| known.seq != owner.seq) {
                let record = self.world.units[info.unit.index()].recovery;
                self.world.recoveries[record].root = Some(owner);
                self.state(Fact::TakenOver { unit: info.unit, root: owner, how: How::Lost });
            }
            self.enter_phase(info.unit, phase);
            self.touch_app(info.app);
        } else if !serves {
            self.world.units[info.unit.index()].state = State::Serving;
            self.admit(info.unit);
        }
        self.files_changed(bucket);
    }

    /// The data of every replica is gone. It is complete again at once, with what there is elsewhere of
    /// it, and counting goes on (B1).
    pub(super) fn bucket_is_lost(&mut self, bucket: Id<Bucket>, root: Root, copied: bool) {
        let info = &self.topology.buckets[bucket];
        let losses = self.world.buckets[bucket.index()].losses;
        let lost = self.lost_with(bucket, losses, copied);
        let state = &mut self.world.buckets[bucket.index()];
        state.losses = losses.wrapping_add(1);
        state.lost_at = Some(self.now);
        state.gone = 0;
        self.state(Fact::BucketLost { bucket, cause: root.cause, lost });
        for replica in self.topology.units_of(info.replicas) {
            self.is_complete_again(replica);
        }
    }

    /// How much time of a bucket is gone with its replicas, now: what had not yet arrived in the other
    /// region, or what came after the newest snapshot. What cannot be reached counts only where there is
    /// nothing else. Never: all there was. What destroys data on purpose or by mistake is `copied` to the
    /// other region as well.
    fn lost_with(&self, bucket: Id<Bucket>, losses: u32, copied: bool) -> Span {
        let (topology, world) = (self.topology, &self.world);
        let info = &topology.buckets[bucket];
        // What is at home is the copy then.
        if info.goes_along && !copied && world.buckets[bucket.index()].away.is_some() {
            return Span::ZERO;
        }
        let copy = info.copy.as_ref().filter(|_| !copied);
        let behind = copy.map(|it| {
            let lag = it.lag.span(self.draw_of(info.key, Purpose::COPY_LAG, losses));
            (world.is_there(topology, it.site), world.apart(it.link, self.now) + lag)
        });
        let saved = topology.backup_of(info.app).map(|it| runs(topology, world, it));
        let saved = saved.map(|runs| Runs { of_files: true, ..runs });
        let newest = saved.and_then(|runs| newest_of(runs, world, self.now, None));
        let saved = newest.map(|snapshot| snapshot.loses(self.now));
        let reached = behind.filter(|(there, _)| *there).map(|(_, lost)| lost);
        let least = reached.into_iter().chain(saved).min();
        least.or(behind.map(|(_, lost)| lost)).unwrap_or(Span::NEVER)
    }

    /// Data of a database or of a bucket is deleted or overwritten: nothing is left of it in any replica.
    pub fn wipe(&mut self, unit: Id<UnitInfo>, root: Root) {
        if self.topology.group_of(unit).kind == Kind::Database {
            return self.database_goes_wrong(unit, root);
        }
        let (bucket, _) = self.topology.bucket_of_replica(unit);
        self.bucket_is_lost(bucket, root, true);
    }
}

/// Whoever was charged before while he is one of those who are to blame, otherwise the one who began
/// first (K4).
fn charged(owners: &[(Root, Phase)], known: Option<Root>) -> Option<Root> {
    let known = known.filter(|known| owners.iter().any(|(it, _)| it.seq == known.seq));
    known.or_else(|| owners.iter().map(|(root, _)| *root).min_by_key(Root::precedence))
}
