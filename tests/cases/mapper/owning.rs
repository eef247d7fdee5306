//! Owners, names and selectors: exactly the requests that load them, and what is checked when they are saved.

use korm::prelude::*;
use korm::{Propagation, Related, RequestLog, ToMany, ToOne};
use korm_tests::{Case, Context, Outcome};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::requests::sent;

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_selector_in_the_object_finds_its_objects,
    names_in_a_list_find_each_of_them,
    a_loaded_owner_is_written_on_save_and_checked,
    a_deletion_says_what_becomes_of_the_children,
];

/// As `LabelSelector` of meta/v1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
struct Selector {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    match_labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    match_expressions: Vec<Requirement>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Requirement {
    key: String,
    operator: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
}

#[derive(Model, Clone, Debug)]
#[korm(
    group = "owning.korm.example",
    version = "v1",
    plural = "baskets",
    namespaced
)]
struct Basket {
    meta: Meta,
    #[korm(spec)]
    selector: Option<Selector>,
    #[korm(spec)]
    picked: Vec<String>,
    #[korm(has_many(selector = "selector"))]
    selected: ToMany<Pear>,
    #[korm(belongs_to(field = "picked"))]
    by_name: ToMany<Pear>,
    #[korm(has_many(owner))]
    owned: ToMany<Pear>,
}

#[derive(Model, Clone, Debug)]
#[korm(
    group = "owning.korm.example",
    version = "v1",
    plural = "pears",
    namespaced
)]
struct Pear {
    meta: Meta,
    #[korm(label = "size")]
    size: Option<String>,
    #[korm(belongs_to(owner))]
    basket: ToOne<Basket>,
}

fn basket(context: &Context, name: &str) -> Basket {
    Basket {
        meta: Meta::named(name).in_namespace(context.namespace()),
        selector: None,
        picked: Vec::new(),
        selected: Related::NotLoaded,
        by_name: Related::NotLoaded,
        owned: Related::NotLoaded,
    }
}

fn pear(context: &Context, name: &str, size: Option<&str>) -> Pear {
    Pear {
        meta: Meta::named(name).in_namespace(context.namespace()),
        size: size.map(str::to_owned),
        basket: Related::NotLoaded,
    }
}

/// Four pears of three sizes.
async fn pears(context: &Context) -> korm::Result<(Cluster, RequestLog)> {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    cluster.install::<Basket>().await?;
    cluster.install::<Pear>().await?;
    let sizes = [Some("large"), Some("small"), Some("tiny"), None];
    let mut pears: Vec<Pear> = (0..)
        .zip(sizes)
        .map(|(n, size)| pear(context, &format!("p{n}"), size))
        .collect();
    for saved in cluster.save_all(&mut pears).await {
        saved?;
    }
    Ok(cluster.recorded())
}

fn names(pears: &ToMany<Pear>) -> String {
    let names: Vec<_> = pears
        .loaded()
        .unwrap()
        .iter()
        .map(|pear| pear.meta.name.as_str())
        .collect();
    names.join(" ")
}

async fn a_selector_in_the_object_finds_its_objects(context: Context) -> Outcome {
    let (cluster, log) = pears(&context).await?;
    let requirement = |operator: &str, values: &[&str]| Requirement {
        key: "size".into(),
        operator: operator.into(),
        values: values.iter().map(ToString::to_string).collect(),
    };
    let mut some = basket(&context, "some");
    some.selector = Some(Selector {
        match_expressions: vec![
            requirement("In", &["large", "small"]),
            requirement("Exists", &[]),
        ],
        ..Selector::default()
    });
    let mut others = basket(&context, "others");
    others.selector = Some(Selector {
        match_expressions: vec![requirement("NotIn", &["large", "small"])],
        ..Selector::default()
    });
    let mut none = basket(&context, "none");
    for basket in [&mut some, &mut others, &mut none] {
        cluster.save(basket).await?;
    }
    log.take();
    // Of one object, the selector is asked of the server.
    let mut one = [some];
    cluster.load(&mut one, Basket::selected()).await?;
    assert_eq!(names(&one[0].selected), "p0 p1");
    assert_eq!(
        sent(&context, &log),
        ["GET own/pears?labelSelector=size+in+%28large%2Csmall%29%2Csize&limit=500"]
    );
    // Of several, one list serves them all.
    let baskets = cluster
        .query::<Basket>()
        .in_namespace(context.namespace())
        .include(Basket::selected())
        .all()
        .await?;
    let found: Vec<_> = baskets
        .iter()
        .map(|basket| format!("{}: {}", basket.meta.name, names(&basket.selected)))
        .collect();
    assert_eq!(found, ["none: ", "others: p2 p3", "some: p0 p1"]);
    assert_eq!(
        sent(&context, &log),
        ["GET own/baskets?limit=500", "GET own/pears?limit=500"]
    );
    Ok(())
}

