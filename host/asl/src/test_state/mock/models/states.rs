//! The responses of Step Functions (service model 2016-11-23).

use crate::test_state::mock::shape::{
    NUMBER,
    Shape::{self, Boolean, OneOf, Structure},
    TEXT, optional, required, text,
};

pub(super) static START_EXECUTION: Shape = Structure(&[
    required("ExecutionArn", &text(1, 256)),
    required("StartDate", &TEXT),
]);

static CLOUD_WATCH_EVENTS_EXECUTION_DATA_DETAILS: Shape =
    Structure(&[optional("Included", &Boolean)]);

pub(super) static DESCRIBE_EXECUTION: Shape = Structure(&[
    required("ExecutionArn", &text(1, 256)),
    required("StateMachineArn", &text(1, 256)),
    optional("Name", &text(1, 80)),
    required(
        "Status",
        &OneOf(&[
            "RUNNING",
            "SUCCEEDED",
            "FAILED",
            "TIMED_OUT",
            "ABORTED",
            "PENDING_REDRIVE",
        ]),
    ),
    required("StartDate", &TEXT),
    optional("StopDate", &TEXT),
    optional("Input", &text(0, 262144)),
    optional("InputDetails", &CLOUD_WATCH_EVENTS_EXECUTION_DATA_DETAILS),
    optional("Output", &text(0, 262144)),
    optional("OutputDetails", &CLOUD_WATCH_EVENTS_EXECUTION_DATA_DETAILS),
    optional("TraceHeader", &text(0, 256)),
    optional("MapRunArn", &text(1, 2000)),
    optional("Error", &text(0, 256)),
    optional("Cause", &text(0, 32768)),
    optional("StateMachineVersionArn", &text(1, 256)),
    optional("StateMachineAliasArn", &text(1, 256)),
    optional("RedriveCount", &NUMBER),
    optional("RedriveDate", &TEXT),
    optional(
        "RedriveStatus",
        &OneOf(&["REDRIVABLE", "NOT_REDRIVABLE", "REDRIVABLE_BY_MAP_RUN"]),
    ),
    optional("RedriveStatusReason", &text(0, 262144)),
]);
