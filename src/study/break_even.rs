//! What a setting of low confidence would have to be for an expectation to change sides.
//!
//! The study is simulated again with that one setting scaled and everything else, the luck included,
//! as it was, until the expectation only just holds. The effort is counted in replications, never in
//! time, so that the answer is the same on every machine.

use super::alone::alone;
use super::{LISTED_APPS, Options, Study, quantity};
use crate::engine::Dist;
use crate::scenario::assemble::assemble;
use crate::scenario::spec::{
    Expectation, Failure, Pick, Relation, Scenario, Setting, Target, Targets,
};
use crate::study::findings::{BreakEven, Estimate, Findings, Subject, Verdict};
use crate::study::fold::Fold;
use crate::study::plan;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// From this share of what a subject loses on, a cause carries its verdict.
const CARRIES: f64 = 0.1;
/// Pairs of a setting and an expectation that are looked into.
const MOST: usize = 2;
/// Simulations of one pair.
const TRIALS: usize = 6;
/// Each has so small a part of the study's replications …
const PART: u64 = 8;
/// … but at least as many as this, if the study has them.
const LEAST: u64 = 100;
/// The whole search may take as many events as the study itself, or as these: a second or two …
const EVENTS: u64 = 20_000_000;
/// … and is left out where each simulation would then have fewer replications than this.
const FEWEST: u64 = 50;
/// As good as never, or as over at once.
const NEXT_TO_NOTHING: f64 = 1e-3;
/// How much worse it is made where the expectation holds, step by step.
const WORSE: [f64; 2] = [3.0, 10.0];

/// The settings that carry the verdict most, with where they would turn it.
pub(super) fn break_even(study: &Study, findings: &Findings) -> Vec<BreakEven> {
    let candidates = candidates(study.scenario, findings);
    let Some(first) = candidates.first() else { return Vec::new() };
    let own = findings.study.replications;
    let simulations = (MOST * TRIALS + 1) as u64;
    let events = study.fold.events.max(EVENTS);
    let affordable = events / (study.fold.events / own.max(1)).max(1) / simulations;
    let replications = (own / PART).max(LEAST).min(own).min(affordable);
    if replications < FEWEST.min(own) {
        return Vec::new();
    }
    let spread = |c: &Candidate| c.expectation.path.contains(".downtime_per_year");
    let search = Search { study, replications, detailed: candidates.iter().any(spread) };
    // The same few replications as the study had them: what they differ by from all of it is luck.
    let unchanged = match replications == own {
        true => None,
        false => Some(search.findings(first, 1.0)),
    };
    let found = candidates.iter().filter_map(|c| search.turn(c, unchanged.as_ref()));
    let found: Vec<BreakEven> = found.collect();
    // Interrupted, a trial has fewer replications than it was given, and proves nothing.
    if study.options.stop.load(Ordering::Relaxed) { Vec::new() } else { found }
}

/// How a setting makes a fault worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lever {
    Often,
    Long,
}

/// A setting of low confidence and an expectation that rests on it.
struct Candidate<'s> {
    setting: &'s Setting,
    lever: Lever,
    failure: &'s Failure,
    expectation: &'s Expectation,
    subject: &'s str,
    /// The cause's share of what the subject loses.
    share: f64,
    /// What the study found.
    found: Estimate,
}

