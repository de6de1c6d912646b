//! Roman numerals.

use crate::Fault;
use crate::functions::room;

const NUMERALS: [(u32, &str); 12] = [
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
];

/// Writes a number in upper case; there is a letter for each thousand. Nothing for zero.
pub(super) fn to_roman(value: f64, most: usize) -> Result<String, Fault> {
    let thousands = (value / 1000.0) as usize;
    room::check(thousands.saturating_add(16), most)?;
    let mut text = "M".repeat(thousands);
    let mut rest = (value % 1000.0) as u32;
    for (worth, numeral) in NUMERALS {
        while rest >= worth {
            text.push_str(numeral);
            rest -= worth;
        }
    }
    Ok(text)
}

/// Reads numerals in upper case. A letter less than one behind it is subtracted.
pub(super) fn from_roman(text: &str) -> Option<f64> {
    let mut largest = 1.0;
    text.bytes().rev().try_fold(0.0, |sum, letter| {
        let worth = worth(letter)?;
        if worth < largest {
            return Some(sum - worth);
        }
        largest = worth;
        Some(sum + worth)
    })
}

fn worth(letter: u8) -> Option<f64> {
    Some(match letter {
        b'M' => 1000.0,
        b'D' => 500.0,
        b'C' => 100.0,
        b'L' => 50.0,
        b'X' => 10.0,
        b'V' => 5.0,
        b'I' => 1.0,
        _ => return None,
    })
}
