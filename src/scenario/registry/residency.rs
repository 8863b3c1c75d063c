//! Where data may be: jurisdictions, rules of apps, and where logs stand.

use super::{Kind, Shape, key};

/// The classes of data.
pub(super) const CLASSES: &[&str] = &["database", "files", "backups", "logs", "identity"];

static NAME: Kind = Kind::Text;

/// Jurisdictions, countries, regions or zones.
const PLACES: Kind = Kind::OneOf(&[Kind::Text, Kind::List(&NAME)]);

pub(crate) static JURISDICTION: Shape = Shape {
    name: "jurisdiction",
    doc: "A set of countries under one law, known by its name wherever a place is asked for.",
    keys: &[key(
        "countries",
        Kind::List(&NAME),
        "Its countries as two capital letters each (ISO 3166-1 alpha-2).",
    )
    .required()],
};

pub(crate) static RESIDENCY: Shape = Shape {
    name: "residency",
    doc: "Where the data of an app may be. Outside it is a violation, from arrival to removal.",
    keys: &[
        key(
            "keep_in",
            Kind::OneOf(&[Kind::Text, Kind::List(&NAME), Kind::Table(&KEEP_IN)]),
            "Where it may be: jurisdictions (\"EU\"), countries (\"BR\"), regions or zones; one, several, or \
             by class of data.",
        )
        .required(),
        key(
            "control",
            Kind::Choice(&["detective", "preventive"]),
            "\"preventive\": the platform refuses what would take data outside, at the price of availability or \
             of data; \"detective\": it happens and is recorded.",
        )
        .default("detective"),
        key(
            "covers",
            Kind::Choice(&["rest-and-processing", "rest"]),
            "Whether data counts where it is only processed (by containers, by dependencies), or only where it \
             is kept.",
        )
        .default("rest-and-processing"),
        key("except", Kind::List(&EXCEPT_KIND), "What may be elsewhere all the same, and on what basis."),
    ],
};

/// The keys are the [`CLASSES`].
pub(crate) static KEEP_IN: Shape = Shape {
    name: "keep_in",
    doc: "Where each class of data may be; a class that is not named may be anywhere.",
    keys: &[
        key("database", PLACES, "Databases, and what containers process of them."),
        key("files", PLACES, "Buckets of files."),
        key("backups", PLACES, "Backups and their copies."),
        key("logs", PLACES, "Log streams."),
        key("identity", PLACES, "What is known of who signs in."),
    ],
};

static EXCEPT_KIND: Kind = Kind::Table(&EXCEPT);

pub(crate) static EXCEPT: Shape = Shape {
    name: "except",
    doc: "An exception: it is shown, and is no violation.",
    keys: &[
        key("data", Kind::Choice(CLASSES), "The class of data.").required(),
        key("to", PLACES, "Where it may be besides: jurisdictions, countries, regions or zones.")
            .required(),
        key("basis", Kind::Text, "What allows it, e.g. \"contract annex 4\"; told with every use.")
            .required(),
    ],
};

pub(crate) static LOGS: Shape = Shape {
    name: "logs",
    doc: "The log stream of an app.",
    keys: &[
        key("region", Kind::Text, "The region it is kept in.").required(),
        key("size", Kind::Size, "How much of it is kept there at any time.").default("0B"),
    ],
};
