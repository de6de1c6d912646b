//! `DeleteFunction`.

use super::name::{FunctionName, LATEST};
use super::{ApiError, Lambda};

/// What `DeleteFunction` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteFunctionInput {
    /// The function, in any of the forms that Lambda knows.
    pub function_name: String,
    /// A version.
    pub qualifier: Option<String>,
}

impl Lambda {
    /// Deletes an uploaded function, and its code unless another function has the
    /// same. Invocations that run are not disturbed.
    ///
    /// Refuses with `ValidationException`, `InvalidParameterValueException`,
    /// `ResourceNotFoundException`, and with `ResourceConflictException` what a
    /// project's files say.
    pub async fn delete_function(&self, input: DeleteFunctionInput) -> Result<(), ApiError> {
        let qualifier = input.qualifier.as_deref();
        let name = FunctionName::parse(&input.function_name, qualifier, &self.0.region)?;
        if name.qualifier == Some(LATEST) {
            return Err(ApiError::invalid_parameter(
                "$LATEST version cannot be deleted without deleting the function.",
            ));
        }
        let _changing = self.0.changing.lock().await;
        let Some(stored) = self.0.uploaded.find(name.name).await? else {
            return Err(self.not_uploaded(&name));
        };
        if name.qualifier.is_some() {
            // No version was ever published: it is gone already.
            return Ok(());
        }
        self.0.uploaded.remove(&stored).await?;
        self.0.functions.remove(name.name);
        Ok(())
    }
}
