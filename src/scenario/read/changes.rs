//! What is done to apps on purpose: `deployments`, `restarts`, `maintenance` and `sleep` of an app,
//! `[[change]]` and `[operator]`.

use super::fault::onset;
use super::weekly::{Asleep, WEEK, daytime, weekly};
use crate::engine::Dist;
use crate::scenario::assemble::{AUTOSCALING, OF_THE_MODEL};
use crate::scenario::kinds::unfit;
use crate::scenario::law::{Of, Plain, law};
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::{closest, listed, quoted};
use crate::scenario::spec::{
    App, Autoscaling, Calendar, Change, ChangeSettings, Declares, Evacuation, HostGroup, Operator,
    Renewing, Study, When, Window,
};
use crate::scenario::tree::Value;
use crate::scenario::view::View;
use crate::time::{Instant, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Tell the luck of the containers of an app apart under its changes; scripted ones come after these.
const DEPLOYMENTS: u8 = 0;
const RESTARTS: u8 = 1;
const MAINTENANCE: u8 = 2;
const SLEEP: u8 = 3;
const SCRIPTED: u8 = 4;
const BY_LOAD: u8 = u8::MAX;
/// Apart from the scripted ones, however many there are.
const DATABASE: u8 = u8::MAX - 1;

/// What an app says about its changes.
#[derive(Default)]
pub(super) struct OfApp {
    pub changes: Vec<Change>,
    pub window: Option<Window>,
    /// At the start of the study.
    pub asleep: bool,
}

/// The changes of an app that come again and again; a mistake leaves them out.
pub(super) fn of_app(view: View<'_>, app: &str, study: &Study, no_failures: bool) -> OfApp {
    let mut of_app = OfApp::default();
    let change = |ordinal, name: &str, when, renewing| {
        let about = ChangeSettings {
            name: name.into(),
            ordinal,
            when,
            declares: None,
            fails_over: false,
            memory: None,
            renewing: Some(renewing),
        };
        Change::new(app, about)
    };
    if let Some((when, renewing)) = inside(view, "deployments").and_then(|view| {
        let renewing = deployments(view, no_failures);
        Some((when(view)??, renewing?))
    }) {
        of_app.changes.push(change(DEPLOYMENTS, "deployment", when, renewing));
    }
    if let Some((when, renewing)) = inside(view, "restarts").and_then(|view| {
        let renewing = restarts(view);
        Some((when(view)??, renewing?))
    }) {
        of_app.changes.push(change(RESTARTS, "platform-restart", when, renewing));
    }
    if let Some((window, used, begins, renewing)) =
        inside(view, "maintenance").and_then(|view| maintenance(view, study))
    {
        of_app.window = Some(window);
        if used > 0.0 {
            let at = vec![window.opens];
            let when = When::Calendar(Calendar { period: WEEK, at, used, begins });
            of_app.changes.push(change(MAINTENANCE, "maintenance", when, renewing));
        }
    }
    if let Some(asleep) = inside(view, "sleep").and_then(|view| sleep(view, study)) {
        of_app.asleep = asleep.at_start;
        for (name, at, declares) in [
            ("sleep", asleep.begins, Declares::Asleep(true)),
            ("wake-up", asleep.ends, Declares::Asleep(false)),
        ] {
            let calendar = Calendar { period: WEEK, at, used: 1.0, begins: at_once() };
            let about = ChangeSettings {
                name: name.into(),
                ordinal: SLEEP,
                when: When::Calendar(calendar),
                declares: Some(declares),
                fails_over: false,
                memory: None,
                renewing: None,
            };
            of_app.changes.push(Change::new(app, about));
        }
    }
    of_app
}

/// The planned failovers of the database of an app, in its maintenance window if it has one.
pub(super) fn of_database(
    maintenance: View<'_>,
    app: &str,
    window: Option<&Window>,
) -> Option<Option<Change>> {
    let rate = maintenance.frequency("rate")?;
    if rate == 0.0 {
        return Some(None);
    }
    let when = match window {
        None => When::Random(Dist::exponential(1.0 / rate).ok()?),
        Some(window) => {
            let used = rate * WEEK.as_secs();
            if used > 1.0 {
                let title = "a window that opens once a week is used at most once";
                let at = maintenance.at("rate");
                maintenance.reading.mistake(Mistake::new(at, title).help("write at most 52/y"));
                return None;
            }
            let at = vec![window.opens];
            When::Calendar(Calendar { period: WEEK, at, used, begins: at_once() })
        }
    };
    let about = ChangeSettings {
        name: "database-maintenance".into(),
        ordinal: DATABASE,
        when,
        declares: None,
        fails_over: true,
        memory: None,
        renewing: None,
    };
    Some(Some(Change::new(app, about)))
}

/// An app that is scaled by its load.
pub(super) fn by_load(app: &str, scaling: Autoscaling) -> Change {
    let about = ChangeSettings {
        name: AUTOSCALING.into(),
        ordinal: BY_LOAD,
        when: When::ByLoad(scaling),
        declares: None,
        memory: None,
        fails_over: false,
        renewing: None,
    };
    Change::new(app, about)
}

/// The view of a table, if it is there.
fn inside<'a>(view: View<'a>, name: &str) -> Option<View<'a>> {
    if view.has(name) { view.inside(name) } else { None }
}

