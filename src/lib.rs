//! zonefall (map to be completed)
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
