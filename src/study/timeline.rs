//! The worst replication as a timeline: what was involved in its outages, and when.

use crate::history;
use crate::id::Id;
use crate::model::fact::{Fact, How, Listener, Subject};
use crate::model::topology::{Kind, Topology, UnitInfo};
use crate::model::world::{NOWHERE, World};
use crate::study::findings::{BadYear, DownSpan, Track};
use crate::study::story::{Teller, effect};
use crate::time::{Instant, Span};
use std::collections::BTreeMap;

/// Spans kept; the longest are kept where there are more.
const SPANS: usize = 3000;
/// Lines kept.
const LINES: usize = 400;
/// Outages closer to each other than this are told together.
const PAUSE: Span = Span(3_600_000_000_000);
/// The story begins this long before an outage and ends this long after it.
const AROUND: Span = Span(600_000_000_000);

/// Simulates one replication again and keeps what was involved in its outages.
pub fn bad_year(topology: &Topology, replication: u64) -> BadYear {
    let sim = history::run(topology, replication, Watcher::new(topology));
    let (now, mut watcher) = (sim.now, sim.listener);
    watcher.finish(now);
    let downtime_s = (0..topology.subjects())
        .map(|index| {
            let down: u64 = watcher
                .of(Who::Subject(index as u32))
                .map(|it| {
                    let from = it.from.max(topology.measure_from);
                    it.to.0.saturating_sub(from.0)
                })
                .sum();
            (topology.subject_name(index), Span(down).as_secs())
        })
        .collect();
    let (tracks, left_out) = watcher.tracks(topology);
    let windows = watcher.windows();
    let listener = Within { windows, open: 0, teller: Teller::new(topology) };
    let mut lines = history::run(topology, replication, listener).listener.teller.lines;
    lines.retain(|line| line.weight > 0);
    let lines_left_out = lines.len().saturating_sub(LINES) as u64;
    lines.truncate(LINES);
    BadYear {
        replication,
        start_unix: topology.start_unix,
        from_s: topology.measure_from.as_secs(),
        to_s: now.as_secs(),
        downtime_s,
        tracks,
        left_out,
        lines,
        lines_left_out,
    }
}

/// What a span is of, in the order in which tracks are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Subject(u32),
    /// Index of the fault clock.
    Fault(u32),
    Zone(u32),
    Unit(u32),
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    who: Who,
    from: Instant,
    to: Instant,
    cause: u32,
    how: Option<How>,
    zone: u16,
    back_in: u16,
}

const NO_CAUSE: u32 = u32::MAX;

/// Hears when things go down and come back.
struct Watcher {
    open: BTreeMap<Who, Seen>,
    closed: Vec<Seen>,
}

impl Watcher {
    fn new(_topology: &Topology) -> Watcher {
        Watcher { open: BTreeMap::new(), closed: Vec::new() }
    }

    fn begin_span(&mut self, seen: Seen) {
        self.open.entry(seen.who).or_insert(seen);
    }

    fn end_span(&mut self, who: Who, now: Instant, back_in: u16) {
        if let Some(mut seen) = self.open.remove(&who) {
            (seen.to, seen.back_in) = (now, back_in);
            self.closed.push(seen);
        }
    }

    fn finish(&mut self, now: Instant) {
        for (_, mut seen) in std::mem::take(&mut self.open) {
            seen.to = now;
            self.closed.push(seen);
        }
        self.closed.sort_by_key(|it| (it.who, it.from, it.to));
    }

    fn of(&self, who: Who) -> impl Iterator<Item = &Seen> {
        self.closed.iter().filter(move |it| it.who == who)
    }

    fn outages(&self) -> impl Iterator<Item = &Seen> {
        self.closed.iter().filter(|it| matches!(it.who, Who::Subject(_)) && it.to > it.from)
    }

