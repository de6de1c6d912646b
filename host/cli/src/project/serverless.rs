//! `serverless.yml` as the plugin serverless-step-functions reads it.
//!
//! Of the document, `stepFunctions.stateMachines` and `functions` count, with
//! the variables they use. `http` events are routes of `sandstep serve`;
//! everything else that belongs to deployment is accepted and has no effect
//! here.

mod events;
mod functions;
mod intrinsics;
mod variables;

use std::path::{Path, PathBuf};

use sandstep_asl::source;
use sandstep_json::{Entry, Position, Spanned};

use self::intrinsics::Intrinsics;
use self::variables::{Inclusion, Variables};
use super::{Definitions, Machine, MachineKind, MachineLimits, open};
use crate::command_error::CommandError;
use crate::report::{FileDiagnostic, in_file};

/// A `serverless.yml`.
pub(crate) struct Serverless {
    file: PathBuf,
    folder: PathBuf,
    variables: Variables,
}

impl Serverless {
    /// Whether a document is one, rather than a definition.
    pub(crate) fn is(tree: &Spanned) -> bool {
        ["stepFunctions", "functions", "provider"]
            .iter()
            .any(|key| tree.get(key).is_some())
            && tree.get("States").is_none()
    }

    /// Takes a document. `definitions` holds the values of `${opt:…}`, under
    /// names such as `opt:stage`, and of other variables that the document
    /// alone cannot know.
    pub(crate) fn read(
        file: &Path,
        tree: Spanned,
        definitions: &Definitions,
    ) -> Result<Self, CommandError> {
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let variables = Variables::new(tree, folder.clone(), definitions.clone());
        Ok(Self {
            file: file.to_owned(),
            folder,
            variables,
        })
    }

    /// The state machines, in the order of the document.
    pub(crate) fn machines(&self) -> Result<Vec<Machine>, CommandError> {
        self.section("stepFunctions.stateMachines")
            .iter()
            .map(|entry| self.machine(entry))
            .collect()
    }

    /// Refuses files that variables asked for so far and that cannot be read.
    pub(crate) fn check_files(&self) -> Result<(), CommandError> {
        let errors = self.variables.unreadable();
        CommandError::several("files of variables cannot be read", errors).map_or(Ok(()), Err)
    }

    /// The members of a section, its variables unresolved. A section may also
    /// be a list of sections, each from a file of its own.
    fn section(&self, path: &str) -> Vec<Entry> {
        let Some(section) = self.variables.at(path) else {
            return Vec::new();
        };
        let count = section.as_array().map(<[_]>::len);
        let parts: Vec<Spanned> = match count {
            None => vec![section],
            Some(count) => (0..count)
                .filter_map(|index| self.variables.at(&format!("{path}.{index}")))
                .collect(),
        };
        let members = parts.iter().filter_map(Spanned::as_object);
        members.flatten().cloned().collect()
    }

    fn machine(&self, entry: &Entry) -> Result<Machine, CommandError> {
        let (settings_file, settings) = self.settings(&entry.value)?;
        let Some(definition) = settings.get("definition") else {
            return Err(self.missing_definition(entry));
        };
        let (file, definition) = self.definition(&settings_file, definition)?;
        let field = |name: &str| settings.get(name).map(|node| self.variables.resolve(node));
        let name = field("name").and_then(|name| Some(name.as_str()?.to_owned()));
        let is_express = field("type").is_some_and(|kind| kind.as_str() == Some("EXPRESS"));
        Ok(Machine {
            name: name.unwrap_or_else(|| entry.key.as_str().to_owned()),
            key: Some(entry.key.as_str().to_owned()),
            kind: if is_express {
                MachineKind::Express
            } else {
                MachineKind::Standard
            },
            file,
            definition,
            input: None,
            events: self.events(&settings_file, &settings),
            limits: MachineLimits::default(),
        })
    }

    /// The settings of a machine, their variables unresolved, and the file that
    /// their places are in: each machine may have a file of its own.
    fn settings(&self, node: &Spanned) -> Result<(PathBuf, Spanned), CommandError> {
        if let Some(included) = self.included(node)? {
            return Ok(included);
        }
        let settings = match node.as_str() {
            Some(_) => self.variables.resolve(node),
            None => node.clone(),
        };
        Ok((self.file.clone(), settings))
    }

    /// The file that a value is nothing but a reference to, and what of it is
    /// meant, its variables unresolved.
    fn included(&self, node: &Spanned) -> Result<Option<(PathBuf, Spanned)>, CommandError> {
        let Some(Inclusion { path, address }) = self.variables.inclusion(node) else {
            return Ok(None);
        };
        let tree = open::read_document(&path)?;
        let part = self.variables.part(&tree, &address);
        Ok(part.map(|part| (path, part)))
    }

    fn missing_definition(&self, entry: &Entry) -> CommandError {
        let message = format!("the state machine \"{}\" has no definition", entry.key);
        FileDiagnostic::error(
            &self.file,
            "missing-definition",
            entry.key_position,
            message,
        )
        .into()
    }

    /// The definition with variables resolved and CloudFormation's functions
    /// evaluated, and the file that its places are in, which is `file` unless
    /// it has one of its own.
    fn definition(&self, file: &Path, node: &Spanned) -> Result<(PathBuf, Spanned), CommandError> {
        let (file, tree) = match self.included(node)? {
            Some((path, tree)) => (path, self.variables.resolve(&tree)),
            None => (file.to_owned(), self.variables.resolve(node)),
        };
        let tree = match tree.as_str() {
            Some(text) => parse_string(&file, text, tree.position)?,
            None => tree,
        };
        let names = self
            .section("functions")
            .iter()
            .map(|e| e.key.to_string())
            .collect();
        Ok((file, Intrinsics::new(names).evaluate(tree)))
    }
}

/// A definition in a string. Its places are lost but for the string's own.
fn parse_string(file: &Path, text: &str, position: Position) -> Result<Spanned, CommandError> {
    let mut tree = source::read(text).map_err(|error| {
        let message = format!("the definition in {} cannot be read", file.display());
        let mut diagnostic = sandstep_asl::Diagnostic::from(error);
        (diagnostic.line, diagnostic.column) = (position.line, position.column);
        CommandError::diagnosed(message, in_file(file, [diagnostic]))
    })?;
    variables::move_to(&mut tree, position);
    Ok(tree)
}
