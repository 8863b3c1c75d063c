//! Several results beside each other.

use super::nines::{self, Row};
use crate::report::subjects::Named;
use crate::report::svg::Picture;

/// For each subject that any result has, its availability in every result.
pub fn picture(results: &[(String, Vec<Named>)], width: f64) -> Option<Picture> {
    let mut paths: Vec<&str> = Vec::new();
    for named in results.iter().flat_map(|(_, subjects)| subjects) {
        if !paths.contains(&named.path.as_str()) {
            paths.push(&named.path);
        }
    }
    let mut rows = Vec::new();
    for path in paths {
        let mut first = true;
        for (label, subjects) in results {
            let Some(named) = subjects.iter().find(|s| s.path == path) else { continue };
            let heading = if first { named.label.clone() } else { String::new() };
            first = false;
            rows.push(Row {
                label: label.clone(),
                heading,
                estimate: *named.of.headline(),
                target: named.of.slo.first().map(|slo| slo.target),
                headline: true,
            });
        }
    }
    nines::picture("Availability of each result", &rows, width)
}
