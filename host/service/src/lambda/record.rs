//! What is kept of an uploaded function, and how it is described.

use sandstep_asl::Timestamp;
use sandstep_json::{Object, Value};
use sandstep_sandbox::LoadError;

use super::api_error::ApiError;
use super::configuration::Configuration;
use super::name::LATEST;
use super::package::Unpacked;
use crate::step_functions::params::Params;

/// The format that is written. An older one will be read as long as there is any.
const FORMAT: i64 = 1;

/// An uploaded function.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) name: String,
    /// What it is, or is about to become.
    pub(crate) release: Release,
    pub(crate) progress: Progress,
    /// Another one after every change, its progress included.
    pub(crate) revision_id: String,
    /// When a client last changed it.
    pub(crate) modified: Timestamp,
    pub(crate) tags: Object,
}

/// Code and configuration, which belong together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Release {
    pub(crate) configuration: Configuration,
    pub(crate) package: Package,
}

/// What was uploaded, and where its component is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// The SHA-256 of the package, in base64.
    pub(crate) sha256: String,
    /// The package's size in bytes.
    pub(crate) size: i64,
    /// The digest of the component, which is its name in the catalog.
    pub(crate) component: String,
}

/// How far a function is (Developer Guide, "Lambda function states").
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Progress {
    /// It is compiled for the first time.
    Creating,
    /// There is nothing to call.
    CreationFailed(Reason),
    Active,
    /// What it was before is called, until what it is to become is ready.
    Updating {
        before: Box<Release>,
    },
    /// It remained what it was.
    UpdateFailed(Reason),
}

/// Why a function could not be made ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    /// AWS's code, such as `InvalidZipFileException`.
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Package {
    pub(crate) fn of(unpacked: &Unpacked) -> Self {
        Self {
            sha256: unpacked.sha256.clone(),
            size: i64::try_from(unpacked.size).unwrap_or(i64::MAX),
            component: sandstep_journal::Digest::of(&unpacked.component).to_string(),
        }
    }

    fn to_json(&self) -> Object {
        Object::from([
            ("sha256", Value::from(self.sha256.as_str())),
            ("size", self.size.into()),
            ("component", self.component.as_str().into()),
        ])
    }
}

impl Reason {
    /// The reason that a component was not loaded.
    pub(crate) fn of(error: &LoadError) -> Self {
        let code = match error {
            LoadError::LimitBeyondPool { .. }
            | LoadError::StartsBeyondLimit { .. }
            | LoadError::DirectoryGrant { .. } => "InvalidConfiguration",
            LoadError::TooLarge { .. }
            | LoadError::Malformed(_)
            | LoadError::CoreModule
            | LoadError::NoHandler { .. }
            | LoadError::HandlerType(_)
            | LoadError::Import(_)
            | LoadError::BeyondPool(_)
            | LoadError::CompileFailed(_)
            | LoadError::CompileStopped(_) => "InvalidZipFileException",
            LoadError::Compiler { .. } | LoadError::Engine(_) | LoadError::Unloadable(_) => {
                return Self::internal();
            }
        };
        Self {
            code: code.to_owned(),
            message: error.to_string(),
        }
    }

    /// Something that is not the function's fault.
    pub(crate) fn internal() -> Self {
        Self {
            code: "InternalError".to_owned(),
            message: "The function could not be made ready. Update its code to try again."
                .to_owned(),
        }
    }
}

impl Record {
    /// The function once it was tried to be made ready. The revision is a new one.
    pub(crate) fn settled(&self, failure: Option<Reason>, revision_id: String) -> Self {
        let mut settled = Self {
            revision_id,
            progress: Progress::Active,
            ..self.clone()
        };
        match (failure, &self.progress) {
            (None, _) => {}
            (Some(reason), Progress::Updating { before }) => {
                settled.release = (**before).clone();
                settled.progress = Progress::UpdateFailed(reason);
            }
            (Some(reason), _) => settled.progress = Progress::CreationFailed(reason),
        }
        settled
    }

    /// All components that must be kept for it.
    pub(crate) fn components(&self) -> Vec<&str> {
        let mut components = vec![self.release.package.component.as_str()];
        if let Progress::Updating { before } = &self.progress {
            components.push(&before.package.component);
        }
        components
    }

