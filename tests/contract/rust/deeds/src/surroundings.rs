//! What can be seen of the world.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use sandstep_lambda::{Context, Error};
use serde_json::{Value, json};

pub fn sleep(ms: u64) -> Value {
    thread::sleep(Duration::from_millis(ms));
    json!("awake")
}

pub fn remaining(context: &Context, ms: u64) -> Result<Value, Error> {
    let before = context.deadline_ms - unix_ms()?;
    sleep(ms);
    let after = context.deadline_ms - unix_ms()?;
    Ok(json!({ "before": before, "spent": before - after }))
}

pub fn clock(ms: u64) -> Result<Value, Error> {
    let (started, now) = (Instant::now(), unix_ms()?);
    sleep(ms);
    let slept = started.elapsed().as_millis() as u64;
    Ok(json!({ "now": now, "slept": slept }))
}

fn unix_ms() -> Result<u64, Error> {
    Ok(SystemTime::UNIX_EPOCH.elapsed()?.as_millis() as u64)
}

pub fn draw() -> Value {
    let draw = || format!("{:x}", RandomState::new().hash_one(0));
    json!({ "hash": draw(), "another": draw() })
}

pub fn read(path: &str) -> Value {
    match fs::read_to_string(path) {
        Ok(text) => json!({ "text": text }),
        Err(_) => json!("refused"),
    }
}

pub fn connect(address: &str) -> Value {
    match TcpStream::connect(address) {
        Ok(_) => json!("connected"),
        Err(_) => json!("refused"),
    }
}
