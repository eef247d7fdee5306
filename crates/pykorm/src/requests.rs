//! A record of requests.

use pyo3::prelude::*;

/// The requests of a handle.
#[pyclass(frozen, module = "pykorm._native")]
pub(crate) struct RequestLog {
    pub(crate) log: korm::RequestLog,
}

#[pymethods]
impl RequestLog {
    /// Each request since the last call as `(method, path and query, body, status)`; the status is None where no answer
    /// came.
    fn take(&self) -> Vec<(String, String, String, Option<u16>)> {
        let requests = self.log.take();
        requests
            .into_iter()
            .map(|request| {
                (
                    request.method,
                    request.path_and_query,
                    request.body,
                    request.status,
                )
            })
            .collect()
    }
}
