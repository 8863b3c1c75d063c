//! The fleet as a whole: apps that fall together, and months in which all of them kept their SLO.

use super::findings as f;
use super::fold::{KindFold, MonthsMissed};
use crate::measure::Plan;
use crate::measure::together::{Moment, Together};
use crate::scenario::spec::App;
use crate::stats::RatioMoments;
use std::collections::{BTreeMap, BTreeSet};

/// What a study has seen of the fleet.
#[derive(Clone, Debug, Default)]
pub struct FleetFold {
    /// The number of apps down.
    pub down: KindFold,
    /// The worst moment and its replication.
    pub worst: Option<(Moment, u64)>,
    /// Complete months in which every app with an SLO met its first target.
    pub all_met: RatioMoments,
    pub months: u64,
}

impl FleetFold {
    pub(super) fn add(
        &mut self,
        replication: u64,
        together: &Together,
        missed: &MonthsMissed,
        plan: &Plan,
    ) {
        self.down.add(replication, &together.level, plan);
        let worst = together.worst;
        if worst.apps > 0 && self.worst.is_none_or(|(seen, _)| worst > seen) {
            self.worst = Some((worst, replication));
        }
        let months = plan.calendar.months.iter().filter(|it| it.complete).count() as u64;
        if months > 0 {
            self.months += months;
            self.all_met.push((months - missed.count()) as f64, months as f64);
        }
    }
}

/// The apps that meet their SLO: all that their contract says passes.
pub(super) fn meet_their_slo(expectations: &[f::Judged]) -> BTreeSet<&str> {
    let mut apps = BTreeMap::new();
    for judged in expectations.iter().filter(|it| it.is_slo()) {
        if let Some(app) = judged.subject.strip_prefix("app.") {
            *apps.entry(app).or_insert(true) &= judged.verdict == f::Verdict::Pass;
        }
    }
    apps.into_iter().filter(|(_, met)| *met).map(|(app, _)| app).collect()
}

/// How the apps of each group fare.
pub(super) fn groups(apps: &[App], meet: &BTreeSet<&str>) -> BTreeMap<String, f::FleetGroup> {
    let mut groups: BTreeMap<String, f::FleetGroup> = BTreeMap::new();
    for app in apps {
        let Some(name) = &app.group else { continue };
        let group = groups.entry(name.clone()).or_default();
        group.apps += 1;
        group.with_slo += usize::from(app.slo.is_some());
        group.meet_slo += usize::from(meet.contains(app.name.as_str()));
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Input, Source, load};

    #[test]
    fn apps_are_counted_in_their_group_and_met_where_they_meet() {
        let app = |name: &str, more: &str| {
            format!("[app.{name}]\nregion = \"eu-west-1\"\nplan = \"premium\"\n{more}\n")
        };
        let text = "version = 1\nplatform = \"mendix-cloud@2026-11\"\n".to_string()
            + &app("a", "group = \"one\"\nload = \"1/s\"\nslo = \"99%\"")
            + &app("b", "group = \"one\"\nload = \"1/s\"\nslo = \"99%\"")
            + &app("c", "group = \"two\"")
            + &app("d", "");
        let file = Source { path: "x.toml".into(), text, dir: ".".into() };
        let loaded = load(&Input { files: vec![file], ..Input::default() }).expect("a sound file");
        let groups = groups(&loaded.scenario.apps, &BTreeSet::from(["b", "d"]));
        let group = |name: &str| &groups[name];
        assert_eq!(groups.len(), 2);
        let (apps, with_slo, meet_slo) = (2, 2, 1);
        assert_eq!(*group("one"), f::FleetGroup { apps, with_slo, meet_slo });
        assert_eq!(*group("two"), f::FleetGroup { apps: 1, with_slo: 0, meet_slo: 0 });
    }
}