fn at_once() -> Dist {
    Dist::constant(0.0).expect("zero is a length of time")
}

/// `rate` or `every`; the outer `Option` is a mistake, the inner one "never".
fn when(view: View<'_>) -> Option<Option<When>> {
    match (view.has("rate"), view.has("every")) {
        (true, true) => {
            view.reading.mistake(
                Mistake::new(view.at("every"), "`rate` and `every` are both given")
                    .also(view.at("rate"), "")
                    .help("`every` is by the calendar, `rate` at random; keep one of them"),
            );
            None
        }
        (true, false) => {
            let rate = view.frequency("rate")?;
            let random = || Dist::exponential(1.0 / rate).ok().map(When::Random);
            Some(if rate == 0.0 { None } else { random() })
        }
        (false, true) => {
            let period = view.span("every")?;
            if period == Span::ZERO {
                view.reading
                    .mistake(Mistake::new(view.at("every"), "`every` must be more than 0s"));
                return None;
            }
            let at = vec![Span::ZERO];
            Some(Some(When::Calendar(Calendar { period, at, used: 1.0, begins: at_once() })))
        }
        (false, false) => {
            view.missing(
                "rate` or `every",
                "say how often, e.g. rate = \"52/y\" or every = \"1w\"",
            );
            None
        }
    }
}

/// `strategy`, `max_in_flight` and `renews_age`, or `None` where nothing is replaced.
fn renewing(view: View<'_>) -> Option<Option<Renewing>> {
    let strategy = view.choice("strategy")?;
    let given = if view.has("max_in_flight") { Some(view.count("max_in_flight")?) } else { None };
    if strategy == "none" {
        return Some(None);
    }
    let all_at_once = if strategy == "rolling" { 1 } else { u32::MAX };
    Some(Some(Renewing {
        beside: strategy != "stop-start",
        success: 1.0,
        away: None,
        max_in_flight: given.map_or(all_at_once, |count| count as u32),
        renews_age: view.flag("renews_age")?,
        revives: false,
        bad: None,
    }))
}

fn constant_law(view: View<'_>, name: &str) -> Option<Dist> {
    law(view, name, Of::Time, Plain::Constant)
}

/// `away`, which may be left out; the outer `Option` is a mistake.
fn away(view: View<'_>) -> Option<Option<Dist>> {
    if view.has("away") { constant_law(view, "away").map(Some) } else { Some(None) }
}

fn deployments(view: View<'_>, no_failures: bool) -> Option<Renewing> {
    let renewing = renewing(view);
    let (bad, rollback) = (view.share("bad")?, constant_law(view, "rollback")?);
    // `failures = "none"` drops the preset's failures, and a bad deployment is one.
    let dropped = no_failures && view.reading.is_preset(view.at("bad"));
    let bad = (bad > 0.0 && !dropped).then_some((bad, rollback));
    Some(Renewing { bad, revives: true, ..renewing?? })
}

fn restarts(view: View<'_>) -> Option<Renewing> {
    let (success, gap) = (view.share("success"), constant_law(view, "gap"));
    Some(Renewing {
        beside: true,
        success: success?,
        away: Some(gap?),
        max_in_flight: 1,
        renews_age: view.flag("renews_age")?,
        revives: false,
        bad: None,
    })
}

fn maintenance(view: View<'_>, study: &Study) -> Option<(Window, f64, Dist, Renewing)> {
    let opens = view.word("window").and_then(|word| {
        let opens = weekly(word.text, study.start_unix);
        if opens.is_none() {
            let title = "`window` cannot be read";
            let help = "write the day and the time (UTC) at which it opens, e.g. \"sun 02:00\"";
            view.reading.mistake(Mistake::new(word.at, title).help(help));
        }
        opens
    });
    let length = view.span("lasts");
    if length.is_some_and(|length| length == Span::ZERO || length > WEEK) {
        let title = "`lasts` must be more than 0s and at most 7d";
        view.reading.mistake(Mistake::new(view.at("lasts"), title));
    }
    let (used, begins) = (view.share("used")?, constant_law(view, "begins")?);
    if begins.mean() >= WEEK.as_secs() {
        let title = "`begins` must be less than the week until the window opens again";
        view.reading.mistake(Mistake::new(view.at("begins"), title));
    }
    let (renewing, away) = (renewing(view), away(view)?);
    let window = Window { period: WEEK, opens: opens?, length: length? };
    Some((window, used, begins, Renewing { away, ..renewing?? }))
}

