//! `[quotas]` of `sandstep.toml`, and `--quota NAME=VALUE`.
//!
//! ```toml
//! [quotas]
//! payload = "1 MB"              # a state's input or output, a task's result
//! input = "1 MB"                # an execution's input
//! history-events = "unlimited"  # of STANDARD executions
//! retention = "30 d"            # how long ended executions are kept
//! open-executions = 50000       # STANDARD executions at a time
//! request-body = "16 MB"        # of HTTP
//! ```

use std::fmt::Write;

use sandstep_api::HttpLimits;
use sandstep_service::step_functions::Quotas;
use serde::Deserialize;

use super::limits::{Duration, Events};
use super::units::Size;
use crate::command_error::CommandError;

/// What a server may take, where it is said; the rest are AWS's quotas, or what
/// one machine's memory allows.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct QuotaTable {
    state_machines: Option<usize>,
    versions: Option<usize>,
    aliases: Option<usize>,
    activities: Option<usize>,
    tags: Option<usize>,
    name_length: Option<usize>,
    definition: Option<Size>,
    open_executions: Option<u64>,
    active_executions: Option<usize>,
    express_executions: Option<usize>,
    input: Option<Size>,
    payload: Option<Size>,
    history_events: Option<Events>,
    execution_time: Option<Duration>,
    express_time: Option<Duration>,
    redrive_period: Option<Duration>,
    retention: Option<Duration>,
    connections: Option<usize>,
    requests: Option<usize>,
    request_head: Option<Size>,
    request_body: Option<Size>,
    request_bodies: Option<Size>,
}

impl QuotaTable {
    /// Reads `NAME=VALUE` as the table has it: a text needs no quotes.
    pub(crate) fn parse(quotas: &[(String, String)]) -> Result<Self, CommandError> {
        let mut table = String::new();
        for (name, value) in quotas {
            let _ = match value.parse::<u64>() {
                Ok(number) => writeln!(table, "{name} = {number}"),
                Err(_) => writeln!(table, "{name} = {:?}", value),
            };
        }
        toml::from_str(&table).map_err(|error: toml::de::Error| {
            CommandError::new(format!("--quota: {}", error.message().trim_end()))
        })
    }

    /// Sets what is said of an account.
    pub(crate) fn set_quotas(&self, quotas: &mut Quotas) {
        set(&mut quotas.state_machines, self.state_machines);
        set(&mut quotas.versions, self.versions);
        set(&mut quotas.aliases, self.aliases);
        set(&mut quotas.activities, self.activities);
        set(&mut quotas.tags, self.tags);
        set(&mut quotas.name_length, self.name_length);
        set(&mut quotas.definition_length, bytes(self.definition));
        set(&mut quotas.open_executions, self.open_executions);
        set(&mut quotas.engine.active, self.active_executions);
        set(&mut quotas.express_executions, self.express_executions);
        set(&mut quotas.input_bytes, bytes(self.input));
        set(&mut quotas.payload_bytes, bytes(self.payload));
        set(
            &mut quotas.history_events,
            self.history_events.map(Events::get),
        );
        set(
            &mut quotas.execution_time,
            self.execution_time.map(Duration::get),
        );
        set(
            &mut quotas.express_time,
            self.express_time.map(Duration::get),
        );
        set(
            &mut quotas.redrive_period,
            self.redrive_period.map(Duration::get),
        );
        set(&mut quotas.retention, self.retention.map(Duration::get));
    }

    /// Sets what is said of HTTP.
    pub(crate) fn set_limits(&self, limits: &mut HttpLimits) {
        set(&mut limits.connections, self.connections);
        set(&mut limits.requests, self.requests);
        set(&mut limits.head, bytes(self.request_head));
        set(&mut limits.body, bytes(self.request_body));
        set(&mut limits.bodies, bytes(self.request_bodies));
    }
}

fn set<T>(quota: &mut T, said: Option<T>) {
    if let Some(said) = said {
        *quota = said;
    }
}

fn bytes(size: Option<Size>) -> Option<usize> {
    size.map(|size| size.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn parse(quotas: &[(&str, &str)]) -> Result<QuotaTable, CommandError> {
        let quotas = quotas.iter();
        let quotas: Vec<_> = quotas
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        QuotaTable::parse(&quotas)
    }

    #[test]
    fn what_is_said_is_set_and_the_rest_stays() {
        let table = parse(&[
            ("payload", "1 MB"),
            ("history-events", "unlimited"),
            ("retention", "30 d"),
            ("requests", "7"),
        ])
        .unwrap();
        let (mut quotas, mut limits) = (Quotas::default(), HttpLimits::default());
        table.set_quotas(&mut quotas);
        table.set_limits(&mut limits);
        let expected = Quotas {
            payload_bytes: 1 << 20,
            history_events: None,
            retention: Some(Duration::from_secs(30 * 86_400)),
            ..Quotas::default()
        };
        assert_eq!(quotas, expected);
        assert_eq!(limits.requests, 7);
        assert_eq!(limits.body, HttpLimits::default().body);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for quota in [
            ("paylod", "1 MB"),
            ("payload", "7"),
            ("tags", "many"),
            ("a b", "1"),
            ("x]", "1"),
        ] {
            assert!(parse(&[quota]).is_err(), "{quota:?}");
        }
    }
}
