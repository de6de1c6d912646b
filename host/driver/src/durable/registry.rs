//! The executions that are in memory.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use sandstep_journal::ExecutionId;
use sandstep_json::Text;
use tokio::sync::{Notify, mpsc};

use super::message::Message;

/// Where messages for an execution wait.
pub(super) type Mailbox = mpsc::Receiver<Message>;

/// Who is in memory, and how to reach them. At most one actor has an execution.
pub(super) struct Registry {
    active: Mutex<Active>,
    /// Told when an execution has begun, or was not to begin.
    begun: Notify,
    /// Told when nobody is left.
    emptied: Notify,
    /// How many messages may wait for one execution.
    messages: usize,
}

#[derive(Default)]
struct Active {
    by_arn: HashMap<Text, Slot>,
    /// Those that are known to the store.
    by_id: HashMap<ExecutionId, mpsc::Sender<Message>>,
}

struct Slot {
    letters: mpsc::Sender<Message>,
    has_begun: bool,
}

/// Why an execution cannot begin under an ARN.
pub(super) enum Taken {
    /// One that has it is about to begin.
    Beginning,
    /// One that has it is in memory.
    Active,
}

/// What became of a message.
pub(super) enum Sent {
    /// It is in the mailbox.
    Delivered,
    /// Nobody is there; here it is again.
    Absent(Message),
    /// The mailbox is full.
    Full,
}

impl Registry {
    pub(super) fn new(messages: usize) -> Self {
        Self {
            active: Mutex::default(),
            begun: Notify::new(),
            emptied: Notify::new(),
            messages: messages.max(1),
        }
    }

    /// Takes an ARN for an execution that is about to begin.
    pub(super) fn reserve(&self, arn: &Text) -> Result<Mailbox, Taken> {
        let mut active = self.active();
        match active.by_arn.get(arn) {
            Some(slot) if slot.has_begun => return Err(Taken::Active),
            Some(_) => return Err(Taken::Beginning),
            None => {}
        }
        let (letters, mailbox) = mpsc::channel(self.messages);
        let has_begun = false;
        let slot = Slot { letters, has_begun };
        active.by_arn.insert(arn.clone(), slot);
        Ok(mailbox)
    }

    /// Waits until an execution has begun under a reserved ARN, or was given up.
    pub(super) async fn until_begun(&self, arn: &Text) {
        loop {
            let begun = self.begun.notified();
            let is_beginning = |active: &Active| {
                let slot = active.by_arn.get(arn);
                slot.is_some_and(|slot| !slot.has_begun)
            };
            if !is_beginning(&self.active()) {
                return;
            }
            begun.await;
        }
    }

    /// The execution of a reserved ARN is in the store.
    pub(super) fn begin(&self, arn: &Text, id: ExecutionId) {
        let mut guard = self.active();
        let active = &mut *guard;
        if let Some(slot) = active.by_arn.get_mut(arn) {
            slot.has_begun = true;
            active.by_id.insert(id, slot.letters.clone());
        }
        drop(guard);
        self.begun.notify_waiters();
    }

    /// Takes the place of an execution that is to be loaded; `None` if it has one.
    /// Its ARN may not be known yet.
    pub(super) fn load(&self, id: ExecutionId, arn: Option<&Text>) -> Option<Mailbox> {
        let mut active = self.active();
        let is_there = arn.is_some_and(|arn| active.by_arn.contains_key(arn));
        if is_there || active.by_id.contains_key(&id) {
            return None;
        }
        let (letters, mailbox) = mpsc::channel(self.messages);
        active.by_id.insert(id, letters);
        Some(mailbox)
    }

    /// The ARN of an execution that was loaded.
    pub(super) fn name(&self, id: ExecutionId, arn: &Text) {
        let mut active = self.active();
        if let Some(letters) = active.by_id.get(&id).cloned() {
            let has_begun = true;
            let slot = Slot { letters, has_begun };
            active.by_arn.insert(arn.clone(), slot);
        }
    }

    /// Whether the execution is in memory.
    pub(super) fn has(&self, arn: &str) -> bool {
        self.active().by_arn.contains_key(arn)
    }

    /// How many executions are in memory.
    pub(super) fn len(&self) -> usize {
        let active = self.active();
        active.by_arn.len().max(active.by_id.len())
    }

    /// Sends a message to an execution.
    pub(super) fn send(&self, place: &Place, message: Message) -> Sent {
        let active = self.active();
        let slot = place.arn.as_ref().and_then(|arn| active.by_arn.get(arn));
        let by_arn = slot.map(|slot| &slot.letters);
        let by_id = || active.by_id.get(&place.id?);
        let Some(letters) = by_arn.or_else(by_id) else {
            return Sent::Absent(message);
        };
        match letters.try_send(message) {
            Ok(()) => Sent::Delivered,
            Err(mpsc::error::TrySendError::Full(_)) => Sent::Full,
            // Its actor was given up and is about to leave.
            Err(mpsc::error::TrySendError::Closed(_)) => Sent::Full,
        }
    }

    /// Lets an execution leave the memory, unless a message is there for it: whoever
    /// finds it absent from now on may load it.
    pub(super) fn leave(&self, place: &Place, mailbox: &mut Mailbox) -> Option<Message> {
        let mut active = self.active();
        if let Ok(message) = mailbox.try_recv() {
            return Some(message);
        }
        active.remove(place);
        None
    }

    /// Forgets an execution, whatever messages it has.
    pub(super) fn remove(&self, place: &Place) {
        let mut active = self.active();
        active.remove(place);
        let is_empty = active.by_arn.is_empty() && active.by_id.is_empty();
        drop(active);
        self.begun.notify_waiters();
        if is_empty {
            self.emptied.notify_waiters();
        }
    }

    /// Waits until nobody is in memory.
    pub(super) async fn until_empty(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.len() == 0 {
                return;
            }
            emptied.await;
        }
    }

    fn active(&self) -> MutexGuard<'_, Active> {
        // Nothing panics while it is held.
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an execution is found by: one of the two is known at least.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) arn: Option<Text>,
    pub(super) id: Option<ExecutionId>,
}

impl Place {
    /// That of the execution with this ARN.
    pub(super) fn named(arn: &str) -> Self {
        Self {
            arn: Some(arn.into()),
            id: None,
        }
    }
}

impl Active {
    fn remove(&mut self, place: &Place) {
        if let Some(arn) = &place.arn {
            self.by_arn.remove(arn);
        }
        if let Some(id) = place.id {
            self.by_id.remove(&id);
        }
    }
}
