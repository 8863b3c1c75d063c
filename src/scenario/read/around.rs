//! `[host.NAME]`, `[dependency.NAME]`, `[crew.NAME]`: what stands around the apps.

use super::patterns::{self, Names};
use super::recovery;
use super::residency::Places;
use crate::engine::Dist;
use crate::scenario::law::{Of, Plain, law};
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::{closest, quoted};
use crate::scenario::reading::Reading;
use crate::scenario::sources::At;
use crate::scenario::spec::{App, Class, Crew, Dependency, HostGroup, Recovery, Region};
use crate::scenario::view::View;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn host(
    view: View<'_>,
    name: &str,
    regions: &[Region],
    bare: bool,
) -> Option<HostGroup> {
    let zone = view.word("zone");
    match zone {
        None if !bare => view.missing("zone", "say where the hosts stand, e.g. \"eu-central-1a\""),
        None => {}
        Some(word) => {
            let known = || regions.iter().flat_map(|region| &region.zones).map(String::as_str);
            if !known().any(|zone| zone == word.text) {
                let title = format!("there is no zone `{}`", quoted(word.text));
                view.reading.mistake(
                    Mistake::new(word.at, title).meant(closest(word.text, known()), || {
                        "describe it: [region.NAME] with country and zones".into()
                    }),
                );
            }
        }
    }
    let supervisor = view.inside("supervisor").and_then(recovery::supervisor);
    let memory = if view.has("memory") { Some(host_memory(view)?) } else { None };
    if let (Some(_), None) = (memory, zone) {
        view.missing("zone", "containers stand on hosts of a zone: say which");
    }
    let returns = match view.has("returns") {
        true => Some(law(view, "returns", Of::Time, Plain::Constant)?),
        false => None,
    };
    let count = view.count("count")? as u32;
    let (detect, restart) = supervisor?;
    let zone = zone.map(|word| word.text.to_owned());
    let returns = returns.unwrap_or_else(|| restart.clone());
    Some(HostGroup { name: name.to_owned(), count, zone, detect, restart, returns, memory })
}

/// Memory of a host: enough for something, and little enough to be added up.
pub(super) fn host_memory(view: View<'_>) -> Option<u64> {
    let memory = view.size("memory")?;
    if !(1 << 20..=1 << 50).contains(&memory) {
        let title = "`memory` of a host must be within 1MiB and 1PiB";
        view.reading.mistake(Mistake::new(view.at("memory"), title));
        return None;
    }
    Some(memory)
}

/// Containers on hosts take memory there.
pub(super) fn check_memory(
    reading: &Reading,
    apps: &[App],
    hosts: &[HostGroup],
    places: &BTreeMap<String, At>,
) {
    let described: BTreeSet<_> =
        hosts.iter().filter(|it| it.memory.is_some()).filter_map(|it| it.zone.as_ref()).collect();
    for app in apps.iter().filter(|app| app.memory.is_none()) {
        let zone = app.zones.iter().find(|zone| described.contains(zone));
        if let (Some(zone), Some(at)) = (zone, places.get(&app.name)) {
            let title = format!("app {} needs `memory`: its containers stand on hosts", app.name);
            let help =
                format!("the hosts of zone {zone} are described; write e.g. memory = \"2GiB\"");
            reading.mistake(Mistake::new(*at, title).help(help));
        }
    }
}

pub(super) fn dependency(
    view: View<'_>,
    name: &str,
    names: &Names,
    places: &Places<'_>,
) -> Option<Dependency> {
    let clock = clock(view);
    let data = if view.has("data") { Some(view.choice("data")?) } else { None };
    let data = Class::ALL.into_iter().find(|class| Some(class.name()) == data);
    let region = if view.has("region") { Some(view.word("region")?) } else { None };
    let site = region.map(|word| places.site(view, word));
    if let (Some(word), None) = (region, data) {
        let title = "`region` says where data is processed, and this dependency processes none";
        let help = "add the class of data, e.g. data = \"identity\"";
        view.reading.mistake(Mistake::new(word.at, title).help(help));
    }
    let mandatory = view.flag("mandatory")?;
    if mandatory && view.has("share") {
        view.reading.mistake(
            Mistake::new(view.at("share"), "a mandatory dependency takes all requests with it")
                .also(view.at("mandatory"), "")
                .help("leave out `share` or `mandatory`"),
        );
    }
    let share = view.share("share")?;
    let used_by = match view.has("used_by") {
        false => names.apps.keys().cloned().collect(),
        true => {
            let mut apps = Vec::new();
            for word in view.words("used_by")? {
                apps.extend(
                    names
                        .expand(view.reading, word, &[patterns::Class::App])
                        .into_iter()
                        .map(|f| f.1),
                );
            }
            apps.sort();
            apps.dedup();
            apps
        }
    };
    // The preset's have nothing to do where there is no app.
    if used_by.is_empty() && view.reading.is_preset(view.at) {
        return None;
    }
    Some(Dependency {
        name: name.to_owned(),
        clock: clock?,
        mandatory,
        share: if mandatory { 1.0 } else { share },
        used_by,
        data,
        site: match site {
            Some(site) => Some(site?),
            None => None,
        },
    })
}

