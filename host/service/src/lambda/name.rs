//! Which function a request names.

use super::api_error::ApiError;

/// A function's name, taken from any form that Lambda knows, and its qualifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FunctionName<'a> {
    pub(crate) name: &'a str,
    pub(crate) qualifier: Option<&'a str>,
}

/// The version that is not published, and the only one there is.
pub(crate) const LATEST: &str = "$LATEST";

/// The longest name of a function, in characters (API reference,
/// `CreateFunction`, `FunctionName`).
const LONGEST: usize = 64;

const PATTERN: &str = "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\\d{1}:)?\
                       (\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?";

impl<'a> FunctionName<'a> {
    /// Reads `NAME`, `ACCOUNT:function:NAME` or the ARN, each with a qualifier or
    /// without (API reference, "FunctionName"), and the qualifier beside it.
    ///
    /// Refuses what is malformed, has two qualifiers that differ, or lies in
    /// another region.
    pub(crate) fn parse(
        text: &'a str,
        qualifier: Option<&'a str>,
        region: &str,
    ) -> Result<Self, ApiError> {
        let found = Self::split(text).ok_or_else(|| {
            ApiError::new(
                "ValidationException",
                format_args!(
                    "1 validation error detected: Value '{text}' at 'functionName' failed to \
                     satisfy constraint: Member must satisfy regular expression pattern: {PATTERN}"
                ),
            )
        })?;
        if let Some(of_arn) = found.region.filter(|&of_arn| of_arn != region) {
            let message = format_args!(
                "Functions from '{of_arn}' are not reachable in this region ('{region}')"
            );
            return Err(ApiError::new("ResourceNotFoundException", message));
        }
        Ok(Self {
            name: found.name,
            qualifier: one_qualifier(found.qualifier, qualifier)?,
        })
    }

    fn split(text: &'a str) -> Option<Split<'a>> {
        let (mut rest, mut region) = (text, None);
        if let Some(arn) = text.strip_prefix("arn:") {
            let (partition, lambda) = arn.split_once(":lambda:")?;
            let (of_arn, behind) = lambda.split_once(':')?;
            let is_partition = partition.is_empty() || partition.starts_with("aws");
            if !is_partition || partition.contains(':') {
                return None;
            }
            (rest, region) = (behind, Some(of_arn));
        }
        if let Some((account, behind)) = rest.split_once(':')
            && is_account(account)
        {
            rest = behind;
        }
        let rest = rest.strip_prefix("function:").unwrap_or(rest);
        let (name, qualifier) = match rest.split_once(':') {
            Some((name, qualifier)) => (name, Some(qualifier)),
            None => (rest, None),
        };
        let is_qualifier = |text: &str| text == LATEST || is_word(text);
        let fits = is_word(name) && qualifier.is_none_or(is_qualifier);
        fits.then_some(Split {
            region,
            name,
            qualifier,
        })
    }

    /// Whether it is about the function itself, or about its only version.
    pub(crate) fn is_latest(&self) -> bool {
        self.qualifier.is_none_or(|qualifier| qualifier == LATEST)
    }

    /// Refuses a version or an alias, which nobody changes.
    pub(crate) fn check_latest(&self) -> Result<(), ApiError> {
        match self.is_latest() {
            true => Ok(()),
            false => Err(ApiError::invalid_parameter(
                "Current operation does not support versions other than $LATEST",
            )),
        }
    }

    /// Refuses a name that no function may have.
    pub(crate) fn check_length(&self) -> Result<(), ApiError> {
        if self.name.len() <= LONGEST {
            return Ok(());
        }
        // In the words of the model, which allows more.
        Err(ApiError::invalid_parameter(format_args!(
            "1 validation error detected: Value '{}' at 'functionName' failed to satisfy \
             constraint: Member must have length less than or equal to {LONGEST}",
            self.name
        )))
    }
}

struct Split<'a> {
    region: Option<&'a str>,
    name: &'a str,
    qualifier: Option<&'a str>,
}

fn one_qualifier<'a>(
    of_name: Option<&'a str>,
    beside: Option<&'a str>,
) -> Result<Option<&'a str>, ApiError> {
    match (of_name, beside) {
        (Some(of_name), Some(beside)) if of_name != beside => Err(ApiError::invalid_parameter(
            "The derived qualifier from the function name does not match the specified qualifier.",
        )),
        (of_name, beside) => Ok(of_name.or(beside)),
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|digit| digit.is_ascii_digit())
}

fn is_word(text: &str) -> bool {
    let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_';
    !text.is_empty() && text.bytes().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_named_in_any_of_its_forms() {
        for (text, name, qualifier) in [
            ("f", "f", None),
            ("f:3", "f", Some("3")),
            ("f:$LATEST", "f", Some("$LATEST")),
            ("function:f:live", "f", Some("live")),
            ("123456789012:function:f", "f", None),
            (
                "arn:aws:lambda:us-east-1:123456789012:function:f",
                "f",
                None,
            ),
            (
                "arn:aws:lambda:us-east-1:123456789012:function:f:7",
                "f",
                Some("7"),
            ),
        ] {
            let expected = FunctionName { name, qualifier };
            assert_eq!(
                FunctionName::parse(text, None, "us-east-1"),
                Ok(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn what_names_no_function_is_refused() {
        for text in [
            "",
            "a b",
            "a/b",
            "arn:x",
            "f:",
            ":f",
            "f:a:b",
            "f:$X",
            "arn:aws:s3:::f",
        ] {
            let refusal = FunctionName::parse(text, None, "us-east-1").unwrap_err();
            assert_eq!(refusal.code, "ValidationException", "{text}");
        }
    }

    #[test]
    fn another_region_is_not_reachable() {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:f";
        let refusal = FunctionName::parse(arn, None, "us-east-1").unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "ResourceNotFoundException: Functions from 'eu-west-1' are not reachable in this \
             region ('us-east-1')"
        );
    }

    #[test]
    fn two_qualifiers_must_be_one() {
        let named = FunctionName::parse("f:1", Some("1"), "us-east-1").unwrap();
        assert_eq!(named.qualifier, Some("1"));
        let refusal = FunctionName::parse("f:1", Some("2"), "us-east-1").unwrap_err();
        assert_eq!(refusal.code, "InvalidParameterValueException");
    }

    #[test]
    fn a_name_has_a_length_that_the_model_does_not_say() {
        let name = "f".repeat(65);
        let refused = |name| FunctionName::parse(name, None, "us-east-1")?.check_length();
        assert_eq!(refused(&name[1..]), Ok(()));
        let refusal = refused(&name).unwrap_err();
        assert_eq!(refusal.code, "InvalidParameterValueException");
    }
}
