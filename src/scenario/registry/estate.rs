//! What stands where: regions, apps, hosts, dependencies, services, crews.

use super::changes::{AUTOSCALING, DEPLOYMENTS, MAINTENANCE, RESTARTS, SLEEP};
use super::database::DATABASE;
use super::fallback::FALLBACK;
use super::load::{CAPACITY_KIND, LOAD_KIND, PLACES_KIND, SERVICE_KIND};
use super::recovery::{HEALTH_MANAGER_KIND, ROUTER, SUPERVISOR};
use super::residency::{CLASSES, LOGS, RESIDENCY};
use super::storage::{BACKUPS_KIND, FILES, REGION_BACKUPS};
use super::values::{REQUIREMENT, SLO};
use super::{Kind, LAW, Shape, key, later};

const SLO_KIND: Kind = Kind::OneOf(&[Kind::Share, Kind::Table(&SLO)]);

pub(crate) static REGION: Shape = Shape {
    name: "region",
    doc: "A region: a country and its zones.",
    keys: &[
        key(
            "country",
            Kind::Text,
            "Country as two capital letters (ISO 3166-1 alpha-2), e.g. \"DE\".",
        )
        .required(),
        key(
            "zones",
            Kind::OneOf(&[Kind::Count { min: 1, max: 26 }, Kind::List(&Kind::Name)]),
            "Its zones: a number n for NAMEa, NAMEb …, or a list of names.",
        )
        .required(),
        key(
            "hosts",
            Kind::Table(&HOSTS),
            "Hosts in each of its zones, on which containers find room, or not: host.ZONE/1, host.ZONE/2 … \
             Without it, and without groups of hosts with `memory`, there is room without end.",
        ),
        key(
            "copies_to",
            Kind::Text,
            "The region to which the platform takes the second copy of what its apps keep. Without it: none.",
        ),
        key(
            "backups",
            Kind::Table(&REGION_BACKUPS),
            "When what its apps keep is backed up, unless they say otherwise.",
        ),
    ],
};

static HOSTS: Shape = Shape {
    name: "hosts",
    doc: "The hosts of every zone of a region.",
    keys: &[
        key("per_zone", Kind::Count { min: 1, max: 100_000 }, "How many in each zone.").required(),
        key("memory", Kind::Size, "Memory of each host for containers.")
            .required()
            .range("1MiB to 1PiB"),
        key(
            "returns",
            LAW,
            "Delay until a host is back, empty, after its zone is back or its own fault is over.",
        )
        .default("0s"),
    ],
};

pub(crate) static APP: Shape = Shape {
    name: "app",
    doc: "An app: one or more stateless containers behind a router.",
    keys: &[
        key("region", Kind::Text, "The region it runs in.").required(),
        key(
            "count",
            Kind::Count { min: 1, max: 500_000 },
            "Makes so many apps of it, NAME-1 to NAME-count, numbered with leading zeros. What \
             [app.NAME-7] says is laid over the seventh.",
        ),
        key(
            "group",
            Kind::Name,
            "What it is counted under in a fleet, e.g. a team or a customer: of every group the result tells how \
             many apps meet their SLO.",
        ),
        key(
            "plan",
            Kind::Choice(&["premium-plus", "premium", "standard"]),
            "\"premium\" spreads containers over the zones, \"premium-plus\" has another region to go to besides, \
             \"standard\" keeps them in one zone. Required on a platform unless `placement` is given.",
        ),
        key(
            "placement",
            Kind::Choice(&["spread", "home", "pinned"]),
            "Where containers may be placed, instead of what the plan says. \"spread\": emptiest zone first; \
             \"home\": all in the first zone that is not down; \"pinned\": each only ever in its own zone.",
        ),
        key("zones", Kind::List(&Kind::Text), "The zones of the region it may use. Without it: all."),
        key("containers", Kind::Count { min: 1, max: 10_000 }, "How many containers it runs.").default("1"),
        key("needs", Kind::Count { min: 1, max: 10_000 }, "Containers in service that it takes to be up.")
            .default("1")
            .range("at most `containers`"),
        key(
            "memory",
            Kind::Size,
            "Memory of each container, on hosts and in packs. Required where hosts are described.",
        )
        .range("1GiB to 32GiB, containers × memory at most 128GiB"),
        key(
            "load",
            LOAD_KIND,
            "Requests per time: constant, or with its course through the week, a trace, growth. Without it \
             nothing is measured by request.",
        ),
        key(
            "response",
            Kind::Duration,
            "Mean response time: load × response requests are in flight and die with their container. With \
             `concurrency` the service time is used instead.",
        )
        .default("0s"),
        key(
            "capacity",
            CAPACITY_KIND,
            "Requests per time that one container can serve, plain or by its memory. Without `concurrency` \
             what exceeds it fails, and nothing is said about waits.",
        )
        .range("more than 0/s; needs a load"),
        key(
            "concurrency",
            Kind::Count { min: 1, max: 10_000 },
            "Requests that one container serves at once: the app is then a queue with so many servers for \
             each container in service. Needs `queue_places`, and a `capacity` or a `service_time`.",
        ),
        key(
            "service_time",
            SERVICE_KIND,
            "How long one request occupies a place, waiting excluded; a plain duration is the mean of an \
             exponential one. Without it: concurrency ÷ capacity.",
        )
        .range("more than 0s; instead of a capacity, or a table that only says `scv`"),
        key(
            "queue_places",
            PLACES_KIND,
            "Requests that may wait: in all, or in each container where each has its own queue. What finds \
             no room fails.",
        ),
        key(
            "queue",
            Kind::Choice(&["shared", "per-container"]),
            "Whether requests wait in one queue for any container, or each in that of its container.",
        )
        .default("shared"),
        key(
            "latency_over",
            Kind::List(&Kind::Duration),
            "Lengths for which the shares of requests that wait longer, and take longer, are told. Needs a \
             queue.",
        ),
        key("slo", SLO_KIND, "The contract: an availability, by request and calendar month unless it says otherwise."),
        key(
            "supervisor",
            Kind::Table(&SUPERVISOR),
            "Failed containers are restarted in place: no moving, no limit. Instead of a health manager.",
        ),
        key(
            "health_manager",
            HEALTH_MANAGER_KIND,
            "Overrides single keys of the platform's health manager, or names another generation.",
        ),
        key(
            "router",
            Kind::OneOf(&[Kind::Choice(&["ideal"]), Kind::Table(&ROUTER)]),
            "Overrides single keys of the platform's router, or \"ideal\".",
        ),
        key(
            "drain",
            Kind::Duration,
            "How long a container that is stopped on purpose may finish its requests, after it left the rotation.",
        )
        .default("0s"),
        key("deployments", Kind::Table(&DEPLOYMENTS), "How often new versions are deployed, how, and how often they are bad."),
        key("restarts", Kind::Table(&RESTARTS), "How often the platform restarts its containers."),
        key("maintenance", Kind::Table(&MAINTENANCE), "Its declared maintenance window, and what is done in it."),
        key("sleep", Kind::Table(&SLEEP), "When it is not meant to run."),
        key("autoscaling", Kind::Table(&AUTOSCALING), "How many containers it has, by its load."),
        key(
            "database",
            Kind::Table(&DATABASE),
            "Its database, over the defaults of its mode in [database.MODE]. Without it: none is modelled.",
        ),
        key("fallback", Kind::Table(&FALLBACK), "Another region, for when its own is lost."),
        key(
            "recovery_target",
            Kind::Duration,
            "How soon it is to recover from a fault: the share of the failovers that take no longer is told, \
             by class of fault.",
        ),
        key("logs", Kind::Table(&LOGS), "Where its log stream is kept. Without it: in its own region."),
        key(
            "residency",
            Kind::Table(&RESIDENCY),
            "Where its data may be, and who sees to it. Overrides single keys of `[residency]`.",
        ),
        key("files", Kind::Table(&FILES), "Its bucket of files. Without it: none."),
        key(
            "backups",
            BACKUPS_KIND,
            "How what it keeps is backed up, or \"none\". On a platform whatever it keeps is.",
        ),
        later("balancing", "How the router chooses a container.", "the request level"),
    ],
};

