//! What stands where: apps as lines, zones as columns, what they use on the right.

use crate::report::number;
use crate::report::svg::{Paint, Picture, circle, curve, cut, rect, text, width as text_width};
use crate::study::findings::{Architecture, BadYear, Findings, Standing};
use std::collections::BTreeSet;

const LEFT: f64 = 168.0;
const ROUTER: f64 = 74.0;
const CHIP: (f64, f64) = (24.0, 18.0);
const GAP: f64 = 4.0;
/// Containers of one app in one zone that are drawn one by one.
const CHIPS: usize = 6;
/// Lines for apps and hosts; the rest is counted.
const LINES: usize = 60;

/// Where a jurisdiction begins: countries of the European Union together.
pub fn jurisdiction(country: &str) -> String {
    const EU: [&str; 27] = [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    ];
    if EU.contains(&country) { "EU".into() } else { country.into() }
}

/// One line of the picture.
struct Line<'a> {
    kind: &'static str,
    /// What its members are numbered by.
    name: String,
    label: String,
    about: String,
    router: Option<&'a str>,
    stands: &'a [Standing],
    /// Extra places a container was moved to in the bad year: number and zone.
    guests: Vec<(u32, String)>,
}

pub fn picture(findings: &Findings) -> Option<Picture> {
    let of = &findings.architecture;
    if of.apps.is_empty() && of.hosts.is_empty() {
        return None;
    }
    let year = findings.bad_year.as_ref();
    let lines = lines(findings, year);
    let shown = &lines[..lines.len().min(LINES)];
    let columns = columns(of, shown, year);
    let used = !of.dependencies.is_empty();
    let has_router = shown.iter().any(|l| l.router.is_some());
    let start = LEFT + if has_router { ROUTER } else { 0.0 };
    let zones: f64 = columns.iter().map(|c| c.width + if c.last { 14.0 } else { 0.0 }).sum();
    let right = start + zones + if used { 196.0 } else { 0.0 };
    let width = right.max(560.0);
    let mut picture = Picture::new(width, "The architecture");
    let top = 62.0;
    let heights: Vec<f64> = shown.iter().map(|l| height(l, shown.len())).collect();
    let bottom = top + heights.iter().sum::<f64>() + 6.0;
    draw_places(&mut picture, of, &columns, start, bottom, year);
    let mut y = top;
    let mut middles = Vec::new();
    for (line, height) in shown.iter().zip(&heights) {
        let middle = y + height / 2.0;
        draw_line(&mut picture, line, &columns, start, middle, *height, year);
        middles.push(middle);
        y += height;
    }
    let mut below = bottom;
    if used {
        below = below.max(draw_dependencies(&mut picture, of, shown, &middles, right, year));
    }
    if lines.len() > shown.len() {
        let more = format!("and {} more", lines.len() - shown.len());
        picture.add(text(0.0, bottom + 16.0, more).size(12.0).fill(Paint::Soft));
        below = below.max(bottom + 22.0);
    }
    let below = draw_services(&mut picture, of, below, year);
    picture.height = super::crossings::draw(&mut picture, findings, below);
    let apps = number::counted(of.apps.len(), "app");
    let places: Vec<_> = of.regions.iter().map(|r| format!("{} ({})", r.name, r.country)).collect();
    picture.description = format!("{apps} over the zones of {}.", places.join(", "));
    Some(picture)
}