fn sleep(view: View<'_>, study: &Study) -> Option<Asleep> {
    let time = |name: &str| {
        let (key, node) = (view.key(name), view.node(name)?);
        // TOML has times of the day of its own.
        let (Value::Text(text) | Value::Date(text)) = &node.value else {
            view.reading.mistake(unfit(key, node));
            return None;
        };
        let time = daytime(text);
        if time.is_none() {
            let title = format!("`{name}` cannot be read");
            let help = "write a time of the day (UTC) such as \"19:00\"";
            view.reading.mistake(Mistake::new(node.at, title).help(help));
        }
        time
    };
    let (from, until) = (time("from"), time("until"));
    let weekends = view.flag("weekends")?;
    let (from, until) = (from?, until?);
    if from == until {
        let title = "it would be asleep for no time at all, or for ever";
        view.reading.mistake(Mistake::new(view.at("until"), title).also(view.at("from"), ""));
        return None;
    }
    Some(Asleep::new(from, until, weekends, study.start_unix))
}

/// The most containers that scripted changes give each app, whatever else is wrong with them.
pub(super) fn most_containers(root: View<'_>) -> BTreeMap<String, u32> {
    let mut most = BTreeMap::new();
    let Some(Value::List(items)) = root.node("change").map(|node| &node.value) else { return most };
    for table in items.iter().filter_map(|item| item.table()) {
        let app = table.get("app").and_then(|entry| entry.node.text());
        let count = table.get("containers").map(|entry| &entry.node.value);
        if let (Some(app), Some(Value::Integer(count @ 0..=10_000))) = (app, count) {
            let most = most.entry(app.to_owned()).or_insert(0);
            *most = (*count as u32).max(*most);
        }
    }
    most
}

/// A scripted change, the window it was announced for, and the memory it gives.
pub(super) struct Scripted {
    pub change: Change,
    pub window: Option<Window>,
    pub memory: Option<u64>,
    /// Where to point if it does not fit.
    pub at: crate::scenario::sources::At,
}

pub(super) fn scripted(
    root: View<'_>,
    view: View<'_>,
    study: &Study,
    apps: &[App],
) -> Option<Scripted> {
    let name = if view.has("name") { Some(view.word("name")?.text.to_owned()) } else { None };
    if let Some(taken) = name.as_deref().filter(|name| OF_THE_MODEL.contains(name)) {
        let title = format!("the causes of downtime call something else `{taken}`");
        let help = format!("give it another name; taken are {}", listed(&OF_THE_MODEL, "and"));
        view.reading.mistake(Mistake::new(view.at("name"), title).help(help));
    }
    let at = onset(view, study, "this change");
    let app = view.word("app").and_then(|word| {
        let found = apps.iter().find(|app| app.name == word.text);
        if found.is_none() {
            let names = || apps.iter().map(|app| app.name.as_str());
            let title = format!("there is no app `{}`", quoted(word.text));
            let none = || "describe it: [app.NAME]".into();
            view.reading
                .mistake(Mistake::new(word.at, title).meant(closest(word.text, names()), none));
        }
        found
    });
    let containers =
        if view.has("containers") { Some(view.count("containers")? as u32) } else { None };
    if let (Some(app), Some(_)) = (app, containers)
        && let Some(scaling) = root.table.at_path(["app", &app.name, "autoscaling"])
    {
        let title = format!("how many containers {} has is decided by its load", app.name);
        let mistake = Mistake::new(view.at("containers"), title).also(scaling.key_at, "");
        view.reading.mistake(mistake.help("keep one of them"));
    }
    let memory = view.size("memory");
    if view.has("memory") && memory.is_none() {
        return None;
    }
    if let (Some(app), Some(_)) = (app, memory)
        && let Some(capacity) = root.table.at_path(["app", &app.name, "capacity"])
        && capacity.node.table().is_some()
    {
        let title = format!("the capacity of {} goes by its memory, and stays as it is", app.name);
        let help = "give one `capacity` for all sizes, or leave the memory as it is";
        let mistake = Mistake::new(view.at("memory"), title).also(capacity.key_at, "");
        view.reading.mistake(mistake.help(help));
    }
    let renewing = renewing(view)?;
    if renewing.is_none() && memory.is_some() {
        let title = "a container has its memory from its start";
        let help = "other memory takes a restart: leave out strategy = \"none\"";
        let mistake = Mistake::new(view.at("memory"), title).also(view.at("strategy"), "");
        view.reading.mistake(mistake.help(help));
    }
    if renewing.is_none() && containers.is_none() && memory.is_none() {
        let title = "this changes nothing";
        let help =
            "give `containers` or `memory`, or a `strategy` by which containers are replaced";
        view.reading.mistake(Mistake::new(view.at("strategy"), title).help(help));
    }
    let (bad, rollback, away) = (view.flag("bad")?, constant_law(view, "rollback")?, away(view)?);
    if bad && renewing.is_none() {
        let title = "without a new version there is no bad one";
        view.reading.mistake(Mistake::new(view.at("bad"), title).also(view.at("strategy"), ""));
    }
    let (app, at) = (app?, at?);
    if let Some(count) = containers.filter(|&count| count > 0 && count < app.needs) {
        let title =
            format!("{} needs {} containers to be up, and {count} would run", app.name, app.needs);
        view.reading.mistake(Mistake::new(view.at("containers"), title));
    }
    let window = match view.has("window") {
        // Once: its period is as long as the clock.
        true => Some(Window { period: Span::NEVER, opens: at, length: view.span("window")? }),
        false => None,
    };
    let default_name = if containers.is_some() || memory.is_some() { "scaling" } else { "change" };
    let about = ChangeSettings {
        name: name.unwrap_or_else(|| default_name.into()),
        ordinal: SCRIPTED,
        when: When::Once(Instant::START + at),
        declares: containers.map(Declares::Containers),
        fails_over: false,
        memory,
        renewing: renewing.map(|it| Renewing {
            away,
            revives: true,
            bad: bad.then_some((1.0, rollback)),
            ..it
        }),
    };
    Some(Scripted { change: Change::new(&app.name, about), window, memory, at: view.at })
}

