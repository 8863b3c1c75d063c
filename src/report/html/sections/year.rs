//! One bad year: what was involved, and the story beside it.

use crate::report::html::blocks::{Block, Figure, Table, Told, ToldLine, cell, paragraph, value};
use crate::report::svg::pictures::BESIDE;
use crate::report::svg::pictures::timeline::{self, Episode};
use crate::report::{Material, number, story, subjects, text};
use crate::study::findings::{BadYear, DownSpan};

/// Episodes shown in their own time.
const EPISODES: usize = 3;
/// Lines of each that are told here; `replay` tells them all.
const LINES: usize = 40;

pub fn blocks(material: &Material) -> Vec<Block> {
    let findings = material.findings;
    let Some(year) = &findings.bad_year else {
        let text = "Nothing ever went down in this study, so there is no bad year to tell.";
        return vec![Block::Absent { text: text.into() }];
    };
    let period = subjects::period(findings);
    let hit: Vec<_> = timeline::hardest_hit(year);
    let told: Vec<_> = hit
        .iter()
        .take(5)
        .map(|(name, s)| {
            format!("{} {}", name.split_once('.').map_or(*name, |(_, n)| n), number::duration(*s))
        })
        .collect();
    let more = match hit.len() {
        n if n > 5 => format!(" and {} more", n - 5),
        _ => String::new(),
    };
    let mut out = vec![paragraph(format!(
        "The worst of {} simulated histories is {period} {}: {}{more} down.",
        number::grouped(findings.study.replications),
        year.replication,
        told.join(", "),
    ))];
    out.push(Block::Code { text: text::clean(&material.origin.command("replay", "worst")) });
    let caption = "The whole time. Every outage is at least a stroke wide, so none is too short to be seen; \
                   strokes that would lie on each other are drawn as one.";
    out.extend(Figure::both("strip", caption, Some(spans(year, None)), |width| {
        Some(timeline::strip(year, width))
    }));
    let worst = timeline::worst(year, EPISODES);
    let all = timeline::episodes(year).len();
    if all > worst.len() {
        let text = format!("The {} worst of {all} outages, in their own time:", worst.len());
        out.push(paragraph(text));
    }
    for (i, episode) in worst.iter().enumerate() {
        out.push(Block::Heading {
            text: format!(
                "{} UTC, {}",
                story::moment_of(year.start_unix, episode.from_s),
                number::duration(episode.to_s - episode.from_s)
            ),
        });
        let (picture, hidden) = timeline::episode(year, episode, BESIDE);
        let more = match hidden {
            0 => String::new(),
            n => format!(" {n} more lines are left out."),
        };
        let colours = "Only what was involved. Red: apps and services down; thin: faults; purple: zones; \
                       blue: dependencies; orange: containers and hosts out of service.";
        let caption = if i == 0 { format!("{colours}{more}") } else { more.trim().to_string() };
        let table = spans(year, Some(episode));
        let figure = Figure::fit(&format!("episode-{i}"), caption, Some(table), &picture);
        let told = told_block(year, episode).into_iter().collect();
        out.push(Block::Beside { first: vec![figure], second: told });
    }
    if year.left_out > 0 {
        let text = format!("{} shorter times were left out.", number::grouped(year.left_out));
        out.push(Block::Absent { text });
    }
    out
}

fn told_block(year: &BadYear, episode: &Episode) -> Option<Block> {
    let inside = |at: f64| at >= episode.from_s - 601.0 && at <= episode.to_s + 601.0;
    let lines: Vec<_> = year.lines.iter().filter(|l| inside(l.at_s)).collect();
    if lines.is_empty() {
        return None;
    }
    let mut before: Option<&str> = None;
    let told = lines.iter().take(LINES).map(|line| {
        let cause = line.cause.as_deref().filter(|c| before != Some(*c) && *c != line.component);
        before = line.cause.as_deref().or(before);
        let since = line.at_s - episode.from_s;
        let sign = if since < 0.0 { "−" } else { "+" };
        ToldLine {
            at: story::clock(year.start_unix, line.at_s),
            at_s: super::millis(line.at_s),
            since: format!("{sign}{}", number::duration(since.abs())),
            who: text::clean(&line.component),
            what: text::clean(&line.text),
            cause: cause.map_or(String::new(), text::clean),
            weight: line.weight,
        }
    });
    let told: Vec<_> = told.collect();
    let more = match lines.len().saturating_sub(LINES) {
        0 => String::new(),
        n => format!("{n} more lines; replay tells them all."),
    };
    Some(Block::Story { episodes: vec![Told { title: "What happened".into(), lines: told, more }] })
}

/// What was down when, in the whole time or in one of its outages.
fn spans(year: &BadYear, of: Option<&Episode>) -> Table {
    const ROWS: usize = 60;
    let heads = ["what", "kind", "from (UTC)", "#for", "cause", "how"];
    let mut table = Table::new("What was involved, apps and services first", &heads);
    let inside = |s: &DownSpan| of.is_none_or(|e| s.from_s <= e.to_s && s.to_s >= e.from_s);
    let spans = || {
        let all = year.tracks.iter().flat_map(|t| t.spans.iter().map(move |s| (t, s)));
        all.filter(|(_, s)| inside(s))
    };
    for (track, span) in spans().take(ROWS) {
        let lasted = span.to_s - span.from_s;
        table.row(vec![
            cell(&track.name),
            cell(&track.kind),
            value(story::moment_of(year.start_unix, span.from_s), span.from_s),
            value(number::duration(lasted), lasted),
            cell(&span.cause),
            cell(&span.how),
        ]);
    }
    let all = spans().count();
    if all > ROWS {
        table.caption = format!("The first {ROWS} of {all} times that were involved");
    }
    table
}
