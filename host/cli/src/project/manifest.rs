//! `sandstep.toml`, the project file.
//!
//! ```toml
//! [functions.StartRecorder]
//! source = "functions/start-recorder"     # or: component = "start-recorder.wasm"
//! timeout = "10 s"
//! memory = "64 MB"
//! at-most-once = true
//!
//! [functions.StopRecorder]
//! source = "src"                          # or a lone file: "src/stop.js"
//! handler = "stop.create"                 # file.export, as Lambda has it
//!
//! [functions.StartRecorder.environment]
//! BUCKET = "recordings"
//!
//! [[functions.StartRecorder.directories]]
//! host = "recordings"
//! guest = "/recordings"
//! access = "read-write"
//!
//! [machines.classroom]
//! definition = "classroom.asl.yaml"
//! type = "STANDARD"
//! input = "input.json"                    # for `sandstep run` without --input
//!
//! [machines.classroom.limits]             # see `limits.rs`
//! payload = "1 MB"
//!
//! [quotas]                                # of `sandstep serve`; see `quotas.rs`
//! retention = "30 d"
//!
//! [define]
//! TableName = "Recordings"
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sandstep_json::Position;
use sandstep_sandbox::{Access, DirectoryGrant, Grants, Limits};
use serde::Deserialize;
use toml::Spanned;

use super::units::{Size, Time};
use super::{Code, Function, MachineKind, MachineLimits, QuotaTable, Source};
use crate::command_error::CommandError;
use crate::read::{DOCUMENT_BYTES, read_text};
use crate::report::{FileDiagnostic, did_you_mean};

/// The file's name.
pub(crate) const FILE_NAME: &str = "sandstep.toml";

/// A project file as it is written. Unknown keys are errors.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    #[serde(default)]
    functions: BTreeMap<String, Spanned<FunctionTable>>,
    /// State machines by name.
    #[serde(default)]
    pub(crate) machines: BTreeMap<String, MachineTable>,
    /// What a server may take.
    #[serde(default)]
    pub(crate) quotas: QuotaTable,
    /// Values of the placeholders `${NAME}` in definitions.
    #[serde(default)]
    pub(crate) define: BTreeMap<String, Scalar>,
}

/// `[machines.NAME]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MachineTable {
    /// The definition, JSON or YAML, relative to the project file.
    pub(crate) definition: Spanned<PathBuf>,
    /// `STANDARD` unless it says `EXPRESS`.
    #[serde(default, rename = "type")]
    pub(crate) kind: MachineKind,
    /// What `sandstep run` gives it without `--input`: a JSON file, relative
    /// to the project file.
    pub(crate) input: Option<PathBuf>,
    /// What its executions may use.
    #[serde(default)]
    pub(crate) limits: MachineLimits,
}

/// A placeholder's value: text, or what reads as one.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a string, a number or a truth value")]
pub(crate) enum Scalar {
    Text(String),
    Integer(i64),
    Float(f64),
    Bool(bool),
}

/// `[functions.NAME]`; what is absent keeps the sandbox's default.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FunctionTable {
    source: Option<PathBuf>,
    handler: Option<String>,
    component: Option<PathBuf>,
    timeout: Option<Time>,
    cpu_time: Option<Time>,
    memory: Option<Size>,
    event_size: Option<Size>,
    result_size: Option<Size>,
    log_size: Option<Size>,
    table_elements: Option<usize>,
    handles: Option<usize>,
    #[serde(default, rename = "at-most-once")]
    at_most_once: bool,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    directories: Vec<DirectoryTable>,
}

/// `[[functions.NAME.directories]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DirectoryTable {
    host: PathBuf,
    guest: String,
    #[serde(default)]
    access: AccessName,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum AccessName {
    #[default]
    Read,
    ReadWrite,
}

impl Manifest {
    /// Reads a project file; its paths are relative to the file's folder.
    pub(crate) fn read(file: &Path) -> Result<(Self, Vec<Function>), CommandError> {
        let text = read_text(file, DOCUMENT_BYTES)?;
        let mut manifest =
            Self::parse(&text).map_err(|error| diagnostic_of(file, &text, &error))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let functions = std::mem::take(&mut manifest.functions)
            .into_iter()
            .map(|(name, table)| function(file, &text, folder, name, table))
            .collect::<Result<_, _>>()?;
        Ok((manifest, functions))
    }

    fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

fn function(
    file: &Path,
    text: &str,
    folder: &Path,
    name: String,
    table: Spanned<FunctionTable>,
) -> Result<Function, CommandError> {
    let place = Position::in_text(text, table.span().start);
    let refused = |rule, message: String| {
        CommandError::from(FileDiagnostic::error(file, rule, place, message))
    };
    if !Function::is_name(&name) {
        let message = format!(
            "\"{name}\" is no name for a function: use up to 64 letters, digits, hyphens and \
             underscores"
        );
        return Err(refused("function-name", message));
    }
    let table = table.into_inner();
    let code = table.code(folder).map_err(|problem| {
        refused(
            "function-code",
            format!("the function \"{name}\" {problem}"),
        )
    })?;
    Ok(Function {
        limits: table.limits(),
        at_most_once: table.at_most_once,
        grants: table.grants(folder),
        deployed_name: None,
        name,
        code,
    })
}

impl FunctionTable {
    fn code(&self, folder: &Path) -> Result<Code, &'static str> {
        match (&self.source, &self.component, &self.handler) {
            (Some(source), None, handler) => Ok(Code::Source(Source {
                path: folder.join(source),
                handler: handler.clone(),
            })),
            (None, Some(component), None) => Ok(Code::Component(folder.join(component))),
            (None, Some(_), Some(_)) => Err("is a component, which has no `handler`"),
            (None, None, _) => Err("needs either `source` or `component`, and has neither"),
            (Some(_), Some(_), _) => Err("needs either `source` or `component`, and has both"),
        }
    }

