//! The native half of the Python package pykorm.

mod cluster;
mod connection;
mod convert;
mod discovery;
mod ending;
mod errors;
mod events;
mod faults;
mod files;
mod model;
mod normalize;
mod operation;
mod relations;
mod requests;
mod runtime;
mod source;
mod table;
mod writes;

use pyo3::pymodule;

/// The native half: the engine, seen from Python. An implementation detail; use the package's own names.
#[pymodule(name = "_native", gil_used = true)]
mod native {
    #[pymodule_export]
    use crate::{
        cluster::{Cluster, sleep},
        connection::Connection,
        discovery::{kind, kinds},
        events::EventStream,
        faults::Faults,
        files::{documents, native_kind},
        model::Model,
        operation::Operation,
        relations::{belonging, with_owners},
        requests::RequestLog,
        source::Source,
        table::{Table, table_of},
        writes::{delete, explain_delete, finalizer, owners},
    };

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::ending::register(module)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
