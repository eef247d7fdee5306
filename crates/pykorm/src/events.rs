//! A watch that is open.

use std::process;
use std::sync::Arc;

use futures::StreamExt;
use futures::stream::{BoxStream, Stream};
use korm::objects::watch::Change;
use pyo3::prelude::*;
use tokio::sync::{Mutex, watch};

use crate::cluster::reply;
use crate::errors;
use crate::operation::Operation;
use crate::runtime::tidy_up;
use crate::source::Source;

type Changes = BoxStream<'static, korm::Result<Change>>;

/// A watch that is open.
#[pyclass(frozen, module = "pykorm._native")]
pub(crate) struct EventStream {
    changes: Arc<Mutex<Option<Changes>>>,
    closed: watch::Sender<bool>,
    process: u32,
}

impl EventStream {
    pub(crate) fn new(changes: impl Stream<Item = korm::Result<Change>> + Send + 'static) -> Self {
        Self {
            changes: Arc::new(Mutex::new(Some(changes.boxed()))),
            closed: watch::Sender::new(false),
            process: process::id(),
        }
    }
}

#[pymethods]
impl EventStream {
    /// The next event as `(type, source)`, or None at the end.
    fn next(&self) -> PyResult<Operation> {
        errors::same_process(self.process, "a watch")?;
        let changes = self.changes.clone();
        let mut closed = self.closed.subscribe();
        Ok(Operation::new(async move {
            let next = async {
                let mut changes = changes.lock().await;
                match changes.as_mut() {
                    Some(open) => open.next().await,
                    None => None,
                }
            };
            let change = tokio::select! {
                biased;
                _ = closed.wait_for(|closed| *closed) => None,
                change = next => change,
            };
            let Some(change) = change else {
                // Either closed, or over for good: the connection is not needed any more.
                changes.lock().await.take();
                return Ok(reply(|py| Ok(py.None())));
            };
            let (kind, object) = match change? {
                Change::Added(object) => ("added", Some(object)),
                Change::Modified(object) => ("modified", Some(object)),
                Change::Deleted(object) => ("deleted", Some(object)),
                Change::Synced => ("synced", None),
            };
            Ok(reply(move |py| {
                let event = (kind, object.map(Source::new));
                Ok(event.into_pyobject(py)?.into_any().unbind())
            }))
        }))
    }

    /// Ends the watch.
    fn close(&self) {
        self.closed.send_replace(true);
        // Where somebody waits for the next event, that one sees that it is closed and gives the connection up.
        if let Ok(mut changes) = self.changes.try_lock() {
            changes.take();
        }
        tidy_up();
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        tidy_up();
    }
}
