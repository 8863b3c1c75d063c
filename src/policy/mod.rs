//! Decisions as small pure functions: numbers in, a choice out.

pub mod placement;
pub mod restart;
