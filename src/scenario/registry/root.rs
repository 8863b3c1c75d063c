//! The file as a whole, and the study.

use super::changes::{CHANGE, EVACUATION, OPERATOR};
use super::database::DATABASES;
use super::estate::{APP, CREW, DEPENDENCY, HOST, REGION, SERVICE};
use super::faults::{EXPECT, FAILURE, INCIDENT, RECORDED};
use super::load::PROFILE;
use super::recovery::{HEALTH_MANAGER_KIND, LOAD_BALANCER, ROUTER};
use super::residency::{JURISDICTION, RESIDENCY};
use super::{Key, Kind, Shape, key, later};

/// The whole file.
pub(crate) static ROOT: Shape = Shape {
    name: "scenario",
    doc: "A scenario: an architecture, what happens to it, and what is wanted of it.",
    keys: &[
        key("version", Kind::Count { min: 1, max: 1 }, "Version of the scenario language.").required(),
        key(
            "platform",
            Kind::Text,
            "The dated preset that every default comes from, e.g. \"mendix-cloud@2026-11\", or \"none\".",
        )
        .required(),
        key("name", Kind::Name, "Name of the scenario in reports and folders.")
            .range("default: the name of the file"),
        key("study", Kind::Table(&STUDY), "What is simulated: how long, how often, how surely."),
        key(
            "failures",
            Kind::Choice(&["none"]),
            "\"none\" drops every random failure of the preset, its dependencies and its bad deployments: the \
             no-fault arm of a comparison. Planned changes go on.",
        ),
        key(
            "changes",
            Kind::Choice(&["none"]),
            "\"none\" drops the deployments and restarts that the preset makes of every app.",
        ),
        key("region", Kind::Named(&REGION), "Regions. Those of the preset are known already."),
        key("app", Kind::Named(&APP), "Apps, each with its containers, load and contract."),
        key(
            "fleet",
            Kind::OneOf(&[Kind::Text, Kind::List(&Kind::Text)]),
            "CSV files of apps: a row for each, its columns `name` and any keys of an app, dotted where they \
             lie deeper. What [app.NAME] says is laid over the row.",
        ),
        key("profile", Kind::Named(&PROFILE), "Courses of load through the week, for `load`."),
        key("host", Kind::Named(&HOST), "Groups of repairable hosts NAME/1, NAME/2 …, with or without containers on them."),
        key("dependency", Kind::Named(&DEPENDENCY), "What apps need from outside, e.g. identity or DNS."),
        key("service", Kind::Named(&SERVICE), "Observers: k of n over any components, apps and services."),
        key("crew", Kind::Named(&CREW), "Repair crews that failed components wait for."),
        key(
            "health_manager",
            HEALTH_MANAGER_KIND,
            "How failed containers are noticed and replaced: a generation (\"diego\", \"diego-2015\", \"hm9000\"), or \
             its keys. An app may override single keys.",
        ),
        key(
            "router",
            Kind::OneOf(&[Kind::Choice(&["ideal"]), Kind::Table(&ROUTER)]),
            "What stands between users and containers. \"ideal\": the rotation equals the truth at every \
             instant. An app may override single keys.",
        )
        .default("ideal"),
        key(
            "database",
            Kind::Table(&DATABASES),
            "What the databases of each mode have unless their app says otherwise.",
        ),
        key(
            "load_balancer",
            Kind::Table(&LOAD_BALANCER),
            "Routers that stand in zones, and the balancer or DNS before them.",
        ),
        key("failure", Kind::Named(&FAILURE), "Random failures. A preset's of the same name is replaced key by key."),
        key("incident", Kind::Tables(&INCIDENT), "Scripted faults, each at a given time."),
        key("change", Kind::Tables(&CHANGE), "Scripted changes of apps: scaling, new versions, restarts."),
        key("evacuation", Kind::Table(&EVACUATION), "How hosts are emptied and replaced on purpose."),
        key("residency", Kind::Table(&RESIDENCY), "Where the data of every app may be. An app may override single keys."),
        key(
            "jurisdiction",
            Kind::Named(&JURISDICTION),
            "Named sets of countries. Those of the preset are known already.",
        ),
        key("operator", Kind::Table(&OPERATOR), "How fast people respond where something waits for them."),
        key("recorded", Kind::Named(&RECORDED), "Faults that really happened, from CSV files."),
        key("expect", Kind::Tables(&EXPECT), "What the result must satisfy; decides the exit code."),
        later("vary", "Values to try in turn.", "`sweep` and `plan`"),
        later("price", "Prices of containers and databases.", "`plan`"),
    ],
};

pub(crate) static STUDY: Shape = Shape {
    name: "study",
    doc: "What is simulated: how long, how often, how surely.",
    keys: STUDY_KEYS,
};

const STUDY_KEYS: &[Key] = &[
    key("start", Kind::Moment, "The instant at which the warm-up (if any) begins, UTC.")
        .default("2025-01-01")
        .range("1970 to 2200"),
    key("horizon", Kind::Duration, "Measured time of one replication. A year is 365 days.")
        .default("1y")
        .range("more than 0, with the warm-up at most 584y"),
    key("warm_up", Kind::Duration, "Time simulated before the measured time.").default("0s"),
    key("seed", Kind::Count { min: 0, max: i64::MAX as u64 }, "Chooses the luck; the same seed gives the same result.")
        .default("1"),
    key(
        "replications",
        Kind::Count { min: 1, max: 1_000_000_000 },
        "How often the horizon is simulated. Without it and without `precision`: 2000.",
    ),
    key(
        "precision",
        Kind::Share,
        "Replicate until the half-width of the confidence interval is this share of each quantity in `of`.",
    )
    .range("more than 0%, less than 100%"),
    key(
        "of",
        Kind::List(&Kind::Text),
        "Quantities the precision is asked of, e.g. [\"app.shop.unavailability.time\"]. Without it: the \
         unavailability of every app and service.",
    ),
    key("max_replications", Kind::Count { min: 1, max: 1_000_000_000 }, "Where the search for `precision` gives up.")
        .default("1000000"),
    key("confidence", Kind::Share, "Confidence of every interval, two-sided.")
        .default("95%")
        .range("more than 50%, less than 100%"),
    key(
        "stop",
        Kind::Choice(&["horizon", "first-outage"]),
        "When a replication ends: at the horizon, or as soon as there is an outage.",
    )
    .default("horizon"),
    key(
        "importance",
        Kind::Flag,
        "Whether the Birnbaum importance of every component is computed. Without it: on up to 200 components.",
    ),
    key("at", Kind::List(&Kind::Duration), "Times after the start of the measured time at which the point unavailability is wanted."),
];
