//! Lists the scenarios that `zonefall init --example` can write, so that a file put into `scenarios/`
//! is an example without another line of code.

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
        list += &format!("    ({:?}, include_str!({:?})),\n", name.join("/"), file);
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
