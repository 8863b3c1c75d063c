//! The ledger of one replication in words, for whoever has to show it.

use crate::history;
use crate::measure::residency::{Asset, Row, RowKind, Where};
use crate::measure::{Measures, Plan};
use crate::model::backup::plan::Stamp;
use crate::model::residency::Move;
use crate::model::topology::Topology;
use crate::study::findings::{LedgerRow, PathVerdict};
use crate::study::plan::date_label;
use crate::time::{Instant, NANOS_PER_SEC, Span};

/// Simulates one replication again and keeps every row of its ledger, in order of time.
pub fn rows(topology: &Topology, plan: &Plan, replication: u64) -> Vec<LedgerRow> {
    let mut measures = Measures::new(plan, topology);
    measures.residency.rows = Some(Vec::new());
    let sim = history::run(topology, replication, measures);
    let (now, mut measures) = (sim.now, sim.listener);
    measures.finish(now, topology);
    measures.survey(now, topology, &sim.world);
    let rows = measures.residency.rows.unwrap_or_default();
    rows.iter().map(|row| told(row, topology, plan)).collect()
}

fn told(row: &Row, topology: &Topology, plan: &Plan) -> LedgerRow {
    let (place, country) = place(row.place, topology);
    let since = |at: Instant| (at.max(plan.from) - plan.from).as_secs();
    let (verdict, basis, down_s) = match row.kind {
        RowKind::Violation => (PathVerdict::Violation, None, None),
        RowKind::Excepted(index) => {
            let rule = topology.rule_of(row.app).expect("an exception of a rule");
            (PathVerdict::Excepted, Some(rule.bases[usize::from(index)].clone()), None)
        }
        RowKind::Refused { down } => (PathVerdict::Refused, None, Some(Span(down).as_secs())),
    };
    LedgerRow {
        app: topology.groups[row.app].name.clone(),
        data: row.class.name().into(),
        asset: asset(row.asset, topology),
        processed: row.processed,
        place,
        country,
        since_s: since(row.since),
        until_s: row.until.map(since),
        bytes: row.bytes,
        byte_hours: byte_hours(row, plan),
        cause: row.cause.map_or_else(String::new, |it| topology.causes[usize::from(it)].clone()),
        chain: chain(row, topology),
        verdict,
        basis,
        down_s,
    }
}

/// Of the part of a stay that is measured.
fn byte_hours(row: &Row, plan: &Plan) -> f64 {
    if matches!(row.kind, RowKind::Refused { .. }) {
        return 0.0;
    }
    let (from, to) = plan.clip(row.since, row.until.unwrap_or(plan.to));
    row.bytes as f64 * (to - from).as_secs() / 3600.0
}

/// The failure, if it began with one, and then what the static verdict tells of the same path.
fn chain(row: &Row, topology: &Topology) -> Vec<String> {
    let cause = row.cause.map(|it| topology.causes[usize::from(it)].clone());
    let snapshot = matches!(row.asset, Asset::Snapshot(..));
    let before = (row.by == Move::Copied && snapshot).then_some(Move::Taken);
    let moves = before.into_iter().chain([row.by]).map(|by| by.name().to_owned());
    cause.into_iter().chain(moves).collect()
}

fn asset(asset: Asset, topology: &Topology) -> String {
    use crate::id::Id;
    match asset {
        Asset::Container(unit) => format!("container {}", topology.unit_name(Id::new(unit))),
        Asset::Snapshot(series, of) => {
            let seconds = of.div_euclid(Stamp::from(NANOS_PER_SEC)) as i64;
            format!("{} backup of {}", series.name(), date_label(topology.start_unix + seconds))
        }
        Asset::Node(unit) => {
            let node = topology.unit_name(Id::new(unit));
            format!("database {}", node.trim_start_matches("database-node."))
        }
        Asset::Bucket(_) => "files".into(),
        Asset::Fixed(index) => topology.fixed[index as usize].asset.clone(),
    }
}

fn place(place: Where, topology: &Topology) -> (String, String) {
    match place {
        Where::Zone(zone) => {
            let zone = &topology.zones[zone];
            (zone.name.clone(), topology.regions[zone.region].country.clone())
        }
        Where::Site(site) => {
            let site = &topology.sites[site];
            (site.name.clone(), site.country.clone())
        }
    }
}
