//! Where files may come to stand: with their bucket, copied, or moved when it is short of replicas.

use super::About;
use super::containers::home_lost;
use super::explore::{Needs, smallest};
use super::flows::{Flow, Holding, Place, home};
use crate::model::residency::{Class, Move};
use crate::scenario::spec::{Destination, Effect, Target};

/// Regions with more zones are taken to lose each of them singly.
const MOST_ZONES: usize = 10;

const COPY: &str = "copy of files";

/// The bucket of files, which stands over the zones of its region.
pub(super) fn files(about: &About<'_>, from: Option<&Holding>, flows: &mut Vec<Flow>) {
    let Some(settings) = &about.app.files else { return };
    if let Some(from) = from {
        // An app that has gone to its copy processes it there.
        let copy = from.asset == COPY && !from.processed;
        if copy && settings.goes_along(about.app.fallback.as_ref()) {
            let (asset, class, place) = ("files".into(), Class::Files, from.place.clone());
            let to = Holding { asset, class, processed: true, second: false, place };
            let needs = vec![home_lost(about)];
            let home = Place { site: Some(home(about)), zone: None };
            flows.push(Flow { from: Some(home), to, by: Move::Processed, needs });
        }
        return;
    }
    flows.push(Flow {
        from: None,
        to: Holding {
            asset: "files".into(),
            class: Class::Files,
            processed: false,
            second: false,
            place: Place { site: Some(home(about)), zone: None },
        },
        by: Move::Kept,
        needs: vec![Needs::nothing()],
    });
    elsewhere(about, flows);
}

/// The copy of every object in another region, and where a bucket is moved that is short of replicas.
fn elsewhere(about: &About<'_>, flows: &mut Vec<Flow>) {
    let Some(files) = &about.app.files else { return };
    let home = Place { site: Some(home(about)), zone: None };
    let flow = |asset: &str, by: Move, place: Place, needs| Flow {
        from: Some(home.clone()),
        to: Holding {
            asset: asset.into(),
            class: Class::Files,
            processed: false,
            second: false,
            place,
        },
        by,
        needs,
    };
    if let Some((site, _)) = &files.copy {
        let place = Place { site: Some(site.clone()), zone: None };
        flows.push(flow(COPY, Move::Copied, place, vec![Needs::nothing()]));
    }
    if let Some(relocation) = &files.relocation {
        let place = match &relocation.to {
            Destination::Region(site) => Place { site: Some(site.clone()), zone: None },
            Destination::Zone(zone, site) => {
                Place { site: Some(site.clone()), zone: Some(zone.clone()) }
            }
        };
        flows.push(flow(
            "files",
            Move::Relocated,
            place,
            short_of_replicas(about, relocation.below),
        ));
    }
}

/// What it takes until fewer than `below` replicas are up: zones that hold too many of them, or losses of
/// replicas by themselves.
fn short_of_replicas(about: &About<'_>, below: u32) -> Vec<Needs> {
    let (Some(files), regions) = (&about.app.files, &about.scenario.regions) else {
        return Vec::new();
    };
    let region = regions.iter().find(|it| it.name == about.app.region);
    let zones = &region.expect("checked: a known region").zones;
    let replicas = files.settings.replicas as usize;
    // So many must be missing.
    let missing = replicas - below as usize + 1;
    let stays = |zone: &&String| !matches!(&files.relocation, Some(it) if matches!(&it.to, Destination::Zone(to, _) if to == *zone));
    let lost = |mask: usize| -> Option<Needs> {
        let gone: Vec<_> = (0..zones.len()).filter(|zone| mask >> zone & 1 == 1).collect();
        let held = (0..replicas).filter(|replica| gone.contains(&(replica % zones.len()))).count();
        let zones: Vec<_> = gone.into_iter().map(|zone| &zones[zone]).collect();
        (held >= missing && zones.iter().all(stays)).then(|| Needs::lost(zones))
    };
    let mut needs: Vec<Needs> = match zones.len() {
        few if few <= MOST_ZONES => (1..1 << few).filter_map(lost).collect(),
        _ => zones.iter().filter(stays).map(|zone| Needs::lost([zone])).collect(),
    };
    let mine = |target: &Target| matches!(target, Target::Replica(name) if name.rsplit_once('/').is_some_and(|it| it.0 == about.app.name));
    let strikes = |effect: Effect, targets: &[Target]| {
        matches!(effect, Effect::Crash | Effect::Outage) && targets.iter().any(mine)
    };
    let failures = about.scenario.failures.iter().any(|it| strikes(it.effect, it.targets.named()));
    if failures || about.scenario.incidents.iter().any(|it| strikes(it.effect, &it.targets)) {
        let told = if missing == 1 {
            "a replica is lost".into()
        } else {
            format!("{missing} replicas are lost")
        };
        needs.push(Needs::nothing().also(told));
    }
    smallest(needs)
}
