//! The months of the calendar against the objective.

use super::is_narrow;
use crate::report::number;
use crate::report::subjects::Named;
use crate::report::svg::{Paint, Picture, cut, rect, text};

/// With more rows than this their cells are drawn together where they are alike.
const MANY: usize = 6;

/// A row for each subject with an objective, a column for each month.
pub fn picture(subjects: &[&Named], width: f64) -> Option<Picture> {
    let rows: Vec<_> =
        subjects.iter().filter(|s| s.of.months.iter().any(|m| m.met.is_some())).collect();
    let columns = rows.iter().map(|s| s.of.months.len()).max()?;
    let mut picture = Picture::new(width, "How often each month meets the objective");
    // Where there is no room beside the cells, names stand above them.
    let narrow = is_narrow(width);
    let left = if narrow { 0.0 } else { 204.0 };
    let (step, above) = if narrow { (44.0, 18.0) } else { (26.0, 0.0) };
    let size = (width - left) / columns as f64;
    let letters = (size * 0.42).min(12.0);
    let months = rows.iter().max_by_key(|s| s.of.months.len()).map(|s| &s.of.months)?;
    let mut year = "";
    let years: Vec<&str> = months.iter().map(|m| m.month.get(..4).unwrap_or("")).collect();
    for (i, month) in months.iter().enumerate() {
        let x = left + size * (i as f64 + 0.5);
        let (of, name) = month.month.split_once('-').unwrap_or(("", &month.month));
        picture.add(
            text(x, 26.0, NAMES.get(index(name)).copied().unwrap_or(name))
                .size(letters.max(9.0))
                .fill(Paint::Soft)
                .middle(),
        );
        // A year needs the room of two months.
        let next = years.get(i + 1).is_none_or(|next| *next == of);
        if of != year && (next || size > 40.0) {
            let x = left + size * i as f64 + 2.0;
            picture.add(text(x, 11.0, cut(of, 12.0, 60.0)).size(12.0).fill(Paint::Soft));
        }
        year = of;
    }
    let joined = narrow || rows.len() > MANY;
    let mut labels = Vec::new();
    for (row, named) in rows.iter().enumerate() {
        let y = 34.0 + step * row as f64 + above;
        let target = named.of.slo.first().map_or(String::new(), |slo| number::level(slo.target));
        let (base, room, end) = match narrow {
            true => (y - 5.0, width - 80.0, width),
            false => (y + 16.0, left - 84.0, left - 14.0),
        };
        picture.add(text(0.0, base, cut(&named.label, 13.0, room)));
        picture.add(text(end, base, &target).fill(Paint::Soft).end());
        let mut begun: Option<(usize, (Paint, Paint))> = None;
        for (i, month) in named.of.months.iter().enumerate() {
            let x = left + size * i as f64;
            let Some(met) = &month.met else { continue };
            let looks = if month.complete { looks(met.mean) } else { PARTIAL };
            match begun {
                // Where cells are small or many, like neighbours are one.
                Some((cell, before)) if joined && before == looks => {
                    picture.nodes[cell].widen(size);
                }
                _ => {
                    begun = Some((picture.nodes.len(), looks));
                    let cell = rect(x + 1.0, y, size - 2.0, 23.0, looks.0).round(3.0);
                    let whole = month.complete;
                    picture.add(if whole { cell } else { cell.stroke(Paint::Soft, 1.0).dashed() });
                }
            }
            let label = text(x + size / 2.0, y + 16.0, short(met.mean, narrow)).size(letters);
            labels.push(label.fill(looks.1).middle());
        }
    }
    picture.nodes.extend(labels);
    picture.height = 34.0 + step * rows.len() as f64;
    picture.description = format!(
        "For {} apps and {} months the share of years in which the month meets its objective, in \
         percent. Green from 99, pale from 95, yellow from 80, red below.",
        rows.len(),
        columns
    );
    Some(picture)
}

const NAMES: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn index(month: &str) -> usize {
    month.parse::<usize>().unwrap_or(0).wrapping_sub(1)
}

/// A month that is only partly inside the study.
const PARTIAL: (Paint, Paint) = (Paint::Paper, Paint::Ink);

fn looks(met: f64) -> (Paint, Paint) {
    match met {
        m if m >= 0.99 => (Paint::Good, Paint::White),
        m if m >= 0.95 => (Paint::GoodSoft, Paint::Ink),
        m if m >= 0.8 => (Paint::WarnSoft, Paint::Ink),
        _ => (Paint::BadSoft, Paint::Ink),
    }
}

/// `98.4`: a share in percent that never rounds up to certainty.
fn short(share: f64, narrow: bool) -> String {
    let percent = share * 100.0;
    match percent {
        p if p >= 100.0 => "100".into(),
        p if p >= 99.95 && narrow => "99.9".into(),
        p if p >= 99.95 => "> 99.9".into(),
        p if p >= 10.0 => format!("{p:.1}"),
        p => number::significant(p, 2),
    }
}
