//! Bare `zonefall`: six lines to begin with.

use super::{Failure, Talk};
use crate::report::exit::Exit;

const WELCOME: &str = "\
zonefall: what a cloud hosting architecture really gives, and what takes it down
  zonefall init              write a small scenario, first.toml
  zonefall check first.toml  find every mistake, or see what it amounts to in a year
  zonefall run first.toml    simulate it and tell the verdict
  zonefall explain           every key, with its default and where that comes from
  zonefall --help            everything else
";

pub fn welcome(talk: &Talk) -> Result<Exit, Failure> {
    talk.result(WELCOME)?;
    Ok(Exit::Fine)
}
