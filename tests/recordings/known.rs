//! The cases in which we differ from the recordings and know why.

/// A difference that is left out of one case's comparisons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Leniency {
    /// Members of this name are not compared.
    Member(&'static str),
    /// Documents in texts are compared without regard to spaces.
    Spaces,
}

/// Why a case is compared leniently.
pub(crate) struct Known {
    case: &'static str,
    pub(crate) leniency: Leniency,
    pub(crate) reason: &'static str,
}

const KNOWN: [Known; 3] = [
    Known {
        case: "scenarios/base_scenarios__lambda_invoke_with_retry_extended_input",
        leniency: Leniency::Member("RedriveCount"),
        reason: "recorded in October 2023, before executions could be redriven",
    },
    Known {
        case: "scenarios/base_scenarios__map_state_legacy_config_inline",
        leniency: Leniency::Spaces,
        reason: SPACES,
    },
    Known {
        case: "scenarios/base_scenarios__map_state_nested",
        leniency: Leniency::Spaces,
        reason: SPACES,
    },
];

const SPACES: &str = "the service keeps the spaces of an execution's input in the first two \
                      events; the interpreter is not told of them";

/// What is known of a case.
pub(crate) fn known(case: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.case == case)
}
