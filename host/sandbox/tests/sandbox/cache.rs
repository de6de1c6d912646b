//! The cache on disk, and everything that can happen to it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sandstep_sandbox::{
    CompilerProgram, FunctionSpec, LoadError, Sandbox, SandboxConfig, SandboxError,
};

use crate::guests::{config, guest, invoke};

fn sandbox_in(cache: &Path) -> Sandbox {
    Sandbox::new(SandboxConfig {
        cache_dir: cache.to_owned(),
        ..config()
    })
    .unwrap()
}

/// A sandbox that can load what is compiled already, and nothing else.
fn without_compiler(cache: &Path) -> Sandbox {
    Sandbox::new(SandboxConfig {
        cache_dir: cache.to_owned(),
        compiler: CompilerProgram::new("/nowhere/compiler", [""; 0]),
        ..config()
    })
    .unwrap()
}

async fn echo_works(sandbox: &Sandbox) -> Result<(), LoadError> {
    let spec = FunctionSpec::named("echo");
    let echo = sandbox.load(&guest("echo"), spec).await?;
    assert_eq!(invoke(&echo, "7").await.outcome.unwrap(), "7");
    Ok(())
}

fn only_file(cache: &Path) -> PathBuf {
    let files: Vec<_> = fs::read_dir(cache)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let [file] = &files[..] else {
        panic!("one file expected: {files:?}");
    };
    file.clone()
}

#[tokio::test]
async fn a_second_start_needs_no_compiler() {
    let cache = tempfile::tempdir().unwrap();
    echo_works(&sandbox_in(cache.path())).await.unwrap();
    echo_works(&without_compiler(cache.path())).await.unwrap();
}

/// After `harm` the file is not trusted, and is compiled anew.
async fn recovers_from(harm: impl Fn(&Path)) {
    let cache = tempfile::tempdir().unwrap();
    echo_works(&sandbox_in(cache.path())).await.unwrap();
    harm(&only_file(cache.path()));
    let error = echo_works(&without_compiler(cache.path())).await;
    assert!(matches!(error, Err(LoadError::Compiler { .. })));
    echo_works(&sandbox_in(cache.path())).await.unwrap();
    echo_works(&without_compiler(cache.path())).await.unwrap();
}

#[tokio::test]
async fn a_flipped_bit_is_recompiled() {
    recovers_from(|file| {
        let mut bytes = fs::read(file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        fs::write(file, bytes).unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_truncated_file_is_recompiled() {
    recovers_from(|file| {
        let bytes = fs::read(file).unwrap();
        fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_empty_file_is_recompiled() {
    recovers_from(|file| fs::write(file, "").unwrap()).await;
}

#[tokio::test]
async fn a_file_that_others_can_write_is_recompiled() {
    recovers_from(|file| fs::set_permissions(file, Permissions::from_mode(0o666)).unwrap()).await;
}

#[tokio::test]
async fn a_link_is_recompiled() {
    recovers_from(|file| {
        let elsewhere = file.with_extension("moved");
        fs::rename(file, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, file).unwrap();
    })
    .await;
}

#[test]
fn a_directory_that_others_can_write_is_refused() {
    let cache = tempfile::tempdir().unwrap();
    fs::set_permissions(cache.path(), Permissions::from_mode(0o777)).unwrap();
    let refused = Sandbox::new(SandboxConfig {
        cache_dir: cache.path().to_owned(),
        ..config()
    });
    assert!(matches!(refused, Err(SandboxError::CacheNotPrivate { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_compile_at_once_do_not_disturb_each_other() {
    let cache = tempfile::tempdir().unwrap();
    let (one, other) = (sandbox_in(cache.path()), sandbox_in(cache.path()));
    let (first, second) = tokio::join!(echo_works(&one), echo_works(&other));
    first.unwrap();
    second.unwrap();
    only_file(cache.path());
}

#[test]
fn what_a_power_cut_left_behind_is_removed() {
    let cache = tempfile::tempdir().unwrap();
    let two_days = std::time::Duration::from_secs(2 * 24 * 60 * 60);
    for (name, age) in [("old", two_days), ("new", std::time::Duration::ZERO)] {
        let file = fs::File::create(cache.path().join(format!("{name}.unfinished"))).unwrap();
        file.set_modified(std::time::SystemTime::now() - age)
            .unwrap();
    }
    sandbox_in(cache.path());
    assert!(only_file(cache.path()).ends_with("new.unfinished"));
}

#[tokio::test]
async fn a_failed_compilation_leaves_nothing_behind() {
    let cache = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::new(SandboxConfig {
        cache_dir: cache.path().to_owned(),
        compiler: CompilerProgram::new("false", [""; 0]),
        ..config()
    })
    .unwrap();
    echo_works(&sandbox).await.unwrap_err();
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0);
}
