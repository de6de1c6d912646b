//! The section `functions`: names, code, limits and environment, each as the
//! Serverless Framework reads it.

use std::time::Duration;

use sandstep_json::{Entry, Spanned};
use sandstep_service::{Match, match_function};

use super::{Serverless, variables};
use crate::build::file_of_handler;
use crate::project::{Code, Function, Source, discover};

/// The framework's own default for a function's timeout.
const TIMEOUT: Duration = Duration::from_secs(6);
/// The framework's own default for a function's memory, in MB.
const MEMORY_MB: usize = 1024;

/// What a function is written for.
enum Runtime {
    /// JavaScript, which the framework takes for granted.
    Node,
    /// Another language, or a binary such as one made of Rust.
    Other(String),
}

impl Serverless {
    /// The functions of the section, their code where `handler` says or among
    /// those `found` in the project, and then the latter that the section does
    /// not mention.
    pub(crate) fn functions(&self, found: Vec<Function>) -> Vec<Function> {
        let mut functions: Vec<Function> = self
            .section("functions")
            .iter()
            .filter_map(|entry| self.function(entry, &found))
            .collect();
        let others: Vec<Function> = found
            .into_iter()
            .filter(|one| !is_declared(one, &functions))
            .collect();
        functions.extend(others);
        functions
    }

    fn function(&self, entry: &Entry, found: &[Function]) -> Option<Function> {
        let key = entry.key.as_str();
        if !Function::is_name(key) {
            return None;
        }
        let settings = self.variables.resolve(&entry.value);
        let mut function = Function::new(key, self.code(key, &settings, found)?);
        function.deployed_name = self.deployed_name(key, &settings);
        let number = |name: &str| self.setting(&settings, name)?.as_number()?.as_u64();
        let timeout = number("timeout").map_or(TIMEOUT, Duration::from_secs);
        function.limits.wall_time = timeout;
        function.limits.cpu_time = timeout;
        let memory_mb = number("memorySize").map_or(MEMORY_MB, |mb| mb as usize);
        function.limits.memory_bytes = memory_mb.saturating_mul(1 << 20);
        function.grants.environment = self.environment(&settings);
        Some(function)
    }

    /// A function's own setting, or else the provider's.
    fn setting(&self, settings: &Spanned, name: &str) -> Option<Spanned> {
        let own = settings.get(name).cloned();
        own.or_else(|| {
            Some(
                self.variables
                    .resolve(self.variables.at("provider")?.get(name)?),
            )
        })
    }

    /// `name`, or `SERVICE-STAGE-KEY` where the service has a name.
    fn deployed_name(&self, key: &str, settings: &Spanned) -> Option<String> {
        if let Some(name) = settings.get("name").and_then(Spanned::as_str) {
            return Some(name.to_owned());
        }
        let text = |path: &str| Some(self.variables.at(path)?.as_str()?.to_owned());
        let service = text("service").or_else(|| text("service.name"))?;
        let stage = self.variables.deployed_stage()?;
        Some(format!("{service}-{stage}-{key}"))
    }

    /// A script that `handler` names; a folder or a component in `functions/`
    /// of that name; or a folder or component that `handler` names.
    fn code(&self, key: &str, settings: &Spanned, found: &[Function]) -> Option<Code> {
        let handler = settings.get("handler").and_then(Spanned::as_str);
        let runtime = self.runtime(settings);
        let script = handler.filter(|_| matches!(runtime, Runtime::Node));
        if let Some(handler) = script
            && file_of_handler(&self.folder, handler).is_some()
        {
            return Some(self.script(handler));
        }
        let names = found.iter().map(|function| function.name.as_str());
        if let Match::One(name) = match_function(key, names) {
            let function = found.iter().find(|function| function.name == name)?;
            return Some(function.code.clone());
        }
        let named = handler.and_then(|handler| discover::existing_code(&self.folder.join(handler)));
        named.or_else(|| match runtime {
            // The build says which files it looked for.
            Runtime::Node => Some(self.script(handler?)),
            Runtime::Other(runtime) => Some(Code::Foreign(runtime)),
        })
    }

    fn script(&self, handler: &str) -> Code {
        Code::Source(Source {
            path: self.folder.clone(),
            handler: Some(handler.to_owned()),
        })
    }

    fn runtime(&self, settings: &Spanned) -> Runtime {
        if settings.get("image").is_some() {
            return Runtime::Other("container image".to_owned());
        }
        let setting = self.setting(settings, "runtime");
        match setting.as_ref().and_then(Spanned::as_str) {
            Some(name) if !name.starts_with("nodejs") => Runtime::Other(name.to_owned()),
            _ => Runtime::Node,
        }
    }

    /// The provider's variables, then the function's own, which win.
    fn environment(&self, settings: &Spanned) -> Vec<(String, String)> {
        let provider = self.variables.at("provider");
        let sections = [
            provider
                .as_ref()
                .and_then(|provider| provider.get("environment")),
            settings.get("environment"),
        ];
        let entries = sections
            .into_iter()
            .flatten()
            .filter_map(Spanned::as_object)
            .flatten();
        let mut environment: Vec<(String, String)> = Vec::new();
        for entry in entries {
            let value = self.variables.resolve(&entry.value);
            if let Some(value) = variables::scalar_text(&value) {
                environment.retain(|(name, _)| *name != *entry.key);
                environment.push((entry.key.to_string(), value));
            }
        }
        environment
    }
}

/// Whether what was found is declared already: by its name, as the folder of
/// a handler, or as a file beside such ones, which may be any module of theirs.
fn is_declared(found: &Function, declared: &[Function]) -> bool {
    let is_lone_file = matches!(&found.code, Code::Source(source) if !source.path.is_dir());
    let is_same = |one: &Function| {
        one.name == found.name || one.code == found.code || holds(&found.code, &one.code)
    };
    declared.iter().any(is_same) || (is_lone_file && !declared.is_empty())
}

/// Whether a folder holds the file that a handler names.
fn holds(folder: &Code, code: &Code) -> bool {
    match (folder, code) {
        (Code::Source(folder), Code::Source(source)) => {
            let file = source
                .handler
                .as_ref()
                .map(|handler| source.path.join(handler));
            file.is_some_and(|file| file.starts_with(&folder.path))
        }
        _ => false,
    }
}
