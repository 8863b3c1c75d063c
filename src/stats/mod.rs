//! Estimators and intervals: pure numbers, no other layer.
//!
//! | module | subject |
//! |---|---|
//! | [`special`] | incomplete gamma and beta functions |
//! | [`quantile`] | quantiles of the normal, t, chi-squared, gamma and beta laws |
//! | [`interval`] | an estimate with its limits; exact intervals of counts |
//! | [`moments`] | means and ratios of means over replications |
//! | [`rare`] | the interval of a small unavailability |
//! | [`sketch`] | percentiles of many values, merged exactly |
//! | [`recorder`] | a sketch that is filled value by value |
//! | [`clustered`] | percentiles with intervals when replications are clusters |
//! | [`replicas`] | how long copies last that are made anew from each other |
//! | [`precision`] | when to stop |

pub mod clustered;
pub mod interval;
pub mod moments;
pub mod precision;
pub mod quantile;
pub mod rare;
pub mod recorder;
pub mod replicas;
pub mod sketch;
pub mod special;

pub use clustered::{Pool, Sections};
pub use interval::{Estimate, Evidence, binomial, poisson_rate};
pub use moments::{Moments, RatioMoments};
pub use precision::{next_count, reached, target_half_width};
pub use rare::Outages;
pub use recorder::Recorder;
pub use sketch::Sketch;
