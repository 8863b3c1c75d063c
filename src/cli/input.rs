//! Files in: read, with a clear word about each that cannot be.

use super::{Failure, Talk};
use crate::report::origin::Origin;
use crate::report::text::clean;
use crate::scenario::{self, Input, Loaded, Source};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// More than this is no scenario but a mix-up of files.
const MOST_BYTES: u64 = 16 << 20;

/// Reads and checks a scenario with everything laid over it. `None`: it has mistakes, which have been
/// told.
pub fn load(origin: &Origin, talk: &Talk) -> Result<Option<Loaded>, Failure> {
    let with = origin.with.iter().map(|file| read(file)).collect::<Result<_, _>>()?;
    let input = Input { files: vec![read(&origin.file)?], with, set: origin.set.clone() };
    match scenario::load(&input) {
        Ok(loaded) => {
            for note in &loaded.notes {
                talk.note(note.trim_end());
            }
            Ok(Some(loaded))
        }
        Err(mistakes) => {
            talk.mistakes(&mistakes.rendered_styled());
            Ok(None)
        }
    }
}

/// One file, or standard input for `-`.
fn read(file: &str) -> Result<Source, Failure> {
    let (path, dir) = match file {
        // A plain name, because results are named after it.
        "-" => ("stdin".to_string(), PathBuf::from(".")),
        _ => (file.to_string(), directory_of(Path::new(file))),
    };
    let text = content(file).map_err(|why| Failure::invalid(format!("{}: {why}", clean(&path))))?;
    Ok(Source { path, text, dir })
}

fn content(file: &str) -> Result<String, String> {
    let told = |e: io::Error| match e.kind() {
        io::ErrorKind::NotFound => "no such file".to_string(),
        io::ErrorKind::IsADirectory => "is a directory, not a scenario file".into(),
        io::ErrorKind::PermissionDenied => "may not be read (permission denied)".into(),
        _ => format!("cannot be read: {e}"),
    };
    let mut bytes = Vec::new();
    if file == "-" {
        io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(told)?;
    } else {
        let opened = File::open(file).map_err(told)?;
        opened.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(told)?;
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("is larger than {} MiB; is it a scenario?", MOST_BYTES >> 20));
    }
    String::from_utf8(bytes).map_err(|e| {
        let line = e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n');
        format!("is not UTF-8 text (line {})", line.count() + 1)
    })
}

/// What relative paths in the file are relative to.
fn directory_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}
