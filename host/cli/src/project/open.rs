//! Finds out what the user pointed at: a project's folder, its file, a
//! `serverless.yml` or a lone definition.

use std::path::{Path, PathBuf};

use sandstep_asl::source;
use sandstep_json::{Position, Spanned};

use super::manifest::{self, MachineTable, Manifest};
use super::serverless::Serverless;
use super::{
    Definitions, Function, Machine, MachineEvents, MachineKind, MachineLimits, Project, discover,
};
use crate::command_error::CommandError;
use crate::read::{DOCUMENT_BYTES, read_text};
use crate::report::{FileDiagnostic, in_file};

/// The names of the Serverless Framework's file.
const SERVERLESS_NAMES: [&str; 2] = ["serverless.yml", "serverless.yaml"];

/// Opens a project's folder, `sandstep.toml`, `serverless.yml`, or a file
/// with one definition.
///
/// `sandstep.toml` may stand beside either of the others: it then gives
/// functions and placeholders their values. Without it, functions are the
/// folders in `functions/`. `defines` are the user's own values, which win.
pub(crate) fn open(target: &Path, defines: &[(String, String)]) -> Result<Project, CommandError> {
    let files = Files::of(target)?;
    let mut project = Project {
        root: files.root.clone(),
        definitions: Definitions::pseudo_parameters(),
        ..Project::default()
    };
    if let Some(manifest) = &files.manifest {
        read_manifest(&mut project, manifest, files.wanted)?;
    }
    for (name, value) in defines {
        project.definitions.set(name, value);
    }
    if let Some(definitions) = &files.definitions {
        read_definitions(&mut project, definitions)?;
    }
    Ok(project)
}

/// The files that make up a project.
struct Files {
    root: PathBuf,
    manifest: Option<PathBuf>,
    wanted: Wanted,
    /// A `serverless.yml`, or a definition alone.
    definitions: Option<PathBuf>,
}

/// What a project file is read for.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    /// Everything.
    Machines,
    /// Only what another file's machines need.
    Functions,
}

impl Files {
    fn of(target: &Path) -> Result<Self, CommandError> {
        if target.is_dir() {
            return Self::of_folder(target);
        }
        if !target.is_file() {
            let target_name = target.display();
            let message = match target.exists() {
                true => format!("{target_name} is neither a file nor a folder"),
                false => format!("there is no {target_name}"),
            };
            return Err(CommandError::new(message)
                .hint("give a project's folder or a file with a definition"));
        }
        let root = folder_of(target);
        let is_manifest = target
            .file_name()
            .is_some_and(|name| name == manifest::FILE_NAME);
        Ok(Self {
            manifest: present(root.join(manifest::FILE_NAME)),
            wanted: if is_manifest {
                Wanted::Machines
            } else {
                Wanted::Functions
            },
            definitions: (!is_manifest).then(|| target.to_owned()),
            root,
        })
    }

    fn of_folder(folder: &Path) -> Result<Self, CommandError> {
        let manifest = present(folder.join(manifest::FILE_NAME));
        let definitions = SERVERLESS_NAMES
            .iter()
            .find_map(|name| present(folder.join(name)));
        if manifest.is_none() && definitions.is_none() {
            let message = format!(
                "{} is no project: it has neither sandstep.toml nor serverless.yml",
                folder.display()
            );
            return Err(CommandError::new(message)
                .hint("`sandstep new DIR` makes a project that runs at once"));
        }
        Ok(Self {
            root: folder.to_owned(),
            manifest,
            wanted: Wanted::Machines,
            definitions,
        })
    }
}

/// Whether a folder has a project's file.
pub(crate) fn is_project(folder: &Path) -> bool {
    let names = SERVERLESS_NAMES.iter().copied();
    let mut names = names.chain([manifest::FILE_NAME]);
    names.any(|name| folder.join(name).is_file())
}

fn present(file: PathBuf) -> Option<PathBuf> {
    file.is_file().then_some(file)
}

/// Whether a target is a file with one definition and nothing else.
pub(crate) fn is_lone_definition(target: &Path) -> bool {
    let is_named = |name: &str| target.file_name().is_some_and(|file| file == name);
    target.is_file()
        && !is_named(manifest::FILE_NAME)
        && !read_document(target).is_ok_and(|tree| Serverless::is(&tree))
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn read_manifest(project: &mut Project, file: &Path, wanted: Wanted) -> Result<(), CommandError> {
    let (manifest, functions) = Manifest::read(file)?;
    functions
        .into_iter()
        .for_each(|function| project.add_function(function));
    project.quotas = manifest.quotas;
    for (name, value) in manifest.define {
        project.definitions.set(name, value.into_text());
    }
    if wanted == Wanted::Machines {
        for (name, table) in manifest.machines {
            project.machines.push(machine(file, name, table)?);
        }
    }
    Ok(())
}

fn machine(file: &Path, name: String, table: MachineTable) -> Result<Machine, CommandError> {
    let definition = folder_of(file).join(table.definition.get_ref());
    if !definition.is_file() {
        let text = read_text(file, DOCUMENT_BYTES).unwrap_or_default();
        let place = Position::in_text(&text, table.definition.span().start.min(text.len()));
        let message = format!("there is no {}", definition.display());
        return Err(FileDiagnostic::error(file, "definition-file", place, message).into());
    }
    let tree = read_document(&definition)?;
    let input = table.input.map(|input| folder_of(file).join(input));
    Ok(Machine {
        name,
        key: None,
        kind: table.kind,
        file: definition,
        definition: tree,
        input,
        events: MachineEvents::default(),
        limits: table.limits,
    })
}

/// A `serverless.yml`, or a definition alone.
fn read_definitions(project: &mut Project, file: &Path) -> Result<(), CommandError> {
    let tree = read_document(file)?;
    let found = discover::functions_in(&project.root);
    if Serverless::is(&tree) {
        let serverless = Serverless::read(file, tree, &project.definitions)?;
        add_undeclared(project, serverless.functions(found));
        let machines = serverless.machines();
        serverless.check_files()?;
        project.machines.extend(machines?);
    } else {
        add_undeclared(project, found);
        project.machines.push(lone_machine(file, tree));
    }
    Ok(())
}

/// Adds functions that `sandstep.toml` does not have already.
fn add_undeclared(project: &mut Project, functions: Vec<Function>) {
    for function in functions {
        let is_declared =
            |other: &Function| other.name == function.name || other.code == function.code;
        if !project.functions.iter().any(is_declared) {
            project.functions.push(function);
        }
    }
}

fn lone_machine(file: &Path, definition: Spanned) -> Machine {
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    let name = name.split('.').next().unwrap_or_default().to_owned();
    let file = file.to_owned();
    Machine {
        name,
        key: None,
        kind: MachineKind::Standard,
        file,
        definition,
        input: None,
        events: MachineEvents::default(),
        limits: MachineLimits::default(),
    }
}

/// Reads a JSON or YAML file.
pub(super) fn read_document(file: &Path) -> Result<Spanned, CommandError> {
    let text = read_text(file, DOCUMENT_BYTES)?;
    source::read_file(file, &text).map_err(|error| {
        let message = format!("{} cannot be read", file.display());
        CommandError::diagnosed(message, in_file(file, [error.into()]))
    })
}
