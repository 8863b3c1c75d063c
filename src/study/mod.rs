//! Studies: a scenario in, findings out.
pub mod findings;

// PLACEHOLDER, to be replaced at the merge: the study runner is written on another branch. These are
// only the shapes that the reports and the command line work with.
use crate::scenario::spec::Scenario;
use std::sync::atomic::AtomicBool;

#[derive(Clone, Copy, Debug)]
pub struct Progress {
    pub done: u64,
    /// Replications of the current plan.
    pub planned: u64,
    pub events: u64,
}

pub struct Options<'a> {
    pub threads: usize,
    pub progress: &'a (dyn Fn(Progress) + Sync),
    pub stop: &'a AtomicBool,
    pub keep_rows: bool,
}

pub struct Outcome {
    pub findings: findings::Findings,
    pub rows: Vec<Row>,
}

/// One app or service in one replication.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// `app.shop`.
    pub subject: String,
    pub replication: u64,
    pub downtime_s: f64,
    pub time_any_s: f64,
    pub sla_minutes: u64,
    pub started_minutes: u64,
    pub outages: u64,
    pub first_outage_s: Option<f64>,
    pub failed_requests: Option<f64>,
    pub requests: Option<f64>,
    pub episodes: u64,
    pub absorbed: u64,
}

/// One replication, told.
#[derive(Clone, Debug, Default)]
pub struct Story {
    pub replication: u64,
    pub start_unix: i64,
    pub lines: Vec<StoryLine>,
    /// By subject, `app.shop`.
    pub downtime_s: Vec<(String, f64)>,
}

#[derive(Clone, Debug, Default)]
pub struct StoryLine {
    pub at_s: f64,
    pub component: String,
    pub text: String,
    /// 0: detail, only in `replay`; 1: matters, also in `why`.
    pub weight: u8,
    pub cause: Option<String>,
}

pub struct Expected {
    pub name: String,
    pub per_year: f64,
    pub targets: usize,
}

pub fn run(scenario: &Scenario, hash: &str, options: &Options) -> Outcome {
    use findings::*;
    while scenario.study.replications >= Some(1_000_000)
        && !options.stop.load(std::sync::atomic::Ordering::Relaxed)
    {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    (options.progress)(Progress { done: 1, planned: 1, events: 0 });
    let findings = Findings {
        schema: 1,
        tool: Tool { name: "zonefall", version: env!("CARGO_PKG_VERSION") },
        scenario: ScenarioInfo {
            name: scenario.name.clone(),
            hash: hash.into(),
            platform: scenario.platform.clone(),
            apps: 0,
            services: 0,
            regions: 0,
            zones: 0,
            containers: 0,
            hosts: 0,
            dependencies: 0,
        },
        study: StudyInfo {
            seed: scenario.study.seed,
            start: "2025-01-01".into(),
            horizon_s: scenario.study.horizon.as_secs(),
            warm_up_s: 0.0,
            replications: 1,
            confidence: scenario.study.confidence,
            simulated_years: 1.0,
            precision: None,
            interrupted: options.stop.load(std::sync::atomic::Ordering::Relaxed),
        },
        verdict: Verdict::None,
        expectations: vec![],
        app: Default::default(),
        service: Default::default(),
        components: Default::default(),
        causes: vec![],
        notes: vec![],
        not_modelled: vec![],
        assumptions: vec![],
        definitions: Default::default(),
        digest: String::new(),
        run: RunInfo { threads: options.threads, ..RunInfo::default() },
        extremes: Extremes::default(),
    };
    Outcome { findings, rows: if options.keep_rows { vec![Row::default()] } else { vec![] } }
}

pub fn story(_: &Scenario, replication: u64) -> Story {
    Story { replication, ..Story::default() }
}

pub fn expected(_: &Scenario) -> Vec<Expected> {
    Vec::new()
}
