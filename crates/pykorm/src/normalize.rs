//! What a Python class would write of an object had it just read it.

use std::sync::{Arc, Mutex, PoisonError};

use korm::{DecodeError, Fault, ModelDef, ObjectKey};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyList;
use serde_json::{Map, Value, json};

use crate::convert::{from_python, from_python_at, to_python};
use crate::ending;
use crate::errors::Failure;
use crate::model::Model;

/// From an object as it is to an object as the class would write it.
pub(crate) struct Normalizer {
    /// The class.
    pub(crate) def: Arc<ModelDef>,
    way: Way,
    /// What the function raised, kept so that it is raised unchanged in the end.
    raised: Mutex<Option<PyErr>>,
}

enum Way {
    /// The class's own processors decide.
    Python(Py<PyAny>),
    /// What stands at these paths, as it is; whether null is a value there.
    Plain(Vec<(Vec<String>, bool)>),
}

impl Normalizer {
    /// `normalize` is a function of Python, or a list of paths.
    pub(crate) fn new(model: &Model, normalize: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self {
            def: Arc::clone(&model.def),
            way: match normalize.cast::<PyList>() {
                Ok(paths) => Way::Plain(paths.extract()?),
                Err(_) => Way::Python(normalize.clone().unbind()),
            },
            raised: Mutex::new(None),
        })
    }

    /// The function as the engine calls it.
    pub(crate) fn function(
        &self,
    ) -> impl Fn(Value) -> Result<Value, DecodeError> + Send + Sync + '_ {
        move |object| match &self.way {
            Way::Plain(paths) => Ok(plain(&self.def, paths, &object)),
            Way::Python(function) => {
                let called = ending::attached(|py| call(py, function, &object));
                let ended = || PyRuntimeError::new_err("the interpreter is shutting down");
                called
                    .unwrap_or_else(|| Err(ended()))
                    .map_err(|error| self.keep(&object, error))
            }
        }
    }

    fn keep(&self, object: &Value, error: PyErr) -> DecodeError {
        *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        DecodeError {
            model: self.def.kind.clone(),
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

fn call(py: Python<'_>, function: &Py<PyAny>, object: &Value) -> PyResult<Value> {
    from_python(function.bind(py).call1((to_python(py, object)?,))?.as_any())
}

/// What a class with these values would write of the object, and what it would write had nobody changed anything.
pub(crate) fn plainly(
    model: &Model,
    object: &Value,
    values: Vec<(Vec<String>, bool, Bound<'_, PyAny>)>,
) -> PyResult<(Value, Normalizer)> {
    let mut now = identity(&model.def, object);
    let mut paths = Vec::with_capacity(values.len());
    for (path, nullable, value) in values {
        if nullable || !value.is_none() {
            put(&mut now, &path, from_python_at(&path, &value)?);
        }
        paths.push((path, nullable));
    }
    let normalizer = Normalizer {
        def: Arc::clone(&model.def),
        way: Way::Plain(paths),
        raised: Mutex::new(None),
    };
    Ok((now, normalizer))
}

/// Which object it is.
fn identity(def: &ModelDef, object: &Value) -> Value {
    let mut metadata = Map::new();
    for key in ["name", "namespace"] {
        if let Some(value) = object["metadata"].get(key).filter(|value| !value.is_null()) {
            metadata.insert(key.to_owned(), value.clone());
        }
    }
    json!({"apiVersion": def.api_version(), "kind": def.kind, "metadata": metadata})
}

/// What stands at the paths, and which object it is.
fn plain(def: &ModelDef, paths: &[(Vec<String>, bool)], object: &Value) -> Value {
    let mut written = identity(def, object);
    for (path, nullable) in paths {
        let found = path.iter().try_fold(object, |at, key| at.get(key));
        if let Some(value) = found.filter(|value| *nullable || !value.is_null()) {
            put(&mut written, path, value.clone());
        }
    }
    written
}

/// Puts a value at a path, with the objects that lead there.
fn put(into: &mut Value, path: &[String], value: Value) {
    match (path.split_first(), into) {
        (None, into) => *into = value,
        (Some((key, rest)), Value::Object(members)) => {
            put(
                members.entry(key.as_str()).or_insert(Value::Null),
                rest,
                value,
            );
        }
        (Some(_), into) => {
            *into = Value::Object(Map::new());
            put(into, path, value);
        }
    }
}
