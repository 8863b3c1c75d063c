//! Two findings made by hand: one with everything and hostile names, one in which nothing happened.

use std::collections::BTreeMap;
use zonefall::report::origin::Origin;
use zonefall::study::findings::*;
use zonefall::study::rows::{BackupRow, BucketRow, DatabaseRow, Row, Rows};

/// A name that tries to be markup in every format.
pub const HOSTILE: &str = "<script>alert(1)</script>|x";

pub fn origin() -> Origin {
    Origin {
        file: "estate.toml".into(),
        with: vec![],
        set: vec![("study.seed".into(), "7".into())],
    }
}

/// Two apps and a service; failing, passing and undecided expectations; every optional part.
pub fn rich() -> Findings {
    let mut findings = empty("estate", 2000);
    findings.verdict = Verdict::Fail;
    findings.scenario =
        ScenarioInfo { apps: 2, services: 1, regions: 2, zones: 6, ..findings.scenario };
    findings.expectations = vec![
        Judged {
            subject: "app.shop".into(),
            ..judged("99.95 % of requests in 95 % of months", Verdict::Fail, est(0.904, 0.9, 0.908))
        },
        Judged {
            unit: Unit::Seconds,
            ..judged("app.shop.failover.p95 <= 5min", Verdict::Pass, est(192.0, 186.0, 198.0))
        },
        Judged {
            would_need: Some(8000),
            ..judged(
                "app.shop.data_loss <= 5min in 99.9% of years",
                Verdict::Undecided,
                est(0.998, 0.9949, 0.9995),
            )
        },
        Judged {
            subject: format!("app.{HOSTILE}"),
            unit: Unit::Count,
            on_residency: true,
            estimate: None,
            ..judged(
                &format!("app.{HOSTILE}.residency.violations == 0"),
                Verdict::Fail,
                est(0.0, 0.0, 0.0),
            )
        },
    ];
    findings.app = BTreeMap::from([("shop".into(), shop()), (HOSTILE.into(), hostile())]);
    findings.service = BTreeMap::from([("check-out".into(), quiet())]);
    findings.residency = Some(outside());
    findings.causes = shop().causes;
    findings.break_even = vec![
        BreakEven {
            key: "failure.platform-release.mtbf".into(),
            value: "1y".into(),
            cause: "platform-release".into(),
            subject: "app.shop".into(),
            that: "99.95 % of requests in 95 % of months".into(),
            share: 0.581,
            holds: false,
            longer: false,
            per: String::new(),
            now_s: 31_536_000.0,
            at_s: Some(est(1.17e8, 1.05e8, 1.3e8)),
            tried: 0.001,
            replications: 250,
        },
        BreakEven {
            key: format!("failure.{HOSTILE}.lasts"),
            value: HOSTILE.into(),
            cause: HOSTILE.into(),
            subject: format!("app.{HOSTILE}"),
            that: HOSTILE.into(),
            share: 0.2,
            holds: true,
            longer: true,
            per: "zone".into(),
            now_s: 3600.0,
            at_s: None,
            tried: 10.0,
            replications: 250,
        },
    ];
    findings.components = BTreeMap::from([("container".into(), containers())]);
    findings.notes = vec![
        "20 region outages are few: what they cost is known to a factor of two only, and so is everything that rests on them.".into(),
        format!("{HOSTILE} has a single container: `no` | spare"),
    ];
    findings.not_modelled = vec!["backups and buckets".into(), "the cost of it".into()];
    findings.assumptions = assumptions();
    findings.definitions = BTreeMap::from([(
        "unavailability.time".into(),
        "share of counted time not up, planned downtime included".into(),
    )]);
    findings.extremes = Extremes {
        worst: 1482,
        worst_downtime_s: 113_760.0,
        median: 77,
        median_downtime_s: 4080.0,
    };
    findings
}

/// One app that nothing happened to in 3 000 years.
pub fn quiet_study() -> Findings {
    let mut findings = empty("calm", 3000);
    findings.scenario.apps = 1;
    findings.app = BTreeMap::from([("shop".into(), quiet())]);
    findings
}

