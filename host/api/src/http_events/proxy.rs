//! A request as an event of Lambda's, as the plugin's `lambda_proxy` template
//! writes it.

use axum::http::{HeaderMap, HeaderName, Method, header};
use jiff::Timestamp;
use jiff::fmt::strtime;
use sandstep_json::{Object, Value};

use super::mapping::fields;
use super::route::Parameters;

/// What is known of a request beside its body.
pub(super) struct Facts<'r> {
    pub(super) method: &'r Method,
    /// The path of the event, such as `/classes/{id}`.
    pub(super) resource: String,
    /// The path of the request, with its stage.
    pub(super) path: String,
    pub(super) stage: &'r str,
    pub(super) query: &'r str,
    pub(super) headers: &'r HeaderMap,
    pub(super) parameters: Parameters,
    pub(super) request_id: &'r str,
    pub(super) account: &'r str,
    pub(super) now: Timestamp,
}

/// The event, with a body as text.
pub(super) fn event(facts: &Facts<'_>, body: &str) -> Value {
    let mut event = Object::from([
        ("resource", Value::from(facts.resource.as_str())),
        ("path", facts.path.as_str().into()),
        ("httpMethod", facts.method.as_str().into()),
    ]);
    event.insert("headers", texts(headers(facts.headers)));
    event.insert("queryStringParameters", some(fields(facts.query)));
    event.insert("pathParameters", some(parameters(&facts.parameters)));
    event.insert("stageVariables", Value::Null);
    event.insert("requestContext", context(facts));
    event.insert("body", body);
    event.insert("isBase64Encoded", Value::Bool(false));
    event.into()
}

fn context(facts: &Facts<'_>) -> Object {
    let host = facts.headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let domain = host.split(':').next().unwrap_or_default();
    let text = |text: &str| Value::from(text);
    Object::from([
        ("resourceId", text("sandstep")),
        ("resourcePath", text(&facts.resource)),
        ("httpMethod", text(facts.method.as_str())),
        ("extendedRequestId", text(facts.request_id)),
        ("requestTime", text(&common_log_time(facts.now))),
        ("path", text(&facts.path)),
        ("accountId", text(facts.account)),
        ("protocol", text("HTTP/1.1")),
        ("stage", text(facts.stage)),
        (
            "domainPrefix",
            text(domain.split('.').next().unwrap_or_default()),
        ),
        ("requestTimeEpoch", facts.now.as_millisecond().into()),
        ("requestId", text(facts.request_id)),
        ("identity", identity(facts).into()),
        ("domainName", text(domain)),
        ("authorizer", Object::new().into()),
        ("apiId", text("sandstep")),
    ])
}

fn identity(facts: &Facts<'_>) -> Object {
    let agent = facts.headers.get(header::USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok());
    texts(Object::from([("userAgent", agent.unwrap_or_default())]))
}

/// Headers by the names that clients of HTTP/1.1 write: `Content-Type`.
fn headers(headers: &HeaderMap) -> Object {
    let headers = headers.iter();
    headers
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (capitalized(name), Value::from(&*value))
        })
        .collect()
}

fn capitalized(name: &HeaderName) -> String {
    let parts = name.as_str().split('-').map(|part| {
        let (first, rest) = part.split_at(part.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    parts.collect::<Vec<_>>().join("-")
}

fn parameters(parameters: &Parameters) -> Object {
    let pairs = parameters.iter();
    pairs
        .map(|(name, value)| (name.as_str(), Value::from(value.as_str())))
        .collect()
}

/// Texts as the template's loop has them: an empty one is `null`.
fn texts(texts: Object) -> Object {
    let pairs = texts.iter();
    pairs
        .map(|(name, text)| match text.as_str() {
            Some("") => (name.clone(), Value::Null),
            _ => (name.clone(), text.clone()),
        })
        .collect()
}

/// What there is any of, or `null`.
fn some(found: Object) -> Value {
    match found.is_empty() {
        true => Value::Null,
        false => texts(found).into(),
    }
}

/// `21/Nov/2026:11:15:32 +0000`, as servers' logs have it.
fn common_log_time(now: Timestamp) -> String {
    strtime::format("%d/%b/%Y:%H:%M:%S +0000", now).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_an_event() {
        let mut headers = HeaderMap::new();
        headers.insert("host", "steps.example:8083".parse().unwrap());
        headers.insert("x-empty", "".parse().unwrap());
        let facts = Facts {
            method: &Method::POST,
            resource: "/classes/{id}".to_owned(),
            path: "/dev/classes/7".to_owned(),
            stage: "dev",
            query: "a=b+c",
            headers: &headers,
            parameters: vec![("id".to_owned(), "7".to_owned())],
            request_id: "r",
            account: "123456789012",
            now: Timestamp::from_second(1_700_000_000).unwrap(),
        };
        let event = event(&facts, "{}");
        let member = |path: &str| {
            let found = path
                .split('.')
                .try_fold(&event, |value, key| value.get(key));
            found.unwrap().to_json()
        };
        for (path, expected) in [
            ("resource", r#""/classes/{id}""#),
            ("path", r#""/dev/classes/7""#),
            ("headers", r#"{"Host":"steps.example:8083","X-Empty":null}"#),
            ("queryStringParameters", r#"{"a":"b c"}"#),
            ("pathParameters", r#"{"id":"7"}"#),
            ("stageVariables", "null"),
            (
                "requestContext.requestTime",
                r#""14/Nov/2023:22:13:20 +0000""#,
            ),
            ("requestContext.requestTimeEpoch", "1700000000000"),
            ("requestContext.domainPrefix", r#""steps""#),
            ("requestContext.identity", r#"{"userAgent":null}"#),
            ("body", r#""{}""#),
        ] {
            assert_eq!(member(path), expected, "{path}");
        }
    }
}
