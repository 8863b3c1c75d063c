//! One bad year: a strip over the whole time, and its worst outages in their own time.

use crate::report::svg::{Paint, Picture, cut, line, rect, text};
use crate::report::{number, story};
use crate::study::findings::{BadYear, DownSpan, Track};
use std::cmp::Reverse;

/// Outages closer than this are one episode.
const PAUSE_S: f64 = 3600.0;
const LEFT: f64 = 204.0;
const LANE: f64 = 20.0;
/// The least that a mark takes, so that an outage of a second is seen in a year.
const LEAST: f64 = 2.5;

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

fn is_subject(track: &Track) -> bool {
    matches!(track.kind.as_str(), "app" | "service")
}

/// The whole time on one strip: every app and service that was down, every fault behind it.
pub fn strip(year: &BadYear, width: f64) -> Picture {
    let mut lanes: Vec<&Track> =
        year.tracks.iter().filter(|t| is_subject(t) || t.kind == "fault").collect();
    let harm = |t: &Track| t.spans.iter().map(|s| s.to_s - s.from_s).sum::<f64>();
    lanes.sort_by(|a, b| is_subject(b).cmp(&is_subject(a)).then(harm(b).total_cmp(&harm(a))));
    let subjects = lanes.iter().filter(|t| is_subject(t)).count();
    let kept = |i: usize, t: &Track| if is_subject(t) { i < 12 } else { i < subjects + 8 };
    let lanes: Vec<&Track> =
        lanes.iter().enumerate().filter(|(i, t)| kept(*i, t)).map(|(_, t)| *t).collect();
    let axis = Axis { from: year.from_s, to: year.to_s, left: LEFT, width: width - LEFT - 4.0 };
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
    let axis = Axis { from, to, left: LEFT, width: width - LEFT - 4.0 };
    let mut picture =
        Picture::new(width, format!("Outage of {}", story::moment_of(year.start_unix, of.from_s)));
    let ticks = axis.since(of.from_s);
    let bottom = lane_lines(&mut picture, &all, &axis, &ticks, year);
    let cursor = line((LEFT, 20.0), (LEFT, bottom), Paint::Ink, 1.5).hidden().class("cursor");
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
        let label = cut(&format!("{kind}{}", track.name), 12.0, LEFT - 16.0);
        let label = text(LEFT - 12.0, y + 14.0, label).size(12.0).end();
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

/// Time from left to right.
struct Axis {
    from: f64,
    to: f64,
    left: f64,
    width: f64,
}

/// Spans that fall on the same place, drawn as one.
struct Mark<'a> {
    x: f64,
    width: f64,
    first: &'a DownSpan,
    count: usize,
    total_s: f64,
}

impl Axis {
    fn at(&self, s: f64) -> f64 {
        let place = (s - self.from) / (self.to - self.from).max(1e-9);
        self.left + place.clamp(0.0, 1.0) * self.width
    }

    /// Every span inside is drawn: what is too short for a stroke gets one, and strokes that would lie
    /// on each other are drawn as one that counts them.
    fn marks<'a>(&self, spans: &'a [DownSpan]) -> Vec<Mark<'a>> {
        let mut marks: Vec<Mark> = Vec::new();
        for span in spans.iter().filter(|s| s.to_s >= self.from && s.from_s <= self.to) {
            let (a, b) = (self.at(span.from_s), self.at(span.to_s));
            let a = a.min(self.left + self.width - LEAST);
            let b = b.max(a + LEAST);
            let total_s = span.to_s - span.from_s;
            match marks.last_mut() {
                Some(last) if a < last.x + last.width + 0.3 => {
                    last.width = last.width.max(b - last.x);
                    last.count += 1;
                    last.total_s += total_s;
                }
                _ => marks.push(Mark { x: a, width: b - a, first: span, count: 1, total_s }),
            }
        }
        marks
    }

    /// Beginnings of months, or of days where the time is short.
    fn calendar(&self, start_unix: i64) -> Vec<(f64, String)> {
        let ticks = story::calendar(start_unix, self.from, self.to, 13);
        let ticks = ticks.into_iter().map(|(s, label)| (self.at(s), label));
        ticks.filter(|(x, _)| *x < self.left + self.width - 14.0).collect()
    }

    /// Round steps from the beginning of the outage.
    fn since(&self, zero: f64) -> Vec<(f64, String)> {
        const STEPS: [f64; 17] = [
            1.0,
            5.0,
            10.0,
            30.0,
            60.0,
            120.0,
            300.0,
            600.0,
            1800.0,
            3600.0,
            7200.0,
            14_400.0,
            21_600.0,
            43_200.0,
            86_400.0,
            604_800.0,
            2_592_000.0,
        ];
        let step =
            STEPS.into_iter().find(|s| (self.to - self.from) / s <= 8.0).unwrap_or(7_776_000.0);
        let first = ((self.from - zero) / step).ceil() as i64;
        let last = ((self.to - zero) / step).floor() as i64;
        let tick = |n: i64| {
            let s = n as f64 * step;
            let label = match n {
                0 => "0".into(),
                n if n > 0 => format!("+{}", number::duration(s)),
                _ => format!("−{}", number::duration(-s)),
            };
            (self.at(zero + s), label)
        };
        let inside = |(x, _): &(f64, String)| *x < self.left + self.width - 16.0;
        (first..=last.min(first + 12)).map(tick).filter(inside).collect()
    }
}

/// Stretches at which something changes, for the script: all ends of all spans.
pub fn moments(year: &BadYear) -> Vec<f64> {
    let mut all: Vec<f64> =
        year.tracks.iter().flat_map(|t| &t.spans).flat_map(|s| [s.from_s, s.to_s]).collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
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
    fn an_outage_of_a_second_is_seen_in_a_year_of_ten_thousand() {
        let axis = Axis { from: 0.0, to: 31_536_000.0, left: 0.0, width: 700.0 };
        let mut spans: Vec<_> =
            (0..10_000).map(|i| span(f64::from(i) * 300.0, f64::from(i) * 300.0 + 1.0)).collect();
        spans.push(span(30_000_000.0, 30_000_001.0));
        let marks = axis.marks(&spans);
        assert!(marks.len() < 700, "{}", marks.len());
        assert_eq!(marks.iter().map(|m| m.count).sum::<usize>(), spans.len());
        let lone = marks.last().unwrap();
        assert!(lone.count == 1 && lone.width >= LEAST && (lone.x - 665.9).abs() < 1.0);
    }

    #[test]
    fn the_last_instant_is_drawn_inside() {
        let axis = Axis { from: 0.0, to: 100.0, left: 10.0, width: 90.0 };
        let spans = [span(100.0, 100.0)];
        let mark = &axis.marks(&spans)[0];
        assert!(mark.x + mark.width <= 100.0 + 1e-9);
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
