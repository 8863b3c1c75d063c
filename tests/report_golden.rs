//! Every format of the report, compared with what a person has read and found right.

mod report_support;

use report_support::{findings, golden};
use std::path::Path;
use zonefall::report::{FORMATS, Material, files, text};
use zonefall::study::findings::Findings;
use zonefall::study::rows::Rows;

/// What a run prints as text, and every file it writes, by name.
fn told(findings: &Findings, rows: &Rows) -> Vec<(String, String)> {
    with_material(findings, rows, |material| {
        let screen = ("screen.txt".to_string(), plain(&(FORMATS[0].print)(material)));
        let files = files(material)
            .into_iter()
            .map(|f| (f.name.to_string(), String::from_utf8_lossy(&f.content).into_owned()));
        std::iter::once(screen).chain(files).collect()
    })
}

fn with_material<T>(findings: &Findings, rows: &Rows, f: impl Fn(&Material) -> T) -> T {
    let origin = findings::origin();
    let directory = Path::new("output").join(&findings.scenario.name);
    f(&Material { findings, rows, origin: &origin, directory: Some(&directory) })
}

/// The page and the pictures in pixels have tests of their own.
fn texts(files: Vec<(String, String)>) -> Vec<(String, String)> {
    let text = |(name, _): &(String, String)| !name.ends_with(".html") && !name.ends_with(".png");
    files.into_iter().filter(text).collect()
}

fn plain(styled: &str) -> String {
    anstream::adapter::strip_str(styled).to_string()
}

#[test]
fn a_rich_result_is_told_as_recorded() {
    for (name, content) in texts(told(&findings::rich(), &findings::rows())) {
        golden(&format!("rich/{name}"), &content);
    }
}

#[test]
fn a_result_without_any_outage_is_told_as_recorded() {
    let told = texts(told(&findings::quiet_study(), &Rows::default()));
    for (name, content) in &told {
        golden(&format!("quiet/{name}"), content);
    }
    let screen = &told[0].1;
    assert!(screen.contains("no outage in 3 000 years; at most 0.001 a year"), "{screen}");
    for (name, content) in told.iter().filter(|(name, _)| !name.contains("svg")) {
        assert!(!content.contains("100 %") && !content.contains("100.0 %"), "{name}: {content}");
    }
}

#[test]
fn no_line_of_the_verdict_is_wider_than_the_screen() {
    let mut rare = findings::rich();
    for cause in &mut rare.app.get_mut("shop").unwrap().causes {
        cause.seen = 3;
    }
    for findings in [findings::rich(), findings::quiet_study(), findings::fleet(60), rare] {
        for line in told(&findings, &Rows::default())[0].1.lines() {
            assert!(text::width(line) <= text::WIDTH, "{}: {line}", text::width(line));
            assert!(!line.ends_with(' '), "blanks at the end of {line:?}");
        }
    }
}

/// Estimates can be degenerate: no outage, all outage, one replication, nothing finished at all.
#[test]
fn extreme_numbers_are_told_within_the_width_of_the_screen() {
    let extremes = [0.0, 1e-12, 1e-5, 0.5, 1.0, f64::NAN, f64::INFINITY];
    for mean in extremes {
        for high in extremes {
            let mut findings = findings::rich();
            let extreme = findings::est(mean, 0.0, high);
            for judged in &mut findings.expectations {
                judged.estimate = Some(extreme);
            }
            for subject in findings.app.values_mut() {
                subject.unavailability.time = extreme;
                subject.unavailability.requests = Some(extreme);
                subject.outages_per_year = findings::est(mean * 1e5, 0.0, high * 1e5);
                for cause in &mut subject.causes {
                    cause.per_year = subject.outages_per_year;
                    cause.over_by_p95_s = Some(extreme);
                    cause.requests_share = Some(findings::est(mean.min(1.0), 0.0, 1.0));
                }
            }
            for (name, content) in told(&findings, &Rows::default()) {
                assert!(!content.contains("NaN") && !content.contains("inf "), "{name}");
                let too_wide = content.lines().find(|line| text::width(line) > text::WIDTH);
                assert!(name != "screen.txt" || too_wide.is_none(), "{mean} {high}: {too_wide:?}");
            }
        }
    }
}

#[test]
fn a_fleet_shows_its_five_worst_and_sums_up_the_rest() {
    let screen = told(&findings::fleet(60), &Rows::default()).named("screen.txt");
    golden("fleet/screen.txt", &screen);
    for said in ["57 of 60 meet their SLO", "worst moment 60 down together"] {
        assert!(screen.contains(said), "{screen}");
    }
}

