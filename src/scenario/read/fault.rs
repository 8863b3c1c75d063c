//! `[failure.NAME]` and `[[incident]]`.

use super::around::up_time;
use super::moment::moment;
use super::patterns::{Class, Names};
use crate::engine::Dist;
use crate::scenario::assemble::{OF_CHANGES, OF_THE_MODEL};
use crate::scenario::kinds::unfit;
use crate::scenario::law::{Of, Plain, law};
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::{listed, quoted};
use crate::scenario::reading::Reading;
use crate::scenario::sources::At;
use crate::scenario::spec::{Company, Effect, Failure, Incident, Pick, Study, Target, Targets};
use crate::scenario::tree::{Node, Value};
use crate::scenario::units;
use crate::scenario::view::{View, Word};
use crate::time::Span;

/// What a fault may act on.
pub(super) fn allowed(effect: Effect) -> &'static [Class] {
    use Class::*;
    match effect {
        Effect::Crash => &[Container, App, Host, HealthManager, DatabaseNode, Replica, Router],
        Effect::Hang => &[Container, App],
        Effect::Outage => &[
            Zone,
            Region,
            Dependency,
            Host,
            Container,
            App,
            HealthManager,
            DatabaseNode,
            Replica,
            Router,
        ],
        Effect::Isolation => &[Zone, Region, Host, Router],
        Effect::ControlPlane => &[Region],
        Effect::FileErrors => &[Zone, Region],
        Effect::DataLoss => &[Database, Bucket],
    }
}

pub(super) fn effect_of(word: &str) -> Option<Effect> {
    Some(match word {
        "crash" => Effect::Crash,
        "hang" => Effect::Hang,
        "outage" => Effect::Outage,
        "isolation" => Effect::Isolation,
        "control-plane" => Effect::ControlPlane,
        "file-errors" => Effect::FileErrors,
        "data-loss" => Effect::DataLoss,
        _ => return None,
    })
}

/// Whether the fault itself says when it ends; otherwise the component's own recovery does.
pub(super) fn has_an_end(effect: Effect) -> bool {
    use Effect::*;
    matches!(effect, Outage | Isolation | ControlPlane | FileErrors)
}

/// A failure, or `None` where it is wrong, switched off, or has nothing to act on.
pub(super) fn failure(view: View<'_>, name: &str, names: &Names) -> Option<Failure> {
    check_name(view.reading, name, view.at);
    let effect = view.choice("kind").and_then(effect_of);
    let words = view.words("targets");
    let mtbf = mtbf(view);
    let pick = view.choice("pick")?;
    let clock = view.choice("clock")?;
    let effect = effect?;
    let lasts = lasts(view, effect, |view| law(view, "lasts", Of::Time, Plain::Constant));
    let words = words?;
    // Told one by one they would take more memory than a large fleet.
    let all_alike = matches!(effect, Effect::Crash | Effect::Hang)
        && !["one", "all"].contains(&pick)
        && matches!(words.as_slice(), [all] if all.text == "container.*")
        && !view.has("fraction")
        && !view.has("company");
    let targets = match names.containers() {
        count @ 1.. if all_alike => Targets::EveryContainer(count),
        _ => Targets::Named(struck(view, "targets", &words, effect, names)),
    };
    let fraction = if view.has("fraction") {
        check_fraction(view, effect, targets.named());
        Some(law(view, "fraction", Of::Share, Plain::Constant)?)
    } else {
        None
    };
    let company = match view.has("company") {
        true => Some(company(view, effect, targets.named())?),
        false => None,
    };
    let in_rotation = clock == "in-rotation";
    if in_rotation && targets.named().iter().any(|target| !matches!(target, Target::Container(_))) {
        let title = "only containers are in a rotation";
        view.reading.mistake(Mistake::new(view.at("clock"), title).also(view.at("targets"), ""));
    }
    if targets.is_empty() {
        note_without_effect(view, name);
        return None;
    }
    Some(Failure {
        name: name.to_owned(),
        effect,
        targets,
        pick: match pick {
            "one" => Pick::One,
            "all" => Pick::All,
            _ => Pick::Each,
        },
        mtbf: mtbf??,
        lasts: lasts?,
        fraction,
        company,
        clock_in_rotation: in_rotation,
    })
}

