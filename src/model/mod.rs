//! The hosting architecture and what happens to it.
//!
//! [`topology`] is what never changes during a run; [`world`] is what does, as plain cloneable data.
//! [`sim::Sim`] joins both with the clock and the calendar. The verbs live with what they act on:
//! [`mod@unit`] (a container, host or dependency from failure to return), [`rotation`] (the router's list
//! of entries that lags the truth), [`domain`] (zones and regions that are lost or cut off),
//! [`front`] (routers that stand in zones, and the balancer before them), [`mod@host`] and [`room`] (what
//! containers stand on, and how much fits), [`health_manager`] (who notices and starts, and may itself be
//! gone), [`crew`], [`mod@database`] (nodes, failover, restore), [`bucket`] (replicas, quorums), [`backup`]
//! (what can be restored), [`mod@fallback`] (an app that goes to another region), [`change`] (what is done
//! on purpose), [`luck`] (how smooth that is), [`renewal`], [`switch`] and [`drain`] (what it does to a
//! container), [`autoscaling`] (changes by load) and [`evacuation`] (hosts that are emptied and replaced).
//! `ahead` reads early what the next failures of a large fleet will touch.
//! The model knows no measure, file or thread: it states [`fact::Fact`]s, and whoever listens
//! (measures, stories, checkers) listens to the same facts.

mod ahead;
pub mod autoscaling;
pub mod backup;
pub mod bucket;
pub mod capacity;
pub mod change;
pub mod crew;
pub mod database;
pub mod domain;
pub mod drain;
pub mod evacuation;
pub mod event;
pub mod fact;
pub mod fallback;
pub mod front;
pub mod health_manager;
pub mod host;
pub mod luck;
pub mod quiet;
pub mod renewal;
pub mod residency;
pub mod room;
pub mod root;
pub mod rotation;
pub mod service;
pub mod setup;
pub mod sim;
pub mod slab;
pub mod switch;
pub mod topology;
pub mod unit;
pub mod world;
