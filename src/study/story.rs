//! One replication, told: a listener that writes down what it hears.

use crate::history;
use crate::id::Id;
use crate::measure::{Measures, Plan};
use crate::model::backup::run::Trouble;
use crate::model::bucket::{Bucket, Destination};
use crate::model::database::{Database, Stage};
use crate::model::fact::{Fact, How, Listener, Subject};
use crate::model::fallback::Stage as Away;
use crate::model::root::Root;
use crate::model::topology::{Effect, FaultClock, Kind, Target, Topology, UnitInfo};
use crate::model::world::{State, World};
use crate::scenario::assemble::assemble;
use crate::scenario::spec::Scenario;
use crate::study::findings::StoryLine;
use crate::study::plan;
use crate::time::{Instant, Span, human_seconds};

/// One replication, told.
#[derive(Clone, Debug, Default)]
pub struct Story {
    pub replication: u64,
    /// Seconds since 1970-01-01T00:00Z at time 0 of the lines.
    pub start_unix: i64,
    pub lines: Vec<StoryLine>,
    /// By subject, `app.shop`.
    pub downtime_s: Vec<(String, f64)>,
}

/// Tells a replication of a scenario: every fact, in order.
pub fn story(scenario: &Scenario, replication: u64) -> Story {
    let topology = assemble(scenario);
    let plan = plan::plan(scenario, &topology);
    let teller = Teller::new(&topology);
    let measures = Measures::new(&plan, &topology);
    let sim = history::run(&topology, replication, (measures, teller));
    let now = sim.now;
    let (measures, teller) = sim.listener;
    finish(&topology, replication, measures, teller, now, &plan)
}

fn finish(
    topology: &Topology,
    replication: u64,
    mut measures: Measures<'_>,
    teller: Teller,
    now: Instant,
    _plan: &Plan,
) -> Story {
    measures.finish(now, topology);
    let downtime = measures.ledger.subjects.iter().enumerate();
    Story {
        replication,
        start_unix: topology.start_unix,
        lines: teller.lines,
        downtime_s: downtime
            .map(|(index, tally)| (topology.subject_name(index), Span(tally.down()).as_secs()))
            .collect(),
    }
}

/// Writes down what it hears.
#[derive(Clone, Debug, Default)]
pub struct Teller {
    pub lines: Vec<StoryLine>,
    /// By subject: as last told.
    up: Vec<bool>,
    since: Vec<Option<Instant>>,
}

impl Teller {
    pub fn new(topology: &Topology) -> Teller {
        Teller {
            lines: Vec::new(),
            up: vec![true; topology.subjects()],
            since: vec![None; topology.subjects()],
        }
    }

    fn tell(&mut self, now: Instant, component: String, text: String, weight: u8) {
        self.lines.push(StoryLine { at_s: now.as_secs(), component, text, weight, cause: None });
    }

    fn tell_cause(
        &mut self,
        now: Instant,
        component: String,
        text: String,
        weight: u8,
        root: Root,
        topology: &Topology,
    ) {
        let cause = Some(topology.causes[usize::from(root.cause)].clone());
        self.lines.push(StoryLine { at_s: now.as_secs(), component, text, weight, cause });
    }
}

