//! The services' models: what an integration's response looks like.
//!
//! Taken from the public service models, with members named as the States Language names
//! them. Patterns of texts are left out: the service's own words for them are not known.

mod dynamodb;
mod events;
mod kms;
mod lambda;
mod s3;
mod sqs;
mod states;

use super::shape::Shape;
use crate::resource::{Pattern, Resource, ResourceKind};

/// What the models say of a resource's result.
#[derive(Clone, Copy, Debug)]
pub(super) enum Model {
    Response(&'static Shape),
    /// The result is somebody's own: a function's, an activity's, or what comes back with a
    /// task token; or the service checks no mock of this integration.
    Free,
    /// The service would check it, and we lack its model.
    Unknown,
}

/// The integrations that the service checks no mock of (developer guide, "Testing state
/// machines with TestState API", "Mock validation modes").
const FREE_SERVICES: [&str; 3] = ["apigateway", "eks", "http"];

impl Model {
    /// What a mocked result of this resource is compared with.
    pub(super) fn of(resource: &Resource) -> Self {
        let ResourceKind::Integration { service, action } = resource.kind() else {
            return Self::Free;
        };
        let (action, pattern) = Pattern::split(action);
        if pattern == Pattern::WaitForTaskToken || FREE_SERVICES.contains(&service.as_str()) {
            return Self::Free;
        }
        let service = service.strip_prefix("aws-sdk:").unwrap_or(service);
        let shape = match pattern {
            Pattern::Sync => polled(service, action),
            _ => responded(service, action),
        };
        shape.map_or(Self::Unknown, Self::Response)
    }
}

fn responded(service: &str, action: &str) -> Option<&'static Shape> {
    Some(match (service, action) {
        ("dynamodb", "putItem") => &dynamodb::PUT_ITEM,
        ("events" | "eventbridge", "putEvents") => &events::PUT_EVENTS,
        ("kms", "encrypt") => &kms::ENCRYPT,
        ("lambda", "getFunction") => &lambda::GET_FUNCTION,
        ("lambda", "invoke") => &lambda::INVOKE,
        ("s3", "getObject") => &s3::GET_OBJECT,
        ("sqs", "sendMessage") => &sqs::SEND_MESSAGE,
        ("sfn" | "states", "startExecution") => &states::START_EXECUTION,
        _ => return None,
    })
}

/// The answer to the call by which the service looks whether a job has ended.
fn polled(service: &str, action: &str) -> Option<&'static Shape> {
    match (service, action) {
        ("states", "startExecution") => Some(&states::DESCRIBE_EXECUTION),
        _ => None,
    }
}