    /// When something was down, with a margin, merged where close.
    fn windows(&self) -> Vec<(Instant, Instant)> {
        let mut all: Vec<_> = self.outages().map(|it| (it.from, it.to)).collect();
        all.sort_unstable();
        let mut merged: Vec<(Instant, Instant)> = Vec::new();
        for (from, to) in all {
            match merged.last_mut() {
                Some(last) if from.0 <= last.1.0.saturating_add(PAUSE.0) => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        let around = |(from, to): (Instant, Instant)| {
            (Instant(from.0.saturating_sub(AROUND.0)), Instant(to.0.saturating_add(AROUND.0)))
        };
        merged.into_iter().map(around).collect()
    }

    /// Only what was down, or open, while an outage was: of components only those of what was down.
    fn tracks(&self, topology: &Topology) -> (Vec<Track>, u64) {
        let mut outages: BTreeMap<Option<u32>, Vec<(Instant, Instant)>> = BTreeMap::new();
        for it in self.outages() {
            let Who::Subject(subject) = it.who else { continue };
            outages.entry(None).or_default().push((it.from, it.to));
            outages.entry(Some(subject)).or_default().push((it.from, it.to));
        }
        for of in outages.values_mut() {
            of.sort_unstable();
            merge(of);
        }
        let touches = |whose: Option<u32>, it: &Seen| {
            let Some(of) = outages.get(&whose) else { return false };
            let next = of.partition_point(|(_, to)| *to < it.from);
            of.get(next).is_some_and(|(from, _)| *from <= it.to)
        };
        let involved = |it: &&Seen| match it.who {
            Who::Subject(_) => it.to > it.from,
            Who::Unit(unit) => {
                let unit = Id::<UnitInfo>::new(unit);
                let group = topology.group_id(unit);
                if topology.is_app(group) {
                    touches(Some(group.raw()), it) || topology.apps == 0 && touches(None, it)
                } else {
                    touches(None, it)
                }
            }
            Who::Fault(_) | Who::Zone(_) => touches(None, it),
        };
        let mut kept: Vec<&Seen> = self.closed.iter().filter(involved).collect();
        let left_out = kept.len().saturating_sub(SPANS) as u64;
        if left_out > 0 {
            // Outages before everything else, then what lasted longest.
            kept.sort_by_key(|it| {
                let outage = matches!(it.who, Who::Subject(_));
                (!outage, std::cmp::Reverse(it.to.0 - it.from.0), it.who, it.from)
            });
            kept.truncate(SPANS);
            kept.sort_by_key(|it| (it.who, it.from, it.to));
        }
        let mut tracks: Vec<Track> = Vec::new();
        for seen in kept {
            let (kind, name) = title(topology, seen);
            let same = |it: &&mut Track| it.kind == kind && it.name == name;
            let span = span(topology, seen);
            match tracks.iter_mut().rev().take(1).find(same) {
                Some(track) => track.spans.push(span),
                None => tracks.push(Track { kind: kind.into(), name, spans: vec![span] }),
            }
        }
        (joined(tracks), left_out)
    }
}

/// Several clocks may belong to one fault.
fn joined(tracks: Vec<Track>) -> Vec<Track> {
    let mut out: Vec<Track> = Vec::new();
    for track in tracks {
        match out.iter_mut().find(|it| it.kind == track.kind && it.name == track.name) {
            Some(same) => {
                same.spans.extend(track.spans);
                same.spans.sort_by(|a, b| a.from_s.total_cmp(&b.from_s));
            }
            None => out.push(track),
        }
    }
    out
}

fn merge(of: &mut Vec<(Instant, Instant)>) {
    let mut merged: Vec<(Instant, Instant)> = Vec::new();
    for &(from, to) in of.iter() {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    *of = merged;
}

fn title(topology: &Topology, seen: &Seen) -> (&'static str, String) {
    match seen.who {
        Who::Subject(index) => {
            let name = topology.subject_name(index as usize);
            let (kind, name) = name.split_once('.').expect("subjects have a kind");
            (if kind == "app" { "app" } else { "service" }, name.to_string())
        }
        Who::Fault(_) => ("fault", cause(topology, seen.cause)),
        Who::Zone(zone) => ("zone", topology.zones[Id::new(zone)].name.clone()),
        Who::Unit(unit) => {
            let unit = Id::new(unit);
            let kind = match topology.group_of(unit).kind {
                Kind::Container => "container",
                Kind::Host => "host",
                Kind::HealthManager => "health-manager",
                Kind::Database => "database",
                Kind::DatabaseNode => "database-node",
                Kind::Bucket => "bucket",
                Kind::Replica => "replica",
                Kind::Router => "router",
                Kind::Address => "address",
                Kind::Dependency | Kind::Zone => "dependency",
            };
            (kind, topology.unit_name(unit))
        }
    }
}

fn cause(topology: &Topology, index: u32) -> String {
    topology.causes.get(index as usize).cloned().unwrap_or_default()
}

fn span(topology: &Topology, seen: &Seen) -> DownSpan {
    let zone = |zone: u16| match zone {
        NOWHERE => String::new(),
        zone => topology.zones[Id::new(u32::from(zone))].name.clone(),
    };
    let how = match (seen.who, seen.how) {
        (Who::Fault(clock), _) => effect(topology, Id::new(clock)),
        (_, Some(How::Crashed)) => "crashed".into(),
        (_, Some(How::Hung)) => "hung".into(),
        (_, Some(How::Lost)) => "lost with where it stood".into(),
        (_, Some(How::Isolated)) => "cut off".into(),
        (_, Some(How::Stopped)) => "stopped on purpose".into(),
        (_, Some(How::Erroring)) => "served a bad version".into(),
        (_, Some(How::Killed)) => "killed with its host".into(),
        (_, None) => String::new(),
    };
    DownSpan {
        from_s: seen.from.as_secs(),
        to_s: seen.to.as_secs(),
        cause: cause(topology, seen.cause),
        how,
        zone: zone(seen.zone),
        back_in: zone(seen.back_in),
    }
}

impl Listener for Watcher {
    fn hear(&mut self, now: Instant, fact: Fact, _topology: &Topology, world: &World) {
        let seen = |who, cause| Seen {
            who,
            from: now,
            to: now,
            cause,
            how: None,
            zone: NOWHERE,
            back_in: NOWHERE,
        };
        match fact {
            Fact::FaultBegan { clock, root } => {
                self.begin_span(seen(Who::Fault(clock.raw()), u32::from(root.cause)));
            }
            Fact::FaultEnded { clock, .. } => {
                self.end_span(Who::Fault(clock.raw()), now, NOWHERE);
            }
            Fact::LeftService { unit, root, how } => self.begin_span(Seen {
                how: Some(how),
                zone: world.units[unit.index()].zone,
                ..seen(Who::Unit(unit.raw()), u32::from(root.cause))
            }),
            Fact::InService { unit } => {
                let zone = world.units[unit.index()].zone;
                self.end_span(Who::Unit(unit.raw()), now, zone);
            }
            Fact::ZoneDown { zone } => self.begin_span(seen(Who::Zone(zone.raw()), NO_CAUSE)),
            Fact::ZoneUp { zone } => self.end_span(Who::Zone(zone.raw()), now, NOWHERE),
            _ => {}
        }
    }

    fn settled(&mut self, now: Instant, subject: Subject, topology: &Topology, world: &World) {
        let (index, up) = match subject {
            Subject::App(app) => (app.raw(), world.apps[app.index()].up),
            Subject::Service(service) => {
                (topology.apps as u32 + service, world.services[service as usize].up)
            }
        };
        let who = Who::Subject(index);
        if up {
            self.end_span(who, now, NOWHERE);
        } else {
            self.begin_span(Seen {
                who,
                from: now,
                to: now,
                cause: NO_CAUSE,
                how: None,
                zone: NOWHERE,
                back_in: NOWHERE,
            });
        }
    }

    fn instant_over(&mut self, _: Instant) {}
}

/// A teller that is listened to only at certain times.
struct Within {
    windows: Vec<(Instant, Instant)>,
    open: usize,
    teller: Teller,
}

impl Within {
    fn wanted(&mut self, now: Instant) -> bool {
        while self.windows.get(self.open).is_some_and(|(_, to)| *to < now) {
            self.open += 1;
        }
        self.windows.get(self.open).is_some_and(|(from, _)| *from <= now)
    }
}

impl Listener for Within {
    fn hear(&mut self, now: Instant, fact: Fact, topology: &Topology, world: &World) {
        if self.wanted(now) {
            self.teller.hear(now, fact, topology, world);
        }
    }

    fn settled(&mut self, now: Instant, subject: Subject, topology: &Topology, world: &World) {
        // The teller must know what is up even where nobody listens.
        let before = self.teller.lines.len();
        self.teller.settled(now, subject, topology, world);
        if !self.wanted(now) {
            self.teller.lines.truncate(before);
        }
    }

    fn instant_over(&mut self, _: Instant) {}
}
