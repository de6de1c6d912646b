//! What the command line tells an execution, and how the user stops one.

use sandstep_asl::{Limits, Start, Timestamp, TokenKey};
use sandstep_driver::{Clock, StopRequest};
use sandstep_json::Value;
use sandstep_service::mock::{Gap, MockRunner};

use crate::args::ClockName;
use crate::project::{ACCOUNT, Machine, MachineKind, REGION};
use crate::serve::Signals;

/// Where virtual time begins: 2000-01-01T00:00:00Z, before anything that an
/// input is likely to wait for.
pub(crate) const VIRTUAL_START: Timestamp = Timestamp::from_millis(946_684_800_000);

/// The clock of that name.
pub(crate) fn clock(name: ClockName) -> Clock {
    match name {
        ClockName::Real => Clock::Real,
        ClockName::Virtual => Clock::Virtual(VIRTUAL_START),
    }
}

/// What the execution is told. Under a virtual clock nothing of it changes
/// from run to run.
pub(crate) fn start(
    machine: &Machine,
    kind: MachineKind,
    limits: Limits,
    clock: ClockName,
    input: Value,
) -> Start {
    let seed = match clock {
        ClockName::Real => rand::random(),
        ClockName::Virtual => 0,
    };
    let name = match clock {
        ClockName::Real => format!("run-{:016x}", seed as u64),
        ClockName::Virtual => "virtual".to_owned(),
    };
    let machine_name = &machine.name;
    let resource = match kind {
        MachineKind::Standard => "execution",
        MachineKind::Express => "express",
    };
    let arn = |resource: &str| format!("arn:aws:states:{REGION}:{ACCOUNT}:{resource}");
    Start {
        input,
        execution_arn: arn(&format!("{resource}:{machine_name}:{name}")).into(),
        name: name.into(),
        role_arn: format!("arn:aws:iam::{ACCOUNT}:role/sandstep").into(),
        machine_arn: arn(&format!("stateMachine:{machine_name}")).into(),
        machine_name: machine_name.as_str().into(),
        redrive_count: Some(0),
        seed,
        token_key: TokenKey::of_seed(seed),
        limits,
    }
}

/// Ready when the user or a supervisor asks for an end, with Ctrl-C or SIGTERM.
/// Who asks twice does not want to wait.
pub(crate) async fn interrupt() -> StopRequest {
    let Ok(mut signals) = Signals::catch() else {
        // Without signals there is nothing to wait for.
        return std::future::pending().await;
    };
    signals.next().await;
    tokio::spawn(async move {
        let (_, status) = signals.next().await;
        std::process::exit(i32::from(status));
    });
    StopRequest {
        error: Some("Sandstep.Interrupted".to_owned()),
        cause: Some("the user stopped the execution".to_owned()),
    }
}

/// The same, or when a task asks for an answer that no mock has.
pub(crate) async fn interrupt_or_gap(runner: &MockRunner) -> StopRequest {
    tokio::select! {
        gap = runner.gap() => not_mocked(&gap),
        request = interrupt() => request,
    }
}

fn not_mocked(gap: &Gap) -> StopRequest {
    StopRequest {
        error: Some(Gap::ERROR.to_owned()),
        cause: Some(gap.to_string()),
    }
}
