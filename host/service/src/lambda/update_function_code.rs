//! `UpdateFunctionCode`.

use sandstep_json::{Object, Value};

use super::create_function::refuse_versions;
use super::name::FunctionName;
use super::record::{Package, Record, Release};
use super::update::zip_file;
use super::{ApiError, Lambda};
use crate::step_functions::params::Params;

impl Lambda {
    /// Gives a function other code, from a request in AWS's JSON, and answers its
    /// configuration. Waits for the compilation as long as
    /// [`Quotas::patience`](super::Quotas::patience); until it is ready, and if it
    /// fails, the code before is called. `DryRun` answers what would be and
    /// changes nothing.
    ///
    /// Refuses as [`create_function`](Self::create_function) does, and with
    /// `ResourceNotFoundException` and `PreconditionFailedException`.
    pub async fn update_function_code(
        &self,
        function: &str,
        request: &Value,
    ) -> Result<Object, ApiError> {
        let name = FunctionName::parse(function, None, &self.0.region)?;
        name.check_latest()?;
        let params = Params::of(request)?;
        refuse_versions(&params)?;
        let revision_id = params.text("RevisionId")?;
        let zip_file = zip_file(&params, "function")?;
        let stored = self.changeable(&name, revision_id.as_deref()).await?;
        let configuration = stored.record.release.configuration.clone();
        let architectures = params.value("Architectures").cloned();
        let architectures = architectures.map(|list| ("Architectures", list));
        let configuration =
            configuration.updated(&architectures.into_iter().collect::<Object>().into())?;
        configuration.check()?;
        let unpacked = self.unpack(zip_file, name.name, &configuration).await?;
        let release = Release {
            configuration,
            package: Package::of(&unpacked),
        };
        if params.bool("DryRun")? == Some(true) {
            let record = Record {
                release,
                ..stored.record
            };
            return Ok(record.describe(&self.arn(name.name)));
        }
        let (updating, loader) = {
            let _changing = self.0.changing.lock().await;
            let stored = self.changeable(&name, revision_id.as_deref()).await?;
            self.check_quotas(&release, Some(&stored.record)).await?;
            self.begin_update(stored, release, Some(unpacked.component))
                .await?
        };
        self.settled(updating, loader).await
    }
}
