//! The responses of DynamoDB (service model 2012-08-10).

use crate::test_state::mock::shape::{
    NUMBER,
    Shape::{self, Boolean, List, Map, Structure},
    TEXT, optional, text,
};

static ATTRIBUTE_VALUE: Shape = Structure(&[
    optional("S", &TEXT),
    optional("N", &TEXT),
    optional("B", &TEXT),
    optional("SS", &List(&TEXT)),
    optional("NS", &List(&TEXT)),
    optional("BS", &List(&TEXT)),
    optional("M", &Map(&ATTRIBUTE_VALUE)),
    optional("L", &List(&ATTRIBUTE_VALUE)),
    optional("NULL", &Boolean),
    optional("BOOL", &Boolean),
]);

static CAPACITY: Shape = Structure(&[
    optional("ReadCapacityUnits", &NUMBER),
    optional("WriteCapacityUnits", &NUMBER),
    optional("CapacityUnits", &NUMBER),
]);

pub(super) static PUT_ITEM: Shape = Structure(&[
    optional("Attributes", &Map(&ATTRIBUTE_VALUE)),
    optional(
        "ConsumedCapacity",
        &Structure(&[
            optional("TableName", &text(1, 1024)),
            optional("CapacityUnits", &NUMBER),
            optional("ReadCapacityUnits", &NUMBER),
            optional("WriteCapacityUnits", &NUMBER),
            optional("Table", &CAPACITY),
            optional("LocalSecondaryIndexes", &Map(&CAPACITY)),
            optional("GlobalSecondaryIndexes", &Map(&CAPACITY)),
        ]),
    ),
    optional(
        "ItemCollectionMetrics",
        &Structure(&[
            optional("ItemCollectionKey", &Map(&ATTRIBUTE_VALUE)),
            optional("SizeEstimateRangeGB", &List(&NUMBER)),
        ]),
    ),
]);
