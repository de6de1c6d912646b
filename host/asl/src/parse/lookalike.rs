//! Text that looks like a path where nothing evaluates it (AWS, "ValidateStateMachineDefinition",
//! "Validate a state machine definition with static analysis").

use sandstep_jsonpath::{Expression, Path, Root};

use super::fields::Fields;
use super::place::{Node, quoted};
use super::report::Problem;
use crate::verdict::Code;

/// What a text looks like.
#[derive(Clone, Copy)]
enum Lookalike {
    Path,
    Intrinsic,
}

impl Lookalike {
    /// What the author of a text probably meant it to be, if not a text. What begins with a
    /// variable is nothing else: most such texts, as `$LATEST`, mean what they say.
    fn of(text: &str) -> Option<Self> {
        if text.starts_with("States.") {
            let is_call = text.ends_with(')') && Expression::parse(text).is_ok();
            return is_call.then_some(Self::Intrinsic);
        }
        if !text.starts_with('$') {
            return None;
        }
        let path = Path::parse(text).ok()?;
        (!matches!(path.root(), Root::Variable(_))).then_some(Self::Path)
    }

    fn ours(self) -> &'static str {
        match self {
            Self::Path => "a path",
            Self::Intrinsic => "an intrinsic function",
        }
    }

    fn said(self) -> &'static str {
        match self {
            Self::Path => "a JSONPath",
            Self::Intrinsic => "an Intrinsic Function",
        }
    }

    /// A text that would be evaluated under another name.
    fn misnamed(
        self,
        rule: &'static str,
        code: Code,
        text: &str,
        name: &str,
        meant: &str,
    ) -> Problem {
        let message = format!(
            "{} looks like {}, but is taken as it stands",
            quoted(text),
            self.ours()
        );
        let looks = self.said();
        Problem::warning(rule, message)
            .hint(instead(name, meant))
            .said_as(
                code,
                format!(
                    "The value of '{name}' looks like {looks}. Instead of '{name}', use \
                     '{meant}' to evaluate it as {looks} at runtime."
                ),
            )
    }
}

impl Fields<'_> {
    /// Warns of a member of a payload template whose key seems to lack its `.$`.
    pub(super) fn warn_of_no_dollar(&self, member: &Node<'_>) {
        let Some((text, looks)) = lookalike(member) else {
            return;
        };
        let key = member.place.name().unwrap_or_default();
        self.report().warning(&member.place, || {
            looks
                .misnamed("no-dollar", Code::NoDollar, text, key, &format!("{key}.$"))
                .said_around()
        });
    }

    /// Warns of a field that has a namesake ending in `Path` for what it seems to hold.
    pub(super) fn warn_of_no_path(&self, name: &str) {
        let Some(node) = self.peek(name) else { return };
        let Some((text, looks)) = lookalike(&node) else {
            return;
        };
        self.report().warning(&node.place, || {
            looks.misnamed("no-path", Code::NoPath, text, name, &format!("{name}Path"))
        });
    }

    /// Warns of what stands in the `Result` of a Pass state as if it were a payload template.
    pub(super) fn warn_of_static_result(&self, result: &Node<'_>) {
        if let Some((text, _)) = lookalike(result) {
            self.report()
                .warning(&result.place, || static_result(text, "Result"));
        }
        self.warn_of_static_members(result);
    }

    fn warn_of_static_members(&self, node: &Node<'_>) {
        for item in node.items() {
            self.warn_of_static_members(&item);
        }
        for (entry, member) in node.members() {
            let text = member.value.as_str();
            let text =
                text.filter(|text| entry.key.ends_with(".$") && Expression::parse(text).is_ok());
            if let Some(text) = text {
                self.report().warning(&member.place, || {
                    static_result(text, &entry.key).said_around()
                });
            }
            self.warn_of_static_members(&member);
        }
    }
}

fn lookalike<'n>(node: &Node<'n>) -> Option<(&'n str, Lookalike)> {
    let text = node.value.as_str()?;
    Some((text, Lookalike::of(text)?))
}

fn static_result(text: &str, name: &str) -> Problem {
    let message = format!("{} is not evaluated in \"Result\"", quoted(text));
    let kind = "as a JSONPath or Intrinsic Function at runtime.";
    let said = format!(
        "The value of '{name}' will not evaluate {kind} Instead of 'Result', use 'Parameters' to \
         evaluate it {kind}"
    );
    Problem::warning("static-result", message)
        .hint(instead("Result", "Parameters"))
        .said_as(Code::PassResultIsStatic, said)
}

fn instead(name: &str, meant: &str) -> String {
    format!(
        "write {} instead of {} to have it evaluated",
        quoted(meant),
        quoted(name)
    )
}
