//! `backups` of an app, and what its region says about them.

use super::tables::view_at;
use super::weekly::{daytime, weekday};
use crate::engine::Dist;
use crate::scenario::law::{Of, Plain, law};
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::{closest, quoted};
use crate::scenario::sources::At;
use crate::scenario::spec::{
    BackupCalendar, BackupRules, Backups, BackupsAbroad, Days, Due, Region, Series, Site, Work,
};
use crate::scenario::steps::{timezone, timezones};
use crate::scenario::tree::{Table, Value};
use crate::scenario::view::{View, Word};
use crate::time::{DAY, HOUR, Span};

/// As long as anything is kept, and as rarely as anything is tried.
const LONGEST: Span = Span(20 * crate::time::YEAR);

/// What there is to back up.
pub(super) struct Kept<'s> {
    pub home: &'s Region,
    /// Bytes of all that an app keeps.
    pub bytes: Option<u64>,
    /// The other region that its data may go to, the bytes of it that are then there, and whether files are
    /// among them.
    pub abroad: Option<(&'s Region, u64, bool)>,
}

/// How an app is backed up; the outer `Option` is a mistake.
pub(super) fn backups(
    view: View<'_>,
    root: View<'_>,
    regions: &[Region],
    kept: &Kept<'_>,
) -> Option<Option<Backups>> {
    let Some(node) = view.has("backups").then(|| view.node("backups")).flatten() else {
        return Some(None);
    };
    if node.text().is_some() {
        view.choice("backups")?;
        return Some(None);
    }
    let view = view.inside("backups")?;
    let of_region = view_at(root, "region", &kept.home.name);
    let size = view.if_there("size", View::size);
    // A size that cannot be read is said all the same.
    let bytes = size.unwrap_or(Some(0)).or(kept.bytes);
    let Some(bytes) = bytes else {
        // The platform backs up whatever there is; who asks for backups must say of what.
        if let Some(own) = own_entry(view, view.table) {
            let title = "there is nothing to back up";
            let help = "describe `files` or `database`, or give the `size` of a snapshot";
            view.reading.mistake(Mistake::new(own, title).help(help));
            return None;
        }
        return Some(None);
    };
    let calendars = calendars(view, of_region);
    let window = window(view, of_region);
    let dump = work(view, root, "takes");
    let retry_after = view.span("retry_after");
    let copied_to = copy_to(view, of_region, kept.home, regions);
    let abroad = abroad(view, root, regions, size.flatten(), kept);
    let copy = match view.has("copy") {
        true => view.inside("copy").and_then(|copy| work(copy, root, "lag")),
        false => Some(nothing()),
    };
    let drilled = match view.has("drill") {
        true => view.inside("drill").and_then(|drill| {
            let (every, restore) = (period(drill, "every"), work(drill, root, "takes"));
            Some((Some(every?), restore?))
        }),
        false => Some((None, nothing())),
    };
    size?;
    let (drill, restore) = drilled?;
    let rules = BackupRules {
        calendars: calendars?,
        window: window?,
        dump: dump?,
        retry_after: retry_after?,
        copy: copy?,
        drill,
        restore,
    };
    let too_often =
        |it: &BackupCalendar| matches!(it.due, Due::Every(every) if every <= rules.window);
    if rules.calendars.iter().any(too_often) {
        let title = "`on_demand` must be longer than the window in which a backup begins";
        let help = format!("the window is {} long", rules.window);
        view.reading.mistake(Mistake::new(view.at("on_demand"), title).help(help));
    }
    Some(Some(Backups { bytes, copy_to: copied_to?, abroad: abroad?, rules }))
}

/// Backups in another region: copied where the app says, else where that region has its copies. Nothing is
/// copied to where it stands.
fn abroad(
    view: View<'_>,
    root: View<'_>,
    regions: &[Region],
    size: Option<u64>,
    kept: &Kept<'_>,
) -> Option<Option<BackupsAbroad>> {
    let Some((region, bytes, files)) = kept.abroad else { return Some(None) };
    let site = Site { region: region.name.clone(), country: region.country.clone() };
    let (of_region, own) = (view_at(root, "region", &region.name), view.has("copy_to"));
    let copy_to = copy_to(view, of_region, if own { kept.home } else { region }, regions)?;
    let copy_to = copy_to.filter(|to| to.region != site.region);
    Some(Some(BackupsAbroad { site, bytes: size.unwrap_or(bytes), files, copy_to }))
}

