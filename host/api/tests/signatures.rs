//! Only what a known key has signed is answered.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sandstep_api::{Credentials, HttpLimits};
use sandstep_sandbox::CompilerProgram;

use tokio::time::{sleep, timeout};

use support::{Answer, Endpoint, Options, REGION};

const ID: &str = "SANDSTEPOPERATOR";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const OTHER: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCZEXAMPLEKEY";
const MISMATCH: &str = "The request signature we calculated does not match the signature you \
    provided. Check your AWS Secret Access Key and signing method. Consult the service \
    documentation for details.";

async fn signed_endpoint() -> Endpoint {
    Endpoint::with(signed()).await
}

fn signed() -> Options {
    let file = format!("[operator]\naws_access_key_id={ID}\naws_secret_access_key={SECRET}\n");
    Options {
        credentials: Some(Credentials::parse(&file).unwrap()),
        ..Options::default()
    }
}

/// A request, and who signs it when and for what.
struct Request {
    id: &'static str,
    secret: &'static str,
    region: &'static str,
    service: &'static str,
    at: SystemTime,
    method: &'static str,
    path: &'static str,
    headers: Vec<(String, String)>,
    body: String,
}

impl Default for Request {
    fn default() -> Self {
        let headers = [
            ("host", "states.us-east-1.amazonaws.com"),
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amz-target", "AWSStepFunctions.ListStateMachines"),
        ];
        Self {
            id: ID,
            secret: SECRET,
            region: REGION,
            service: "states",
            at: SystemTime::now(),
            method: "POST",
            path: "/",
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            body: "{}".to_owned(),
        }
    }
}

impl Request {
    /// Has AWS's own crate sign it.
    fn sign(mut self) -> Self {
        let identity =
            aws_credential_types::Credentials::new(self.id, self.secret, None, None, "test");
        let identity = identity.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(self.at)
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let headers = self.headers.iter().map(|(name, value)| (&**name, &**value));
        let body = SignableBody::Bytes(self.body.as_bytes());
        let address = format!("http://states.us-east-1.amazonaws.com{}", self.path);
        let request = SignableRequest::new(self.method, address, headers, body);
        let (signed, _) = sign(request.unwrap(), &params).unwrap().into_parts();
        let added = signed
            .headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let added: Vec<_> = added.collect();
        self.headers.extend(added);
        self
    }

    fn header(&mut self, wanted: &str) -> &mut String {
        let mut headers = self.headers.iter_mut();
        let (_, value) = headers
            .find(|(name, _)| name == wanted)
            .expect("the header is there");
        value
    }

    fn without(mut self, unwanted: &str) -> Self {
        self.headers.retain(|(name, _)| name != unwanted);
        self
    }

    /// The head but for the body's length.
    fn head(&self) -> String {
        let Self { method, path, .. } = self;
        let headers = self.headers.iter();
        let headers: String = headers
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        format!("{method} {path} HTTP/1.1\r\n{headers}")
    }

    async fn send(&self, endpoint: &Endpoint) -> Answer {
        let (head, body) = (self.head(), &self.body);
        let length = body.len();
        let mut client = endpoint.connect().await;
        client
            .send(format!("{head}Content-Length: {length}\r\n\r\n{body}"))
            .await;
        client.answer().await
    }

    #[track_caller]
    fn refused(answer: &Answer, code: &str, message: &str) {
        let kind = format!("com.amazon.coral.service#{code}");
        assert_eq!((answer.status, answer.text("__type")), (400, kind));
        assert!(answer.text("message").contains(message), "{answer:?}");
    }
}

