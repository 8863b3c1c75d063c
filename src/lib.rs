//! zonefall (map to be completed)
pub mod engine;
pub mod id;
pub mod stats;
pub mod time;
