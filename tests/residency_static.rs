//! Where data may go: the static verdict of small scenarios, derived by hand and by exhaustive search.

mod common;

use common::scenario;
use std::collections::BTreeSet;
use zonefall::history;
use zonefall::model::fact::{Fact, Listener, Subject};
use zonefall::model::topology::Topology;
use zonefall::model::world::World;
use zonefall::scenario::assemble::assemble;
use zonefall::study::findings::{DataPath, PathVerdict};
use zonefall::study::residency::static_verdict;
use zonefall::time::Instant;

fn paths(rest: &str) -> Vec<DataPath> {
    static_verdict(&scenario(rest))
}

const ZONES: &str = "[study]\nhorizon = \"10d\"\nreplications = 1\n\
    [region.r]\ncountry = \"DE\"\nzones = [\"a\", \"b\", \"c\"]\n";

const MANAGED: &str = "region = \"r\"\nhealth_manager = { start = \"1min\" }\n";

#[test]
fn a_container_leaves_its_zones_only_when_its_placement_makes_it() {
    // Two containers spread over a and b; the third zone takes one as soon as a or b is lost.
    let spread = paths(&format!(
        "{ZONES}[app.x]\n{MANAGED}containers = 2\nresidency = {{ keep_in = [\"a\", \"b\"] }}\n"
    ));
    assert_eq!(spread.len(), 1);
    assert_eq!((spread[0].to.as_str(), spread[0].data.as_str()), ("c", "database"));
    assert_eq!(spread[0].lost, [["a"], ["b"]]);
    assert_eq!(spread[0].condition, "only if any 1 of zones a and b is lost");
    // One container that stays at home: both zones before the third must be lost.
    let home = paths(&format!(
        "{ZONES}[app.x]\n{MANAGED}placement = \"home\"\nresidency = {{ keep_in = [\"a\", \"b\"] }}\n"
    ));
    assert_eq!(home[0].lost, [["a", "b"]]);
    assert_eq!(home[0].condition, "only if zones a and b are lost");
    // As many containers as zones: one stands there from the beginning.
    let full = paths(&format!(
        "{ZONES}[app.x]\n{MANAGED}containers = 3\nresidency = {{ keep_in = [\"a\", \"b\"] }}\n"
    ));
    assert!(full[0].is_unconditional());
    // Restarted in place, it never moves; what only counts at rest is not in containers.
    let in_place = "region = \"r\"\nsupervisor = { restart = \"1min\" }\n";
    let kept = "residency = { keep_in = [\"a\", \"b\"] }\n";
    assert_eq!(paths(&format!("{ZONES}[app.x]\n{in_place}{kept}")), []);
    let rest = "residency = { keep_in = [\"a\", \"b\"], covers = \"rest\" }\n";
    assert_eq!(paths(&format!("{ZONES}[app.x]\n{MANAGED}containers = 3\n{rest}")), []);
}

#[test]
fn both_zones_of_a_region_are_told_as_such() {
    let two = "[region.r]\ncountry = \"DE\"\nzones = [\"a\", \"b\", \"c\"]\n\
        [region.s]\ncountry = \"US\"\nzones = 2\n";
    let path = &paths(&format!(
        "{two}[app.x]\n{MANAGED}placement = \"home\"\nresidency = {{ keep_in = [\"a\", \"b\"] }}\n"
    ))[0];
    assert_eq!(path.condition, "only if zones a and b are lost");
    assert_eq!(path.leaves, "a, b");
}

#[test]
fn logs_and_dependencies_stand_where_the_scenario_says() {
    let text = format!(
        "{ZONES}[region.us]\ncountry = \"US\"\nzones = 1\n\
         [jurisdiction.home]\ncountries = [\"DE\", \"AT\"]\n\
         [app.x]\n{MANAGED}logs = {{ region = \"us\", size = \"1GiB\" }}\n\
         [app.x.residency]\nkeep_in = \"home\"\n\
         except = [{{ data = \"logs\", to = \"US\", basis = \"annex\" }}]\n\
         [dependency.mxid]\ndata = \"identity\"\nregion = \"us\"\n\
         [dependency.dir]\ndata = \"identity\"\n"
    );
    let told: Vec<_> =
        paths(&text).into_iter().map(|it| (it.asset, it.to, it.verdict, it.condition)).collect();
    let always = || String::from("with no failure at all");
    let row = |asset: &str, to: &str, verdict| (asset.to_owned(), to.to_owned(), verdict, always());
    assert_eq!(
        told,
        [
            row("dir", "unknown", PathVerdict::Unknown),
            row("logs", "us", PathVerdict::Excepted),
            row("mxid", "us", PathVerdict::Violation),
        ]
    );
}

