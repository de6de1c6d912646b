//! The system's calls themselves, past the C library's functions.

use std::ffi::{c_char, c_int, c_void};

use libc::{
    AT_FDCWD, SEEK_CUR, SYS_close, SYS_fdatasync, SYS_fsync, SYS_ftruncate, SYS_lseek, SYS_mkdirat,
    SYS_openat, SYS_pwrite64, SYS_renameat2, SYS_unlinkat, SYS_write, c_long, mode_t, off_t,
    size_t, ssize_t, syscall,
};

fn small(result: c_long) -> c_int {
    // Descriptors, and 0 or -1.
    result as c_int
}

pub(crate) unsafe fn open_at(at: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    small(unsafe { syscall(SYS_openat, at, path, flags, mode) })
}

pub(crate) unsafe fn close(file: c_int) -> c_int {
    small(unsafe { syscall(SYS_close, file) })
}

pub(crate) unsafe fn write(file: c_int, data: *const c_void, length: size_t) -> ssize_t {
    unsafe { syscall(SYS_write, file, data, length) as ssize_t }
}

pub(crate) unsafe fn pwrite(
    file: c_int,
    data: *const c_void,
    length: size_t,
    offset: off_t,
) -> ssize_t {
    unsafe { syscall(SYS_pwrite64, file, data, length, offset) as ssize_t }
}

/// Where the next write of this file goes.
pub(crate) unsafe fn position(file: c_int) -> u64 {
    unsafe { syscall(SYS_lseek, file, 0, SEEK_CUR) }.unsigned_abs() as u64
}

pub(crate) unsafe fn ftruncate(file: c_int, length: off_t) -> c_int {
    small(unsafe { syscall(SYS_ftruncate, file, length) })
}

pub(crate) unsafe fn fsync(file: c_int) -> c_int {
    small(unsafe { syscall(SYS_fsync, file) })
}

pub(crate) unsafe fn fdatasync(file: c_int) -> c_int {
    small(unsafe { syscall(SYS_fdatasync, file) })
}

pub(crate) unsafe fn rename(from: *const c_char, to: *const c_char) -> c_int {
    small(unsafe { syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0) })
}

pub(crate) unsafe fn unlink(path: *const c_char) -> c_int {
    small(unsafe { syscall(SYS_unlinkat, AT_FDCWD, path, 0) })
}

pub(crate) unsafe fn mkdir(path: *const c_char, mode: mode_t) -> c_int {
    small(unsafe { syscall(SYS_mkdirat, AT_FDCWD, path, mode) })
}
