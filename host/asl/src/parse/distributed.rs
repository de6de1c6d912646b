//! What only a distributed Map has: `ItemReader`, `ItemBatcher`, `ResultWriter` and `Label`
//! (AWS, "Using Map state in Distributed mode").

use sandstep_json::Text;

use super::Options;
use super::fields::Fields;
use super::place::{Node, quoted};
use super::report::Problem;
use super::state::StateFields;
use crate::machine::{DistributedMap, Dynamic, ItemBatcher, ItemReader, Payload, ResultWriter};
use crate::verdict::{Code, LabelFault};

/// AWS, "Map state in Distributed mode", "Label".
const MAX_LABEL_LENGTH: usize = 40;

/// AWS, "ItemBatcher": at most 256 KiB go into one batch.
const MAX_BATCH_BYTES: u64 = 256 * 1024;

/// AWS, "ItemReader": "MaxItems".
const MAX_ITEMS: u64 = 100_000_000;

/// What reads items, after the partition of its ARN (AWS, "ItemReader").
const READ_OBJECT: &str = "states:::s3:getObject";
const LIST_OBJECTS: &str = "states:::s3:listObjectsV2";

const INPUT_TYPES: [&str; 5] = ["MANIFEST", "JSON", "CSV", "JSONL", "PARQUET"];
const CSV_DELIMITERS: [&str; 5] = ["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"];

/// How a Map runs its iterations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ProcessorConfig {
    Inline,
    /// Each iteration is an execution of this type, `STANDARD` or `EXPRESS`; `None`, which
    /// was reported, if the definition does not say.
    Distributed(Option<&'static str>),
}

/// Reads `ProcessorConfig`; without one, a Map is inline.
pub(super) fn processor_config(processor: &Fields<'_>) -> ProcessorConfig {
    let Some(fields) = object(processor, "ProcessorConfig", "a processor config") else {
        return ProcessorConfig::Inline;
    };
    let mode = fields.one_of("Mode", &["INLINE", "DISTRIBUTED"]);
    let is_distributed = mode == Some("DISTRIBUTED");
    if is_distributed {
        fields.require("ExecutionType");
    } else if mode == Some("INLINE")
        && let Some(node) = fields.get("ExecutionType")
    {
        fields.report().error(&node.place, || {
            needs_distributed_mode("ExecutionType")
                .said("Field 'ExecutionType' is not supported")
                .said_around()
        });
    }
    let execution_type = fields.one_of("ExecutionType", &["STANDARD", "EXPRESS"]);
    fields.finish();
    match is_distributed {
        true => ProcessorConfig::Distributed(execution_type),
        false => ProcessorConfig::Inline,
    }
}

/// Reads the fields of a distributed Map, and refuses them in an inline one.
pub(super) fn parse(state: &StateFields<'_>, config: ProcessorConfig) -> Option<DistributedMap> {
    let execution_type = match config {
        ProcessorConfig::Distributed(execution_type) => execution_type.unwrap_or_default(),
        ProcessorConfig::Inline => {
            refuse(state);
            return None;
        }
    };
    Some(DistributedMap {
        execution_type: execution_type.into(),
        item_reader: reader(state),
        item_batcher: batcher(state),
        result_writer: writer(state),
        label: label(state),
    })
}

fn refuse(state: &StateFields<'_>) {
    for name in ["ItemReader", "ItemBatcher", "ResultWriter", "Label"] {
        let Some(node) = state.get(name) else {
            continue;
        };
        let report = state.report();
        report.error(&node.place, || needs_distributed_mode(name));
    }
}

fn needs_distributed_mode(name: &str) -> Problem {
    let message = format!("\"{name}\" needs a distributed Map");
    let hint = r#"set "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}"#;
    Problem::error("needs-distributed-mode", message).hint(hint)
}

/// The fields of an object that may be absent.
fn object<'f>(
    fields: &'f Fields<'_>,
    name: &'static str,
    owner: &'static str,
) -> Option<Fields<'f>> {
    fields.inner(fields.get(name)?, owner)
}

/// What the integration that a reader or a writer names gets.
fn arguments(fields: &Fields<'_>) -> Option<Payload> {
    let (ours, foreign) = match fields.is_jsonata() {
        true => ("Arguments", "Parameters"),
        false => ("Parameters", "Arguments"),
    };
    fields.add_foreign(&[foreign]);
    fields.payload(ours)
}

fn label(state: &StateFields<'_>) -> Option<Text> {
    let label = state.text("Label")?;
    let node = state.peek("Label")?;
    match label_fault(&label) {
        Some(fault) => report_label(state, &node, &label, fault),
        None if !state.scope.draft.claim_label(&label) => report_repeated(state, &node, &label),
        None => {}
    }
    Some(label)
}

fn label_fault(label: &str) -> Option<LabelFault> {
    match label.chars().count() {
        0 => Some(LabelFault::Empty),
        1..=MAX_LABEL_LENGTH => {
            let character = label.chars().find(|character| is_refused(*character))?;
            Some(LabelFault::InvalidCharacter(character))
        }
        _ => Some(LabelFault::TooLong(MAX_LABEL_LENGTH)),
    }
}

/// Labels become parts of ARNs and of names of objects.
fn is_refused(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || "?*<>{}[]:;,\\|^~$#%&`\"/".contains(character)
}

