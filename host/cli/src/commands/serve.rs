//! `sandstep serve`

use std::io::{Write, stdout};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use sandstep_api::{Gate, HttpLimits};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::args::{ClockName, ServeArgs};
use crate::command_error::CommandError;
use crate::runtime;
use crate::serve::{Server, Setup, Signals, bind, is_text, start, start_log, url};
use crate::terminal::Terminal;

/// Serves AWS's APIs until a signal ends it.
pub(crate) fn serve(args: ServeArgs, mut terminal: Terminal) -> Result<ExitCode, CommandError> {
    start_log(&args.log, terminal)?;
    if !is_text(&args.log) {
        // What builders tell a person is no JSON. Errors that end the command are text.
        terminal = terminal.into_log();
    }
    runtime::threads(ClockName::Real)?.block_on(run(args, terminal))
}

async fn run(args: ServeArgs, terminal: Terminal) -> Result<ExitCode, CommandError> {
    let began = Instant::now();
    let mut signals = Signals::catch()?;
    let setup = Setup::read(args)?;
    let listener = bind(setup.listen()).await?;
    let address = listener.local_addr();
    let address = address.map_err(|cause| CommandError::caused("listening", &cause))?;
    let within = setup.listen().shutdown_timeout;
    let (gate, endpoint) = listen(listener, setup.limits().clone());
    // Building may block the thread that it runs on.
    let starting = tokio::spawn(start(setup, terminal));
    let server = tokio::select! {
        started = starting => started.expect("starting a server does not panic")?,
        (signal, status) = signals.next() => {
            tracing::info!("ending before anything began: {signal}");
            std::process::exit(i32::from(status));
        }
    };
    gate.open(server.router());
    let url = url(address);
    announce(&url);
    let took = began.elapsed().as_secs_f64() * 1e3;
    tracing::info!("ready at {url} after {took:.0} ms");
    let (signal, _) = tokio::select! {
        signal = signals.next() => signal,
        reason = server.halted() => return Err(halted(&reason)),
    };
    tracing::info!("ending, within {} s: {signal}", within.as_secs());
    gate.close();
    tokio::select! {
        () = end(server, endpoint, within) => tracing::info!("ended"),
        (signal, status) = signals.next() => {
            tracing::warn!("ending at once: {signal}");
            std::process::exit(i32::from(status));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whoever watches over a server starts it again, which finds out what the store holds.
fn halted(reason: &str) -> CommandError {
    CommandError::new(format!("the store of executions has failed: {reason}"))
        .hint("nothing that was acknowledged is lost: start the server again once its disk works")
}

/// Answers from now on, and tells that there is nothing yet.
fn listen(listener: TcpListener, limits: HttpLimits) -> (Gate, Endpoint) {
    let gate = Gate::new();
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async {
        let _ = stopped.await;
    };
    let served = tokio::spawn(sandstep_api::serve(
        listener,
        gate.router(),
        limits,
        stopped,
    ));
    (gate, Endpoint { stop, served })
}

/// The only line on stdout, for programs that start a server.
fn announce(url: &str) {
    // Who has closed stdout does not want to know.
    let _ = writeln!(stdout(), "{url}");
}

/// Takes no more requests, lets those end that came, and brings executions to
/// where they can go on from. Nothing depends on it.
async fn end(server: Server, endpoint: Endpoint, within: Duration) {
    let (stopped, ()) = tokio::join!(server.stop(within), endpoint.end());
    if !stopped {
        tracing::warn!("what runs is cut off: it goes on when the server starts again");
    }
}

/// Connections and their requests.
struct Endpoint {
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Endpoint {
    async fn end(self) {
        let _ = self.stop.send(());
        let _ = self.served.await;
    }
}
