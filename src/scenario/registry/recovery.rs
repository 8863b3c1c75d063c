//! How things come back and how requests find them: supervisor, health manager, router.

use super::values::{DISTRIBUTION, PRESENCE, PROBE};
use super::{Kind, LAW, Shape, key};

/// How something broken is noticed.
const NOTICED: Kind =
    Kind::OneOf(&[Kind::Duration, Kind::Table(&PROBE), Kind::Table(&DISTRIBUTION)]);

/// The same, where nothing may notice it at all, or where a convergence loop finds it.
const NOTICED_OR_NEVER: Kind = Kind::OneOf(&[
    Kind::Choice(&["never"]),
    Kind::Duration,
    Kind::Table(&PROBE),
    Kind::Table(&DISTRIBUTION),
]);
const NOTICED_BY_PRESENCE: Kind = Kind::OneOf(&[
    Kind::Duration,
    Kind::Table(&PROBE),
    Kind::Table(&PRESENCE),
    Kind::Table(&DISTRIBUTION),
]);

/// The generations of the health manager, the newest first.
pub(crate) const GENERATION_NAMES: &[&str] = &["diego", "diego-2015", "hm9000"];

/// Keys of a health manager that the apps of a region share, so that none can have its own.
pub(crate) const SHARED_BY_APPS: [&str; 5] =
    ["parallel_starts", "instances", "zones", "takeover", "restart"];

/// A health manager: the name of a generation, or its keys.
pub(super) const HEALTH_MANAGER_KIND: Kind =
    Kind::OneOf(&[Kind::Choice(GENERATION_NAMES), Kind::Table(&HEALTH_MANAGER)]);

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
        key(
            "generation",
            Kind::Choice(GENERATION_NAMES),
            "Where its numbers come from: today's Diego, the Diego of 2015, or HM9000. The name alone may stand \
             for the whole table: health_manager = \"hm9000\".",
        ),
        key("detect_crash", NOTICED, "How it notices a process that ended.").default("0s"),
        key("detect_hang", NOTICED_OR_NEVER, "How it notices a process that no longer answers.")
            .default("0s"),
        key(
            "detect_loss",
            NOTICED_BY_PRESENCE,
            "How it notices containers that went with their host or zone, or are cut off with it.",
        )
        .default("0s"),
        key("decide", LAW, "From noticing to the order to replace.").default("0s"),
        key("kill", LAW, "Stopping a hung process before it can be replaced.").default("0s"),
        key("start", LAW, "From placement until the container answers.").required(),
        key(
            "start_timeout",
            Kind::OneOf(&[Kind::Choice(&["none"]), Kind::Duration]),
            "A start that takes longer is a failed start: its time is spent, it counts as a crash, and a new \
             attempt draws afresh.",
        )
        .default("none"),
        key(
            "crash_ladder",
            Kind::OneOf(&[Kind::Choice(&["none"]), Kind::Table(&CRASH_LADDER)]),
            "Waiting before the next restart of what keeps crashing, hanging or failing to start.",
        )
        .default("none"),
        key(
            "convergence",
            Kind::OneOf(&[Kind::Choice(&["none"]), Kind::Duration]),
            "How often the loop comes round that picks up restarts that were put off, and hosts whose presence \
             has expired; \"none\": both at once. It has one phase for everything in a region.",
        )
        .default("none")
        .range("more than 0s"),
        key(
            "parallel_starts",
            Kind::OneOf(&[Kind::Choice(&["unlimited"]), Kind::Count { min: 1, max: 1_000_000 }]),
            "Starts that may be in progress at once in a region. Not in an app.",
        )
        .default("unlimited"),
        key(
            "instances",
            Kind::Count { min: 0, max: 100 },
            "Its own instances in each region, one of which is active. While none is, nothing is noticed, decided \
             or placed. 0: it stands nowhere and never fails. Not in an app.",
        )
        .default("0"),
        key(
            "zones",
            Kind::List(&Kind::Text),
            "The zones its instances stand in, in turn. Without it, and in a region of which no zone is named: all \
             zones of the region. Not in an app.",
        ),
        key(
            "takeover",
            LAW,
            "From the loss of the active instance until another one takes over. Not in an app.",
        )
        .default("0s"),
        key("restart", LAW, "How long an instance that crashed is away. Not in an app.").default("0s"),
    ],
};

