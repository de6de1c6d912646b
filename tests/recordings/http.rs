//! The service over HTTP, as clients reach it.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response, StatusCode, body::Incoming};
use hyper_util::rt::TokioIo;
use sandstep_api::{ApiSettings, HttpLimits, router, serve};
use sandstep_json::{Object, Value};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, oneshot};

use crate::case::Call;
use crate::endpoint::{Answer, Refused, Reply};

/// A client and the server that it talks to, which ends with it.
pub(crate) struct Client {
    connection: Mutex<SendRequest<Full<Bytes>>>,
    _stop: oneshot::Sender<()>,
}

impl Client {
    /// Serves on an address of this machine, and connects to it.
    pub(crate) async fn start(settings: ApiSettings) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(async move {
            let stopped = async { _ = stopped.await };
            serve(listener, router(settings), HttpLimits::default(), stopped).await;
        });
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let handshake = handshake(TokioIo::new(stream)).await;
        let (sender, connection) = handshake.map_err(std::io::Error::other)?;
        tokio::spawn(connection);
        Ok(Self {
            connection: Mutex::new(sender),
            _stop: stop,
        })
    }

    /// An operation of the Step Functions API.
    pub(crate) async fn call(&self, call: &Call, params: &Value) -> Result<Answer, String> {
        let target = format!("AWSStepFunctions.{}", call.operation);
        let request = Request::post("/")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", target);
        self.send(request, params).await
    }

    /// `CreateFunction`.
    pub(crate) async fn create_function(&self, request: &Value) -> Result<Answer, String> {
        let post = Request::post("/2015-03-31/functions");
        let post = post.header("content-type", "application/json");
        self.send(post, request).await
    }

    async fn send(
        &self,
        request: hyper::http::request::Builder,
        body: &Value,
    ) -> Result<Answer, String> {
        let body = Full::new(Bytes::from(body.to_json()));
        let request = request
            .header("host", "localhost")
            .body(body)
            .map_err(|error| error.to_string())?;
        let mut connection = self.connection.lock().await;
        connection
            .ready()
            .await
            .map_err(|error| error.to_string())?;
        let response = connection.send_request(request).await;
        answer(response.map_err(|error| error.to_string())?).await
    }
}

/// What a client makes of a response.
async fn answer(response: Response<Incoming>) -> Result<Answer, String> {
    let (head, body) = response.into_parts();
    let body = body.collect().await.map_err(|error| error.to_string())?;
    let document = Value::parse_slice(&body.to_bytes()).map_err(|error| error.to_string())?;
    let members = document.as_object().ok_or("an answer is an object")?;
    if head.status.is_success() {
        return Ok(Ok(Reply {
            status: status(head.status),
            members: members.clone(),
        }));
    }
    let in_header = head.headers.get("x-amzn-errortype");
    let in_header = in_header.and_then(|name| name.to_str().ok());
    let name = in_header.or_else(|| members.get("__type")?.as_str());
    let name = name.ok_or("a refusal has no name")?;
    Ok(Err(Refused {
        status: status(head.status),
        // Clients cut the namespace off.
        code: name.rsplit('#').next().unwrap_or(name).to_owned(),
        members: members.without("__type"),
    }))
}

fn status(status: StatusCode) -> i64 {
    status.as_u16().into()
}

impl Refused {
    /// The text of the body's `message` or `Message`.
    pub(crate) fn message(&self) -> &str {
        let member = |key| self.members.get(key).and_then(Value::as_str);
        member("message")
            .or_else(|| member("Message"))
            .unwrap_or_default()
    }

    /// The error document of the service's clients.
    pub(crate) fn document(&self) -> Object {
        let summary = [("Code", self.code.as_str()), ("Message", self.message())];
        self.members.with("Error", Object::from(summary))
    }
}
