//! The user's file: read, merged with its preset, checked, and told back.
//!
//! The way of a scenario: `tree` (TOML with places) → `keys` (unknown keys) → `merge` (preset, files,
//! `--with`, `--set`) → `read` (conversion and checks) → [`spec::Scenario`] → [`assemble`]. What a key
//! means and takes stands once, in `registry`; [`explain()`] and [`json_schema`] are told from there.

pub mod assemble;
mod csv_file;
mod due;
mod explain;
mod fleet;
mod generations;
mod keys;
mod kinds;
mod law;
mod load;
mod merge;
mod mistakes;
mod names;
mod preset;
mod read;
mod reading;
mod registry;
mod resolved;
pub(crate) mod rules;
mod schema;
mod shared;
mod sources;
pub mod spec;
mod steps;
mod storage;
mod tree;
mod units;
mod view;

pub use explain::explain;
pub use load::{Input, Loaded, load};
pub use mistakes::Mistakes;
pub use resolved::Resolved;
pub use schema::json_schema;
pub use sources::Source;
