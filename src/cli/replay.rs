//! `zonefall replay FILE worst|median|N`: one history with every event.

use super::args::{Overrides, Running};
use super::{Failure, Talk, input, study};
use crate::report::exit::Exit;
use crate::report::story::{Detail, told};
use clap::Args;

/// One history with every event
#[derive(Debug, Args)]
pub struct Replay {
    /// A scenario file; - is standard input
    file: String,
    /// worst, median, or the number of a replication, from 0 on
    #[arg(value_parser = which)]
    which: Which,
    #[command(flatten)]
    overrides: Overrides,
    #[command(flatten)]
    running: Running,
}

/// Which replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Worst,
    Median,
    Number(u64),
}

/// The worst and the median are known only after the study has run; a number needs no study.
pub fn replay(args: &Replay, talk: &Talk) -> Result<Exit, Failure> {
    let Some(loaded) = input::load(&args.overrides.origin(&args.file), talk)? else {
        return Ok(Exit::Invalid);
    };
    let mut exit = Exit::Fine;
    let mut extremes = || {
        let findings = study::run(&loaded, &args.running, false, talk).findings;
        if findings.study.interrupted {
            exit = Exit::Interrupted;
        }
        findings.extremes
    };
    let (title, replication) = match args.which {
        Which::Worst => ("The worst", extremes().worst),
        Which::Median => ("The median", extremes().median),
        Which::Number(n) => ("Replay", n),
    };
    let story = crate::study::story(&loaded.scenario, replication);
    talk.result(&told(title, &story, Detail::Everything))?;
    Ok(exit)
}

fn which(text: &str) -> Result<Which, String> {
    match text {
        "worst" => Ok(Which::Worst),
        "median" => Ok(Which::Median),
        n => n.parse().map(Which::Number).map_err(|_| "expected worst, median or a number".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replication_is_named_or_numbered() {
        let all = ["worst", "median", "1482"].map(which);
        assert_eq!(all, [Ok(Which::Worst), Ok(Which::Median), Ok(Which::Number(1482))]);
        assert!(which("best").is_err() && which("-1").is_err());
    }
}