fn lines<'a>(findings: &'a Findings, year: Option<&BadYear>) -> Vec<Line<'a>> {
    let of = &findings.architecture;
    let apps = of.apps.iter().flat_map(|app| {
        let subject = findings.app.get(&app.name);
        let load = subject.and_then(|s| s.load);
        let load = load.map(|l| format!("{}/s", number::significant(l, 2)));
        let needs = subject.and_then(|s| Some(format!("needs {} of {}", s.needs?, s.containers?)));
        let about: Vec<_> = load.into_iter().chain(needs).collect();
        let containers = Line {
            kind: "container",
            name: app.name.clone(),
            label: app.name.clone(),
            about: about.join(" · "),
            router: Some(&app.router),
            stands: &app.stands,
            guests: guests(year, "container", &app.name, &app.stands),
        };
        let name = format!("database-node.{}", app.name);
        let nodes = (!app.nodes.is_empty()).then(|| Line {
            kind: "database-node",
            guests: guests(year, "database-node", &name, &app.nodes),
            name,
            label: "database".into(),
            about: String::new(),
            router: None,
            stands: &app.nodes,
        });
        [Some(containers), nodes].into_iter().flatten()
    });
    let hosts = of.hosts.iter().map(|host| Line {
        kind: "host",
        name: host.name.clone(),
        label: host.name.clone(),
        about: number::counted(host.stands.iter().map(|s| s.count as usize).sum(), "host"),
        router: None,
        stands: &host.stands,
        guests: Vec::new(),
    });
    apps.chain(hosts).collect()
}

fn guests(year: Option<&BadYear>, kind: &str, of: &str, stands: &[Standing]) -> Vec<(u32, String)> {
    let mut out = Vec::new();
    for track in year.iter().flat_map(|y| &y.tracks).filter(|t| t.kind == kind) {
        let number = track.name.strip_prefix(of).and_then(|rest| rest.strip_prefix('/'));
        let Some(number) = number.and_then(|n| n.parse::<u32>().ok()) else { continue };
        for zone in track.spans.iter().flat_map(|s| [&s.zone, &s.back_in]) {
            let at_home = stands.iter().any(|s| s.zone == *zone && s.first.contains(&number));
            let guest = (number, zone.clone());
            if !zone.is_empty() && !at_home && !out.contains(&guest) {
                out.push(guest);
            }
        }
    }
    out.sort();
    out
}

/// A zone with the room it takes; the empty name is nowhere in particular.
struct Column<'a> {
    zone: &'a str,
    /// Its number in the data of the script.
    index: usize,
    region: usize,
    last: bool,
    width: f64,
}

fn columns<'a>(of: &'a Architecture, lines: &[Line], year: Option<&BadYear>) -> Vec<Column<'a>> {
    let mut columns = Vec::new();
    let zones = year.map_or(Vec::new(), zones);
    let index = |zone: &str| zones.iter().position(|it| *it == zone).unwrap_or(0);
    let room = |zone: &str| {
        let most = lines.iter().map(|l| chips(l, zone).min(3)).max().unwrap_or(0).max(1);
        let label = text_width(zone, 11.0) + 14.0;
        (most as f64 * (CHIP.0 + GAP) + 16.0).max(label.min(104.0)).max(62.0)
    };
    for (region, info) in of.regions.iter().enumerate() {
        let holds = |zone: &str| lines.iter().any(|l| chips(l, zone) > 0);
        // A region in which nothing stands would only take room.
        if !info.zones.iter().any(|zone| holds(zone)) && of.regions.len() > 4 {
            continue;
        }
        for (i, zone) in info.zones.iter().enumerate() {
            let last = i + 1 == info.zones.len();
            columns.push(Column { zone, index: index(zone), region, last, width: room(zone) });
        }
    }
    if lines.iter().any(|l| chips(l, "") > 0) {
        columns.push(Column {
            zone: "",
            index: 0,
            region: usize::MAX,
            last: true,
            width: room(""),
        });
    }
    columns
}

fn chips(line: &Line, zone: &str) -> usize {
    let at_home: usize =
        line.stands.iter().filter(|s| s.zone == zone).map(|s| s.count as usize).sum();
    let drawn = if at_home > CHIPS { 2 } else { at_home };
    drawn + line.guests.iter().filter(|(_, z)| z == zone).count().min(CHIPS)
}