impl Listener for Teller {
    fn hear(&mut self, now: Instant, fact: Fact, topology: &Topology, world: &World) {
        let name = |unit: Id<UnitInfo>| topology.unit_name(unit);
        let standing = |unit: Id<UnitInfo>| {
            let zone = world.units[unit.index()].zone;
            if zone == crate::model::world::NOWHERE {
                String::new()
            } else {
                format!(" in {}", topology.zones[Id::new(u32::from(zone))].name)
            }
        };
        match fact {
            Fact::FaultBegan { clock, root } => {
                let text = format!("begins: {}", effect(topology, clock));
                let who = topology.causes[usize::from(root.cause)].clone();
                self.tell_cause(now, who, text, 1, root, topology);
            }
            Fact::FaultEnded { clock, root } => {
                let lasted = human_seconds((now - root.onset).as_secs());
                let who = topology.causes[usize::from(root.cause)].clone();
                let fault = &topology.fault_clocks[clock];
                if fault.lasts.is_some() {
                    self.tell_cause(now, who, format!("ends after {lasted}"), 1, root, topology);
                }
            }
            Fact::WithoutEffect { unit } => {
                self.tell(now, name(unit), "struck while not running: without effect".into(), 0);
            }
            // What became of a database is told by its stages.
            Fact::LeftService { unit, .. } | Fact::InService { unit }
                if matches!(topology.group_of(unit).kind, Kind::Database | Kind::Bucket) => {}
            Fact::LeftService { unit, root, how } => {
                let how = match how {
                    How::Crashed => "crashes",
                    How::Hung => "hangs: it no longer answers",
                    How::Lost => "is lost with where it stands",
                    How::Isolated => "can no longer be reached",
                    How::Stopped => "is stopped to be started anew",
                    How::Erroring => "serves a bad version and fails every request",
                    How::Killed => "is killed: it has not left its host in time",
                };
                let text = format!("{how}{}", standing(unit));
                // What the others carry alone is no event of the year.
                let weight = u8::from(is_last(topology, world, unit));
                self.tell_cause(now, name(unit), text, weight, root, topology);
            }
            Fact::TakenOver { unit, root, .. } => {
                let text = "is struck again before it was back".into();
                self.tell_cause(now, name(unit), text, 0, root, topology);
            }
            Fact::Noticed { unit } => {
                self.tell(now, name(unit), "its failure is noticed".into(), 0)
            }
            Fact::Waits { unit } => {
                let text = "waits: nothing can be started for it now".into();
                self.tell(now, name(unit), text, 1);
            }
            Fact::Unplaced { unit } => {
                self.tell(now, name(unit), "no host has room for it".into(), 1);
            }
            Fact::UnplacedNoMore { unit } => {
                self.tell(now, name(unit), "waits for room no more".into(), 0);
            }
            Fact::StartBegan { unit } => {
                self.tell(now, name(unit), format!("starts{}", standing(unit)), 0);
            }
            Fact::StartFailed { unit } => {
                let text = "has not answered in time: the start failed".into();
                self.tell(now, name(unit), text, 1);
            }
            Fact::GivenUp { unit } => {
                let text = "has crashed too often in a row: it is given up".into();
                self.tell(now, name(unit), text, 1);
            }
            Fact::Answered { unit } => self.tell(now, name(unit), "answers".into(), 0),
            Fact::InService { unit } => {
                let since = world.recovery(unit).map(|record| record.path[0].0);
                let after = since.map_or_else(String::new, |since| {
                    format!(" after {}", human_seconds((now - since).as_secs()))
                });
                let text = format!("is back in service{}{after}", standing(unit));
                let app = topology.group_id(unit);
                let matters = topology.is_app(app) && !world.apps[app.index()].up;
                self.tell(now, name(unit), text, u8::from(matters));
            }
            Fact::SurplusStopped { unit, original_stays } => {
                let text = if original_stays {
                    "can be reached again: its replacement is cancelled"
                } else {
                    "its replacement answers: the original is given up"
                };
                self.tell(now, name(unit), text.into(), 0);
            }
            Fact::EntryRemoved { app } => {
                let text = "a dead entry leaves the rotation".into();
                self.tell(now, topology.groups[app].name.clone(), text, 0);
            }
            Fact::ChangeBegan { clock, root } => {
                let app = topology.groups[topology.changes[clock].app].name.clone();
                self.tell_cause(now, app, "a change begins".into(), 0, root, topology);
            }
            Fact::ChangeEnded { clock, root } => {
                let app = topology.groups[topology.changes[clock].app].name.clone();
                let lasted = human_seconds((now - root.onset).as_secs());
                let text = format!("the change is over after {lasted}");
                self.tell_cause(now, app, text, 0, root, topology);
            }
            Fact::Renewed { unit, root } => {
                let text = "its successor takes over without a gap".into();
                self.tell_cause(now, name(unit), text, 0, root, topology);
            }
            Fact::SuccessorFailed { unit } => {
                let text = "its successor has not answered in time: another one is started";
                self.tell(now, name(unit), text.into(), 0);
            }
            Fact::EvacuationBegan { host, root } => {
                let text = "is to be replaced: what runs on it is moved".into();
                self.tell_cause(now, name(host), text, 0, root, topology);
            }
            Fact::SwitchedOn { unit, root } => {
                let text = "is switched on".into();
                self.tell_cause(now, name(unit), text, 0, root, topology);
            }
            Fact::SwitchedOff { unit, root } => {
                let text = format!("is switched off{}", standing(unit));
                self.tell_cause(now, name(unit), text, 0, root, topology);
            }
            Fact::ZoneDown { zone } => {
                self.tell(now, topology.zones[zone].name.clone(), "is down".into(), 1);
            }
            Fact::ZoneUp { zone } => {
                self.tell(now, topology.zones[zone].name.clone(), "is up again".into(), 1);
            }
            Fact::BackupFailed { app, series, trouble } => {
                let text = match trouble {
                    Trouble::Skipped => "was skipped: the database was down",
                    Trouble::Failed => "failed, every attempt of it",
                    Trouble::CopyFailed => "has no second copy: every attempt failed",
                };
                let who = topology.groups[app].name.clone();
                self.tell(now, who, format!("its {} backup {text}", series.name()), 1);
            }
            Fact::DrillEnded { app, restored, took, loses } => {
                let (took, age) = (human_seconds(took.as_secs()), human_seconds(loses.as_secs()));
                let text = match (restored, loses) {
                    (_, Span::NEVER) => "a restore on trial found no backup".into(),
                    (true, _) => {
                        format!("its newest backup, {age} old, was restored on trial in {took}")
                    }
                    (false, _) => {
                        format!("its newest backup, {age} old, could not be restored: {took} lost")
                    }
                };
                let who = topology.groups[app].name.clone();
                self.tell(now, who, text, u8::from(!restored));
            }
            Fact::HealthManagerDown { region } => {
                let who = format!("health manager of {}", topology.regions[region].name);
                self.tell(now, who, "is gone: nothing is noticed or started".into(), 1);
            }
            Fact::HealthManagerUp { region } => {
                let who = format!("health manager of {}", topology.regions[region].name);
                self.tell(now, who, "is active again".into(), 1);
            }
            // What impairs it has been told of.
            Fact::ControlPlaneImpaired { .. } => {}
            Fact::DatabaseDown { database, root } => {
                let text =
                    if root.change { "its primary is replaced" } else { "its primary is gone" };
                let text = text.into();
                self.tell_cause(now, database_name(topology, database), text, 1, root, topology);
            }
            Fact::DatabaseStage { database, stage } => {
                let state = &world.databases[database.index()];
                let primary = || topology.unit_name(state.primary);
                let (text, weight) = match stage {
                    Stage::Detecting => return,
                    Stage::Deciding => ("the loss is noticed".into(), 0),
                    Stage::Promoting => ("a standby is being promoted".into(), 0),
                    Stage::Stuck => ("the failover is stuck: an operator is called".into(), 1),
                    Stage::NoNode => {
                        ("no node is left: it waits for the first to return".into(), 1)
                    }
                    Stage::ReplicaDecision => {
                        ("no node is left: is the copy in another region to be promoted?".into(), 1)
                    }
                    Stage::PromotingReplica => {
                        ("its copy in another region is being promoted".into(), 1)
                    }
                    Stage::RestoreDecision => ("no node is left: is it to be restored?".into(), 1),
                    Stage::RestoreWaits => ("no zone is up to restore it in".into(), 1),
                    Stage::Restoring => (format!("is being restored to {}", primary()), 1),
                    Stage::RollbackDecision => {
                        ("its data is wrong: it is stopped to be restored".into(), 1)
                    }
                    Stage::RollbackWaits => ("nothing from before can be reached".into(), 1),
                    Stage::RollingBack => ("what it was before is being restored".into(), 1),
                    Stage::Reconnecting => {
                        (format!("{} takes writes{}", primary(), standing(state.primary)), 1)
                    }
                    Stage::Serving => ("every container is connected".into(), 0),
                };
                self.tell(now, database_name(topology, database), text, weight);
            }
            Fact::BucketFails { bucket, share } => {
                let text = match share {
                    0.0 => "its files are there for every request again".into(),
                    share => format!("{} of requests fail for its files", human_share(share)),
                };
                self.tell(now, bucket_name(topology, bucket), text, 1);
            }
            Fact::ReplicaLost { replica, .. } => {
                let text = format!("a replica is gone for good{}", standing(replica));
                self.tell(now, name(replica), text, 1);
            }
            Fact::BucketLost { bucket, lost, .. } => {
                let text = match lost {
                    Span::NEVER => "every replica is gone: all its files are lost".into(),
                    lost => {
                        let lost = human_seconds(lost.as_secs());
                        format!("every replica is gone; what came in the last {lost} is lost")
                    }
                };
                self.tell(now, bucket_name(topology, bucket), text, 2);
            }
            Fact::BucketMoved { bucket, away } => {
                let to = topology.buckets[bucket].relocation.as_ref().map(|it| it.to);
                let text = match to.filter(|_| away) {
                    Some(Destination::Site(site)) => {
                        format!("is served from {} from now on", topology.sites[site].name)
                    }
                    Some(Destination::Zone(zone)) => {
                        format!("is served from {} from now on", topology.zones[zone].name)
                    }
                    None => "is served where it stands again".into(),
                };
                self.tell(now, bucket_name(topology, bucket), text, 1);
            }
            Fact::BucketStays { bucket } => {
                let text = "would be moved, which the rule of its app refuses".into();
                self.tell(now, bucket_name(topology, bucket), text, 1);
            }
            Fact::FilesGoOnAbroad { bucket, lost } => {
                let lost = human_seconds(lost.as_secs());
                let text =
                    format!("its copy is gone on with; the last {lost} of files are not there");
                self.tell(now, bucket_name(topology, bucket), text, 1);
            }
            Fact::FilesComeHome { bucket } => {
                let text = "is served at home again".into();
                self.tell(now, bucket_name(topology, bucket), text, 0);
            }
            Fact::DatabaseRestored { database, lost } => {
                let lost = human_seconds(lost.as_secs());
                let text = format!("is restored; the last {lost} of data are lost");
                self.tell(now, database_name(topology, database), text, 2);
            }
            Fact::ReplicaPromoted { database, lost } => {
                let lost = human_seconds(lost.as_secs());
                let text = format!("its copy had not got the last {lost} of data: they are lost");
                self.tell(now, database_name(topology, database), text, 2);
            }
            Fact::FallbackStage { fallback, stage } => {
                let info = &topology.fallbacks[fallback];
                let place = |region| topology.regions[region].name.as_str();
                let (home, abroad) = (place(info.home), place(info.abroad));
                let leads = world.fallbacks[fallback.index()].abroad;
                let there = if leads { abroad } else { home };
                let (text, weight) = match stage {
                    Away::Home => (format!("is at home in {home}"), 1),
                    Away::Deciding => (format!("{home} is lost: is it to go to {abroad}?"), 1),
                    Away::Preparing => (format!("it is decided that it goes to {abroad}"), 1),
                    Away::Unable => (format!("it cannot go to {abroad} yet"), 1),
                    Away::Moving => (format!("is ordered to {there}"), 2),
                    Away::Shifting => (format!("would answer: clients are led to {there}"), 0),
                    Away::Away => (format!("runs in {abroad}"), 1),
                    Away::Returning => (format!("{home} is well: is it to come home?"), 0),
                    Away::Resyncing => ("is to come home as soon as its data is there".into(), 1),
                };
                self.tell(now, topology.groups[info.app].name.clone(), text, weight);
            }
            Fact::ClientsMoved { region } => {
                let who = format!("front of {}", topology.regions[region].name);
                let passes = 100.0 * world.fronts[region.index()].passes();
                let text = format!("sends clients elsewhere: {passes:.3} % get through");
                self.tell(now, who, text, 0);
            }
        }
    }

