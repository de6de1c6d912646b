//! Records what a process does to the files of a directory, in order.
//!
//! A library to preload: `LD_PRELOAD` puts its functions before the C library's.
//! Each makes the system call itself and writes down what it did, both under one
//! lock, so that the order of the record is the order of the calls. The folder
//! is in `SANDSTEP_RECORDED`, the file to append to in `SANDSTEP_RECORD`.
//!
//! `unsafe` is what this is about: it stands where C's functions stand, and every
//! argument is C's. Nothing of the product contains or loads it.
#![allow(unsafe_code)]
#![cfg(target_os = "linux")]

mod calls;
mod record;

use std::{
    collections::HashMap,
    ffi::{CStr, c_char, c_int, c_void},
    ptr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use libc::{AT_FDCWD, O_TRUNC, mode_t, off_t, size_t, ssize_t};

use record::{Operation, Record};

/// The files that are recorded, by their descriptors.
struct Recorder {
    record: Record,
    open: HashMap<c_int, u64>,
    next: u64,
}

static RECORDER: Mutex<Option<Recorder>> = Mutex::new(None);

/// Locks the recorder; `None` where nothing is to be recorded.
fn recorder() -> MutexGuard<'static, Option<Recorder>> {
    let mut recorder = RECORDER.lock().unwrap_or_else(PoisonError::into_inner);
    if recorder.is_none() {
        *recorder = Record::begin().map(|record| Recorder {
            record,
            open: HashMap::new(),
            next: 0,
        });
    }
    recorder
}

impl Recorder {
    fn opened(&mut self, file: c_int, path: &[u8], flags: c_int) {
        if !self.record.is_inside(path) {
            return;
        }
        self.next += 1;
        self.open.insert(file, self.next);
        let truncated = u64::from(flags & O_TRUNC != 0);
        self.record
            .write(Operation::Open, self.next, truncated, path, &[]);
    }
}

/// Makes a call about an open file and writes down what it did, where it worked
/// and the file is one of those.
fn about<T: PartialOrd + Default>(
    file: c_int,
    call: impl FnOnce() -> T,
    done: impl FnOnce(&mut Record, u64, &T),
) -> T {
    let mut recorder = recorder();
    let result = call();
    if result >= T::default()
        && let Some(Recorder { record, open, .. }) = recorder.as_mut()
        && let Some(handle) = open.get(&file)
    {
        done(record, *handle, &result);
    }
    result
}

/// The bytes of a C string that a caller of C's functions passes.
unsafe fn text<'a>(path: *const c_char) -> &'a [u8] {
    unsafe { CStr::from_ptr(path) }.to_bytes()
}

unsafe fn bytes<'a>(data: *const c_void, length: ssize_t) -> &'a [u8] {
    unsafe { std::slice::from_raw_parts(data.cast(), length.unsigned_abs()) }
}

/// Functions of C's under their names. Each is called as C's is, which is what
/// makes it safe.
macro_rules! functions {
    ($($names:ident),+ ($($argument:ident: $type:ty),*) -> $result:ty $body:block $($rest:tt)*) => {
        functions!(@each [$($names)+] ($($argument: $type),*) -> $result $body);
        functions!($($rest)*);
    };
    (@each [$($name:ident)+] $arguments:tt -> $result:ty $body:block) => {
        $(functions!(@one $name $arguments -> $result $body);)+
    };
    (@one $name:ident ($($argument:ident: $type:ty),*) -> $result:ty $body:block) => {
        /// C's function.
        ///
        /// # Safety
        ///
        /// As for C's.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> $result {
            unsafe { $body }
        }
    };
    () => {};
}

functions! {
    // The mode is an argument only where a file may be made; without one the
    // system does not look at it.
    open, open64(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
        open_at(AT_FDCWD, path, flags, mode)
    }

    openat, openat64(folder: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
        open_at(folder, path, flags, mode)
    }

    close(file: c_int) -> c_int {
        if let Some(recorder) = recorder().as_mut() {
            recorder.open.remove(&file);
        }
        calls::close(file)
    }

    write(file: c_int, data: *const c_void, length: size_t) -> ssize_t {
        about(file, || calls::write(file, data, length), |record, handle, written| {
            let offset = calls::position(file) - written.unsigned_abs() as u64;
            record.write(Operation::Write, handle, offset, &[], bytes(data, *written));
        })
    }

    pwrite, pwrite64(file: c_int, data: *const c_void, length: size_t, offset: off_t) -> ssize_t {
        about(file, || calls::pwrite(file, data, length, offset), |record, handle, written| {
            let offset = offset.cast_unsigned();
            record.write(Operation::Write, handle, offset, &[], bytes(data, *written));
        })
    }

    ftruncate, ftruncate64(file: c_int, length: off_t) -> c_int {
        about(file, || calls::ftruncate(file, length), |record, handle, _| {
            record.write(Operation::Truncate, handle, length.cast_unsigned(), &[], &[]);
        })
    }

    fsync(file: c_int) -> c_int {
        about(file, || calls::fsync(file), |record, handle, _| {
            record.write(Operation::Sync, handle, 0, &[], &[]);
        })
    }

    // What a file needs to be read back is synced as well: its length.
    fdatasync(file: c_int) -> c_int {
        about(file, || calls::fdatasync(file), |record, handle, _| {
            record.write(Operation::Sync, handle, 0, &[], &[]);
        })
    }

    rename(from: *const c_char, to: *const c_char) -> c_int {
        named(Operation::Rename, from, to, || calls::rename(from, to))
    }

    unlink(path: *const c_char) -> c_int {
        named(Operation::Unlink, path, ptr::null(), || calls::unlink(path))
    }

    mkdir(path: *const c_char, mode: mode_t) -> c_int {
        named(Operation::MakeDirectory, path, ptr::null(), || calls::mkdir(path, mode))
    }
}

unsafe fn open_at(folder: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    let mut recorder = recorder();
    let file = unsafe { calls::open_at(folder, path, flags, mode) };
    if file >= 0
        && let Some(recorder) = recorder.as_mut()
    {
        recorder.opened(file, unsafe { text(path) }, flags);
    }
    file
}

/// Makes a call about names and writes down what it did, where it worked.
unsafe fn named(
    operation: Operation,
    from: *const c_char,
    to: *const c_char,
    call: impl FnOnce() -> c_int,
) -> c_int {
    let mut recorder = recorder();
    let result = call();
    if result == 0
        && let Some(Recorder { record, .. }) = recorder.as_mut()
    {
        let from = unsafe { text(from) };
        let to = if to.is_null() {
            &[]
        } else {
            unsafe { text(to) }
        };
        if record.is_inside(from) {
            record.write(operation, 0, 0, from, to);
        }
    }
    result
}
