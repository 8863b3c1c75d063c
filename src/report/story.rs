//! One replication told in order: what happened, when, to what, because of what.
//!
//! Lines that follow each other within an hour form an episode, headed by its date; within it times
//! are counted from its first line, because that is how an incident is told.

use super::{number, text};
use crate::study::{Story, StoryLine};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A pause longer than this begins a new episode.
const PAUSE_S: f64 = 3600.0;
/// The widest a component's name may be.
const NAME: usize = 22;

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What matters.
    Why,
    /// Every event.
    Everything,
}

/// The story under a title such as `The worst year`.
pub fn told(title: &str, story: &Story, detail: Detail) -> String {
    let down: Vec<_> = story
        .downtime_s
        .iter()
        .map(|(subject, s)| {
            let name = subject.split_once('.').map_or(subject.as_str(), |(_, name)| name);
            let lasted = if *s > 0.0 {
                format!("{} down", number::duration(*s))
            } else {
                "never down".into()
            };
            format!("{} {lasted}", text::clean(name))
        })
        .collect();
    let heading = format!("{title}: replication {}", story.replication);
    let mut out = text::wrapped(&format!("{heading} · "), &down.join(" · "));
    if down.is_empty() {
        out = format!("{heading}\n");
    }
    let lines: Vec<&StoryLine> =
        story.lines.iter().filter(|l| detail == Detail::Everything || l.weight > 0).collect();
    if lines.is_empty() {
        out += "  nothing happened\n";
        return out;
    }
    let name = lines.iter().map(|l| text::width(&l.component)).max().unwrap_or(0).min(NAME);
    let mut begun = lines[0].at_s;
    let mut before: Option<&StoryLine> = None;
    for line in lines {
        if before.is_none_or(|b| line.at_s - b.at_s > PAUSE_S) {
            begun = line.at_s;
            before = None;
            out += &format!("\n  {}\n", date(story.start_unix, begun));
        }
        out += &told_line(line, before, begun, story.start_unix, name);
        before = Some(line);
    }
    out
}

fn told_line(
    line: &StoryLine,
    before: Option<&StoryLine>,
    begun: f64,
    start_unix: i64,
    name: usize,
) -> String {
    let first = format!(
        "    {}  {}  {}  ",
        clock(start_unix, line.at_s),
        text::right(&format!("+{}", number::duration(line.at_s - begun)), 8),
        text::left(&text::cut(&text::clean(&line.component), name), name),
    );
    // The cause is said when it changes; repeated on every line it would hide the effects.
    let cause = line.cause.as_ref().filter(|c| before.and_then(|b| b.cause.as_ref()) != Some(c));
    let cause = cause.map_or(String::new(), |c| format!("  ← {}", text::clean(c)));
    text::wrapped(&first, &format!("{}{cause}", text::clean(&line.text)))
}

/// `4 Mar 2027`, or the day's number beyond the calendar.
pub fn date_of(start_unix: i64, at_s: f64) -> String {
    match moment(start_unix, at_s) {
        Some(at) => at.strftime("%-d %b %Y").to_string(),
        None => format!("day {}", (at_s / 86_400.0).floor()),
    }
}

/// `4 Mar 2027 02:13:07`, UTC.
pub fn moment_of(start_unix: i64, at_s: f64) -> String {
    match moment(start_unix, at_s) {
        Some(at) => at.strftime("%-d %b %Y %H:%M:%S").to_string(),
        None => format!("day {}, {}", (at_s / 86_400.0).floor(), number::duration(at_s % 86_400.0)),
    }
}

