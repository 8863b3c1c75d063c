//! The last line of defence: a panic is told in a few words and ends with exit code 1.

use super::talk;
use crate::report::exit::Exit;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

/// Runs `program`; a panic in it, on any thread, becomes an exit code. Replications that run side by
/// side may all fail for the same reason; one of them is told.
pub fn guarded(program: impl FnOnce() -> Exit + panic::UnwindSafe) -> Exit {
    static TOLD: Once = Once::new();
    panic::set_hook(Box::new(|info| TOLD.call_once(|| talk::say(&told(info)))));
    panic::catch_unwind(program).unwrap_or(Exit::Internal)
}

fn told(info: &PanicHookInfo) -> String {
    let payload = info.payload();
    let message = payload.downcast_ref::<&str>().copied();
    let message = message.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = message.unwrap_or("no message");
    let place = info.location().map_or(String::new(), |at| format!("\n  at {at}"));
    format!(
        "internal error: {message}{place}\n\
         This is a bug in zonefall {}, not a mistake in the scenario. Please report it with the lines \
         above,\nthe scenario and the command; results written earlier are untouched.\n",
        env!("CARGO_PKG_VERSION")
    )
}
