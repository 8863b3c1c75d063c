//! Where the time of a failover goes.

use super::is_narrow;
use crate::report::number;
use crate::report::subjects::Named;
use crate::report::svg::{Paint, Picture, cut, line, rect, text, width as text_width};

const PHASES: [(&str, Paint, Paint); 5] = [
    ("detect", Paint::Blue, Paint::White),
    ("decide", Paint::Sky, Paint::Dark),
    ("act", Paint::Orange, Paint::Dark),
    ("start", Paint::Green, Paint::White),
    ("reroute", Paint::Purple, Paint::White),
];

/// Mean phases, stacked, with the 95th percentile of the total.
pub fn picture(subjects: &[&Named], width: f64) -> Option<Picture> {
    let rows: Vec<_> = subjects
        .iter()
        .filter_map(|s| Some((*s, s.of.failover_s.as_ref()?)))
        .filter(|(_, clock)| clock.total.mean.mean > 0.0)
        .collect();
    let most = rows
        .iter()
        .map(|(_, c)| c.total.p95.map_or(0.0, |e| e.mean).max(c.total.mean.mean))
        .reduce(f64::max)?;
    let narrow = is_narrow(width);
    let (left, right) = if narrow { (0.0, 4.0) } else { (204.0, 190.0) };
    let mut picture = Picture::new(width, "The failover clock");
    let scale = (width - left - right) / most;
    let mut x = left;
    for (name, paint, _) in PHASES {
        picture.add(rect(x, 3.0, 11.0, 11.0, paint).round(2.0));
        picture.add(text(x + 15.0, 13.0, name).size(12.0).fill(Paint::Soft));
        x += 28.0 + text_width(name, 12.0);
    }
    let step = if narrow { 48.0 } else { 30.0 };
    let mut told = Vec::new();
    for (i, (named, clock)) in rows.iter().enumerate() {
        let top = 26.0 + step * i as f64;
        let y = if narrow { top + 20.0 } else { top };
        let base = top + if narrow { 13.0 } else { 16.0 };
        let room = if narrow { width - 190.0 } else { left - 14.0 };
        picture.add(text(0.0, base, cut(&named.label, 13.0, room)));
        let total = number::duration(clock.total.mean.mean);
        let p95 = clock.total.p95.as_ref().map(number::rough_duration);
        let p95 = p95.map_or(String::new(), |p95| format!(" · p95 {p95}"));
        picture.add(text(width, base, format!("{total} mean{p95}")).fill(Paint::Soft).end());
        let phases = [&clock.detect, &clock.decide, &clock.act, &clock.start, &clock.reroute]
            .map(|p| p.mean.mean);
        let mut x = left;
        for ((name, paint, ink), seconds) in PHASES.into_iter().zip(phases) {
            let w = seconds * scale;
            let told = number::duration(seconds);
            if w > 0.0 {
                picture.add(rect(x, y, w, 22.0, paint).titled(format!("{name}: {told} mean")));
            }
            if w > text_width(&told, 12.0) + 8.0 {
                picture.add(text(x + w / 2.0, y + 15.5, told).size(12.0).fill(ink).middle());
            }
            x += w;
        }
        if let Some(p95) = &clock.total.p95 {
            let x = left + p95.mean * scale;
            let hint = format!("95 % of failovers are over within {}", number::rough_duration(p95));
            picture.add(line((x, y - 2.0), (x, y + 24.0), Paint::Ink, 2.0).titled(hint));
        }
        told.push(format!("{}: {total} on average", named.label));
    }
    picture.height = 26.0 + step * rows.len() as f64;
    told.truncate(8);
    picture.description = format!(
        "Mean time from the onset of a fault until no request fails because of it, split into \
         phases; a stroke marks the 95th percentile. {}.",
        told.join("; ")
    );
    Some(picture)
}
