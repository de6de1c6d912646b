//! `GetFunction` and `GetFunctionConfiguration`.

use sandstep_json::Object;
use sandstep_sandbox::Function;

use super::name::{FunctionName, LATEST};
use super::record::Record;
use super::{ApiError, Lambda};
use crate::registry::Callable;

/// What `GetFunction` and `GetFunctionConfiguration` take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetFunctionInput {
    /// The function, in any of the forms that Lambda knows.
    pub function_name: String,
    /// A version or alias.
    pub qualifier: Option<String>,
}

/// A function that clients may look at.
pub(crate) enum Found {
    Uploaded(Box<Record>),
    /// One of a project.
    Deployed(Function),
}

impl Lambda {
    /// Describes a function, its configuration under `Configuration`. There is no
    /// `Code.Location`: packages are not handed out again.
    ///
    /// Refuses with `ValidationException`, `InvalidParameterValueException` and
    /// `ResourceNotFoundException`.
    pub async fn get_function(&self, input: GetFunctionInput) -> Result<Object, ApiError> {
        let (found, arn) = self.look_up(&input).await?;
        let answer = Object::from([
            ("Configuration", found.describe(&arn)),
            ("Code", Object::from([("RepositoryType", "S3")])),
        ]);
        match found {
            Found::Uploaded(record) if !record.tags.is_empty() => {
                Ok(answer.with("Tags", record.tags))
            }
            _ => Ok(answer),
        }
    }

    /// Describes how a function is configured.
    ///
    /// Refuses as [`get_function`](Self::get_function) does.
    pub async fn get_function_configuration(
        &self,
        input: GetFunctionInput,
    ) -> Result<Object, ApiError> {
        let (found, arn) = self.look_up(&input).await?;
        Ok(found.describe(&arn))
    }

    /// The function that a request names, and its ARN as the request has it.
    async fn look_up(&self, input: &GetFunctionInput) -> Result<(Found, String), ApiError> {
        let qualifier = input.qualifier.as_deref();
        let name = FunctionName::parse(&input.function_name, qualifier, &self.0.region)?;
        let qualified = |arn: String| match name.qualifier {
            Some(qualifier) => format!("{arn}:{qualifier}"),
            None => arn,
        };
        let found = match name.is_latest() {
            true => self.find(name.name).await?,
            false => None,
        };
        match found {
            Some(found) => {
                let arn = found.arn(self);
                Ok((found, qualified(arn)))
            }
            None => Err(ApiError::no_function(qualified(self.arn(name.name)))),
        }
    }

    /// The function of a name; one of a project has several.
    pub(crate) async fn find(&self, name: &str) -> Result<Option<Found>, ApiError> {
        if let Some(stored) = self.0.uploaded.find(name).await? {
            return Ok(Some(Found::Uploaded(Box::new(stored.record))));
        }
        let Some(Callable::Ready(function)) = self.0.functions.find(name) else {
            return Ok(None);
        };
        Ok(match self.0.uploaded.find(&function.spec().name).await? {
            Some(stored) => Some(Found::Uploaded(Box::new(stored.record))),
            None => Some(Found::Deployed(function)),
        })
    }
}

impl Found {
    fn arn(&self, lambda: &Lambda) -> String {
        match self {
            Self::Uploaded(record) => lambda.arn(&record.name),
            Self::Deployed(function) => function.spec().arn.clone(),
        }
    }

    fn describe(&self, arn: &str) -> Object {
        match self {
            Self::Uploaded(record) => record.describe(arn),
            Self::Deployed(function) => summarize(function, arn)
                .with("State", "Active")
                .with("LastUpdateStatus", "Successful"),
        }
    }
}

/// What there is to say of a project's function. Its environment may hold
/// secrets of the project, and is not shown.
pub(crate) fn summarize(function: &Function, arn: &str) -> Object {
    let spec = function.spec();
    let seconds = spec.limits.wall_time.as_secs_f64().ceil();
    let mut members = Object::from([
        ("FunctionName", spec.name.as_str()),
        ("FunctionArn", arn),
        ("Version", LATEST),
        ("Description", "Deployed from a project's files"),
        ("PackageType", "Zip"),
    ]);
    members.insert("Timeout", seconds as i64);
    members.insert("MemorySize", i64::from(spec.limits.memory_mb()));
    members
}
