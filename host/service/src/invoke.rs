//! Lambda's operation `Invoke`, as the resource `lambda:invoke` calls it
//! (Lambda API reference, "Invoke").

use std::fmt;

use sandstep_asl::{Target, function_name};
use sandstep_json::{Array, Object, Value};

/// A version that is no number, and the only one that a project has: aliases
/// and no qualifier at all mean it.
const LATEST: &str = "$LATEST";

/// How a task calls its function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// The version or alias that is called, if any was said.
    pub(crate) qualifier: Option<Box<str>>,
    pub(crate) answer: Answer,
}

/// What a task gets for calling its function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The result alone: its resource is the function.
    Result,
    /// The result within the operation's response: `RequestResponse`.
    Response,
    /// That the event was taken, before anything is done with it: `Event`.
    Accepted,
    /// That the function could be called, which it is not: `DryRun`.
    Checked,
}

/// Why a request calls nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    InvocationType(Box<str>),
    Qualifier(Box<str>),
    /// The function's name has one qualifier, and the request another.
    TwoQualifiers,
}

impl Request {
    /// What a task asks for; `None` for a target that is no function.
    pub(crate) fn of(target: &Target) -> Option<Result<Self, Malformed>> {
        let Target::Function {
            name,
            qualifier,
            invocation_type,
        } = target
        else {
            return None;
        };
        let answer = invocation_type
            .as_deref()
            .map_or(Ok(Answer::Result), answer);
        let qualifier = qualifier_of(function_name(name).1, qualifier.as_deref());
        Some(answer.and_then(|answer| {
            Ok(Self {
                qualifier: qualifier?.map(Into::into),
                answer,
            })
        }))
    }

    /// The version that is called. A project has one of each function, which
    /// stands for all that were ever published, and behind every alias.
    pub(crate) fn version(&self) -> &str {
        let is_number = |text: &&str| text.bytes().all(|letter| letter.is_ascii_digit());
        self.qualifier
            .as_deref()
            .filter(is_number)
            .unwrap_or(LATEST)
    }

    /// The response to a function that returned.
    pub(crate) fn returned(&self, payload: Value, request_id: &str) -> Value {
        let version = self.version();
        let headers = [
            ("X-Amz-Executed-Version", version.to_owned()),
            ("x-amzn-RequestId", request_id.to_owned()),
            ("Content-Length", payload.json_len().to_string()),
            ("Content-Type", "application/json".to_owned()),
        ];
        let response = Object::from([
            ("ExecutedVersion", Value::from(version)),
            ("Payload", payload),
        ]);
        respond(response, 200, &headers, request_id)
    }

    /// The response to a function that was not waited for.
    pub(crate) fn accepted(&self, request_id: &str) -> Value {
        let status = match self.answer {
            Answer::Checked => 204,
            _ => 202,
        };
        let headers = [
            ("x-amzn-RequestId", request_id.to_owned()),
            ("Content-Length", "0".to_owned()),
        ];
        let response = Object::from([("Payload", Value::from(""))]);
        respond(response, status, &headers, request_id)
    }
}

fn answer(invocation_type: &str) -> Result<Answer, Malformed> {
    match invocation_type {
        "RequestResponse" => Ok(Answer::Response),
        "Event" => Ok(Answer::Accepted),
        "DryRun" => Ok(Answer::Checked),
        other => Err(Malformed::InvocationType(other.into())),
    }
}

fn qualifier_of<'t>(
    of_name: Option<&'t str>,
    asked: Option<&'t str>,
) -> Result<Option<&'t str>, Malformed> {
    let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || b"$_-".contains(&letter);
    let malformed = |text: &&str| !text.bytes().all(is_letter);
    match (of_name, asked.filter(|asked| !asked.is_empty())) {
        (Some(of_name), Some(asked)) if of_name != asked => Err(Malformed::TwoQualifiers),
        (of_name, asked) => match of_name.or(asked) {
            Some(text) if malformed(&text) => Err(Malformed::Qualifier(text.into())),
            qualifier => Ok(qualifier),
        },
    }
}

fn respond(response: Object, status: i64, headers: &[(&str, String)], request_id: &str) -> Value {
    let response = sdk_response(response, status, headers, request_id);
    response.with("StatusCode", status).into()
}

