//! `zonefall report RESULT…`: a result, or several side by side, told again without simulating.

use super::{Failure, Talk};
use crate::report::exit::Exit;
use crate::report::origin::Origin;
use crate::report::text::clean;
use crate::report::{self, FORMATS, File, Format, Material, html, write};
use crate::study::findings::Findings;
use crate::study::rows::Rows;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use std::fs;
use std::path::{Path, PathBuf};

/// Tell results again without simulating; several side by side
#[derive(Debug, Args)]
pub struct Report {
    /// Results: result.json of a run
    #[arg(value_name = "RESULT", required = true)]
    results: Vec<PathBuf>,
    /// Print this instead of writing files
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: Option<String>,
    /// Write the files here [default: beside the result; several results: output/compared]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.iter().map(|f| PossibleValue::new(f.name).help(f.about)))
}

/// The exit code is that of the results: a stored verdict is a verdict.
pub fn report(args: &Report, talk: &Talk) -> Result<Exit, Failure> {
    let mut results = Vec::new();
    for path in &args.results {
        results.push((path.display().to_string(), read(path)?));
    }
    // What needs the single replications was written by the run, and is not in the result.
    let rows = &Rows::default();
    let exit = results.iter().map(|(_, f)| Exit::of(f)).fold(Exit::Fine, Exit::worst);
    match (&results[..], &args.format) {
        ([(_, findings)], Some(format)) => {
            let (format, origin) = (named(format), origin(findings));
            let directory = args.out.as_deref();
            let material = Material { findings, rows, origin: &origin, directory };
            talk.result(&(format.print)(&material))?;
        }
        ([(_, findings)], None) => {
            let beside = args.results[0].parent().unwrap_or(Path::new(""));
            let beside = if beside.as_os_str().is_empty() { Path::new(".") } else { beside };
            let directory = args.out.as_deref().unwrap_or(beside);
            let origin = origin(findings);
            let material = Material { findings, rows, origin: &origin, directory: Some(directory) };
            let mut files = report::files(&material);
            files.retain(|f| !f.name.ends_with(".csv") && f.name != "result.json");
            put(directory, &files, "report.html", talk)?;
        }
        (_, Some(format)) if format == "html" => talk.result(&html::compare(&results))?,
        (_, Some(format)) => {
            let told =
                format!("several results side by side are a page: --format html, not {format}");
            return Err(Failure::invalid(told));
        }
        (_, None) => {
            let directory = args.out.as_deref().unwrap_or(Path::new("output/compared"));
            let files = [File::text("compared.html", html::compare(&results))];
            put(directory, &files, "compared.html", talk)?;
        }
    }
    Ok(exit)
}

fn put(directory: &Path, files: &[File], page: &str, talk: &Talk) -> Result<(), Failure> {
    let told = |e| Failure::internal(format!("the report could not be written: {e}"));
    write::write(directory, files).map_err(told)?;
    for file in files {
        talk.detail(&format!("wrote {}", directory.join(file.name).display()));
    }
    talk.result(&format!("{}\n", directory.join(page).display()))
}

fn named(name: &str) -> &'static Format {
    FORMATS.iter().find(|f| f.name == name).expect("only names in the list are accepted")
}

/// What was asked, as far as the result tells.
fn origin(findings: &Findings) -> Origin {
    let unknown =
        || Origin { file: format!("{}.toml", findings.scenario.name), ..Origin::default() };
    findings.run.origin.clone().unwrap_or_else(unknown)
}

fn read(path: &Path) -> Result<Findings, Failure> {
    let name = clean(&path.display().to_string());
    let fail = |why: String| Failure::invalid(format!("{name}: {why}"));
    let text = fs::read_to_string(path).map_err(|e| fail(format!("cannot be read: {e}")))?;
    let value: serde_json::Value =
        serde_json::from_str(&text).map_err(|e| fail(format!("is no JSON: {e}")))?;
    match value.get("schema").and_then(serde_json::Value::as_u64) {
        Some(1) => {}
        Some(n) => return Err(fail(format!("has schema {n}; this zonefall reads schema 1"))),
        None => return Err(fail("is no result of zonefall: it has no schema".into())),
    }
    serde_json::from_str(&text).map_err(|e| fail(format!("is not a whole result: {e}")))
}
