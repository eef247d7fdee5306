//! An object as it was read.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use serde_json::Value;

use crate::convert::to_python;

/// An object as it was read: of its values only those become Python's that are asked for.
#[pyclass(frozen, module = "pykorm._native")]
pub(crate) struct Source {
    pub(crate) object: Arc<Value>,
}

impl Source {
    pub(crate) fn new(object: Value) -> Self {
        Self {
            object: Arc::new(object),
        }
    }

    /// The whole object.
    pub(crate) fn value(&self) -> Value {
        Value::clone(&self.object)
    }
}

#[pymethods]
impl Source {
    /// What stands at the path, as Python values.
    fn get<'py>(
        &self,
        path: &Bound<'py, PyTuple>,
        default: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut at = &*self.object;
        for key in path.iter_borrowed() {
            let key = key.cast::<PyString>()?;
            match at
                .as_object()
                .and_then(|object| object.get(key.to_str().ok()?))
            {
                Some(inner) => at = inner,
                None => return Ok(default),
            }
        }
        to_python(path.py(), at)
    }

    /// All that is known of the object.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.object)
    }

    /// The object never changes, so a copy is the thing itself.
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }
}
