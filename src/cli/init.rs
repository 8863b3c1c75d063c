//! `zonefall init`: a scenario to begin with. Every shipped scenario is part of the program.

use super::{Failure, Talk};
use crate::report::exit::Exit;
use crate::report::text;
use clap::Args;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Name, content, and the data files that go with it, made from `scenarios/` by the build script.
type Example = (&'static str, &'static str, &'static [(&'static str, &'static str)]);
const EXAMPLES: &[Example] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));
/// The one that is written where none is named.
const FIRST: &str = "first";

/// Write a scenario to begin with, and the data it reads
#[derive(Debug, Args)]
pub struct Init {
    /// The file to write; - is standard output [default: the example's own name]
    #[arg(value_name = "NAME.toml")]
    file: Option<String>,
    /// Begin with this example
    #[arg(long, value_name = "NAME", default_value = FIRST)]
    example: String,
    /// List the examples instead
    #[arg(long, conflicts_with_all = ["file", "example"])]
    list: bool,
}

pub fn init(args: &Init, talk: &Talk) -> Result<Exit, Failure> {
    if args.list {
        talk.result(&list())?;
        return Ok(Exit::Fine);
    }
    let (_, content, data) = example(&args.example)?;
    let own_name = args.example.rsplit('/').next().unwrap_or(FIRST);
    let file = args.file.clone().unwrap_or_else(|| format!("{own_name}.toml"));
    if file == "-" {
        talk.result(content)?;
        for (name, _) in *data {
            talk.note(&format!("it reads {name}, which is written only beside a file"));
        }
        return Ok(Exit::Fine);
    }
    let folder = Path::new(&file).parent().unwrap_or(Path::new(""));
    let data: Vec<_> = data.iter().map(|(name, rows)| (folder.join(name), *rows)).collect();
    // What is there with the same content is as good as written.
    let missing = |path: &Path, rows: &str| fs::read_to_string(path).map_or(true, |it| it != rows);
    let data: Vec<_> = data.iter().filter(|(path, rows)| missing(path, rows)).collect();
    // What is in the way is told before anything is written.
    for path in data.iter().map(|(path, _)| path.as_path()).chain([Path::new(&file)]) {
        if path.exists() {
            return Err(in_the_way(&path.display()));
        }
    }
    for (path, rows) in data {
        let told = |e| Failure::internal(format!("{}: {e}", path.display()));
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(told)?;
        write(path, rows)?;
        talk.note(&format!("wrote {}", path.display()));
    }
    write(Path::new(&file), content)?;
    talk.note(&format!("wrote {file}; now: zonefall check {file}"));
    Ok(Exit::Fine)
}

/// Never over something that is there.
fn write(path: &Path, content: &str) -> Result<(), Failure> {
    let created = OpenOptions::new().write(true).create_new(true).open(path);
    let written = created.and_then(|mut f| f.write_all(content.as_bytes()));
    written.map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists => in_the_way(&path.display()),
        _ => Failure::internal(format!("{}: {e}", path.display())),
    })
}

fn in_the_way(file: &impl std::fmt::Display) -> Failure {
    Failure::invalid(format!("{file} is there already; give another name"))
}

fn example(name: &str) -> Result<&'static Example, Failure> {
    if let Some(example) = EXAMPLES.iter().find(|(n, _, _)| *n == name) {
        return Ok(example);
    }
    let likely = EXAMPLES
        .iter()
        .map(|(n, _, _)| (strsim::jaro_winkler(n, name), *n))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let meant = likely.map_or(String::new(), |(_, n)| format!(" Did you mean {n}?"));
    Err(Failure::invalid(format!(
        "there is no example {name}.{meant} zonefall init --list shows all"
    )))
}

/// Each example with the first line of its comment, then those in folders by name.
fn list() -> String {
    let (own, others): (Vec<_>, Vec<_>) = EXAMPLES.iter().partition(|it| !it.0.contains('/'));
    let widest = own.iter().map(|(name, _, _)| text::width(name)).max().unwrap_or(0);
    let line = |(name, content, _): &Example| {
        let about = content.lines().next().unwrap_or("").trim_start_matches(['#', ' ']);
        let about = text::cut(about, text::WIDTH.saturating_sub(widest + 4));
        format!("  {}  {about}\n", text::left(name, widest))
    };
    let mut out: String = own.iter().map(line).collect();
    let others: Vec<_> = others.iter().map(|it| it.0).collect();
    if !others.is_empty() {
        out += &text::wrapped("  also  ", &others.join(" "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_says_in_its_first_line_what_it_is() {
        assert!(example(FIRST).is_ok());
        for (name, content, _) in EXAMPLES {
            let first = content.lines().next().unwrap_or("");
            assert!(first.starts_with("# ") && first.len() > 10, "{name} begins with {first:?}");
        }
    }
}
