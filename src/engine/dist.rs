//! Placeholder until the engine branch is merged.
/// See the engine branch.
#[derive(Clone, Debug, PartialEq)]
pub enum Dist {
    Never,
}
