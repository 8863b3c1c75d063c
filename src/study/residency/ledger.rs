//! The ledger of one replication in words, for whoever has to show it.

use super::inventory::inventory;
use crate::history;
use crate::id::Id;
use crate::measure::residency::{Asset, Row, RowKind, Where};
use crate::measure::{Measures, Plan};
use crate::model::backup::plan::Stamp;
use crate::model::topology::Topology;
use crate::study::findings::{InventoryRow, LedgerRow, PathVerdict};
use crate::study::plan::date_label;
use crate::time::{Instant, NANOS_PER_SEC, Span};

/// Simulates one replication again and keeps every row of its ledger, in order of time, and the inventory
/// of everything.
pub fn rows(
    topology: &Topology,
    plan: &Plan,
    replication: u64,
) -> (Vec<LedgerRow>, Vec<InventoryRow>) {
    let mut measures = Measures::new(plan, topology);
    measures.residency.rows = Some(Vec::new());
    measures.residency.everything = true;
    let sim = history::run(topology, replication, measures);
    let (now, mut measures) = (sim.now, sim.listener);
    measures.finish(now, topology);
    measures.survey(now, topology, &sim.world);
    let rows = measures.residency.rows.unwrap_or_default();
    let ledger = rows.iter().filter_map(|row| told(row, topology, plan)).collect();
    (ledger, inventory(&rows, topology, plan))
}

/// What allows a stay, where it is an exception.
pub(super) fn basis(row: &Row, topology: &Topology) -> Option<String> {
    let RowKind::Excepted(index) = row.kind else { return None };
    let rule = topology.rule_of(row.app).expect("an exception of a rule");
    Some(rule.bases[usize::from(index)].clone())
}

/// A row of the ledger; of what is where it may be there is none.
fn told(row: &Row, topology: &Topology, plan: &Plan) -> Option<LedgerRow> {
    let (place, country) = place(row.place, topology);
    let since = |at: Instant| (at.max(plan.from) - plan.from).as_secs();
    let (verdict, cost) = match row.kind {
        RowKind::Inside => return None,
        RowKind::Violation => (PathVerdict::Violation, None),
        RowKind::Excepted(_) => (PathVerdict::Excepted, None),
        RowKind::Refused(cost) => (PathVerdict::Refused, Some(cost)),
    };
    Some(LedgerRow {
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
        basis: basis(row, topology),
        down_s: cost.map(|it| Span(it.down).as_secs()),
        lost_s: cost.map(|it| Span(it.lost).as_secs()),
        all_lost: cost.map(|it| it.all_lost).filter(|&all| all > 0),
    })
}

/// Of the part of a stay that is measured.
pub(super) fn byte_hours(row: &Row, plan: &Plan) -> f64 {
    if matches!(row.kind, RowKind::Refused(_)) {
        return 0.0;
    }
    let (from, to) = plan.clip(row.since, row.until.unwrap_or(plan.to));
    row.bytes as f64 * (to - from).as_secs() / 3600.0
}

/// The failure, if it began with one, and then what the static verdict tells of the same path.
fn chain(row: &Row, topology: &Topology) -> Vec<String> {
    let cause = row.cause.map(|it| topology.causes[usize::from(it)].clone());
    let moves = row.before.into_iter().flatten().chain([row.by]).map(|by| by.name().to_owned());
    cause.into_iter().chain(moves).collect()
}

/// What it is, whichever one.
pub(super) fn kind_of(asset: Asset, topology: &Topology) -> String {
    match asset {
        Asset::Container(_) => "container".into(),
        Asset::Node(_) => "database".into(),
        Asset::Snapshot(series, _) => format!("{} backup", series.name()),
        Asset::Bucket(_) | Asset::FilesAbroad(_) | Asset::Fixed(_) => self::asset(asset, topology),
    }
}

fn asset(asset: Asset, topology: &Topology) -> String {
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
        Asset::Bucket(_) | Asset::FilesAbroad(_) => "files".into(),
        Asset::Fixed(index) => topology.fixed[index as usize].asset.clone(),
    }
}

pub(super) fn place(place: Where, topology: &Topology) -> (String, String) {
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
