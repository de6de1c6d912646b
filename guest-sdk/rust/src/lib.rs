//! Write a Sandstep Lambda in Rust.
