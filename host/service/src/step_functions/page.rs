//! Pages of lists.

use super::api_error::ApiError;

/// How many members a page may have.
pub(crate) const MAX_RESULTS: i64 = 1000;

/// How many members a page has unless its request says.
const DEFAULT: usize = 100;

/// The part of a list that a request asks for.
pub(crate) struct Page {
    /// The last member of the page before, by its key.
    pub(crate) after: Option<String>,
    /// How many members it has at most.
    pub(crate) length: usize,
}

impl Page {
    /// `max_results` and `next_token` have met their constraints.
    pub(crate) fn of(max_results: Option<i64>, next_token: Option<&str>) -> Result<Self, ApiError> {
        let length = max_results.and_then(|number| usize::try_from(number).ok());
        let after = next_token.map(|token| decode(token).ok_or(ApiError::invalid_token(token)));
        Ok(Self {
            after: after.transpose()?,
            length: length.filter(|&length| length > 0).unwrap_or(DEFAULT),
        })
    }

    /// The number of the last member of the page before, where members have
    /// numbers for keys.
    pub(crate) fn number_after(&self) -> Result<Option<u64>, ApiError> {
        let number = self.after.as_deref().map(|key| {
            let number = key.parse::<u64>();
            number.map_err(|_| ApiError::invalid_token(key))
        });
        number.transpose()
    }

    /// Takes the page from what comes after [`Page::after`], and makes the
    /// token of the next one, if there is any more.
    pub(crate) fn take<T>(
        &self,
        members: impl Iterator<Item = T>,
        key: impl Fn(&T) -> String,
    ) -> (Vec<T>, Option<String>) {
        let mut taken: Vec<T> = members.take(self.length + 1).collect();
        if taken.len() <= self.length {
            return (taken, None);
        }
        taken.truncate(self.length);
        let token = taken.last().map(|last| encode(&key(last)));
        (taken, token)
    }
}

/// A token is opaque, so that nobody relies on what it says.
pub(crate) fn encode(key: &str) -> String {
    key.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn decode(token: &str) -> Option<String> {
    let digits = token.as_bytes().chunks_exact(2);
    if !digits.remainder().is_empty() || !token.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_to_the_next_page() {
        let page = |token: Option<&str>| {
            let page = Page::of(Some(2), token).expect("the token is ours");
            let after: u32 = page.after.as_deref().map_or(0, |key| key.parse().unwrap());
            page.take(after + 1..=5, ToString::to_string)
        };
        let (first, token) = page(None);
        assert_eq!(first, [1, 2]);
        let (second, token) = page(token.as_deref());
        assert_eq!(second, [3, 4]);
        assert_eq!(page(token.as_deref()), (vec![5], None));
    }

    #[test]
    fn a_foreign_token_is_refused() {
        for token in ["x", "xy", "é", "ff"] {
            assert!(Page::of(None, Some(token)).is_err(), "{token}");
        }
    }
}
