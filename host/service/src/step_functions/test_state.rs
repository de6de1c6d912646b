//! `TestState`.

use sandstep_asl::{
    FieldValidation, InspectionLevel, MockErrorOutput, MockInput, Refusal, StateConfiguration,
    TestIdentity, TestRequest, TestResult, TestRun, TestSubject,
};
use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::{Constraints, check_role};
use super::definition::invalid_definition;
use super::params::{Params, missing};

/// The longest document of a request, in characters (API reference, `SensitiveData`).
const MAX_DOCUMENT: usize = 256 * 1024;

/// What `TestState` takes.
#[derive(Clone, Debug, Default)]
pub struct TestStateInput {
    /// One state, or the whole machine that has it, in the States Language; at most 1 MiB.
    pub definition: String,
    /// Which state of a whole machine to test.
    pub state_name: Option<String>,
    /// The role that the state works under. A Task state without a mock needs one.
    pub role_arn: Option<String>,
    /// What is asked about the state.
    pub request: TestRequest,
}

/// What `TestState` answers.
#[derive(Clone, Debug)]
pub struct TestStateOutput {
    /// How the test ended.
    pub result: TestResult,
    /// How much of it was asked for.
    pub level: InspectionLevel,
}

impl StepFunctions {
    /// Tests one state, for up to five minutes.
    ///
    /// Refuses with `InvalidArn` for the role, `InvalidDefinition`,
    /// `InvalidExecutionInput` and `ValidationException`.
    pub async fn test_state(&self, input: TestStateInput) -> Result<TestStateOutput, ApiError> {
        input.check(self.0.quotas.definition_length)?;
        let subject = TestSubject::parse(&input.definition, input.state_name.as_deref());
        let identity = self.test_identity(input.role_arn.as_deref());
        let (request, level) = (&input.request, input.request.inspection_level);
        let refused = |refusal| refused(&refusal, &input.definition);
        let subject = subject.map_err(refused)?;
        let start = |now| TestRun::start(subject, request, identity, now);
        let result = self.0.driver.test(start).await.map_err(refused)?;
        Ok(TestStateOutput { result, level })
    }

    /// A test stands in an EXPRESS execution of a machine that nobody else knows (recorded).
    fn test_identity(&self, role_arn: Option<&str>) -> TestIdentity {
        let (machine, name) = (self.draw_uuid(), self.draw_uuid());
        TestIdentity {
            execution_arn: self.arn(&format!("express:{machine}:{name}")).into(),
            name: name.into(),
            role_arn: role_arn.map(Into::into),
            machine_arn: self.arn(&format!("stateMachine:{machine}")).into(),
            machine_name: machine.into(),
            seed: (self.0.draw)(),
        }
    }
}

fn refused(refusal: &Refusal, definition: &str) -> ApiError {
    match refusal {
        Refusal::Problems(_, verdict) => invalid_definition(verdict, definition),
        _ => ApiError::new(refusal.code(), refusal),
    }
}

impl TestStateInput {
    /// What the service's model says of the texts' lengths, and of the role.
    fn check(&self, max_definition: usize) -> Result<(), ApiError> {
        let mock = self.request.mock.as_ref();
        let error = mock.and_then(|mock| mock.error_output.as_ref());
        let configuration = &self.request.configuration;
        let bounded = [
            ("stateName", &self.state_name, 1, 80),
            ("roleArn", &self.role_arn, 1, 256),
            ("input", &self.request.input, 0, MAX_DOCUMENT),
            ("variables", &self.request.variables, 0, MAX_DOCUMENT),
            ("context", &self.request.context, 0, MAX_DOCUMENT),
            (
                "mock.result",
                &mock.and_then(|mock| mock.result.clone()),
                0,
                MAX_DOCUMENT,
            ),
            (
                "mock.errorOutput.error",
                &error.and_then(|error| error.error.clone()),
                0,
                256,
            ),
            (
                "mock.errorOutput.cause",
                &error.and_then(|error| error.cause.clone()),
                0,
                32_768,
            ),
            (
                "stateConfiguration.errorCausedByState",
                &configuration.error_caused_by_state,
                1,
                80,
            ),
            (
                "stateConfiguration.mapItemReaderData",
                &configuration.map_item_reader_data,
                0,
                MAX_DOCUMENT,
            ),
        ];
        let mut constraints = Constraints::default();
        constraints.length("definition", &self.definition, 1, max_definition);
        for (field, text, least, most) in bounded {
            if let Some(text) = text {
                constraints.length(field, text, least, most);
            }
        }
        constraints.check()?;
        self.role_arn.as_deref().map_or(Ok(()), check_role)
    }

    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        let level = params.text("inspectionLevel")?;
        let level = named("inspectionLevel", level, LEVELS, InspectionLevel::named)?;
        Ok(Self {
            definition: params.required("definition")?,
            state_name: params.text("stateName")?,
            role_arn: params.text("roleArn")?,
            request: TestRequest {
                input: params.text("input")?,
                variables: params.text("variables")?,
                context: params.text("context")?,
                mock: params.value("mock").map(mock).transpose()?,
                configuration: configuration(params.value("stateConfiguration"))?,
                inspection_level: level.unwrap_or_default(),
                reveal_secrets: params.bool("revealSecrets")?.unwrap_or(false),
            },
        })
    }
}

const LEVELS: &[&str] = &["INFO", "DEBUG", "TRACE"];
const VALIDATIONS: &[&str] = &["STRICT", "PRESENT", "NONE"];

/// What one of the service's words means; any other word is refused.
fn named<T>(
    field: &str,
    name: Option<String>,
    names: &[&str],
    meaning: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, ApiError> {
    let Some(name) = name else {
        return Ok(None);
    };
    Constraints::default().member(field, &name, names).check()?;
    Ok(meaning(&name))
}

fn mock(mock: &Value) -> Result<MockInput, ApiError> {
    let params = Params::of(mock)?;
    let validation = params.text("fieldValidationMode")?;
    let field = "mock.fieldValidationMode";
    let validation = named(field, validation, VALIDATIONS, FieldValidation::named)?;
    Ok(MockInput {
        result: params.text("result")?,
        error_output: params.value("errorOutput").map(error_output).transpose()?,
        field_validation: validation.unwrap_or_default(),
    })
}

fn error_output(error: &Value) -> Result<MockErrorOutput, ApiError> {
    let params = Params::of(error)?;
    // The model does not require it; its description does.
    let error = params.text("error")?;
    let error = error.ok_or_else(|| missing("mock.errorOutput.error"))?;
    Ok(MockErrorOutput {
        error: Some(error),
        cause: params.text("cause")?,
    })
}

fn configuration(configuration: Option<&Value>) -> Result<StateConfiguration, ApiError> {
    let params = Params::of(configuration.unwrap_or(&Value::Null))?;
    Ok(StateConfiguration {
        retrier_retry_count: count(&params, "retrierRetryCount")?,
        error_caused_by_state: params.text("errorCausedByState")?,
        map_iteration_failure_count: count(&params, "mapIterationFailureCount")?,
        map_item_reader_data: params.text("mapItemReaderData")?,
    })
}

fn count(params: &Params<'_>, key: &str) -> Result<Option<u64>, ApiError> {
    let Some(number) = params.number(key)? else {
        return Ok(None);
    };
    let field = format!("stateConfiguration.{key}");
    Constraints::default()
        .not_negative(&field, number)
        .check()?;
    Ok(Some(number.unsigned_abs()))
}

impl TestStateOutput {
    pub(crate) fn to_json(&self) -> Object {
        self.result.to_json(self.level)
    }
}
