//! The page as a file: whole, harmless, the same for the same result, small.

mod report_support;

use report_support::findings::{self, HOSTILE};
use std::time::Instant;
use zonefall::report::{Material, html};
use zonefall::study::findings::*;
use zonefall::study::rows::Rows;

fn page(findings: &Findings) -> String {
    let origin = findings::origin();
    html::print(&Material { findings, rows: &Rows::default(), origin: &origin, directory: None })
}

fn with_year(mut findings: Findings) -> Findings {
    findings::give_year(&mut findings);
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

/// In every file that something shows as markup, a name stays text; a spreadsheet runs none.
#[test]
fn names_are_text_in_every_file() {
    let mut named = with_year(findings::rich());
    named.scenario.name = HOSTILE.into();
    named.notes.push("</script><script>alert(5)</script>".into());
    named.app.get_mut("shop").unwrap().causes[0].cause = "=cmd|' /C calc'!A0".into();
    let (origin, rows) = (findings::origin(), findings::rows());
    let material = Material { findings: &named, rows: &rows, origin: &origin, directory: None };
    let mut seen = std::collections::BTreeSet::new();
    for file in zonefall::report::files(&material) {
        let Ok(text) = String::from_utf8(file.content) else { continue };
        let kind = file.name.rsplit('.').next().unwrap();
        seen.insert(kind);
        match kind {
            "csv" => assert!(!text.contains("\n=") && !text.contains(",="), "{}", file.name),
            // Inside quotes, for programs.
            "json" => assert!(serde_json::from_str::<Findings>(&text).is_ok()),
            _ => {
                for markup in ["<script>a", "<img", "<iframe", "<b>r"] {
                    assert!(!text.contains(markup), "{markup} in {}", file.name);
                }
            }
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["csv", "html", "json", "md", "svg", "xml"]);
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
fn it_has_its_sections_and_says_what_it_is() {
    let page = page(&with_year(findings::rich()));
    let sections: Vec<_> = page.split("<section id=\"").skip(1).collect();
    let ids = sections.iter().map(|s| &s[..s.find('"').unwrap()]);
    let all = [
        "verdict",
        "rests",
        "causes",
        "availability",
        "year",
        "architecture",
        "residency",
        "data",
        "failover",
        "method",
    ];
    assert!(ids.eq(all));
    // Each picture has its numbers in a table.
    assert_eq!(
        page.matches("<figure>").count(),
        page.matches("The numbers of this picture").count()
    );
    assert!(page.contains("Predicted by simulation. Not operating evidence."));
    assert!(page.contains("zonefall run estate.toml --set study.seed=7"));
    assert!(page.contains("b94d27b9934d3e08") && page.contains("5f70bf18a086007016e948b04aed3b82"));
}

#[test]
fn a_page_of_sixty_apps_is_made_at_once_and_of_twenty_is_small() {
    let fleet = with_year(findings::fleet(60));
    let timed = || {
        let begun = Instant::now();
        (page(&fleet), begun.elapsed())
    };
    // The best of three: others may be using the machine.
    let (sixty, took) = (0..3).map(|_| timed()).min_by_key(|(_, took)| *took).unwrap();
    let twenty = page(&with_year(findings::fleet(20)));
    println!("60 apps: {} bytes in {took:?}; 20 apps: {} bytes", sixty.len(), twenty.len());
    assert!(twenty.len() < 500_000, "{}", twenty.len());
    assert!(took.as_secs_f64() < 0.5, "{took:?}");
}

#[test]
fn a_section_without_anything_to_say_is_left_out() {
    let page = page(&findings::rich());
    assert!(!page.contains("id=\"architecture\"") && !page.contains("#architecture"));
    for (number, id) in [(5, "year"), (6, "residency"), (7, "data"), (8, "failover"), (9, "method")]
    {
        assert!(page.contains(&format!("<h2 id=\"{id}-h\"><span class=\"no\">{number}</span>")));
    }
}

#[test]
fn where_a_setting_would_turn_the_verdict_is_told() {
    let page = page(&findings::rich());
    let told = "shop meets its SLO if platform release comes less than once in 3.7 y (3.3 … 4.1), all else";
    assert!(page.contains(told));
    assert!(page.contains("lasted 10 times as long."));
}

/// More apps than there are lanes: those that share one lose no outage.
#[test]
fn no_outage_of_a_fleet_is_lost_from_the_year() {
    let mut fleet = with_year(findings::fleet(60));
    let span = fleet.bad_year.as_ref().unwrap().tracks[0].spans[1].clone();
    let app = |i: usize| Track {
        kind: "app".into(),
        name: format!("app-{i:02}"),
        spans: vec![DownSpan {
            from_s: 4e5 * i as f64,
            to_s: 4e5 * i as f64 + 1.0,
            ..span.clone()
        }],
    };
    fleet.bad_year.as_mut().unwrap().tracks = (0..60).map(app).collect();
    let page = page(&fleet);
    let strip = page.split("id=\"strip-t\"").nth(1).unwrap();
    let strip = &strip[..strip.find("</svg>").unwrap()];
    assert!(strip.contains("49 more apps and services"));
    let strokes = strip.matches("fill=\"#b3321c\"").count();
    assert_eq!(strokes, 60, "one for each outage of a second");
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
