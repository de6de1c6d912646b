//! Prints what evaluation costs.
//!
//! ```text
//! cargo run --release -p sandstep-jsonpath --example path_timings
//! ```

use std::hint::black_box;
use std::time::Instant;

use sandstep_json::{Array, Object, Value};
use sandstep_jsonpath::{Expression, Path, ReferencePath, Template};

fn main() {
    let input = input();
    println!(
        "median nanoseconds; the input has {} bytes",
        input.json_len()
    );
    for path in [
        "$.detail",
        "$.detail.name",
        "$.detail.items[3].id",
        "$.detail.items[*].id",
    ] {
        let compiled = Path::parse(path).expect("a path");
        report(path, || compiled.evaluate(&input));
    }
    let filter = "$.detail.items[?(@.id > 5 && @.kind == 'even')]";
    let compiled = Path::parse(filter).expect("a path");
    report(filter, || compiled.evaluate(&input));

    let missing = Path::parse("$.detail.missing").expect("a path");
    report("a path that finds nothing", || {
        missing.evaluate(&input).is_err()
    });
    let result_path = ReferencePath::parse("$.detail.result").expect("a path");
    report("ResultPath on a shared document", || {
        result_path.put(input.clone(), Value::Null)
    });

    let template = Object::from([
        ("name.$", Value::from("$.detail.name")),
        ("first.$", Value::from("$.detail.items[0]")),
        ("fixed", Value::from("x")),
    ]);
    let template = Template::parse(&template.into()).expect("valid");
    report("a template of three fields", || {
        template.evaluate(&input, &mut || 0)
    });

    let format = "States.Format('{} has {}', $.detail.name, States.ArrayLength($.detail.items))";
    let format = Expression::parse(format).expect("valid");
    report(format.text(), || format.evaluate("f", &input, &mut || 0));
}

/// An event with ten items.
fn input() -> Value {
    let item = |id: i64| {
        let kind = if id % 2 == 0 { "even" } else { "odd" };
        Value::from(Object::from([
            ("id", Value::from(id)),
            ("kind", Value::from(kind)),
        ]))
    };
    let items = Array::from_iter((0..10).map(item));
    let detail = Object::from([
        ("name", Value::from("classroom")),
        ("items", Value::from(items)),
    ]);
    let event = [
        ("version", Value::from("1")),
        ("detail", Value::from(detail)),
    ];
    Value::from(Object::from(event))
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
