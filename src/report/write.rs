//! Results on disk, all or nothing: every file is first written beside its place, and only when all of
//! them are complete do they take their places by renaming, which needs no room and can hardly fail. A
//! full disk, a read-only directory or a Ctrl-C in the middle loses no earlier result.

use super::File;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;

/// Files that are written at once.
const AT_ONCE: usize = 8;

/// The directory of a scenario's results: `output/estate` for the scenario `estate`.
///
/// The name comes out of a file and is checked where it is read; here it is refused once more if it
/// could lead anywhere else than one level below `out`.
pub fn directory(out: &Path, scenario: &str) -> io::Result<PathBuf> {
    let leads_away = scenario.is_empty()
        || scenario.starts_with('.')
        || scenario.contains(['/', '\\', ':', '\0'])
        || Path::new(scenario).components().count() != 1;
    if leads_away {
        let told = format!("`{}` cannot name a directory", super::text::clean(scenario));
        return Err(io::Error::new(io::ErrorKind::InvalidInput, told));
    }
    Ok(out.join(scenario))
}

/// Makes the directory. Done before a study begins, so that nobody waits for hours to learn that the
/// results have no place. The error names the path.
pub fn prepare(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory).map_err(|e| at(directory, &e))
}

/// Writes all files below `directory`, which is made if need be. The error names the path.
pub fn write(directory: &Path, files: &[File]) -> io::Result<()> {
    let mut staged = Staged(Vec::new());
    for file in files {
        let place = directory.join(file.name);
        let parent = place.parent().unwrap_or(directory);
        prepare(parent)?;
        // The process id keeps two runs that write to the same directory out of each other's way.
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let beside = parent.join(format!(".{name}.{}.part", std::process::id()));
        staged.0.push((beside, place));
        let (_, place) = staged.0.last().expect("just pushed");
        if place.is_dir() {
            return Err(at(place, &io::Error::from(io::ErrorKind::IsADirectory)));
        }
    }
    // Each waits for the disk: together they wait once.
    let jobs: Vec<_> = staged.0.iter().zip(files).collect();
    let fill = |((beside, _), file): &(&(PathBuf, PathBuf), &File)| {
        fill(beside, &file.content).map_err(|e| at(beside, &e))
    };
    thread::scope(|scope| {
        let share = jobs.len().div_ceil(AT_ONCE).max(1);
        let threads: Vec<_> = jobs
            .chunks(share)
            .map(|jobs| scope.spawn(move || jobs.iter().try_for_each(fill)))
            .collect();
        threads.into_iter().try_for_each(|it| it.join().expect("writing does not panic"))
    })?;
    for (beside, place) in &staged.0 {
        fs::rename(beside, place).map_err(|e| at(place, &e))?;
    }
    Ok(())
}

fn fill(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(content)?;
    // Before the rename: else a power cut could leave the new name with nothing behind it.
    file.sync_all()
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Files beside their places, with those places; what is still beside when it goes is removed.
struct Staged(Vec<(PathBuf, PathBuf)>);

impl Drop for Staged {
    fn drop(&mut self) {
        for (beside, _) in &self.0 {
            // Already renamed or never made: both fine.
            let _ = fs::remove_file(beside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        for name in ["", ".", "..", "../x", "a/b", r"a\b", "/etc", "c:x", ".hidden", "a\0b"] {
            assert!(directory(Path::new("output"), name).is_err(), "{name:?}");
        }
        let fine = directory(Path::new("output"), "estate-2 (größer)").unwrap();
        assert_eq!(fine, Path::new("output/estate-2 (größer)"));
    }
}
