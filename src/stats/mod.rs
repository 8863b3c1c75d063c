//! Estimators and intervals: pure numbers.
