//! Pictures as PNG files.
use super::Picture;

/// Not yet.
pub fn png(_picture: &Picture) -> Vec<u8> {
    Vec::new()
}
