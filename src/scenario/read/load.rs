//! `load` of apps and services, `[profile.NAME]`, and what a container can serve.

use super::trace;
use crate::scenario::kinds::unfit;
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::{closest, listed, quoted};
use crate::scenario::spec::{Capacity, Course, Growth, Load, Study, Week};
use crate::scenario::steps;
use crate::scenario::tree::{Node, Value};
use crate::scenario::units;
use crate::scenario::view::View;
use crate::time::Span;
use std::collections::BTreeMap;

/// Most steps of one load over a study, and most of them times containers where there is a capacity.
const MOST_STEPS: u64 = 2_000_000;
const MOST_TABLED: u64 = 8_000_000;

/// `[profile.NAME]`: minutes since midnight and weights.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    weekday: Vec<(u32, f64)>,
    weekend: Vec<(u32, f64)>,
}

/// What a load takes from the rest of the scenario. A profile that could not be read is `None`.
pub(super) struct Loads<'a> {
    pub profiles: BTreeMap<String, Option<Profile>>,
    pub study: &'a Study,
}

pub(super) fn profile(view: View<'_>) -> Option<Profile> {
    let weekday = steps_of(view, "weekday");
    let weekend = if view.has("weekend") { steps_of(view, "weekend") } else { weekday.clone() };
    let (weekday, weekend) = (weekday?, weekend?);
    if weekday.iter().chain(&weekend).all(|(_, weight)| *weight == 0.0) {
        let title = "a profile needs a time at which there is any load";
        view.reading.mistake(Mistake::new(view.at("weekday"), title));
        return None;
    }
    Some(Profile { weekday, weekend })
}

/// `["00:00 10%", "08:00 100%"]`
fn steps_of(view: View<'_>, name: &str) -> Option<Vec<(u32, f64)>> {
    let words = view.words(name)?;
    let mut steps: Vec<(u32, f64)> = Vec::new();
    let before = view.reading.mistake_count();
    for word in &words {
        let step = word
            .text
            .trim()
            .split_once(' ')
            .and_then(|(time, weight)| Some((minutes(time)?, units::share(weight).ok()?)));
        let Some(step) = step else {
            let title = format!("`{}` is no step of a profile", quoted(word.text));
            let help = "write a time of the day and a weight, e.g. \"08:00 100%\"";
            view.reading.mistake(Mistake::new(word.at, title).help(help));
            continue;
        };
        if steps.last().is_some_and(|last| last.0 >= step.0) {
            let title = "the steps of a day come in order of their times";
            view.reading.mistake(Mistake::new(word.at, title));
        }
        steps.push(step);
    }
    if words.is_empty() {
        let help = "write at least one step, e.g. [\"00:00 100%\"]";
        view.reading.mistake(Mistake::new(view.at(name), format!("`{name}` is empty")).help(help));
    }
    (view.reading.mistake_count() == before).then_some(steps)
}

/// Minutes since midnight of `08:30`.
fn minutes(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str, most: u32| -> Option<u32> {
        let plain = (1..=2).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
        text.parse().ok().filter(|number| plain && *number <= most)
    };
    Some(digits(hour, 23)? * 60 + digits(minute, 59).filter(|_| minute.len() == 2)?)
}

/// The load of an app or service, where it has one.
pub(super) fn load(view: View<'_>, loads: &Loads<'_>) -> Option<Load> {
    let Node { value: Value::Table(_), .. } = view.node("load")? else {
        return Some(Load { mean: view.load("load")?, course: Course::Constant, growth: None });
    };
    let view = view.inside("load")?;
    let growth = view.has("growth").then(|| growth(view)).flatten();
    let load = if view.has("trace") { by_trace(view, loads) } else { by_profile(view, loads) }?;
    let load = Load { growth, ..load };
    fits(view, &load, loads.study).then_some(load)
}