/// No work at all.
fn nothing() -> Work {
    let takes = Dist::constant(0.0).expect("zero is a length of time");
    Work { takes, throughput: None, fails: 0.0, retries: 0 }
}

/// The place of the first key below that is the user's own.
pub(super) fn own_entry(view: View<'_>, table: &Table) -> Option<At> {
    table.entries.values().find_map(|entry| match &entry.node.value {
        Value::Table(inner) => own_entry(view, inner),
        _ => (!view.reading.is_preset(entry.key_at)).then_some(entry.key_at),
    })
}

/// What takes its time and may fail. The preset's chance is dropped with its failures.
fn work(view: View<'_>, root: View<'_>, takes: &str) -> Option<Work> {
    let length = law(view, takes, Of::Time, Plain::Constant);
    let throughput = match view.has("throughput") {
        true => view.throughput("throughput").map(Some),
        false => Some(None),
    };
    let mut fails = view.share("fails");
    if root.has("failures") && view.reading.is_preset(view.at("fails")) {
        fails = Some(0.0);
    }
    // What is tried once, like a drill, has no such key.
    let retried = view.shape.key("retries").is_some();
    let retries = if retried { view.count("retries")? as u32 } else { 0 };
    Some(Work { takes: length?, throughput: throughput?, fails: fails?, retries })
}

/// A time after which something comes again.
fn period(view: View<'_>, name: &str) -> Option<Span> {
    let every = view.span(name)?;
    if every < Span(HOUR) {
        let title = format!("`{name}` must be at least 1h");
        view.reading.mistake(Mistake::new(view.at(name), title));
        return None;
    }
    Some(every)
}

fn window(view: View<'_>, of_region: Option<View<'_>>) -> Option<Span> {
    let (view, window) = match inside_region(of_region).filter(|_| !view.has("window")) {
        Some(region) => (region, region.span("window")?),
        None if view.has("window") => (view, view.span("window")?),
        None => return Some(Span::ZERO),
    };
    if window >= Span(DAY) {
        let title = "`window` must be less than the 24h until the next backup";
        view.reading.mistake(Mistake::new(view.at("window"), title));
    }
    Some(window)
}

/// What a region says about the backups of its apps.
fn inside_region(of_region: Option<View<'_>>) -> Option<View<'_>> {
    let region = of_region?;
    if region.has("backups") { region.inside("backups") } else { None }
}

fn calendars(view: View<'_>, of_region: Option<View<'_>>) -> Option<Vec<BackupCalendar>> {
    let keep = if view.has("keep") { Some(view.inside("keep")?) } else { None };
    let kept = |name: &'static str, default: u64| {
        let Some(keep) = keep else { return Some(Span(default * DAY)) };
        let length = keep.span(name)?;
        if length == Span::ZERO || length > LONGEST {
            let title = format!("`{name}` must be more than 0s and at most 20y");
            keep.reading.mistake(Mistake::new(keep.at(name), title));
        }
        Some(length)
    };
    let timezone = zone_name(view);
    let (night_view, night) = match inside_region(of_region).filter(|_| !view.has("nightly")) {
        Some(region) => (region, region.word("nightly")),
        None => (view, view.has("nightly").then(|| view.word("nightly")).flatten()),
    };
    let night = match night.filter(|word| word.text != "none") {
        Some(word) => Some(minute(night_view, word)?),
        None => None,
    };
    let wall = |minute, days| Due::Wall { timezone: timezone.clone(), minute, days };
    let mut calendars = Vec::new();
    if let (Some(minute), Some(keep)) = (night, kept("nightly", 14)) {
        let due = wall(minute, Days::Every);
        calendars.push(BackupCalendar { series: Series::Nightly, due, keep });
    }
    for (name, series, default) in
        [("weekly", Series::Weekly, 91), ("monthly", Series::Monthly, 365)]
    {
        let keep = kept(name, default);
        let Some(word) = view.has(name).then(|| view.word(name)).flatten() else { continue };
        let Some((day, minute)) = day_and_time(view, word, night)? else { continue };
        let days = if series == Series::Weekly { Days::Weekly(day) } else { Days::Monthly(day) };
        calendars.push(BackupCalendar { series, due: wall(minute, days), keep: keep? });
    }
    if view.has("on_demand") {
        let (keep, every) = (kept("on_demand", 91), period(view, "on_demand"));
        let due = Due::Every(every?);
        calendars.push(BackupCalendar { series: Series::OnDemand, due, keep: keep? });
    }
    if calendars.is_empty() {
        let help = "say when they are taken, e.g. nightly = \"01:00\", or write backups = \"none\"";
        view.missing("nightly", help);
        return None;
    }
    Some(calendars)
}