/// Where containers of the only app come to be in service.
#[derive(Default)]
struct Seen(BTreeSet<String>);

impl Listener for Seen {
    fn begin(&mut self, topology: &Topology, world: &World) {
        for unit in topology.units_of(zonefall::id::Id::new(0)) {
            let zone = zonefall::id::Id::new(u32::from(world.units[unit.index()].zone));
            self.0.insert(topology.zones[zone].name.clone());
        }
    }
    fn hear(&mut self, _: Instant, fact: Fact, topology: &Topology, world: &World) {
        if let Fact::InService { unit } = fact
            && topology.is_app(topology.group_id(unit))
        {
            let zone = zonefall::id::Id::new(u32::from(world.units[unit.index()].zone));
            self.0.insert(topology.zones[zone].name.clone());
        }
    }
    fn settled(&mut self, _: Instant, _: Subject, _: &Topology, _: &World) {}
    fn instant_over(&mut self, _: Instant) {}
}

/// Every order of losses, simulated: the smallest sets of zones lost at once that bring a container into
/// a zone, by zone.
fn searched(app: &str, zones: &[&str]) -> BTreeSet<(String, Vec<String>)> {
    let mut found: BTreeSet<(String, Vec<String>)> = BTreeSet::new();
    let mut orders: Vec<Vec<&str>> = vec![Vec::new()];
    let mut next = 0;
    while next < orders.len() {
        let order = orders[next].clone();
        next += 1;
        let mut incidents = String::new();
        for (day, zone) in order.iter().enumerate() {
            incidents += &format!(
                "[[incident]]\nkind = \"outage\"\ntarget = \"zone.{zone}\"\nat = \"{}h\"\nlasts = \"9d\"\n",
                (day + 1) * 6
            );
        }
        let topology = assemble(&scenario(&format!("{app}{incidents}")));
        let seen = history::run(&topology, 0, Seen::default()).listener.0;
        let mut lost: Vec<String> = order.iter().map(|it| it.to_string()).collect();
        lost.sort();
        found.extend(seen.into_iter().map(|zone| (zone, lost.clone())));
        for zone in zones {
            if !order.contains(zone) {
                orders.push(order.iter().copied().chain([*zone]).collect());
            }
        }
    }
    let within =
        |a: &[String], b: &[String]| a.len() < b.len() && a.iter().all(|it| b.contains(it));
    let smallest = |(zone, lost): &&(String, Vec<String>)| {
        !found.iter().any(|(other, less)| other == zone && within(less, lost))
    };
    found.iter().filter(smallest).cloned().collect()
}

#[test]
fn the_verdict_is_what_an_exhaustive_search_finds() {
    let regions = [
        ("zones = [\"a\", \"b\", \"c\"]", &["a", "b", "c"][..]),
        ("zones = [\"a\", \"b\", \"c\", \"d\"]", &["a", "b", "c", "d"][..]),
    ];
    for (described, zones) in regions {
        for placement in ["spread", "home", "pinned"] {
            for containers in 1..=3 {
                let app = format!(
                    "[study]\nhorizon = \"10d\"\nreplications = 1\n[region.r]\ncountry = \"DE\"\n{described}\n\
                     [app.x]\n{MANAGED}placement = \"{placement}\"\ncontainers = {containers}\n"
                );
                // No zone is inside, so that every one of them is told.
                let ruled = format!(
                    "{app}residency = {{ keep_in = [\"a0\"] }}\n[region.other]\ncountry = \"US\"\nzones = [\"a0\"]\n"
                );
                // A rule that names no zone of the region tells the region as a whole.
                let split: BTreeSet<_> = zones
                    .iter()
                    .flat_map(|inside| {
                        let rule = format!("residency = {{ keep_in = [\"{inside}\"] }}\n");
                        paths(&format!("{app}{rule}"))
                    })
                    .flat_map(|path| path.lost.into_iter().map(move |lost| (path.to.clone(), lost)))
                    .collect();
                assert_eq!(split, searched(&app, zones), "{placement} {containers} {zones:?}");
                let whole = paths(&ruled);
                assert!(whole.len() == 1 && whole[0].is_unconditional(), "{whole:?}");
            }
        }
    }
}
