//! What goes wrong, and what is expected all the same.

use super::{Kind, LAW, SHARE_LAW, Shape, key};

const EFFECTS: Kind = Kind::Choice(&[
    "crash",
    "hang",
    "outage",
    "isolation",
    "control-plane",
    "file-errors",
    "data-loss",
]);

const EFFECT_DOC: &str = "\"crash\": the process ends; \"hang\": it stays and no longer answers; \"outage\": everything in the \
     domain stops until the fault ends; \"isolation\": everything in it runs on and cannot be reached; \
     \"control-plane\": nothing new can be started in the region, what runs or is starting goes on; \"file-errors\": \
     buckets there answer with errors; \"data-loss\": data of a bucket or database is deleted or overwritten, everywhere at once. A bucket is complete again at \
     once; a database serves on until the operator knows, is stopped when he does, and restored to what it was before.";

const TARGET_DOC: &str = "container.*, container.shop/*, container.shop/2, app.shop (all its containers), host.rack/*, zone.*, \
     zone.eu-central-1a, region.*, dependency.mxid, health-manager.eu-central-1/* (instances of the region's), \
     database-node.shop/*, database.shop, replica.shop/* (of its bucket), bucket.shop or router.eu-central-1/*.";

pub(crate) static FAILURE: Shape = Shape {
    name: "failure",
    doc: "A random failure with its own clock on every target.",
    keys: &[
        key("kind", EFFECTS, EFFECT_DOC)
            .required()
            .others_later("further kinds of fault (slow, erroring)"),
        key("targets", Kind::OneOf(&[Kind::Text, Kind::List(&Kind::Text)]), TARGET_DOC).required(),
        key(
            "mtbf",
            LAW,
            "Up time of a target until the next onset; a plain duration is an exponential mean. This or `rate`.",
        )
        .range("more than 0s"),
        key(
            "rate",
            Kind::Frequency,
            "Onsets per up time: \"0.05/y\" is an exponential up time with mean 20y. \"0/y\": never, which \
             switches a preset's failure off.",
        ),
        key("lasts", LAW, "How long it lasts; a plain duration is constant. Required for outages and isolations, \
             refused for crashes and hangs, which the component's own recovery ends."),
        key(
            "fraction",
            SHARE_LAW,
            "Share of what stands in a zone or region that is hit, drawn once per occurrence; everything has \
             its own coin. Of file-errors: the share of the requests to buckets there that fail.",
        )
        .range("0% to 100%; default: all is hit"),
        key(
            "company",
            Kind::Table(&COMPANY),
            "Hosts that are not lost alone: now and then others of their zone go with them.",
        ),
        key(
            "pick",
            Kind::Choice(&["each", "one", "all"]),
            "\"each\": every target has its own clock; \"one\": one clock, one target chosen at random; \"all\": \
             one clock, all targets together.",
        )
        .default("each"),
        key(
            "clock",
            Kind::Choice(&["first-answer", "in-rotation"]),
            "When the clock of a container starts: with its first answer, or when the load balancer admits it.",
        )
        .default("first-answer"),
    ],
};

static COMPANY: Shape = Shape {
    name: "company",
    doc: "Other hosts of the zone that go with the one that is struck.",
    keys: &[
        key("chance", Kind::Share, "How often an onset has company.").required(),
        key(
            "size",
            Kind::Number { min: 2.0, max: 1000.0 },
            "Mean number of hosts that then go together, the first included: two, and more by a geometric law, as \
             far as the zone has them.",
        )
        .default("3"),
    ],
};

pub(crate) static INCIDENT: Shape = Shape {
    name: "incident",
    doc: "A scripted fault.",
    keys: &[
        key("name", Kind::Name, "What the causes of downtime call it.").range("default: its kind"),
        key("kind", EFFECTS, EFFECT_DOC)
            .required()
            .others_later("further kinds of fault (slow, erroring)"),
        key("target", Kind::Text, TARGET_DOC),
        key("targets", Kind::OneOf(&[Kind::Text, Kind::List(&Kind::Text)]), "Several targets, hit at the same instant by one cause."),
        key(
            "at",
            Kind::OneOf(&[Kind::Duration, Kind::Moment]),
            "When: a duration since the start of the study (warm-up included), or a date and time in UTC.",
        )
        .required(),
        key("lasts", Kind::Duration, "How long it lasts. Required for outages and isolations."),
        key("fraction", Kind::Share, "Share of what stands in a zone or region that is hit; of file-errors: of the requests there that fail.")
            .range("0% to 100%; default: all is hit"),
    ],
};

pub(crate) static RECORDED: Shape = Shape {
    name: "recorded",
    doc: "Faults that really happened.",
    keys: &[
        key(
            "file",
            Kind::Text,
            "CSV file with the columns start, end (RFC 3339), target and kind; relative to the scenario file.",
        )
        .required(),
    ],
};

pub(crate) static EXPECT: Shape = Shape {
    name: "expect",
    doc: "What the result must satisfy.",
    keys: &[
        key(
            "that",
            Kind::Text,
            "A quantity, a relation and a bound: \"app.shop.failover.p95 <= 5min\".",
        )
        .required(),
        key(
            "in",
            Kind::Text,
            "The share of whole years in which it must hold: \"99.9% of years\".",
        ),
    ],
};
