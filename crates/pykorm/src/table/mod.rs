//! The result of a query as columns, for everything that speaks Arrow.

mod builder;
mod cells;
mod column;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchIterator};
use arrow_schema::SchemaRef;
use arrow_schema::ffi::FFI_ArrowSchema;
use futures::TryStreamExt;
use korm::objects::query::Query;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};

use self::builder::Fault;
pub(crate) use self::builder::{Rows, Shape};
use crate::convert::from_python;
use crate::errors::{self, Failure};
use crate::source::Source;

/// Columns.
#[pyclass(frozen, module = "pykorm._native")]
pub(crate) struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

#[pymethods]
impl Table {
    /// The [PyCapsule protocol](https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html): a stream
    /// of record batches, without a copy. Another schema than the table's own is not offered.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let batches = self.batches.clone().into_iter().map(Ok);
        let reader = RecordBatchIterator::new(batches, self.schema.clone());
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    /// The types of the columns, by the same protocol.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(&*self.schema)
            .map_err(|error| errors::raise(py, "usage", &error.to_string()))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

/// The columns as Python describes them.
pub(crate) fn shape(
    columns: &Bound<'_, PyList>,
    functions: Vec<Option<Py<PyAny>>>,
) -> PyResult<Shape> {
    let columns = serde_json::from_value(from_python(columns.as_any())?)
        .map_err(|error| errors::raise(columns.py(), "usage", &error.to_string()))?;
    Ok(Shape::new(columns, functions))
}

/// The rows of a query's objects. Of each page no more is kept than what the columns need.
///
/// A continue token that expires in the middle makes it start again, once and in one piece.
pub(crate) async fn rows_of(query: Query, shape: Shape) -> Result<Rows, Failure> {
    let mut rows = Rows::new(shape);
    match read(&query, &mut rows).await {
        Err(Failure::Engine(error)) if error.is_expired() => {
            rows = rows.restarted();
            read(&query.page_size(0), &mut rows).await?;
        }
        result => result?,
    }
    Ok(rows)
}

async fn read(query: &Query, rows: &mut Rows) -> Result<(), Failure> {
    let mut pages = query.pages();
    while let Some(page) = pages.try_next().await? {
        for object in &page.items {
            rows.push(object)
                .map_err(|error| Failure::told("usage", error.to_string()))?;
        }
    }
    Ok(())
}

/// The table, and each value that does not fit as `(namespace, name, column, path, reason)`.
pub(crate) fn finished(py: Python<'_>, rows: Rows) -> PyResult<Py<PyAny>> {
    let (table, faults) = rows.finish(py)?;
    let told = |fault: Fault| {
        let Fault {
            object,
            column,
            path,
            reason,
        } = fault;
        (object.namespace, object.name, column, path, reason)
    };
    let faults: Vec<_> = faults.into_iter().map(told).collect();
    Ok((table, faults).into_pyobject(py)?.into_any().unbind())
}

/// The same for objects that were read already.
#[pyfunction]
pub(crate) fn table_of(
    py: Python<'_>,
    sources: Vec<PyRef<'_, Source>>,
    columns: &Bound<'_, PyList>,
    functions: Vec<Option<Py<PyAny>>>,
) -> PyResult<Py<PyAny>> {
    let mut rows = Rows::new(shape(columns, functions)?);
    for source in &sources {
        rows.push(&*source.object()?)
            .map_err(|error| errors::raise(py, "usage", &error.to_string()))?;
    }
    finished(py, rows)
}
