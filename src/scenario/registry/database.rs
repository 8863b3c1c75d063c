//! The database of an app: its nodes, how it fails over, and what is done when none is left.

use super::fallback::REPLICA;
use super::{Kind, LAW, Shape, key};

/// `[app.NAME.database]`, over the defaults of its mode in `[database.MODE]`.
pub(crate) static DATABASE: Shape = Shape {
    name: "database",
    doc: "The database of an app: nodes in different zones, one of which is primary. The app is down while it is.",
    keys: &[
        key(
            "mode",
            Kind::Choice(&["single", "multi-az", "cluster"]),
            "\"single\": one node; \"multi-az\": a synchronous standby in a second zone; \"cluster\": two readable \
             standbys in two more zones. Without it: \"multi-az\" where the plan is premium, \"single\" where it is \
             standard.",
        ),
        key("size", Kind::Size, "Data in it. Required where a restore goes by `throughput`."),
        key("written", Kind::Throughput, "What is written to it on average, for the bytes that a restore loses."),
        key(
            "zones",
            Kind::List(&Kind::Text),
            "The zones its nodes stand in, the first primary in the first. Without it: those of the app, in order \
             of name.",
        ),
        key("failover", Kind::Table(&FAILOVER), "From the loss of the primary until every container has reconnected."),
        key("rebuild", Kind::Table(&REBUILD), "How a lost node comes back, in its own zone."),
        key(
            "nothing_left",
            Kind::Choice(&["wait-for-node", "restore"]),
            "What is done when no node is left. \"wait-for-node\": the first that is back becomes primary, and \
             nothing is lost; \"restore\": an operator has the newest restorable data restored, in another zone if \
             need be, unless a node is back before the order.",
        )
        .default("wait-for-node"),
        key("restore", Kind::Table(&RESTORE), "How a restore goes, where `nothing_left` is \"restore\"."),
        key(
            "logs",
            Kind::OneOf(&[Kind::Choice(&["none"]), Kind::Table(&LOGS)]),
            "Shipping of the log to where it survives every node: a restore loses what came after the last one.",
        )
        .default("none"),
        key(
            "maintenance",
            Kind::Table(&MAINTENANCE),
            "Planned failovers, in the maintenance window of its app if that has one.",
        ),
        key(
            "replica",
            Kind::OneOf(&[Kind::Choice(&["none"]), Kind::Table(&REPLICA)]),
            "An asynchronous copy in another region. Without it: one in the region of the `fallback` where the plan \
             is premium-plus, else none.",
        ),
    ],
};

static FAILOVER: Shape = Shape {
    name: "failover",
    doc: "The steps of a failover, one after the other; plain durations are constant.",
    keys: &[
        key("detect", LAW, "Until the loss of the primary is known.").default("0s"),
        key("decide", LAW, "From then on, until a standby is chosen.").default("0s"),
        key("promote", LAW, "From then on, until it takes writes.").default("0s"),
        key(
            "reconnect",
            LAW,
            "From then on, until a container is connected to it; each container has its own draw.",
        )
        .default("0s"),
        key("coverage", Kind::Share, "Chance that it goes by itself.").default("100%"),
        key(
            "manual",
            LAW,
            "Where it does not: from detection until an operator has promoted a standby. Required where \
             `coverage` is below 100%.",
        ),
    ],
};

static MAINTENANCE: Shape = Shape {
    name: "database_maintenance",
    doc: "Planned failovers: a standby takes the place of the primary, which is then patched; a single node restarts.",
    keys: &[
        key("rate", Kind::Frequency, "How often. \"0/y\": never.").required(),
        key(
            "takes",
            LAW,
            "Until a node takes writes again, after which the containers reconnect. Without it: as long as a \
             promotion.",
        ),
    ],
};

static REBUILD: Shape = Shape {
    name: "rebuild",
    doc: "How a lost node comes back.",
    keys: &[
        key(
            "takes",
            LAW,
            "How long, anew after every interruption; of a single node: until it runs again with its data.",
        )
        .default("0s"),
        key(
            "begins",
            Kind::Choice(&["after-failover", "at-loss"]),
            "\"after-failover\": once there is a primary to copy from; \"at-loss\": at once. Never in a zone that is \
             down.",
        )
        .default("after-failover"),
    ],
};

static RESTORE: Shape = Shape {
    name: "restore",
    doc: "From the decision of the operator until the data is there again.",
    keys: &[
        key("decision", LAW, "From the loss of the last node until the restore is ordered.")
            .default("0s"),
        key(
            "takes",
            LAW,
            "How long an attempt takes, instead of `overhead` and size / `throughput`.",
        ),
        key("throughput", Kind::Throughput, "How fast data is restored.").range("more than 0B/s"),
        key("overhead", Kind::Duration, "What an attempt takes besides.").default("0s"),
        key(
            "fails",
            Kind::Share,
            "Chance that an attempt fails when its time is spent; then another begins.",
        )
        .default("0%")
        .range("less than 100%"),
        key(
            "yields",
            Kind::Choice(&["single", "pair"]),
            "Whether one node comes back, from which the others are rebuilt, or all at once.",
        )
        .default("single"),
    ],
};

static LOGS: Shape = Shape {
    name: "logs",
    doc: "Shipping of the log.",
    keys: &[key(
        "every",
        Kind::Duration,
        "From one shipment to the next; when the first comes is drawn once for each replication.",
    )
    .required()
    .range("more than 0s")],
};

/// `[database.MODE]`: what every database of a mode has unless its app says otherwise.
pub(crate) static DATABASES: Shape = Shape {
    name: "databases",
    doc: "What the databases of each mode have unless their app says otherwise.",
    keys: &[
        key("single", Kind::Table(&DATABASE), "Databases of one node."),
        key("multi-az", Kind::Table(&DATABASE), "Databases with a synchronous standby."),
        key("cluster", Kind::Table(&DATABASE), "Databases with two readable standbys."),
    ],
};
