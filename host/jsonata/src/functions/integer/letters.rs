//! Integers as spreadsheets name their columns.

/// `A`, `B`, …, `Z`, `AA`, …; nothing for zero. At most 220 letters.
pub(super) fn to_letters(mut value: f64) -> String {
    let mut letters = Vec::new();
    while value > 0.0 {
        letters.push(char::from(b'A' + ((value - 1.0) % 26.0) as u8));
        value = ((value - 1.0) / 26.0).floor();
    }
    letters.into_iter().rev().collect()
}

/// Reads letters in upper case.
pub(super) fn from_letters(letters: &str) -> Option<f64> {
    letters.bytes().try_fold(0.0, |sum, letter| {
        let digit = letter.is_ascii_uppercase().then(|| letter - b'A' + 1)?;
        Some(sum * 26.0 + f64::from(digit))
    })
}
