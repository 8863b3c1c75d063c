//! Writes down facts as lines that name everything and number nothing, so that the lines of two
//! scenarios can be compared, and the outages of every app and service.

use std::collections::BTreeMap;
use zonefall::id::Id;
use zonefall::model::fact::{Fact, Listener, Subject};
use zonefall::model::root::Root;
use zonefall::model::topology::{Topology, UnitInfo};
use zonefall::model::world::World;
use zonefall::time::Instant;

#[derive(Clone, Debug, Default)]
pub struct Recorder {
    /// When, and what.
    pub lines: Vec<(u64, String)>,
    /// By subject (`app.shop`): from and to in nanoseconds; an open one ends at `u64::MAX`.
    pub outages: BTreeMap<String, Vec<(u64, u64)>>,
    up: Vec<bool>,
}

impl Recorder {
    pub fn new(topology: &Topology) -> Recorder {
        Recorder { up: vec![true; topology.subjects()], ..Recorder::default() }
    }

    /// All lines as one text.
    pub fn text(&self) -> String {
        self.lines.iter().map(|(at, line)| format!("{at} {line}\n")).collect()
    }

    /// Lines that begin before `end` and satisfy `keep`.
    pub fn some(&self, end: u64, keep: impl Fn(&str) -> bool) -> String {
        let lines = self.lines.iter().filter(|(at, line)| *at < end && keep(line));
        lines.map(|(at, line)| format!("{at} {line}\n")).collect()
    }
}

