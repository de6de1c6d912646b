//! `sandstep build`

use std::process::ExitCode;

use crate::args::BuildArgs;
use crate::build::component_of;
use crate::command_error::CommandError;
use crate::project::{Code, open};
use crate::terminal::Terminal;

/// Builds every function of a project, but for those that no builder knows:
/// they may still be given as components to those who run the project.
pub(crate) fn build(args: &BuildArgs, terminal: Terminal) -> Result<ExitCode, CommandError> {
    let project = open(&args.project, &[])?;
    for function in &project.functions {
        if let Code::Foreign(runtime) = &function.code {
            let name = &function.name;
            terminal.warning(&format!("{name} is not built: no builder knows {runtime}"));
            continue;
        }
        let component = component_of(&project, function, &terminal)?;
        if let Code::Source(_) = function.code {
            terminal.progress("Component", &component.display().to_string());
        }
    }
    Ok(ExitCode::SUCCESS)
}
