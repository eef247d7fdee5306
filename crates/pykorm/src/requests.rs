//! A record of requests.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use korm::Exchange;
use pyo3::prelude::*;

/// A request as Python sees it: method, path and query, body, status.
type Row = (String, String, String, Option<u16>);

#[derive(Default)]
struct Log {
    rows: Mutex<Vec<Row>>,
}

/// The records that are being kept of one connection.
#[derive(Clone, Default)]
pub(crate) struct Recorder {
    logs: Arc<Mutex<Vec<Weak<Log>>>>,
}

impl Recorder {
    /// A further record, which goes on for as long as somebody holds it.
    pub(crate) fn begin(&self) -> RequestLog {
        let log = Arc::new(Log::default());
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        logs.retain(|known| known.strong_count() > 0);
        logs.push(Arc::downgrade(&log));
        RequestLog {
            log: Mutex::new(Some(log)),
        }
    }

    /// Notes a request in every record.
    pub(crate) fn note(&self, exchange: &Exchange<'_>) {
        let logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        for log in logs.iter().filter_map(Weak::upgrade) {
            let row = (
                exchange.method().to_string(),
                exchange.path_and_query(),
                String::from_utf8_lossy(exchange.sent()).into_owned(),
                exchange.status(),
            );
            log.rows
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(row);
        }
    }
}

/// A record of requests that is being kept.
#[pyclass(frozen, module = "pykorm._native")]
pub(crate) struct RequestLog {
    log: Mutex<Option<Arc<Log>>>,
}

#[pymethods]
impl RequestLog {
    /// Each request since the last call as `(method, path and query, body, status)`; the status is None where no answer
    /// came.
    fn take(&self) -> Vec<Row> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = log.as_ref().map(|log| {
            std::mem::take(&mut *log.rows.lock().unwrap_or_else(PoisonError::into_inner))
        });
        rows.unwrap_or_default()
    }

    /// Ends the record, and gives what it had not given yet.
    fn end(&self) -> Vec<Row> {
        let rows = self.take();
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        rows
    }
}
