//! Where data may be: `[jurisdiction.NAME]`, `residency`, and where logs and dependencies stand.

use super::tables::{each, places};
use crate::model::residency::Standing;
use crate::scenario::kinds::unfit;
use crate::scenario::merge::node_over;
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::{closest, quoted};
use crate::scenario::registry::EXCEPT;
use crate::scenario::rules::standing;
use crate::scenario::sources::At;
use crate::scenario::spec::{App, Area, Class, Control, Dependency, Exception};
use crate::scenario::spec::{Logs, Region, Residency, Site};
use crate::scenario::tree::{Node, Value};
use crate::scenario::view::{View, Word};
use std::collections::{BTreeMap, BTreeSet};

/// Most places of one list, and most exceptions of one rule.
const MOST: usize = 1000;

/// What names of places stand for.
pub(super) struct Places<'a> {
    pub regions: &'a [Region],
    jurisdictions: BTreeMap<String, Vec<String>>,
}

impl<'a> Places<'a> {
    /// All that the scenario and its preset know.
    pub fn new(root: View<'_>, regions: &'a [Region]) -> Places<'a> {
        let mut jurisdictions = BTreeMap::new();
        each(root, "jurisdiction", |view, name| {
            let words = view.words("countries");
            if words.as_ref().is_some_and(Vec::is_empty) {
                let title = "a jurisdiction has at least one country";
                view.reading.mistake(Mistake::new(view.at("countries"), title));
            }
            let countries: Vec<_> =
                words.iter().flatten().filter_map(|word| country(view, *word)).collect();
            if is_country(name) && regions.iter().any(|region| region.country == name) {
                let title = format!("jurisdiction {name} has the name of a country");
                let at = places(root, "jurisdiction")[name];
                view.reading.mistake(Mistake::new(at, title).help("give it another name"));
            }
            jurisdictions.insert(name.to_owned(), countries);
            Some(())
        });
        Places { regions, jurisdictions }
    }

    /// Names of the jurisdictions that rules of apps speak of.
    pub fn into_used(self, apps: &[App]) -> Vec<String> {
        let rules = apps.iter().filter_map(|app| app.residency.as_ref());
        let areas = |rule: &'_ Residency| {
            let excepted = rule.except.iter().map(|it| &it.area);
            rule.areas
                .iter()
                .chain(excepted)
                .flat_map(|area| area.words.clone())
                .collect::<Vec<_>>()
        };
        let used: BTreeSet<String> = rules.flat_map(areas).collect();
        self.jurisdictions.into_keys().filter(|name| used.contains(name)).collect()
    }

    /// The region of a name and its country, or a mistake.
    pub fn site(&self, view: View<'_>, word: Word<'_>) -> Option<Site> {
        let found = self.regions.iter().find(|region| region.name == word.text);
        if found.is_none() {
            let known = self.regions.iter().map(|region| region.name.as_str());
            let title = format!("there is no region `{}`", quoted(word.text));
            let help = || "describe it: [region.NAME] with country and zones".into();
            view.reading
                .mistake(Mistake::new(word.at, title).meant(closest(word.text, known), help));
        }
        found.map(|region| Site { region: region.name.clone(), country: region.country.clone() })
    }

    /// Adds what one name stands for to an area, or records a mistake.
    fn add(&self, area: &mut Area, view: View<'_>, word: Word<'_>) {
        let text = word.text;
        area.words.push(text.to_owned());
        let zones = || self.regions.iter().flat_map(|region| &region.zones);
        if let Some(countries) = self.jurisdictions.get(text) {
            area.countries.extend(countries.iter().cloned());
        } else if self.regions.iter().any(|region| region.country == text) {
            area.countries.push(text.to_owned());
        } else if self.regions.iter().any(|region| region.name == text) {
            area.regions.push(text.to_owned());
        } else if zones().any(|zone| zone == text) {
            area.zones.push(text.to_owned());
        } else {
            let known = self.jurisdictions.keys().map(String::as_str);
            let regions = self.regions.iter();
            let known = known
                .chain(regions.flat_map(|it| [it.name.as_str(), it.country.as_str()]))
                .chain(zones().map(String::as_str));
            let title = format!("there is no place `{}`", quoted(text));
            let mistake = Mistake::new(word.at, title).meant(closest(text, known), || {
                "write a jurisdiction such as \"EU\", or the country, name or zone of a region; other \
                 jurisdictions are described as [jurisdiction.NAME]"
                    .into()
            });
            view.reading.mistake(mistake);
        }
    }

    fn area(&self, view: View<'_>, name: &str) -> Option<Area> {
        let words = view.words(name)?;
        if words.is_empty() || words.len() > MOST {
            let title = if words.is_empty() { "is empty" } else { "names too many places" };
            let title = format!("`{name}` {title}");
            view.reading.mistake(Mistake::new(view.at(name), title));
            return None;
        }
        let mut area = Area::default();
        for word in words {
            self.add(&mut area, view, word);
        }
        for list in [&mut area.countries, &mut area.regions, &mut area.zones] {
            list.sort();
            list.dedup();
        }
        Some(area)
    }
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

