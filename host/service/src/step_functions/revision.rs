//! What a state machine is at a time.

use std::sync::Arc;

use sandstep_asl::{StateMachine, Timestamp};
use sandstep_journal::{Digest, Kind};
use sandstep_json::{Array, Object, Text, Value};
use serde::{Deserialize, Serialize};

use super::api_error::ApiError;
use super::configuration::Configuration;
use super::definition::parse_definition;
use super::encryption_configuration::EncryptionConfiguration;
use super::included_data::IncludedData;
use super::logging_configuration::LoggingConfiguration;
use super::machine::StateMachineType;
use super::records::{Record, millis, write};
use super::render::insert_some;

/// All that an execution needs to know of its state machine, as it was when
/// the execution was started. It never changes, and its name is its digest.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub(crate) struct Revision {
    pub(crate) machine_arn: String,
    pub(crate) name: String,
    pub(crate) kind: StateMachineType,
    /// The first revision has none.
    pub(crate) id: Option<String>,
    pub(crate) updated: Timestamp,
    /// The text, as its author wrote it.
    pub(crate) definition: String,
    /// The same, ready to run.
    pub(crate) machine: Arc<StateMachine>,
    pub(crate) role_arn: String,
    pub(crate) configuration: Configuration,
}

/// A revision in the catalog.
#[derive(Serialize, Deserialize)]
struct Written {
    machine_arn: String,
    name: String,
    kind: StateMachineType,
    id: Option<String>,
    #[serde(with = "millis")]
    updated: Timestamp,
    definition: String,
    role_arn: String,
    logging: Value,
    tracing: bool,
    encryption: EncryptionConfiguration,
}

/// Whose a revision is, without what it is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RevisionOwner {
    pub(crate) machine_arn: String,
}

impl Record for RevisionOwner {
    const KIND: Kind = Kind::Revision;
}

impl Record for Revision {
    const KIND: Kind = Kind::Revision;

    /// A definition that is ready to run takes several times its text.
    fn weight(&self) -> usize {
        1_024 + 8 * self.definition.len()
    }
}

impl Revision {
    /// The name that it is kept under.
    pub(crate) fn digest(&self) -> String {
        Digest::of(&write(self)).to_string()
    }

    /// Whether it is another one than `before` but for its time.
    pub(crate) fn differs(&self, before: &Self) -> bool {
        self.definition != before.definition
            || self.role_arn != before.role_arn
            || self.configuration != before.configuration
    }

    /// The members that all descriptions of a state machine begin with.
    pub(crate) fn describe(&self, included: IncludedData) -> Object {
        let Configuration {
            logging,
            tracing,
            encryption,
        } = &self.configuration;
        let mut members = Object::from([
            ("stateMachineArn", Value::from(self.machine_arn.as_str())),
            ("name", self.name.as_str().into()),
            ("definition", "{}".into()),
            ("roleArn", self.role_arn.as_str().into()),
            ("loggingConfiguration", logging.to_json().into()),
            (
                "tracingConfiguration",
                Object::from([("enabled", *tracing)]).into(),
            ),
            ("encryptionConfiguration", encryption.to_json().into()),
        ]);
        insert_some(&mut members, "revisionId", self.id.as_deref());
        if included == IncludedData::AllData {
            members.insert("definition", self.definition.as_str());
            let references = variable_references(&self.machine);
            insert_some(&mut members, "variableReferences", references);
        }
        members
    }
}

/// The variables that each state reads, if any of them reads one.
fn variable_references(machine: &StateMachine) -> Option<Object> {
    let references = machine.variable_references().map(|(state, variables)| {
        let variables = variables.iter().map(Text::as_str);
        (state, variables.collect::<Array>())
    });
    let references: Object = references.collect();
    (!references.is_empty()).then_some(references)
}

impl From<Revision> for Written {
    fn from(revision: Revision) -> Self {
        Self {
            machine_arn: revision.machine_arn,
            name: revision.name,
            kind: revision.kind,
            id: revision.id,
            updated: revision.updated,
            definition: revision.definition,
            role_arn: revision.role_arn,
            logging: revision.configuration.logging.to_json().into(),
            tracing: revision.configuration.tracing,
            encryption: revision.configuration.encryption,
        }
    }
}

impl TryFrom<Written> for Revision {
    type Error = ApiError;

    fn try_from(written: Written) -> Result<Self, ApiError> {
        Ok(Self {
            machine: parse_definition(&written.definition, written.kind)?,
            configuration: Configuration {
                logging: LoggingConfiguration::from_json(&written.logging)?,
                tracing: written.tracing,
                encryption: written.encryption,
            },
            machine_arn: written.machine_arn,
            name: written.name,
            kind: written.kind,
            id: written.id,
            updated: written.updated,
            definition: written.definition,
            role_arn: written.role_arn,
        })
    }
}
