//! The rows with exact answers, and where a result says the same.

use serde::Deserialize;
use std::sync::LazyLock;

/// How the tool's figure becomes the row's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    Plain,
    /// Seconds, told in hours.
    Hours,
    /// Seconds, told in minutes.
    Minutes,
    /// Seconds, told in milliseconds.
    Millis,
    /// One minus the tool's share.
    Complement,
}

#[derive(Debug)]
pub struct Row {
    pub id: &'static str,
    /// The scenario, without folder and ending.
    pub file: &'static str,
    /// JSON pointer to the estimate; what a downtime waited for is pointed to by its phase.
    pub at: &'static str,
    pub reading: Reading,
}

/// What is known of a row.
#[derive(Debug, Deserialize)]
pub struct Known {
    pub id: String,
    pub metric: String,
    pub unit: String,
    pub exact: f64,
    pub tolerance: f64,
    pub tolerance_kind: String,
}

#[derive(Deserialize)]
struct File {
    rows: Vec<Known>,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let file: File = serde_json::from_str(include_str!("../data/public-cases.json"))
        .expect("the known answers can be read");
    file.rows
});

#[track_caller]
pub fn known(id: &str) -> &'static Known {
    KNOWN.iter().find(|it| it.id == id).unwrap_or_else(|| panic!("nothing is known of {id}"))
}

/// Every known answer has a row.
pub fn known_ids() -> Vec<&'static str> {
    KNOWN.iter().map(|it| it.id.as_str()).collect()
}

const fn row(id: &'static str, file: &'static str, at: &'static str, reading: Reading) -> Row {
    Row { id, file, at, reading }
}

use Reading::{Complement, Hours, Millis, Minutes, Plain};

