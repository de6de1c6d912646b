//! Signature Version 4 in the `Authorization` header (IAM User Guide, "AWS
//! Signature Version 4 for API requests").
//!
//! `scratchstack-aws-signature` makes the canonical request, in AWS's order of
//! checks and with AWS's messages, and compares in constant time. What is said
//! here is which keys, headers and times are good, and how refusals are named.

use std::borrow::Cow;
use std::future::ready;
use std::sync::Arc;

use axum::http::Uri;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use scratchstack_aws_signature::auth::SigV4Authenticator;
use scratchstack_aws_signature::canonical::CanonicalRequest;
use scratchstack_aws_signature::{
    ConstSignedHeaderRequirements, GetSigningKeyRequest, GetSigningKeyResponse, SignatureError,
    SignatureOptions, service_for_signing_key_fn,
};

use crate::credentials::{Credentials, Identity};
use crate::failure::{Failure, Protocol};

/// How far a client's clock may be from ours, either way, as on AWS.
const WINDOW: TimeDelta = TimeDelta::minutes(5);

/// A signature covers each of AWS's headers that a request has, the target
/// among them, beside its host.
const SIGNED: ConstSignedHeaderRequirements =
    ConstSignedHeaderRequirements::new(&[], &[], &[Cow::Borrowed("x-amz-")]);

/// Verifies the signatures of requests to one service.
pub(crate) struct Signatures {
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) region: Arc<str>,
    /// The service's name in a credential's scope, such as `states`.
    pub(crate) service: &'static str,
    pub(crate) protocol: Protocol,
}

impl Signatures {
    /// Finds who signed the request, `body` included, and puts the [`Identity`]
    /// into its extensions.
    pub(crate) async fn verify(
        &self,
        head: Parts,
        body: Bytes,
        now: DateTime<Utc>,
    ) -> Result<(Parts, Bytes), Failure> {
        let verified = self.identify(head, body, now).await;
        let (mut head, body, identity) = verified.map_err(|error| self.refusal(error))?;
        head.extensions.insert(identity);
        Ok((head, body))
    }

    async fn identify(
        &self,
        head: Parts,
        body: Bytes,
        now: DateTime<Utc>,
    ) -> Result<(Parts, Bytes, Identity), SignatureError> {
        let signed = Signed::parse(head, body)?;
        check_payload(&signed.request)?;
        self.check(&signed.by, now).await?;
        let identity = self.identity(&signed.by)?;
        Ok((signed.head, signed.body, identity.clone()))
    }

    /// Refuses what is refused whatever its body is: a signature that is missing or
    /// incomplete, by an unknown key, for elsewhere or for another time.
    pub(crate) fn check_head(&self, head: Parts, now: DateTime<Utc>) -> Result<Parts, Failure> {
        let checked = Signed::parse(head, Bytes::new()).and_then(|signed| {
            let by = &signed.by;
            by.prevalidate(&self.region, self.service, now, WINDOW)?;
            self.identity(by)?;
            Ok(signed.head)
        });
        checked.map_err(|error| self.refusal(error))
    }

    fn identity(&self, signed: &SigV4Authenticator) -> Result<&Identity, SignatureError> {
        let found = self.credentials.find(access_key_id(signed));
        let (identity, _) = found.ok_or_else(unknown_key)?;
        Ok(identity)
    }

    async fn check(
        &self,
        signed: &SigV4Authenticator,
        now: DateTime<Utc>,
    ) -> Result<(), SignatureError> {
        let credentials = self.credentials.clone();
        let key = move |request| ready(signing_key(&credentials, &request).map_err(Into::into));
        let mut keys = service_for_signing_key_fn(key);
        let checked = signed.validate_signature(&self.region, self.service, now, WINDOW, &mut keys);
        checked.await.map(drop)
    }

