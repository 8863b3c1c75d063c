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
             service, or a mandatory dependency down. Computed directly, never as 1 − availability.",
        ),
        (
            "unavailability.requests",
            "Failed requests ÷ all requests. A request fails if every permitted attempt meets an entry \
             that does not answer, if it was in flight in a container that went down, or if a \
             dependency it needs is down.",
        ),
        (
            "unavailability.time_any",
            "Share of the measured time in which some requests fail, s(t) < 1.",
        ),
        (
            "unavailability.sla_minutes",
            "UTC clock minutes in which the app was down throughout ÷ all minutes.",
        ),
        (
            "unavailability.started_minutes",
            "UTC clock minutes in which the app was down at any instant ÷ all minutes.",
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
             total. Percentiles are pooled over episodes and do not add up.",
        ),
        (
            "redundancy_restored_s",
            "From the onset of a fault until all declared containers are in service again, seconds.",
        ),
        (
            "absorbed_per_year",
            "Faults that took out something in use and failed no request after their instant, per year.",
        ),
        (
            "downtime_per_year_s",
            "Downtime of whole 365-day years cut from the start of the measured interval, seconds.",
        ),
        (
            "lost_per_year_s",
            "Failed share of the requests of a whole 365-day year, as seconds of that year.",
        ),
        ("slo", "Share of complete periods whose availability is at least the target."),
        (
            "causes",
            "Every nanosecond of downtime is charged to the root fault that took the app down, while \
             it owns something the app lacks, then to the earliest begun that does; every failed \
             request to the owner of the entry that failed it. Both add up exactly.",
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
        "hosts with memory, room after a loss, evacuations; `memory` only decides whether a scaling is \
         admissible",
        "the crash ladder, limits on parallel starts, outages of the health manager and the control plane",
        "databases, buckets and backups: their failures, failover times and data loss",
        "where data is: residency rules and crossings",
        "deployments, scaling, maintenance, platform restarts and bad releases",
        "load that changes with time, capacity and overload",
        "routers and load balancers as things that stand in zones and fail",
    ]
    .map(str::to_string)
    .into()
}