/// The targets of a fault. Errors of buckets act only where there are any.
fn struck(
    view: View<'_>,
    key: &str,
    words: &[Word<'_>],
    effect: Effect,
    names: &Names,
) -> Vec<Target> {
    let mut targets = names.targets(view.reading, words, allowed(effect));
    let named = !targets.is_empty();
    if effect == Effect::FileErrors {
        targets.retain(|target| names.has_files(target));
    }
    for target in &targets {
        if let (Effect::DataLoss, Target::Database(name)) = (effect, target)
            && !names.restorable.contains(name)
        {
            let title = format!("the database of {name} could not be restored");
            let help = "say how long that takes, e.g. restore = { takes = \"1h\" }, and back it up \
                        or ship its log";
            view.reading.mistake(Mistake::new(view.at(key), title).help(help));
        }
    }
    if named && targets.is_empty() && !view.reading.is_preset(view.at(key)) {
        let mistake = Mistake::new(view.at(key), "no app has files there");
        view.reading.mistake(mistake.help("say how much it has: files = { size = \"200GiB\" }"));
    }
    targets
}

fn company(view: View<'_>, effect: Effect, targets: &[Target]) -> Option<Company> {
    let hosts = targets.iter().all(|target| matches!(target, Target::Host(_)));
    if !hosts || effect != Effect::Outage {
        let title = "`company` is for outages of hosts";
        let mistake = Mistake::new(view.at("company"), title).also(view.at("targets"), "");
        view.reading.mistake(mistake.help("write kind = \"outage\" and targets = \"host.…\""));
    }
    let view = view.inside("company")?;
    let size = if view.has("size") { view.number("size")? } else { COMPANY };
    Some(Company { chance: view.share("chance")?, size })
}

/// Hosts that go together, where nothing else is said: the default of `company.size`.
const COMPANY: f64 = 3.0;

/// What fails has a name of its own among the causes of downtime.
pub(super) fn check_name(reading: &Reading, name: &str, at: At) {
    let taken = [&OF_THE_MODEL[..], &OF_CHANGES].concat();
    if taken.contains(&name) {
        let title = format!("the causes of downtime call something else `{name}`");
        let help = format!("give it another name; taken are {}", listed(&taken, "and"));
        reading.mistake(Mistake::new(at, title).help(help));
    }
}

/// Failure clocks that one component may have: which one is nearest is kept in a byte.
const MOST_CLOCKS: usize = 255;

/// Far more failures of single components than anybody has names for.
pub(super) fn check_number(reading: &Reading, failures: &[Failure], at: At) {
    let of_components =
        failures.iter().filter(|it| matches!(it.effect, Effect::Crash | Effect::Hang));
    if of_components.count() > MOST_CLOCKS {
        let title = format!("there are more than {MOST_CLOCKS} failures of kind crash or hang");
        reading.mistake(Mistake::new(at, title));
    }
}

/// The user changed a failure of the preset that has nothing to act on in this scenario.
fn note_without_effect(view: View<'_>, name: &str) {
    let theirs = view.table.entries.values().find(|entry| !view.reading.is_preset(entry.key_at));
    if let (Some(entry), true) = (theirs, view.reading.is_preset(view.at("targets"))) {
        let title = format!("failure.{name} has nothing to act on in this scenario");
        view.reading.note(Mistake::new(entry.key_at, title));
    }
}

/// The outer `Option` is a mistake, the inner one a rate of zero: it never happens.
fn mtbf(view: View<'_>) -> Option<Option<Dist>> {
    match (view.has("mtbf"), view.has("rate")) {
        (true, true) => {
            view.reading.mistake(
                Mistake::new(view.at("rate"), "`mtbf` and `rate` are both given")
                    .also(view.at("mtbf"), "")
                    .help("a rate is short for an exponential mtbf; keep one of them"),
            );
            None
        }
        (true, false) => up_time(view).map(Some),
        (false, true) => {
            let rate = view.frequency("rate")?;
            if rate == 0.0 { Some(None) } else { Dist::exponential(1.0 / rate).ok().map(Some) }
        }
        (false, false) => {
            view.missing("mtbf` or `rate", "say how often, e.g. mtbf = \"30d\" or rate = \"2/y\"");
            None
        }
    }
}

/// Reads `lasts` where the fault has an end of its own and refuses it where it has not.
fn lasts<'a, T>(
    view: View<'a>,
    effect: Effect,
    read: impl Fn(View<'a>) -> Option<T>,
) -> Option<Option<T>> {
    match (has_an_end(effect), view.has("lasts")) {
        (true, true) => read(view).map(Some),
        (false, false) => Some(None),
        (true, false) => {
            view.missing("lasts", "say how long it lasts, e.g. lasts = \"1h\"");
            None
        }
        (false, true) => {
            view.reading.mistake(
                Mistake::new(
                    view.at("lasts"),
                    match effect {
                        Effect::DataLoss => "data is lost at once: this has no length",
                        _ => "a crash or a hang has no length of its own",
                    },
                )
                .also(view.at("kind"), "")
                .help(
                    "the component's recovery ends it; for a fixed length write kind = \"outage\"",
                ),
            );
            None
        }
    }
}

fn check_fraction(view: View<'_>, effect: Effect, targets: &[Target]) {
    if effect == Effect::ControlPlane {
        let title = "a control plane has no `fraction`";
        let mistake = Mistake::new(view.at("fraction"), title).also(view.at("kind"), "");
        view.reading.mistake(mistake.help("nothing can be started in the region, or everything"));
    }
    if !targets.iter().all(|target| matches!(target, Target::Zone(_) | Target::Region(_))) {
        let title = "`fraction` is for zones and regions";
        view.reading.mistake(
            Mistake::new(view.at("fraction"), title)
                .also(view.at("targets"), "")
                .help("it is the share of what stands in the domain that is hit"),
        );
    }
}

pub(super) fn incident(view: View<'_>, names: &Names, study: &Study) -> Option<Incident> {
    let name = if view.has("name") { Some(view.word("name")?) } else { None };
    if let Some(name) = name {
        check_name(view.reading, name.text, name.at);
    }
    let kind = view.choice("kind");
    let at = onset(view, study, "this incident");
    let words = targets(view);
    let kind = kind?;
    let effect = effect_of(kind)?;
    let lasts = lasts(view, effect, |view| view.span("lasts"));
    let key = if view.has("target") { "target" } else { "targets" };
    let targets = struck(view, key, &words?, effect, names);
    let fraction = if view.has("fraction") {
        check_fraction(view, effect, &targets);
        Some(view.share("fraction")?)
    } else {
        None
    };
    Some(Incident {
        name: name.map_or(kind, |word| word.text).to_owned(),
        effect,
        targets,
        at: at?,
        lasts: lasts?,
        fraction,
    })
}

fn targets<'a>(view: View<'a>) -> Option<Vec<Word<'a>>> {
    match (view.has("target"), view.has("targets")) {
        (true, false) => view.word("target").map(|word| vec![word]),
        (false, true) => view.words("targets"),
        (true, true) => {
            view.reading.mistake(
                Mistake::new(view.at("target"), "`target` and `targets` are both given")
                    .also(view.at("targets"), ""),
            );
            None
        }
        (false, false) => {
            view.missing("target", "say what it hits, e.g. target = \"zone.eu-central-1a\"");
            None
        }
    }
}

