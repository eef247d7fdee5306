//! Relations to Kubernetes' own kinds, to kinds without a namespace, and across namespaces: the exact requests.

use std::sync::Arc;

use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use korm::prelude::*;
use korm::{Propagation, Related, RequestLog, ToMany, ToOne};
use korm_tests::{Case, Context, Outcome};

use super::requests::sent;

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_secret_by_its_name_in_a_field,
    an_owner_without_a_namespace_owns_in_every_namespace,
    an_owner_in_a_namespace_cannot_own_outside_of_it,
    objects_of_several_namespaces_are_one_list,
    a_native_kind_that_names_ours_is_found,
    each_page_loads_its_own,
    foreground_waits_for_the_children,
];

#[derive(Model, Clone, Debug)]
#[korm(
    group = "belonging.korm.example",
    version = "v1",
    plural = "wells",
    namespaced
)]
struct Well {
    meta: Meta,
    #[korm(spec)]
    secret_name: Option<String>,
    #[korm(belongs_to(field = "secret_name"))]
    secret: ToOne<Secret>,
    #[korm(belongs_to(owner))]
    region: ToOne<Region>,
    #[korm(has_many(path = "data.well"))]
    notes: ToMany<ConfigMap>,
}

#[derive(Model, Clone, Debug)]
#[korm(
    group = "belonging.korm.example",
    version = "v1",
    plural = "regions",
    cluster
)]
struct Region {
    meta: Meta,
    #[korm(spec)]
    climate: Option<String>,
    #[korm(has_many(owner))]
    wells: ToMany<Well>,
    #[korm(belongs_to(owner))]
    within: ToOne<Well>,
}

fn well(context: &Context, name: &str) -> Well {
    Well {
        meta: Meta::named(name).in_namespace(context.namespace()),
        secret_name: None,
        secret: Related::NotLoaded,
        region: Related::NotLoaded,
        notes: Related::NotLoaded,
    }
}

fn region(context: &Context) -> Region {
    Region {
        meta: Meta::named(context.unique("region")),
        climate: None,
        wells: Related::NotLoaded,
        within: Related::NotLoaded,
    }
}

async fn wells(context: &Context) -> korm::Result<(Cluster, RequestLog)> {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    cluster.install::<Region>().await?;
    cluster.install::<Well>().await?;
    Ok(cluster.recorded())
}

async fn a_secret_by_its_name_in_a_field(context: Context) -> Outcome {
    let (cluster, log) = wells(&context).await?;
    let mut secret = Secret::default();
    secret.metadata.name = Some("key".into());
    secret.metadata.namespace = Some(context.namespace().into());
    secret.string_data = Some([("pin".to_owned(), "1234".to_owned())].into());
    cluster.save(&mut secret).await?;
    for (name, secret_name) in [("a", Some("key")), ("b", Some("lost")), ("c", None)] {
        let mut well = well(&context, name);
        well.secret_name = secret_name.map(str::to_owned);
        cluster.save(&mut well).await?;
    }
    log.take();
    let query = cluster.query::<Well>().in_namespace(context.namespace());
    let found = query.include(Well::secret()).all().await?;
    let names: Vec<_> = found
        .iter()
        .map(|well| {
            well.secret
                .loaded()
                .unwrap()
                .as_ref()
                .and_then(|secret| secret.metadata.name.clone())
        })
        .collect();
    assert_eq!(names, [Some("key".to_owned()), None, None]);
    assert_eq!(
        sent(&context, &log),
        ["GET own/wells?limit=500", "GET own/secrets?limit=500"]
    );
    // One alone is asked for by its name.
    let mut one = [cluster.get::<Well>((context.namespace(), "a")).await?];
    log.take();
    cluster.load(&mut one, Well::secret()).await?;
    assert!(one[0].secret.loaded().unwrap().is_some());
    assert_eq!(
        sent(&context, &log),
        ["GET own/secrets?fieldSelector=metadata.name%3Dkey&limit=500"]
    );
    Ok(())
}

async fn an_owner_without_a_namespace_owns_in_every_namespace(context: Context) -> Outcome {
    let (cluster, log) = wells(&context).await?;
    let mut region = region(&context);
    cluster.save(&mut region).await?;
    let mut owned = well(&context, "owned");
    owned.region = Related::Loaded(Some(Arc::new(region.clone())));
    cluster.save(&mut owned).await?;
    assert_eq!(owned.meta.owner_references[0].name, region.meta.name);
    cluster.save(&mut well(&context, "free")).await?;
    log.take();
    let mut regions = [region];
    cluster.load(&mut regions, Region::wells()).await?;
    let names: Vec<_> = regions[0]
        .wells
        .loaded()
        .unwrap()
        .iter()
        .map(|well| well.meta.name.as_str())
        .collect();
    assert_eq!(names, ["owned"]);
    assert_eq!(sent(&context, &log), ["GET wells?limit=500"]);
    let query = cluster.query::<Well>().in_namespace(context.namespace());
    let found = query.include(Well::region()).all().await?;
    let of = |at: usize| found[at].region.loaded().unwrap().is_some();
    assert_eq!((of(0), of(1)), (false, true));
    // It goes with its owner.
    cluster.delete(&regions[0]).await?;
    let patience = std::time::Duration::from_secs(60);
    let wait = cluster.wait::<Well>(owned.meta.key());
    wait.for_at_most(patience).until_gone().await?;
    Ok(())
}

