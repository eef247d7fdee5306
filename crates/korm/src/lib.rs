//! An object mapper for Kubernetes: a struct is a kind, an instance is an object in the cluster, and a change on either
//! side reaches the other.
//!
//! ```
//! use korm::prelude::*;
//!
//! #[derive(Model, Clone, Debug, PartialEq)]
//! #[korm(group = "pykorm.infomaniak.com", version = "v1", plural = "peaches", namespaced)]
//! struct Peach {
//!     meta: Meta,
//!     #[korm(spec, column(name = "Variety", description = "The variety of the peach"))]
//!     variety: String,
//!     #[korm(spec, default = 1)]
//!     price: i64,
//!     #[korm(label = "orchard")]
//!     orchard: Option<String>,
//!     #[korm(status)]
//!     ripe: Option<bool>,
//! }
//!
//! #[tokio::main]
//! async fn main() -> korm::Result<()> {
//!     let cluster = Cluster::embedded().await?; // or Cluster::connect(): kubeconfig or in-cluster
//!     cluster.install::<Peach>().await?;
//!
//!     let mut peach = Peach {
//!         meta: Meta::named("cake-peach").in_namespace("default"),
//!         variety: "Frost".into(),
//!         price: 1,
//!         orchard: Some("north".into()),
//!         ripe: None,
//!     };
//!     cluster.save(&mut peach).await?; // creates it
//!     peach.price = 3;
//!     cluster.save(&mut peach).await?; // one request, only spec.price
//!
//!     let dear = Peach::variety().eq("Frost").and(Peach::price().gt(2));
//!     for peach in cluster.query::<Peach>().filter(dear).all().await? {
//!         println!("{peach:?}");
//!     }
//!     cluster.delete(&peach).await?;
//!     Ok(())
//! }
//! ```
//!
//! # A guided tour
//!
//! Every program here is a test; those that follow go on with the `Peach` of the first.
//!
//! ## Clusters
//!
//! [`Cluster::connect`] finds its configuration as kubectl does: `KUBECONFIG`, `~/.kube/config`, or the service account of
//! a pod. [`Connect`] chooses a file or a context, [`Cluster::from_client`] takes a [`kube::Client`] that is there already,
//! and `Cluster::embedded` (feature `embedded`) brings a Kubernetes API server of its own, in this process, in
//! milliseconds.
//!
//! A [`Cluster`] is a cheap handle. Handles derived from it behave differently: [`with_timeout`](Cluster::with_timeout),
//! [`with_field_manager`](Cluster::with_field_manager), [`dry_run`](Cluster::dry_run),
//! [`refuse_residual`](Cluster::refuse_residual), [`recorded`](Cluster::recorded).
//!
//! ## Saving is a compare-and-set of exactly the fields you changed
//!
//! Somebody else's change to another field neither conflicts nor gets lost. A real conflict names each field with its
//! value as read, theirs and yours. If nothing changed, nothing is sent.
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! let mut mine: Peach = cluster.get(("default", "cake-peach")).await?;
//! let mut theirs = mine.clone();
//!
//! theirs.orchard = Some("south".into());
//! cluster.save(&mut theirs).await?;
//! mine.price = 3;
//! cluster.save(&mut mine).await?; // another field: no conflict
//! assert_eq!(mine.orchard.as_deref(), Some("south"));
//!
//! theirs.price = 9;
//! let error = cluster.save(&mut theirs).await.unwrap_err();
//! let conflict = &error.as_conflict().expect("both changed the price").fields()[0];
//! assert_eq!(conflict.to_string(), "spec.price (read: 1, now: 3, yours: 9)");
//! assert!(cluster.save(&mut mine).await?.nothing());
//! # Ok(()) }
//! ```
//!
//! [`Cluster::update`] reads, changes and saves, and does it again when somebody else was faster:
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! let peach = cluster.update(("default", "cake-peach"), |peach: &mut Peach| peach.price += 1).await?;
//! assert_eq!(peach.price, 2);
//! # Ok(()) }
//! ```
//!
//! ## A write is done, rejected, or unknown
//!
//! A request is repeated only where that is safe, so a retry after a lost answer never makes a second object and never
//! conflicts with itself: names that the server would make up (`generateName`) are made up here, changes test the old
//! values, deletions name the uid. Where nobody can tell what became of a write, the error says so:
//! [`Error::outcome`] is [`Outcome::Unknown`].
//!
//! ## Asking
//!
//! Any field can be asked for with any operator. What the server can evaluate is sent to it: namespace, name, labels, and
//! fields that are `selectable`. The rest is evaluated here, page by page. [`Query::explain`] shows which is which before
//! anything is sent:
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! let query = cluster
//!     .query::<Peach>()
//!     .in_namespace("default")
//!     .filter(Peach::orchard().eq("north").and(Peach::price().lt(5)))
//!     .order_by_desc(Peach::price());
//! assert_eq!(
//!     query.explain()?,
//!     "GET /apis/pykorm.infomaniak.com/v1/namespaces/default/peaches?labelSelector=orchard%3Dnorth&limit=500\n\
//!      then keep where spec.price < 5\n",
//! );
//! assert_eq!(query.clone().count().await?, 1);
//! let peach = query.one().await?;
//! assert_eq!(peach.variety, "Frost");
//! # Ok(()) }
//! ```
//!
//! Results can be read at once ([`all`](Query::all)), page by page ([`pages`](Query::pages)) or one by one
//! ([`stream`](Query::stream)). An object that does not fit the model never hides the others: see [`Found::faults`].
//!
//! ## Following
//!
//! A watch tells what is there, and then what happens, over lost connections and lost history:
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! let mut events = cluster.query::<Peach>().watch();
//! assert!(matches!(events.try_next().await?, Some(Event::Added(peach)) if peach.variety == "Frost"));
//! assert!(matches!(events.try_next().await?, Some(Event::Synced)));
//! cluster.delete_by_key::<Peach>(("default", "cake-peach")).await?;
//! assert!(matches!(events.try_next().await?, Some(Event::Deleted(_))));
//! # Ok(()) }
//! ```
//!
//! [`Cluster::wait`] waits on a watch until an object exists, is gone, has a condition, or satisfies a predicate:
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! # let ripen = async {
//! #     let mut peach: Peach = cluster.get(("default", "cake-peach")).await?;
//! #     peach.ripe = Some(true);
//! #     cluster.save(&mut peach).await
//! # };
//! let ripe = cluster.wait::<Peach>(("default", "cake-peach")).until(Peach::ripe().eq(true));
//! # let (ripe, ripened) = tokio::join!(ripe, ripen);
//! # ripened?;
//! # let ripe = std::future::ready(ripe);
//! assert_eq!(ripe.await?.ripe, Some(true));
//! # Ok(()) }
//! ```
//!
//! ## Many at once
//!
//! Some at a time, one outcome for each, in order; that one is refused does not keep the others from being written.
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! let mut peaches: Vec<Peach> = (0..100).map(|n| peach(&format!("peach-{n}"))).collect();
//! peaches[7].meta.name = "No Name".into();
//! let outcomes = cluster.save_all(&mut peaches).concurrency(8).await;
//! assert_eq!(outcomes.iter().filter(|outcome| outcome.is_err()).count(), 1);
//!
//! let cheap = cluster.query::<Peach>().filter(Peach::price().lt(2));
//! assert_eq!(cheap.clone().update(|peach: &mut Peach| peach.price = 2).await?.len(), 100);
//! assert!(!cheap.exists().await?);
//! # Ok(()) }
//! ```
//!
//! ## Server-side apply
//!
//! [`Cluster::apply`] says what fields should be, and owns them. Another manager's fields are a conflict that names it:
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! let shop = cluster.with_field_manager("shop");
//! let mut peach = peach("pie-peach");
//! shop.apply(&mut peach).await?;
//!
//! let market = cluster.with_field_manager("market");
//! peach.price = 4;
//! let error = market.apply(&mut peach).await.unwrap_err();
//! assert_eq!(error.as_apply_conflict().expect("the shop owns it").fields()[0].field, ".spec.price");
//! market.apply(&mut peach).force().await?;
//! # Ok(()) }
//! ```
//!
//! ## Kubernetes' own kinds
//!
//! Any type of `k8s-openapi` is a model as it is. A struct of one's own maps just the fields one wants:
//!
//! ```
//! use korm::prelude::*;
//! use k8s_openapi::api::core::v1::ConfigMap;
//!
//! #[derive(Model, Clone, Debug)]
//! #[korm(native = "apps/v1/Deployment")]
//! struct Deployment {
//!     meta: Meta,
//!     #[korm(spec)]
//!     replicas: Option<i32>,
//! }
//!
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! let cluster = Cluster::embedded().await?;
//! let mut map = ConfigMap::default();
//! map.metadata.name = Some("settings".into());
//! map.metadata.namespace = Some("default".into());
//! cluster.save(&mut map).await?;
//! map.data = Some([("colour".to_owned(), "peach".to_owned())].into());
//! cluster.save(&mut map).await?;
//! assert_eq!(cluster.query::<ConfigMap>().in_namespace("default").all().await?.len(), 1);
//! assert_eq!(cluster.query::<Deployment>().count().await?, 0);
//! # Ok(()) }
//! ```
//!
//! ## Beyond types
//!
//! [`Cluster::objects`] works on a description made at run time and on JSON; [`Clusters`] asks several clusters at once;
//! [`Cluster::with_request_hook`], [`Cluster::with_audit`] and [`Cluster::with_layer`] see every request; every operation
//! has a [`tracing`] span; and [`Cluster::client`] is the [`kube::Client`] for everything else.
//!
//! ## When something is wrong
//!
//! [`Error`] says what happened, to which object and field, and what to do next. See the [`error`] module.

