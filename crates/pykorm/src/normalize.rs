//! What a Python class would write of an object had it just read it: Python's own processors decide that.

use std::sync::{Mutex, PoisonError};

use korm::{DecodeError, Fault, ObjectKey};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use serde_json::Value;

use crate::convert::{from_python, to_python};
use crate::ending;
use crate::errors::Failure;
use crate::model::Model;

/// A Python function from an object as it is to an object as the class would write it.
pub(crate) struct Normalizer {
    kind: String,
    function: Py<PyAny>,
    /// What the function raised, kept so that it is raised unchanged in the end.
    raised: Mutex<Option<PyErr>>,
}

impl Normalizer {
    pub(crate) fn new(model: &Model, function: Py<PyAny>) -> Self {
        Self {
            kind: model.def.kind.clone(),
            function,
            raised: Mutex::new(None),
        }
    }

    /// The function as the engine calls it.
    pub(crate) fn function(
        &self,
    ) -> impl Fn(Value) -> Result<Value, DecodeError> + Send + Sync + '_ {
        move |object| {
            let called = ending::attached(|py| self.call(py, &object));
            match called {
                Some(Ok(value)) => Ok(value),
                Some(Err(error)) => Err(self.keep(&object, error)),
                None => {
                    let ended = PyRuntimeError::new_err("the interpreter is shutting down");
                    Err(self.keep(&object, ended))
                }
            }
        }
    }

    fn call(&self, py: Python<'_>, object: &Value) -> PyResult<Value> {
        from_python(
            self.function
                .bind(py)
                .call1((to_python(py, object)?,))?
                .as_any(),
        )
    }

    fn keep(&self, object: &Value, error: PyErr) -> DecodeError {
        *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        DecodeError {
            model: self.kind.clone(),
            object: ObjectKey::of(object),
            fault: Box::new(Fault {
                field: None,
                path: String::new(),
                reason: "the Python class cannot read it".to_owned(),
            }),
        }
    }

    /// The result, with what Python raised in place of what the engine made of it.
    pub(crate) fn checked<T>(&self, result: korm::Result<T>) -> Result<T, Failure> {
        result.map_err(|error| {
            let raised = self
                .raised
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            raised.map_or(Failure::Engine(error), Failure::Python)
        })
    }
}
