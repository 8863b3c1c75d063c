//! A host that is lost, cut off or back, and the containers that stand on it.
//!
//! A zone takes its hosts with it in [`domain`](crate::model::domain), where it also finds the containers
//! on them; here is what happens when it is a host alone.

use crate::engine::{Draw, Purpose, math};
use crate::id::Id;
use crate::model::fact::{How, Listener};
use crate::model::room::{HostState, Place};
use crate::model::root::Root;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{
    Company, Group, Kind, Placement, Recovery, Target, Topology, UnitInfo, Zone,
};
use crate::model::world::{NOWHERE, State, World};
use crate::policy::placement::{Candidate, Order, auction, emptiest};

impl World {
    /// The place where a unit is to run now, if there is one.
    #[inline(always)]
    pub fn choose_place(&self, topology: &Topology, unit: Id<UnitInfo>) -> Option<Place> {
        let app = topology.group_id(unit);
        let group = &topology.groups[app];
        let state = &self.units[unit.index()];
        if group.placement == Placement::Pinned {
            let Some(place) = self.own_place(unit) else {
                let zone = own_zone(topology, unit).filter(|it| self.zones[it.index()].is_up())?;
                let (host, _) = self.rooms.best(topology, zone, app)?;
                return Some(Place { zone, host });
            };
            let fits = place.host == NONE || self.rooms.fits_again(topology, place.host, unit);
            return (self.is_open(unit, place) && fits).then_some(place);
        }
        let at = self.occupancy_at[app.index()] as usize;
        let (zones, first) = self.zones_of(topology, app);
        let candidates = zones.iter().enumerate().map(|(place, &zone)| Candidate {
            usable: self.zones[zone.index()].is_up(),
            // The unit itself is about to leave where it stands.
            units: self.occupancy[at + first + place] - u32::from(zone.raw() as u16 == state.zone),
        });
        let order = match group.placement {
            Placement::Home => Order::FullestFirst,
            _ => Order::EmptiestFirst,
        };
        if topology.hosts.is_empty() {
            let place = emptiest(order, candidates)?;
            return Some(Place { zone: zones[place], host: NONE });
        }
        self.choose_host(topology, app, order, candidates)
    }

    /// Where hosts are described, they compete.
    #[inline(never)]
    fn choose_host(
        &self,
        topology: &Topology,
        app: Id<Group>,
        order: Order,
        candidates: impl Iterator<Item = Candidate> + Clone,
    ) -> Option<Place> {
        let zones = self.zones_of(topology, app).0;
        let best = |place: usize| self.rooms.best(topology, zones[place], app);
        let place = auction(order, candidates, |place| best(place).map(|(_, score)| score))?;
        let (host, _) = best(place).expect("it has won");
        Some(Place { zone: zones[place], host })
    }

    /// Whether a place that a unit may stand at is there: if so, what it lacks is room.
    pub fn lacks_room(&self, topology: &Topology, unit: Id<UnitInfo>) -> bool {
        let group = topology.group_of(unit);
        let is_up = |zone: &Id<Zone>| self.zones[zone.index()].is_up();
        let pinned = group.placement == Placement::Pinned;
        let stays = pinned || matches!(*group.recovery, Recovery::InPlace { .. });
        match self.own_place(unit) {
            Some(place) if stays => self.is_open(unit, place),
            None if pinned => own_zone(topology, unit).is_some_and(|zone| is_up(&zone)),
            _ => self.zones_of(topology, topology.group_id(unit)).0.iter().any(is_up),
        }
    }

    /// Where a unit that never moves stands, once it does.
    fn own_place(&self, unit: Id<UnitInfo>) -> Option<Place> {
        let zone = self.units[unit.index()].zone;
        let host = self.rooms.host_of(unit).unwrap_or(NONE);
        (zone != NOWHERE).then(|| Place { zone: Id::new(u32::from(zone)), host })
    }

    /// Whether nothing but want of room keeps a unit from running at the place that is its own.
    fn is_open(&self, unit: Id<UnitInfo>, place: Place) -> bool {
        let host = self.rooms.hosts.get(place.host as usize);
        let zone = self.zones[place.zone.index()].is_up();
        zone && self.units[unit.index()].held == 0 && host.is_none_or(HostState::is_open)
    }
}

