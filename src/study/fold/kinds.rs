//! Components of one kind.

use super::{Count, Share};
use crate::measure::Plan;
use crate::measure::components::Level;
use crate::stats::Moments;

/// One kind of component.
#[derive(Clone, Debug, Default)]
pub struct KindFold {
    pub mean_down: Moments,
    /// By k: share of time with k or more down (k from 1).
    pub at_least: Vec<Share>,
    pub failures: Count,
}

impl KindFold {
    pub(in crate::study) fn add(&mut self, replication: u64, level: &Level, plan: &Plan) {
        let horizon = plan.horizon().0 as f64;
        self.mean_down.push(level.integral as f64 / horizon);
        self.failures.push(level.failures);
        let mut sum: u64 = level.at.iter().skip(1).sum();
        let seen = level.at.len().saturating_sub(1);
        if self.at_least.len() < seen {
            // Replications before this one never had as many down.
            self.at_least.resize(seen, Share::none_in(replication));
        }
        for (k, share) in self.at_least.iter_mut().enumerate() {
            share.push(if k < seen { sum as f64 / horizon } else { 0.0 });
            if k < seen {
                sum -= level.at[k + 1];
            }
        }
    }
}
