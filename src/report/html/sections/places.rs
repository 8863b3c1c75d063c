//! What stands where.

use crate::report::html::blocks::{Block, Figure, Table, cell, paragraph};
use crate::report::number;
use crate::report::svg::pictures::architecture::{jurisdiction, picture};
use crate::study::findings::{Findings, Standing};

pub fn architecture(findings: &Findings) -> Vec<Block> {
    let Some(picture) = picture(findings) else { return Vec::new() };
    let mut out = Vec::new();
    if findings.bad_year.is_some() {
        out.push(Block::Replay);
    }
    let caption = "At the start, before anything fails. Apps are lines, zones are columns under their region, \
                   whose colour is its jurisdiction; a chip is a container, a node of a database or a host. \
                   Solid links: the app is down while the dependency is; dashed: a share of its requests \
                   fails. Arrows from place to place are data that may go outside: red where nothing \
                   allows it, dashed where something must fail first, barred where it is refused.";
    out.push(Figure::one("map", caption, Some(table(findings)), &picture));
    out.extend(single(findings));
    out
}

fn table(findings: &Findings) -> Table {
    let of = &findings.architecture;
    let mut table =
        Table::new("What stands where", &["what", "kind", "stands in", "jurisdiction", "rests on"]);
    let places = |stands: &[Standing]| {
        let one = |s: &Standing| match s.zone.as_str() {
            "" => format!("{} anywhere", s.count),
            zone => format!("{zone} × {}", s.count),
        };
        stands.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let country = |region: &str| {
        let region = of.regions.iter().find(|r| r.name == region);
        region.map_or(String::new(), |r| match jurisdiction(&r.country) {
            bloc if bloc == r.country => bloc,
            bloc => format!("{}, {bloc}", r.country),
        })
    };
    for app in &of.apps {
        let uses: Vec<_> = app
            .uses
            .iter()
            .map(|u| match u.mandatory {
                true => u.dependency.clone(),
                false => format!("{} ({} of requests)", u.dependency, number::percent(u.share)),
            })
            .collect();
        let kind = format!("app, {}, {} router, {}", app.placement, app.router, app.recovery);
        table.row(vec![
            cell(&app.name),
            cell(kind),
            cell(places(&app.stands)),
            cell(country(&app.region)),
            cell(if uses.is_empty() { "–".into() } else { uses.join(", ") }),
        ]);
        if !app.nodes.is_empty() {
            let row = [&app.name, "database", &places(&app.nodes), &country(&app.region), "–"];
            table.row(row.map(cell).into());
        }
    }
    for host in &of.hosts {
        let row = [&host.name, "hosts", &places(&host.stands), "–", "–"].map(cell);
        table.row(row.into());
    }
    for service in &of.services {
        let row = [service.name.as_str(), "service", "–", "–", &service.requires].map(cell);
        table.row(row.into());
    }
    table
}

/// Apps that one zone takes down.
fn single(findings: &Findings) -> Option<Block> {
    let apps = findings.architecture.apps.iter().filter(|a| a.stands.len() == 1);
    let single: Vec<_> = apps.map(|a| crate::report::text::clean(&a.name)).collect();
    if single.is_empty() {
        return None;
    }
    let shown = single.len().min(12);
    let more = match single.len() - shown {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let text = single[..shown].join(", ");
    Some(paragraph(format!("Stand in one zone only, so that losing it stops them: {text}{more}.")))
}
