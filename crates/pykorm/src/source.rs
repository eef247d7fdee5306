//! An object as it was read.

use std::borrow::Cow;
use std::sync::Arc;

use korm::ModelDef;
use korm::objects::query::ObjectText;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use serde_json::Value;

use crate::convert::{from_python, to_python};
use crate::errors;
use crate::model::Model;

/// An object as it was read: of its values only those become Python's that are asked for.
#[pyclass(frozen, module = "pykorm._native")]
pub(crate) struct Source {
    read: Read,
}

enum Read {
    /// As it was decoded.
    Value(Arc<Value>),
    /// As the server wrote it; most programs look at little of an object.
    Text {
        text: ObjectText,
        def: Arc<ModelDef>,
    },
}

impl Source {
    pub(crate) fn new(object: Value) -> Self {
        Self {
            read: Read::Value(Arc::new(object)),
        }
    }

    /// An object of a list, which may not say of what kind it is.
    pub(crate) fn of_text(text: ObjectText, def: Arc<ModelDef>) -> Self {
        Self {
            read: Read::Text { text, def },
        }
    }

    /// The whole object.
    pub(crate) fn value(&self) -> PyResult<Value> {
        self.object().map(Cow::into_owned)
    }

    /// What the model knows of the object.
    pub(crate) fn known(&self, model: &Model) -> PyResult<Value> {
        match &self.read {
            Read::Value(object) => Ok(model.known.apply(object)),
            Read::Text { text, def } => text
                .project(&model.known)
                .map(|object| of_kind(object, def))
                .map_err(|error| unreadable(&error)),
        }
    }

    /// The whole object, without a copy where it was decoded already.
    pub(crate) fn object(&self) -> PyResult<Cow<'_, Value>> {
        match &self.read {
            Read::Value(object) => Ok(Cow::Borrowed(object)),
            Read::Text { text, def } => decoded(text, def).map(Cow::Owned),
        }
    }
}

/// Without `managedFields`, and with its kind.
fn decoded(text: &ObjectText, def: &ModelDef) -> PyResult<Value> {
    let mut object = text.value().map_err(|error| unreadable(&error))?;
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    Ok(of_kind(object, def))
}

/// What does not say of what kind it is, as objects of a list, with its kind.
fn of_kind(mut object: Value, def: &ModelDef) -> Value {
    if let Some(object) = object.as_object_mut() {
        object
            .entry("apiVersion")
            .or_insert_with(|| def.api_version().into());
        object
            .entry("kind")
            .or_insert_with(|| def.kind.as_str().into());
    }
    object
}

/// Nobody looked at the text when the list was read: it may be no JSON, or nested deeper than anybody reads.
fn unreadable(error: &serde_json::Error) -> PyErr {
    let message = format!("an object of a list cannot be read: {error}");
    Python::attach(|py| errors::raise(py, "decode", &message))
}

#[pymethods]
impl Source {
    /// An object given as a dict, as one that was pickled is.
    #[new]
    fn from_dict(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self::new(from_python(object)?))
    }

    /// What stands at the path, as Python values.
    fn get<'py>(
        &self,
        path: &Bound<'py, PyTuple>,
        default: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = path.py();
        let keys = path
            .iter()
            .map(|key| Ok(key.cast_into::<PyString>()?))
            .collect::<PyResult<Vec<_>>>()?;
        let keys = keys
            .iter()
            .map(|key| key.to_str())
            .collect::<PyResult<Vec<_>>>()?;
        match &self.read {
            Read::Value(object) => {
                let found = keys
                    .iter()
                    .try_fold(&**object, |at, key| at.as_object()?.get(*key));
                found.map_or(Ok(default), |found| to_python(py, found))
            }
            Read::Text { text, .. } => {
                let found = text.find(&keys).map_err(|error| unreadable(&error))?;
                found.map_or(Ok(default), |found| to_python(py, &found))
            }
        }
    }

    /// All that is known of the object.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &*self.object()?)
    }

    /// The object never changes, so a copy is the thing itself.
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }
}