/// The zone of a unit that never moves: spread as evenly as they go, once and for all.
pub(super) fn own_zone(topology: &Topology, unit: Id<UnitInfo>) -> Option<Id<Zone>> {
    let group = topology.group_of(unit);
    let ordinal = (unit.raw() - group.first) as usize;
    group.zones.get(ordinal % group.zones.len().max(1)).copied()
}

impl World {
    /// A unit now stands at `place`.
    #[inline(always)]
    pub(super) fn move_to(&mut self, topology: &Topology, unit: Id<UnitInfo>, place: Place) {
        let before = self.rooms.host_of(unit).unwrap_or(NONE);
        if before != place.host || self.is_scaled(topology, unit, place.host) {
            self.changes_host(topology, unit, before, place.host);
        }
        let before = self.leave_zone(unit);
        self.units[unit.index()].zone = place.zone.raw() as u16;
        if before != Some(place.zone) {
            if let Some(before) = before {
                self.stands_in_addition(topology, unit, before, false);
            }
            self.stands_in_addition(topology, unit, place.zone, true);
        }
    }

    #[inline(never)]
    fn changes_host(&mut self, topology: &Topology, unit: Id<UnitInfo>, from: u32, to: u32) {
        self.rooms.leave(topology, from, unit);
        self.rooms.enter(topology, to, unit);
    }

    /// Whether a container has other memory on its host than it would be started with now.
    fn is_scaled(&self, topology: &Topology, unit: Id<UnitInfo>, host: u32) -> bool {
        host != NONE
            && self.rooms.taken(topology, host, unit)
                != self.rooms.asked(topology, topology.group_id(unit))
    }

    /// A unit leaves the place where it stands, and what held it there.
    pub(super) fn stand_nowhere(&mut self, topology: &Topology, unit: Id<UnitInfo>) {
        let host = self.rooms.host_of(unit).unwrap_or(NONE);
        self.rooms.leave(topology, host, unit);
        if let Some(zone) = self.leave_zone(unit) {
            self.stands_in_addition(topology, unit, zone, false);
        }
    }

    /// The zone that a unit has stood in, where the counts still have it.
    #[inline]
    fn leave_zone(&mut self, unit: Id<UnitInfo>) -> Option<Id<Zone>> {
        let state = &mut self.units[unit.index()];
        let zone = std::mem::replace(&mut state.zone, NOWHERE);
        state.stay = state.stay.wrapping_add(1);
        state.held = 0;
        state.cut = 0;
        (zone != NOWHERE).then(|| Id::new(u32::from(zone)))
    }

    /// One container more of the group of a unit stands in a zone, or one less.
    #[inline]
    fn stands_in_addition(
        &mut self,
        topology: &Topology,
        unit: Id<UnitInfo>,
        zone: Id<Zone>,
        one_more: bool,
    ) {
        let group = topology.group_id(unit);
        if let Some(app) = self.apps.get_mut(group.index()) {
            app.settled_in = 0;
        }
        let zones = &topology.groups[group].zones;
        let Some(place) = zones.iter().position(|&it| it == zone) else { return };
        let count = &mut self.occupancy[self.occupancy_at[group.index()] as usize + place];
        if one_more {
            *count += 1;
        } else {
            *count -= 1;
        }
    }

    /// A successor of a unit stands at `place` beside it, or does so no more.
    pub(super) fn reserve(
        &mut self,
        topology: &Topology,
        unit: Id<UnitInfo>,
        place: Place,
        one_more: bool,
    ) {
        self.stands_in_addition(topology, unit, place.zone, one_more);
        self.rooms.reserve(topology, place.host, topology.group_id(unit), one_more);
    }
}

