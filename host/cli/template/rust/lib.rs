//! Greets someone by the hour of the day.

use sandstep_lambda::{Error, handler};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Guest {
    name: String,
    hour: u8,
}

#[derive(Debug, PartialEq, Serialize)]
struct Greeting {
    greeting: String,
    late: bool,
}

#[handler]
fn handle(guest: Guest) -> Result<Greeting, Error> {
    let daytime = match guest.hour {
        0..12 => "morning",
        12..18 => "afternoon",
        18..24 => "evening",
        hour => return Err(Error::new("NoSuchHour", format!("a day has no hour {hour}"))),
    };
    Ok(Greeting {
        greeting: format!("Good {daytime}, {}!", guest.name),
        late: guest.hour >= 22,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greets_by_the_hour() {
        let guest = Guest { name: "Ada".to_owned(), hour: 9 };
        let expected = Greeting { greeting: "Good morning, Ada!".to_owned(), late: false };
        assert_eq!(handle(guest).unwrap(), expected);
    }
}
