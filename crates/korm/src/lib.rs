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
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # use std::time::Duration;
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! let hasty = cluster.with_timeout(Duration::from_secs(5)); // each call with all its requests, retries and waits
//! let strict = cluster.refuse_residual();
//! assert!(strict.query::<Peach>().filter(Peach::price().gt(2)).all().await.unwrap_err().is_residual_refused());
//!
//! let mut peach: Peach = hasty.get(("default", "cake-peach")).await?;
//! peach.price = 7;
//! cluster.dry_run().save(&mut peach).await?; // checked by the server in full, and not stored
//! assert_eq!(cluster.get::<Peach>(peach.meta.key()).await?.price, 1);
//! # Ok(()) }
//! ```
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
//! Fields of the status go to the status subresource, and the number of replicas to the scale subresource where the model
//! says so. A save that touches several of them says in its outcome what was written; where one is refused,
//! [`Error::written`] has those before it.
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! use korm::Endpoint;
//!
//! let mut peach: Peach = cluster.get(("default", "cake-peach")).await?;
//! peach.price = 5;
//! peach.ripe = Some(true);
//! let saved = cluster.save(&mut peach).await?;
//! assert_eq!(saved.fields, ["price", "ripe"]);
//! assert_eq!(saved.endpoints, [Endpoint::Object, Endpoint::Status]);
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
//! [`Cluster::create`] only creates, [`Cluster::get_or_create`] does as its name says. A name may be made up:
//! `Meta::generated("peach-")`. Finalizers are added and removed whatever happens to the others meanwhile. And what a
//! server would say of an object, [`validate`](Validate::validate) says before it is sent, in the same words:
//!
//! ```
//! # use korm::prelude::*;
//! #[derive(Model, Clone, Debug)]
//! #[korm(group = "example.com", version = "v1", plural = "crates", namespaced)]
//! #[korm(rule("self.spec.fill <= self.spec.size", message = "more than fits in"))]
//! struct Crate {
//!     meta: Meta,
//!     #[korm(spec, min = 1)]
//!     size: i64,
//!     #[korm(spec, default = 0)]
//!     fill: i64,
//! }
//!
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! let cluster = Cluster::embedded().await?;
//! cluster.install::<Crate>().await?;
//! let mut full = Crate { meta: Meta::generated("crate-").in_namespace("default"), size: 2, fill: 3 };
//! let (here, there) = (full.validate().unwrap_err(), cluster.save(&mut full).await.unwrap_err());
//! assert_eq!(here.as_invalid().unwrap().violations(), there.as_invalid().unwrap().violations());
//!
//! full.fill = 2;
//! assert!(cluster.get_or_create(&mut full).await?);
//! cluster.add_finalizer(&mut full, "example.com/emptied").await?;
//! assert!(matches!(cluster.delete(&full).await?, korm::Deletion::Pending { .. }));
//! cluster.remove_finalizer(&mut full, "example.com/emptied").await?;
//! cluster.wait::<Crate>(full.meta.key()).until_gone().await?;
//! # Ok(()) }
//! ```
//!
//! ## Deleting
//!
//! [`Cluster::delete`] takes the very object that was read, and not another one that has its name since.
//! [`explain`](Delete::explain) says what will be sent and what becomes of dependents:
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! use korm::Propagation;
//!
//! let peach: Peach = cluster.get(("default", "cake-peach")).await?;
//! let delete = cluster
//!     .delete(&peach)
//!     .if_unchanged() // not if anybody changed anything since it was read
//!     .propagation(Propagation::Foreground);
//! assert!(delete.explain()?.starts_with("DELETE /apis/pykorm.infomaniak.com/v1/namespaces/default/peaches/cake-peach\n"));
//! delete.until_gone().await?; // after its finalizers and its grace period
//! assert!(cluster.find::<Peach>(peach.meta.key()).await?.is_none());
//! assert!(cluster.delete(&peach).await.unwrap_err().is_not_found());
//! # Ok(()) }
//! ```
//!
//! ## A write is done, rejected, or unknown
//!
//! A request is repeated only where that is safe, so a retry after a lost answer never makes a second object and never
//! conflicts with itself: names that the server would make up (`generateName`) are made up here, changes test the old
//! values, deletions name the uid. Where nobody can tell what became of a write, the error says so:
//! [`Error::outcome`] is [`Outcome::Unknown`]. (One thing cannot be seen from here: that somebody deleted a new object
//! before the lost answer was made up for. It is then created again.)
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! use http::Method;
//! use korm_apiserver::faults::{Fault, Faults, When};
//!
//! # let cluster = orchard().await?;
//! let faults = Faults::new();
//! let shaky = cluster.with_layer(&faults.layer());
//! let mut peach = peach("pie-peach");
//! faults.on(When::method(Method::POST)).inject(Fault::lose_answer());
//! assert!(shaky.save(&mut peach).await?.created); // it was sent twice, and there is one
//!
//! peach.price = 2;
//! faults.on(When::method(Method::PATCH)).times(9).inject(Fault::lose_answer());
//! assert!(!shaky.save(&mut peach).await?.nothing()); // no answer ever came; the object itself says that it is saved
//! # Ok(()) }
//! ```
//!
//! Every call ends with its time, 60 seconds unless [`with_timeout`](Cluster::with_timeout) says otherwise, with all its
//! requests, retries and waits; a server that asks to come back later than that is not waited for. A call may be dropped at
//! any await: no task, connection or turn is left behind. What was sent by then may have been carried out.
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! use std::time::Duration;
//! use korm_apiserver::faults::{Fault, Faults, When};
//!
//! # let cluster = orchard().await?;
//! let faults = Faults::new();
//! faults.on(When::any()).always().inject(Fault::hang());
//! let silent = cluster.with_layer(&faults.layer()).with_timeout(Duration::from_millis(100));
//! assert!(silent.get::<Peach>(("default", "cake-peach")).await.unwrap_err().is_deadline_exceeded());
//! let error = silent.save(&mut peach("pie-peach")).await.unwrap_err();
//! assert!(error.is_outcome_unknown()); // it was sent, and nobody answered
//! # Ok(()) }
//! ```
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
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! # let mut more: Vec<Peach> = (0..5).map(|n| Peach { price: n, ..peach(&format!("peach-{n}")) }).collect();
//! # cluster.save_all(&mut more).await;
//! let peaches = || cluster.query::<Peach>().in_namespaces(["default", "kube-public"]);
//! let dearest = peaches().order_by_desc(Peach::price()).order_by(Peach::meta().name()).first().await?;
//! assert_eq!(dearest.unwrap().price, 4);
//! assert_eq!(peaches().distinct(Peach::variety()).await?, ["Frost"]);
//! assert_eq!(peaches().filter(Peach::price().le(1)).counts_by(Peach::price()).await?, [(0, 1), (1, 2)]);
//! assert!(peaches().filter(Peach::price().gt(2)).one().await.unwrap_err().is_many_found());
//!
//! assert_eq!(peaches().limit(2).values_of(Peach::meta().name()).await?.len(), 2); // asks for metadata alone
//!
//! let mut pages = peaches().page_size(2).pages(); // the next one is on its way while this one is looked at
//! while let Some(page) = pages.try_next().await? {
//!     assert!(page.len() <= 2 && page.faults().is_empty());
//! }
//! # Ok(()) }
//! ```
//!
//! Selectors can be given as Kubernetes writes them, beside the filter; and how recent the answer has to be:
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! use korm::Consistency;
//!
//! let query = cluster.query::<Peach>().label_selector("orchard in (north, east),!sold").filter(Peach::price().le(1));
//! let before = query.clone().one().await?.meta.resource_version.unwrap_or_default();
//! cluster.delete_by_key::<Peach>(("default", "cake-peach")).await?;
//! assert!(!query.clone().exists().await?); // everything that was written before is seen, unless told otherwise
//! assert!(query.consistency(Consistency::Exact(before)).exists().await?);
//! # Ok(()) }
//! ```
//!
//! A list that takes so long that the server forgets where it was is read once more, in one piece. Where its first pages
//! were given away already, it ends with an error ([`is_expired`](Error::is_expired)): never with a gap, and never with an
//! object twice.
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
//! It fails early [`unless`](Wait::unless) something does not happen, and ends with its time:
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! use std::time::Duration;
//!
//! let wait = || cluster.wait::<Peach>(("default", "cake-peach"));
//! let late = wait().for_at_most(Duration::from_millis(50)).until_condition("Ripe").await;
//! assert!(late.unwrap_err().is_deadline_exceeded());
//! let vain = wait().unless(Peach::variety().eq("Frost")).until_gone().await;
//! assert!(vain.unwrap_err().is_wait_failed());
//! # Ok(()) }
//! ```
//!
//! ## Relations
//!
//! Objects belong together by an owner, by a name in a field, or by a label selector. What is
//! [`include`](Query::include)d is loaded with one list for each kind, for the whole result; what is not is
//! [`Related::NotLoaded`], and never a hidden request:
//!
//! ```
//! use korm::prelude::*;
//! use korm::{Related, ToMany, ToOne};
//!
//! #[derive(Model, Clone, Debug)]
//! #[korm(group = "example.com", version = "v1", plural = "trees", namespaced)]
//! struct Tree {
//!     meta: Meta,
//!     #[korm(has_many(owner))]
//!     fruits: ToMany<Fruit>,
//! }
//!
//! #[derive(Model, Clone, Debug)]
//! #[korm(group = "example.com", version = "v1", plural = "fruits", namespaced)]
//! struct Fruit {
//!     meta: Meta,
//!     #[korm(belongs_to(owner))]
//!     tree: ToOne<Tree>,
//! }
//!
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! let cluster = Cluster::embedded().await?;
//! cluster.install::<Tree>().await?;
//! cluster.install::<Fruit>().await?;
//! let mut tree = Tree { meta: Meta::named("old").in_namespace("default"), fruits: Related::NotLoaded };
//! cluster.save(&mut tree).await?;
//! for name in ["a", "b"] {
//!     let owner = Related::Loaded(Some(tree.clone().into()));
//!     let mut fruit = Fruit { meta: Meta::named(name).in_namespace("default"), tree: owner };
//!     cluster.save(&mut fruit).await?; // writes the ownerReference
//! }
//!
//! let (cluster, log) = cluster.recorded();
//! let trees = cluster.query::<Tree>().include(Tree::fruits()).all().await?;
//! assert_eq!(trees[0].fruits.loaded().unwrap().len(), 2);
//! assert_eq!(log.take().len(), 2); // one list of trees, one of fruits
//! assert!(!cluster.query::<Tree>().one().await?.fruits.is_loaded());
//!
//! // Deleting says what becomes of them, and does it.
//! let deletion = cluster.delete(&tree).explain()?;
//! assert!(deletion.contains("the objects that name it as their only owner are deleted"));
//! cluster.delete(&tree).await?;
//! cluster.wait::<Fruit>(("default", "a")).until_gone().await?;
//! # Ok(()) }
//! ```
//!
//! The other side may be a kind of Kubernetes' own, named by a field:
//!
//! ```
//! use korm::prelude::*;
//! use korm::{Related, ToOne};
//! use k8s_openapi::api::core::v1::Secret;
//!
//! #[derive(Model, Clone, Debug)]
//! #[korm(group = "example.com", version = "v1", plural = "mailers", namespaced)]
//! struct Mailer {
//!     meta: Meta,
//!     #[korm(spec)]
//!     secret_name: String,
//!     #[korm(belongs_to(field = "secret_name"))]
//!     secret: ToOne<Secret>,
//! }
//!
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = Cluster::embedded().await?;
//! # cluster.install::<Mailer>().await?;
//! let meta = Meta::named("a").in_namespace("default");
//! let mut mailers = [Mailer { meta, secret_name: "smtp".into(), secret: Related::NotLoaded }];
//! cluster.save(&mut mailers[0]).await?;
//! cluster.load(&mut mailers, Mailer::secret()).await?; // for objects that are there already
//! assert!(matches!(mailers[0].secret, Related::Loaded(None))); // nobody has made it yet
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
//! let outcomes = cluster
//!     .save_all(&mut peaches)
//!     .concurrency(8)
//!     .on_progress(|progress| eprint!("\r{} of {}", progress.finished, progress.total))
//!     .await;
//! assert_eq!(outcomes.iter().filter(|outcome| outcome.is_err()).count(), 1);
//!
//! let cheap = cluster.query::<Peach>().filter(Peach::price().lt(2));
//! assert_eq!(cheap.clone().update(|peach| peach.price = 2).concurrency(4).await?.len(), 100);
//! assert!(!cheap.exists().await?);
//! for (key, outcome) in cluster.query::<Peach>().filter(Peach::price().eq(2)).delete().await? {
//!     outcome.unwrap_or_else(|error| panic!("{key} stays: {error}"));
//! }
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
//! assert_eq!(market.owned_fields::<Peach>(peach.meta.key()).await?, ["metadata.labels[orchard]", "spec.price", "spec.variety"]);
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
//! ## Versions, and what a program does not know
//!
//! A model is of one version; a kind that is served in several can have a model for each. Fields that a model does not map
//! survive every save. A value that it does not know makes an object one that does not fit, reported beside the others, unless
//! the field says that it may be anything: [`Lenient`].
//!
//! ```
//! use korm::prelude::*;
//! use korm::Lenient;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
//! enum Color { Red, Yellow }
//!
//! #[derive(Model, Clone, Debug)]
//! #[korm(group = "example.com", version = "v1", plural = "plums", namespaced)]
//! struct Plum {
//!     meta: Meta,
//!     #[korm(spec)]
//!     color: Lenient<Color>,
//! }
//!
//! let plum = serde_json::json!({"metadata": {"name": "a"}, "spec": {"color": "Turquoise"}});
//! let plum = Plum::decode(plum).unwrap();
//! assert_eq!(plum.color.known(), None);
//! assert_eq!(plum.encode().unwrap()["spec"]["color"], "Turquoise");
//! # let _ = (Color::Red, Color::Yellow);
//! ```
//!
//! ## Beyond types
//!
//! A kind that is known only at run time is found by its plural, singular, kind or short name; [`Cluster::objects`] works on a
//! description made at run time. Both speak JSON:
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! let peaches = cluster.kind("peaches").await?;
//! let found = peaches.query().namespaces(["default"]).all().await?;
//! let mut dearer = found[0].clone();
//! dearer["spec"]["price"] = 8.into();
//! let saved = peaches.save_over(&found[0], dearer).await?.expect("the price is another one");
//! assert_eq!(saved.saved.fields, ["spec.price"]);
//! let meta = serde_json::json!({"generateName": "pie-", "namespace": "default"});
//! peaches.add(serde_json::json!({"metadata": meta, "spec": {"variety": "Frost"}})).await?;
//! assert_eq!(peaches.query().count().await?, 2);
//! # Ok(()) }
//! ```
//!
//! [`Clusters`] asks several clusters at once; each object knows where it came from, and each failure is reported apart. A
//! hook sees every request, [changes](Cluster::with_request_hook) or refuses it, or [writes it down](Cluster::with_audit); a
//! tower layer does [anything else](Cluster::with_layer):
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! use korm::Refusal;
//!
//! let tenant = cluster.with_request_hook(|request| {
//!     request.headers.insert("x-tenant", http::HeaderValue::from_static("orchard"));
//!     match request.method == http::Method::GET {
//!         true => Ok(()),
//!         false => Err(Refusal::new("this tenant may only read")),
//!     }
//! });
//! assert_eq!(tenant.query::<Peach>().count().await?, 1);
//! let error = tenant.save(&mut peach("pie-peach")).await.unwrap_err();
//! assert!(error.to_string().ends_with("this tenant may only read"));
//! # Ok(()) }
//! ```
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let (cluster, elsewhere) = (orchard().await?, Cluster::embedded().await?);
//! use korm::Clusters;
//! use tower::util::MapRequestLayer;
//!
//! let traced = cluster.with_layer(&MapRequestLayer::new(|mut request: http::Request<_>| {
//!     request.headers_mut().insert("x-trace", http::HeaderValue::from_static("7"));
//!     request
//! }));
//! let clusters = Clusters::new().with("here", traced).with("elsewhere", elsewhere);
//! let answers = clusters.query(|cluster| cluster.query::<Peach>().filter(Peach::price().ge(1))).await;
//! for (cluster, peach) in answers.objects() {
//!     assert_eq!((cluster, peach.meta.name.as_str()), ("here", "cake-peach"));
//! }
//! for (cluster, error) in answers.failures() {
//!     assert!(cluster == "elsewhere" && error.is_not_installed());
//! }
//! # assert_eq!((answers.objects().count(), answers.failures().count()), (1, 1));
//! # Ok(()) }
//! ```
//!
//! Every operation has a span of [`tracing`] at the level of debugging, `korm.save`, `korm.list` and so on, with the verb and the
//! kind; with the object; or with namespaces, selectors, what is evaluated here, and how many pages and objects were read and
//! returned. Requests are events at the level of tracing. Neither has contents of Secrets or of fields that are marked so.
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! # let file = tempfile::NamedTempFile::new().unwrap();
//! use tracing::instrument::WithSubscriber;
//! use tracing_subscriber::fmt::format::FmtSpan;
//!
//! let subscriber = tracing_subscriber::fmt()
//!     .with_max_level(tracing::Level::DEBUG)
//!     .with_span_events(FmtSpan::CLOSE) // a line for each operation, when it has ended
//! #   .with_writer(std::sync::Arc::new(file.reopen().unwrap()))
//!     .finish();
//! let dear = cluster.query::<Peach>().filter(Peach::price().gt(2));
//! dear.all().with_subscriber(subscriber).await?; // or, for the whole program, `init()` in place of `finish()`
//!
//! # let lines = std::fs::read_to_string(file.path()).unwrap();
//! let told = r#"korm.list{verb="list" kind=Peach namespaces="" labels="" fields="" residual=spec.price > 2 pages=1 scanned=1 returned=0}"#;
//! assert!(lines.contains(told), "{lines}");
//! # Ok(()) }
//! ```
//!
//! [`Cluster::client`] is the [`kube::Client`] for everything else.
//!
//! ## When something is wrong
//!
//! [`Error`] says what happened, to which object and field, and what to do next. See the [`error`] module.
//!
//! ```
#![doc = include_str!("tour/peach.rs.txt")]
//! # #[tokio::main] async fn main() -> korm::Result<()> {
//! # let cluster = orchard().await?;
//! use korm::{ErrorKind, Outcome};
//!
//! let error = cluster.create(&mut peach("cake-peach")).await.unwrap_err();
//! assert_eq!((error.kind(), error.outcome()), (ErrorKind::AlreadyExists, Outcome::Rejected));
//! assert_eq!(
//!     error.to_string(),
//!     "Peach default/cake-peach already exists\n  \
//!      hint: to change it, read it first (`get`) and save what you read, or use `apply`"
//! );
//! # Ok(()) }
//! ```

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
    Apply, ApplyAll, Delete, Event, Found, Many, ManyFound, OutcomeOf, Progress, Query, Validate,
    Wait, Watch,
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
