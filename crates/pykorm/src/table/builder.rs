//! Rows on their way into record batches.

use std::mem;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, Field, Schema};
use korm::{FieldPath, ObjectKey};
use pyo3::prelude::*;
use serde_json::Value;

use super::Table;
use super::cells::{Cells, Misfits};
use super::column::{Column, Kind};
use crate::convert::{from_python, to_python};

/// So many rows make a batch.
const ROWS: usize = 16_384;

/// So many bytes do too: offsets into text have 31 bits, and no object comes near the other half.
const BYTES: usize = 1 << 30;

/// The columns of a table, with the Python functions that make the values of some.
pub(crate) struct Shape {
    columns: Vec<Column>,
    functions: Vec<Option<Py<PyAny>>>,
}

impl Shape {
    pub(crate) fn new(columns: Vec<Column>, functions: Vec<Option<Py<PyAny>>>) -> Self {
        Self { columns, functions }
    }

    /// The paths that are read. Nothing where a function gets the whole object.
    pub(crate) fn paths(&self) -> Option<Vec<FieldPath>> {
        let path = |column: &Column| {
            let path = &column.path;
            (!path.is_empty()).then(|| FieldPath::new(path.clone()))
        };
        self.columns.iter().map(path).collect()
    }
}

/// A value that is null in the table because it does not fit its column.
pub(crate) struct Fault {
    pub(crate) object: ObjectKey,
    pub(crate) column: String,
    pub(crate) path: String,
    pub(crate) reason: String,
}

/// One column so far.
enum Slot {
    Typed(Cells),
    /// Its values are needed together, or can only be made with the GIL.
    Late(Vec<Value>),
}

/// A table that grows by rows.
pub(crate) struct Rows {
    shape: Shape,
    slots: Vec<Slot>,
    rows: usize,
    misfits: Misfits,
    faults: Vec<Fault>,
    /// Full batches: how many rows, and the arrays of the typed columns.
    full: Vec<(usize, Vec<Option<ArrayRef>>)>,
    /// Of every row, while there is a column whose values may turn out not to fit only in the end.
    keys: Vec<ObjectKey>,
}

