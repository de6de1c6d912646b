//! Makes components of functions' sources, when they have changed.

mod fingerprint;
mod javascript;
mod lock;
mod rust;
mod tool;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use crate::command_error::CommandError;
use crate::project::{Code, Function, Project, Source};
use crate::terminal::{Terminal, readable};

use self::fingerprint::{Fingerprint, Plan};
use self::lock::Turn;

pub(crate) use self::javascript::file_of_handler;

/// One language that functions are written in.
pub(crate) struct Language {
    /// Its name, for people.
    pub(crate) name: &'static str,
    /// Whether a source is in it.
    detect: fn(&Source) -> bool,
    /// Checks the tools that a build needs and installs what can be; runs only
    /// before a build.
    prepare: fn(&Source, &Terminal) -> Result<(), CommandError>,
    /// Builds a source and answers with the component and its inputs.
    build: fn(&Order<'_>, &Terminal) -> Result<Built, CommandError>,
    /// The files that belong to a source for certain, so that a new one makes
    /// the component outdated.
    sources: fn(&Source) -> BTreeSet<PathBuf>,
    /// Files whose change means that the tools themselves have changed.
    tools: fn(&Source) -> Vec<PathBuf>,
    /// What tells the builder from those of other versions of Sandstep.
    version: fn() -> &'static str,
}

/// Every language that has a builder.
pub(crate) const LANGUAGES: [&Language; 2] = [&rust::LANGUAGE, &javascript::LANGUAGE];

/// What is to be built, and where builders may write.
struct Order<'o> {
    /// The function's name.
    name: &'o str,
    source: &'o Source,
    /// For what a language's tools keep between builds: all of it can be
    /// deleted at any time.
    target: PathBuf,
}

/// What a build made.
struct Built {
    component: PathBuf,
    /// The files that went into it, but for those that are certain anyway.
    inputs: Vec<PathBuf>,
    /// Inputs that the build may write itself, such as a lock file of
    /// dependencies: that one is new does not mean that someone changed it.
    locks: Vec<PathBuf>,
    /// Files that are not there, and would make another component if they were.
    absent: BTreeSet<PathBuf>,
}

/// The language of a source, if any builder knows it.
pub(crate) fn language_of(source: &Source) -> Option<&'static Language> {
    LANGUAGES
        .into_iter()
        .find(|language| (language.detect)(source))
}

/// The component of a function, built first if its sources have changed.
pub(crate) fn component_of(
    project: &Project,
    function: &Function,
    terminal: &Terminal,
) -> Result<PathBuf, CommandError> {
    match &function.code {
        Code::Component(path) if path.is_file() => Ok(path.clone()),
        Code::Component(path) => Err(missing(function, path)),
        Code::Foreign(runtime) => Err(foreign(function, runtime)),
        Code::Source(source) if !source.path.exists() => Err(missing(function, &source.path)),
        Code::Source(source) => {
            let language = language_of(source).ok_or_else(|| unknown_language(source))?;
            build(project, function, source, language, terminal)
        }
    }
}

fn missing(function: &Function, path: &Path) -> CommandError {
    CommandError::new(format!(
        "the function \"{}\" has no {}",
        function.name,
        path.display()
    ))
}

fn foreign(function: &Function, runtime: &str) -> CommandError {
    let name = &function.name;
    let message =
        format!("the function \"{name}\" is for the runtime {runtime}, which has no builder");
    CommandError::new(message).hint(languages()).hint(format!(
        "a component of any language is given with --function {name}=FILE.wasm, or with \
         `component` in [functions.{name}] of a sandstep.toml"
    ))
}

fn unknown_language(source: &Source) -> CommandError {
    let message = format!("no builder knows how to build {source}");
    CommandError::new(message).hint(languages())
}

fn languages() -> String {
    let names: Vec<&str> = LANGUAGES.iter().map(|language| language.name).collect();
    format!("languages with a builder: {}", names.join(", "))
}

fn build(
    project: &Project,
    function: &Function,
    source: &Source,
    language: &Language,
    terminal: &Terminal,
) -> Result<PathBuf, CommandError> {
    let state = project.root.join(".sandstep");
    let component = state
        .join("components")
        .join(format!("{}.wasm", function.name));
    let record = component.with_extension("json");
    let _turn = Turn::take(&component.with_extension("lock"), || {
        terminal.progress(
            "Waiting",
            &format!("for another build of {}", function.name),
        );
    })?;
    if Fingerprint::is_current(&record, &component, plan(language, source)) {
        terminal.detail(&format!("{} is up to date", function.name));
        return Ok(component);
    }
    let name = &function.name;
    terminal.progress("Building", &format!("{name} ({source})"));
    let began = Instant::now();
    (language.prepare)(source, terminal)?;
    let order = Order {
        name,
        source,
        target: state.join("target").join(language.name),
    };
    let fingerprint = make(language, &order, &component, terminal)?;
    fingerprint
        .save(&record, &component)
        .map_err(|cause| CommandError::io("writing", &record, &cause))?;
    let took = readable(began.elapsed());
    terminal.progress("Built", &format!("{name} ({took})"));
    Ok(component)
}

/// Builds a component and tells what it was made of.
fn make(
    language: &Language,
    order: &Order<'_>,
    component: &Path,
    terminal: &Terminal,
) -> Result<Fingerprint, CommandError> {
    // Taken before the build: what changes meanwhile is built again.
    let began = SystemTime::now();
    let taken = Fingerprint::of(plan(language, order.source));
    let built = (language.build)(order, terminal)?;
    keep(&built.component, component)?;
    Ok(taken
        .with_locks(built.locks)
        .with_inputs(built.inputs, began)
        .with_absent(built.absent))
}

fn plan(language: &Language, source: &Source) -> Plan {
    Plan {
        recipe: recipe(language, source),
        sources: (language.sources)(source),
        tools: (language.tools)(source),
    }
}

/// What is asked of a builder, whatever the files say.
fn recipe(language: &Language, source: &Source) -> String {
    let handler = source.handler.as_deref().unwrap_or_default();
    format!("{} {} {handler}", language.name, (language.version)())
}

/// Puts a new component in the place of the old one at once: another process
/// may be loading it.
fn keep(built: &Path, component: &Path) -> Result<(), CommandError> {
    let folder = component.parent().expect("a component lies in a folder");
    let temporary = folder.join(format!(".{}.tmp", std::process::id()));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::copy(built, &temporary))
        .and_then(|_| std::fs::rename(&temporary, component))
        .map_err(|cause| CommandError::io("writing", component, &cause))
}
