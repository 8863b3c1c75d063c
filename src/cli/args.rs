//! Options that several commands share.

use crate::report::origin::Origin;
use crate::report::{FORMATS, Format};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::path::PathBuf;

/// What is laid over the scenario. All of it enters the hash and the command that reproduces a result.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Overrides")]
pub struct Overrides {
    /// Merge this file over the scenario, key by key; may be repeated
    #[arg(long, value_name = "FILE")]
    pub with: Vec<String>,
    /// Set one key, as in app.shop.containers=3; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub set: Vec<(String, String)>,
    /// Another luck; the same as --set study.seed=N
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Simulate the horizon N times, instead of what the scenario says of replications or precision
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub replications: Option<u64>,
}

impl Overrides {
    /// What was asked of this file, in the order in which it applies.
    pub fn origin(&self, file: &str) -> Origin {
        let mut set = self.set.clone();
        set.extend(self.seed.map(|n| ("study.seed".to_string(), n.to_string())));
        set.extend(self.replications.map(|n| ("study.replications".to_string(), n.to_string())));
        Origin { file: file.into(), with: self.with.clone(), set }
    }
}

/// How to run; it changes no result.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Running")]
pub struct Running {
    /// Threads to run on [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl Running {
    pub fn threads(&self) -> usize {
        match self.threads {
            Some(n) => usize::from(n),
            None => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        }
    }
}

/// Where results go and what they look like.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Results")]
pub struct Results {
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = format())]
    format: String,
    /// Write files below this directory, in one named after the scenario
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub out: PathBuf,
    /// Write no files
    #[arg(long, conflicts_with = "out")]
    pub no_files: bool,
}

impl Results {
    pub fn format(&self) -> &'static Format {
        let named = FORMATS.iter().find(|f| f.name == self.format);
        named.expect("only names in the list of formats are accepted")
    }
}

/// The list of formats is the list of values: a new format is in the help at once.
fn format() -> impl TypedValueParser<Value = String> {
    let value = |f: &Format| PossibleValue::new(f.name).help(f.about);
    PossibleValuesParser::new(FORMATS.iter().map(value))
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok((key.trim().to_string(), value.trim().to_string()))
        }
        _ => Err("expected KEY=VALUE, as in app.shop.containers=3".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_apply_in_a_fixed_order_and_all_enter_the_origin() {
        let overrides = Overrides {
            with: vec!["storm.toml".into()],
            set: vec![("a.b".into(), "1".into())],
            seed: Some(7),
            replications: Some(100),
        };
        let set = overrides.origin("x.toml").set;
        let keys: Vec<_> = set.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(keys, ["a.b=1", "study.seed=7", "study.replications=100"]);
    }

    #[test]
    fn a_setting_is_split_at_its_first_equals_sign() {
        let split = |text| key_and_value(text).unwrap();
        assert_eq!(split("a.b = c=d"), ("a.b".into(), "c=d".into()));
        assert!(key_and_value("a.b").is_err() && key_and_value("=1").is_err());
    }
}
