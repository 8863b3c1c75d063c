//! How failed components come back, and how requests find them.

use crate::engine::Dist;
use crate::scenario::kinds::{not_a_choice, unfit};
use crate::scenario::law::{Of, Plain, law, law_of};
use crate::scenario::mistakes::Mistake;
use crate::scenario::spec::{
    Detect, Face, HealthCheck, HealthManager, LaggingRouter, Passive, Retries, Router,
};
use crate::scenario::tree::{Node, Value};
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
    for switch in ["crash_ladder", "parallel_starts", "convergence"] {
        view.choice(switch);
    }
    let delay = |name| law(view, name, Of::Time, Plain::Constant);
    let (crash, hang, loss) =
        (detect(view, "detect_crash"), detect(view, "detect_hang"), detect(view, "detect_loss"));
    let (decide, kill, start) = (delay("decide"), delay("kill"), delay("start"));
    let start_timeout = start_timeout(view);
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
    })
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
    let (retries, passive) = (retries(view), passive(view));
    Some(Router::Lagging(Box::new(LaggingRouter {
        unregister: unregister?,
        register: register?,
        health_check: health_check?,
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