pub(crate) static HOST: Shape = Shape {
    name: "host",
    doc: "A group of repairable hosts, NAME/1 to NAME/count.",
    keys: &[
        key("count", Kind::Count { min: 1, max: 1_000_000 }, "How many hosts.").default("1"),
        key("zone", Kind::Text, "The zone they stand in. Optional where the platform is \"none\"."),
        key("supervisor", Kind::Table(&SUPERVISOR), "How a failed host comes back.").required(),
        key(
            "memory",
            Kind::Size,
            "Memory of each host for containers. Without it no container stands on them.",
        )
        .range("1MiB to 1PiB"),
        key(
            "returns",
            LAW,
            "Delay until a host is back after its zone. Without it: as its supervisor's `restart`.",
        ),
    ],
};

pub(crate) static DEPENDENCY: Shape = Shape {
    name: "dependency",
    doc: "Something outside that apps need. Without `mtbf` and `availability` only incidents take it down.",
    keys: &[
        key("mtbf", LAW, "Up time until it fails; a plain duration is an exponential mean. Needs `lasts`."),
        key("lasts", LAW, "How long it is down; a plain duration is constant."),
        key(
            "availability",
            Kind::Share,
            "Instead of `mtbf`: up times are exponential with mean mttr·A/(1−A), down times with mean mttr.",
        )
        .range("more than 0%, less than 100%"),
        key("mttr", Kind::Duration, "Mean down time that goes with `availability`, unless `lasts` is given.")
            .default("1h"),
        key("mandatory", Kind::Flag, "Whether its apps are down while it is down.").default("false"),
        key("share", Kind::Share, "Share of the requests of its apps that fail while it is down.")
            .default("0%")
            .range("0% to 100%; 100% where mandatory"),
        key("used_by", Kind::List(&Kind::Text), "The apps that use it, e.g. [\"app.shop\"] or [\"app.*\"].")
            .range("default: all apps"),
        key("region", Kind::Text, "The region it stands in: what it processes of its apps is processed there. Without it: not known where."),
        key(
            "data",
            Kind::Choice(CLASSES),
            "The class of data that it processes of the apps that use it. Without it: none.",
        ),
    ],
};

pub(crate) static SERVICE: Shape = Shape {
    name: "service",
    doc: "A pure observer with every availability measure of an app.",
    keys: &[
        key("requires", Kind::Table(&REQUIREMENT), "What it takes to be up.").required(),
        key("load", LOAD_KIND, "Requests per time, all of which fail while it is down."),
        key("slo", SLO_KIND, "The contract, as on an app."),
    ],
};

pub(crate) static CREW: Shape = Shape {
    name: "crew",
    doc: "A failed component waits for a free member, first failed first served.",
    keys: &[
        key("size", Kind::Count { min: 1, max: 1_000_000 }, "How many can be repaired at once.")
            .required(),
        key(
            "serves",
            Kind::List(&Kind::Text),
            "What it repairs, e.g. [\"host.rack/*\", \"container.shop/*\"].",
        )
        .required(),
    ],
};
