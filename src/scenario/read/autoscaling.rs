//! `autoscaling` of an app.

use crate::scenario::mistakes::Mistake;
use crate::scenario::spec::{Autoscaling, Capacity};
use crate::scenario::view::View;
use crate::time::Span;

/// What it has to fit in with.
pub(super) struct Of<'a> {
    pub containers: Option<u32>,
    pub needs: Option<u32>,
    pub memory: Option<u64>,
    pub capacity: Option<&'a Capacity>,
}

/// The most containers that an app is scaled to by its load, whatever else is wrong with it.
pub(super) fn most(view: View<'_>) -> Option<u32> {
    let view = if view.has("autoscaling") { view.inside("autoscaling")? } else { return None };
    Some(view.count("max")? as u32)
}

/// `autoscaling` where it is given; the outer `Option` is a mistake.
pub(super) fn autoscaling(
    app: View<'_>,
    of: &Of<'_>,
    largest_pack: u64,
) -> Option<Option<Autoscaling>> {
    if !app.has("autoscaling") {
        return Some(None);
    }
    let view = app.inside("autoscaling")?;
    let (least, most) = (view.count("min")? as u32, view.count("max"));
    let target = view.share_between("target", 0.0);
    let (every, delay, cool_down) =
        (view.span("every"), view.span("delay"), view.span("cool_down"));
    if every == Some(Span::ZERO) {
        view.reading.mistake(Mistake::new(view.at("every"), "`every` must be more than 0s"));
    }
    let wrong = |key: &str, title: String, also: &str| {
        let mistake = Mistake::new(view.at(key), title);
        view.reading.mistake(mistake.also_where(app.written(also)));
    };
    let most = most? as u32;
    if most < least {
        let title = "`max` is less than `min`";
        view.reading.mistake(Mistake::new(view.at("max"), title).also_where(view.written("min")));
    }
    if let Some(containers) = of.containers
        && !(least..=most).contains(&containers)
    {
        let title = format!("`containers` ({containers}) is not within {least} and {most}");
        wrong("max", title, "containers");
    }
    if let Some(needs) = of.needs.filter(|&needs| needs > least) {
        wrong("min", format!("the app needs {needs} containers, and {least} would run"), "needs");
    }
    if of.memory.is_some_and(|memory| u64::from(most) * memory > largest_pack) {
        let title = "max × memory is more than the largest pack has (128GiB)";
        wrong("max", title.into(), "memory");
    }
    let Some(capacity) = of.capacity else {
        let help = "add `load` and `capacity`, or `concurrency` and `service_time`";
        let title = "autoscaling needs a load, and what a container can serve of it";
        view.reading.mistake(Mistake::new(view.at, title).help(help));
        return None;
    };
    Some(Some(Autoscaling {
        per_container: target? * capacity.per_container(),
        least,
        most,
        every: every.filter(|it| *it > Span::ZERO)?,
        delay: delay?,
        cool_down: cool_down?,
    }))
}
