//! Paths of events, and which of them fits a request's.

use std::cmp::Ordering;
use std::fmt;

/// A path such as `classes/{id}` or `files/{path+}` (API Gateway developer
/// guide, "Resources").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathTemplate(Vec<Segment>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Text(String),
    /// `{name}`
    Parameter(String),
    /// `{name+}`: this segment and all that follow.
    Rest(String),
}

/// A path that no request could be answered at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IllegalPath {
    /// Something else than a name stands in braces, or braces stand in text.
    #[error("\"{0}\" is neither text, nor a parameter such as {{id}}")]
    Segment(String),
    /// Two parameters have one name.
    #[error("the parameter \"{0}\" occurs twice")]
    Twice(String),
    /// Something follows `{name+}`.
    #[error("nothing may follow {{{0}+}}")]
    AfterRest(String),
}

/// The path's parameters that a request gives, in their order.
pub(super) type Parameters = Vec<(String, String)>;

impl PathTemplate {
    /// Reads a path, with or without slashes at its ends.
    ///
    /// # Errors
    ///
    /// Names what makes it no path.
    pub fn parse(path: &str) -> Result<Self, IllegalPath> {
        let segments = segments(path).map(Segment::parse);
        let segments: Vec<Segment> = segments.collect::<Result<_, _>>()?;
        for (index, segment) in segments.iter().enumerate() {
            let Some(name) = segment.parameter() else {
                continue;
            };
            let before = segments[..index].iter().filter_map(Segment::parameter);
            if before.into_iter().any(|other| other == name) {
                return Err(IllegalPath::Twice(name.to_owned()));
            }
            let is_last = index + 1 == segments.len();
            if matches!(segment, Segment::Rest(_)) && !is_last {
                return Err(IllegalPath::AfterRest(name.to_owned()));
            }
        }
        Ok(Self(segments))
    }

    /// The path without parameters, if it has none: `health/ready`.
    pub fn as_text(&self) -> Option<String> {
        let texts = self.0.iter().map(|segment| match segment {
            Segment::Text(text) => Some(text.as_str()),
            Segment::Parameter(_) | Segment::Rest(_) => None,
        });
        let texts: Option<Vec<&str>> = texts.collect();
        Some(texts?.join("/"))
    }

    /// Whether both are the same path to a request, whatever their parameters
    /// are called.
    pub fn is_like(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }

    /// The parameters that a path of decoded segments gives; `None` where it
    /// does not fit.
    pub(super) fn fit(&self, path: &[String]) -> Option<Parameters> {
        let mut parameters = Vec::new();
        let mut path = path.iter();
        for segment in &self.0 {
            let value = path.next()?;
            match segment {
                Segment::Text(text) if text == value => {}
                Segment::Text(_) => return None,
                Segment::Parameter(name) => parameters.push((name.clone(), value.clone())),
                Segment::Rest(name) => {
                    let rest = path
                        .by_ref()
                        .fold(value.clone(), |rest, next| rest + "/" + next);
                    parameters.push((name.clone(), rest));
                }
            }
        }
        path.next().is_none().then_some(parameters)
    }
}

/// Segments of a path without those that nothing stands in.
pub(super) fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// The order in which paths are tried: text before a parameter, and that before
/// one that takes the rest.
impl PathTemplate {
    pub(super) fn cmp(&self, other: &Self) -> Ordering {
        let pairs = self.0.iter().zip(&other.0);
        let mut orders = pairs.map(|(a, b)| a.key().cmp(&b.key()));
        let differ = orders.find(|order| order.is_ne());
        differ.unwrap_or_else(|| other.0.len().cmp(&self.0.len()))
    }
}

impl Segment {
    fn parse(text: &str) -> Result<Self, IllegalPath> {
        let illegal = || IllegalPath::Segment(text.to_owned());
        let Some(inner) = text.strip_prefix('{') else {
            return match text.contains(['{', '}']) {
                true => Err(illegal()),
                false => Ok(Self::Text(text.to_owned())),
            };
        };
        let inner = inner.strip_suffix('}').ok_or_else(illegal)?;
        let (name, is_rest) = match inner.strip_suffix('+') {
            Some(name) => (name, true),
            None => (inner, false),
        };
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        match name.is_empty() || !name.chars().all(is_letter) {
            true => Err(illegal()),
            false if is_rest => Ok(Self::Rest(name.to_owned())),
            false => Ok(Self::Parameter(name.to_owned())),
        }
    }

    fn parameter(&self) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::Parameter(name) | Self::Rest(name) => Some(name),
        }
    }

    fn key(&self) -> (u8, &str) {
        match self {
            Self::Text(text) => (0, text),
            Self::Parameter(_) => (1, ""),
            Self::Rest(_) => (2, ""),
        }
    }
}

impl fmt::Display for PathTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("/");
        }
        self.0.iter().try_for_each(|segment| match segment {
            Segment::Text(text) => write!(f, "/{text}"),
            Segment::Parameter(name) => write!(f, "/{{{name}}}"),
            Segment::Rest(name) => write!(f, "/{{{name}+}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(template: &str, path: &str) -> Option<String> {
        let path: Vec<String> = segments(path).map(ToOwned::to_owned).collect();
        let parameters = PathTemplate::parse(template).unwrap().fit(&path)?;
        let shown = parameters
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        Some(shown.collect::<Vec<_>>().join(","))
    }

    #[test]
    fn parameters_take_what_stands_in_their_place() {
        for (template, path, expected) in [
            ("classroom/create", "/classroom/create", Some("")),
            ("/classroom/create/", "/classroom/create/", Some("")),
            ("", "/", Some("")),
            ("classes/{id}", "/classes/7", Some("id=7")),
            ("classes/{id}", "/classes", None),
            ("classes/{id}", "/classes/7/8", None),
            ("files/{path+}", "/files/a/b", Some("path=a/b")),
            ("files/{path+}", "/files", None),
            ("a", "/b", None),
        ] {
            assert_eq!(
                fit(template, path).as_deref(),
                expected,
                "{template} {path}"
            );
        }
    }

    #[test]
    fn what_fits_better_comes_first() {
        let mut paths: Vec<PathTemplate> = ["{any+}", "a/{x}/c", "a/{x}", "a/b", "{y}/b", "a"]
            .iter()
            .map(|path| PathTemplate::parse(path).unwrap())
            .collect();
        paths.sort_by(PathTemplate::cmp);
        let order: Vec<String> = paths.iter().map(ToString::to_string).collect();
        let expected = ["/a/b", "/a/{x}/c", "/a/{x}", "/a", "/{y}/b", "/{any+}"];
        assert_eq!(order, expected);
    }

    #[test]
    fn paths_that_cannot_be_are_refused() {
        for path in ["a{b}", "{}", "{a", "{a+}/b", "{a}/{a}", "{a b}", "a}"] {
            assert!(PathTemplate::parse(path).is_err(), "{path}");
        }
    }
}