/// The best pairs: of each expectation its weightiest setting first; expectations that fail before
/// those that are open, and these before those that hold; of each kind those whose subject loses the
/// most.
fn candidates<'s>(scenario: &'s Scenario, findings: &Findings) -> Vec<Candidate<'s>> {
    let mut all = Vec::new();
    for (expectation, judged) in scenario.expectations.iter().zip(&findings.expectations) {
        let (Some(found), Some((subject, measure))) =
            (judged.estimate, quantity::split(&expectation.path))
        else {
            continue;
        };
        if !grows_with_harm(measure) || expectation.relation == Relation::Equal {
            continue;
        }
        let urgent = match judged.verdict {
            Verdict::Fail => 0,
            Verdict::Undecided => 1,
            _ => 2,
        };
        let mut own: Vec<Candidate> = scenario
            .settings
            .iter()
            .filter(|s| s.default && s.confidence.as_deref() == Some("low"))
            .filter_map(|setting| {
                let (failure, lever) = lever(scenario, setting)?;
                let share = share(subject_of(findings, subject)?, &failure.name);
                (share >= CARRIES).then_some(Candidate {
                    setting,
                    lever,
                    failure,
                    expectation,
                    subject,
                    share,
                    found,
                })
            })
            .collect();
        own.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.lever.cmp(&b.lever)));
        // How often and how long a fault is are two ways to say the same; the first says it shorter.
        own.dedup_by(|a, b| a.failure.name == b.failure.name);
        let lost = subject_of(findings, subject).map_or(0.0, lost);
        all.extend(own.into_iter().enumerate().map(|(rank, c)| ((rank, urgent), lost, c)));
    }
    all.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    all.into_iter().take(MOST).map(|(.., c)| c).collect()
}

/// Whether a fault that comes more often or lasts longer can only move it to the worse.
fn grows_with_harm(measure: &str) -> bool {
    const MEASURES: [&str; 6] = [
        "unavailability",
        "availability",
        "slo",
        "downtime_per_year",
        "outages_per_year",
        "any_outage",
    ];
    MEASURES.contains(&measure.split('.').next().unwrap_or(measure))
}

/// The fault that a setting belongs to, and what the setting does to it.
fn lever<'s>(scenario: &'s Scenario, setting: &Setting) -> Option<(&'s Failure, Lever)> {
    let (name, last) = setting.key.strip_prefix("failure.")?.rsplit_once('.')?;
    let lever = match last {
        "mtbf" | "rate" => Lever::Often,
        "lasts" => Lever::Long,
        _ => return None,
    };
    let name = name.trim_matches('"');
    Some((scenario.failures.iter().find(|f| f.name == name)?, lever))
}

fn subject_of<'f>(findings: &'f Findings, path: &str) -> Option<&'f Subject> {
    match path.split_once('.')? {
        ("app", name) => findings.app.get(name),
        (_, name) => findings.service.get(name),
    }
}

/// By request where there is load, else by time.
fn lost(of: &Subject) -> f64 {
    of.unavailability.requests.unwrap_or(of.unavailability.time).mean
}

/// Of failed requests where there is load, else of downtime.
fn share(of: &Subject, cause: &str) -> f64 {
    let cause = of.causes.iter().find(|c| c.cause == cause);
    cause.and_then(|c| c.requests_share.or(c.downtime_share)).map_or(0.0, |share| share.mean)
}

struct Search<'a> {
    study: &'a Study<'a>,
    replications: u64,
    /// Whether distributions of single years are needed.
    detailed: bool,
}

/// One simulation: so many times the harm, and by how much the expectation then holds.
#[derive(Clone, Copy)]
struct Trial {
    harm: f64,
    /// Negative where it does not hold.
    margin: f64,
    /// Half the width of the interval of the estimate.
    uncertain: f64,
}