fn height(line: &Line, lines: usize) -> f64 {
    let zones = line.stands.iter().map(|s| s.zone.as_str());
    let zones = zones.chain(line.guests.iter().map(|(_, z)| z.as_str()));
    let rows = zones.map(|zone| chips(line, zone).div_ceil(3)).max().unwrap_or(1);
    let is_part = line.kind == "database-node";
    let least = if lines > 14 || is_part { 27.0 } else { 44.0 };
    (rows as f64 * (CHIP.1 + GAP) + 8.0).max(least)
}

fn draw_places(
    picture: &mut Picture,
    of: &Architecture,
    columns: &[Column],
    start: f64,
    bottom: f64,
    year: Option<&BadYear>,
) {
    let mut jurisdictions: Vec<String> = Vec::new();
    let mut x = start;
    let mut first = x;
    for column in columns {
        let w = column.width;
        if let Some(region) = of.regions.get(column.region) {
            let place = jurisdiction(&region.country);
            if !jurisdictions.contains(&place) {
                jurisdictions.push(place.clone());
            }
            let index = jurisdictions.iter().position(|j| *j == place).unwrap_or(0);
            let paint =
                [Paint::AccentSoft, Paint::WarnSoft, Paint::GoodSoft, Paint::Grid][index % 4];
            picture.add(rect(x + 2.0, 24.0, w - 4.0, bottom - 24.0, Paint::Panel).round(4.0));
            let zone = rect(x + 2.0, 24.0, w - 4.0, 26.0, Paint::Panel).round(4.0);
            let hint = format!("zone {} in {}", column.zone, region.name);
            picture.add(marked(zone.titled(hint), year, "zone", column.zone));
            let short = column.zone.strip_prefix(&region.name).filter(|s| !s.is_empty());
            let label = cut(short.unwrap_or(column.zone), 11.0, w - 8.0);
            picture.add(text(x + w / 2.0, 41.0, label).size(12.0).fill(Paint::Soft).middle());
            if column.last {
                let whole = x + w - first;
                picture.add(rect(first + 2.0, 0.0, whole - 4.0, 22.0, paint).round(4.0));
                let bloc = if place == region.country {
                    place
                } else {
                    format!("{}, {place}", region.country)
                };
                let name = format!("{} · {bloc}", region.name);
                let name = cut(name.trim_end_matches(" · "), 12.0, whole - 10.0);
                picture.add(text(first + whole / 2.0, 15.5, name).size(12.0).bold().middle());
            }
        } else {
            picture.add(rect(x + 2.0, 24.0, w - 4.0, bottom - 24.0, Paint::Panel).round(4.0));
            picture.add(text(x + w / 2.0, 41.0, "anywhere").size(12.0).fill(Paint::Soft).middle());
        }
        x += w;
        if column.last {
            x += 14.0;
            first = x;
        }
    }
}

fn draw_line(
    picture: &mut Picture,
    line: &Line,
    columns: &[Column],
    start: f64,
    middle: f64,
    height: f64,
    year: Option<&BadYear>,
) {
    let tight = height < 40.0 || line.about.is_empty();
    let end =
        start + columns.iter().map(|c| c.width + if c.last { 14.0 } else { 0.0 }).sum::<f64>();
    picture.add(crate::report::svg::line(
        (LEFT - 10.0, middle),
        (end - 14.0, middle),
        Paint::Grid,
        1.5,
    ));
    let name = cut(&line.label, 13.0, LEFT - 34.0);
    let base = if tight { middle + 4.5 } else { middle - 2.0 };
    if line.kind == "container" {
        let lamp = circle(5.0, base - 4.5, 4.0, Paint::Good).titled(format!("app {}", line.name));
        picture.add(marked(lamp, year, "app", &line.name));
    }
    picture.add(match line.kind {
        "database-node" => text(16.0, base, name).fill(Paint::Soft),
        _ => text(16.0, base, name).bold(),
    });
    if !tight {
        picture.add(
            text(16.0, middle + 13.0, cut(&line.about, 11.0, LEFT - 34.0))
                .size(11.0)
                .fill(Paint::Soft),
        );
    }
    if let Some(router) = line.router {
        let label = if router == "ideal" { "ideal" } else { "router" };
        let hint = format!("{router} router");
        let pill = rect(LEFT - 2.0, middle - 10.0, 54.0, 20.0, Paint::Paper).round(10.0);
        picture.add(pill.stroke(Paint::Soft, 1.0).titled(hint));
        picture.add(text(LEFT + 25.0, middle + 4.0, label).size(11.0).fill(Paint::Soft).middle());
    }
    let mut x = start;
    for column in columns {
        draw_cell(picture, line, column, x, middle, year);
        x += column.width + if column.last { 14.0 } else { 0.0 };
    }
}

