//! Task tokens: what names a waiting task to whoever ends it.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sandstep_json::Text;
use sha2::{Digest, Sha256};

use crate::history::EventId;

/// How task tokens begin: what their format and its version come to as text.
pub const TASK_TOKEN_PREFIX: &str = "sst1";

/// [`TASK_TOKEN_PREFIX`] as it stands before encoding.
const FORMAT: [u8; 3] = [0xb2, 0xcb, 0x75];

/// How many bytes of the code a token carries. Guessing one takes 2^127 calls.
const CODE: usize = 16;

/// The secret that task tokens are made and checked with. Whoever knows it can
/// end any task.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenKey(Secret);

#[derive(Clone, PartialEq, Eq)]
enum Secret {
    Key([u8; 32]),
    /// Hashed when a token is made or checked: most executions have none.
    Seed(u128),
}

/// Names a task that waits for somebody to end it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskToken {
    /// The execution that waits.
    pub execution_arn: Text,
    /// The event that scheduled the task.
    pub scheduled: EventId,
}

impl TokenKey {
    /// The key of these bytes, which should be from a secure generator.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Secret::Key(bytes))
    }

    /// The key of an execution whose tokens nobody but itself sees again. Nobody
    /// guesses it who does not know the seed.
    pub fn of_seed(seed: u128) -> Self {
        Self(Secret::Seed(seed))
    }

    fn bytes(&self) -> [u8; 32] {
        match self.0 {
            Secret::Key(bytes) => bytes,
            Secret::Seed(seed) => Sha256::new()
                .chain_update(seed.to_le_bytes())
                .chain_update(b"task tokens")
                .finalize()
                .into(),
        }
    }

    fn code(&self, rest: &[&[u8]]) -> Hmac<Sha256> {
        let mut code = <Hmac<Sha256> as Mac>::new_from_slice(&self.bytes())
            .expect("a key may have any length");
        for part in rest {
            code.update(part);
        }
        code
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(..)")
    }
}

impl TaskToken {
    /// The token as text: letters, digits, `-` and `_`, four for every three
    /// bytes of the execution's ARN and 36 more.
    pub fn seal(&self, key: &TokenKey) -> String {
        let event = self.scheduled.0.to_be_bytes();
        let arn = self.execution_arn.as_bytes();
        let code = key.code(&[&FORMAT, &event, arn]).finalize().into_bytes();
        let parts = [&FORMAT[..], &event, &code[..CODE], arn];
        URL_SAFE_NO_PAD.encode(parts.concat())
    }

    /// Reads a token that was sealed with this key; `None` for any other text.
    /// How long that takes tells nothing of the right code.
    pub fn open(text: &str, key: &TokenKey) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let rest = bytes.strip_prefix(&FORMAT)?;
        let (event, rest) = rest.split_first_chunk::<8>()?;
        let (code, arn) = rest.split_first_chunk::<CODE>()?;
        let expected = key.code(&[&FORMAT, event, arn]);
        expected.verify_truncated_left(code).ok()?;
        Some(Self {
            execution_arn: std::str::from_utf8(arn).ok()?.into(),
            scheduled: EventId(u64::from_be_bytes(*event)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> TaskToken {
        TaskToken {
            execution_arn: "arn:aws:states:us-east-1:123456789012:execution:m:e".into(),
            scheduled: EventId(7),
        }
    }

    #[test]
    fn a_token_opens_with_its_key_alone() {
        let key = TokenKey::of_seed(1);
        let text = token().seal(&key);
        assert!(text.starts_with(TASK_TOKEN_PREFIX), "{text}");
        assert_eq!(TaskToken::open(&text, &key), Some(token()));
        assert_eq!(TaskToken::open(&text, &TokenKey::of_seed(2)), None);
    }

    #[test]
    fn a_token_with_one_letter_changed_is_none() {
        let key = TokenKey::of_seed(1);
        let text = token().seal(&key);
        for at in 0..text.len() {
            let letter = if &text[at..=at] == "A" { "B" } else { "A" };
            let mangled = format!("{}{letter}{}", &text[..at], &text[at + 1..]);
            assert_eq!(TaskToken::open(&mangled, &key), None, "{mangled}");
        }
    }

    #[test]
    fn a_text_that_is_no_token_is_none() {
        let key = TokenKey::of_seed(1);
        let text = token().seal(&key);
        let padded = format!("{text}=");
        for text in ["", "A", TASK_TOKEN_PREFIX, "Übung", &text[..30], &padded] {
            assert_eq!(TaskToken::open(text, &key), None, "{text}");
        }
    }

    #[test]
    fn a_key_is_not_shown() {
        assert_eq!(format!("{:?}", TokenKey::new([7; 32])), "TokenKey(..)");
    }
}
