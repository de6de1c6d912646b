//! The documents that an `ItemReader` reads items from.

use std::collections::HashSet;

use sandstep_json::{Array, Object, Value};

use crate::machine::ItemReader;

/// How many bytes of JSON text the items of a CSV source may have together: each row has
/// the columns' names, however short the row is.
const MAX_CSV_BYTES: usize = 8 << 20;

/// The items of a source; `Err` says why there are none.
///
/// JSON is an array or an object of them, where `ItemsPointer` points; of JSON lines each
/// is an item; of CSV each row is an object with its columns' names (developer guide,
/// "ItemReader").
pub(super) fn read(reader: &ItemReader, source: &str) -> Result<Array, String> {
    let config = reader.config.as_ref();
    let field = |name| config.and_then(|config| config.get(name)?.as_str());
    match field("InputType").unwrap_or("JSON") {
        "JSON" => read_json(source, reader.items_pointer.as_deref()),
        "JSONL" => read_lines(source),
        "CSV" => read_csv(source, &Csv::of(config)),
        other => Err(format!(
            "Items of the type {other} cannot be given as text."
        )),
    }
}

fn read_json(source: &str, pointer: Option<&str>) -> Result<Array, String> {
    let document = parse(source)?;
    let place = pointer.unwrap_or_default();
    let found = at(&document, place).ok_or_else(|| format!("There is nothing at '{place}'."))?;
    match found {
        Value::Array(items) => Ok(items.clone()),
        Value::Object(members) => Ok(members
            .iter()
            .map(|(key, value)| pair(key, value))
            .collect()),
        _ => Err("Attempting to map over non-iterable node.".to_owned()),
    }
}

/// A member of an object, as an item.
fn pair(key: &str, value: &Value) -> Value {
    Object::from([("Key", Value::from(key)), ("Value", value.clone())]).into()
}

/// What a JSON Pointer points at (RFC 6901).
fn at<'v>(document: &'v Value, pointer: &str) -> Option<&'v Value> {
    let Some(steps) = pointer.strip_prefix('/') else {
        return pointer.is_empty().then_some(document);
    };
    steps.split('/').try_fold(document, |value, step| {
        let step = step.replace("~1", "/").replace("~0", "~");
        match value {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            other => other.get(&step),
        }
    })
}

fn read_lines(source: &str) -> Result<Array, String> {
    let lines = source.lines().filter(|line| !line.trim().is_empty());
    lines.map(parse).collect()
}

fn parse(text: &str) -> Result<Value, String> {
    Value::parse(text).map_err(|error| format!("The item source is not JSON: {error}"))
}

/// How a CSV source is written.
struct Csv {
    delimiter: char,
    /// The columns' names; the first row has them where these are none.
    headers: Option<Vec<String>>,
}

impl Csv {
    fn of(config: Option<&Value>) -> Self {
        let field = |name| config.and_then(|config| config.get(name));
        let delimiter = match field("CSVDelimiter").and_then(Value::as_str) {
            Some("PIPE") => '|',
            Some("SEMICOLON") => ';',
            Some("SPACE") => ' ',
            Some("TAB") => '\t',
            _ => ',',
        };
        let texts = |names: &Array| {
            let names = names.iter().filter_map(Value::as_str);
            names.map(str::to_owned).collect()
        };
        Self {
            delimiter,
            headers: field("CSVHeaders").and_then(Value::as_array).map(texts),
        }
    }
}

/// Values are texts. What a row lacks is empty, and what it has beyond the columns is
/// dropped.
fn read_csv(source: &str, csv: &Csv) -> Result<Array, String> {
    let mut rows = rows(source, csv.delimiter)?.into_iter();
    let headers = match &csv.headers {
        Some(headers) => headers.clone(),
        None => rows.next().unwrap_or_default(),
    };
    let mut names = HashSet::new();
    if let Some(again) = headers.iter().find(|name| !names.insert(*name)) {
        return Err(format!("Two columns have the name '{again}'."));
    }
    let (mut items, mut bytes) = (Vec::new(), 0);
    for row in rows {
        let values = row.into_iter().chain(std::iter::repeat(String::new()));
        let item = Value::from(headers.iter().zip(values).collect::<Object>());
        bytes += item.json_len();
        if bytes > MAX_CSV_BYTES {
            return Err(format!("The items have more than {MAX_CSV_BYTES} bytes."));
        }
        items.push(item);
    }
    Ok(items.into())
}

