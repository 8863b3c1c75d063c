//! Studies: a scenario in, findings out.
pub mod findings;
