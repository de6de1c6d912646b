//! The interpreter alone: one core, no Wasm, history events included.
//!
//! `cargo bench --package sandstep-benchmarks --bench interpreter`

use std::{hint::black_box, sync::Arc, time::Duration};

use sandstep_asl::{Execution, Limits, Outcome, Start, StateMachine, Timestamp, TokenKey};
use sandstep_benchmarks::{median, peak_memory_mib};
use sandstep_json::{Array, Object, Value};

// The allocator of the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    println!("one core, no Wasm, all records polled and dropped\n");
    pass_states();
    maps();
    if let Some(peak) = peak_memory_mib() {
        println!("\npeak memory of this process: {peak:.0} MiB");
    }
}

const SHAPED: &str = r#""InputPath": "$.order", "Parameters": {"id.$": "$.id", "kind": "fixed"},
    "ResultPath": "$.seen","#;

/// A path, a function and a computation, beside what is passed on.
const THREE_EXPRESSIONS: &str = r#""Output": {
    "order": "{% $states.input.order %}",
    "customer": "{% $uppercase($states.input.customer) %}",
    "total": "{% $states.input.order.lines[0].price * 2 %}"},"#;

/// Two of them kept in variables.
const ASSIGNED: &str = r#""Assign": {
    "customer": "{% $uppercase($states.input.customer) %}",
    "total": "{% $states.input.order.lines[0].price * 2 %}"},
    "Output": "{% $states.input %}","#;

/// Transitions a second through a chain of Pass states, at a 1 KB payload.
fn pass_states() {
    for (name, language, fields, target) in [
        ("plain Pass", "JSONPath", "", Some(2_000_000.0)),
        (
            "Pass with InputPath, Parameters, ResultPath",
            "JSONPath",
            SHAPED,
            Some(800_000.0),
        ),
        ("plain Pass in JSONata", "JSONata", "", None),
        (
            "Pass with three JSONata expressions",
            "JSONata",
            THREE_EXPRESSIONS,
            Some(350_000.0),
        ),
        (
            "Pass with Assign and Output in JSONata",
            "JSONata",
            ASSIGNED,
            None,
        ),
    ] {
        let rate = transitions_a_second(language, fields);
        print!("{name:45} {rate:>12.0} transitions/s");
        match target {
            Some(target) => println!("   target {target:>10.0}   {:.2}x", rate / target),
            None => println!(),
        }
    }
}

fn transitions_a_second(language: &str, fields: &str) -> f64 {
    const LENGTH: usize = 1000;
    let machine = chain(LENGTH, language, fields);
    let input = payload(1024);
    let time = median(|| drop(black_box(run(&machine, input.clone()))));
    LENGTH as f64 / time.as_secs_f64()
}

/// An EXPRESS Map over a Pass state, from a thousand to a hundred thousand items.
fn maps() {
    let machine = machine(
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {
            "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}}}"#,
    );
    println!();
    for count in [1_000, 10_000, 100_000] {
        let items: Array = (0..count).map(|item| Value::from(item as i64)).collect();
        let time = median(|| drop(black_box(run(&machine, items.clone().into()))));
        let each = time.as_secs_f64() * 1e6 / f64::from(count);
        println!(
            "Map of {count:>7} items over Pass {:>10.2} ms   {each:.2} µs an item",
            millis(time)
        );
    }
}

fn chain(length: usize, language: &str, fields: &str) -> Arc<StateMachine> {
    let state = |index: usize| {
        let next = if index + 1 == length {
            r#""End": true"#.to_owned()
        } else {
            format!(r#""Next": "S{}""#, index + 1)
        };
        format!(r#""S{index}": {{"Type": "Pass", {fields} {next}}}"#)
    };
    let states: Vec<String> = (0..length).map(state).collect();
    machine(&format!(
        r#"{{"QueryLanguage": "{language}", "StartAt": "S0", "States": {{{}}}}}"#,
        states.join(",")
    ))
}

fn machine(definition: &str) -> Arc<StateMachine> {
    let parsed = StateMachine::parse(definition);
    Arc::new(
        parsed
            .machine
            .unwrap_or_else(|| panic!("{:?}", parsed.diagnostics)),
    )
}

/// An order of about `bytes` bytes.
fn payload(bytes: usize) -> Value {
    let lines: Array = (0..bytes / 64)
        .map(|line| {
            let members = [
                ("sku", Value::from(format!("item-{line:04}"))),
                ("quantity", Value::from(line as i64)),
                ("price", Value::from(1999)),
            ];
            Value::from(Object::from(members))
        })
        .collect();
    let order = Object::from([("id", Value::from("order-17")), ("lines", lines.into())]);
    Object::from([
        ("order", Value::from(order)),
        ("customer", Value::from("c-42")),
    ])
    .into()
}

fn run(machine: &Arc<StateMachine>, input: Value) -> Value {
    let start = Start {
        input,
        execution_arn: "arn:aws:states:us-east-1:123456789012:express:bench:run".into(),
        name: "run".into(),
        role_arn: "arn:aws:iam::123456789012:role/bench".into(),
        machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:bench".into(),
        machine_name: "bench".into(),
        redrive_count: Some(0),
        seed: 1,
        token_key: TokenKey::of_seed(1),
        limits: Limits {
            payload_bytes: usize::MAX,
            ..Limits::express()
        },
    };
    let mut execution = Execution::start(Arc::clone(machine), start, Timestamp::default());
    while let Some(record) = execution.poll_record() {
        black_box(&record);
    }
    match execution.outcome() {
        Some(Outcome::Succeeded(output)) => output.clone(),
        other => panic!("the execution did not succeed: {other:?}"),
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
