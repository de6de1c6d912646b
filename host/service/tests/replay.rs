//! Every recorded history of the service, replayed against its own definition,
//! goes the way that it went.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sandstep_asl::{HistoryEvent, Limits, Options, StateMachine};
use sandstep_json::{Array, Object, Value};
use sandstep_service::replay::{Divergence, Recording, Replay, Replayed, Told, Unreadable, replay};
use sandstep_tests::{
    case::Case,
    simulate::{Restore, in_a_loop},
};

/// How long a replay may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a recording is not replayed here.
type Skipped = &'static str;

#[tokio::test]
async fn recordings_go_the_way_that_they_went() {
    let Some(corpus) = sandstep_conformance::locate("stepfunctions/cases") else {
        return;
    };
    let (mut replayed, mut skipped, mut failures) = (0, BTreeMap::new(), Vec::new());
    for file in files(&corpus) {
        let case = Value::parse(&fs::read_to_string(&file).unwrap()).unwrap();
        for history in histories(&case) {
            match check(&case, history, &file).await {
                Ok(None) => replayed += 1,
                Ok(Some(problem)) => failures.push(format!("{}: {problem}", file.display())),
                Err(reason) => *skipped.entry(reason).or_insert(0) += 1,
            }
        }
    }
    println!("{replayed} histories replayed, {skipped:?} skipped");
    assert!(
        failures.is_empty(),
        "{} of them part:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(replayed > 300, "only {replayed} histories were replayed");
}

/// So does what the behaviour cases do, races and aborted branches included.
#[tokio::test]
async fn cases_go_the_way_that_they_went() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    let (mut replayed, mut failures) = (0, Vec::new());
    for file in files(&cases) {
        let text = fs::read_to_string(&file).unwrap();
        let case = Case::parse(&text).unwrap();
        // A replay is over where its execution first ends, and all its tasks begin.
        let is_beyond = case.redrive.is_some() || text.contains("activity: missing");
        if is_beyond || LEFT_TO_CHANCE.iter().any(|chance| text.contains(chance)) {
            continue;
        }
        let run = in_a_loop(&case, Restore::Never);
        let events: Array = run.events.iter().map(HistoryEvent::to_json).collect();
        let history = Object::from([("events", events)]).into();
        let recording = Recording::read(&history).unwrap();
        let again = Replayed {
            machine: Arc::clone(&case.machine),
            limits: case.limits.clone(),
            input: None,
        };
        let replay = replay(&again, &recording).await;
        let missing = replay.not_recorded.map(|missing| missing.to_string());
        if let Some(problem) = replay.divergence.as_ref().map(told).or(missing) {
            failures.push(format!("{}: {problem}", file.display()));
        }
        replayed += 1;
    }
    assert!(
        failures.is_empty(),
        "{} of them part:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(replayed > 80, "only {replayed} cases were replayed");
}

/// Whatever a history says, it is refused or replayed, and soon.
#[tokio::test]
async fn histories_that_make_no_sense_do_no_harm() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    let mut chance: u64 = 1;
    let mut draw = |below: u64| {
        chance = chance
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (chance >> 33) % below
    };
    for file in files(&cases) {
        let case = Case::parse(&fs::read_to_string(&file).unwrap()).unwrap();
        let events = in_a_loop(&case, Restore::Never).events;
        let count = events.len() as u64;
        let nonsense = events.iter().map(|event| {
            let mut event = event.to_json().as_object().unwrap().clone();
            if draw(4) == 0 {
                event.insert("previousEventId", draw(count + 2));
            }
            if draw(4) == 0 {
                let other = &events[draw(count) as usize];
                event.insert("type", other.type_name());
            }
            Value::from(event)
        });
        let history = Object::from([("events", nonsense.collect::<Array>())]).into();
        let Ok(recording) = Recording::read(&history) else {
            continue;
        };
        let again = Replayed {
            machine: Arc::clone(&case.machine),
            limits: case.limits.clone(),
            input: None,
        };
        tokio::time::timeout(PATIENCE, replay(&again, &recording))
            .await
            .unwrap();
    }
}