/// `at`, as time since the start of the study.
pub(super) fn onset(view: View<'_>, study: &Study, what: &str) -> Option<Span> {
    let key = view.key("at");
    let node = view.node("at")?;
    let since_start = match &node.value {
        Value::Date(text) => since(view, node, text, study, what)?,
        Value::Text(text) if text.contains('-') => since(view, node, text, study, what)?,
        Value::Text(_) => {
            let seconds = view.quantity_of(key, node, units::duration)?;
            view.span_of("at", node.at, seconds)?
        }
        _ => {
            view.reading.mistake(unfit(key, node));
            return None;
        }
    };
    if since_start >= study.warm_up + study.horizon {
        never(view, node.at, &format!("{what} is after the end of the study"));
        return None;
    }
    Some(since_start)
}

fn since(view: View<'_>, node: &Node, text: &str, study: &Study, what: &str) -> Option<Span> {
    let at = node.at;
    let moment = moment(text)
        .map_err(|wrong| view.reading.mistake(Mistake::of_value(at, "`at` cannot be read", wrong)))
        .ok()?;
    let since = since_start(moment, study);
    if since.is_none() {
        never(view, at, &format!("{what} is outside of the study"));
    }
    since
}

/// Time from the start of the study to a moment, if it is not before it and on the clock.
pub(super) fn since_start(moment: i128, study: &Study) -> Option<Span> {
    let start = i128::from(study.start_unix) * 1_000_000_000;
    u64::try_from(moment - start).ok().filter(|nanos| *nanos < u64::MAX).map(Span)
}

fn never(view: View<'_>, at: At, title: &str) {
    view.reading.mistake(
        Mistake::new(at, format!("{title}, so it can never take effect"))
            .help("the study begins at study.start and lasts study.warm_up + study.horizon"),
    );
}

/// What may stand in a `kind` column, for messages.
pub(super) fn kinds() -> String {
    let all = ["crash", "hang", "outage", "isolation", "control-plane", "file-errors", "data-loss"];
    listed(&all.map(quoted), "or")
}