    /// The refusal as services in AWS's JSON protocols name it.
    fn refusal(&self, error: SignatureError) -> Failure {
        const MISMATCH: &str = "The request signature we calculated does not match the signature \
            you provided. Check your AWS Secret Access Key and signing method. Consult the \
            service documentation for details.";
        use SignatureError as E;
        let (code, message) = match error {
            E::MissingAuthenticationToken(message) => {
                ("MissingAuthenticationTokenException", message)
            }
            E::IncompleteSignature(message) => ("IncompleteSignatureException", message),
            E::InvalidClientTokenId(message) => ("UnrecognizedClientException", message),
            E::ExpiredToken(message) => ("ExpiredTokenException", message),
            E::SignatureDoesNotMatch(message) => (
                "InvalidSignatureException",
                message.unwrap_or_else(|| MISMATCH.to_owned()),
            ),
            E::InvalidURIPath(message) | E::MalformedQueryString(message) => {
                ("InvalidSignatureException", message)
            }
            other => {
                tracing::error!(error = %other, "a signature could not be verified");
                return Failure::internal();
            }
        };
        Failure::new(self.protocol.unauthenticated(), code, &message)
    }
}

/// A request, and who says to have signed what of it.
struct Signed {
    request: CanonicalRequest,
    by: SigV4Authenticator,
    head: Parts,
    body: Bytes,
}

impl Signed {
    fn parse(head: Parts, body: Bytes) -> Result<Self, SignatureError> {
        // The crate also knows signatures in the query, whose expiry is not
        // checked here: presigned requests are none of this service's.
        let authorization = head.headers.get(AUTHORIZATION);
        if !authorization.is_some_and(|value| value.as_bytes().starts_with(b"AWS4-")) {
            let message = "Request is missing Authentication Token".to_owned();
            return Err(SignatureError::MissingAuthenticationToken(message));
        }
        let (request, head, body) = canonical_request(head, body)?;
        let by = request.get_authenticator(&SIGNED)?;
        Ok(Self {
            request,
            by,
            head,
            body,
        })
    }
}

/// What is signed of a request, beside the request as it came.
fn canonical_request(
    mut head: Parts,
    body: Bytes,
) -> Result<(CanonicalRequest, Parts, Bytes), SignatureError> {
    let sent = head.uri.clone();
    if let Some(uri) = encoded_again(&sent)? {
        head.uri = uri;
    }
    let options = SignatureOptions::default();
    let (request, mut head, body) = CanonicalRequest::from_request_parts(head, body, options)?;
    head.uri = sent;
    Ok((request, head, body))
}

/// The address with its path as it has to be for the canonical request, where that is
/// not the one that was sent.
///
/// Every service but S3 has a path encoded once more than it was sent (IAM User Guide,
/// "Create a signed AWS API request", canonical URI): of `%3A`, `%253A` is signed. The
/// crate decodes each segment and encodes it once, as S3 has it.
fn encoded_again(sent: &Uri) -> Result<Option<Uri>, SignatureError> {
    if !sent.path().contains('%') {
        return Ok(None);
    }
    let path = sent.path().replace('%', "%25");
    let again = match sent.query() {
        Some(query) => Uri::try_from(format!("{path}?{query}")),
        None => Uri::try_from(path),
    };
    // That of a path that has grown longer than addresses may be.
    let again = again.map_err(|error| SignatureError::InvalidURIPath(error.to_string()));
    again.map(Some)
}

/// Where the client says which payload it signed, that is the one that came.
fn check_payload(request: &CanonicalRequest) -> Result<(), SignatureError> {
    let said = request.headers().get("x-amz-content-sha256");
    let mut said = said.into_iter().flatten();
    match said.all(|hash| hash == request.body_sha256().as_bytes()) {
        true => Ok(()),
        false => Err(SignatureError::SignatureDoesNotMatch(None)),
    }
}

fn signing_key(
    credentials: &Credentials,
    request: &GetSigningKeyRequest,
) -> Result<GetSigningKeyResponse, SignatureError> {
    let (_, secret) = credentials
        .find(request.access_key())
        .ok_or_else(unknown_key)?;
    let key = secret.to_ksigning(request.request_date(), request.region(), request.service());
    let response = GetSigningKeyResponse::builder().signing_key(key).build();
    Ok(response.expect("the one required field is set"))
}

fn access_key_id(signed: &SigV4Authenticator) -> &str {
    let (id, _scope) = signed.credential().split_once('/').unwrap_or_default();
    id
}

fn unknown_key() -> SignatureError {
    let message = "The security token included in the request is invalid.";
    SignatureError::InvalidClientTokenId(message.to_owned())
}
