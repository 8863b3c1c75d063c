//! `zonefall schema`: the JSON Schema of scenario files, for editors.

use super::{Failure, Talk};
use crate::report::exit::Exit;
use crate::scenario;
use clap::Args;

/// Print the JSON Schema of scenario files
#[derive(Debug, Args)]
pub struct Schema;

pub fn schema(talk: &Talk) -> Result<Exit, Failure> {
    talk.result(&format!("{:#}\n", scenario::json_schema()))?;
    Ok(Exit::Fine)
}
