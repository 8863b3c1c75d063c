//! Apps that go to another region, over replications: what is folded of their measures, and what is said.

use crate::measure::Plan;
use crate::measure::fallback::Tally;
use crate::model::fallback::Fallback;
use crate::study::estimate::Estimator;
use crate::study::findings as f;
use crate::study::fold::{Count, Share};

/// What a study has seen of one fallback.
#[derive(Clone, Debug, Default)]
pub struct FallbackFold {
    pub went: Count,
    pub called_off: Count,
    pub returned: Count,
    pub away: Share,
}

impl FallbackFold {
    pub(super) fn add(&mut self, tally: &Tally, plan: &Plan) {
        self.went.push(u64::from(tally.went));
        self.called_off.push(u64::from(tally.called_off));
        self.returned.push(u64::from(tally.returned));
        self.away.push(tally.away as f64 / plan.horizon().0 as f64);
    }
}

impl Estimator<'_> {
    /// What is said of the fallback of an app.
    pub(super) fn fallback(&self, fallback: &Fallback, fold: &FallbackFold) -> f::Fallback {
        f::Fallback {
            region: self.topology.regions[fallback.abroad].name.clone(),
            per_year: self.rate(&fold.went),
            called_off_per_year: self.rate(&fold.called_off),
            returns_per_year: self.rate(&fold.returned),
            away: self.share(&fold.away),
        }
    }
}
