//! From the merged tree to the [`Scenario`]: conversion, and every check that needs more than one key.

mod app;
mod around;
mod autoscaling;
mod changes;
mod database;
mod expect;
mod fallback;
mod fault;
mod files;
mod load;
mod moment;
mod patterns;
mod recorded;
mod recovery;
mod region;
mod residency;
mod service;
mod slo;
mod storage;
mod study;
mod tables;
mod trace;
mod weekly;

use super::mistakes::Mistake;
use super::reading::Reading;
use super::registry::ROOT;
use super::sources::{At, GENERATIONS};
use super::spec::{App, Capacity, Dependency, HostGroup, Part, Region, Require, Scenario, Service};
use super::tree::Table;
use super::view::View;
use crate::model::topology::ABROAD;
use app::Around;
use expect::{Subject, Subjects};
use load::Loads;
use patterns::Names;
use std::collections::BTreeMap;
use tables::{each, each_of_list, places, view_at};

/// Most containers, and most hosts, of one scenario.
const MOST_COMPONENTS: u64 = 2_000_000;

/// The platform on which nothing has a default.
pub(crate) const BARE: &str = "none";

/// Reads the whole scenario; `settings` and `notes` stay empty. Where there are mistakes the result is incomplete.
pub(crate) fn scenario(reading: &Reading, root: &Table, platform: &str, stem: &str) -> Scenario {
    let at = At { source: GENERATIONS + 1, start: 0, end: 0 };
    let root = View { reading, table: root, shape: &ROOT, at, title: "the scenario" };
    root.count("version");

    let bare = platform == BARE;
    let no_study = Table::default();
    let study_view = root.inside("study").unwrap_or(View {
        table: &no_study,
        shape: root.key("study").shape_of(&no_study).expect("a study is a table"),
        title: "study",
        ..root
    });
    let study_read = study::study(study_view);
    let study = study_read.study;

    let (mut regions, hosts): (Vec<Region>, Vec<_>) =
        each(root, "region", region::region).into_iter().unzip();
    let region_places = places(root, "region");
    region::check_distinct(reading, &regions, &region_places);
    let described = regions.clone();
    let known = residency::Places::new(root, &described);
    let mut profiles = BTreeMap::new();
    each(root, "profile", |view, name| profiles.insert(name.to_owned(), load::profile(view)));
    let loads = Loads { profiles, study: &study };
    let around = Around { regions: &regions, root, bare, loads: &loads, places: &known };
    let (mut apps, changes): (Vec<_>, Vec<_>) =
        each(root, "app", app::alike(&around)).into_iter().unzip();
    let mut changes: Vec<_> = changes.into_iter().flatten().collect();
    let scripted =
        each_of_list(root, "change", |view| changes::scripted(root, view, &study, &apps));
    changes.extend(changes::assign(root, &mut apps, scripted, app::LARGEST_PACK));
    let host_places = places(root, "host");
    let mut hosts: Vec<HostGroup> = hosts.into_iter().flatten().collect();
    for host in &hosts {
        if let Some(at) = host_places.get(&host.name) {
            let title = format!("the hosts of zone {} are described twice", host.name);
            let help = "give the group another name, or leave out `hosts` of the region";
            reading.mistake(Mistake::new(*at, title).help(help));
        }
    }
    hosts.extend(each(root, "host", |view, name| around::host(view, name, &regions, bare)));
    hosts.sort_by(|a, b| a.name.cmp(&b.name));
    check_totals(root, &apps, &hosts);
    let app_places = places(root, "app");
    around::check_memory(reading, &apps, &hosts, &app_places);
    for host in &hosts {
        if let Some(at) = app_places.get(&host.name) {
            let title = format!("an app and a group of hosts are both called {}", host.name);
            let help = "their components would have the same names";
            reading.mistake(Mistake::new(*at, title).help(help));
        }
    }

    let mut in_use = tables::regions_in_use(root, &regions);
    in_use.extend(apps.iter().flat_map(|app| app.regions_besides()).map(str::to_owned));
    regions.retain(|region| in_use.contains(&region.name));

    let most = changes::most_containers(root);
    let mut slots = tables::sizes(root, "app", "containers");
    for (app, count) in &mut slots {
        *count = most.get(app).map_or(*count, |&most| most.max(*count));
    }
    for app in &apps {
        slots.insert(app.name.clone(), app.slots);
    }
    let managers = recovery::managers(root, &regions, &apps);
    database::check_defaults(root);
    let nodes =
        |app: &App| app.database.as_ref().map(|it| (app.name.clone(), it.settings.mode.nodes()));
    let restorable = |app: &App| {
        app.database.as_ref().is_some_and(|it| {
            let saved = it.settings.logs.is_some() || app.backups.is_some();
            it.settings.rollback.is_some() && saved
        })
    };
    let replicas = |app: &App| {
        let files = app.files.as_ref()?;
        Some((app.name.clone(), files.settings.replicas))
    };
    let node_abroad = |app: &App| format!("{}{ABROAD}", app.name);
    let fronts = recovery::fronts(root, &regions, &apps);
    let names = Names {
        nodes: apps.iter().filter_map(nodes).collect(),
        restorable: apps.iter().filter(|it| restorable(it)).map(|it| it.name.clone()).collect(),
        nodes_abroad: apps.iter().filter(|it| it.has_node_abroad()).map(node_abroad).collect(),
        replicas: apps.iter().filter_map(replicas).collect(),
        with_files: apps
            .iter()
            .filter(|it| it.files.is_some())
            .map(|it| it.region.clone())
            .collect(),
        regions: regions.iter().map(|r| (r.name.clone(), r.zones.clone())).collect(),
        apps: slots,
        hosts: hosts
            .iter()
            .map(|host| (host.name.clone(), host.count))
            .chain(tables::sizes(root, "host", "count"))
            .collect(),
        dependencies: places(root, "dependency").into_keys().collect(),
        services: places(root, "service").into_keys().collect(),
        managers: managers.iter().map(|it| (it.region.clone(), it.instances)).collect(),
        routers: fronts.iter().map(|it| (it.region.clone(), it.routers)).collect(),
        ..Names::default()
    };
    let dependencies =
        each(root, "dependency", |view, name| around::dependency(view, name, &names, &known));
    let services = each(root, "service", |view, name| service::service(view, name, &names, &loads));
    service::check_circles(reading, &services, &places(root, "service"));
    note_idle(root, &dependencies, &services);
    residency::check(root, &described, &apps, &dependencies);
    let crews = each(root, "crew", |view, name| around::crew(view, name, &names));
    around::check_crews(reading, &crews, &places(root, "crew"));
    around::check_crews_repair(reading, &crews, &apps, &places(root, "crew"));

    let operator = changes::operator(root);
    let evacuation = changes::evacuation(root, &hosts);
    check_failures_switch(root);
    if root.has("changes") {
        root.choice("changes");
    }
    let failures = each(root, "failure", |view, name| fault::failure(view, name, &names));
    fault::check_number(reading, &failures, at);
    let mut incidents =
        each_of_list(root, "incident", |view| fault::incident(view, &names, &study));
    let recorded =
        each(root, "recorded", |view, name| Some(recorded::recorded(view, name, &names, &study)));
    incidents.extend(recorded.into_iter().flatten());
    incidents.sort_by(|a, b| (a.at, &a.name, &a.targets).cmp(&(b.at, &b.name, &b.targets)));

    let mut subjects = Subjects::new();
    let mut expectations = Vec::new();
    let any_window = apps.iter().any(|app| !app.windows.is_empty());
    let contracts = apps
        .iter()
        .map(|app| {
            let has_queue = matches!(app.capacity, Some(Capacity::Queue { .. }));
            let subject = Subject {
                has_load: app.load.is_some(),
                has_slo: app.slo.is_some(),
                has_capacity: app.capacity.is_some(),
                has_queue,
                has_responses: matches!(app.capacity, Some(Capacity::Queue { scv: 1.0, .. })),
                has_database: app.database.is_some(),
                has_replica: app.database.as_ref().is_some_and(|it| it.replica_in.is_some()),
                has_fallback: app.fallback.is_some(),
                has_recovery_target: app.recovery_target.is_some(),
                has_residency: app.residency.is_some(),
                has_backups: app.backups.is_some(),
                has_files: app.files.is_some(),
                needs_files: app.files.as_ref().is_some_and(|it| it.settings.needed() > 0.0),
                relocates: app.files.as_ref().is_some_and(|it| it.relocation.is_some()),
                has_drills: app.backups.as_ref().is_some_and(|it| it.rules.drill.is_some()),
            };
            ("app", &app.name, subject, &app.slo, !app.windows.is_empty())
        })
        .chain(services.iter().map(|service| {
            let (has_load, has_slo) = (service.load.is_some(), service.slo.is_some());
            let subject = Subject { has_load, has_slo, ..Subject::default() };
            ("service", &service.name, subject, &service.slo, any_window)
        }));
    for (class, name, subject, slo, has_window) in contracts {
        let path = format!("{class}.{name}");
        let view = view_at(root, class, name);
        if let (Some(slo), Some(view)) = (slo, view) {
            expectations.extend(slo::expectation(view, &path, slo, &study, has_window));
        }
        subjects.insert(path, subject);
    }
    // What an app or service lacks only because of another mistake is not worth a second one.
    for class in ["app", "service"] {
        for name in places(root, class).into_keys() {
            subjects.entry(format!("{class}.{name}")).or_insert(Subject::ANYTHING);
        }
    }
    expectations
        .extend(each_of_list(root, "expect", |view| expect::expectation(view, &subjects, &study)));
    for path in &study_read.of {
        expect::quantity(reading, *path, &subjects);
    }
    if subjects.is_empty() && reading.mistake_count() == 0 {
        let title = "there is nothing to simulate";
        reading.mistake(Mistake::new(at, title).help("describe an [app.NAME] or a [service.NAME]"));
    }

    let name = root.word("name").map_or(stem, |word| word.text).to_owned();
    let platform = platform.to_owned();
    let jurisdictions = known.into_used(&apps);
    Scenario {
        name,
        platform,
        study,
        jurisdictions,
        regions,
        apps,
        hosts,
        dependencies,
        services,
        crews,
        operator,
        changes,
        evacuation,
        managers,
        fronts,
        failures,
        incidents,
        expectations,
        settings: Vec::new(),
        notes: Vec::new(),
    }
}

