//! Where data was in a swarm of random scenarios: every row of every ledger is on a path that the static
//! verdict named, rows add up to the sums, and both agree with the world looked at after every instant.

mod common;

use common::invariants::Checker;
use common::residency::rows_add_up;
use common::{is_sound, random, scenario, watched};
use std::fmt::Write;
use zonefall::history;
use zonefall::measure::{Measures, Plan};
use zonefall::scenario::assemble::assemble;
use zonefall::scenario::spec::Scenario;
use zonefall::study::findings::{DataPath, LedgerRow, PathVerdict};
use zonefall::study::plan::plan;
use zonefall::study::residency::{rows, static_verdict};

const SCENARIOS: u64 = 120;

/// A random scenario whose apps keep files, backups and logs, with a rule that part of it breaks; none
/// where it would be refused for ever.
fn ruled(seed: u64) -> Option<String> {
    // Where data was is only told of whole replications.
    let mut text = random::scenario_text(seed).replace("stop = \"first-outage\"\n", "");
    let spec = scenario(&text);
    let mut dice = random::Dice(seed ^ 0x5e51de);
    text += "[region.abroad]\ncountry = \"US\"\nzones = 1\n[region.neighbour]\ncountry = \"AT\"\nzones = 1\n";
    for app in &spec.apps {
        let name = &app.name;
        if app.files.is_none() {
            let _ = writeln!(text, "[app.{name}.files]\nsize = \"{}GiB\"", dice.within(1, 9));
        }
        if app.backups.is_none() && dice.percent(60) {
            let to = if dice.percent(50) { "abroad" } else { "neighbour" };
            let _ = writeln!(
                text,
                "[app.{name}.backups]\nnightly = \"none\"\non_demand = \"{}h\"\ncopy_to = \"{to}\"\n\
                 takes = \"9min\"\nfails = \"10%\"\ncopy = {{ lag = \"{}min\", fails = \"20%\", retries = 1 }}\n\
                 keep = {{ on_demand = \"{}min\" }}",
                dice.within(1, 7),
                dice.within(0, 300),
                dice.within(1, 900)
            );
        }
        if dice.percent(30) {
            let _ = writeln!(text, "[app.{name}.logs]\nregion = \"abroad\"\nsize = \"1GiB\"");
        }
    }
    if dice.percent(30) {
        text += "[dependency.who]\ndata = \"identity\"\nregion = \"abroad\"\n";
    }
    // The first zone of every region, and of the others every second one.
    let inside =
        |(index, _): &(usize, &String)| *index == 0 || (seed as usize + index).is_multiple_of(2);
    let zones = spec.regions.iter().flat_map(|region| {
        let kept = region.zones.iter().enumerate().filter(inside);
        kept.map(|(_, zone)| format!("\"{zone}\"")).collect::<Vec<_>>()
    });
    let zones = zones.collect::<Vec<_>>().join(", ");
    let preventive = dice.percent(35);
    // What is copied every night on order may not be refused.
    let rest = match dice.within(0, 2) {
        _ if preventive && dice.percent(80) => "[\"DE\", \"AT\", \"US\"]",
        0 => "\"DE\"",
        _ => "\"EU\"",
    };
    // Buckets that are moved to the other region leave the first.
    let home = spec.apps.iter().all(|app| app.region == "r0") || !preventive && dice.percent(50);
    let files = if home { "r0" } else { "DE" };
    let logs = if dice.percent(50) {
        "\nexcept = [{ data = \"logs\", to = \"US\", basis = \"annex\" }]"
    } else {
        ""
    };
    let control = if preventive { "preventive" } else { "detective" };
    let _ = writeln!(
        text,
        "[residency]\ncontrol = \"{control}\"{logs}\nkeep_in = {{ database = [{zones}], files = \"{files}\", \
         backups = {rest}, logs = {rest}, identity = \"DE\" }}"
    );
    is_sound(&text).then_some(text)
}

fn swarm() -> impl Iterator<Item = (u64, String, Scenario)> {
    (1..=SCENARIOS).filter_map(|seed| {
        let text = ruled(seed)?;
        let spec = scenario(&text);
        Some((seed, text, spec))
    })
}

