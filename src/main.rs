//! Parse, run, exit code: the whole program on one screen.

use std::process::ExitCode;
use zonefall::cli;

fn main() -> ExitCode {
    let exit = cli::guard::guarded(|| {
        let (command, talk) = cli::parse();
        match cli::run(command, &talk) {
            Ok(exit) => exit,
            Err(failure) => {
                talk.error(&failure.message);
                failure.exit
            }
        }
    });
    ExitCode::from(exit.code())
}
