//! What happened, in the past tense. The model's only output.

use crate::id::Id;
use crate::model::backup::plan::Series;
use crate::model::backup::run::Trouble;
use crate::model::bucket::Bucket;
use crate::model::database::{Database, Stage};
use crate::model::fallback::{self, Fallback};
use crate::model::root::{CauseId, Root};
use crate::model::topology::{ChangeClock, FaultClock, Group, Region, Topology, UnitInfo, Zone};
use crate::model::world::World;
use crate::time::{Instant, Span};

/// Something that happened at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fact {
    /// A fault of a domain, a scripted or a common-cause fault began.
    FaultBegan {
        clock: Id<FaultClock>,
        root: Root,
    },
    FaultEnded {
        clock: Id<FaultClock>,
        root: Root,
    },
    /// It struck something that was not running (F8).
    WithoutEffect {
        unit: Id<UnitInfo>,
    },
    /// A component that was in service no longer is. Stated while the rotation still counts it.
    LeftService {
        unit: Id<UnitInfo>,
        root: Root,
        how: How,
    },
    /// A component that was not in service was struck by a larger fault, which owns it from now on (K3).
    TakenOver {
        unit: Id<UnitInfo>,
        root: Root,
        how: How,
    },
    Noticed {
        unit: Id<UnitInfo>,
    },
    /// No admissible place, no free start, no control plane or no free crew member: it waits.
    Waits {
        unit: Id<UnitInfo>,
    },
    /// No host that it may stand on has room: it is unplaced (N6) …
    Unplaced {
        unit: Id<UnitInfo>,
    },
    /// … until now.
    UnplacedNoMore {
        unit: Id<UnitInfo>,
    },
    StartBegan {
        unit: Id<UnitInfo>,
    },
    StartFailed {
        unit: Id<UnitInfo>,
    },
    /// It has crashed too often in a row to be started again.
    GivenUp {
        unit: Id<UnitInfo>,
    },
    Answered {
        unit: Id<UnitInfo>,
    },
    /// It is in service again; its recovery record can still be read.
    InService {
        unit: Id<UnitInfo>,
    },
    /// A replacement was cancelled, or the original retired, when an isolation ended (N7).
    SurplusStopped {
        unit: Id<UnitInfo>,
        original_stays: bool,
    },
    /// A dead entry left the rotation.
    EntryRemoved {
        app: Id<Group>,
    },
    ChangeBegan {
        clock: Id<ChangeClock>,
        root: Root,
    },
    ChangeEnded {
        clock: Id<ChangeClock>,
        root: Root,
    },
    /// A successor is in the rotation: what it replaces drains and stops. Stated before it moves.
    Renewed {
        unit: Id<UnitInfo>,
        root: Root,
    },
    /// A successor did not answer in time, or went with its zone: another one is started.
    SuccessorFailed {
        unit: Id<UnitInfo>,
    },
    /// A host takes nothing new from now on, and what runs on it is moved.
    EvacuationBegan {
        host: Id<UnitInfo>,
        root: Root,
    },
    /// A container is meant to run from now on: it is on its way.
    SwitchedOn {
        unit: Id<UnitInfo>,
        root: Root,
    },
    /// A container is no longer meant to run. Stated while it is still as it was.
    SwitchedOff {
        unit: Id<UnitInfo>,
        root: Root,
    },
    ZoneDown {
        zone: Id<Zone>,
    },
    ZoneUp {
        zone: Id<Zone>,
    },
    /// A backup that should have been taken was not, or its second copy was not made.
    BackupFailed {
        app: Id<Group>,
        series: Series,
        trouble: Trouble,
    },
    /// The newest snapshot was restored to see whether that works.
    DrillEnded {
        app: Id<Group>,
        restored: bool,
        took: Span,
        /// What going back to it would have lost; never: there was nothing to restore.
        loses: Span,
    },
    /// No instance of a region's health manager is active any more.
    HealthManagerDown {
        region: Id<Region>,
    },
    HealthManagerUp {
        region: Id<Region>,
    },
    /// A fault impairs the control plane of a region: nothing new is started there.
    ControlPlaneImpaired {
        region: Id<Region>,
    },
    /// A database takes no more writes.
    DatabaseDown {
        database: Id<Database>,
        root: Root,
    },
    /// A database has come to a stage of its way back.
    DatabaseStage {
        database: Id<Database>,
        stage: Stage,
    },
    /// A database has been restored; what was written in the last time before its loss is gone.
    DatabaseRestored {
        database: Id<Database>,
        lost: Span,
    },
    /// The copy of a database in another region takes writes from now on; what was written in the last time
    /// before its loss had not reached it.
    ReplicaPromoted {
        database: Id<Database>,
        lost: Span,
    },
    /// An app has come to a stage of its way to another region or back.
    FallbackStage {
        fallback: Id<Fallback>,
        stage: fallback::Stage,
    },
    /// A bucket fails another share of the requests of its app than before.
    BucketFails {
        bucket: Id<Bucket>,
        share: f64,
    },
    /// The data of a replica is gone: it is made anew.
    ReplicaLost {
        bucket: Id<Bucket>,
        replica: Id<UnitInfo>,
    },
    /// The data of every replica was gone: what was written in the last time before is lost for good;
    /// never: all there was.
    BucketLost {
        bucket: Id<Bucket>,
        cause: CauseId,
        lost: Span,
    },
    /// A bucket is served elsewhere from now on, or at home again.
    BucketMoved {
        bucket: Id<Bucket>,
        away: bool,
    },
    /// A bucket would have been moved, and the rule of its app refuses it.
    BucketStays {
        bucket: Id<Bucket>,
    },
    /// An app in another region goes on with the copy of its files there; what was written in the last time
    /// before had not reached it.
    FilesGoOnAbroad {
        bucket: Id<Bucket>,
        lost: Span,
    },
    /// It is home again, and so are its files.
    FilesComeHome {
        bucket: Id<Bucket>,
    },
    /// Clients of a region's front go to other routers than before.
    ClientsMoved {
        region: Id<Region>,
    },
}

