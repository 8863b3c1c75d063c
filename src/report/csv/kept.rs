//! What the apps keep: their databases, buckets and backups, one row for each and replication.

use super::{name, number, optional, table};
use crate::report::File;
use crate::study::rows::Rows;

/// `databases.csv`, `buckets.csv` and `backups.csv`, each where there are any.
pub(super) fn files(rows: &Rows) -> Vec<File> {
    let files = [
        ("databases.csv", (!rows.databases.is_empty()).then(|| databases(rows))),
        ("buckets.csv", (!rows.buckets.is_empty()).then(|| buckets(rows))),
        ("backups.csv", (!rows.backups.is_empty()).then(|| backups(rows))),
    ];
    files.into_iter().filter_map(|(name, text)| Some(File::text(name, text?))).collect()
}

fn databases(rows: &Rows) -> String {
    let columns = [
        "subject",
        "replication",
        "down_s",
        "returned",
        "failovers",
        "stuck",
        "waited_for_node",
        "copies_promoted",
        "restores",
        "planned",
        "failover_s",
        "losses",
        "lost_s",
        "longest_lost_s",
        "lost_bytes",
    ];
    let rows = rows.databases.iter().map(|r| {
        vec![
            name(&r.subject),
            r.replication.to_string(),
            number(r.down_s),
            r.returned.to_string(),
            r.failovers.to_string(),
            r.stuck.to_string(),
            r.waited_for_node.to_string(),
            r.copies_promoted.to_string(),
            r.restores.to_string(),
            r.planned.to_string(),
            number(r.failover_s),
            r.losses.to_string(),
            number(r.lost_s),
            number(r.longest_lost_s),
            optional(r.lost_bytes),
        ]
    });
    table(&columns, rows)
}

fn buckets(rows: &Rows) -> String {
    let columns = [
        "subject",
        "replication",
        "any_s",
        "failed_s",
        "replicas_lost",
        "losses",
        "losses_of_all",
        "lost_s",
        "moved",
        "refused",
        "elsewhere_s",
    ];
    let rows = rows.buckets.iter().map(|r| {
        vec![
            name(&r.subject),
            r.replication.to_string(),
            number(r.any_s),
            number(r.failed_s),
            r.replicas_lost.to_string(),
            r.losses.to_string(),
            r.losses_of_all.to_string(),
            number(r.lost_s),
            r.moved.to_string(),
            r.refused.to_string(),
            number(r.elsewhere_s),
        ]
    });
    table(&columns, rows)
}

fn backups(rows: &Rows) -> String {
    let columns = [
        "subject",
        "replication",
        "runs",
        "skipped",
        "failed",
        "copies_lost",
        "drills",
        "drills_restored",
        "drills_found_nothing",
        "drills_s",
        "mean_age_s",
        "oldest_s",
        "above_a_day_s",
        "nothing_s",
    ];
    let rows = rows.backups.iter().map(|r| {
        vec![
            name(&r.subject),
            r.replication.to_string(),
            r.runs.to_string(),
            r.skipped.to_string(),
            r.failed.to_string(),
            r.copies_lost.to_string(),
            r.drills.to_string(),
            r.drills_restored.to_string(),
            r.drills_found_nothing.to_string(),
            number(r.drills_s),
            optional(r.mean_age_s),
            optional(r.oldest_s),
            optional(r.above_a_day_s),
            optional(r.nothing_s),
        ]
    });
    table(&columns, rows)
}
