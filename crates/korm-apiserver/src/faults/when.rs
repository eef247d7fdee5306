//! Which requests a rule is about.

use std::fmt;
use std::sync::Arc;

use http::{Method, Uri};

use crate::watch_request::is_watch;

type Test = Arc<dyn Fn(&Method, &Uri) -> bool + Send + Sync>;

/// Which requests a rule is about: those that meet every condition.
///
/// ```
/// use http::Method;
/// use korm_apiserver::faults::When;
///
/// let saves_of_peaches = When::method(Method::PATCH).path_contains("/peaches/");
/// let second_pages = When::reads().query_contains("continue=");
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct When {
    tests: Vec<Test>,
}

impl fmt::Debug for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "When({} conditions)", self.tests.len())
    }
}

impl When {
    /// Every request.
    pub fn any() -> Self {
        Self::default()
    }

    /// Requests of this method.
    pub fn method(method: Method) -> Self {
        Self::any().and(move |asked, _| *asked == method)
    }

    /// Watches.
    pub fn watches() -> Self {
        Self::method(Method::GET).and(|_, uri| is_watch(uri.query()))
    }

    /// Reads that are no watch: of one object, of a list, of discovery documents.
    pub fn reads() -> Self {
        Self::method(Method::GET).and(|_, uri| !is_watch(uri.query()))
    }

    /// Whatever is not a `GET`.
    pub fn writes() -> Self {
        Self::any().and(|method, _| *method != Method::GET)
    }

    /// And this is the path, without the query.
    pub fn path(self, path: impl Into<String>) -> Self {
        let path = path.into();
        self.and(move |_, uri| uri.path() == path)
    }

    /// And the path has this part.
    pub fn path_contains(self, part: impl Into<String>) -> Self {
        let part = part.into();
        self.and(move |_, uri| uri.path().contains(&part))
    }

    /// And the query, as it is sent, has this part.
    pub fn query_contains(self, part: impl Into<String>) -> Self {
        let part = part.into();
        self.and(move |_, uri| uri.query().is_some_and(|query| query.contains(&part)))
    }

    /// And this says yes.
    pub fn and(mut self, test: impl Fn(&Method, &Uri) -> bool + Send + Sync + 'static) -> Self {
        self.tests.push(Arc::new(test));
        self
    }

    /// Whether it is about this request.
    pub(super) fn holds(&self, method: &Method, uri: &Uri) -> bool {
        self.tests.iter().all(|test| test(method, uri))
    }
}
