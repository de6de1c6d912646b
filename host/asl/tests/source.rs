//! What YAML documents read as.

use std::path::Path;

use sandstep_asl::source::{Format, read, read_file, read_yaml};

/// Compares the JSON that a YAML document stands for.
#[track_caller]
fn check(yaml: &str, json: &str) {
    let value = read_yaml(yaml).map(|tree| tree.to_value().to_json());
    assert_eq!(value.as_deref(), Ok(json), "{yaml}");
}

#[track_caller]
fn refused(yaml: &str, error: &str) {
    let refusal = read_yaml(yaml).expect_err(yaml);
    assert_eq!(refusal.to_string(), error, "{yaml}");
}

#[test]
fn the_first_character_tells_the_notation() {
    assert_eq!(Format::of(" \n{\"a\": 1}"), Format::Json);
    assert_eq!(Format::of("a: 1"), Format::Yaml);
    assert_eq!(Format::of(""), Format::Yaml);
    let marked = read("\u{feff}{\"a\": 1}").map(|tree| tree.to_value().to_json());
    assert_eq!(marked.as_deref(), Ok(r#"{"a":1}"#));
}

#[test]
fn the_name_of_a_file_allows_flow_style() {
    let flow = "{StartAt: A, States: {A: {Type: Succeed}}}";
    let tree = read_file(Path::new("x.asl.yaml"), flow).map(|tree| tree.to_value().to_json());
    let json = r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#;
    assert_eq!(tree.as_deref(), Ok(json));
    for (file, text) in [("x.json", flow), ("x.yml", "{\"a\": 1")] {
        let error = read_file(Path::new(file), text).expect_err(file);
        assert_eq!(error.format, Format::Json, "{file}");
    }
}

#[test]
fn a_serverless_file_reads_as_json() {
    check(
        "stateMachines:
  recorder:
    events:
      - http:
          path: classroom/create
    definition:
      StartAt: Wait
      States:
        Wait:
          Type: Wait
          TimestampPath: \"$.start\"
          Next: Stop
        Stop:
          Type: Task
          Resource: arn:aws:lambda:ap-southeast-1:13######:function:dev-Stop # masked
          End: true
",
        concat!(
            r#"{"stateMachines":{"recorder":{"events":[{"http":{"path":"classroom/create"}}],"#,
            r#""definition":{"StartAt":"Wait","States":{"#,
            r#""Wait":{"Type":"Wait","TimestampPath":"$.start","Next":"Stop"},"#,
            r#""Stop":{"Type":"Task","#,
            r#""Resource":"arn:aws:lambda:ap-southeast-1:13######:function:dev-Stop","#,
            r#""End":true}}}}}}"#
        ),
    );
}

#[test]
fn short_tags_call_functions() {
    check("!Ref Topic", r#"{"Ref":"Topic"}"#);
    check("!Sub 'a${b}'", r#"{"Fn::Sub":"a${b}"}"#);
    check("!GetAtt Stop.Arn", r#"{"Fn::GetAtt":["Stop","Arn"]}"#);
    check(
        "!GetAtt Nested.Outputs.Topic",
        r#"{"Fn::GetAtt":["Nested","Outputs.Topic"]}"#,
    );
    check("!GetAtt [Stop, Arn]", r#"{"Fn::GetAtt":["Stop","Arn"]}"#);
    check(
        "a: !Join ['', [x, !Ref y]]",
        r#"{"a":{"Fn::Join":["",["x",{"Ref":"y"}]]}}"#,
    );
}

#[test]
fn aliases_and_merge_keys_are_resolved() {
    check(
        "a: &a {x: 1, y: 2}\nb: *a\nc:\n  <<: *a\n  y: 3\n",
        r#"{"a":{"x":1,"y":2},"b":{"x":1,"y":2},"c":{"y":3,"x":1}}"#,
    );
    check("<<: [{a: 1}, {a: 2, b: 3}]", r#"{"a":1,"b":3}"#);
    check("'<<': 1", r#"{"<<":1}"#);
}

#[test]
fn tags_of_the_core_schema_choose_a_type() {
    check(
        "[!!str 12, '12', !!int '12', ! 12]",
        r#"["12","12",12,"12"]"#,
    );
    refused(
        "!!int twelve",
        "the scalar is not a valid !!int at line 1, column 1",
    );
}

#[test]
fn what_json_cannot_say_is_refused() {
    refused(
        "a: .inf",
        "JSON has neither infinities nor NaN at line 1, column 4",
    );
    refused("? [a]\n: b", "a key must be a scalar at line 1, column 3");
    refused("a: !Secret b", "unknown tag !Secret at line 1, column 4");
    refused(
        "a: &x [*x]",
        "an alias refers to a key or to a value that contains it at line 1, column 8",
    );
    refused(
        "a: 1\n---\nb: 2",
        "a second document begins; the text must hold only one at line 2, column 1",
    );
}

#[test]
fn equal_keys_stay_to_be_reported() {
    let tree = read_yaml("a: 1\na: 2").expect("it is YAML");
    assert_eq!(tree.as_object().map(<[_]>::len), Some(2));
}

#[test]
fn places_count_characters_and_offsets_count_bytes() {
    let tree = read_yaml("é: 'ü'\r\nk:   v\r\n").expect("it is YAML");
    let entries = tree.as_object().expect("it is a mapping");
    let (first, second) = (entries[0].value.position, entries[1].value.position);
    assert_eq!((first.offset, first.line, first.column), (4, 1, 4));
    assert_eq!((second.offset, second.line, second.column), (15, 2, 6));
}