fn growth(view: View<'_>) -> Option<Growth> {
    let (share, seconds) =
        view.quantity_of(view.key("growth"), view.node("growth")?, units::growth)?;
    let per = view.span_of("growth", view.at("growth"), seconds)?;
    if per < Span::secs(60) {
        let title = "`growth` is too fast: it takes a minute or longer";
        view.reading.mistake(Mistake::new(view.at("growth"), title));
        return None;
    }
    Some(Growth { share, per })
}

fn by_trace(view: View<'_>, loads: &Loads<'_>) -> Option<Load> {
    for name in ["profile", "timezone"] {
        if let Some(at) = view.written(name) {
            let title = format!("a load has a trace or a `{name}`, not both");
            view.reading.mistake(Mistake::new(at, title).also(view.at("trace"), ""));
        }
    }
    if view.has("mean") && view.has("scale") {
        let title = "`mean` and `scale` both say how large the trace is";
        view.reading.mistake(Mistake::new(view.at("scale"), title).also(view.at("mean"), ""));
    }
    let (trace, mean) = trace::trace(view, loads.study)?;
    let mean = match view.has("mean") {
        true => view.load("mean")?,
        false => mean * if view.has("scale") { view.number("scale")? } else { 1.0 },
    };
    Some(Load { mean, course: Course::Trace(trace), growth: None })
}

fn by_profile(view: View<'_>, loads: &Loads<'_>) -> Option<Load> {
    for name in ["column", "count", "time", "unit", "scale", "align"] {
        if let Some(at) = view.written(name) {
            let title = format!("`{name}` belongs to a trace");
            view.reading.mistake(Mistake::new(at, title).help("add `trace`, or remove it"));
        }
    }
    if !view.has("mean") {
        view.missing("mean", "write mean = \"40/s\", or give a `trace`");
    }
    let mean = view.load("mean");
    if !view.has("profile") {
        if let Some(at) = view.written("timezone") {
            let help = "add `profile`, or remove it";
            let title = "a constant load has no time zone";
            view.reading.mistake(Mistake::new(at, title).help(help));
        }
        return Some(Load { mean: mean?, course: Course::Constant, growth: None });
    }
    let timezone = view.word("timezone").map_or("UTC", |word| word.text);
    if steps::timezone(timezone).is_none() {
        let title = format!("there is no time zone `{}`", quoted(timezone));
        let zones = steps::timezones();
        view.reading.mistake(
            Mistake::new(view.at("timezone"), title)
                .meant(closest(timezone, zones.iter().map(String::as_str)), || {
                    "write its IANA name, e.g. \"Europe/Berlin\" or \"America/Sao_Paulo\"".into()
                }),
        );
        return None;
    }
    let word = view.word("profile")?;
    let Some(profile) = loads.profiles.get(word.text) else {
        let title = format!("there is no profile `{}`", quoted(word.text));
        let names = || loads.profiles.keys().map(String::as_str);
        view.reading.mistake(Mistake::new(word.at, title).meant(
            closest(word.text, names()),
            || match loads.profiles.is_empty() {
                true => "describe it: [profile.NAME] with weekday = [\"00:00 10%\", …]".into(),
                false => format!("there are {}", listed(&names().collect::<Vec<_>>(), "and")),
            },
        ));
        return None;
    };
    let Profile { weekday, weekend } = profile.as_ref()?;
    let mean_weight = steps::mean_of_week(weekday, weekend);
    let relative = |steps: &[(u32, f64)]| -> Vec<(u32, f64)> {
        steps.iter().map(|(minute, weight)| (*minute, weight / mean_weight)).collect()
    };
    let week = Week {
        profile: word.text.to_owned(),
        timezone: timezone.to_owned(),
        weekday: relative(weekday),
        weekend: relative(weekend),
    };
    Some(Load { mean: mean?, course: Course::Week(week), growth: None })
}

