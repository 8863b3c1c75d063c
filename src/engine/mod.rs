//! Events, time and chance.
