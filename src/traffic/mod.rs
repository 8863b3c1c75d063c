//! Requests: which of them fail, wait, or find no room, from the state of an app.

mod capacity;
mod clock;
mod queue;
mod rotation;

pub use capacity::{Capacity, Law};
pub use clock::{Load, LoadClock};
pub use queue::{Queue, SETTLED, Steady};
pub use rotation::{Face, Loss, RetryRules, loss};
