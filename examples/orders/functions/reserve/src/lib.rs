//! Takes goods from a warehouse's shelf.

use sandstep_lambda::{Error, handler};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
struct Line {
    city: String,
    sku: String,
    quantity: u32,
}

#[derive(Debug, PartialEq, Serialize)]
struct Reserved {
    sku: String,
    reserved: u32,
}

/// What stands on the shelves of each warehouse.
const SHELVES: [(&str, &str, u32); 3] = [
    ("Lyon", "lamp", 40),
    ("Lyon", "desk", 3),
    ("Graz", "chair", 4),
];

#[handler]
fn reserve(line: Line) -> Result<Reserved, Error> {
    let on_shelf = on_shelf(&line.city, &line.sku);
    if on_shelf < line.quantity {
        let message = format!("{} has {on_shelf} of {}", line.city, line.quantity);
        return Err(Error::new("SoldOut", message));
    }
    Ok(Reserved {
        sku: line.sku,
        reserved: line.quantity,
    })
}

fn on_shelf(city: &str, sku: &str) -> u32 {
    let shelf = SHELVES
        .iter()
        .find(|(in_city, of_sku, _)| (*in_city, *of_sku) == (city, sku));
    shelf.map_or(0, |(.., count)| *count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(sku: &str, quantity: u32) -> Line {
        Line {
            city: "Lyon".to_owned(),
            sku: sku.to_owned(),
            quantity,
        }
    }

    #[test]
    fn what_is_there_is_reserved() {
        assert_eq!(reserve(line("lamp", 40)).unwrap().reserved, 40);
    }

    #[test]
    fn what_is_not_there_is_sold_out() {
        assert!(reserve(line("lamp", 41)).is_err());
        assert!(reserve(line("chair", 1)).is_err());
    }
}
