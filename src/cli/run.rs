//! `zonefall run FILE…`: simulate, tell the verdict, write the results.

use super::args::{Overrides, Results, Running};
use super::{Failure, Talk, input, study};
use crate::report::exit::Exit;
use crate::report::origin::Origin;
use crate::report::{self, Material, summary, write};
use crate::scenario::{Loaded, Resolved};
use clap::Args;
use std::path::{Path, PathBuf};

/// Simulate and tell the verdict
#[derive(Debug, Args)]
pub struct Run {
    /// Scenario files, each a study of its own, run in this order; - is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    #[command(flatten)]
    overrides: Overrides,
    #[command(flatten)]
    results: Results,
    #[command(flatten)]
    running: Running,
}

/// One study of the run, ready to go.
struct Planned {
    origin: Origin,
    loaded: Loaded,
    directory: Option<PathBuf>,
}

/// All scenarios are read before the first is simulated: nobody waits for hours to learn of a typing
/// mistake in the last.
pub fn run(args: &Run, talk: &Talk) -> Result<Exit, Failure> {
    let Some(plan) = plan(args, talk)? else {
        return Ok(Exit::Invalid);
    };
    for directory in plan.iter().filter_map(|p| p.directory.as_deref()) {
        let told = |e| Failure::internal(format!("the results cannot be written: {e}"));
        write::prepare(directory).map_err(told)?;
    }
    let mut exit = Exit::Fine;
    for (i, planned) in plan.iter().enumerate() {
        if i > 0 && args.results.format().name == "text" {
            talk.result("\n")?;
        }
        let this = one(planned, args, talk)?;
        exit = exit.worst(this);
        if this == Exit::Interrupted {
            break;
        }
    }
    Ok(exit)
}

/// Everything that can be wrong is found here. `None`: mistakes have been told.
fn plan(args: &Run, talk: &Talk) -> Result<Option<Vec<Planned>>, Failure> {
    if args.files.iter().filter(|f| *f == "-").count() > 1 {
        return Err(Failure::invalid("standard input (-) can be read only once"));
    }
    let mut plan: Vec<Planned> = Vec::new();
    let mut sound = true;
    for file in &args.files {
        let origin = args.overrides.origin(file);
        let Some(mut loaded) = input::load(&origin, talk)? else {
            sound = false;
            continue;
        };
        // Nobody asks for it any more, and of a large fleet it is large.
        loaded.resolved = Resolved::default();
        let directory = match args.results.no_files {
            true => None,
            false => {
                let directory = write::directory(&args.results.out, &loaded.scenario.name);
                Some(directory.map_err(|e| Failure::invalid(e.to_string()))?)
            }
        };
        let same = |p: &&Planned| p.directory.is_some() && p.directory == directory;
        if let Some(other) = plan.iter().find(same) {
            return Err(Failure::invalid(format!(
                "{} and {file} are both called {}, and one would overwrite the results of the other: \
                 give one a name = \"…\", or use --no-files",
                other.origin.file, loaded.scenario.name
            )));
        }
        plan.push(Planned { origin, loaded, directory });
    }
    Ok(sound.then_some(plan))
}

/// Files first, then the screen, so that the path it ends with exists. If they cannot be written the
/// verdict is told all the same: it may have taken hours.
fn one(planned: &Planned, args: &Run, talk: &Talk) -> Result<Exit, Failure> {
    let keep_rows = planned.directory.is_some();
    let mut outcome = study::run(&planned.loaded, &args.running, keep_rows, talk);
    outcome.findings.run.origin = Some(planned.origin.clone());
    let mut material = Material {
        findings: &outcome.findings,
        rows: &outcome.rows,
        origin: &planned.origin,
        directory: planned.directory.as_deref(),
    };
    let mut exit = Exit::of(&outcome.findings);
    if let Some(directory) = material.directory
        && let Err(e) = write_files(directory, &material, talk)
    {
        talk.error(&format!("the results could not be written: {e}"));
        exit = exit.worst(Exit::Internal);
        material.directory = None;
    }
    // Continuous integration shows it beside the job.
    if let Some(summary) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty())
        && let Err(e) = summary::append(Path::new(&summary), &material)
    {
        talk.note(&format!("the step summary could not be written: {e}"));
    }
    talk.result(&(args.results.format().print)(&material))?;
    Ok(exit)
}

fn write_files(directory: &Path, material: &Material, talk: &Talk) -> std::io::Result<()> {
    let files = report::files(material);
    write::write(directory, &files)?;
    for file in &files {
        talk.detail(&format!("wrote {}", directory.join(file.name).display()));
    }
    Ok(())
}
