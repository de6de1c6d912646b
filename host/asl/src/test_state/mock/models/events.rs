//! The responses of EventBridge (service model 2015-10-07).

use crate::test_state::mock::shape::{
    NUMBER,
    Shape::{self, List, Structure},
    TEXT, optional, text,
};

pub(super) static PUT_EVENTS: Shape = Structure(&[
    optional("FailedEntryCount", &NUMBER),
    optional(
        "Entries",
        &List(&Structure(&[
            optional("EventId", &text(0, 64)),
            optional("ErrorCode", &TEXT),
            optional("ErrorMessage", &TEXT),
        ])),
    ),
]);