#[tokio::test]
async fn a_signed_request_is_answered() {
    let endpoint = signed_endpoint().await;
    let answer = Request::default().sign().send(&endpoint).await;
    assert_eq!(
        (answer.status, &*answer.body),
        (200, r#"{"stateMachines":[]}"#)
    );
}

#[tokio::test]
async fn what_is_encoded_in_a_path_is_signed_as_it_was_sent() {
    let endpoint = Endpoint::with(Options {
        lambda: Some(support::lambda(CompilerProgram::new("unused", [""])).await),
        ..signed()
    })
    .await;
    const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:echo";
    for path in [
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Aecho",
        "/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:echo",
        "/2015-03-31/functions/ech%6f",
        "/2015-03-31/functions/echo%3A%24LATEST?Qualifier=%24LATEST",
    ] {
        let request = Request {
            service: "lambda",
            method: "GET",
            path,
            body: String::new(),
            ..Request::default()
        };
        let answer = request.without("x-amz-target").sign();
        let answer = answer.send(&endpoint).await;
        // Who signed it is known, and the function by its name, which is not there.
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
        assert!(answer.text("Message").contains(ARN), "{answer:?}");
    }
}

#[tokio::test]
async fn a_signature_does_not_cover_another_path() {
    let endpoint = signed_endpoint().await;
    let request = Request {
        path: "/a%2Fb",
        ..Request::default()
    };
    let mut request = request.sign();
    assert_eq!(request.send(&endpoint).await.status, 404);
    for path in ["/a%2fb", "/a/b", "/a%252Fb", "/a%2Fc"] {
        request.path = path;
        let answer = request.send(&endpoint).await;
        Request::refused(&answer, "InvalidSignatureException", MISMATCH);
    }
    request.path = Box::leak(format!("/{}", "%".repeat(60_000)).into());
    let answer = request.send(&endpoint).await;
    Request::refused(&answer, "InvalidSignatureException", "");
}

#[tokio::test]
async fn a_request_without_a_signature_is_refused() {
    let endpoint = signed_endpoint().await;
    let answer = Request::default().send(&endpoint).await;
    let code = "MissingAuthenticationTokenException";
    Request::refused(&answer, code, "Request is missing Authentication Token");
}

#[tokio::test]
async fn a_signature_in_the_query_is_none() {
    let endpoint = signed_endpoint().await;
    let mut client = endpoint.connect().await;
    let head = support::request("ListStateMachines", "{}");
    let query = format!(
        "POST /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={ID}&X-Amz-Signature=00 HTTP"
    );
    client.send(head.replacen("POST / HTTP", &query, 1)).await;
    let answer = client.answer().await;
    Request::refused(&answer, "MissingAuthenticationTokenException", "");
}

#[tokio::test]
async fn a_signature_with_another_secret_is_refused() {
    let endpoint = signed_endpoint().await;
    let request = Request {
        secret: OTHER,
        ..Request::default()
    };
    let answer = request.sign().send(&endpoint).await;
    Request::refused(&answer, "InvalidSignatureException", MISMATCH);
}

#[tokio::test]
async fn an_unknown_key_is_refused() {
    let endpoint = signed_endpoint().await;
    let request = Request {
        id: "NOBODY",
        ..Request::default()
    };
    let answer = request.sign().send(&endpoint).await;
    let message = "The security token included in the request is invalid.";
    Request::refused(&answer, "UnrecognizedClientException", message);
}

#[tokio::test]
async fn a_replayed_signature_does_not_cover_another_body() {
    let endpoint = signed_endpoint().await;
    let mut request = Request::default().sign();
    assert_eq!(request.send(&endpoint).await.status, 200);
    request.body = r#"{"maxResults":1}"#.to_owned();
    let answer = request.send(&endpoint).await;
    Request::refused(&answer, "InvalidSignatureException", MISMATCH);
}

#[tokio::test]
async fn a_payload_hash_is_that_of_the_payload() {
    let endpoint = signed_endpoint().await;
    let mut request = Request::default();
    let wrong = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    request
        .headers
        .push(("x-amz-content-sha256".to_owned(), wrong.to_owned()));
    let answer = request.sign().send(&endpoint).await;
    Request::refused(&answer, "InvalidSignatureException", MISMATCH);
}

#[tokio::test]
async fn headers_cannot_be_tampered_with() {
    let endpoint = signed_endpoint().await;
    let mut other_target = Request::default().sign();
    *other_target.header("x-amz-target") = "AWSStepFunctions.ListActivities".to_owned();
    let answer = other_target.send(&endpoint).await;
    Request::refused(&answer, "InvalidSignatureException", MISMATCH);

    let mut other_host = Request::default().sign();
    *other_host.header("host") = "elsewhere".to_owned();
    let answer = other_host.send(&endpoint).await;
    Request::refused(&answer, "InvalidSignatureException", MISMATCH);

    let mut unsigned = Request::default().without("x-amz-target").sign();
    let target = "AWSStepFunctions.ListStateMachines".to_owned();
    unsigned.headers.push(("x-amz-target".to_owned(), target));
    let answer = unsigned.send(&endpoint).await;
    let message = "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.";
    Request::refused(&answer, "InvalidSignatureException", message);
}

#[tokio::test]
async fn a_signature_is_good_for_five_minutes_either_way() {
    const MINUTE: Duration = Duration::from_secs(60);
    let endpoint = signed_endpoint().await;
    let at = |at| Request {
        at,
        ..Request::default()
    };
    let now = SystemTime::now();
    assert_eq!(
        at(now - 4 * MINUTE).sign().send(&endpoint).await.status,
        200
    );
    assert_eq!(
        at(now + 4 * MINUTE).sign().send(&endpoint).await.status,
        200
    );
    let answer = at(now - 6 * MINUTE).sign().send(&endpoint).await;
    Request::refused(&answer, "InvalidSignatureException", "Signature expired: ");
    Request::refused(&answer, "InvalidSignatureException", " - 5 min.)");
    let answer = at(now + 6 * MINUTE).sign().send(&endpoint).await;
    Request::refused(
        &answer,
        "InvalidSignatureException",
        "Signature not yet current: ",
    );
}

#[tokio::test]
async fn a_signature_is_for_this_region_and_service() {
    let endpoint = signed_endpoint().await;
    let elsewhere = Request {
        region: "eu-west-1",
        ..Request::default()
    };
    let answer = elsewhere.sign().send(&endpoint).await;
    let message = "Credential should be scoped to a valid region, not 'eu-west-1'.";
    Request::refused(&answer, "InvalidSignatureException", message);
    let lambda = Request {
        service: "lambda",
        ..Request::default()
    };
    let answer = lambda.sign().send(&endpoint).await;
    let message = "Credential should be scoped to correct service: 'states'.";
    Request::refused(&answer, "InvalidSignatureException", message);
}

#[tokio::test]
async fn mangled_signatures_are_refused_by_name() {
    let endpoint = signed_endpoint().await;
    for (authorization, code) in [
        ("Bearer x", "MissingAuthenticationTokenException"),
        (
            "AWS4-HMAC-SHA512 Credential=a",
            "IncompleteSignatureException",
        ),
        ("AWS4-HMAC-SHA256", "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256 nonsense", "IncompleteSignatureException"),
        (
            "AWS4-HMAC-SHA256 Credential=/////, SignedHeaders=;;, Signature=é",
            "InvalidSignatureException",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=, SignedHeaders=host;x-amz-date;x-amz-target, Signature=",
            "IncompleteSignatureException",
        ),
    ] {
        let mut request = Request::default().sign();
        *request.header("authorization") = authorization.to_owned();
        let answer = request.send(&endpoint).await;
        Request::refused(&answer, code, "");
    }
    for date in ["", "yesterday", "99999999T999999Z", "20150830T1236"] {
        let mut request = Request::default().sign();
        *request.header("x-amz-date") = date.to_owned();
        let answer = request.send(&endpoint).await;
        Request::refused(
            &answer,
            "IncompleteSignatureException",
            "Date must be in ISO-8601",
        );
    }
}

#[tokio::test]
async fn who_is_not_known_keeps_nobody_out() {
    let endpoint = Endpoint::with(Options {
        limits: HttpLimits {
            requests: 2,
            body: 64 << 10,
            bodies: 64 << 10,
            ..HttpLimits::default()
        },
        ..signed()
    })
    .await;
    let unknown = Request {
        id: "NOBODY",
        ..Request::default()
    };
    let elsewhere = Request {
        region: "eu-west-1",
        ..Request::default()
    };
    let mut idle = Vec::new();
    for (request, code) in [
        (Request::default(), "MissingAuthenticationTokenException"),
        (unknown.sign(), "UnrecognizedClientException"),
        (elsewhere.sign(), "InvalidSignatureException"),
    ] {
        for length in ["Content-Length: 65536", "Transfer-Encoding: chunked"] {
            let mut client = endpoint.connect().await;
            let head = request.head();
            client.send(format!("{head}{length}\r\n\r\n")).await;
            // Nothing of its body has to come for that.
            Request::refused(&client.answer().await, code, "");
            idle.push(client);
        }
    }
    let answer = Request::default().sign().send(&endpoint).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn a_signed_body_may_come_late() {
    let endpoint = signed_endpoint().await;
    let request = Request::default().sign();
    let mut client = endpoint.connect().await;
    let head = request.head();
    client
        .send(format!("{head}Content-Length: 2\r\n\r\n"))
        .await;
    let early = timeout(Duration::from_millis(200), client.answer()).await;
    assert!(early.is_err(), "its body is waited for: {early:?}");
    for half in ["{", "}"] {
        client.send(half).await;
        sleep(Duration::from_millis(20)).await;
    }
    let answer = client.answer().await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// What headers of signatures are made of, in any order.
const FRAGMENTS: [&str; 16] = [
    "Credential=",
    "SignedHeaders=",
    "Signature=",
    ID,
    "/",
    "us-east-1/states",
    "/aws4_request",
    "/20150830",
    ",",
    ";",
    " ",
    "=",
    "%",
    "é",
    "host",
    "x-amz-date;x-amz-target",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_a_signature_says_is_refused_and_not_a_failure(
        authorization in vec(select(&FRAGMENTS[..]), 0..12),
        date in "[0-9TZ:+-]{0,20}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let endpoint = signed_endpoint().await;
            let mut request = Request::default().sign();
            *request.header("authorization") = format!("AWS4-HMAC-SHA256 {}", authorization.concat());
            *request.header("x-amz-date") = date;
            assert_eq!(request.send(&endpoint).await.status, 400);
        });
    }
}
