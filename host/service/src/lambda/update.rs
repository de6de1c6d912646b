//! What creating and updating a function have in common.

use sandstep_json::Object;
use sandstep_sandbox::LoadError;
use tokio::time::timeout;

use super::configuration::Configuration;
use super::name::FunctionName;
use super::package::Unpacked;
use super::record::{Progress, Record, Release};
use super::uploaded::Stored;
use super::{ApiError, Lambda};
use crate::registry::Loader;
use crate::step_functions::params::Params;

impl Lambda {
    /// Reads a package, and refuses what the sandbox would refuse before it
    /// compiled anything. Takes a thread for it, since packages are large.
    pub(crate) async fn unpack(
        &self,
        zip_file: String,
        name: &str,
        configuration: &Configuration,
    ) -> Result<Unpacked, ApiError> {
        let spec = configuration.spec(name, self.arn(name));
        let (handler, sizes) = (configuration.handler.clone(), self.sizes());
        let sandbox = self.0.sandbox.clone();
        let read = self.0.runtime.spawn_blocking(move || {
            let unpacked = Unpacked::read(&zip_file, &handler, sizes)?;
            sandbox
                .check(&unpacked.component, &spec)
                .map_err(|error| refused(&error))?;
            Ok(unpacked)
        });
        match read.await {
            Ok(unpacked) => unpacked,
            Err(error) => {
                let cause = &error as &dyn std::error::Error;
                tracing::error!(error = cause, "a package could not be read");
                Err(ApiError::internal())
            }
        }
    }

    /// The uploaded function that a request is to change.
    pub(crate) async fn changeable(
        &self,
        name: &FunctionName<'_>,
        revision_id: Option<&str>,
    ) -> Result<Stored, ApiError> {
        let Some(stored) = self.0.uploaded.find(name.name).await? else {
            return Err(self.not_uploaded(name));
        };
        let arn = self.arn(name.name);
        const NOT_NOW: &str = "The operation cannot be performed at this time.";
        match &stored.record.progress {
            Progress::Creating => Err(ApiError::conflict(format_args!(
                "{NOT_NOW} The function is currently in the following state: Pending"
            ))),
            Progress::Updating { .. } => Err(ApiError::conflict(format_args!(
                "{NOT_NOW} An update is in progress for resource: {arn}"
            ))),
            _ if revision_id.is_some_and(|id| id != stored.record.revision_id) => {
                Err(ApiError::new(
                    "PreconditionFailedException",
                    "The Revision Id provided does not match the latest Revision Id. Call the \
                     GetFunction/GetAlias API to retrieve the latest Revision Id",
                ))
            }
            _ => Ok(stored),
        }
    }

    /// Nothing can be changed that a project's files say.
    pub(crate) fn not_uploaded(&self, name: &FunctionName<'_>) -> ApiError {
        match self.0.functions.get(name.name) {
            Some(_) => ApiError::conflict(format_args!(
                "The function {} is deployed from a project's files and is changed there.",
                name.name
            )),
            None => ApiError::no_function(self.arn(name.name)),
        }
    }

    /// Writes down what a function is to become; until it is ready, what it was
    /// is called. Hold [`Account::changing`](super::Account) meanwhile.
    pub(crate) async fn begin_update(
        &self,
        stored: Stored,
        release: Release,
        component: Option<Vec<u8>>,
    ) -> Result<(Stored, Option<Loader>), ApiError> {
        let before = stored.record.release.clone();
        let (progress, loader) = match &stored.record.progress {
            // There is nothing that could be called.
            Progress::CreationFailed(_) => {
                let loader = self.announce(&stored.record.name);
                (Progress::Creating, Some(loader))
            }
            _ => {
                let before = Box::new(before);
                (Progress::Updating { before }, None)
            }
        };
        let record = Record {
            release,
            progress,
            revision_id: self.draw_uuid(),
            modified: self.now(),
            ..stored.record.clone()
        };
        let updating = self
            .0
            .uploaded
            .write(Some(&stored), record, component)
            .await?;
        Ok((updating, loader))
    }

    /// The function's configuration once it is ready, or after some patience.
    pub(crate) async fn settled(
        &self,
        stored: Stored,
        loader: Option<Loader>,
    ) -> Result<Object, ApiError> {
        let record = stored.record.clone();
        let settling = self.spawn_settle(stored, loader);
        // Whether it is ready or not is in the record.
        let _ = timeout(self.0.quotas.patience, settling).await;
        let found = self.0.uploaded.find(&record.name).await?;
        let record = found.map_or(record, |found| found.record);
        Ok(record.describe(&self.arn(&record.name)))
    }
}

/// What the sandbox refuses before it compiles anything.
pub(crate) fn refused(error: &LoadError) -> ApiError {
    match error {
        LoadError::LimitBeyondPool {
            limit: "memory_bytes",
            maximum,
            ..
        } => ApiError::invalid_parameter(format_args!(
            "'MemorySize' value failed to satisfy constraint: Member must have value less than or \
             equal to {}",
            maximum / (1024 * 1024)
        )),
        other => ApiError::invalid_parameter(other),
    }
}

/// The package of a request; there is no other place to take one from.
pub(crate) fn zip_file(params: &Params<'_>, whose: &str) -> Result<String, ApiError> {
    for elsewhere in ["S3Bucket", "ImageUri"] {
        if params.value(elsewhere).is_some() {
            return Err(ApiError::invalid_parameter(format_args!(
                "{elsewhere} is not supported here: upload the code of the function as ZipFile."
            )));
        }
    }
    params.text("ZipFile")?.ok_or_else(|| {
        ApiError::invalid_parameter(format_args!("Please provide a source for {whose}."))
    })
}
