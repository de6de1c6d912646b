//! Shared text.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use ecow::EcoString;

/// An immutable string whose clones share its bytes; up to 15 of them are kept in
/// the `Text` itself.
///
/// Object keys and JSON strings are `Text`: most are so short that neither making
/// nor cloning one costs an allocation or a reference count. It compares, orders and
/// hashes as `str`, so maps keyed by `Text` are looked up with a `&str`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(EcoString);

impl Text {
    /// Copies a text as [`Text::from`] does, but in registers.
    ///
    /// A short text is copied by code for its very length. Copying a number of bytes
    /// that the compiler does not know is a call, and reading as one what was just
    /// written in pieces makes the processor wait until all of it is written.
    #[inline(always)]
    pub(crate) fn copied(text: &str) -> Self {
        macro_rules! copy {
            ($($len:literal)*) => {
                match text.len() {
                    $($len => EcoString::inline(&text[..$len]),)*
                    _ => text.into(),
                }
            };
        }
        Self(copy!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::from("")
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        Self(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Self {
        Self(text.into())
    }
}

impl From<Arc<str>> for Text {
    fn from(text: Arc<str>) -> Self {
        Self((*text).into())
    }
}

impl From<&Text> for Text {
    fn from(text: &Text) -> Self {
        text.clone()
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.as_str().to_owned()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
