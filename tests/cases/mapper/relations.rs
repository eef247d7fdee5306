//! Promise 4: relations are loaded in bulk, one list per kind, and never by reading an attribute.

use std::collections::BTreeMap;

use korm::prelude::*;
use korm::{Propagation, Related, RequestLog, ToMany, ToOne};
use korm_tests::{Case, Context, Outcome};

use super::requests::sent;

pub(crate) const CASES: &[Case] = korm_tests::cases![
    what_is_not_included_is_not_loaded,
    one_list_per_kind_for_the_whole_result,
    two_relations_to_one_kind_share_a_list,
    from_the_other_side,
    an_owner_is_set_and_its_children_go_with_it,
];

#[derive(Model, Clone, Debug)]
#[korm(
    group = "relations.korm.example",
    version = "v1",
    plural = "trees",
    namespaced
)]
struct Tree {
    meta: Meta,
    #[korm(spec)]
    selector: Option<BTreeMap<String, String>>,
    #[korm(has_many(field = "tree_name"))]
    named: ToMany<Fruit>,
    #[korm(has_many(owner))]
    owned: ToMany<Fruit>,
    #[korm(has_many(labels = "selector"))]
    selected: ToMany<Fruit>,
}

#[derive(Model, Clone, Debug)]
#[korm(
    group = "relations.korm.example",
    version = "v1",
    plural = "fruits",
    namespaced
)]
struct Fruit {
    meta: Meta,
    #[korm(spec)]
    tree_name: Option<String>,
    #[korm(label = "size")]
    size: Option<String>,
    #[korm(belongs_to(field = "tree_name"))]
    tree: ToOne<Tree>,
    #[korm(belongs_to(owner))]
    owner: ToOne<Tree>,
}

fn tree(context: &Context, name: &str) -> Tree {
    Tree {
        meta: Meta::named(name).in_namespace(context.namespace()),
        selector: Some([("size".to_owned(), "large".to_owned())].into()),
        named: Related::NotLoaded,
        owned: Related::NotLoaded,
        selected: Related::NotLoaded,
    }
}

fn fruit(context: &Context, name: &str, tree: &str) -> Fruit {
    Fruit {
        meta: Meta::named(name).in_namespace(context.namespace()),
        tree_name: Some(tree.to_owned()),
        size: None,
        tree: Related::NotLoaded,
        owner: Related::NotLoaded,
    }
}

/// Two trees; of six fruits each third names the second tree; two are large; one is owned.
async fn garden(context: &Context) -> korm::Result<(Cluster, RequestLog)> {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    cluster.install::<Tree>().await?;
    cluster.install::<Fruit>().await?;
    let mut trees = [tree(context, "old"), tree(context, "young")];
    for saved in cluster.save_all(&mut trees).await {
        saved?;
    }
    let mut fruits: Vec<Fruit> = (0..6)
        .map(|n| {
            fruit(
                context,
                &format!("f{n}"),
                if n % 3 == 2 { "young" } else { "old" },
            )
        })
        .collect();
    fruits[1].size = Some("large".into());
    fruits[4].size = Some("large".into());
    fruits[5].meta.set_owner(&trees[0]).unwrap();
    for saved in cluster.save_all(&mut fruits).await {
        saved?;
    }
    let (cluster, log) = cluster.recorded();
    Ok((cluster, log))
}

fn names<'a>(fruits: impl IntoIterator<Item = &'a std::sync::Arc<Fruit>>) -> String {
    let names: Vec<_> = fruits
        .into_iter()
        .map(|fruit| fruit.meta.name.clone())
        .collect();
    names.join(" ")
}

async fn what_is_not_included_is_not_loaded(context: Context) -> Outcome {
    let (cluster, log) = garden(&context).await?;
    let fruits = cluster
        .query::<Fruit>()
        .in_namespace(context.namespace())
        .all()
        .await?;
    assert!(fruits.iter().all(|fruit| !fruit.tree.is_loaded()));
    assert_eq!(sent(&context, &log), ["GET own/fruits?limit=500"]);
    Ok(())
}

