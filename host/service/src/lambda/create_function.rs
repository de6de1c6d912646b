//! `CreateFunction`.

use sandstep_json::{Object, Value};

use super::configuration::Configuration;
use super::name::FunctionName;
use super::package::Unpacked;
use super::record::{Package, Progress, Record, Release};
use super::update::zip_file;
use super::{ApiError, Lambda};
use crate::step_functions::params::Params;

/// How many tags a resource may have (AWS, "Tagging resources").
const MOST_TAGS: usize = 50;

impl Lambda {
    /// Creates a function from a request in AWS's JSON, and answers its
    /// configuration. Waits for its compilation as long as
    /// [`Quotas::patience`](super::Quotas::patience).
    ///
    /// Refuses with `ValidationException`, `SerializationException`,
    /// `InvalidParameterValueException`, `ResourceConflictException`,
    /// `CodeStorageExceededException` and `RequestEntityTooLargeException`.
    pub async fn create_function(&self, request: &Value) -> Result<Object, ApiError> {
        let params = Params::of(request)?;
        let name = params.required("FunctionName")?;
        let name = FunctionName::parse(&name, None, &self.0.region)?;
        name.check_length()?;
        name.check_latest()?;
        params.required("Role")?;
        refuse_versions(&params)?;
        let configuration = Configuration::default().updated(request)?;
        configuration.check()?;
        let tags = tags(&params)?;
        let code = Params::of(params.value("Code").unwrap_or(&Value::Null))?;
        let zip_file = zip_file(&code, "function")?;
        self.check_free(name.name)?;
        let unpacked = self.unpack(zip_file, name.name, &configuration).await?;
        let record = Record {
            name: name.name.to_owned(),
            release: Release {
                configuration,
                package: Package::of(&unpacked),
            },
            progress: Progress::Creating,
            revision_id: self.draw_uuid(),
            modified: self.now(),
            tags,
        };
        self.create(record, unpacked).await
    }

    async fn create(&self, record: Record, unpacked: Unpacked) -> Result<Object, ApiError> {
        let name = record.name.clone();
        let (stored, loader) = {
            let _changing = self.0.changing.lock().await;
            self.check_free(&name)?;
            self.check_quotas(&record.release, None).await?;
            let uploaded = &self.0.uploaded;
            let stored = uploaded
                .write(None, record, Some(unpacked.component))
                .await?;
            (stored, self.announce(&name))
        };
        self.settled(stored, Some(loader)).await
    }

    /// Refuses a name that is taken, by a project's function as well.
    fn check_free(&self, name: &str) -> Result<(), ApiError> {
        match self.0.functions.get(name) {
            None => Ok(()),
            Some(_) => Err(ApiError::conflict(format_args!(
                "Function already exist: {name}"
            ))),
        }
    }

    /// Refuses what would be too much with this release, be it a new function's
    /// or in place of another.
    pub(crate) async fn check_quotas(
        &self,
        release: &Release,
        before: Option<&Record>,
    ) -> Result<(), ApiError> {
        let quotas = &self.0.quotas;
        let size = |release: &Release| release.package.size.unsigned_abs();
        let mut extent = self.0.uploaded.extent().await?;
        if let Some(before) = before {
            extent.functions -= 1;
            extent.bytes -= size(&before.release);
        }
        let bytes = extent.bytes + size(release);
        if extent.functions < quotas.functions && bytes <= quotas.code_bytes {
            return Ok(());
        }
        Err(ApiError::new(
            "CodeStorageExceededException",
            format_args!(
                "Code storage limit exceeded: at most {} functions with {} bytes of code.",
                quotas.functions, quotas.code_bytes
            ),
        ))
    }
}

/// There is nothing but `$LATEST`.
pub(crate) fn refuse_versions(params: &Params<'_>) -> Result<(), ApiError> {
    let is_published = params.bool("Publish")? == Some(true);
    match is_published || params.value("PublishTo").is_some() {
        true => Err(ApiError::invalid_parameter(
            "Versions of functions cannot be published here.",
        )),
        false => Ok(()),
    }
}

fn tags(params: &Params<'_>) -> Result<Object, ApiError> {
    let Some(tags) = params.value("Tags") else {
        return Ok(Object::new());
    };
    let wrong = || ApiError::new("SerializationException", "Tags are not texts by their keys");
    let tags = tags.as_object().ok_or_else(wrong)?;
    if tags.values().any(|value| value.as_str().is_none()) {
        return Err(wrong());
    }
    match tags.len() > MOST_TAGS {
        true => Err(ApiError::invalid_parameter(format_args!(
            "Number of tags exceeds resource tag limit: {MOST_TAGS}"
        ))),
        false => Ok(tags.clone()),
    }
}
