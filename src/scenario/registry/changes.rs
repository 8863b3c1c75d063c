//! What is done to apps on purpose, when, and how fast people respond.

use super::{Kind, LAW, Shape, key};

const STRATEGIES: Kind = Kind::Choice(&["rolling", "make-before-break", "stop-start"]);

const STRATEGY_DOC: &str = "How containers are replaced. \"rolling\": a new one is started beside an old one, which serves until \
     the new one is in the rotation, one after the other; \"make-before-break\": the same for all at once; \
     \"stop-start\": all are stopped, then started again.";

const RATE_DOC: &str = "How often: \"52/y\" is an exponential time with mean 1/52 y from the onset of one to that of the \
     next, which waits where a change of its app is still under way. \"0/y\": never. This or `every`.";

const EVERY_DOC: &str = "By the calendar: at the start of the study + 1, 2, 3 … times this.";

const MAX_IN_FLIGHT_DOC: &str =
    "Containers that may be replaced at once. Without it: one where \"rolling\", else all.";

const RENEWS_AGE_DOC: &str = "Whether a container is as good as new afterwards. Otherwise its failure clocks go on where they were: \
     a planned restart every other day would hide wear, or bring early failures, that nobody has seen.";

const ROLLBACK_DOC: &str = "From the operator's order until the version before serves again everywhere; a plain duration is \
     constant.";

const MOST_CONTAINERS: u64 = 10_000;

pub(crate) static DEPLOYMENTS: Shape = Shape {
    name: "deployments",
    doc: "New versions of an app. A bad one passes every check and fails every request, until an operator has noticed \
          it and has it rolled back. A new version also starts containers that the crash ladder has given up.",
    keys: &[
        key("rate", Kind::Frequency, RATE_DOC),
        key("every", Kind::Duration, EVERY_DOC).range("more than 0s"),
        key("strategy", STRATEGIES, STRATEGY_DOC).default("rolling"),
        key("max_in_flight", Kind::Count { min: 1, max: MOST_CONTAINERS }, MAX_IN_FLIGHT_DOC),
        key("bad", Kind::Share, "Chance that a deployment is bad.").default("0%"),
        key("rollback", LAW, ROLLBACK_DOC).default("0s"),
        key("renews_age", Kind::Flag, RENEWS_AGE_DOC).default("false"),
    ],
};

pub(crate) static RESTARTS: Shape = Shape {
    name: "restarts",
    doc: "Restarts by the platform, one container after the other, a new one beside the old one.",
    keys: &[
        key("rate", Kind::Frequency, RATE_DOC),
        key("every", Kind::Duration, EVERY_DOC).range("more than 0s"),
        key(
            "success",
            Kind::Share,
            "Chance that a container is replaced without a gap; otherwise it is stopped first.",
        )
        .default("100%"),
        key(
            "gap",
            LAW,
            "How long a container that was stopped first is away; a plain duration is constant.",
        )
        .default("0s"),
        key("renews_age", Kind::Flag, RENEWS_AGE_DOC).default("false"),
    ],
};

pub(crate) static MAINTENANCE: Shape = Shape {
    name: "maintenance",
    doc: "A declared maintenance window. Downtime that a change makes within it is planned: it is counted, and leaves the \
          figures that contracts are about. What overruns the window is not planned.",
    keys: &[
        key("window", Kind::Text, "When it opens every week, in UTC, e.g. \"sun 02:00\".").required(),
        key("lasts", Kind::Duration, "How long it is open.").required().range("more than 0s, at most 7d"),
        key("used", Kind::Share, "Share of the windows in which maintenance is done.").default("0%"),
        key("begins", LAW, "From the opening of the window until maintenance begins; a plain duration is constant.")
            .default("0s")
            .range("less than 7d on average"),
        key("strategy", STRATEGIES, STRATEGY_DOC).default("rolling"),
        key("max_in_flight", Kind::Count { min: 1, max: MOST_CONTAINERS }, MAX_IN_FLIGHT_DOC),
        key("away", LAW, "How long a container that is stopped first is away. Without it: to drain and to start."),
        key("renews_age", Kind::Flag, RENEWS_AGE_DOC).default("false"),
    ],
};

pub(crate) static SLEEP: Shape = Shape {
    name: "sleep",
    doc: "When an app (an acceptance or a test environment, say) is not meant to run: such time is neither up nor down.",
    keys: &[
        key("from", Kind::Text, "When it is switched off every day, in UTC, e.g. \"19:00\".")
            .required(),
        key(
            "until",
            Kind::Text,
            "When it is switched on again, in UTC, e.g. \"07:00\". Starting takes its time.",
        )
        .required(),
        key("weekends", Kind::Flag, "Whether it sleeps through Saturday and Sunday (UTC) as well.")
            .default("false"),
    ],
};

