//! Revisions that state machines had, and that nothing refers to any more.
//!
//! An update, or the removal of a machine or a version, leaves a revision behind that no
//! record names. From then on none comes to name it again, and nobody who looks for what
//! to start finds it. So once those are through who have found it before, only executions
//! that are in the journal can need it: when none does, it goes.

use std::collections::{BTreeMap, HashMap};

use sandstep_journal::{Change, ListQuery};

use super::StepFunctions;
use super::api_error::ApiError;
use super::executions::engine_error;
use super::records::{Kept, Unchanged};
use super::revision::RevisionOwner;

/// How many revisions are read at a time: each brings along its definition.
const PAGE: usize = 16;

/// How many revisions are looked for in one walk through a machine's executions.
const ROUND: usize = 1_024;

/// How many executions are read at a time: each may bring along its input.
const EXECUTIONS: usize = 50;

/// How many revisions are removed by one change.
const BATCH: usize = 64;

/// Finds the revisions that may go.
#[derive(Default)]
pub(crate) struct Superseded {
    /// An execution that runs, or ran, a revision, by the revision's digest. As long as it
    /// is kept, nobody need look at the machine's other executions.
    users: HashMap<String, String>,
}

/// Revisions of one state machine, by their digests.
type Revisions = HashMap<String, Kept<RevisionOwner>>;

impl Superseded {
    /// Removes the revisions that nothing refers to, and answers how many.
    pub(crate) async fn sweep(&mut self, account: &StepFunctions) -> Result<usize, ApiError> {
        let known = std::mem::take(&mut self.users);
        let (mut after, mut removed) = (None, 0);
        loop {
            let round = account.superseded_after(&mut after).await?;
            if round.is_empty() {
                return Ok(removed);
            }
            account.settle().await;
            for (machine_arn, mut revisions) in round {
                self.keep_known(&known, &mut revisions, account).await?;
                self.keep_used(&machine_arn, &mut revisions, account)
                    .await?;
                removed += account.remove_revisions(revisions).await?;
            }
        }
    }

    /// Takes out the revisions of which a user was known that is still there.
    async fn keep_known(
        &mut self,
        known: &HashMap<String, String>,
        revisions: &mut Revisions,
        account: &StepFunctions,
    ) -> Result<(), ApiError> {
        let digests: Vec<String> = revisions.keys().cloned().collect();
        for digest in digests {
            let Some(user) = known.get(&digest) else {
                continue;
            };
            let runs = account.engine().definition(user).await;
            let runs = runs.map_err(|error| engine_error(error, user))?;
            if runs.as_deref() == Some(&*digest) {
                revisions.remove(&digest);
                self.users.insert(digest, user.clone());
            }
        }
        Ok(())
    }

    /// Takes out the revisions that an execution of the machine needs.
    async fn keep_used(
        &mut self,
        machine_arn: &str,
        revisions: &mut Revisions,
        account: &StepFunctions,
    ) -> Result<(), ApiError> {
        let mut query = ListQuery {
            group: machine_arn.to_owned(),
            statuses: Vec::new(),
            redriven: None,
            newer_than: None,
            after: None,
            limit: EXECUTIONS,
        };
        while !revisions.is_empty() {
            let page = account.engine().list(query.clone()).await;
            let page = page.map_err(|error| engine_error(error, machine_arn))?;
            for run in page.runs {
                if revisions.remove(&*run.definition).is_some() {
                    let (digest, user) = (run.definition.to_string(), run.arn.to_string());
                    self.users.insert(digest, user);
                }
            }
            if page.next.is_none() {
                break;
            }
            query.after = page.next;
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}

impl StepFunctions {
    /// Revisions after a digest that no state machine is and no version, by machine: some
    /// of them, or none if that was all. Moves `after` on.
    async fn superseded_after(
        &self,
        after: &mut Option<String>,
    ) -> Result<BTreeMap<String, Revisions>, ApiError> {
        let mut machines: BTreeMap<String, Revisions> = BTreeMap::new();
        let mut found = 0;
        while found < ROUND {
            let owners = &self.0.records.revision_owners;
            let page = owners.list("", after.clone(), PAGE).await?;
            let Some(last) = page.last() else {
                break;
            };
            *after = Some(last.name.clone());
            for revision in page {
                if !self.is_current(&revision).await? {
                    found += 1;
                    let revisions = machines.entry(revision.machine_arn.clone()).or_default();
                    revisions.insert(revision.name.clone(), revision);
                }
            }
            tokio::task::yield_now().await;
        }
        // After the machines: a revision becomes a version while it is its machine's.
        for (machine_arn, revisions) in &mut machines {
            for version in self.versions_of(machine_arn).await? {
                revisions.remove(&version.revision);
            }
        }
        Ok(machines)
    }

    async fn is_current(&self, revision: &Kept<RevisionOwner>) -> Result<bool, ApiError> {
        let machine = self.0.records.machines.find(&revision.machine_arn).await?;
        Ok(machine.is_some_and(|machine| machine.revision == revision.name))
    }

    /// Waits until everybody is through who may be about to start an execution of what
    /// they have found in the catalog.
    pub(crate) async fn settle(&self) {
        self.0.readers.outwait().await;
        // A start goes on whose caller hung up.
        self.engine().starts_settled().await;
    }

    /// Removes revisions but for those that somebody has just written again.
    async fn remove_revisions(&self, revisions: Revisions) -> Result<usize, ApiError> {
        let changes: Vec<Change> = revisions.values().map(Kept::remove).collect();
        let mut removed = 0;
        for batch in changes.chunks(BATCH) {
            match self.0.records.change(batch.to_vec()).await {
                Ok(()) => removed += batch.len(),
                // The next sweep looks at all of them again.
                Err(Unchanged::Outrun) => {}
                Err(Unchanged::Refused(error)) => return Err(error),
            }
        }
        Ok(removed)
    }
}
