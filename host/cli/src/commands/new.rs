//! `sandstep new`

mod template;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use self::template::{COMMON, Files, Template};
use crate::args::NewArgs;
use crate::command_error::CommandError;
use crate::terminal::Terminal;

/// Where a project keeps the SDK.
const SDK_FOLDER: &str = "sdk";

/// Makes a project.
pub(crate) fn new(args: &NewArgs, terminal: Terminal) -> Result<ExitCode, CommandError> {
    let folder = &args.folder;
    refuse_full(folder)?;
    let name = name_of(folder)?;
    let template = Template::of(args.lang);
    for (path, content) in COMMON.iter().chain(template.function) {
        write(&folder.join(path), &template.fill(content, &name))?;
    }
    write_sdk(&folder.join(SDK_FOLDER), template.sdk)?;
    terminal.progress(
        "Created",
        &format!("{0}: try `sandstep run {0}`", folder.display()),
    );
    Ok(ExitCode::SUCCESS)
}

/// Nothing of the user's is ever overwritten.
fn refuse_full(folder: &Path) -> Result<(), CommandError> {
    let is_full = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    match is_full || folder.is_file() {
        true => Err(CommandError::new(format!(
            "{} is there already",
            folder.display()
        ))),
        false => Ok(()),
    }
}

/// The folder's own name names the state machine.
fn name_of(folder: &Path) -> Result<String, CommandError> {
    let absolute =
        std::path::absolute(folder).map_err(|cause| CommandError::io("finding", folder, &cause))?;
    let name = absolute.file_name().unwrap_or_default().to_string_lossy();
    let is_fine = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    let name: String = name
        .chars()
        .map(|one| if is_fine(one) { one } else { '-' })
        .collect();
    Ok(if name.is_empty() {
        "workflow".to_owned()
    } else {
        name
    })
}

fn write(file: &PathBuf, content: &str) -> Result<(), CommandError> {
    let folder = file
        .parent()
        .expect("a template's file lies in the project");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, content))
        .map_err(|cause| CommandError::io("writing", file, &cause))
}

/// Writes an SDK under the paths that it has in Sandstep's own repository.
fn write_sdk(folder: &Path, sdk: Files) -> Result<(), CommandError> {
    for (path, content) in sdk {
        match *path {
            "Cargo.toml" => write(&folder.join(path), &sdk_workspace(content, sdk))?,
            path => write(&folder.join(path), content)?,
        }
    }
    Ok(())
}

/// Sandstep's own workspace, cut down to the SDK: its crates take versions and
/// lints from here.
fn sdk_workspace(root: &str, sdk: Files) -> String {
    let mut root: toml::Table = root.parse().expect("Sandstep's own manifest is TOML");
    let workspace = root["workspace"]
        .as_table_mut()
        .expect("it has a workspace");
    workspace.insert("members".to_owned(), SDK_MEMBERS.to_vec().into());
    workspace.remove("exclude");
    let dependencies = workspace["dependencies"]
        .as_table_mut()
        .expect("it has dependencies");
    dependencies.retain(|name, _| sdk.iter().any(|(path, text)| uses(path, text, name)));
    root.retain(|section, _| section == "workspace");
    root.to_string()
}

/// The SDK's crates.
const SDK_MEMBERS: [&str; 2] = ["guest-sdk/rust", "guest-sdk/rust/macros"];

/// Whether a file is an SDK crate's manifest with this dependency.
fn uses(path: &str, text: &str, dependency: &str) -> bool {
    let is_used = |line: &str| {
        let rest = line.trim_start().strip_prefix(dependency);
        rest.is_some_and(|rest| rest.starts_with('.') || rest.starts_with(" ="))
    };
    path.starts_with("guest-sdk") && path.ends_with("Cargo.toml") && text.lines().any(is_used)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::LanguageName;

    fn rust_sdk() -> Files {
        Template::of(LanguageName::Rust).sdk
    }

    #[test]
    fn the_sdk_brings_what_it_is_built_of() {
        let paths: Vec<&str> = rust_sdk().iter().map(|(path, _)| *path).collect();
        for path in [
            "guest-sdk/rust/src/lib.rs",
            "guest-sdk/rust/macros/src/lib.rs",
            "wit/lambda.wit",
        ] {
            assert!(paths.contains(&path), "{path} is missing from {paths:?}");
        }
    }

    #[test]
    fn the_sdks_workspace_has_its_own_dependencies_only() {
        let root = rust_sdk()
            .iter()
            .find(|(path, _)| *path == "Cargo.toml")
            .unwrap()
            .1;
        let workspace: toml::Table = sdk_workspace(root, rust_sdk()).parse().unwrap();
        let dependencies = workspace["workspace"]["dependencies"].as_table().unwrap();
        assert!(dependencies.contains_key("wit-bindgen"));
        assert!(!dependencies.contains_key("wasmtime"));
        assert!(!dependencies.contains_key("sandstep-asl"));
    }
}