fn draw_cell(
    picture: &mut Picture,
    line: &Line,
    column: &Column,
    x: f64,
    middle: f64,
    year: Option<&BadYear>,
) {
    let here = || line.stands.iter().filter(|s| s.zone == column.zone);
    let count: u32 = here().map(|s| s.count).sum();
    let all = chips(line, column.zone);
    if all == 0 {
        return;
    }
    let rows = all.div_ceil(3);
    let mut place = 0;
    let mut next = |wide: bool| {
        let (row, at) = (place / 3, place % 3);
        place += if wide { 2 } else { 1 };
        let of_row = (all - row * 3).min(3) as f64;
        let left = x + (column.width - of_row * (CHIP.0 + GAP) + GAP) / 2.0;
        let top = middle - rows as f64 * (CHIP.1 + GAP) / 2.0 + GAP / 2.0;
        (left + at as f64 * (CHIP.0 + GAP), top + row as f64 * (CHIP.1 + GAP))
    };
    if count as usize > CHIPS {
        let (a, b) = next(true);
        let w = CHIP.0 * 2.0 + GAP;
        let hint = format!("{count} of {} in {}", line.name, column.zone);
        picture.add(rect(a, b, w, CHIP.1, Paint::Accent).round(4.0).titled(hint));
        picture.add(
            text(a + w / 2.0, b + 13.0, format!("× {count}"))
                .size(11.0)
                .fill(Paint::White)
                .middle(),
        );
    } else {
        for number in here().flat_map(|s| &s.first) {
            let (a, b) = next(false);
            let name = format!("{}/{number}", line.name);
            let chip = rect(a, b, CHIP.0, CHIP.1, Paint::Accent).round(4.0);
            let chip =
                marked(chip.titled(format!("{name} in {}", column.zone)), year, line.kind, &name);
            picture.add(chip.data("z", column.index));
            let label = text(a + CHIP.0 / 2.0, b + 13.0, number.to_string()).size(11.0);
            picture.add(label.fill(Paint::White).middle());
        }
    }
    // Places that are only taken while the bad year is replayed.
    for (number, _) in line.guests.iter().filter(|(_, z)| z == column.zone).take(CHIPS) {
        let (a, b) = next(false);
        let name = format!("{}/{number}", line.name);
        let chip = rect(a, b, CHIP.0, CHIP.1, Paint::Accent).round(4.0).hidden();
        let chip = marked(
            chip.titled(format!("{name}, moved to {}", column.zone)),
            year,
            line.kind,
            &name,
        );
        picture.add(chip.data("z", column.index).class("guest"));
    }
}

/// Marks a shape with the number of its track, where it has one: the script finds it by that.
fn marked(
    node: crate::report::svg::Node,
    year: Option<&BadYear>,
    kind: &str,
    name: &str,
) -> crate::report::svg::Node {
    let of = |t: &crate::study::findings::Track| t.kind == kind && t.name == name;
    match year.and_then(|y| y.tracks.iter().position(of)) {
        Some(track) => node.data("e", track),
        None => node,
    }
}

