//! Compares an answer with a recorded one (the corpus's README, "Comparing").

use std::{cmp::Ordering, fmt};

use sandstep_json::{Number, Object, Value};

use crate::{
    pattern::{Bindings, Pattern, bind, fits},
    variables::Variables,
};

/// Details of HTTP that the service's client adds to an integration's output.
/// The corpus calls them incidental.
const INCIDENTAL: [&str; 2] = ["SdkHttpMetadata", "SdkResponseMetadata"];

/// The member that holds lists of names in any order.
const SETS: &str = "variableReferences";

/// The comparisons of one run.
pub(crate) struct Comparison<'a> {
    variables: &'a Variables,
    bindings: Bindings,
    apart_from: &'a [&'a str],
}

/// Where an answer differs from the recorded one.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The way there, its last step first.
    steps: Vec<String>,
    expected: String,
    got: String,
}

type Compared = Result<(), Difference>;

impl<'a> Comparison<'a> {
    pub(crate) fn new(variables: &'a Variables) -> Self {
        Self {
            variables,
            bindings: Bindings::new(),
            apart_from: &[],
        }
    }

    /// Leaves members aside wherever they are.
    pub(crate) fn apart_from(self, apart_from: &'a [&'a str]) -> Self {
        Self { apart_from, ..self }
    }

    /// Compares two values; the first difference ends it.
    pub(crate) fn values(&mut self, expected: &Value, actual: &Value) -> Compared {
        if let Value::String(text) = expected {
            return self.text(text, actual);
        }
        // The recordings hold documents such as `input` and `cause` parsed.
        let parsed = actual.as_str().map(Value::parse);
        let actual = match &parsed {
            Some(Ok(parsed)) => parsed,
            _ => actual,
        };
        match (expected, actual) {
            (Value::Object(expected), Value::Object(actual)) => self.objects(expected, actual),
            (Value::Array(expected), Value::Array(actual)) => self.lists(expected, actual, 0),
            (Value::Number(a), Value::Number(b)) if same_number(a, b) => Ok(()),
            (expected, actual) if expected == actual => Ok(()),
            _ => Err(Difference::between(expected, actual)),
        }
    }

    /// Compares two lists in order; `first` is the index of their first members
    /// in what they are parts of.
    pub(crate) fn lists(&mut self, expected: &[Value], actual: &[Value], first: usize) -> Compared {
        for index in 0..expected.len().max(actual.len()) {
            let compared = match (expected.get(index), actual.get(index)) {
                (Some(expected), Some(actual)) => self.values(expected, actual),
                (Some(expected), None) => Err(Difference::missing(expected)),
                (None, Some(actual)) => Err(Difference::unexpected(actual)),
                (None, None) => Ok(()),
            };
            compared.map_err(|difference| difference.under(format!("[{}]", first + index)))?;
        }
        Ok(())
    }

    /// Compares two lists as multisets.
    pub(crate) fn multisets(&mut self, expected: &[Value], actual: &[Value]) -> Compared {
        let mut left: Vec<&Value> = actual.iter().collect();
        for expected in expected {
            let found = left
                .iter()
                .position(|actual| self.try_values(expected, actual));
            left.remove(found.ok_or_else(|| Difference::missing(expected))?);
        }
        match left.first() {
            Some(more) => Err(Difference::unexpected(more)),
            None => Ok(()),
        }
    }

    /// Compares two objects whose members are lists in any order.
    fn sets(&mut self, expected: &Value, actual: &Value) -> Compared {
        let in_order = |sets: &Value| match sets {
            Value::Object(sets) => {
                let sets = sets.iter().map(|(key, set)| (key, sorted(set)));
                Value::Object(sets.collect())
            }
            other => other.clone(),
        };
        self.values(&in_order(expected), &in_order(actual))
    }

    /// Compares two values and forgets what was bound if they differ.
    fn try_values(&mut self, expected: &Value, actual: &Value) -> bool {
        let before = self.bindings.clone();
        let equal = self.values(expected, actual).is_ok();
        if !equal {
            self.bindings = before;
        }
        equal
    }

    fn objects(&mut self, expected: &Object, actual: &Object) -> Compared {
        let apart_from = self.apart_from;
        let is_compared = |key: &str| !INCIDENTAL.contains(&key) && !apart_from.contains(&key);
        for (key, expected) in expected.iter().filter(|(key, _)| is_compared(key)) {
            let compared = match actual.get(key) {
                Some(actual) if **key == *SETS => self.sets(expected, actual),
                Some(actual) => self.values(expected, actual),
                None if Pattern::is_optional(expected) => Ok(()),
                None => Err(Difference::missing(expected)),
            };
            compared.map_err(|difference| difference.under(format!(".{key}")))?;
        }
        let mut members = actual.iter().filter(|(key, _)| is_compared(key));
        match members.find(|(key, _)| !expected.contains_key(key)) {
            Some((key, more)) => Err(Difference::unexpected(more).under(format!(".{key}"))),
            None => Ok(()),
        }
    }

    fn text(&mut self, expected: &str, actual: &Value) -> Compared {
        let pattern = Pattern::parse(expected, self.variables);
        let fits = match pattern.map_err(|error| Difference::between(&error.into(), actual))? {
            Pattern::Any | Pattern::Optional => true,
            Pattern::Bind(label) => bind(&label, actual, &mut self.bindings),
            Pattern::Exactly(value) => value == *actual,
            Pattern::Text(segments) => actual
                .as_str()
                .is_some_and(|text| fits(&segments, text, &mut self.bindings)),
        };
        if fits {
            Ok(())
        } else {
            Err(Difference::between(&expected.into(), actual))
        }
    }
}

/// A list in the order of its members' texts.
fn sorted(set: &Value) -> Value {
    let mut members = set.as_array().map_or_else(Vec::new, |set| set.to_vec());
    members.sort_by_key(Value::to_json);
    Value::Array(members.into())
}

/// `1` and `1.0` differ; `1.0` and `1.00` do not, since the recordings went
/// through a parser that made floats of them.
fn same_number(a: &Number, b: &Number) -> bool {
    let is_float = |number: &Number| number.text().contains(['.', 'e', 'E']);
    is_float(a) == is_float(b) && a.numeric_cmp(b) == Ordering::Equal
}

impl Difference {
    pub(crate) fn between(expected: &Value, got: &Value) -> Self {
        Self {
            steps: Vec::new(),
            expected: expected.to_json(),
            got: got.to_json(),
        }
    }

    fn missing(expected: &Value) -> Self {
        Self {
            steps: Vec::new(),
            expected: expected.to_json(),
            got: "nothing".to_owned(),
        }
    }

    fn unexpected(got: &Value) -> Self {
        Self {
            steps: Vec::new(),
            expected: "nothing".to_owned(),
            got: got.to_json(),
        }
    }

    /// The same, seen from one level up.
    pub(crate) fn under(mut self, step: String) -> Self {
        self.steps.push(step);
        self
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in self.steps.iter().rev() {
            f.write_str(step)?;
        }
        write!(
            f,
            "\n  expected {}\n  got      {}",
            cut(&self.expected),
            cut(&self.got)
        )
    }
}

/// Enough of a text to know it by.
fn cut(text: &str) -> &str {
    const LONGEST: usize = 1_500;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => &text[..at],
        None => text,
    }
}
