//! `UpdateFunctionConfiguration`.

use sandstep_json::{Object, Value};

use super::name::FunctionName;
use super::record::Release;
use super::update::refused;
use super::{ApiError, Lambda};
use crate::step_functions::params::Params;

impl Lambda {
    /// Configures a function otherwise, from a request in AWS's JSON, and answers
    /// its configuration. Until that is in force, and if it fails, the one before
    /// is.
    ///
    /// Refuses with `ValidationException`, `SerializationException`,
    /// `InvalidParameterValueException`, `ResourceConflictException`,
    /// `ResourceNotFoundException` and `PreconditionFailedException`.
    pub async fn update_function_configuration(
        &self,
        function: &str,
        request: &Value,
    ) -> Result<Object, ApiError> {
        let name = FunctionName::parse(function, None, &self.0.region)?;
        name.check_latest()?;
        let revision_id = Params::of(request)?.text("RevisionId")?;
        let (updating, loader) = {
            let _changing = self.0.changing.lock().await;
            let stored = self.changeable(&name, revision_id.as_deref()).await?;
            let release = &stored.record.release;
            let configuration = release.configuration.updated(request)?;
            configuration.check()?;
            let release = Release {
                configuration,
                package: release.package.clone(),
            };
            self.check_limits(name.name, &release)?;
            self.begin_update(stored, release, None).await?
        };
        self.settled(updating, loader).await
    }

    /// Refuses limits that the sandbox's pool cannot give.
    fn check_limits(&self, name: &str, release: &Release) -> Result<(), ApiError> {
        let spec = release.configuration.spec(name, self.arn(name));
        self.0
            .sandbox
            .check_limits(&spec.limits)
            .map_err(|error| refused(&error))
    }
}
