//! Where messages for an execution wait.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::Notify, task::AbortHandle};

use super::message::Message;

/// Where messages for an execution wait, and by what its actor is ended. The registry and
/// the actor share it.
#[derive(Default)]
pub(super) struct Mailbox {
    inside: Mutex<Inside>,
    arrived: Notify,
}

#[derive(Default)]
struct Inside {
    messages: VecDeque<Message>,
    actor: Option<AbortHandle>,
}

impl Mailbox {
    /// Puts a message in; it comes back where as many as `limit` wait already.
    pub(super) fn put(&self, message: Message, limit: usize) -> Result<(), Message> {
        let mut inside = self.inside();
        if inside.messages.len() >= limit {
            return Err(message);
        }
        inside.messages.push_back(message);
        drop(inside);
        self.arrived.notify_one();
        Ok(())
    }

    /// The next message, if one is there.
    pub(super) fn take(&self) -> Option<Message> {
        self.inside().messages.pop_front()
    }

    /// Waits for the next message. No message is lost with the future.
    pub(super) async fn next(&self) -> Message {
        loop {
            if let Some(message) = self.take() {
                return message;
            }
            self.arrived.notified().await;
        }
    }

    /// Says what ends its actor.
    pub(super) fn set_actor(&self, actor: AbortHandle) {
        self.inside().actor = Some(actor);
    }

    /// Ends its actor where it waits, if it is said by what.
    pub(super) fn end_actor(&self) {
        // Taken out first: it may be dropped at once, and its mailbox with it.
        let actor = self.inside().actor.take();
        if let Some(actor) = actor {
            actor.abort();
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // Nothing panics while it is held.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