    fn settled(&mut self, now: Instant, subject: Subject, topology: &Topology, world: &World) {
        let (index, up, name) = match subject {
            Subject::App(app) => {
                (app.index(), world.apps[app.index()].up, topology.subject_name(app.index()))
            }
            Subject::Service(service) => {
                let index = topology.apps + service as usize;
                (index, world.services[service as usize].up, topology.subject_name(index))
            }
        };
        if self.up[index] == up {
            return;
        }
        self.up[index] = up;
        if up {
            let since = self.since[index].take().unwrap_or(now);
            let lasted = human_seconds((now - since).as_secs());
            self.tell(now, name, format!("UP again after {lasted}"), 2);
        } else {
            self.since[index] = Some(now);
            let missing = match subject {
                Subject::App(app) => lacks(topology, world, app),
                Subject::Service(_) => String::new(),
            };
            self.tell(now, name, format!("DOWN{missing}"), 2);
        }
    }

    fn instant_over(&mut self, _now: Instant) {}
}

fn database_name(topology: &Topology, database: Id<Database>) -> String {
    topology.unit_name(topology.databases[database].unit)
}

fn bucket_name(topology: &Topology, bucket: Id<Bucket>) -> String {
    format!("files of {}", topology.unit_name(topology.buckets[bucket].unit))
}

