//! `zonefall completions SHELL`: completion of commands and options.

use super::{Cli, Failure, Talk};
use crate::report::exit::Exit;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print completions for a shell
#[derive(Debug, Args)]
pub struct Completions {
    shell: Shell,
}

pub fn completions(args: &Completions, talk: &Talk) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "zonefall", &mut script);
    talk.result(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Fine)
}
