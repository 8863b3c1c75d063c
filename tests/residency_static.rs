//! Where data may go: the static verdict of small scenarios, derived by hand and by exhaustive search.

mod common;

use common::scenario;
use std::collections::BTreeSet;
use zonefall::history;
use zonefall::id::Id;
use zonefall::model::backup::plan::Stamp;
use zonefall::model::backup::runs;
use zonefall::model::fact::{Fact, Listener, Subject};
use zonefall::model::topology::{Kind, Topology};
use zonefall::model::world::World;
use zonefall::scenario::assemble::assemble;
use zonefall::scenario::{Input, Source, load};
use zonefall::study::findings::{DataPath, PathVerdict};
use zonefall::study::plan::plan;
use zonefall::study::residency::{rows, static_verdict};
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

/// Where containers of the only app come to be in service, or nodes of its database to stand, or whether
/// its bucket is moved.
#[derive(Default)]
struct Seen {
    zones: BTreeSet<String>,
    what: What,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum What {
    #[default]
    Containers,
    Nodes,
    Bucket,
    /// Where snapshots were taken or copied.
    Snapshots,
}

impl Seen {
    fn sees(&self, unit: Id<zonefall::model::topology::UnitInfo>, of: &Topology) -> bool {
        match self.what {
            What::Containers => of.group_of(unit).kind == Kind::Container,
            What::Nodes => of.group_of(unit).kind == Kind::DatabaseNode,
            What::Bucket | What::Snapshots => false,
        }
    }

    fn look(&mut self, topology: &Topology, world: &World) {
        let units: Vec<_> = topology.units.ids().filter(|&it| self.sees(it, topology)).collect();
        for unit in units {
            let zone = Id::new(u32::from(world.units[unit.index()].zone));
            self.zones.insert(topology.zones[zone].name.clone());
        }
    }
}

impl Listener for Seen {
    fn begin(&mut self, topology: &Topology, world: &World) {
        self.look(topology, world);
    }
    fn hear(&mut self, _: Instant, fact: Fact, topology: &Topology, world: &World) {
        if let Fact::InService { unit } = fact
            && self.sees(unit, topology)
        {
            self.look(topology, world);
        }
        if let Fact::BucketMoved { away: true, .. } = fact
            && self.what == What::Bucket
        {
            self.zones.insert("far".into());
        }
    }
    fn settled(&mut self, _: Instant, _: Subject, _: &Topology, _: &World) {}
    fn instant_over(&mut self, _: Instant) {}
}

/// Every order of losses, simulated: the smallest sets of zones lost at once that bring a container, or a
/// node of a database, into a zone, or a snapshot into a region, by zone or region.
fn searched(app: &str, zones: &[&str], what: What) -> BTreeSet<(String, Vec<String>)> {
    let mut found: BTreeSet<(String, Vec<String>)> = BTreeSet::new();
    for order in orders(zones) {
        let topology = assemble(&scenario(&format!("{app}{}", losses(&order))));
        let listener = Seen { what, ..Seen::default() };
        let sim = history::run(&topology, 0, listener);
        let mut seen = sim.listener.zones;
        if what == What::Snapshots {
            let all = runs(&topology, &sim.world, Id::new(0)).copies(0, Stamp::from(sim.now.0));
            seen.extend(all.map(|it| topology.sites[it.site].name.clone()));
        }
        let mut lost: Vec<String> = order.iter().map(|it| it.to_string()).collect();
        lost.sort();
        found.extend(seen.into_iter().map(|zone| (zone, lost.clone())));
    }
    smallest(&found)
}

/// Every order in which any of the zones may be lost.
fn orders<'z>(zones: &[&'z str]) -> Vec<Vec<&'z str>> {
    let mut orders: Vec<Vec<&str>> = vec![Vec::new()];
    let mut next = 0;
    while next < orders.len() {
        let order = orders[next].clone();
        next += 1;
        for zone in zones {
            if !order.contains(zone) {
                orders.push(order.iter().copied().chain([*zone]).collect());
            }
        }
    }
    orders
}

/// Losses six hours apart, for longer than the study.
fn losses(order: &[&str]) -> String {
    let loss = |(index, zone): (usize, &&str)| {
        let at = (index + 1) * 6;
        format!(
            "[[incident]]\nkind = \"outage\"\ntarget = \"zone.{zone}\"\nat = \"{at}h\"\nlasts = \"9d\"\n"
        )
    };
    order.iter().enumerate().map(loss).collect()
}

