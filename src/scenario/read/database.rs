//! `[app.NAME.database]`, over the defaults of its mode in `[database.MODE]`.

use super::app::zones_of;
use super::{changes, fallback};
use crate::engine::Dist;
use crate::model::database::{Failover, Mode, Rebuild, Restore, Settings};
use crate::scenario::law::{Of, Plain, law};
use crate::scenario::merge::database_over;
use crate::scenario::mistakes::Mistake;
use crate::scenario::spec::{Backups, Change, Database, Fallback, Region, Window};
use crate::scenario::tree::{Node, Table};
use crate::scenario::view::View;
use crate::time::Span;

/// What the database of an app takes from its app and from the rest of the scenario.
pub(super) struct Owner<'a> {
    pub root: View<'a>,
    pub region: &'a Region,
    pub regions: &'a [Region],
    pub fallback: Option<&'a Fallback>,
    /// The zones of the app.
    pub zones: &'a [String],
    /// Its name, and its maintenance window.
    pub app: &'a str,
    pub window: Option<&'a Window>,
}

/// Reads the database of an app, if it has one, and its planned failovers; the outer `Option` is a mistake.
pub(super) fn database(
    app: View<'_>,
    owner: &Owner<'_>,
) -> Option<Option<(Database, Option<Change>)>> {
    let Some(own) = app.has("database").then(|| app.node("database")).flatten() else {
        return Some(None);
    };
    let mode = mode(app, app.inside("database")?)?;
    let key = app.key("database");
    let merged = match shared(owner.root, mode) {
        Some(shared) => database_over(shared, own),
        None => own.clone(),
    };
    let view = app.table_of(key, &merged)?;
    let zones = match view.has("zones") {
        true => zones_of(view, owner.region),
        false => Some(owner.zones.to_vec()),
    };
    let size = view.if_there("size", View::size);
    let written = view.if_there("written", View::throughput);
    // A size that cannot be read is said all the same.
    let said = size.unwrap_or(Some(0));
    let (failover, rebuild) = (failover(view), rebuild(view));
    let logs = logs(view);
    let told = match view.has("restore") {
        true => view
            .inside("restore")
            .is_some_and(|it| it.has("takes") || (it.has("throughput") && said.is_some())),
        false => false,
    };
    let nothing_left = view.choice("nothing_left");
    let restores = nothing_left == Some("restore");
    let rollback = match restores || told {
        true => restore(view, said).map(Some),
        false => {
            check_unused_restore(view);
            Some(None)
        }
    };
    let speaks = own.table().is_some_and(|it| it.has("replica"));
    let replica =
        fallback::replica(app, (view, speaks), owner.fallback, owner.region, owner.regions);
    let maintenance =
        if view.has("maintenance") { Some(view.inside("maintenance")?) } else { None };
    let planned = match maintenance.filter(|it| it.has("takes")) {
        Some(maintenance) => delay(maintenance, "takes"),
        None => failover.as_ref().map(|it| it.promote.clone()),
    };
    // `changes = "none"` drops what the preset makes of every app.
    let dropped = |it: &View<'_>| owner.root.has("changes") && it.reading.is_preset(it.at("rate"));
    let change = match maintenance.filter(|it| !dropped(it)) {
        Some(maintenance) => changes::of_database(maintenance, owner.app, owner.window),
        None => Some(None),
    };
    nothing_left?;
    let rollback = rollback?;
    let (replica_in, replica) = replica?.unzip();
    let settings = Settings {
        mode,
        written: written?,
        failover: failover?,
        planned: planned?,
        rebuild: rebuild?,
        restore: rollback.clone().filter(|_| restores),
        rollback,
        logs: logs?,
        replica,
    };
    Some(Some((Database { zones: zones?, size: size?, replica_in, settings }, change?)))
}

/// A restore takes something to restore from.
pub(super) fn check_restorable(app: View<'_>, database: &Database, is_backed_up: bool) {
    let Settings { restore, logs, .. } = &database.settings;
    if restore.is_some() && logs.is_none() && !is_backed_up {
        let title = "there is nothing to restore from";
        let help =
            "ship the log, e.g. logs = { every = \"5min\" }, or say its `size` and back it up";
        app.reading.mistake(Mistake::new(app.at("database"), title).help(help));
    }
}

/// An app that goes to another region must find its data there.
pub(super) fn check_fallback(app: View<'_>, database: &Database, backups: Option<&Backups>) {
    let copied = backups.is_some_and(|it| it.copy_to.is_some());
    let restores = database.settings.restore.is_some();
    if database.settings.replica.is_none() && !(restores && copied) {
        let title = "in its fallback region the app would have no data";
        let help = "give the database a `replica`, or have copies of its backups restored: \
                    nothing_left = \"restore\", and a region with `copies_to`";
        app.reading.mistake(Mistake::new(app.at("fallback"), title).help(help));
    }
}

/// The mode that is written, or the one of the plan.
fn mode(app: View<'_>, view: View<'_>) -> Option<Mode> {
    let word = match (view.has("mode"), app.has("plan")) {
        (true, _) => view.choice("mode")?,
        (false, true) if app.choice("plan")? == "standard" => Mode::Single.name(),
        (false, true) => Mode::MultiAz.name(),
        (false, false) => {
            view.missing("mode", "write mode = \"single\", \"multi-az\" or \"cluster\"");
            return None;
        }
    };
    Mode::ALL.into_iter().find(|mode| mode.name() == word)
}