    /// `timeout` is Lambda's only limit of time, so it is the processor time's
    /// too where that has none of its own.
    fn limits(&self) -> Limits {
        let default = Limits::default();
        let wall_time = self.timeout.map_or(default.wall_time, |time| time.0);
        let size = |size: Option<Size>, default| size.map_or(default, |size| size.0);
        Limits {
            wall_time,
            cpu_time: self.cpu_time.map_or(wall_time, |time| time.0),
            memory_bytes: size(self.memory, default.memory_bytes),
            event_bytes: size(self.event_size, default.event_bytes),
            result_bytes: size(self.result_size, default.result_bytes),
            log_bytes: size(self.log_size, default.log_bytes),
            table_elements: self.table_elements.unwrap_or(default.table_elements),
            handles: self.handles.unwrap_or(default.handles),
        }
    }

    fn grants(self, folder: &Path) -> Grants {
        Grants {
            environment: self.environment.into_iter().collect(),
            directories: self
                .directories
                .into_iter()
                .map(|directory| directory.grant(folder))
                .collect(),
        }
    }
}

impl DirectoryTable {
    fn grant(self, folder: &Path) -> DirectoryGrant {
        DirectoryGrant {
            host_path: folder.join(self.host),
            guest_path: self.guest,
            access: match self.access {
                AccessName::Read => Access::Read,
                AccessName::ReadWrite => Access::ReadWrite,
            },
        }
    }
}

impl Scalar {
    /// The text that stands in a definition for the placeholder.
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Integer(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
            Self::Bool(truth) => truth.to_string(),
        }
    }
}

fn diagnostic_of(file: &Path, text: &str, error: &toml::de::Error) -> FileDiagnostic {
    let start = error.span().map_or(0, |span| span.start);
    let message = error.message().trim_end().replace('\n', ", ");
    let place = Position::in_text(text, start);
    let hint = suggestion(&message);
    FileDiagnostic::error(file, "project-file", place, message).with_hint(hint)
}

/// serde says "unknown field `a`, expected one of `b`, `c`": suggests the
/// nearest of what was expected.
fn suggestion(message: &str) -> Option<String> {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let [unknown, expected @ ..] = &quoted[..] else {
        return None;
    };
    message.starts_with("unknown ").then_some(())?;
    did_you_mean(unknown, expected.iter().copied())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn read(text: &str) -> Result<Vec<Function>, CommandError> {
        let file = Path::new("sandstep.toml");
        let manifest = Manifest::parse(text).map_err(|error| diagnostic_of(file, text, &error))?;
        let functions = manifest.functions.into_iter();
        functions
            .map(|(name, table)| function(file, text, Path::new("project"), name, table))
            .collect()
    }

    fn refused(text: &str) -> sandstep_asl::Diagnostic {
        let diagnostics = read(text).unwrap_err().into_diagnostics().unwrap();
        diagnostics[0].diagnostic.clone()
    }

    #[test]
    fn a_function_has_limits_and_grants() {
        let functions = read(
            r#"
            [functions.Start]
            source = "functions/start"
            timeout = "10 s"
            memory = "64 MB"
            at-most-once = true
            environment = { BUCKET = "recordings" }
            [[functions.Start.directories]]
            host = "data"
            guest = "/data"
            access = "read-write"
            "#,
        )
        .unwrap();
        let start = &functions[0];
        let source = Source::new("project/functions/start");
        assert_eq!(start.code, Code::Source(source));
        assert!(start.at_most_once);
        assert_eq!(start.limits.wall_time, Duration::from_secs(10));
        assert_eq!(start.limits.cpu_time, Duration::from_secs(10));
        assert_eq!(start.limits.memory_bytes, 64 << 20);
        assert_eq!(start.limits.result_bytes, Limits::default().result_bytes);
        assert_eq!(
            start.grants.environment,
            [("BUCKET".into(), "recordings".into())]
        );
        let grant = &start.grants.directories[0];
        assert_eq!(grant.host_path, Path::new("project/data"));
        assert_eq!(grant.access, Access::ReadWrite);
    }

    #[test]
    fn an_unknown_key_is_an_error_with_a_place_and_a_suggestion() {
        let diagnostic = refused("[functions.Start]\nsource = \"a\"\nmemori = \"64 MB\"\n");
        assert_eq!((diagnostic.line, diagnostic.column), (3, 1));
        assert_eq!(diagnostic.hint.as_deref(), Some("did you mean \"memory\"?"));
    }

    #[test]
    fn a_bad_unit_is_an_error_with_a_place() {
        let diagnostic = refused("[functions.Start]\nsource = \"a\"\ntimeout = \"3 sec\"\n");
        assert_eq!((diagnostic.line, diagnostic.column), (3, 11));
    }

    #[test]
    fn a_functions_name_is_safe_as_a_files() {
        for name in ["../escape", "two words", ""] {
            let text = format!("[functions.\"{name}\"]\nsource = \"a\"\n");
            assert_eq!(refused(&text).rule, "function-name", "{name}");
        }
    }

    #[test]
    fn a_function_is_source_or_component() {
        for text in [
            "[functions.Start]\n",
            "[functions.Start]\nsource = \"a\"\ncomponent = \"b.wasm\"\n",
            "[functions.Start]\ncomponent = \"b.wasm\"\nhandler = \"b.run\"\n",
        ] {
            assert_eq!(refused(text).rule, "function-code", "{text}");
        }
    }
}