impl Rows {
    pub(crate) fn new(shape: Shape) -> Self {
        let slots = shape.columns.iter().zip(&shape.functions).map(slot);
        Self {
            slots: slots.collect(),
            shape,
            rows: 0,
            misfits: Misfits::default(),
            faults: Vec::new(),
            full: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// What was taken in is forgotten.
    pub(crate) fn restarted(self) -> Self {
        Self::new(self.shape)
    }

    /// Adds an object.
    pub(crate) fn push(&mut self, object: &Value) -> Result<(), ArrowError> {
        for (column, slot) in self.shape.columns.iter().zip(&mut self.slots) {
            let value = column.value(object);
            match slot {
                Slot::Typed(cells) => {
                    self.misfits
                        .inside(&column.path, |misfits| cells.append(value, misfits));
                    let key = || ObjectKey::of(object);
                    noted(&mut self.misfits, &mut self.faults, column, key);
                }
                Slot::Late(values) => values.push(value.cloned().unwrap_or_default()),
            }
        }
        if self.shape.functions.iter().any(Option::is_some) {
            self.keys.push(ObjectKey::of(object));
        }
        self.rows += 1;
        if self.rows == ROWS || self.misfits.weight >= BYTES {
            self.cut()?;
        }
        Ok(())
    }

    /// Makes a batch of the rows so far.
    fn cut(&mut self) -> Result<(), ArrowError> {
        let columns = self.shape.columns.iter().zip(&self.shape.functions);
        let mut arrays = Vec::with_capacity(self.slots.len());
        for (slot, column) in self.slots.iter_mut().zip(columns) {
            arrays.push(match slot {
                Slot::Late(_) => None,
                Slot::Typed(_) => match mem::replace(slot, self::slot(column)) {
                    Slot::Typed(cells) => Some(cells.finish()?),
                    Slot::Late(_) => None,
                },
            });
        }
        self.full.push((mem::take(&mut self.rows), arrays));
        self.misfits.weight = 0;
        Ok(())
    }

    /// The table, and what is null in it because it does not fit.
    pub(crate) fn finish(mut self, py: Python<'_>) -> PyResult<(Table, Vec<Fault>)> {
        if self.rows > 0 || self.full.is_empty() {
            self.cut().map_err(broken)?;
        }
        let mut columns = Vec::with_capacity(self.slots.len());
        for (at, slot) in mem::take(&mut self.slots).into_iter().enumerate() {
            columns.push(match slot {
                Slot::Typed(_) => self.typed(at),
                Slot::Late(values) => self.late(py, at, values)?,
            });
        }
        let fields: Vec<Field> = columns.iter().map(|(field, _)| field.clone()).collect();
        let schema = Arc::new(Schema::new(fields));
        let batch = |at: usize| {
            let arrays = columns.iter().map(|(_, arrays)| Arc::clone(&arrays[at]));
            RecordBatch::try_new(Arc::clone(&schema), arrays.collect())
        };
        let batches = (0..self.full.len()).map(batch).collect::<Result<_, _>>();
        let batches = batches.map_err(broken)?;
        Ok((Table { schema, batches }, self.faults))
    }

    /// The field and the arrays of a column that was typed from the start.
    fn typed(&mut self, at: usize) -> (Field, Vec<ArrayRef>) {
        let column = &self.shape.columns[at];
        let field = Field::new(&column.name, column.kind.data_type(), true);
        let arrays = self
            .full
            .iter_mut()
            .filter_map(|(_, found)| found[at].take());
        (field, arrays.collect())
    }

    /// The field and the arrays of a column whose values were put aside.
    fn late(
        &mut self,
        py: Python<'_>,
        at: usize,
        mut values: Vec<Value>,
    ) -> PyResult<(Field, Vec<ArrayRef>)> {
        let column = &self.shape.columns[at];
        if let Some(function) = &self.shape.functions[at] {
            for (value, key) in values.iter_mut().zip(&self.keys) {
                if value.is_null() {
                    continue;
                }
                match called(py, function, value) {
                    Ok(made) => *value = made,
                    Err(error) => {
                        *value = Value::Null;
                        self.misfits.inside(&column.path, |misfits| {
                            misfits.told(format!("Python gives {}", kind_of(py, &error)));
                        });
                        noted(&mut self.misfits, &mut self.faults, column, || key.clone());
                    }
                }
            }
        }
        let kind = match &column.kind {
            Kind::Inferred => Kind::of(values.iter()),
            kind => kind.clone(),
        };
        let mut rest = values.iter().zip(0..);
        let mut arrays = Vec::with_capacity(self.full.len());
        for (rows, _) in &self.full {
            let mut cells = Cells::new(&kind);
            for (value, row) in rest.by_ref().take(*rows) {
                self.misfits.inside(&column.path, |misfits| {
                    cells.append(Some(value), misfits);
                });
                let key = || self.keys.get::<usize>(row).cloned().unwrap_or_default();
                noted(&mut self.misfits, &mut self.faults, column, key);
            }
            arrays.push(cells.finish().map_err(broken)?);
        }
        Ok((Field::new(&column.name, kind.data_type(), true), arrays))
    }
}

fn slot((column, function): (&Column, &Option<Py<PyAny>>)) -> Slot {
    if function.is_some() || matches!(column.kind, Kind::Inferred) {
        return Slot::Late(Vec::new());
    }
    Slot::Typed(Cells::new(&column.kind))
}

/// Moves what was found not to fit to the faults, with the name of its object.
fn noted(
    misfits: &mut Misfits,
    faults: &mut Vec<Fault>,
    column: &Column,
    key: impl Fn() -> ObjectKey,
) {
    for misfit in misfits.found.drain(..) {
        faults.push(Fault {
            object: key(),
            column: column.name.clone(),
            path: misfit.place(),
            reason: misfit.reason,
        });
    }
}

fn called(py: Python<'_>, function: &Py<PyAny>, value: &Value) -> PyResult<Value> {
    from_python(function.bind(py).call1((to_python(py, value)?,))?.as_any())
}

/// The name of an exception's class; its text may quote the value.
fn kind_of(py: Python<'_>, error: &PyErr) -> String {
    let name = error.get_type(py).name();
    name.map_or_else(|_| "an exception".to_owned(), |name| name.to_string())
}

/// The arrays are of the types that the schema was made of, and as long as the batch, so this does not happen.
fn broken(error: ArrowError) -> PyErr {
    pyo3::exceptions::PyRuntimeError::new_err(format!("the table cannot be built: {error}"))
}
