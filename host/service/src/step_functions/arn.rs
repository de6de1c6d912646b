//! The ARNs of state machines and executions.

use super::api_error::ApiError;

/// What a state machine's ARN names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MachineArn<'a> {
    pub(crate) name: &'a str,
    /// The number of a version, or an alias.
    pub(crate) qualifier: Option<&'a str>,
}

/// Reads `arn:aws:states:REGION:ACCOUNT:stateMachine:NAME`.
pub(crate) fn machine(arn: &str) -> Result<MachineArn<'_>, ApiError> {
    let (name, qualifier) = match resource(arn, &["stateMachine"])?[..] {
        [name] => (name, None),
        [name, qualifier] => (name, Some(qualifier)),
        _ => return Err(malformed(arn)),
    };
    Ok(MachineArn { name, qualifier })
}

/// Checks an ARN of the form
/// `arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME`.
pub(crate) fn check_execution(arn: &str) -> Result<(), ApiError> {
    match resource(arn, &["execution"])?[..] {
        [_, _] => Ok(()),
        _ => Err(malformed(arn)),
    }
}

/// What stands behind the type of the resource, which must be one of these.
fn resource<'a>(arn: &'a str, kinds: &[&str]) -> Result<Vec<&'a str>, ApiError> {
    if !arn.starts_with("arn:") {
        return Err(ApiError::invalid_arn(format_args!(
            "Invalid ARN prefix: {arn}"
        )));
    }
    let parts: Vec<&str> = arn.split(':').collect();
    let [_, _, "states", _, _, kind, rest @ ..] = &parts[..] else {
        return Err(malformed(arn));
    };
    if !kinds.contains(kind) {
        return Err(ApiError::invalid_arn(format_args!(
            "Resource type not valid in this context: {kind}"
        )));
    }
    Ok(rest.to_vec())
}

fn malformed(arn: &str) -> ApiError {
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
        let arn = "arn:aws:states:us-east-1:123456789012:stateMachine:Order:7";
        let named = MachineArn {
            name: "Order",
            qualifier: Some("7"),
        };
        assert_eq!(machine(arn), Ok(named));
    }
}
