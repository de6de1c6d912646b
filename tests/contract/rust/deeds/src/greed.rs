//! Ways to take more than is there.

use std::hint::black_box;

use serde_json::{Value, json};

pub fn spin() -> ! {
    let mut number = 0_u64;
    loop {
        number = black_box(number.wrapping_add(1));
    }
}

/// Takes memory for ever, or until so many bytes are taken.
pub fn take_memory(bytes: Option<usize>) -> Value {
    const CHUNK: usize = 1024 * 1024;
    let wanted = bytes.unwrap_or(usize::MAX);
    let mut taken = Vec::new();
    while taken.len() < wanted / CHUNK {
        taken.push(black_box(vec![1_u8; CHUNK]));
    }
    json!(taken.len() * CHUNK)
}

pub fn recurse(depth: u64) -> u64 {
    1 + black_box(recurse as fn(u64) -> u64)(depth + 1)
}

/// Prints lines of 64 bytes, for ever unless said how many bytes.
pub fn flood(bytes: Option<usize>) -> Value {
    let line = "y".repeat(63);
    for _ in 0..bytes.unwrap_or(usize::MAX) / 64 {
        println!("{line}");
    }
    Value::Null
}
