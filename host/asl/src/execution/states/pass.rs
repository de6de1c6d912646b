use super::{Failure, Progress, Scope};
use crate::execution::inspection::Stage;
use crate::machine::PassState;

impl Scope<'_> {
    pub(super) fn pass(&self, pass: &PassState) -> Result<Progress, Failure> {
        let input = self.effective_input()?;
        if let Some(result) = &pass.result {
            self.inspect(Stage::Result, result);
        }
        let result = pass.result.clone().unwrap_or(input);
        Ok(Progress::Exit {
            output: self.output(result)?,
            next: pass.next,
        })
    }
}
