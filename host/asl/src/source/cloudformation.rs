//! The short tags of CloudFormation's YAML as its functions in full
//! (CloudFormation user guide, "Intrinsic function reference").

use sandstep_json::{Entry, Spanned, SpannedNode, Text};

/// The function that a short tag stands for: `Sub` is `Fn::Sub`, `Ref` is `Ref`.
pub(super) fn function(tag: &str) -> Option<Text> {
    match tag {
        "Ref" | "Condition" => Some(tag.into()),
        "And" | "Base64" | "Cidr" | "Equals" | "FindInMap" | "GetAtt" | "GetAZs" | "If"
        | "ImportValue" | "Join" | "Length" | "Not" | "Or" | "Select" | "Split" | "Sub"
        | "ToJsonString" | "Transform" => Some(format!("Fn::{tag}").into()),
        _ => None,
    }
}

/// `{function: argument}`, at the argument's place.
pub(super) fn call(function: Text, mut argument: Spanned) -> Spanned {
    let position = argument.position;
    if function == *"Fn::GetAtt" {
        argument = split_attribute(argument);
    }
    let entry = Entry {
        key: function,
        key_position: position,
        value: argument,
    };
    Spanned {
        node: SpannedNode::Object(vec![entry]),
        position,
    }
}

/// The short form joins the resource and its attribute with a dot, the full form has two
/// strings. Only the first dot separates: an attribute may be `Outputs.Topic`.
fn split_attribute(argument: Spanned) -> Spanned {
    let Some((resource, attribute)) = argument.as_str().and_then(|text| text.split_once('.'))
    else {
        return argument;
    };
    let position = argument.position;
    let part = |text: &str| Spanned {
        node: SpannedNode::String(text.into()),
        position,
    };
    let parts = vec![part(resource), part(attribute)];
    Spanned {
        node: SpannedNode::Array(parts),
        position,
    }
}
