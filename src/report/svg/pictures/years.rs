//! The mean with its interval beside the spread of single years: two different things.

use super::is_narrow;
use crate::report::number;
use crate::report::subjects::Named;
use crate::report::svg::scale::Lengths;
use crate::report::svg::{Paint, Picture, circle, cut, line, path, rect, text};

/// What single years lose, for each subject that has years.
pub fn picture(subjects: &[&Named], width: f64) -> Option<Picture> {
    let subjects: Vec<_> = subjects.iter().filter(|s| !s.of.spread_s.is_empty()).collect();
    if subjects.is_empty() {
        return None;
    }
    let narrow = is_narrow(width);
    let (left, right) = if narrow { (16.0, 14.0) } else { (204.0, 150.0) };
    let mut picture = Picture::new(width, "What single years lose");
    let shown = subjects.iter().flat_map(|s| {
        let spread = &s.of.spread_s;
        let of = |p| quantile(spread, p);
        [of(0.05), of(0.25), of(0.5), of(0.95), of(1.0), s.of.lost_a_year()]
    });
    let axis = Lengths::over(shown, left, width - left - right);
    let step = if narrow { 44.0 } else { 30.0 };
    let bottom = 24.0 + step * subjects.len() as f64;
    let ticks = axis.ticks();
    for (i, (x, label)) in ticks.iter().enumerate() {
        picture.add(line((*x, 18.0), (*x, bottom), Paint::Grid, 1.0));
        if !narrow || i % 2 == 0 || ticks.len() < 6 {
            picture.add(text(*x, 11.0, label).size(12.0).fill(Paint::Soft).middle());
        }
    }
    let mut told = Vec::new();
    for (i, named) in subjects.iter().enumerate() {
        let spread = &named.of.spread_s;
        let top = 24.0 + step * i as f64;
        let y = if narrow { top + 30.0 } else { top + 15.0 };
        let at = |p: f64| axis.at(quantile(spread, p));
        let duration = |p: f64| number::duration(quantile(spread, p));
        let none = spread.iter().take_while(|[_, s]| *s <= 0.0).last().map_or(0.0, |[p, _]| *p);
        let note = match none {
            n if n > 0.0 => format!("none in {}", percent(n)),
            _ => format!("median {}", duration(0.5)),
        };
        let label = cut(&named.label, 13.0, if narrow { width - 130.0 } else { left - 26.0 });
        picture.add(text(0.0, top + if narrow { 13.0 } else { 19.5 }, label));
        let base = top + if narrow { 13.0 } else { 19.5 };
        picture.add(text(width, base, &note).fill(Paint::Soft).end());
        let band = |from: f64, to: f64, h: f64, paint| {
            let (a, b) = (at(from), at(to));
            rect(a - 1.0, y - h / 2.0, b - a + 2.0, h, paint).round(2.0)
        };
        picture.add(line((at(0.0), y), (at(1.0), y), Paint::Soft, 1.0));
        let pale = band(0.05, 0.95, 14.0, Paint::AccentSoft).stroke(Paint::Accent, 1.0);
        picture.add(pale);
        picture.add(band(0.25, 0.75, 14.0, Paint::Accent));
        picture.add(line((at(0.5), y - 6.0), (at(0.5), y + 6.0), Paint::White, 2.0));
        let worst = format!("the worst year: {}", duration(1.0));
        picture.add(circle(at(1.0), y, 2.5, Paint::Soft).titled(worst));
        mean(&mut picture, &axis, named, y);
        let (typical, most) = (duration(0.5), duration(0.95));
        told.push(format!("{}: {typical} in a median year, {most} in one of twenty", named.label));
    }
    picture.height = bottom + 4.0;
    told.truncate(8);
    picture.description = format!(
        "For each app the time lost in single years as a band (half of the years, nine in ten), the \
         median as a stroke and the mean as a diamond. {}.",
        told.join("; ")
    );
    Some(picture)
}

fn mean(picture: &mut Picture, axis: &Lengths, named: &Named, y: f64) {
    let e = named.of.headline();
    let year = 31_536_000.0;
    let (x, low, high) = (axis.at(e.mean * year), axis.at(e.low * year), axis.at(e.high * year));
    if e.mean <= 0.0 {
        return;
    }
    let told = format!(
        "mean {} a year ({} … {})",
        number::duration(e.mean * year),
        number::duration(e.low * year),
        number::duration(e.high * year)
    );
    picture.add(line((low, y), (high, y), Paint::Orange, 3.0));
    let diamond = vec![(x - 5.0, y), (x, y - 5.0), (x + 5.0, y), (x, y + 5.0)];
    picture.add(path(diamond, true, Paint::Paper, 1.5).fill(Paint::Orange).titled(&told));
}

fn quantile(spread: &[[f64; 2]], p: f64) -> f64 {
    let place = spread.partition_point(|[share, _]| *share < p - 1e-9);
    spread.get(place).or(spread.last()).map_or(0.0, |[_, seconds]| *seconds)
}

fn percent(share: f64) -> String {
    format!("{:.0} % of years", share * 100.0)
}
