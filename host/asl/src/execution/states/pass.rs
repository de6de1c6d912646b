use super::{Failure, Progress, Scope};
use crate::machine::PassState;

impl Scope<'_> {
    pub(super) fn pass(&self, pass: &PassState) -> Result<Progress, Failure> {
        let input = self.effective_input()?;
        let result = pass.result.clone().unwrap_or(input);
        Ok(Progress::Exit {
            output: self.output(result)?,
            next: pass.next,
        })
    }
}
