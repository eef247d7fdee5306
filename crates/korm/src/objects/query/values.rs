//! Values of some fields only.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use korm_core::FieldPath;
use serde_json::Value;

use super::{Query, order};
use crate::Result;

impl Query {
    /// The values at these paths, one row for each object; null where there is none. Nothing else of the objects is kept,
    /// and if only metadata is asked for, the server is asked for no more than that.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn values(&self, paths: &[FieldPath]) -> Result<Vec<Vec<Value>>> {
        let wanted = self.clone().read_only(paths.iter().cloned());
        let objects = wanted.all().await?;
        let value =
            |object: &Value, path: &FieldPath| path.get(object).cloned().unwrap_or_default();
        let row = |object: &Value| paths.iter().map(|path| value(object, path)).collect();
        Ok(objects.iter().map(row).collect())
    }

    /// Each value that there is at this path, once, small ones first. Absent and null count as one value, null, the last.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn distinct(&self, path: &FieldPath) -> Result<Vec<Value>> {
        Ok(self
            .counts(path)
            .await?
            .into_iter()
            .map(|(value, _)| value)
            .collect())
    }

    /// How many objects have each value that there is at this path, small values first. Absent and null count as one
    /// value, null, the last.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn counts(&self, path: &FieldPath) -> Result<Vec<(Value, usize)>> {
        let query = self.begun().read_only([path.clone()]);
        let mut counts = match query.count_values(path).await {
            // A token expired on the way: once more and in one piece.
            Err(error) if error.is_expired() => query.page_size(0).count_values(path).await?,
            counts => counts?,
        };
        counts.sort_by(|(a, _), (b, _)| order::with_null_last(a, b));
        Ok(counts)
    }

    /// Counts page by page: what is held is a page, and each value once.
    async fn count_values(&self, path: &FieldPath) -> Result<Vec<(Value, usize)>> {
        let mut counts: BTreeMap<String, (Value, usize)> = BTreeMap::new();
        let mut pages = self.pages();
        while let Some(page) = pages.try_next().await? {
            for object in &page.items {
                let value = path.get(object).unwrap_or(&Value::Null);
                let counted = counts.entry(value.to_string());
                counted.or_insert_with(|| (value.clone(), 0)).1 += 1;
            }
        }
        Ok(counts.into_values().collect())
    }

    /// The same query for who needs no more than metadata and these paths.
    pub(crate) fn narrowed_to(&self, paths: &[FieldPath]) -> Self {
        let of_metadata = |path: &FieldPath| {
            path.segments()
                .first()
                .is_some_and(|root| root == "metadata")
        };
        let residual = self.plan().ok().and_then(|plan| plan.residual);
        let evaluated = residual
            .as_ref()
            .map(|residual| residual.paths())
            .unwrap_or_default();
        let ordered = self.order.iter().map(|order| &order.path);
        let needed = paths.iter().chain(evaluated).chain(ordered);
        let metadata_only = needed.into_iter().all(of_metadata);
        Self {
            metadata_only,
            ..self.clone().read_too(paths.iter().cloned())
        }
    }
}
