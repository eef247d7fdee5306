//! Something under way: the seam between Python's two ways of waiting and the engine's futures.

use std::future::Future;
use std::pin::Pin;
use std::process;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::task::AbortHandle;

use crate::ending;
use crate::errors::{self, Failure};
use crate::runtime::{caught_up, engine, tidy_up};

/// How long a wait goes on before Python may look whether Ctrl-C was pressed.
const BETWEEN_SIGNALS: Duration = Duration::from_millis(50);

/// The result of an operation, made into a Python value once the GIL is there.
pub(crate) type Reply = Box<dyn for<'py> FnOnce(Python<'py>) -> PyResult<Py<PyAny>> + Send>;

type Job = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send>>;

enum State {
    Ready(Job),
    Started(AbortHandle),
    Done,
}

/// Something under way: to be waited for, or started with a callback.
#[pyclass(frozen, module = "pykorm._native")]
pub(crate) struct Operation {
    state: Mutex<State>,
    process: u32,
}

impl Operation {
    pub(crate) fn new(job: impl Future<Output = Result<Reply, Failure>> + Send + 'static) -> Self {
        Self {
            state: Mutex::new(State::Ready(Box::pin(job))),
            process: process::id(),
        }
    }

    fn swap(&self, next: State) -> State {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut state, next)
    }

    fn take(&self) -> PyResult<Job> {
        errors::same_process(self.process, "an operation")?;
        match self.swap(State::Done) {
            State::Ready(job) => Ok(job),
            _ => Err(PyRuntimeError::new_err(
                "this operation was waited for or started already",
            )),
        }
    }
}

#[pymethods]
impl Operation {
    /// Waits for the end with the GIL released; Ctrl-C cancels the operation.
    fn wait(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let job = self.take()?;
        let engine = engine()?;
        let _waiting = engine.waiting()?;
        let mut job = Box::pin(async move {
            caught_up().await;
            job.await
        });
        loop {
            let slice = ending::detached(py, || {
                engine.block_on(async { tokio::time::timeout(BETWEEN_SIGNALS, &mut job).await })
            });
            match slice {
                Ok(Ok(reply)) => return reply(py),
                Ok(Err(failure)) => return Err(failure.into_python(py)),
                // Not at its end yet. An exception from a signal handler, as KeyboardInterrupt, drops the job.
                Err(_) => py.check_signals().inspect_err(|_| tidy_up())?,
            }
        }
    }

    /// Goes on in the background and calls `done(result, error)` from another thread at the end.
    fn start(&self, done: Py<PyAny>) -> PyResult<()> {
        let job = self.take()?;
        let task = engine()?.spawn(async move {
            caught_up().await;
            let result = job.await;
            // While the interpreter shuts down there is nobody to be told.
            ending::attached(move |py| {
                let called = match result
                    .map_or_else(|failure| Err(failure.into_python(py)), |reply| reply(py))
                {
                    Ok(value) => done.call1(py, (value, py.None())),
                    Err(error) => done.call1(py, (py.None(), error.into_value(py))),
                };
                if let Err(error) = called {
                    error.write_unraisable(py, None);
                }
            });
        })?;
        self.swap(State::Started(task));
        Ok(())
    }

    /// Gives the operation up; `done` is not called any more.
    fn cancel(&self) {
        if let State::Started(task) = self.swap(State::Done) {
            task.abort();
        }
    }
}