/// Whether the steps of a load over the study are few enough, and its growth stays within bounds.
fn fits(view: View<'_>, load: &Load, study: &Study) -> bool {
    let end = study.warm_up + study.horizon;
    if end == Span::NEVER {
        return true; // told with the study
    }
    if load.growth.is_some_and(|it| !(1e-6..=1e6).contains(&it.factor(end))) {
        let title = "`growth` changes the load by more than a factor of a million within the study";
        let help = "write less, or a shorter `horizon`";
        view.reading.mistake(Mistake::new(view.at("growth"), title).help(help));
        return false;
    }
    let most = load.growth.map_or(1.0, |it| it.factor(end).max(1.0));
    if end.0 as f64 * most > 9e18 {
        let title = "the load grows beyond what a clock of 584y can count";
        view.reading.mistake(Mistake::new(view.at, title).help("write a shorter `horizon`"));
        return false;
    }
    let steps = steps::count(load, end);
    if steps > MOST_STEPS {
        let title = format!("this load changes {steps} times within the study");
        let help = format!("at most {MOST_STEPS} are simulated: write a shorter `horizon`");
        view.reading.mistake(Mistake::new(view.at, title).help(help));
        return false;
    }
    true
}

/// What a container can serve, and with it the mean service time where there is one.
pub(super) fn capacity(
    view: View<'_>,
    load: Option<&Load>,
    memory: Option<u64>,
    containers: Option<u32>,
    study: &Study,
) -> Option<Option<Capacity>> {
    let keys = ["capacity", "concurrency", "service_time", "queue_places", "queue"];
    let Some(first) = keys.iter().find_map(|name| view.written(name)) else { return Some(None) };
    if !view.has("load") {
        let title = "a capacity without a load is never used";
        view.reading.mistake(Mistake::new(first, title).help("add `load`"));
    }
    let rate = if view.has("capacity") { Some(per_container(view, memory)?) } else { None };
    if !view.has("concurrency") {
        for name in ["service_time", "queue_places", "queue"] {
            if let Some(at) = view.written(name) {
                let title = format!("`{name}` belongs to a queue, which needs `concurrency`");
                let help = "add how many requests one container serves at once";
                view.reading.mistake(Mistake::new(at, title).help(help));
                return None;
            }
        }
        return Some(Some(Capacity::Throughput { per_container: rate? }));
    }
    let concurrency = view.count("concurrency")? as u32;
    let (mean, scv) = service_time(view)?;
    let service_s = match (mean, rate) {
        (Some(mean), None) => mean,
        (None, Some(rate)) => f64::from(concurrency) / rate,
        (Some(_), Some(_)) => {
            let title =
                "the mean of `service_time` and `capacity` both say how fast a container is";
            let help = "keep one: capacity = concurrency ÷ service time";
            view.reading.mistake(
                Mistake::new(view.at("service_time"), title)
                    .also(view.at("capacity"), "")
                    .help(help),
            );
            return None;
        }
        (None, None) => {
            let help = "write service_time = \"100ms\" or capacity = \"250/s\"";
            view.missing("service_time` or `capacity", help);
            return None;
        }
    };
    let places = match view.node("queue_places") {
        None => {
            let help = "say how many requests may wait, e.g. 100, 0 or \"unlimited\"";
            view.missing("queue_places", help);
            return None;
        }
        Some(Node { value: Value::Text(_), .. }) => {
            view.choice("queue_places")?;
            None
        }
        Some(_) => Some(view.count("queue_places")? as u32),
    };
    let shared = view.choice("queue")? == "shared";
    let tabled = load.map_or(1, |load| steps::count(load, study.warm_up + study.horizon));
    let servers = u64::from(concurrency) * u64::from(containers?);
    for (size, what) in [
        (tabled * u64::from(containers?), "changes of the load times containers"),
        (servers, "concurrency times containers"),
    ] {
        if size > MOST_TABLED {
            let title = format!("{size} {what} are too many for a queue; at most {MOST_TABLED}");
            view.reading.mistake(Mistake::new(first, title));
            return None;
        }
    }
    Some(Some(Capacity::Queue { concurrency, service_s, scv, places, shared }))
}