/// Gives scripted changes to their apps, in order of time, and checks that memory and number of
/// containers fit together at every time.
pub(super) fn assign(
    view: View<'_>,
    apps: &mut [App],
    mut scripted: Vec<Scripted>,
    largest_pack: u64,
) -> Vec<Change> {
    let scaled = |app: &&App| view.table.at_path(["app", &app.name, "autoscaling"]).is_some();
    let by_load: BTreeSet<_> = match scripted.is_empty() {
        true => BTreeSet::new(),
        false => apps.iter().filter(scaled).map(|app| app.name.clone()).collect(),
    };
    scripted.sort_by_key(|it| match it.change.when {
        When::Once(at) => at,
        _ => Instant::START,
    });
    let mut now: BTreeMap<String, (u32, Option<u64>, u8)> = BTreeMap::new();
    let mut changes = Vec::new();
    for mut it in scripted {
        let place = apps.binary_search_by(|app| app.name.cmp(&it.change.app));
        let app = &mut apps[place.expect("checked: a known app")];
        let (containers, memory, ordinal) =
            now.entry(app.name.clone()).or_insert((app.containers, app.memory, SCRIPTED));
        if let Some(Declares::Containers(count)) = it.change.declares {
            *containers = count;
            app.slots = app.slots.max(count);
        }
        *memory = it.memory.or(*memory);
        // One that is scaled by its load may have as many as it ever has.
        let most = if by_load.contains(&app.name) { app.slots } else { *containers };
        if memory.is_some_and(|memory| u64::from(most) * memory > largest_pack) {
            let title = "containers × memory is more than the largest pack has (128GiB)";
            view.reading.mistake(Mistake::new(it.at, title).label("from here on"));
        }
        it.change.ordinal = *ordinal;
        *ordinal = ordinal.saturating_add(1);
        app.windows.extend(it.window);
        changes.push(it.change);
    }
    changes
}

/// `[operator]`; after a mistake one who needs no time.
pub(super) fn operator(root: View<'_>) -> Operator {
    let read = |name| inside(root, "operator").and_then(|view| constant_law(view, name));
    Operator {
        detect: read("detect").unwrap_or_else(at_once),
        act: read("act").unwrap_or_else(at_once),
    }
}

/// `[evacuation]`, where there are hosts that containers stand on.
pub(super) fn evacuation(root: View<'_>, hosts: &[HostGroup]) -> Option<Evacuation> {
    let view = inside(root, "evacuation")?;
    let (limit, away, most) =
        (view.span("limit"), constant_law(view, "away"), view.count("max_in_flight"));
    let node = view.node("every")?;
    if view.chosen(view.key("every"), node).is_some() {
        return None;
    }
    let every = view.span("every")?;
    if every == Span::ZERO {
        view.reading.mistake(Mistake::new(view.at("every"), "`every` must be more than 0s"));
        return None;
    }
    if hosts.iter().all(|it| it.memory.is_none()) {
        let at = view.at("every");
        if !view.reading.is_preset(at) {
            let title = "there are no hosts to replace";
            let help = "describe them: `hosts` of a region, or [host.NAME] with `memory`";
            view.reading.mistake(Mistake::new(at, title).help(help));
        }
        return None;
    }
    Some(Evacuation { every, max_in_flight: most? as u32, limit: limit?, away: away? })
}
