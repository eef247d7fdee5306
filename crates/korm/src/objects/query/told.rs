//! What the span of a query tells: what was asked, and how much was read for it.

use korm_core::Expr;
use korm_core::plan::ListRequest;
use tracing::Span;
use tracing::field::{Empty, display as shown};

use super::{Batch, Query};

/// The span of one query, and what is counted for it. The counts are told when the query ends, or is dropped.
pub(crate) struct Told {
    span: Span,
    pages: usize,
    scanned: usize,
    returned: usize,
}

/// Fields have to be written down for each name of a span.
macro_rules! span {
    ($name:literal, $verb:literal, $query:expr, $lists:expr, $residual:expr) => {
        tracing::debug_span!(
            $name,
            verb = $verb,
            kind = %$query.objects.def.kind,
            namespaces = each($lists, |list| list.namespace.as_deref()),
            labels = each($lists, |list| list.label_selector.as_deref()),
            fields = each($lists, |list| list.field_selector.as_deref()),
            // Fields of Secrets, and those that the model calls secret, are named and their values are not.
            residual = $residual.map(|expr: &Expr| shown(expr.without_secrets(&$query.objects.def))),
            pages = Empty,
            scanned = Empty,
            returned = Empty,
        )
    };
}

impl Told {
    pub(crate) fn list(query: &Query, lists: &[ListRequest], residual: Option<&Expr>) -> Self {
        Self::new(span!("korm.list", "list", query, lists, residual))
    }

    pub(crate) fn count(query: &Query, lists: &[ListRequest], residual: Option<&Expr>) -> Self {
        Self::new(span!("korm.count", "count", query, lists, residual))
    }

    /// Of a watch, what is scanned are objects of lists and events, and what is returned are changes.
    pub(crate) fn watch(query: &Query, lists: &[ListRequest], residual: Option<&Expr>) -> Self {
        Self::new(span!("korm.watch", "watch", query, lists, residual))
    }

    fn new(span: Span) -> Self {
        Self {
            span,
            pages: 0,
            scanned: 0,
            returned: 0,
        }
    }

    /// What happens inside belongs to the query.
    pub(crate) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        self.span.in_scope(work)
    }

    pub(crate) fn page<T>(&mut self, batch: &Batch<T>) {
        self.add(batch.scanned, batch.items.len());
        self.pages += 1;
    }

    pub(crate) fn add(&mut self, scanned: usize, returned: usize) {
        self.scanned += scanned;
        self.returned += returned;
    }

    /// A page of which nothing is returned.
    pub(crate) fn page_of(&mut self, scanned: usize) {
        self.pages += 1;
        self.scanned += scanned;
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.span.record("pages", self.pages);
        self.span.record("scanned", self.scanned);
        self.span.record("returned", self.returned);
    }
}

/// What each of the requests has there, without repetitions.
fn each(lists: &[ListRequest], of: fn(&ListRequest) -> Option<&str>) -> String {
    let mut all: Vec<&str> = lists.iter().filter_map(of).collect();
    all.dedup();
    all.join(" | ")
}
