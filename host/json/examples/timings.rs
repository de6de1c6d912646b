//! Prints what the frequent operations cost, beside serde_json where it has the same one.
//!
//! ```text
//! cargo run --release -p sandstep-json --example timings
//! ```

use std::hint::black_box;
use std::time::Instant;

use sandstep_json::{Object, Value};

fn main() {
    let text = payload();
    let value = Value::parse(&text).expect("the payload is JSON");
    let oracle: serde_json::Value = serde_json::from_str(&text).expect("the payload is JSON");
    println!("payload of {} bytes, median nanoseconds", text.len());

    report("parse", || Value::parse(&text));
    report("parse, serde_json", || {
        serde_json::from_str::<serde_json::Value>(&text)
    });
    report("print", || value.to_json());
    report("print, serde_json", || oracle.to_string());
    report("clone", || value.clone());
    report("clone, serde_json", || oracle.clone());
    report("length of its text", || value.json_len());
    report("get a member", || value.get("orderId").is_some());
    report("set a member of a shared object", || with_member(&value));
}

fn with_member(value: &Value) -> Option<Object> {
    Some(value.as_object()?.with("isRecording", true))
}

/// An order of about 1 KB with 20 keys.
fn payload() -> String {
    let mut order = Object::from([("orderId", "4711"), ("customer", "A name of some length")]);
    for field in 0..14 {
        order.insert(
            format!("field{field:02}"),
            "some words that fill this field up to here",
        );
    }
    for number in 0..4 {
        order.insert(format!("number{number}"), number * 1_000);
    }
    Value::from(order).to_json()
}

/// Times batches of calls and prints the median for one call.
fn report<T>(name: &str, mut call: impl FnMut() -> T) {
    const BATCH: u32 = 1_000;
    let mut nanoseconds: Vec<u128> = (0..101)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..BATCH {
                black_box(call());
            }
            start.elapsed().as_nanos() / u128::from(BATCH)
        })
        .collect();
    nanoseconds.sort_unstable();
    println!("{:>8}  {name}", nanoseconds[nanoseconds.len() / 2]);
}
