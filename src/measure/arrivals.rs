//! Who came back at an instant, and on which way. What all apps of a region use comes back to all of them
//! at once, so the latest of an app is looked up and not searched for.

use crate::id::Id;
use crate::model::topology::Group;
use crate::model::world::Phase;
use crate::time::Instant;

/// When each phase of a unit's way back began, in order.
pub(super) type WayBack = Vec<(Instant, Phase)>;

/// So many are searched sooner than sorted.
const FEW: usize = 16;

/// Arrivals of one instant.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals {
    /// By app, the place of its way in `ways`; in order of arrival, and of the app once `sorted`.
    of: Vec<(Id<Group>, u32)>,
    ways: Vec<WayBack>,
    sorted: bool,
}

impl Arrivals {
    /// Something came back to apps, on one way for all of them.
    pub(super) fn add(
        &mut self,
        apps: impl IntoIterator<Item = Id<Group>>,
        way: impl FnOnce() -> WayBack,
    ) {
        let (before, place) = (self.of.len(), self.ways.len() as u32);
        self.of.extend(apps.into_iter().map(|app| (app, place)));
        if self.of.len() > before {
            self.ways.push(way());
            self.sorted = false;
        }
    }

    /// The way of what came back to an app last.
    pub(super) fn latest(&mut self, app: Id<Group>) -> Option<&WayBack> {
        let place = if self.of.len() <= FEW {
            self.of.iter().rposition(|it| it.0 == app)?
        } else {
            if !self.sorted {
                // Ways are numbered in order: of one app the latest comes last.
                self.of.sort_unstable();
                self.sorted = true;
            }
            let after = self.of.partition_point(|it| it.0 <= app);
            after.checked_sub(1).filter(|&place| self.of[place].0 == app)?
        };
        Some(&self.ways[self.of[place].1 as usize])
    }

    /// The instant is over.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.of.clear();
        self.ways.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_of_many_is_the_one_that_a_search_would_find() {
        let mut arrivals = Arrivals::default();
        let mut told: Vec<(u32, u64)> = Vec::new();
        for turn in 0..200_u64 {
            // 7 does not divide 40: apps come in another order each turn.
            let apps: Vec<u32> =
                (0..turn % 5).map(|step| ((turn + 7 * step) % 40) as u32).collect();
            told.extend(apps.iter().map(|&app| (app, turn)));
            let way = || vec![(Instant(turn), Phase::Detection)];
            arrivals.add(apps.into_iter().map(Id::new), way);
            for app in 0..41 {
                let latest = told.iter().rev().find(|it| it.0 == app).map(|it| Instant(it.1));
                let found = arrivals.latest(Id::new(app)).map(|way| way[0].0);
                assert_eq!(found, latest, "app {app} after turn {turn}");
            }
        }
        arrivals.clear();
        assert_eq!(arrivals.latest(Id::new(0)), None);
    }
}
