//! Which function a name in a definition means.
//!
//! Definitions name functions as they are called once deployed, and a project
//! names them as their authors do: the Serverless Framework deploys
//! `StartRecorder` of the service `consult-api` at the stage `dev` as
//! `consult-api-dev-StartRecorder`, and many keep it in `start-recorder/`.

/// What a name in a definition means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match<'a> {
    /// This function of the project.
    One(&'a str),
    /// No function of the project.
    None,
    /// Any of these: nothing tells which.
    Ambiguous(Vec<&'a str>),
}

/// Finds the function that `wanted` means among the `functions` of a project.
///
/// `wanted` is a bare name, without ARN or qualifier. The first rule that any
/// function meets decides:
///
/// 1. the same name;
/// 2. the name without the prefix `SERVICE-STAGE-` of the Serverless Framework;
/// 3. either of them, where words are told apart by case or by hyphens and
///    underscores alike: `StartRecorder`, `start-recorder`, `start_recorder`.
pub fn match_function<'a>(
    wanted: &str,
    functions: impl IntoIterator<Item = &'a str> + Clone,
) -> Match<'a> {
    let rules: [fn(&str, &str) -> bool; 4] = [
        |wanted, function| wanted == function,
        |wanted, function| without_prefixes(wanted).any(|name| name == function),
        |wanted, function| kebab(wanted) == kebab(function),
        |wanted, function| without_prefixes(wanted).any(|name| kebab(name) == kebab(function)),
    ];
    for meets in rules {
        let mut found: Vec<&str> = functions
            .clone()
            .into_iter()
            .filter(|function| meets(wanted, function))
            .collect();
        found.dedup();
        match found[..] {
            [] => continue,
            [one] => return Match::One(one),
            _ => return Match::Ambiguous(found),
        }
    }
    Match::None
}

/// What may follow `SERVICE-STAGE-`. A service's name may have hyphens of its
/// own, so that every cut behind the second word is possible.
fn without_prefixes(deployed: &str) -> impl Iterator<Item = &str> {
    deployed
        .match_indices('-')
        .skip(1)
        .map(|(at, _)| &deployed[at + 1..])
}

/// `StartRecorder`, `start_recorder` and `start-recorder` as `start-recorder`;
/// `HTTPServer` as `http-server`.
pub fn kebab(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut words = String::with_capacity(name.len() + 4);
    for (idx, &letter) in letters.iter().enumerate() {
        if matches!(letter, '-' | '_' | ' ') {
            words.push('-');
            continue;
        }
        let next = letters.get(idx + 1);
        if idx > 0 && begins_word(letters[idx - 1], letter, next) {
            words.push('-');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

fn begins_word(previous: char, letter: char, next: Option<&char>) -> bool {
    let after_word = previous.is_lowercase() || previous.is_ascii_digit();
    let ends_acronym = previous.is_uppercase() && next.is_some_and(|next| next.is_lowercase());
    letter.is_uppercase() && (after_word || ends_acronym)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployed_name_means_the_function_of_the_project() {
        let functions = ["StartRecorder", "StopRecorder", "ship-val"];
        for (wanted, meant) in [
            ("StartRecorder", Match::One("StartRecorder")),
            ("consult-api-dev-StartRecorder", Match::One("StartRecorder")),
            ("consult-api-dev-StopRecorder", Match::One("StopRecorder")),
            ("start-recorder", Match::One("StartRecorder")),
            ("warehouse-prod-ShipVal", Match::One("ship-val")),
            ("dev-StartRecorder", Match::None),
            ("consult-api-dev-StartRecorderNow", Match::None),
        ] {
            assert_eq!(match_function(wanted, functions), meant, "{wanted}");
        }
    }

    #[test]
    fn an_exact_name_wins_over_a_shorter_one() {
        let functions = ["api-dev-Start", "Start"];
        assert_eq!(
            match_function("api-dev-Start", functions),
            Match::One("api-dev-Start")
        );
    }

    #[test]
    fn two_that_fit_equally_are_ambiguous() {
        let functions = ["val", "ship-val"];
        let meant = Match::Ambiguous(vec!["val", "ship-val"]);
        assert_eq!(match_function("warehouse-dev-ship-val", functions), meant);
    }

    #[test]
    fn words_are_told_apart_by_case() {
        for (name, expected) in [
            ("StartRecorder", "start-recorder"),
            ("shipVal2Now", "ship-val2-now"),
            ("HTTPServer", "http-server"),
            ("ship_val", "ship-val"),
        ] {
            assert_eq!(kebab(name), expected);
        }
    }
}
