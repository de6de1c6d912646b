//! The Amazon States Language: parsing, validation and a pure interpreter.