/// A script gets the same bytes from standard output and from the directory.
#[test]
fn every_format_but_the_screen_prints_one_of_its_files() {
    with_material(&findings::rich(), &findings::rows(), |material| {
        for format in &FORMATS[1..] {
            let printed = (format.print)(material);
            let files = (format.files)(material);
            assert!(files.iter().any(|f| f.content == printed.as_bytes()), "{}", format.name);
        }
    });
}

#[test]
fn no_two_files_have_the_same_name() {
    let told = told(&findings::quiet_study(), &Rows::default());
    let names: std::collections::BTreeSet<_> = told.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), told.len());
}

#[test]
fn no_format_lets_a_name_become_markup() {
    for (name, content) in texts(told(&findings::rich(), &findings::rows())) {
        let may_hold_it = name.contains("txt") || name.contains("json") || name.contains("csv");
        assert_eq!(content.contains("<script>"), may_hold_it, "{name}");
    }
}

#[test]
fn a_cell_divider_in_a_name_adds_no_cell_to_a_markdown_table() {
    let report = told(&findings::rich(), &Rows::default()).named("report.md");
    let mut columns = None;
    for line in report.lines() {
        let cells = line.replace("\\|", "").matches('|').count();
        match columns {
            _ if !line.starts_with('|') => columns = None,
            None => columns = Some(cells),
            Some(expected) => assert_eq!(cells, expected, "{line}"),
        }
    }
}

trait ByName {
    fn named(self, name: &str) -> String;
}

impl ByName for Vec<(String, String)> {
    fn named(self, name: &str) -> String {
        self.into_iter().find(|(n, _)| n == name).expect("a file of that name").1
    }
}

/// The paths that scripts may rely on.
#[test]
fn the_json_result_has_the_promised_paths() {
    let json = told(&findings::rich(), &Rows::default()).named("result.json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let paths = [
        "/schema",
        "/tool/name",
        "/tool/version",
        "/scenario/name",
        "/scenario/hash",
        "/scenario/platform",
        "/study/seed",
        "/study/start",
        "/study/horizon_s",
        "/study/replications",
        "/study/confidence",
        "/verdict",
        "/expectations/0/that",
        "/expectations/0/verdict",
        "/expectations/0/estimate/mean",
        "/app/shop/unavailability/time/mean",
        "/app/shop/unavailability/requests/low",
        "/app/shop/unavailability/time_any/high",
        "/app/shop/unavailability/sla_minutes/mean",
        "/app/shop/unavailability/started_minutes/mean",
        "/app/shop/outages_per_year/mean",
        "/app/shop/any_outage/mean",
        "/app/shop/first_outage_s/mean",
        "/app/shop/outage_s/mean/mean",
        "/app/shop/outage_s/p50/mean",
        "/app/shop/outage_s/p90/mean",
        "/app/shop/outage_s/p95/mean",
        "/app/shop/outage_s/p99/mean",
        "/app/shop/outage_s/max",
        "/app/shop/failover_s/detect/mean/mean",
        "/app/shop/failover_s/detect/p95/mean",
        "/app/shop/failover_s/decide/mean/mean",
        "/app/shop/failover_s/act/mean/mean",
        "/app/shop/failover_s/start/mean/mean",
        "/app/shop/failover_s/reroute/mean/mean",
        "/app/shop/failover_s/total/p95/mean",
        "/app/shop/redundancy_restored_s/mean/mean",
        "/app/shop/absorbed_per_year/mean",
        "/app/shop/downtime_per_year_s/mean/mean",
        "/app/shop/downtime_per_year_s/p95/mean",
        "/app/shop/slo/0/target",
        "/app/shop/slo/0/per",
        "/app/shop/slo/0/met/mean",
        "/app/shop/months/0",
        "/app/shop/causes/0/cause",
        "/app/shop/causes/0/per_year/mean",
        "/app/shop/causes/0/downtime_share/mean",
        "/app/shop/causes/0/requests_share/mean",
        "/app/shop/causes/0/over_by_p95_s/mean",
        "/app/shop/waited_for/0/phase",
        "/app/shop/waited_for/0/downtime_share/mean",
        "/service/check-out/unavailability/time/mean",
        "/components/container/mean_down/mean",
        "/components/container/down_at_least/0/mean",
        "/components/container/birnbaum/app.shop/shop~11/mean",
        "/causes/0/cause",
        "/assumptions/0/key",
        "/assumptions/0/value",
        "/assumptions/0/low",
        "/assumptions/0/high",
        "/assumptions/0/source",
        "/assumptions/0/confidence",
        "/assumptions/0/default",
        "/digest",
        "/run/events",
        "/run/cpu_s",
        "/run/wall_s",
        "/run/threads",
    ];
    for path in paths {
        assert!(json.pointer(path).is_some_and(|v| !v.is_null()), "{path} is missing");
    }
}