/// By place, the sets that contain no other one.
fn smallest(found: &BTreeSet<(String, Vec<String>)>) -> BTreeSet<(String, Vec<String>)> {
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
                assert_eq!(
                    split,
                    searched(&app, zones, What::Containers),
                    "{placement} {containers} {zones:?}"
                );
                let whole = paths(&ruled);
                assert!(whole.len() == 1 && whole[0].is_unconditional(), "{whole:?}");
            }
        }
    }
}

const PLATFORM: &str = "version = 1\nplatform = \"mendix-cloud@2026-11\"\n";

fn mistakes(rest: &str) -> String {
    let text = format!("{PLATFORM}{rest}");
    let file = Source { path: "estate.toml".into(), text, dir: "tests".into() };
    match load(&Input { files: vec![file], ..Input::default() }) {
        Ok(_) => panic!("no mistake was found"),
        Err(mistakes) => mistakes.rendered_plain,
    }
}

#[test]
fn a_copy_that_would_be_refused_every_night_is_a_mistake() {
    let told = mistakes(
        "[app.shop]\nregion = \"eu-central-1\"\nplan = \"premium\"\nfiles = { size = \"60GiB\" }\n\
         backups = { nightly = \"01:00\", copy_to = \"us-east-1\" }\n\
         [app.shop.residency]\nkeep_in = \"EU\"\ncontrol = \"preventive\"\n",
    );
    for part in [
        "this backup copy would be refused every night, so shop would have none outside its region",
        "estate.toml:7:42",
        "in US",
        "data of shop may not leave EU",
        "and the platform enforces it",
        "except = [{ data = \"backups\", to = \"US\", basis = \"…\" }]",
    ] {
        assert!(told.contains(part), "{part} is missing in\n{told}");
    }
}

#[test]
fn all_mistakes_of_a_rule_are_told_with_their_places() {
    let told = mistakes(
        "[jurisdiction.empty]\ncountries = []\n[jurisdiction.odd]\ncountries = [\"Germany\"]\n\
         [jurisdiction.DE]\ncountries = [\"DE\"]\n\
         [app.shop]\nregion = \"eu-central-1\"\nplan = \"premium\"\nlogs = { region = \"eu-centrall-1\" }\n\
         residency = { keep_in = \"Eu\", control = \"preventative\", except = [{ data = \"log\", to = [], basis = \" \" }] }\n\
         [app.other]\nregion = \"eu-central-1\"\nplan = \"premium\"\nresidency = { keep_in = {}, covers = \"rest\" }\n\
         [dependency.dns]\nregion = \"us-east-1\"\n\
         [[expect]]\nthat = \"app.other.residency.violation == 0\"\n",
    );
    for part in [
        "a jurisdiction has at least one country",
        "`Germany` is no country code",
        "jurisdiction DE has the name of a country",
        "there is no region `eu-centrall-1`",
        "there is no place `Eu`",
        "`preventative` is no value of `control`",
        "`log` is no value of `data`",
        "`to` is empty",
        "an exception rests on something",
        "`keep_in` is empty",
        "`region` says where data is processed, and this dependency processes none",
        "there is no quantity `residency.violation`",
    ] {
        assert!(told.contains(part), "{part} is missing in\n{told}");
    }
}

#[test]
fn what_a_rule_would_refuse_for_ever_is_a_mistake() {
    let told = mistakes(
        "[app.shop]\nregion = \"eu-central-1\"\nplan = \"premium\"\nlogs = { region = \"us-east-1\" }\n\
         residency = { keep_in = \"EU\", control = \"preventive\" }\n\
         [app.abroad]\nregion = \"eu-west-2\"\nplan = \"premium\"\n\
         residency = { keep_in = \"EU\", control = \"preventive\" }\n\
         [dependency.mxid]\nregion = \"us-east-1\"\n\
         [app.bare]\nregion = \"eu-central-1\"\nplan = \"premium\"\n\
         [[expect]]\nthat = \"app.bare.residency.violations == 0\"\n",
    );
    for part in [
        "this log stream would be refused, so shop would have none",
        "mxid would be refused what it processes of shop",
        "mxid would be refused what it processes of abroad",
        "containers of abroad would be refused everywhere",
        "app.bare does not say where its data may be",
    ] {
        assert!(told.contains(part), "{part} is missing in\n{told}");
    }
}