/// Completes a response with what the SDK tells of its HTTP exchange, as far as
/// there is anything to tell: here is no connection, no trace and no proxy.
pub(crate) fn sdk_response(
    response: Object,
    status: i64,
    headers: &[(&str, String)],
    request_id: &str,
) -> Object {
    let texts = headers.iter();
    let single: Object = texts
        .clone()
        .map(|(name, text)| (*name, Value::from(text.as_str())))
        .collect();
    let listed: Object = texts
        .map(|(name, text)| {
            (
                *name,
                Value::from(Array::from_iter([Value::from(text.as_str())])),
            )
        })
        .collect();
    let http = Object::from([
        ("AllHttpHeaders", Value::from(listed)),
        ("HttpHeaders", single.into()),
        ("HttpStatusCode", status.into()),
    ]);
    let metadata = Object::from([("RequestId", request_id)]);
    response
        .with("SdkHttpMetadata", http)
        .with("SdkResponseMetadata", metadata)
}

impl Malformed {
    /// Lambda's code for it.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::InvocationType(_) | Self::Qualifier(_) => "ValidationException",
            Self::TwoQualifiers => "InvalidParameterValueException",
        }
    }

    /// The error that a state sees. The SDK has no class for
    /// `ValidationException`, so that it is the service's own.
    pub(crate) fn error(&self) -> &'static str {
        match self {
            Self::InvocationType(_) | Self::Qualifier(_) => "Lambda.AWSLambdaException",
            Self::TwoQualifiers => "Lambda.InvalidParameterValueException",
        }
    }
}

/// The service's own sentences.
impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvocationType(text) => write!(
                f,
                "1 validation error detected: Value '{text}' at 'invocationType' failed to satisfy \
                 constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]"
            ),
            Self::Qualifier(text) => write!(
                f,
                "1 validation error detected: Value '{text}' at 'qualifier' failed to satisfy \
                 constraint: Member must satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)"
            ),
            Self::TwoQualifiers => f.write_str(
                "The derived qualifier from the function name does not match the specified \
                 qualifier.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(
        name: &str,
        qualifier: Option<&str>,
        invocation_type: &str,
    ) -> Result<Request, Malformed> {
        let target = Target::Function {
            name: name.into(),
            qualifier: qualifier.map(Into::into),
            invocation_type: Some(invocation_type.into()),
        };
        Request::of(&target).unwrap()
    }

    #[test]
    fn a_qualifier_stands_in_the_name_or_beside_it() {
        for (name, qualifier, expected, version) in [
            ("f", None, None, "$LATEST"),
            ("f", Some(""), None, "$LATEST"),
            ("f:3", None, Some("3"), "3"),
            ("f", Some("3"), Some("3"), "3"),
            ("f:live", Some("live"), Some("live"), "$LATEST"),
            ("f", Some("$LATEST"), Some("$LATEST"), "$LATEST"),
        ] {
            let request = request(name, qualifier, "RequestResponse").unwrap();
            assert_eq!(
                request.qualifier.as_deref(),
                expected,
                "{name} {qualifier:?}"
            );
            assert_eq!(request.version(), version, "{name} {qualifier:?}");
        }
    }

    #[test]
    fn what_lambda_refuses_calls_nothing() {
        let cases = [
            (request("f:1", Some("2"), "Event"), Malformed::TwoQualifiers),
            (
                request("f", Some("a b"), "Event"),
                Malformed::Qualifier("a b".into()),
            ),
            (
                request("f", None, "event"),
                Malformed::InvocationType("event".into()),
            ),
        ];
        for (got, expected) in cases {
            assert_eq!(got, Err(expected));
        }
    }

    #[test]
    fn a_response_says_what_the_sdk_would() {
        let request = request("f:7", None, "RequestResponse").unwrap();
        let response = request.returned(Value::from(true), "id");
        assert_eq!(
            response.to_json(),
            concat!(
                r#"{"ExecutedVersion":"7","Payload":true,"SdkHttpMetadata":{"AllHttpHeaders":"#,
                r#"{"X-Amz-Executed-Version":["7"],"x-amzn-RequestId":["id"],"#,
                r#""Content-Length":["4"],"Content-Type":["application/json"]},"HttpHeaders":"#,
                r#"{"X-Amz-Executed-Version":"7","x-amzn-RequestId":"id","Content-Length":"4","#,
                r#""Content-Type":"application/json"},"HttpStatusCode":200},"#,
                r#""SdkResponseMetadata":{"RequestId":"id"},"StatusCode":200}"#,
            )
        );
    }

    #[test]
    fn who_is_not_waited_for_answers_nothing() {
        for (invocation_type, status) in [("Event", 202), ("DryRun", 204)] {
            let response = request("f", None, invocation_type).unwrap().accepted("id");
            assert_eq!(response.get("StatusCode"), Some(&Value::from(status)));
            assert_eq!(response.get("Payload"), Some(&Value::from("")));
            assert_eq!(response.get("ExecutedVersion"), None);
        }
    }
}
