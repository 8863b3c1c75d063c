//! What each measure means, once, in words that can stand in a report.

use std::collections::BTreeMap;

/// By path within a subject.
pub fn definitions() -> BTreeMap<String, String> {
    let rows = [
        (
            "break_even",
            "The mean of one setting of low confidence at which an expectation only just holds, all \
             else and all luck unchanged: found by simulating again. Looked into for settings behind \
             a tenth or more of what the subject loses, the two weightiest, and \
             only where that takes no longer than the study itself or a few seconds.",
        ),
        (
            "unavailability.time",
            "Share of the measured time in which the app is not up: fewer than `needs` containers in \
             service, a mandatory dependency down, or no router that clients get to. Computed directly, never as 1 − availability.",
        ),
        (
            "unavailability.requests",
            "Failed requests ÷ all requests. A request fails if it is sent to a router that does not work, \
             if every permitted attempt meets an entry that does not answer, if it was in flight in a container that went down, or if a \
             dependency it needs is down.",
        ),
        (
            "unavailability.time_any",
            "Share of the measured time in which some requests fail, s(t) < 1; of overload the time in which \
             more is offered than can be served.",
        ),
        (
            "unavailability.sla_minutes",
            "UTC clock minutes in which the app was down throughout ÷ all minutes, planned downtime left \
             out of both.",
        ),
        (
            "unavailability.started_minutes",
            "UTC clock minutes in which the app was down at any instant ÷ all minutes, planned downtime \
             left out of both.",
        ),
        (
            "unavailability.planned",
            "The part of `unavailability.time` that a change made (a deployment, a restart, maintenance, \
             scaling) inside a declared window of the app, while nothing unplanned would have had it \
             down anyway.",
        ),
        (
            "unavailability.unplanned",
            "`unplanned_time` and `unplanned_requests`: the same as `time` and `requests`, planned downtime \
             left out of numerator and denominator. An objective is judged by these where there is a \
             declared window.",
        ),
        (
            "not_counted",
            "Share of the measured time in which the app was not meant to run (asleep, scaled to none): \
             neither up nor down.",
        ),
        (
            "outages_per_year",
            "Maximal intervals in which the app is not up, counted by their start, per 365 days.",
        ),
        ("any_outage", "Probability of at least one outage in the horizon."),
        (
            "first_outage_s",
            "Time from the start of the measured interval to the first outage, seconds. Where a \
             replication saw none, time at risk ÷ outages (memoryless up times) or the mean of the \
             lesser of first outage and horizon (`restricted-mean`).",
        ),
        (
            "outage_s",
            "Lengths of outages, seconds, pooled over replications. The mean is downtime ÷ outages \
             begun; outages open at the horizon are left out of the percentiles.",
        ),
        (
            "failover_s",
            "From the onset of a fault that failed requests until no new request fails because of it, \
             split into detect, decide, act, start, reroute; the phases of an episode add up to its \
             total. Percentiles are pooled over episodes and do not add up. That others are overloaded \
             until everything is back is not in it.",
        ),
        (
            "redundancy_restored_s",
            "From the onset of a fault until all declared containers are in service again and every node of \
             the database is in step, seconds.",
        ),
        (
            "fleet.all_meet_slo",
            "Share of the complete calendar months in which every app with an SLO met its first target.",
        ),
        (
            "fleet.worst",
            "The most apps that were down at once in any replication, and the longest time for which so \
             many were; its cause is what took most of them down.",
        ),
        (
            "absorbed_per_year",
            "Faults that took out something in use and failed no request after their instant, per year.",
        ),
        (
            "unplaced_container_s",
            "Container-seconds a year in which a replacement was decided and no host that it may stand on \
             had room.",
        ),
        (
            "database",
            "Its database by itself: the share of the time in which it takes no writes, how often a standby is \
             promoted by itself, on purpose (`planned`), by an operator (`stuck`), the first node back becomes primary, \
             the copy in another region is promoted, or it is restored; `failover_s` is from the loss of the primary until every container that was serving \
             has reconnected, for failovers that go by themselves.",
        ),
        (
            "fallback",
            "The way to another region: orders to go there, losses of the home region that were over before the \
             order (`called_off`), orders to come home, per year, and the share of the time from an order to go \
             until clients are led home again (`away`).",
        ),
        (
            "recovery",
            "Faults by class of what they strike: those that failed a request, the downtime charged to them, \
             and how long from the onset until no request failed because of them; `met` is the share that \
             took no longer than `recovery_target`. An impaired control plane fails no request by itself and \
             owns no downtime: its row counts the faults that impaired that of the home region, and beside its \
             0 stands the downtime, charged to the other classes, during which a control plane was waited for \
             (`waited_for_per_year_s`).",
        ),
        (
            "data_loss_s",
            "One window for each restore: from the start of the backup used, or the last log shipped, to \
             the instant from which nothing was written any more, seconds; one for each promotion of a copy in \
             another region: its lag, and the time for which it had been cut off before. Where wrong data had \
             not reached it the copy is right; where it had and somebody knows, the one window is that of the \
             restore. `bytes` is the window times what is written on average. Without a loss there is no window \
             to tell or to judge, only how many there are at most. `in` a share of years it is the longest window \
             of each whole year, zero where nothing was restored.",
        ),
        (
            "downtime_per_year_s",
            "Downtime of whole 365-day years cut from the start of the measured interval, seconds.",
        ),
        (
            "lost_per_year_s",
            "Failed share of the requests of a whole 365-day year, as seconds of that year.",
        ),
        (
            "latency_s",
            "Waits and responses of the requests that found room, by the closed forms of the app's queue at \
             each level of its load and each number of containers in service, weighted by the requests \
             that met them. What dead entries and retries cost is not in them.",
        ),
        (
            "capacity",
            "Peak load before any growth ÷ what all containers can serve, of an autoscaled app those it begins \
             with (`busy`), and what is left of them \
             after the loss of the zone with the most (`busy_after_zone_outage`); `overloaded` is the \
             share of the time in which more is offered than those in service can serve, `lost` the share \
             of the requests that found no room.",
        ),
        (
            "files",
            "`unavailability` is the share of the requests that need files which failed for want of a quorum of \
             replicas or by errors; `lost_per_year` counts losses of every replica, after which the bucket is \
             complete again and counting goes on, and `lost_s` is what each of them took: the time before it \
             that neither a copy in another region nor a snapshot had. The copy lacks what was written since \
             both regions could last be reached, and within its lag before that; what waits meanwhile arrives \
             as soon as they can be. While it cannot be reached it counts only where there is no snapshot. \
             `durability` is computed, not \
             simulated: replicas are lost by themselves, with their zone or region and by the loss of all of \
             the data, and made anew all at once while one is left, all laws taken for memoryless with their \
             means. The mean time until none is left is solved exactly; the chance of that within a year is \
             1 − exp(−1 y ÷ mean). That a zone that is down delays what is made anew in it is left out.",
        ),
        (
            "autoscaling",
            "Orders for another number of containers a year, and how many containers were meant to run on \
             average over the measured time.",
        ),
        (
            "fleet.groups",
            "Of the apps of a group those with an SLO, and those that meet it: all that their contract \
             says passes.",
        ),
        (
            "backups",
            "Of the runs due a year those are lost that find the database down when they should begin, or \
             in which every attempt fails or the database is lost. `restorable_age_s` is, at each instant, \
             the time since the data of the newest snapshot that is complete and not expired anywhere: \
             what going back to it would lose; mean and percentiles over time. `above_a_day` counts the time \
             in which nothing can be restored too. They are taken where the database is at that time; `abroad` tells the \
             region that it may go to. A drill restores the newest snapshot that can be reached; \
             `loses_s` is its age.",
        ),
        (
            "slo",
            "Share of complete periods whose availability is at least the target, planned downtime left \
             out of both.",
        ),
        (
            "residency",
            "A violation is one thing with data of an app (a copy, a container, a log stream) at a place that \
             its rule does not allow, from arrival to removal; a copy until it expires. Those that measuring \
             finds there count as begun when it begins. Hours are the union over all things of an app and \
             class of data, added over classes; byte-hours are the sum over all things. What a preventive \
             control refuses is no violation; what it cost is the downtime of the app until what was missing is there \
             again, weighted by the share of requests that fail where it is not down as a whole, each second \
             charged to one refusal (`refused_down_s`), and by how much longer data-loss windows were for want \
             of a snapshot, or copy of one, that was refused (`refused_lost_s`, `refused_all_lost_per_year`). `refused_copies.age_s` is, at each instant, the age of the newest \
             second copy of a backup that there would be had none been refused: what the loss of the region \
             would take instead of all. `residency.static` is every path outside that the architecture has, \
             found without simulating; where it has none, there is none for certain. `residency.inventory` is \
             where everything was in the replication with the most outside, `residency.inventory_per_year` the same \
             on average over all.",
        ),
        (
            "causes",
            "Every nanosecond of downtime is charged to the root fault that took the app down, while \
             it owns something the app lacks, then to the earliest begun that does; every failed \
             request to the owner of the entry that failed it. What found no room is charged to the \
             earliest fault that keeps a container from serving, except for what would be lost with all of \
             them: that is `overload`. Both add up exactly.",
        ),
        ("waited_for", "The same downtime, split by what was being waited for."),
        (
            "components.mean_down",
            "Time average of the number of components of the kind not in service.",
        ),
        ("components.down_at_least", "Share of time with at least k components of the kind down."),
        (
            "components.birnbaum",
            "P(subject up | component up) − P(subject up | component down): the share of time in which \
             the component decides, everything else being as it is.",
        ),
    ];
    rows.into_iter().map(|(key, text)| (key.to_string(), text.to_string())).collect()
}

/// What this version leaves out, so that nobody reads it into the numbers.
pub fn not_modelled() -> Vec<String> {
    [
        "any capacity of hosts but memory",
        "files that have not all come home when an app returns from another region",
        "what keeps a second copy of a backup from being made but its own failures: outages of regions, bandwidth",
        "deployments that a changed database keeps from being rolled back",
        "requests one by one: retries of what overload lost, arrivals that come in bursts",
        "the nodes of a load balancer itself: of what stands before the routers only probes and DNS records",
    ]
    .map(str::to_string)
    .into()
}
