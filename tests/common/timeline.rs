//! A scenario as an incident timeline: TOML in, one replication, and what it amounted to by subject,
//! to be compared to the nanosecond.

use super::invariants::Checker;
use super::recorder::Recorder;
use super::{scenario, watched};
use zonefall::engine::{Draw, Purpose};
use zonefall::measure::Plan;
use zonefall::measure::buckets::Buckets;
use zonefall::measure::control_planes::ControlPlanes;
use zonefall::measure::failover::{FailoverClock, Finished};
use zonefall::measure::ledger::{Ledger, PARTS_OF_A_REQUEST, Tally};
use zonefall::model::topology::Topology;
use zonefall::model::world::Phase;
use zonefall::scenario::assemble::assemble;
use zonefall::study::plan::plan;

/// A second in nanoseconds; a minute, an hour, a day.
pub const S: u64 = 1_000_000_000;
pub const MIN: u64 = 60 * S;
pub const H: u64 = 60 * MIN;
pub const D: u64 = 24 * H;

/// What one replication amounted to.
pub struct Told {
    pub topology: Topology,
    pub plan: Plan,
    pub ledger: Ledger,
    pub failover: FailoverClock,
    pub buckets: Buckets,
    pub control_planes: ControlPlanes,
    pub recorder: Recorder,
}

/// Runs the first replication of a scenario, every invariant checked after every instant.
#[track_caller]
pub fn tell(rest: &str) -> Told {
    let scenario = scenario(rest);
    let topology = assemble(&scenario);
    let plan = Plan { episodes: true, periods: true, ..plan(&scenario, &topology) };
    let mut checker = Checker::all();
    let (measures, recorder, _) = watched(&topology, &plan, 0, &mut checker);
    assert!(checker.broken.is_empty(), "{}\n{}", checker.told(), recorder.text());
    let (ledger, failover) = (measures.ledger.clone(), measures.failover.clone());
    let (buckets, control_planes) = (measures.buckets.clone(), measures.control_planes.clone());
    Told { topology, ledger, failover, buckets, control_planes, recorder, plan }
}

impl Told {
    /// An app or service by its name with its class, `app.shop`.
    #[track_caller]
    pub fn of<'t>(&'t self, name: &str) -> Of<'t> {
        let index =
            (0..self.topology.subjects()).find(|&it| self.topology.subject_name(it) == name);
        let index = index.unwrap_or_else(|| panic!("there is no {name}"));
        Of { told: self, name: name.into(), index, tally: &self.ledger.subjects[index] }
    }

    /// The first probe at or after `t`, of a checker that visits every `interval`: it has its own
    /// random phase for each life of the target, which is read here; the rest is arithmetic.
    pub fn probe(&self, unit: &str, purpose: Purpose, life: u32, interval: u64, t: u64) -> u64 {
        let topology = &self.topology;
        let unit = topology.units.ids().find(|&it| topology.unit_name(it) == unit);
        let key = topology.units[unit.expect("a known component")].key;
        let phase = (Draw::new(key, purpose, 0, life).uniform() * interval as f64) as u64;
        phase + t.saturating_sub(phase).div_ceil(interval) * interval
    }

    /// Whether a line was stated at an instant.
    #[track_caller]
    pub fn states(&self, at: u64, line: &str) -> &Self {
        let found = self.recorder.lines.iter().any(|it| it.0 == at && it.1 == line);
        assert!(found, "not stated at {at}: {line}\n{}", self.recorder.text());
        self
    }

    #[track_caller]
    pub fn never_states(&self, line: &str) -> &Self {
        let found = self.recorder.lines.iter().any(|it| it.1.contains(line));
        assert!(!found, "stated: {line}\n{}", self.recorder.text());
        self
    }
}

/// One app or service.
pub struct Of<'t> {
    told: &'t Told,
    name: String,
    pub index: usize,
    pub tally: &'t Tally,
}

