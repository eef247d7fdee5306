//! One query over several clusters.

use std::fmt;

use futures::future::join_all;
use korm_core::Model;

use crate::{Cluster, Error, Found, Query, Result};

/// Several clusters with a name each, asked in parallel.
///
/// ```
/// use k8s_openapi::api::core::v1::Namespace;
/// use korm::{Cluster, Clusters};
///
/// # #[tokio::main] async fn main() -> korm::Result<()> {
/// # let nobody = kube::Config::new("http://127.0.0.1:9".parse().unwrap());
/// let clusters = Clusters::new()
///     .with("north", Cluster::embedded().await?) // or Cluster::connect_to("north"), a context
///     .with("south", Cluster::from_config(nobody)?);
/// let answers = clusters.query(|cluster| cluster.query::<Namespace>()).await;
/// for (cluster, namespace) in answers.objects() {
///     println!("{cluster}: {}", namespace.metadata.name.as_deref().unwrap_or_default());
/// }
/// for (cluster, error) in answers.failures() {
///     println!("{cluster} failed: {error}"); // south failed: no cluster is reachable at ...
/// }
/// # assert_eq!((answers.objects().count(), answers.failures().count()), (4, 1));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    clusters: Vec<(String, Cluster)>,
}

impl Clusters {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// And this one, under this name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, cluster: Cluster) -> Self {
        self.clusters.push((name.into(), cluster));
        self
    }

    /// The cluster of that name.
    pub fn get(&self, name: &str) -> Option<&Cluster> {
        self.clusters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, cluster)| cluster)
    }

    /// The names and clusters, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Cluster)> {
        self.clusters
            .iter()
            .map(|(name, cluster)| (name.as_str(), cluster))
    }

    /// Runs a query on each of them at the same time. That one fails does not keep the others from answering.
    pub async fn query<M: Model>(&self, query: impl Fn(&Cluster) -> Query<M>) -> Answers<M> {
        let asked = self.clusters.iter().map(|(name, cluster)| {
            let query = query(cluster);
            async move { (name.clone(), query.all().await) }
        });
        Answers {
            answers: join_all(asked).await,
        }
    }
}

/// The answer of each of several clusters, in their order.
pub struct Answers<M> {
    answers: Vec<(String, Result<Found<M>>)>,
}

impl<M> Answers<M> {
    /// Every object with the name of the cluster it came from.
    pub fn objects(&self) -> impl Iterator<Item = (&str, &M)> {
        self.answers.iter().flat_map(|(name, answer)| {
            answer
                .iter()
                .flat_map(|found| found.iter())
                .map(move |object| (name.as_str(), object))
        })
    }

    /// The clusters that did not answer, and why.
    pub fn failures(&self) -> impl Iterator<Item = (&str, &Error)> {
        self.answers
            .iter()
            .filter_map(|(name, answer)| Some((name.as_str(), answer.as_ref().err()?)))
    }

    /// The answer of each cluster.
    pub fn into_inner(self) -> Vec<(String, Result<Found<M>>)> {
        self.answers
    }
}

impl<M> fmt::Debug for Answers<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.answers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Answers")
            .field("clusters", &names)
            .finish_non_exhaustive()
    }
}