/// The names of all zones in which anything stood in the bad year; the first is nowhere.
pub fn zones(year: &BadYear) -> Vec<&str> {
    let spans = year.tracks.iter().flat_map(|t| &t.spans);
    let named = spans.flat_map(|span| [span.zone.as_str(), span.back_in.as_str()]);
    let mut seen = BTreeSet::new();
    std::iter::once("").chain(named).filter(|zone| seen.insert(*zone)).collect()
}

fn draw_dependencies(
    picture: &mut Picture,
    of: &Architecture,
    lines: &[Line],
    middles: &[f64],
    right: f64,
    year: Option<&BadYear>,
) -> f64 {
    const MOST: usize = 16;
    let (x, w) = (right - 124.0, 124.0);
    picture.add(text(x + w / 2.0, 41.0, "depends on").size(12.0).fill(Paint::Soft).middle());
    let shown = of.dependencies.len().min(MOST);
    let span = middles.last().copied().unwrap_or(62.0) - middles.first().copied().unwrap_or(62.0);
    let step = if shown > 1 { (span / (shown - 1) as f64).max(32.0) } else { 0.0 };
    let first = match middles {
        [] => 76.0,
        [..] if shown == 1 => middles[0] + span / 2.0,
        [first, ..] => *first,
    };
    let mut bottom = 0.0_f64;
    for (i, dependency) in of.dependencies.iter().take(MOST).enumerate() {
        let y = first + step * i as f64;
        for (line, middle) in lines.iter().zip(middles).filter(|(l, _)| l.kind == "container") {
            let app = of.apps.iter().find(|a| a.name == line.name);
            let Some(used) =
                app.and_then(|a| a.uses.iter().find(|u| u.dependency == dependency.name))
            else {
                continue;
            };
            let link = curve((right - 210.0, *middle), (x, y), Paint::Soft, 1.2);
            let hint = match used.mandatory {
                true => format!("{} is down while {} is", line.name, dependency.name),
                false => format!(
                    "{} of the requests of {} need {}",
                    number::percent(used.share),
                    line.name,
                    dependency.name
                ),
            };
            picture.add(if used.mandatory {
                link.titled(hint)
            } else {
                link.dashed().titled(hint)
            });
        }
        let chip = rect(x, y - 13.0, w, 26.0, Paint::Paper).round(4.0).stroke(Paint::Blue, 1.5);
        let hint = format!("dependency {}", dependency.name);
        picture.add(marked(chip.titled(hint), year, "dependency", &dependency.name));
        let label = cut(&dependency.name, 12.0, w - 10.0);
        picture.add(text(x + w / 2.0, y + 4.5, label).size(12.0).middle());
        bottom = bottom.max(y + 20.0);
    }
    if of.dependencies.len() > MOST {
        let more = format!("and {} more", of.dependencies.len() - MOST);
        picture.add(text(x + w / 2.0, bottom + 12.0, more).size(12.0).fill(Paint::Soft).middle());
        bottom += 20.0;
    }
    bottom
}

fn draw_services(
    picture: &mut Picture,
    of: &Architecture,
    top: f64,
    year: Option<&BadYear>,
) -> f64 {
    let mut y = top + 8.0;
    for service in of.services.iter().take(24) {
        picture.add(rect(0.0, y, picture.width, 28.0, Paint::Panel).round(4.0));
        let lamp = circle(14.0, y + 14.0, 4.0, Paint::Good);
        let lamp = lamp.titled(format!("service {}", service.name));
        picture.add(marked(lamp, year, "service", &service.name));
        let name = cut(&service.name, 13.0, 190.0);
        let at = 26.0 + text_width(&name, 13.0).max(80.0) + 14.0;
        picture.add(text(26.0, y + 18.5, name).bold());
        let requires = cut(&service.requires, 12.0, picture.width - at - 10.0);
        picture.add(
            text(at, y + 18.5, requires).size(12.0).fill(Paint::Soft).titled(&service.requires),
        );
        y += 32.0;
    }
    y
}
