//! `[app.NAME]`.

use super::autoscaling;
use super::changes;
use super::database::{self, Owner};
use super::fallback;
use super::files;
use super::load::{self, Loads};
use super::recovery;
use super::residency::{self, Places};
use super::slo;
use super::storage::{self, Kept};
use crate::scenario::merge::node_over;
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::{closest, listed, quoted};
use crate::scenario::spec::{
    App, AppSettings, Capacity, Change, Placement, Recovery, Region, Router,
};
use crate::scenario::tree::Table;
use crate::scenario::view::{View, Word};
use crate::time::Span;

/// Memory a container may have, and the largest pack (XXXXXL21), in bytes.
const LEAST_MEMORY: u64 = 1 << 30;
const MOST_MEMORY: u64 = 32 << 30;
pub(super) const LARGEST_PACK: u64 = 128 << 30;

/// What an app takes from the rest of the scenario.
pub(super) struct Around<'a> {
    pub regions: &'a [Region],
    /// The whole scenario, for its `[health_manager]` and `router`.
    pub root: View<'a>,
    pub bare: bool,
    pub loads: &'a Loads<'a>,
    pub places: &'a Places<'a>,
}

/// An app, and the changes that are made to it again and again.
type Made = (App, Vec<Change>);

/// Reads apps, those made by one `count` once.
pub(super) fn alike<'a>(around: &'a Around<'a>) -> impl FnMut(View<'_>, &str) -> Option<Made> + 'a {
    let mut before: Option<(Table, Option<Made>)> = None;
    move |view, name| {
        let like = before.as_ref().filter(|(table, _)| table.entries.is_same(&view.table.entries));
        if let Some((_, read)) = like {
            let (app, changes) = read.as_ref()?;
            let changes = changes.iter().map(|change| change.of(name)).collect();
            return Some((app.another(name), changes));
        }
        let read = app(view, name, around);
        before = Some((view.table.clone(), read.clone()));
        read
    }
}

