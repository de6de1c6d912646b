//! Intrinsic functions and payload templates.

use proptest::prelude::*;
use sandstep_json::Value;
use sandstep_jsonpath::{Call, ErrorKind, Expression, Function, Template};

fn json(text: &str) -> Value {
    Value::parse(text).expect("the tests write JSON")
}

/// What a call yields: JSON text, or what the function had to say.
fn call(call: &str, input: &str) -> String {
    let call = Call::parse(call).unwrap_or_else(|error| panic!("{call}: {error}"));
    match call.evaluate(&json(input), &mut || u64::MAX) {
        Ok(value) => value.to_json(),
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::IntrinsicFailure);
            let lead = format!("The function '{}' had the following error: ", call.text());
            error
                .message
                .strip_prefix(&lead)
                .expect("the function is named")
                .to_owned()
        }
    }
}

fn check(cases: &[(&str, &str)]) {
    let input = r#"{"n":null,"i":7,"f":1.5,"s":"text","b":true,"list":[1,2,3,1],"o":{"k":"v","l":[1,"x",null]},
        "template":"{} of \\{{}\\}", "half":[2.5,-2.5]}"#;
    for (text, expected) in cases {
        assert_eq!(call(text, input), *expected, "{text}");
    }
}

#[test]
fn format() {
    check(&[
        ("States.Format('no slots')", r#""no slots""#),
        ("States.Format('{}{}', $.s, 1.0)", r#""text1.0""#),
        (
            "States.Format('{}, {}, {}', $.n, true, 'q')",
            r#""null, true, q""#,
        ),
        (r"States.Format('It\'s \{{}\} \\', $.i)", r#""It's {7} \\""#),
        ("States.Format('{a} } { {}', $.i)", r#""{a} } { 7""#),
        ("States.Format($.template, 1, 2)", r#""1 of {2}""#),
        ("States.Format('{}', $.o)", r#""{k=v, l=[1, x, null]}""#),
        (
            "States.Format('{}', States.Format('<{}>', $.s))",
            r#""<text>""#,
        ),
        (
            "States.Format('{}')",
            "the template has 1 occurrences of {} for 0 arguments",
        ),
        (
            "States.Format('x', 1)",
            "the template has 0 occurrences of {} for 1 arguments",
        ),
        (
            "States.Format($.i, 1)",
            "argument 1 must be a string, found number",
        ),
        (
            "States.Format('{}', $.missing)",
            "The JsonPath argument for the field '$.missing' could not be found in the input \
             '{\"n\":null,\"i\":7,\"f\":1.5,\"s\":\"text\",\"b\":true,\"list\":[1,2,3,1],\"o\":\
             {\"k\":\"v\",\"l\":[1,\"x\",null]},\"template\":\"{} of \\\\{{}\\\\}\",\"half\":[2.5,-2.5]}'",
        ),
    ]);
}

#[test]
fn arrays() {
    check(&[
        ("States.Array()", "[]"),
        (
            "States.Array('Foo', 2020, $.o, null)",
            r#"["Foo",2020,{"k":"v","l":[1,"x",null]},null]"#,
        ),
        ("States.ArrayContains($.list, 2)", "true"),
        ("States.ArrayContains($.list, '2')", "false"),
        (
            "States.ArrayContains($.s, 2)",
            "argument 1 must be an array, found string",
        ),
        ("States.ArrayGetItem($.list, 2)", "3"),
        ("States.ArrayGetItem($.list, 1.5)", "3"),
        (
            "States.ArrayGetItem($.list, 4)",
            "index 4 is out of bounds for an array of 4 elements",
        ),
        (
            "States.ArrayGetItem($.list, -1)",
            "index -1 is out of bounds for an array of 4 elements",
        ),
        ("States.ArrayLength($.list[1:])", "3"),
        ("States.ArrayPartition($.list, 3)", "[[1,2,3],[1]]"),
        (
            "States.ArrayPartition($.list, 0)",
            "the chunk size must be a positive integer",
        ),
        ("States.ArrayRange(1, 9, 2)", "[1,3,5,7,9]"),
        ("States.ArrayRange(5, 1, -2)", "[5,3,1]"),
        ("States.ArrayRange(1, 2, -1)", "[]"),
        ("States.ArrayRange(1, 1, 3)", "[1]"),
        ("States.ArrayRange(1, 5, 0)", "the step must not be zero"),
        (
            "States.ArrayRange(0, 1000, 1)",
            "the range has more than 1000 elements",
        ),
        (
            "States.ArrayRange(-9223372036854775808, 9223372036854775807, 1)",
            "the range has more than 1000 elements",
        ),
        ("States.ArrayUnique($.list)", "[1,2,3]"),
    ]);
    let repeated = r#"[[],[],{"a":1,"b":[2]},{"b":[2],"a":1},"[]",1,1.0,null,null]"#;
    assert_eq!(
        call("States.ArrayUnique($)", repeated),
        r#"[[],{"a":1,"b":[2]},"[]",1,1.0,null]"#
    );
}

#[test]
fn encodings_and_digests() {
    check(&[
        (
            "States.Base64Encode('Data to encode')",
            r#""RGF0YSB0byBlbmNvZGU=""#,
        ),
        (
            "States.Base64Decode('RGF0YSB0byBlbmNvZGU=')",
            r#""Data to encode""#,
        ),
        ("States.Base64Decode('?')", "the text is not Base64"),
        (
            "States.Base64Encode($.i)",
            "argument 1 must be a string, found number",
        ),
        (
            "States.Hash('', 'MD5')",
            r#""d41d8cd98f00b204e9800998ecf8427e""#,
        ),
        (
            "States.Hash($.o.k, 'SHA-1')",
            r#""7a38d8cbd20d9932ba948efaa364bb62651d5ad4""#,
        ),
        (
            "States.Hash('x', 'SHA-3')",
            "there is no hash algorithm 'SHA-3'",
        ),
    ]);
    let long = format!("\"{}\"", "é".repeat(10_001));
    assert_eq!(
        call("States.Base64Encode($)", &long),
        "the text is longer than 10000 characters"
    );
    assert_eq!(
        call("States.Hash($, 'MD5')", &long),
        "the text is longer than 10000 characters"
    );
}

#[test]
fn json_texts_and_objects() {
    check(&[
        ("States.StringToJson('')", "null"),
        (
            "States.StringToJson('[1.0, {\"a\":1}]')",
            r#"[1.0,{"a":1}]"#,
        ),
        (
            "States.StringToJson('{')",
            "the text is not JSON: expected a key in double quotes at line 1, column 2",
        ),
        (
            "States.JsonToString($.o)",
            r#""{\"k\":\"v\",\"l\":[1,\"x\",null]}""#,
        ),
        (
            "States.JsonMerge($.o, States.StringToJson('{\"k\":2,\"z\":3}'), false)",
            r#"{"k":2,"l":[1,"x",null],"z":3}"#,
        ),
        (
            "States.JsonMerge($.o, $.o, true)",
            "deep merging is not supported: argument 3 must be false",
        ),
    ]);
}

#[test]
fn numbers_and_chance() {
    check(&[
        ("States.MathAdd(-3, $.i)", "4"),
        ("States.MathAdd($.f, $.half[1])", "0"),
        (
            "States.MathAdd(2147483648, 1)",
            "argument 1 must lie between -2147483648 and 2147483647",
        ),
        (
            "States.MathAdd($.s, 1)",
            "argument 1 must be a number, found string",
        ),
        ("States.MathRandom(1, 999)", "998"),
        (
            "States.MathRandom(5, 5)",
            "the start 5 is not less than the end 5",
        ),
        ("States.UUID()", r#""ffffffff-ffff-4fff-bfff-ffffffffffff""#),
        (
            "States.StringSplit('This.is+a,test=string', '.+,=')",
            r#"["This","is","a","test","string"]"#,
        ),
        ("States.StringSplit(',,', ',')", "[]"),
    ]);
}

#[test]
fn a_seed_decides_and_draws_nothing() {
    let call = Call::parse("States.MathRandom(0, 1000000, $)").expect("a call");
    let draw = |seed: i64| {
        call.evaluate(&Value::from(seed), &mut || panic!("a seed was given"))
            .expect("a number")
    };
    assert_eq!(draw(42), draw(42));
    assert_ne!(draw(42), draw(43));
}

#[test]
fn texts_that_are_no_calls() {
    let nested = format!("{}1{}", "States.Array(".repeat(11), ")".repeat(11));
    for (text, message) in [
        (
            "Format('x')",
            "expected a path or an intrinsic function (at character 1)",
        ),
        (
            "States.Xyz($.a)",
            "there is no intrinsic function `States.Xyz` (at character 1)",
        ),
        (
            "States.UUID",
            "expected `(`, found the end (at character 12)",
        ),
        (
            "States.UUID(1)",
            "States.UUID takes 0 arguments, found 1 (at character 1)",
        ),
        (
            "States.Hash('x')",
            "States.Hash takes 2 arguments, found 1 (at character 1)",
        ),
        (
            "States.MathRandom(1)",
            "States.MathRandom takes 2 or 3 arguments, found 1 (at character 1)",
        ),
        (
            "States.MathAdd(1, '-1')",
            "argument 2 of States.MathAdd must be a number (at character 19)",
        ),
        (
            "States.Array(1,)",
            "expected a path, a string in single quotes, a number, true, false, null or a function, found `)` (at character 16)",
        ),
        (
            "States.Array(1 2)",
            "expected `,` or `)`, found `2` (at character 16)",
        ),
        (
            "States.Array('a)",
            "a quote is not closed (at character 14)",
        ),
        (
            r#"States.Array('a\"')"#,
            r"a backslash stands only before `'`, `{`, `}` and `\` (at character 17)",
        ),
        (
            "States.Array() x",
            "expected the end after the call, found `x` (at character 16)",
        ),
        (
            "States.Array($.[)",
            "expected a quoted name, an index, `*` or `?` after `[`, found `)` (at character 17)",
        ),
        (
            &nested,
            "intrinsic functions are nested at most 10 deep (at character 131)",
        ),
    ] {
        assert_eq!(
            Expression::parse(text).expect_err(text).to_string(),
            message,
            "{text}"
        );
    }
}

#[test]
fn results_are_bounded() {
    let input = Value::from("x".repeat(200 * 1024));
    let message = |text: &str| {
        let result = Call::parse(text)
            .expect("a call")
            .evaluate(&input, &mut || 0);
        result.expect_err("too long").message
    };
    let eight = ["$"; 8].join(",");
    let bomb = format!("States.Format('{}',{eight})", "{}".repeat(8));
    assert!(message(&bomb).ends_with("the result is longer than 1048576 bytes"));
    let array = format!("States.Array({eight})");
    assert!(message(&array).ends_with("the result is longer than 1048576 bytes"));
}

#[test]
fn every_function_has_its_name() {
    assert_eq!(Function::names().count(), 18);
    for name in Function::names() {
        assert_eq!(Function::from_name(name).expect("a function").name(), name);
    }
}

#[test]
fn a_template_evaluates_its_marked_fields_and_shares_the_rest() {
    let template = json(
        r#"{"keep":{"x":[1,"$.a"]},"a.$":"$.a","deep":[{"b.$":"States.Array($.a, 'x')"},2],"all.$":"$"}"#,
    );
    let input = json(r#"{"a":{"n":1.0}}"#);
    let output = Template::parse(&template)
        .expect("valid")
        .evaluate(&input, &mut || 0);
    let output = output.expect("it has a value");
    assert_eq!(
        output.to_json(),
        r#"{"keep":{"x":[1,"$.a"]},"a":{"n":1.0},"deep":[{"b":[{"n":1.0},"x"]},2],"all":{"a":{"n":1.0}}}"#
    );
    let place = |value: &Value| {
        value
            .get("keep")
            .and_then(Value::as_object)
            .map(|o| o.keys().next().map(|k| k.as_ptr()))
    };
    assert_eq!(place(&output), place(&template));
}

#[test]
fn a_template_reports_all_its_problems() {
    let template = json(r#"{"a.$":"$.","b":[{"c.$":7}],"d.$":"States.Nope()","e.$":"$.fine"}"#);
    let errors = Template::parse(&template).expect_err("three problems");
    let reports: Vec<_> = errors
        .iter()
        .map(|e| (e.to_string(), e.offset, e.field()))
        .collect();
    let report = |text: &str, offset, field| (text.to_owned(), offset, field);
    assert_eq!(
        reports,
        [
            report(
                "/a.$: expected a name, `*` or `[` after a dot, found the end",
                Some(2),
                "a.$"
            ),
            report(
                "/b/0/c.$: must be a string that holds a path or an intrinsic function",
                None,
                "c.$"
            ),
            report(
                "/d.$: there is no intrinsic function `States.Nope`",
                Some(0),
                "d.$"
            ),
        ]
    );
}

#[test]
fn a_field_whose_path_finds_nothing_is_named() {
    let error = Expression::parse("$.NoSuchCausePath").expect("a path");
    let error = error
        .evaluate("CausePath", &json(r#"{"a":1}"#), &mut || 0)
        .expect_err("nothing");
    assert_eq!(error.kind.name(), "States.Runtime");
    assert_eq!(
        error.message,
        "The JSONPath '$.NoSuchCausePath' specified for the field 'CausePath' \
         could not be found in the input '{\"a\":1}'"
    );
}

#[test]
fn a_template_shares_one_budget_among_its_fields() {
    let fields: Vec<_> = (0..2_000)
        .map(|field| (format!("f{field}.$"), Value::from("$..*")))
        .collect();
    let template = Template::parse(&Value::Object(fields.into_iter().collect())).expect("valid");
    let input = Value::Array((0..20_000).map(Value::from).collect());
    let error = template.evaluate(&input, &mut || 0).expect_err("too much");
    assert_eq!(
        error.message,
        "Invalid path '$..*' : the path visits too many values"
    );
}

#[test]
fn a_template_takes_up_only_so_much_text() {
    let fields: Vec<_> = (0..60_000)
        .map(|field| (format!("f{field}.$"), Value::from("$")))
        .collect();
    let template = Template::parse(&Value::Object(fields.into_iter().collect())).expect("valid");
    let input = Value::from("x".repeat(250_000));
    let error = template.evaluate(&input, &mut || 0).expect_err("too much");
    assert_eq!(
        error.message,
        "the texts of the template are longer than 67108864 bytes"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC*") {
        let _ = Expression::parse(&text);
    }

    #[test]
    fn pieces_of_calls_are_read_and_evaluated_without_panic(
        function in prop::sample::select(Function::names().collect::<Vec<_>>()),
        arguments in prop::collection::vec(prop::sample::select(vec![
            "$", "$.a", "$$", "$.list", "$..*", "'x'", "'{}'", "'\\{'", "'", "1", "-1", "1e999", "0.5",
            "true", "false", "null", "States.UUID()", "(", "States.Array(1,$.a)", "9223372036854775807",
        ]), 0..4),
    ) {
        let input = json(r#"{"a":"{}","list":[1,[2],{"b":"c"}]}"#);
        if let Ok(call) = Expression::parse(&format!("{function}({})", arguments.join(" , "))) {
            let _ = call.evaluate("field", &input, &mut || 7);
        }
    }

    #[test]
    fn random_numbers_stay_in_their_range(start in any::<i32>(), length in 1i64.., bits in any::<u64>()) {
        let end = (i64::from(start) + length % 5_000_000_000).min(i64::from(i32::MAX));
        prop_assume!(i64::from(start) < end);
        let call = Call::parse(&format!("States.MathRandom({start}, {end})")).expect("a call");
        let drawn = call.evaluate(&Value::Null, &mut || bits).expect("a number").as_i64();
        prop_assert!(drawn.is_some_and(|drawn| (i64::from(start)..end).contains(&drawn)));
    }
}
