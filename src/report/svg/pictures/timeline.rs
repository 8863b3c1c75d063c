//! One bad year: a strip over the whole time, and its worst outages in their own time.

use super::axis::{Axis, Mark};
use super::is_narrow;
use crate::report::svg::{Paint, Picture, cut, line, rect, text};
use crate::report::{number, story};
use crate::study::findings::{BadYear, DownSpan, Track};
use std::borrow::Cow;
use std::cmp::Reverse;

/// Subjects, and faults, with a lane of their own in the strip; the others share one.
const OWN: usize = 12;
/// Outages closer than this are one episode.
const PAUSE_S: f64 = 3600.0;

const LANE: f64 = 20.0;

/// One stretch of the year in which something was down.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// The first outage begins and the last one ends.
    pub from_s: f64,
    pub to_s: f64,
    /// Seconds down, summed over apps and services.
    pub harm_s: f64,
}

/// In the order of time.
pub fn episodes(year: &BadYear) -> Vec<Episode> {
    let mut outages: Vec<&DownSpan> =
        year.tracks.iter().filter(|t| is_subject(t)).flat_map(|t| &t.spans).collect();
    outages.sort_by(|a, b| a.from_s.total_cmp(&b.from_s));
    let mut out: Vec<Episode> = Vec::new();
    for span in outages {
        let harm_s = span.to_s - span.from_s;
        match out.last_mut() {
            Some(last) if span.from_s <= last.to_s + PAUSE_S => {
                last.to_s = last.to_s.max(span.to_s);
                last.harm_s += harm_s;
            }
            _ => out.push(Episode { from_s: span.from_s, to_s: span.to_s, harm_s }),
        }
    }
    out
}

/// The most harmful ones, worst first.
pub fn worst(year: &BadYear, most: usize) -> Vec<Episode> {
    let mut all = episodes(year);
    all.sort_by(|a, b| b.harm_s.total_cmp(&a.harm_s));
    all.truncate(most);
    all
}

/// Room for the names.
fn left(width: f64) -> f64 {
    if is_narrow(width) { 132.0 } else { 204.0 }
}

/// What does not get a lane of its own, in one: no outage is lost.
fn together(tracks: &[&Track], noun: &str) -> Track {
    let mut spans: Vec<DownSpan> = tracks.iter().flat_map(|t| t.spans.iter().cloned()).collect();
    spans.sort_by(|a, b| a.from_s.total_cmp(&b.from_s));
    let kind = tracks.first().map_or(String::new(), |t| t.kind.clone());
    let kind = if kind == "service" { "app".into() } else { kind };
    Track { kind, name: format!("{} more {noun}", tracks.len()), spans }
}

fn is_subject(track: &Track) -> bool {
    matches!(track.kind.as_str(), "app" | "service")
}

/// The whole time on one strip: every app and service that was down, every fault behind it.
pub fn strip(year: &BadYear, width: f64) -> Picture {
    let harm = |t: &Track| t.spans.iter().map(|s| s.to_s - s.from_s).sum::<f64>();
    let lanes_of = |wanted: &dyn Fn(&Track) -> bool, noun: &str| {
        let mut all: Vec<&Track> = year.tracks.iter().filter(|t| wanted(t)).collect();
        all.sort_by(|a, b| harm(b).total_cmp(&harm(a)));
        let rest = if all.len() > OWN { all.split_off(OWN - 1) } else { Vec::new() };
        let own = all.into_iter().map(Cow::Borrowed);
        own.chain((!rest.is_empty()).then(|| Cow::Owned(together(&rest, noun)))).collect::<Vec<_>>()
    };
    let mut lanes = lanes_of(&is_subject, "apps and services");
    let subjects = year.tracks.iter().filter(|t| is_subject(t)).count();
    lanes.extend(lanes_of(&|t| t.kind == "fault", "faults"));
    let lanes: Vec<&Track> = lanes.iter().map(|lane| &**lane).collect();
    let axis = Axis::new(year.from_s, year.to_s, left(width), width);
    let mut picture = Picture::new(width, "The whole time, and what was down in it");
    let ticks = axis.calendar(year.start_unix);
    let bottom = lane_lines(&mut picture, &lanes, &axis, &ticks, year);
    picture.height = bottom;
    picture.description = format!(
        "A strip from {} to {}: {} outages of {} apps and services, and the faults behind them. \
         Each is drawn at least a stroke wide.",
        story::date_of(year.start_unix, year.from_s),
        story::date_of(year.start_unix, year.to_s),
        year.tracks.iter().filter(|t| is_subject(t)).map(|t| t.spans.len()).sum::<usize>(),
        subjects,
    );
    picture
}