/// As many apps as asked for, the first the worst.
pub fn fleet(apps: usize) -> Findings {
    let mut findings = empty("fleet", 1000);
    findings.scenario.apps = apps;
    for i in 0..apps {
        let mut app = shop();
        let u = 1e-3 / (i + 1) as f64;
        app.unavailability.requests = Some(est(u, u * 0.9, u * 1.1));
        let name = format!("app-{i:02}");
        let verdict = if i < 3 { Verdict::Fail } else { Verdict::Pass };
        let that = "99.95 % of requests in 95 % of months";
        let subject = format!("app.{name}");
        findings
            .expectations
            .push(Judged { subject, ..judged(that, verdict, est(0.9, 0.8, 0.95)) });
        findings.app.insert(name, app);
    }
    findings.verdict = Verdict::Fail;
    findings.fleet = Some(Fleet {
        apps,
        with_slo: apps,
        groups: Default::default(),
        meet_slo: apps - 3,
        all_meet_slo: Some(est(0.712, 0.7, 0.724)),
        mean_down: est(0.012, 0.01, 0.014),
        down_at_least: vec![est(6e-3, 5e-3, 7e-3)],
        worst: Some(WorstMoment {
            apps: apps as u32,
            lasted_s: 2880.0,
            cause: "platform-release".into(),
            replication: 812,
        }),
    });
    findings
}

pub fn rows() -> Rows {
    let row = |subject: &str, replication, downtime_s: f64, first| Row {
        subject: subject.into(),
        replication,
        downtime_s,
        time_any_s: downtime_s * 1.25,
        sla_minutes: (downtime_s / 60.0) as u64,
        started_minutes: (downtime_s / 60.0) as u64 + 1,
        outages: 2,
        first_outage_s: first,
        failed_requests: None,
        requests: None,
        episodes: 3,
        absorbed: 1,
    };
    let subjects = vec![
        Row {
            requests: Some(1.26e9),
            failed_requests: Some(241_920.5),
            ..row("app.shop", 0, 4081.5, Some(86_400.25))
        },
        row(&format!("app.{HOSTILE}"), 0, 0.0, None),
    ];
    let subject = || format!("app.{HOSTILE}");
    let databases = vec![
        DatabaseRow {
            subject: "app.shop".into(),
            replication: 1,
            down_s: 1234.5,
            failovers: 3,
            planned: 2,
            failover_s: 412.25,
            losses: 1,
            restores: 1,
            lost_s: 86_400.5,
            longest_lost_s: 86_400.5,
            lost_bytes: Some(1e9),
            ..DatabaseRow::default()
        },
        DatabaseRow { subject: subject(), stuck: 1, ..DatabaseRow::default() },
    ];
    let buckets = vec![BucketRow {
        subject: subject(),
        any_s: 60.5,
        failed_s: 12.1,
        replicas_lost: 4,
        losses: 1,
        losses_of_all: 1,
        ..BucketRow::default()
    }];
    let backups = vec![
        BackupRow {
            subject: subject(),
            runs: 429,
            skipped: 1,
            failed: 2,
            drills: 4,
            drills_restored: 3,
            drills_s: 5400.0,
            mean_age_s: Some(50_000.25),
            oldest_s: Some(180_000.0),
            above_a_day_s: Some(3600.0),
            nothing_s: Some(0.0),
            ..BackupRow::default()
        },
        BackupRow { subject: "app.shop".into(), runs: 429, ..BackupRow::default() },
    ];
    Rows { subjects, databases, buckets, backups }
}

pub fn est(mean: f64, low: f64, high: f64) -> Estimate {
    Estimate { mean, low, high, low_confidence: false }
}

fn judged(that: &str, verdict: Verdict, estimate: Estimate) -> Judged {
    Judged {
        that: that.into(),
        verdict,
        estimate: Some(estimate),
        unit: Unit::Share,
        subject: "app.shop".into(),
        would_need: None,
        on_residency: false,
        none_seen: None,
    }
}

