//! Events, time and chance: what a simulation needs before it knows what it simulates.
//!
//! - [`calendar`]: the events to come, in order
//! - [`draw`]: keyed draws, luck that belongs to a name
//! - [`dist`]: distributions, sampled by inverse transform
//! - [`math`]: `ln`, `exp` and the normal quantile, the same bits everywhere
//! - [`digest`]: the fingerprint of a sequence of numbers

pub mod calendar;
pub mod digest;
pub mod dist;
pub mod draw;
pub mod math;

pub use calendar::Calendar;
pub use digest::Digest;
pub use dist::Dist;
pub use draw::{Draw, Key, KeyedRng, Purpose};
