//! What is refused when it is loaded, and how that is said.

use std::time::Duration;

use sandstep_sandbox::{
    CompileLimits, CompilerProgram, FunctionSpec, Limits, LoadError, PoolLimits, Sandbox,
    SandboxConfig,
};

use crate::guests::{config, guest, sandbox};

async fn refused(component: &[u8]) -> String {
    let spec = FunctionSpec::named("odd");
    let error = sandbox().load(component, spec).await.unwrap_err();
    error.to_string()
}

async fn refused_text(text: &str) -> String {
    refused(&wat::parse_str(text).unwrap()).await
}

#[tokio::test]
async fn garbage_is_no_component() {
    let said = refused(b"MZ this is something else").await;
    assert!(said.starts_with("not a WebAssembly component: "), "{said}");
}

#[tokio::test]
async fn nothing_is_no_component() {
    let said = refused(b"").await;
    assert!(said.starts_with("not a WebAssembly component: "), "{said}");
}

#[tokio::test]
async fn half_a_component_is_none() {
    let echo = guest("echo");
    let said = refused(&echo[..echo.len() / 2]).await;
    assert!(said.starts_with("not a WebAssembly component: "), "{said}");
}

#[tokio::test]
async fn a_core_module_is_told_what_to_do() {
    assert_eq!(
        refused_text("(module)").await,
        "this is a core WebAssembly module, not a component; build it for `wasm32-wasip2`, \
         or wrap it with `wasm-tools component new`"
    );
}

#[tokio::test]
async fn a_missing_handler_is_told_what_was_found() {
    assert_eq!(
        refused_text("(component)").await,
        "the component exports no function `handle` as the world `sandstep:lambda/lambda` asks; \
         it exports nothing"
    );
    let run = r#"(component
        (core module $code (func (export "run")))
        (core instance $instance (instantiate $code))
        (func (export "run") (canon lift (core func $instance "run"))))"#;
    assert_eq!(
        refused_text(run).await,
        "the component exports no function `handle` as the world `sandstep:lambda/lambda` asks; \
         it exports function `run`"
    );
}

#[tokio::test]
async fn a_handler_of_another_type_is_refused() {
    let said = refused_text(
        r#"(component
            (core module $code (func (export "handle") (result i32) (i32.const 7)))
            (core instance $instance (instantiate $code))
            (func (export "handle") (result u32) (canon lift (core func $instance "handle"))))"#,
    )
    .await;
    assert!(
        said.starts_with("the export `handle` does not have the type"),
        "{said}"
    );
}

#[tokio::test]
async fn an_import_that_nobody_has_is_named() {
    let said = refused_text(
        r#"(component
            (import "vendor:secrets/vault" (instance $vault (export "open" (func))))
            (core func $open (canon lower (func $vault "open")))
            (core module $code (import "" "open" (func)) (func (export "handle")))
            (core instance $instance
              (instantiate $code (with "" (instance (export "open" (func $open))))))
            (func (export "handle") (canon lift (core func $instance "handle"))))"#,
    )
    .await;
    assert!(said.contains("vendor:secrets/vault"), "{said}");
}

#[tokio::test]
async fn code_that_is_not_valid_does_not_compile() {
    let module =
        wat::parse_str("(module (func (export \"handle\") (drop (i32.const 1))))").unwrap();
    let component = wat::parse_str(
        r#"(component
            (core module $code (func (export "handle") (drop (i32.const 1))))
            (core instance $instance (instantiate $code))
            (func (export "handle") (canon lift (core func $instance "handle"))))"#,
    )
    .unwrap();
    // `drop` of nothing: the body's `i32.const 1` becomes two `nop`s.
    let constant = [0x41, 0x01, 0x1a];
    assert!(module.windows(3).any(|bytes| bytes == constant));
    let at = component
        .windows(3)
        .position(|bytes| bytes == constant)
        .unwrap();
    let mut broken = component;
    broken[at..at + 2].fill(0x01);
    let said = refused(&broken).await;
    assert!(
        said.starts_with("the component does not compile: "),
        "{said}"
    );
}

