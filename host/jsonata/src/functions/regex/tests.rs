use super::{Effort, Flags, Regex};

const EFFORT: Effort = Effort {
    steps: 1_000_000,
    memory: 1 << 24,
};

fn flags(text: &str) -> Flags {
    Flags {
        ignore_case: text.contains('i'),
        multiline: text.contains('m'),
    }
}

/// The first match and its captures, as JavaScript's `exec` shows them.
fn exec(pattern: &str, flag: &str, text: &str) -> Option<Vec<Option<String>>> {
    let regex = Regex::parse(pattern, flags(flag)).unwrap();
    let found = regex.find_at(text, 0, &mut EFFORT.clone()).unwrap()?;
    let show = |span: std::ops::Range<usize>| text[span].to_owned();
    let whole = Some(show(found.span));
    let groups = found.groups.into_iter().map(|group| group.map(show));
    Some(std::iter::once(whole).chain(groups).collect())
}

fn check(pattern: &str, flag: &str, text: &str, expected: &[Option<&str>]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|group| group.map(str::to_owned))
        .collect();
    let expected = (!expected.is_empty()).then_some(expected);
    assert_eq!(
        exec(pattern, flag, text),
        expected,
        "/{pattern}/{flag} on {text:?}"
    );
}

#[test]
fn patterns_match_as_in_javascript() {
    check("a|ab", "", "abc", &[Some("a")]);
    check(
        "((a)|(ab))((c)|(bc))",
        "",
        "abc",
        &[
            Some("abc"),
            Some("a"),
            Some("a"),
            None,
            Some("bc"),
            None,
            Some("bc"),
        ],
    );
    check("a[a-z]{2,4}", "", "abcdefghi", &[Some("abcde")]);
    check("a[a-z]{2,4}?", "", "abcdefghi", &[Some("abc")]);
    check(
        "(aa|aabaac|ba|b|c)*",
        "",
        "aabaac",
        &[Some("aaba"), Some("ba")],
    );
    check(
        "(z)((a+)?(b+)?(c))*",
        "",
        "zaacbbbcac",
        &[
            Some("zaacbbbcac"),
            Some("z"),
            Some("ac"),
            Some("a"),
            None,
            Some("c"),
        ],
    );
    check("(?=(a+))a*b\\1", "", "baaabac", &[Some("aba"), Some("a")]);
    check(
        "(.*?)a(?!(a+)b\\2c)\\2(.*)",
        "",
        "baaabaac",
        &[Some("baaabaac"), Some("ba"), None, Some("abaac")],
    );
    check("(a*)*", "", "b", &[Some(""), None]);
    check("(?:a*?){3,}b", "", "aab", &[Some("aab")]);
    check("", "", "", &[Some("")]);
    check("x", "", "abc", &[]);
}

#[test]
fn assertions_look_both_ways() {
    check(
        "(?<=\\$)\\d+(?:\\.\\d*)?",
        "",
        "cost $10.50",
        &[Some("10.50")],
    );
    check(
        "(?<=([ab]+)([bc]+))$",
        "",
        "abc",
        &[Some(""), Some("a"), Some("bc")],
    );
    check("(?<!\\d)\\d{2}(?!\\d)", "", "123 45 6", &[Some("45")]);
    check("\\bcat\\b", "", "concat cat", &[Some("cat")]);
    check("\\Bcat", "", "cat concat", &[Some("cat")]);
    check("^b$", "m", "a\nb\nc", &[Some("b")]);
    check("^b$", "", "a\nb\nc", &[]);
}

#[test]
fn case_is_ignored_on_demand() {
    check("straße", "i", "STRAßE", &[Some("STRAßE")]);
    check("[à-é]+", "i", "ÀÉ", &[Some("ÀÉ")]);
    check("[^x]", "i", "Xy", &[Some("y")]);
    check("(a)\\1", "i", "aA", &[Some("aA"), Some("a")]);
    check("k", "i", "\u{212a}", &[]);
}

#[test]
fn escapes_and_classes() {
    check("\\x41\\u0042\\103\\t\\0", "", "ABC\t\0", &[Some("ABC\t\0")]);
    check("\\uD83D\\uDE00", "", "😀", &[Some("😀")]);
    check("^.$", "", "😀", &[Some("😀")]);
    check("[\\w-]+", "", " a-b_9 ", &[Some("a-b_9")]);
    check("[\\d-x]+", "", "1-x", &[Some("1-x")]);
    check("[^]", "", "\n", &[Some("\n")]);
    check("[]", "", "a", &[]);
    check("[\\S\\s]+", "", "a\u{2028}b", &[Some("a\u{2028}b")]);
    check(".+", "", "ab\u{2028}c", &[Some("ab")]);
    check("a{,2}", "", "a{,2}", &[Some("a{,2}")]);
    check("x{2", "", "x{2", &[Some("x{2")]);
    check("]}", "", "]}", &[Some("]}")]);
    check("\\/\\-\\k", "", "/-k", &[Some("/-k")]);
    check(
        "(?<year>\\d{4})-\\k<year>",
        "",
        "2024-2024",
        &[Some("2024-2024"), Some("2024")],
    );
    check("\\2(a)", "", "\u{2}a", &[Some("\u{2}a"), Some("a")]);
}

#[test]
fn what_is_no_pattern_is_refused() {
    for pattern in [
        "(",
        ")",
        "a)",
        "[",
        "[b-a]",
        "*",
        "a**",
        "a{2,1}",
        "{1}",
        "\\",
        "(?<n>a)(?<n>b)",
        "(?x)",
        "^*",
        "(?<=a)*",
        "(?<n>a)\\k<m>",
    ] {
        assert_eq!(
            Regex::parse(pattern, Flags::default()).unwrap_err().code,
            "S0303",
            "{pattern}"
        );
    }
    let nested = "(".repeat(100_000);
    assert!(Regex::parse(&nested, Flags::default()).is_err());
}

#[test]
fn a_search_without_end_is_an_error() {
    for pattern in [
        "(a+)+$",
        "(a|a)*b",
        "(a|aa)+$",
        "(.*)*x",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
    ] {
        let regex = Regex::parse(pattern, Flags::default()).unwrap();
        let text = "a".repeat(64) + "!";
        let result = regex.find_at(&text, 0, &mut EFFORT.clone());
        assert_eq!(result.unwrap_err().code, "D1012", "{pattern}");
    }
}

#[test]
fn large_counts_cost_what_the_text_has() {
    for pattern in [
        "(a{1000}){1000}",
        "a{4294967296}",
        "(?:){1000000000}b",
        "((){99999999}){9999}b",
    ] {
        let regex = Regex::parse(pattern, Flags::default()).unwrap();
        assert_eq!(
            regex.find_at("aaa", 0, &mut EFFORT.clone()),
            Ok(None),
            "{pattern}"
        );
    }
}

#[test]
fn memory_for_alternatives_is_bounded() {
    let regex = Regex::parse("(?:a|b)*c", Flags::default()).unwrap();
    let mut effort = Effort {
        memory: 10_000,
        ..EFFORT
    };
    let fault = regex
        .find_at(&"ab".repeat(10_000), 0, &mut effort)
        .unwrap_err();
    assert_eq!(fault.code, "D1012");
}
