//! Integers in English words.

const UNITS: [(&str, &str); 20] = [
    ("Zero", "Zeroth"),
    ("One", "First"),
    ("Two", "Second"),
    ("Three", "Third"),
    ("Four", "Fourth"),
    ("Five", "Fifth"),
    ("Six", "Sixth"),
    ("Seven", "Seventh"),
    ("Eight", "Eighth"),
    ("Nine", "Ninth"),
    ("Ten", "Tenth"),
    ("Eleven", "Eleventh"),
    ("Twelve", "Twelfth"),
    ("Thirteen", "Thirteenth"),
    ("Fourteen", "Fourteenth"),
    ("Fifteen", "Fifteenth"),
    ("Sixteen", "Sixteenth"),
    ("Seventeen", "Seventeenth"),
    ("Eighteen", "Eighteenth"),
    ("Nineteen", "Nineteenth"),
];

/// From twenty on.
const TENS: [(&str, &str); 8] = [
    ("Twenty", "Twentieth"),
    ("Thirty", "Thirtieth"),
    ("Forty", "Fortieth"),
    ("Fifty", "Fiftieth"),
    ("Sixty", "Sixtieth"),
    ("Seventy", "Seventieth"),
    ("Eighty", "Eightieth"),
    ("Ninety", "Ninetieth"),
];

/// The largest first. Beyond them words are combined: a thousand trillion.
const MAGNITUDES: [(f64, &str, &str); 4] = [
    (1e12, "Trillion", "Trillionth"),
    (1e9, "Billion", "Billionth"),
    (1e6, "Million", "Millionth"),
    (1e3, "Thousand", "Thousandth"),
];

const HUNDRED: (&str, &str) = ("Hundred", "Hundredth");

/// Writes a number, each word capitalised: `Three Thousand, Seven Hundred and Thirty-One`.
///
/// Recursive, 26 deep at the most for the largest double.
pub(super) fn to_words(value: f64, ordinal: bool) -> String {
    let magnitude = MAGNITUDES.iter().find(|(worth, ..)| value >= *worth);
    let Some(&(worth, cardinal_word, ordinal_word)) = magnitude else {
        return below_thousand(value as usize, ordinal);
    };
    let count = (value / worth).floor();
    let rest = value - count * worth;
    let head = to_words(count, false);
    if rest <= 0.0 {
        return format!(
            "{head} {}",
            if ordinal { ordinal_word } else { cardinal_word }
        );
    }
    let joint = if rest < 100.0 { " and " } else { ", " };
    format!("{head} {cardinal_word}{joint}{}", to_words(rest, ordinal))
}

fn below_thousand(value: usize, ordinal: bool) -> String {
    let head = UNITS[value / 100].0;
    match (value / 100, value % 100) {
        (0, rest) => below_hundred(rest, ordinal),
        (_, 0) => format!("{head} {}", form(HUNDRED, ordinal)),
        (_, rest) => format!("{head} {} and {}", HUNDRED.0, below_hundred(rest, ordinal)),
    }
}

fn below_hundred(value: usize, ordinal: bool) -> String {
    if let Some(unit) = UNITS.get(value) {
        return form(*unit, ordinal).to_owned();
    }
    let tens = TENS[value / 10 - 2];
    match value % 10 {
        0 => form(tens, ordinal).to_owned(),
        rest => format!("{}-{}", tens.0, form(UNITS[rest], ordinal)),
    }
}

fn form(
    (cardinal_word, ordinal_word): (&'static str, &'static str),
    ordinal: bool,
) -> &'static str {
    if ordinal { ordinal_word } else { cardinal_word }
}

/// Reads a number in lower case, cardinal or ordinal; `None` if a word is no number.
///
/// `hundred` and larger words multiply what stands before them, down to the next multiplied part.
pub(super) fn from_words(text: &str) -> Option<f64> {
    let mut parts = vec![0.0];
    for word in words(text) {
        let worth = worth(word)?;
        let last = parts.last_mut().expect("begins with a part");
        if worth >= 100.0 {
            *last *= worth;
        } else if *last >= 1000.0 {
            parts.push(worth);
        } else {
            *last += worth;
        }
    }
    Some(parts.into_iter().sum())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '-', ' ', '\t', '\n', '\r'])
        .filter(|word| !word.is_empty() && *word != "and")
}

fn worth(word: &str) -> Option<f64> {
    vocabulary()
        .find(|(candidate, _)| candidate.eq_ignore_ascii_case(word))
        .map(|(_, worth)| worth)
}

/// All words, with what they are worth.
pub(super) fn vocabulary() -> impl Iterator<Item = (&'static str, f64)> {
    let units = UNITS.iter().zip(0..);
    let tens = TENS.iter().zip((20..).step_by(10));
    let small = units.chain(tens).chain([(&HUNDRED, 100)]);
    let small = small.map(|(words, worth)| (words.0, words.1, f64::from(worth)));
    let large = MAGNITUDES.iter().map(|(worth, a, b)| (*a, *b, *worth));
    small
        .chain(large)
        .flat_map(|(a, b, worth)| [(a, worth), (b, worth)])
}
