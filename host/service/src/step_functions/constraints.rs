//! What the service's model says of parameters, before any operation sees them.

use std::fmt::Display;

use super::api_error::ApiError;
use crate::role::is_role;

/// Collects all violations of one request, which AWS answers with in one error.
#[derive(Debug, Default)]
pub(crate) struct Constraints(Vec<String>);

impl Constraints {
    /// A text of so many characters.
    pub(crate) fn length(&mut self, field: &str, text: &str, min: usize, max: usize) -> &mut Self {
        let length = text.chars().count();
        if length < min {
            let rule = format_args!("have length greater than or equal to {min}");
            self.violated(field, text, rule);
        }
        self.at_most(field, text, length, max)
    }

    /// A text of so many bytes in UTF-8, as the model counts payloads.
    pub(crate) fn bytes(&mut self, field: &str, text: &str, max: usize) -> &mut Self {
        self.at_most(field, text, text.len(), max)
    }

    fn at_most(&mut self, field: &str, text: &str, length: usize, max: usize) -> &mut Self {
        if length > max {
            let rule = format_args!("have length less than or equal to {max}");
            self.violated(field, text, rule);
        }
        self
    }

    /// A number between two others, which are allowed.
    pub(crate) fn range(&mut self, field: &str, number: i64, min: i64, max: i64) -> &mut Self {
        if number < min {
            let rule = format_args!("have value greater than or equal to {min}");
            self.violated(field, number, rule);
        }
        if number > max {
            let rule = format_args!("have value less than or equal to {max}");
            self.violated(field, number, rule);
        }
        self
    }

    /// A list of so many members.
    pub(crate) fn count(
        &mut self,
        field: &str,
        members: &[String],
        min: usize,
        max: usize,
    ) -> &mut Self {
        let list = format_args!("[{}]", members.join(", ")).to_string();
        if members.len() < min {
            let rule = format_args!("have length greater than or equal to {min}");
            self.violated(field, &list, rule);
        }
        if members.len() > max {
            let rule = format_args!("have length less than or equal to {max}");
            self.violated(field, &list, rule);
        }
        self
    }

    /// What somebody says of a version or an alias.
    pub(crate) fn description(&mut self, field: &str, text: Option<&str>) -> &mut Self {
        self.length(field, text.unwrap_or_default(), 0, 256)
    }

    /// The name of an alias: letters, digits and `_-.`, and not digits alone.
    pub(crate) fn alias_name(&mut self, field: &str, name: &str) -> &mut Self {
        let is_sign = |letter: char| "_-.".contains(letter);
        let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || is_sign(letter);
        let is_named =
            name.contains(|letter: char| letter.is_ascii_alphabetic() || is_sign(letter));
        if !is_named || !name.chars().all(is_allowed) {
            const PATTERN: &str = r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$";
            let rule = format_args!("satisfy regular expression pattern: {PATTERN}");
            self.violated(field, name, rule);
        }
        self
    }

    /// A number of results for one page, up to a maximum; 0 asks for the default.
    pub(crate) fn max_results(&mut self, number: Option<i64>, max: i64) -> &mut Self {
        match number {
            Some(number) if number < 0 => {
                self.violated(
                    "maxResults",
                    number,
                    "have value greater than or equal to 0",
                );
            }
            Some(number) if number > max => {
                let rule = format_args!("have value less than or equal to {max}");
                self.violated("maxResults", number, rule);
            }
            _ => {}
        }
        self
    }

    /// A number that counts something.
    pub(crate) fn not_negative(&mut self, field: &str, number: i64) -> &mut Self {
        if number < 0 {
            self.violated(field, number, "have value greater than or equal to 0");
        }
        self
    }

    /// A number of a hundred.
    pub(crate) fn percentage(&mut self, field: &str, number: f64) -> &mut Self {
        if number < 0.0 {
            self.violated(field, number, "have value greater than or equal to 0");
        }
        if number > 100.0 {
            self.violated(field, number, "have value less than or equal to 100");
        }
        self
    }

    /// A text that a pattern describes.
    pub(crate) fn pattern(
        &mut self,
        field: &str,
        text: &str,
        pattern: &str,
        holds: bool,
    ) -> &mut Self {
        if !holds {
            let rule = format_args!("satisfy regular expression pattern: {pattern}");
            self.violated(field, text, rule);
        }
        self
    }

    /// A page's token, which has a length of its own in each operation.
    pub(crate) fn next_token(&mut self, token: Option<&str>, max: usize) -> &mut Self {
        if let Some(token) = token {
            self.length("nextToken", token, 1, max);
        }
        self
    }

    /// One of these names.
    pub(crate) fn member(&mut self, field: &str, name: &str, names: &[&str]) -> &mut Self {
        if !names.contains(&name) {
            let rule = format_args!("satisfy enum value set: [{}]", names.join(", "));
            self.violated(field, name, rule);
        }
        self
    }

    fn violated(&mut self, field: &str, value: impl Display, rule: impl Display) {
        self.0.push(format!(
            "Value '{value}' at '{field}' failed to satisfy constraint: Member must {rule}"
        ));
    }

    /// All violations as one error, in AWS's words.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        let (count, list) = (self.0.len(), self.0.join("; "));
        match count {
            0 => Ok(()),
            1 => Err(ApiError::validation(format_args!(
                "1 validation error detected: {list}"
            ))),
            _ => Err(ApiError::validation(format_args!(
                "{count} validation errors detected: {list}"
            ))),
        }
    }
}

/// Refuses a name that the service does not take (API reference,
/// `CreateStateMachine`, `name`). Its length is the model's concern.
pub(crate) fn check_name(name: &str) -> Result<(), ApiError> {
    const SPECIAL: &str = "<>{}[]?*\"#%\\^|~`$&,;:/";
    let is_refused =
        |letter: char| letter.is_whitespace() || letter.is_control() || SPECIAL.contains(letter);
    match name.is_empty() || name.contains(is_refused) {
        true => Err(ApiError::invalid_name(name)),
        false => Ok(()),
    }
}

/// Refuses a role that is none by its ARN.
pub(crate) fn check_role(role_arn: &str) -> Result<(), ApiError> {
    match is_role(role_arn) {
        true => Ok(()),
        false => Err(ApiError::invalid_role(role_arn)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_violations_are_told_at_once() {
        let error = Constraints::default()
            .length("name", "", 1, 80)
            .max_results(Some(1001), 1000)
            .check()
            .expect_err("both are wrong");
        assert_eq!(
            error.message,
            "2 validation errors detected: Value '' at 'name' failed to satisfy constraint: \
             Member must have length greater than or equal to 1; Value '1001' at 'maxResults' \
             failed to satisfy constraint: Member must have value less than or equal to 1000"
        );
    }

    #[test]
    fn names_have_no_letters_that_stand_for_something() {
        for name in ["state.machine_1", "a-b", "Übung"] {
            assert_eq!(check_name(name), Ok(()));
        }
        for name in ["", "a b", "a&b", "a/b", "a\u{1f}", "a\u{9f}"] {
            assert_eq!(check_name(name), Err(ApiError::invalid_name(name)));
        }
    }
}
