//! `[recorded.NAME]`: faults that really happened, from a CSV file.

use super::fault::{allowed, check_name, effect_of, has_an_end, kinds, since_start};
use super::moment::moment;
use super::patterns::Names;
use crate::scenario::csv_file::{self, Row};
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::quoted;
use crate::scenario::spec::{Incident, Study};
use crate::scenario::units::Wrong;
use crate::scenario::view::{View, Word};
use crate::time::Span;

/// The incidents of one file that overlap the study; how many do not is told in a note.
pub(super) fn recorded(view: View<'_>, name: &str, names: &Names, study: &Study) -> Vec<Incident> {
    check_name(view.reading, name, view.at);
    let Some(file) = view.word("file") else { return Vec::new() };
    let Some(table) = csv_file::read(view.reading, file.text, file.at) else { return Vec::new() };
    let column = |column: &str| table.column(view.reading, column, file.at);
    let columns = (column("start"), column("end"), column("target"), column("kind"));
    let (Some(start), Some(end), Some(target), Some(kind)) = columns else { return Vec::new() };
    let mut incidents = Vec::new();
    let mut outside = 0;
    for row in &table.rows {
        let cells = Cells {
            start: &row.cells[start],
            end: &row.cells[end],
            target: &row.cells[target],
            kind: &row.cells[kind],
        };
        match incident(view, row, cells, name, names, study) {
            Outcome::Inside(incident) => incidents.push(incident),
            Outcome::Outside => outside += 1,
            Outcome::Wrong => {}
        }
    }
    if outside > 0 {
        let are = if outside == 1 { "is" } else { "are" };
        let title = format!("{outside} of {} rows {are} outside of the study", table.rows.len());
        view.reading.note(Mistake::new(file.at, title).help("the rest is used"));
    }
    incidents
}

struct Cells<'a> {
    start: &'a str,
    end: &'a str,
    target: &'a str,
    kind: &'a str,
}

enum Outcome {
    Inside(Incident),
    Outside,
    Wrong,
}

fn incident(
    view: View<'_>,
    row: &Row,
    cells: Cells<'_>,
    name: &str,
    names: &Names,
    study: &Study,
) -> Outcome {
    let mistake = |title: String| view.reading.mistake(Mistake::new(row.at, title));
    let Some(effect) = effect_of(cells.kind.trim()) else {
        mistake(format!("`{}` is no kind of fault: {}", quoted(cells.kind), kinds()));
        return Outcome::Wrong;
    };
    let date = |column: &str, text: &str| {
        moment(text)
            .map_err(|wrong: Wrong| {
                let title = format!("`{column}` cannot be read: {}", quoted(text));
                view.reading.mistake(Mistake::new(row.at, title).help(wrong.help));
            })
            .ok()
    };
    let Some(start) = date("start", cells.start) else { return Outcome::Wrong };
    let end = match cells.end.trim() {
        "" if has_an_end(effect) => {
            mistake("an outage or isolation needs an `end`".into());
            return Outcome::Wrong;
        }
        "" => None,
        text => match date("end", text) {
            Some(end) => Some(end),
            None => return Outcome::Wrong,
        },
    };
    if end.is_some_and(|end| end < start) {
        mistake("`end` is before `start`".into());
        return Outcome::Wrong;
    }
    let target = Word { text: cells.target.trim(), at: row.at };
    let targets = names.targets(view.reading, &[target], allowed(effect));
    if targets.is_empty() {
        return Outcome::Wrong;
    }
    let end = end.filter(|_| has_an_end(effect));
    let stop = study.warm_up + study.horizon;
    let Some((at, lasts)) = clipped(start, end, study).filter(|(at, _)| *at < stop) else {
        return Outcome::Outside;
    };
    Outcome::Inside(Incident { name: name.to_owned(), effect, targets, at, lasts, fraction: None })
}

/// Onset and length within the study: what began before it and still goes on begins with it.
fn clipped(start: i128, end: Option<i128>, study: &Study) -> Option<(Span, Option<Span>)> {
    let onset = since_start(start, study);
    match end {
        None => onset.map(|at| (at, None)),
        Some(end) => {
            let end = since_start(end, study)?;
            let at = onset.unwrap_or(Span::ZERO);
            (onset.is_some() || end > Span::ZERO).then(|| (at, Some(end - at)))
        }
    }
}
