use super::{Failure, Progress, Scope};
use crate::machine::PassState;

impl Scope<'_> {
    pub(super) fn pass(&self, pass: &PassState) -> Result<Progress, Failure> {
        let handover = match &pass.result {
            Some(result) => {
                self.effective_input()?;
                self.hand_over(result.clone())?
            }
            None => self.pass_on()?,
        };
        Ok(Progress::Exit {
            handover,
            next: pass.next,
        })
    }
}
