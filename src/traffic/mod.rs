//! What happens to requests between two changes of state: closed forms, no events.

pub mod rotation;
pub use rotation::{Face, Loss, RetryRules, loss};
