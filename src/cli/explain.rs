//! `zonefall explain [KEY]`: what a key means, its unit, default, range, source and confidence.

use super::{Failure, Talk};
use crate::report::exit::Exit;
use crate::scenario;
use clap::Args;

/// What a key or preset means: unit, default, range, source, confidence
#[derive(Debug, Args)]
pub struct Explain {
    /// A dotted path such as app.containers or failure.zone-outage; without it, all there are
    #[arg(value_name = "KEY")]
    key: Option<String>,
}

pub fn explain(args: &Explain, talk: &Talk) -> Result<Exit, Failure> {
    let text =
        scenario::explain(args.key.as_deref().unwrap_or_default()).map_err(Failure::invalid)?;
    talk.result(&format!("{}\n", text.trim_end()))?;
    Ok(Exit::Fine)
}
