//! What is kept, where, and what could be restored.

use crate::report::backups::{self, DRILL_HEADS, HEADS};
use crate::report::files;
use crate::report::html::blocks::{Block, Table, cell};
use crate::report::subjects::Named;

pub fn blocks(subjects: &[Named]) -> Vec<Block> {
    let mut out = Vec::new();
    let caption = "What buckets failed and lost; the chance to lose every replica, computed from how long they last";
    out.extend(table("Files", caption, &files::HEADS, files::rows(subjects)));
    let caption = "The newest snapshot that can be restored at any time is so old: what going back to it \
                   would lose";
    out.extend(table("Backups", caption, &HEADS, backups::rows(subjects)));
    let caption = "The newest snapshot is restored beside the app";
    out.extend(table("Restores on trial", caption, &DRILL_HEADS, backups::drill_rows(subjects)));
    out
}

/// Under a heading; nothing without rows.
fn table(heading: &str, caption: &str, heads: &[&str], rows: Vec<Vec<String>>) -> Vec<Block> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(caption, heads);
    for row in rows {
        table.row(row.into_iter().map(cell).collect());
    }
    vec![Block::Heading { text: heading.into() }, table.folded(12)]
}
