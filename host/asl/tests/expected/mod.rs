//! What the files of `conformance/asl` are refused for.

/// Each invalid file and the rule that it breaks.
pub(crate) const INVALID: [(&str, &str); 57] = [
    ("asl-validator-assign", "invalid-expression"),
    (
        "asl-validator-cfn-definition-substitutions",
        "invalid-resource",
    ),
    ("asl-validator-choice-state", "unknown-field"),
    ("asl-validator-choice-state-variable", "invalid-path"),
    ("asl-validator-dupe-fields", "duplicate-template-field"),
    ("asl-validator-duplicate-fields", "duplicate-template-field"),
    (
        "asl-validator-duplicate-fields-nested",
        "duplicate-template-field",
    ),
    ("asl-validator-error-equals", "missing-field"),
    ("asl-validator-error-equals-type", "wrong-type"),
    (
        "asl-validator-exercise-ajv-additional-properties",
        "unknown-field",
    ),
    ("asl-validator-fail-dupe-cause", "exclusive-fields"),
    ("asl-validator-json-path", "invalid-path"),
    ("asl-validator-jsonata-fields", "needs-jsonpath"),
    ("asl-validator-jsonata-path-fields", "needs-jsonpath"),
    (
        "asl-validator-jsonata-surround-syntax-no-close",
        "unclosed-expression",
    ),
    (
        "asl-validator-jsonata-surround-syntax-no-open",
        "unclosed-expression",
    ),
    (
        "asl-validator-jsonata-syntax-arithmetic",
        "invalid-expression",
    ),
    (
        "asl-validator-jsonata-syntax-jsonpath-in-jsonata-surround",
        "invalid-expression",
    ),
    (
        "asl-validator-map-item-batcher-dupe-subfields",
        "exclusive-fields",
    ),
    ("asl-validator-map-items", "needs-jsonpath"),
    ("asl-validator-map-missing-iterator", "missing-field"),
    ("asl-validator-map-ob-link", "missing-transition-target"),
    ("asl-validator-map-tolerated-value", "out-of-range"),
    ("asl-validator-math-add", "invalid-expression"),
    ("asl-validator-parallel-branch-type", "wrong-type"),
    ("asl-validator-parallel-missing-branches", "missing-field"),
    (
        "asl-validator-parallel-ob-link",
        "missing-transition-target",
    ),
    ("asl-validator-payload-template", "invalid-expression"),
    ("asl-validator-state-name-too-long", "invalid-state-name"),
    ("asl-validator-task-alias-function", "invalid-resource"),
    ("asl-validator-task-credentials-null", "wrong-type"),
    ("asl-validator-task-timout", "exclusive-fields"),
    ("asl-validator-unreachable-state", "unreachable-state"),
    ("asl-validator-variable-result-path", "invalid-result-path"),
    (
        "statelint-backoff-with-backoffrate-negative",
        "out-of-range",
    ),
    ("statelint-choice-with-parameters", "unknown-field"),
    ("statelint-choice-with-resultpath", "unknown-field"),
    ("statelint-choice-with-resultselector", "unknown-field"),
    ("statelint-empty-error-equals-on-retry", "empty-list"),
    (
        "statelint-fail-with-static-and-dynamic-cause",
        "exclusive-fields",
    ),
    (
        "statelint-fail-with-static-and-dynamic-error",
        "exclusive-fields",
    ),
    ("statelint-has-dupes", "duplicate-state-name"),
    (
        "statelint-invalid-backoff-with-jitter-on-retry",
        "out-of-range",
    ),
    (
        "statelint-invalid-function-invocation",
        "invalid-expression",
    ),
    ("statelint-linked-parallel", "missing-transition-target"),
    (
        "statelint-map-with-itemprocessor-and-iterator",
        "exclusive-fields",
    ),
    ("statelint-map-with-null-itemspath", "wrong-type"),
    ("statelint-no-terminal", "missing-end-state"),
    (
        "statelint-pass-with-intrinsic-function-inputpath",
        "invalid-path",
    ),
    ("statelint-pass-with-resultselector", "unknown-field"),
    ("statelint-succeed-with-parameters", "unknown-field"),
    ("statelint-task-with-invalid-credentials", "wrong-type"),
    (
        "statelint-task-with-static-and-dynamic-heartbeat",
        "exclusive-fields",
    ),
    (
        "statelint-task-with-static-and-dynamic-timeout",
        "exclusive-fields",
    ),
    ("statelint-wait-with-parameters", "unknown-field"),
    ("statelint-wait-with-resultpath", "unknown-field"),
    ("statelint-wait-with-resultselector", "unknown-field"),
];

/// Valid files that deserve a warning, and its rule.
pub(crate) const WARNED: [(&str, &str); 1] = [
    // Reads "$field2", which nothing assigns: "$.field2" was meant.
    ("asl-validator-fail-paths", "unassigned-variable"),
];

/// Real-world files that cannot have been accepted.
pub(crate) const AT_FAULT: [&str; 1] = [
    // Has "QueryLanguage" among the states instead of beside them.
    "swc-shared-fallback-state-jsonata",
];

/// Each disputed file, the rules of all its diagnostics, and the reason for our decision.
pub(crate) const DISPUTED: [(&str, &[&str], &str); 9] = [
    (
        "asl-validator-invalid-json-surround-syntax-extra-spaces",
        &[],
        "published definitions have any white space inside the delimiters",
    ),
    (
        "asl-validator-invalid-jsonata-surround-syntax-no-spaces",
        &[],
        "nothing in the documentation asks for white space inside the delimiters",
    ),
    (
        "asl-validator-valid-assign",
        &["invalid-variable-name"],
        "the service refuses a hyphen in the name of a variable",
    ),
    (
        "asl-validator-valid-cfn-definition-substitutions",
        &["invalid-resource"],
        "a placeholder without a value is no resource; `allow_placeholders` accepts it",
    ),
    (
        "asl-validator-valid-map-noconfig",
        &[
            "needs-distributed-mode",
            "needs-distributed-mode",
            "needs-distributed-mode",
        ],
        "AWS documents these fields for the mode DISTRIBUTED alone, and ignoring a reader would \
         run the Map over other items than its author meant",
    ),
    (
        "asl-validator-valid-parameters-array",
        &[],
        "users report that the service accepts an array",
    ),
    (
        "asl-validator-valid-pass-array",
        &[],
        "users report that the service accepts an array",
    ),
    (
        "asl-validator-valid-path-array-context",
        &["invalid-path"],
        "Jayway, which evaluates the service's paths, has no script expressions",
    ),
    (
        "asl-validator-valid-task-intrisic-function",
        &["wrong-type", "wrong-type"],
        "the language asks for a string; CloudFormation's functions are resolved before",
    ),
];
