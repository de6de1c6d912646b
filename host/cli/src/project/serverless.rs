//! `serverless.yml` as the plugin serverless-step-functions reads it.
//!
//! Of the document, `stepFunctions.stateMachines` and `functions` count, with
//! the variables they use. `events` and everything else that belongs to
//! deployment is accepted and has no effect here.

mod intrinsics;
mod variables;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sandstep_asl::source;
use sandstep_json::{Entry, Position, Spanned};
use sandstep_service::{Match, match_function};

use self::intrinsics::Intrinsics;
use self::variables::Variables;
use super::{Code, Definitions, Function, Machine, MachineKind, discover, open};
use crate::command_error::CommandError;
use crate::report::{FileDiagnostic, in_file};

/// The framework's own default for a function's timeout.
const TIMEOUT: Duration = Duration::from_secs(6);
/// The framework's own default for a function's memory, in MB.
const MEMORY_MB: usize = 1024;

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

    /// The functions of the section `functions`, their code found among
    /// `folders` or where `handler` says, and then the folders that the
    /// section does not mention.
    pub(crate) fn functions(&self, folders: Vec<Function>) -> Vec<Function> {
        let mut functions: Vec<Function> = self
            .section("functions")
            .iter()
            .filter_map(|entry| self.function(entry, &folders))
            .collect();
        for folder in folders {
            if functions
                .iter()
                .all(|function| function.code != folder.code)
            {
                functions.push(folder);
            }
        }
        functions
    }

    /// The state machines, in the order of the document.
    pub(crate) fn machines(&self) -> Result<Vec<Machine>, CommandError> {
        self.section("stepFunctions.stateMachines")
            .iter()
            .map(|entry| self.machine(entry))
            .collect()
    }

    /// The members of a section, its variables unresolved.
    fn section(&self, path: &str) -> Vec<Entry> {
        let section = self.variables.at(path);
        section
            .and_then(|section| Some(section.as_object()?.to_vec()))
            .unwrap_or_default()
    }

    fn function(&self, entry: &Entry, folders: &[Function]) -> Option<Function> {
        if !Function::is_name(&entry.key) {
            return None;
        }
        let settings = self.variables.resolve(&entry.value);
        let code = self.code(&entry.key, &settings, folders)?;
        let mut function = Function::new(entry.key.as_str(), code);
        function.deployed_name = settings
            .get("name")
            .and_then(Spanned::as_str)
            .map(ToOwned::to_owned);
        let provider = self.variables.at("provider");
        let setting = |name: &str| {
            let own = settings.get(name).cloned();
            own.or_else(|| {
                provider
                    .as_ref()?
                    .get(name)
                    .map(|node| self.variables.resolve(node))
            })
        };
        let number = |name: &str| setting(name)?.as_number()?.as_u64();
        let timeout = number("timeout").map_or(TIMEOUT, Duration::from_secs);
        function.limits.wall_time = timeout;
        function.limits.cpu_time = timeout;
        let memory_mb = number("memorySize").map_or(MEMORY_MB, |mb| mb as usize);
        function.limits.memory_bytes = memory_mb.saturating_mul(1 << 20);
        function.grants.environment = environment(provider.as_ref(), &settings, &self.variables);
        Some(function)
    }

    /// A folder in `functions/` of that name, or a folder or component that
    /// `handler` names.
    fn code(&self, key: &str, settings: &Spanned, folders: &[Function]) -> Option<Code> {
        let names = folders.iter().map(|function| function.name.as_str());
        if let Match::One(name) = match_function(key, names) {
            let folder = folders.iter().find(|function| function.name == name)?;
            return Some(folder.code.clone());
        }
        let handler = settings.get("handler")?.as_str()?;
        discover::code_at(&self.folder.join(handler))
    }

    fn machine(&self, entry: &Entry) -> Result<Machine, CommandError> {
        let settings = &entry.value;
        let Some(definition) = settings.get("definition") else {
            return Err(self.missing_definition(entry));
        };
        let (file, definition) = self.definition(definition)?;
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
        })
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
    /// evaluated, and the file that its places are in.
    fn definition(&self, node: &Spanned) -> Result<(PathBuf, Spanned), CommandError> {
        let (file, tree) = match self.variables.whole_file(node) {
            Some(path) => {
                let tree = open::read_document(&path)?;
                (path, self.variables.resolve(&tree))
            }
            None => (self.file.clone(), self.variables.resolve(node)),
        };
        let tree = match tree.as_str() {
            Some(text) => self.parse_string(text, tree.position)?,
            None => tree,
        };
        let names = self
            .section("functions")
            .iter()
            .map(|e| e.key.to_string())
            .collect();
        Ok((file, Intrinsics::new(names).evaluate(tree)))
    }

    /// A definition in a string. Its places are lost but for the string's own.
    fn parse_string(&self, text: &str, position: Position) -> Result<Spanned, CommandError> {
        let mut tree = source::read(text).map_err(|error| {
            let message = format!("the definition in {} cannot be read", self.file.display());
            let mut diagnostic = sandstep_asl::Diagnostic::from(error);
            (diagnostic.line, diagnostic.column) = (position.line, position.column);
            CommandError::diagnosed(message, in_file(&self.file, [diagnostic]))
        })?;
        variables::move_to(&mut tree, position);
        Ok(tree)
    }
}

/// The provider's variables, then the function's own, which win.
fn environment(
    provider: Option<&Spanned>,
    settings: &Spanned,
    variables: &Variables,
) -> Vec<(String, String)> {
    let mut environment: Vec<(String, String)> = Vec::new();
    let sections = [
        provider.and_then(|provider| provider.get("environment")),
        settings.get("environment"),
    ];
    for entry in sections
        .into_iter()
        .flatten()
        .filter_map(Spanned::as_object)
        .flatten()
    {
        let Some(value) = variables::scalar_text(&variables.resolve(&entry.value)) else {
            continue;
        };
        environment.retain(|(name, _)| *name != *entry.key);
        environment.push((entry.key.to_string(), value));
    }
    environment
}
