//! Where an endpoint is, and how requests to it are signed.

use std::env;
use std::fmt;

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::http::Uri;
use hyper::http::uri::Scheme;

use super::connection::{self, Answer, Unreachable};
use super::signer::Signer;
use crate::args::EndpointArgs;
use crate::command_error::CommandError;

/// The port that `sandstep serve` listens at by default: that of AWS's own
/// local Step Functions, so that what is set up for it finds us.
pub(crate) const DEFAULT_PORT: u16 = 8083;

/// Variables that may name the endpoint, the first that is set first (AWS SDKs
/// reference guide, "Service-specific endpoints").
const VARIABLES: [&str; 3] = [
    "SANDSTEP_ENDPOINT",
    "AWS_ENDPOINT_URL_SFN",
    "AWS_ENDPOINT_URL",
];

/// A place that answers calls.
pub(super) struct Endpoint {
    uri: Uri,
    /// `host:port`.
    address: String,
    /// Where there are credentials.
    signer: Option<Signer>,
}

impl Endpoint {
    /// The endpoint that options and environment name.
    pub(super) fn find(args: &EndpointArgs) -> Result<Self, CommandError> {
        let set = |name: &&str| env::var(name).ok().filter(|value| !value.is_empty());
        let url = args
            .endpoint
            .clone()
            .or_else(|| VARIABLES.iter().find_map(set))
            .unwrap_or_else(|| format!("http://127.0.0.1:{DEFAULT_PORT}"));
        Ok(Self {
            signer: Signer::find(args)?,
            ..Self::parse(&url)?
        })
    }

    fn parse(url: &str) -> Result<Self, CommandError> {
        let uri: Uri = url
            .parse()
            .map_err(|cause| CommandError::caused(format!("\"{url}\" is no URL"), &cause))?;
        let (Some(scheme), Some(host)) = (uri.scheme(), uri.host()) else {
            return Err(CommandError::new(format!("\"{url}\" is no URL"))
                .hint(format!("write it as http://127.0.0.1:{DEFAULT_PORT}")));
        };
        if *scheme != Scheme::HTTP {
            return Err(CommandError::new(format!(
                "{url} cannot be spoken to: this client speaks http alone"
            ))
            .hint("AWS's clients speak https, with --endpoint-url"));
        }
        let address = format!("{host}:{}", uri.port_u16().unwrap_or(80));
        Ok(Self {
            uri,
            address,
            signer: None,
        })
    }

    /// Sends a request of the AWS JSON 1.0 protocol.
    pub(super) async fn post(&self, operation: &str, body: String) -> Result<Answer, Unreachable> {
        let authority = self.uri.authority().expect("checked: it has a host");
        let mut request = Request::post(self.uri.path())
            .header("host", authority.as_str())
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("AWSStepFunctions.{operation}"))
            .header(
                "user-agent",
                concat!("sandstep/", env!("CARGO_PKG_VERSION")),
            )
            .body(Bytes::from(body))
            .expect("a host, and names of operations, are legal in headers");
        if let Some(signer) = &self.signer {
            signer.sign(&self.uri, &mut request)?;
        }
        connection::send(&self.address, request.map(Full::new)).await
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.uri.to_string();
        f.write_str(text.trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> Option<String> {
        Endpoint::parse(url).ok().map(|endpoint| endpoint.address)
    }

    #[test]
    fn a_url_is_a_host_and_a_port() {
        for (url, expected) in [
            ("http://127.0.0.1:8083", "127.0.0.1:8083"),
            ("http://localhost:4566/", "localhost:4566"),
            ("http://steps.internal", "steps.internal:80"),
            ("http://[::1]:9", "[::1]:9"),
        ] {
            assert_eq!(address(url).as_deref(), Some(expected), "{url}");
        }
    }

    #[test]
    fn what_cannot_be_spoken_to_is_refused() {
        for url in [
            "",
            "127.0.0.1:8083",
            "/",
            "https://127.0.0.1",
            "http://",
            "ftp://a",
            "http://a b",
        ] {
            assert_eq!(address(url), None, "{url}");
        }
    }
}
