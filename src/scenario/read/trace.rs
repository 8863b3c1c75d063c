//! `load = { trace = "file.csv", … }`: a recorded load (T6).

use super::moment::moment;
use crate::scenario::csv_file;
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::quoted;
use crate::scenario::spec::{Study, Trace};
use crate::scenario::units;
use crate::scenario::view::View;
use crate::time::{NANOS_PER_SEC, Span, human_seconds};

const WEEK: i128 = 7 * 86_400 * NANOS_PER_SEC as i128;

/// A row that is longer than this many usual ones has a gap behind it.
const GAP: f64 = 1.5;
/// Gaps that are less than this share of a trace are told by `check` only.
const GAPS_MATTER: f64 = 0.01;
/// Less than this at the end of a trace is not missed.
const REST_MATTERS: i128 = WEEK / 7;

/// A row as read: nanoseconds (since 1970 where rows have dates), and its value.
type Row = (i128, f64);

/// The trace and its mean rate per second.
pub(super) fn trace(view: View<'_>, study: &Study) -> Option<(Trace, f64)> {
    let (rows, dated) = rows(view)?;
    let counted = view.has("count");
    let usual = usual_length(&rows);
    let lengths: Vec<i128> = rows
        .windows(2)
        .map(|two| two[1].0 - two[0].0)
        // After the last row's end the trace begins anew.
        .chain([usual])
        .collect();
    let is_gap = |length: i128| length as f64 > GAP * usual as f64;
    let (gaps, gap) = gaps(view, &lengths, usual, is_gap);
    let rate = |(&(_, value), &length): (&Row, &i128)| match counted {
        // What was counted came in the row's own length; through a gap its rate goes on.
        true => value * 1e9 / if is_gap(length) { usual } else { length } as f64,
        false => value,
    };
    let rates: Vec<f64> = rows.iter().zip(&lengths).map(rate).collect();
    let first = rows[0].0;
    let whole = lengths.iter().sum::<i128>();
    let (period, offset) = match view.choice("align")? {
        "start" => (whole, 0),
        _ => by_weekday(view, first, whole, dated, study)?,
    };
    let mut sum = 0.0;
    let mut steps: Vec<(i128, f64)> = Vec::new();
    for ((row, length), rate) in rows.iter().zip(&lengths).zip(&rates) {
        let from = row.0 - first;
        let to = (from + length).min(period);
        if from < to {
            sum += rate * (to - from) as f64;
            steps.push((from, *rate));
        }
    }
    let mean = sum / period as f64;
    if mean.is_nan() || mean <= 0.0 || !mean.is_finite() {
        let title = "there is no load in this trace";
        view.reading.mistake(Mistake::new(view.at("trace"), title));
        return None;
    }
    // Rows that say the same are one step.
    steps.dedup_by(|row, before| row.1 == before.1);
    let span = |nanos: i128| Span(u64::try_from(nanos).unwrap_or(u64::MAX));
    let steps = steps.into_iter().map(|(from, rate)| (span(from), rate / mean)).collect();
    if span(period) == Span::NEVER {
        let title = "this trace is longer than the clock";
        view.reading.mistake(Mistake::new(view.at("trace"), title));
        return None;
    }
    let (period, offset, gap) = (span(period), span(offset), span(gap));
    Some((Trace { steps, period, offset, gaps, gap }, mean))
}

