//! JUnit XML, which every CI system shows: a suite for each app and service, a case for each
//! expectation. What is undecided is skipped, which is neither a pass nor a failure.

use super::svg::escaped;
use super::{File, Material, expectation, subjects};
use crate::study::findings::{Judged, Verdict};

/// The document.
pub fn print(material: &Material) -> String {
    let findings = material.findings;
    let named = subjects::all(findings);
    let mut suites: Vec<(&str, Vec<&Judged>)> = Vec::new();
    for judged in &findings.expectations {
        match suites.iter_mut().find(|(subject, _)| *subject == judged.subject) {
            Some((_, cases)) => cases.push(judged),
            None => suites.push((&judged.subject, vec![judged])),
        }
    }
    let count = |of: &[&Judged], verdict| of.iter().filter(|e| e.verdict == verdict).count();
    let all: Vec<&Judged> = findings.expectations.iter().collect();
    let counts = |of: &[&Judged]| {
        let (fail, open) = (count(of, Verdict::Fail), count(of, Verdict::Undecided));
        format!("tests=\"{}\" failures=\"{fail}\" errors=\"0\" skipped=\"{open}\"", of.len())
    };
    let name = xml(&findings.scenario.name);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{name}\" {}>\n",
        counts(&all)
    );
    for (subject, cases) in suites {
        let label = xml(&subjects::label(&named, subject));
        out += &format!("  <testsuite name=\"{label}\" {}>\n", counts(&cases));
        for judged in cases {
            out += &case(&name, &label, judged);
        }
        out += "  </testsuite>\n";
    }
    out + "</testsuites>\n"
}

/// `junit.xml`.
pub fn files(material: &Material) -> Vec<File> {
    vec![File::text("junit.xml", print(material))]
}

fn case(scenario: &str, subject: &str, judged: &Judged) -> String {
    let words = xml(&expectation::words(judged));
    let found = match (judged.estimate, expectation::found(judged)) {
        (Some(_), (found, interval)) => format!("found {found} ({interval})"),
        (None, (found, interval)) if interval.is_empty() => found,
        (None, (found, interval)) => format!("{found}, {interval}"),
    };
    let found = xml(&found);
    let head = format!("    <testcase classname=\"{scenario}.{subject}\" name=\"{words}\"");
    match judged.verdict {
        Verdict::Fail => format!(
            "{head}>\n      <failure message=\"{found}\" type=\"expectation\">{words}: {found}</failure>\n    \
             </testcase>\n"
        ),
        Verdict::Undecided => format!(
            "{head}>\n      <skipped message=\"not enough evidence: {found}\"/>\n    </testcase>\n"
        ),
        _ => format!("{head}>\n      <system-out>{found}</system-out>\n    </testcase>\n"),
    }
}

/// Escaped, and without what XML 1.0 does not allow at all.
fn xml(text: &str) -> String {
    escaped(text).replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}")
}
