//! JSON values and Python values.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde_json::{Map, Number, Value};

/// No object of the API server is nested this deeply; a Python structure that contains itself is.
const DEEPEST: usize = 200;

/// A JSON value as Python's own types.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(yes) => PyBool::new(py, *yes).to_owned().into_any(),
        Value::Number(number) => number_to_python(py, number)?,
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(to_python(py, item)?)?;
            }
            list.into_any()
        }
        Value::Object(entries) => object_to_python(py, entries)?.into_any(),
    })
}

/// A JSON object as a dict.
pub(crate) fn object_to_python<'py>(
    py: Python<'py>,
    entries: &Map<String, Value>,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (key, value) in entries {
        dict.set_item(PyString::intern(py, key), to_python(py, value)?)?;
    }
    Ok(dict)
}

fn number_to_python<'py>(py: Python<'py>, number: &Number) -> PyResult<Bound<'py, PyAny>> {
    Ok(if let Some(whole) = number.as_i64() {
        whole.into_pyobject(py)?.into_any()
    } else if let Some(whole) = number.as_u64() {
        whole.into_pyobject(py)?.into_any()
    } else {
        PyFloat::new(py, number.as_f64().unwrap_or(f64::NAN)).into_any()
    })
}

/// A Python value made of dicts, lists, strings, numbers, booleans and None, as JSON.
pub(crate) fn from_python(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    convert(value, &mut Vec::new())
}

/// The same for what is to stand at a path of something greater, which the messages name.
pub(crate) fn from_python_at(path: &[String], value: &Bound<'_, PyAny>) -> PyResult<Value> {
    convert(value, &mut path.to_vec())
}

/// `path` is where in the whole value this one is, for the message.
fn convert(value: &Bound<'_, PyAny>, path: &mut Vec<String>) -> PyResult<Value> {
    if path.len() > DEEPEST {
        return Err(PyValueError::new_err(
            "the value is nested too deeply, or contains itself",
        ));
    }
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::String(text.to_str()?.to_owned()));
    }
    if let Ok(yes) = value.cast::<PyBool>() {
        return Ok(Value::Bool(yes.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        return whole_number(value, path);
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return Number::from_f64(number.value())
            .map(Value::Number)
            .ok_or_else(|| unfit(value, path, "JSON has no such number"));
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        return entries(dict, path);
    }
    if let Ok(list) = value.cast::<PyList>() {
        return items(list.iter(), path);
    }
    if let Ok(tuple) = value.cast::<PyTuple>() {
        return items(tuple.iter(), path);
    }
    Err(unfit(
        value,
        path,
        "only dicts, lists, strings, numbers, booleans and None can be stored",
    ))
}

fn whole_number(value: &Bound<'_, PyAny>, path: &[String]) -> PyResult<Value> {
    if let Ok(whole) = value.extract::<i64>() {
        return Ok(Value::from(whole));
    }
    value
        .extract::<u64>()
        .map(Value::from)
        .map_err(|_| unfit(value, path, "the number does not fit into 64 bits"))
}

fn entries(dict: &Bound<'_, PyDict>, path: &mut Vec<String>) -> PyResult<Value> {
    let mut object = Map::with_capacity(dict.len());
    for (key, inner) in dict.iter() {
        let Ok(key) = key.cast::<PyString>() else {
            return Err(unfit(&key, path, "keys must be strings"));
        };
        let key = key.to_str()?.to_owned();
        path.push(key.clone());
        let inner = convert(&inner, path)?;
        path.pop();
        object.insert(key, inner);
    }
    Ok(Value::Object(object))
}

fn items<'py>(
    values: impl Iterator<Item = Bound<'py, PyAny>>,
    path: &mut Vec<String>,
) -> PyResult<Value> {
    let mut list = Vec::new();
    for (at, value) in values.enumerate() {
        path.push(at.to_string());
        list.push(convert(&value, path)?);
        path.pop();
    }
    Ok(Value::Array(list))
}

/// Names the place and the type, never the value: it may be a secret.
fn unfit(value: &Bound<'_, PyAny>, path: &[String], reason: &str) -> PyErr {
    let kind = value
        .get_type()
        .name()
        .map_or_else(|_| "value".to_owned(), |name| name.to_string());
    let place = if path.is_empty() {
        "the value".to_owned()
    } else {
        path.join(".")
    };
    PyTypeError::new_err(format!(
        "{place}: a value of type {kind} does not fit: {reason}"
    ))
}
