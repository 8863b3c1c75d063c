//! Load against what can be served, before anything is simulated: with everything in service and after
//! the loss of each zone, and the day on which growth runs out of it.

use crate::id::Id;
use crate::scenario::assemble::assemble;
use crate::scenario::spec::{App, Course, Load, Scenario};
use crate::study::architecture::AtTheStart;
use crate::study::findings::{AfterZone, Room, Standing};
use crate::study::plan::date_label;
use crate::time::{DAY, HOUR, Instant, Span};
use crate::traffic;

/// Hours of the load that are told: the first week.
const HOURS: u64 = 7 * 24;
/// Growth is not followed further than this.
const FAR: Span = Span(100 * 365 * DAY);

/// The room of each app, by the zones that its containers stand in at the start; only of apps with a
/// capacity.
pub fn rooms(
    scenario: &Scenario,
    start: &AtTheStart<'_>,
    load_of: impl Fn(usize) -> Option<traffic::Load>,
) -> Vec<Option<Box<Room>>> {
    let apps = scenario.apps.iter().enumerate();
    apps.map(|(index, app)| {
        app.capacity.as_ref()?;
        let stands = start.stands(Id::new(index as u32));
        room(app, &stands, &load_of(index)?, scenario.study.start_unix).map(Box::new)
    })
    .collect()
}

fn room(app: &App, stands: &[Standing], course: &traffic::Load, start: i64) -> Option<Room> {
    let (load, capacity) = (app.load.as_ref()?, app.capacity.as_ref()?);
    let per_container = capacity.per_container();
    let peak = load.peak();
    let busy =
        |containers: u32| (containers > 0).then(|| peak / (f64::from(containers) * per_container));
    let zones: Vec<AfterZone> = stands
        .iter()
        .filter(|it| !it.zone.is_empty())
        .map(|it| {
            let containers = app.containers - it.count;
            AfterZone { zone: it.zone.clone(), containers, busy: busy(containers) }
        })
        .collect();
    let left = zones.iter().map(|it| it.containers).min().unwrap_or(app.containers);
    Some(Room {
        per_container,
        peak,
        busy: busy(app.containers)?,
        containers_after_zone_outage: left,
        busy_after_zone_outage: busy(left),
        zones,
        runs_out: runs_out(load, busy(app.containers), start),
        runs_out_after_zone_outage: runs_out(load, busy(left), start),
        week: week(load, course),
        growth_per_year: load.growth.map(|it| it.factor(Span::YEAR) - 1.0),
        overloaded: None,
        lost: None,
    })
}

/// The first day whose peak exceeds what can be served.
fn runs_out(load: &Load, busy: Option<f64>, start: i64) -> Option<String> {
    let busy = busy?;
    let after = if busy > 1.0 {
        0
    } else {
        let growth = load.growth.filter(|it| it.share > 0.0)?;
        let exceeds = |day: u64| busy * growth.factor(Span(day * DAY)) > 1.0;
        let (mut low, mut high) = (0, FAR.0 / DAY);
        if !exceeds(high) {
            return None;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if exceeds(middle) { high = middle } else { low = middle }
        }
        high
    };
    Some(date_label((start + after as i64 * 86_400).div_euclid(86_400) * 86_400))
}

/// The highest rate in each hour of the first week; empty where it is always the same.
fn week(load: &Load, course: &traffic::Load) -> Vec<f64> {
    if matches!(load.course, Course::Constant) {
        return Vec::new();
    }
    let hour = |n: u64| course.peak(Instant(n * HOUR), Instant((n + 1) * HOUR));
    (0..HOURS).map(hour).collect()
}

/// What losing any one zone leaves of an app.
#[derive(Clone, Debug, PartialEq)]
pub struct Left<'s> {
    pub app: &'s str,
    pub containers: u32,
    pub needs: u32,
    /// Containers left after the loss of the zone with the most.
    pub left: u32,
    /// Peak load ÷ what they can serve; only with a capacity.
    pub busy: Option<f64>,
}

/// What losing any one zone leaves of each app, before anything is simulated: those that it stops first,
/// then the busiest. Apps of which nothing is to be said are left out.
pub fn after_losing_a_zone(scenario: &Scenario) -> Vec<Left<'_>> {
    let topology = assemble(scenario);
    let start = AtTheStart::new(&topology);
    let rooms = rooms(scenario, &start, |app| topology.load_of(app).cloned());
    let apps = scenario.apps.iter().zip(rooms).enumerate();
    let left = apps.map(|(index, (app, room))| {
        let stands = start.stands(Id::new(index as u32));
        let zones = stands.iter().filter(|it| !it.zone.is_empty());
        let lost = zones.map(|it| it.count).max().unwrap_or(0);
        Left {
            app: &app.name,
            containers: app.containers,
            needs: app.needs,
            left: app.containers - lost,
            busy: room.and_then(|it| it.busy_after_zone_outage),
        }
    });
    let mut left: Vec<_> = left.filter(|it| it.left < it.needs || it.busy.is_some()).collect();
    left.sort_by(|a, b| {
        let stops = |it: &Left<'_>| it.left < it.needs;
        stops(b).cmp(&stops(a)).then(b.busy.unwrap_or(0.0).total_cmp(&a.busy.unwrap_or(0.0)))
    });
    left
}
