//! The handler attribute of sandstep-lambda.
