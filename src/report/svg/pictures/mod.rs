//! The pictures of the report, each a function from findings to shapes.

pub mod architecture;
mod axis;
pub mod causes;
pub mod compare;
mod crossings;
pub mod failover;
pub mod months;
pub mod nines;
pub mod room;
pub mod timeline;
pub mod years;

/// The width of a picture on a page, and on a telephone.
pub const WIDE: f64 = 920.0;
pub const NARROW: f64 = 358.0;

/// Beside a story.
pub const BESIDE: f64 = 400.0;

/// Whether labels stand above instead of beside.
fn is_narrow(width: f64) -> bool {
    width < 560.0
}
