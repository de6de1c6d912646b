//! The sandstep command line.
fn main() {}
