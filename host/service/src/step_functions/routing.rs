//! How an alias divides executions between versions.

use std::fmt;

use sandstep_json::{Array, Object, Value};
use serde::{Deserialize, Serialize};

use super::api_error::ApiError;
use super::arn;
use super::constraints::Constraints;
use super::params::Params;

/// A version that an alias refers to (API reference,
/// `RoutingConfigurationListItem`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingConfigurationListItem {
    /// The version.
    pub state_machine_version_arn: String,
    /// How many of a hundred executions are to run it.
    pub weight: i64,
}

/// As the service's messages show it.
impl fmt::Display for RoutingConfigurationListItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (arn, weight) = (&self.state_machine_version_arn, self.weight);
        write!(
            f,
            "RoutingConfigurationListItem(stateMachineVersionArn={arn}, weight={weight})"
        )
    }
}

/// One or two versions of one state machine, whose weights sum up to 100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Routing(Vec<Route>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Route {
    /// The version, by its ARN.
    pub(crate) version: String,
    /// How many of a hundred executions are to run it.
    pub(crate) weight: u8,
}

impl Routing {
    /// The version that an execution runs that draws this number.
    pub(crate) fn choose(&self, draw: u128) -> &str {
        let mut left = (draw % 100) as u8;
        let chosen = self.0.iter().find(|route| {
            let is_chosen = left < route.weight;
            left = left.saturating_sub(route.weight);
            is_chosen
        });
        &chosen.expect("checked: weights sum up to 100").version
    }

    /// Whether there is a choice.
    pub(crate) fn is_split(&self) -> bool {
        self.0.len() > 1
    }

    /// The version that is named first.
    pub(crate) fn first(&self) -> &str {
        &self.0[0].version
    }

    /// The versions, by their ARNs.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|route| route.version.as_str())
    }

    /// The state machine that the versions are of, by its ARN.
    pub(crate) fn machine(&self) -> &str {
        machine_of(self.first()).expect("checked: it is a version's ARN")
    }

    /// A routing of these versions; refuses what needs no look at them to be
    /// refused.
    pub(crate) fn of(items: &[RoutingConfigurationListItem]) -> Result<Self, ApiError> {
        check_model(items)?;
        check_routes(items)?;
        let routes = items.iter().map(|item| Route {
            version: item.state_machine_version_arn.clone(),
            weight: u8::try_from(item.weight).expect("checked: at most 100"),
        });
        Ok(Self(routes.collect()))
    }

    pub(crate) fn to_json(&self) -> Value {
        let routes = self.0.iter().map(|route| {
            Value::from(Object::from([
                (
                    "stateMachineVersionArn",
                    Value::from(route.version.as_str()),
                ),
                ("weight", u64::from(route.weight).into()),
            ]))
        });
        Value::Array(routes.collect::<Array>())
    }
}

/// Reads the routing configuration of a request.
pub(crate) fn from_json(value: &Value) -> Result<Vec<RoutingConfigurationListItem>, ApiError> {
    let items = value.as_array().map(|items| items.as_slice());
    let items = items.ok_or_else(|| {
        ApiError::new("SerializationException", "routingConfiguration is no list")
    })?;
    let items = items.iter().map(|item| {
        let params = Params::of(item)?;
        Ok(RoutingConfigurationListItem {
            state_machine_version_arn: params.required("stateMachineVersionArn")?,
            weight: params.number("weight")?.unwrap_or(0),
        })
    });
    items.collect()
}

fn check_model(items: &[RoutingConfigurationListItem]) -> Result<(), ApiError> {
    let mut constraints = Constraints::default();
    let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
    constraints.count("routingConfiguration", &texts, 1, 2);
    for (index, item) in items.iter().enumerate() {
        let place = format!("routingConfiguration.{}.member", index + 1);
        let arn = &item.state_machine_version_arn;
        constraints
            .length(&format!("{place}.stateMachineVersionArn"), arn, 1, 256)
            .range(&format!("{place}.weight"), item.weight, 0, 100);
    }
    constraints.check()
}

fn check_routes(items: &[RoutingConfigurationListItem]) -> Result<(), ApiError> {
    let arns = items
        .iter()
        .map(|item| item.state_machine_version_arn.as_str());
    let arns: Vec<&str> = arns.collect();
    let received = arns.join(", ");
    if let [one, other] = arns[..]
        && one == other
    {
        return Err(invalid(format_args!(
            "Routing configuration must contain distinct state machine version ARNs. \
             Received: [{received}]"
        )));
    }
    let weights: Vec<i64> = items.iter().map(|item| item.weight).collect();
    if weights.iter().sum::<i64>() != 100 {
        return Err(invalid(format_args!(
            "Sum of routing configuration weights must equal 100. Received: {weights:?}"
        )));
    }
    let machines: Option<Vec<&str>> = arns.iter().map(|arn| machine_of(arn)).collect();
    match machines.as_deref() {
        None => Err(invalid(format_args!(
            "Routing configuration must contain state machine version ARNs. \
             Received: [{received}]"
        ))),
        Some([one, other]) if one != other => Err(invalid(format_args!(
            "Routing configuration must contain versions of one state machine. \
             Received: [{received}]"
        ))),
        Some(_) => Ok(()),
    }
}

/// The state machine whose version an ARN names.
fn machine_of(version: &str) -> Option<&str> {
    let named = arn::machine(version).ok()?;
    named.version().map(|_| named.machine)
}

/// A routing that the service refuses.
pub(crate) fn invalid(problem: fmt::Arguments<'_>) -> ApiError {
    ApiError::validation(problem).with("reason", "INVALID_ROUTING_CONFIGURATION")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routing(routes: &[(&str, u8)]) -> Routing {
        let routes = routes.iter().map(|&(version, weight)| Route {
            version: version.to_owned(),
            weight,
        });
        Routing(routes.collect())
    }

    #[test]
    fn each_version_gets_its_share() {
        let split = routing(&[("a", 90), ("b", 10)]);
        let chosen = (0..1_000).filter(|&draw| split.choose(draw) == "a");
        assert_eq!(chosen.count(), 900);
        let none = routing(&[("a", 0), ("b", 100)]);
        assert!((0..100).all(|draw| none.choose(draw) == "b"));
    }
}