#[test]
fn a_history_is_no_deeper_than_a_definition() {
    let event = |id: u64, kind: &str, name: &str| {
        let details = Object::from([("name", Value::from(name)), ("index", 0_u64.into())]);
        let members = [
            ("id", Value::from(id)),
            ("previousEventId", (id - 1).into()),
            ("type", kind.into()),
            ("xEventDetails", details.into()),
        ];
        Value::from(Object::from(members))
    };
    let mut events = vec![event(1, "ExecutionStarted", "")];
    for round in 0..5_000 {
        for (step, kind) in ["MapStateEntered", "MapStateStarted", "MapIterationStarted"]
            .into_iter()
            .enumerate()
        {
            let id = 2 + round * 3 + step as u64;
            events.push(event(id, kind, &format!("S{round}")));
        }
    }
    let history = Object::from([("events", events.into_iter().collect::<Array>())]).into();
    let refused = Recording::read(&history).unwrap_err();
    assert!(matches!(refused, Unreadable::TooDeep(_)), "{refused}");
}

/// What comes out otherwise in every execution, and may change who is first.
const LEFT_TO_CHANCE: [&str; 3] = ["JitterStrategy", "States.MathRandom", "$random"];

/// A state that has another name parts the histories where it is first entered.
#[tokio::test]
async fn a_renamed_state_is_where_recordings_part() {
    let Some(corpus) = sandstep_conformance::locate("stepfunctions/cases") else {
        return;
    };
    let (mut renamed, mut failures) = (0, Vec::new());
    for file in files(&corpus) {
        let case = Value::parse(&fs::read_to_string(&file).unwrap()).unwrap();
        for history in histories(&case) {
            let Ok(mut execution) = comparable(&case, history, &file) else {
                continue;
            };
            let (name, entered) = last_state(history);
            execution.definition = execution
                .definition
                .replace(&format!("\"{name}\""), &format!("\"{name}, renamed\""));
            let Ok(Ok(replay)) = execution.replay(history).await else {
                continue;
            };
            let recorded = replay.divergence.as_ref();
            if recorded.is_some_and(|divergence| {
                is_hole(&divergence.recorded) && divergence.event < entered
            }) {
                continue;
            }
            renamed += 1;
            let parted = replay
                .divergence
                .as_ref()
                .map(|divergence| divergence.event);
            if parted != Some(entered) {
                let told = replay.divergence.as_ref().map_or("not".to_owned(), told);
                failures.push(format!("{}: {name}, {entered}: {told}", file.display()));
            }
        }
    }
    println!("{renamed} histories with a renamed state");
    assert!(
        failures.is_empty(),
        "{} of them:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(
        renamed > 300,
        "only {renamed} histories had a state renamed"
    );
}

/// The state that is the last one to be entered for the first time, and the
/// event that does.
fn last_state(history: &Value) -> (String, u64) {
    let events = history.get("expected").unwrap().get("events").unwrap();
    let mut seen = BTreeMap::new();
    for event in events.as_array().unwrap().iter() {
        let entered = event.get("stateEnteredEventDetails");
        if let Some(name) = entered.and_then(|entered| entered.get("name")?.as_str()) {
            let id = event.get("id").and_then(Value::as_i64).unwrap();
            seen.entry(name.to_owned()).or_insert(id as u64);
        }
    }
    seen.into_iter().max_by_key(|(_, id)| *id).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let below = |folder: &Path| {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().path())
            .collect::<Vec<_>>()
    };
    let mut files: Vec<PathBuf> = below(folder)
        .iter()
        .flat_map(|group| below(group))
        .collect();
    files.sort();
    files
}

/// The comparisons of a case that are histories.
fn histories(case: &Value) -> Vec<&Value> {
    let matches = case.get("matches").and_then(Value::as_array).unwrap();
    let is_history = |one: &&Value| {
        one.get("expected")
            .is_some_and(|it| it.get("events").is_some())
    };
    matches.iter().filter(is_history).collect()
}