async fn names_in_a_list_find_each_of_them(context: Context) -> Outcome {
    let (cluster, log) = pears(&context).await?;
    let mut full = basket(&context, "full");
    full.picked = vec!["p3".into(), "gone".into(), "p1".into()];
    let mut empty = basket(&context, "empty");
    cluster.save(&mut full).await?;
    cluster.save(&mut empty).await?;
    log.take();
    let baskets = cluster
        .query::<Basket>()
        .in_namespace(context.namespace())
        .include(Basket::by_name())
        .all()
        .await?;
    assert_eq!(
        (names(&baskets[0].by_name), names(&baskets[1].by_name)),
        (String::new(), "p1 p3".into())
    );
    assert_eq!(
        sent(&context, &log),
        ["GET own/baskets?limit=500", "GET own/pears?limit=500"]
    );
    // Nothing points anywhere: nothing is asked for.
    let mut one = [empty];
    cluster.load(&mut one, Basket::by_name()).await?;
    assert!(one[0].by_name.is_loaded() && log.take().is_empty());
    Ok(())
}

async fn a_loaded_owner_is_written_on_save_and_checked(context: Context) -> Outcome {
    let (cluster, log) = pears(&context).await?;
    let mut owner = basket(&context, "owner");
    let mut pear: Pear = cluster.get((context.namespace(), "p0")).await?;

    // An owner that is not stored has no uid to be named by.
    pear.basket = Related::Loaded(Some(Arc::new(owner.clone())));
    let error = cluster.save(&mut pear).await.unwrap_err();
    assert!(error.is_invalid(), "{error}");
    assert!(
        error
            .to_string()
            .contains("metadata.ownerReferences: Basket ")
            && error
                .to_string()
                .contains("it is not stored yet; save it first"),
        "{error}"
    );

    cluster.save(&mut owner).await?;
    // An owner has to live in the same namespace.
    let mut elsewhere = owner.clone();
    elsewhere.meta.namespace = Some("default".into());
    pear.basket = Related::Loaded(Some(Arc::new(elsewhere)));
    log.take();
    let error = cluster.save(&mut pear).await.unwrap_err();
    assert!(error.is_invalid(), "{error}");
    assert!(
        error
            .to_string()
            .contains("an owner is in the same namespace or cluster-scoped"),
        "{error}"
    );
    assert!(log.take().is_empty(), "nothing is sent");

    pear.basket = Related::Loaded(Some(Arc::new(owner.clone())));
    cluster.save(&mut pear).await?;
    assert_eq!(
        sent(&context, &log),
        ["PATCH own/pears/p0?fieldManager=korm&fieldValidation=Strict"]
    );
    assert_eq!(
        pear.meta.owner_references[0].uid,
        owner.meta.uid.clone().unwrap()
    );
    let mut owners = [owner];
    cluster.load(&mut owners, Basket::owned()).await?;
    assert_eq!(names(&owners[0].owned), "p0");
    assert_eq!(sent(&context, &log), ["GET own/pears?limit=500"]);
    Ok(())
}

async fn a_deletion_says_what_becomes_of_the_children(context: Context) -> Outcome {
    let (cluster, log) = pears(&context).await?;
    let mut owner = basket(&context, "owner");
    cluster.save(&mut owner).await?;
    let uid = owner.meta.uid.clone().unwrap();
    let expect = |policy: &str, sentence: &str| {
        let (namespace, policy) = (
            context.namespace(),
            match policy {
                "" => String::new(),
                policy => format!("\"propagationPolicy\":\"{policy}\","),
            },
        );
        format!(
            "DELETE /apis/owning.korm.example/v1/namespaces/{namespace}/baskets/owner\n\
             {{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",{policy}\"preconditions\":{{\"uid\":\"{uid}\"}}}}\n\
             {sentence}\n"
        )
    };
    log.take();
    let background =
        "then the objects that name it as their only owner are deleted, in the background";
    assert_eq!(
        cluster.delete(&owner).explain()?,
        expect(
            "",
            &format!("{background} (the default of nearly every kind)")
        )
    );
    assert_eq!(
        cluster
            .delete(&owner)
            .propagation(Propagation::Background)
            .explain()?,
        expect("Background", background)
    );
    let orphan = cluster.delete(&owner).propagation(Propagation::Orphan);
    assert_eq!(
        orphan.explain()?,
        expect(
            "Orphan",
            "the objects that name it as an owner stay, and their references to it are removed"
        )
    );
    assert!(log.take().is_empty(), "explaining sends nothing");

    // And so it happens.
    let mut child: Pear = cluster.get((context.namespace(), "p0")).await?;
    child.basket = Related::Loaded(Some(Arc::new(owner.clone())));
    cluster.save(&mut child).await?;
    let explained = cluster.delete(&owner).explain()?;
    log.take();
    cluster.delete(&owner).await?;
    let request = log.take().remove(0);
    assert_eq!(
        explained.lines().take(2).collect::<Vec<_>>(),
        [
            format!("{} {}", request.method, request.path_and_query),
            request.body
        ]
    );
    cluster
        .wait::<Pear>(child.meta.key())
        .for_at_most(std::time::Duration::from_secs(60))
        .until_gone()
        .await?;
    Ok(())
}
