//! Saving what is inside of fields: lists that are sets or maps, maps with strange keys, paths below absent parents.

use std::collections::{BTreeMap, BTreeSet};

use korm::prelude::*;
use korm_tests::{Case, Context, Outcome};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    two_writers_share_a_set,
    two_writers_share_a_list_of_named_things,
    an_atomic_list_is_one_value,
    keys_may_have_slashes_and_tildes,
    a_path_below_absent_parents_is_made_with_them,
];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Branch {
    name: String,
    length: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leaves: Option<i64>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[korm(
    group = "shapes.korm.example",
    version = "v1",
    plural = "shrubs",
    namespaced
)]
struct Shrub {
    meta: Meta,
    #[korm(spec, list_set)]
    tags: BTreeSet<String>,
    #[korm(spec, list_map("name"))]
    branches: Vec<Branch>,
    #[korm(spec)]
    rings: Vec<i64>,
    #[korm(spec)]
    notes: BTreeMap<String, String>,
    #[korm(spec, path = "soil.depth.centimetres")]
    depth: Option<i64>,
    #[korm(spec, rename = "botanicalName")]
    latin: Option<String>,
}

fn branch(name: &str, length: i64) -> Branch {
    Branch {
        name: name.into(),
        length,
        leaves: None,
    }
}

/// A stored shrub, and a copy that somebody else read.
async fn two(context: &Context) -> korm::Result<(Cluster, Shrub, Shrub)> {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    cluster.install::<Shrub>().await?;
    let mut mine = Shrub {
        meta: Meta::named("a").in_namespace(context.namespace()),
        tags: ["green".into(), "old".into()].into(),
        branches: vec![branch("left", 1), branch("right", 2)],
        rings: vec![1, 2],
        notes: BTreeMap::new(),
        depth: None,
        latin: None,
    };
    cluster.save(&mut mine).await?;
    let theirs = cluster.get(mine.meta.key()).await?;
    Ok((cluster, mine, theirs))
}

async fn two_writers_share_a_set(context: Context) -> Outcome {
    let (cluster, mut mine, mut theirs) = two(&context).await?;
    theirs.tags.insert("tall".into());
    theirs.tags.remove("old");
    cluster.save(&mut theirs).await?;
    mine.tags.insert("wet".into());
    cluster.save(&mut mine).await?;
    let tags: Vec<_> = mine.tags.iter().map(String::as_str).collect();
    assert_eq!(tags, ["green", "tall", "wet"]);
    Ok(())
}

async fn two_writers_share_a_list_of_named_things(context: Context) -> Outcome {
    let (cluster, mut mine, mut theirs) = two(&context).await?;
    theirs.branches.insert(0, branch("top", 3));
    theirs.branches[1].length = 9;
    cluster.save(&mut theirs).await?;
    // The same element, another member of it; and one that is gone.
    mine.branches[0].leaves = Some(40);
    mine.branches.remove(1);
    cluster.save(&mut mine).await?;
    let of = |name: &str| mine.branches.iter().find(|branch| branch.name == name);
    assert_eq!(
        of("left").map(|left| (left.length, left.leaves)),
        Some((9, Some(40)))
    );
    assert!(of("top").is_some() && of("right").is_none(), "{mine:?}");

    // The same member of the same element is a conflict.
    theirs = cluster.get(mine.meta.key()).await?;
    let at = |shrub: &Shrub| {
        shrub
            .branches
            .iter()
            .position(|branch| branch.name == "left")
    };
    let (here, there) = (at(&mine).unwrap(), at(&theirs).unwrap());
    theirs.branches[there].length = 10;
    cluster.save(&mut theirs).await?;
    mine.branches[here].length = 11;
    let error = cluster.save(&mut mine).await.unwrap_err();
    let field = &error.as_conflict().unwrap().fields()[0];
    assert_eq!(
        (&field.theirs, &field.mine),
        (&Some(json!(10)), &Some(json!(11)))
    );
    Ok(())
}

async fn an_atomic_list_is_one_value(context: Context) -> Outcome {
    let (cluster, mut mine, mut theirs) = two(&context).await?;
    theirs.rings.push(3);
    cluster.save(&mut theirs).await?;
    mine.rings.insert(0, 0);
    let error = cluster.save(&mut mine).await.unwrap_err();
    let field = &error.as_conflict().unwrap().fields()[0];
    assert_eq!(field.path, "spec.rings");
    assert_eq!(field.theirs, Some(json!([1, 2, 3])));
    Ok(())
}

async fn keys_may_have_slashes_and_tildes(context: Context) -> Outcome {
    let (cluster, mut mine, mut theirs) = two(&context).await?;
    theirs.notes.insert("a~1b".into(), "tilde".into());
    cluster.save(&mut theirs).await?;
    mine.notes.insert("a/b".into(), "slash".into());
    mine.notes.insert("~".into(), "alone".into());
    mine.notes.insert(String::new(), "empty".into());
    cluster.save(&mut mine).await?;
    let keys: Vec<_> = mine.notes.keys().map(String::as_str).collect();
    assert_eq!(keys, ["", "a/b", "a~1b", "~"]);
    mine.notes.remove("a/b");
    *mine.notes.get_mut("~").unwrap() = "changed".into();
    cluster.save(&mut mine).await?;
    let read: Shrub = cluster.get(mine.meta.key()).await?;
    assert_eq!(read, mine);
    assert_eq!(read.notes.len(), 3);
    Ok(())
}

async fn a_path_below_absent_parents_is_made_with_them(context: Context) -> Outcome {
    let (cluster, mut mine, _) = two(&context).await?;
    mine.depth = Some(30);
    mine.latin = Some("Prunus".into());
    assert_eq!(cluster.save(&mut mine).await?.fields, ["latin", "depth"]);
    let raw: Value = cluster
        .objects(<Shrub as korm::Model>::definition())
        .get(&mine.meta.key())
        .await?;
    assert_eq!(raw["spec"]["soil"], json!({"depth": {"centimetres": 30}}));
    assert_eq!(raw["spec"]["botanicalName"], "Prunus");
    mine.depth = None;
    cluster.save(&mut mine).await?;
    let read: Shrub = cluster.get(mine.meta.key()).await?;
    assert_eq!((read.depth, read.latin.as_deref()), (None, Some("Prunus")));
    Ok(())
}
