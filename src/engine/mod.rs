//! Events, time and chance.
pub mod dist;
pub use dist::Dist;
