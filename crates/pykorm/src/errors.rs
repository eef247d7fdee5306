//! Every failure as a Python exception. The classes themselves are Python's: `pykorm.exceptions`.

use std::process;

use korm::{Error, ErrorKind, ObjectRef, Status};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use serde_json::Value;

use crate::convert::to_python;

/// Why an operation did not succeed.
pub(crate) enum Failure {
    /// The engine says so.
    Engine(Error),
    /// Python says so.
    Python(PyErr),
    /// The seam says so: a word of the table of `pykorm.exceptions`, and a sentence.
    Told(&'static str, String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl Failure {
    pub(crate) fn told(kind: &'static str, message: impl Into<String>) -> Self {
        Self::Told(kind, message.into())
    }

    /// The exception.
    pub(crate) fn into_python(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Python(error) => error,
            Self::Told(kind, message) => raise(py, kind, &message),
            Self::Engine(error) => exception(py, &error).unwrap_or_else(|failed| failed),
        }
    }
}

/// An exception of `pykorm.exceptions`; `kind` is one word of its table.
pub(crate) fn raise(py: Python<'_>, kind: &str, message: &str) -> PyErr {
    made(py, kind, message, &PyDict::new(py)).unwrap_or_else(|failed| failed)
}

fn made(py: Python<'_>, kind: &str, message: &str, details: &Bound<'_, PyDict>) -> PyResult<PyErr> {
    let value = py
        .import("pykorm.exceptions")?
        .getattr("error_from_native")?
        .call1((kind, message, details))?;
    Ok(PyErr::from_value(value))
}

/// Fails unless this still is the process that `what` was made in.
pub(crate) fn same_process(made_in: u32, what: &str) -> PyResult<()> {
    if made_in == process::id() {
        return Ok(());
    }
    Err(Python::attach(|py| {
        let message = format!(
            "{what} of process {made_in} was carried over a fork into process {}, where nothing drives it; \
             make it in the child",
            process::id()
        );
        raise(py, "fork", &message)
    }))
}

fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let details = PyDict::new(py);
    if let Some(hint) = error.hint() {
        details.set_item("hint", hint)?;
    }
    describe(py, error, &details)?;
    made(py, word(error.kind()), &error.to_string(), &details)
}

/// The word for a kind in the table of `pykorm.exceptions`.
fn word(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Configuration => "config",
        ErrorKind::Unreachable | ErrorKind::BadAnswer => "connect",
        ErrorKind::Unauthorized => "unauthorized",
        ErrorKind::Forbidden => "forbidden",
        ErrorKind::NotFound => "not_found",
        ErrorKind::NotInstalled => "not_installed",
        ErrorKind::AlreadyExists => "already_exists",
        ErrorKind::Conflict => "conflict",
        ErrorKind::ApplyConflict => "apply_conflict",
        ErrorKind::Invalid => "invalid",
        ErrorKind::Undecodable => "decode",
        ErrorKind::DeadlineExceeded => "timeout",
        ErrorKind::OutcomeUnknown => "unknown",
        ErrorKind::Expired => "expired",
        ErrorKind::Throttled => "too_many_requests",
        ErrorKind::ResidualRefused => "residual",
        ErrorKind::WaitFailed => "wait_failed",
        ErrorKind::BadModel => "model",
        ErrorKind::Usage => "usage",
        _ => "api",
    }
}

/// What the exception's attributes are filled from.
fn describe(py: Python<'_>, error: &Error, details: &Bound<'_, PyDict>) -> PyResult<()> {
    if let Some(found) = error.as_forbidden() {
        status(py, found.status(), details)?;
    } else if let Some(found) = error.as_unauthorized() {
        status(py, found.status(), details)?;
    } else if let Some(found) = error.as_rejected() {
        status(py, found.status(), details)?;
    } else if let Some(found) = error.as_not_found() {
        plain(details, 404, "NotFound")?;
        object(found.object(), details)?;
    } else if error.is_not_installed() {
        plain(details, 404, "NotFound")?;
    } else if let Some(found) = error.as_already_exists() {
        plain(details, 409, "AlreadyExists")?;
        object(found.object(), details)?;
    } else if let Some(found) = error.as_conflict() {
        plain(details, 409, "Conflict")?;
        object(found.object(), details)?;
        conflicts(py, found, details)?;
    } else if let Some(found) = error.as_apply_conflict() {
        plain(details, 409, "Conflict")?;
        object(found.object(), details)?;
        let owned = PyList::empty(py);
        for field in found.fields() {
            owned.append((&field.manager, &field.field))?;
        }
        details.set_item("owned", owned)?;
    } else if let Some(found) = error.as_invalid() {
        plain(details, 422, "Invalid")?;
        if let Some(answer) = found.status() {
            status(py, answer, details)?;
        }
        object(found.object(), details)?;
        let causes = PyList::empty(py);
        for violation in found.violations() {
            let cause = PyDict::new(py);
            cause.set_item("field", &violation.path)?;
            cause.set_item("message", &violation.message)?;
            cause.set_item("reason", &violation.reason)?;
            causes.append(cause)?;
        }
        details.set_item("causes", causes)?;
    } else if let Some(found) = error.as_undecodable() {
        object(found.object(), details)?;
        details.set_item("path", found.path())?;
    } else if error.is_expired() {
        plain(details, 410, "Expired")?;
    } else if let Some(found) = error.as_throttled() {
        plain(details, 429, "TooManyRequests")?;
        details.set_item(
            "retry_after",
            found.retry_after().map(|time| time.as_secs_f64()),
        )?;
    }
    Ok(())
}

fn plain(details: &Bound<'_, PyDict>, code: u16, reason: &str) -> PyResult<()> {
    details.set_item("status", code)?;
    details.set_item("reason", reason)
}

fn status(py: Python<'_>, status: &Status, details: &Bound<'_, PyDict>) -> PyResult<()> {
    details.set_item("status", status.code)?;
    details.set_item("reason", &status.reason)?;
    details.set_item("body", &status.message)?;
    let causes = PyList::empty(py);
    for found in &status.details.causes {
        let cause = PyDict::new(py);
        cause.set_item("field", &found.field)?;
        cause.set_item("message", &found.message)?;
        cause.set_item("reason", &found.reason)?;
        causes.append(cause)?;
    }
    details.set_item("causes", causes)
}

fn object(object: &ObjectRef, details: &Bound<'_, PyDict>) -> PyResult<()> {
    details.set_item("kind", &object.kind)?;
    details.set_item("namespace", &object.namespace)?;
    details.set_item("name", &object.name)
}

fn conflicts(
    py: Python<'_>,
    found: &korm::error::Conflict,
    details: &Bound<'_, PyDict>,
) -> PyResult<()> {
    let value = |value: &Option<Value>| match value {
        Some(value) => to_python(py, value),
        None => Ok(py.None().into_bound(py)),
    };
    let fields = PyList::empty(py);
    for field in found.fields() {
        let entry = PyDict::new(py);
        entry.set_item("field", &field.field)?;
        entry.set_item("path", &field.path)?;
        entry.set_item("base", value(&field.base)?)?;
        entry.set_item("theirs", value(&field.theirs)?)?;
        entry.set_item("mine", value(&field.mine)?)?;
        fields.append(entry)?;
    }
    details.set_item("conflicts", fields)
}
