//! Ctrl-C: the first keeps what is finished, the second ends the program at once.

use super::talk::say;
use crate::report::exit::Exit;
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// Listens from now on; what it returns becomes true at the first Ctrl-C.
pub fn listen() -> &'static AtomicBool {
    let handler = || {
        if STOP.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
        say("\ninterrupted: finishing what is under way; Ctrl-C once more to end at once\n");
    };
    // Where signals cannot be handled, Ctrl-C ends the program as it would any other.
    let _ = ctrlc::set_handler(handler);
    &STOP
}
