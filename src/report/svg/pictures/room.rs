//! Load through a week against what can be served with everything in service and without each zone.

use super::is_narrow;
use crate::report::room::{busy, rate};
use crate::report::subjects::Named;
use crate::report::svg::{Paint, Picture, cut, line, path, rect, text};
use crate::study::findings::Room;

const HEIGHT: f64 = 190.0;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// One app of a study that begins on a day such as `2026-12-01`.
pub fn picture(named: &Named, room: &Room, start: &str, width: f64) -> Picture {
    let date = start.get(..10).and_then(|date| date.parse::<jiff::civil::Date>().ok());
    let weekday = date.map_or(0, |date| date.weekday().to_monday_zero_offset() as usize);
    let title = format!("Load of {} against what its containers can serve", named.label);
    let mut picture = Picture::new(width, title);
    let all = room.peak / room.busy;
    let most = all.max(room.peak) * 1.06;
    let (left, right) = (4.0, if is_narrow(width) { width - 4.0 } else { width - 190.0 });
    let (top, bottom) = (18.0, 18.0 + HEIGHT);
    let x = |hour: f64| left + (right - left) * hour / 168.0;
    let y = |of: f64| bottom - HEIGHT * (of / most).clamp(0.0, 1.0);
    for day in 0..=7 {
        let at = x(24.0 * f64::from(day));
        picture.add(line((at, top), (at, bottom), Paint::Grid, 1.0));
        if day < 7 {
            let name = DAYS[(weekday + day as usize) % 7];
            let middle = x(24.0 * f64::from(day) + 12.0);
            picture.add(text(middle, bottom + 16.0, name).size(12.0).fill(Paint::Soft).middle());
        }
    }
    // The load as an area under its steps.
    let hours: Vec<f64> =
        if room.week.is_empty() { vec![room.peak; 168] } else { room.week.clone() };
    let mut points = vec![(x(0.0), y(0.0))];
    for (hour, of) in hours.iter().enumerate() {
        points.push((x(hour as f64), y(*of)));
        points.push((x(hour as f64 + 1.0), y(*of)));
    }
    points.push((x(hours.len() as f64), y(0.0)));
    picture.add(path(points, true, Paint::Accent, 1.0).fill(Paint::AccentSoft));
    let mut lines = vec![(all, "all containers".to_string(), Paint::Good)];
    for zone in &room.zones {
        let can = f64::from(zone.containers) * room.per_container;
        let paint = if can < room.peak { Paint::Bad } else { Paint::Good };
        let name = format!("without {}", zone.zone);
        match lines.iter_mut().find(|it| it.0 == can && it.2 == paint) {
            Some(same) if same.1.starts_with("without") => same.1 = "without any one zone".into(),
            _ => lines.push((can, name, paint)),
        }
    }
    let narrow = is_narrow(width);
    for (index, (can, name, paint)) in lines.iter().enumerate() {
        let at = y(*can);
        let level = line((left, at), (right, at), *paint, 2.0);
        let level = if index == 0 { level } else { level.dashed() };
        let told = format!("{name}: {}, {} busy", rate(*can), told_busy(room.peak, *can));
        picture.add(level.titled(&told));
        if narrow {
            let row = bottom + 38.0 + 18.0 * index as f64;
            picture.add(rect(0.0, row - 9.0, 10.0, 10.0, *paint));
            picture.add(text(16.0, row, cut(&told, 12.0, width - 20.0)).size(12.0));
        } else {
            let label = format!("{} {name}", rate(*can));
            picture.add(text(right + 8.0, at + 4.0, cut(&label, 12.0, 180.0)).size(12.0));
        }
    }
    picture.add(text(left + 4.0, top - 5.0, format!("peak {}", rate(room.peak))).size(12.0));
    let legend = if narrow { 18.0 * lines.len() as f64 + 10.0 } else { 0.0 };
    picture.height = bottom + 24.0 + legend;
    let told = lines.iter().map(|(can, name, _)| format!("{name} {}", rate(*can)));
    picture.description = format!(
        "The highest load in each hour of the first week, at most {}; what can be served: {}.",
        rate(room.peak),
        told.collect::<Vec<_>>().join(", ")
    );
    picture
}

fn told_busy(peak: f64, can: f64) -> String {
    if can > 0.0 { busy(peak / can) } else { "–".into() }
}