/// Mean, where it is given, and squared coefficient of variation.
fn service_time(view: View<'_>) -> Option<(Option<f64>, f64)> {
    let (mean, scv) = match view.node("service_time") {
        None => return Some((None, 1.0)),
        Some(Node { value: Value::Table(_), .. }) => {
            let inner = view.inside("service_time")?;
            let mean = if inner.has("mean") { Some(inner.seconds("mean")?) } else { None };
            (mean, if inner.has("scv") { inner.number("scv")? } else { 1.0 })
        }
        Some(_) => (Some(view.seconds("service_time")?), 1.0),
    };
    if mean.is_some_and(|mean| mean <= 0.0) {
        let title = "`service_time` must be more than 0s";
        view.reading.mistake(Mistake::new(view.at("service_time"), title));
        return None;
    }
    Some((mean, scv))
}

/// `"250/s"`, or that of the app's memory in `{ "2GiB" = "250/s" }`.
fn per_container(view: View<'_>, memory: Option<u64>) -> Option<f64> {
    let key = view.key("capacity");
    let rate = |node: &Node| {
        let read = |text: &str| units::rate(text, "\"250/s\", \"250/min\" or \"250/h\"");
        let rate = view.quantity_of(key, node, read)?;
        if rate <= 0.0 {
            view.reading.mistake(Mistake::new(node.at, "`capacity` must be more than 0"));
        }
        (rate > 0.0).then_some(rate)
    };
    let node = view.node("capacity")?;
    let Value::Table(table) = &node.value else { return rate(node) };
    let mut by_memory = Vec::new();
    for (size, entry) in &table.entries {
        match units::size(size) {
            Ok(bytes) => by_memory.push((bytes, size, rate(&entry.node)?)),
            Err(wrong) => {
                let title = format!("`{}` is no size of a container", quoted(size));
                view.reading.mistake(Mistake::of_value(entry.key_at, title, wrong));
                return None;
            }
        }
    }
    let sizes: Vec<&str> = by_memory.iter().map(|(_, size, _)| size.as_str()).collect();
    let Some(memory) = memory else {
        if !view.has("memory") {
            let help = format!("add `memory`: {}", listed(&sizes, "or"));
            let title = "`capacity` goes by the memory of a container, which is not given";
            view.reading.mistake(Mistake::new(node.at, title).help(help));
        }
        return None;
    };
    let found = by_memory.iter().find(|(bytes, ..)| *bytes == memory).map(|(.., rate)| *rate);
    if found.is_none() {
        let title = "`capacity` does not tell what a container of this memory can serve";
        let help = format!("it tells {}", listed(&sizes, "and"));
        view.reading.mistake(Mistake::new(view.at("memory"), title).also(node.at, "").help(help));
    }
    found
}

/// `latency_over = ["50ms"]`, ascending.
pub(super) fn latency_over(view: View<'_>) -> Option<Vec<Span>> {
    let Some(node) = view.node("latency_over") else { return Some(Vec::new()) };
    let key = view.key("latency_over");
    let Value::List(items) = &node.value else {
        view.reading.mistake(unfit(key, node));
        return None;
    };
    if !view.has("concurrency") {
        let title = "`latency_over` asks for the waits of a queue, which needs `concurrency`";
        let help = "add how many requests one container serves at once";
        view.reading.mistake(Mistake::new(node.at, title).help(help));
        return None;
    }
    let length = |item: &Node| {
        let seconds = view.quantity_of(key, item, units::duration)?;
        view.span_of("latency_over", item.at, seconds)
    };
    let mut lengths: Vec<Span> = items.iter().map(length).collect::<Option<_>>()?;
    lengths.sort_unstable();
    lengths.dedup();
    Some(lengths)
}
