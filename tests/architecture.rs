//! The layers of the crate and what must not be in them, read from the source.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Lowest first. An arrow may only point down, or stay within its own module.
const LAYERS: [(&str, u8); 17] = [
    ("time", 0),
    ("id", 0),
    ("stats", 0),
    ("engine", 1),
    ("policy", 1),
    ("traffic", 1),
    ("model", 2),
    ("faults", 3),
    ("measure", 3),
    ("history", 4),
    ("scenario", 4),
    ("study", 5),
    ("report", 6),
    ("cli", 7),
    ("main", 8),
    ("lib", 8),
    ("zonefall", 8),
];

/// What the calendar of a study must not depend on: the order of a hash, and the machine.
const PURE: [&str; 6] = ["engine", "model", "faults", "measure", "traffic", "policy"];

struct File {
    path: PathBuf,
    module: String,
    text: String,
}

fn sources() -> Vec<File> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let inside = path.strip_prefix(&src).expect("in src");
                let first = inside.iter().next().expect("a file").to_string_lossy();
                let module = first.trim_end_matches(".rs").to_string();
                let text = fs::read_to_string(&path).expect("a readable file");
                found.push(File { path: inside.to_path_buf(), module, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 50, "the sources are where they are expected");
    found
}

fn layer(module: &str) -> u8 {
    let known = LAYERS.iter().find(|it| it.0 == module);
    known.unwrap_or_else(|| panic!("module {module} has no layer: give it one here")).1
}

/// Code without comments: what is told about a layer above is no use of it.
fn code(text: &str) -> String {
    let uncommented = |line: &str| match line.find("//") {
        Some(at) if !line[..at].contains('"') => line[..at].to_string(),
        _ => line.to_string(),
    };
    text.lines().map(|line| uncommented(line) + "\n").collect()
}

/// Top modules that a text names by `crate::x`, also in `crate::{x, y::z}`.
fn uses(code: &str) -> BTreeSet<String> {
    let word = |text: &str| -> String {
        text.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect()
    };
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if !rest.starts_with('{') {
            found.insert(word(rest));
            continue;
        }
        let mut depth = 0;
        let mut fresh = false;
        for (index, sign) in rest.char_indices() {
            match sign {
                '{' => {
                    depth += 1;
                    fresh = depth == 1;
                }
                '}' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                ',' if depth == 1 => fresh = true,
                it if fresh && it.is_alphabetic() => {
                    found.insert(word(&rest[index..]));
                    fresh = false;
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn arrows_point_down() {
    let mut upward = Vec::new();
    for file in sources() {
        let own = layer(&file.module);
        for used in uses(&code(&file.text)) {
            let numbers = own == 0 && matches!(used.as_str(), "time" | "id");
            if used != file.module && layer(&used) >= own && !numbers {
                upward.push(format!("{} uses {used}", file.path.display()));
            }
        }
    }
    assert!(upward.is_empty(), "upward arrows:\n{}", upward.join("\n"));
}

#[test]
fn the_reader_of_arrows_finds_them() {
    let found = uses("use crate::{a, b::{c, d}, e::f};\nlet x = crate::g::h();\nuse crate::i::J;");
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["a", "b", "e", "g", "i"]);
    assert!(uses(&code("//! [`crate::report`]\nlet a = 1; // crate::cli")).is_empty());
}

/// Lines of pure modules with one of these words.
fn lines_with(modules: &[&str], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in sources().iter().filter(|it| modules.contains(&it.module.as_str())) {
        if file.path.ends_with("tests.rs") {
            continue;
        }
        // Unit tests stand at the end of their file and may use what they like.
        let (program, _) =
            file.text.split_once("#[cfg(test)]\nmod tests {").unwrap_or((&file.text, ""));
        for (number, line) in code(program).lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                let at = format!("{}:{}", file.path.display(), number + 1);
                found.push(format!("{at}: {}", line.trim()));
            }
        }
    }
    found
}

#[test]
fn no_order_of_a_hash_reaches_a_result() {
    let found = lines_with(&PURE, &["HashMap", "HashSet"]);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_model_knows_no_machine() {
    let words =
        ["std::time", "std::fs", "std::thread", "std::env", "println!", "print!(", "SystemTime"];
    let found = lines_with(&PURE, &words);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_model_states_facts_only() {
    let found = lines_with(&["model", "faults", "policy", "traffic", "engine"], &["measure::"]);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_world_is_plain_data() {
    fn plain<T: Clone + Send + Sync + std::fmt::Debug + 'static>() {}
    plain::<zonefall::model::world::World>();
    let words = ["Rc<", "Arc<", "RefCell", "Cell<", "Mutex", "dyn ", "unsafe"];
    let mut found = lines_with(&["model", "faults"], &words);
    // The topology never changes: like groups, databases, buckets, fallbacks, backups and apps may share settings and rules.
    let shared = [
        "model/topology/",
        "model/database/settings.rs",
        "model/fallback/settings.rs",
        "model/bucket/settings.rs",
        "model/backup/plan.rs",
        "model/residency.rs",
    ];
    let fixed = |line: &&str| shared.iter().any(|file| line.starts_with(file));
    found.retain(|line| !(fixed(&line.as_str()) && line.contains("Arc<")));
    assert!(found.is_empty(), "{}", found.join("\n"));
}
