//! JavaScript and TypeScript: bundled and made a component by the scripts of
//! `guest-sdk/js/toolchain`.

mod bundler;
mod handler;
mod npm;
mod toolchain;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use self::handler::{EXTENSIONS, Entry};
use self::toolchain::{DIGEST, Toolchain};
use super::{Built, Language, Order};
use crate::command_error::CommandError;
use crate::project::Source;
use crate::terminal::{Terminal, escaped};

pub(crate) const LANGUAGE: Language = Language {
    name: "javascript",
    detect,
    prepare,
    build,
    sources,
    tools: |_| Vec::new(),
    version: || &DIGEST,
};

/// Files beside a module, or above it within its package, that change what it
/// means.
const SETTINGS: [&str; 4] = [
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "jsconfig.json",
];

/// Endings of files that may be imported without them.
const IMPORTED: [&str; 3] = ["jsx", "tsx", "json"];

/// Where npm keeps packages.
const PACKAGES: &str = "node_modules";

/// Any source with a handler is one of JavaScript, since no other language
/// with a builder has handlers.
fn detect(source: &Source) -> bool {
    match source.path.is_dir() {
        true => source.handler.is_some() || handler::is_package(&source.path),
        false => handler::is_script(&source.path),
    }
}

/// The file of a handler in a folder, if there is one.
pub(crate) fn file_of_handler(folder: &Path, handler: &str) -> Option<PathBuf> {
    Some(Entry::find(folder, handler)?.file)
}

fn prepare(source: &Source, terminal: &Terminal) -> Result<(), CommandError> {
    let entry = Entry::of(source)?;
    Toolchain::prepare(terminal)?;
    npm::install_dependencies(&entry.file, terminal)
}

fn build(order: &Order<'_>, terminal: &Terminal) -> Result<Built, CommandError> {
    let entry = absolute(Entry::of(order.source)?)?;
    let folder = std::path::absolute(&order.target)
        .map_err(|cause| CommandError::io("finding", &order.target, &cause))?;
    std::fs::create_dir_all(&folder)
        .map_err(|cause| CommandError::io("making", &folder, &cause))?;
    let component = folder.join(format!("{}.wasm", order.name));
    let toolchain = Toolchain::installed();
    let answer = bundler::bundle(order.name, &entry, &component, &toolchain)?;
    for warning in &answer.warnings {
        terminal.warning(&escaped(warning));
    }
    for note in &answer.notes {
        terminal.detail(&escaped(note));
    }
    Ok(built(component, answer.inputs, &toolchain))
}

fn absolute(entry: Entry) -> Result<Entry, CommandError> {
    let file = std::path::absolute(&entry.file)
        .map_err(|cause| CommandError::io("finding", &entry.file, &cause))?;
    Ok(Entry { file, ..entry })
}

/// Sorts the files that were bundled. What npm installed may be as new as the
/// build itself.
fn built(component: PathBuf, bundled: Vec<PathBuf>, toolchain: &Toolchain) -> Built {
    let (packages, modules): (Vec<PathBuf>, Vec<PathBuf>) = bundled
        .into_iter()
        .filter(|file| !file.starts_with(toolchain.folder()))
        .partition(|file| is_in_package(file));
    let about = |file: &PathBuf| settings(file).into_iter().chain(shadows(file));
    let (others, absent): (BTreeSet<PathBuf>, BTreeSet<PathBuf>) = modules
        .iter()
        .flat_map(about)
        .partition(|file| file.is_file());
    let settings = others.into_iter().filter(|file| is_setting(file));
    Built {
        component,
        inputs: settings.chain(modules.iter().cloned()).collect(),
        locks: packages,
        absent,
    }
}

fn is_setting(file: &Path) -> bool {
    SETTINGS.iter().any(|name| file.ends_with(name))
}

fn is_in_package(file: &Path) -> bool {
    file.components().any(|part| part.as_os_str() == PACKAGES)
}

/// What is known of a function's files before it is built.
fn sources(source: &Source) -> BTreeSet<PathBuf> {
    let Ok(entry) = Entry::of(source).and_then(absolute) else {
        return BTreeSet::new();
    };
    let settings = settings(&entry.file)
        .into_iter()
        .filter(|file| file.is_file());
    settings.chain([entry.file.clone()]).collect()
}

/// The settings that count for a module, whether they are there or not.
fn settings(module: &Path) -> Vec<PathBuf> {
    let package = npm::package_of(module);
    let is_within = |folder: &&Path| package.as_ref().is_some_and(|top| folder.starts_with(top));
    let beside = module.parent();
    let above = module.ancestors().skip(2).take_while(is_within);
    beside
        .into_iter()
        .chain(above)
        .flat_map(|folder| SETTINGS.map(|name| folder.join(name)))
        .collect()
}

/// Files that an import may mean instead of a module, were they there:
/// `./start` is `start.js` before it is `start.json` or `start/index.js`.
fn shadows(module: &Path) -> Vec<PathBuf> {
    let is_index = module.file_stem().is_some_and(|stem| stem == "index");
    let folder = module.parent().filter(|_| is_index);
    let stems = [Some(module.with_extension("")), folder.map(Path::to_owned)];
    let endings = || EXTENSIONS.iter().chain(&IMPORTED);
    stems
        .into_iter()
        .flatten()
        .flat_map(|stem| endings().map(move |ending| handler::appended(&stem, ending)))
        .collect()
}
