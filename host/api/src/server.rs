//! Accepts connections, within limits, until told to stop.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::in_place::in_place;
use crate::limits::HttpLimits;
use crate::stream::Stream;

/// How long to wait where a connection cannot be accepted for want of
/// something, most likely file descriptors.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// Answers what comes through `listener` until `shutdown` completes; then it
/// accepts nothing more, lets requests end within
/// [`drain_within`](HttpLimits::drain_within), and closes what is left.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: HttpLimits,
    shutdown: impl Future<Output = ()>,
) {
    let mut server = Server::new(router, &limits);
    server.accept_until(&listener, shutdown).await;
    drop(listener);
    server.drain(limits.drain_within).await;
}

struct Server {
    service: TowerToHyperService<Router>,
    protocol: http1::Builder,
    answer_within: Duration,
    places: Arc<Semaphore>,
    connections: JoinSet<()>,
    graceful: GracefulShutdown,
}

impl Server {
    fn new(router: Router, limits: &HttpLimits) -> Self {
        Self {
            service: TowerToHyperService::new(router),
            protocol: protocol(limits),
            answer_within: limits.answer_within,
            places: Arc::new(Semaphore::new(limits.connections)),
            connections: JoinSet::new(),
            graceful: GracefulShutdown::new(),
        }
    }

    async fn accept_until(&mut self, listener: &TcpListener, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                // Before the next one, so that those that ended do not pile up.
                Some(_) = self.connections.join_next() => {}
                (place, accepted) = accept(&self.places, listener) => match accepted {
                    Ok(stream) => self.attend(stream, place),
                    Err(error) => after_refusal(&error).await,
                },
            }
        }
    }

    /// Answers a connection's requests beside all others.
    fn attend(&mut self, stream: TcpStream, place: OwnedSemaphorePermit) {
        // Answers are small and complete: waiting for more delays them.
        let _ = stream.set_nodelay(true);
        let stream = Stream::new(stream, self.answer_within);
        let service = self.service.clone();
        let connection = self
            .protocol
            .serve_connection(TokioIo::new(stream), service);
        let connection = self.graceful.watch(connection);
        self.connections.spawn(async move {
            if let Err(error) = in_place(connection).await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }

    async fn drain(mut self, within: Duration) {
        let drained = timeout(within, self.graceful.shutdown()).await;
        if drained.is_err() {
            tracing::warn!("closing connections whose requests have not ended in time");
        }
        self.connections.shutdown().await;
    }
}

fn protocol(limits: &HttpLimits) -> http1::Builder {
    /// What hyper needs to read at all.
    const LEAST_HEAD: usize = 8 << 10;
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_within)
        .max_headers(limits.headers)
        .max_buf_size(limits.head.max(LEAST_HEAD))
        .keep_alive(limits.keep_alive);
    protocol
}

/// The next connection, once there is a place for it.
async fn accept(
    places: &Arc<Semaphore>,
    listener: &TcpListener,
) -> (OwnedSemaphorePermit, io::Result<TcpStream>) {
    let place = places.clone().acquire_owned().await;
    let place = place.expect("the semaphore is never closed");
    let accepted = listener.accept().await;
    (place, accepted.map(|(stream, _)| stream))
}

/// A connection that was gone before it was accepted concerns nobody else; any
/// other error may last.
async fn after_refusal(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    ) {
        return;
    }
    tracing::error!(%error, "cannot accept connections");
    sleep(ACCEPT_AGAIN_AFTER).await;
}
