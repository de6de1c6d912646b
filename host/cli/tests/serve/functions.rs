//! Functions that a server runs: how they are built, what they print, and how they
//! end.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::support::javascript::Fixture;
use super::support::server::Server;
use super::support::{folder, repository, write};

const PROJECT: &str = r#"
[functions.act]
component = "act.wasm"

[machines.standard]
definition = "act.json"

[machines.express]
definition = "act.json"
type = "EXPRESS"
"#;

const ACT: &str = r#"{"StartAt": "Act", "States": {
    "Act": {"Type": "Task", "Resource": "act", "End": true}}}"#;

/// A project with a function that does what its event asks for.
fn acts(name: &str) -> (PathBuf, Server) {
    let folder = folder(name);
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let component = sandstep_components::guest("hostile", target);
    fs::write(folder.join("act.wasm"), component).unwrap();
    write(&folder, "sandstep.toml", PROJECT);
    write(&folder, "act.json", ACT);
    let server = Server::start(&folder, &["--project", "."]);
    (folder, server)
}

/// The lines of a log that are JSON; an error that ends a server is text.
fn lines(log: &str) -> Vec<Value> {
    let lines = log.lines().map(serde_json::from_str);
    lines.filter_map(Result::ok).collect()
}

#[test]
fn what_a_function_prints_names_its_execution() {
    let (_folder, server) = acts("serve-prints");
    for (machine, prefix) in [("standard", "execution:standard:"), ("express", "express:")] {
        for deed in [
            r#"{"do": "print-both"}"#,
            r#"{"do": "print-late", "ms": 20}"#,
        ] {
            let ran = server.sandstep(&["start", machine, "--input", deed, "--wait"]);
            assert_eq!(ran.output(), Value::Null, "{deed}");
        }
        let log = lines(&server.log());
        let printed = log.iter().filter(|line| line["function"] == "act");
        let of_machine: Vec<&str> = printed
            .filter(|line| {
                let arn = line["span"]["execution_arn"].as_str().unwrap();
                arn.contains(prefix)
            })
            // The request's id stands first.
            .map(|line| line["message"].as_str().unwrap().split_once(' ').unwrap().1)
            .collect();
        assert_eq!(of_machine, ["to stdout", "to stderr", "late"], "{machine}");
    }
}

#[test]
fn building_is_told_in_lines_of_the_log() {
    let fixture = Fixture::new("serve-builds");
    fixture.write("functions/greet/index.js", "").write(
        "sandstep.toml",
        "[functions.greet]\nsource = \"functions/greet/index.js\"\n",
    );
    let mut serve = fixture.command(&["serve", "--listen", "127.0.0.1:0", "--project", "."]);
    let log = String::from_utf8(serve.output().unwrap().stderr).unwrap();
    let lines = lines(&log);
    for said in ["Building greet (", "Built greet ("] {
        let is_said = |line: &&Value| line["message"].as_str().unwrap().starts_with(said);
        let line = lines.iter().find(is_said);
        let line = line.unwrap_or_else(|| panic!("{said}: {log}"));
        assert_eq!(line["span"]["function"], "greet");
    }
    // What only pretends to be a component ends it.
    assert!(log.contains("the function \"greet\""), "{log}");
}

fn shipment() -> Value {
    let file = repository().join("examples/shipping/input.json");
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// What a shipment becomes, each item with what was found out about it.
fn validated(found: &Value) -> Value {
    let mut shipment = shipment();
    for item in shipment["detail"]["shipped"].as_array_mut().unwrap() {
        let item = item.as_object_mut().unwrap();
        item.extend(found.as_object().unwrap().clone());
    }
    shipment
}

#[test]
fn a_shipment_is_validated() {
    let folder = folder("serve-shipping");
    let example = repository().join("examples/shipping");
    let server = Server::start(&folder, &["--project", example.to_str().unwrap()]);
    let input = shipment().to_string();
    let courier = json!({"courier": "UQS", "valid": true});
    for (machine, found) in [
        ("validate-all", json!({"valid": true})),
        ("validate-with-courier", courier),
    ] {
        let ran = server.sandstep(&["start", machine, "--input", &input, "--wait"]);
        assert_eq!(ran.output(), validated(&found), "{machine}");
    }
}

/// The page's two states, each as a machine with an HTTP event.
#[test]
fn the_published_maps_are_served() {
    let page = repository().join("../shared/seeds/002_6843c24d845ad458.txt");
    let Ok(page) = fs::read_to_string(page) else {
        println!("skipped: the page of the Map state is not beside the repository");
        return;
    };
    let folder = folder("serve-maps");
    let states: Vec<Value> = objects(&page, "\"Validate-All\": ").collect();
    let machines: String = states.iter().enumerate().map(machine).collect();
    let machines = format!("stepFunctions:\n  stateMachines:\n{machines}");
    write(&folder, "serverless.yml", &machines);
    let ship_val = repository().join("examples/shipping/functions/ship-val");
    let ship_val = format!("ship-val={}", ship_val.display());
    let server = Server::start(&folder, &["--project", ".", "--function", &ship_val]);
    let input = objects(&page, "state.\n").next().unwrap();
    assert_eq!(input, shipment());
    let courier = json!({"courier": "UQS", "valid": true});
    for (at, found) in [json!({"valid": true}), courier].iter().enumerate() {
        let json = "content-type: application/json";
        let path = format!("/shipments/{at}");
        let answer = server.ask("POST", &path, &[json], &input.to_string());
        let started: Value = serde_json::from_str(&answer.body).unwrap();
        let arn = started["executionArn"].as_str().unwrap();
        let ran = server.sandstep(&["history", arn, "--follow"]);
        assert_eq!(ran.output(), validated(found));
    }
    assert_eq!(states.len(), 2);
}

/// The objects that follow a text, wherever one does.
fn objects<'t>(text: &'t str, before: &'t str) -> impl Iterator<Item = Value> {
    let texts = text.split(before).skip(1);
    let texts = texts.filter(|text| text.starts_with('{'));
    texts.filter_map(|text| {
        let mut values = serde_json::Deserializer::from_str(text).into_iter();
        values.next()?.ok()
    })
}

fn machine((at, state): (usize, &Value)) -> String {
    let definition = json!({"StartAt": "Validate-All", "States": {"Validate-All": state}});
    format!(
        "    map{at}:\n      name: map{at}\n      events: [{{http: {{path: shipments/{at}, \
         method: POST}}}}]\n      definition: {definition}\n"
    )
}