    /// The members of `FunctionConfiguration` that lists have.
    pub(crate) fn summarize(&self, arn: &str) -> Object {
        let mut members = self.release.configuration.describe(&self.name);
        members.insert("FunctionName", self.name.as_str());
        members.insert("FunctionArn", arn);
        members.insert("CodeSize", self.release.package.size);
        members.insert("CodeSha256", self.release.package.sha256.as_str());
        members.insert("LastModified", last_modified(self.modified));
        members.insert("RevisionId", self.revision_id.as_str());
        members.insert("Version", LATEST);
        members.insert("PackageType", "Zip");
        let snap_start = [("ApplyOn", "None"), ("OptimizationStatus", "Off")];
        members.insert("SnapStart", Object::from(snap_start));
        members
    }

    /// All members of `FunctionConfiguration`.
    pub(crate) fn describe(&self, arn: &str) -> Object {
        let mut members = self.summarize(arn);
        let (state, update) = self.states();
        for (key, state) in [("State", Some(state)), ("LastUpdateStatus", update)] {
            let Some((name, reason)) = state else {
                continue;
            };
            members.insert(key, name);
            if let Some(reason) = reason {
                members.insert(format!("{key}Reason"), reason.message);
                members.insert(format!("{key}ReasonCode"), reason.code);
            }
        }
        members
    }

    /// `State` and `LastUpdateStatus`, with their reasons.
    fn states(&self) -> (Named, Option<Named>) {
        // In the service's own words, for updates as well.
        let creating = || Reason {
            code: "Creating".to_owned(),
            message: "The function is being created.".to_owned(),
        };
        let active = ("Active", None);
        match &self.progress {
            Progress::Creating => (("Pending", Some(creating())), None),
            Progress::CreationFailed(reason) => (("Failed", Some(reason.clone())), None),
            Progress::Active => (active, Some(("Successful", None))),
            Progress::Updating { .. } => (active, Some(("InProgress", Some(creating())))),
            Progress::UpdateFailed(reason) => (active, Some(("Failed", Some(reason.clone())))),
        }
    }
}

/// A state's name, and why it is so.
type Named = (&'static str, Option<Reason>);

/// `2026-01-01T00:00:00.000+0000`.
fn last_modified(moment: Timestamp) -> String {
    moment.to_string().replace('Z', "+0000")
}

impl Record {
    /// The bytes that the catalog keeps.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut members = Object::from([
            ("format", Value::from(FORMAT)),
            ("name", self.name.as_str().into()),
            ("release", self.release.to_json().into()),
            ("revision", self.revision_id.as_str().into()),
            ("modified", self.modified.as_millis().into()),
            ("tags", self.tags.clone().into()),
        ]);
        let (progress, reason) = match &self.progress {
            Progress::Creating => ("creating", None),
            Progress::CreationFailed(reason) => ("creation failed", Some(reason)),
            Progress::Active => ("active", None),
            Progress::Updating { before } => {
                members.insert("before", before.to_json());
                ("updating", None)
            }
            Progress::UpdateFailed(reason) => ("update failed", Some(reason)),
        };
        members.insert("progress", progress);
        if let Some(Reason { code, message }) = reason {
            let reason = Object::from([("code", code), ("message", message)]);
            members.insert("reason", reason);
        }
        Value::from(members).to_json().into_bytes()
    }

    /// Reads what [`encode`](Self::encode) wrote; `None` for anything else.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let whole = Value::parse(std::str::from_utf8(bytes).ok()?).ok()?;
        let text = |key| whole.get(key)?.as_str().map(str::to_owned);
        let reason = || {
            let reason = whole.get("reason")?;
            let text = |key| reason.get(key)?.as_str().map(str::to_owned);
            Some(Reason {
                code: text("code")?,
                message: text("message")?,
            })
        };
        if whole.get("format")?.as_i64() != Some(FORMAT) {
            return None;
        }
        Some(Self {
            name: text("name")?,
            release: Release::from_json(whole.get("release")?).ok()?,
            progress: match text("progress")?.as_str() {
                "creating" => Progress::Creating,
                "creation failed" => Progress::CreationFailed(reason()?),
                "active" => Progress::Active,
                "updating" => Progress::Updating {
                    before: Box::new(Release::from_json(whole.get("before")?).ok()?),
                },
                "update failed" => Progress::UpdateFailed(reason()?),
                _ => return None,
            },
            revision_id: text("revision")?,
            modified: Timestamp::from_millis(whole.get("modified")?.as_i64()?),
            tags: whole.get("tags")?.as_object()?.clone(),
        })
    }
}

