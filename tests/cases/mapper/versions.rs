//! Several served versions of one kind, fields and values that a program does not know.

use korm::Lenient;
use korm::prelude::*;
use korm_tests::{Case, Context, Outcome};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    one_object_in_two_versions,
    a_value_that_the_model_does_not_know_is_read_and_kept,
    a_plain_enum_reports_the_object_and_reads_the_others,
];

const GROUP: &str = "versions.korm.example";

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
enum Color {
    Red,
    Yellow,
}

/// As the program knows it that was built first.
#[derive(Model, Clone, Debug, PartialEq)]
#[korm(
    group = "versions.korm.example",
    version = "v1alpha1",
    kind = "Plum",
    plural = "plums",
    namespaced
)]
struct OldPlum {
    meta: Meta,
    #[korm(spec)]
    color: Option<Lenient<Color>>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[korm(
    group = "versions.korm.example",
    version = "v1",
    plural = "plums",
    namespaced
)]
struct Plum {
    meta: Meta,
    #[korm(spec)]
    color: Option<String>,
    #[korm(spec)]
    weight: Option<i64>,
}

/// As a program knows it that takes enums at their word.
#[derive(Model, Clone, Debug, PartialEq)]
#[korm(
    group = "versions.korm.example",
    version = "v1",
    kind = "Plum",
    plural = "plums",
    namespaced
)]
struct StrictPlum {
    meta: Meta,
    #[korm(spec)]
    color: Option<Color>,
}

/// Both versions are served; the newer one has a field and values that the older model does not know.
async fn plums(context: &Context) -> Result<Cluster, Box<dyn std::error::Error + Send + Sync>> {
    let schema = json!({"openAPIV3Schema": {"type": "object", "properties": {
        "spec": {"type": "object", "properties": {"color": {"type": "string"}, "weight": {"type": "integer"}}}}}});
    let version = |name: &str, storage: bool| json!({"name": name, "served": true, "storage": storage, "schema": schema});
    let definition = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("plums.{GROUP}")},
        "spec": {"group": GROUP, "scope": "Namespaced", "names": {"plural": "plums", "singular": "plum", "kind": "Plum"},
            "versions": [version("v1alpha1", false), version("v1", true)]}});
    let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    context.post(path, definition).await?;
    let cluster = Cluster::from_client(context.client(), "the case's server");
    // There already, or just made by another case.
    let served = format!(
        "/apis/{GROUP}/v1alpha1/namespaces/{}/plums?dryRun=All",
        context.namespace()
    );
    let probe = || json!({"apiVersion": format!("{GROUP}/v1alpha1"), "kind": "Plum", "metadata": {"name": "probe"}});
    for _ in 0..200 {
        if context.post(&served, probe()).await?.status == http::StatusCode::CREATED {
            return Ok(cluster);
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    Err("plums are not served".into())
}

fn plum(context: &Context, name: &str, color: &str) -> Plum {
    Plum {
        meta: Meta::named(name).in_namespace(context.namespace()),
        color: Some(color.into()),
        weight: Some(7),
    }
}

async fn one_object_in_two_versions(context: Context) -> Outcome {
    let cluster = plums(&context).await?;
    let mut new = plum(&context, "a", "Red");
    cluster.save(&mut new).await?;
    let mut old: OldPlum = cluster.get(new.meta.key()).await?;
    assert_eq!(old.meta.uid, new.meta.uid);
    old.color = Some(Color::Yellow.into());
    cluster.save(&mut old).await?;
    cluster.refresh(&mut new).await?;
    assert_eq!(
        (new.color.as_deref(), new.weight),
        (Some("Yellow"), Some(7)),
        "a field that the older model does not have survives"
    );
    for found in [
        cluster
            .query::<Plum>()
            .in_namespace(context.namespace())
            .count()
            .await?,
        cluster
            .query::<OldPlum>()
            .in_namespace(context.namespace())
            .count()
            .await?,
    ] {
        assert_eq!(found, 1);
    }
    // Asked for by name, the preferred version comes; one that is named is taken at its word.
    assert_eq!(
        cluster
            .kind("plums.versions.korm.example")
            .await?
            .definition()
            .version,
        "v1"
    );
    let named = cluster.kind("plums.v1alpha1.versions.korm.example").await?;
    assert_eq!(named.definition().version, "v1alpha1");
    let read = named.get(&new.meta.key()).await?;
    assert_eq!(read["apiVersion"], "versions.korm.example/v1alpha1");
    Ok(())
}

async fn a_value_that_the_model_does_not_know_is_read_and_kept(context: Context) -> Outcome {
    let cluster = plums(&context).await?;
    let mut new = plum(&context, "a", "Turquoise");
    cluster.save(&mut new).await?;
    let found = cluster
        .query::<OldPlum>()
        .in_namespace(context.namespace())
        .all()
        .await?;
    assert!(found.faults().is_empty());
    let mut old = found.into_vec().remove(0);
    let unknown = Lenient::Unknown(Value::from("Turquoise"));
    assert_eq!(old.color, Some(unknown));
    // Saving something else leaves it as it is.
    old.meta.labels.insert("seen", "yes");
    cluster.save(&mut old).await?;
    cluster.refresh(&mut new).await?;
    assert_eq!(new.color.as_deref(), Some("Turquoise"));
    let red = cluster
        .query::<OldPlum>()
        .in_namespace(context.namespace())
        .filter(OldPlum::color().eq(Color::Red));
    assert_eq!(red.count().await?, 0);
    Ok(())
}

async fn a_plain_enum_reports_the_object_and_reads_the_others(context: Context) -> Outcome {
    let cluster = plums(&context).await?;
    for (name, color) in [("a", "Red"), ("b", "Turquoise"), ("c", "Yellow")] {
        cluster.save(&mut plum(&context, name, color)).await?;
    }
    let found = cluster
        .query::<StrictPlum>()
        .in_namespace(context.namespace())
        .all()
        .await?;
    let names: Vec<_> = found.iter().map(|plum| plum.meta.name.as_str()).collect();
    assert_eq!(names, ["a", "c"]);
    let fault = found.faults()[0].as_undecodable().unwrap();
    assert_eq!(
        (fault.object().name.as_str(), fault.path()),
        ("b", "spec.color")
    );
    Ok(())
}