/// A country code, or a mistake.
pub(super) fn country(view: View<'_>, word: Word<'_>) -> Option<String> {
    if is_country(word.text) {
        return Some(word.text.to_owned());
    }
    let title = format!("`{}` is no country code", quoted(word.text));
    let help = "write two capital letters (ISO 3166-1 alpha-2), e.g. \"DE\"";
    view.reading.mistake(Mistake::new(word.at, title).help(help));
    None
}

/// The rule of an app: its own laid over that of the whole scenario; the outer `Option` is a mistake.
pub(super) fn of_app(
    view: View<'_>,
    root: View<'_>,
    places: &Places<'_>,
) -> Option<Option<Residency>> {
    let own = view.has("residency").then(|| view.node("residency")).flatten();
    let merged = match (root.node("residency"), own) {
        (None, None) => return Some(None),
        (Some(shared), Some(own)) => node_over(shared, own),
        (Some(only), None) | (None, Some(only)) => only.clone(),
    };
    let inner = view.table_of(view.key("residency"), &merged)?;
    residency(inner, places).map(Some)
}

fn residency(view: View<'_>, places: &Places<'_>) -> Option<Residency> {
    let keep_in = keep_in(view, places);
    let control = view.choice("control").map(|choice| match choice {
        "preventive" => Control::Preventive,
        _ => Control::Detective,
    });
    let processing = view.choice("covers").map(|choice| choice != "rest");
    let except = exceptions(view, places);
    let (areas, by_class) = keep_in?;
    Some(Residency {
        areas,
        keep_in: by_class,
        control: control?,
        processing: processing?,
        except: except?,
    })
}

type KeepIn = (Vec<Area>, [Option<u8>; Class::ALL.len()]);

fn keep_in(view: View<'_>, places: &Places<'_>) -> Option<KeepIn> {
    let node = view.node("keep_in")?;
    if node.table().is_none() {
        return Some((vec![places.area(view, "keep_in")?], [Some(0); Class::ALL.len()]));
    }
    let inner = view.table_of(view.key("keep_in"), node)?;
    let (mut areas, mut by_class) = (Vec::new(), [None; Class::ALL.len()]);
    for class in Class::ALL {
        if inner.has(class.name()) {
            let Some(area) = places.area(inner, class.name()) else { continue };
            by_class[class as usize] = Some(areas.len() as u8);
            areas.push(area);
        }
    }
    if inner.table.entries.is_empty() {
        let help = "name places, or a class of data: keep_in = { database = \"EU\" }";
        view.reading.mistake(Mistake::new(node.at, "`keep_in` is empty").help(help));
    }
    Some((areas, by_class))
}

fn exceptions(view: View<'_>, places: &Places<'_>) -> Option<Vec<Exception>> {
    let key = view.key("except");
    let Some(node) = view.node("except") else { return Some(Vec::new()) };
    let items: &[Node] = match &node.value {
        Value::List(items) if items.len() <= MOST => items,
        _ => {
            view.reading.mistake(unfit(key, node));
            return None;
        }
    };
    let exception = |item: &Node| {
        let Some(table) = item.table() else {
            view.reading.mistake(unfit(key, node));
            return None;
        };
        let inner = View { table, shape: &EXCEPT, at: item.at, title: "an exception", ..view };
        let (data, to, basis) =
            (inner.choice("data"), places.area(inner, "to"), inner.word("basis"));
        if data.is_none() && !inner.has("data") {
            inner.missing("data", "say which class of data it is for");
        }
        if let Some(basis) = basis.filter(|it| it.text.trim().is_empty()) {
            let title = "an exception rests on something";
            let help = "write what allows it, e.g. basis = \"contract annex 4\"";
            inner.reading.mistake(Mistake::new(basis.at, title).help(help));
        }
        let class = Class::ALL.into_iter().find(|class| Some(class.name()) == data)?;
        Some(Exception { class, area: to?, basis: basis?.text.to_owned() })
    };
    items.iter().map(exception).collect::<Vec<_>>().into_iter().collect()
}

/// The outer `Option` is a mistake.
pub(super) fn logs(view: View<'_>, places: &Places<'_>) -> Option<Option<Logs>> {
    if !view.has("logs") {
        return Some(None);
    }
    let inner = view.inside("logs")?;
    let site = inner.word("region").and_then(|word| places.site(inner, word));
    let bytes = inner.size("size");
    Some(Some(Logs { site: site?, bytes: bytes? }))
}