/// What all databases of a mode have.
fn shared(root: View<'_>, mode: Mode) -> Option<&Node> {
    let databases = root.inside("database")?;
    databases.node(mode.name())
}

/// The defaults of a mode say nothing about the mode, or about single apps.
pub(super) fn check_defaults(root: View<'_>) {
    let Some(databases) = root.has("database").then(|| root.inside("database")).flatten() else {
        return;
    };
    for mode in Mode::ALL {
        let Some(view) =
            databases.has(mode.name()).then(|| databases.inside(mode.name())).flatten()
        else {
            continue;
        };
        for key in ["mode", "zones"].into_iter().filter(|key| view.has(key)) {
            let title = format!("`{key}` is a matter of each app");
            let help =
                format!("write it in [app.NAME.database], not in [database.{}]", mode.name());
            view.reading.mistake(Mistake::new(view.at(key), title).help(help));
        }
    }
}

fn delay(view: View<'_>, name: &str) -> Option<Dist> {
    law(view, name, Of::Time, Plain::Constant)
}

/// A table inside, or an empty one of the same shape.
fn inside_or_empty<'a>(view: View<'a>, name: &str, empty: &'a Table) -> Option<View<'a>> {
    if view.has(name) {
        return view.inside(name);
    }
    let shape = view.key(name).shape_of(empty)?;
    Some(View { table: empty, shape, title: view.key(name).name, ..view })
}

fn failover(view: View<'_>) -> Option<Failover> {
    let empty = Table::default();
    let view = inside_or_empty(view, "failover", &empty)?;
    let (detect, decide) = (delay(view, "detect"), delay(view, "decide"));
    let (promote, reconnect) = (delay(view, "promote"), delay(view, "reconnect"));
    let coverage = view.share("coverage");
    let manual = match view.has("manual") {
        true => delay(view, "manual"),
        false if coverage.is_some_and(|it| it < 1.0) => {
            let help = "say how long it takes where it does not go by itself, e.g. manual = \"2h\"";
            view.missing("manual", help);
            None
        }
        false => Dist::constant(0.0).ok(),
    };
    Some(Failover {
        detect: detect?,
        decide: decide?,
        promote: promote?,
        reconnect: reconnect?,
        coverage: coverage?,
        manual: manual?,
    })
}

fn rebuild(view: View<'_>) -> Option<Rebuild> {
    let empty = Table::default();
    let view = inside_or_empty(view, "rebuild", &empty)?;
    let takes = delay(view, "takes");
    let after_failover = view.choice("begins")? == "after-failover";
    Some(Rebuild { takes: takes?, after_failover })
}

fn restore(view: View<'_>, size: Option<u64>) -> Option<Restore> {
    let empty = Table::default();
    let database = view;
    let view = inside_or_empty(view, "restore", &empty)?;
    let decision = delay(view, "decision");
    let overhead = view.span("overhead");
    let takes = match (view.has("takes"), view.has("throughput")) {
        (true, _) => delay(view, "takes"),
        (false, true) => {
            if size.is_none() {
                let help = "the restore goes by `throughput`: say how much data there is";
                database.missing("size", help);
            }
            let seconds = || {
                let throughput = view.throughput("throughput")?;
                Some(overhead?.as_secs() + size? as f64 / throughput)
            };
            seconds()
                .filter(|it| view.span_of("restore", view.at("throughput"), *it).is_some())
                .and_then(|seconds| Dist::constant(seconds).ok())
        }
        (false, false) => {
            let help = "say how long it takes: `takes`, or `throughput` with the size of the data";
            view.missing("takes` or `throughput", help);
            None
        }
    };
    let fails = failing_restores(view);
    let pair = view.choice("yields")? == "pair";
    Some(Restore { decision: decision?, takes: takes?, fails: fails?, pair })
}

/// The chance that an attempt fails.
fn failing_restores(view: View<'_>) -> Option<f64> {
    let fails = view.share("fails");
    if fails.is_some_and(|it| it >= 1.0) {
        let title = "`fails` must be less than 100%";
        let mistake = Mistake::new(view.at("fails"), title);
        view.reading.mistake(mistake.help("no restore would ever succeed"));
    }
    fails
}

/// What is said of restores where nobody restores must make sense all the same.
fn check_unused_restore(view: View<'_>) {
    let Some(view) = view.has("restore").then(|| view.inside("restore")).flatten() else { return };
    view.if_there("decision", |view, key| delay(*view, key));
    view.if_there("overhead", View::span);
    view.if_there("throughput", View::throughput);
    view.if_there("fails", |view, _| failing_restores(*view));
}

/// The outer `Option` is a mistake, the inner one `"none"`.
fn logs(view: View<'_>) -> Option<Option<Span>> {
    match view.node("logs") {
        None => Some(None),
        Some(node) if view.chosen(view.key("logs"), node).is_some() => Some(None),
        Some(_) => {
            let view = view.inside("logs")?;
            let every = view.span("every")?;
            if every == Span::ZERO {
                let title = "`every` must be more than 0s";
                view.reading.mistake(Mistake::new(view.at("every"), title));
                return None;
            }
            Some(Some(every))
        }
    }
}
