//! What is said and where: results to standard output, everything else to standard error.

use super::Failure;
use std::io::{self, Write};

/// How much is said.
#[derive(Clone, Copy, Debug)]
pub struct Talk {
    quiet: bool,
    verbose: bool,
}

impl Talk {
    pub fn new(quiet: bool, verbose: bool) -> Talk {
        Talk { quiet, verbose }
    }

    /// A result. Colours vanish where standard output is no terminal or `NO_COLOR` is set. A reader
    /// that has seen enough and left (`| head`) is no error.
    pub fn result(&self, text: &str) -> Result<(), Failure> {
        let mut out = anstream::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::internal(format!("cannot write to standard output: {e}")))
            }
            _ => Ok(()),
        }
    }

    /// A remark, unless quiet.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            say(&format!("{text}\n"));
        }
    }

    /// A detail that only `-v` shows.
    pub fn detail(&self, text: &str) {
        if self.verbose {
            say(&format!("{text}\n"));
        }
    }

    /// What went wrong, always.
    pub fn error(&self, message: &str) {
        say(&format!("error: {message}\n"));
    }

    /// The mistakes in a scenario, already worded.
    pub fn mistakes(&self, text: &str) {
        say(&format!("{}\n", text.trim_end()));
    }

    /// Whether an animated bar would be seen and is wanted.
    pub fn shows_progress(&self) -> bool {
        !self.quiet && io::IsTerminal::is_terminal(&io::stderr())
    }
}

/// To standard error. Nobody could be told that it is closed, so failing to write is no failure.
pub fn say(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}
