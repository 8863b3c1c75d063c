//! How failed components come back, and how requests find them.

use crate::engine::Dist;
use crate::scenario::kinds::{choices, not_a_choice, unfit};
use crate::scenario::law::{Of, Plain, law, law_of};
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::{closest, quoted};
use crate::scenario::registry::{HEALTH_MANAGER, SHARED_BY_APPS};
use crate::scenario::spec::{
    App, Detect, Face, Front, HealthCheck, HealthManager, Ladder, LaggingRouter, Manager, Passive,
    Pruning, Recovery, Region, Retries, Router,
};
use crate::scenario::tree::{Node, Table, Value};
use crate::scenario::view::View;
use crate::time::Span;

/// Above this share of failed starts the start time-out is worth a warning.
const MANY_FAILED_STARTS: f64 = 0.05;

/// `supervisor = { detect, restart }`.
pub(super) fn supervisor(view: View<'_>) -> Option<(Detect, Dist)> {
    let restart = law(view, "restart", Of::Time, Plain::Constant);
    detect(view, "detect").zip(restart)
}

pub(super) fn detect(view: View<'_>, name: &str) -> Option<Detect> {
    let key = view.key(name);
    let probe = view.node(name).filter(|node| node.table().is_some_and(|table| table.has("poll")));
    let Some(node) = probe else {
        let node = view.node(name);
        if node.is_some_and(|node| {
            node.text() == Some("never") && choices(key).any(|it| it == "never")
        }) {
            return Some(Detect::Never);
        }
        if let Some(node) = node
            && node.table().is_some_and(|table| table.has("expires"))
        {
            let expires = law(view.table_of(key, node)?, "expires", Of::Time, Plain::Constant)?;
            return Some(Detect::Presence { expires });
        }
        return law(view, name, Of::Time, Plain::Constant).map(Detect::After);
    };
    let probe = view.table_of(key, node)?;
    let (interval, timeout) = (probe.span("poll"), probe.span("timeout"));
    if interval == Some(Span::ZERO) {
        view.reading.mistake(Mistake::new(probe.at("poll"), "`poll` must be more than 0s"));
    }
    Some(Detect::Poll {
        interval: interval?,
        threshold: probe.count("threshold")? as u32,
        timeout: timeout?,
    })
}

pub(super) fn health_manager(view: View<'_>) -> Option<HealthManager> {
    view.choice("generation");
    let delay = |name| law(view, name, Of::Time, Plain::Constant);
    let (crash, hang, loss) =
        (detect(view, "detect_crash"), detect(view, "detect_hang"), detect(view, "detect_loss"));
    let (decide, kill, start) = (delay("decide"), delay("kill"), delay("start"));
    let start_timeout = start_timeout(view);
    let (crash_ladder, convergence) = (crash_ladder(view), convergence(view));
    if let (Some(start), Some(timeout)) = (&start, start_timeout) {
        check_start_timeout(view, start, timeout);
    }
    Some(HealthManager {
        detect_crash: crash?,
        detect_hang: hang?,
        detect_loss: loss?,
        decide: decide?,
        kill: kill?,
        start: start?,
        start_timeout,
        crash_ladder: crash_ladder?,
        convergence: convergence?,
    })
}

/// The outer `Option` is a mistake, the inner one `"none"`.
fn crash_ladder(view: View<'_>) -> Option<Option<Ladder>> {
    let Some(view) = table_or_none(view, "crash_ladder")? else { return Some(None) };
    let (first, most) = (positive(view, "first"), view.span("most"));
    if let (Some(first), Some(most)) = (first, most)
        && most < first
    {
        let mistake = Mistake::new(view.at("most"), "`most` is less than `first`");
        view.reading.mistake(mistake.also_where(view.written("first")));
    }
    let give_up = match view.node("give_up") {
        Some(node) if view.chosen(view.key("give_up"), node).is_none() => {
            Some(view.count_of("give_up", node)? as u32)
        }
        _ => None,
    };
    let (immediate, reset) = (view.count("immediate")?, view.span("reset"));
    Some(Some(Ladder {
        immediate: immediate as u32,
        first: first?,
        most: most?,
        give_up,
        reset: reset?,
    }))
}

fn convergence(view: View<'_>) -> Option<Option<Span>> {
    match view.node("convergence") {
        None => Some(None),
        Some(node) if view.chosen(view.key("convergence"), node).is_some() => Some(None),
        Some(_) => positive(view, "convergence").map(Some),
    }
}

/// A length of time above zero.
fn positive(view: View<'_>, name: &str) -> Option<Span> {
    let span = view.span(name)?;
    if span == Span::ZERO {
        let title = format!("`{name}` must be more than 0s");
        view.reading.mistake(Mistake::new(view.at(name), title));
    }
    Some(span)
}

/// An app's own health manager says nothing about what it shares with others.
pub(super) fn check_own(view: View<'_>) {
    for key in SHARED_BY_APPS.into_iter().filter(|key| view.has(key)) {
        let title = format!("`{key}` is shared by all apps");
        let help = "write it in [health_manager]";
        view.reading.mistake(Mistake::new(view.at(key), title).help(help));
    }
}

