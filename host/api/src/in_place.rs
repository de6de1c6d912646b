//! Polls what wakes itself again where it is.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;

/// How often a future that wakes itself is polled in a row, before others are let
/// run. A connection needs two.
const POLLS: usize = 4;

/// Completes as `future` does, which is polled again at once where it was woken
/// while it was polled.
///
/// hyper's connections wake themselves with each body that is taken from them. A
/// runtime of several threads puts what was woken behind all that waits, and wakes
/// another thread for it: a second turn for each request, often on another core.
pub(crate) async fn in_place<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(Arc::clone(&bell));
    poll_fn(|context| {
        bell.outer.register(context.waker());
        for _ in 0..POLLS {
            bell.begin();
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Poll::Ready(output);
            }
            if !bell.has_rung() {
                return Poll::Pending;
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

/// Nobody polls: whoever rings is told on.
const IDLE: u8 = 0;
/// Somebody polls, and looks again before it leaves.
const POLLED: u8 = 1;
/// Somebody polls, and has to do so again.
const RUNG: u8 = 2;

/// What a future wakes, itself or from elsewhere.
#[derive(Default)]
struct Bell {
    state: AtomicU8,
    outer: AtomicWaker,
}

impl Bell {
    fn begin(&self) {
        self.state.store(POLLED, Ordering::Release);
    }

    /// Whether it has rung since polling began, which ends with this.
    fn has_rung(&self) -> bool {
        self.state.swap(IDLE, Ordering::AcqRel) == RUNG
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let rung = self
            .state
            .compare_exchange(POLLED, RUNG, Ordering::AcqRel, Ordering::Acquire);
        if rung == Err(IDLE) {
            self.outer.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    /// Counts what reaches the runtime.
    #[derive(Default)]
    struct Runtime(AtomicUsize);

    impl Wake for Runtime {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Polls once a future that wakes itself so often. Answers whether it ended, how
    /// often it was polled, and how often the runtime was woken.
    fn poll_once(wakes: usize) -> (bool, usize, usize) {
        let mut polls = 0;
        let future = in_place(poll_fn(|context| {
            polls += 1;
            if polls > wakes {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        }));
        let runtime = Arc::new(Runtime::default());
        let waker = Waker::from(Arc::clone(&runtime));
        let polled = pin!(future).poll(&mut Context::from_waker(&waker));
        (polled.is_ready(), polls, runtime.0.load(Ordering::Relaxed))
    }

    #[test]
    fn what_wakes_itself_is_polled_again_without_the_runtime() {
        assert_eq!(poll_once(0), (true, 1, 0));
        assert_eq!(poll_once(1), (true, 2, 0));
        assert_eq!(poll_once(POLLS - 1), (true, POLLS, 0));
    }

    #[test]
    fn what_never_stops_waking_itself_lets_others_run() {
        assert_eq!(poll_once(usize::MAX), (false, POLLS, 1));
    }

    #[tokio::test]
    async fn what_is_woken_from_elsewhere_goes_on() {
        let (tell, mut told) = tokio::sync::mpsc::channel(1);
        let heard = tokio::spawn(in_place(async move {
            let mut heard = 0;
            while told.recv().await.is_some() {
                heard += 1;
            }
            heard
        }));
        for _ in 0..100 {
            tell.send(()).await.expect("somebody listens");
            tokio::task::yield_now().await;
        }
        drop(tell);
        assert_eq!(heard.await.expect("it does not panic"), 100);
    }
}
