//! One line for each app and service: availability, minutes lost, outages, how soon replaced.

use crate::report::subjects::Named;
use crate::report::{fleet, number, text};
use crate::study::findings::{Estimate, Findings, Subject};

/// From this many on the table keeps the worst and sums up the rest.
const FLEET: usize = 11;
/// How many it keeps then.
const WORST: usize = 5;
/// Names are never cut to less than this for the sake of an interval.
const NAME: usize = 8;
/// The columns behind the availability, and the blanks around everything.
const BEHIND: usize = 2 + 2 + 2 + 2 + 25 + 2 + 2 + 17;

/// The table, with the fleet line where there are too many for it.
pub fn subjects(findings: &Findings, subjects: &[Named]) -> String {
    if subjects.is_empty() {
        return String::new();
    }
    let mut shown: Vec<&Named> = subjects.iter().collect();
    if subjects.len() >= FLEET {
        shown.sort_by(|a, b| b.of.lost_a_year().total_cmp(&a.of.lost_a_year()));
        shown.truncate(WORST);
    }
    let by_request = |s: &&Named| s.of.unavailability.requests.is_some();
    let basis = match subjects.iter().filter(|s| by_request(s)).count() {
        _ if !shown.iter().any(|s| has_columns(s.of)) => "",
        0 => "availability by time",
        n if n == subjects.len() => "availability by request",
        _ => "availability",
    };
    let columns = Columns::of(findings, &shown);
    let mut out = String::from("\n");
    if shown.iter().any(|s| has_columns(s.of)) {
        out += &columns.header(basis);
    }
    for named in &shown {
        out += &line(findings, named, &columns);
    }
    if basis == "availability" {
        let timed: Vec<_> =
            shown.iter().filter(|s| !by_request(s)).map(|s| s.label.as_str()).collect();
        if !timed.is_empty() {
            out += &text::wrapped("  by time, for want of a load: ", &timed.join(", "));
        }
    }
    if shown.len() < subjects.len() {
        out += &fleet(findings, subjects, &shown);
    }
    out
}

/// Widths that follow the content, so that long names and long availabilities share the room.
struct Columns {
    name: usize,
    value: usize,
    interval: usize,
    rate: usize,
    heading: String,
}

impl Columns {
    fn of(findings: &Findings, shown: &[&Named]) -> Columns {
        let heading = format!("{} interval", number::level(findings.study.confidence));
        let failing = || shown.iter().filter(|s| has_columns(s.of)).map(|s| s.of);
        let told: Vec<_> = failing().map(|of| number::availability(of.headline())).collect();
        let rate = failing().map(|of| text::width(&rate(&of.outages_per_year))).max().unwrap_or(0);
        let rate = rate.max(7);
        let value = told.iter().map(|t| text::width(&t.point())).max().unwrap_or(0).max(9);
        let interval = told.iter().map(|t| text::width(&t.interval())).max().unwrap_or(0);
        let interval = interval.max(text::width(&heading));
        let name = shown.iter().map(|s| text::width(&s.label)).max().unwrap_or(0);
        let room = |interval| text::WIDTH.saturating_sub(BEHIND + value + interval + rate);
        // Ten nines with an interval would push the names out; it is in every other format.
        let (interval, heading) = match room(interval) < NAME {
            true => (0, String::new()),
            false => (interval, heading),
        };
        Columns { name: name.max(4).min(room(interval)), value, interval, rate, heading }
    }

    fn header(&self, basis: &str) -> String {
        let gap = " ".repeat(self.name);
        let availability = self.value + 2 + self.interval;
        format!(
            "  {gap}  {}     minutes lost in a year  {}  replaced within\n  \
               {gap}  {}  {}     mean   median      p95  {}  p50      p95\n",
            text::left(&text::cut(basis, availability), availability),
            text::right("outages", self.rate),
            text::left("mean", self.value),
            text::left(&self.heading, self.interval),
            text::right("a year", self.rate),
        )
    }
}

/// Whether anything is known that the columns tell.
fn has_columns(of: &Subject) -> bool {
    !of.never_failed() && !of.is_cut_short()
}

/// `first outage after 42 d on average (41 … 43), in 99.98 % of replications`
fn first_outage(of: &Subject) -> String {
    let often = number::share(&of.any_outage).point();
    match &of.first_outage_s {
        Some(first) => {
            let shown = number::seconds(&first.estimate);
            format!(
                "first outage after {} on average ({}), in {often} of replications",
                shown.point(),
                shown.interval(),
            )
        }
        None => "no outage".into(),
    }
}

fn line(findings: &Findings, named: &Named, columns: &Columns) -> String {
    let of = named.of;
    let label = text::left(&text::cut(&named.label, columns.name), columns.name);
    if of.is_cut_short() {
        let told = format!("  {label}  {}", first_outage(of));
        return format!("{}\n", text::cut(&told, text::WIDTH));
    }
    if of.never_failed() {
        let years = number::years(findings.study.simulated_years, "year");
        let most = number::at_most(of.outages_per_year.high);
        return format!("  {label}  no outage in {years}; at most {most} a year\n");
    }
    let shown = number::availability(of.headline());
    let years = of.years();
    let percentile =
        |e: Option<&Estimate>| e.map_or("–".into(), |e| rough(e, number::minutes(e.mean)));
    let restored = of.redundancy_restored_s.as_ref();
    let within = |e: Option<&Estimate>| e.map_or("–".into(), number::rough_duration);
    let interval = match columns.interval {
        0 => String::new(),
        size => text::left(&shown.interval(), size),
    };
    let line = format!(
        "  {label}  {}  {}  {:>7}  {:>7}  {:>7}  {}  {}  {}",
        text::left(&shown.point(), columns.value),
        interval,
        number::minutes(of.lost_a_year()),
        percentile(years.and_then(|y| y.p50.as_ref())),
        percentile(years.and_then(|y| y.p95.as_ref())),
        text::right(&rate(&of.outages_per_year), columns.rate),
        text::left(&within(restored.and_then(|r| r.p50.as_ref())), 7),
        within(restored.and_then(|r| r.p95.as_ref())),
    );
    format!("{}\n", line.trim_end())
}

/// `fleet  52 of 60 meet their SLO · all 60 in 71.2 % of months · worst moment 60 down together, 48 min
/// (platform release) · the 55 not shown lose at most 12 min a year`
fn fleet(findings: &Findings, subjects: &[Named], shown: &[&Named]) -> String {
    let mut parts = fleet::told(findings);
    let least = shown.last().map_or(0.0, |s| s.of.lost_a_year());
    // Of a large fleet only those that lose most are among the subjects.
    let unlisted = findings.fleet.as_ref().map_or(0, |it| it.apps - findings.app.len());
    let hidden = match subjects.len() + unlisted - shown.len() {
        1 => "one not shown loses".to_string(),
        n => format!("{n} not shown lose"),
    };
    parts.push(format!("the {hidden} at most {} min a year", number::minutes(least)));
    text::wrapped("  fleet  ", &parts.join(" · "))
}

/// Marked where too little was seen to rely on it.
fn rough(e: &Estimate, told: String) -> String {
    if e.low_confidence { format!("~{told}") } else { told }
}

/// Outages a year; a bound where none was seen.
fn rate(e: &Estimate) -> String {
    match e.mean == 0.0 {
        true => format!("≤ {}", number::at_most(e.high)),
        false => number::significant(e.mean, 2),
    }
}
