//! What is needed to read objects from files.

use pyo3::prelude::*;
use serde_json::Value;

use crate::convert::to_python;
use crate::errors;

/// The documents of a text in YAML or JSON; empty ones are left out.
#[pyfunction]
pub(crate) fn documents(py: Python<'_>, text: &str) -> PyResult<Vec<Py<PyAny>>> {
    let found: Vec<Value> = serde_saphyr::from_multiple(text).map_err(|error| {
        let place = error
            .location()
            .map(|at| format!(" (line {}, column {})", at.line(), at.column()))
            .unwrap_or_default();
        // The parser's own message quotes from the text, which may hold a Secret.
        errors::raise(py, "usage", &format!("this is no valid YAML{place}"))
    })?;
    found
        .iter()
        .filter(|document| !document.is_null())
        .map(|document| Ok(to_python(py, document)?.unbind()))
        .collect()
}

/// The plural of a kind that Kubernetes brings itself, and whether its objects live in namespaces.
#[pyfunction]
pub(crate) fn native_kind(api_version: &str, kind: &str) -> Option<(&'static str, bool)> {
    korm::native::find(api_version, kind).map(|found| (found.plural, found.namespaced))
}
