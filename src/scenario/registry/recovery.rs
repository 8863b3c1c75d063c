//! How things come back and how requests find them: supervisor, health manager, router.

use super::values::{DISTRIBUTION, PROBE};
use super::{Kind, LAW, Shape, key};

/// How something broken is noticed.
const NOTICED: Kind =
    Kind::OneOf(&[Kind::Duration, Kind::Table(&PROBE), Kind::Table(&DISTRIBUTION)]);

pub(crate) static SUPERVISOR: Shape = Shape {
    name: "supervisor",
    doc: "Restarts a failed component in place, without limit.",
    keys: &[
        key(
            "detect",
            NOTICED,
            "From the failure until it is noticed: a duration, a distribution or a probe.",
        )
        .default("0s"),
        key("restart", LAW, "From noticing until it answers; a plain duration is constant.")
            .required(),
    ],
};

pub(crate) static HEALTH_MANAGER: Shape = Shape {
    name: "health_manager",
    doc: "Notices failed containers and has them placed again.",
    keys: &[
        key("detect_crash", NOTICED, "How it notices a process that ended.").default("0s"),
        key("detect_hang", NOTICED, "How it notices a process that no longer answers.").default("0s"),
        key("detect_loss", NOTICED, "How it notices containers that went with their zone or are cut off with it.")
            .default("0s"),
        key("decide", LAW, "From noticing to the order to replace.").default("0s"),
        key("kill", LAW, "Stopping a hung process before it can be replaced.").default("0s"),
        key("start", LAW, "From placement until the container answers.").required(),
        key(
            "start_timeout",
            Kind::OneOf(&[Kind::Choice(&["none"]), Kind::Duration]),
            "A start that takes longer is a failed start: its time is spent and a new attempt draws afresh.",
        )
        .default("none"),
        key("crash_ladder", Kind::Choice(&["none"]), "Waiting before the next restart of what keeps crashing.")
            .default("none")
            .others_later("the crash ladder"),
        key("parallel_starts", Kind::Choice(&["unlimited"]), "Starts that may be in progress at once.")
            .default("unlimited")
            .others_later("limited parallel starts"),
        key("convergence", Kind::Choice(&["none"]), "A loop that finds what single notices missed.")
            .default("none")
            .others_later("convergence loops"),
    ],
};

pub(crate) static ROUTER: Shape = Shape {
    name: "router",
    doc: "A rotation of containers that lags the truth.",
    keys: &[
        key(
            "unregister",
            Kind::OneOf(&[
                Kind::Choice(&["never"]),
                Kind::Duration,
                Kind::Table(&DISTRIBUTION),
            ]),
            "From the health manager's notice until the dead entry leaves the rotation; \"never\": only a \
             health check removes it.",
        )
        .default("0s"),
        key("register", LAW, "From the first answer until the new entry is in the rotation, where there is no health check.")
            .default("0s"),
        key(
            "health_check",
            Kind::OneOf(&[Kind::Choice(&["none"]), Kind::Table(&HEALTH_CHECK)]),
            "Probes by the load balancer that eject and admit entries.",
        )
        .default("none"),
        key("retries", Kind::Table(&RETRIES), "Further attempts of a failed request, each at another entry."),
        key("fail_open", Kind::Flag, "Whether an empty rotation sends requests to every registered container.")
            .default("false"),
        key(
            "passive",
            Kind::OneOf(&[Kind::Choice(&["none"]), Kind::Table(&PASSIVE)]),
            "Failed-endpoint pause: a router that met a dead entry leaves it out for a while.",
        )
        .default("none"),
        key(
            "crash_face",
            Kind::Choice(&["refused", "error"]),
            "What a request to a crashed container sees: the connection is \"refused\" at once, or accepted \
             and answered with an \"error\" (502), as behind TLS routes.",
        )
        .default("refused"),
    ],
};

static HEALTH_CHECK: Shape = Shape {
    name: "health_check",
    doc: "Probes by the load balancer.",
    keys: &[
        key("interval", Kind::Duration, "Time between two probes.")
            .required()
            .range("more than 0s"),
        key("timeout", Kind::Duration, "How long a probe waits for an answer.").default("0s"),
        key("unhealthy", Kind::Count { min: 1, max: 1000 }, "Bad probes in a row that eject.")
            .default("1"),
        key("healthy", Kind::Count { min: 1, max: 1000 }, "Good probes in a row that admit.")
            .default("1"),
    ],
};

static RETRIES: Shape = Shape {
    name: "retries",
    doc: "Further attempts of a failed request.",
    keys: &[
        key("count", Kind::Count { min: 0, max: 100 }, "Attempts after the first.").default("0"),
        key(
            "on",
            Kind::List(&Kind::Choice(&["refused", "unreachable", "error"])),
            "What is retried: a connection \"refused\", a dial that goes \"unreachable\", an \"error\" answered.",
        )
        .default("[\"refused\", \"unreachable\"]"),
    ],
};

static PASSIVE: Shape = Shape {
    name: "passive",
    doc: "Failed-endpoint pause.",
    keys: &[
        key("pause", Kind::Duration, "How long a router leaves out an entry that failed.")
            .required(),
        key(
            "routers",
            Kind::Count { min: 1, max: 10_000 },
            "Router instances, each of which keeps its own marks.",
        )
        .default("1"),
    ],
};
