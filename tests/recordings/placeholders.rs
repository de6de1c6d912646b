//! The `{{…}}` of requests and of recorded answers.

/// A part of a text.
#[derive(Debug, PartialEq)]
pub(crate) enum Piece<'a> {
    Text(&'a str),
    Placeholder(Placeholder<'a>),
}

/// What stands between double braces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Placeholder<'a> {
    /// A place in the answer to an earlier call.
    Answer { call: usize, path: &'a str },
    /// A fresh text of eight hexadecimal digits for each label.
    Uid(&'a str),
    /// A fresh UUID for each label.
    Uuid(&'a str),
    /// The time of the run plus that many days.
    DaysFromNow(u64),
    /// Something about the endpoint: its region, its account, a role.
    Variable(&'a str),
    /// A hole for any value.
    Any,
    /// A hole for any value, whose key may be missing.
    Optional,
    /// A hole for one value, the same wherever the label is.
    Bind(&'a str),
}

const VARIABLES: [&str; 6] = [
    "region",
    "account",
    "account_2",
    "role_arn",
    "lambda_role_arn",
    "account_2_role_arn",
];

/// Further roles are numbered: `role_arn_2`.
const ROLE: &str = "role_arn_";

/// Splits a text at its placeholders. Braces around anything else are text.
pub(crate) fn split(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut plain, mut search) = (0, 0);
    while let Some((start, end)) = next_braces(text, search) {
        match Placeholder::parse(&text[start + 2..end - 2]) {
            Some(placeholder) => {
                push_text(&mut pieces, &text[plain..start]);
                pieces.push(Piece::Placeholder(placeholder));
                (plain, search) = (end, end);
            }
            None => search = start + 1,
        }
    }
    push_text(&mut pieces, &text[plain..]);
    pieces
}

fn push_text<'a>(pieces: &mut Vec<Piece<'a>>, text: &'a str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
}

/// Where the next `{{…}}` begins and ends, its braces included.
fn next_braces(text: &str, from: usize) -> Option<(usize, usize)> {
    let start = from + text[from..].find("{{")?;
    let end = start + text[start..].find("}}")? + 2;
    Some((start, end))
}

impl<'a> Placeholder<'a> {
    fn parse(inside: &'a str) -> Option<Self> {
        let is_role = inside
            .strip_prefix(ROLE)
            .is_some_and(|number| number.parse::<u32>().is_ok());
        if is_role || VARIABLES.contains(&inside) {
            return Some(Self::Variable(inside));
        }
        if let Some(days) = inside.strip_prefix("now+") {
            return days.strip_suffix('d')?.parse().ok().map(Self::DaysFromNow);
        }
        match inside.split_once(':') {
            Some(("any", _)) => Some(Self::Any),
            Some(("opt", _)) => Some(Self::Optional),
            Some(("bind", label)) => Some(Self::Bind(label)),
            Some(("uid", label)) => Some(Self::Uid(label)),
            Some(("uuid", label)) => Some(Self::Uuid(label)),
            _ => Self::answer(inside),
        }
    }

    fn answer(inside: &'a str) -> Option<Self> {
        let (call, path) = inside.split_once('.').unwrap_or((inside, ""));
        Some(Self::Answer {
            call: call.parse().ok()?,
            path,
        })
    }
}