impl Release {
    fn to_json(&self) -> Object {
        Object::from([
            ("configuration", self.configuration.to_json()),
            ("package", self.package.to_json()),
        ])
    }

    fn from_json(release: &Value) -> Result<Self, ApiError> {
        let part = |key| release.get(key).unwrap_or(&Value::Null);
        let package = Params::of(part("package"))?;
        Ok(Self {
            configuration: Configuration::default().updated(part("configuration"))?,
            package: Package {
                sha256: package.required("sha256")?,
                size: package.number("size")?.unwrap_or_default(),
                component: package.required("component")?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(progress: Progress) -> Record {
        Record {
            name: "f".to_owned(),
            release: release("1"),
            progress,
            revision_id: "r".to_owned(),
            modified: Timestamp::from_millis(1_767_225_600_005),
            tags: Object::from([("team", "blue")]),
        }
    }

    fn release(component: &str) -> Release {
        let request = Value::parse(r#"{"Runtime": "wasm"}"#);
        Release {
            configuration: Configuration::default().updated(&request.unwrap()).unwrap(),
            package: Package {
                sha256: format!("sha-{component}"),
                size: 7,
                component: component.to_owned(),
            },
        }
    }

    fn reason() -> Reason {
        Reason {
            code: "InternalError".to_owned(),
            message: "why".to_owned(),
        }
    }

    fn updating() -> Progress {
        Progress::Updating {
            before: Box::new(release("0")),
        }
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        for progress in [
            Progress::Creating,
            Progress::CreationFailed(reason()),
            Progress::Active,
            updating(),
            Progress::UpdateFailed(reason()),
        ] {
            let record = record(progress);
            assert_eq!(Record::decode(&record.encode()), Some(record));
        }
        assert_eq!(Record::decode(b"{}"), None);
    }

    #[test]
    fn a_failed_update_leaves_what_was_there() {
        let settled = record(updating()).settled(Some(reason()), "r2".to_owned());
        assert_eq!(settled.release, release("0"));
        assert_eq!(settled.progress, Progress::UpdateFailed(reason()));
        assert_eq!(settled.revision_id, "r2");
    }

    #[test]
    fn both_components_of_an_update_are_kept() {
        assert_eq!(record(updating()).components(), ["1", "0"]);
        let settled = record(updating()).settled(None, "r2".to_owned());
        assert_eq!(settled.components(), ["1"]);
    }

    #[test]
    fn states_are_described_as_the_service_does() {
        let describe = |progress| {
            let described = record(progress).describe("arn");
            [
                "State",
                "StateReasonCode",
                "LastUpdateStatus",
                "LastUpdateStatusReasonCode",
            ]
            .map(|key| {
                described
                    .get(key)
                    .and_then(Value::as_str)
                    .unwrap_or("-")
                    .to_owned()
            })
            .join(" ")
        };
        for (progress, expected) in [
            (Progress::Creating, "Pending Creating - -"),
            (
                Progress::CreationFailed(reason()),
                "Failed InternalError - -",
            ),
            (Progress::Active, "Active - Successful -"),
            (updating(), "Active - InProgress Creating"),
            (
                Progress::UpdateFailed(reason()),
                "Active - Failed InternalError",
            ),
        ] {
            assert_eq!(describe(progress), expected);
        }
        let described = record(Progress::Active).describe("arn");
        let modified = described.get("LastModified").and_then(Value::as_str);
        assert_eq!(modified, Some("2026-01-01T00:00:00.005+0000"));
        let logging = described.get("LoggingConfig").map(Value::to_json);
        assert_eq!(
            logging.as_deref(),
            Some(r#"{"LogFormat":"Text","LogGroup":"/aws/lambda/f"}"#)
        );
    }
}