fn empty(name: &str, replications: u64) -> Findings {
    Findings {
        fleet: None,
        schema: 1,
        tool: Tool { name: "zonefall".into(), version: "0.0.0".into() },
        scenario: ScenarioInfo {
            name: name.into(),
            hash: "5f70bf18a086007016e948b04aed3b82".into(),
            platform: "mendix-cloud@2026-11".into(),
            apps: 0,
            services: 0,
            regions: 1,
            zones: 3,
            containers: 2,
            hosts: 0,
            dependencies: 0,
        },
        study: StudyInfo {
            seed: 7,
            start: "2026-12-01".into(),
            horizon_s: 31_536_000.0,
            warm_up_s: 0.0,
            replications,
            confidence: 0.95,
            simulated_years: replications as f64,
            precision: None,
            interrupted: false,
        },
        verdict: Verdict::None,
        expectations: vec![],
        app: BTreeMap::new(),
        service: BTreeMap::new(),
        components: BTreeMap::new(),
        causes: vec![],
        residency: None,
        break_even: vec![],
        notes: vec![],
        not_modelled: vec![],
        assumptions: vec![],
        definitions: BTreeMap::new(),
        digest: "b94d27b9934d3e08".into(),
        run: RunInfo { events: 1_234_567, cpu_s: 8.1, wall_s: 4.2, threads: 2, origin: None },
        architecture: Architecture::default(),
        bad_year: None,
        extremes: Extremes::default(),
    }
}

fn percentiles(mean: f64, p50: f64, p95: f64) -> Percentiles {
    let e = |x: f64| est(x, x * 0.97, x * 1.03);
    Percentiles { mean: e(mean), p50: Some(e(p50)), p95: Some(e(p95)), p99: None }
}

/// A class with episodes, the control plane, which has none, and losses of data.
fn recovery() -> Recovery {
    let class = |class: &str, per_year: f64, minutes: f64| RecoveryClass {
        class: class.into(),
        per_year: est(per_year, 0.9 * per_year, 1.1 * per_year),
        seen: (2000.0 * per_year) as u64,
        downtime_per_year_s: 60.0 * minutes,
        waited_for_per_year_s: None,
        p50: None,
        p95: None,
        met: None,
        restores: 0,
        lost_p95_s: None,
    };
    let over =
        |p50: f64, p95: f64| (Some(est(p50, p50, p50)), Some(est(p95, 0.9 * p95, 1.1 * p95)));
    let (p50, p95) = over(123.0, 192.0);
    let (slow, slowest) = over(3600.0, 9000.0);
    let classes = vec![
        RecoveryClass { p50, p95, met: Some(est(0.97, 0.96, 0.98)), ..class("zone", 6.0, 45.0) },
        RecoveryClass { waited_for_per_year_s: Some(192.0), ..class("control plane", 0.29, 0.0) },
        RecoveryClass {
            p50: slow,
            p95: slowest,
            met: Some(est(0.0, 0.0, 0.1)),
            restores: 40,
            lost_p95_s: Some(Estimate { low_confidence: true, ..est(80_000.0, 7e4, 9e4) }),
            ..class("data", 0.02, 1.2)
        },
    ];
    Recovery { target_s: Some(300.0), met: Some(est(0.96, 0.95, 0.97)), classes }
}

