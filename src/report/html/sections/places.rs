//! What stands where; data, which this version does not model.

use crate::report::html::blocks::{Block, Figure, Table, cell};
use crate::report::number;
use crate::report::svg::pictures::architecture::{jurisdiction, picture};
use crate::study::findings::{Findings, Standing};

pub fn architecture(findings: &Findings) -> Vec<Block> {
    let Some(picture) = picture(findings) else {
        let text = "This result does not tell its architecture.";
        return vec![Block::Absent { text: text.into() }];
    };
    let mut out = Vec::new();
    if findings.bad_year.is_some() {
        out.push(Block::Replay);
    }
    let caption = "At the start, before anything fails. Apps are lines, zones are columns under their region, \
                   whose colour is its jurisdiction; a chip is a container or host. Solid links: the app is \
                   down while the dependency is; dashed: a share of its requests fails.";
    out.push(Figure::one("map", caption, Some(table(findings)), &picture));
    out.push(Block::Absent {
        text:
            "Data that crosses a border would be drawn red: copies, backups and failovers to other \
               regions are not modelled in this version."
                .into(),
    });
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

pub fn data() -> Vec<Block> {
    let text = "Databases, buckets and backups, and with them data loss, residency and crossings, are not \
                modelled in this version: nothing here may be read as a statement about them.";
    vec![Block::Absent { text: text.into() }]
}