/// Why a recording says less than a history does.
fn incomparable(file: &Path) -> Option<Skipped> {
    let name = file.file_stem()?.to_str()?;
    match name {
        "generic__nested_calls_2" => Some("its result is made of the execution's own ARN"),
        name if name.contains("wait_timestamp") && name.ends_with("INVALID_ISO") => {
            Some("the recording has a hole where its input has no moment")
        }
        _ => None,
    }
}

/// Replays one history; says how it parts from the recording.
async fn check(case: &Value, history: &Value, file: &Path) -> Result<Option<String>, Skipped> {
    let execution = comparable(case, history, file)?;
    let replay = match execution.replay(history).await? {
        Ok(replay) => replay,
        Err(problem) => return Ok(Some(problem)),
    };
    let missing = replay.not_recorded.map(|missing| missing.to_string());
    match replay.divergence {
        Some(divergence) if is_hole(&divergence.recorded) => Err("the recording has a hole"),
        Some(divergence) => Ok(Some(told(&divergence))),
        None => Ok(missing),
    }
}

/// The execution of a history that says all that a history does.
fn comparable(case: &Value, history: &Value, file: &Path) -> Result<Execution, Skipped> {
    if let Some(reason) = incomparable(file) {
        return Err(reason);
    }
    if history.get("unordered_parallel") == Some(&Value::Bool(true)) {
        return Err("the recording leaves out who came before whom");
    }
    let execution = Execution::of(case, history).ok_or("the definition is not in one call")?;
    match execution.definition.contains("\"DISTRIBUTED\"") {
        true => Err("a Map is distributed"),
        false => Ok(execution),
    }
}

/// Whether the recorder left out something here that is made anew.
fn is_hole(told: &Option<Told>) -> bool {
    let text = told
        .as_ref()
        .map(|told| Value::from(told.details.clone()).to_json());
    let text = text.unwrap_or_default();
    ["{{any:", "{{bind:", "{{3.events."]
        .iter()
        .any(|hole| text.contains(hole))
}

fn told(divergence: &Divergence) -> String {
    let told = |told: &Option<Told>| match told {
        Some(told) => format!("{} {}", told.kind, Value::from(told.details.clone())),
        None => "nothing".to_owned(),
    };
    let (recorded, replayed) = (told(&divergence.recorded), told(&divergence.replayed));
    format!(
        "at event {}\n  recorded {recorded}\n  replayed {replayed}",
        divergence.event
    )
}

/// The execution that a history is of.
struct Execution {
    definition: String,
    /// As it was given: recordings of it have holes.
    input: Option<Value>,
}

impl Execution {
    fn of(case: &Value, history: &Value) -> Option<Self> {
        let arn = |call: &Value, key| placeholder(call.get("params")?.get(key)?);
        let history = call(case, placeholder(history.get("actual")?)?)?;
        let start = call(case, arn(history, "executionArn")?)?;
        let create = call(case, arn(start, "stateMachineArn")?)?;
        let definition = create.get("params")?.get("definition")?.as_str()?;
        let input = start.get("params")?.get("input").and_then(Value::as_str);
        Some(Self {
            definition: fill_text(&with_arns(case, definition)),
            input: input.map(|input| fill_text(&with_arns(case, input)).as_str().into()),
        })
    }

    async fn replay(&self, history: &Value) -> Result<Result<Replay, String>, Skipped> {
        let printed = self.as_printed(history.get("expected").unwrap());
        let recording = match Recording::read(&printed) {
            Ok(recording) => recording,
            Err(unreadable) => return Ok(Err(unreadable.to_string())),
        };
        let replayed = Replayed {
            machine: Arc::new(self.machine()?),
            limits: Limits::default(),
            input: None,
        };
        let replay = tokio::time::timeout(PATIENCE, replay(&replayed, &recording)).await;
        Ok(replay.map_err(|_| "it does not end".to_owned()))
    }

    fn machine(&self) -> Result<StateMachine, Skipped> {
        let options = Options {
            check_arns: false,
            ..Options::default()
        };
        let parsed = StateMachine::parse_with(&self.definition, &options);
        parsed.machine.ok_or("the definition is refused")
    }

