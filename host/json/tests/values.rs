//! What values promise beyond JSON: sharing, measures, depth, numbers' text.

use std::cmp::Ordering;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use proptest::prelude::*;
use sandstep_json::{Array, Number, Object, Spanned, Text, Value};

fn parse(text: &str) -> Value {
    Value::parse(text).expect("the tests write JSON")
}

#[test]
fn a_value_is_three_words() {
    assert_eq!(size_of::<Value>(), 24);
}

#[test]
fn numbers_keep_their_text() {
    for text in [
        "1",
        "1.0",
        "1e0",
        "1E+2",
        "0",
        "-7",
        "123456789012345678901234567890",
        "0.10",
    ] {
        assert_eq!(parse(text).to_json(), text);
    }
    assert_ne!(parse("1"), parse("1.0"));
    assert_eq!(parse("-0").to_json(), "0");
}

#[test]
fn the_last_of_equal_keys_wins_at_the_first_ones_place() {
    assert_eq!(
        parse(r#"{"a":1,"b":2,"a":3}"#).to_json(),
        r#"{"a":3,"b":2}"#
    );
}

#[test]
fn objects_are_equal_in_any_order_and_keep_their_own() {
    let value = parse(r#"{"b":1,"a":2}"#);
    assert_eq!(value, parse(r#"{"a":2,"b":1}"#));
    assert_eq!(value.to_json(), r#"{"b":1,"a":2}"#);
}

#[test]
fn a_change_leaves_the_original_and_shares_the_rest() {
    let before = parse(r#"{"a":[1,2],"b":{"c":3}}"#)
        .as_object()
        .unwrap()
        .clone();
    let after = before.with("d", 4).without("a");
    assert_eq!(
        Value::from(before.clone()).to_json(),
        r#"{"a":[1,2],"b":{"c":3}}"#
    );
    assert_eq!(
        Value::from(after.clone()).to_json(),
        r#"{"b":{"c":3},"d":4}"#
    );
    let address = |object: &Object| -> *const Text {
        object
            .get("b")
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .next()
            .unwrap()
    };
    assert_eq!(address(&before), address(&after));
}

#[test]
fn an_unshared_array_changes_in_place() {
    let mut array = Array::from(vec![Value::Null, Value::from("x")]);
    let place = array.as_ptr();
    assert!(array.update(1, |old| {
        assert_eq!(old.as_str(), Some("x"));
        Value::from(7)
    }));
    assert_eq!(array.as_ptr(), place);
    assert_eq!(array.replace(5, Value::Null), None);
    assert_eq!(Value::from(array).to_json(), "[null,7]");
}

#[test]
fn errors_say_where() {
    let error = Value::parse("{\n  \"é\": tru\n}").unwrap_err();
    assert_eq!(error.to_string(), "expected a value at line 2, column 8");
    assert_eq!(error.position.offset, 10);
    let error = Value::parse_slice(b"\"a\xff\"").unwrap_err();
    assert_eq!(
        (error.message.as_str(), error.position.offset),
        ("not UTF-8", 2)
    );
}

#[test]
fn spanned_documents_keep_places_and_equal_keys() {
    let document = Spanned::parse("{\n \"a\": [1,\n  {\"b\":2}], \"a\": null}").unwrap();
    let [first, second] = document.as_object().unwrap() else {
        panic!("two members")
    };
    assert_eq!(first.key_position.to_string(), "line 2, column 2");
    assert_eq!(first.value.position.to_string(), "line 2, column 7");
    assert_eq!(
        first.value.as_array().unwrap()[1].position.to_string(),
        "line 3, column 3"
    );
    assert_eq!((second.key.as_str(), second.key_position.line), ("a", 3));
    assert!(document.get("a").unwrap().is_null());
    assert_eq!(document.to_value().to_json(), r#"{"a":null}"#);
}

/// Half a million levels: recursion at any of these would overflow the stack.
#[test]
fn deep_values_are_printed_compared_and_dropped_without_recursion() {
    let deep = || {
        (0..500_000).fold(Value::Null, |inner, level| match level % 2 {
            0 => Value::Array(Array::from(vec![inner])),
            _ => Value::Object(Object::from([("k", inner)])),
        })
    };
    let (value, other) = (deep(), deep());
    assert_eq!(value.depth(), 500_000);
    assert_eq!(value.json_len(), value.to_json().len());
    assert!(value == other);
    assert!(serde_json::to_string(&value).is_err());
    drop(value.clone());
    drop(value);
    drop(other);
}

#[test]
fn lengths_beyond_memory_stop_at_the_largest_number() {
    let mut value = Value::from("x");
    for _ in 0..80 {
        value = Value::Array(Array::from(vec![value.clone(), value]));
    }
    assert_eq!(value.json_len(), usize::MAX);
    let mut array = value.as_array().unwrap().clone();
    array.replace(0, Value::Null);
    array.replace(1, Value::Null);
    assert_eq!(Value::from(array).json_len(), "[null,null]".len());
}

#[test]
fn numbers_compare_by_what_they_stand_for() {
    let ascending = [
        "-1e400",
        "-123456789012345678901",
        "-1.5",
        "-1",
        "-0.001",
        "0",
        "1e-400",
        "0.1",
        "0.11",
        "1",
        "1.000000000000000000001",
        "9",
        "10",
        "9007199254740992",
        "9007199254740993",
        "1e20",
        "1e400",
        "1e99999999999999999999",
    ];
    for (low, a) in ascending.iter().enumerate() {
        for (high, b) in ascending.iter().enumerate() {
            let (a, b): (Number, Number) = (a.parse().unwrap(), b.parse().unwrap());
            assert_eq!(a.numeric_cmp(&b), low.cmp(&high), "{a} {b}");
        }
    }
    for (a, b) in [
        ("1", "1.0"),
        ("100", "1e2"),
        ("0.5", "50e-2"),
        ("0", "0e5"),
        ("-0.0", "0"),
    ] {
        let (a, b): (Number, Number) = (a.parse().unwrap(), b.parse().unwrap());
        assert_eq!(a.numeric_cmp(&b), Ordering::Equal, "{a} {b}");
    }
}

#[test]
fn whole_numbers_are_integers_however_they_are_written() {
    let integer = |text: &str| text.parse::<Number>().unwrap().to_integer();
    assert_eq!(integer("1.0"), Some(1));
    assert_eq!(integer("-120e-1"), Some(-12));
    assert_eq!(integer("0.0e9"), Some(0));
    assert_eq!(integer("1e18"), Some(10i64.pow(18)));
    assert_eq!(integer("9223372036854775807"), Some(i64::MAX));
    assert_eq!(integer("-9223372036854775808"), Some(i64::MIN));
    assert_eq!(integer("9223372036854775808"), None);
    assert_eq!(integer("1.5"), None);
    assert_eq!(integer("1e999999999999"), None);
    assert_eq!("1.0".parse::<Number>().unwrap().as_i64(), None);
    assert_eq!(
        "18446744073709551615".parse::<Number>().unwrap().as_u64(),
        Some(u64::MAX)
    );
}

#[test]
fn texts_hash_as_strings() {
    let hash = |value: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        value(&mut hasher);
        hasher.finish()
    };
    let text = Text::from("key");
    assert_eq!(
        hash(&|hasher| text.hash(hasher)),
        hash(&|hasher| "key".hash(hasher))
    );
}

/// One change of an object.
#[derive(Clone, Debug)]
enum Change {
    Insert(String, String),
    Remove(String),
    Share,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    // Enough keys for objects on both sides of the size from which a table is kept.
    let key = "[a-u\"\n]";
    let json = prop::sample::select(vec!["1", "\"a\\n\"", "[[1],[]]", "{\"x\":[[[0]]]}", "null"]);
    let change = prop_oneof![
        4 => (key, json).prop_map(|(key, json)| Change::Insert(key, json.to_owned())),
        2 => key.prop_map(Change::Remove),
        1 => Just(Change::Share),
    ];
    prop::collection::vec(change, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// However an object came about, it knows the length and depth of what it holds.
    #[test]
    fn measures_follow_every_change(changes in changes()) {
        let mut object = Object::new();
        let mut shared = Vec::new();
        for change in changes {
            match change {
                Change::Insert(key, json) => drop(object.insert(key, parse(&json))),
                Change::Remove(key) => drop(object.remove(&key)),
                Change::Share => shared.push((object.clone(), Value::from(object.clone()).to_json())),
            }
            let value = Value::from(object.clone());
            let fresh = parse(&value.to_json());
            prop_assert_eq!(value.json_len(), value.to_json().len());
            prop_assert_eq!(value.depth(), fresh.depth());
            prop_assert_eq!(&value, &fresh);
        }
        for (object, json) in shared {
            prop_assert_eq!(Value::from(object).to_json(), json);
        }
    }
}

#[test]
fn a_short_decimal_is_the_float_that_the_general_parser_gives() {
    for text in [
        "0.1",
        "-0.0",
        "12.50",
        "-12.345",
        "0.000001",
        "999999999999.999",
        "1234567890.12345",
        "0.3",
        "4.35",
        "1.15",
        "9007199254740.993",
        "1234567890123456.7",
        "0.30000000000000004",
        "1e3",
        "-1.5E-3",
        "123456789012345678901234567890",
    ] {
        let number: Number = text.parse().expect("is a number");
        let expected: f64 = text.parse().expect("is a float");
        assert_eq!(number.as_f64().to_bits(), expected.to_bits(), "{text}");
    }
}

#[test]
fn what_is_too_deep_to_indent_is_written_compactly() {
    let deep = (0..100_000).fold(Value::from(1), |inner, _| {
        Value::Array(Array::from([inner]))
    });
    assert_eq!(deep.to_pretty(), deep.to_json());
}