fn report_label(state: &StateFields<'_>, node: &Node<'_>, label: &str, fault: LabelFault) {
    state.report().error(&node.place, || {
        let message = match fault {
            LabelFault::InvalidCharacter(character) => {
                format!("a label must not contain {character:?}")
            }
            LabelFault::Empty | LabelFault::TooLong(_) => {
                let length = label.chars().count();
                format!("a label has 1 to {MAX_LABEL_LENGTH} characters, this one {length}")
            }
        };
        Problem::error("invalid-label", message).said_as(Code::InvalidLabelName, fault.message())
    });
    state.report().add_label_fault(fault);
}

fn report_repeated(state: &StateFields<'_>, node: &Node<'_>, label: &str) {
    state.report().error(&node.place, || {
        let said = format!("Duplicate Label name: {label}");
        Problem::error("duplicate-label", "another Map state has the same label")
            .said_as(Code::DuplicateLabelName, said)
    });
}

fn reader(state: &StateFields<'_>) -> Option<ItemReader> {
    let fields = object(state, "ItemReader", "an item reader")?;
    let resource = fields.require_text("Resource");
    if let Some(resource) = &resource {
        check_reader(&fields, resource, state.scope.draft.options);
    }
    let arguments = arguments(&fields);
    let (max_items, items_pointer) = object(&fields, "ReaderConfig", "a reader config")
        .map(reader_config)
        .unwrap_or_default();
    let config = fields.value("ReaderConfig");
    fields.finish();
    Some(ItemReader {
        resource: resource?,
        arguments,
        config,
        max_items,
        items_pointer,
    })
}

/// Refuses an integration that the service does not read items with (AWS, "ItemReader").
fn check_reader(fields: &Fields<'_>, resource: &str, options: &Options) {
    let is_open = options.allow_placeholders && resource.contains("${");
    if is_open || !options.check_arns {
        return;
    }
    let partition_and_rest = resource.strip_prefix("arn:").unwrap_or_default();
    if let Some((_, READ_OBJECT | LIST_OBJECTS)) = partition_and_rest.split_once(':') {
        return;
    }
    let place = fields.peek("Resource").expect("it was read").place;
    fields.report().error(&place, || {
        let message = format!("no items are read with {}", quoted(resource));
        let examples = format!("arn:<partition>:{READ_OBJECT}, arn:<partition>:{LIST_OBJECTS}");
        Problem::error("invalid-resource", message)
            .hint(format!("write \"arn:aws:{READ_OBJECT}\" or \"arn:aws:{LIST_OBJECTS}\""))
            .said(format!(
                "The field 'Resource' does not match any of the allowed values. Examples: [{examples}]"
            ))
    });
}

fn reader_config(config: Fields<'_>) -> (Option<Dynamic<u64>>, Option<Text>) {
    let is_csv = config.one_of("InputType", &INPUT_TYPES) == Some("CSV");
    if is_csv && config.get("CSVHeaderLocation").is_none() {
        config.report().error(config.place(), || {
            let message = "a reader of CSV needs \"CSVHeaderLocation\"";
            let said = "The field 'CSVHeaderLocation' is required but was missing";
            Problem::error("missing-field", message).said(said)
        });
    }
    config.one_of("Transformation", &["NONE", "LOAD_AND_FLATTEN"]);
    config.one_of("ManifestType", &["ATHENA_DATA", "S3_INVENTORY"]);
    config.one_of("CSVDelimiter", &CSV_DELIMITERS);
    let location = config.one_of("CSVHeaderLocation", &["FIRST_ROW", "GIVEN"]);
    if location == Some("GIVEN") {
        config.require("CSVHeaders");
    }
    if let Some(headers) = config.list("CSVHeaders") {
        headers
            .items()
            .for_each(|header| drop(config.text_of(&header)));
    }
    let items_pointer = config.text("ItemsPointer");
    let max_items = config.dynamic("MaxItems", "MaxItemsPath", 0..=MAX_ITEMS);
    config.finish();
    (max_items, items_pointer)
}

fn batcher(state: &StateFields<'_>) -> Option<ItemBatcher> {
    let fields = object(state, "ItemBatcher", "an item batcher")?;
    let max_items = fields.dynamic("MaxItemsPerBatch", "MaxItemsPerBatchPath", 1..=MAX_ITEMS);
    let max_bytes = fields.dynamic(
        "MaxInputBytesPerBatch",
        "MaxInputBytesPerBatchPath",
        1..=MAX_BATCH_BYTES,
    );
    if max_items.is_none() && max_bytes.is_none() {
        report_unbounded(&fields);
    }
    let input = fields.object_payload("BatchInput");
    fields.finish();
    Some(ItemBatcher {
        max_items,
        max_bytes,
        input,
    })
}

fn report_unbounded(batcher: &Fields<'_>) {
    batcher.report().error(batcher.place(), || {
        let message =
            "an item batcher needs \"MaxItemsPerBatch\", \"MaxInputBytesPerBatch\" or both";
        Problem::error("missing-field", message)
    });
}

fn writer(state: &StateFields<'_>) -> Option<ResultWriter> {
    let fields = object(state, "ResultWriter", "a result writer")?;
    let resource = fields.text("Resource");
    let arguments = arguments(&fields);
    if let Some(config) = object(&fields, "WriterConfig", "a writer config") {
        config.one_of("Transformation", &["NONE", "COMPACT", "FLATTEN"]);
        config.one_of("OutputType", &["JSON", "JSONL"]);
        config.finish();
    } else {
        fields.require("Resource");
    }
    let config = fields.value("WriterConfig");
    fields.finish();
    Some(ResultWriter {
        resource,
        arguments,
        config,
    })
}
