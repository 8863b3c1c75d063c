//! `[service.NAME]`: k of n over anything.

use super::load::{self, Loads};
use super::patterns::{Class, Names};
use super::slo;
use crate::scenario::kinds::unfit;
use crate::scenario::mistakes::Mistake;
use crate::scenario::reading::Reading;
use crate::scenario::registry::REQUIREMENT;
use crate::scenario::sources::At;
use crate::scenario::spec::{Part, Require, Service};
use crate::scenario::tree::Value;
use crate::scenario::view::{View, Word};
use std::collections::{BTreeMap, BTreeSet};

const PARTS: [Class; 6] =
    [Class::App, Class::Container, Class::Host, Class::Zone, Class::Dependency, Class::Service];

pub(super) fn service(
    view: View<'_>,
    name: &str,
    names: &Names,
    loads: &Loads<'_>,
) -> Option<Service> {
    let requires = view.inside("requires").and_then(|view| require(view, names));
    let load = load::load(view, loads);
    let slo = slo::slo(view, view.has("load"));
    Some(Service { name: name.to_owned(), requires: requires?, load, slo })
}

fn require(view: View<'_>, names: &Names) -> Option<Require> {
    let forms = ["all", "any", "of"].map(|name| (name, view.has(name)));
    let given: Vec<_> = forms.iter().filter(|form| form.1).map(|form| form.0).collect();
    let (&[form], counted) = (given.as_slice(), view.has("at_least")) else {
        let title = "a requirement is exactly one of `all`, `any`, or `at_least` with `of`";
        view.reading.mistake(Mistake::new(view.at, title));
        return None;
    };
    if counted != (form == "of") {
        let title = "`at_least` and `of` go together";
        view.reading
            .mistake(Mistake::new(view.at, title).help("{ at_least = 2, of = [\"host.rack/*\"] }"));
        return None;
    }
    let of = parts(view, form, names)?;
    let at_least = match form {
        "all" => of.len() as u32,
        "any" => 1,
        _ => view.count("at_least")? as u32,
    };
    if of.is_empty() {
        // Patterns that match nothing have been reported already; an empty list has not.
        if matches!(&view.node(form)?.value, Value::List(items) if items.is_empty()) {
            view.reading.mistake(Mistake::new(view.at(form), format!("`{form}` is empty")));
        }
        return None;
    }
    if at_least as usize > of.len() {
        view.reading.mistake(
            Mistake::new(
                view.at("at_least"),
                format!("`at_least` is more than the number of parts ({})", of.len()),
            )
            .also(view.at("of"), "")
            .help("it could never be up"),
        );
    }
    Some(Require { at_least, of })
}

fn parts(view: View<'_>, form: &str, names: &Names) -> Option<Vec<Part>> {
    let key = view.key(form);
    let node = view.node(form)?;
    let Value::List(items) = &node.value else {
        view.reading.mistake(unfit(key, node));
        return None;
    };
    let mut parts: Vec<Part> = Vec::new();
    let mut named = BTreeSet::new();
    for item in items {
        match &item.value {
            Value::Text(text) => {
                let word = Word { text, at: item.at };
                let found = names.expand(view.reading, word, &PARTS);
                // Overlapping patterns name a part once: k of n counts parts, not mentions.
                let new = found.into_iter().filter(|part| named.insert(part.clone()));
                parts.extend(new.map(|(class, name)| part(class, name)));
            }
            Value::Table(table) => {
                let title = "a nested requirement";
                let inner = View { table, shape: &REQUIREMENT, at: item.at, title, ..view };
                parts.push(Part::Nested(require(inner, names)?));
            }
            _ => view.reading.mistake(unfit(key, item)),
        }
    }
    Some(parts)
}

fn part(class: Class, name: String) -> Part {
    match class {
        Class::Zone => Part::Zone(name),
        Class::App => Part::App(name),
        Class::Dependency => Part::Dependency(name),
        Class::Service => Part::Service(name),
        Class::Host | Class::Container => Part::Component(name),
        Class::Region
        | Class::HealthManager
        | Class::DatabaseNode
        | Class::Database
        | Class::Bucket
        | Class::Replica
        | Class::Router => {
            unreachable!("not allowed as parts")
        }
    }
}

/// Services may rest on services, but not in a circle.
pub(super) fn check_circles(
    reading: &Reading,
    services: &[Service],
    places: &BTreeMap<String, At>,
) {
    let rests_on: BTreeMap<&str, Vec<&str>> = services
        .iter()
        .map(|service| {
            let mut on = Vec::new();
            collect(&service.requires, &mut on);
            (service.name.as_str(), on)
        })
        .collect();
    let mut settled = BTreeSet::new();
    for service in services {
        let mut path = Vec::new();
        if let Some(circle) = circle_from(&service.name, &rests_on, &mut settled, &mut path)
            && let Some(at) = places.get(circle[0])
        {
            let title = format!("services rest on each other in a circle: {}", circle.join(" → "));
            reading.mistake(Mistake::new(*at, title));
        }
    }
}

fn collect<'a>(requires: &'a Require, on: &mut Vec<&'a str>) {
    for part in &requires.of {
        match part {
            Part::Service(name) => on.push(name),
            Part::Nested(inner) => collect(inner, on),
            _ => {}
        }
    }
}

/// Depth-first search without recursion, so that a long chain of services needs no stack. `settled`
/// holds services that are known to lead into no new circle.
fn circle_from<'a>(
    start: &'a str,
    rests_on: &BTreeMap<&'a str, Vec<&'a str>>,
    settled: &mut BTreeSet<&'a str>,
    path: &mut Vec<(&'a str, usize)>,
) -> Option<Vec<&'a str>> {
    path.push((start, 0));
    while let Some((service, next)) = path.last_mut() {
        let child = rests_on.get(service).and_then(|on| on.get(*next)).copied();
        *next += 1;
        match child {
            None => {
                settled.insert(*service);
                path.pop();
            }
            Some(child) if settled.contains(child) => {}
            Some(child) => {
                if let Some(first) = path.iter().position(|(name, _)| *name == child) {
                    let mut circle: Vec<_> = path[first..].iter().map(|(name, _)| *name).collect();
                    circle.push(child);
                    settled.extend(path.iter().map(|(name, _)| *name));
                    return Some(circle);
                }
                path.push((child, 0));
            }
        }
    }
    None
}