/// Up and down times; the outer `Option` is a mistake, the inner one "never fails by itself".
fn clock(view: View<'_>) -> Option<Option<(Dist, Dist)>> {
    let lasts = || law(view, "lasts", Of::Time, Plain::Constant);
    match (view.has("mtbf"), view.has("availability")) {
        (true, true) => {
            view.reading.mistake(
                Mistake::new(view.at("availability"), "`mtbf` and `availability` are both given")
                    .also(view.at("mtbf"), ""),
            );
            None
        }
        (true, false) => {
            if view.has("mttr") {
                let title = "`mttr` goes with `availability`";
                view.reading.mistake(
                    Mistake::new(view.at("mttr"), title).help("with `mtbf` write `lasts`"),
                );
            }
            if !view.has("lasts") {
                view.missing("lasts", "say how long it is down, e.g. lasts = \"1h\"");
                return None;
            }
            let mtbf = up_time(view);
            Some(Some((mtbf?, lasts()?)))
        }
        (false, true) => by_availability(view).map(Some),
        (false, false) => {
            for alone in ["lasts", "mttr"].into_iter().filter(|name| view.has(name)) {
                let title = format!("`{alone}` alone makes nothing fail");
                let help = "add `mtbf` or `availability`, or leave it to incidents";
                view.reading.mistake(Mistake::new(view.at(alone), title).help(help));
            }
            Some(None)
        }
    }
}

/// F1: the mean up time that makes the long-run availability A with mean down time r is r·A/(1−A).
fn by_availability(view: View<'_>) -> Option<(Dist, Dist)> {
    let availability = view.share_between("availability", 0.0);
    let down = if view.has("lasts") {
        if view.has("mttr") {
            view.reading.mistake(
                Mistake::new(view.at("mttr"), "`mttr` and `lasts` are both given")
                    .also(view.at("lasts"), ""),
            );
        }
        law(view, "lasts", Of::Time, Plain::Constant)?
    } else {
        let mttr = view.seconds("mttr")?;
        if mttr == 0.0 {
            view.reading.mistake(Mistake::new(view.at("mttr"), "`mttr` must be more than 0s"));
            return None;
        }
        Dist::exponential(mttr).ok()?
    };
    let availability = availability?;
    let up = down.mean() * availability / (1.0 - availability);
    match Dist::exponential(up) {
        Ok(up) => Some((up, down)),
        Err(error) => {
            let title = format!("this availability makes no up time: {error}");
            view.reading.mistake(Mistake::new(view.at("availability"), title));
            None
        }
    }
}

/// `mtbf`, which must leave some time between two failures.
pub(super) fn up_time(view: View<'_>) -> Option<Dist> {
    let mtbf = law(view, "mtbf", Of::Time, Plain::ExponentialMean)?;
    if mtbf.mean() > 0.0 {
        return Some(mtbf);
    }
    view.reading.mistake(Mistake::new(view.at("mtbf"), "`mtbf` must be more than 0s"));
    None
}

pub(super) fn crew(view: View<'_>, name: &str, names: &Names) -> Option<Crew> {
    let size = view.count("size");
    let mut serves = Vec::new();
    for word in view.words("serves")? {
        let found =
            names.expand(view.reading, word, &[patterns::Class::Host, patterns::Class::Container]);
        serves.extend(found.into_iter().map(|(_, name)| name));
    }
    serves.sort();
    serves.dedup();
    Some(Crew { name: name.to_owned(), size: size? as u32, serves })
}

/// A crew repairs in place; what a health manager places anew waits for none.
pub(super) fn check_crews_repair(
    reading: &Reading,
    crews: &[Crew],
    apps: &[App],
    places: &BTreeMap<String, At>,
) {
    for crew in crews {
        let replaced = apps.iter().find(|app| {
            let its_own =
                |name: &String| name.rsplit_once('/').is_some_and(|(it, _)| it == app.name);
            matches!(app.recovery, Recovery::HealthManager(_)) && crew.serves.iter().any(its_own)
        });
        if let (Some(app), Some(at)) = (replaced, places.get(&crew.name)) {
            let title = format!(
                "crew {} cannot serve the containers of {}: a health manager places them anew",
                crew.name, app.name
            );
            let help = "give the app a `supervisor`, or take its containers out of `serves`";
            reading.mistake(Mistake::new(*at, title).help(help));
        }
    }
}

/// N5 has a component wait for *its* crew, so it cannot have two.
pub(super) fn check_crews(reading: &Reading, crews: &[Crew], places: &BTreeMap<String, At>) {
    let mut served: BTreeMap<&str, &str> = BTreeMap::new();
    for crew in crews {
        let twice = crew.serves.iter().find_map(|component| {
            served.insert(component, &crew.name).map(|other| (component, other))
        });
        if let (Some((component, other)), Some(at)) = (twice, places.get(&crew.name)) {
            let title = format!("{component} is served by crew {other} and by crew {}", crew.name);
            let also = places.get(other).copied();
            let mistake = Mistake::new(*at, title).help("a component has one crew");
            reading.mistake(match also {
                Some(also) => mistake.also(also, ""),
                None => mistake,
            });
        }
    }
}