/// How a component went out of service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Crashed,
    Hung,
    /// Stopped with its domain.
    Lost,
    /// Runs on and cannot be reached.
    Isolated,
    /// Stopped on purpose, after it left the rotation and drained.
    Stopped,
    /// Answers every request with an error.
    Erroring,
    /// Ended from outside: it had not left its host in time.
    Killed,
}

/// An app or a service, whose state is looked at once all that happens at an instant has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    App(Id<Group>),
    Service(u32),
}

/// Whoever wants to know: measures, stories, checkers.
pub trait Listener {
    /// A replication begins; everything is up.
    fn begin(&mut self, _topology: &Topology, _world: &World) {}

    /// A fact, as it happens.
    fn hear(&mut self, now: Instant, fact: Fact, topology: &Topology, world: &World);

    /// The state of a subject may have changed at `now`, and all that happens at `now` has happened.
    fn settled(&mut self, now: Instant, subject: Subject, topology: &Topology, world: &World);

    /// Called after all subjects touched at an instant have settled.
    fn instant_over(&mut self, now: Instant);

    /// Whether it wants to hear of changes that touch no request and move no container.
    fn hears_all_changes(&self) -> bool {
        true
    }

    /// True: nothing more needs to be simulated.
    fn is_done(&self) -> bool {
        false
    }

    /// Reads what a failure in an app will need, so that it is at hand then; what that is means nothing.
    fn look_ahead(&self, _app: Id<Group>) -> u64 {
        0
    }
}

/// Two listeners that hear the same.
impl<A: Listener, B: Listener> Listener for (A, B) {
    fn begin(&mut self, topology: &Topology, world: &World) {
        self.0.begin(topology, world);
        self.1.begin(topology, world);
    }
    #[inline(always)]
    fn hear(&mut self, now: Instant, fact: Fact, topology: &Topology, world: &World) {
        self.0.hear(now, fact, topology, world);
        self.1.hear(now, fact, topology, world);
    }
    #[inline(always)]
    fn settled(&mut self, now: Instant, subject: Subject, topology: &Topology, world: &World) {
        self.0.settled(now, subject, topology, world);
        self.1.settled(now, subject, topology, world);
    }
    #[inline(always)]
    fn instant_over(&mut self, now: Instant) {
        self.0.instant_over(now);
        self.1.instant_over(now);
    }
    fn hears_all_changes(&self) -> bool {
        self.0.hears_all_changes() || self.1.hears_all_changes()
    }
    fn is_done(&self) -> bool {
        self.0.is_done() || self.1.is_done()
    }
}

/// Hears nothing: for benches of the bare model.
impl Listener for () {
    fn hear(&mut self, _: Instant, _: Fact, _: &Topology, _: &World) {}
    fn settled(&mut self, _: Instant, _: Subject, _: &Topology, _: &World) {}
    fn instant_over(&mut self, _: Instant) {}
    fn hears_all_changes(&self) -> bool {
        false
    }
}
