//! Lists the scenarios that `zonefall init --example` can write, each with the data files it names, so
//! that a file put into `scenarios/` is an example without another line of code.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=scenarios");
    let variable = |name| env::var(name).expect("set by cargo");
    let root = Path::new(&variable("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    // The order of a directory differs between machines.
    files.sort();
    let mut list = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&root).expect("found below it").with_extension("");
        let name: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        list += &format!("    ({:?}, include_str!({file:?}), &[", name.join("/"));
        for (named, data) in data_of(&file)? {
            list += &format!("({named:?}, include_str!({data:?})), ");
        }
        list += "]),\n";
    }
    list += "]\n";
    fs::write(Path::new(&variable("OUT_DIR")).join("examples.rs"), list)
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

/// The data files that a scenario names in quotes, as it names them, and where they are.
fn data_of(scenario: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let text = fs::read_to_string(scenario)?;
    let folder = scenario.parent().expect("a file is in a folder");
    let quoted = text.split('"').skip(1).step_by(2).filter(|word| word.ends_with(".csv"));
    let mut named: Vec<_> = quoted.map(|word| (word.to_string(), folder.join(word))).collect();
    named.retain(|(_, data)| data.is_file());
    named.sort();
    named.dedup();
    for (word, _) in &named {
        let plain = !word.starts_with('/') && !word.split('/').any(|part| part == "..");
        assert!(plain, "{scenario:?}: data is to lie beside or below its example, not at {word}");
    }
    Ok(named)
}
