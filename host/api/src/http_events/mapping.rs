//! What an operation is called with, made of a request.

use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use sandstep_json::{Object, Value};

use super::proxy::{self, Facts};

/// How a request becomes an operation's input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mapping {
    /// The body is the execution's input.
    #[default]
    Body,
    /// The input is the whole request, as Lambda gets it from API Gateway:
    /// the plugin's `lambda_proxy`.
    LambdaProxy,
    /// The body is what the operation takes: that of events with an `action`.
    PassThrough,
}

/// Why a request has no mapping, in API Gateway's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unmappable {
    /// There is no template for its content type.
    MediaType,
    /// Its body is not JSON, and has to be.
    Body(String),
}

/// What bodies may be.
#[derive(Clone, Copy, PartialEq)]
enum Content {
    Json,
    Form,
}

impl Mapping {
    /// The input of the operation.
    pub(super) fn apply(
        self,
        machine_arn: &str,
        facts: &Facts<'_>,
        body: &[u8],
    ) -> Result<Value, Unmappable> {
        let content = content(facts.headers);
        let input = match self {
            Self::PassThrough => return parse(body),
            Self::Body => document(content?, body)?.to_json(),
            Self::LambdaProxy => {
                let body = proxied_body(content?, body);
                proxy::event(facts, &body).to_json()
            }
        };
        Ok(Object::from([
            ("input", input.as_str()),
            ("name", facts.request_id),
            ("stateMachineArn", machine_arn),
        ])
        .into())
    }
}

/// What has a template; a request that does not say is JSON.
fn content(headers: &HeaderMap) -> Result<Content, Unmappable> {
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else {
        return Ok(Content::Json);
    };
    let content_type = content_type.to_str().map_err(|_| Unmappable::MediaType)?;
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().as_str() {
        "application/json" => Ok(Content::Json),
        "application/x-www-form-urlencoded" => Ok(Content::Form),
        _ => Err(Unmappable::MediaType),
    }
}

/// What `$input.json('$')` comes to. `curl -d '{}'` calls JSON a form, which is
/// why that is tried there too; what it is not is text.
fn document(content: Content, body: &[u8]) -> Result<Value, Unmappable> {
    match (parse(body), content) {
        (Err(_), Content::Form) => Ok(Value::from(&*String::from_utf8_lossy(body))),
        (document, _) => document,
    }
}

/// An empty body is an empty object to API Gateway.
fn parse(body: &[u8]) -> Result<Value, Unmappable> {
    match body.trim_ascii().is_empty() {
        true => Ok(Object::new().into()),
        false => Value::parse_slice(body).map_err(|error| Unmappable::Body(error.to_string())),
    }
}

/// The body as text in the event: a form's fields as an object.
fn proxied_body(content: Content, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    match content {
        Content::Json => text.into_owned(),
        Content::Form => Value::Object(fields(&text)).to_json(),
    }
}

/// `a=1&b=2`
pub(super) fn fields(text: &str) -> Object {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), Value::from(decoded(value)))
        })
        .collect()
}

/// The text of a part of a form or a query.
fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(content_type: Option<&str>, body: &str) -> Result<String, Unmappable> {
        let mut headers = HeaderMap::new();
        if let Some(content_type) = content_type {
            headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        }
        Ok(document(content(&headers)?, body.as_bytes())?.to_json())
    }

    #[test]
    fn a_body_is_the_input() {
        let (json, form) = (
            Some("application/json; charset=utf-8"),
            Some("application/x-www-form-urlencoded"),
        );
        for (content_type, text, expected) in [
            (None, "{\"a\": 1.0}", "{\"a\":1.0}"),
            (json, " [1]\n", "[1]"),
            (json, "", "{}"),
            (form, "{\"a\":1}", "{\"a\":1}"),
            (form, "a=1", "\"a=1\""),
        ] {
            assert_eq!(body(content_type, text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_bodies_are_refused() {
        assert_eq!(body(Some("text/xml"), "<a/>"), Err(Unmappable::MediaType));
        assert!(matches!(body(None, "{"), Err(Unmappable::Body(_))));
    }

    #[test]
    fn fields_are_decoded() {
        let fields = Value::Object(fields("a=1&b=x+y%26&c&a=2")).to_json();
        assert_eq!(fields, r#"{"a":"2","b":"x y&","c":""}"#);
    }
}
