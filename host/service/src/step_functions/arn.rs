//! The ARNs of state machines, activities and executions.

use super::api_error::ApiError;

/// What a state machine's ARN names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MachineArn<'a> {
    /// The ARN of the state machine itself.
    pub(crate) machine: &'a str,
    pub(crate) qualifier: Option<Qualifier<'a>>,
}

/// What of a state machine is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Qualifier<'a> {
    /// A version, by its number.
    Version(u64),
    /// An alias, by its name.
    Alias(&'a str),
}

impl MachineArn<'_> {
    /// The number of the version that it names.
    pub(crate) fn version(&self) -> Option<u64> {
        match self.qualifier {
            Some(Qualifier::Version(number)) => Some(number),
            Some(Qualifier::Alias(_)) | None => None,
        }
    }
}

/// Reads `arn:aws:states:REGION:ACCOUNT:stateMachine:NAME`, which a version or
/// an alias may follow. A label of a distributed Map is refused.
pub(crate) fn machine(arn: &str) -> Result<MachineArn<'_>, ApiError> {
    let (name, qualifier) = match resource(arn, "stateMachine")?[..] {
        [name] => (name, None),
        [name, qualifier] => (name, Some(qualifier)),
        _ => return Err(malformed(arn)),
    };
    if name.contains('/') {
        return Err(labeled(arn));
    }
    let qualified = qualifier.map_or(0, |qualifier| ":".len() + qualifier.len());
    Ok(MachineArn {
        machine: &arn[..arn.len() - qualified],
        qualifier: qualifier.map(read_qualifier),
    })
}

/// An alias has something else than digits in its name, and a version nothing.
fn read_qualifier(qualifier: &str) -> Qualifier<'_> {
    let is_number = qualifier.bytes().all(|letter| letter.is_ascii_digit());
    match qualifier.parse() {
        Ok(number) if is_number => Qualifier::Version(number),
        _ => Qualifier::Alias(qualifier),
    }
}

/// The ARN of a version or an alias of a state machine.
pub(crate) fn qualified(machine: &str, qualifier: impl std::fmt::Display) -> String {
    format!("{machine}:{qualifier}")
}

/// Checks an ARN of the form `arn:aws:states:REGION:ACCOUNT:activity:NAME`.
pub(crate) fn check_activity(arn: &str) -> Result<(), ApiError> {
    match resource(arn, "activity")?[..] {
        [_] => Ok(()),
        _ => Err(malformed(arn)),
    }
}

/// What the ARN of a STANDARD execution names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExecutionArn<'a> {
    /// The ARN up to the type of the resource.
    before: &'a str,
    machine: &'a str,
    pub(crate) name: &'a str,
}

impl ExecutionArn<'_> {
    /// The ARN of its state machine.
    pub(crate) fn machine_arn(&self) -> String {
        format!("{}stateMachine:{}", self.before, self.machine)
    }
}

/// Reads `arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME`.
pub(crate) fn execution(arn: &str) -> Result<ExecutionArn<'_>, ApiError> {
    let [machine, name] = resource(arn, "execution")?[..] else {
        return Err(malformed(arn));
    };
    let after = "execution:".len() + machine.len() + ":".len() + name.len();
    Ok(ExecutionArn {
        before: &arn[..arn.len() - after],
        machine,
        name,
    })
}

/// Checks an ARN of the form
/// `arn:aws:states:REGION:ACCOUNT:mapRun:MACHINE/LABEL:ID`.
pub(crate) fn check_map_run(arn: &str) -> Result<(), ApiError> {
    match resource(arn, "mapRun")?[..] {
        [machine, _] if machine.contains('/') => Ok(()),
        _ => Err(malformed(arn)),
    }
}

/// What stands behind the type of the resource, which must be this one.
fn resource<'a>(arn: &'a str, wanted: &str) -> Result<Vec<&'a str>, ApiError> {
    if !arn.starts_with("arn:") {
        return Err(ApiError::invalid_arn(format_args!(
            "Invalid ARN prefix: {arn}"
        )));
    }
    let parts: Vec<&str> = arn.split(':').collect();
    let [_, _, "states", _, _, kind, rest @ ..] = &parts[..] else {
        return Err(malformed(arn));
    };
    if *kind != wanted {
        return Err(ApiError::invalid_arn(format_args!(
            "Resource type not valid in this context: {kind}"
        )));
    }
    Ok(rest.to_vec())
}

/// A distributed Map inside of a state machine, which only executions know.
fn labeled(arn: &str) -> ApiError {
    ApiError::validation(format_args!(
        "This API does not support labeled ARNs: '{arn}'"
    ))
    .with("reason", "API_DOES_NOT_SUPPORT_LABELED_ARNS")
}

pub(crate) fn malformed(arn: &str) -> ApiError {
    ApiError::invalid_arn(format_args!("Invalid ARN: {arn}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_that_is_none_says_why() {
        for (arn, problem) in [
            ("nonsense", "Invalid ARN prefix: nonsense"),
            ("arn:aws:s3:::x", "Invalid ARN: arn:aws:s3:::x"),
            (
                "arn:aws:states:us-east-1:123456789012:activity:a",
                "Resource type not valid in this context: activity",
            ),
        ] {
            assert_eq!(machine(arn), Err(ApiError::invalid_arn(problem)), "{arn}");
        }
    }

    #[test]
    fn a_machine_may_be_qualified() {
        const ORDER: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:Order";
        for (end, qualifier) in [
            ("", None),
            (":7", Some(Qualifier::Version(7))),
            (":PROD", Some(Qualifier::Alias("PROD"))),
            (":+7", Some(Qualifier::Alias("+7"))),
            (
                ":99999999999999999999",
                Some(Qualifier::Alias("99999999999999999999")),
            ),
        ] {
            let arn = format!("{ORDER}{end}");
            let named = machine(&arn).expect("it is well-formed");
            assert_eq!((named.machine, named.qualifier), (ORDER, qualifier));
        }
        let labeled = machine("arn:aws:states:us-east-1:123456789012:stateMachine:Order/Map");
        assert_eq!(
            labeled.map_err(|error| error.code),
            Err("ValidationException")
        );
    }
}
