//! Changes of apps.

use super::{Assembly, BAD_DEPLOYMENT};
use crate::engine::{Dist, Key};
use crate::id::Id;
use crate::measure::ledger::requests;
use crate::model::luck::Smooth;
use crate::model::topology as t;
use crate::scenario::spec;
use crate::time::Span;
use crate::traffic::Load;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Assembly<'_> {
    /// Changes of apps. Neighbours are mostly alike: settings that equal those of the same change of the
    /// app before are shared with it.
    pub(super) fn changes(&mut self) {
        let seed = self.topology.seed;
        let mut before: BTreeMap<u8, (&spec::Change, Arc<t::Change>)> = BTreeMap::new();
        let mut smooth_before: BTreeMap<u8, (Id<t::Group>, Arc<t::Change>, Shared)> =
            BTreeMap::new();
        let by_load = |it: &&spec::Change| matches!(it.when, spec::When::ByLoad(_));
        let scaled = self.scenario.changes.iter().filter(by_load);
        let scaled: BTreeSet<&str> = scaled.map(|it| it.app.as_str()).collect();
        // All of an app together: the model finds the others from one of them.
        let mut changes: Vec<_> = self.scenario.changes.iter().collect();
        changes.sort_by(|a, b| a.app.cmp(&b.app));
        for change in changes {
            let scaled = scaled.contains(change.app.as_str());
            let alike = |it: &&(&spec::Change, Arc<t::Change>)| it.0.is_like(change);
            let made = match before.get(&change.ordinal).filter(alike) {
                Some((_, made)) => made.clone(),
                None => Arc::new(self.change(change)),
            };
            before.insert(change.ordinal, (change, made.clone()));
            let apps = &self.scenario.apps;
            let place = apps.binary_search_by(|app| app.name.cmp(&change.app));
            let luck = format!("change.{}.{}@app.{}", change.name, change.ordinal, change.app);
            let app = Id::new(place.expect("checked: a known app") as u32);
            if let spec::When::ByLoad(scaling) = &change.when {
                let load = self.topology.groups[app].load.as_ref();
                let load = load.expect("checked: what is scaled by its load has one");
                let course = scaling.course(load, self.topology.end);
                let change = self.topology.changes.next_id();
                self.topology.scalers.push(t::Scaler { change, course });
            }
            let smooth = match smooth_before.get(&change.ordinal) {
                Some((other, same, smooth))
                    if Arc::ptr_eq(same, &made) && self.is_replaced_like(app, *other) =>
                {
                    smooth.clone()
                }
                _ => self.smooth(app, &made).map(Arc::new),
            };
            smooth_before.insert(change.ordinal, (app, made.clone(), smooth.clone()));
            let all = |it: &Smooth| it.chance_of_all(made.good(), self.topology.groups[app].count);
            let quiet = is_quiet_if_smooth(&made) && !scaled && self.leaves_nothing_behind(app);
            self.topology.changes.push(t::ChangeClock {
                all_smooth: smooth.as_deref().map_or(0.0, all),
                can_be_quiet: smooth.is_some() && quiet,
                smooth,
                key: Key::new(seed, &luck),
                cause: self.causes[&change.name],
                ordinal: change.ordinal,
                app,
                change: made,
            });
        }
    }

    /// Whether two apps have the same settings for how their containers are replaced.
    fn is_replaced_like(&self, app: Id<t::Group>, other: Id<t::Group>) -> bool {
        let (a, b) = (&self.topology.groups[app], &self.topology.groups[other]);
        let same = |a: &Arc<t::Router>, b: &Arc<t::Router>| Arc::ptr_eq(a, b);
        let router = match (&a.router, &b.router) {
            (Some(a), Some(b)) => same(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        router && Arc::ptr_eq(&a.recovery, &b.recovery)
    }

    /// Whether a container of an app can be replaced beside itself and leave nothing behind: no request
    /// outlasts its drain, and nothing but its own app knows which process it is.
    fn leaves_nothing_behind(&self, app: Id<t::Group>) -> bool {
        let topology = &self.topology;
        let group = &topology.groups[app];
        let lost = |load: &Load| requests(load.highest(), group.response_s, group.outlasts_drain);
        topology.hosts.is_empty()
            && topology.database_of(app).is_none()
            && topology.fallback_of(app).is_none()
            && !topology.clocks_in_rotation
            && group.load.as_ref().is_none_or(|load| lost(load) == 0)
    }

    /// What luck each container needs for a change to be smooth, where they have successors.
    fn smooth(&self, app: Id<t::Group>, change: &t::Change) -> Option<Smooth> {
        let group = &self.topology.groups[app];
        let renewing = change.renewing.as_ref()?;
        let t::Recovery::Replaced(manager) = &*group.recovery else { return None };
        if !renewing.beside {
            return None;
        }
        let (start, starts) = luck_within(&manager.start, manager.start_timeout)?;
        let (admitted, waits) = match &group.router {
            None => (1.0, Span::ZERO),
            Some(router) => match &router.check {
                Some(check) => {
                    (1.0, Span(check.interval.0.saturating_mul(u64::from(check.healthy))))
                }
                None => luck_within(&router.register, Span::NEVER)?,
            },
        };
        let takes = Span(starts.0.saturating_add(waits.0).saturating_add(1_000));
        Some(Smooth { success: renewing.success, start, admitted, takes })
    }

    fn change(&self, change: &spec::Change) -> t::Change {
        let renewing = change.renewing.as_ref().map(|it| t::Renewing {
            beside: it.beside,
            success: it.success,
            away: it.away.clone(),
            max_in_flight: it.max_in_flight,
            renews_age: it.renews_age,
            revives: it.revives,
            bad: it.bad.as_ref().map(|(chance, rollback)| t::Bad {
                chance: *chance,
                cause: self.causes[BAD_DEPLOYMENT],
                rollback: rollback.clone(),
            }),
        });
        let &spec::ChangeSettings { declares, memory, fails_over, .. } = &**change;
        t::Change { when: change.when.clone(), declares, memory, fails_over, renewing }
    }
}

type Shared = Option<Arc<Smooth>>;

/// Whether a change does nothing but renew containers, one after the other, at random times.
fn is_quiet_if_smooth(change: &t::Change) -> bool {
    let plain = change.declares.is_none() && change.memory.is_none() && !change.fails_over;
    let one_by_one = |it: &t::Renewing| it.beside && it.max_in_flight == 1 && !it.renews_age;
    plain
        && change.renewing.as_ref().is_some_and(one_by_one)
        && matches!(change.when, t::When::Random(_))
}

/// The best part of the luck of a delay, nearly all of it, and the longest delay of that part, which is
/// well below a limit. None where most delays are as long as that.
fn luck_within(law: &Dist, limit: Span) -> Option<(f64, Span)> {
    /// Of so many delays one may be longer.
    const NEARLY_ALL: f64 = 1.0 - 1e-4;
    if matches!(law, Dist::Mixture(_)) {
        return None; // more luck may mean less of it
    }
    let limit = Span::from_secs(limit.as_secs() * 0.999);
    let (mut low, mut high) = (0.5, NEARLY_ALL);
    if law.span_at(high) > limit {
        if law.span_at(low) > limit {
            return None;
        }
        for _ in 0..30 {
            let middle = 0.5 * (low + high);
            *(if law.span_at(middle) > limit { &mut high } else { &mut low }) = middle;
        }
        high = low;
    }
    // A thousandth more, for what rounding may do to the order of neighbours.
    Some((high, Span::from_secs(law.span_at(high).as_secs() * 1.001)))
}
