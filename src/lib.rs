//! zonefall (map to be completed)
pub mod cli;
pub mod engine;
pub mod id;
pub mod report;
pub mod scenario;
pub mod stats;
pub mod study;
pub mod time;