/// What a preventive rule would refuse for ever is a contradiction of the scenario with itself.
pub(super) fn check(root: View<'_>, regions: &[Region], apps: &[App], around: &[Dependency]) {
    for app in apps {
        let Some(rule) = &app.residency else { continue };
        if rule.control != Control::Preventive {
            continue;
        }
        let refuses = |class, site: &Site, zone: Option<&str>| {
            standing(rule, class, site, zone) == Standing::Outside
        };
        let at = |keys: &[&str]| {
            let own = ["app", app.name.as_str()].into_iter().chain(keys.iter().copied());
            root.table.at_path(own).map(|entry| entry.node.at)
        };
        let of_rule = |key| {
            let shared = || root.table.at_path(["residency", key]).map(|entry| entry.node.at);
            at(&["residency", key]).or_else(shared)
        };
        let contradiction = |place: At, title: String, label: String, class: Class, to: &str| {
            let mut mistake = Mistake::new(place, title).label(label);
            if let Some(at) = of_rule("keep_in") {
                let words = rule.area(class).map_or(String::new(), |area| area.words.join(", "));
                let told = format!("data of {} may not leave {}", app.name, quoted(&words));
                mistake = mistake.also(at, told);
            }
            if let Some(at) = of_rule("control") {
                mistake = mistake.also(at, "and the platform enforces it");
            }
            let allow = format!(
                "except = [{{ data = \"{}\", to = \"{to}\", basis = \"…\" }}]",
                class.name()
            );
            root.reading.mistake(mistake.help(format!("keep it inside, or allow it: {allow}")));
        };
        if let Some(logs) = &app.logs
            && refuses(Class::Logs, &logs.site, None)
            && let Some(place) = at(&["logs", "region"])
        {
            let title =
                format!("this log stream would be refused, so {} would have none", app.name);
            let label = format!("in {}", logs.site.country);
            contradiction(place, title, label, Class::Logs, &logs.site.country);
        }
        if let Some((site, _)) = app.files.as_ref().and_then(|it| it.copy.as_ref())
            && refuses(Class::Files, site, None)
            && let Some(place) = at(&["files", "copy_to"])
        {
            let title =
                format!("this copy of files would be refused, so {} would have none", app.name);
            let label = format!("in {}", site.country);
            contradiction(place, title, label, Class::Files, &site.country);
        }
        if let Some(site) = app.backups.as_ref().and_then(|it| it.copy_to.as_ref())
            && refuses(Class::Backups, site, None)
            && let Some(place) =
                at(&["backups", "copy_to"]).filter(|at| !root.reading.is_preset(*at))
        {
            let title = format!(
                "this backup copy would be refused every night, so {} would have none outside its region",
                app.name
            );
            contradiction(
                place,
                title,
                format!("in {}", site.country),
                Class::Backups,
                &site.country,
            );
        }
        for dependency in around.iter().filter(|it| it.used_by.contains(&app.name)) {
            if let (true, Some(class), Some(site)) =
                (rule.processing, dependency.data, &dependency.site)
                && refuses(class, site, None)
                && let Some(entry) = root.table.at_path(["dependency", &dependency.name, "region"])
            {
                let title = format!(
                    "{} would be refused what it processes of {}",
                    dependency.name, app.name
                );
                let label = format!("in {}", site.country);
                contradiction(entry.node.at, title, label, class, &site.country);
            }
        }
        let replica = app.database.as_ref().and_then(|it| it.replica_in.as_ref());
        let fallback = app.fallback.as_ref().filter(|_| rule.processing || app.database.is_some());
        let elsewhere = [
            (replica, "the copy of the database of", ["database", "replica"].as_slice()),
            (fallback.map(|it| &it.region), "the fallback of", &["fallback"]),
        ];
        for (name, what, keys) in elsewhere {
            let Some(region) = regions.iter().find(|it| Some(&it.name) == name) else { continue };
            let site = Site { region: region.name.clone(), country: region.country.clone() };
            let mut zones = region.zones.iter();
            if zones.all(|zone| refuses(Class::Database, &site, Some(zone)))
                && let Some(place) = at(keys).or_else(|| at(&["plan"]))
            {
                let title = format!("{what} {} would be refused everywhere", app.name);
                let label = format!("in {}", site.country);
                contradiction(place, title, label, Class::Database, &site.country);
            }
        }
        let region = regions.iter().find(|it| it.name == app.region);
        let Some(region) = region else { continue };
        let site = Site { region: region.name.clone(), country: region.country.clone() };
        let outside = |zone: &String| refuses(Class::Database, &site, Some(zone));
        if let Some(database) = app.database.as_ref().filter(|it| it.zones.iter().all(outside))
            && let Some(place) = at(&["region"])
        {
            let title = format!("the database of {} would be refused everywhere", app.name);
            let label = format!("in zones {}", database.zones.join(", "));
            contradiction(place, title, label, Class::Database, &site.country);
        }
        if rule.processing
            && app.zones.iter().all(outside)
            && let Some(place) = at(&["region"])
        {
            let title = format!("containers of {} would be refused everywhere", app.name);
            let label = format!("in {}", site.country);
            contradiction(place, title, label, Class::Database, &site.country);
        }
    }
}