/// The rows of a CSV text, empty ones left out (RFC 4180).
fn rows(source: &str, delimiter: char) -> Result<Vec<Vec<String>>, String> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut letters = source.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if field.is_empty() => field = quoted(&mut letters)?,
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' => end_row(&mut rows, &mut row, &mut field),
            letter if letter == delimiter => row.push(std::mem::take(&mut field)),
            letter => field.push(letter),
        }
    }
    end_row(&mut rows, &mut row, &mut field);
    Ok(rows)
}

fn end_row(rows: &mut Vec<Vec<String>>, row: &mut Vec<String>, field: &mut String) {
    if !row.is_empty() || !field.is_empty() {
        row.push(std::mem::take(field));
        rows.push(std::mem::take(row));
    }
}

/// The rest of a quoted field; two quotes stand for one.
fn quoted(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, String> {
    let mut field = String::new();
    while let Some(letter) = letters.next() {
        if letter != '"' {
            field.push(letter);
        } else if letters.next_if_eq(&'"').is_some() {
            field.push('"');
        } else {
            return Ok(field);
        }
    }
    Err("The item source ends inside a quoted field.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The items of a source that a reader with this `ReaderConfig` reads.
    fn items(config: &str, source: &str) -> Result<String, String> {
        let config = Value::parse(config).expect("the test's config is JSON");
        let pointer = config.get("ItemsPointer").and_then(Value::as_text).cloned();
        let reader = ItemReader {
            resource: "arn:aws:states:::s3:getObject".into(),
            arguments: None,
            config: Some(config),
            max_items: None,
            items_pointer: pointer,
        };
        read(&reader, source).map(|items| Value::from(items).to_json())
    }

    #[test]
    fn json_is_an_array_or_pairs_where_the_pointer_points() {
        for (config, source, expected) in [
            (r#"{"InputType": "JSON"}"#, "[1, [2]]", "[1,[2]]"),
            ("{}", r#"{"a": 1}"#, r#"[{"Key":"a","Value":1}]"#),
            (
                r#"{"ItemsPointer": "/a~1b/1"}"#,
                r#"{"a/b": [0, [7]]}"#,
                "[7]",
            ),
        ] {
            assert_eq!(items(config, source).as_deref(), Ok(expected));
        }
        assert!(items(r#"{"ItemsPointer": "/b"}"#, "{}").is_err());
        assert!(items("{}", "7").is_err());
    }

    #[test]
    fn each_json_line_is_an_item() {
        let config = r#"{"InputType": "JSONL"}"#;
        assert_eq!(
            items(config, "{\"a\":1}\n\n[2]\r\n").as_deref(),
            Ok(r#"[{"a":1},[2]]"#)
        );
        assert!(items(config, "{").is_err());
    }

    #[test]
    fn each_row_is_an_object_with_the_columns_names() {
        let first_row = r#"{"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}"#;
        let source = "id,said\r\n1,\"a \"\"b\"\",\nc\"\n2\n3,x,y\n";
        let expected =
            r#"[{"id":"1","said":"a \"b\",\nc"},{"id":"2","said":""},{"id":"3","said":"x"}]"#;
        assert_eq!(items(first_row, source).as_deref(), Ok(expected));
        let given = r#"{"InputType": "CSV", "CSVDelimiter": "TAB", "CSVHeaders": ["a", "b"]}"#;
        assert_eq!(
            items(given, "1\t2").as_deref(),
            Ok(r#"[{"a":"1","b":"2"}]"#)
        );
        assert!(items(first_row, "a\n\"b").is_err());
    }

    #[test]
    fn many_short_rows_of_many_columns_are_refused() {
        let columns: Vec<String> = (0..5_000).map(|column| column.to_string()).collect();
        let source = format!("{}\n{}", columns.join(","), "1\n".repeat(60_000));
        let refused = items(r#"{"InputType": "CSV"}"#, &source);
        assert!(refused.is_err_and(|problem| problem.contains("bytes")));
        assert!(items(r#"{"InputType": "CSV"}"#, "a,a\n1").is_err());
    }
}
