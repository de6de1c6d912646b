//! The cases that fail, and why we let them.

/// Cases that are known to fail for one reason.
pub(crate) struct Known {
    /// Why a reader would accept it.
    pub(crate) reason: &'static str,
    /// The members, wherever they are, that the answers differ in.
    pub(crate) apart_from: &'static [&'static str],
    /// Group and test, such as `base/base__state_fail`.
    cases: &'static [&'static str],
}

static KNOWN: [Known; 4] = [
    Known {
        reason: "recorded from June 2023 to June 2024, when descriptions of state machines had no \
                 `encryptionConfiguration`; those since November 2024 have it, and so have ours",
        apart_from: &["encryptionConfiguration"],
        cases: &[
            "sfn_api/sfn_api__create_duplicate_sm_name",
            "sfn_api/sfn_api__create_update_state_machine_base_definition",
            "sfn_api/sfn_api__create_update_state_machine_base_definition_and_role",
            "sfn_api/sfn_api__create_update_state_machine_base_role_arn",
            "sfn_api/sfn_api__describe_sm_arn_containing_punctuation",
            "sfn_api_express/sfn_api_express__create_describe_delete",
            "sfn_api_logs/sfn_api_logs__incomplete_logging_configuration_logging_configuration0",
            "sfn_api_logs/sfn_api_logs__logging_configuration_ALL-False",
            "sfn_api_logs/sfn_api_logs__logging_configuration_ERROR-False",
            "sfn_api_logs/sfn_api_logs__logging_configuration_ERROR-True",
            "sfn_api_logs/sfn_api_logs__logging_configuration_FATAL-False",
            "sfn_api_logs/sfn_api_logs__logging_configuration_FATAL-True",
            "sfn_api_logs/sfn_api_logs__logging_configuration_OFF-False",
            "sfn_api_logs/sfn_api_logs__logging_configuration_OFF-True",
            "sfn_api_logs/sfn_api_logs__update_logging_configuration",
            "sfn_api_versioning/sfn_api_versioning__create_publish_describe_with_version_description",
            "sfn_api_versioning/sfn_api_versioning__describe_state_machine_for_execution_of_version_with_revision",
            "sfn_api_versioning/sfn_api_versioning__list_delete_version",
            "sfn_api_versioning/sfn_api_versioning__publish_state_machine_version",
        ],
    },
    Known {
        reason: "recorded in October 2023, before executions could be redriven: its context \
                 objects have no `RedriveCount`, which later ones have",
        apart_from: &["RedriveCount"],
        cases: &["scenarios/base_scenarios__lambda_invoke_with_retry_extended_input"],
    },
    Known {
        reason: "recorded in June and July 2023, when descriptions of executions had no \
                 `RedriveCount`, `RedriveStatus` and `RedriveStatusReason`; those of `.sync` tasks \
                 since then have them (recorded across accounts), and so have ours",
        apart_from: &["RedriveCount", "RedriveStatus", "RedriveStatusReason"],
        cases: &[
            "callback/callback__start_execution_sync",
            "callback/callback__start_execution_sync_delegate_timeout",
        ],
    },
    Known {
        reason: "the recording has the duration that was billed for a run of 7 s of waiting and \
                 0.6 s of AWS's own computing",
        apart_from: &["billingDetails"],
        cases: &["express/express_sync__retry"],
    },
];

/// Why a case may fail.
pub(crate) fn known(case: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.cases.contains(&case))
}
