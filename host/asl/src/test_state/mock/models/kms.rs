//! The responses of KMS (service model 2014-11-01).

use crate::test_state::mock::shape::{
    Shape::{self, OneOf, Structure},
    optional, text,
};

pub(super) static ENCRYPT: Shape = Structure(&[
    optional("CiphertextBlob", &text(1, 6144)),
    optional("KeyId", &text(1, 2048)),
    optional(
        "EncryptionAlgorithm",
        &OneOf(&[
            "SYMMETRIC_DEFAULT",
            "RSAES_OAEP_SHA_1",
            "RSAES_OAEP_SHA_256",
            "SM2PKE",
        ]),
    ),
]);
