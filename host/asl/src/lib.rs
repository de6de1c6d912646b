//! The Amazon States Language: parsing, validation and a pure interpreter.
//!
//! [`StateMachine::parse`] turns a definition into a machine or into all its
//! problems at once. An [`Execution`] decides what happens next in one run of a
//! machine; it reads no clock, draws no chance and does no I/O.
#![forbid(unsafe_code)]

mod choice;
mod diagnostic;
mod execution;
mod history;
mod jsonata;
mod machine;
mod moment;
mod parse;
mod resource;
pub mod source;
mod test_state;
mod timestamp;
mod verdict;

pub use diagnostic::{Diagnostic, Severity};
pub use execution::{
    Execution, Finding, Inspection, Limits, MapPlan, NotRedrivable, Note, Outcome, Record, Redrive,
    Restoration, RestoreError, Stage, Start, TASK_TOKEN_PREFIX, Target, Task, TaskId, TaskOutcome,
    TaskToken, ThreadPath, TokenKey,
};
pub use history::{
    ErrorDetails, EvaluationFailed, EventDetails, EventId, HistoryEvent, StateType, TaskScheduled,
};
pub use machine::StateMachine;
pub use parse::{Options, Parsed, did_you_mean};
pub use resource::{Pattern, Resource, ResourceKind, function_name};
pub use test_state::{
    FieldValidation, InspectionData, InspectionLevel, MockErrorOutput, MockInput, Refusal,
    StateConfiguration, TestIdentity, TestRequest, TestResult, TestRun, TestStatus, TestStep,
    TestSubject,
};
pub use timestamp::Timestamp;
pub use verdict::{Code, Complaint, Verdict};
