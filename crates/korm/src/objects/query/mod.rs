//! Asking for the objects of a kind.

mod count;
mod fetch;
mod follow;
mod order;
mod pages;
#[cfg(test)]
mod tests;
mod texts;
mod told;
mod values;

use futures::TryStreamExt;
use korm_core::expr::Expr;
use korm_core::plan::{self, Capabilities, Plan};
use korm_core::{FieldPath, Op};
use serde_json::Value;

pub use self::order::{Direction, Order};
pub use self::pages::Batch;
pub use self::texts::ObjectText;
pub(crate) use self::told::Told;
use super::Objects;
use crate::Result;
use crate::error::Error;
/// What of an object is wanted: for [`ObjectText::project`].
pub use korm_core::project::Projection;

/// How recent the answer to a query has to be.
///
/// See [resource versions](https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Consistency {
    /// Everything that was written before the query is seen. The default.
    #[default]
    MostRecent,
    /// Any state the server has at hand, which may be old. Cheapest for the server.
    Any,
    /// At least as new as this resourceVersion.
    NotOlderThan(String),
    /// Exactly the state at this resourceVersion, if the server still has it.
    Exact(String),
}

/// A query for objects as JSON. Building one sends nothing.
#[derive(Clone, Debug)]
pub struct Query {
    pub(crate) objects: Objects,
    pub(crate) filter: Expr,
    order: Vec<Order>,
    limit: Option<usize>,
    page_size: Option<u32>,
    consistency: Consistency,
    labels: Option<String>,
    fields: Option<String>,
    /// Paths to read beside those that the model maps.
    more: Vec<FieldPath>,
    /// Whether these are all that is read.
    only: bool,
    /// Whether the server is asked for the metadata alone.
    metadata_only: bool,
}

impl Objects {
    /// All objects of the kind, to be narrowed.
    pub fn query(&self) -> Query {
        Query {
            objects: self.clone(),
            filter: Expr::Always(true),
            order: Vec::new(),
            limit: None,
            page_size: None,
            consistency: Consistency::default(),
            labels: None,
            fields: None,
            more: Vec::new(),
            only: false,
            metadata_only: false,
        }
    }
}

impl Query {
    /// The cluster that is asked.
    pub fn cluster(&self) -> &crate::Cluster {
        &self.objects.cluster
    }

    /// Only those for which this holds too.
    #[must_use]
    pub fn filter(mut self, expr: Expr) -> Self {
        self.filter = match self.filter {
            Expr::Always(true) => expr,
            filter => filter.and(expr),
        };
        self
    }

    /// Only those in one of these namespaces.
    #[must_use]
    pub fn namespaces<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self {
        let names: Vec<Value> = names.into_iter().map(|name| name.into().into()).collect();
        self.filter(Expr::test(FieldPath::metadata("namespace"), Op::In(names)))
    }

    /// In this order, and where two are equal in it, in the order of the ones added after. Queries with an order are
    /// read whole before the first object is given.
    #[must_use]
    pub fn order_by(mut self, order: impl Into<Order>) -> Self {
        self.order.push(order.into());
        self
    }

    /// At most so many.
    #[must_use]
    pub fn limit(mut self, objects: usize) -> Self {
        self.limit = Some(objects);
        self
    }

    /// In pages of so many objects, instead of what the handle says.
    #[must_use]
    pub fn page_size(mut self, objects: u32) -> Self {
        self.page_size = Some(objects);
        self
    }

    /// How recent the answer has to be.
    #[must_use]
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = consistency;
        self
    }

    /// A label selector in Kubernetes' own notation, such as `app in (a, b), !canary`, beside the filter.
    #[must_use]
    pub fn label_selector(mut self, selector: impl Into<String>) -> Self {
        self.labels = Some(selector.into());
        self
    }

    /// A field selector in Kubernetes' own notation, such as `metadata.name=x`, beside the filter.
    #[must_use]
    pub fn field_selector(mut self, selector: impl Into<String>) -> Self {
        self.fields = Some(selector.into());
        self
    }

    /// Reads these paths too, which the model does not map.
    #[must_use]
    pub fn read_too(mut self, paths: impl IntoIterator<Item = FieldPath>) -> Self {
        self.more.extend(paths);
        self
    }

    /// Reads nothing but these paths, name and namespace, in place of what the model maps; if only metadata is asked for,
    /// the server is asked for no more than that.
    #[must_use]
    pub fn read_only(self, paths: impl IntoIterator<Item = FieldPath>) -> Self {
        let paths: Vec<_> = paths.into_iter().collect();
        Self {
            only: true,
            ..self.narrowed_to(&paths)
        }
    }

    /// What is read of each object: what the model maps, what is evaluated here, and what was asked for beside.
    pub(crate) fn projection(&self, residual: Option<&Expr>) -> Projection {
        let paths = residual.into_iter().flat_map(Expr::paths).cloned();
        let paths = paths.chain(self.order.iter().map(|order| order.path.clone()));
        let base = if self.only {
            Projection::of(["name", "namespace"].map(FieldPath::metadata))
        } else {
            Projection::new(self.objects.definition())
        };
        base.with(paths.chain(self.more.iter().cloned()))
    }

    /// The requests and the residual.
    pub(crate) fn plan(&self) -> Result<Plan> {
        let def = self.objects.definition();
        let mut plan = plan::plan(def, &self.filter, &Capabilities::default())
            .map_err(|error| crate::error::malformed(&error))?;
        for request in &mut plan.requests {
            join(&mut request.label_selector, self.labels.as_deref());
            join(&mut request.field_selector, self.fields.as_deref());
        }
        if self.objects.cluster.settings.refuse_residual
            && let Some(residual) = &plan.residual
        {
            let residual = residual.without_secrets(def).to_string();
            return Err(Error::residual_refused(&def.kind, residual));
        }
        Ok(plan)
    }

    /// The exact requests that the query would send first, and the part of it that is evaluated here.
    ///
    /// # Errors
    ///
    /// If the query cannot be planned, for example because of a malformed regular expression.
    pub fn explain(&self) -> Result<String> {
        let plan = self.plan()?;
        let first = self.parameters(None, self.request_size(&plan, self.limit));
        let first: Vec<_> = first
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        Ok(plan.explain(self.objects.definition(), &first))
    }

    /// All of them.
    ///
    /// A continue token that expires in the middle makes it start again, once and in one piece, as client-go does.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn all(&self) -> Result<Vec<Value>> {
        let query = self.begun();
        match query.collect().await {
            Err(error) if error.is_expired() => query.page_size(0).collect().await,
            result => result,
        }
    }

    /// This query for the requests of one call, which share one deadline.
    pub(crate) fn begun(&self) -> Self {
        Self {
            objects: self.objects.begun(),
            ..self.clone()
        }
    }

    async fn collect(&self) -> Result<Vec<Value>> {
        self.pages()
            .try_fold(Vec::new(), |mut all, batch| async move {
                all.extend(batch.items);
                Ok(all)
            })
            .await
    }

    /// Whether there is one.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn exists(&self) -> Result<bool> {
        let mut one = self.narrowed_to(&[]).limit(1);
        one.order.clear();
        Ok(!one.all().await?.is_empty())
    }
}

/// Selectors are joined by commas.
fn join(selector: &mut Option<String>, more: Option<&str>) {
    let Some(more) = more.filter(|more| !more.trim().is_empty()) else {
        return;
    };
    *selector = Some(match selector.take() {
        Some(selector) if !selector.is_empty() => format!("{selector},{more}"),
        _ => more.to_owned(),
    });
}
