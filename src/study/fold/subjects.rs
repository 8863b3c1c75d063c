//! What a study has seen of each app and service. Of a large fleet only the worst are told one by one, and
//! who they are is known at the end: for as long as there is one replication its tallies are kept as they
//! are, a third of the room, and folded for whoever is asked for.

use super::SubjectFold;
use super::frame::Frame;
use crate::measure::ledger::Tally;
use crate::measure::unplaced::Unplaced;
use crate::measure::{Measures, Plan};
use crate::model::topology::Topology;
use crate::scenario::spec::Scenario;
use std::borrow::Cow;

/// By subject.
#[derive(Clone, Debug)]
pub enum Subjects {
    Folded(Vec<SubjectFold>),
    /// The tallies of the only replication so far, in which nothing but what they and `unplaced` hold is
    /// measured of single subjects.
    Kept {
        tallies: Vec<Tally>,
        unplaced: Unplaced,
    },
}

/// What tallies are folded by.
#[derive(Clone, Copy)]
pub struct By<'s> {
    pub topology: &'s Topology,
    pub scenario: &'s Scenario,
    pub plan: &'s Plan,
}

impl Subjects {
    /// Nothing seen yet. `lean`: tallies are kept where that is possible.
    pub(super) fn new(topology: &Topology, plan: &Plan, lean: bool) -> Subjects {
        if lean && !plan.detailed && !plan.importance {
            return Subjects::Kept { tallies: Vec::new(), unplaced: Unplaced::default() };
        }
        let spread = plan.detailed.then(Box::default);
        let fresh = SubjectFold { spread, ..SubjectFold::default() };
        Subjects::Folded(vec![fresh; topology.subjects()])
    }

    /// A subject as it is folded by now.
    pub fn of<'a>(&'a self, index: usize, by: By) -> Cow<'a, SubjectFold> {
        match self {
            Subjects::Folded(folds) => Cow::Borrowed(&folds[index]),
            Subjects::Kept { tallies, unplaced } => {
                let mut fold = SubjectFold::default();
                if let Some(tally) = tallies.get(index) {
                    let frame = Frame::new(by.topology, by.scenario, by.plan, index, tally);
                    fold.see(0, (tally, unplaced.of(index)), &frame, index, by);
                }
                Cow::Owned(fold)
            }
        }
    }

    /// The folds that a replication is added to; of the first of a lean study none: its measures are kept.
    pub(super) fn folds(&mut self, replication: u64, by: By) -> Option<&mut [SubjectFold]> {
        if let Subjects::Kept { tallies, .. } = self {
            if replication == 0 {
                return None;
            }
            let all = 0..tallies.len();
            *self = Subjects::Folded(all.map(|index| self.of(index, by).into_owned()).collect());
        }
        match self {
            Subjects::Folded(folds) => Some(folds),
            Subjects::Kept { .. } => None,
        }
    }

    /// Takes from the measures of the first replication what is kept of it.
    pub(super) fn keep(&mut self, measures: &mut Measures<'_>) {
        if let Subjects::Kept { tallies, unplaced } = self {
            *tallies = std::mem::take(&mut measures.ledger.subjects);
            *unplaced = std::mem::take(&mut measures.unplaced);
        }
    }
}

impl SubjectFold {
    /// Adds a replication: the tally of the subject, and container-nanoseconds without a place.
    pub(super) fn see(
        &mut self,
        replication: u64,
        (tally, unplaced): (&Tally, u128),
        frame: &Frame,
        index: usize,
        by: By,
    ) {
        self.add(replication, tally, frame, by.plan);
        if index < by.topology.apps && !by.topology.hosts.is_empty() {
            self.unplaced.push(unplaced as f64 / by.plan.horizon().0 as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history;
    use crate::scenario::assemble::assemble;
    use crate::scenario::{Input, Source, load};
    use crate::study::fold::Fold;
    use crate::study::plan::plan;

    /// Apps that crash, are redeployed in a window, sleep, wait for room on hosts and are overloaded.
    const FLEET: &str = r#"
version  = 1
platform = "mendix-cloud@2026-11"
study    = { replications = 1, horizon = "60d", importance = false }

[app.shop]
count      = 40
region     = "eu-central-1"
plan       = "premium"
containers = 2
load       = "40/s"
capacity   = "30/s"
slo        = "99.9%"

[app.quiet]
count      = 40
region     = "eu-central-1"
plan       = "standard"
"#;

    #[test]
    fn kept_tallies_fold_into_what_they_would_have_been_folded_into_at_once() {
        let file = Source { path: "fleet.toml".into(), text: FLEET.into(), dir: ".".into() };
        let loaded = load(&Input { files: vec![file], ..Input::default() }).expect("a sound file");
        let topology = assemble(&loaded.scenario);
        let plan = plan(&loaded.scenario, &topology);
        let by = By { topology: &topology, scenario: &loaded.scenario, plan: &plan };
        let mut folds =
            [true, false].map(|lean| Fold::new(&topology, &loaded.scenario, &plan, false, lean));
        let mut harmed = 0;
        for replication in 0..3 {
            for fold in &mut folds {
                let (measures, events) = history::measure(&topology, &plan, replication);
                fold.add(&topology, &loaded.scenario, &plan, measures, events);
            }
            let [lean, full] = &folds;
            assert_eq!(matches!(lean.subjects, Subjects::Kept { .. }), replication == 0);
            assert!(matches!(full.subjects, Subjects::Folded(_)));
            for index in 0..topology.subjects() {
                let [lean, full] = [lean, full].map(|fold| fold.subjects.of(index, by));
                assert_eq!(format!("{lean:?}"), format!("{full:?}"));
                harmed += full.any.hits;
            }
            assert_eq!(format!("{:?}", lean.all), format!("{:?}", full.all));
            assert_eq!(lean.harm, full.harm);
        }
        assert!(harmed > 80, "apps came to harm, and again: {harmed}");
    }
}
