//! Several results side by side: what is the same, what differs, what came of it.

use super::blocks::{Block, Cell, Figure, Section, Table, cell, paragraph, value};
use super::{Head, class, render};
use crate::report::exit::Exit;
use crate::report::subjects::{self, Named};
use crate::report::svg::pictures::compare::picture;
use crate::report::{expectation, number, text};
use crate::study::findings::{Findings, Verdict};

/// The page of several results, each with the name it was read from.
pub fn page(results: &[(String, Findings)]) -> String {
    let labels = labels(results);
    let named: Vec<(String, Vec<Named>)> = labels
        .iter()
        .zip(results)
        .map(|(label, (_, findings))| (label.clone(), subjects::all(findings)))
        .collect();
    let worst = results.iter().map(|(_, f)| Exit::of(f)).fold(Exit::Fine, Exit::worst);
    let verdict = match worst {
        Exit::Fine if results.iter().all(|(_, f)| f.verdict == Verdict::None) => Verdict::None,
        Exit::Fine => Verdict::Pass,
        Exit::Undecided => Verdict::Undecided,
        _ => Verdict::Fail,
    };
    let holds = results.iter().filter(|(_, f)| f.verdict == Verdict::Pass).count();
    let sentence = match verdict {
        Verdict::None => "Nothing is expected of any of them.".into(),
        _ => format!("{holds} of {} results meet all that is expected of them.", results.len()),
    };
    let head = Head {
        title: labels.join(" · "),
        verdict: class(verdict),
        word: expectation::word(verdict).into(),
        sentence,
        facts: Vec::new(),
    };
    let sections = [
        ("verdict", "Verdicts", verdicts(results, &labels)),
        ("availability", "Availability", availability(&named)),
        ("settings", "Settings that differ", settings(results, &labels)),
        ("results", "The results", origins(results, &labels)),
    ];
    let sections: Vec<Section> = sections
        .into_iter()
        .enumerate()
        .map(|(i, (id, title, blocks))| Section {
            id,
            number: i + 1,
            title: title.into(),
            short: title,
            blocks,
        })
        .collect();
    render(&head, &sections, None)
}

/// The names of the scenarios; where two are the same, those of the files.
fn labels(results: &[(String, Findings)]) -> Vec<String> {
    let names: Vec<_> = results.iter().map(|(_, f)| text::clean(&f.scenario.name)).collect();
    let twice = |name: &String| names.iter().filter(|n| *n == name).count() > 1;
    let label = |(name, (file, _)): (&String, &(String, Findings))| match twice(name) {
        true => text::clean(file),
        false => name.clone(),
    };
    names.iter().zip(results).map(label).collect()
}

fn heads<'a>(first: &[&'a str], labels: &'a [String]) -> Vec<&'a str> {
    first.iter().copied().chain(labels.iter().map(String::as_str)).collect()
}

fn verdicts(results: &[(String, Findings)], labels: &[String]) -> Vec<Block> {
    let mut asked: Vec<(String, String)> = Vec::new();
    for (_, findings) in results {
        let subjects = subjects::all(findings);
        for judged in &findings.expectations {
            let key = (subjects::label(&subjects, &judged.subject), expectation::words(judged));
            if !asked.contains(&key) {
                asked.push(key);
            }
        }
    }
    if asked.is_empty() {
        return vec![paragraph("Nothing was expected of these scenarios.")];
    }
    let mut table = Table::new("", &heads(&["of", "expected"], labels));
    for (label, words) in asked {
        let mut row = vec![cell(&label), cell(&words)];
        for (_, findings) in results {
            let subjects = subjects::all(findings);
            let judged = findings.expectations.iter().find(|e| {
                subjects::label(&subjects, &e.subject) == label && expectation::words(e) == words
            });
            row.push(judged.map_or(cell("not expected"), |e| {
                let found = match expectation::found(e) {
                    (found, interval) if interval.is_empty() => found,
                    (found, interval) => format!("{found} ({interval})"),
                };
                cell(format!("{} {found}", expectation::mark(e.verdict)).trim_end())
                    .class(class(e.verdict))
            }));
        }
        table.row(row);
    }
    vec![table.block()]
}

