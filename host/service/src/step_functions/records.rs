//! What an account keeps in the catalog, as records by name.
//!
//! A name is an ARN, and a digest for what never changes. All changes go
//! through [`Records::change`], and what belongs together changes together.

mod recent;
mod table;
mod when;

use std::sync::Arc;

use sandstep_journal::{Catalog, Change, Error, Key, Kind};
use tokio::runtime::Handle;

use super::activity::Activity;
use super::alias::Alias;
use super::api_error::ApiError;
use super::machine::Machine;
use super::revision::{Revision, RevisionOwner};
use super::tags::Tags;
use super::version::Version;

pub(crate) use self::table::{Kept, Record, Table, add, write};
pub(crate) use self::when::millis;

pub(crate) struct Records {
    catalog: Arc<dyn Catalog>,
    runtime: Handle,
    /// State machines by their ARNs.
    pub(crate) machines: Table<Machine>,
    /// What state machines were at a time, by digest.
    pub(crate) revisions: Table<Revision>,
    /// The same without their definitions: to be listed, and nothing is remembered of it.
    pub(crate) revision_owners: Table<RevisionOwner>,
    /// Published versions by their ARNs.
    pub(crate) versions: Table<Version>,
    /// Aliases by their ARNs.
    pub(crate) aliases: Table<Alias>,
    /// Tags by the ARN of what has them.
    pub(crate) tags: Table<Tags>,
    /// Activities by their ARNs.
    pub(crate) activities: Table<Activity>,
}

/// Why nothing was changed.
pub(crate) enum Unchanged {
    /// Somebody else was faster: look again and decide anew.
    Outrun,
    Refused(ApiError),
}

impl Records {
    pub(crate) fn new(catalog: Arc<dyn Catalog>, runtime: Handle) -> Self {
        Self {
            machines: Table::new(&catalog),
            revisions: Table::new(&catalog),
            revision_owners: Table::new(&catalog),
            versions: Table::new(&catalog),
            aliases: Table::new(&catalog),
            tags: Table::new(&catalog),
            activities: Table::new(&catalog),
            catalog,
            runtime,
        }
    }

    /// Makes all of these changes, or none.
    ///
    /// They are made to their end where nobody waits any more: a caller that
    /// hangs up must not leave behind what is remembered of the catalog.
    pub(crate) async fn change(self: &Arc<Self>, changes: Vec<Change>) -> Result<(), Unchanged> {
        let records = Arc::clone(self);
        let made = self.runtime.spawn(async move {
            let keys: Vec<Key> = changes.iter().map(|change| change.key().clone()).collect();
            keys.iter()
                .for_each(|key| records.forget(key, Moment::Before));
            let made = records.catalog.change(changes).await;
            keys.iter()
                .for_each(|key| records.forget(key, Moment::After));
            made
        });
        match made.await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(Error::Conflict { .. })) => Err(Unchanged::Outrun),
            Ok(Err(error)) => Err(Unchanged::Refused(error.into())),
            // The runtime shuts down.
            Err(_) => Err(Unchanged::Refused(Error::Closed.into())),
        }
    }

    /// Before a change and after it, nothing is remembered of what it changes.
    fn forget(&self, key: &Key, moment: Moment) {
        match key.kind {
            Kind::StateMachine => self.machines.forget(&key.name, moment),
            Kind::Revision => self.revisions.forget(&key.name, moment),
            Kind::Version => self.versions.forget(&key.name, moment),
            Kind::Alias => self.aliases.forget(&key.name, moment),
            Kind::Tags => self.tags.forget(&key.name, moment),
            Kind::Activity => self.activities.forget(&key.name, moment),
            Kind::Function | Kind::Code | Kind::Setting => {}
        }
    }
}

/// Where a change stands.
#[derive(Clone, Copy)]
pub(crate) enum Moment {
    /// It is about to be made.
    Before,
    /// It was made, or not.
    After,
}

impl From<ApiError> for Unchanged {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}
