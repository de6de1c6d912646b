//! Makes components of functions' sources, when they have changed.

mod fingerprint;
mod lock;
mod rust;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::command_error::CommandError;
use crate::project::{Code, Function, Project};
use crate::terminal::Terminal;

use self::fingerprint::Fingerprint;
use self::lock::Turn;

/// One language that functions are written in.
pub(crate) struct Language {
    /// Its name, as `sandstep new --lang` takes it.
    pub(crate) name: &'static str,
    /// Whether a folder holds a function in it.
    detect: fn(&Path) -> bool,
    /// Checks the tools that a build needs and installs what can be; runs only
    /// before a build.
    prepare: fn(&Path, &Terminal) -> Result<(), CommandError>,
    /// Builds the folder and answers with the component and its inputs.
    build: fn(&Path, &BuildPlace, &Terminal) -> Result<Built, CommandError>,
    /// Files whose change means that the tools themselves have changed.
    tools: fn(&Path) -> Vec<PathBuf>,
}

/// Every language that has a builder.
pub(crate) const LANGUAGES: [&Language; 1] = [&rust::LANGUAGE];

/// Where builders may write: all of it can be deleted at any time.
struct BuildPlace {
    /// For what a language's tools keep between builds.
    target: PathBuf,
}

/// What a build made.
struct Built {
    component: PathBuf,
    /// The files outside of the function's folder that went into it.
    inputs: Vec<PathBuf>,
    /// Inputs that the build may write itself, such as a lock file of
    /// dependencies: that one is new does not mean that someone changed it.
    locks: Vec<PathBuf>,
}

/// The language of the function in a folder, if any builder knows it.
pub(crate) fn language_of(folder: &Path) -> Option<&'static Language> {
    LANGUAGES
        .into_iter()
        .find(|language| folder.is_dir() && (language.detect)(folder))
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
        Code::Source(folder) if !folder.is_dir() => Err(missing(function, folder)),
        Code::Source(folder) => {
            let language = language_of(folder).ok_or_else(|| unknown_language(folder))?;
            build(project, function, folder, language, terminal)
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

fn unknown_language(folder: &Path) -> CommandError {
    let names: Vec<&str> = LANGUAGES.iter().map(|language| language.name).collect();
    let message = format!("no builder knows how to build {}", folder.display());
    CommandError::new(message).hint(format!("languages with a builder: {}", names.join(", ")))
}

fn build(
    project: &Project,
    function: &Function,
    folder: &Path,
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
    if Fingerprint::is_current(&record, &component, folder, (language.tools)(folder)) {
        terminal.detail(&format!("{} is up to date", function.name));
        return Ok(component);
    }
    terminal.progress(
        "Building",
        &format!("{} ({})", function.name, folder.display()),
    );
    (language.prepare)(folder, terminal)?;
    let place = BuildPlace {
        target: state.join("target").join(language.name),
    };
    // Taken before the build: what changes meanwhile is built again.
    let began = SystemTime::now();
    let taken = Fingerprint::of(folder, (language.tools)(folder));
    let built = (language.build)(folder, &place, terminal)?;
    keep(&built.component, &component)?;
    taken
        .with_locks(built.locks)
        .with_inputs(built.inputs, began)
        .save(&record, &component)
        .map_err(|cause| CommandError::io("writing", &record, &cause))?;
    Ok(component)
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
