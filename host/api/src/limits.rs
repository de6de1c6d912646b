//! What a client may ask of the endpoint.

use std::time::Duration;

/// The limits of HTTP, before any operation has a say.
///
/// What is in memory for clients is bounded by them together: each connection
/// holds at most [`head`](Self::head) bytes beside its request, and all bodies
/// at most [`bodies`](Self::bodies).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// How many connections are open at a time; further ones wait in the
    /// kernel's queue until one closes. 8,192 unless set.
    pub connections: usize,
    /// How many requests are worked on at a time, long polls included; a
    /// further one is refused with `ThrottlingException`. 4,096 unless set.
    pub requests: usize,
    /// Bytes of a request's line and headers; beyond it the answer is 431.
    /// 65,536 unless set, and at least 8,192.
    pub head: usize,
    /// How many headers a request has; beyond it the answer is 431. 100
    /// unless set.
    pub headers: usize,
    /// Bytes of a request's body; beyond it the request is refused with 413
    /// before the rest is read. 4 MiB unless set: AWS takes 1 MB, but a
    /// definition of that size is longer as a string in JSON.
    pub body: usize,
    /// Bytes of the body of a request to the Lambda API, which uploads functions'
    /// code as text; beyond it the request is refused with 413 before the rest is
    /// read. 70,167,211 unless set, as on AWS.
    pub upload: usize,
    /// Bytes of all bodies together that have come and are being read or worked on;
    /// a request that finds no room for more of its own is refused with
    /// `ThrottlingException`. 256 MiB unless set.
    pub bodies: usize,
    /// How long a connection may take until a whole head has come, the time
    /// that it is idle included; then it is closed. 60 s unless set.
    pub head_within: Duration,
    /// How long a body may take once its head has come; then the request is
    /// refused with 408. 30 s unless set.
    pub body_within: Duration,
    /// How long a client may take until it reads on, where an answer has more
    /// for it; then the connection is closed. 30 s unless set.
    pub answer_within: Duration,
    /// Whether a connection is used for more than one request. True unless set.
    pub keep_alive: bool,
    /// How long requests may go on once the server is told to stop; then their
    /// connections are closed. 30 s unless set.
    pub drain_within: Duration,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connections: 8_192,
            requests: 4_096,
            head: 64 << 10,
            headers: 100,
            body: 4 << 20,
            upload: 70_167_211,
            bodies: 256 << 20,
            head_within: Duration::from_secs(60),
            body_within: Duration::from_secs(30),
            answer_within: Duration::from_secs(30),
            keep_alive: true,
            drain_within: Duration::from_secs(30),
        }
    }
}
