//! Kinds that are known only at run time.

use korm::ModelDef;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::cluster::{Cluster, reply};
use crate::operation::Operation;

/// The kind that goes by this name, as a dict of what a class has to know.
#[pyfunction]
pub(crate) fn kind(cluster: &Cluster, name: String) -> PyResult<Operation> {
    let cluster = cluster.handle()?;
    Ok(Operation::new(async move {
        let found = cluster.kind(&name).await?;
        Ok(reply(move |py| {
            Ok(described(py, found.definition())?.into_any().unbind())
        }))
    }))
}

/// Every kind that the cluster serves, as dicts.
#[pyfunction]
pub(crate) fn kinds(cluster: &Cluster) -> PyResult<Operation> {
    let cluster = cluster.handle()?;
    Ok(Operation::new(async move {
        let found = cluster.kinds().await?;
        Ok(reply(move |py| {
            let all = found
                .iter()
                .map(|def| described(py, def))
                .collect::<PyResult<Vec<_>>>()?;
            Ok(all.into_pyobject(py)?.into_any().unbind())
        }))
    }))
}

fn described<'py>(py: Python<'py>, def: &ModelDef) -> PyResult<Bound<'py, PyDict>> {
    let kind = PyDict::new(py);
    kind.set_item("api_version", def.api_version())?;
    kind.set_item("kind", &def.kind)?;
    kind.set_item("plural", &def.plural)?;
    kind.set_item("namespaced", def.is_namespaced())?;
    kind.set_item("short_names", &def.short_names)?;
    Ok(kind)
}
