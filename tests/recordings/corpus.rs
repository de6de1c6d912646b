//! The folder of recordings as a list of tests.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use libtest_mimic::Trial;
use tokio::runtime::Runtime;

use crate::{
    case::Case,
    endpoint::Way,
    known::{Known, known},
    pending,
    replay::replay,
    score::{Line, Score, Verdict},
};

/// All cases, in the order of their names.
pub(crate) struct Corpus(Vec<Entry>);

struct Entry {
    /// Group and test, such as `base/base__state_fail`.
    name: String,
    /// What its file holds, or why that could not be read.
    case: Result<Case, String>,
    pending: Option<String>,
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

    /// What becomes of the cases if all tests pass.
    pub(crate) fn score(&self) -> Score<'_> {
        Score(self.0.iter().map(Entry::line).collect())
    }

    /// Two tests for each case, and one for the page.
    pub(crate) fn into_trials(self) -> impl Iterator<Item = Trial> {
        let page = self.score().page();
        let page = Trial::test("the_page_shows_the_score", move || {
            Ok(sandstep_conformance::page::show("recordings", &page)?)
        });
        let cases = self.0.into_iter().flat_map(Entry::into_trials);
        std::iter::once(page).chain(cases)
    }
}

impl Entry {
    fn read(folder: &Path, file: &Path) -> Self {
        let name = file.strip_prefix(folder).unwrap_or(file).with_extension("");
        let case = Case::read(file);
        let pending = case.as_ref().ok().and_then(pending::reason);
        Self {
            name: name.display().to_string(),
            case,
            pending,
        }
    }

    fn line(&self) -> Line<'_> {
        let (group, name) = self.name.split_once('/').unwrap_or(("", &self.name));
        let case = self.case.as_ref();
        Line {
            group,
            name,
            needs_little: case.is_ok_and(pending::needs_little),
            verdict: match (&self.pending, known(&self.name)) {
                (Some(reason), _) => Verdict::Pending(reason),
                (None, Some(known)) => Verdict::Failed(known.reason),
                (None, None) => Verdict::Passed,
            },
        }
    }

    /// A test for each way, those over HTTP below `http/`. Ignored tests have the
    /// reason as their kind, which lists show.
    fn into_trials(self) -> impl Iterator<Item = Trial> {
        let Self {
            name,
            case,
            pending,
        } = self;
        let case = Arc::new(case);
        [Way::InProcess, Way::OverHttp].into_iter().map(move |way| {
            let (case, known) = (Arc::clone(&case), known(&name));
            let name = match way {
                Way::InProcess => name.clone(),
                Way::OverHttp => format!("http/{name}"),
            };
            let trial = Trial::test(name, move || {
                let case = case.as_ref().as_ref().map_err(String::clone)?;
                Ok(check(case, way, known)?)
            });
            match &pending {
                Some(reason) => trial.with_kind(reason.as_str()).with_ignored_flag(true),
                None => trial,
            }
        })
    }
}

/// Replays a case; one that is known to fail has to, and must pass apart from
/// what is known, whichever way it goes.
fn check(case: &Case, way: Way, known: Option<&Known>) -> Result<(), String> {
    let Some(known) = known else {
        return runtime().block_on(replay(case, way, &[]));
    };
    match runtime().block_on(replay(case, way, &[])) {
        Ok(()) => Err("it passes, although it is known to fail".to_owned()),
        Err(_) => runtime().block_on(replay(case, way, known.apart_from)),
    }
}

/// One for all cases, since the functions' sandbox lives as long.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime starts"))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect()
}
