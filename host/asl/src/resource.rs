//! What a Task state names in its `Resource` field.

use std::fmt;

use sandstep_json::Text;

/// A Task state's `Resource`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    text: Text,
    kind: ResourceKind,
}

/// What kind of thing a [`Resource`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// A Lambda function, by its ARN or by a bare name that a project maps to
    /// a function. Its effective input is the event, its result the output.
    Function {
        /// The function's name, without version or alias.
        name: Text,
        /// The version or alias, if the text has one.
        qualifier: Option<Text>,
    },
    /// `arn:aws:states:::SERVICE:ACTION`, with or without a suffix such as
    /// `.waitForTaskToken`. `lambda:invoke` is one of them.
    Integration {
        /// `lambda`, `dynamodb`, `aws-sdk:s3`, …
        service: Text,
        /// The action as history shows it: with its suffix
        /// (`sendMessage.waitForTaskToken`).
        action: Text,
    },
    /// `arn:aws:states:REGION:ACCOUNT:activity:NAME`.
    Activity {
        /// The activity's name.
        name: Text,
    },
}

/// When the task of an integration has ended (developer guide, "Discover service
/// integration patterns").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// With the service's response.
    RequestResponse,
    /// `.sync`, `.sync:2`: with the job that the service started.
    Sync,
    /// `.waitForTaskToken`: when somebody sends the task's token back.
    WaitForTaskToken,
}

impl Pattern {
    /// Splits `sendMessage.waitForTaskToken` into the action and its pattern.
    pub(crate) fn split(action: &str) -> (&str, Self) {
        match action.split_once('.') {
            Some((action, "sync" | "sync:2")) => (action, Self::Sync),
            Some((action, "waitForTaskToken")) => (action, Self::WaitForTaskToken),
            _ => (action, Self::RequestResponse),
        }
    }
}

impl Resource {
    /// Reads a `Resource` field. Every non-empty text is some resource: what
    /// is not an ARN of a known form is a function's name.
    ///
    /// Only the shape of an ARN is looked at: partition, region and account may
    /// be anything, a masked account number included.
    pub fn parse(text: &str) -> Self {
        Self {
            text: text.into(),
            kind: ResourceKind::parse(text),
        }
    }

    /// The field as it was written.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// What the text names.
    pub fn kind(&self) -> &ResourceKind {
        &self.kind
    }

    /// When its task has ended.
    pub fn pattern(&self) -> Pattern {
        match &self.kind {
            ResourceKind::Integration { action, .. } => Pattern::split(action).1,
            _ => Pattern::RequestResponse,
        }
    }

    /// Whether this is `arn:aws:states:::lambda:invoke`, which wraps the
    /// event in `Payload` and the result in a response envelope.
    pub fn is_lambda_invoke(&self) -> bool {
        self.invokes_lambda() && self.pattern() == Pattern::RequestResponse
    }

    /// Whether this is `arn:aws:states:::lambda:invoke`, with a task token or
    /// without one.
    pub fn invokes_lambda(&self) -> bool {
        matches!(&self.kind, ResourceKind::Integration { service, action }
            if &**service == "lambda" && matches!(&**action, "invoke" | "invoke.waitForTaskToken"))
    }

    /// Whether this is `arn:aws:states:::states:startExecution` in one of its forms.
    pub fn starts_execution(&self) -> bool {
        matches!(&self.kind, ResourceKind::Integration { service, action }
            if &**service == "states" && Pattern::split(action).0 == "startExecution")
    }

    /// Whether this is an activity, whose tasks wait for workers.
    pub fn is_activity(&self) -> bool {
        matches!(self.kind, ResourceKind::Activity { .. })
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl ResourceKind {
    fn parse(text: &str) -> Self {
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        let [_, _, service, region, account, rest] = fields[..] else {
            return Self::function(text);
        };
        match service {
            "states" if region.is_empty() && account.is_empty() => Self::integration(rest),
            "states" if rest.starts_with("activity:") => Self::Activity {
                name: rest["activity:".len()..].into(),
            },
            _ => Self::function(text),
        }
    }

    /// `dynamodb:putItem`, `aws-sdk:s3:getObject`, `states:startExecution.sync:2`.
    fn integration(rest: &str) -> Self {
        // The version of a pattern (`startExecution.sync:2`) belongs to the action.
        let end = rest.find(".sync:").unwrap_or(rest.len());
        let (service, action) = match rest[..end].rfind(':') {
            Some(colon) => (&rest[..colon], &rest[colon + 1..]),
            None => (rest, ""),
        };
        Self::Integration {
            service: service.into(),
            action: action.into(),
        }
    }

    fn function(text: &str) -> Self {
        let (name, qualifier) = function_name(text);
        Self::Function {
            name: name.into(),
            qualifier: qualifier.map(Into::into),
        }
    }
}

/// Splits any form that names a Lambda function into name and qualifier: the
/// full ARN, `ACCOUNT:function:NAME`, `function:NAME`, `NAME`, each with or
/// without `:QUALIFIER` (Lambda API reference, "FunctionName").
pub fn function_name(text: &str) -> (&str, Option<&str>) {
    // Looking for a letter is much cheaper than looking for a word.
    if !text.contains(':') {
        return (text, None);
    }
    // A name may itself end in `function`, so only a whole field counts.
    let rest = text
        .strip_prefix("function:")
        .or_else(|| Some(text.split_once(":function:")?.1))
        .unwrap_or(text);
    match rest.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (rest, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_named_in_any_of_its_forms() {
        for (text, name, qualifier) in [
            (
                "arn:aws:lambda:us-east-1:123456789012:function:ship-val",
                "ship-val",
                None,
            ),
            (
                "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST",
                "f",
                Some("$LATEST"),
            ),
            (
                "arn:aws:lambda:ap-southeast-1:13######:function:api-dev-Start",
                "api-dev-Start",
                None,
            ),
            ("123456789012:function:f", "f", None),
            ("function:f:prod", "f", Some("prod")),
            ("f", "f", None),
            ("f:3", "f", Some("3")),
            ("my-function:prod", "my-function", Some("prod")),
            (
                "arn:aws:lambda:us-east-1:123456789012:function:my-function:prod",
                "my-function",
                Some("prod"),
            ),
        ] {
            let expected = ResourceKind::Function {
                name: name.into(),
                qualifier: qualifier.map(Into::into),
            };
            assert_eq!(Resource::parse(text).kind(), &expected, "{text}");
        }
    }

    #[test]
    fn a_version_is_part_of_the_action() {
        let resource = Resource::parse("arn:aws:states:::states:startExecution.sync:2");
        let expected = ResourceKind::Integration {
            service: "states".into(),
            action: "startExecution.sync:2".into(),
        };
        assert_eq!(resource.kind(), &expected);
        assert_eq!(Pattern::split("startExecution.sync:2").1, Pattern::Sync);
    }

    #[test]
    fn an_integration_keeps_its_suffix() {
        let resource = Resource::parse("arn:aws:states:::sqs:sendMessage.waitForTaskToken");
        let expected = ResourceKind::Integration {
            service: "sqs".into(),
            action: "sendMessage.waitForTaskToken".into(),
        };
        assert_eq!(resource.kind(), &expected);
        assert!(!resource.is_lambda_invoke());
        let resource = Resource::parse("arn:aws:states:::states:startExecution.sync:2");
        let expected = ResourceKind::Integration {
            service: "states".into(),
            action: "startExecution.sync:2".into(),
        };
        assert_eq!(resource.kind(), &expected);
        assert!(Resource::parse("arn:aws:states:::lambda:invoke").is_lambda_invoke());
    }
}