/// The health managers of regions in which apps are looked after by one.
pub(super) fn managers(root: View<'_>, regions: &[Region], apps: &[App]) -> Vec<Manager> {
    let nothing = Table::default();
    let view = root.node("health_manager").and_then(Node::table).unwrap_or(&nothing);
    let view = View { table: view, shape: &HEALTH_MANAGER, title: "health_manager", ..root };
    let parallel_starts = match view.node("parallel_starts") {
        Some(node) if view.chosen(view.key("parallel_starts"), node).is_none() => {
            view.count_of("parallel_starts", node).map(|count| count as u32)
        }
        _ => None,
    };
    let named = named_zones(view, regions);
    let delay = |name| law(view, name, Of::Time, Plain::Constant);
    let (instances, takeover, restart) =
        (view.count("instances"), delay("takeover"), delay("restart"));
    let (Some(instances), Some(takeover), Some(restart)) = (instances, takeover, restart) else {
        return Vec::new();
    };
    let manages = |region: &&Region| {
        let managed = |app: &App| matches!(app.recovery, Recovery::HealthManager(_));
        apps.iter().any(|app| app.runs_in(&region.name) && managed(app))
    };
    let manager = |region: &Region| Manager {
        region: region.name.clone(),
        instances: instances as u32,
        zones: zones_of(region, &named),
        takeover: takeover.clone(),
        restart: restart.clone(),
        parallel_starts,
    };
    regions.iter().filter(manages).map(manager).collect()
}

/// The routers of every region that has apps behind them.
pub(super) fn fronts(root: View<'_>, regions: &[Region], apps: &[App]) -> Vec<Front> {
    let Some(view) = root.has("load_balancer").then(|| root.inside("load_balancer")).flatten()
    else {
        return Vec::new();
    };
    let (routers, restart) =
        (view.count("routers"), law(view, "restart", Of::Time, Plain::Constant));
    let (ttl, clinging) = (view.span("ttl"), view.share("clinging"));
    let (check, named) = (health_check(view), named_zones(view, regions));
    if routers == Some(0) {
        let own = |key: &&str| view.has(key) && !view.reading.is_preset(view.at(key));
        let keys = ["zones", "restart", "health_check", "ttl", "clinging"];
        if let Some(key) = keys.into_iter().find(own) {
            let title = "there are no routers before which it could stand";
            let mistake = Mistake::new(view.at(key), title).also_where(view.written("routers"));
            view.reading.mistake(mistake.help("write how many: routers = 3"));
        }
        return Vec::new();
    }
    if matches!(check, Some(None)) {
        let example = "health_check = { interval = \"30s\", timeout = \"5s\", unhealthy = 2 }";
        view.missing("health_check", &format!("say how it finds out: {example}"));
    }
    let (Some(routers), Some(restart), Some(ttl), Some(clinging), Some(Some(health_check))) =
        (routers, restart, ttl, clinging, check)
    else {
        return Vec::new();
    };
    let behind = |app: &App, region: &Region| {
        app.runs_in(&region.name) && matches!(app.router, Router::Lagging(_))
    };
    let some = regions.iter().filter(|region| apps.iter().any(|app| behind(app, region)));
    some.map(|region| Front {
        region: region.name.clone(),
        routers: routers as u32,
        zones: zones_of(region, &named),
        restart: restart.clone(),
        health_check: health_check.clone(),
        ttl,
        clinging,
    })
    .collect()
}

/// Those zones of a region that are named, or all.
fn zones_of(region: &Region, named: &[String]) -> Vec<String> {
    let own: Vec<_> = region.zones.iter().filter(|zone| named.contains(zone)).cloned().collect();
    if own.is_empty() { region.zones.clone() } else { own }
}

fn named_zones(view: View<'_>, regions: &[Region]) -> Vec<String> {
    if !view.has("zones") {
        return Vec::new();
    }
    let known = || regions.iter().flat_map(|region| &region.zones).map(String::as_str);
    let mut named = Vec::new();
    for word in view.words("zones").unwrap_or_default() {
        if known().any(|zone| zone == word.text) {
            named.push(word.text.to_owned());
            continue;
        }
        let title = format!("there is no zone `{}`", quoted(word.text));
        view.reading.mistake(
            Mistake::new(word.at, title).meant(closest(word.text, known()), || {
                "the zones of a region are named in [region.NAME]".into()
            }),
        );
    }
    named
}

fn start_timeout(view: View<'_>) -> Option<Span> {
    let key = view.key("start_timeout");
    let node = view.node("start_timeout")?;
    if view.chosen(key, node).is_some() {
        return None;
    }
    view.span("start_timeout")
}

