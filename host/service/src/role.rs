//! The ARNs of roles, which both APIs take and nobody assumes.

/// What the ARN of a role looks like (Lambda's API reference, `RoleArn`).
pub(crate) const ROLE_PATTERN: &str =
    r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+";

/// Whether a text is the ARN of a role. Nothing is asked whether there is one.
pub(crate) fn is_role(arn: &str) -> bool {
    let name = || {
        let (partition, rest) = arn.strip_prefix("arn:")?.split_once(":iam::")?;
        let (account, name) = rest.split_once(":role/")?;
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        (partition.starts_with("aws") && is_account).then_some(name)
    };
    let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&letter);
    name().is_some_and(|name| !name.is_empty() && name.bytes().all(is_letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_an_account_and_a_name() {
        for (arn, expected) in [
            ("arn:aws:iam::123456789012:role/r", true),
            (
                "arn:aws-us-gov:iam::123456789012:role/service-role/a_b+=,.@-",
                true,
            ),
            ("arn:aws:iam::123456789012:role/", false),
            ("arn:aws:iam::123456789012:role/a b", false),
            ("arn:aws:iam::123456789012:user/r", false),
            ("arn:aws:iam::aws:policy/AWSBatchFullAccess", false),
            ("arn:aws:iam:::role/r", false),
            ("role/r", false),
        ] {
            assert_eq!(is_role(arn), expected, "{arn}");
        }
    }
}