fn shop() -> Subject {
    Subject {
        containers: Some(2),
        needs: Some(1),
        load: Some(40.0),
        not_counted: None,
        unavailability: Unavailability {
            time: est(1.8e-4, 1.7e-4, 1.9e-4),
            requests: Some(est(1.92e-4, 1.81e-4, 2.03e-4)),
            time_any: est(2.2e-4, 2.1e-4, 2.3e-4),
            sla_minutes: est(1.1e-4, 1.0e-4, 1.2e-4),
            started_minutes: est(2.6e-4, 2.5e-4, 2.7e-4),
            planned: None,
            unplanned_time: None,
            unplanned_requests: None,
        },
        outages_per_year: est(3.91, 3.8, 4.02),
        outages_seen: 7820,
        outages_censored: 1,
        any_outage: est(0.98, 0.97, 0.99),
        first_outage_s: Some(FirstOutage {
            estimate: est(8.0e6, 7.8e6, 8.2e6),
            method: "restricted-mean".into(),
            censored: 40,
        }),
        outage_s: Some(Lengths {
            mean: est(1450.0, 1400.0, 1500.0),
            p50: Some(est(58.0, 56.0, 60.0)),
            p90: Some(est(1200.0, 1100.0, 1300.0)),
            p95: Some(est(7200.0, 6800.0, 7600.0)),
            p99: Some(Estimate { low_confidence: true, ..est(36_000.0, 20_000.0, 60_000.0) }),
            p999: None,
            max: 113_000.0,
            max_at_least: true,
        }),
        failover_s: Some(Failover {
            detect: percentiles(21.0, 20.0, 40.0),
            decide: percentiles(9.0, 9.0, 15.0),
            act: percentiles(60.0, 58.0, 90.0),
            start: percentiles(0.0, 0.0, 0.0),
            reroute: percentiles(33.0, 30.0, 60.0),
            total: percentiles(123.0, 117.0, 192.0),
            episodes: 4321,
            censored: 2,
        }),
        redundancy_restored_s: Some(percentiles(70.0, 58.0, 126.0)),
        absorbed_per_year: Some(est(12.0, 11.5, 12.5)),
        unplaced_container_s: None,
        database: None,
        fallback: None,
        data_loss_s: None,
        recovery: Some(recovery()),
        downtime_per_year_s: Some(percentiles(5676.0, 4000.0, 19_000.0)),
        lost_per_year_s: Some(percentiles(6055.0, 4080.0, 19_800.0)),
        slo: vec![SloMet {
            target: 0.9995,
            per: "month".into(),
            of: "requests".into(),
            met: Some(est(0.904, 0.9, 0.908)),
            periods: 24_000,
        }],
        months: vec![
            Month {
                month: "2026-12".into(),
                unavailability: est(2.0e-4, 1.8e-4, 2.2e-4),
                met: Some(est(0.9, 0.89, 0.91)),
                complete: true,
            },
            Month {
                month: "2027-01".into(),
                unavailability: est(0.0, 0.0, 1.0e-5),
                met: None,
                complete: false,
            },
        ],
        causes: causes(),
        waited_for: vec![
            Waited {
                phase: "detection".into(),
                downtime_share: est(0.4, 0.39, 0.41),
                downtime_per_year_s: 2270.4,
            },
            Waited {
                phase: "start".into(),
                downtime_share: est(0.6, 0.59, 0.61),
                downtime_per_year_s: 3405.6,
            },
        ],
        at: vec![PointValue { at_s: 3600.0, unavailability: est(1.0e-4, 0.5e-4, 2.0e-4) }],
        latency_s: None,
        autoscaling: None,
        residency: None,
        capacity: None,
        files: Some(Files {
            bytes: 200 << 30,
            replicas: 3,
            durability: Some(Durability {
                durability: 1.0 - 1.0e-11,
                loss_per_year: 1.0e-11,
                mean_time_to_loss_s: Some(3.15e18),
                objects_lost_per_year: Some(2.0e-7),
                method: "markov".into(),
            }),
            seen: Some(FilesSeen {
                abroad: None,
                unavailability: Some(est(2.1e-5, 1.9e-5, 2.3e-5)),
                time_any: Some(est(4.2e-5, 3.9e-5, 4.5e-5)),
                replicas_lost_per_year: est(0.031, 0.028, 0.034),
                lost_per_year: est(0.0, 0.0, 0.0015),
                losses: 0,
                losses_of_all: 0,
                lost_s: None,
                relocation: Some(Relocated {
                    moved_per_year: est(0.012, 0.01, 0.014),
                    refused_per_year: est(0.0, 0.0, 0.0015),
                    hours_per_year: est(0.31, 0.25, 0.37),
                }),
            }),
        }),
        backups: Some(backups()),
        spread_s: (0..=100).map(|i| [f64::from(i) / 100.0, f64::from(i * i)]).collect(),
    }
}