static CRASH_LADDER: Shape = Shape {
    name: "crash_ladder",
    doc: "Waits before a restart, by the number of crashes in a row.",
    keys: &[
        key(
            "immediate",
            Kind::Count { min: 0, max: 100 },
            "Crashes in a row that are followed by a restart at once.",
        )
        .default("0"),
        key(
            "first",
            Kind::Duration,
            "The wait after the first crash beyond those; it doubles with each further one.",
        )
        .required()
        .range("more than 0s"),
        key("most", Kind::Duration, "The longest wait.").required().range("at least `first`"),
        key(
            "give_up",
            Kind::OneOf(&[Kind::Choice(&["never"]), Kind::Count { min: 1, max: 250 }]),
            "After this many crashes in a row the container is not restarted any more, and takes no room on a host. \
             The next deployment or [[change]] of its app starts it again, and so does waking up.",
        )
        .default("never"),
        key("reset", Kind::Duration, "Whoever ran for longer than this begins anew.")
            .default("5min"),
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
        key(
            "pruning",
            Kind::OneOf(&[Kind::Choice(&["none"]), Kind::Table(&PRUNING)]),
            "Entries that nobody renews any more are dropped, whether or not a health manager has noticed. Routes \
             over TLS are not pruned by age: \"none\".",
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

pub(crate) static LOAD_BALANCER: Shape = Shape {
    name: "load_balancer",
    doc: "What stands before the apps of a region: routers in its zones, and a balancer over all zones, or DNS, that \
          spreads the clients over those it believes in. A router that is lost or cut off fails what it is sent \
          until the checks have found out. Apps whose router is \"ideal\" have none of it.",
    keys: &[
        key(
            "routers",
            Kind::Count { min: 0, max: 1000 },
            "Routers of each region. 0: they stand nowhere and never fail.",
        )
        .default("0"),
        key(
            "zones",
            Kind::List(&Kind::Text),
            "The zones they stand in, in turn. Without it, and in a region of which no zone is named: all zones of the \
             region.",
        ),
        key("restart", LAW, "How long a router that crashed is away; a plain duration is constant.")
            .default("0s"),
        key(
            "health_check",
            Kind::Table(&HEALTH_CHECK),
            "Probes of the routers, after which clients are sent elsewhere. Where no router passes them, all are used. \
             Required with `routers`.",
        ),
        key(
            "ttl",
            Kind::Duration,
            "DNS: how long a client keeps the router it has been told. Their records expire evenly over it, in ten \
             steps. 0s: a balancer, which sends everybody elsewhere at once.",
        )
        .default("0s"),
        key("clinging", Kind::Share, "DNS: share of the clients that never ask again.").default("0%"),
    ],
};

static HEALTH_CHECK: Shape = Shape {
    name: "health_check",
    doc: "Probes that eject and admit.",
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

static PRUNING: Shape = Shape {
    name: "pruning",
    doc: "What runs a container renews its entry from time to time, also while it hangs; what crashed, was lost or is \
          cut off is renewed no more. Gorouter: renewed every 20s, dropped after 120s, looked for every 30s.",
    keys: &[
        key("renewed", Kind::Duration, "How often an entry is renewed.")
            .required()
            .range("more than 0s, at most `after`"),
        key(
            "after",
            Kind::Duration,
            "An entry that was not renewed for so long is dropped in the next round.",
        )
        .required(),
        key("every", Kind::Duration, "Time between two rounds of the router.")
            .required()
            .range("more than 0s"),
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
