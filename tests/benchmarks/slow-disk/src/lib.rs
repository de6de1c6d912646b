//! Makes a fast disk a slow one: every sync of a process takes longer by the
//! milliseconds in `SANDSTEP_SYNC_MS`.
//!
//! A library to preload: `LD_PRELOAD` puts its two functions before the C library's.
//! `unsafe` stands where C's functions stand. Nothing of the product contains or
//! loads it.
#![allow(unsafe_code)]
#![cfg(target_os = "linux")]

use std::{ffi::c_int, sync::OnceLock, thread, time::Duration};

use libc::{SYS_fdatasync, SYS_fsync, c_long, syscall};

/// C's function, later.
///
/// # Safety
///
/// As for C's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fsync(file: c_int) -> c_int {
    unsafe { sync(SYS_fsync, file) }
}

/// C's function, later.
///
/// # Safety
///
/// As for C's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fdatasync(file: c_int) -> c_int {
    unsafe { sync(SYS_fdatasync, file) }
}

unsafe fn sync(call: c_long, file: c_int) -> c_int {
    thread::sleep(delay());
    unsafe { syscall(call, file) as c_int }
}

fn delay() -> Duration {
    static DELAY: OnceLock<Duration> = OnceLock::new();
    *DELAY.get_or_init(|| {
        let given = std::env::var("SANDSTEP_SYNC_MS").unwrap_or_else(|_| "0".to_owned());
        let seconds = given.parse::<f64>().map(|millis| millis / 1e3);
        let delay = seconds.ok().map(Duration::try_from_secs_f64);
        let Some(Ok(delay)) = delay else {
            eprintln!("SANDSTEP_SYNC_MS: {given} is not a number of milliseconds, such as 0.5");
            std::process::exit(2);
        };
        delay
    })
}
