//! Which pages of other origins may ask.

use axum::http::{HeaderMap, HeaderValue, Method, header};

/// What an event says to browsers (the plugin's "Enabling CORS").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cors {
    /// `*`, or an origin.
    pub origin: HeaderValue,
    /// The headers that a page may set.
    pub headers: HeaderValue,
    /// Whether credentials may be sent along.
    pub allow_credentials: bool,
    /// For how many seconds a browser may remember it.
    pub max_age: Option<u64>,
}

impl Cors {
    /// The headers that a page may set where an event names none.
    pub const HEADERS: &str =
        "Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token,X-Amz-User-Agent";

    /// Headers of any answer.
    pub(super) fn of_answer(&self, headers: &mut HeaderMap) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, self.origin.clone());
    }

    /// Headers of the answer to a browser that asks before a page does.
    /// `methods` are those of all events at the path.
    pub(super) fn of_preflight(&self, methods: &[Option<Method>], headers: &mut HeaderMap) {
        self.of_answer(headers);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, self.headers.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, listed(methods));
        let credentials = HeaderValue::from_static(match self.allow_credentials {
            true => "true",
            false => "false",
        });
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, credentials);
        if let Some(seconds) = self.max_age {
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, seconds.into());
        }
    }
}

fn listed(methods: &[Option<Method>]) -> HeaderValue {
    const ANY: &str = "DELETE,GET,HEAD,PATCH,POST,PUT";
    let names = methods.iter().map(|method| match method {
        Some(method) => method.as_str(),
        None => ANY,
    });
    let names: Vec<&str> = std::iter::once("OPTIONS").chain(names).collect();
    HeaderValue::from_str(&names.join(",")).expect("methods are letters")
}
