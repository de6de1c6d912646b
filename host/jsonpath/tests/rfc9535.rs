//! The compliance suite of RFC 9535, but for the points where the service's dialect differs.
//!
//! Each such point is a row of [`DIFFERENCES`] with its reason and the number of cases that
//! come out differently because of it. A case that differs must be covered by a row, and
//! each row must account for exactly its number of cases.

mod support;

use sandstep_conformance::{locate, page};
use sandstep_json::{Array, Value};
use sandstep_jsonpath::Path;

struct Difference {
    reason: &'static str,
    cases: usize,
    covers: fn(&Case) -> bool,
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        reason: "functions are not supported (AWS, Paths)",
        cases: 83,
        covers: |case| {
            ["length(", "count(", "match(", "search(", "value("]
                .iter()
                .any(|function| case.selector.contains(function))
        },
    },
    Difference {
        reason: "a filter cannot refer to another value of the document (AWS, Paths): such a \
                 path is read, since definitions with one exist, and fails when evaluated",
        cases: 15,
        covers: |case| case.selector.contains("[?$") || case.selector.contains("[?($"),
    },
    Difference {
        reason: "in a union all members are names, or all are indexes: nothing else is known to work",
        cases: 16,
        covers: |case| {
            case.name.contains("multiple selectors")
                || case.name.contains("multiple wildcards")
                || case.name.contains("non-singular existence, multiple")
        },
    },
    Difference {
        reason: "several names at the end pick members into one object, as in Jayway",
        cases: 9,
        covers: |case| case.selector.contains("['x','y']") || case.name.contains("comma"),
    },
    Difference {
        reason: "a word without quotes is read in a filter, since published definitions have \
                 them, and the path fails when evaluated",
        cases: 3,
        covers: |case| {
            ["True", "False", "Null"]
                .iter()
                .any(|word| case.selector.contains(word))
        },
    },
    Difference {
        reason: "`@` does not match scalars, only objects (AWS, Paths)",
        cases: 8,
        covers: |case| {
            ["?@>", "?@<", "?@==", "?@ ==", "?@]"]
                .iter()
                .any(|at| case.selector.contains(at))
        },
    },
    Difference {
        reason: "a filter tests an object itself, not its members, as in Jayway",
        cases: 1,
        covers: |case| case.selector.contains("[?") && case.document.is_object(),
    },
    Difference {
        reason: "a backslash before a character that needs none stands for itself (recorded: \
                 the key `Test\\\"\"Name\"` is found by `$['Test\\\"\"Name\"']`)",
        cases: 10,
        covers: |case| case.name.starts_with("name selector") && case.name.contains("escape"),
    },
    Difference {
        reason: "a name without quotes is read up to the next dot or bracket, as in Jayway",
        cases: 1,
        covers: |case| case.selector == "$.1",
    },
    Difference {
        reason: "blanks around a path are ignored: a published definition has one",
        cases: 2,
        covers: |case| case.selector.trim() == "$" && case.selector != "$",
    },
    Difference {
        reason: "blanks between steps are refused, as in Jayway",
        cases: 12,
        covers: |case| {
            case.name.starts_with("whitespace, selectors, ") && case.name.contains("between")
        },
    },
];

struct Case {
    name: String,
    selector: String,
    document: Value,
    /// The results that are right; `None` where the selector is to be refused.
    results: Option<Vec<Value>>,
}

impl Case {
    fn read(case: &Value) -> Self {
        let text = |key| {
            case.get(key)
                .and_then(Value::as_str)
                .expect("a text")
                .to_owned()
        };
        let results = match (case.get("result"), case.get("results")) {
            (Some(result), _) => Some(vec![result.clone()]),
            (None, Some(results)) => results.as_array().map(|results| results.to_vec()),
            (None, None) => None,
        };
        Self {
            name: text("name"),
            selector: text("selector"),
            document: case.get("document").cloned().unwrap_or_default(),
            results,
        }
    }

    fn agrees(&self) -> bool {
        let Ok(path) = Path::parse(&self.selector) else {
            return self.results.is_none();
        };
        let nodes = nodes(&path, &self.document);
        self.results
            .as_ref()
            .is_some_and(|results| results.contains(&nodes))
    }

    fn difference(&self) -> Option<usize> {
        DIFFERENCES
            .iter()
            .position(|difference| (difference.covers)(self))
    }
}

/// What a path leads to in RFC 9535's form: always an array of nodes.
fn nodes(path: &Path, document: &Value) -> Value {
    match path.evaluate(document) {
        Ok(value) if path.is_definite() => Value::from(vec![value]),
        Ok(value) => value,
        Err(_) if path.is_definite() => Value::from(Array::new()),
        Err(failure) => Value::from(failure.to_string()),
    }
}

#[test]
fn agrees_with_rfc_9535_but_for_the_differences_listed() {
    let Some(file) = locate("jsonpath/rfc9535.json") else {
        return;
    };
    let suite = support::read(file);
    let cases = suite
        .get("tests")
        .and_then(Value::as_array)
        .expect("a list of tests");
    let mut counts = vec![0; DIFFERENCES.len()];
    let mut unexplained = Vec::new();
    for case in cases.iter().map(Case::read).filter(|case| !case.agrees()) {
        match case.difference() {
            Some(difference) => counts[difference] += 1,
            None => unexplained.push(format!("{}: {:?}", case.name, case.selector)),
        }
    }
    assert_eq!(unexplained, Vec::<String>::new());
    let expected: Vec<_> = DIFFERENCES
        .iter()
        .map(|row| (row.cases, row.reason))
        .collect();
    let found: Vec<_> = counts
        .into_iter()
        .zip(DIFFERENCES.iter().map(|row| row.reason))
        .collect();
    assert_eq!(found, expected);
    page::show("jsonpath", &score(cases.len())).expect("the page shows the score");
}

/// The section of `CONFORMANCE.md`.
fn score(all: usize) -> String {
    let different: usize = DIFFERENCES.iter().map(|row| row.cases).sum();
    let rows = DIFFERENCES
        .iter()
        .map(|row| format!("\n| {} | {} |", row.cases, row.reason));
    format!(
        "Of {all} cases, {} come out as RFC 9535 says. The other {different} do not, since the \
         service's dialect differs there:\n\n| cases | because |\n|---:|---|{}",
        all - different,
        rows.collect::<String>()
    )
}
