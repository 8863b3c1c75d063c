//! The user's file: read, merged with its preset, checked, and told back.
pub mod assemble;
pub mod spec;
