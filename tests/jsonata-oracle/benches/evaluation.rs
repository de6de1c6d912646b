//! Evaluating expressions, ours beside the oracle's, each on its own values and parsed before.
//!
//! `cd tests/jsonata-oracle && cargo bench`
//!
//! Times are of the processor, not of the wall: what else a machine does changes them less.

use std::hint::black_box;
use std::time::Duration;

use jsonata_core::evaluator::Evaluator;
use rustix::time::{ClockId, clock_gettime};
use sandstep_json::{Array, Object, Value};
use sandstep_jsonata::{Expression, Limits};
use sandstep_jsonata_oracle::{Nothing, converted};

/// How many rounds are timed; both sides take turns, and medians are told.
const ROUNDS: usize = 15;

/// How long a side's turn takes, in nanoseconds, about.
const TURN: u128 = 20_000_000;

const EXPRESSIONS: &[&str] = &[
    "$sum(orders.(price*qty))",
    "$sum(orders.price)",
    "orders[qty > 5].id",
    "orders[0].id",
    "customer.name",
    "customer.name & ' of ' & customer.city",
    "{'id': customer.id, 'total': $count(orders)}",
    "$map(orders, function($o) { $o.price * $o.qty })",
    "orders^(>price)[0].id",
    "$uppercase(customer.name)",
    "customer.age > 18 and customer.active",
    "1 + 2 * 3",
];

fn main() {
    let input = Value::Object(input());
    println!("an input of {} bytes, 100 orders\n", input.json_len());
    println!("| expression | ours | jsonata-core | its compiled form | ratio |");
    println!("|---|---|---|---|---|");
    for text in EXPRESSIONS {
        compare(text, &input);
    }
}

fn compare(text: &str, input: &Value) {
    let ours = Expression::parse(text).expect("ours parses it");
    let limits = Limits::default();
    let tree = jsonata_core::parser::parse(text).expect("theirs parses it");
    let compiled = jsonata_core::Expression::compile(text).expect("theirs parses it");
    let document = converted(input);
    let mut run: [Box<dyn FnMut()>; 3] = [
        Box::new(|| drop(black_box(ours.evaluate_on(Some(input), &Nothing, &limits)))),
        Box::new(|| drop(black_box(Evaluator::new().evaluate(&tree, &document)))),
        Box::new(|| drop(black_box(compiled.evaluate(&document)))),
    ];
    let [ours, theirs, compiled] = in_turn(&mut run);
    let ratio = ours / theirs;
    println!("| `{text}` | {ours:.0} ns | {theirs:.0} ns | {compiled:.0} ns | {ratio:.2} |");
}

/// The median times of one run each, in nanoseconds.
fn in_turn<const N: usize>(run: &mut [Box<dyn FnMut() + '_>; N]) -> [f64; N] {
    let counts: Vec<u128> = run.iter_mut().map(calibrate).collect();
    let mut times = [(); N].map(|()| Vec::new());
    for _ in 0..ROUNDS {
        for ((run, count), times) in run.iter_mut().zip(&counts).zip(&mut times) {
            let start = processor_time();
            (0..*count).for_each(|_| run());
            let time = processor_time() - start;
            times.push(time.as_nanos() as f64 / *count as f64);
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    })
}

/// How many runs make a turn.
fn calibrate(run: &mut Box<dyn FnMut() + '_>) -> u128 {
    let start = processor_time();
    (0..100).for_each(|_| run());
    let time = processor_time() - start;
    (TURN * 100 / time.as_nanos().max(1)).max(1)
}

/// What this thread has used so far.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn input() -> Object {
    let mut customer = Object::new();
    customer.insert("id", "c-17");
    customer.insert("name", "Ada Lovelace");
    customer.insert("city", "London");
    customer.insert("age", 36);
    customer.insert("active", true);
    let mut input = Object::new();
    input.insert("customer", customer);
    input.insert("orders", (0..100).map(order).collect::<Array>());
    input
}

fn order(index: i32) -> Value {
    let price = format!("{}.{:02}", index % 40, index * 7 % 100);
    let mut order = Object::new();
    order.insert("id", format!("order-{index}"));
    order.insert("price", Value::parse(&price).expect("a number"));
    order.insert("qty", index % 9);
    Value::Object(order)
}