fn check_start_timeout(view: View<'_>, start: &Dist, timeout: Span) {
    let failing = 1.0 - start.cdf(timeout.as_secs());
    let place = |title: String| {
        Mistake::new(view.at("start_timeout"), title).also(view.at("start"), "how long starts take")
    };
    if failing >= 1.0 {
        let help = "lengthen `start_timeout`, or shorten `start`";
        view.reading.mistake(place("every start would reach its time-out".into()).help(help));
    } else if failing > MANY_FAILED_STARTS {
        let share = (failing * 1000.0).round() / 10.0;
        view.reading.note(
            place(format!("{share} % of starts reach their time-out and fail"))
                .help("a failed start spends its time and is tried again"),
        );
    }
}

/// The router of an app: `ideal`, or a rotation that lags.
pub(super) fn router(view: View<'_>, node: &Node) -> Option<Router> {
    let key = view.key("router");
    if node.table().is_none() {
        if view.chosen(key, node).is_none() {
            view.reading.mistake(not_a_choice(key, node));
            return None;
        }
        return Some(Router::Ideal);
    }
    let view = view.table_of(key, node)?;
    let register = law(view, "register", Of::Time, Plain::Constant);
    let (unregister, health_check) = (unregister(view), health_check(view));
    let pruning = pruning(view);
    let (retries, passive) = (retries(view), passive(view));
    Some(Router::Lagging(Box::new(LaggingRouter {
        unregister: unregister?,
        register: register?,
        health_check: health_check?,
        pruning: pruning?,
        retries: retries?,
        fail_open: view.flag("fail_open")?,
        passive: passive?,
        crash_face: match view.choice("crash_face")? {
            "refused" => Face::Refused,
            _ => Face::Error,
        },
    })))
}

/// The outer `Option` is a mistake, the inner one `"never"`.
fn unregister(view: View<'_>) -> Option<Option<Dist>> {
    let key = view.key("unregister");
    match view.node("unregister") {
        Some(node) if view.chosen(key, node).is_some() => Some(None),
        Some(node) => law_of(view, key, node, Of::Time, Plain::Constant).map(Some),
        None => law(view, "unregister", Of::Time, Plain::Constant).map(Some),
    }
}

/// The table of a key that may also be `"none"`; the outer `Option` is a mistake.
fn table_or_none<'a>(view: View<'a>, name: &str) -> Option<Option<View<'a>>> {
    let key = view.key(name);
    match view.node(name) {
        None => Some(None),
        Some(node) if view.chosen(key, node).is_some() => Some(None),
        Some(node) if node.text().is_some() => {
            view.reading.mistake(not_a_choice(key, node));
            None
        }
        Some(node) => view.table_of(key, node).map(Some),
    }
}

fn health_check(view: View<'_>) -> Option<Option<HealthCheck>> {
    let Some(view) = table_or_none(view, "health_check")? else { return Some(None) };
    let interval = view.span("interval");
    if interval == Some(Span::ZERO) {
        view.reading.mistake(Mistake::new(view.at("interval"), "`interval` must be more than 0s"));
    }
    let timeout = view.span("timeout");
    Some(Some(HealthCheck {
        interval: interval?,
        timeout: timeout?,
        unhealthy: view.count("unhealthy")? as u32,
        healthy: view.count("healthy")? as u32,
    }))
}

fn pruning(view: View<'_>) -> Option<Option<Pruning>> {
    let Some(view) = table_or_none(view, "pruning")? else { return Some(None) };
    let more_than_nothing = |name: &str| {
        let span = view.span(name);
        if span == Some(Span::ZERO) {
            let title = format!("`{name}` must be more than 0s");
            view.reading.mistake(Mistake::new(view.at(name), title));
        }
        span
    };
    let (renewed, every) = (more_than_nothing("renewed"), more_than_nothing("every"));
    let after = view.span("after");
    let pruning = Pruning { renewed: renewed?, after: after?, every: every? };
    if pruning.renewed > pruning.after {
        let title = "entries would be dropped between two renewals";
        let mistake =
            Mistake::new(view.at("renewed"), title).also(view.at("after"), "dropped after");
        view.reading.mistake(mistake.help("`renewed` must be at most `after`"));
    }
    Some(Some(pruning))
}

fn passive(view: View<'_>) -> Option<Option<Passive>> {
    let Some(view) = table_or_none(view, "passive")? else { return Some(None) };
    let pause = view.span("pause");
    Some(Some(Passive { routers: view.count("routers")? as u32, pause: pause? }))
}

fn retries(view: View<'_>) -> Option<Retries> {
    if !view.has("retries") {
        return Some(Retries::default());
    }
    let view = view.inside("retries")?;
    let key = view.key("on");
    let mut retries = Retries { count: view.count("count")? as u32, ..Retries::default() };
    let Some(node) = view.node("on") else {
        return Some(Retries { on_refused: true, on_unreachable: true, ..retries });
    };
    let Value::List(items) = &node.value else {
        view.reading.mistake(unfit(key, node));
        return None;
    };
    for item in items {
        match view.chosen(key, item) {
            Some("refused") => retries.on_refused = true,
            Some("unreachable") => retries.on_unreachable = true,
            Some(_) => retries.on_error = true,
            None => view.reading.mistake(not_a_choice(key, item)),
        }
    }
    Some(retries)
}