impl Search<'_> {
    /// Where the expectation changes sides.
    fn turn(&self, of: &Candidate, unchanged: Option<&Findings>) -> Option<BreakEven> {
        // Part of the difference between few replications and all of them is known: take it out.
        let luck = match unchanged {
            Some(findings) => of.found.mean - self.value(of, findings)?.mean,
            None => 0.0,
        };
        let trial = |harm: f64| -> Option<Trial> {
            let value = self.value(of, &self.findings(of, harm))?;
            Some(of.trial(harm, Estimate { mean: value.mean + luck, ..value }, value))
        };
        let start = of.trial(1.0, of.found, of.found);
        let holds = start.margin >= 0.0;
        let ends: &[f64] = if holds { &WORSE } else { &[NEXT_TO_NOTHING] };
        let (mut near, mut far) = (start, None);
        for &harm in ends {
            let end = trial(harm)?;
            if (end.margin >= 0.0) != holds {
                far = Some(end);
                break;
            }
            near = end;
        }
        let furthest = *ends.last().expect("there are ends");
        let turn = match far {
            Some(far) => Some(narrow(near, far, TRIALS - ends.len(), trial)?),
            None => None,
        };
        Some(of.told(turn, furthest, holds, self.replications))
    }

    fn findings(&self, of: &Candidate, harm: f64) -> Findings {
        let Study { scenario, options, .. } = *self.study;
        let app =
            scenario.apps.iter().position(|it| of.subject.strip_prefix("app.") == Some(&it.name));
        let one = app.and_then(|app| alone(scenario, &scenario.apps[app].name).zip(Some(app)));
        let (scenario, rooms) = match one {
            Some((one, app)) => {
                let expectations = vec![of.expectation.clone()];
                let one = of.scaled(Scenario { expectations, ..one }, harm);
                (one, vec![self.study.rooms[app].clone()])
            }
            None => (of.scaled(scenario.clone(), harm), self.study.rooms.clone()),
        };
        let topology = assemble(&scenario);
        let mut plan = plan::plan(&scenario, &topology);
        // What the expectation is not about need not be measured.
        plan.importance = false;
        plan.detailed &= self.detailed;
        let quiet = Options {
            threads: options.threads,
            progress: &|_| (),
            stop: options.stop,
            keep_rows: false,
        };
        let fold = Fold::new(&topology, &scenario, &plan, false, topology.apps > LISTED_APPS);
        let mut study = Study {
            scenario: &scenario,
            topology: &topology,
            plan: &plan,
            rooms,
            // No expectation of those looked into is about them.
            paths: Vec::new(),
            fold,
            options: &quiet,
            pool: Arc::clone(&self.study.pool),
        };
        study.simulate_to(self.replications);
        study.pool.install(|| study.findings("", None, &study.listed()))
    }

    /// What the expectation is about, as these findings have it.
    fn value(&self, of: &Candidate, findings: &Findings) -> Option<Estimate> {
        let all = &self.study.scenario.expectations;
        let at = match &findings.expectations[..] {
            [only] => return only.estimate, // its app was simulated alone
            _ => all.iter().position(|it| std::ptr::eq(it, of.expectation))?,
        };
        findings.expectations.get(at)?.estimate
    }
}

/// False position between a trial that holds and one that does not: harm and margin are nearly
/// proportional, so few steps do. A side that stays put has its margin halved (the Illinois rule), so
/// that both ends move.
fn narrow(
    mut a: Trial,
    mut b: Trial,
    steps: usize,
    trial: impl Fn(f64) -> Option<Trial>,
) -> Option<Turn> {
    let (mut weight_a, mut weight_b) = (1.0, 1.0);
    let mut last = b;
    for _ in 0..steps {
        // What is left to find is far less than what luck hides.
        if last.margin.abs() <= 0.1 * last.uncertain {
            break;
        }
        let (ma, mb) = (a.margin * weight_a, b.margin * weight_b);
        last = trial(a.harm + (b.harm - a.harm) * ma / (ma - mb))?;
        if (last.margin >= 0.0) == (a.margin >= 0.0) {
            a = last;
            (weight_a, weight_b) = (1.0, weight_b * 0.5);
        } else {
            b = last;
            (weight_a, weight_b) = (weight_a * 0.5, 1.0);
        }
    }
    let slope = (a.margin - b.margin) / (a.harm - b.harm);
    let harm = if slope == 0.0 { last.harm } else { a.harm - a.margin / slope };
    let around = if slope == 0.0 { 0.0 } else { (last.uncertain / slope).abs() };
    Some(Turn { harm, around })
}

/// So many times the harm, give or take.
struct Turn {
    harm: f64,
    around: f64,
}

