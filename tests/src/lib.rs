//! Behaviour cases as files, hostile guests and benchmarks.
