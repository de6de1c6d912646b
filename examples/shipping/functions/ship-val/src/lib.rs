//! Looks at one shipment of an order.

use sandstep_lambda::{Error, handler};
use serde::{Deserialize, Serialize};

/// A shipment alone, or with the courier that is to take it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Event {
    Handed { parcel: Shipment, courier: String },
    Plain(Shipment),
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Shipment {
    prod: String,
    dest_code: u32,
    quantity: u32,
}

#[derive(Debug, PartialEq, Serialize)]
struct Validated {
    #[serde(flatten)]
    shipment: Shipment,
    #[serde(skip_serializing_if = "Option::is_none")]
    courier: Option<String>,
    valid: bool,
}

#[handler]
fn ship_val(event: Event) -> Result<Validated, Error> {
    let (shipment, courier) = match event {
        Event::Handed { parcel, courier } => (parcel, Some(courier)),
        Event::Plain(shipment) => (shipment, None),
    };
    if shipment.quantity == 0 {
        let message = format!("nothing of {} is in the parcel", shipment.prod);
        return Err(Error::new("EmptyShipment", message));
    }
    Ok(Validated {
        shipment,
        courier,
        valid: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipment(quantity: u32) -> Shipment {
        Shipment {
            prod: "R31".to_owned(),
            dest_code: 9511,
            quantity,
        }
    }

    #[test]
    fn a_courier_is_passed_on() {
        let event = Event::Handed {
            parcel: shipment(1),
            courier: "UQS".to_owned(),
        };
        let validated = ship_val(event).unwrap();
        assert_eq!(validated.courier.as_deref(), Some("UQS"));
    }

    #[test]
    fn an_empty_shipment_is_refused() {
        assert!(ship_val(Event::Plain(shipment(0))).is_err());
    }
}
