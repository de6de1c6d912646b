//! The definitions of `conformance/asl`, each a named test.
//!
//! `valid` files are accepted without a diagnostic, `invalid` ones refused for the reason
//! that this file names, `real-world` ones accepted once their placeholders have values,
//! and on `disputed` ones this file records what we decided, and why.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use sandstep_asl::{Diagnostic, Parsed, StateMachine};
use sandstep_conformance::{locate, page};

mod expected;
mod score;

use expected::{AT_FAULT, DISPUTED, INVALID, WARNED};

fn main() {
    let arguments = Arguments::from_args();
    let Some(folder) = locate("asl") else {
        return;
    };
    let mut trials = Vec::new();
    trials.extend(each(&folder.join("valid"), "valid", is_valid));
    trials.extend(each(&folder.join("invalid"), "invalid", is_refused));
    trials.extend(each(
        &folder.join("real-world"),
        "real-world",
        is_accepted_once_filled,
    ));
    trials.extend(each(&folder.join("disputed"), "disputed", is_as_decided));
    let score = score::page(&trials);
    trials.push(Trial::test("the_page_shows_the_score", move || {
        Ok(page::show("definitions", &score)?)
    }));
    libtest_mimic::run(&arguments, trials).exit();
}

/// A test for each definition of a folder.
fn each(
    folder: &Path,
    kind: &'static str,
    check: fn(&str, &str) -> Result<(), Failed>,
) -> Vec<Trial> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder can be listed")
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.to_string_lossy().contains(".asl."))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| trial(kind, path, check))
        .collect()
}

fn trial(kind: &str, path: PathBuf, check: fn(&str, &str) -> Result<(), Failed>) -> Trial {
    let file = path
        .file_name()
        .expect("a file has a name")
        .to_string_lossy();
    let name = file
        .split(".asl.")
        .next()
        .expect("split yields a part")
        .to_owned();
    Trial::test(format!("{kind}::{name}"), move || {
        check(&name, &fs::read_to_string(path)?)
    })
}

fn is_valid(name: &str, text: &str) -> Result<(), Failed> {
    let Some((_, rule)) = WARNED.iter().find(|(file, _)| *file == name) else {
        return is_accepted(text);
    };
    let parsed = StateMachine::parse(text);
    let rules: Vec<_> = parsed.diagnostics.iter().map(|found| found.rule).collect();
    match parsed.machine {
        Some(_) if rules == [*rule] => Ok(()),
        _ => Err(listed(&parsed.diagnostics)),
    }
}

fn is_accepted(text: &str) -> Result<(), Failed> {
    let Parsed {
        machine,
        diagnostics,
        ..
    } = StateMachine::parse(text);
    match machine {
        Some(_) if diagnostics.is_empty() => Ok(()),
        _ => Err(listed(&diagnostics)),
    }
}

fn is_accepted_once_filled(name: &str, text: &str) -> Result<(), Failed> {
    let text = filled(text);
    if !AT_FAULT.contains(&name) {
        return is_accepted(&text);
    }
    match StateMachine::parse(&text).machine {
        Some(_) => Err("accepted, although the file is at fault".into()),
        None => Ok(()),
    }
}

fn is_refused(name: &str, text: &str) -> Result<(), Failed> {
    let Parsed {
        machine,
        diagnostics,
        ..
    } = StateMachine::parse(text);
    let (_, rule) = INVALID
        .iter()
        .find(|(file, _)| *file == name)
        .ok_or("no rule is expected")?;
    match diagnostics
        .iter()
        .any(|diagnostic| diagnostic.rule == *rule)
    {
        true if machine.is_none() => Ok(()),
        _ => Err(format!("expected {rule}, found:\n{}", lines(&diagnostics)).into()),
    }
}

fn is_as_decided(name: &str, text: &str) -> Result<(), Failed> {
    let rules: Vec<_> = StateMachine::parse(text)
        .diagnostics
        .iter()
        .map(|found| found.rule)
        .collect();
    let (_, expected, _) = DISPUTED
        .iter()
        .find(|(file, ..)| *file == name)
        .ok_or("nothing is decided")?;
    match rules == *expected {
        true => Ok(()),
        false => Err(format!("expected {expected:?}, found {rules:?}").into()),
    }
}

fn listed(diagnostics: &[Diagnostic]) -> Failed {
    lines(diagnostics).into()
}

fn lines(diagnostics: &[Diagnostic]) -> String {
    diagnostics
        .iter()
        .map(|diagnostic| format!("{diagnostic}\n"))
        .collect()
}

/// Puts its name in the place of every `${placeholder}`, as a word that fits anywhere.
fn filled(text: &str) -> String {
    let mut parts = text.split("${");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, after) = part.split_once('}').unwrap_or_default();
        filled.extend(name.chars().filter(char::is_ascii_alphanumeric));
        filled.push_str(after);
    }
    filled
}