#[test]
fn the_preset_has_the_regions_and_targets_of_the_record() {
    let record = include_str!("../scenarios/data/region-copies.csv");
    let mut rows = 0;
    for row in record.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let text = format!(
            "{PLATFORM}[app.x]\nregion = \"{}\"\nplan = \"premium\"\nfiles = {{ size = \"1GiB\" }}\n\
             residency = {{ keep_in = \"{}\" }}\n",
            cells[1], cells[2]
        );
        let file = Source { path: "x.toml".into(), text, dir: "tests".into() };
        let loaded = load(&Input { files: vec![file], ..Input::default() }).unwrap();
        assert_eq!(loaded.scenario.regions[0].country, cells[2]);
        let paths = static_verdict(&loaded.scenario);
        let copies: BTreeSet<_> = paths
            .iter()
            .filter(|it| it.data == "backups")
            .map(|it| (it.to.as_str(), it.country.as_str(), it.condition.as_str()))
            .collect();
        match cells[7] {
            "yes" => assert!(copies.is_empty(), "{row}: {copies:?}"),
            _ => {
                let expected = (cells[5], cells[6], "with no failure at all");
                assert_eq!(copies, BTreeSet::from([expected]), "{row}");
            }
        }
        rows += 1;
    }
    assert_eq!(rows, 17);
}

#[test]
fn the_verdict_on_databases_is_what_an_exhaustive_search_finds() {
    for zones in [&["a", "b", "c"][..], &["a", "b", "c", "d"][..]] {
        for (mode, restored) in
            [("single", true), ("single", false), ("multi-az", true), ("cluster", true)]
        {
            let named: Vec<_> = zones.iter().map(|zone| format!("\"{zone}\"")).collect();
            let left = match restored {
                true => {
                    "nothing_left = \"restore\"\nrestore = { takes = \"10min\" }\nlogs = { every = \"5min\" }"
                }
                false => "nothing_left = \"wait-for-node\"",
            };
            let app = format!(
                "[study]\nhorizon = \"10d\"\nreplications = 1\n[region.r]\ncountry = \"DE\"\nzones = [{}]\n\
                 [app.x]\n{MANAGED}[app.x.database]\nmode = \"{mode}\"\n{left}\n",
                named.join(", ")
            );
            let verdict: BTreeSet<_> = zones
                .iter()
                .flat_map(|inside| {
                    let rule = "[app.x.residency]\ncovers = \"rest\"\n";
                    paths(&format!("{app}{rule}keep_in = [\"{inside}\"]\n"))
                })
                .flat_map(|path| path.lost.into_iter().map(move |lost| (path.to.clone(), lost)))
                .collect();
            assert_eq!(verdict, searched(&app, zones, What::Nodes), "{mode} {restored} {zones:?}");
        }
    }
}

#[test]
fn the_verdict_on_buckets_is_what_an_exhaustive_search_finds() {
    for zones in [&["a", "b"][..], &["a", "b", "c"][..], &["a", "b", "c", "d"][..]] {
        for (replicas, below) in [(1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3), (5, 3)] {
            let named: Vec<_> = zones.iter().map(|zone| format!("\"{zone}\"")).collect();
            // What is lost with its zone can only be moved while a copy or a replica is left.
            let app = format!(
                "[study]\nhorizon = \"10d\"\nreplications = 1\n[region.r]\ncountry = \"DE\"\nzones = [{}]\n\
                 [region.far]\ncountry = \"AT\"\nzones = 1\n[app.x]\n{MANAGED}[app.x.files]\nsize = \"1GiB\"\n\
                 replicas = {replicas}\nlost_with_zone = \"0%\"\ncopy_to = \"far\"\n\
                 relocate = {{ below = {below}, after = \"1h\", to = \"far\" }}\n",
                named.join(", ")
            );
            let rule = "[app.x.residency]\nkeep_in = { files = \"DE\" }\n";
            let told = paths(&format!("{app}{rule}"));
            let moved = told.iter().filter(|path| path.asset == "files");
            let verdict: BTreeSet<_> = moved
                .flat_map(|path| path.lost.iter().map(|lost| (path.to.clone(), lost.clone())))
                .collect();
            assert_eq!(
                verdict,
                searched(&app, zones, What::Bucket),
                "{replicas} {below} {zones:?}"
            );
        }
    }
}