async fn an_owner_in_a_namespace_cannot_own_outside_of_it(context: Context) -> Outcome {
    let (cluster, log) = wells(&context).await?;
    let mut owner = well(&context, "owner");
    cluster.save(&mut owner).await?;
    let mut region = region(&context);
    region.within = Related::Loaded(Some(Arc::new(owner)));
    log.take();
    let error = cluster.save(&mut region).await.unwrap_err();
    assert!(error.is_invalid(), "{error}");
    assert!(
        error
            .to_string()
            .contains("cannot own an object in the cluster"),
        "{error}"
    );
    assert!(log.take().is_empty());
    Ok(())
}

async fn objects_of_several_namespaces_are_one_list(context: Context) -> Outcome {
    let (cluster, log) = wells(&context).await?;
    let mut named = well(&context, "named");
    named.secret_name = Some("key".into());
    cluster.save(&mut named).await?;
    let mut elsewhere = well(&context, &context.unique("well"));
    elsewhere.meta.namespace = Some("default".into());
    elsewhere.secret_name = Some("key".into());
    cluster.save(&mut elsewhere).await?;
    let mut secret = Secret::default();
    secret.metadata.name = Some("key".into());
    secret.metadata.namespace = Some(context.namespace().into());
    cluster.save(&mut secret).await?;
    log.take();
    let mut both = [named, elsewhere.clone()];
    cluster.load(&mut both, Well::secret()).await?;
    let lists = sent(&context, &log);
    assert!(
        lists.len() == 1 && lists.iter().all(|list| list.contains("secrets?")),
        "{lists:?}"
    );
    // Names count in their own namespace only.
    let of = |at: usize| both[at].secret.loaded().unwrap().is_some();
    assert_eq!((of(0), of(1)), (true, false));
    cluster.delete(&elsewhere).await?;
    Ok(())
}

async fn a_native_kind_that_names_ours_is_found(context: Context) -> Outcome {
    let (cluster, log) = wells(&context).await?;
    cluster.save(&mut well(&context, "deep")).await?;
    cluster.save(&mut well(&context, "dry")).await?;
    for (name, of) in [("n1", "deep"), ("n2", "other"), ("n3", "deep")] {
        let mut note = ConfigMap::default();
        note.metadata.name = Some(name.into());
        note.metadata.namespace = Some(context.namespace().into());
        note.data = Some([("well".to_owned(), of.to_owned())].into());
        cluster.save(&mut note).await?;
    }
    log.take();
    let query = cluster.query::<Well>().in_namespace(context.namespace());
    let found = query.include(Well::notes()).all().await?;
    let notes = |at: usize| {
        let notes = found[at].notes.loaded().unwrap();
        notes
            .iter()
            .filter_map(|note| note.metadata.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (notes(0), notes(1)),
        (vec!["n1".to_owned(), "n3".into()], vec![])
    );
    assert_eq!(
        sent(&context, &log),
        ["GET own/wells?limit=500", "GET own/configmaps?limit=500"]
    );
    Ok(())
}

async fn each_page_loads_its_own(context: Context) -> Outcome {
    let (cluster, log) = wells(&context).await?;
    for n in 0..3 {
        let mut well = well(&context, &format!("w{n}"));
        well.secret_name = Some(format!("key-{n}"));
        cluster.save(&mut well).await?;
    }
    log.take();
    let query = cluster.query::<Well>().in_namespace(context.namespace());
    let mut pages = query.page_size(2).include(Well::secret()).pages();
    while let Some(page) = pages.try_next().await? {
        assert!(page.iter().all(|well| well.secret.is_loaded()));
    }
    let mut kinds: Vec<_> = sent(&context, &log)
        .into_iter()
        .map(|line| line.split('?').next().unwrap_or_default().to_owned())
        .collect();
    kinds.sort();
    assert_eq!(
        kinds,
        [
            "GET own/secrets",
            "GET own/secrets",
            "GET own/wells",
            "GET own/wells"
        ]
    );
    Ok(())
}

/// The owner stays until those are gone that block its deletion, and says that it will.
async fn foreground_waits_for_the_children(context: Context) -> Outcome {
    let (cluster, _) = wells(&context).await?;
    let mut region = region(&context);
    cluster.save(&mut region).await?;
    let mut child = well(&context, "child");
    let owner = korm::OwnerReference::to(&region)?
        .controlling()
        .blocking_deletion();
    child.meta.owner_references.push(owner);
    child.meta = child.meta.finalizer("korm.example/hold");
    cluster.save(&mut child).await?;
    let delete = cluster.delete(&region).propagation(Propagation::Foreground);
    assert!(
        delete
            .explain()?
            .contains("it stays, marked as deleted, until the objects")
    );
    assert!(matches!(delete.await?, korm::Deletion::Pending { .. }));
    let patience = std::time::Duration::from_secs(60);
    let marked = korm::Expr::test(
        korm::FieldPath::metadata("deletionTimestamp"),
        korm::Op::Exists,
    );
    let wait = cluster.wait::<Well>(child.meta.key()).for_at_most(patience);
    wait.until(marked).await?;
    assert!(
        cluster.find::<Region>(region.meta.key()).await?.is_some(),
        "it waits"
    );
    cluster
        .remove_finalizer(&mut child, "korm.example/hold")
        .await?;
    let wait = cluster
        .wait::<Region>(region.meta.key())
        .for_at_most(patience);
    wait.until_gone().await?;
    Ok(())
}