/// A dependency that fails nobody's requests and is part of no service is watched by nothing.
fn note_idle(root: View<'_>, dependencies: &[Dependency], services: &[Service]) {
    let places = places(root, "dependency");
    for dependency in dependencies {
        let acts = dependency.share > 0.0 && !dependency.used_by.is_empty();
        let watched = services.iter().any(|service| rests_on(&service.requires, &dependency.name));
        let at = places.get(&dependency.name).filter(|at| !root.reading.is_preset(**at));
        // used_by = [] says so itself.
        let path = ["dependency", dependency.name.as_str(), "used_by"];
        let at =
            at.filter(|_| !dependency.used_by.is_empty() || root.table.at_path(path).is_none());
        if let (false, Some(at)) = (acts || watched, at) {
            let title = format!("dependency {} takes nothing down", dependency.name);
            let help = "write mandatory = true, or the share of requests that fail with it";
            root.reading.note(Mistake::new(*at, title).help(help));
        }
    }
}

fn rests_on(requires: &Require, dependency: &str) -> bool {
    requires.of.iter().any(|part| match part {
        Part::Dependency(name) => name == dependency,
        Part::Nested(inner) => rests_on(inner, dependency),
        _ => false,
    })
}

fn check_totals(root: View<'_>, apps: &[App], hosts: &[HostGroup]) {
    let containers: u64 = apps.iter().map(|app| u64::from(app.slots)).sum();
    let hosts: u64 = hosts.iter().map(|host| u64::from(host.count)).sum();
    for (total, class) in [(containers, "app"), (hosts, "host")] {
        if total > MOST_COMPONENTS {
            let what = if class == "app" { "containers" } else { "hosts" };
            let title =
                format!("{total} {what} are too many; at most {MOST_COMPONENTS} are simulated");
            let at = root.table.get(class).map_or(root.at, |entry| entry.key_at);
            root.reading.mistake(Mistake::new(at, title));
        }
    }
}

/// `failures = "none"` dropped what lay below; what is there all the same contradicts it.
fn check_failures_switch(root: View<'_>) {
    if !root.has("failures") || root.choice("failures").is_none() {
        return;
    }
    if let Some((name, at)) = places(root, "failure").into_iter().next() {
        root.reading.mistake(
            Mistake::new(root.at("failures"), "there are failures all the same")
                .also(at, format!("failure.{name}"))
                .help("scripted faults ([[incident]]) may stay; random ones may not"),
        );
    }
}
