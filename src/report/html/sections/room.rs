//! Load against what is left after the loss of each zone, and how long requests take.

use super::FLEET;
use crate::report::html::blocks::{Block, Figure, Table, cell, value};
use crate::report::number;
use crate::report::room::{busiest, busy, rate, seconds};
use crate::report::subjects::Named;
use crate::report::svg::pictures::room::picture;
use crate::study::findings::{Estimate, Findings, Room};

/// Apps with a picture of their own: those that are the most busy without a zone.
const PICTURES: usize = 3;

pub fn blocks(findings: &Findings, subjects: &[Named]) -> Vec<Block> {
    let with = busiest(subjects);
    let mut out = Vec::new();
    let pictures = if subjects.len() >= FLEET { 1 } else { PICTURES };
    for (index, (named, room)) in with.iter().take(pictures).enumerate() {
        let caption = format!(
            "{}: the highest load in each hour of the first week against what its containers can serve, \
             with all of them and without those of a zone. {}",
            named.label,
            runs_out(room)
        );
        let id = format!("room-{}", index + 1);
        let numbers = room_table(&with[index..=index]);
        let start = &findings.study.start;
        out.extend(Figure::both(&id, &caption, Some(numbers), |width| {
            Some(picture(named, room, start, width))
        }));
    }
    if !with.is_empty() {
        out.push(room_table(&with).folded(16));
        out.extend(latency(&with));
    }
    out.extend(without_room(subjects));
    out
}

fn runs_out(room: &Room) -> String {
    let growth = room.growth_per_year.map_or(String::new(), |growth| {
        format!("At a growth of {} a year ", number::percent(growth))
    });
    match (&room.runs_out_after_zone_outage, &room.runs_out) {
        (None, _) => String::new(),
        (Some(_), _) if room.busy_after_zone_outage.is_some_and(|busy| busy > 1.0) => {
            "What is left without one zone is not enough at the peak as it is.".into()
        }
        (Some(zone), all) => {
            let all = all.as_ref().map_or(String::new(), |day| format!(", all of it until {day}"));
            format!("{growth}what is left without one zone is enough until {zone}{all}.")
        }
    }
}

/// How long containers waited for room on the hosts, where these are described.
fn without_room(subjects: &[Named]) -> Option<Block> {
    let told: Vec<_> = subjects
        .iter()
        .filter_map(|named| Some((named, named.of.unplaced_container_s?)))
        .filter(|(_, waited)| waited.mean > 0.0)
        .collect();
    if told.is_empty() {
        return None;
    }
    let mut table =
        Table::new("Containers that found no room on a host", &["app", "#container-time a year"]);
    for (named, waited) in told {
        table.row(vec![cell(&named.label), value(number::duration(waited.mean), waited.mean)]);
    }
    Some(table.folded(16))
}

fn room_table(with: &[(&Named, &Room)]) -> Table {
    let heads = [
        "app",
        "#one container",
        "#peak load",
        "#busy",
        "without the zone",
        "#containers left",
        "#busy then",
        "#enough until",
        "#overloaded",
        "#requests lost to it",
    ];
    let mut table = Table::new("What is left without each zone", &heads);
    let measured = |of: Option<Estimate>| {
        of.map_or(cell("–"), |it| value(number::percent(it.mean), it.mean))
    };
    for (named, room) in with {
        for (index, zone) in room.zones.iter().enumerate() {
            let first = index == 0;
            let once = |text: String| cell(if first { text } else { String::new() });
            let worst = zone.containers == room.containers_after_zone_outage;
            let until = room.runs_out_after_zone_outage.clone().filter(|_| worst);
            table.row(vec![
                cell(&named.label),
                once(rate(room.per_container)),
                once(rate(room.peak)),
                once(busy(room.busy)),
                cell(&zone.zone),
                value(zone.containers.to_string(), f64::from(zone.containers)),
                zone.busy.map_or(cell("stops"), |it| value(busy(it), it)),
                cell(until.unwrap_or("–".into())),
                if first { measured(room.overloaded) } else { cell("") },
                if first { measured(room.lost) } else { cell("") },
            ]);
        }
    }
    table
}

fn latency(with: &[(&Named, &Room)]) -> Vec<Block> {
    let heads = [
        "app",
        "#mean",
        "#p50",
        "#p95",
        "#p99",
        "#wait at all",
        "#mean wait",
        "#wait p95",
        "#wait p99",
    ];
    let mut table = Table::new("From arrival to answer, of the requests that found room", &heads);
    let at = |e: Option<Estimate>| e.map_or(cell("–"), |e| value(seconds(e.mean), e.mean));
    for (named, _) in with {
        let Some(of) = &named.of.latency_s else { continue };
        let wait = &of.wait;
        table.row(vec![
            cell(&named.label),
            at(Some(of.mean)),
            at(of.p50),
            at(of.p95),
            at(of.p99),
            value(number::percent(wait.share.mean), wait.share.mean),
            at(Some(wait.mean)),
            at(Some(wait.p95)),
            at(Some(wait.p99)),
        ]);
    }
    match table.rows.is_empty() {
        true => Vec::new(),
        false => vec![Block::Heading { text: "Waits and responses".into() }, table.folded(16)],
    }
}
