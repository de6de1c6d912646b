//! Which revision a new execution runs.

use std::sync::Arc;

use super::StepFunctions;
use super::api_error::ApiError;
use super::arn::{self, Qualifier};
use super::lookup::check_length;
use super::readers::Reading;
use super::records::Kept;
use super::revision::Revision;

/// What an ARN that starts executions came to.
pub(crate) struct Resolved {
    /// What is to run.
    pub(crate) revision: Arc<Kept<Revision>>,
    /// The version that it is, by its ARN, if it was asked for by a version or
    /// an alias.
    pub(crate) version: Option<String>,
    /// The alias that has chosen the version, by its ARN.
    pub(crate) alias: Option<String>,
    /// Keeps the revision until an execution does.
    _reading: Reading,
}

impl Resolved {
    /// What an execution of it is listed under.
    pub(crate) fn groups(&self) -> Vec<String> {
        let machine = Some(self.revision.machine_arn.clone());
        let groups = [machine, self.version.clone(), self.alias.clone()];
        groups.into_iter().flatten().collect()
    }
}

impl StepFunctions {
    /// Finds what an execution runs that is started with the ARN of a state
    /// machine, a version or an alias. An alias of two versions draws which.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, `StateMachineDeleting`
    /// and `StateMachineDoesNotExist`.
    pub(crate) async fn resolve(&self, machine_arn: &str) -> Result<Resolved, ApiError> {
        check_length("stateMachineArn", machine_arn)?;
        let reading = self.0.readers.begin();
        let named = arn::machine(machine_arn)?;
        let missing = |error: ApiError| match error.code {
            "StateMachineDoesNotExist" => ApiError::no_machine(machine_arn),
            _ => error,
        };
        let machine = self.active(named.machine).await.map_err(missing)?;
        match named.qualifier {
            None => Ok(Resolved {
                revision: self.revision(&machine.revision).await?,
                version: None,
                alias: None,
                _reading: reading,
            }),
            Some(Qualifier::Version(_)) => self.version(machine_arn, reading).await,
            Some(Qualifier::Alias(_)) => self.routed(machine_arn, reading).await,
        }
    }

    async fn version(&self, version_arn: &str, reading: Reading) -> Result<Resolved, ApiError> {
        let found = self.0.records.versions.find(version_arn).await?;
        let version = found.ok_or_else(|| ApiError::no_machine(version_arn))?;
        Ok(Resolved {
            revision: self.revision(&version.revision).await?,
            version: Some(version_arn.to_owned()),
            alias: None,
            _reading: reading,
        })
    }

    async fn routed(&self, alias_arn: &str, reading: Reading) -> Result<Resolved, ApiError> {
        let found = self.0.records.aliases.find(alias_arn).await?;
        let alias = found.ok_or_else(|| ApiError::no_machine(alias_arn))?;
        let version = match alias.routing.is_split() {
            true => alias.routing.choose((self.0.draw)()),
            false => alias.routing.first(),
        };
        Ok(Resolved {
            alias: Some(alias_arn.to_owned()),
            ..self.version(version, reading).await?
        })
    }
}