fn zone_name(view: View<'_>) -> String {
    let Some(word) = view.word("timezone") else { return "UTC".into() };
    if timezone(word.text).is_none() {
        let known = timezones();
        let title = format!("there is no time zone `{}`", quoted(word.text));
        let close = closest(word.text, known.iter().map(String::as_str));
        let help = || "write its IANA name, e.g. \"Europe/Berlin\"".into();
        view.reading.mistake(Mistake::new(word.at, title).meant(close, help));
        return "UTC".into();
    }
    word.text.to_owned()
}

/// Minutes since midnight.
fn minute(view: View<'_>, word: Word<'_>) -> Option<u32> {
    let seconds = daytime(word.text);
    if seconds.is_none() {
        let title = "this is no time of the day";
        let help = "write hours and minutes, e.g. \"01:00\", or \"none\"";
        view.reading.mistake(Mistake::new(word.at, title).help(help));
    }
    seconds.map(|seconds| (seconds / 60) as u32)
}

/// `sun`, at the time of the night, or `sun 04:00`; the inner `Option`: none.
fn day_and_time(view: View<'_>, word: Word<'_>, night: Option<u32>) -> Option<Option<(u8, u32)>> {
    if word.text == "none" {
        return Some(None);
    }
    let (day, time) = match word.text.trim().split_once(' ') {
        Some((day, time)) => (day, minute(view, Word { text: time, ..word })?.into()),
        None => (word.text.trim(), night),
    };
    match (weekday(day), time) {
        (Some(day), Some(time)) => Some(Some((day as u8, time))),
        (Some(_), None) if view.reading.is_preset(word.at) => Some(None),
        (day, _) => {
            let title = if day.is_none() { "this is no day of the week" } else { "at what time?" };
            let help = "write e.g. \"sun\", or with a time of its own \"sun 04:00\"";
            view.reading.mistake(Mistake::new(word.at, title).help(help));
            None
        }
    }
}

/// Where the second copy goes; the inner `Option`: nowhere.
fn copy_to(
    view: View<'_>,
    of_region: Option<View<'_>>,
    home: &Region,
    regions: &[Region],
) -> Option<Option<Site>> {
    let from_region = of_region.filter(|it| !view.has("copy_to") && it.has("copies_to"));
    let (view, name) = match from_region {
        Some(region) => (region, "copies_to"),
        None if view.has("copy_to") => (view, "copy_to"),
        None => return Some(None),
    };
    another_region(view, name, home, regions)
}

/// A region other than the app's own; the inner `Option`: none.
pub(super) fn another_region(
    view: View<'_>,
    name: &str,
    home: &Region,
    regions: &[Region],
) -> Option<Option<Site>> {
    let word = view.word(name)?;
    if word.text == "none" {
        return Some(None);
    }
    let Some(region) = regions.iter().find(|region| region.name == word.text) else {
        let known = regions.iter().map(|region| region.name.as_str());
        let title = format!("there is no region `{}`", quoted(word.text));
        let help = || "describe it: [region.NAME] with country and zones".into();
        view.reading.mistake(Mistake::new(word.at, title).meant(closest(word.text, known), help));
        return None;
    };
    if region.name == home.name {
        let title = "the second copy would be where the first one is";
        view.reading.mistake(Mistake::new(word.at, title).help("name another region, or \"none\""));
    }
    Some(Some(Site { region: region.name.clone(), country: region.country.clone() }))
}
