//! Functions by the names that tasks call them by.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::RandomState;
use sandstep_asl::function_name;
use sandstep_sandbox::Function;
use tokio::sync::watch;

use crate::naming::{Match, match_function};

/// The functions that may be called, by tasks and by the Lambda API.
///
/// Cheap to clone: all clones are the same registry. Functions come and go while
/// executions run; what is called already stays what it was.
#[derive(Clone, Debug, Default)]
pub struct Functions {
    by_name: Arc<RwLock<ByName>>,
    /// The names of those that no task calls a second time.
    at_most_once: Arc<RwLock<HashSet<Box<str>>>>,
}

type ByName = HashMap<Box<str>, Callable, RandomState>;

/// A function that may be called, now or soon.
#[derive(Clone, Debug)]
pub enum Callable {
    /// It is loaded.
    Ready(Function),
    /// It is being compiled or loaded.
    Loading(Loading),
}

/// The future end of loading a function. All clones see the same.
#[derive(Clone, Debug)]
pub struct Loading(watch::Receiver<Option<Loaded>>);

/// Tells those who wait how loading a function has ended.
#[derive(Debug)]
pub struct Loader(watch::Sender<Option<Loaded>>);

type Loaded = Result<Function, NotLoaded>;

/// Why a function cannot be called, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotLoaded(pub Arc<str>);

impl Functions {
    /// Makes a function callable under a name, beside other names it may have,
    /// and in place of what had that name.
    pub fn insert(&self, name: impl Into<Box<str>>, function: impl Into<Callable>) {
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        by_name.insert(name.into(), function.into());
    }

    /// Takes a name away; whoever calls its function already is not disturbed.
    pub fn remove(&self, name: &str) {
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        by_name.remove(name);
    }

    /// The function of exactly this name.
    pub fn get(&self, name: &str) -> Option<Callable> {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        by_name.get(name).cloned()
    }

    /// The function that a task names, in any form that Lambda knows: name,
    /// ARN or part of an ARN, with a version or alias or without. Region,
    /// account and qualifier are not looked at.
    ///
    /// A name that no function was inserted under may still mean one, by the
    /// rules of [`match_function`], as long as it means only one.
    pub fn find(&self, text: &str) -> Option<Callable> {
        let (name, _) = function_name(text);
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let found = by_name.get(name).or_else(|| meant(&by_name, name));
        found.cloned()
    }

    /// Has no task call the function of this name where an earlier process may have
    /// called it for that task: it fails with
    /// [`TASK_INTERRUPTED`](crate::TASK_INTERRUPTED) instead.
    pub fn call_at_most_once(&self, name: impl Into<Box<str>>) {
        let names = self.at_most_once.write();
        let mut names = names.unwrap_or_else(PoisonError::into_inner);
        names.insert(name.into());
    }

    /// Whether the function that a task names may not be called a second time.
    pub(crate) fn is_called_at_most_once(&self, text: &str) -> bool {
        let (name, _) = function_name(text);
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let meant = match by_name.contains_key(name) {
            true => Some(name),
            false => meant_name(&by_name, name),
        };
        let names = self.at_most_once.read();
        let names = names.unwrap_or_else(PoisonError::into_inner);
        meant.is_some_and(|name| names.contains(name))
    }

    /// All names with their functions, in the order of the names.
    pub fn all(&self) -> Vec<(Box<str>, Callable)> {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = by_name
            .iter()
            .map(|(name, function)| (name.clone(), function.clone()))
            .collect();
        all.sort_by(|(a, _), (b, _)| a.cmp(b));
        all
    }
}

#[cold]
fn meant<'a>(by_name: &'a ByName, name: &str) -> Option<&'a Callable> {
    by_name.get(meant_name(by_name, name)?)
}

fn meant_name<'a>(by_name: &'a ByName, name: &str) -> Option<&'a str> {
    match match_function(name, by_name.keys().map(|name| &**name)) {
        Match::One(name) => Some(name),
        Match::None | Match::Ambiguous(_) => None,
    }
}

impl Callable {
    /// The function, once it is loaded.
    ///
    /// # Errors
    ///
    /// Says why it cannot be loaded.
    pub async fn ready(self) -> Result<Function, NotLoaded> {
        match self {
            Self::Ready(function) => Ok(function),
            Self::Loading(loading) => loading.ended().await,
        }
    }

    /// Why it cannot be called, where that is known already.
    pub fn problem(&self) -> Option<NotLoaded> {
        match self {
            Self::Ready(_) => None,
            Self::Loading(Loading(receiver)) => receiver.borrow().as_ref()?.as_ref().err().cloned(),
        }
    }
}

impl From<Function> for Callable {
    fn from(function: Function) -> Self {
        Self::Ready(function)
    }
}

impl From<Loading> for Callable {
    fn from(loading: Loading) -> Self {
        Self::Loading(loading)
    }
}

impl Loading {
    /// Has ended already, and in vain.
    pub fn failed(problem: NotLoaded) -> Self {
        let (loader, loading) = Loader::begin();
        loader.end(Err(problem));
        loading
    }
}

impl Loader {
    /// For a function that begins to load.
    pub fn begin() -> (Self, Loading) {
        let (sender, receiver) = watch::channel(None);
        (Self(sender), Loading(receiver))
    }

    /// Whether what a name means is still what this one loads.
    pub fn is_current(&self, found: Option<Callable>) -> bool {
        match found {
            Some(Callable::Loading(Loading(receiver))) => {
                self.0.subscribe().same_channel(&receiver)
            }
            Some(Callable::Ready(_)) | None => false,
        }
    }

    /// Lets all go on who wait.
    pub fn end(self, loaded: Result<Function, NotLoaded>) {
        self.0.send_replace(Some(loaded));
    }
}

impl Loading {
    async fn ended(mut self) -> Loaded {
        match self.0.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(loaded)) => loaded.clone(),
            Ok(None) | Err(_) => Err(NotLoaded("loading it was given up".into())),
        }
    }
}
