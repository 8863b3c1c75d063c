//! The page as a file: whole, harmless, the same for the same result, small.

mod report_support;

use report_support::findings::{self, HOSTILE};
use std::time::Instant;
use zonefall::report::{Material, html};
use zonefall::study::findings::*;

fn page(findings: &Findings) -> String {
    let origin = findings::origin();
    html::print(&Material { findings, rows: &[], origin: &origin, directory: None })
}

/// A bad year in which everything has the worst of names.
fn with_year(mut findings: Findings) -> Findings {
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
    findings
}

#[test]
fn the_same_result_gives_the_same_bytes_with_and_without_the_detour_over_its_file() {
    let findings = with_year(findings::rich());
    let first = page(&findings);
    assert_eq!(first, page(&findings));
    let json = serde_json::to_string(&findings).unwrap();
    let read: Findings = serde_json::from_str(&json).unwrap();
    assert_eq!(first, page(&read));
    assert_eq!(json, serde_json::to_string(&read).unwrap());
}

#[test]
fn names_are_text_everywhere() {
    let mut named = with_year(findings::rich());
    named.scenario.name = HOSTILE.into();
    named.scenario.platform = "<img src=x onerror=alert(4)>".into();
    named.digest = "<b>".into();
    let page = page(&named);
    for markup in
        ["<script>alert", "<img", "<iframe", "<b>r", "onerror=alert(3)>\"", "</script><script>a"]
    {
        assert!(!page.contains(markup), "{markup}");
    }
    assert_eq!(page.matches("<script").count(), 2);
    let compared = html::compare(&[(HOSTILE.into(), named.clone()), ("b".into(), named)]);
    assert!(!compared.contains("<script>alert") && !compared.contains("<img"));
}

#[test]
fn nothing_is_fetched_from_anywhere() {
    let page = page(&with_year(findings::rich()));
    for outside in ["http://", "https://", "//cdn", "url(", "@import", " src="] {
        let allowed = page.replace("http://www.w3.org/2000/svg", "").replace("onerror=", "");
        let allowed = allowed.replace("img src=x", "");
        assert!(!allowed.contains(outside), "{outside}");
    }
}

#[test]
fn every_picture_has_a_title_a_description_and_colours_of_its_own() {
    let page = page(&with_year(findings::rich()));
    let pictures: Vec<_> = page.split("<svg ").skip(1).collect();
    assert!(pictures.len() >= 8, "{}", pictures.len());
    let mut ids = std::collections::BTreeSet::new();
    for picture in pictures {
        let picture = &picture[..picture.find("</svg>").expect("every picture ends")];
        assert!(picture.contains("role=\"img\"") && picture.contains("<desc id="));
        let id = picture.split("<title id=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(ids.insert(id.to_string()), "{id} twice");
        assert!(
            picture.contains("fill=\"#")
                && !picture.contains("style=")
                && !picture.contains("var(")
        );
    }
}

#[test]
fn it_has_its_ten_sections_and_says_what_it_is() {
    let page = page(&findings::rich());
    assert_eq!(page.matches("<section id=").count(), 10);
    assert!(page.contains("Predicted by simulation. Not operating evidence."));
    assert!(page.contains("zonefall run estate.toml --set study.seed=7"));
    assert!(page.contains("b94d27b9934d3e08") && page.contains("5f70bf18a086007016e948b04aed3b82"));
}

#[test]
fn a_page_of_sixty_apps_is_made_at_once_and_of_twenty_is_small() {
    let begun = Instant::now();
    let sixty = page(&with_year(findings::fleet(60)));
    let took = begun.elapsed();
    let twenty = page(&with_year(findings::fleet(20)));
    println!("60 apps: {} bytes in {took:?}; 20 apps: {} bytes", sixty.len(), twenty.len());
    assert!(twenty.len() < 500_000, "{}", twenty.len());
    assert!(took.as_secs_f64() < 2.0, "{took:?}, with optimisation a fraction of it");
}

#[test]
fn several_results_stand_side_by_side() {
    let (mut a, mut b) = (findings::rich(), findings::rich());
    a.scenario.name = "before".into();
    b.scenario.name = "after".into();
    b.assumptions[0].value = "5y".into();
    let page = html::compare(&[("a.json".into(), a), ("b.json".into(), b)]);
    for told in ["before · after", "failure.platform-release.mtbf", "5y", "Overlapping intervals"]
    {
        assert!(page.contains(told), "{told}");
    }
}
