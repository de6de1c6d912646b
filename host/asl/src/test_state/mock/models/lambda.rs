//! The responses of Lambda (service model 2015-03-31).

use crate::test_state::mock::shape::{
    NUMBER,
    Shape::{self, Anything, Boolean, List, Map, OneOf, Structure},
    TEXT, number, optional, required, text,
};

pub(super) static INVOKE: Shape = Structure(&[
    optional("StatusCode", &NUMBER),
    optional("FunctionError", &TEXT),
    optional("LogResult", &TEXT),
    optional("Payload", &Anything),
    optional("ExecutedVersion", &text(1, 1024)),
]);

pub(super) static GET_FUNCTION: Shape = Structure(&[
    optional(
        "Configuration",
        &Structure(&[
            optional("FunctionName", &text(1, 170)),
            optional("FunctionArn", &TEXT),
            optional(
                "Runtime",
                &OneOf(&[
                    "nodejs",
                    "nodejs4.3",
                    "nodejs6.10",
                    "nodejs8.10",
                    "nodejs10.x",
                    "nodejs12.x",
                    "nodejs14.x",
                    "nodejs16.x",
                    "java8",
                    "java8.al2",
                    "java11",
                    "python2.7",
                    "python3.6",
                    "python3.7",
                    "python3.8",
                    "python3.9",
                    "dotnetcore1.0",
                    "dotnetcore2.0",
                    "dotnetcore2.1",
                    "dotnetcore3.1",
                    "dotnet6",
                    "dotnet8",
                    "nodejs4.3-edge",
                    "go1.x",
                    "ruby2.5",
                    "ruby2.7",
                    "provided",
                    "provided.al2",
                    "nodejs18.x",
                    "python3.10",
                    "java17",
                    "ruby3.2",
                    "ruby3.3",
                    "ruby3.4",
                    "python3.11",
                    "nodejs20.x",
                    "provided.al2023",
                    "python3.12",
                    "java21",
                    "python3.13",
                    "nodejs22.x",
                    "nodejs24.x",
                    "python3.14",
                    "java25",
                ]),
            ),
            optional("Role", &TEXT),
            optional("Handler", &text(0, 128)),
            optional("CodeSize", &NUMBER),
            optional("Description", &text(0, 256)),
            optional("Timeout", &number(1.0, f64::MAX)),
            optional("MemorySize", &number(128.0, 10240.0)),
            optional("LastModified", &TEXT),
            optional("CodeSha256", &TEXT),
            optional("Version", &text(1, 1024)),
            optional(
                "VpcConfig",
                &Structure(&[
                    optional("SubnetIds", &List(&TEXT)),
                    optional("SecurityGroupIds", &List(&TEXT)),
                    optional("VpcId", &TEXT),
                    optional("Ipv6AllowedForDualStack", &Boolean),
                ]),
            ),
            optional(
                "DeadLetterConfig",
                &Structure(&[optional("TargetArn", &TEXT)]),
            ),
            optional(
                "Environment",
                &Structure(&[
                    optional("Variables", &Map(&TEXT)),
                    optional(
                        "Error",
                        &Structure(&[optional("ErrorCode", &TEXT), optional("Message", &TEXT)]),
                    ),
                ]),
            ),
            optional("KMSKeyArn", &TEXT),
            optional(
                "TracingConfig",
                &Structure(&[optional("Mode", &OneOf(&["Active", "PassThrough"]))]),
            ),
            optional("MasterArn", &TEXT),
            optional("RevisionId", &TEXT),
            optional(
                "Layers",
                &List(&Structure(&[
                    optional("Arn", &text(1, 140)),
                    optional("CodeSize", &NUMBER),
                    optional("SigningProfileVersionArn", &TEXT),
                    optional("SigningJobArn", &TEXT),
                ])),
            ),
            optional(
                "State",
                &OneOf(&["Pending", "Active", "Inactive", "Failed"]),
            ),
            optional("StateReason", &TEXT),
            optional("StateReasonCode", &OneOf(STATE_REASONS)),
            optional(
                "LastUpdateStatus",
                &OneOf(&["Successful", "Failed", "InProgress"]),
            ),
            optional("LastUpdateStatusReason", &TEXT),
            optional("LastUpdateStatusReasonCode", &OneOf(UPDATE_REASONS)),
            optional(
                "FileSystemConfigs",
                &List(&Structure(&[
                    required("Arn", &text(0, 200)),
                    required("LocalMountPath", &text(0, 160)),
                ])),
            ),
            optional("PackageType", &OneOf(&["Zip", "Image"])),
            optional(
                "ImageConfigResponse",
                &Structure(&[
                    optional(
                        "ImageConfig",
                        &Structure(&[
                            optional("EntryPoint", &List(&TEXT)),
                            optional("Command", &List(&TEXT)),
                            optional("WorkingDirectory", &text(0, 1000)),
                        ]),
                    ),
                    optional(
                        "Error",
                        &Structure(&[optional("ErrorCode", &TEXT), optional("Message", &TEXT)]),
                    ),
                ]),
            ),
            optional("SigningProfileVersionArn", &TEXT),
            optional("SigningJobArn", &TEXT),
            optional("Architectures", &List(&OneOf(&["x86_64", "arm64"]))),
            optional(
                "EphemeralStorage",
                &Structure(&[required("Size", &number(512.0, 10240.0))]),
            ),
            optional(
                "SnapStart",
                &Structure(&[
                    optional("ApplyOn", &OneOf(&["PublishedVersions", "None"])),
                    optional("OptimizationStatus", &OneOf(&["On", "Off"])),
                ]),
            ),
            optional(
                "RuntimeVersionConfig",
                &Structure(&[
                    optional("RuntimeVersionArn", &text(26, 2048)),
                    optional(
                        "Error",
                        &Structure(&[optional("ErrorCode", &TEXT), optional("Message", &TEXT)]),
                    ),
                ]),
            ),
            optional(
                "LoggingConfig",
                &Structure(&[
                    optional("LogFormat", &OneOf(&["JSON", "Text"])),
                    optional(
                        "ApplicationLogLevel",
                        &OneOf(&["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]),
                    ),
                    optional("SystemLogLevel", &OneOf(&["DEBUG", "INFO", "WARN"])),
                    optional("LogGroup", &text(1, 512)),
                ]),
            ),
            optional(
                "TenancyConfig",
                &Structure(&[required("TenantIsolationMode", &OneOf(&["PER_TENANT"]))]),
            ),
        ]),
    ),
    optional(
        "Code",
        &Structure(&[
            optional("RepositoryType", &TEXT),
            optional("Location", &TEXT),
            optional("ImageUri", &TEXT),
            optional("ResolvedImageUri", &TEXT),
            optional("SourceKMSKeyArn", &TEXT),
        ]),
    ),
    optional("Tags", &Map(&TEXT)),
    optional(
        "TagsError",
        &Structure(&[
            required("ErrorCode", &text(10, 21)),
            required("Message", &text(84, 1000)),
        ]),
    ),
    optional(
        "Concurrency",
        &Structure(&[optional(
            "ReservedConcurrentExecutions",
            &number(0.0, f64::MAX),
        )]),
    ),
]);

/// Why a function is in the state that it is in.
const STATE_REASONS: &[&str] = &[
    "Idle",
    "Creating",
    "Restoring",
    "EniLimitExceeded",
    "InsufficientRolePermissions",
    "InvalidConfiguration",
    "InternalError",
    "SubnetOutOfIPAddresses",
    "InvalidSubnet",
    "InvalidSecurityGroup",
    "ImageDeleted",
    "ImageAccessDenied",
    "InvalidImage",
    "KMSKeyAccessDenied",
    "KMSKeyNotFound",
    "InvalidStateKMSKey",
    "DisabledKMSKey",
    "EFSIOError",
    "EFSMountConnectivityError",
    "EFSMountFailure",
    "EFSMountTimeout",
    "InvalidRuntime",
    "InvalidZipFileException",
    "FunctionError",
];

/// Why its last update ended as it did: all of those but the first three.
const UPDATE_REASONS: &[&str] = STATE_REASONS.split_at(3).1;
