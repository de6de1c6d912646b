//! The bound on what a function makes.

use crate::Fault;

/// Refuses to make a text of more than `most` bytes. Asked before the text is made.
///
/// Fails with D1014.
pub(crate) fn check(bytes: usize, most: usize) -> Result<(), Fault> {
    if bytes <= most {
        return Ok(());
    }
    Err(Fault::new(
        "D1014",
        format!("a text of {bytes} bytes is more than the {most} that are left to this evaluation"),
    ))
}
