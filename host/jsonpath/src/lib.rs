//! JSONPath as Step Functions speaks it: paths, reference paths, intrinsic functions and payload templates.
