//! A project's own tests: files named `*.test.yaml`, `*.test.yml` or
//! `*.test.json`.
//!
//! ```yaml
//! machine: orders               # of the project around this file; or
//! definition: ../order.asl.yaml #   a file, relative to this one
//! mock-file: mocks.json         # as AWS's local Step Functions has it
//! tests:
//!   - name: a late charge is tried again
//!     input: { total: 12 }
//!     test-case: HappyPath      # of the mock file
//!     mocks:                    # besides it, by the state's name
//!       Charge:                 # one invocation after the other
//!         - throws: { error: Busy, cause: later }
//!           takes: 5            # seconds of virtual time
//!         - returns: { charged: true }
//!       Notify: { returns: {} } # whatever the invocation
//!     starts-at: "2024-02-29T12:00:00Z"
//!     expect:
//!       output: { charged: true }       # or output-contains: …
//!       path: [Charge, { Each: [[Pack], [Pack]] }, Notify]
//! ```
//!
//! What a test does not mock is run: the project's functions in the sandbox.

mod compare;
mod coverage;
mod difference;
mod discover;
mod expectation;
mod file;
mod junit;
mod path;
mod plan;
mod run;

pub(crate) use coverage::{Coverage, Share};
pub(crate) use difference::Difference;
pub(crate) use discover::find;
pub(crate) use file::{Test, TestFile};
pub(crate) use junit::write_junit;
pub(crate) use plan::{Plan, Suite};
pub(crate) use run::{Ran, run};

use coverage::Hits;
use expectation::Expectation;
use path::{PathStep, Paths};
