//! What the parts of an architecture do with data: where it stands, and where it may go from there.

use super::About;
use super::backups::backups;
use super::buckets::files;
use super::containers::{containers, home_lost, instead};
use super::explore::Needs;
use crate::model::residency::{Class, Move};
use crate::scenario::rules;
use crate::scenario::spec::Site;

/// A region, or one of its zones.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// `None`: nobody says where.
    pub site: Option<Site>,
    pub zone: Option<String>,
}

/// Something with data of an app, at a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holding {
    /// What it is called in verdicts and ledgers: `container`, `logs`, `nightly backup` …
    pub asset: String,
    pub class: Class,
    /// Not kept there, only processed.
    pub processed: bool,
    /// A copy that is not copied on.
    pub second: bool,
    pub place: Place,
}

/// Data that stands somewhere, or goes somewhere else.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Where it comes from, if not from what it is a flow of; `None`: from there, or from nowhere.
    pub from: Option<Place>,
    pub to: Holding,
    /// What brings it there.
    pub by: Move,
    /// Any one of these makes it happen.
    pub needs: Vec<Needs>,
}

/// Adds the flows of one part of the architecture: those from nowhere, or those from a holding.
type Contributor = fn(&About<'_>, Option<&Holding>, &mut Vec<Flow>);

/// Who moves data. Each says for itself what it takes, as its verbs in the model do.
pub const CONTRIBUTORS: &[Contributor] =
    &[containers, database, database_abroad, files, backups, logs, dependencies];

/// All flows from nowhere, or from a holding.
pub(super) fn flows(about: &About<'_>, from: Option<&Holding>) -> Vec<Flow> {
    let mut all = Vec::new();
    for contributor in CONTRIBUTORS {
        contributor(about, from, &mut all);
    }
    all
}

/// The region of an app.
pub(super) fn home(about: &About<'_>) -> Site {
    rules::home(about.scenario, about.app)
}

/// The log stream, where the scenario says that it is kept elsewhere than the app.
fn logs(about: &About<'_>, from: Option<&Holding>, flows: &mut Vec<Flow>) {
    let (Some(logs), None) = (&about.app.logs, from) else { return };
    flows.push(Flow {
        from: Some(Place { site: Some(home(about)), zone: None }),
        to: Holding {
            asset: "logs".into(),
            class: Class::Logs,
            processed: false,
            second: false,
            place: Place { site: Some(logs.site.clone()), zone: None },
        },
        by: Move::Shipped,
        needs: vec![Needs::nothing()],
    });
}

/// What dependencies process of the apps that use them.
fn dependencies(about: &About<'_>, from: Option<&Holding>, flows: &mut Vec<Flow>) {
    if from.is_some() {
        return;
    }
    let mine = about.scenario.dependencies.iter().filter(|it| it.used_by.contains(&about.app.name));
    for dependency in mine {
        let Some(class) = dependency.data else { continue };
        flows.push(Flow {
            from: Some(Place { site: Some(home(about)), zone: None }),
            to: Holding {
                asset: dependency.name.clone(),
                class,
                processed: true,
                second: false,
                place: Place { site: dependency.site.clone(), zone: None },
            },
            by: Move::Processed,
            needs: vec![Needs::nothing()],
        });
    }
}

/// Nodes of the database, each in its own zone; with none left it is restored into the first zone that
/// is up.
fn database(about: &About<'_>, from: Option<&Holding>, flows: &mut Vec<Flow>) {
    let (Some(database), None) = (&about.app.database, from) else { return };
    let nodes = database.settings.mode.nodes() as usize;
    let restored = database.settings.restore.is_some();
    let (allowed, refused) = about.split(&database.zones, |it| &it.refused_nodes);
    let mut all = Vec::new();
    for (index, zone) in allowed.iter().enumerate() {
        match index < nodes {
            true => all.push((zone.clone(), Move::Kept, vec![Needs::nothing()])),
            false if restored => {
                all.push((zone.clone(), Move::Restored, vec![Needs::lost(&allowed[..index])]));
            }
            false => {}
        }
    }
    if restored {
        let instead = instead(&Needs::nothing(), &allowed, &refused);
        all.extend(instead.into_iter().map(|(zone, needs)| (zone, Move::Restored, needs)));
    }
    for (zone, by, needs) in all {
        let place = Place { site: Some(home(about)), zone: Some(zone) };
        let (asset, class) = ("database".into(), Class::Database);
        let to = Holding { asset, class, processed: false, second: false, place };
        flows.push(Flow { from: None, to, by, needs });
    }
}

/// Its node in another region: the copy that lags behind, or what is restored there when the app goes
/// there, in the first zone that is up.
fn database_abroad(about: &About<'_>, from: Option<&Holding>, flows: &mut Vec<Flow>) {
    let (Some(database), None) = (&about.app.database, from) else { return };
    let mut to = |region: &str, zone: &String, by: Move, needs: Needs| {
        flows.push(Flow {
            from: Some(Place { site: Some(home(about)), zone: None }),
            to: Holding {
                asset: "database".into(),
                class: Class::Database,
                processed: false,
                second: false,
                place: Place {
                    site: Some(rules::site(about.scenario, region)),
                    zone: Some(zone.clone()),
                },
            },
            by,
            needs: vec![needs],
        });
    };
    if let Some(region) = &database.replica_in {
        // Zones that a preventive rule refuses are passed over.
        let topology = about.topology;
        let node = topology.database_of(about.id).and_then(|it| topology.databases[it].abroad);
        let zone = node.and_then(|it| topology.group_of(it).zones.first());
        let zone = &topology.zones[*zone.expect("a copy stands somewhere")].name;
        to(region, zone, Move::Copied, Needs::nothing());
    }
    if let (Some(fallback), Some(_)) = (&about.app.fallback, &database.settings.restore) {
        let zones = rules::zones_of(about.scenario, &fallback.region);
        for (index, zone) in zones.iter().enumerate() {
            let needs = home_lost(about).with(&Needs::lost(&zones[..index]));
            to(&fallback.region, zone, Move::Restored, needs);
        }
    }
}
