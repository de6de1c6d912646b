//! What a store answers later.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use futures_channel::oneshot;

use crate::error::{Error, Result};

/// The answer of a store: a future that needs no particular executor.
///
/// The operation is under way whether anybody waits or not. Dropping an answer
/// does not undo it.
#[must_use = "an operation is done once its answer has arrived"]
pub struct Answer<T>(oneshot::Receiver<Result<T>>);

/// The other end of an [`Answer`].
pub(crate) struct Reply<T>(oneshot::Sender<Result<T>>);

impl<T> Answer<T> {
    /// An answer, and the end that gives it.
    pub(crate) fn pending() -> (Reply<T>, Self) {
        let (sender, receiver) = oneshot::channel();
        (Reply(sender), Self(receiver))
    }

    /// An answer that is there already.
    pub fn ready(result: Result<T>) -> Self {
        let (reply, answer) = Self::pending();
        reply.give(result);
        answer
    }

    /// Blocks this thread until the answer is there.
    ///
    /// Not for threads that drive futures: they would hold up the others.
    ///
    /// # Errors
    ///
    /// Fails as the operation did.
    pub fn wait(self) -> Result<T> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        let mut answer = pin!(self);
        loop {
            if let Poll::Ready(result) = answer.as_mut().poll(&mut context) {
                return result;
            }
            thread::park();
        }
    }
}

impl<T> Future for Answer<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Whoever was to answer is gone: the store was closed meanwhile.
        let answered = Pin::new(&mut self.0).poll(context);
        answered.map(|result| result.unwrap_or(Err(Error::Closed)))
    }
}

impl<T> Reply<T> {
    /// Gives the answer. Nobody may be waiting for it any more.
    pub(crate) fn give(self, result: Result<T>) {
        let _ = self.0.send(result);
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
