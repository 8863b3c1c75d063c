//! The command line: one file per command, arguments in, calls out, no logic of its own.
//!
//! Results go to standard output, everything else to standard error, so that a pipe gets nothing but
//! results. Exit codes are those of [`crate::report::exit::Exit`].

mod args;
mod check;
mod completions;
mod explain;
pub mod guard;
mod init;
mod input;
mod interrupt;
mod man;
mod progress;
mod replay;
mod report;
mod run;
mod schema;
mod study;
mod talk;
mod welcome;
mod why;

use crate::report::exit::Exit;
use clap::{Parser, Subcommand};
pub use talk::Talk;

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    pub message: String,
}

impl Failure {
    /// The scenario or the arguments are wrong.
    fn invalid(message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Invalid, message: message.into() }
    }

    /// Something outside went wrong: a disk, a terminal.
    fn internal(message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Internal, message: message.into() }
    }
}

/// What a cloud hosting architecture really gives, and what takes it down.
#[derive(Debug, Parser)]
#[command(name = "zonefall", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Say nothing but results and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more about what is being done
    #[arg(short, long, global = true)]
    verbose: bool,
}

const EXIT_CODES: &str = "\
Exit codes, the worst wins in this order:
  2    the scenario or the arguments are wrong
  1    an internal or I/O error
  130  interrupted; what was finished has been told
  4    an expectation on residency fails
  3    an expectation fails
  5    not enough evidence on an expectation
  0    all expectations pass, or there are none";

/// What can be asked.
#[derive(Debug, Subcommand)]
pub enum Command {
    Run(run::Run),
    Check(check::Check),
    Why(why::Why),
    Replay(replay::Replay),
    Report(report::Report),
    Explain(explain::Explain),
    Schema(schema::Schema),
    Init(init::Init),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Reads the arguments; `None` where there are none. Wrong ones end the program with exit code 2.
pub fn parse() -> (Option<Command>, Talk) {
    let cli = Cli::parse();
    (cli.command, Talk::new(cli.quiet, cli.verbose))
}

/// Does what was asked.
pub fn run(command: Option<Command>, talk: &Talk) -> Result<Exit, Failure> {
    match command {
        None => welcome::welcome(talk),
        Some(Command::Run(args)) => run::run(&args, talk),
        Some(Command::Check(args)) => check::check(&args, talk),
        Some(Command::Why(args)) => why::why(&args, talk),
        Some(Command::Replay(args)) => replay::replay(&args, talk),
        Some(Command::Report(args)) => report::report(&args, talk),
        Some(Command::Explain(args)) => explain::explain(&args, talk),
        Some(Command::Schema(_)) => schema::schema(talk),
        Some(Command::Init(args)) => init::init(&args, talk),
        Some(Command::Completions(args)) => completions::completions(&args, talk),
        Some(Command::Man(_)) => man::man(talk),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent_with_themselves() {
        Cli::command().debug_assert();
    }
}