fn causes() -> Vec<Cause> {
    let cause = |name: &str, per_year: f64, seen, minutes: f64, over: f64| Cause {
        cause: name.into(),
        per_year: est(per_year, per_year * 0.9, per_year * 1.1),
        seen,
        absorbed: seen / 10,
        downtime_per_year_s: minutes * 57.0,
        downtime_share: Some(est(minutes / 100.9, minutes / 101.9, minutes / 99.9)),
        requests_share: Some(est(minutes / 100.9, minutes / 101.9, minutes / 99.9)),
        lost_per_year_s: Some(minutes * 60.0),
        over_by_p50_s: Some(est(over / 2.0, over * 0.45, over * 0.55)),
        over_by_p95_s: Some(Estimate {
            low_confidence: seen < 50,
            ..est(over, over * 0.95, over * 1.05)
        }),
        contributing_per_year_s: minutes,
    };
    vec![
        cause("platform-release", 0.95, 1900, 58.6, 10_080.0),
        cause("deployment", 0.52, 1040, 21.4, 8280.0),
        cause("region-network", 0.07, 140, 5.0, 15_120.0),
        cause("database-failover", 2.3, 4600, 4.7, 192.0),
        cause("region-outage", 0.0102, 20, 4.5, 79_200.0),
        cause(HOSTILE, 0.023, 46, 3.8, 27_000.0),
        cause("zone-outage", 0.15, 300, 1.0, 540.0),
        cause("container-crash", 30.0, 60_000, 0.9, 12.0),
        cause("a-cause-with-a-very-long-name-that-fits-nowhere", 0.2, 400, 0.6, 60.0),
        cause("host-loss", 1.1, 2200, 0.4, 66.0),
    ]
}

/// Without load: by time, no percentiles of lost requests.
/// A copy that leaves, one that is refused, and a container that an exception allows.
fn outside() -> Residency {
    let path = |to: &str, verdict| DataPath {
        app: HOSTILE.into(),
        data: "backups".into(),
        asset: "nightly backup".into(),
        processed: false,
        from: "r".into(),
        to: to.into(),
        country: "US".into(),
        leaves: HOSTILE.into(),
        chain: vec!["taken".into(), "copied".into()],
        lost: vec![vec![]],
        condition: ALWAYS.into(),
        verdict,
        basis: None,
    };
    let row = |asset: &str, verdict| LedgerRow {
        app: HOSTILE.into(),
        data: "backups".into(),
        asset: asset.into(),
        processed: false,
        place: HOSTILE.into(),
        country: "US".into(),
        since_s: 3600.0,
        until_s: Some(1_213_200.0),
        bytes: 1 << 30,
        byte_hours: 336.0 * f64::from(1 << 30),
        cause: HOSTILE.into(),
        chain: vec![HOSTILE.into(), "taken".into(), "copied".into()],
        verdict,
        basis: None,
        down_s: None,
        lost_s: None,
        all_lost: None,
    };
    Residency {
        paths: vec![path("abroad", PathVerdict::Violation), path(HOSTILE, PathVerdict::Refused)],
        worst: Some(7),
        ledger: vec![
            row("nightly backup of 2026-01-18T00:41:23Z", PathVerdict::Violation),
            LedgerRow {
                down_s: Some(60.0),
                lost_s: Some(86_400.0),
                all_lost: Some(1),
                ..row("=1+1", PathVerdict::Refused)
            },
            LedgerRow {
                until_s: None,
                basis: Some(HOSTILE.into()),
                ..row("logs", PathVerdict::Excepted)
            },
        ],
        inventory_per_year: vec![InventoryMean {
            app: HOSTILE.into(),
            data: "backups".into(),
            asset: "nightly backup".into(),
            processed: false,
            place: "us-east-1".into(),
            country: "US".into(),
            at_once: est(14.0, 13.5, 14.5),
            byte_hours_per_year: est(3e15, 2.9e15, 3.1e15),
            verdict: Some(PathVerdict::Violation),
            basis: None,
        }],
        inventory: vec![InventoryRow {
            app: HOSTILE.into(),
            data: "backups".into(),
            asset: HOSTILE.into(),
            processed: false,
            place: HOSTILE.into(),
            country: "US".into(),
            since_s: 0.0,
            until_s: None,
            stays: 378,
            at_once: 14.0,
            byte_hours: 1e15,
            verdict: Some(PathVerdict::Violation),
            basis: None,
        }],
        violations_per_year: Some(est(378.0, 378.0, 378.0)),
        hours_per_year: Some(est(8760.0, 8760.0, 8760.0)),
        byte_hours_per_year: Some(est(1e15, 1e15, 1e15)),
        refused_per_year: Some(est(12.0, 10.0, 14.0)),
    }
}

