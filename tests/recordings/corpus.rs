//! The folder of recordings as a list of tests.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use libtest_mimic::Trial;

use crate::{
    case::Case,
    known::{Known, known},
    replay::replay,
    selection::reason_to_ignore,
};

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
        let mut files: Vec<PathBuf> = entries(folder)
            .iter()
            .flat_map(|group| entries(group))
            .collect();
        files.sort();
        Self(files.iter().map(|file| Entry::read(folder, file)).collect())
    }

    /// How many cases are replayed, why the others are not, and what is not
    /// compared.
    pub(crate) fn summary(&self) -> String {
        let reasons = self.reasons();
        let ignored: usize = reasons.iter().map(|(_, count)| count).sum();
        let (all, replayed) = (self.0.len(), self.0.len() - ignored);
        let refused = self.refused_definitions();
        let mut lines = vec![format!(
            "recordings: {all} cases, {replayed} replayed, {ignored} ignored"
        )];
        lines.extend(
            reasons
                .iter()
                .map(|(reason, count)| format!("{count:6} {reason}")),
        );
        lines.extend(self.0.iter().filter_map(Entry::what_is_not_compared));
        lines.push(format!(
            "{refused} definitions are refused; the place is compared, and the message, which is \
             worded differently here, is not"
        ));
        lines.join("\n")
    }

    /// Why cases are ignored, and how many; the most frequent reason first.
    fn reasons(&self) -> Vec<(&str, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for reason in self.0.iter().filter_map(|entry| entry.ignored.as_deref()) {
            *counts.entry(reason).or_default() += 1;
        }
        let mut reasons: Vec<_> = counts.into_iter().collect();
        reasons.sort_by_key(|&(_, count)| Reverse(count));
        reasons
    }

    /// A test for each case.
    pub(crate) fn into_trials(self) -> impl Iterator<Item = Trial> {
        self.0.into_iter().map(Entry::into_trial)
    }

    fn refused_definitions(&self) -> usize {
        let replayed = self.0.iter().filter(|entry| entry.ignored.is_none());
        let matches = replayed
            .filter_map(|entry| entry.case.as_ref().ok())
            .flat_map(|case| &case.matches);
        matches.filter(|wanted| wanted.refuses_definition()).count()
    }
}

impl Entry {
    fn read(folder: &Path, file: &Path) -> Self {
        let name = file.strip_prefix(folder).unwrap_or(file).with_extension("");
        let case = Case::read(file);
        let ignored = case.as_ref().ok().and_then(reason_to_ignore);
        Self {
            name: name.display().to_string(),
            case,
            ignored,
        }
    }

    fn what_is_not_compared(&self) -> Option<String> {
        let Known {
            leniency, reason, ..
        } = known(&self.name)?;
        Some(format!(
            "not compared in {}: {leniency:?}, {reason}",
            self.name
        ))
    }

    /// Ignored tests have the reason as their kind, which lists show.
    fn into_trial(self) -> Trial {
        let Self {
            name,
            case,
            ignored,
        } = self;
        let known = known(&name);
        let trial = Trial::test(name, move || Ok(check(&case?, known)?));
        match ignored {
            Some(reason) => trial.with_kind(reason).with_ignored_flag(true),
            None => trial,
        }
    }
}

/// Replays a case; what is known of it has to be still true.
fn check(case: &Case, known: Option<&Known>) -> Result<(), String> {
    let Some(known) = known else {
        return replay(case, None);
    };
    replay(case, Some(known.leniency))?;
    match replay(case, None) {
        Ok(()) => Err("this case needs no leniency any more".to_owned()),
        Err(_) => Ok(()),
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect()
}
