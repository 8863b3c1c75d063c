//! Estimators and intervals: pure numbers, no other layer.
//!
//! | module | subject |
//! |---|---|
//! | [`special`] | incomplete gamma and beta functions |
//! | [`quantile`] | quantiles of the normal, t, chi-squared, gamma and beta laws |
//! | [`interval`] | an estimate with its limits; exact intervals of counts |
//! | [`moments`] | means and ratios of means over replications |

pub mod interval;
pub mod moments;
pub mod quantile;
pub mod special;

pub use interval::{Estimate, Evidence, binomial, poisson_rate};
pub use moments::{Moments, RatioMoments};