/// Reads one app, and the changes that are made to it again and again.
fn app(view: View<'_>, name: &str, around: &Around<'_>) -> Option<Made> {
    let containers = view.count("containers").map(|count| count as u32);
    let placement = placement(view, around.bare);
    let region = view.word("region").and_then(|word| find_region(view, word, around.regions));
    let needs = view.count("needs").map(|count| count as u32);
    if let (Some(needs), Some(containers)) = (needs, containers)
        && needs > containers
    {
        view.reading.mistake(
            Mistake::new(
                view.at("needs"),
                format!("`needs` is more than `containers` ({containers})"),
            )
            .also_where(view.written("containers"))
            .help("it could never be up"),
        );
    }
    let memory = memory(view, containers);
    let load = load::load(view, around.loads);
    let study = around.loads.study;
    let most = autoscaling::most(view).or(containers).max(containers);
    let capacity = load::capacity(view, load.as_ref(), memory, most, study);
    let response = response(view, capacity.as_ref().and_then(Option::as_ref));
    let drain = view.span("drain");
    let no_failures = around.root.has("failures");
    let mut changes = changes::of_app(view, name, study, no_failures);
    let of = autoscaling::Of {
        containers,
        needs,
        memory,
        capacity: capacity.as_ref().and_then(Option::as_ref),
    };
    let scaling = autoscaling::autoscaling(view, &of, LARGEST_PACK);
    changes.changes.extend(scaling.flatten().map(|scaling| changes::by_load(name, scaling)));
    let zones = region.map(|region| zones(view, region));
    let fallback = region.and_then(|home| fallback::fallback(view, home, around.regions));
    let database = match (region, &zones) {
        (Some(region), Some(Some(zones))) => {
            let (root, window, regions) = (around.root, changes.window.as_ref(), around.regions);
            let fallback = fallback.as_ref().and_then(Option::as_ref);
            let owner = Owner { root, region, regions, fallback, zones, app: name, window };
            database::database(view, &owner)
        }
        _ => None,
    };
    let database = database.map(|it| {
        let (database, planned) = it.unzip();
        changes.changes.extend(planned.flatten());
        database
    });
    let recovery_target = match view.has("recovery_target") {
        true => Some(view.span("recovery_target")?),
        false => None,
    };
    let slo = slo::slo(view, view.has("load"));
    let (recovery, router) = (recovery(view, around), router(view, around));
    let group = match view.has("group") {
        true => Some(view.word("group")?.text.to_owned()),
        false => None,
    };
    let logs = residency::logs(view, around.places);
    let residency = residency::of_app(view, around.root, around.places);
    let files = region.and_then(|home| files::files(view, home, around.regions));
    let of_files = files.as_ref().and_then(Option::as_ref).map(|files| files.size);
    let of_database = database.as_ref().and_then(Option::as_ref).and_then(|it| it.size);
    let bytes = of_files.into_iter().chain(of_database).reduce(u64::saturating_add);
    // What could not be read is there all the same: what is wrong about its backups is told too.
    let bytes = bytes.or((files.is_none() || database.is_none()).then_some(0));
    let abroad = || {
        let falls_back = fallback.as_ref()?.as_ref();
        let along = files.as_ref()?.as_ref().filter(|it| it.goes_along(falls_back));
        let elsewhere = match database.as_ref()? {
            Some(database) => database.replica_in.as_ref().or(falls_back.map(|it| &it.region))?,
            None => along.and(falls_back).map(|it| &it.region)?,
        };
        let region = around.regions.iter().find(|it| it.name == *elsewhere)?;
        let bytes = of_database.unwrap_or(0).saturating_add(along.map_or(0, |it| it.size));
        Some((region, bytes, along.is_some()))
    };
    let abroad = abroad();
    // Without a plan nothing is known of its backups, and that it needs one has been said.
    let home = region.filter(|_| placement.is_some());
    let backups = home.and_then(|home| {
        storage::backups(view, around.root, around.regions, &Kept { home, bytes, abroad })
    });
    if let (Some(Some(database)), Some(backups)) = (&database, &backups) {
        database::check_restorable(view, database, backups.is_some());
        if matches!(fallback, Some(Some(_))) {
            database::check_fallback(view, database, backups.as_ref());
        }
    }
    let falls_back = fallback.as_ref().and_then(Option::as_ref);
    fallback::check_movable(view, falls_back, placement, recovery.as_ref());
    let about = AppSettings {
        group,
        region: region?.name.clone(),
        zones: zones??,
        database: database?,
        fallback: fallback?,
        recovery_target,
        placement: placement?,
        containers: containers?,
        slots: most?,
        needs: needs?,
        memory,
        load,
        capacity: capacity?,
        latency_over: load::latency_over(view)?,
        response: response?,
        drain: drain?,
        windows: changes.window.into_iter().collect(),
        asleep: changes.asleep,
        slo,
        recovery: recovery?,
        router: router?,
        logs: logs?,
        residency: residency?,
        files: files?,
        backups: backups?,
    };
    Some((App::new(name, about), changes.changes))
}

/// With a queue the requests in flight in a container are those it serves.
fn response(view: View<'_>, capacity: Option<&Capacity>) -> Option<Span> {
    let response = view.span("response")?;
    let Some(Capacity::Queue { service_s, .. }) = capacity else { return Some(response) };
    if let Some(at) = view.written("response").filter(|at| !view.reading.is_preset(*at)) {
        let title = "with `concurrency` the service time is used in the place of `response`";
        view.reading.note(Mistake::new(at, title));
    }
    view.span_of("service_time", view.at("service_time"), *service_s)
}

fn placement(view: View<'_>, bare: bool) -> Option<Placement> {
    let plan = if view.has("plan") { Some(view.choice("plan")?) } else { None };
    if view.has("placement") {
        return Some(match view.choice("placement")? {
            "spread" => Placement::Spread,
            "home" => Placement::Home,
            _ => Placement::Pinned,
        });
    }
    match plan {
        Some("standard") => Some(Placement::Home),
        Some(_) => Some(Placement::Spread),
        None if bare => Some(Placement::Spread),
        None => {
            view.missing(
                "plan",
                "write plan = \"premium\" (containers over all zones) or \"standard\" (in one)",
            );
            None
        }
    }
}

