//! The folder of recordings as a list of tests.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use libtest_mimic::Trial;

use crate::{case::Case, replay::replay, selection::reason_to_ignore};

/// All cases, in the order of their names.
pub(crate) struct Corpus(Vec<Entry>);

struct Entry {
    /// Group and test, such as `base/base__state_fail`.
    name: String,
    /// What its file holds, or why that could not be read.
    case: Result<Case, String>,
    ignored: Option<String>,
}

impl Corpus {
    /// Reads the cases below a folder.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut files: Vec<PathBuf> =
            entries(folder).iter().flat_map(|group| entries(group)).collect();
        files.sort();
        Self(files.iter().map(|file| Entry::read(folder, file)).collect())
    }

    /// How many cases are replayed, and why the others are not.
    pub(crate) fn summary(&self) -> String {
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for reason in self.0.iter().filter_map(|entry| entry.ignored.as_deref()) {
            *reasons.entry(reason).or_default() += 1;
        }
        let ignored: usize = reasons.values().sum();
        let mut lines = vec![format!(
            "recordings: {} cases, {} replayed, {ignored} ignored",
            self.0.len(),
            self.0.len() - ignored,
        )];
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        lines.extend(reasons.iter().map(|(reason, count)| format!("{count:6} {reason}")));
        lines.push(format!(
            "InvalidDefinition is expected {} times; its message is worded differently here and \
             not compared",
            self.refused_definitions(),
        ));
        lines.join("\n")
    }

    /// A test for each case.
    pub(crate) fn into_trials(self) -> impl Iterator<Item = Trial> {
        self.0.into_iter().map(Entry::into_trial)
    }

    fn refused_definitions(&self) -> usize {
        let replayed = self.0.iter().filter(|entry| entry.ignored.is_none());
        let matches = replayed.filter_map(|entry| entry.case.as_ref().ok()).flat_map(|case| &case.matches);
        matches.filter(|wanted| wanted.error_code() == Some("InvalidDefinition")).count()
    }
}

impl Entry {
    fn read(folder: &Path, file: &Path) -> Self {
        let name = file.strip_prefix(folder).unwrap_or(file).with_extension("");
        let case = Case::read(file);
        let ignored = case.as_ref().ok().and_then(reason_to_ignore);
        Self { name: name.display().to_string(), case, ignored }
    }

    /// Ignored tests have the reason as their kind, which lists show.
    fn into_trial(self) -> Trial {
        let Self { name, case, ignored } = self;
        let trial = Trial::test(name, move || Ok(replay(&case?)?));
        match ignored {
            Some(reason) => trial.with_kind(reason).with_ignored_flag(true),
            None => trial,
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}
