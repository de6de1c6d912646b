//! The responses of SQS (service model 2012-11-05).

use crate::test_state::mock::shape::{
    Shape::{self, Structure},
    TEXT, optional,
};

pub(super) static SEND_MESSAGE: Shape = Structure(&[
    optional("MD5OfMessageBody", &TEXT),
    optional("MD5OfMessageAttributes", &TEXT),
    optional("MD5OfMessageSystemAttributes", &TEXT),
    optional("MessageId", &TEXT),
    optional("SequenceNumber", &TEXT),
]);
