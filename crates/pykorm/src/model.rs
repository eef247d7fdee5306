//! The engine's description of a Python class.

use std::sync::Arc;

use korm::objects::query::Projection;
use korm::{Column, FieldDef, FieldPath, ModelDef};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Deserialize;
use serde_json::Value;

use crate::convert::{from_python, to_python};
use crate::errors;

/// What `pykorm._types.definition_of` finds out about a class.
#[derive(Deserialize)]
struct Described {
    group: String,
    version: String,
    kind: String,
    plural: String,
    singular: String,
    short_names: Vec<String>,
    namespaced: bool,
    native: bool,
    description: Option<String>,
    fields: Vec<DescribedField>,
}

#[derive(Deserialize)]
struct DescribedField {
    name: String,
    path: FieldPath,
    schema: Value,
    default: Option<Value>,
    required: bool,
    read_only: bool,
    selectable: bool,
    nullable: bool,
    column: Option<String>,
    description: Option<String>,
}

impl From<DescribedField> for FieldDef {
    fn from(found: DescribedField) -> Self {
        let mut field = Self::new(found.name, found.path, found.schema);
        field.required = found.required && found.default.is_none();
        field.default = found.default;
        field.read_only = found.read_only;
        field.selectable = found.selectable;
        field.nullable = found.nullable;
        field.column = found.column.map(Column::new);
        field.description = found.description;
        field
    }
}

impl From<Described> for ModelDef {
    fn from(found: Described) -> Self {
        let mut def = Self::new(found.group, found.version, found.kind, found.plural)
            .singular(found.singular);
        if !found.namespaced {
            def = def.cluster_scoped();
        }
        if found.native {
            def = def.native();
        }
        def.short_names = found.short_names;
        def.description = found.description;
        for field in found.fields {
            def = def.field(field.into());
        }
        def
    }
}

/// The engine's description of a class.
#[pyclass(frozen, module = "pykorm._native")]
pub(crate) struct Model {
    pub(crate) def: Arc<ModelDef>,
    /// What of an object the class knows.
    pub(crate) known: Projection,
}

#[pymethods]
impl Model {
    #[new]
    fn new(py: Python<'_>, definition: &Bound<'_, PyDict>) -> PyResult<Self> {
        let described: Described = serde_json::from_value(from_python(definition.as_any())?)
            .map_err(|error| errors::raise(py, "model", &error.to_string()))?;
        let def = ModelDef::from(described);
        checked(&def).map_err(|message| errors::raise(py, "model", &message))?;
        Ok(Self {
            known: Projection::new(&def),
            def: Arc::new(def),
        })
    }

    /// What the server would say against an object, each as field, reason and message.
    fn violations(
        &self,
        body: &Bound<'_, PyDict>,
    ) -> PyResult<Vec<(String, &'static str, String)>> {
        let body = from_python(body.as_any())?;
        let found = korm::validate::violations(&self.def, &body);
        Ok(found
            .into_iter()
            .map(|violation| (violation.field, violation.reason, violation.message))
            .collect())
    }

    /// The CustomResourceDefinition.
    fn crd<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &korm::crd::build(&self.def))
    }
}

/// Finds what is wrong with the description.
///
/// A Python class may map all of `spec` or `status` to one attribute, which a Rust struct has no use for; such a field
/// is let pass.
fn checked(def: &ModelDef) -> Result<(), String> {
    let mut strict = def.clone();
    strict
        .fields
        .retain(|field| field.path.segments().len() > 1);
    strict.check().map_err(|error| error.to_string())
}
