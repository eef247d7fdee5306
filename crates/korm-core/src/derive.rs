//! What the expansion of `#[derive(Model)]` stands on.
//!
//! Programs do not call these; the derive macro does. It works by the index of a field in the model's
//! description, so the two must be made together.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::Fault,
    expr::{Compare, FieldType, TextField},
    meta::Meta,
    schema::{schema_of, strip_nulls},
};

pub use crate::{
    error::{DecodeError, EncodeError},
    expr::{Field, MetaFields},
    model::{Column, FieldDef, Model, ModelDef, ObjectKey, Rule, Scale},
    native::{is_native, native},
    path::FieldPath,
    relate::{Link, RelatedTo, Relation},
    scan::{Scanned, Scanner},
    snapshot::Snapshot,
};
pub use serde_json::Value;

/// The value of a constraint or default in JSON; null where it has no form in JSON, which
/// [`ModelDef::check`] then reports.
pub fn json<T: Serialize + ?Sized>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// The schema of a field's type.
pub fn field_schema<T: FieldType>() -> Value {
    schema_of::<T>()
}

/// The schema of the type of a label or annotation.
pub fn text_schema<T: FieldType + TextField>() -> Value {
    schema_of::<T>()
}

/// The metadata with the owners that are loaded in a relation, for writing.
///
/// # Errors
///
/// When an owner was never stored, or lives in another namespace.
pub fn with_owners<R: RelatedTo>(
    def: &ModelDef,
    meta: &Meta,
    relation: &R,
) -> Result<Meta, EncodeError> {
    crate::relate::with_owners(def, meta, relation)
}

/// The field of that index in the description of `M`.
pub fn field<M: Model, T>(index: usize) -> Field<M, T> {
    match M::definition().fields.get(index) {
        Some(def) => Field::of(def),
        // The expansion makes the description and the index together, so this is never reached.
        None => Field::at(FieldPath::new(Vec::<String>::new()), Compare::Json),
    }
}

/// Reads the fields of one object.
#[derive(Debug)]
pub struct Reader<'o> {
    def: &'static ModelDef,
    object: &'o Value,
}

impl<'o> Reader<'o> {
    /// A reader of `object`.
    pub fn new(def: &'static ModelDef, object: &'o Value) -> Self {
        Self { def, object }
    }

    /// The metadata, with the snapshot.
    ///
    /// # Errors
    ///
    /// Where the metadata is malformed.
    pub fn meta(&self) -> Result<Meta, DecodeError> {
        Meta::read(self.def, self.object).map_err(|fault| self.error(fault))
    }

    /// A field that must be there.
    ///
    /// # Errors
    ///
    /// Where it is missing or has another shape.
    pub fn required<T: DeserializeOwned>(&self, index: usize) -> Result<T, DecodeError> {
        let field = self.field(index)?;
        match field.path.get(self.object) {
            Some(value) => self.value(field, value),
            None => {
                let fault = Fault::at(&field.path, "is missing, and has no default");
                Err(self.error(fault.of_field(&field.name)))
            }
        }
    }

    /// A field that may be absent; null is the same as absent.
    ///
    /// # Errors
    ///
    /// Where it has another shape.
    pub fn optional<T: DeserializeOwned>(&self, index: usize) -> Result<Option<T>, DecodeError> {
        let field = self.field(index)?;
        match field.path.get(self.object) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => self.value(field, value).map(Some),
        }
    }

    /// A field that is empty where it is absent, and its default where it has one.
    ///
    /// # Errors
    ///
    /// Where it has another shape.
    pub fn or_default<T: DeserializeOwned + Default>(
        &self,
        index: usize,
    ) -> Result<T, DecodeError> {
        Ok(self.optional(index)?.unwrap_or_default())
    }

    /// A field for which the model declares a default, taken where it is absent.
    ///
    /// # Errors
    ///
    /// Where it has another shape.
    pub fn or_declared<T: DeserializeOwned>(&self, index: usize) -> Result<T, DecodeError> {
        let field = self.field(index)?;
        let found = field.path.get(self.object).filter(|value| !value.is_null());
        match found.or(field.default.as_ref()) {
            Some(value) => self.value(field, value),
            None => self.required(index),
        }
    }

    fn field(&self, index: usize) -> Result<&'static FieldDef, DecodeError> {
        self.def.fields.get(index).ok_or_else(|| {
            let reason = "the model's description has no such field";
            self.error(Fault {
                field: None,
                path: format!("field {index}"),
                reason: reason.into(),
            })
        })
    }

    fn value<T: DeserializeOwned>(
        &self,
        field: &FieldDef,
        value: &Value,
    ) -> Result<T, DecodeError> {
        // The first try is the fast one; only a failure pays for finding out where.
        T::deserialize(value).map_err(|error| self.error(self.locate::<T>(field, value, &error)))
    }

    fn locate<T: DeserializeOwned>(
        &self,
        field: &FieldDef,
        value: &Value,
        error: &serde_json::Error,
    ) -> Fault {
        let secret = self.def.is_secret(&field.path);
        let (inner, reason) = match serde_path_to_error::deserialize::<_, T>(value) {
            Err(e) => (e.path().to_string(), e.inner().to_string()),
            Ok(_) => (".".to_owned(), error.to_string()),
        };
        let path = match inner.as_str() {
            "." => field.path.to_string(),
            list if list.starts_with('[') => format!("{}{list}", field.path),
            inner => format!("{}.{inner}", field.path),
        };
        let reason = if secret {
            "does not have the type of the model (value not shown)".into()
        } else {
            reason
        };
        Fault {
            field: Some(field.name.clone()),
            path,
            reason,
        }
    }

    fn error(&self, fault: Fault) -> DecodeError {
        DecodeError {
            model: self.def.kind.clone(),
            object: ObjectKey::of(self.object),
            fault: Box::new(fault),
        }
    }
}

/// Writes the fields of one object.
#[derive(Debug)]
pub struct Writer {
    def: &'static ModelDef,
    key: ObjectKey,
    object: Value,
}

impl Writer {
    /// A writer that begins with the metadata.
    ///
    /// # Errors
    ///
    /// When the metadata has an entry that is a field of the model.
    pub fn new(def: &'static ModelDef, meta: &Meta) -> Result<Self, EncodeError> {
        let key = meta.key();
        match meta.write(def) {
            Ok(object) => Ok(Self { def, key, object }),
            Err(fault) => Err(EncodeError {
                model: def.kind.clone(),
                object: key,
                fault: Box::new(fault),
            }),
        }
    }

    /// Writes one field; nothing is written for null unless the field is nullable, nor for a
    /// read-only field.
    ///
    /// # Errors
    ///
    /// When the value has no form in JSON.
    pub fn field<T: Serialize>(&mut self, index: usize, value: &T) -> Result<(), EncodeError> {
        let Some(field) = self.def.fields.get(index).filter(|field| !field.read_only) else {
            return Ok(());
        };
        let mut value = serde_json::to_value(value).map_err(|e| EncodeError {
            model: self.def.kind.clone(),
            object: self.key.clone(),
            fault: Box::new(Fault::at(&field.path, e.to_string()).of_field(&field.name)),
        })?;
        if value.is_null() && !field.nullable {
            return Ok(());
        }
        strip_nulls(&mut value, &field.schema);
        field.path.set(&mut self.object, value);
        Ok(())
    }

    /// The object.
    pub fn finish(self) -> Value {
        self.object
    }
}
