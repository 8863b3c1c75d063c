//! Availability on an axis of nines, with its interval and its objective.

use super::is_narrow;
use crate::report::number;
use crate::report::svg::scale::Nines;
use crate::report::svg::{Paint, Picture, circle, cut, line, path, text};
use crate::study::findings::Estimate;

/// One line of the picture.
pub struct Row {
    pub label: String,
    /// A heading above it, where another subject begins.
    pub heading: String,
    /// Of an unavailability.
    pub estimate: Estimate,
    /// An objective, as an availability.
    pub target: Option<f64>,
    /// What contracts mean: drawn stronger than the other definitions.
    pub headline: bool,
}

/// All rows on one axis.
pub fn picture(title: &str, rows: &[Row], width: f64) -> Option<Picture> {
    if rows.is_empty() {
        return None;
    }
    let mut picture = Picture::new(width, title);
    let narrow = is_narrow(width);
    let (left, value) = if narrow { (6.0, 0.0) } else { (204.0, 128.0) };
    let ends = rows.iter().flat_map(|r| {
        let e = &r.estimate;
        [e.mean, e.low.max(e.mean / 8.0), e.high, r.target.map_or(0.0, |t| 1.0 - t)]
    });
    let axis = Nines::over(ends, left, width - left - value - 12.0);
    let ticks = axis.ticks();
    let mut y = 34.0;
    let top = y;
    let (step, head) = if narrow { (36.0, 26.0) } else { (24.0, 26.0) };
    let mut marks = Vec::new();
    for row in rows {
        if !row.heading.is_empty() {
            if y > top {
                y += 6.0;
            }
            marks.push(text(0.0, y + 16.0, cut(&row.heading, 13.0, width)).bold());
            y += head;
        }
        let told = number::availability(&row.estimate);
        let (base, middle) = if narrow { (y + 13.0, y + 23.0) } else { (y + 16.0, y + 12.0) };
        let room = if narrow { width - 110.0 } else { left - 14.0 };
        let ink = if row.headline { Paint::Ink } else { Paint::Soft };
        marks.push(text(0.0, base, cut(&row.label, 13.0, room)).fill(ink));
        marks.push(text(width, base, told.point()).fill(ink).end());
        interval(&mut marks, &axis, row, middle, &told.interval());
        y += step;
    }
    for (i, (x, availability, lost)) in ticks.iter().enumerate() {
        picture.add(line((*x, top - 4.0), (*x, y), Paint::Grid, 1.0));
        // On a telephone the first and the last stay inside, and the minutes are left out.
        let anchor = |node: crate::report::svg::Node| match (narrow, i) {
            (true, 0) => node,
            (true, i) if i + 1 == ticks.len() => node.end(),
            _ => node.middle(),
        };
        if !narrow || i % 2 == 0 || ticks.len() < 5 {
            picture.add(anchor(text(*x, 11.0, availability).size(12.0).fill(Paint::Soft)));
            picture.add(anchor(text(*x, 25.0, lost).size(11.0).fill(Paint::Soft)));
        }
    }
    picture.nodes.extend(marks);
    picture.height = y + 4.0;
    let worst = rows.iter().map(|r| &r.estimate).max_by(|a, b| a.mean.total_cmp(&b.mean));
    let worst = worst.map_or(String::new(), |e| number::availability(e).point());
    picture.description = format!(
        "{} availabilities on an axis of nines, each a point with its interval; the lowest is {worst}.",
        rows.len()
    );
    Some(picture)
}

fn interval(
    marks: &mut Vec<crate::report::svg::Node>,
    axis: &Nines,
    row: &Row,
    y: f64,
    told: &str,
) {
    let e = &row.estimate;
    let paint = if row.headline { Paint::Accent } else { Paint::Soft };
    let hint = format!("{}: {} ({told})", row.label, number::availability(e).point());
    if let Some(target) = row.target {
        let x = axis.at(1.0 - target);
        marks.push(
            line((x, y - 9.0), (x, y + 9.0), Paint::Bad, 2.0)
                .titled(format!("objective {}", number::level(target))),
        );
    }
    let (low, high) = (axis.at(e.high), axis.at(e.low));
    let width = if row.headline { 3.0 } else { 2.0 };
    if high > low {
        marks.push(line((low, y), (high, y), paint, width));
    }
    if e.mean > 0.0 {
        let r = if row.headline { 5.0 } else { 3.5 };
        marks.push(circle(axis.at(e.mean), y, r, paint).titled(&hint));
    } else {
        // Nothing was lost: a bound, open towards more nines.
        let end = axis.right();
        let tip = vec![(end - 7.0, y - 4.0), (end, y), (end - 7.0, y + 4.0)];
        marks.push(path(tip, false, paint, 1.5).titled("none lost; at least this"));
    }
}
