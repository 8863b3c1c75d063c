//! The data map below the architecture: from where to where data may go outside, and what is done about it.

use super::architecture::jurisdiction;
use crate::report::svg::{Paint, Picture, cut, line, path, rect, text, width as text_width};
use crate::report::{number, residency};
use crate::study::findings::{Architecture, DataPath, Findings, PathVerdict};

/// Paths that are drawn; the rest is counted.
const MOST: usize = 12;
const ROW: f64 = 44.0;
const PLACE: (f64, f64) = (188.0, 22.0);
const ARROW: f64 = 64.0;

/// Draws the paths of the static verdict from `top` down; where the next thing may begin.
pub fn draw(picture: &mut Picture, findings: &Findings, top: f64) -> f64 {
    let Some(of) = &findings.residency else { return top };
    let paths = residency::together(&of.paths);
    if paths.is_empty() {
        return top;
    }
    let mut y = top + 18.0;
    picture.add(text(0.0, y, "Where data may go outside").size(12.0).bold());
    y += 6.0;
    for path in paths.iter().take(MOST) {
        row(picture, path, &findings.architecture, y);
        y += ROW;
    }
    if paths.len() > MOST {
        let more = format!("and {} more", number::grouped((paths.len() - MOST) as u64));
        picture.add(text(0.0, y + 12.0, more).size(12.0).fill(Paint::Soft));
        y += 18.0;
    }
    y
}

fn row(picture: &mut Picture, of: &DataPath, places: &Architecture, y: f64) {
    let (paint, done) = match of.verdict {
        PathVerdict::Violation => (Paint::Bad, "leaves"),
        PathVerdict::Excepted => (Paint::Warn, "allowed by exception"),
        PathVerdict::Refused => (Paint::Soft, "refused"),
        PathVerdict::Unknown => (Paint::Soft, "not known"),
    };
    let told = residency::path(of);
    let about = format!("{}: {}, {done}, {}", of.app, of.asset, of.condition);
    let about = cut(&about, 11.0, picture.width);
    picture.add(text(0.0, y + 13.0, about).size(11.0).fill(Paint::Soft).titled(&told));
    // What arises where it stands comes from where its app is at home.
    let home = places.apps.iter().find(|it| it.name == of.app).map(|it| it.region.as_str());
    let from = if of.from.is_empty() { home.unwrap_or_default() } else { &of.from };
    let (top, middle) = (y + 18.0, y + 18.0 + PLACE.1 / 2.0);
    place(picture, 0.0, top, from, country(from, places), Paint::AccentSoft);
    let goes = if paint == Paint::Bad { Paint::BadSoft } else { Paint::Panel };
    place(picture, PLACE.0 + ARROW, top, &of.to, &of.country, goes);
    let (left, right) = (PLACE.0 + 6.0, PLACE.0 + ARROW - 6.0);
    let shaft = line((left, middle), (right, middle), paint, 2.0).titled(&told);
    let comes = of.verdict != PathVerdict::Refused;
    picture.add(if comes && of.is_unconditional() { shaft } else { shaft.dashed() });
    if comes {
        let head = vec![(right - 7.0, middle - 4.0), (right, middle), (right - 7.0, middle + 4.0)];
        picture.add(path(head, false, paint, 2.0));
    } else {
        picture.add(line((right, middle - 7.0), (right, middle + 7.0), Paint::Bad, 3.0));
    }
}

fn place(picture: &mut Picture, x: f64, y: f64, name: &str, country: &str, paint: Paint) {
    let bloc = match jurisdiction(country) {
        bloc if bloc == country => bloc,
        bloc => format!("{country}, {bloc}"),
    };
    picture.add(rect(x, y, PLACE.0, PLACE.1, paint).round(4.0));
    let country = cut(&bloc, 11.0, 60.0);
    let room = PLACE.0 - text_width(&country, 11.0) - 24.0;
    picture.add(text(x + 8.0, y + 15.0, cut(name, 12.0, room)).size(12.0));
    picture.add(text(x + PLACE.0 - 8.0, y + 15.0, country).size(11.0).fill(Paint::Soft).end());
}

/// Of a region or zone that is simulated.
fn country<'a>(place: &str, of: &'a Architecture) -> &'a str {
    let regions = of.regions.iter();
    let here = |it: &&crate::study::findings::RegionInfo| {
        it.name == place || it.zones.iter().any(|zone| zone == place)
    };
    regions.clone().find(here).map_or("", |it| it.country.as_str())
}
