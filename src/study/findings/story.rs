//! Single replications, told.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Extremes {
    pub worst: u64,
    pub worst_downtime_s: f64,
    pub median: u64,
    pub median_downtime_s: f64,
}

/// One replication as what was involved in its outages, and when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BadYear {
    pub replication: u64,
    /// Seconds since 1970-01-01T00:00Z at time 0 of everything here.
    pub start_unix: i64,
    /// Measuring begins and ends here.
    pub from_s: f64,
    pub to_s: f64,
    /// By subject, `app.shop`.
    pub downtime_s: Vec<(String, f64)>,
    /// Subjects first, then faults, zones, dependencies, components; each by name.
    pub tracks: Vec<Track>,
    /// Times at which something was down that did not fit.
    pub left_out: u64,
    pub lines: Vec<StoryLine>,
    /// Lines that did not fit.
    pub lines_left_out: u64,
}

/// When one thing was down, or one fault was open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// `app`, `service`, `fault`, `zone`, `dependency`, `container` or `host`.
    pub kind: String,
    pub name: String,
    pub spans: Vec<DownSpan>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DownSpan {
    pub from_s: f64,
    pub to_s: f64,
    /// The fault behind it; for a fault its own name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cause: String,
    /// What happened to it: `crashes`, `takes down zone eu-1a`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub how: String,
    /// The zone it stood in, and the one it came back in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zone: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub back_in: String,
}

/// One thing that happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StoryLine {
    pub at_s: f64,
    pub component: String,
    pub text: String,
    /// 0: detail, only in `replay`; 1: matters, also in `why`; 2: an app or service goes down or comes back.
    pub weight: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}
