//! The section `events` of a state machine: its routes over HTTP, as the
//! plugin serverless-step-functions reads them.
//!
//! What an event asks for beyond what is served here, most of all who may use
//! it, is never passed over: such an event is not served at all, and said so.

use std::fmt;
use std::path::Path;

use hyper::Method;
use hyper::header::{HeaderName, HeaderValue};
use sandstep_api::{Cors, HttpRoute, Mapping, PathTemplate};
use sandstep_json::{Entry, Spanned};

use super::Serverless;
use crate::project::MachineEvents;
use crate::report::FileDiagnostic;

/// The framework's own default for the stage.
const STAGE: &str = "dev";

/// Why an event is not served.
struct Unserved(String);

type Result<T> = std::result::Result<T, Unserved>;

impl Serverless {
    /// What starts a machine of these settings, which are in `file`.
    pub(super) fn events(&self, file: &Path, settings: &Spanned) -> MachineEvents {
        let mut found = MachineEvents::default();
        let Some(section) = settings.get("events") else {
            return found;
        };
        let section = self.variables.resolve(section);
        for event in section.as_array().unwrap_or_default() {
            match self.route(event) {
                Ok(route) => found.routes.push(route),
                Err(Unserved(reason)) => {
                    let message = format!("this event is not served: {reason}");
                    let rule = "unserved-event";
                    let place = event.position;
                    let warning = FileDiagnostic::warning(file, rule, place, message);
                    found.unserved.push(warning);
                }
            }
        }
        found
    }

    fn route(&self, event: &Spanned) -> Result<HttpRoute> {
        let Some([Entry { key, value, .. }]) = event.as_object() else {
            return Err(unserved("it is no object with one member, such as http"));
        };
        if key != "http" {
            return Err(unserved(format_args!(
                "only http events are, and not {key}"
            )));
        }
        let (method, path) = target(value)?;
        let path = PathTemplate::parse(&path).map_err(unserved)?;
        refuse_what_is_not_kept(value)?;
        let cors = value.get("cors").map(cors).transpose()?.flatten();
        let action = value.get("action").and_then(Spanned::as_str);
        Ok(HttpRoute {
            method: method_of(&method)?,
            path,
            stage: self
                .variables
                .deployed_stage()
                .unwrap_or_else(|| STAGE.to_owned()),
            operation: action.unwrap_or("StartExecution").to_owned(),
            mapping: mapping(value, action.is_some())?,
            cors,
            headers: headers(value)?,
        })
    }
}

fn unserved(reason: impl fmt::Display) -> Unserved {
    Unserved(reason.to_string())
}

/// Method and path: `POST classes`, or a member for each.
fn target(http: &Spanned) -> Result<(String, String)> {
    let text = |key: &str| http.get(key).and_then(Spanned::as_str);
    let parts = match http.as_str() {
        Some(text) => text.split_once(' '),
        None => text("method").zip(text("path")),
    };
    let (method, path) = parts.ok_or_else(|| unserved("it has no method and path"))?;
    Ok((method.to_owned(), path.trim().to_owned()))
}

fn method_of(name: &str) -> Result<Option<Method>> {
    let method = match &*name.to_ascii_uppercase() {
        "ANY" => return Ok(None),
        "GET" => Method::GET,
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        "HEAD" => Method::HEAD,
        "OPTIONS" => Method::OPTIONS,
        _ => return Err(unserved(format_args!("there is no method \"{name}\""))),
    };
    Ok(Some(method))
}

/// What would be missed: a route must not be open to more than its author
/// meant, nor answer otherwise.
fn refuse_what_is_not_kept(http: &Spanned) -> Result<()> {
    let is_set = |key: &str| http.get(key).filter(|value| value.as_bool() != Some(false));
    if is_set("authorizer").is_some() {
        return Err(unserved(
            "authorizers are not supported, and without its own anyone could call it",
        ));
    }
    if is_set("private").is_some() {
        return Err(unserved(
            "API keys are not supported, and without them anyone could call it",
        ));
    }
    if is_set("responses").is_some() || response(http, "template").is_some() {
        return Err(unserved("templates of responses are not supported"));
    }
    Ok(())
}

fn response<'h>(http: &'h Spanned, key: &str) -> Option<&'h Spanned> {
    http.get("response")?.get(key)
}

fn mapping(http: &Spanned, has_action: bool) -> Result<Mapping> {
    let template = http
        .get("request")
        .and_then(|request| request.get("template"));
    match template {
        Some(template) if template.as_str() == Some("lambda_proxy") => Ok(Mapping::LambdaProxy),
        Some(_) => Err(unserved(
            "templates of requests are not supported, but for lambda_proxy",
        )),
        None if has_action => Ok(Mapping::PassThrough),
        None => Ok(Mapping::Body),
    }
}

/// `true`, or an object with what differs from the defaults.
fn cors(settings: &Spanned) -> Result<Option<Cors>> {
    if settings.as_bool() == Some(false) {
        return Ok(None);
    }
    let origins = settings.get("origins").and_then(list);
    let origin = settings.get("origin").and_then(Spanned::as_str);
    let origin = origins.as_deref().or(origin).unwrap_or("*");
    let headers = settings.get("headers").and_then(list);
    let max_age = settings.get("maxAge");
    Ok(Some(Cors {
        origin: header_value(origin)?,
        headers: header_value(headers.as_deref().unwrap_or(Cors::HEADERS))?,
        allow_credentials: settings.get("allowCredentials").and_then(Spanned::as_bool)
            == Some(true),
        max_age: max_age.and_then(|seconds| seconds.as_number()?.as_u64()),
    }))
}