fn names(path: &DataPath, row: &LedgerRow) -> bool {
    path.app == row.app
        && path.data == row.data
        && path.to == row.place
        && path.verdict == row.verdict
        && row.asset.starts_with(&path.asset)
        && path.processed == row.processed
}

#[test]
fn every_row_of_a_swarm_is_on_a_path_of_the_verdict() {
    let mut seen = [0; 3];
    for (seed, text, spec) in swarm() {
        let topology = assemble(&spec);
        let plan = plan(&spec, &topology);
        let verdict = static_verdict(&spec);
        for row in rows(&topology, &plan, 0).0 {
            let path = verdict.iter().find(|path| names(path, &row));
            let path = path.unwrap_or_else(|| panic!("seed {seed}: {row:?} is on no path\n{text}"));
            // What needs no loss may begin with one all the same.
            let alone = path.lost.iter().any(Vec::is_empty);
            assert!(!row.cause.is_empty() || alone, "seed {seed}: {row:?}, {path:?}\n{text}");
            // A path that is told tells the shortest chain.
            let same = row.chain == path.chain;
            assert!(!row.cause.is_empty() || same, "seed {seed}: {row:?}, {:?}", path.chain);
            seen[row.verdict as usize] += 1;
        }
    }
    let [violations, refusals, exceptions] = [
        seen[PathVerdict::Violation as usize],
        seen[PathVerdict::Refused as usize],
        seen[PathVerdict::Excepted as usize],
    ];
    assert!(violations > 1000 && refusals > 50 && exceptions >= 5, "{seen:?}");
}

#[test]
fn ledgers_of_a_swarm_add_up_and_agree_with_the_world() {
    for (seed, text, spec) in swarm() {
        let topology = assemble(&spec);
        let plan = plan(&spec, &topology);
        let mut checker = Checker::all();
        let (watched, ..) = watched(&topology, &plan, 0, &mut checker);
        let (told, kept) = both(&topology, &plan);
        assert_eq!(told, Ok(()), "seed {seed}\n{text}");
        assert!(checker.broken.is_empty(), "seed {seed}: {}\n{text}", checker.told());
        // Keeping rows changes nothing.
        let classes = zonefall::model::residency::Class::ALL;
        for (a, b) in watched.residency.apps.iter().zip(&kept.residency.apps) {
            for class in classes.into_iter().filter(|it| it.name() != "backups") {
                let sums = |of: &zonefall::measure::residency::AppLedger| {
                    let tally = of.tallies[class as usize];
                    (tally.begun, tally.outside, tally.byte_nanos)
                };
                assert_eq!(sums(a), sums(b), "seed {seed}");
            }
        }
    }
}

fn both<'p>(
    topology: &zonefall::model::topology::Topology,
    plan: &'p Plan,
) -> (Result<(), String>, Measures<'p>) {
    let mut measures = Measures::new(plan, topology);
    measures.residency.rows = Some(Vec::new());
    measures.residency.everything = true;
    let sim = history::run(topology, 0, measures);
    let (now, mut measures) = (sim.now, sim.listener);
    measures.finish(now, topology);
    measures.survey(now, topology, &sim.world);
    (rows_add_up(&measures, topology), measures)
}

/// A rule goes by what is inside, not by what it is called.
#[test]
fn other_names_of_regions_and_zones_change_no_verdict() {
    for (seed, text, spec) in swarm() {
        let renamed = text
            .replace("abroad", "beyond")
            .replace("neighbour", "next-door")
            .replace("[region.r", "[region.q")
            .replace("region.r", "region.q")
            .replace("\"r0\"", "\"q0\"")
            .replace("\"r1\"", "\"q1\"");
        let back = |text: String| {
            text.replace("beyond", "abroad")
                .replace("next-door", "neighbour")
                .replace("q0", "r0")
                .replace("q1", "r1")
        };
        let told = |spec: &Scenario| serde_json::to_string_pretty(&static_verdict(spec)).unwrap();
        let other = back(told(&scenario(&renamed)));
        assert_eq!(told(&spec), other, "seed {seed}\n{renamed}");
    }
}