/// The rule of one app, under which copies were refused.
fn ruled() -> AppResidency {
    AppResidency {
        keep_in: HOSTILE.into(),
        control: "preventive".into(),
        refused_per_year: est(12.0, 10.0, 14.0),
        refused_down_s: est(600.0, 500.0, 700.0),
        refused_lost_s: est(8640.0, 7000.0, 11_000.0),
        refused_all_lost_per_year: est(0.01, 0.001, 0.04),
        refused_copies: Some(RefusedCopies {
            to: HOSTILE.into(),
            country: "US".into(),
            age_s: RestorableAge {
                spread: percentiles(50_400.0, 50_000.0, 93_000.0),
                max: 93_600.0,
                above_a_day: est(0.08, 0.08, 0.08),
                nothing: est(0.0, 0.0, 0.0),
            },
        }),
        ..AppResidency::default()
    }
}

fn hostile() -> Subject {
    Subject {
        load: None,
        unavailability: Unavailability { requests: None, ..shop().unavailability },
        outages_per_year: est(14.2, 13.9, 14.5),
        failover_s: None,
        lost_per_year_s: None,
        redundancy_restored_s: Some(Percentiles {
            p95: Some(Estimate { low_confidence: true, ..est(144.0, 60.0, 300.0) }),
            ..percentiles(70.0, 61.0, 144.0)
        }),
        months: vec![],
        slo: vec![],
        causes: vec![],
        waited_for: vec![],
        at: vec![],
        latency_s: None,
        autoscaling: None,
        residency: Some(ruled()),
        capacity: None,
        files: None,
        backups: None,
        spread_s: vec![[0.0, 0.0], [0.5, 0.0], [0.75, 60.0], [1.0, 600.0]],
        ..shop()
    }
}

/// Backed up every night and on Sundays, with a drill each quarter.
fn backups() -> Backups {
    let series = |name: &str, runs, lost, copies| BackupSeries {
        series: name.into(),
        runs_per_year: runs,
        lost_per_year: est(lost, 0.9 * lost, 1.1 * lost),
        copies_lost_per_year: est(copies, 0.0, copies + 0.002),
    };
    Backups {
        home: "eu-central-1".into(),
        copy_to: Some("eu-west-1".into()),
        abroad: None,
        bytes: 260 << 30,
        series: vec![series("nightly", 365.0, 0.12, 0.0), series("weekly", 52.14, 0.017, 0.0)],
        lost_per_year: est(0.137, 0.121, 0.153),
        copies_lost_per_year: est(0.0, 0.0, 0.0018),
        skipped_per_year: est(0.137, 0.121, 0.153),
        restorable_age_s: Some(RestorableAge {
            spread: percentiles(50_400.0, 50_350.0, 90_100.0),
            max: 187_200.0,
            above_a_day: est(0.0712, 0.0709, 0.0715),
            nothing: est(0.0, 0.0, 1.5e-6),
        }),
        drills: Some(Drills {
            per_year: 4.0,
            restored: est(0.981, 0.977, 0.985),
            found_nothing: 0,
            took_s: Some(percentiles(6_180.0, 6_100.0, 7_000.0)),
            loses_s: Some(percentiles(79_000.0, 78_900.0, 84_000.0)),
        }),
    }
}

/// No outage seen.
fn quiet() -> Subject {
    let bound = |high: f64| est(0.0, 0.0, high);
    Subject {
        containers: None,
        needs: None,
        load: None,
        unavailability: Unavailability {
            time: bound(1.0e-8),
            requests: None,
            time_any: bound(1.0e-8),
            sla_minutes: bound(1.0e-8),
            started_minutes: bound(1.0e-8),
            planned: None,
            unplanned_time: None,
            unplanned_requests: None,
        },
        not_counted: None,
        outages_per_year: bound(0.001),
        outages_seen: 0,
        outages_censored: 0,
        any_outage: bound(0.001),
        first_outage_s: None,
        outage_s: None,
        failover_s: None,
        redundancy_restored_s: None,
        absorbed_per_year: None,
        unplaced_container_s: None,
        database: None,
        fallback: None,
        data_loss_s: None,
        recovery: None,
        downtime_per_year_s: Some(Percentiles {
            mean: bound(0.3),
            p50: Some(bound(0.0)),
            p95: Some(bound(0.0)),
            p99: Some(bound(0.0)),
        }),
        lost_per_year_s: None,
        slo: vec![],
        months: vec![],
        causes: vec![],
        waited_for: vec![],
        at: vec![],
        latency_s: None,
        autoscaling: None,
        residency: None,
        capacity: None,
        files: None,
        backups: None,
        spread_s: vec![[0.0, 0.0], [1.0, 0.0]],
    }
}