/// Texts in a row: `a,b`.
fn list(settings: &Spanned) -> Option<String> {
    let texts = settings.as_array()?.iter().filter_map(Spanned::as_str);
    let texts: Vec<&str> = texts.collect();
    (!texts.is_empty()).then(|| texts.join(","))
}

/// Headers of the answer; their values are texts in quotes.
fn headers(http: &Spanned) -> Result<Vec<(HeaderName, HeaderValue)>> {
    let headers = response(http, "headers").and_then(Spanned::as_object);
    headers.unwrap_or_default().iter().map(header).collect()
}

fn header(entry: &Entry) -> Result<(HeaderName, HeaderValue)> {
    let key = &entry.key;
    let quoted = entry.value.as_str().and_then(|text| {
        let text = text.trim();
        text.strip_prefix('\'')?.strip_suffix('\'')
    });
    let Some(value) = quoted else {
        let problem = format_args!("only a text in quotes can be its header {key}");
        return Err(unserved(problem));
    };
    let name = HeaderName::from_bytes(key.as_bytes());
    let name = name.map_err(|_| unserved(format_args!("{key} is no header")))?;
    Ok((name, header_value(value)?))
}

fn header_value(text: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(text).map_err(|_| unserved(format_args!("no header can be \"{text}\"")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use sandstep_asl::source;

    use super::*;
    use crate::project::Definitions;
    use crate::terminal::Paint;

    fn events(events: &str) -> MachineEvents {
        let document =
            format!("service: s\nprovider: {{ stage: prod }}\nmachine:\n  events: {events}\n");
        let tree = source::read(&document).unwrap();
        let machine = tree.get("machine").unwrap().clone();
        let file = Path::new("serverless.yml");
        let serverless = Serverless::read(file, tree, &Definitions::default())
            .ok()
            .unwrap();
        serverless.events(Path::new("serverless.yml"), &machine)
    }

    #[test]
    fn routes_are_read_in_every_way() {
        let found =
            events("[{ http: 'GET /a/{id}/' }, { http: { path: b, method: any, cors: true } }]");
        assert!(found.unserved.is_empty());
        let [first, second] = &found.routes[..] else {
            panic!("{found:?}");
        };
        assert_eq!(first.method, Some(Method::GET));
        assert_eq!(first.path.to_string(), "/a/{id}");
        assert_eq!(
            (&*first.stage, &*first.operation),
            ("prod", "StartExecution")
        );
        assert_eq!((&second.method, first.mapping), (&None, Mapping::Body));
        let cors = second.cors.as_ref().unwrap();
        assert_eq!(cors.origin, "*");
        assert_eq!(cors.headers, Cors::HEADERS);
    }

    #[test]
    fn what_they_ask_for_is_kept() {
        let found = events(
            "[{ http: { path: a, method: post, action: StopExecution,\n\
             \x20    cors: { origins: [x, y], headers: [A, B], allowCredentials: true, maxAge: 5 },\n\
             \x20    response: { headers: { X-App: \"'mine'\" } } } },\n\
             \x20 { http: { path: b, method: post, request: { template: lambda_proxy } } }]",
        );
        let first = &found.routes[0];
        assert_eq!(
            (&*first.operation, first.mapping),
            ("StopExecution", Mapping::PassThrough)
        );
        assert_eq!(first.headers[0].1, "mine");
        let cors = first.cors.as_ref().unwrap();
        assert_eq!(
            (&cors.origin, &cors.headers),
            (&"x,y".parse().unwrap(), &"A,B".parse().unwrap())
        );
        assert_eq!((cors.allow_credentials, cors.max_age), (true, Some(5)));
        assert_eq!(found.routes[1].mapping, Mapping::LambdaProxy);
    }

    #[test]
    fn what_cannot_be_kept_is_not_served() {
        for (event, reason) in [
            ("{ schedule: rate(2 hours) }", "schedule"),
            ("{ http: a }", "no method and path"),
            (
                "{ http: { path: a, method: FETCH } }",
                "no method \"FETCH\"",
            ),
            ("{ http: { path: 'a{b', method: GET } }", "a{b"),
            (
                "{ http: { path: a, method: GET, private: true } }",
                "API keys",
            ),
            (
                "{ http: { path: a, method: GET, authorizer: aws_iam } }",
                "authorizers",
            ),
            (
                "{ http: { path: a, method: GET, request: { template: { application/json: x } } } }",
                "templates of requests",
            ),
            (
                "{ http: { path: a, method: GET, response: { template: { application/json: x } } } }",
                "templates of responses",
            ),
            (
                "{ http: { path: a, method: GET, response: { headers: { X: integration.response.body.a } } } }",
                "in quotes",
            ),
        ] {
            let found = events(&format!("[{event}]"));
            assert!(found.routes.is_empty(), "{event}");
            let said = found.unserved[0].to_text(Paint::PLAIN);
            assert!(said.contains(reason), "{said}");
            assert!(!found.unserved[0].is_error());
        }
    }
}
