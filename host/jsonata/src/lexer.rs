//! Cuts the text of an expression into tokens.

use crate::Fault;

/// A token and where it begins, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token<'t> {
    pub(crate) kind: TokenKind<'t>,
    pub(crate) position: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind<'t> {
    /// A field's name, plain or in backticks.
    Name(&'t str),
    /// `$name`, without its `$`.
    Variable(&'t str),
    String(String),
    Number(f64),
    True,
    False,
    Null,
    /// What stands between the slashes, and the letters behind them.
    Regex(&'t str, &'t str),
    /// An operator or a bracket; `and`, `or` and `in` too.
    Operator(&'static str),
    End,
}

impl TokenKind<'_> {
    pub(crate) fn is(&self, operator: &str) -> bool {
        matches!(self, TokenKind::Operator(symbol) if *symbol == operator)
    }

    /// The token as errors show it.
    pub(crate) fn text(&self) -> String {
        match self {
            TokenKind::Name(text) | TokenKind::Variable(text) => (*text).to_owned(),
            TokenKind::String(text) => text.clone(),
            TokenKind::Number(number) => crate::functions::number_text::number_text(*number),
            TokenKind::True => "true".to_owned(),
            TokenKind::False => "false".to_owned(),
            TokenKind::Null => "null".to_owned(),
            TokenKind::Regex(pattern, flags) => format!("/{pattern}/{flags}"),
            TokenKind::Operator(symbol) => (*symbol).to_owned(),
            TokenKind::End => "(end)".to_owned(),
        }
    }
}

/// Longer ones first.
const OPERATORS: [&str; 31] = [
    "..", ":=", "!=", ">=", "<=", "**", "~>", ".", "[", "]", "{", "}", "(", ")", ",", "@", "#",
    ";", ":", "?", "+", "-", "*", "/", "%", "|", "=", "<", ">", "^", "&",
];

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b)
}

/// Whether a name ends before this byte. Quotes do not end one.
fn ends_name(byte: u8) -> bool {
    is_blank(byte) || b".[]{}(),@#;:?+-*/%|=<>^&!~".contains(&byte)
}

/// Reads tokens from the front.
pub(crate) struct Lexer<'t> {
    text: &'t str,
    position: usize,
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, position: 0 }
    }

    /// The next token. `after_operand` tells that a slash divides, and does not begin
    /// a regular expression.
    ///
    /// Fails with the codes S0101 to S0106, S0204, S0301 and S0302.
    pub(crate) fn next(&mut self, after_operand: bool) -> Result<Token<'t>, Fault> {
        self.skip_blanks()?;
        let position = self.position;
        let kind = self.kind(after_operand)?;
        Ok(Token { kind, position })
    }

    fn rest(&self) -> &'t str {
        &self.text[self.position..]
    }

    fn kind(&mut self, after_operand: bool) -> Result<TokenKind<'t>, Fault> {
        let Some(first) = self.rest().bytes().next() else {
            return Ok(TokenKind::End);
        };
        match first {
            b'/' if !after_operand => self.regex(),
            b'"' | b'\'' => self.string(first),
            b'0'..=b'9' => self.number(),
            b'`' => self.quoted_name(),
            _ => self.operator_or_name(),
        }
    }

    fn skip_blanks(&mut self) -> Result<(), Fault> {
        loop {
            let rest = self.rest();
            let blanks = rest.bytes().take_while(|byte| is_blank(*byte)).count();
            self.position += blanks;
            if !rest[blanks..].starts_with("/*") {
                return Ok(());
            }
            let Some(end) = rest[blanks + 2..].find("*/") else {
                return Err(self.fault("S0106", "a comment has no closing tag"));
            };
            self.position += 2 + end + 2;
        }
    }

    fn operator_or_name(&mut self) -> Result<TokenKind<'t>, Fault> {
        let rest = self.rest();
        if let Some(symbol) = OPERATORS.iter().find(|symbol| rest.starts_with(**symbol)) {
            self.position += symbol.len();
            return Ok(TokenKind::Operator(symbol));
        }
        if rest.starts_with(['~', '!']) {
            return Err(unknown_operator(self.position, &rest[..1]));
        }
        let end = rest.bytes().position(ends_name).unwrap_or(rest.len());
        self.position += end;
        Ok(name(&rest[..end]))
    }

    fn quoted_name(&mut self) -> Result<TokenKind<'t>, Fault> {
        let inner = &self.rest()[1..];
        let Some(end) = inner.find('`') else {
            return Err(self.fault("S0105", "a quoted property name has no closing backtick"));
        };
        self.position += end + 2;
        Ok(TokenKind::Name(&inner[..end]))
    }

    /// A JSON number without a sign; what follows the longest one is the next token's.
    fn number(&mut self) -> Result<TokenKind<'t>, Fault> {
        let text = number_prefix(self.rest());
        let number: f64 = text.parse().expect("digits are a float");
        if !number.is_finite() {
            let mut fault = self.fault("S0102", &format!("number out of range: {text}"));
            fault.token = Some(text.to_owned());
            return Err(fault);
        }
        self.position += text.len();
        Ok(TokenKind::Number(number))
    }

    fn string(&mut self, quote: u8) -> Result<TokenKind<'t>, Fault> {
        let mut string = String::new();
        let mut place = self.position + 1;
        loop {
            let rest = &self.text[place..];
            let special = |byte: u8| byte == quote || byte == b'\\';
            let Some(plain) = rest.bytes().position(special) else {
                return Err(self.fault("S0101", "a string has no closing quote"));
            };
            string.push_str(&rest[..plain]);
            place += plain;
            if rest.as_bytes()[plain] == quote {
                self.position = place + 1;
                return Ok(TokenKind::String(string));
            }
            place += escape(&self.text[place..], place, &mut string)?;
        }
    }

    /// A regular expression ends at a slash that is neither escaped nor in brackets.
    fn regex(&mut self) -> Result<TokenKind<'t>, Fault> {
        let inner = &self.rest()[1..];
        let Some(end) = regex_end(inner) else {
            return Err(self.fault("S0302", "a regular expression has no closing slash"));
        };
        if end == 0 {
            return Err(self.fault("S0301", "an empty regular expression"));
        }
        let after = &inner[end + 1..];
        let flags = after
            .bytes()
            .take_while(|byte| b"im".contains(byte))
            .count();
        self.position += end + 2 + flags;
        Ok(TokenKind::Regex(&inner[..end], &after[..flags]))
    }

    fn fault(&self, code: &'static str, message: &str) -> Fault {
        Fault::new(code, message).at(self.position)
    }
}

