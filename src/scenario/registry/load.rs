//! How much is asked of an app, and what it can serve.

use super::{Kind, Shape, key};

/// `load` of an app or service.
pub(super) const LOAD_KIND: Kind = Kind::OneOf(&[Kind::Load, Kind::Table(&LOAD)]);

static LOAD: Shape = Shape {
    name: "load",
    doc: "Requests per time: a mean with its course through the week, or a recorded trace.",
    keys: &[
        key(
            "mean",
            Kind::Load,
            "Mean requests per time: over a usual week of the profile, or over the trace, which is scaled \
             to it. With `growth` it is the mean at the start of the study. Required unless there is a \
             trace.",
        ),
        key(
            "profile",
            Kind::Text,
            "The course through the week, a [profile.NAME]. Without it the load is constant.",
        ),
        key(
            "timezone",
            Kind::Text,
            "The time zone of the profile's clock, daylight saving included, e.g. \"Europe/Berlin\".",
        )
        .default("UTC"),
        key(
            "trace",
            Kind::Text,
            "CSV file with a row for each change of the load; relative to the scenario file. A row holds \
             until the next; after the last the trace repeats.",
        ),
        key("column", Kind::Text, "The column of the trace with requests per second."),
        key(
            "count",
            Kind::Text,
            "Instead of `column`: the column with the requests counted in each row, which are spread \
             over the length of the row.",
        ),
        key(
            "time",
            Kind::Text,
            "The column with the start of each row: dates and times (UTC unless they say otherwise), or \
             numbers.",
        )
        .range("default: the first column"),
        key(
            "unit",
            Kind::Choice(&["s", "min", "h", "d"]),
            "Unit of the times of a trace that are plain numbers.",
        )
        .default("s"),
        key("scale", Kind::Number { min: f64::MIN_POSITIVE, max: 1e9 }, "Multiplies the trace.")
            .range("default: 1"),
        key(
            "align",
            Kind::Choice(&["start", "weekday"]),
            "\"start\": the trace begins with the study. \"weekday\": Mondays of the trace are Mondays of \
             the study; its whole weeks are used.",
        )
        .default("start"),
        key(
            "growth",
            Kind::Growth,
            "Compound growth of all of it: the level rises once a day, at the hour the study began, by the \
             factor that makes up the given one over its time.",
        ),
    ],
};

pub(super) static PROFILE: Shape = Shape {
    name: "profile",
    doc: "The course of a load through the week, in steps of the local clock.",
    keys: &[
        key(
            "weekday",
            Kind::List(&Kind::Text),
            "Steps from Monday to Friday, e.g. [\"00:00 10%\", \"08:00 100%\", \"18:00 30%\"]: times and \
             weights. A step holds until the next, also over midnight; only the ratios of weights matter.",
        )
        .required(),
        key("weekend", Kind::List(&Kind::Text), "Steps on Saturday and Sunday.")
            .range("default: as on weekdays"),
    ],
};

/// `capacity` of an app.
pub(super) const CAPACITY_KIND: Kind = Kind::OneOf(&[Kind::Load, Kind::BySize(&Kind::Load)]);

/// `service_time` of an app.
pub(super) const SERVICE_KIND: Kind = Kind::OneOf(&[Kind::Duration, Kind::Table(&SERVICE_TIME)]);

static SERVICE_TIME: Shape = Shape {
    name: "service_time",
    doc: "How long a request occupies its place in a container.",
    keys: &[
        key("mean", Kind::Duration, "Mean. Without it: concurrency ÷ capacity.").range("more than 0s"),
        key(
            "scv",
            Kind::Number { min: 0.0, max: 1000.0 },
            "Squared coefficient of variation: 0 where all take equally long, 1 for exponential times.",
        )
        .range("default: 1"),
    ],
};

/// `queue_places` of an app.
pub(super) const PLACES_KIND: Kind =
    Kind::OneOf(&[Kind::Count { min: 0, max: 1_000_000 }, Kind::Choice(&["unlimited"])]);
