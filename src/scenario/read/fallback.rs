//! `[app.NAME.fallback]`, and the copy of a database in another region.

use crate::model::database::Replica;
use crate::model::fallback::Settings;
use crate::scenario::law::{Of, Plain, law};
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::{closest, listed, quoted};
use crate::scenario::spec::{Fallback, Placement, Recovery, Region};
use crate::scenario::view::View;

/// The fallback of an app, if it has one; the outer `Option` is a mistake.
pub(super) fn fallback(
    app: View<'_>,
    home: &Region,
    regions: &[Region],
) -> Option<Option<Fallback>> {
    let plus = is_premium_plus(app)?;
    let view = if app.has("fallback") { Some(app.inside("fallback")?) } else { None };
    let Some(view) = view.filter(|it| it.has("region")) else {
        let own = view.map(|it| it.at).filter(|at| !app.reading.is_preset(*at));
        if plus || own.is_some() {
            let help = "say where it goes, e.g. fallback = { region = \"eu-west-1\" }";
            match view.filter(|_| own.is_some()) {
                Some(view) => view.missing("region", help),
                // What the preset says of every fallback is nobody's mistake: the plan asks for one.
                None => {
                    let title = "plan premium-plus needs a `fallback` with a `region`";
                    app.reading.mistake(Mistake::new(app.at("plan"), title).help(help));
                }
            }
            return None;
        }
        return Some(None);
    };
    let region = other_region(view, home, regions);
    let delay = |name| law(view, name, Of::Time, Plain::Constant);
    let (decision, prepare) = (delay("decision"), delay("prepare"));
    let (dns, back) = (delay("dns"), delay("return"));
    let settings = Settings { decision: decision?, prepare: prepare?, dns: dns?, back: back? };
    Some(Some(Fallback { region: region?, settings }))
}

/// What goes elsewhere must be able to.
pub(super) fn check_movable(
    app: View<'_>,
    fallback: Option<&Fallback>,
    placement: Option<Placement>,
    recovery: Option<&Recovery>,
) {
    if fallback.is_none() {
        return;
    }
    let mistake = |title: &str, help: &str| {
        app.reading.mistake(Mistake::new(app.at("fallback"), title).help(help));
    };
    if placement == Some(Placement::Pinned) {
        let title = "containers that are pinned to their zones cannot start in another region";
        mistake(title, "write placement = \"spread\" or \"home\"");
    }
    if matches!(recovery, Some(Recovery::Supervisor { .. })) {
        let title = "a supervisor restarts in place: nothing would start in the other region";
        mistake(title, "give the app a `health_manager`");
    }
}

/// Whether the plan is the one with another region.
fn is_premium_plus(app: View<'_>) -> Option<bool> {
    Some(app.has("plan") && app.choice("plan")? == "premium-plus")
}

/// A region that is not the app's own.
fn other_region(view: View<'_>, home: &Region, regions: &[Region]) -> Option<String> {
    let word = view.word("region")?;
    if word.text == home.name {
        let title = format!("{} is the app's own region", quoted(word.text));
        view.reading.mistake(Mistake::new(word.at, title).help("name another one"));
        return None;
    }
    if regions.iter().any(|it| it.name == word.text) {
        return Some(word.text.to_owned());
    }
    let names = || regions.iter().map(|it| it.name.as_str());
    let title = format!("there is no region `{}`", quoted(word.text));
    let known = || format!("there are {}", listed(&names().take(30).collect::<Vec<_>>(), "and"));
    view.reading.mistake(Mistake::new(word.at, title).meant(closest(word.text, names()), known));
    None
}

/// The copy of a database in another region, with that region; the outer `Option` is a mistake. `own`: its
/// app speaks of one itself, not only what all databases of its mode have.
pub(super) fn replica(
    app: View<'_>,
    (database, own): (View<'_>, bool),
    fallback: Option<&Fallback>,
    home: &Region,
    regions: &[Region],
) -> Option<Option<(String, Replica)>> {
    let none = |node| database.chosen(database.key("replica"), node).is_some();
    if database.node("replica").is_none_or(none) {
        return Some(None);
    }
    let view = database.inside("replica")?;
    let region = match (view.has("region"), fallback) {
        (true, _) => other_region(view, home, regions),
        (false, Some(fallback)) if own || is_premium_plus(app)? => Some(fallback.region.clone()),
        (false, _) if own => {
            view.missing("region", "say where the copy stands, e.g. region = \"eu-west-1\"");
            None
        }
        (false, _) => return Some(None),
    };
    let delay = |name| law(view, name, Of::Time, Plain::Constant);
    let (lag, decision, promote) = (delay("lag"), delay("decision"), delay("promote"));
    let region = region?;
    if let Some(fallback) = fallback.filter(|it| it.region != region) {
        let title = format!(
            "the app goes to {}, and the copy of its database is elsewhere",
            fallback.region
        );
        let mistake = Mistake::new(view.at("region"), title);
        view.reading.mistake(mistake.help("leave out the `region` of the replica"));
        return None;
    }
    Some(Some((region, Replica { lag: lag?, decision: decision?, promote: promote? })))
}
