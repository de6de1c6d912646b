//! `sandstep invoke`

use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use sandstep_json::Value;
use sandstep_sandbox::{Call, Invocation};

use super::{print_json, read_json};
use crate::args::{ClockName, InvokeArgs};
use crate::command_error::{CommandError, FAILED};
use crate::project::{Function, Project, code_at, open};
use crate::report::did_you_mean;
use crate::runtime;
use crate::terminal::{Terminal, function_log, say};

/// Calls one function.
pub(crate) fn invoke(args: &InvokeArgs, terminal: Terminal) -> Result<ExitCode, CommandError> {
    let (project, name) = project_of(args)?;
    let function = project
        .function(&name)
        .ok_or_else(|| unknown(&project, &name))?;
    let event = read_json("--event", &args.event, function.limits.event_bytes)?;
    let invocation =
        runtime::threads(ClockName::Real)?.block_on(call(&project, function, &event, terminal))?;
    say(&function_log(&name, &invocation.log, terminal.paint));
    show_usage(&invocation, terminal);
    match invocation.outcome {
        Ok(result) => print_result(&result),
        Err(failure) => {
            terminal.failure("error:", &failure.error, Some(&failure.cause));
            Ok(ExitCode::from(FAILED))
        }
    }
}

/// The project and the function's name in it. What is written as a path, to a
/// component, source or a handler, is a project of its own.
fn project_of(args: &InvokeArgs) -> Result<(Project, String), CommandError> {
    let path = Path::new(&args.function);
    let is_path = path.components().count() > 1 || path.extension().is_some();
    if !is_path {
        return Ok((open(&args.project, &[])?, args.function.clone()));
    }
    let code = code_at(path).ok_or_else(|| {
        CommandError::new(format!("{} is no function", path.display()))
            .hint("give a function's name, a component (FILE.wasm) or a folder with source")
    })?;
    let path =
        std::path::absolute(path).map_err(|cause| CommandError::io("finding", path, &cause))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = function_name(&stem);
    let root = match path.is_dir() {
        true => path,
        false => path.parent().unwrap_or(&path).to_owned(),
    };
    let mut project = Project {
        root,
        ..Project::default()
    };
    project.add_function(Function::new(&name, code));
    Ok((project, name))
}

/// A name that a function may have, like that of a file.
fn function_name(stem: &str) -> String {
    let letters = stem.chars().take(Function::LONGEST_NAME);
    let name: String = letters
        .map(|letter| match letter.is_ascii_alphanumeric() {
            true => letter,
            false => '-',
        })
        .collect();
    match name.is_empty() {
        true => "function".to_owned(),
        false => name,
    }
}

fn unknown(project: &Project, name: &str) -> CommandError {
    let error = CommandError::new(format!("the project has no function \"{name}\""));
    let names: Vec<&str> = project.function_names().collect();
    match did_you_mean(name, names.iter().copied()) {
        Some(hint) => error.hint(hint),
        None => error.hint(format!("its functions: {}", names.join(", "))),
    }
}

async fn call(
    project: &Project,
    function: &Function,
    event: &Value,
    terminal: Terminal,
) -> Result<Invocation, CommandError> {
    let functions = [(function.name.clone(), function)];
    let registry = runtime::load(project, &functions, terminal).await?;
    let found = registry.find(&function.name).expect("just loaded");
    let loaded = found
        .ready()
        .await
        .map_err(|cause| CommandError::caused("loading the function", &cause))?;
    Ok(loaded
        .invoke(&event.to_json(), &Call::new(request_id()))
        .await)
}

/// Tells one invocation by hand from another.
fn request_id() -> String {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    format!("{:x}-{:x}", since.as_nanos(), std::process::id())
}

fn show_usage(invocation: &Invocation, terminal: Terminal) {
    let usage = invocation.usage;
    terminal.detail(&format!(
        "{:.2} ms, of them {:.2} ms computing; {} KB of memory at most",
        usage.wall_time.as_secs_f64() * 1000.0,
        usage.cpu_time.as_secs_f64() * 1000.0,
        usage.peak_memory_bytes / 1024,
    ));
}

fn print_result(result: &str) -> Result<ExitCode, CommandError> {
    let result = Value::parse(result)
        .map_err(|cause| CommandError::caused("the function's result is not JSON", &cause))?;
    print_json(&result)?;
    Ok(ExitCode::SUCCESS)
}
