//! Tables that are values: distributions, detections, requirements, service level objectives.

use super::{Kind, Shape, key};

/// A parameter in the unit of the quantity: a duration, or a percentage for a share.
const PARAMETER: Kind = Kind::OneOf(&[Kind::Duration, Kind::Share]);

const POSITIVE: Kind = Kind::Number { min: f64::MIN_POSITIVE, max: 1e6 };

pub(crate) static DISTRIBUTION: Shape = Shape {
    name: "distribution",
    doc: "A random duration or share.",
    keys: &[
        key(
            "dist",
            Kind::Choice(DISTRIBUTIONS),
            "Which distribution, and with it which parameters.",
        )
        .required(),
        key("mean", PARAMETER, "Mean."),
        key("median", PARAMETER, "Median (lognormal)."),
        key("p95", PARAMETER, "95th percentile (lognormal)."),
        key("low", PARAMETER, "Lower end (uniform)."),
        key("high", PARAMETER, "Upper end (uniform)."),
        key(
            "sigma",
            Kind::Number { min: 0.0, max: 20.0 },
            "Standard deviation of the logarithm (lognormal).",
        ),
        key("k", Kind::Count { min: 1, max: 1000 }, "Number of phases (erlang)."),
        key(
            "shape",
            POSITIVE,
            "Shape (weibull, gamma). Below 1 a weibull fails early, above 1 it wears out.",
        ),
        key("scale", PARAMETER, "Scale (weibull, gamma)."),
        key("cv", POSITIVE, "Standard deviation over mean (gamma)."),
        key("concentration", POSITIVE, "Sum of both shape parameters (beta, shares only)."),
        key("value", PARAMETER, "The value itself (constant)."),
        key(
            "file",
            Kind::Text,
            "CSV file with measured values (empirical); relative to the scenario file.",
        ),
        key("column", Kind::Text, "The column of the CSV file."),
        key(
            "unit",
            Kind::Choice(&["ns", "us", "ms", "s", "min", "h", "d", "w", "y", "%"]),
            "Unit of the values in the CSV file.",
        ),
        key(
            "parts",
            Kind::List(&ONE_PART),
            "Distributions one of which is drawn each time (mixture).",
        ),
    ],
};

/// The distributions by name.
pub(crate) const DISTRIBUTIONS: &[&str] = &[
    "constant",
    "exponential",
    "erlang",
    "weibull",
    "lognormal",
    "uniform",
    "gamma",
    "beta",
    "empirical",
    "mixture",
];

static ONE_PART: Kind = Kind::Table(&PART);

pub(crate) static PART: Shape = Shape {
    name: "part",
    doc: "One part of a mixture.",
    keys: &[
        key("share", Kind::Share, "How often this part is drawn; the shares add up to 100%.")
            .required(),
        key(
            "value",
            Kind::OneOf(&[Kind::Duration, Kind::Share, Kind::Table(&DISTRIBUTION)]),
            "A constant or a distribution.",
        )
        .required(),
    ],
};

pub(crate) static PROBE: Shape = Shape {
    name: "probe",
    doc: "A probe that notices at its next visit.",
    keys: &[
        key(
            "poll",
            Kind::Duration,
            "Time between two probes; each target has its own random phase.",
        )
        .required()
        .range("more than 0s"),
        key("threshold", Kind::Count { min: 1, max: 1000 }, "Bad probes in a row that are needed.")
            .default("1"),
        key(
            "timeout",
            Kind::Duration,
            "How long a probe waits; added where the target does not answer at all.",
        )
        .default("0s"),
    ],
};

pub(crate) static PRESENCE: Shape = Shape {
    name: "presence",
    doc: "A sign of life that expires, which the convergence loop then finds.",
    keys: &[key(
        "expires",
        super::LAW,
        "From the loss until the presence has expired; a plain duration is constant.",
    )
    .required()],
};

/// `requires` of a service.
pub(crate) static REQUIREMENT: Shape = Shape {
    name: "requirement",
    doc: "Exactly one of `all`, `any`, or `at_least` with `of`.",
    keys: &[
        key("all", Kind::List(&REQUIRED), "Every one of these must be up."),
        key("any", Kind::List(&REQUIRED), "One of these must be up."),
        key("at_least", Kind::Count { min: 1, max: 2_000_000 }, "How many `of` these must be up."),
        key(
            "of",
            Kind::List(&REQUIRED),
            "Parts for `at_least`: app.x, container.shop/*, host.rack/*, zone.x, dependency.x, service.y.",
        ),
    ],
};

static REQUIRED: Kind = Kind::OneOf(&[Kind::Text, Kind::Table(&REQUIREMENT)]);

pub(crate) static SLO: Shape = Shape {
    name: "slo",
    doc: "A service level objective.",
    keys: &[
        key(
            "availability",
            Kind::OneOf(&[Kind::Share, Kind::List(&Kind::Share)]),
            "The availability to reach, or several.",
        )
        .required()
        .range("more than 0%, less than 100%"),
        key("per", Kind::Choice(&["month", "year", "horizon"]), "The period it is judged over.")
            .default("month"),
        key(
            "of",
            Kind::Choice(&["requests", "time", "sla-minutes", "started-minutes"]),
            "What is counted. Without it: requests where there is a load, else time.",
        ),
        key(
            "in",
            Kind::Text,
            "The share of complete periods that must reach it, e.g. \"95% of months\"; makes it an expectation.",
        ),
    ],
};