impl Candidate<'_> {
    fn trial(&self, harm: f64, at: Estimate, interval: Estimate) -> Trial {
        let (relation, bound) = match self.expectation.share_of_years {
            Some(share) => (Relation::AtLeast, share),
            None => (self.expectation.relation, self.expectation.bound),
        };
        let margin = match relation {
            Relation::AtLeast | Relation::Above => at.mean - bound,
            _ => bound - at.mean,
        };
        Trial { harm, margin, uncertain: 0.5 * (interval.high - interval.low) }
    }

    /// The scenario with this fault so many times as harmful.
    fn scaled(&self, mut scenario: Scenario, harm: f64) -> Scenario {
        for failure in scenario.failures.iter_mut().filter(|f| f.name == self.failure.name) {
            match self.lever {
                Lever::Often => failure.mtbf = failure.mtbf.scaled(1.0 / harm),
                Lever::Long => failure.lasts = failure.lasts.as_ref().map(|d| d.scaled(harm)),
            }
        }
        scenario
    }

    fn told(&self, turn: Option<Turn>, furthest: f64, holds: bool, replications: u64) -> BreakEven {
        let law = match self.lever {
            Lever::Often => Some(&self.failure.mtbf),
            Lever::Long => self.failure.lasts.as_ref(),
        };
        let now_s = law.map_or(f64::NAN, Dist::mean);
        let at = |harm: f64| match self.lever {
            Lever::Often => now_s / harm,
            Lever::Long => now_s * harm,
        };
        let at_s = turn.map(|Turn { harm, around }| {
            let (a, b) = (at((harm - around).max(NEXT_TO_NOTHING)), at(harm + around));
            Estimate { mean: at(harm), low: a.min(b), high: a.max(b), low_confidence: false }
        });
        BreakEven {
            key: self.setting.key.clone(),
            value: self.setting.value.clone(),
            cause: self.failure.name.clone(),
            subject: self.subject.to_string(),
            that: self.expectation.that.clone(),
            share: self.share,
            holds,
            longer: self.lever == Lever::Long,
            per: per(self.failure).to_string(),
            now_s,
            at_s,
            tried: furthest,
            replications,
        }
    }
}

/// What has a clock of its own, where several do.
fn per(failure: &Failure) -> &'static str {
    if matches!(failure.targets, Targets::EveryContainer(2..)) {
        return "container";
    }
    match (failure.pick, failure.targets.named().first()) {
        (Pick::Each, Some(target)) if failure.targets.len() > 1 => match target {
            Target::Region(_) => "region",
            Target::Zone(_) => "zone",
            Target::Host(_) => "host",
            Target::Container(_) => "container",
            Target::Dependency(_) => "dependency",
            Target::HealthManager(_) => "health manager",
            Target::DatabaseNode(_) => "database node",
            Target::Database(_) => "database",
            Target::Bucket(_) => "bucket",
            Target::Replica(_) => "replica",
            Target::Router(_) => "router",
        },
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(harm: f64) -> Option<Trial> {
        Some(Trial { harm, margin: 0.37 - harm, uncertain: 0.01 })
    }

    #[test]
    fn a_line_is_met_at_once() {
        let (a, b) = (line(1.0).unwrap(), line(1e-3).unwrap());
        let turn = narrow(a, b, 5, line).unwrap();
        assert!((turn.harm - 0.37).abs() < 1e-12 && (turn.around - 0.01).abs() < 1e-12);
    }

    #[test]
    fn a_bent_line_is_met_within_the_noise() {
        let bent =
            |harm: f64| Some(Trial { harm, margin: 0.2 - harm * harm * harm, uncertain: 0.02 });
        let turn = narrow(bent(1e-3).unwrap(), bent(3.0).unwrap(), 5, bent).unwrap();
        assert!((turn.harm - libm::cbrt(0.2)).abs() < 0.05, "{}", turn.harm);
    }
}