/// One episode in its own time, with everything that was involved; also how many lanes did not fit.
pub fn episode(year: &BadYear, of: &Episode, width: f64) -> (Picture, usize) {
    let touches = |s: &DownSpan| s.from_s <= of.to_s && s.to_s >= of.from_s;
    let mut all: Vec<&Track> =
        year.tracks.iter().filter(|t| t.spans.iter().any(&touches)).collect();
    let down =
        |t: &Track| t.spans.iter().filter(|s| touches(s)).map(|s| s.to_s - s.from_s).sum::<f64>();
    all.sort_by(|a, b| {
        rank(a).cmp(&rank(b)).then(down(b).total_cmp(&down(a)).then(a.name.cmp(&b.name)))
    });
    let before = all.len();
    let mut seen = [0_usize; 6];
    all.retain(|t| {
        let rank = rank(t);
        seen[rank] += 1;
        seen[rank] <= [14, 8, 9, 8, 18, 18][rank]
    });
    let hidden = before - all.len();
    // Faults may have been open for months; what they did then is not told here.
    let near = |s: f64| (s - of.from_s).abs() < PAUSE_S || (s - of.to_s).abs() < PAUSE_S;
    let spans = || all.iter().flat_map(|t| &t.spans).filter(|s| touches(s));
    let from = spans().map(|s| s.from_s).filter(|s| near(*s)).fold(of.from_s, f64::min);
    let to = spans().map(|s| s.to_s).filter(|s| near(*s)).fold(of.to_s, f64::max);
    let margin = ((to - from) * 0.04).max(5.0);
    let (from, to) = (from - margin, to + margin);
    let axis = Axis::new(from, to, left(width), width);
    let mut picture =
        Picture::new(width, format!("Outage of {}", story::moment_of(year.start_unix, of.from_s)));
    let ticks = axis.since(of.from_s);
    let bottom = lane_lines(&mut picture, &all, &axis, &ticks, year);
    let x = axis.left;
    let cursor = line((x, 20.0), (x, bottom), Paint::Ink, 1.5).hidden().class("cursor");
    let (a, b) = (axis.from.to_string(), axis.to.to_string());
    picture.add(
        cursor.data("from", a).data("to", b).data("left", axis.left).data("width", axis.width),
    );
    picture.height = bottom;
    let told: Vec<_> = all
        .iter()
        .filter(|t| is_subject(t))
        .take(5)
        .map(|t| format!("{} down {}", t.name, number::duration(down(t))))
        .collect();
    picture.description =
        format!("{} lanes over {}; {}.", all.len(), number::duration(to - from), told.join(", "));
    (picture, hidden)
}

/// Apps and services first, then what struck them.
fn rank(track: &Track) -> usize {
    match track.kind.as_str() {
        "app" | "service" => 0,
        "fault" => 1,
        "zone" => 2,
        "dependency" => 3,
        "container" => 4,
        _ => 5,
    }
}

fn lane_lines(
    picture: &mut Picture,
    lanes: &[&Track],
    axis: &Axis,
    ticks: &[(f64, String)],
    year: &BadYear,
) -> f64 {
    let top = 22.0;
    let mut y = top;
    let mut before = None;
    let mut marks = Vec::new();
    for track in lanes {
        if before.is_some_and(|b| b != rank(track)) {
            y += 8.0;
        }
        before = Some(rank(track));
        let kind = match track.kind.as_str() {
            "app" | "fault" | "container" => String::new(),
            kind => format!("{kind} "),
        };
        let named = format!("{kind}{}", track.name);
        let label = cut(&named, 12.0, axis.left - 10.0);
        let label = text(axis.left - 8.0, y + 14.0, label).size(12.0).end().titled(&named);
        marks.push(if is_subject(track) { label.bold() } else { label });
        picture.add(rect(axis.left, y + 2.0, axis.width, LANE - 4.0, Paint::Panel).round(2.0));
        let (paint, inset) = match rank(track) {
            0 => (Paint::Bad, 2.0),
            1 => (Paint::Ink, 6.0),
            2 => (Paint::Purple, 3.0),
            3 => (Paint::Blue, 3.0),
            _ => (Paint::Orange, 4.0),
        };
        for mark in axis.marks(&track.spans) {
            let hint = hint(track, &mark, year);
            marks.push(
                rect(mark.x, y + inset, mark.width, LANE - 2.0 * inset, paint)
                    .round(1.0)
                    .titled(hint),
            );
        }
        y += LANE + 2.0;
    }
    for (x, label) in ticks {
        picture.add(text(*x, 12.0, label).size(12.0).fill(Paint::Soft).middle());
        picture.add(line((*x, top - 4.0), (*x, y), Paint::Grid, 1.0));
    }
    picture.nodes.extend(marks);
    y + 2.0
}

fn hint(track: &Track, mark: &Mark, year: &BadYear) -> String {
    let first = mark.first;
    let at = story::moment_of(year.start_unix, first.from_s);
    let lasted = number::duration(first.to_s - first.from_s);
    if mark.count > 1 {
        let all = number::duration(mark.total_s);
        return format!("{}: {} times from {at}, {all} together", track.name, mark.count);
    }
    let what = match (first.how.as_str(), first.cause.as_str()) {
        ("", "") => "down".to_string(),
        ("", cause) => format!("down ({cause})"),
        (how, cause) if cause.is_empty() || track.kind == "fault" => how.into(),
        (how, cause) => format!("{how} ({cause})"),
    };
    format!("{}: {what}, {at}, {lasted}", track.name)
}

/// The subjects that were down, most first.
pub fn hardest_hit(year: &BadYear) -> Vec<(&str, f64)> {
    let mut all: Vec<_> =
        year.downtime_s.iter().filter(|(_, s)| *s > 0.0).map(|(n, s)| (n.as_str(), *s)).collect();
    all.sort_by_key(|(name, s)| (Reverse((s * 1e3) as u64), *name));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from_s: f64, to_s: f64) -> DownSpan {
        let none = String::new();
        DownSpan {
            from_s,
            to_s,
            cause: none.clone(),
            how: none.clone(),
            zone: none.clone(),
            back_in: none,
        }
    }

    #[test]
    fn outages_within_an_hour_are_one_episode() {
        let track = |spans| Track { kind: "app".into(), name: "x".into(), spans };
        let year = BadYear {
            tracks: vec![track(vec![span(0.0, 60.0), span(3000.0, 3010.0), span(9000.0, 9001.0)])],
            ..BadYear::default()
        };
        let all = episodes(&year);
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].to_s, all[0].harm_s), (3010.0, 70.0));
        assert_eq!(worst(&year, 1), all[..1]);
    }
}
