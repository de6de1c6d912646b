//! Finds the name that was probably meant.

use strsim::osa_distance;

/// Names beyond this length are not compared, in bytes. A state's name is shorter.
const MAX_LENGTH: usize = 80;

/// How many names are compared with one misspelt name.
const MAX_CANDIDATES: usize = 300;

/// The candidate nearest to a misspelt name, if one is near enough to be worth showing.
pub(super) fn nearest<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let (_, nearest) = candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_LENGTH)
        .take(MAX_CANDIDATES)
        .filter_map(|candidate| Some((distance(name, candidate)?, candidate)))
        .min_by_key(|(distance, _)| *distance)?;
    Some(nearest)
}

/// `did you mean "Next"?`, where a candidate looks like a misspelt name.
pub fn did_you_mean<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<String> {
    nearest(name, candidates).map(|candidate| format!("did you mean \"{candidate}\"?"))
}

/// Fields that only some types of state have.
const OWNERS: [(&str, &str); 14] = [
    (
        "Assign",
        "Pass, Task, Choice, Wait, Parallel and Map states have",
    ),
    ("Branches", "Parallel states have"),
    ("Catch", "Task, Parallel and Map states have"),
    ("Cause", "Fail states have"),
    ("Choices", "Choice states have"),
    ("Default", "Choice states have"),
    ("Error", "Fail states have"),
    ("Parameters", "Pass, Task, Parallel and Map states have"),
    ("Resource", "Task states have"),
    ("Result", "Pass states have"),
    ("ResultPath", "Pass, Task, Parallel and Map states have"),
    ("ResultSelector", "Task, Parallel and Map states have"),
    ("Retry", "Task, Parallel and Map states have"),
    ("TimeoutSeconds", "a state machine and Task states have"),
];

/// `only Fail states have it`
pub(super) fn who_has(field: &str) -> Option<String> {
    let (_, owners) = OWNERS.iter().find(|(name, _)| *name == field)?;
    Some(format!("only {owners} it"))
}

/// The number of edits between two names that look alike: up to one edit for every three
/// characters. Case, spaces and separators alone make no edit.
fn distance(name: &str, candidate: &str) -> Option<usize> {
    let limit = candidate.chars().count().max(3) / 3;
    if name.len() > MAX_LENGTH {
        return None;
    }
    let distance = osa_distance(&folded(name), &folded(candidate));
    (distance <= limit).then_some(distance)
}

fn folded(name: &str) -> String {
    let letters = name
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '_' | '-'));
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_find_the_right_one() {
        let fields = ["Next", "End", "ResultPath", "ResultSelector", "ErrorEquals"];
        for (misspelt, meant) in [
            ("Nxt", Some("Next")),
            ("next", Some("Next")),
            ("Resultpath", Some("ResultPath")),
            ("ResultPaht", Some("ResultPath")),
            ("Error Equals", Some("ErrorEquals")),
            ("result_selector", Some("ResultSelector")),
            ("Retry", None),
            ("", None),
        ] {
            assert_eq!(nearest(misspelt, fields), meant, "{misspelt}");
        }
    }
}
