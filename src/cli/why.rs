//! `zonefall why FILE`: what takes it down, and the worst and the median year told as a story.

use super::args::{Overrides, Running};
use super::{Failure, Talk, input, study};
use crate::report::exit::Exit;
use crate::report::story::{Detail, told};
use crate::report::{causes, period};
use clap::Args;

/// What takes it down; the worst and the median year told
#[derive(Debug, Args)]
pub struct Why {
    /// A scenario file; - is standard input
    file: String,
    #[command(flatten)]
    overrides: Overrides,
    #[command(flatten)]
    running: Running,
}

/// The exit code tells whether there is an answer, not whether the scenario meets its expectations.
pub fn why(args: &Why, talk: &Talk) -> Result<Exit, Failure> {
    let Some(loaded) = input::load(&args.overrides.origin(&args.file), talk)? else {
        return Ok(Exit::Invalid);
    };
    let findings = study::run(&loaded, &args.running, false, talk).findings;
    let mut text = causes(&findings);
    let extremes = &findings.extremes;
    for (which, replication) in [("worst", extremes.worst), ("median", extremes.median)] {
        let story = crate::study::story(&loaded.scenario, replication);
        let title = format!("The {which} {}", period(&findings));
        text += &format!("\n{}", told(&title, &story, Detail::Why));
    }
    talk.result(text.trim_start_matches('\n'))?;
    Ok(if findings.study.interrupted { Exit::Interrupted } else { Exit::Fine })
}
