//! When the way to the other region and back is ordered, stage by stage.

use super::{Fallback, Stage};
use crate::engine::{Draw, Purpose};
use crate::id::Id;
use crate::model::event::{Event, is_same, rank};
use crate::model::fact::{Fact, How, Listener};
use crate::model::root::{Reach, Root};
use crate::model::sim::Sim;
use crate::model::topology::{Group, UnitInfo, Zone};
use crate::model::world::{Phase, State};
use crate::time::Span;

impl<L: Listener> Sim<'_, L> {
    /// A stage of a fallback is over.
    pub fn fallback_goes_on(&mut self, id: Id<Fallback>, turn: u32) {
        if !is_same(self.world.fallbacks[id.index()].turn, turn) {
            return;
        }
        let settings = &self.topology.fallbacks[id].settings;
        match self.world.fallbacks[id.index()].stage {
            Stage::Deciding => {
                let prepare =
                    settings.prepare.span(self.fallback_draw(id, Purpose::FALLBACK_PREPARE));
                self.enter_fallback(id, Stage::Preparing, prepare);
            }
            Stage::Preparing => self.order_fallback(id),
            Stage::Shifting => self.address_leads_there(id),
            Stage::Returning => self.order_return(id),
            Stage::Home | Stage::Unable | Stage::Moving | Stage::Away | Stage::Resyncing => {
                unreachable!("nothing of the fallback itself ends this stage")
            }
        }
    }

    /// The draw of a way there.
    fn fallback_draw(&self, id: Id<Fallback>, purpose: Purpose) -> Draw {
        let state = &self.world.fallbacks[id.index()];
        self.draw_of(self.topology.fallbacks[id].key, purpose, state.losses)
    }

    fn enter_fallback(&mut self, id: Id<Fallback>, stage: Stage, lasts: Span) {
        self.change_fallback(id, stage);
        let turn = self.world.fallbacks[id.index()].turn;
        // Whoever decides sees what has ended and begun at that instant.
        self.after(lasts, rank::CHECKER, Event::FallbackGoesOn { fallback: id, turn });
    }

    /// A stage that something else ends.
    pub(super) fn change_fallback(&mut self, id: Id<Fallback>, stage: Stage) {
        let state = &mut self.world.fallbacks[id.index()];
        state.stage = stage;
        state.turn = state.turn.wrapping_add(1);
        self.state(Fact::FallbackStage { fallback: id, stage });
    }

    // ---- the home region goes, or is back ----

    /// Zones are lost or cut off, and all in them has reacted.
    pub(in crate::model) fn fallbacks_struck(&mut self, zones: &[Id<Zone>], root: Root) {
        let topology = self.topology;
        for (id, info) in topology.fallbacks.enumerate() {
            if zones.iter().any(|&zone| topology.zones[zone].region == info.home)
                && self.world.awaits_fallback(topology, info.app)
            {
                self.take_over(info.address, root, How::Lost);
                self.touch_app(info.app);
                match self.world.fallbacks[id.index()].stage {
                    Stage::Deciding | Stage::Preparing | Stage::Unable => {}
                    // At home, or just about to be there again.
                    _ => self.home_is_lost(id, root),
                }
            }
            self.fallback_is_looked_at(id);
            self.files_are_missed(info.app);
        }
    }

    fn home_is_lost(&mut self, id: Id<Fallback>, root: Root) {
        let info = &self.topology.fallbacks[id];
        if self.world.units[info.address.index()].in_service {
            self.address_leads_nowhere(id, root, How::Lost);
        }
        let state = &mut self.world.fallbacks[id.index()];
        state.losses = state.losses.wrapping_add(1);
        let draw = self.fallback_draw(id, Purpose::FALLBACK_DECISION);
        self.enter_fallback(id, Stage::Deciding, info.settings.decision.span(draw));
        self.waits_elsewhere(id);
    }

    /// Zones are up again. Whoever waits for them has not been looked at yet.
    pub(in crate::model) fn fallbacks_relieved(&mut self) {
        for (id, info) in self.topology.fallbacks.enumerate() {
            let stage = self.world.fallbacks[id.index()].stage;
            let waits = matches!(stage, Stage::Deciding | Stage::Preparing | Stage::Unable);
            if waits && !self.world.awaits_fallback(self.topology, info.app) {
                self.home_is_back(id);
            }
            self.fallback_is_looked_at(id);
            self.files_are_missed(info.app);
        }
    }

    /// Back before anybody has ordered anything.
    fn home_is_back(&mut self, id: Id<Fallback>) {
        let info = &self.topology.fallbacks[id];
        self.change_fallback(id, Stage::Home);
        self.address_leads_again(id);
        if let Some(database) = self.topology.database_of(info.app) {
            self.database_is_as_it_was(database);
        }
        self.deployments_go_on(info.app);
    }

    /// Whether a container waits for people to decide where it goes: its home region is lost.
    pub(in crate::model) fn fallback_is_decided(&self, unit: Id<UnitInfo>) -> bool {
        let deciding = |id: Id<Fallback>| {
            matches!(self.world.fallbacks[id.index()].stage, Stage::Deciding | Stage::Preparing)
        };
        self.topology.fallback_of(self.topology.group_id(unit)).is_some_and(deciding)
    }

    /// What an app whose home region is lost waits for.
    pub(in crate::model) fn phase_of_decision(&self, app: Id<Group>) -> Phase {
        let unable = |id: Id<Fallback>| self.world.fallbacks[id.index()].stage == Stage::Unable;
        let unable = self.topology.fallback_of(app).is_some_and(unable);
        if unable { Phase::Provider } else { Phase::Operator }
    }

    // ---- the order ----

    /// Everything is prepared: the app goes, if it can.
    fn order_fallback(&mut self, id: Id<Fallback>) {
        if self.can_go_abroad(id) {
            self.relocate(id, true, None);
        } else if self.world.fallbacks[id.index()].stage != Stage::Unable {
            self.change_fallback(id, Stage::Unable);
            self.waits_elsewhere(id);
        }
    }

    /// What an app that has no place at home waits for, all of it.
    fn waits_elsewhere(&mut self, id: Id<Fallback>) {
        let info = &self.topology.fallbacks[id];
        let phase = self.phase_of_decision(info.app);
        self.address_waits(id, phase);
        let waiting: Vec<_> = self.world.unplaced.iter().map(|it| it.1).collect();
        for unit in waiting.into_iter().filter(|it| self.topology.group_id(*it) == info.app) {
            self.enter_phase(unit, phase);
        }
        if let Some(database) = self.topology.database_of(info.app) {
            self.database_awaits_fallback(database);
        }
    }

    /// A zone to go to, and, where there is a database, something that it can go on with.
    fn can_go_abroad(&self, id: Id<Fallback>) -> bool {
        let info = &self.topology.fallbacks[id];
        let zones = &self.topology.groups[info.app].zones[info.at_home..];
        zones.iter().any(|zone| self.world.zones[zone.index()].is_up())
            && self
                .topology
                .database_of(info.app)
                .is_none_or(|database| self.database_can_go_on_abroad(database))
    }

    // ---- the address ----

    /// Clients are led nowhere where anything answers.
    pub(super) fn address_leads_nowhere(&mut self, id: Id<Fallback>, root: Root, how: How) {
        let address = self.topology.fallbacks[id].address;
        self.leave_service(address, root, how);
        let unit = &mut self.world.units[address.index()];
        unit.state = State::Down;
        unit.life = unit.life.wrapping_add(1);
    }

    /// What the address of an app waits for.
    pub(super) fn address_waits(&mut self, id: Id<Fallback>, phase: Phase) {
        let info = &self.topology.fallbacks[id];
        self.enter_phase(info.address, phase);
        self.touch_app(info.app);
    }

    fn address_leads_again(&mut self, id: Id<Fallback>) {
        let address = self.topology.fallbacks[id].address;
        self.world.units[address.index()].state = State::Serving;
        self.admit(address);
    }

    /// Something has changed about an app on its way: what its address waits for, or whether it would
    /// answer.
    #[inline(always)]
    pub(in crate::model) fn fallback_makes_way(&mut self, app: Id<Group>) {
        if !self.topology.fallbacks.is_empty() {
            self.app_makes_way(app);
        }
    }

    #[cold]
    fn app_makes_way(&mut self, app: Id<Group>) {
        let topology = self.topology;
        let Some(id) = topology.fallback_of(app) else { return };
        if self.world.fallbacks[id.index()].stage != Stage::Moving {
            return;
        }
        let info = &topology.fallbacks[id];
        match self.still_to_come(app) {
            Some(phase) => self.address_waits(id, phase),
            None => {
                self.address_waits(id, Phase::Rerouting);
                let state = &self.world.fallbacks[id.index()];
                let draw = self.fallback_draw(id, Purpose::FALLBACK_DNS);
                let shift = info.settings.dns.span(draw.redraw(u16::from(!state.abroad)));
                self.enter_fallback(id, Stage::Shifting, shift);
            }
        }
    }

    /// What an app waits for that is not all where it is to be: its database, or the container that is
    /// furthest on its way.
    fn still_to_come(&self, app: Id<Group>) -> Option<Phase> {
        let world = &self.world;
        let phase = |unit| world.recovery(unit).and_then(|it| it.path.last()).map(|last| last.1);
        if let Some(database) = self.topology.database_of(app)
            && !world.databases[database.index()].stage.serves()
        {
            return phase(self.topology.databases[database].unit).or(Some(Phase::Promotion));
        }
        let state = &world.apps[app.index()];
        let connected = state.in_service - world.unconnected(self.topology, app);
        if state.declared() == 0 || connected >= self.topology.groups[app].needs {
            return None;
        }
        self.topology.units_of(app).filter_map(phase).max().or(Some(Phase::Start))
    }

    /// Clients have been led to where the app is.
    fn address_leads_there(&mut self, id: Id<Fallback>) {
        let info = &self.topology.fallbacks[id];
        let abroad = self.world.fallbacks[id.index()].abroad;
        self.change_fallback(id, if abroad { Stage::Away } else { Stage::Home });
        self.address_leads_again(id);
        if abroad {
            self.fallback_is_looked_at(id);
            return;
        }
        self.deployments_go_on(info.app);
    }

    // ---- the return ----

    /// Something has changed on which the next order depends: it may be given now, or no more.
    pub(in crate::model) fn fallback_is_looked_at(&mut self, id: Id<Fallback>) {
        let info = &self.topology.fallbacks[id];
        let called_for = self.return_is_called_for(info);
        match self.world.fallbacks[id.index()].stage {
            Stage::Unable if self.can_go_abroad(id) => {
                self.enter_fallback(id, Stage::Preparing, Span::ZERO);
            }
            Stage::Away if called_for => {
                let returns = self.world.fallbacks[id.index()].returns.wrapping_add(1);
                self.world.fallbacks[id.index()].returns = returns;
                let draw = self.draw_of(info.key, Purpose::FALLBACK_RETURN, returns);
                self.enter_fallback(id, Stage::Returning, info.settings.back.span(draw));
            }
            Stage::Returning | Stage::Resyncing if !called_for => {
                self.change_fallback(id, Stage::Away);
            }
            Stage::Resyncing if self.is_synced(info) => {
                self.enter_fallback(id, Stage::Returning, Span::ZERO);
            }
            _ => {}
        }
    }

    /// As [`Sim::fallback_is_looked_at`], of an app that may have none.
    pub(in crate::model) fn fallback_of_is_looked_at(&mut self, app: Id<Group>) {
        if let Some(id) = self.topology.fallback_of(app) {
            self.fallback_is_looked_at(id);
        }
    }

    /// While all of the home region is up, and the app is well where it is.
    fn return_is_called_for(&self, info: &Fallback) -> bool {
        let (topology, world) = (self.topology, &self.world);
        let up = |zone: &Id<Zone>| world.zones[zone.index()].is_up();
        topology.regions[info.home].zones.iter().all(up)
            && world.any_zone_up(topology, info.abroad)
            && topology
                .database_of(info.app)
                .is_none_or(|it| world.databases[it.index()].stage.serves())
    }

    /// Whether the database of an app, if it has one, has a node in step at home.
    fn is_synced(&self, info: &Fallback) -> bool {
        let database = self.topology.database_of(info.app);
        database.is_none_or(|database| self.is_in_step_at_home(database))
    }

    /// The app goes home as soon as its data is there.
    fn order_return(&mut self, id: Id<Fallback>) {
        let info = &self.topology.fallbacks[id];
        if self.is_synced(info) {
            let root = Root { change: true, ..self.new_root(info.cause, Reach::App) };
            self.relocate(id, false, Some(root));
        } else {
            self.change_fallback(id, Stage::Resyncing);
        }
    }
}
