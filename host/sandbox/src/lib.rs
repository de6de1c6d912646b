//! Runs one invocation of one Wasm component in a fresh instance under limits.
