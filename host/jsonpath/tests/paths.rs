//! Paths: what they find, what they say when they find nothing, what they refuse, what they cost.

use proptest::prelude::*;
use sandstep_json::{Array, Object, Value};
use sandstep_jsonpath::{Path, ReferencePath, Root, Roots};

fn json(text: &str) -> Value {
    Value::parse(text).expect("the tests write JSON")
}

/// Evaluates a path on a document: JSON text, or the sentence of the failure.
fn find(path: &str, document: &str) -> String {
    let path = Path::parse(path).expect("a path");
    match path.evaluate(&json(document)) {
        Ok(value) => value.to_json(),
        Err(failure) => failure.to_string(),
    }
}

/// What is wrong with a text that is no path.
fn refusal(path: &str) -> String {
    Path::parse(path).expect_err(path).to_string()
}

#[test]
fn the_dialects_own_forms() {
    let document = r#"{"a-b":1,"c":{"d e":[{"k":1,"l":2,"m":3},{"k":5}]}}"#;
    for (path, found) in [
        ("$", document),
        (" $.a-b\n", "1"),
        ("$.['a-b']", "1"),
        ("$.c.['d e'].[1].k", "5"),
        ("$.c['d e'][-1]['k']", "5"),
        ("$['a-b','missing']", r#"{"a-b":1}"#),
        ("$.c['d e'][*].['k','l']", r#"[{"k":1,"l":2},{"k":5}]"#),
        ("$.c['d e'].[?(@.k > 1)]", r#"[{"k":5}]"#),
        ("$.c['d e'][?(@.k>1||@.l=='x')].k", "[5]"),
        ("$.c['d e'][?(@.l)].m", "[3]"),
        ("$.c['d e'][?(!@.l && @.k != '5')].k", "[5]"),
        ("$..k", "[1,5]"),
        ("$..[?(@.k == 5.0)]", r#"[{"k":5}]"#),
        ("$.c[?(@['d e'])]['d e'][0].k", "[1]"),
        ("$..['d e'][0,1].k", "[1,5]"),
    ] {
        assert_eq!(find(path, document), found, "{path}");
    }
}

#[test]
fn failures_speak_in_the_librarys_sentences() {
    let document = r#"{"a":{"b":[1]},"n":null,"s":"x","list":[1,2]}"#;
    for (path, sentence) in [
        ("$.a.x", "No results for path: $['a']['x']"),
        ("$.x.y", "Missing property in path $['x']"),
        ("$.a.b[3]", "No results for path: $['a']['b'][3]"),
        (
            "$.list.length()",
            "Property ['length()'] not found in path $['list']",
        ),
        ("$.s.t", "Property ['t'] not found in path $['s']"),
        ("$.n[0]", "The path $['n'] is null"),
        (
            "$.s[0]",
            "Filter: [0] can only be applied to arrays. Current context is: \"x\"",
        ),
        (
            "$.s[?(@.a)]",
            "Filter: [?] can not be applied to primitives. Current context is: \"x\"",
        ),
        (
            "$.list[?(@.a == $.s)]",
            "a filter cannot refer to another value of the document",
        ),
        (
            "$.list[?(@.a == Word)]",
            "a filter compares with a string that lacks its quotes",
        ),
    ] {
        assert_eq!(find(path, document), sentence, "{path}");
    }
}

#[test]
fn indefinite_paths_find_nothing_without_failing() {
    for path in [
        "$.x[*]",
        "$.x.y[1:]",
        "$.a[*].z",
        "$.a.b[?(@.c)]",
        "$..nothing",
        "$.s[*]",
    ] {
        assert_eq!(find(path, r#"{"a":{"b":[1]},"s":"x"}"#), "[]", "{path}");
    }
}

#[test]
fn texts_that_are_no_paths() {
    for (path, message) in [
        (
            "",
            "expected a path, which begins with `$`, found the end (at character 1)",
        ),
        (
            "a.b",
            "expected a path, which begins with `$`, found `a` (at character 1)",
        ),
        (
            "$.",
            "expected a name, `*` or `[` after a dot, found the end (at character 3)",
        ),
        (
            "$...",
            "expected a name, `*` or `[` after a dot, found `.` (at character 4)",
        ),
        (
            "$.a b",
            "expected `.`, `[` or the end of the path, found `b` (at character 5)",
        ),
        ("$['a", "a quote is not closed (at character 3)"),
        ("$[1", "expected `]`, found the end (at character 4)"),
        ("$[01]", "`01` is not an index (at character 3)"),
        (
            "$[(@.length-1)]",
            "scripts in brackets are not supported (at character 3)",
        ),
        (
            "$[?(@.a in ['x'])]",
            "the operator `in` is not supported (at character 9)",
        ),
        (
            "$[?(@.a =~ /x/)]",
            "expected `==`; other operators are not supported (at character 9)",
        ),
        ("$[?(1)]", "a literal is not a condition (at character 5)"),
        ("$[?(@.a", "expected `)`, found the end (at character 8)"),
        (
            "$[?length(@.a) > 1]",
            "functions are not supported in filters (at character 4)",
        ),
    ] {
        assert_eq!(refusal(path), message, "{path}");
    }
}

#[test]
fn roots_are_told_apart() {
    let root = |path: &str| Path::parse(path).expect("a path").root().clone();
    assert_eq!(root("$.a"), Root::Input);
    assert_eq!(root("$$.a"), Root::Context);
    assert_eq!(root("$total[0]"), Root::Variable("total".into()));
    let is_reference = |path: &str| Path::parse(path).expect("a path").is_reference();
    for path in ["$", "$$.a", "$x.y", "$.a[0]['b c']"] {
        assert!(is_reference(path), "{path}");
    }
    for path in [
        "$.*",
        "$..a",
        "$[0,1]",
        "$['a','b']",
        "$[1:]",
        "$[?(@.a)]",
        "$.a.length()",
    ] {
        assert!(!is_reference(path), "{path}");
    }
}

/// A variable `x`, and a context object that must not be asked for.
struct Variables(Value);

impl Roots for Variables {
    fn input(&self) -> &Value {
        &Value::Null
    }

    fn context(&self) -> &Value {
        panic!("no path here begins with `$$`")
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        (name == "x").then_some(&self.0)
    }
}

#[test]
fn variables_are_followed() {
    let roots = Variables(json(r#"{"a":[7]}"#));
    let evaluate = |path: &str| Path::parse(path).expect("a path").evaluate(&roots);
    assert_eq!(evaluate("$x.a[0]").expect("found").to_json(), "7");
    assert_eq!(evaluate("$x.a[*]").expect("found").to_json(), "[7]");
    let failure = evaluate("$y.a").expect_err("unassigned");
    assert_eq!(failure.to_string(), "variable '$y.a' has not been assigned");
}

#[test]
fn hostile_paths_are_cut_off() {
    let deep = (0..400).fold(json("[1,2]"), |inner, _| {
        Value::from(vec![inner.clone(), inner])
    });
    let row = Value::from(Array::from_iter(0..9_000));
    let matrix = Value::from(vec![row]);
    let union = format!("$[{}][*]", vec!["0"; 2_000].join(","));
    for (path, document) in [("$..*..*..*", &deep), ("$..*", &deep), (&union, &matrix)] {
        let failure = Path::parse(path)
            .expect("a path")
            .evaluate(document)
            .expect_err(path);
        assert_eq!(failure.to_string(), "the path visits too many values");
    }
    for nested in ["(", "!(", "@[?"] {
        let path = format!("$[?{}@.a", nested.repeat(100_000));
        assert!(
            refusal(&path).starts_with("a filter is nested at most"),
            "{nested}"
        );
    }
    assert!(refusal(&format!("${}", ".a".repeat(100_000))).starts_with("a path has at most"));
}

/// The path that ResultPath takes, applied; or the error.
fn put(path: &str, document: &str, value: &str) -> String {
    let path = ReferencePath::parse(path).expect("a reference path");
    match path.put(json(document), json(value)) {
        Ok(result) => result.to_json(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_reference_path_puts_a_value_in_its_place() {
    for (path, document, result) in [
        ("$", r#"{"a":1}"#, "9"),
        ("$.a", r#"{"a":1,"b":2}"#, r#"{"a":9,"b":2}"#),
        ("$.c", r#"{"a":1}"#, r#"{"a":1,"c":9}"#),
        (
            "$.a.b['c d']",
            r#"{"x":1}"#,
            r#"{"x":1,"a":{"b":{"c d":9}}}"#,
        ),
        ("$.a[1].b", r#"{"a":[0,{}]}"#, r#"{"a":[0,{"b":9}]}"#),
        ("$.a[-1]", r#"{"a":[0,1]}"#, r#"{"a":[0,9]}"#),
        ("$.a", "5", "Unable to apply ReferencePath $.a to input 5"),
        (
            "$.a.b",
            r#"{"a":null}"#,
            r#"Unable to apply ReferencePath $.a.b to input {"a":null}"#,
        ),
        (
            "$.a[1]",
            r#"{"a":[0]}"#,
            r#"Unable to apply ReferencePath $.a[1] to input {"a":[0]}"#,
        ),
        (
            "$.a[0]",
            "{}",
            "Unable to apply ReferencePath $.a[0] to input {}",
        ),
    ] {
        assert_eq!(put(path, document, "9"), result, "{path} {document}");
    }
}

#[test]
fn putting_leaves_a_shared_document_alone_and_changes_another_in_place() {
    let path = ReferencePath::parse("$.a[0].b").expect("a reference path");
    let document = json(r#"{"a":[{"b":1}],"big":{"x":[1,2]}}"#);
    let shared = document.clone();
    let changed = path.put(document, Value::from(2)).expect("it fits");
    assert_eq!(shared.to_json(), r#"{"a":[{"b":1}],"big":{"x":[1,2]}}"#);
    let place =
        |document: &Value| -> *const Value { path.get(document).expect("there is a value") };
    let before = place(&changed);
    drop(shared);
    let again = path.put(changed, Value::from(3)).expect("it fits");
    assert_eq!(
        (place(&again), again.json_len()),
        (before, again.to_json().len())
    );
}

/// Paths of the forms that RFC 9535 and the service share.
fn shared_path() -> impl Strategy<Value = String> {
    let step = prop_oneof![
        prop::sample::select(vec![
            ".a", ".b", "['a']", "[*]", ".*", "..a", "..*", "..[0]"
        ])
        .prop_map(str::to_owned),
        (-3i64..3).prop_map(|index| format!("[{index}]")),
        (-3i64..3, -3i64..3, -2i64..3)
            .prop_map(|(start, end, step)| format!("[{start}:{end}:{step}]")),
        prop::collection::vec(-3i64..3, 2..4).prop_map(|indexes| {
            format!(
                "[{}]",
                indexes
                    .iter()
                    .map(i64::to_string)
                    .collect::<Vec<_>>()
                    .join(",")
            )
        }),
    ];
    prop::collection::vec(step, 0..5).prop_map(|steps| format!("${}", steps.concat()))
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![Just(Value::Null), (0i64..9).prop_map(Value::from)];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| Array::from(items).into()),
            prop::collection::vec((prop::sample::select(vec!["a", "b", "c"]), inner), 0..4)
                .prop_map(|members| Object::from_iter(members).into()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn finds_what_serde_json_path_finds(path in shared_path(), document in document()) {
        let oracle: serde_json::Value = serde_json::from_str(&document.to_json()).expect("JSON");
        let expected = serde_json_path::JsonPath::parse(&path).expect("a path").query(&oracle).all();
        let mut expected: Vec<_> = expected.into_iter().map(ToString::to_string).collect();
        let path = Path::parse(&path).expect("a path");
        let mut found: Vec<_> = match path.evaluate(&document) {
            Ok(value) if path.is_definite() => vec![value.to_json()],
            Ok(value) => value.as_array().expect("matches").iter().map(Value::to_json).collect(),
            // The strict steps: RFC 9535 finds nothing where they fail.
            Err(_) => Vec::new(),
        };
        // serde_json sorts the members of its objects.
        found.iter_mut().for_each(|json| {
            *json = serde_json::from_str::<serde_json::Value>(json).expect("JSON").to_string();
        });
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC*") {
        let _ = Path::parse(&text);
    }

    #[test]
    fn pieces_of_paths_are_read_and_followed_without_panic(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "$", "$$", "@", ".", "..", "*", "[", "]", "?", "(", ")", "'", "\"", "\\", ",", ":", "-",
            "0", "1", "9999999999999999999", "a", "==", "<", "!", "&&", "||", "true", "é", " ", "\n",
            "\\u0061", "\\ud800",
        ]), 0..12),
        document in document(),
    ) {
        if let Ok(path) = Path::parse(&format!("${}", pieces.concat())) {
            let _ = path.evaluate(&document).map_err(|failure| failure.to_string());
        }
    }
}
