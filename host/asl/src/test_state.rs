//! One state tested alone (API reference, `TestState`).
//!
//! A [`TestRun`] is an execution that begins with the state and ends where the state is
//! left: the state takes the interpreter's own way, and a mock answers in the place of a
//! task, of branches or of iterations.

mod admission;
mod context;
mod inspection_data;
mod mock;
mod refusal;
mod request;
mod result;
mod run;
mod spaced;
mod surroundings;

pub use self::{
    context::TestIdentity,
    inspection_data::InspectionData,
    mock::{FieldValidation, MockErrorOutput, MockInput},
    refusal::Refusal,
    request::{InspectionLevel, StateConfiguration, TestRequest, TestSubject},
    result::{TestResult, TestStatus},
    run::{TestRun, TestStep},
};
