//! JSON values that share their children, keep key order and keep the text of numbers.