#[test]
fn another_region_is_a_path_of_its_own() {
    let text = |database: &str| {
        format!(
            "{ZONES}[region.s]\ncountry = \"US\"\nzones = [\"sa\", \"sb\"]\n[app.x]\n{MANAGED}\
             fallback = {{ region = \"s\" }}\nresidency = {{ keep_in = \"DE\" }}\n{database}"
        )
    };
    let containers = paths(&text(""));
    assert_eq!(containers.len(), 1);
    assert_eq!((containers[0].to.as_str(), containers[0].asset.as_str()), ("s", "container"));
    assert_eq!(containers[0].lost, [["a", "b", "c"]]);
    assert_eq!(
        containers[0].condition,
        "only if all 3 zones of r are lost and the fallback is ordered"
    );
    // A copy is there from the beginning; what is restored only comes with the app.
    let copied = paths(&text("[app.x.database]\nmode = \"single\"\nreplica.region = \"s\"\n"));
    let copy = copied.iter().find(|it| it.asset == "database").expect("a copy");
    assert!(copy.is_unconditional() && copy.to == "s" && copy.chain == ["copied"]);
    let restored = paths(&text(
        "[app.x.database]\nmode = \"single\"\nsize = \"1GiB\"\nnothing_left = \"restore\"\n\
         restore.takes = \"1h\"\n[app.x.backups]\nnightly = \"01:00\"\ncopy_to = \"s\"\n",
    ));
    let restored = restored.iter().find(|it| it.asset == "database").expect("a restore");
    assert_eq!(
        (&restored.lost, restored.chain.as_slice()),
        (&containers[0].lost, &["restored".into()][..])
    );
}

/// Backups go where the database is: by the loss of its nodes, whose copy is promoted then, or by that of the
/// region, from which the app goes away.
#[test]
fn the_verdict_on_backups_is_what_an_exhaustive_search_finds() {
    let copied =
        "replica = { lag = \"1s\", decision = \"10min\", promote = \"1min\", region = \"s\" }\n";
    let fallback = "fallback = { region = \"s\", decision = \"10min\", return = \"30d\" }\n";
    let restored = "nothing_left = \"restore\"\nrestore = { takes = \"10min\" }\n";
    let cases = [
        ("single", copied, ""),
        ("multi-az", copied, ""),
        ("multi-az", copied, fallback),
        ("cluster", copied, fallback),
        ("single", restored, fallback),
        ("single", restored, ""),
        ("multi-az", restored, fallback),
    ];
    for (mode, database, fallback) in cases {
        for copy_to in ["s", "t"] {
            let app = format!(
                "[study]\nhorizon = \"10d\"\nreplications = 1\n[region.r]\ncountry = \"DE\"\nzones = [\"a\", \"b\", \"c\"]\n\
                 [region.s]\ncountry = \"AT\"\nzones = [\"d\", \"e\"]\n[region.t]\ncountry = \"CH\"\nzones = 1\n\
                 [app.x]\n{MANAGED}{fallback}[app.x.database]\nmode = \"{mode}\"\nsize = \"1GiB\"\n{database}\
                 [app.x.backups]\nnightly = \"none\"\non_demand = \"1h\"\ncopy_to = \"{copy_to}\"\n"
            );
            let rule = "[region.far]\ncountry = \"US\"\nzones = 1\n[app.x.residency]\nkeep_in = { backups = \"US\" }\n";
            let told = paths(&format!("{app}{rule}"));
            let all: BTreeSet<_> = told
                .iter()
                .flat_map(|path| path.lost.iter().map(|lost| (path.to.clone(), lost.clone())))
                .collect();
            let zones = ["a", "b", "c", "d", "e"];
            let found = searched(&app, &zones, What::Snapshots);
            assert_eq!(smallest(&all), found, "{mode} {copy_to} {database}{fallback}");
        }
    }
}

/// Every order of losses, simulated: the smallest sets of zones lost at once that make a preventive control
/// refuse a place.
fn refusals(app: &str, zones: &[&str]) -> BTreeSet<(String, Vec<String>)> {
    let mut found: BTreeSet<(String, Vec<String>)> = BTreeSet::new();
    for order in orders(zones) {
        let spec = scenario(&format!("{app}{}", losses(&order)));
        let topology = assemble(&spec);
        let rows = rows(&topology, &plan(&spec, &topology), 0).0;
        let mut lost: Vec<String> = order.iter().map(|it| it.to_string()).collect();
        lost.sort();
        assert!(rows.iter().all(|row| row.verdict == PathVerdict::Refused), "{rows:?}");
        found.extend(rows.into_iter().map(|row| (row.place, lost.clone())));
    }
    smallest(&found)
}

