//! Tasks that call this service itself.

mod nested;
mod sdk;

use std::future::pending;
use std::sync::{Arc, Weak};

use sandstep_asl::{Resource, ResourceKind, TaskOutcome};
use sandstep_driver::{TaskCall, TaskFuture, TaskReport, TaskRunner};
use sandstep_json::{Object, Value};
use tokio::sync::watch;

use super::{Account, StepFunctions};

/// Runs the tasks that name operations of this service, and has others run the rest.
pub(crate) struct Integrations {
    others: Arc<dyn TaskRunner>,
    /// The account, once it is open: executions of a store go on a moment before that.
    account: watch::Sender<Option<Guest>>,
}

/// The account as its own tasks know it: they do not keep it, since it keeps them.
#[derive(Clone)]
pub(crate) struct Guest(Weak<Account>);

/// How a task calls this service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    /// `states:startExecution` in one of its forms.
    StartExecution,
    /// `aws-sdk:sfn:…`: any operation.
    Sdk,
}

impl Integrations {
    pub(crate) fn new(others: Arc<dyn TaskRunner>) -> Arc<Self> {
        Arc::new(Self {
            others,
            account: watch::Sender::new(None),
        })
    }

    /// The account is open.
    pub(crate) fn open(&self, account: &StepFunctions) {
        let guest = Guest(Arc::downgrade(&account.0));
        self.account.send_replace(Some(guest));
    }

    /// Waits until the account is open.
    fn guest(&self) -> impl Future<Output = Guest> + Send + 'static + use<> {
        let mut account = self.account.subscribe();
        async move {
            let open = account.wait_for(Option::is_some).await;
            let guest = open.ok().and_then(|account| account.clone());
            guest.unwrap_or(Guest(Weak::new()))
        }
    }
}

impl TaskRunner for Integrations {
    fn run(&self, call: TaskCall) -> TaskFuture {
        let Some(request) = Request::of(&call.task.resource) else {
            return self.others.run(call);
        };
        let guest = self.guest();
        Box::pin(async move { TaskReport::from(request.run(&guest.await, &call).await) })
    }

    fn abandon(&self, call: TaskCall) {
        match Request::of(&call.task.resource) {
            Some(Request::StartExecution) => {
                let guest = self.guest();
                tokio::spawn(async move { nested::abandon(&guest.await, &call).await });
            }
            Some(Request::Sdk) => {}
            None => self.others.abandon(call),
        }
    }
}

impl Guest {
    /// The account. Where it is gone, so will be whoever waits for the task.
    async fn account(&self) -> StepFunctions {
        match self.0.upgrade() {
            Some(account) => StepFunctions(account),
            None => pending().await,
        }
    }
}

impl Request {
    fn of(resource: &Resource) -> Option<Self> {
        match resource.kind() {
            _ if resource.starts_execution() => Some(Self::StartExecution),
            ResourceKind::Integration { service, .. } if &**service == "aws-sdk:sfn" => {
                Some(Self::Sdk)
            }
            _ => None,
        }
    }

    async fn run(self, guest: &Guest, call: &TaskCall) -> TaskOutcome {
        let outcome = match self {
            Self::StartExecution => nested::run(guest, call).await,
            Self::Sdk => sdk::run(guest, call).await,
        };
        outcome.unwrap_or_else(|failure| failure)
    }
}

/// The members with capital letters, as tasks see those of every service.
fn capitalized(members: &Object) -> Object {
    renamed(members, |letter| letter.to_ascii_uppercase())
}

fn renamed(members: &Object, first: fn(char) -> char) -> Object {
    let renamed = members.iter().map(|(name, value)| {
        let mut letters = name.chars();
        let initial = letters.next().map(first);
        let name: String = initial.into_iter().chain(letters).collect();
        (name, deeply(value, first))
    });
    renamed.collect()
}

fn deeply(value: &Value, first: fn(char) -> char) -> Value {
    match value {
        Value::Object(members) => renamed(members, first).into(),
        Value::Array(items) => {
            let items = items.iter().map(|item| deeply(item, first));
            Value::Array(items.collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_capitalized_at_every_depth() {
        let members = Object::from([
            ("name", Value::from("n")),
            ("inputDetails", Object::from([("included", true)]).into()),
        ]);
        let capital = r#"{"Name":"n","InputDetails":{"Included":true}}"#;
        assert_eq!(Value::from(capitalized(&members)).to_json(), capital);
    }

    #[test]
    fn only_this_service_is_called() {
        for (resource, request) in [
            ("states:startExecution", Some(Request::StartExecution)),
            (
                "states:startExecution.sync:2",
                Some(Request::StartExecution),
            ),
            ("aws-sdk:sfn:sendTaskSuccess", Some(Request::Sdk)),
            ("sqs:sendMessage", None),
            ("lambda:invoke", None),
        ] {
            let resource = Resource::parse(&format!("arn:aws:states:::{resource}"));
            assert_eq!(Request::of(&resource), request, "{resource}");
        }
    }
}
