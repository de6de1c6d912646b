//! Signs requests (IAM User Guide, "AWS Signature Version 4 for API requests").

use std::env;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use hyper::Request;
use hyper::body::Bytes;
use hyper::http::Uri;
use sandstep_api::AccessKey;

use super::connection::Unreachable;
use crate::args::EndpointArgs;
use crate::command_error::CommandError;
use crate::project::REGION;

/// Who signs, and for which region.
pub(super) struct Signer {
    credentials: Credentials,
    region: String,
}

impl Signer {
    /// The key that options or the environment name; `None` where they name
    /// none, and requests go unsigned.
    pub(super) fn find(args: &EndpointArgs) -> Result<Option<Self>, CommandError> {
        let credentials = match &args.credentials {
            Some(file) => {
                let key = AccessKey::read(file).map_err(|cause| {
                    CommandError::caused(format!("--credentials {}", file.display()), &cause)
                })?;
                Some(credentials(key.id, key.secret, None))
            }
            None => from_environment(),
        };
        let region = args.region.clone();
        let region = region.or_else(|| variable("AWS_REGION"));
        let region = region.or_else(|| variable("AWS_DEFAULT_REGION"));
        Ok(credentials.map(|credentials| Self {
            credentials,
            region: region.unwrap_or_else(|| REGION.to_owned()),
        }))
    }

    /// Adds a signature of the request, its body included.
    pub(super) fn sign(&self, uri: &Uri, request: &mut Request<Bytes>) -> Result<(), Unreachable> {
        let instructions = {
            let uri = uri.to_string();
            let headers = request.headers().iter();
            // All headers here are ours, and text.
            let headers =
                headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
            let body = SignableBody::Bytes(request.body());
            let identity = self.credentials.clone().into();
            let params = v4::SigningParams::builder()
                .identity(&identity)
                .region(&self.region)
                .name("states")
                .time(SystemTime::now())
                .settings(SigningSettings::default())
                .build()
                .map_err(|cause| Unreachable::Unsigned(cause.into()))?;
            let signable = SignableRequest::new("POST", uri, headers, body)
                .map_err(|cause| Unreachable::Unsigned(cause.into()))?;
            let signed = sign(signable, &params.into());
            let signed = signed.map_err(|cause| Unreachable::Unsigned(cause.into()))?;
            signed.into_parts().0
        };
        instructions.apply_to_request_http1x(request);
        Ok(())
    }
}

/// Variables of AWS's clients (AWS SDKs reference guide, "AWS access keys").
fn from_environment() -> Option<Credentials> {
    let id = variable("AWS_ACCESS_KEY_ID")?;
    let secret = variable("AWS_SECRET_ACCESS_KEY")?;
    Some(credentials(id, secret, variable("AWS_SESSION_TOKEN")))
}

fn credentials(id: String, secret: String, token: Option<String>) -> Credentials {
    Credentials::new(id, secret, token, None, "sandstep")
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