#[test]
fn what_is_refused_is_what_an_exhaustive_search_finds() {
    let backups = "[app.x.backups]\nnightly = \"none\"\non_demand = \"1h\"\n";
    let restored = "[app.x.database]\nmode = \"MODE\"\nsize = \"1GiB\"\nnothing_left = \"restore\"\n\
        restore = { takes = \"10min\" }\nlogs = { every = \"5min\" }\n";
    let fallback = "fallback = { region = \"s\", decision = \"10min\", return = \"30d\" }\n";
    let copied = "[app.x.database]\nmode = \"multi-az\"\nsize = \"1GiB\"\n\
        replica = { lag = \"1s\", decision = \"10min\", promote = \"1min\", region = \"s\" }\n";
    let files = "[app.x.files]\nsize = \"1GiB\"\nreplicas = 3\nlost_with_zone = \"0%\"\nreads = \"10%\"\n\
        relocate = { below = 2, after = \"1h\", to = \"s\" }\n";
    let mut cases = Vec::new();
    for inside in ["\"a\"", "\"b\"", "\"a\", \"c\"", "\"b\", \"c\", \"d\""] {
        for containers in 1..=3 {
            for managed in [
                "placement = \"spread\"\nhealth_manager = { start = \"1min\" }\n",
                "placement = \"home\"\nhealth_manager = { start = \"1min\" }\n",
                "placement = \"pinned\"\nhealth_manager = { start = \"1min\" }\n",
                "supervisor = { restart = \"1min\" }\n",
            ] {
                cases.push(format!(
                    "{managed}containers = {containers}\n\
                     residency = {{ control = \"preventive\", keep_in = [{inside}] }}\n"
                ));
            }
        }
        for mode in ["single", "multi-az"] {
            cases.push(format!(
                "{MANAGED}residency = {{ control = \"preventive\", covers = \"rest\", keep_in = [{inside}] }}\n{}",
                restored.replace("MODE", mode)
            ));
        }
    }
    let rule = |class: &str, to: &str| {
        format!("residency = {{ control = \"preventive\", keep_in = {{ {class} = {to} }} }}\n")
    };
    let single = restored.replace("MODE", "single");
    cases.push(format!("{MANAGED}{}{files}", rule("files", "\"DE\"")));
    // Backups are refused where the database goes, and no second copy is made of what is not taken.
    for home in ["\"DE\"", "[\"DE\", \"CH\"]"] {
        let rule = rule("backups", home);
        for database in [copied, &single] {
            let copy =
                if *database == single || home != "\"DE\"" { "copy_to = \"t\"\n" } else { "" };
            if home == "\"DE\"" && !copy.is_empty() {
                continue; // a contradiction of the file with itself
            }
            cases.push(format!("{MANAGED}{fallback}{rule}{database}{backups}{copy}"));
        }
    }
    // Containers may go to one zone of the other region.
    cases.push(format!("{MANAGED}{fallback}{}", rule("database", "[\"DE\", \"f\"]")));
    let mut told = 0;
    for case in cases {
        let region = if case.contains("\nresidency = { control = \"preventive\", keep_in = [")
            || case.contains("covers")
        {
            ("\"a\", \"b\", \"c\", \"d\"", vec!["a", "b", "c", "d"])
        } else {
            ("\"a\", \"b\", \"c\"", vec!["a", "b", "c", "e", "f"])
        };
        let app = format!(
            "[study]\nhorizon = \"10d\"\nreplications = 1\n[region.r]\ncountry = \"DE\"\nzones = [{}]\n\
             [region.s]\ncountry = \"AT\"\nzones = [\"e\", \"f\"]\n[region.t]\ncountry = \"CH\"\nzones = 1\n\
             [app.x]\nregion = \"r\"\n{}",
            region.0,
            case.replace("region = \"r\"\n", "")
        );
        let paths = paths(&app);
        let refused = paths.iter().filter(|path| path.verdict == PathVerdict::Refused);
        let verdict: BTreeSet<_> = refused
            .flat_map(|path| path.lost.iter().map(|lost| (path.to.clone(), lost.clone())))
            .collect();
        told += verdict.len();
        assert_eq!(smallest(&verdict), refusals(&app, &region.1), "{app}\n{paths:#?}");
    }
    assert!(told > 60, "{told}");
}
