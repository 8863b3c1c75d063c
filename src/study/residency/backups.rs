//! Where snapshots may come to stand, and their second copies: where the data is.

use super::About;
use super::containers::home_lost;
use super::explore::Needs;
use super::flows::{Flow, Holding, Place, home};
use crate::model::residency::{Class, Control, Move, Standing};
use crate::scenario::rules::standing;
use crate::scenario::spec::{Backups, Effect, Site, Target};

/// Snapshots, which first stand at home, or where the database has gone, and their second copies.
pub(super) fn backups(about: &About<'_>, from: Option<&Holding>, flows: &mut Vec<Flow>) {
    let Some(backups) = &about.app.backups else { return };
    for calendar in &backups.rules.calendars {
        let asset = format!("{} backup", calendar.series.name());
        let mut flow = |site: &Site, second: bool, needs: Vec<Needs>| {
            let place = Place { site: Some(site.clone()), zone: None };
            let (asset, class) = (asset.clone(), Class::Backups);
            let to = Holding { asset, class, processed: false, second, place };
            let by = if second { Move::Copied } else { Move::Taken };
            // What is taken abroad is there because the data has gone from home.
            let gone = from.is_some() && !second;
            let from = gone.then(|| Place { site: Some(home(about)), zone: None });
            flows.push(Flow { from, to, by, needs });
        };
        let Some(from) = from else {
            flow(&home(about), false, vec![Needs::nothing()]);
            continue;
        };
        if from.asset == asset && !from.second {
            if let Some(site) = copied_from(about, backups, from) {
                flow(site, true, vec![Needs::nothing()]);
            }
        } else if let Some(abroad) = &backups.abroad
            && goes_along(about, from)
            && from.place.site.as_ref() == Some(&abroad.site)
        {
            flow(&abroad.site, false, goes_on_abroad(about));
        }
    }
}

/// Where a snapshot is copied. One that is refused is not there to be copied.
fn copied_from<'a>(about: &About<'a>, backups: &'a Backups, from: &Holding) -> Option<&'a Site> {
    let place = from.place.site.as_ref()?;
    if *place == home(about) {
        return backups.copy_to.as_ref();
    }
    let refused = about.app.residency.as_ref().is_some_and(|rule| {
        rule.control == Control::Preventive
            && standing(rule, Class::Backups, place, None) == Standing::Outside
    });
    backups.abroad.as_ref().filter(|_| !refused)?.copy_to.as_ref()
}

/// Whether it is what backups abroad are taken of: the database, or else the files.
fn goes_along(about: &About<'_>, from: &Holding) -> bool {
    match about.app.database {
        Some(_) => from.asset == "database",
        None => from.class == Class::Files && from.processed,
    }
}

/// What it takes for the database to go on in the other region: its app goes there, or its copy is promoted
/// by itself.
fn goes_on_abroad(about: &About<'_>) -> Vec<Needs> {
    let mut needs = Vec::new();
    if about.app.fallback.is_some() {
        needs.push(home_lost(about));
    }
    let Some(database) = about.app.database.as_ref().filter(|it| it.replica_in.is_some()) else {
        return needs;
    };
    const PROMOTED: &str = "the copy of the database is promoted";
    let nodes = database.settings.mode.nodes() as usize;
    needs.push(Needs::lost(&database.zones[..nodes.min(database.zones.len())]).also(PROMOTED));
    let mine = |target: &Target| match target {
        Target::DatabaseNode(name) => {
            name.rsplit_once('/').is_some_and(|it| it.0 == about.app.name)
        }
        Target::Database(name) => *name == about.app.name,
        _ => false,
    };
    let strikes = |effect: Effect, targets: &[Target]| {
        matches!(effect, Effect::Crash | Effect::Outage) && targets.iter().any(mine)
    };
    let failures = about.scenario.failures.iter().any(|it| strikes(it.effect, it.targets.named()));
    if failures || about.scenario.incidents.iter().any(|it| strikes(it.effect, &it.targets)) {
        needs.push(Needs::nothing().also("no node is left at home").also(PROMOTED));
    }
    needs
}
