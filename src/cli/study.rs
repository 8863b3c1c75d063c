//! A study run from the command line: with a bar, and with Ctrl-C.

use super::args::Running;
use super::progress::Bar;
use super::{Talk, interrupt};
use crate::scenario::Loaded;
use crate::study::{self, Options, Outcome};

/// Runs it; `keep_rows` where single replications are wanted.
pub fn run(loaded: &Loaded, running: &Running, keep_rows: bool, talk: &Talk) -> Outcome {
    // Before anything is said: whoever reads that it began may interrupt it.
    let stop = interrupt::listen();
    talk.detail(&format!("scenario {} ({})", loaded.scenario.name, loaded.hash));
    let bar = Bar::new(talk);
    let options = Options {
        threads: running.threads(),
        progress: &|progress| bar.show(progress),
        stop,
        keep_rows,
    };
    let outcome = study::run(&loaded.scenario, &loaded.hash, &options);
    drop(bar);
    let run = &outcome.findings.run;
    talk.detail(&format!(
        "{} events in {:.1} s on {} threads",
        run.events, run.wall_s, run.threads
    ));
    outcome
}