/// `20 %`
fn human_share(share: f64) -> String {
    format!("{} %", (share * 1000.0).round() / 10.0)
}

/// Whether its app cannot do without a container that is about to leave service.
fn is_last(topology: &Topology, world: &World, unit: Id<UnitInfo>) -> bool {
    let app = topology.group_id(unit);
    !topology.is_app(app) || world.apps[app.index()].in_service <= topology.groups[app].needs
}

/// Who is not in service, for the line that says an app is down.
fn lacks(topology: &Topology, world: &World, app: Id<crate::model::topology::Group>) -> String {
    let describe = |unit: Id<UnitInfo>| {
        let state = match world.units[unit.index()].state {
            State::Serving => "not in the rotation",
            State::Hung => "hung",
            State::Down => "down",
            State::Starting => "starting",
            State::Erroring => "serving errors",
            State::Off => "switched off",
        };
        format!("{} {state}", topology.unit_name(unit))
    };
    let uses = topology.groups[app].uses.iter().filter(|it| it.mandatory).map(|it| it.unit);
    let missing: Vec<_> = topology
        .units_of(app)
        .chain(uses)
        .filter(|unit| !world.units[unit.index()].in_service)
        .map(describe)
        .collect();
    const SHOWN: usize = 4;
    match missing.len() {
        0 => String::new(),
        n if n <= SHOWN => format!(": {}", missing.join(", ")),
        n => format!(": {}, … {} more", missing[..SHOWN].join(", "), n - SHOWN),
    }
}

pub(crate) fn effect(topology: &Topology, clock: Id<FaultClock>) -> String {
    let fault = &topology.fault_clocks[clock];
    let verb = match fault.effect {
        Effect::Crash => "crashes",
        Effect::Hang => "hangs",
        Effect::Outage => "takes down",
        Effect::Isolation => "cuts off",
        Effect::ControlPlane => "impairs the control plane of",
        Effect::FileErrors => "lets buckets fail requests in",
        Effect::DataLoss => "deletes the data of",
    };
    let name = |target: &Target| match *target {
        Target::Region(region) => format!("region {}", topology.regions[region].name),
        Target::Zone(zone) => format!("zone {}", topology.zones[zone].name),
        Target::Unit(unit) => topology.unit_name(unit),
    };
    let part = if fault.fraction.is_some() { "part of " } else { "" };
    let joint = if fault.pick_one { " or " } else { ", " };
    let targets: Vec<_> = fault.targets.iter().map(name).collect();
    format!("{verb} {part}{}", targets.join(joint))
}
