//! Relations between Python classes, joined by the engine.

use korm::{Definition, FieldPath, Link, OwnerReference};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use serde::Deserialize;
use serde_json::Value;

use crate::cluster::{Cluster, reply};
use crate::convert::{from_python, to_python};
use crate::errors;
use crate::model::Model;
use crate::operation::Operation;
use crate::source::Source;

/// How a Python relation links.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Described {
    Owner,
    Names(FieldPath),
    OwnedBy,
    NamedBy(FieldPath),
    Selector(FieldPath),
    Labels(FieldPath),
}

impl From<Described> for Link {
    fn from(found: Described) -> Self {
        match found {
            Described::Owner => Self::Owner,
            Described::Names(path) => Self::Names(path),
            Described::OwnedBy => Self::OwnedBy,
            Described::NamedBy(path) => Self::NamedBy(path),
            Described::Selector(path) => Self::Selector(path),
            Described::Labels(path) => Self::Labels(path),
        }
    }
}

/// What belongs to `ours`, which are sources or dicts, by each of these relations: pairs of a link and the model over
/// there.
///
/// Gives of each kind the sources of its objects, and of each relation to it the place among those that were asked for
/// and, for each of ours, the indexes of what belongs to it.
#[pyfunction]
pub(crate) fn belonging(
    cluster: &Cluster,
    ours: &Bound<'_, PyList>,
    relations: Vec<(Bound<'_, PyAny>, PyRef<'_, Model>)>,
) -> PyResult<Operation> {
    let cluster = cluster.handle()?;
    let ours = ours
        .iter()
        .map(|one| value_of(&one))
        .collect::<PyResult<Vec<_>>>()?;
    let relations = relations
        .iter()
        .map(|(link, model)| Ok((self::link(link)?, Definition::from(model.def.clone()))))
        .collect::<PyResult<Vec<_>>>()?;
    Ok(Operation::new(async move {
        let kinds = cluster.belonging(&ours, &relations).await?;
        Ok(reply(move |py| {
            let answer = PyList::empty(py);
            for kind in kinds {
                let sources = PyList::empty(py);
                for object in kind.objects {
                    sources.append(Source::new(object))?;
                }
                answer.append((sources, kind.relations))?;
            }
            Ok(answer.into_any().unbind())
        }))
    }))
}

/// `body` with exactly these owners of one kind; `known` are the owner references that the object was read with.
#[pyfunction]
pub(crate) fn with_owners<'py>(
    body: &Bound<'py, PyDict>,
    kind: &Model,
    owners: Vec<Bound<'py, PyAny>>,
    controller: Option<bool>,
    block_deletion: Option<bool>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = body.py();
    let mut object = from_python(body.as_any())?;
    let owners = owners
        .iter()
        .map(value_of)
        .collect::<PyResult<Vec<Value>>>()?;
    let like = OwnerReference {
        controller,
        block_owner_deletion: block_deletion,
        ..OwnerReference::default()
    };
    let wanted: Vec<&Value> = owners.iter().collect();
    korm::set_owners(&mut object, &kind.def, &wanted, &like)
        .map_err(|error| errors::raise(py, "usage", &error.to_string()))?;
    to_python(py, &object)
}

fn link(described: &Bound<'_, PyAny>) -> PyResult<Link> {
    let found: Described = serde_json::from_value(from_python(described)?)
        .map_err(|error| errors::raise(described.py(), "model", &error.to_string()))?;
    Ok(found.into())
}

/// An object that was read, or one that is described by a dict.
fn value_of(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    match object.cast::<Source>() {
        Ok(source) => source.get().value(),
        Err(_) => from_python(object),
    }
}
