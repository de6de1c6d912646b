//! Makes uploaded functions ready, when they are uploaded and at every start.

use sandstep_sandbox::Function;

use super::record::{Progress, Reason, Record, Release};
use super::uploaded::Stored;
use super::{Lambda, OpenError};
use crate::registry::{Loader, Loading, NotLoaded};

impl Lambda {
    /// Makes everything callable that the catalog has, and goes on with what was
    /// not ready when the account was last open.
    pub(crate) async fn restore(&self) -> Result<(), OpenError> {
        let all = self.0.uploaded.all().await.map_err(OpenError::Catalog)?;
        for stored in all {
            let name = &stored.record.name;
            if self.0.functions.get(name).is_some() {
                return Err(OpenError::TwoFunctions(name.clone()));
            }
            match stored.record.progress.clone() {
                Progress::Active | Progress::UpdateFailed(_) => {
                    let release = stored.record.release.clone();
                    let loader = self.announce(name);
                    self.spawn_reload(name, release, loader);
                }
                Progress::Creating => {
                    let loader = self.announce(name);
                    self.spawn_settle(stored, Some(loader));
                }
                Progress::Updating { before } => {
                    let loader = self.announce(name);
                    self.spawn_reload(name, *before, loader);
                    self.spawn_settle(stored, None);
                }
                Progress::CreationFailed(reason) => {
                    let failed = Loading::failed(not_loaded("Failed", &reason));
                    self.0.functions.insert(name.as_str(), failed);
                }
            }
        }
        Ok(())
    }

    /// Lets those wait who call a function from now on.
    pub(crate) fn announce(&self, name: &str) -> Loader {
        let (loader, loading) = Loader::begin();
        self.0.functions.insert(name, loading);
        loader
    }

    fn spawn_reload(&self, name: &str, release: Release, loader: Loader) {
        let (lambda, name) = (self.clone(), name.to_owned());
        self.0.runtime.spawn(async move {
            lambda.reload(&name, &release, loader).await;
        });
    }

    /// Loads what was ready before. Nothing is written down: a failure now says
    /// nothing of the function.
    async fn reload(&self, name: &str, release: &Release, loader: Loader) {
        let loaded = self.load(name, release).await;
        let loaded = loaded.map_err(|reason| not_loaded("Inactive", &reason));
        let _changing = self.0.changing.lock().await;
        if let Ok(function) = &loaded
            && loader.is_current(self.0.functions.get(name))
        {
            self.0.functions.insert(name, function.clone());
        }
        loader.end(loaded);
    }

    /// Goes on in the background until the function is ready, or has failed.
    pub(crate) fn spawn_settle(
        &self,
        stored: Stored,
        loader: Option<Loader>,
    ) -> tokio::task::JoinHandle<()> {
        let lambda = self.clone();
        self.0
            .runtime
            .spawn(async move { lambda.settle(stored, loader).await })
    }

    /// Loads what a function is to become, and writes down how that went.
    async fn settle(&self, stored: Stored, loader: Option<Loader>) {
        let record = &stored.record;
        let loaded = self.load(&record.name, &record.release).await;
        let _changing = self.0.changing.lock().await;
        let Ok(Some(found)) = self.0.uploaded.find(&record.name).await else {
            return;
        };
        if found.record.release != record.release {
            return;
        }
        if let Ok(function) = &loaded {
            let functions = &self.0.functions;
            functions.insert(record.name.as_str(), function.clone());
        }
        // Only now, so that who sees that it is active calls what is new.
        self.write_down(&found, record, loaded.as_ref().err()).await;
        if let Some(loader) = loader {
            loader.end(loaded.map_err(|reason| not_loaded("Failed", &reason)));
        }
    }

    /// Says in the catalog that a function is ready, or why it is not, unless that
    /// was said already.
    async fn write_down(&self, found: &Stored, loaded: &Record, failure: Option<&Reason>) {
        if found.record.revision_id != loaded.revision_id {
            return;
        }
        let settled = found.record.settled(failure.cloned(), self.draw_uuid());
        // The store has logged its failure. What is ready can be called all the
        // same, and is settled when the account is opened again.
        let _ = self.0.uploaded.write(Some(found), settled, None).await;
    }

    async fn load(&self, name: &str, release: &Release) -> Result<Function, Reason> {
        let _place = self
            .0
            .loading
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let digest = &release.package.component;
        let Ok(Some(component)) = self.0.uploaded.component(digest).await else {
            tracing::error!(function = name, digest, "a component is missing");
            return Err(Reason::internal());
        };
        let spec = release.configuration.spec(name, self.arn(name));
        self.0
            .sandbox
            .load(&component, spec)
            .await
            .map_err(|error| {
                let cause = &error as &dyn std::error::Error;
                tracing::warn!(function = name, error = cause, "a function is not loaded");
                Reason::of(&error)
            })
    }
}

/// The service's sentence for a function in such a state.
fn not_loaded(state: &str, reason: &Reason) -> NotLoaded {
    let sentence = format!(
        "The operation cannot be performed at this time. The function is currently in the \
         following state: {state} ({})",
        reason.message
    );
    NotLoaded(sentence.into())
}
