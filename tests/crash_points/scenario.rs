//! One definition: run undisturbed, and with trouble.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use sandstep_asl::StateMachine;
use sandstep_driver::{
    Clock,
    durable::{
        DefinitionError, Definitions, Engine, EngineError, EngineLimits, EngineSettings, NewRun,
        Started,
    },
};
use sandstep_journal::{Journal, Order};
use sandstep_tests::{
    case::Case,
    history_text::write_history,
    simulate::{START, start, token_key},
};
use tokio::{runtime::Handle, task::yield_now, time::timeout};

use crate::{
    outside::{Connection, Outside},
    shaky::{Fault, Shaky, Trouble},
};

/// How long a recovery may take on the slowest machine before it is said to hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often those that have not heard of a crash yet get a chance to do harm.
const YIELDS: usize = 50;

pub(crate) struct Scenario {
    name: String,
    case: Case,
}

/// An undisturbed run.
pub(crate) struct Golden {
    text: String,
    pub(crate) writes: usize,
}

impl Golden {
    pub(crate) fn compare(&self, text: &str) -> Result<(), String> {
        if self.text == text {
            return Ok(());
        }
        let difference = similar::TextDiff::from_lines(&self.text, text);
        let difference = difference
            .unified_diff()
            .header("undisturbed", "recovered")
            .to_string();
        Err(format!("it went another way:\n{difference}"))
    }
}

impl Scenario {
    pub(crate) fn new(name: String, case: Case) -> Self {
        Self { name, case }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Runs it with nothing in its way.
    pub(crate) fn undisturbed(&self, store: Arc<dyn Journal>) -> Golden {
        let outside = self.outside(&store);
        let shaky = Arc::new(Shaky::new(store, None, Fault::Nothing));
        let text = block_on(async {
            let engine = self.open(shaky.clone(), &outside).await?;
            self.finish(&engine).await
        });
        Golden {
            text: text.unwrap_or_else(|error| panic!("{}: {error}", self.name)),
            writes: shaky.writes(),
        }
    }

    /// Runs it into trouble, and has another engine finish it. The answer is its history.
    pub(crate) fn disturbed(
        &self,
        store: Arc<dyn Journal>,
        trouble: Trouble,
        at: usize,
        fault: Fault,
    ) -> Result<String, String> {
        let outside = self.outside(&store);
        let shaky = Arc::new(Shaky::new(Arc::clone(&store), Some((trouble, at)), fault));
        let text = block_on(async {
            let acknowledged = self.run_into(shaky, &outside).await?;
            let engine = self.open(store, &outside).await?;
            if acknowledged && engine.find(&self.arn()).await.map_err(told)?.is_none() {
                return Err("the start was acknowledged and is gone".to_owned());
            }
            self.finish(&engine).await
        })?;
        outside.broken().map_or(Ok(text), Err)
    }

    fn outside(&self, store: &Arc<dyn Journal>) -> Arc<Outside> {
        Arc::new(Outside::new(self.case.script.fresh(), Arc::clone(store)))
    }

    /// Runs it until the trouble comes. Tells whether its start was acknowledged.
    async fn run_into(&self, shaky: Arc<Shaky>, outside: &Arc<Outside>) -> Result<bool, String> {
        let engine = self.open(shaky.clone(), outside).await?;
        let started = engine.start(self.new_run()).await;
        // An engine that stops says so; one that gave the execution up says nothing.
        let arn = self.arn();
        let over = async {
            match &started {
                Ok(_) => drop(engine.ended(&arn).await),
                Err(_) => shaky.trouble().await,
            }
        };
        let met = async {
            tokio::select! {
                () = shaky.trouble() => {}
                () = over => {}
            }
        };
        let met = timeout(PATIENCE, met).await;
        met.map_err(|_| "the trouble never came")?;
        for _ in 0..YIELDS {
            yield_now().await;
        }
        Ok(started.is_ok())
    }

    /// Starts it, as a client does that knows no better, and waits for its end.
    async fn finish(&self, engine: &Engine) -> Result<String, String> {
        match engine.start(self.new_run()).await.map_err(told)? {
            Started::New(_) | Started::Exists(_) => {}
        }
        let ended = timeout(PATIENCE, engine.ended(&self.arn())).await;
        let run = ended.map_err(|_| "it never ends")?.map_err(told)?;
        let arn = self.arn();
        let history = engine.history(&arn, 1, Order::Forward, usize::MAX);
        let history = history.await.map_err(told)?;
        let numbers = history.iter().map(|event| event.id.0);
        if !numbers.eq(1..=run.summary.events) {
            return Err("the history has gaps".to_owned());
        }
        Ok(format!("{}{:?}\n", write_history(&history), run.outcome))
    }

    async fn open(
        &self,
        journal: Arc<dyn Journal>,
        outside: &Arc<Outside>,
    ) -> Result<Engine, String> {
        let settings = EngineSettings {
            journal,
            definitions: Arc::new(Only(Arc::clone(&self.case.machine))),
            tasks: Arc::new(Connection(Arc::clone(outside))),
            token_key: token_key(),
            clock: Clock::Virtual(START),
            runtime: Handle::current(),
            limits: EngineLimits::default(),
        };
        Engine::open(settings).await.map_err(told)
    }

    fn arn(&self) -> String {
        start(&self.case).execution_arn.to_string()
    }

    fn new_run(&self) -> NewRun {
        NewRun {
            groups: vec!["machine".to_owned()],
            definition: "the only one".into(),
            machine: Arc::clone(&self.case.machine),
            start: start(&self.case),
            attachment: Default::default(),
        }
    }
}

fn told(error: EngineError) -> String {
    error.to_string()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.expect("a runtime starts").block_on(future)
}

/// There is one definition.
struct Only(Arc<StateMachine>);

impl Definitions for Only {
    fn find<'a>(
        &'a self,
        _definition: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<Arc<StateMachine>, DefinitionError>> + Send + 'a>> {
        Box::pin(std::future::ready(Ok(Arc::clone(&self.0))))
    }
}