mod chance;
mod cluster;
mod clusters;
mod definition;
mod discovery;
pub mod error;
mod object_ref;
pub mod objects;
mod outcome;
pub mod prelude;
#[cfg(test)]
mod schedules;
mod status;
mod transport;
mod typed;
mod wire;

pub use cluster::{Cluster, Connect, Connection};
pub use clusters::{Answers, Clusters};
pub use definition::Definition;
pub use error::{Error, ErrorKind, Result};
pub use object_ref::ObjectRef;
pub use objects::query::{Consistency, Direction, Order};
pub use objects::{
    Belonging, DeleteOptions, Deletion, Endpoint, Goal, Installed, Objects, Ownership, Propagation,
    Saved,
};
pub use outcome::Outcome;

/// Faults on purpose, for tests: put `Faults::layer` around a cluster with [`Cluster::with_layer`].
#[cfg(feature = "embedded")]
pub use korm_apiserver::faults;
pub use status::{Status, StatusCause, StatusDetails};
pub use transport::{Exchange, LoggedRequest, Refusal, RequestLog};
pub use typed::{
    Apply, Delete, Event, Found, Many, OutcomeOf, Progress, Query, Validate, Wait, Watch,
};

#[cfg(feature = "derive")]
#[doc = include_str!("model.md")]
pub use korm_derive::Model;

pub use jiff::Timestamp;
pub use korm_core::{
    Column, Compare, DecodeError, DefinitionError, EncodeError, Expr, Fault, FieldDef, FieldPath,
    Identity, Lenient, Meta, Model, ModelDef, ObjectKey, Op, OwnerReference, Predicate, Rule,
    Scale, Scope, Snapshot, crd,
    expr::{Field, FieldType, MetaFields, Operand, TextField},
    native,
    relate::{Link, Related, RelatedTo, Relation, ToMany, ToOne, set_owners},
    validate,
};

/// What the expansion of `#[derive(Model)]` names; not for programs.
#[doc(hidden)]
pub mod __private {
    pub use korm_core::derive::*;
}

/// The README's programs are compiled and run.
#[cfg(all(doctest, feature = "embedded", feature = "derive"))]
#[doc = include_str!("../../../README.md")]
mod readme {}
