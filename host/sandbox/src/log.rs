//! What a guest prints, up to a limit.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// The most that a guest may hand over in one write, in bytes.
const WRITE_BYTES: usize = 64 * 1024;

/// How much of its end an error repeats, in bytes.
const LAST_WORDS_BYTES: usize = 300;

/// What one invocation printed to stdout and stderr, in the order of writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// Lines, each behind the request id and a blank, each ended by a
    /// newline. Bytes that are not UTF-8 are replaced. If the log was cut,
    /// the last line says so.
    pub text: String,
    /// How many bytes were dropped because `Limits::log_bytes` was reached.
    pub dropped_bytes: u64,
}

impl Log {
    /// Whether the limit cut something off.
    pub fn is_cut(&self) -> bool {
        self.dropped_bytes > 0
    }
}

/// Where both streams of one guest end up.
#[derive(Clone)]
pub(crate) struct LogSink(Arc<Mutex<Printed>>);

struct Printed {
    bytes: Vec<u8>,
    limit: usize,
    dropped: u64,
}

impl LogSink {
    pub(crate) fn new(limit: usize) -> Self {
        Self(Arc::new(Mutex::new(Printed {
            bytes: Vec::new(),
            limit,
            dropped: 0,
        })))
    }

    fn printed(&self) -> MutexGuard<'_, Printed> {
        // Nothing in here panics halfway through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self, bytes: &[u8]) {
        let mut printed = self.printed();
        let room = printed.limit - printed.bytes.len();
        let kept = bytes.len().min(room);
        printed.bytes.extend_from_slice(&bytes[..kept]);
        printed.dropped += (bytes.len() - kept) as u64;
    }

    /// The log as the caller gets it.
    pub(crate) fn finish(&self, request_id: &str) -> Log {
        let printed = self.printed();
        let mut text = tagged(&String::from_utf8_lossy(&printed.bytes), request_id);
        if printed.dropped > 0 {
            text.push_str(&format!(
                "{request_id} [log cut: {} bytes were dropped beyond the limit of {} bytes]\n",
                printed.dropped, printed.limit
            ));
        }
        Log {
            text,
            dropped_bytes: printed.dropped,
        }
    }

    /// The end of what was printed, on one line: what a panic leaves behind.
    pub(crate) fn last_words(&self) -> Option<String> {
        let printed = self.printed();
        let start = printed.bytes.len().saturating_sub(LAST_WORDS_BYTES);
        let words = String::from_utf8_lossy(&printed.bytes[start..])
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        (!words.is_empty()).then_some(words)
    }
}

fn tagged(text: &str, request_id: &str) -> String {
    let mut lines = String::with_capacity(text.len() + request_id.len() + 2);
    for line in text.lines() {
        lines.push_str(request_id);
        lines.push(' ');
        lines.push_str(line);
        lines.push('\n');
    }
    lines
}

impl IsTerminal for LogSink {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for LogSink {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait::async_trait]
impl Pollable for LogSink {
    async fn ready(&mut self) {}
}

impl OutputStream for LogSink {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.append(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BYTES)
    }
}

impl AsyncWrite for LogSink {
    fn poll_write(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.append(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_bears_the_request_id() {
        let sink = LogSink::new(100);
        sink.append(b"one\ntwo");
        assert_eq!(sink.finish("r1").text, "r1 one\nr1 two\n");
    }

    #[test]
    fn what_exceeds_the_limit_is_dropped_and_said_to_be() {
        let sink = LogSink::new(4);
        sink.append(b"one");
        sink.append(b"two");
        let log = sink.finish("r1");
        assert_eq!(
            log.text,
            "r1 onet\nr1 [log cut: 2 bytes were dropped beyond the limit of 4 bytes]\n"
        );
        assert!(log.is_cut());
    }
}
