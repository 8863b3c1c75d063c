//! `zonefall man`: the manual page.

use super::{Cli, Failure, Talk};
use crate::report::exit::Exit;
use clap::{Args, CommandFactory};

/// Print the manual page, in roff
#[derive(Debug, Args)]
pub struct Man;

pub fn man(talk: &Talk) -> Result<Exit, Failure> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
    rendered.map_err(|e| Failure::internal(format!("the manual page: {e}")))?;
    talk.result(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Fine)
}