/// In the order of the files.
pub static ROWS: &[Row] = &[
    row("PUB-01.01", "pub-01-polling", "/app/shop/unavailability/time", Plain),
    row("PUB-01.02", "pub-01-polling", "/app/shop/outages_per_year", Plain),
    row("PUB-01.03", "pub-01-polling", "/app/shop/outage_s/mean", Plain),
    row("PUB-01.04", "pub-01-polling", "/app/shop/outage_s/p50", Plain),
    row("PUB-01.05", "pub-01-polling", "/app/shop/outage_s/p95", Plain),
    row("PUB-01.06", "pub-01-polling", "/app/shop/outage_s/p99", Plain),
    row("PUB-01.07", "pub-01-polling", "/app/shop/outage_s/p999", Plain),
    row("PUB-02.08", "pub-02-two-of-three", "/app/shop/unavailability/time", Plain),
    row("PUB-02.09", "pub-02-two-of-three", "/app/shop/outages_per_year", Plain),
    row("PUB-02.10", "pub-02-two-of-three", "/app/shop/outage_s/mean", Plain),
    row("PUB-03.11", "pub-03-no-retry", "/app/shop/unavailability/requests", Plain),
    row("PUB-03.12", "pub-03-one-retry", "/app/shop/unavailability/requests", Plain),
    row("PUB-04.13", "pub-04-long-run", "/app/shop/unavailability/time", Plain),
    row("PUB-04.14", "pub-04-long-run", "/app/shop/outages_per_year", Plain),
    row("PUB-04.15", "pub-04-long-run", "/app/shop/outage_s/mean", Minutes),
    row("PUB-04.16", "pub-04-long-run", "/app/shop/waited_for/promotion/downtime_share", Plain),
    row("PUB-04.17", "pub-04-long-run", "/app/shop/waited_for/operator/downtime_share", Plain),
    row("PUB-04.18", "pub-04-long-run", "/app/shop/waited_for/restore/downtime_share", Plain),
    row("PUB-04.19", "pub-04-first-outage", "/app/shop/first_outage_s", Hours),
    row("PUB-04.20", "pub-04-hundred-hours", "/app/shop/unavailability/time", Plain),
    row("PUB-04.21", "pub-04-one-year", "/app/shop/any_outage", Plain),
    row("PUB-05.22", "pub-05-repairmen", "/service/platform/unavailability/time", Plain),
    row("PUB-05.23", "pub-05-repairmen", "/service/platform/outages_per_year", Plain),
    row("PUB-05.24", "pub-05-repairmen", "/components/host/mean_down", Plain),
    row("PUB-05.25", "pub-05-first-outage", "/service/platform/first_outage_s", Hours),
    row("PUB-06.26", "pub-06-zones", "/app/shop/unavailability/time", Plain),
    row("PUB-06.27", "pub-06-zones", "/app/shop/outages_per_year", Plain),
    row("PUB-06.28", "pub-06-zones", "/app/shop/outage_s/mean", Hours),
    row("PUB-06.29", "pub-06-zones", "/components/zone/birnbaum/app.shop/north", Plain),
    row("PUB-06.30", "pub-06-zones", "/components/container/birnbaum/app.shop/shop~11", Plain),
    row("PUB-07.31", "pub-07-overload", "/app/three/unavailability/requests", Plain),
    row("PUB-07.32", "pub-07-overload", "/app/three/latency_s/wait/mean", Millis),
    row("PUB-07.33", "pub-07-overload", "/app/three/latency_s/over/0/wait", Plain),
    row("PUB-07.34", "pub-07-overload", "/app/two/unavailability/requests", Plain),
    row("PUB-07.35", "pub-07-overload", "/app/two/latency_s/wait/mean", Millis),
    row("PUB-07.36", "pub-07-overload", "/app/two/latency_s/over/0/wait", Plain),
    row("PUB-07.37", "pub-07-overload", "/app/one/unavailability/requests", Plain),
    row("PUB-07.38", "pub-07-overload", "/app/one/latency_s/wait/mean", Millis),
    row("PUB-07.39", "pub-07-overload", "/app/one/latency_s/over/0/wait", Plain),
    row("PUB-07.40", "pub-07-zones", "/app/shop/unavailability/requests", Plain),
    row("PUB-08.41", "pub-08-one-year", "/app/shop/any_outage", Complement),
    row("PUB-08.42", "pub-08-one-year", "/app/shop/slo/0/met", Plain),
    row("PUB-08.43", "pub-08-one-year", "/app/shop/slo/1/met", Plain),
    row("PUB-08.44", "pub-08-one-year", "/app/shop/slo/2/met", Plain),
    row("PUB-08.45", "pub-08-one-year", "/app/shop/downtime_per_year_s/p50", Hours),
    row("PUB-08.46", "pub-08-one-year", "/app/shop/downtime_per_year_s/p95", Hours),
    row("PUB-08.47", "pub-08-one-year", "/app/shop/downtime_per_year_s/p99", Hours),
    row("PUB-08.48", "pub-08-one-year", "/app/shop/downtime_per_year_s/mean", Hours),
    row("PUB-09.49", "pub-09-queues", "/app/ten/latency_s/wait/share", Plain),
    row("PUB-09.50", "pub-09-queues", "/app/ten/latency_s/wait/mean", Millis),
    row("PUB-09.51", "pub-09-queues", "/app/ten/latency_s/wait/p95", Millis),
    row("PUB-09.52", "pub-09-queues", "/app/ten/latency_s/p99", Millis),
    row("PUB-09.53", "pub-09-queues", "/app/lossy/unavailability/requests", Plain),
    row("PUB-09.54", "pub-09-queues", "/app/varying/latency_s/wait/mean", Millis),
    row("PUB-09.55", "pub-09-queues", "/app/constant/latency_s/wait/mean", Millis),
    row("PUB-10.56", "pub-10-series", "/service/site/unavailability/time", Complement),
    row("PUB-10.57", "pub-10-single-region", "/service/site/unavailability/time", Complement),
    row("PUB-10.58", "pub-10-two-regions", "/service/site/unavailability/time", Complement),
];