/// The rows in order of time, and whether they have dates.
fn rows(view: View<'_>) -> Option<(Vec<Row>, bool)> {
    let file = view.word("trace")?;
    let value = match (view.has("column"), view.has("count")) {
        (true, false) => view.word("column")?,
        (false, true) => view.word("count")?,
        _ => {
            let title = "a trace needs either `column` or `count`";
            let help =
                "column = \"…\" names requests per second, count = \"…\" requests counted in a row";
            view.reading.mistake(Mistake::new(view.at("trace"), title).help(help));
            return None;
        }
    };
    let unit = view.choice("unit")?;
    let table = csv_file::read(view.reading, file.text, file.at)?;
    let value = table.column(view.reading, value.text, value.at)?;
    let time = match view.word("time") {
        Some(word) => table.column(view.reading, word.text, word.at)?,
        None => 0,
    };
    let seconds = units::duration(&format!("1{unit}")).ok()?;
    let number = |cell: &str| cell.parse::<f64>().ok().filter(|it| it.is_finite() && *it >= 0.0);
    let before = view.reading.mistake_count();
    let mut rows: Vec<Row> = Vec::with_capacity(table.rows.len());
    let dated = table.rows.first().is_some_and(|row| number(row.cells[time].trim()).is_none());
    for row in &table.rows {
        let (at, cell) = (row.cells[time].trim(), row.cells[value].trim());
        let instant = match dated {
            true => moment(at).ok(),
            false => number(at)
                .map(|it| it * seconds * 1e9)
                .filter(|it| *it < 1.8e19)
                .map(|it| it as i128),
        };
        let mistake = |title: String| view.reading.mistake(Mistake::new(row.at, title));
        match (instant, number(cell)) {
            (None, _) => mistake(format!("`{}` is no time of a trace", quoted(at))),
            (_, None) => mistake(format!("`{}` is no finite number of at least 0", quoted(cell))),
            (Some(instant), Some(value)) => {
                if rows.last().is_some_and(|last| last.0 >= instant) {
                    mistake("the rows of a trace come in order of time, each later".into());
                }
                rows.push((instant, value));
            }
        }
    }
    if rows.len() < 2 && view.reading.mistake_count() == before {
        let title = "a trace needs two rows or more";
        view.reading.mistake(Mistake::new(file.at, title));
    }
    if !dated && view.choice("align")? == "weekday" {
        let title = "the times of this trace are numbers, so its weekdays are not known";
        view.reading.mistake(Mistake::new(view.at("align"), title).help("leave out `align`"));
    }
    if dated && let Some(at) = view.written("unit") {
        let title = "the times of this trace are dates, which have no unit";
        view.reading.mistake(Mistake::new(at, title).help("leave it out"));
    }
    (view.reading.mistake_count() == before).then_some((rows, dated))
}

/// The median length of a row.
fn usual_length(rows: &[Row]) -> i128 {
    let mut lengths: Vec<i128> = rows.windows(2).map(|two| two[1].0 - two[0].0).collect();
    lengths.sort_unstable();
    lengths[(lengths.len() - 1) / 2]
}

/// How many gaps there are and how long they are in all; a note where that matters.
fn gaps(
    view: View<'_>,
    lengths: &[i128],
    usual: i128,
    is_gap: impl Fn(i128) -> bool,
) -> (u32, i128) {
    let gaps: Vec<i128> =
        lengths.iter().filter(|length| is_gap(**length)).map(|length| length - usual).collect();
    let all: i128 = gaps.iter().sum();
    if all as f64 > GAPS_MATTER * lengths.iter().sum::<i128>() as f64 {
        let told = |nanos: i128| human_seconds(nanos as f64 / 1e9);
        let title = format!(
            "{} of {} rows are followed by a gap, {} in all",
            gaps.len(),
            lengths.len(),
            told(all)
        );
        let help =
            format!("a usual row is {} long; through a gap the last rate holds", told(usual));
        view.reading.note(Mistake::new(view.at("trace"), title).help(help));
    }
    (gaps.len() as u32, all)
}

/// The whole weeks of a trace, and how far into them the study begins.
fn by_weekday(
    view: View<'_>,
    first: i128,
    whole: i128,
    dated: bool,
    study: &Study,
) -> Option<(i128, i128)> {
    if !dated {
        return None; // told already
    }
    let weeks = whole / WEEK;
    if weeks == 0 {
        let title = "a trace needs a whole week to be aligned by weekday";
        let told = human_seconds(whole as f64 / 1e9);
        let help = format!("it is {told} long; leave out `align`");
        view.reading.mistake(Mistake::new(view.at("align"), title).help(help));
        return None;
    }
    let rest = whole - weeks * WEEK;
    if rest >= REST_MATTERS {
        let title =
            format!("the last {} of the trace are not used", human_seconds(rest as f64 / 1e9));
        let help = "aligned by weekday it repeats after whole weeks";
        view.reading.note(Mistake::new(view.at("trace"), title).help(help));
    }
    let start = i128::from(study.start_unix) * i128::from(NANOS_PER_SEC);
    Some((weeks * WEEK, (start - first).rem_euclid(WEEK)))
}