fn availability(named: &[(String, Vec<Named>)]) -> Vec<Block> {
    let labels: Vec<String> = named.iter().map(|(label, _)| label.clone()).collect();
    let mut paths: Vec<(&str, &str)> = Vec::new();
    for s in named.iter().flat_map(|(_, subjects)| subjects) {
        if !paths.iter().any(|(path, _)| *path == s.path) {
            paths.push((&s.path, &s.label));
        }
    }
    let mut table = Table::new("", &heads(&["app or service", "measure"], &labels));
    let seen = ["app or service", "result", "#availability", "#interval", "objective"];
    let mut seen = Table::new("Availability of each result", &seen);
    for (path, label) in paths {
        for (result, subjects) in named {
            let Some(s) = subjects.iter().find(|s| s.path == path) else { continue };
            let (e, told) = (s.of.headline(), number::availability(s.of.headline()));
            let target = s.of.slo.first().map_or("–".into(), |slo| number::level(slo.target));
            seen.row(vec![
                cell(label),
                cell(result),
                value(told.point(), 1.0 - e.mean),
                cell(told.interval()),
                cell(target),
            ]);
        }
        let row = |what: &str, of: &dyn Fn(&Named) -> Cell| {
            let mut cells = vec![cell(label), cell(what)];
            for (_, subjects) in named {
                let found = subjects.iter().find(|s| s.path == path);
                cells.push(found.map_or(cell("–"), of));
            }
            cells
        };
        table.row(row("availability", &|s| {
            let told = number::availability(s.of.headline());
            value(format!("{} ({})", told.point(), told.interval()), 1.0 - s.of.headline().mean)
        }));
        table.row(row("minutes lost a year", &|s| {
            value(number::minutes(s.of.lost_a_year()), s.of.lost_a_year())
        }));
        table.row(row("outages a year", &|s| {
            let e = &s.of.outages_per_year;
            value(
                format!("{} ({})", number::plain(e, "").point(), number::plain(e, "").interval()),
                e.mean,
            )
        }));
        table.row(row("failover p95", &|s| {
            let p95 = s.of.failover_s.as_ref().and_then(|f| f.total.p95);
            p95.map_or(cell("–"), |e| value(number::rough_duration(&e), e.mean))
        }));
    }
    let caption = "Each result with its own interval. Overlapping intervals do not show that two designs are \
                   alike: zonefall compare runs them with the same luck and tells.";
    let mut out = Vec::new();
    out.extend(Figure::both("compared", caption, Some(seen), |width| picture(named, width)));
    out.push(table.block());
    out
}

/// Only what is not the same everywhere.
fn settings(results: &[(String, Findings)], labels: &[String]) -> Vec<Block> {
    let mut keys: Vec<&str> =
        results.iter().flat_map(|(_, f)| f.assumptions.iter().map(|a| a.key.as_str())).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut table = Table::new("", &heads(&["setting"], labels));
    for key in keys {
        let of =
            |f: &Findings| f.assumptions.iter().find(|a| a.key == key).map(|a| a.value.clone());
        let values: Vec<_> = results.iter().map(|(_, f)| of(f)).collect();
        if values.iter().all(|v| *v == values[0]) {
            continue;
        }
        let told = |v: &Option<String>| v.as_deref().map_or(cell("–"), |v| cell(v).code());
        table.row(std::iter::once(cell(key).code()).chain(values.iter().map(told)).collect());
    }
    if table.rows.is_empty() {
        return vec![paragraph("All settings are the same.")];
    }
    vec![table.folded(60)]
}

fn origins(results: &[(String, Findings)], labels: &[String]) -> Vec<Block> {
    let heads = ["result", "file", "simulated", "#seed", "platform", "scenario", "digest"];
    let mut table = Table::new("", &heads);
    for (label, (file, f)) in labels.iter().zip(results) {
        table.row(vec![
            cell(label),
            cell(file).code(),
            cell(number::years(f.study.simulated_years, "year")),
            cell(f.study.seed.to_string()),
            cell(&f.scenario.platform),
            cell(&f.scenario.hash).code(),
            cell(&f.digest).code(),
        ]);
    }
    vec![table.block()]
}