fn unknown_operator(position: usize, symbol: &str) -> Fault {
    let mut fault = Fault::new("S0204", format!("unknown operator: {symbol:?}")).at(position);
    fault.token = Some(symbol.to_owned());
    fault
}

fn name(text: &str) -> TokenKind<'_> {
    match text {
        "and" => TokenKind::Operator("and"),
        "or" => TokenKind::Operator("or"),
        "in" => TokenKind::Operator("in"),
        "true" => TokenKind::True,
        "false" => TokenKind::False,
        "null" => TokenKind::Null,
        _ => match text.strip_prefix('$') {
            Some(name) => TokenKind::Variable(name),
            None => TokenKind::Name(text),
        },
    }
}

/// The longest JSON number without a sign at the front of a text that begins with a digit.
fn number_prefix(text: &str) -> &str {
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut end = if text.starts_with('0') { 1 } else { digits(0) };
    if text[end..].starts_with('.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        let count = digits(end + 1 + sign);
        if count > 0 {
            end += 1 + sign + count;
        }
    }
    &text[..end]
}

fn regex_end(inner: &str) -> Option<usize> {
    let mut depth = 0i64;
    let mut is_escaped = false;
    for (place, byte) in inner.bytes().enumerate() {
        match byte {
            _ if is_escaped => {}
            b'/' if depth == 0 => return Some(place),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    None
}

/// Appends the character that an escape at the front of `rest` stands for; its length in bytes.
fn escape(rest: &str, position: usize, string: &mut String) -> Result<usize, Fault> {
    let Some(letter) = rest[1..].chars().next() else {
        return Err(Fault::new("S0101", "a string has no closing quote").at(position));
    };
    let character = match letter {
        '"' | '\\' | '/' => letter,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode_escape(rest, position, string),
        _ => {
            let message = format!("unsupported escape sequence: \\{letter}");
            let mut fault = Fault::new("S0103", message).at(position);
            fault.token = Some(letter.to_string());
            return Err(fault);
        }
    };
    string.push(character);
    Ok(2)
}

/// `\u` and four digits; two of them may be the halves of one character. Half a character
/// alone, which no text of ours can hold, becomes U+FFFD.
fn unicode_escape(rest: &str, position: usize, string: &mut String) -> Result<usize, Fault> {
    let unit = code_unit(rest).ok_or_else(|| {
        Fault::new(
            "S0104",
            "the escape sequence \\u must be followed by 4 hex digits",
        )
        .at(position)
    })?;
    let low = code_unit(&rest[6..]).filter(|low| (0xdc00..0xe000).contains(low));
    let (character, length) = match (unit, low) {
        (0xd800..0xdc00, Some(low)) => {
            let code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            (char::from_u32(code), 12)
        }
        _ => (char::from_u32(unit), 6),
    };
    string.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    Ok(length)
}

fn code_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok())?
}