impl<L: Listener> Sim<'_, L> {
    /// Whether a container leaves its host when its process ends, because it may be placed elsewhere.
    pub(super) fn is_mobile(&self, unit: Id<UnitInfo>) -> bool {
        self.is_replaced(unit) && self.topology.group_of(unit).placement != Placement::Pinned
    }

    /// A container that is started where it stands has the memory that its app asks for, if its host has
    /// room for it. Whether it has.
    pub(super) fn scale_in_place(&mut self, unit: Id<UnitInfo>) -> bool {
        let (topology, world) = (self.topology, &mut self.world);
        let Some(host) = world.rooms.host_of(unit) else { return true };
        if !world.is_scaled(topology, unit, host) {
            return true;
        }
        let fits = world.rooms.fits_again(topology, host, unit);
        if fits {
            world.rooms.leave(topology, host, unit);
            world.rooms.enter(topology, host, unit);
            self.room_was_made(host);
        }
        fits
    }

    /// The process of a container has ended: its host has room for another.
    #[inline]
    pub(super) fn vacate(&mut self, unit: Id<UnitInfo>) {
        let Some(host) = self.world.rooms.host_of(unit) else { return };
        if self.is_mobile(unit) {
            self.world.rooms.leave(self.topology, host, unit);
            self.room_was_made(host);
        } else if self.world.emptying > 0 {
            self.room_was_made(host); // it may have been the last that ran there
        }
    }

    /// Something has left a host, or the host is back: whoever waits for room is looked at.
    #[cold]
    pub(super) fn room_was_made(&mut self, host: u32) {
        let anyone = !self.world.unplaced.is_empty() || self.world.emptying > 0;
        if host != NONE && anyone {
            let zone = self.topology.hosts[host as usize].zone;
            self.ask_to_serve(self.topology.zones[zone].region);
        }
    }

    /// A start on a host begins or is over.
    #[inline(always)]
    pub(super) fn count_start(&mut self, unit: Id<UnitInfo>, begins: bool) {
        if let Some(host) = self.world.rooms.host_of(unit) {
            self.world.rooms.changed(self.topology, host, |state| {
                state.starting = if begins { state.starting + 1 } else { state.starting - 1 };
            });
        }
    }

    // ---- lost ----

    /// A host no longer runs, or runs again.
    #[inline]
    pub(super) fn host_runs(&mut self, unit: Id<UnitInfo>, runs: bool) {
        if let Some(host) = self.topology.host_index(unit) {
            self.host_changes(host, runs);
        }
    }

    #[cold]
    fn host_changes(&mut self, host: u32, runs: bool) {
        self.world.rooms.changed(self.topology, host, |state| state.runs = runs);
        if !runs {
            self.nothing_drains_on(host);
            self.hosts_struck(|it| it == host);
        } else {
            for unit in self.world.rooms.hosts[host as usize].standing.clone() {
                if !self.world.is_held(unit) {
                    self.released(unit);
                }
            }
            self.room_was_made(host);
        }
    }

    /// Everything on a host stops with it.
    #[cold]
    pub(super) fn lose_with_host(&mut self, unit: Id<UnitInfo>, root: Root) {
        let Some(host) = self.topology.host_index(unit) else { return };
        self.host_is_absent(host);
        self.successors_struck(|it| it.host == host);
        for unit in self.world.rooms.hosts[host as usize].standing.clone() {
            if self.world.rooms.host_of(unit) == Some(host) {
                self.lose(unit, root);
            } else {
                self.original_died(unit);
            }
        }
    }

    /// Its presence will expire: all that stands on it is noticed at that one instant (N2).
    fn host_is_absent(&mut self, host: u32) {
        let absences = &mut self.world.rooms.hosts[host as usize].absences;
        *absences = absences.wrapping_add(1);
    }

    /// All hosts of a zone are absent.
    pub(super) fn hosts_are_absent(&mut self, zone: Id<Zone>) {
        self.topology.zones[zone].hosts.clone().for_each(|host| self.host_is_absent(host));
    }

    /// The luck of when the absence of a host is noticed.
    pub(super) fn presence(&self, host: u32) -> Draw {
        let key = self.topology.units[self.topology.hosts[host as usize].unit].key;
        self.draw_of(key, Purpose::PRESENCE, self.world.rooms.hosts[host as usize].absences)
    }

    // ---- cut off ----

    /// What stands on a host can no longer be reached. The host itself is already marked.
    pub(super) fn isolate_with_host(&mut self, unit: Id<UnitInfo>, root: Root) {
        let Some(host) = self.topology.host_index(unit) else { return };
        self.host_is_absent(host);
        self.successors_struck(|it| it.host == host);
        let standing = self.world.rooms.hosts[host as usize].standing.clone();
        let here = standing.into_iter().filter(|it| self.world.rooms.host_of(*it) == Some(host));
        let here: Vec<_> = here.map(|it| (it, self.world.is_cut_off(it))).collect();
        self.world.rooms.changed(self.topology, host, |state| state.cut = true);
        self.hosts_struck(|it| it == host);
        for (unit, was_cut_off) in here {
            if was_cut_off {
                self.take_over(unit, root, How::Isolated);
            } else {
                self.isolate(unit, root);
            }
        }
    }

    /// A host can be reached again, unless its zone cannot.
    pub(super) fn host_rejoined(&mut self, unit: Id<UnitInfo>) {
        let Some(host) = self.topology.host_index(unit) else { return };
        let stay = |sim: &Self, unit: Id<UnitInfo>| sim.world.units[unit.index()].stay;
        let standing = self.world.rooms.hosts[host as usize].standing.clone();
        let here = standing.into_iter().filter(|it| self.world.rooms.host_of(*it) == Some(host));
        let here: Vec<_> = here.map(|it| (it, stay(self, it))).collect();
        self.world.rooms.changed(self.topology, host, |state| state.cut = false);
        self.take_back_originals(|shadow| shadow.host == host);
        for (unit, before) in here {
            // Whoever has just been taken back has heard of it.
            if stay(self, unit) == before && !self.world.is_cut_off(unit) {
                self.rejoined(unit);
            }
        }
        self.room_was_made(host);
    }

    // ---- in company ----

    /// Hosts that go with one that a fault strikes, by the luck of the fault's occurrence.
    pub fn in_company(&self, struck: &Target, company: Company, luck: Draw) -> Vec<Id<UnitInfo>> {
        let &Target::Unit(first) = struck else { return Vec::new() };
        let (has_company, more) = luck.uniform2();
        if self.topology.group_of(first).kind != Kind::Host || has_company >= company.chance {
            return Vec::new();
        }
        let zone = self.world.units[first.index()].zone;
        let stand_here = |group: &Group| {
            group.kind == Kind::Host && group.zones.iter().any(|it| it.raw() == u32::from(zone))
        };
        let hosts = self.topology.groups.enumerate().filter(|(_, group)| stand_here(group));
        let neighbours = hosts.flat_map(|(group, _)| self.topology.units_of(group));
        let mut neighbours: Vec<_> = neighbours
            .filter(|it| *it != first && self.world.units[it.index()].state == State::Serving)
            .map(|it| {
                let key = self.topology.units[it].key;
                let luck = self.draw_of(key, Purpose::COMPANY, luck.occurrence);
                (luck.redraw(first.raw() as u16).uniform().to_bits(), it)
            })
            .collect();
        neighbours.sort_unstable();
        neighbours.truncate(companions(company.size, more));
        neighbours.into_iter().map(|(_, unit)| unit).collect()
    }
}

/// How many go with the first: one, and as many more as a geometric law with mean `size` − 2 gives.
fn companions(size: f64, luck: f64) -> usize {
    let more = size - 2.0;
    if more <= 0.0 {
        return 1;
    }
    // P(at least k more) = (more / (more + 1))^k.
    1 + (math::ln(luck) / math::ln(more / (more + 1.0))) as usize
}

#[cfg(test)]
mod tests {
    use super::companions;

    #[test]
    fn companies_have_the_mean_size_that_is_asked_for() {
        let count = 100_000;
        let lucks = (0..count).map(|it| (f64::from(it) + 0.5) / f64::from(count));
        for size in [2.0, 2.5, 3.0, 7.0] {
            let sum: usize = lucks.clone().map(|luck| 1 + companions(size, luck)).sum();
            let mean = sum as f64 / f64::from(count);
            assert!((mean - size).abs() < 1e-2, "{mean} of {size}");
        }
    }
}