/// Beginnings of months between two times, of days where that is less than two months, at most so many.
pub fn calendar(start_unix: i64, from_s: f64, to_s: f64, most: usize) -> Vec<(f64, String)> {
    const DAY: f64 = 86_400.0;
    let days = (to_s - from_s) / DAY;
    let by_month = days > 62.0;
    let first = (from_s / DAY).ceil() as i64;
    let last = (to_s / DAY).floor() as i64;
    let offset = start_unix.rem_euclid(86_400) as f64;
    let mut ticks = Vec::new();
    // Beyond a thousand years a tick for each month would help nobody.
    for day in (first..=last).take(400_000) {
        let at_s = day as f64 * DAY - offset;
        let Some(at) = moment(start_unix, at_s) else { break };
        let label = match (by_month, at.day()) {
            (true, 1) if at.month() == 1 => at.strftime("%Y").to_string(),
            (true, 1) => at.strftime("%b").to_string(),
            (true, _) => continue,
            (false, _) => at.strftime("%-d %b").to_string(),
        };
        if at_s >= from_s {
            ticks.push((at_s, label));
        }
    }
    let step = ticks.len().div_ceil(most).max(1);
    ticks.into_iter().step_by(step).collect()
}

/// `Thursday 2027-03-04, day 93`; the first day is day 0.
fn date(start_unix: i64, at_s: f64) -> String {
    let day = (at_s / 86_400.0).floor();
    match moment(start_unix, at_s) {
        Some(at) => format!("{}, day {day}", at.strftime("%A %Y-%m-%d")),
        None => format!("day {day}"),
    }
}

/// `02:13:07`, UTC.
pub fn clock(start_unix: i64, at_s: f64) -> String {
    moment(start_unix, at_s).map_or("--:--:--".into(), |at| at.strftime("%H:%M:%S").to_string())
}

/// `None` past the end of the calendar (the year 9999): the story goes on without dates.
fn moment(start_unix: i64, at_s: f64) -> Option<jiff::Zoned> {
    let at = Timestamp::from_second(start_unix.checked_add(at_s as i64)?).ok()?;
    Some(at.to_zoned(TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at_s: f64, component: &str, text: &str, weight: u8, cause: &str) -> StoryLine {
        let cause = (!cause.is_empty()).then(|| cause.to_string());
        StoryLine { at_s, component: component.into(), text: text.into(), weight, cause }
    }

    fn story() -> Story {
        let hour = 3600.0;
        Story {
            replication: 1482,
            start_unix: 1_796_083_200, // 2026-12-01
            lines: vec![
                line(7987.0, "eu-central-1a", "zone is lost", 1, "zone-outage"),
                line(7987.0, "shop/1", "was standing in it and is lost", 1, "zone-outage"),
                line(8008.0, "shop/1", "probe fails", 0, "zone-outage"),
                line(8010.0, "shop/1", "process ends", 1, "container-crash"),
                line(90.0 * 24.0 * hour, "shop", "is up\u{1b}[2J again", 1, ""),
            ],
            downtime_s: vec![("app.shop".into(), 113_760.0), ("app.loja".into(), 0.0)],
        }
    }

    #[test]
    fn what_matters_is_told_in_episodes() {
        let expected = "\
The worst year: replication 1482 · shop 32 h down · loja never down

  Tuesday 2026-12-01, day 0
    02:13:07      +0 s  eu-central-1a  zone is lost ← zone-outage
    02:13:07      +0 s  shop/1         was standing in it and is lost
    02:13:30     +23 s  shop/1         process ends ← container-crash

  Monday 2027-03-01, day 90
    00:00:00      +0 s  shop           is up\u{FFFD}[2J again
";
        assert_eq!(told("The worst year", &story(), Detail::Why), expected);
    }

    #[test]
    fn a_replay_leaves_nothing_out() {
        let everything = told("Replay", &story(), Detail::Everything);
        assert!(everything.contains("probe fails"));
        assert_eq!(
            everything.lines().count(),
            told("Replay", &story(), Detail::Why).lines().count() + 1
        );
    }

    #[test]
    fn a_story_without_events_or_beyond_the_calendar_is_still_told() {
        assert!(told("Replay", &Story::default(), Detail::Why).ends_with("nothing happened\n"));
        let late = Story { start_unix: i64::MAX, ..story() };
        assert!(told("Replay", &late, Detail::Why).contains("\n  day 90\n    --:--:--"));
    }
}
