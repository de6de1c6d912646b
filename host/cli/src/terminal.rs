//! How the command line speaks: colours, and how much it says.

mod escape;
mod progress;

use std::io::{IsTerminal, Write, stderr};

use clap::ValueEnum;
use sandstep_sandbox::Log;

pub(crate) use escape::{acts, escaped, escaped_lines};
pub(crate) use progress::{Progress, readable};

/// Whether stderr is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    Always,
    Never,
}

/// How much is said on stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Errors, and what functions print.
    Quiet,
    /// Progress as well.
    Normal,
    /// Every event, and what was decided.
    Verbose,
}

/// Colours text, or leaves it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    enabled: bool,
}

/// The person at stderr.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    pub(crate) paint: Paint,
    pub(crate) verbosity: Verbosity,
    /// Whether lines may be drawn again.
    pub(crate) is_live: bool,
    /// Whether nobody looks on: what would be said goes to the log.
    pub(crate) is_log: bool,
}

impl Terminal {
    /// Looks at stderr and the environment once.
    pub(crate) fn new(color: ColorChoice, verbosity: Verbosity) -> Self {
        let is_terminal = stderr().is_terminal();
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let is_plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let enabled = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal && !is_dumb && !is_plain,
        };
        Self {
            paint: Paint { enabled },
            verbosity,
            is_live: is_terminal && !is_dumb,
            is_log: false,
        }
    }

    /// The same for programs that read the log alone: progress and warnings are
    /// lines of it.
    pub(crate) fn into_log(self) -> Self {
        Self {
            paint: Paint::PLAIN,
            is_live: false,
            is_log: true,
            ..self
        }
    }

    /// A line of progress, such as `Building StartRecorder`: the verb stands out.
    pub(crate) fn progress(&self, verb: &str, rest: &str) {
        if self.verbosity < Verbosity::Normal {
            return;
        }
        let rest = escaped(rest);
        if self.is_log {
            return tracing::info!("{verb} {rest}");
        }
        let verb = self.paint.green(&format!("{verb:>12}"));
        say(&format!("{verb} {rest}\n"));
    }

    /// A line for those who asked for more.
    pub(crate) fn detail(&self, text: &str) {
        match self.verbosity >= Verbosity::Verbose {
            true if self.is_log => tracing::info!("{}", escaped(text)),
            true => say(&format!("{}\n", self.paint.dim(&escaped(text)))),
            false => {}
        }
    }

    /// What an execution or a function failed with.
    pub(crate) fn failure(&self, label: &str, error: &str, cause: Option<&str>) {
        say(&format!("{} {}\n", self.paint.red(label), escaped(error)));
        if let Some(cause) = cause {
            let label = self.paint.bold("cause:");
            say(&format!("  {label} {}\n", escaped_lines(cause)));
        }
    }

    /// Something that may surprise later, in text that is safe to show.
    pub(crate) fn warning(&self, text: &str) {
        match self.verbosity >= Verbosity::Normal {
            true if self.is_log => tracing::warn!("{text}"),
            true => say(&format!("{} {text}\n", self.paint.yellow("warning:"))),
            false => {}
        }
    }
}

/// Writes to stderr. Where nobody can be told anything, nothing else changes.
pub(crate) fn say(text: &str) {
    let _ = stderr().write_all(text.as_bytes());
}

impl Paint {
    /// No colours, for text that is kept.
    pub(crate) const PLAIN: Self = Self { enabled: false };

    /// Whether it colours anything.
    pub(crate) fn is_enabled(self) -> bool {
        self.enabled
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.with("1;31", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.with("1;33", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.with("1;32", text)
    }

    pub(crate) fn cyan(self, text: &str) -> String {
        self.with("36", text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        match self.enabled {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}

/// What a function printed, each line behind the function's name.
pub(crate) fn function_log(function: &str, log: &Log, paint: Paint) -> String {
    let prefix = paint.cyan(&format!("[{function}]"));
    log.text
        .lines()
        .map(|line| format!("{prefix} {}\n", escaped(line)))
        .collect()
}
