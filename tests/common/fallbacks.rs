//! An app that may go to another region: where it is, what leads to it, and what it waits for.

use super::invariants::{Invariant, Seen, Verdict, holds, same};
use zonefall::id::Id;
use zonefall::model::fallback::Stage;
use zonefall::model::topology::Zone;
use zonefall::model::world::{NOWHERE, Phase, State};
use zonefall::time::Instant;

/// Its address leads somewhere only where it has arrived, its containers stand where it is, and it is
/// decided about only while its home region is lost.
pub struct FallbacksConsistent;

impl Invariant for FallbacksConsistent {
    fn after(&mut self, _: Instant, Seen { topology, world, .. }: &Seen<'_>) -> Verdict {
        for (id, info) in topology.fallbacks.enumerate() {
            let state = &world.fallbacks[id.index()];
            let name = &topology.groups[info.app].name;
            let told = || format!("{name}: {state:?}");
            let up = |zone: &Id<Zone>| world.zones[zone.index()].is_up();
            let home = &topology.regions[info.home].zones;
            let abroad = &topology.regions[info.abroad].zones;
            let (none_at_home, all_at_home) = (!home.iter().any(up), home.iter().all(up));
            let address = &world.units[info.address.index()];
            let leads = matches!(
                state.stage,
                Stage::Home | Stage::Away | Stage::Returning | Stage::Resyncing
            );
            same(name, address.in_service, leads)?;
            same(name, address.state == State::Serving, leads)?;
            let record = world.recovery(info.address);
            let phase = record.and_then(|it| it.path.last()).map(|it| it.1);
            let fits = match state.stage {
                Stage::Home => !state.abroad && !none_at_home,
                Stage::Deciding | Stage::Preparing => {
                    !state.abroad && none_at_home && phase == Some(Phase::Operator)
                }
                Stage::Unable => !state.abroad && none_at_home && phase == Some(Phase::Provider),
                Stage::Moving => (state.abroad || !none_at_home) && phase.is_some(),
                Stage::Shifting => {
                    (state.abroad || !none_at_home) && phase == Some(Phase::Rerouting)
                }
                // Not called home: something is down at home, or here, or the database is.
                Stage::Away => {
                    let serves = topology
                        .database_of(info.app)
                        .is_none_or(|it| world.databases[it.index()].stage.serves());
                    state.abroad && !(all_at_home && abroad.iter().any(up) && serves)
                }
                Stage::Returning | Stage::Resyncing => {
                    state.abroad && all_at_home && abroad.iter().any(up)
                }
            };
            holds(fits, || format!("{} waits for {phase:?}", told()))?;
            for unit in topology.units_of(info.app) {
                let unit = &world.units[unit.index()];
                let region = (unit.zone != NOWHERE)
                    .then(|| topology.zones[Id::new(u32::from(unit.zone))].region);
                let here = if state.abroad { info.abroad } else { info.home };
                holds(region.is_none_or(|it| it == here), || {
                    format!("{}: a container stands in another region", told())
                })?;
            }
        }
        Ok(())
    }
}
