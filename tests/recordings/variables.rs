//! The values that placeholders stand for in one run of a case.

use std::time::Duration;

use sandstep_asl::Timestamp;
use sandstep_json::{Object, Value};

use crate::{
    endpoint::{ACCOUNT, REGION},
    path,
    placeholders::{Piece, Placeholder, split},
};

/// When every run begins.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// An account that has nothing.
const OTHER_ACCOUNT: &str = "210987654321";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What a run has learnt so far: the answers to its calls, the first call's
/// first.
#[derive(Default)]
pub(crate) struct Variables {
    answers: Vec<Value>,
}

impl Variables {
    /// Keeps the answer to the next call; a failed call's is its error document
    /// under the key `$error`.
    pub(crate) fn push_answer(&mut self, answer: Value) {
        self.answers.push(answer);
    }

    /// The value with all its placeholders filled.
    pub(crate) fn fill(&self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) => self.fill_text(text)?,
            Value::Array(items) => {
                let items: Result<Vec<Value>, String> =
                    items.iter().map(|item| self.fill(item)).collect();
                Value::Array(items?.into())
            }
            Value::Object(members) => {
                let filled = members
                    .iter()
                    .map(|(key, value)| Ok((key, self.fill(value)?)));
                Value::Object(filled.collect::<Result<Object, String>>()?)
            }
            _ => value.clone(),
        })
    }

    /// A placeholder that is the whole text may stand for any value.
    fn fill_text(&self, text: &str) -> Result<Value, String> {
        let pieces = split(text);
        if let [Piece::Placeholder(placeholder)] = pieces[..] {
            return self.value(placeholder);
        }
        let filled: Result<String, String> = pieces.iter().map(|piece| self.text(piece)).collect();
        Ok(filled?.into())
    }

    fn text(&self, piece: &Piece<'_>) -> Result<String, String> {
        match piece {
            Piece::Text(text) => Ok((*text).to_owned()),
            Piece::Placeholder(placeholder) => Ok(text_of(&self.value(*placeholder)?)),
        }
    }

    /// What a placeholder of a request stands for.
    pub(crate) fn value(&self, placeholder: Placeholder<'_>) -> Result<Value, String> {
        Ok(match placeholder {
            Placeholder::Answer { call, path } => return self.answer(call, path),
            Placeholder::Uid(label) => uid(label).into(),
            Placeholder::Uuid(label) => uuid(label).into(),
            Placeholder::DaysFromNow(days) => days_from_now(days).into(),
            Placeholder::Variable("region") => REGION.into(),
            Placeholder::Variable("account") => ACCOUNT.into(),
            Placeholder::Variable("account_2") => OTHER_ACCOUNT.into(),
            Placeholder::Variable(role) => format!("arn:aws:iam::{ACCOUNT}:role/{role}").into(),
            Placeholder::Any | Placeholder::Optional | Placeholder::Bind(_) => {
                return Err(format!("{placeholder:?} has no value of its own"));
            }
        })
    }

    fn answer(&self, call: usize, path: &str) -> Result<Value, String> {
        let answer = call
            .checked_sub(1)
            .and_then(|index| self.answers.get(index));
        let found = answer.and_then(|answer| path::find(answer, path));
        found.ok_or_else(|| format!("no answer has {{{{{call}.{path}}}}}"))
    }
}

/// A text as it is, anything else as JSON.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        _ => value.to_json(),
    }
}

/// Eight hexadecimal digits that differ from label to label.
fn uid(label: &str) -> String {
    let number: u32 = label.bytes().fold(7, |hash: u32, byte| {
        hash.wrapping_mul(0x0100_0193).wrapping_add(u32::from(byte))
    });
    format!("{number:08x}")
}

fn uuid(label: &str) -> String {
    format!("{}-0000-4000-8000-000000000000", uid(label))
}

/// `YYYY-MM-DDThh:mm:ss`.
fn days_from_now(days: u64) -> String {
    let mut moment = (NOW + DAY * u32::try_from(days).unwrap_or(u32::MAX)).to_string();
    moment.truncate("YYYY-MM-DDThh:mm:ss".len());
    moment
}
