//! Values of one field of a model.

use korm_core::expr::Field;
use korm_core::{FieldPath, Model, ObjectKey};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Query;
use crate::{Error, ObjectRef, Result};

impl<M: Model> Query<M> {
    /// The value of one field of each object. Nothing else of the objects is kept; for labels, annotations and other
    /// metadata, the server is not asked for anything else.
    ///
    /// # Errors
    ///
    /// Those of the requests; [`is_undecodable`](Error::is_undecodable) if a value does not have the field's type, or is
    /// absent and the field is no `Option`.
    pub async fn values_of<T: DeserializeOwned>(self, field: Field<M, T>) -> Result<Vec<T>> {
        let paths = [
            FieldPath::metadata("namespace"),
            FieldPath::metadata("name"),
            field.path().clone(),
        ];
        let rows = self.raw().values(&paths).await?;
        rows.into_iter()
            .map(|row| typed::<M, T>(row, field.path()))
            .collect()
    }

    /// Each value of a field that there is, once, small ones first.
    ///
    /// # Errors
    ///
    /// As [`values_of`](Self::values_of).
    pub async fn distinct<T: DeserializeOwned>(self, field: Field<M, T>) -> Result<Vec<T>> {
        let values = self.raw().distinct(field.path()).await?;
        values
            .into_iter()
            .map(|value| one::<M, T>(value, field.path()))
            .collect()
    }

    /// How many objects have each value of a field that there is, small values first.
    ///
    /// # Errors
    ///
    /// As [`values_of`](Self::values_of).
    pub async fn counts_by<T: DeserializeOwned>(
        self,
        field: Field<M, T>,
    ) -> Result<Vec<(T, usize)>> {
        let counts = self.raw().counts(field.path()).await?;
        let typed = |(value, count)| Ok((one::<M, T>(value, field.path())?, count));
        counts.into_iter().map(typed).collect()
    }
}

/// The value of a row that starts with namespace and name.
fn typed<M: Model, T: DeserializeOwned>(mut row: Vec<Value>, path: &FieldPath) -> Result<T> {
    let value = row.pop().unwrap_or_default();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let key = ObjectKey {
        name: text(row.get(1)).unwrap_or_default(),
        namespace: text(row.first()),
    };
    decoded::<M, T>(value, path, key)
}

/// A value of no object in particular.
fn one<M: Model, T: DeserializeOwned>(value: Value, path: &FieldPath) -> Result<T> {
    decoded::<M, T>(value, path, ObjectKey::default())
}

fn decoded<M: Model, T: DeserializeOwned>(
    value: Value,
    path: &FieldPath,
    key: ObjectKey,
) -> Result<T> {
    serde_json::from_value(value).map_err(|error| {
        let object = ObjectRef {
            kind: M::definition().kind.clone(),
            namespace: key.namespace,
            name: key.name,
        };
        Error::undecodable(object, path.to_string(), error.to_string())
    })
}