/// The region of a name, or a mistake.
fn find_region<'r>(view: View<'_>, word: Word<'_>, regions: &'r [Region]) -> Option<&'r Region> {
    let found = regions.iter().find(|region| region.name == word.text);
    if found.is_none() {
        let names = || regions.iter().map(|region| region.name.as_str());
        let title = format!("there is no region `{}`", quoted(word.text));
        view.reading.mistake(Mistake::new(word.at, title).meant(
            closest(word.text, names()),
            || match regions {
                [] => "describe it: [region.NAME] with country and zones".into(),
                _ => format!("there are {}", quoted_list(names())),
            },
        ));
    }
    found
}

fn quoted_list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    listed(&names.take(30).collect::<Vec<_>>(), "and")
}

fn zones(view: View<'_>, region: &Region) -> Option<Vec<String>> {
    if !view.has("zones") {
        return Some(region.zones.clone());
    }
    let mut zones = zones_of(view, region)?;
    zones.sort();
    zones.dedup();
    Some(zones)
}

/// The zones of a region that are listed, in the order of the list.
pub(super) fn zones_of(view: View<'_>, region: &Region) -> Option<Vec<String>> {
    let words = view.words("zones")?;
    let mut zones = Vec::new();
    for word in &words {
        if region.zones.iter().any(|zone| zone == word.text) {
            if zones.iter().any(|zone| zone == word.text) {
                let title = format!("`{}` is named twice", word.text);
                let mistake = Mistake::new(word.at, title);
                view.reading.mistake(mistake.help("leave it out the second time"));
            }
            zones.push(word.text.to_owned());
            continue;
        }
        let known = region.zones.iter().map(String::as_str);
        let title = format!("region {} has no zone `{}`", region.name, quoted(word.text));
        view.reading.mistake(Mistake::new(word.at, title).meant(closest(word.text, known), || {
            format!("its zones are {}", quoted(&region.zones.join(", ")))
        }));
    }
    if words.is_empty() {
        view.reading.mistake(
            Mistake::new(view.at("zones"), "`zones` is empty").help("leave it out for all"),
        );
        return None;
    }
    Some(zones)
}

fn memory(view: View<'_>, containers: Option<u32>) -> Option<u64> {
    let memory = view.size("memory")?;
    let at = view.at("memory");
    if !(LEAST_MEMORY..=MOST_MEMORY).contains(&memory) {
        view.reading.mistake(Mistake::new(at, "`memory` must be within 1GiB and 32GiB"));
    } else if containers.is_some_and(|count| u64::from(count) * memory > LARGEST_PACK) {
        view.reading.mistake(
            Mistake::new(at, "containers × memory is more than the largest pack has (128GiB)")
                .also_where(view.written("containers")),
        );
    }
    Some(memory)
}

fn recovery(view: View<'_>, around: &Around<'_>) -> Option<Recovery> {
    let own = view.has("health_manager").then(|| view.node("health_manager")).flatten();
    if view.has("supervisor") {
        if own.is_some() {
            view.reading.mistake(
                Mistake::new(
                    view.at("supervisor"),
                    "an app has a supervisor or a health manager, not both",
                )
                .also(view.at("health_manager"), ""),
            );
        }
        let (detect, restart) = recovery::supervisor(view.inside("supervisor")?)?;
        return Some(Recovery::Supervisor { detect, restart });
    }
    if let (Some(own), key) = (own, view.key("health_manager")) {
        recovery::check_own(view.table_of(key, own)?);
    }
    let shared = around.root.node("health_manager");
    let merged = match (shared, own) {
        (Some(shared), Some(own)) => node_over(shared, own),
        (Some(only), None) | (None, Some(only)) => only.clone(),
        (None, None) => {
            let help =
                "say how failed containers come back, e.g. supervisor = { restart = \"5min\" }";
            view.missing("supervisor` or `health_manager", help);
            return None;
        }
    };
    let key = view.key("health_manager");
    recovery::health_manager(view.table_of(key, &merged)?).map(Recovery::HealthManager)
}

fn router(view: View<'_>, around: &Around<'_>) -> Option<Router> {
    let own = view.has("router").then(|| view.node("router")).flatten();
    match (around.root.node("router"), own) {
        (Some(shared), Some(own)) => recovery::router(view, &node_over(shared, own)),
        (Some(only), None) | (None, Some(only)) => recovery::router(view, only),
        (None, None) => Some(Router::Ideal),
    }
}