pub(crate) static CHANGE: Shape = Shape {
    name: "change",
    doc: "A scripted change of an app: another number of containers, other memory, or a new version.",
    keys: &[
        key("name", Kind::Name, "What the causes of downtime call it.").range("default: \"scaling\" or \"change\""),
        key("app", Kind::Text, "The app, e.g. \"shop\".").required(),
        key(
            "at",
            Kind::OneOf(&[Kind::Duration, Kind::Moment]),
            "When: a duration since the start of the study (warm-up included), or a date and time in UTC.",
        )
        .required(),
        key("containers", Kind::Count { min: 0, max: MOST_CONTAINERS }, "Containers from then on. 0: it is not meant to run.")
            .range("0, or at least `needs`"),
        key("memory", Kind::Size, "Memory of each container from its next start on, which takes a restart. Where hosts are described it \
             takes so much room there: a container without room for its successor goes on with what it has, one \
             that was stopped first waits for room.")
            .range("1GiB to 32GiB, containers × memory at most 128GiB"),
        key(
            "strategy",
            Kind::Choice(&["rolling", "make-before-break", "stop-start", "none"]),
            "How the containers that run already are replaced, as for `deployments`. The portal's scaling restarts \
             them all: \"stop-start\". \"none\": they run on.",
        )
        .default("stop-start"),
        key("max_in_flight", Kind::Count { min: 1, max: MOST_CONTAINERS }, MAX_IN_FLIGHT_DOC),
        key("away", LAW, "How long a container that is stopped first is away. Without it: to drain and to start."),
        key("renews_age", Kind::Flag, RENEWS_AGE_DOC).default("false"),
        key("bad", Kind::Flag, "Whether it brings a version that fails every request until it is rolled back.")
            .default("false"),
        key("rollback", LAW, ROLLBACK_DOC).default("0s"),
        key("window", Kind::Duration, "Announced for so long from `at` on: downtime that a change makes meanwhile is planned."),
    ],
};

pub(crate) static AUTOSCALING: Shape = Shape {
    name: "autoscaling",
    doc: "As many containers as the load needs. It looks at the load, not at how containers fare; a new container \
          takes as long to start as any. It can do nothing while the control plane of the region is impaired, while \
          another change of the app is under way, or while the app sleeps. Needs a load and a capacity.",
    keys: &[
        key(
            "target",
            Kind::Share,
            "Share of what a container can serve that it is to be given at most: the app has the fewest containers \
             for which it is not given more.",
        )
        .required()
        .range("more than 0%, less than 100%"),
        key("min", Kind::Count { min: 1, max: MOST_CONTAINERS }, "Fewest containers.")
            .default("1")
            .range("at least `needs`"),
        key("max", Kind::Count { min: 1, max: MOST_CONTAINERS }, "Most containers.")
            .required()
            .range("at least `min`"),
        key("every", Kind::Duration, "Time between two looks at the load, from a random instant on.")
            .required()
            .range("more than 0s"),
        key(
            "delay",
            Kind::Duration,
            "From a look that calls for other containers until they are ordered: measurements that come late.",
        )
        .default("0s"),
        key("cool_down", Kind::Duration, "From an order until the next look that counts.").required(),
    ],
};

pub(crate) static EVACUATION: Shape = Shape {
    name: "evacuation",
    doc: "Hosts that are replaced on purpose, region by region: a host takes nothing new, what runs on it is started \
          elsewhere before it is stopped, then the host is away for a while. What cannot be moved in time is killed. \
          Only hosts that containers stand on. The `restarts` of apps count such moves too: give them a lower rate \
          where hosts are described.",
    keys: &[
        key(
            "every",
            Kind::OneOf(&[Kind::Choice(&["never"]), Kind::Duration]),
            "All hosts of a region are replaced at the start of the study + 1, 2, 3 … times this.",
        )
        .default("never")
        .range("more than 0s"),
        key(
            "max_in_flight",
            Kind::Count { min: 1, max: 100_000 },
            "Hosts of a region that may be emptied or away at once.",
        )
        .default("1"),
        key("limit", Kind::Duration, "How long a host may take to be emptied.").default("10min"),
        key("away", LAW, "How long an emptied host is away; a plain duration is constant.")
            .default("0s"),
    ],
};

pub(crate) static OPERATOR: Shape = Shape {
    name: "operator",
    doc: "How fast people respond where something waits for them, such as the rollback of a bad deployment.",
    keys: &[
        key(
            "detect",
            LAW,
            "From the first failed request until they know; a plain duration is constant.",
        )
        .default("0s"),
        key(
            "act",
            LAW,
            "From then on until they have given the right order; a plain duration is constant.",
        )
        .default("0s"),
    ],
};
