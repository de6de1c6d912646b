//! Texts without sense: whatever they are, reading and evaluating them gives a value or a fault.

mod surroundings;

use sandstep_jsonata::{Expression, Limits};
use surroundings::Fixed;

const PIECES: &[&str] = &[
    "$",
    "$$",
    "$x",
    "a",
    "%",
    "*",
    "**",
    ".",
    "..",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "|",
    "^",
    "@$i",
    "#$i",
    "?",
    ":",
    ":=",
    ";",
    ",",
    "=",
    "!=",
    "<",
    ">",
    "<=",
    "~>",
    "+",
    "-",
    "/",
    "&",
    "and",
    "or",
    "in",
    "not",
    "1",
    "0.5",
    "1e3",
    "'t'",
    "\"",
    "`b`",
    "\\",
    "null",
    "true",
    "function($x){$x}",
    "λ($y)<n:n>{$y}",
    "/a(b)?/i",
    "/[/",
    "$sum",
    "$map",
    "$string(",
    "$wide",
    "$deep",
    "$long",
    "é",
    "😀",
    "\u{0}",
    " ",
];

/// The numbers of a linear congruential generator.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        (self.0 >> 33) as usize % end
    }

    fn text(&mut self) -> String {
        let count = 1 + self.below(12);
        (0..count)
            .map(|_| PIECES[self.below(PIECES.len())])
            .collect()
    }
}

#[test]
fn texts_without_sense_give_a_value_or_a_fault() {
    let limits = Limits {
        steps: 20_000,
        ..Limits::default()
    };
    let mut numbers = Numbers(1);
    let mut values = 0;
    for _ in 0..60_000 {
        if let Ok(expression) = Expression::parse(&numbers.text()) {
            values += usize::from(expression.evaluate(&Fixed, &limits).is_ok());
        }
    }
    assert!(values > 1_000, "only {values} had a value");
}
