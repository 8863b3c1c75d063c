//! Zones that are lost or cut off, whole or in part, and who stands where (F5–F7, N7).

use crate::engine::Purpose;
use crate::id::Id;
use crate::model::fact::{Fact, How, Listener};
use crate::model::host::own_zone;
use crate::model::room::Place;
use crate::model::root::Root;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{Effect, Kind, UnitInfo, Zone};
use crate::model::world::{NOWHERE, Occurrence, Shadow, State};
use crate::time::Instant;

impl<L: Listener> Sim<'_, L> {
    /// A fault strikes whole zones. All are marked before the first component reacts: nobody is placed
    /// into a zone that the same fault takes at the same instant.
    pub fn strike_zones(&mut self, zones: &[Id<Zone>], effect: Effect, root: Root) {
        let mut reached = Vec::with_capacity(zones.len());
        for &zone in zones {
            let was_up = self.world.zones[zone.index()].is_up();
            let state = &mut self.world.zones[zone.index()];
            let faults = match effect {
                Effect::Isolation => &mut state.isolated,
                _ => &mut state.lost,
            };
            reached.push(*faults == 0);
            *faults += 1;
            if was_up {
                self.zone_changed(zone, false);
            } else {
                self.touch_services_of_zone(zone);
            }
        }
        for (&zone, &first) in zones.iter().zip(&reached) {
            self.hosts_are_absent(zone);
            self.hosts_struck(|host| self.topology.zones[zone].hosts.contains(&host));
            for unit in self.standing_in(zone) {
                if effect != Effect::Isolation {
                    self.lose(unit, root);
                } else if first && !self.world.is_cut_in_part(unit) {
                    self.isolate(unit, root);
                } else {
                    self.take_over(unit, root, How::Isolated);
                }
            }
            if effect != Effect::Isolation {
                self.originals_lost(zone);
            }
            self.successors_struck(|it| u32::from(it.zone) == zone.raw());
        }
        self.fallbacks_struck(zones, root);
    }

    /// A fault of whole zones ends.
    pub fn zone_strikes_end(&mut self, zones: &[Id<Zone>], effect: Effect) {
        let mut over = Vec::with_capacity(zones.len());
        for &zone in zones {
            let state = &mut self.world.zones[zone.index()];
            let faults = match effect {
                Effect::Isolation => &mut state.isolated,
                _ => &mut state.lost,
            };
            *faults -= 1;
            if *faults == 0 {
                over.push(zone);
                if state.is_up() {
                    self.zone_changed(zone, true);
                }
            }
            if !self.world.zones[zone.index()].is_up() {
                self.touch_services_of_zone(zone);
            }
        }
        for &zone in &over {
            let stay = |sim: &Self, unit: Id<UnitInfo>| sim.world.units[unit.index()].stay;
            let standing = self.standing_in(zone);
            let standing: Vec<_> = standing.into_iter().map(|it| (it, stay(self, it))).collect();
            self.take_back_originals(|shadow| u32::from(shadow.zone) == zone.raw());
            for (unit, before) in standing {
                // Whoever has just been taken back has heard of it.
                if stay(self, unit) == before {
                    self.fault_lifted(unit, effect);
                }
            }
        }
        if !over.is_empty() {
            self.fallbacks_relieved();
            self.place_who_waits();
            self.restore_who_waits();
        }
    }

    /// An outage strikes a component by name: it runs nowhere until the fault ends.
    pub fn stop_unit(&mut self, unit: Id<UnitInfo>, root: Root, struck: &mut Occurrence) {
        self.world.stopped.push(unit);
        self.original_died(unit);
        self.strike_unit(unit, Effect::Outage, root, struck);
    }

    /// A fault strikes a component where it stands, as a draw of the fault or by name.
    pub fn strike_unit(
        &mut self,
        unit: Id<UnitInfo>,
        effect: Effect,
        root: Root,
        struck: &mut Occurrence,
    ) {
        let stay = self.world.units[unit.index()].stay;
        match effect {
            Effect::Crash => self.crash(unit, root),
            Effect::Hang => self.hang(unit, root),
            Effect::Outage => {
                self.world.units[unit.index()].held += 1;
                struck.units.push((unit, stay));
                self.lose(unit, root);
                self.lose_with_host(unit, root);
            }
            Effect::ControlPlane | Effect::FileErrors | Effect::DataLoss => {
                unreachable!("strikes no component where it stands")
            }
            Effect::Isolation => {
                let was_cut_off = self.world.is_cut_off(unit);
                self.world.units[unit.index()].cut += 1;
                struck.units.push((unit, stay));
                if was_cut_off {
                    self.take_over(unit, root, How::Isolated);
                } else {
                    self.isolate(unit, root);
                }
                self.isolate_with_host(unit, root);
            }
        }
    }

    /// The end of what [`Sim::stop_unit`] began.
    pub fn stopped_unit_ends(&mut self, unit: Id<UnitInfo>, stay: u16) {
        if let Some(place) = self.world.stopped.iter().position(|&it| it == unit) {
            self.world.stopped.remove(place);
        }
        self.unit_strike_ends(unit, stay, Effect::Outage);
        // It may have been switched off and on meanwhile, and wait for nothing else.
        if self.world.unplaced.iter().any(|(_, it)| *it == unit) {
            self.place_who_waits();
        }
        // A node that something else holds where it stands can be made anew elsewhere.
        self.restore_who_waits();
    }

    /// A fault of a component ends; one that has been placed elsewhere meanwhile is not concerned.
    pub fn unit_strike_ends(&mut self, unit: Id<UnitInfo>, stay: u16, effect: Effect) {
        let state = &mut self.world.units[unit.index()];
        if state.stay != stay {
            let mine = |it: &&mut Shadow| it.unit == unit && it.stay == stay;
            if let Some(shadow) = self.world.shadows.iter_mut().find(mine) {
                shadow.cut = shadow.cut.saturating_sub(1);
                self.take_back_originals(|shadow| shadow.unit == unit);
            }
            return;
        }
        match effect {
            Effect::Isolation => state.cut -= 1,
            _ => state.held -= 1,
        }
        let whole = self.world.units[unit.index()].cut == 0;
        self.fault_lifted(unit, effect);
        if effect == Effect::Isolation && whole {
            self.host_rejoined(unit);
        }
        // It may be the place that it waits for itself.
        let decided = self.world.recovery(unit).map_or(0, |record| record.decided);
        if effect != Effect::Isolation && self.world.unplaced.contains(&(decided, unit)) {
            self.place_who_waits();
        }
    }

    /// Whether a unit is hit by a fault of a fraction of its domain: its own coin (F7).
    pub fn is_hit(&self, unit: Id<UnitInfo>, fault_key: u64, count: u32, fraction: f64) -> bool {
        let key = self.topology.units[unit].key;
        self.draw_of(key, Purpose::HIT, count).redraw(fault_key as u16).uniform() < fraction
    }

    /// Units that stand in a zone, by id.
    pub fn standing_in(&self, zone: Id<Zone>) -> Vec<Id<UnitInfo>> {
        let mut standing = Vec::new();
        for group in self.topology.groups.iter().filter(|group| group.zones.contains(&zone)) {
            let range = group.first as usize..(group.first + group.count) as usize;
            for (offset, unit) in self.world.units[range].iter().enumerate() {
                if u32::from(unit.zone) == zone.raw() {
                    standing.push(Id::new(group.first + offset as u32));
                }
            }
        }
        standing
    }

    fn fault_lifted(&mut self, unit: Id<UnitInfo>, effect: Effect) {
        if effect == Effect::Isolation {
            if !self.world.is_cut_off(unit) {
                self.rejoined(unit);
            }
        } else if !self.world.is_held(unit) {
            self.released(unit);
        }
    }

    /// One fault more, or less, holds a zone that stays down: who is charged may change.
    fn touch_services_of_zone(&mut self, zone: Id<Zone>) {
        if let Some(nodes) = self.topology.watch.zone.get(zone.index()) {
            nodes.iter().for_each(|&node| self.touch_services_over(node));
        }
    }

    fn zone_changed(&mut self, zone: Id<Zone>, up: bool) {
        self.world.zone_turn = self.world.zone_turn.wrapping_add(1).max(1);
        if up {
            self.world.down[Kind::Zone as usize] -= 1;
            self.state(Fact::ZoneUp { zone });
        } else {
            self.world.down[Kind::Zone as usize] += 1;
            self.state(Fact::ZoneDown { zone });
        }
        let topology = self.topology;
        for (app, group) in topology.groups.enumerate().take(topology.apps) {
            if group.zones.contains(&zone) {
                self.touch_app(app); // importance looks at zones
            }
        }
        self.links_changed();
        self.reach_of_buckets_changed();
        if let Some(nodes) = topology.watch.zone.get(zone.index()) {
            nodes.iter().for_each(|&node| self.count_part(node, up));
        }
    }

    // ---- originals behind an isolation (N7) ----

    /// Takes back the originals that can be reached again: their replacements are cancelled.
    pub(super) fn take_back_originals(&mut self, concerned: impl Fn(&Shadow) -> bool) {
        let mut index = 0;
        while index < self.world.shadows.len() {
            let shadow = self.world.shadows[index];
            let zone = self.world.zones[usize::from(shadow.zone)];
            let host = self.world.rooms.hosts.get(shadow.host as usize);
            let cut = zone.isolated > 0 || host.is_some_and(|host| host.cut);
            if !concerned(&shadow) || shadow.cut > 0 || cut {
                index += 1;
                continue;
            }
            self.world.shadows.remove(index);
            let unit = shadow.unit;
            self.forget_waiting(unit);
            if self.world.units[unit.index()].state == State::Starting {
                self.start_is_over(unit);
            }
            let left = self.world.rooms.host_of(unit).unwrap_or(NONE);
            let zone = Id::new(u32::from(shadow.zone));
            self.world.move_to(self.topology, unit, Place { zone, host: NONE });
            self.world.rooms.take_back(unit, shadow.host);
            self.room_was_made(left);
            let state = &mut self.world.units[unit.index()];
            state.state = State::Serving;
            let recovery = state.recovery;
            self.world.recoveries[recovery].given_up = false;
            self.state(Fact::SurplusStopped { unit, original_stays: true });
            self.rejoined(unit);
        }
    }

    /// The replacement answers: the original will be retired as soon as it can be reached.
    #[inline]
    pub(super) fn retire_original(&mut self, unit: Id<UnitInfo>) {
        if !self.world.shadows.is_empty() && self.forget_shadow(unit) {
            self.state(Fact::SurplusStopped { unit, original_stays: false });
        }
    }

    /// Originals that ran on in a zone that is now lost are gone.
    fn originals_lost(&mut self, zone: Id<Zone>) {
        let here = |it: &&Shadow| u32::from(it.zone) == zone.raw();
        let gone: Vec<_> = self.world.shadows.iter().filter(here).map(|it| it.unit).collect();
        gone.into_iter().for_each(|unit| self.original_died(unit));
    }

    /// The original ends behind the isolation: there is nothing to take back.
    pub(super) fn original_died(&mut self, unit: Id<UnitInfo>) {
        self.forget_shadow(unit);
    }

    #[cold]
    fn forget_shadow(&mut self, unit: Id<UnitInfo>) -> bool {
        let Some(index) = self.world.shadows.iter().position(|it| it.unit == unit) else {
            return false;
        };
        let host = self.world.shadows.remove(index).host;
        self.world.rooms.leave(self.topology, host, unit);
        self.room_was_made(host);
        let state = &mut self.world.units[unit.index()];
        state.life = state.life.wrapping_add(1);
        state.fails_at = Instant::NEVER;
        true
    }

    /// A unit that is only ever restarted in place gets one, with room for it, if it has none. Whether it
    /// has one now.
    pub(super) fn takes_stand(&mut self, unit: Id<UnitInfo>) -> bool {
        let topology = self.topology;
        if topology.group_of(unit).kind != Kind::Container {
            return true;
        }
        if self.world.units[unit.index()].zone != NOWHERE {
            return self.scale_in_place(unit);
        }
        // With room without end it may stand in a zone that is down, and waits there.
        let anywhere = || {
            let zone = own_zone(topology, unit).filter(|_| topology.hosts.is_empty())?;
            Some(Place { zone, host: NONE })
        };
        let place = self.world.choose_place(topology, unit).or_else(anywhere);
        if let Some(place) = place {
            self.world.move_to(topology, unit, place);
        }
        place.is_some()
    }

    // ---- who waits for a place ----

    /// A place may have become free: whoever waits tries again, in order of decision.
    fn place_who_waits(&mut self) {
        for waiting in std::mem::take(&mut self.world.unplaced) {
            if self.still_waits(waiting) {
                self.place(waiting.1);
            }
        }
    }
}
