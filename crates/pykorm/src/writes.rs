//! Further writes: deletions with options, finalizers; and who owns which fields.

use std::time::Duration;

use korm::{DeleteOptions, Deletion, Propagation};
use pyo3::prelude::*;
use serde::Deserialize;

use crate::cluster::{Cluster, key, reply};
use crate::convert::from_python;
use crate::errors;
use crate::model::Model;
use crate::operation::Operation;
use crate::source::Source;

/// How to delete.
#[derive(Deserialize)]
struct Options {
    uid: Option<String>,
    resource_version: Option<String>,
    propagation: Option<String>,
    grace_period: Option<u32>,
    /// How many seconds to wait for the end, if at all.
    wait: Option<f64>,
}

impl Options {
    fn into_engine(self) -> Result<DeleteOptions, String> {
        let mut options = DeleteOptions::default();
        options.preconditions.uid = self.uid;
        options.preconditions.resource_version = self.resource_version;
        options.grace_period_seconds = self.grace_period;
        options.propagation = match self.propagation.as_deref() {
            None => None,
            Some("Background") => Some(Propagation::Background),
            Some("Foreground") => Some(Propagation::Foreground),
            Some("Orphan") => Some(Propagation::Orphan),
            Some(other) => {
                return Err(format!(
                    "propagation={other:?}: it is \"Background\", \"Foreground\" or \"Orphan\""
                ));
            }
        };
        Ok(options)
    }
}

/// The options of a deletion, and how long to wait for its end.
fn read(options: &Bound<'_, PyAny>) -> PyResult<(DeleteOptions, Option<Duration>)> {
    let wrong = |message: &str| errors::raise(options.py(), "usage", message);
    let found: Options =
        serde_json::from_value(from_python(options)?).map_err(|error| wrong(&error.to_string()))?;
    let wait = found
        .wait
        .map(Duration::try_from_secs_f64)
        .transpose()
        .map_err(|_| wrong("a time to wait is needed"))?;
    let options = found.into_engine().map_err(|message| wrong(&message))?;
    Ok((options, wait))
}

/// What a deletion would send and do, as text.
#[pyfunction]
pub(crate) fn explain_delete(
    cluster: &Cluster,
    model: &Model,
    namespace: Option<String>,
    name: String,
    options: &Bound<'_, PyAny>,
) -> PyResult<Operation> {
    let objects = cluster.objects(model)?;
    let (options, _) = read(options)?;
    Ok(Operation::new(async move {
        let text = objects.explain_delete(&key(namespace, name), &options)?;
        Ok(reply(move |py| {
            Ok(text.into_pyobject(py)?.into_any().unbind())
        }))
    }))
}

/// The finalizers that hold a deleted object back; none if it is gone.
#[pyfunction]
pub(crate) fn delete(
    cluster: &Cluster,
    model: &Model,
    namespace: Option<String>,
    name: String,
    options: &Bound<'_, PyAny>,
) -> PyResult<Operation> {
    let objects = cluster.objects(model)?;
    let (options, wait) = read(options)?;
    let key = key(namespace, name);
    Ok(Operation::new(async move {
        let deletion = match wait {
            Some(allowed) => {
                objects.delete_until_gone(&key, &options, allowed).await?;
                Deletion::Gone
            }
            None => objects.delete(&key, &options).await?,
        };
        let left = match deletion {
            Deletion::Gone => Vec::new(),
            Deletion::Pending { finalizers } => finalizers,
        };
        Ok(reply(move |py| {
            Ok(left.into_pyobject(py)?.into_any().unbind())
        }))
    }))
}

/// The source of an object after a finalizer was added or removed.
#[pyfunction]
pub(crate) fn finalizer(
    cluster: &Cluster,
    model: &Model,
    namespace: Option<String>,
    name: String,
    finalizer: String,
    add: bool,
) -> PyResult<Operation> {
    let objects = cluster.objects(model)?;
    let key = key(namespace, name);
    Ok(Operation::new(async move {
        let object = if add {
            objects.add_finalizer(&key, &finalizer).await?
        } else {
            objects.remove_finalizer(&key, &finalizer).await?
        };
        Ok(reply(move |py| {
            Ok(Py::new(py, Source::new(object))?.into_any())
        }))
    }))
}

/// Who owns which fields: of each entry of `managedFields` the manager, the operation, the subresource and the fields.
#[pyfunction]
pub(crate) fn owners(
    cluster: &Cluster,
    model: &Model,
    namespace: Option<String>,
    name: String,
) -> PyResult<Operation> {
    let objects = cluster.objects(model)?;
    let key = key(namespace, name);
    Ok(Operation::new(async move {
        let owners = objects.owners(&key).await?;
        let rows: Vec<_> = owners
            .into_iter()
            .map(|one| (one.manager, one.operation, one.subresource, one.fields))
            .collect();
        Ok(reply(move |py| {
            Ok(rows.into_pyobject(py)?.into_any().unbind())
        }))
    }))
}
