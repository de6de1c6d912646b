//! One request over HTTP/1.1, and its answer.

use std::error::Error;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The most bytes of an answer: a page of a hundred events, each with a
/// payload as long as it may be, escaped.
const ANSWER_BYTES: usize = 128 << 20;

/// How long making the connection may take.
const CONNECT_TIME: Duration = Duration::from_secs(5);

/// What an endpoint answered.
#[derive(Debug)]
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreachable {
    #[error("there is no connection to {0}")]
    Connect(String, #[source] std::io::Error),
    #[error("there was no answer within {} s", .0.as_secs())]
    Silent(Duration),
    #[error("the request cannot be signed")]
    Unsigned(#[source] Box<dyn Error + Send + Sync>),
    #[error("the connection broke")]
    Broken(#[source] hyper::Error),
    #[error("the answer could not be read")]
    Answer(#[source] Box<dyn Error + Send + Sync>),
}

impl Unreachable {
    /// Nothing came for so long.
    pub(super) fn silent(time: Duration) -> Self {
        Self::Silent(time)
    }
}

/// Sends a request to `host:port` and reads the answer.
pub(super) async fn send(
    address: &str,
    request: Request<Full<Bytes>>,
) -> Result<Answer, Unreachable> {
    let stream = connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(Unreachable::Broken)?;
    let exchange = async {
        let response = sender.send_request(request).await;
        read(response.map_err(Unreachable::Broken)?).await
    };
    // The connection carries the bytes; it ends when the answer has come.
    tokio::pin!(exchange);
    tokio::select! {
        answer = &mut exchange => return answer,
        ended = connection => ended.map_err(Unreachable::Broken)?,
    }
    exchange.await
}

async fn connect(address: &str) -> Result<TcpStream, Unreachable> {
    let connecting = tokio::time::timeout(CONNECT_TIME, TcpStream::connect(address));
    let stream = connecting
        .await
        .map_err(|_| Unreachable::Silent(CONNECT_TIME))?
        .map_err(|cause| Unreachable::Connect(address.to_owned(), cause))?;
    // A small request must not wait for the answer to an earlier packet.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

async fn read(response: Response<Incoming>) -> Result<Answer, Unreachable> {
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), ANSWER_BYTES)
        .collect()
        .await
        .map_err(Unreachable::Answer)?;
    Ok(Answer {
        status,
        body: body.to_bytes().into(),
    })
}
