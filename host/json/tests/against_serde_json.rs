//! serde_json as the oracle: what it accepts and prints, we accept and print.

use proptest::prelude::*;
use sandstep_json::{MAX_DEPTH, Number, Spanned, Value};

/// Any JSON value that serde_json can hold without losing a number's text.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>()
            .prop_filter("JSON has no infinities", |f| f.is_finite())
            .prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..8)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Texts that are almost JSON: pieces of its grammar in any order.
fn almost_json() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\udc00", "00e9", "a", "\n",
        "\t", " ", "1", "0", "-", ".", "e", "E", "+", "true", "false", "null", "\"k\"", "\u{1}",
        "é", "\\n", "\\/", "\\x", "\"\"", "[]", "{}",
    ]);
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn prints_what_serde_json_prints(oracle in json()) {
        let text = oracle.to_string();
        let value = Value::parse(&text).unwrap();
        prop_assert_eq!(value.to_json(), text.clone());
        prop_assert_eq!(value.to_string(), text.clone());
        prop_assert_eq!(value.json_len(), text.len());
        prop_assert_eq!(value.to_pretty(), serde_json::to_string_pretty(&oracle).unwrap());
        prop_assert_eq!(serde_json::to_string(&value).unwrap(), text);
    }

    #[test]
    fn accepts_what_serde_json_accepts(text in almost_json()) {
        let oracle = serde_json::from_str::<serde_json::Value>(&text);
        let out_of_range =
            oracle.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
        // It stops at such a number and says nothing of what comes after it.
        prop_assume!(!out_of_range);
        let ours = Value::parse(&text);
        prop_assert_eq!(ours.is_ok(), oracle.is_ok(), "{:?} {:?}", ours, oracle);
        if let (Ok(ours), Ok(oracle)) = (ours, oracle) {
            // Reading our text once more shows the same value.
            let reread: serde_json::Value = serde_json::from_str(&ours.to_json()).unwrap();
            prop_assert!(same(&reread, &oracle), "{} {}", reread, oracle);
        }
    }

    #[test]
    fn reads_any_bytes_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let oracle = serde_json::from_slice::<serde_json::Value>(&bytes);
        if oracle.is_ok() {
            prop_assert!(Value::parse_slice(&bytes).is_ok());
        }
    }

    #[test]
    fn spanned_documents_hold_the_same_values(oracle in json()) {
        let text = oracle.to_string();
        let spanned = Spanned::parse(&text).unwrap();
        prop_assert_eq!(spanned.to_value(), Value::parse(&text).unwrap());
    }

    #[test]
    fn deserializes_inside_other_values(oracle in json()) {
        let text = oracle.to_string();
        prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), Value::parse(&text).unwrap());
    }

    #[test]
    fn finite_floats_read_back_as_themselves(float in any::<f64>()) {
        let Ok(number) = Number::try_from(float) else {
            prop_assert!(!float.is_finite());
            return Ok(());
        };
        prop_assert!(serde_json::from_str::<f64>(&number.text()).is_ok());
        prop_assert_eq!(number.as_f64().to_bits(), float.to_bits());
    }
}

/// Equality but for the sign of zero, which we do not keep on integers.
fn same(ours: &serde_json::Value, oracle: &serde_json::Value) -> bool {
    let positive = |value: &serde_json::Value| value.to_string().replace("-0.0", "0");
    ours == oracle || positive(ours) == positive(oracle)
}

#[test]
fn nesting_is_bounded_where_documented() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Value::parse(&nested(MAX_DEPTH)).is_ok());
    let error = Value::parse(&nested(MAX_DEPTH + 1)).unwrap_err();
    assert_eq!(
        (error.message.as_str(), error.position.offset),
        ("nested too deeply", MAX_DEPTH)
    );
    assert!(Spanned::parse(&nested(MAX_DEPTH)).is_ok());
    assert!(Spanned::parse(&nested(100_000)).is_err());
}
