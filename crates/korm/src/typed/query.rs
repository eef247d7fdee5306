//! Asking for objects of a model.

use futures::{Stream, StreamExt, TryStreamExt, stream};
use korm_core::relate::Relation;
use korm_core::{Expr, Model, ObjectKey};

use super::found::Found;
use super::watch::Watch;
use crate::objects::query::{self as raw, Consistency, Order};
use crate::{Error, Result};

/// A query for objects of a model. Building one sends nothing; the methods at the end of a chain do.
///
/// Any field can be asked for with any operator. What the server can evaluate is sent to it (name, namespace, labels,
/// selectable fields); the rest, the residual, is evaluated here, page by page as they come in.
/// [`explain`](Self::explain) shows which is which.
#[must_use = "building a query sends nothing"]
pub struct Query<M: 'static> {
    query: raw::Query,
    includes: Vec<&'static Relation<M>>,
}

impl<M: 'static> Clone for Query<M> {
    fn clone(&self) -> Self {
        Self {
            query: self.query.clone(),
            includes: self.includes.clone(),
        }
    }
}

impl<M: 'static> std::fmt::Debug for Query<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Query").field(&self.query).finish()
    }
}

impl<M: Model> Query<M> {
    pub(super) fn new(query: raw::Query) -> Self {
        Self {
            query,
            includes: Vec::new(),
        }
    }

    pub(super) fn cluster(&self) -> &crate::Cluster {
        self.query.cluster()
    }

    /// The query for the same objects as JSON.
    pub fn raw(&self) -> &raw::Query {
        &self.query
    }

    fn map(self, change: impl FnOnce(raw::Query) -> raw::Query) -> Self {
        Self {
            query: change(self.query),
            includes: self.includes,
        }
    }

    /// Only those for which this holds, and everything that was asked for before.
    pub fn filter(self, expr: impl Into<Expr>) -> Self {
        self.map(|query| query.filter(expr.into()))
    }

    /// Only those in this namespace.
    pub fn in_namespace(self, name: impl Into<String>) -> Self {
        self.map(|query| query.namespaces([name]))
    }

    /// Only those in one of these namespaces.
    pub fn in_namespaces<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self {
        self.map(|query| query.namespaces(names))
    }

    /// In the order of this field, and where two are equal in it, in that of the fields added after. The query is then
    /// read whole before the first object is given.
    pub fn order_by(self, order: impl Into<Order>) -> Self {
        self.map(|query| query.order_by(order))
    }

    /// As [`order_by`](Self::order_by), the largest first.
    pub fn order_by_desc(self, order: impl Into<Order>) -> Self {
        self.map(|query| query.order_by(Order::descending(order)))
    }

    /// At most so many.
    pub fn limit(self, objects: usize) -> Self {
        self.map(|query| query.limit(objects))
    }

    /// In pages of so many objects; 0 means in one piece.
    pub fn page_size(self, objects: u32) -> Self {
        self.map(|query| query.page_size(objects))
    }

    /// With these related objects loaded: for each kind one list for the whole result (for each page, with
    /// [`pages`](Self::pages)), joined in memory. A relation that is not included stays `Related::NotLoaded`.
    /// [`stream`](Self::stream) and [`watch`](Self::watch) load none.
    pub fn include(mut self, relation: &'static Relation<M>) -> Self {
        self.includes.push(relation);
        self
    }

    /// How recent the answer has to be.
    pub fn consistency(self, consistency: Consistency) -> Self {
        self.map(|query| query.consistency(consistency))
    }

    /// A label selector in Kubernetes' own notation, beside the filter.
    pub fn label_selector(self, selector: impl Into<String>) -> Self {
        self.map(|query| query.label_selector(selector))
    }

    /// A field selector in Kubernetes' own notation, beside the filter.
    pub fn field_selector(self, selector: impl Into<String>) -> Self {
        self.map(|query| query.field_selector(selector))
    }

