//! The executions that are in memory.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use foldhash::fast::RandomState;
use sandstep_journal::ExecutionId;
use sandstep_json::Text;
use tokio::{
    sync::{Notify, futures::OwnedNotified},
    task::AbortHandle,
};

use super::{mailbox::Mailbox, message::Message};

/// Who is in memory, and how to reach them. At most one actor has an execution.
pub(super) struct Registry {
    active: Mutex<Active>,
    /// Told when nobody is left.
    emptied: Notify,
    /// Whether all actors are to end.
    is_cut: AtomicBool,
    /// How many messages may wait for one execution.
    messages: usize,
}

#[derive(Default)]
struct Active {
    by_arn: HashMap<Text, Slot, RandomState>,
    /// Those that are known to the store.
    by_id: HashMap<ExecutionId, Arc<Mailbox>, RandomState>,
}

struct Slot {
    mailbox: Arc<Mailbox>,
    has_begun: bool,
    /// Told when it has begun, or was given up; made for the first who wants its ARN too.
    begun: Option<Arc<Notify>>,
}

/// Why an execution cannot begin under an ARN.
pub(super) enum Taken {
    /// One that has it is about to begin: until it has, or was given up.
    Beginning(OwnedNotified),
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
            emptied: Notify::new(),
            is_cut: AtomicBool::new(false),
            messages: messages.max(1),
        }
    }

    /// Takes an ARN for an execution that is about to begin.
    pub(super) fn reserve(&self, arn: &Text) -> Result<Arc<Mailbox>, Taken> {
        let mut active = self.active();
        if let Some(slot) = active.by_arn.get_mut(arn) {
            return Err(slot.taken());
        }
        let mailbox = Arc::<Mailbox>::default();
        let slot = Slot::new(Arc::clone(&mailbox), false);
        active.by_arn.insert(arn.clone(), slot);
        Ok(mailbox)
    }

    /// The executions that are about to begin: each until it has, or was given up.
    pub(super) fn beginning(&self) -> Vec<OwnedNotified> {
        let mut active = self.active();
        let taken = active.by_arn.values_mut().map(Slot::taken);
        let beginning = taken.filter_map(|taken| match taken {
            Taken::Beginning(begun) => Some(begun),
            Taken::Active => None,
        });
        beginning.collect()
    }

    /// What ends once the execution of a reserved ARN has begun, or was given up.
    pub(super) fn until_begun(&self, arn: &str) -> Option<OwnedNotified> {
        match self.active().by_arn.get_mut(arn)?.taken() {
            Taken::Beginning(begun) => Some(begun),
            Taken::Active => None,
        }
    }

    /// The execution of a reserved ARN is in the store.
    pub(super) fn begin(&self, arn: &Text, id: ExecutionId) {
        let mut guard = self.active();
        let active = &mut *guard;
        if let Some(slot) = active.by_arn.get_mut(arn) {
            slot.has_begun = true;
            slot.tell();
            active.by_id.insert(id, Arc::clone(&slot.mailbox));
        }
    }

    /// Takes the place of an execution that is to be loaded; `None` if it has one.
    /// Its ARN may not be known yet.
    pub(super) fn load(&self, id: ExecutionId, arn: Option<&Text>) -> Option<Arc<Mailbox>> {
        let mut active = self.active();
        let is_there = arn.is_some_and(|arn| active.by_arn.contains_key(arn));
        if is_there || active.by_id.contains_key(&id) {
            return None;
        }
        let mailbox = Arc::<Mailbox>::default();
        active.by_id.insert(id, Arc::clone(&mailbox));
        Some(mailbox)
    }

    /// The ARN of an execution that was loaded.
    pub(super) fn name(&self, id: ExecutionId, arn: &Text) {
        let mut active = self.active();
        if let Some(mailbox) = active.by_id.get(&id).map(Arc::clone) {
            let other = active.by_arn.insert(arn.clone(), Slot::new(mailbox, true));
            other.iter().for_each(Slot::tell);
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
        let by_arn = slot.map(|slot| &slot.mailbox);
        let by_id = || active.by_id.get(&place.id?);
        let Some(mailbox) = by_arn.or_else(by_id) else {
            return Sent::Absent(message);
        };
        match mailbox.put(message, self.messages) {
            Ok(()) => Sent::Delivered,
            Err(_) => Sent::Full,
        }
    }

    /// Lets an execution leave the memory, unless a message is there for it: whoever
    /// finds it absent from now on may load it.
    pub(super) fn leave(&self, place: &Place, mailbox: &Mailbox) -> Option<Message> {
        let mut active = self.active();
        if let Some(message) = mailbox.take() {
            return Some(message);
        }
        self.forget(&mut active, place);
        None
    }

    /// Forgets an execution, whatever messages it has.
    pub(super) fn remove(&self, place: &Place) {
        self.forget(&mut self.active(), place);
    }

    fn forget(&self, active: &mut Active, place: &Place) {
        active.remove(place);
        if active.by_arn.is_empty() && active.by_id.is_empty() {
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

    /// Says what ends the actor of a mailbox, and ends it if all are to end.
    pub(super) fn set_actor(&self, mailbox: &Mailbox, actor: AbortHandle) {
        mailbox.set_actor(actor);
        // Whoever cuts them off says so first, and looks into each mailbox then.
        if self.is_cut.load(Ordering::Relaxed) {
            mailbox.end_actor();
        }
    }

    /// Ends all actors where they wait, now and from now on.
    pub(super) fn cut(&self) {
        self.is_cut.store(true, Ordering::Relaxed);
        let mailboxes: Vec<Arc<Mailbox>> = self.active().mailboxes().cloned().collect();
        for mailbox in mailboxes {
            mailbox.end_actor();
        }
    }

    fn active(&self) -> MutexGuard<'_, Active> {
        // Nothing panics while it is held.
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    fn new(mailbox: Arc<Mailbox>, has_begun: bool) -> Self {
        Self {
            mailbox,
            has_begun,
            begun: None,
        }
    }

    fn taken(&mut self) -> Taken {
        if self.has_begun {
            return Taken::Active;
        }
        let begun = self.begun.get_or_insert_default();
        // It counts from here on, while nobody can begin.
        Taken::Beginning(Arc::clone(begun).notified_owned())
    }

    fn tell(&self) {
        self.begun.iter().for_each(|begun| begun.notify_waiters());
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
        let slot = place.arn.as_ref().and_then(|arn| self.by_arn.remove(arn));
        slot.iter().for_each(Slot::tell);
        if let Some(id) = place.id {
            self.by_id.remove(&id);
        }
    }

    /// Those of all executions; most come twice.
    fn mailboxes(&self) -> impl Iterator<Item = &Arc<Mailbox>> {
        let named = self.by_arn.values().map(|slot| &slot.mailbox);
        named.chain(self.by_id.values())
    }
}
