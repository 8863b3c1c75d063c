//! `[study]`.

use super::moment::{begins, date, moment, unix_seconds};
use crate::scenario::kinds::unfit;
use crate::scenario::mistakes::Mistake;
use crate::scenario::sources::At;
use crate::scenario::spec::{Period, Stop, Study};
use crate::scenario::tree::{Node, Value};
use crate::scenario::units;
use crate::scenario::view::{View, Word};
use crate::time::Span;
use jiff::ToSpan;

/// Replications where neither their number nor a precision is given.
const DEFAULT_REPLICATIONS: u64 = 2000;

/// A study, and the places of what can only be checked once the apps are known.
pub(super) struct StudyRead<'a> {
    pub study: Study,
    pub of: Vec<Word<'a>>,
}

/// Reads the table; what is wrong is replaced by a default, since nothing will be simulated anyway.
pub(super) fn study<'a>(view: View<'a>) -> StudyRead<'a> {
    let at = |name: &str| view.at(name);
    let horizon = view.span("horizon").unwrap_or(Span::YEAR);
    let warm_up = view.span("warm_up").unwrap_or(Span::ZERO);
    if horizon == Span::ZERO {
        view.reading.mistake(Mistake::new(at("horizon"), "`horizon` must be more than 0"));
    } else if warm_up + horizon == Span::NEVER {
        let title = "warm-up and horizon are together longer than the clock";
        view.reading
            .mistake(Mistake::new(at("horizon"), title).help("simulated time ends after 584y"));
    }
    let precision = view.has("precision").then(|| view.share_between("precision", 0.0)).flatten();
    let replications = view.count("replications");
    if view.has("precision") && view.has("replications") {
        view.reading.mistake(
            Mistake::new(at("replications"), "`replications` and `precision` are both given")
                .also(at("precision"), "")
                .help(
                    "keep `precision` and bound it by `max_replications`, or keep `replications`",
                ),
        );
    }
    let fixed = || (!view.has("precision")).then_some(DEFAULT_REPLICATIONS);
    let of = view.words("of").unwrap_or_default();
    let study = Study {
        start_unix: start(view).unwrap_or(0),
        horizon,
        warm_up,
        seed: view.count("seed").unwrap_or(1),
        replications: replications.or_else(fixed),
        precision,
        of: of.iter().map(|path| path.text.to_owned()).collect(),
        max_replications: view.count("max_replications").unwrap_or(u64::MAX),
        confidence: view.share_between("confidence", 0.5).unwrap_or(0.95),
        stop: match view.choice("stop") {
            Some("first-outage") => Stop::FirstOutage,
            _ => Stop::Horizon,
        },
        importance: view.flag("importance"),
        at: points(view, horizon),
    };
    StudyRead { study, of }
}

fn start(view: View<'_>) -> Option<i64> {
    let key = view.key("start");
    let text = match view.node("start") {
        None => key.default?,
        Some(Node { value: Value::Text(text) | Value::Date(text), .. }) => text,
        Some(node) => {
            view.reading.mistake(unfit(key, node));
            return None;
        }
    };
    let at = view.at("start");
    let moment = moment(text)
        .map_err(|wrong| {
            view.reading.mistake(Mistake::of_value(at, "`start` cannot be read", wrong))
        })
        .ok()?;
    // With a horizon of at most 584 years every instant stays within the calendar's year 9999.
    let (first, last) =
        (begins(jiff::civil::date(1970, 1, 1))?, begins(jiff::civil::date(2200, 1, 1))?);
    let start = unix_seconds(moment);
    if (first..=last).contains(&start) {
        return Some(start);
    }
    view.reading.mistake(Mistake::new(at, "`start` must be within 1970 and 2200"));
    None
}

/// Each replication keeps a bit for each.
const MOST_POINTS: usize = 64;

fn points(view: View<'_>, horizon: Span) -> Vec<Span> {
    let key = view.key("at");
    let items = match view.node("at") {
        None => return Vec::new(),
        Some(Node { value: Value::List(items), .. }) => items,
        Some(node) => {
            view.reading.mistake(unfit(key, node));
            return Vec::new();
        }
    };
    let mut points = Vec::new();
    for item in items {
        let Some(seconds) = view.quantity_of(key, item, units::duration) else { continue };
        let Some(point) = view.span_of("at", item.at, seconds) else { continue };
        if point > horizon {
            view.reading.mistake(
                Mistake::new(item.at, "this time is after the horizon")
                    .also_where(view.written("horizon"))
                    .help("times in `at` count from the start of the measured time"),
            );
        }
        points.push(point);
    }
    points.sort_unstable();
    points.dedup();
    if points.len() > MOST_POINTS {
        let title = format!("`at` has {} times, at most {MOST_POINTS} are kept", points.len());
        view.reading.mistake(Mistake::new(view.at("at"), title).help("leave some out"));
    }
    points
}

/// A contract that wants a share of periods needs at least one complete period in the measured time.
pub(super) fn check_period(view: View<'_>, study: &Study, per: Period, at: At) {
    if !has_complete(study, per) {
        let period = match per {
            Period::Month => "calendar month",
            Period::Year | Period::Horizon => "year",
        };
        view.reading.mistake(
            Mistake::new(at, format!("the measured time has no complete {period}"))
                .help("lengthen study.horizon, or move study.start to the first of a month"),
        );
    }
}

fn has_complete(study: &Study, per: Period) -> bool {
    let begin = study.start_unix + study.warm_up.as_secs() as i64;
    let end = begin + study.horizon.as_secs() as i64;
    match per {
        Period::Horizon => true,
        Period::Year => study.horizon >= Span::YEAR,
        Period::Month => {
            let Some(mut first) = date(begin).map(|date| date.first_of_month()) else {
                return true;
            };
            if begins(first) < Some(begin) {
                first = first.saturating_add(1.month());
            }
            begins(first.saturating_add(1.month())).is_none_or(|next| next <= end)
        }
    }
}
