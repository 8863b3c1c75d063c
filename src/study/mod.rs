//! Studies: a scenario in, findings out.
//!
//! [`run`] simulates replications on all threads and folds them in order; [`story()`] tells one of them.
//! [`findings`] is what comes out, [`fold`] what is gathered on the way, [`estimate`] what it amounts
//! to, [`judge`] what becomes of the expectations.

pub mod alone;
mod architecture;
pub mod backups;
mod break_even;
pub mod buckets;
pub mod databases;
pub mod definitions;
pub mod estimate;
pub mod expected;
mod fallbacks;
pub mod findings;
pub mod fleet;
pub mod fold;
mod in_order;
pub mod judge;
pub mod plan;
pub mod quantity;
pub mod recovery;
mod remarks;
pub mod residency;
pub mod room;
pub mod rows;
pub mod serving;
pub mod shortage;
pub mod story;
pub mod timeline;

use crate::history;
use crate::id::Id;
use crate::measure::Plan;
use crate::model::topology::Topology;
use crate::scenario::assemble::assemble;
use crate::scenario::spec::{Expectation, Scenario};
use crate::stats::{self, next_count, precision::FIRST_LOOK, target_half_width};
use crate::study::architecture::AtTheStart;
use crate::study::estimate::Estimator;
use crate::study::fold::Fold;
use crate::study::rows::Rows;
use crate::time::Span;
use cpu_time::ProcessTime;
use findings::{Findings, Precision, Verdict};
use in_order::in_order;
use rayon::ThreadPool;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant as WallClock;

pub use expected::{Expected, expected};
pub use findings::StoryLine;
pub use room::after_losing_a_zone;
pub use story::{Story, story};

/// How far a running study is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    pub done: u64,
    /// Replications of the current plan.
    pub planned: u64,
    pub events: u64,
}

/// How a study is run. Nothing in it changes a result.
pub struct Options<'a> {
    pub threads: usize,
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// Set by the user's interruption: what is finished is kept.
    pub stop: &'a AtomicBool,
    /// Keep a row for each subject and replication, and for what each app keeps.
    pub keep_rows: bool,
}

/// What a study gives.
pub struct Outcome {
    pub findings: Findings,
    pub rows: Rows,
}

/// Runs a sound scenario.
pub fn run(scenario: &Scenario, hash: &str, options: &Options) -> Outcome {
    let wall = WallClock::now();
    let cpu = ProcessTime::now();
    let topology = assemble(scenario);
    let plan = plan::plan(scenario, &topology);
    let start = AtTheStart::new(&topology);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads.max(1)).build();
    let is_large = topology.apps > LISTED_APPS;
    let mut study = Study {
        rooms: room::rooms(scenario, &start, |app| topology.load_of(app).cloned()),
        paths: residency::paths(scenario, &topology),
        scenario,
        topology: &topology,
        plan: &plan,
        fold: Fold::new(&topology, scenario, &plan, options.keep_rows && !is_large, is_large),
        options,
        pool: Arc::new(pool.expect("a pool of threads can be made")),
    };
    let precision = study.simulate();
    let extremes = study.extremes();
    // Every span of a large fleet would take more memory than the fleet, and fills no picture.
    let is_told = extremes.worst_downtime_s > 0.0 && !is_large;
    let worst = is_told.then_some(extremes.worst);
    let listed = study.listed();
    let (mut findings, bad_year) = study.pool.join(
        || study.findings(hash, precision, &listed),
        || worst.map(|replication| timeline::bad_year(&topology, replication)),
    );
    findings.architecture = architecture::architecture(scenario, &start, &listed);
    findings.extremes = extremes;
    findings.bad_year = bad_year;
    if !findings.study.interrupted {
        findings.break_even = break_even::break_even(&study, &findings);
        findings.study.interrupted = options.stop.load(Ordering::Relaxed);
    }
    findings.digest = digest(&findings);
    findings.run = findings::RunInfo {
        events: study.fold.events,
        cpu_s: cpu.elapsed().as_secs_f64(),
        wall_s: wall.elapsed().as_secs_f64(),
        threads: options.threads,
        origin: None,
    };
    Outcome { findings, rows: study.fold.rows }
}

/// Of a fleet with more apps only so many are told one by one: nobody reads more, and a gigabyte of them
/// is of use to no program.
pub const LISTED_APPS: usize = 1_000;

struct Study<'s> {
    scenario: &'s Scenario,
    topology: &'s Topology,
    plan: &'s Plan,
    rooms: Vec<Option<Box<findings::Room>>>,
    paths: Vec<findings::DataPath>,
    fold: Fold,
    options: &'s Options<'s>,
    pool: Arc<ThreadPool>,
}

