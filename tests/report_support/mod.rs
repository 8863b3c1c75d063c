//! What the tests of the reports share: findings made by hand, and golden files.

#![allow(dead_code, reason = "each test file is a program of its own and uses a part of this")]

pub mod findings;

use std::fs;
use std::path::Path;

/// Compares with `tests/golden/NAME`; with `UPDATE_GOLDEN=1` in the environment writes it instead.
/// Read the difference in git before committing it.
pub fn golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, actual).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; UPDATE_GOLDEN=1 writes it", path.display()));
    for (i, (was, is)) in expected.lines().zip(actual.lines()).enumerate() {
        assert_eq!(was, is, "{name}, line {}; UPDATE_GOLDEN=1 accepts the change", i + 1);
    }
    assert_eq!(expected.len(), actual.len(), "{name}: one is longer; UPDATE_GOLDEN=1 accepts it");
}
