//! The cache on disk, and everything that can happen to it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use std::time::{Duration, SystemTime};

use sandstep_sandbox::{
    CompileLimits, CompilerProgram, FunctionSpec, LoadError, PoolLimits, Sandbox, SandboxConfig,
    SandboxError,
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

/// Writes the time of each compilation into `log` and compiles.
fn logging_compiler(log: &Path) -> CompilerProgram {
    let script = format!(
        "echo compiled >> '{}'; exec '{}' \"$@\"",
        log.display(),
        env!("CARGO_BIN_EXE_compile-component")
    );
    CompilerProgram::new("bash", ["-c", &script, "compiler"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_load_at_once_one_compiles() {
    let cache = tempfile::tempdir().unwrap();
    let log = tempfile::NamedTempFile::new().unwrap();
    let sandbox = || {
        Sandbox::new(SandboxConfig {
            cache_dir: cache.path().to_owned(),
            compiler: logging_compiler(log.path()),
            ..config()
        })
        .unwrap()
    };
    let (one, other) = (sandbox(), sandbox());
    let (first, second) = tokio::join!(echo_works(&one), echo_works(&other));
    first.unwrap();
    second.unwrap();
    assert_eq!(fs::read_to_string(log.path()).unwrap(), "compiled\n");
}

#[tokio::test]
async fn whoever_is_stopped_halfway_stops_nobody_else() {
    let cache = tempfile::tempdir().unwrap();
    echo_works(&sandbox_in(cache.path())).await.unwrap();
    let code = only_file(cache.path());
    fs::remove_file(&code).unwrap();
    let held = fs::File::create(code.with_extension("lock")).unwrap();
    held.lock().unwrap();
    let sandbox = Sandbox::new(SandboxConfig {
        cache_dir: cache.path().to_owned(),
        compile: CompileLimits {
            wall_time: Duration::from_secs(10),
            ..CompileLimits::default()
        },
        ..config()
    })
    .unwrap();
    echo_works(&sandbox).await.unwrap();
    assert!(code.exists());
}

#[tokio::test]
async fn what_the_pool_refuses_is_compiled_once() {
    let cache = tempfile::tempdir().unwrap();
    let small = |compiler| {
        Sandbox::new(SandboxConfig {
            cache_dir: cache.path().to_owned(),
            compiler,
            pool: PoolLimits {
                core_instances: 1,
                ..PoolLimits::default()
            },
            ..config()
        })
        .unwrap()
    };
    for compiler in [config().compiler, CompilerProgram::new("/nowhere", [""; 0])] {
        let refused = echo_works(&small(compiler)).await;
        assert!(
            matches!(refused, Err(LoadError::BeyondPool(_))),
            "{refused:?}"
        );
    }
}

/// Makes `path` look as if it had last been read so long ago.
fn age(path: &Path, age: Duration) {
    fs::File::open(path)
        .unwrap()
        .set_modified(SystemTime::now() - age)
        .unwrap();
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn beyond_its_limit_the_cache_forgets_what_was_not_used_for_longest() {
    let cache = tempfile::tempdir().unwrap();
    let file = |name: &str, days| {
        let path = cache.path().join(name);
        fs::write(&path, vec![0; 1 << 20]).unwrap();
        age(&path, days * DAY);
        path
    };
    let (older, newer, other) = (file("a.code", 2), file("b.code", 1), file("c.else", 3));
    let sandbox = Sandbox::new(SandboxConfig {
        cache_dir: cache.path().to_owned(),
        compile: CompileLimits {
            cache_bytes: 2 << 20,
            ..CompileLimits::default()
        },
        ..config()
    })
    .unwrap();
    echo_works(&sandbox).await.unwrap();
    assert!(!older.exists() && newer.exists() && other.exists());
    echo_works(&without_compiler(cache.path())).await.unwrap();
}

#[tokio::test]
async fn one_that_alone_is_beyond_the_limit_stays() {
    let cache = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::new(SandboxConfig {
        cache_dir: cache.path().to_owned(),
        compile: CompileLimits {
            cache_bytes: 0,
            ..CompileLimits::default()
        },
        ..config()
    })
    .unwrap();
    echo_works(&sandbox).await.unwrap();
    only_file(cache.path());
}

#[tokio::test]
async fn loading_counts_as_use() {
    let cache = tempfile::tempdir().unwrap();
    echo_works(&sandbox_in(cache.path())).await.unwrap();
    let file = only_file(cache.path());
    age(&file, 2 * DAY);
    echo_works(&without_compiler(cache.path())).await.unwrap();
    let used = fs::metadata(&file).unwrap().modified().unwrap();
    assert!(used.elapsed().unwrap() < DAY);
}

#[test]
fn what_a_power_cut_left_behind_is_removed() {
    let cache = tempfile::tempdir().unwrap();
    for (name, days) in [("a.unfinished", 2), ("a.lock", 2), ("new.unfinished", 0)] {
        let path = cache.path().join(name);
        fs::write(&path, "").unwrap();
        age(&path, days * DAY);
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
