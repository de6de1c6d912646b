//! Validates one item of a shipment.

use sandstep_lambda::{Error, handler};
use serde::{Deserialize, Serialize};

/// An item, alone or as a parcel with its courier.
#[derive(Deserialize)]
#[serde(untagged)]
enum Event {
    Parcel { parcel: Item, courier: String },
    Item(Item),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Item {
    prod: String,
    dest_code: u32,
    quantity: u32,
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Validated {
    prod: String,
    dest_code: u32,
    quantity: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    courier: Option<String>,
    valid: bool,
}

#[handler]
fn handle(event: Event) -> Result<Validated, Error> {
    let (item, courier) = match event {
        Event::Parcel { parcel, courier } => (parcel, Some(courier)),
        Event::Item(item) => (item, None),
    };
    if item.quantity == 0 {
        return Err(Error::new("EmptyItem", format!("there is no {} to ship", item.prod)));
    }
    Ok(Validated {
        prod: item.prod,
        dest_code: item.dest_code,
        quantity: item.quantity,
        courier,
        valid: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(quantity: u32) -> Item {
        Item {
            prod: "R31".to_owned(),
            dest_code: 9511,
            quantity,
        }
    }

    #[test]
    fn an_item_is_validated() {
        let validated = handle(Event::Item(item(12))).unwrap();
        assert!(validated.valid);
        assert_eq!(validated.courier, None);
    }

    #[test]
    fn a_parcel_keeps_its_courier() {
        let parcel = Event::Parcel {
            parcel: item(12),
            courier: "UQS".to_owned(),
        };
        assert_eq!(handle(parcel).unwrap().courier.as_deref(), Some("UQS"));
    }

    #[test]
    fn an_empty_item_is_refused() {
        assert!(handle(Event::Item(item(0))).is_err());
    }
}
