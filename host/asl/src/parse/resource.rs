//! The `Resource` of a Task state.

use super::Options;
use super::fields::Fields;
use super::place::{Node, quoted};
use super::report::Problem;
use crate::resource::{Resource, ResourceKind};

/// Reads `Resource` and checks its shape as far as the options ask for it.
pub(super) fn parse(fields: &Fields<'_>, options: &Options) -> Option<Resource> {
    let text = fields.require_text("Resource")?;
    let node = fields.peek("Resource")?;
    let resource = Resource::parse(&text);
    if text.is_empty() {
        fields
            .report()
            .error(&node.place, || invalid("the resource is empty".to_owned()));
        return None;
    }
    if options.check_arns {
        check_shape(fields, &node, &text, options);
    }
    if options.express {
        check_express(fields, &node, &resource);
    }
    Some(resource)
}

fn invalid(message: String) -> Problem {
    Problem::error("invalid-resource", message)
}

fn check_shape(fields: &Fields<'_>, node: &Node<'_>, text: &str, options: &Options) {
    let filled = if options.allow_placeholders {
        fill_placeholders(text)
    } else {
        text.to_owned()
    };
    if is_well_formed(&filled) {
        return;
    }
    fields.report().error(&node.place, || {
        let message = format!(
            "{} is neither an ARN nor the name of a function",
            quoted(text)
        );
        let problem = invalid(message).said("Value is not a valid resource ARN");
        if text.contains("${") {
            return problem.hint("a placeholder has the form ${Name} and needs a value");
        }
        problem
    });
}

/// Puts a letter in the place of every closed `${…}`.
fn fill_placeholders(text: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((_, after)) = after.split_once('}') else {
            break;
        };
        filled.push_str(before);
        filled.push('x');
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Whether a text has the shape of an ARN, of a part of a Lambda function's ARN, or of a
/// function's name. Region and account may be anything: definitions are shown with masked
/// ones, and this engine has neither.
fn is_well_formed(text: &str) -> bool {
    let Some(arn) = text.strip_prefix("arn:") else {
        return is_function(
            text.split_once("function:")
                .map_or(text, |(_, function)| function),
        );
    };
    let fields: Vec<&str> = arn.splitn(5, ':').collect();
    let [partition, service, _, _, resource] = fields[..] else {
        return false;
    };
    if partition.is_empty() || service.is_empty() || resource.is_empty() {
        return false;
    }
    match resource.strip_prefix("function:") {
        Some(function) if service == "lambda" => is_function(function),
        _ => !resource.contains(char::is_whitespace),
    }
}

/// `NAME` or `NAME:QUALIFIER` (Lambda API reference, "FunctionName"). Qualifiers also know
/// `$LATEST`.
fn is_function(text: &str) -> bool {
    let (name, qualifier) = match text.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (text, None),
    };
    let is_name = |text: &str| {
        let is_allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        !text.is_empty() && text.bytes().all(is_allowed)
    };
    is_name(name) && qualifier.is_none_or(|qualifier| qualifier == "$LATEST" || is_name(qualifier))
}

/// What EXPRESS state machines cannot wait for (AWS, "Choosing workflow type").
fn check_express(fields: &Fields<'_>, node: &Node<'_>, resource: &Resource) {
    let pattern = match resource.kind() {
        ResourceKind::Activity { .. } => None,
        ResourceKind::Integration { action, .. } if action.ends_with(".waitForTaskToken") => {
            Some(".waitForTaskToken")
        }
        ResourceKind::Integration { action, .. } if action.contains(".sync") => Some(".sync"),
        _ => return,
    };
    let (unsupported, said) = match pattern {
        None => ("activities".to_owned(), "Activity ARN".to_owned()),
        // The service ends these words with a space.
        Some(pattern) => (
            format!("the integration pattern \"{pattern}\""),
            format!("'{pattern}' service integration "),
        ),
    };
    fields.report().error(&node.place, || {
        let message = format!("an EXPRESS state machine does not support {unsupported}");
        Problem::error("express-unsupported", message)
            .said(format!("Express state machine does not support {said}"))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_arns_or_function_names() {
        for text in [
            "arn:aws:lambda:us-east-1:123456789012:function:ship-val",
            "arn:aws:lambda:us-east-1:13######:function:ship-val:$LATEST",
            "arn:aws:lambda:::function:ship-val:prod",
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "arn:aws-cn:states:cn-north-1:123456789012:activity:work",
            "123456789012:function:f",
            "function:f:3",
            "start-recorder",
        ] {
            assert!(is_well_formed(text), "{text}");
        }
        for text in [
            "arn:aws:lambda:us-east-1:123456789012:function:f:",
            "arn:aws:lambda:us-east-1:123456789012:function:f:$*#$7485",
            "arn:aws:states",
            "arn:aws:states:::",
            "${lambdaArn}",
            "start recorder",
        ] {
            assert!(!is_well_formed(text), "{text}");
        }
    }

    #[test]
    fn only_closed_placeholders_are_filled() {
        assert_eq!(fill_placeholders("arn:${Partition}:s:${R}:"), "arn:x:s:x:");
        assert_eq!(fill_placeholders("${A}${lambdaArn"), "x${lambdaArn");
    }
}