#[tokio::test]
async fn a_limit_beyond_the_pool_is_told_the_maximum() {
    let spec = FunctionSpec {
        limits: Limits {
            memory_bytes: 8 << 30,
            ..Limits::default()
        },
        ..FunctionSpec::named("greedy")
    };
    let error = sandbox().load(&guest("echo"), spec).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the limit memory_bytes is 8589934592, and the pool's maximum is 1073741824"
    );
}

#[tokio::test]
async fn a_component_that_starts_beyond_its_limit_is_refused() {
    let spec = FunctionSpec {
        limits: Limits {
            memory_bytes: 64 * 1024,
            ..Limits::default()
        },
        ..FunctionSpec::named("tight")
    };
    let error = sandbox().load(&guest("echo"), spec).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the component starts with 1114112 bytes of memory, and its limit memory_bytes is 65536"
    );
}

#[tokio::test]
async fn a_component_beyond_the_pool_is_refused() {
    let sandbox = Sandbox::new(SandboxConfig {
        pool: PoolLimits {
            core_instances: 1,
            ..PoolLimits::default()
        },
        ..config()
    })
    .unwrap();
    let spec = FunctionSpec::named("wide");
    let error = sandbox.load(&guest("echo"), spec).await.unwrap_err();
    assert!(matches!(error, LoadError::BeyondPool(_)), "{error}");
}

fn with_compile_limits(compile: CompileLimits) -> (tempfile::TempDir, Sandbox) {
    let cache = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::new(SandboxConfig {
        cache_dir: cache.path().join("components"),
        compile,
        ..config()
    })
    .unwrap();
    (cache, sandbox)
}

#[tokio::test]
async fn a_component_beyond_its_size_is_refused_unread() {
    let (_cache, sandbox) = with_compile_limits(CompileLimits {
        component_bytes: 4,
        ..CompileLimits::default()
    });
    let spec = FunctionSpec::named("large");
    let error = sandbox.load(b"\0asm\x0d", spec).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the component has 5 bytes, and at most 4 are accepted"
    );
}

#[tokio::test]
async fn a_compilation_that_takes_too_long_is_killed() {
    let (_cache, sandbox) = with_compile_limits(CompileLimits {
        wall_time: Duration::from_millis(1),
        ..CompileLimits::default()
    });
    let spec = FunctionSpec::named("slow");
    let error = sandbox.load(&guest("hostile"), spec).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "compiling the component was stopped: it took longer than 0.001 s (CompileLimits::wall_time)"
    );
}

#[tokio::test]
async fn a_compilation_without_memory_is_stopped() {
    let (_cache, sandbox) = with_compile_limits(CompileLimits {
        memory_bytes: 40 << 20,
        ..CompileLimits::default()
    });
    let spec = FunctionSpec::named("large");
    let error = sandbox.load(&guest("hostile"), spec).await.unwrap_err();
    assert!(
        matches!(
            error,
            LoadError::CompileStopped(_) | LoadError::CompileFailed(_)
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_compilation_that_computes_too_long_is_stopped() {
    // A second of computing, and the least that can be asked for is one: the
    // compiler stands in for itself as a shell that limits itself and spins.
    let cache = tempfile::tempdir().unwrap();
    let spin = "ulimit -t 1; while :; do :; done";
    let sandbox = Sandbox::new(SandboxConfig {
        cache_dir: cache.path().to_owned(),
        compiler: CompilerProgram::new("bash", ["-c", spin]),
        ..config()
    })
    .unwrap();
    let spec = FunctionSpec::named("slow");
    let error = sandbox.load(&guest("echo"), spec).await.unwrap_err();
    assert!(matches!(error, LoadError::CompileStopped(_)), "{error}");
}