fn containers() -> Components {
    Components {
        count: 3,
        mean_down: est(0.002, 0.0019, 0.0021),
        down_at_least: vec![est(0.002, 0.0019, 0.0021), est(1.0e-6, 5.0e-7, 2.0e-6)],
        birnbaum: BTreeMap::from([(
            "app.shop".into(),
            BTreeMap::from([
                ("shop/1".into(), est(0.01, 0.009, 0.011)),
                ("shop/2".into(), est(0.012, 0.011, 0.013)),
            ]),
        )]),
        failures_per_year: est(60.0, 59.0, 61.0),
    }
}

fn assumptions() -> Vec<Assumption> {
    let default = Assumption {
        key: "failure.platform-release.mtbf".into(),
        value: "1y".into(),
        low: Some("0.5y".into()),
        high: Some("5y".into()),
        source: Some("status page 2022–2026 | own reading".into()),
        confidence: Some("low".into()),
        default: true,
        origin: "mendix-cloud@2026-11".into(),
    };
    let yours = Assumption {
        key: "app.shop.containers".into(),
        value: "2".into(),
        low: None,
        high: None,
        source: None,
        confidence: None,
        default: false,
        origin: "estate.toml:9".into(),
    };
    vec![default, yours]
}

/// A bad year in which everything has the worst of names.
pub fn give_year(findings: &mut Findings) {
    let span = |from_s: f64, to_s: f64| DownSpan {
        from_s,
        to_s,
        cause: HOSTILE.into(),
        how: "</script><script>alert(2)</script>".into(),
        zone: "\"><img src=x onerror=alert(3)>".into(),
        back_in: HOSTILE.into(),
    };
    let track =
        |kind: &str, name: &str, spans| Track { kind: kind.into(), name: name.into(), spans };
    findings.architecture = Architecture {
        regions: vec![RegionInfo {
            name: "<b>r</b>".into(),
            country: "DE".into(),
            zones: vec!["\"><img src=x onerror=alert(3)>".into(), HOSTILE.into()],
        }],
        apps: findings
            .app
            .keys()
            .map(|name| AppInfo {
                name: name.clone(),
                region: "<b>r</b>".into(),
                placement: "spread".into(),
                router: "lagging".into(),
                recovery: "supervisor".into(),
                stands: vec![Standing { zone: HOSTILE.into(), count: 2, first: vec![1, 2] }],
                nodes: vec![Standing { zone: HOSTILE.into(), count: 1, first: vec![1] }],
                uses: vec![UseInfo { dependency: HOSTILE.into(), mandatory: false, share: 0.05 }],
            })
            .collect(),
        dependencies: vec![DependencyInfo { name: HOSTILE.into(), fails: true }],
        services: vec![ServiceParts {
            name: HOSTILE.into(),
            requires: format!("all of {HOSTILE}"),
            parts: vec![],
        }],
        ..Architecture::default()
    };
    findings.bad_year = Some(BadYear {
        replication: 7,
        start_unix: 1_796_083_200,
        from_s: 0.0,
        to_s: 31_536_000.0,
        downtime_s: vec![(format!("app.{HOSTILE}"), 60.0)],
        tracks: vec![
            track("app", HOSTILE, vec![span(1000.0, 1060.0), span(9e6, 9e6 + 1.0)]),
            track("fault", HOSTILE, vec![span(1000.0, 1050.0)]),
            track("container", &format!("{HOSTILE}/1"), vec![span(1000.0, 1060.0)]),
        ],
        left_out: 1,
        lines: vec![StoryLine {
            at_s: 1000.0,
            component: HOSTILE.into(),
            text: "=cmd|' /C calc'!A0 <iframe>".into(),
            weight: 2,
            cause: Some(HOSTILE.into()),
        }],
        lines_left_out: 0,
    });
}