    /// The exact requests that the query would send first, and the part of it that is evaluated here.
    ///
    /// # Errors
    ///
    /// If the query cannot be planned, for example because of a malformed regular expression.
    pub fn explain(&self) -> Result<String> {
        self.query.explain()
    }

    /// All of them.
    ///
    /// # Errors
    ///
    /// [`is_not_installed`](Error::is_not_installed) if the kind is not there, [`is_forbidden`](Error::is_forbidden) and
    /// others. Objects that do not fit the model are no error: see [`Found::faults`].
    pub async fn all(self) -> Result<Found<M>> {
        let query = self.map(|query| query.begun());
        let cluster = query.cluster().clone();
        let mut found = match query.read().await {
            // A token expired on the way: once more and in one piece, as client-go does.
            Err(error) if error.is_expired() => query.clone().page_size(0).read().await?,
            found => found?,
        };
        found.load(&cluster, &query.includes).await?;
        Ok(found)
    }

    /// Reads all, of which no more than a page is held twice.
    async fn read(&self) -> Result<Found<M>> {
        let mut found = Found::none();
        let mut pages = self.query.pages_of::<M>();
        while let Some(page) = pages.try_next().await? {
            found.add(page.items);
        }
        Ok(found)
    }

    /// The first one, if there is any.
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all); also if it does not fit the model.
    pub async fn first(self) -> Result<Option<M>> {
        Ok(self.limit(1).all().await?.strict()?.into_iter().next())
    }

    /// The only one.
    ///
    /// # Errors
    ///
    /// [`is_none_found`](Error::is_none_found), [`is_many_found`](Error::is_many_found), and those of
    /// [`first`](Self::first).
    pub async fn one(self) -> Result<M> {
        let mut objects = self.limit(2).all().await?.strict()?;
        match (objects.pop(), objects.is_empty()) {
            (Some(object), true) => Ok(object),
            (last, _) => {
                objects.extend(last);
                let names = objects
                    .iter()
                    .map(|object| object.key().to_string())
                    .collect();
                Err(Error::number_of_objects(&M::definition().kind, names))
            }
        }
    }

    /// How many there are. Where the server can evaluate the whole query, no object is read for it.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn count(self) -> Result<usize> {
        self.query.count().await
    }

    /// Whether there is one.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn exists(self) -> Result<bool> {
        self.query.exists().await
    }

    /// The keys of all of them.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn keys(self) -> Result<Vec<ObjectKey>> {
        let found = self.query.narrowed_to(&[]).all().await?;
        Ok(found.iter().map(ObjectKey::of).collect())
    }

    /// Page by page, as they come. The next page is asked for while this one is decoded.
    pub fn pages(self) -> impl Stream<Item = Result<Found<M>>> + Send + Unpin {
        let (cluster, includes) = (self.cluster().clone(), self.includes);
        let page = move |batch: raw::Batch<Result<M>>| {
            let (cluster, includes) = (cluster.clone(), includes.clone());
            async move {
                let mut found = Found::of(batch.items);
                found.load(&cluster, &includes).await?;
                Ok(found)
            }
        };
        self.query.pages_of().and_then(page).boxed()
    }

    /// One by one, as their pages come. An object that does not fit the model is an error after which the stream goes on.
    pub fn stream(self) -> impl Stream<Item = Result<M>> + Send + Unpin {
        let objects = |page: Result<raw::Batch<Result<M>>>| match page {
            Ok(batch) => batch.items,
            Err(error) => vec![Err(error)],
        };
        let pages = self.query.pages_of();
        pages.map(move |page| stream::iter(objects(page))).flatten()
    }

    /// What is there, and then what happens, without an end. Nothing is sent before the stream is polled.
    ///
    /// The watch goes on over lost connections; what was missed meanwhile is told as if it had been seen, deletions
    /// included. An object that does not fit the model is an error after which the stream goes on. Order and limit of the
    /// query do not count. Dropping the stream ends the watch.
    ///
    /// # Errors
    ///
    /// In the stream, as its last item: what the server refuses for good, such as a missing permission.
    pub fn watch(self) -> Watch<M> {
        Watch::new(&self.query)
    }
}