impl Study<'_> {
    /// Simulates as many replications as asked for, or until they are precise enough.
    fn simulate(&mut self) -> Option<Precision> {
        let study = &self.scenario.study;
        if let Some(count) = study.replications {
            self.simulate_to(count);
            return None;
        }
        let asked = study.precision.expect("checked: replications or a precision");
        let target = target_half_width(asked);
        let cap = study.max_replications;
        let mut looks_at = next_count(0, cap).unwrap_or(FIRST_LOOK.min(cap));
        loop {
            self.simulate_to(looks_at);
            let (worst, half_width) = self.widest();
            let stopped = self.options.stop.load(Ordering::Relaxed);
            let reached = half_width <= target;
            match next_count(looks_at, cap) {
                Some(next) if !reached && !stopped => looks_at = next,
                _ => {
                    let done = self.fold.replications as f64;
                    let factor = half_width / target;
                    let need = done * factor * factor * 1.1;
                    let would_need = (!reached && need.is_finite() && need < 1e12)
                        .then(|| judge::round_up(need));
                    return Some(Precision {
                        target: asked,
                        reached,
                        worst,
                        worst_half_width: half_width,
                        would_need,
                    });
                }
            }
        }
    }

    /// Simulates up to `count` replications.
    fn simulate_to(&mut self, count: u64) {
        let (topology, plan, scenario) = (self.topology, self.plan, self.scenario);
        let ahead = self.ahead();
        let fold = &mut self.fold;
        let mut told = fold.replications;
        in_order(
            &self.pool,
            fold.replications..count,
            ahead,
            self.options.stop,
            |replication| history::measure(topology, plan, replication),
            |(measures, events)| {
                fold.add(topology, scenario, plan, measures, events);
                let (done, events) = (fold.replications, fold.events);
                if done == count || done - told >= ahead as u64 {
                    told = done;
                    (self.options.progress)(Progress { done, planned: count, events });
                }
            },
        );
    }

    /// How many replications may wait to be folded: enough to keep the threads busy, few enough to
    /// stay small.
    fn ahead(&self) -> usize {
        let units = self.topology.units.len().max(1);
        self.options.threads.max(1) * (20_000 / units).clamp(2, 64)
    }

    /// Of the quantities that the precision is asked of, the one with the widest interval, and its
    /// relative half-width.
    fn widest(&self) -> (String, f64) {
        let estimator = self.estimator();
        let half_width = |path: &String| {
            let found = quantity::split(path).and_then(|(subject, measure)| {
                let index = self.topology.subject_named(subject)?;
                quantity::of_subject(&estimator.subject(index), measure)
            });
            found.map_or(f64::INFINITY, |(estimate, _)| {
                let stats =
                    stats::Estimate { mean: estimate.mean, low: estimate.low, high: estimate.high };
                // Fewer than 50 occurrences are never precise, however alike they look.
                if estimate.low_confidence { f64::INFINITY } else { stats.relative_half_width() }
            })
        };
        let asked = self.asked();
        let widths: Vec<f64> = self.pool.install(|| asked.par_iter().map(half_width).collect());
        let mut worst = (String::new(), 0.0);
        for (path, width) in asked.into_iter().zip(widths) {
            if width > worst.1 {
                worst = (path, width);
            }
        }
        worst
    }

    fn asked(&self) -> Vec<String> {
        if !self.scenario.study.of.is_empty() {
            return self.scenario.study.of.clone();
        }
        let path = |kind: &str, name: &str, has_load: bool| {
            let of = if has_load { "requests" } else { "time" };
            format!("{kind}.{name}.unavailability.{of}")
        };
        let apps = self.scenario.apps.iter().map(|it| path("app", &it.name, it.load.is_some()));
        let services =
            self.scenario.services.iter().map(|it| path("service", &it.name, it.load.is_some()));
        apps.chain(services).collect()
    }

    fn estimator(&self) -> Estimator<'_> {
        Estimator {
            topology: self.topology,
            scenario: self.scenario,
            plan: self.plan,
            fold: &self.fold,
            rooms: &self.rooms,
            paths: &self.paths,
            confidence: self.scenario.study.confidence,
        }
    }

    /// The apps that are told one by one: all, or of a large fleet those that lose most.
    fn listed(&self) -> Vec<usize> {
        let mut apps: Vec<usize> = (0..self.topology.apps).collect();
        if apps.len() > LISTED_APPS {
            let estimator = self.estimator();
            let by = estimator.by();
            let lost = |&app: &usize| {
                let fold = self.fold.subjects.of(app, by);
                match self.topology.load_of(app) {
                    Some(_) => fold.failed.fraction.mean,
                    None => fold.time.fraction.mean,
                }
            };
            let lost: Vec<f64> = self.pool.install(|| apps.par_iter().map(lost).collect());
            apps.sort_by(|&a, &b| lost[b].total_cmp(&lost[a]));
            apps.truncate(LISTED_APPS);
            apps.sort_unstable();
        }
        apps
    }

    fn findings(&self, hash: &str, precision: Option<Precision>, listed: &[usize]) -> Findings {
        let (scenario, topology, fold) = (self.scenario, self.topology, &self.fold);
        let study = &scenario.study;
        let estimator = self.estimator();
        let told: Vec<_> =
            listed.iter().copied().chain(topology.apps..topology.subjects()).collect();
        let subjects: Vec<_> = told.into_par_iter().map(|it| (it, estimator.subject(it))).collect();
        let mut app = BTreeMap::new();
        let mut service = BTreeMap::new();
        for (index, subject) in subjects {
            let name = topology.subject_name(index);
            let (kind, name) = name.split_once('.').expect("subjects have a kind");
            let of_kind = if kind == "app" { &mut app } else { &mut service };
            of_kind.insert(name.to_string(), subject);
        }
        let count = |kind| {
            let groups = topology.groups.iter().filter(|group| group.kind == kind);
            groups.map(|group| group.count as usize).sum()
        };
        use crate::model::topology::Kind;
        let start = study.start_unix + study.warm_up.as_secs() as i64;
        let mut findings = Findings {
            schema: 1,
            tool: findings::Tool {
                name: "zonefall".into(),
                version: env!("CARGO_PKG_VERSION").into(),
            },
            scenario: findings::ScenarioInfo {
                name: scenario.name.clone(),
                hash: hash.to_string(),
                platform: scenario.platform.clone(),
                apps: topology.apps,
                services: topology.services.len(),
                regions: topology.regions.len(),
                zones: topology.zones.len(),
                containers: count(Kind::Container),
                hosts: count(Kind::Host),
                dependencies: count(Kind::Dependency),
            },
            study: findings::StudyInfo {
                seed: study.seed,
                start: plan::date_label(start),
                horizon_s: study.horizon.as_secs(),
                warm_up_s: study.warm_up.as_secs(),
                replications: fold.replications,
                confidence: study.confidence,
                simulated_years: estimator.years(),
                interrupted: self.options.stop.load(Ordering::Relaxed),
                precision,
            },
            verdict: Verdict::None,
            expectations: Vec::new(),
            app,
            service,
            fleet: estimator.fleet(),
            components: estimator.components(),
            causes: estimator.causes_of_all(),
            residency: estimator.outside().map(|it| self.residency(&it)),
            break_even: Vec::new(),
            notes: self.notes(),
            not_modelled: definitions::not_modelled(),
            assumptions: scenario.settings.iter().map(assumption).collect(),
            definitions: definitions::definitions(),
            digest: String::new(),
            run: findings::RunInfo::default(),
            architecture: findings::Architecture::default(),
            bad_year: None,
            extremes: findings::Extremes::default(),
        };
        findings.expectations =
            scenario.expectations.par_iter().map(|it| self.judged(it, &findings)).collect();
        findings.verdict = judge::overall(&findings.expectations);
        if let Some(fleet) = &mut findings.fleet {
            let meet = fleet::meet_their_slo(&findings.expectations);
            fleet.meet_slo = meet.len();
            fleet.groups = fleet::groups(&scenario.apps, &meet);
        }
        findings
    }

    fn judged(&self, expectation: &Expectation, findings: &Findings) -> findings::Judged {
        let path = &expectation.path;
        if expectation.share_of_years.is_some() {
            let share = self.share_of_years(expectation).map(|it| (it, findings::Unit::Share));
            return judge::judge(expectation, share, None, self.fold.replications);
        }
        let (mut found, mut none_seen) = (None, None);
        if let Some((name, measure)) = quantity::split(path) {
            let listed = quantity::subject(findings, name).map(Cow::Borrowed);
            let subject = listed.or_else(|| {
                let index = self.topology.subject_named(name)?;
                Some(Cow::Owned(self.estimator().subject(index)))
            });
            found = subject.as_ref().and_then(|it| quantity::of_subject(it, measure));
            none_seen = subject.as_ref().and_then(|it| quantity::none_seen(it, path));
        }
        judge::judge(expectation, found, none_seen, self.fold.replications)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.scenario.notes.clone();
        let apps = self.topology.apps;
        if apps > LISTED_APPS {
            notes.push(format!(
                "the {LISTED_APPS} apps that lose most are told one by one; all {apps} are in the fleet \
                 line, in the causes and in every expectation; single replications are not written, the worst is told \
                 by `zonefall why`"
            ));
        }
        if self.plan.stop_at_first_outage {
            notes.push(
                "each replication stops at its first outage: only first_outage and any_outage are told"
                    .to_string(),
            );
        } else {
            notes.extend(remarks::unsaved(self.topology, &self.fold));
            notes.extend(remarks::remarks(self.estimator().by(), &self.fold));
        }
        for (app, serving) in self.fold.serving.iter().enumerate() {
            let Some(serving) = serving else { continue };
            let name = &self.scenario.apps[app].name;
            notes.extend(serving.limits().into_iter().map(|limit| format!("{name}: {limit}")));
        }
        if let Some(settling) = &self.plan.settling {
            let horizon = self.plan.horizon();
            let unsettled = settling.unsettled(horizon);
            let time = self.fold.replications as f64 * unsettled.apps as f64 * horizon.0 as f64;
            let brief = self.fold.brief as f64 / time.max(1.0);
            notes.extend(serving::limits_of_fleet(unsettled, brief));
        }
        notes
    }

    /// Where data may go, every row of the ledger of the worst replication, and where everything was in it
    /// and on average.
    fn residency(&self, yearly: &residency::Yearly<'_>) -> findings::Residency {
        let worst = self.fold.residency.as_ref().and_then(residency::ResidencyFold::worst);
        let (ledger, inventory) = residency::rows(self.topology, self.plan, worst.unwrap_or(0));
        let fold = self.fold.residency.as_ref().and_then(|it| it.inventory.as_ref());
        let told = fold.map(|it| it.told(self.topology, self.plan, yearly.confidence));
        findings::Residency {
            inventory_per_year: told.unwrap_or_default(),
            ..yearly.all(if worst.is_some() { ledger } else { Vec::new() }, inventory)
        }
    }

    /// In how many of the years a yearly figure keeps to its bound.
    fn share_of_years(&self, expectation: &Expectation) -> Option<findings::Estimate> {
        expectation.share_of_years?;
        let (subject, measure) = quantity::split(&expectation.path)?;
        let index = self.topology.subject_named(subject)?;
        let fold = self.fold.subjects.of(index, self.estimator().by());
        let sections = match measure.split('.').next()? {
            "downtime_per_year" => &fold.spread.as_ref()?.year_down,
            "data_loss" => {
                let database = self.topology.database_of(Id::new(index as u32))?;
                &self.fold.databases[database.index()].lost.worst_of_year
            }
            _ => return None,
        };
        let bound = Span::from_secs(expectation.bound).0;
        let confidence = self.scenario.study.confidence;
        let (share, evidence) = sections.share_at_most(bound, confidence)?;
        Some(findings::Estimate {
            mean: share.mean,
            low: share.low,
            high: share.high,
            low_confidence: evidence != stats::Evidence::Sound,
        })
    }

    /// The replications with the most, and the median, harm over all apps and services.
    fn extremes(&self) -> findings::Extremes {
        let harm = &self.fold.harm;
        let mut order: Vec<usize> = (0..harm.len()).collect();
        order.sort_by_key(|&it| (harm[it], std::cmp::Reverse(it)));
        let (Some(&worst), Some(&median)) = (order.last(), order.get(order.len() / 2)) else {
            return findings::Extremes::default();
        };
        let seconds = |it: usize| Span(harm[it].0).as_secs();
        findings::Extremes {
            worst: worst as u64,
            worst_downtime_s: seconds(worst),
            median: median as u64,
            median_downtime_s: seconds(median),
        }
    }
}

fn assumption(setting: &crate::scenario::spec::Setting) -> findings::Assumption {
    let setting = setting.clone();
    findings::Assumption {
        key: setting.key,
        value: setting.value,
        low: setting.low,
        high: setting.high,
        source: setting.source,
        confidence: setting.confidence,
        default: setting.default,
        origin: setting.origin,
    }
}

/// The fingerprint of all results: of the findings as JSON, before their digest and the part that
/// depends on the machine are filled in.
fn digest(findings: &Findings) -> String {
    let mut hasher = std::io::BufWriter::new(blake3::Hasher::new());
    serde_json::to_writer(&mut hasher, findings).expect("findings can be written as JSON");
    let hasher = hasher.into_inner().expect("a hasher takes all bytes");
    hasher.finalize().to_hex()[..32].to_string()
}