async fn one_list_per_kind_for_the_whole_result(context: Context) -> Outcome {
    let (cluster, log) = garden(&context).await?;
    let query = cluster.query::<Fruit>().in_namespace(context.namespace());
    let fruits = query.include(Fruit::tree()).all().await?;
    assert_eq!(
        sent(&context, &log),
        ["GET own/fruits?limit=500", "GET own/trees?limit=500"]
    );
    for fruit in &fruits {
        let tree = fruit.tree.loaded().unwrap().as_ref().unwrap();
        assert_eq!(Some(&tree.meta.name), fruit.tree_name.as_ref());
    }
    // Nothing to point from: nothing is asked for.
    let none = cluster
        .query::<Fruit>()
        .in_namespace(context.namespace())
        .label_selector("size=tiny");
    assert!(none.include(Fruit::tree()).all().await?.is_empty());
    assert_eq!(
        sent(&context, &log),
        ["GET own/fruits?labelSelector=size%3Dtiny&limit=500"]
    );
    Ok(())
}

async fn two_relations_to_one_kind_share_a_list(context: Context) -> Outcome {
    let (cluster, log) = garden(&context).await?;
    let query = cluster.query::<Fruit>().in_namespace(context.namespace());
    let fruits = query
        .include(Fruit::tree())
        .include(Fruit::owner())
        .all()
        .await?;
    assert_eq!(
        sent(&context, &log),
        ["GET own/fruits?limit=500", "GET own/trees?limit=500"]
    );
    let owned: Vec<_> = fruits
        .iter()
        .filter_map(|fruit| {
            Some((
                fruit.meta.name.as_str(),
                fruit.owner.loaded()?.as_ref()?.meta.name.as_str(),
            ))
        })
        .collect();
    assert_eq!(owned, [("f5", "old")]);
    Ok(())
}

async fn from_the_other_side(context: Context) -> Outcome {
    let (cluster, log) = garden(&context).await?;
    let trees = cluster
        .query::<Tree>()
        .in_namespace(context.namespace())
        .include(Tree::named())
        .include(Tree::owned())
        .include(Tree::selected())
        .all()
        .await?;
    assert_eq!(
        sent(&context, &log),
        ["GET own/trees?limit=500", "GET own/fruits?limit=500"]
    );
    let of = |related: &ToMany<Fruit>| names(related.loaded().unwrap());
    assert_eq!(
        (of(&trees[0].named), of(&trees[1].named)),
        ("f0 f1 f3 f4".into(), "f2 f5".into())
    );
    assert_eq!(
        (of(&trees[0].owned), of(&trees[1].owned)),
        ("f5".into(), String::new())
    );
    assert_eq!(of(&trees[1].selected), "f1 f4");

    let mut one = [cluster.get::<Tree>((context.namespace(), "young")).await?];
    log.take();
    assert!(cluster.load(&mut one, Tree::named()).await?.is_empty());
    assert_eq!(of(&one[0].named), "f2 f5");
    assert_eq!(sent(&context, &log), ["GET own/fruits?limit=500"]);
    Ok(())
}

async fn an_owner_is_set_and_its_children_go_with_it(context: Context) -> Outcome {
    let (cluster, _) = garden(&context).await?;
    let old: Tree = cluster.get((context.namespace(), "old")).await?;
    let mut child: Fruit = cluster.get((context.namespace(), "f0")).await?;
    child.meta.set_owner(&old).unwrap();
    assert_eq!(
        cluster.save(&mut child).await?.fields,
        ["meta.ownerReferences"]
    );
    // An owner in another namespace cannot be.
    let mut elsewhere = old.clone();
    elsewhere.meta.namespace = Some("default".into());
    assert!(child.meta.set_owner(&elsewhere).is_err());

    cluster
        .delete(&old)
        .propagation(Propagation::Foreground)
        .await?;
    let wait = std::time::Duration::from_secs(60);
    cluster
        .wait::<Fruit>(&child.meta.key())
        .for_at_most(wait)
        .until_gone()
        .await?;
    cluster
        .wait::<Tree>(&old.meta.key())
        .for_at_most(wait)
        .until_gone()
        .await?;
    let left = cluster
        .query::<Fruit>()
        .in_namespace(context.namespace())
        .keys()
        .await?;
    assert_eq!(left.len(), 4, "f0 and f5 went with their owner");
    Ok(())
}