impl Of<'_> {
    /// All outages, from and to.
    #[track_caller]
    pub fn outages(&self, expected: &[(u64, u64)]) -> &Self {
        let seen = self.told.recorder.outages.get(&self.name).cloned().unwrap_or_default();
        assert_eq!(seen, expected, "outages of {}\n{}", self.name, self.told.recorder.text());
        let end = self.told.plan.to.0;
        let begin = self.told.plan.from.0;
        let down: u64 = seen
            .iter()
            .map(|&(from, to)| to.min(end).max(begin) - from.max(begin).min(to.min(end).max(begin)))
            .sum();
        assert_eq!(self.tally.down(), down, "downtime of {} by its outages", self.name);
        self
    }

    #[track_caller]
    pub fn down(&self, expected: u64) -> &Self {
        assert_eq!(self.tally.down(), expected, "downtime\n{}", self.told.recorder.text());
        self
    }

    /// Downtime by cause, those with none left out.
    #[track_caller]
    pub fn causes(&self, expected: &[(&str, u64)]) -> &Self {
        let name = |cause: u16| self.told.topology.causes[usize::from(cause)].as_str();
        let rows = self.tally.causes().into_iter().filter(|row| row.down > 0);
        let seen: Vec<_> = rows.map(|row| (name(row.cause), row.down)).collect();
        assert_eq!(seen, expected, "causes of {}\n{}", self.name, self.told.recorder.text());
        self
    }

    /// Downtime during which a cause was open without being charged.
    #[track_caller]
    pub fn contributing(&self, expected: &[(&str, u64)]) -> &Self {
        let name = |cause: u16| self.told.topology.causes[usize::from(cause)].as_str();
        let rows = self.tally.causes().into_iter().filter(|row| row.contributing > 0);
        let seen: Vec<_> = rows.map(|row| (name(row.cause), row.contributing)).collect();
        assert_eq!(seen, expected, "contributing\n{}", self.told.recorder.text());
        self
    }

    #[track_caller]
    pub fn waited(&self, expected: &[(Phase, u64)]) -> &Self {
        let all = Phase::ALL.into_iter().zip(self.tally.waited());
        let seen: Vec<_> = all.filter(|(_, length)| *length > 0).collect();
        assert_eq!(seen, expected, "waited for\n{}", self.told.recorder.text());
        self
    }

    /// Failed requests, to within one part in 2^20 of a request for each piece of time.
    #[track_caller]
    pub fn failed(&self, expected: f64) -> &Self {
        let seen = self.tally.failed as f64 / PARTS_OF_A_REQUEST;
        let log = || self.told.recorder.text();
        assert!((seen - expected).abs() < 1e-5, "failed {seen}, not {expected}\n{}", log());
        self
    }

    /// Failed requests by cause.
    #[track_caller]
    pub fn failed_by(&self, expected: &[(&str, f64)]) -> &Self {
        let name = |cause: u16| self.told.topology.causes[usize::from(cause)].as_str();
        let rows = self.tally.causes().into_iter().filter(|row| row.failed > 0);
        let seen: Vec<_> =
            rows.map(|row| (name(row.cause), row.failed as f64 / PARTS_OF_A_REQUEST)).collect();
        let alike = seen.len() == expected.len()
            && seen.iter().zip(expected).all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() < 1e-5);
        assert!(alike, "failed {seen:?}, not {expected:?}\n{}", self.told.recorder.text());
        self
    }

    /// Outages begun and censored, and the first one's begin.
    #[track_caller]
    pub fn counts(&self, begun: u32, censored: u32, first: Option<u64>) -> &Self {
        let seen = self.tally.outages().cloned().unwrap_or_default();
        let seen = (seen.begun, seen.censored, seen.first.map(|it| it.0));
        assert_eq!(seen, (begun, censored, first), "{}", self.told.recorder.text());
        self
    }

    /// Clock minutes down throughout, and touched.
    #[track_caller]
    pub fn minutes(&self, sla: u32, started: u32) -> &Self {
        let seen = self.tally.outages().cloned().unwrap_or_default();
        assert_eq!((seen.sla_minutes, seen.started_minutes), (sla, started), "minutes");
        self
    }

    /// Downtime by month of the interval.
    #[track_caller]
    pub fn months(&self, expected: &[(u32, u64)]) -> &Self {
        assert_eq!(self.by(|piece| Some(self.told.plan.calendar.month[piece])), expected);
        self
    }

    /// Downtime by whole year.
    #[track_caller]
    pub fn years(&self, expected: &[(u32, u64)]) -> &Self {
        assert_eq!(self.by(|piece| self.told.plan.calendar.year[piece]), expected);
        self
    }

    fn by(&self, number: impl Fn(usize) -> Option<u32>) -> Vec<(u32, u64)> {
        let mut sums: Vec<(u32, u64)> = Vec::new();
        for piece in self.tally.pieces().iter().filter(|it| it.down > 0) {
            let Some(number) = number(piece.piece as usize) else { continue };
            match sums.last_mut() {
                Some(last) if last.0 == number => last.1 += piece.down,
                _ => sums.push((number, piece.down)),
            }
        }
        sums
    }

    /// Finished episodes: cause, whether a request failed, phases detect, decide, act, start, reroute.
    #[track_caller]
    pub fn episodes(&self, expected: &[(&str, bool, [u64; 5])]) -> &Self {
        let name = |it: &Finished| self.told.topology.causes[usize::from(it.root.cause)].clone();
        let all = self.told.failover.finished.iter();
        let mine = all.filter(|it| it.app.index() == self.index);
        let seen: Vec<_> = mine.map(|it| (name(it), it.harmed, it.phases.map(|it| it.0))).collect();
        let expected: Vec<_> = expected.iter().map(|it| (it.0.to_string(), it.1, it.2)).collect();
        assert_eq!(seen, expected, "episodes\n{}", self.told.recorder.text());
        self
    }
}