    /// A history as the AWS CLI prints it: the corpus holds JSON documents parsed,
    /// and holes where values are made anew.
    fn as_printed(&self, history: &Value) -> Value {
        let filled = fill_holes(history);
        let events = filled.get("events").and_then(Value::as_array).unwrap();
        let events: Array = events
            .iter()
            .map(|event| self.printed_event(event))
            .collect();
        Object::from([("events", events)]).into()
    }

    fn printed_event(&self, event: &Value) -> Value {
        let members = event.as_object().unwrap().iter();
        let printed = members.map(|(key, value)| match (value.as_object(), &self.input) {
            (Some(details), Some(input)) if *key == *"executionStartedEventDetails" => {
                (key, details.with("input", input.clone()).into())
            }
            (Some(details), _) => (key, printed_details(details)),
            (None, _) => (key, value.clone()),
        });
        printed.collect::<Object>().into()
    }
}

/// A definition with the ARNs of what earlier calls made.
fn with_arns(case: &Value, definition: &str) -> String {
    let calls = case.get("calls").and_then(Value::as_array).unwrap();
    let mut filled = definition.to_owned();
    for call in calls.iter() {
        let (number, params) = (call.get("n").unwrap(), call.get("params").unwrap());
        for (member, name, kind) in [
            (
                "FunctionArn",
                "FunctionName",
                "lambda:{{region}}:{{account}}:function",
            ),
            (
                "activityArn",
                "name",
                "states:{{region}}:{{account}}:activity",
            ),
            (
                "stateMachineArn",
                "name",
                "states:{{region}}:{{account}}:stateMachine",
            ),
        ] {
            if let Some(name) = params.get(name).and_then(Value::as_str) {
                let placeholder = format!("{{{{{number}.{member}}}}}");
                filled = filled.replace(&placeholder, &format!("arn:aws:{kind}:{name}"));
            }
        }
    }
    filled
}

/// The call that `{{7.executionArn}}` or `{{7}}` is about.
fn placeholder(value: &Value) -> Option<i64> {
    let inner = value.as_str()?.strip_prefix("{{")?.strip_suffix("}}")?;
    inner.split('.').next()?.parse().ok()
}

fn call(case: &Value, number: i64) -> Option<&Value> {
    let calls = case.get("calls")?.as_array()?;
    calls
        .iter()
        .find(|call| call.get("n").and_then(Value::as_i64) == Some(number))
}

fn printed_details(details: &Object) -> Value {
    let texts = ["input", "output", "parameters", "cause", "error"];
    let printed = details.iter().map(|(key, value)| match value {
        Value::String(_) => (key, value.clone()),
        _ if texts.contains(&key.as_str()) => (key, value.to_json().into()),
        _ => (key, value.clone()),
    });
    printed.collect::<Object>().into()
}

/// Moments and UUIDs in place of holes that are labelled so.
fn fill_holes(value: &Value) -> Value {
    match value {
        Value::String(text) => fill_text(text).into(),
        Value::Array(items) => items.iter().map(fill_holes).collect::<Array>().into(),
        Value::Object(members) => {
            let filled = members.iter().map(|(key, value)| match value {
                // The text of a failed function's exception.
                Value::Object(_) if *key == *"Cause" => (key, fill_holes(value).to_json().into()),
                value => (key, fill_holes(value)),
            });
            filled.collect::<Object>().into()
        }
        other => other.clone(),
    }
}

fn fill_text(text: &str) -> String {
    let Some((before, rest)) = text.split_once("{{") else {
        return text.to_owned();
    };
    let Some((hole, after)) = rest.split_once("}}") else {
        return text.to_owned();
    };
    let filling = match hole {
        "now+24855d" => "2092-01-19T00:00:00".to_owned(),
        "now+24856d" => "2092-01-20T00:00:00".to_owned(),
        _ if hole.contains("date") || hole.contains("time") => {
            "2024-01-01T00:00:00.000Z".to_owned()
        }
        _ if hole.contains("uuid") => "01234567-89ab-4def-8123-456789abcdef".to_owned(),
        hole => format!("{{{{{hole}}}}}"),
    };
    format!("{before}{filling}{}", fill_text(after))
}