impl Listener for Recorder {
    fn hear(&mut self, now: Instant, fact: Fact, topology: &Topology, world: &World) {
        let unit = |unit: Id<UnitInfo>| topology.unit_name(unit);
        let place = |unit: Id<UnitInfo>| match topology.zones.len() {
            0 => String::new(),
            _ => match world.units[unit.index()].zone {
                u16::MAX => String::new(),
                zone => format!(" in {}", topology.zones[Id::new(u32::from(zone))].name),
            },
        };
        let by = |root: Root| {
            format!("{} of {}", topology.causes[usize::from(root.cause)], root.onset.0)
        };
        let line = match fact {
            Fact::FaultBegan { root, .. } => format!("fault {} begins", by(root)),
            Fact::FaultEnded { root, .. } => format!("fault {} ends", by(root)),
            Fact::WithoutEffect { unit: it } => format!("{} struck without effect", unit(it)),
            Fact::LeftService { unit: it, root, how } => {
                format!("{} {how:?}{} by {}", unit(it), place(it), by(root))
            }
            Fact::TakenOver { unit: it, root, how } => {
                format!("{} taken over, {how:?}, by {}", unit(it), by(root))
            }
            Fact::Noticed { unit: it } => format!("{} noticed", unit(it)),
            Fact::Waits { unit: it } => format!("{} waits", unit(it)),
            Fact::Unplaced { unit: it } => format!("{} unplaced", unit(it)),
            Fact::UnplacedNoMore { unit: it } => format!("{} unplaced no more", unit(it)),
            Fact::StartBegan { unit: it } => format!("{} starts{}", unit(it), place(it)),
            Fact::StartFailed { unit: it } => format!("{} failed to start", unit(it)),
            Fact::GivenUp { unit: it } => format!("{} given up", unit(it)),
            Fact::Answered { unit: it } => format!("{} answers", unit(it)),
            Fact::InService { unit: it } => format!("{} in service{}", unit(it), place(it)),
            Fact::SurplusStopped { unit: it, original_stays: true } => {
                format!("{} original stays", unit(it))
            }
            Fact::SurplusStopped { unit: it, original_stays: false } => {
                format!("{} original retired", unit(it))
            }
            Fact::EntryRemoved { app } => {
                format!("{} entry removed", topology.groups[app].name)
            }
            Fact::ChangeBegan { clock, root } => {
                let app = &topology.groups[topology.changes[clock].app].name;
                format!("{app} change {} begins", by(root))
            }
            Fact::ChangeEnded { clock, root } => {
                let app = &topology.groups[topology.changes[clock].app].name;
                format!("{app} change {} ends", by(root))
            }
            Fact::Renewed { unit: it, root } => {
                format!("{} renewed{} by {}", unit(it), place(it), by(root))
            }
            Fact::SuccessorFailed { unit: it } => format!("{} successor failed", unit(it)),
            Fact::EvacuationBegan { host, root } => {
                format!("{} emptied by {}", unit(host), by(root))
            }
            Fact::SwitchedOn { unit: it, root } => {
                format!("{} switched on by {}", unit(it), by(root))
            }
            Fact::SwitchedOff { unit: it, root } => {
                format!("{} switched off{} by {}", unit(it), place(it), by(root))
            }
            Fact::ZoneDown { zone } => format!("zone {} down", topology.zones[zone].name),
            Fact::ZoneUp { zone } => format!("zone {} up", topology.zones[zone].name),
            Fact::BackupFailed { app, series, trouble } => {
                format!("{} {} backup {trouble:?}", topology.groups[app].name, series.name())
            }
            Fact::DrillEnded { app, restored, took, loses } => {
                let (app, took, loses) = (&topology.groups[app].name, took.0, loses.0);
                format!("{app} drill restored {restored} in {took}, losing {loses}")
            }
            Fact::HealthManagerDown { region } => {
                format!("health manager of {} down", topology.regions[region].name)
            }
            Fact::ClientsMoved { region } => {
                let passes = world.fronts[region.index()].passes();
                format!("front of {} passes {:.4}", topology.regions[region].name, passes)
            }
            Fact::HealthManagerUp { region } => {
                format!("health manager of {} up", topology.regions[region].name)
            }
            Fact::ControlPlaneImpaired { region } => {
                format!("control plane of {} impaired", topology.regions[region].name)
            }
            Fact::DatabaseDown { database, root } => {
                format!(
                    "{} loses its primary by {}",
                    unit(topology.databases[database].unit),
                    by(root)
                )
            }
            Fact::DatabaseStage { database, stage } => {
                format!("{} {stage:?}", unit(topology.databases[database].unit))
            }
            Fact::ReplicaPromoted { database, lost } => {
                format!(
                    "{} copy promoted, {} lost",
                    unit(topology.databases[database].unit),
                    lost.0
                )
            }
            Fact::FallbackStage { fallback, stage } => {
                let info = &topology.fallbacks[fallback];
                let abroad = world.fallbacks[fallback.index()].abroad;
                let region = if abroad { info.abroad } else { info.home };
                let app = &topology.groups[info.app].name;
                format!("{app} {stage:?} by {}", topology.regions[region].name)
            }
            Fact::DatabaseRestored { database, lost } => {
                format!("{} restored, {} lost", unit(topology.databases[database].unit), lost.0)
            }
            Fact::BucketFails { bucket, share } => {
                format!("{} fails {share:.6}", unit(topology.buckets[bucket].unit))
            }
            Fact::ReplicaLost { replica, .. } => format!("{} is gone", unit(replica)),
            Fact::BucketLost { bucket, cause, lost } => {
                let cause = &topology.causes[usize::from(cause)];
                let lost = match lost {
                    zonefall::time::Span::NEVER => "all".into(),
                    lost => lost.0.to_string(),
                };
                format!("{} lost by {cause}, {lost} of it", unit(topology.buckets[bucket].unit))
            }
            Fact::BucketMoved { bucket, away: true } => {
                format!("{} moved", unit(topology.buckets[bucket].unit))
            }
            Fact::BucketMoved { bucket, away: false } => {
                format!("{} moved back", unit(topology.buckets[bucket].unit))
            }
            Fact::FilesGoOnAbroad { bucket, lost } => {
                let bucket = unit(topology.buckets[bucket].unit);
                format!("{bucket} goes on abroad, {} lost", lost.0)
            }
            Fact::FilesComeHome { bucket } => {
                format!("{} comes home", unit(topology.buckets[bucket].unit))
            }
            Fact::BucketStays { bucket } => {
                format!("{} refused to move", unit(topology.buckets[bucket].unit))
            }
        };
        self.lines.push((now.0, line));
    }

    fn settled(&mut self, now: Instant, subject: Subject, topology: &Topology, world: &World) {
        let (index, up) = match subject {
            Subject::App(app) => (app.index(), world.apps[app.index()].up),
            Subject::Service(it) => (topology.apps + it as usize, world.services[it as usize].up),
        };
        if self.up[index] != up {
            self.up[index] = up;
            let outages = self.outages.entry(topology.subject_name(index)).or_default();
            match outages.last_mut() {
                Some(last) if up => last.1 = now.0,
                _ => outages.push((now.0, u64::MAX)),
            }
        }
    }

    fn instant_over(&mut self, _now: Instant) {}
}
