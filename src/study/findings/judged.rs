//! Expectations and their judgement.

use super::Estimate;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Pass,
    Fail,
    Undecided,
    None,
}

/// What one setting of low confidence would have to be for an expectation to only just hold, all else
/// unchanged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BreakEven {
    /// `failure.platform-release.mtbf`.
    pub key: String,
    /// As it is now, in the words of the scenario.
    pub value: String,
    pub cause: String,
    /// `app.shop`.
    pub subject: String,
    /// The expectation, as written.
    pub that: String,
    /// The cause's share of what the subject loses.
    pub share: f64,
    /// Whether the expectation holds now, by its mean.
    pub holds: bool,
    /// The setting is how long the fault lasts, not the time between two of them.
    pub longer: bool,
    /// `zone`, where each of several zones has such a clock; empty where there is only one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub per: String,
    /// The mean of the setting now, seconds: of the length, or of the time between two faults.
    pub now_s: f64,
    /// The mean at which the expectation would only just hold; `null`: not within what was tried.
    pub at_s: Option<Estimate>,
    /// So many times the harm was tried at most: below 1 as good as none, above 1 that much worse.
    pub tried: f64,
    /// Of each simulation.
    pub replications: u64,
}

/// One expectation and its judgement (X2).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Judged {
    pub that: String,
    pub verdict: Verdict,
    /// Of the quantity itself, or of the share of periods where the expectation is `in` a share of them.
    pub estimate: Option<Estimate>,
    /// `share`, `seconds`, `count`: how to print the estimate.
    pub unit: Unit,
    /// `app.shop` or `service.x`.
    pub subject: String,
    /// Replications that would probably settle it, where undecided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_need: Option<u64>,
    pub on_residency: bool,
    /// The quantity is of events of which none was seen, so that it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub none_seen: Option<NoneSeen>,
}

/// Events of which none was seen: nothing is known of how long one lasts or what it takes, and of how
/// often there is one only a bound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoneSeen {
    /// `loss of data`.
    pub what: String,
    pub per_year: Estimate,
    /// What can be judged instead: `app.shop.data_loss.events_per_year`.
    pub instead: String,
    /// The same quantity can be judged year by year, each year without an event as one of none.
    pub by_year: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Share,
    Seconds,
    Count,
    PerYear,
}

impl Judged {
    /// Whether it comes from an `slo`: it then begins with the target (`99.95% of requests …`) and not
    /// with the path of a quantity.
    pub fn is_slo(&self) -> bool {
        self.that.starts_with(|c: char| c.is_ascii_digit())
    }
}
