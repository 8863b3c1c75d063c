//! zonefall simulates a cloud hosting architecture through thousands of years of failures and tells
//! what it really gives, and what takes it down. This page is the map of the crate.
//!
//! # From a file to a verdict
//!
//! ```text
//!  scenario.toml                                                       verdict, files, exit code
//!       │                                                                        ▲
//!   scenario::load ─► Scenario ─► assemble ─► Topology ─┐                 report │ cli
//!   read, merged with the preset,       never changes   │                        │
//!   every mistake at once                               ▼                        │
//!                                    history::run: one replication            Findings
//!                                  calendar ─► event ─► verbs ─► World           ▲
//!                                              of model, faults    │             │
//!                                                                  ▼    fold in order, estimate
//!                                                  facts ─► measure::Measures ───┘ study
//! ```
//!
//! [`study::run`] simulates replications on all threads. Each is one [`history::run`]: the
//! [`engine`]'s calendar hands out events in order, the verbs of [`model`] and [`faults`] change the
//! [`World`](model::world::World) and state *facts* in the past tense, and listeners ([`measure`],
//! [`mod@study::story`]) hear them. Replications are folded in their order into
//! [`Findings`](study::findings::Findings), from which every report is made.
//!
//! # Layers
//!
//! A module may use those of lower layers, and none of its own or above.
//!
//! ```text
//!  7  cli                            one file per command; arguments in, calls out
//!     ↓
//!  6  report                         findings → terminal, Markdown, CSV, JSON, pictures
//!     ↓
//!  5  study                          replications → findings; precision, verdicts, stories
//!     ↓
//!  4  scenario, history              the user's file; one replication from start to end
//!     ↓
//!  3  faults, measure                what strikes where and when; listeners to facts
//!     ↓
//!  2  model                          the architecture: topology, world, events, verbs, facts
//!     ↓
//!  1  engine, policy, traffic        calendar, draws, distributions; decisions; requests
//!     ↓
//!  0  time, id, stats                instants and spans; typed ids; estimators and intervals
//! ```
//!
//! # What is absent
//!
//! 1. *Polling.* A probe every 30 s is no event. When something breaks, the instant at which that
//!    probe will notice follows from its phase and interval and is scheduled once. A simulated year
//!    costs as much as goes wrong in it.
//!    Nor are roll-outs simulated that leave nothing behind, nor the run of a backup that succeeds: their
//!    [luck is looked at](model::quiet), and a listener that asks is told of the same history in full.
//! 2. *Measures, files, threads and host clocks in the model.* It states [facts](model::fact::Fact)
//!    and does not know who listens.
//! 3. *Pointers in the state.* [`Topology`](model::topology::Topology) never changes and is shared;
//!    [`World`](model::world::World) is plain data that can be cloned.
//! 4. *Luck that depends on order.* A [draw](engine::draw) is keyed by the name of the component, the
//!    purpose and the occurrence. Results are folded in the order of replications, no result sees the
//!    order of a hash map, and `ln` and `exp` are [our own](engine::math) (`clippy.toml` forbids the
//!    standard ones). The same scenario and seed give the same digest for any number of threads.
//! 5. *Floating time.* An [`Instant`](time::Instant) is `u64` nanoseconds, so up and down times add up
//!    to the horizon exactly.
//! 6. *Ties by accident.* Events of one instant come by [rank](model::event::rank), then in order of
//!    scheduling.
//! 7. *Errors past the edge.* A wrong scenario is told by [`scenario::load`], with places and
//!    remedies; past it the model asserts.
//!
//! An event that concerns an earlier life of its component is stale: it carries a counter and does
//! nothing, instead of being searched for and cancelled.
//!
//! The letters and numbers in comments (F4, N7, K3 …) are rules: F faults and their clocks, N
//! noticing and restarting, U up and down, T traffic, M measures, K failover clock and causes,
//! S time, X statistics. Each is explained where it is first put into practice.
//!
//! # Where to find what
//!
//! | question | file |
//! |---|---|
//! | what a key of a scenario means, and what it takes | `src/scenario/registry/` |
//! | the defaults, with range, source and confidence | `src/scenario/presets/` |
//! | what happens when a container, host or dependency fails | [`mod@model::unit`] |
//! | what happens when a zone or region is lost or cut off | [`model::domain`] |
//! | what happens when a host is, and which has room | [`mod@model::host`], [`model::room`] |
//! | who notices and starts, and what if it is gone itself | [`model::health_manager`] |
//! | how a database fails over, is rebuilt or restored | [`mod@model::database`] |
//! | how an app goes to another region, and comes back | [`mod@model::fallback`] |
//! | how a bucket loses replicas, its quorum, or moves | [`mod@model::bucket`] |
//! | what becomes of a backup, and which fail | [`mod@model::backup`] |
//! | where a container is placed; how long a crash loop waits | [`policy::placement`], [`policy::restart`] |
//! | how deployments, restarts and maintenance go, one container after the other | [`model::change`] |
//! | which roll-outs are only checked, since they leave nothing behind | [`mod@model::quiet`] |
//! | whether a change is smooth, and who of its containers is unlucky | [`model::luck`] |
//! | how a container is replaced on purpose, or serves a bad version | [`model::renewal`] |
//! | how an app is scaled or sleeps | [`model::switch`] |
//! | how many containers the load calls for | [`model::autoscaling`] |
//! | how hosts are emptied and replaced | [`model::evacuation`] |
//! | what was stopped on purpose and finishes its requests | [`model::drain`] |
//! | which entries a router still believes in | [`model::rotation`] |
//! | which routers the balancer before them believes in, and who still asks them | [`model::front`] |
//! | what share of requests fails meanwhile, waits, or finds no room | [`traffic`] |
//! | how a profile, a trace or growth becomes steps of the load | `src/scenario/steps.rs` |
//! | when faults strike | [`faults`] |
//! | how downtime is charged to causes | [`measure::ledger`] |
//! | how the failover time is split | [`measure::failover`] |
//! | what each measure means, and what is not modelled | [`study::definitions`] |
//! | where a doubtful setting would turn the verdict | `src/study/break_even.rs` |
//! | how an app is simulated without the others | [`study::alone`] |
//! | where data may be, and what refuses to take it elsewhere | [`model::residency`] |
//! | every path by which data may leave, before anything is simulated | [`study::residency`] |
//! | what was outside, since when and until when | [`measure::residency`] |
//! | what a refused move cost | [`measure::residency::refusals`] |
//! | how intervals are computed | [`study::estimate`], [`stats`] |
//! | how pending events are kept | [`engine::calendar`] |
//!
//! # How to add
//!
//! - *A kind of fault*: a variant of [`Effect`](model::topology::Effect) and its verb in
//!   [`model::domain`] or [`model::unit`]; its word in `scenario/registry/faults.rs` and
//!   `scenario/read/fault.rs`. What × where × when × how long is one mechanism for all ([`faults`]).
//! - *A change made on purpose*: a field of [`Change`](model::topology::Change) or
//!   [`Renewing`](model::topology::Renewing), its verb in [`model::change`], its word in
//!   `scenario/registry/changes.rs` and `scenario/read/changes.rs`.
//! - *A placement policy*: a pure function in [`policy::placement`], a variant of
//!   [`Placement`](model::topology::Placement), its word in `scenario/registry/estate.rs`.
//! - *A generation of the health manager*: a table in `scenario/presets/health-managers.toml` and its
//!   name in `scenario/registry/recovery.rs`.
//! - *Something that moves data*: where it may go as a function in `CONTRIBUTORS` of
//!   `study/residency/flows.rs`, by a [`Move`](model::residency::Move); what it did as a variant of
//!   [`Asset`](measure::residency::Asset) and a line of `hear` in [`measure::residency`], or, where it is
//!   computed and not heard, of `survey` there; before it moves anything the model asks
//!   [`rule_of`](model::topology::Topology::rule_of) the app.
//! - *A measure*: a file in [`measure`], a field of [`Measures`](measure::Measures) and the facts it
//!   hears; its estimate in [`study::estimate`] and its definition in [`study::definitions`].
//! - *A report format*: a file in [`report`] and a line in [`report::FORMATS`].
//! - *An example*: a file in `scenarios/`; `init` embeds it, and its verdict and digest are recorded
//!   with `UPDATE_GOLDEN=1 cargo test --test examples`.
//!
//! A `match` without a wildcard in the model means that the compiler lists what a new variant touches.

pub mod cli;
pub mod engine;
pub mod faults;
pub mod history;
pub mod id;
pub mod measure;
pub mod model;
pub mod policy;
pub mod report;
pub mod scenario;
pub mod stats;
pub mod study;
pub mod time;
pub mod traffic;
