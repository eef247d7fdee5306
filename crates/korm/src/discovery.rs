//! Kinds that are known only at run time, by asking the cluster.

use korm_core::ModelDef;
use serde::Deserialize;

use crate::error::Error;
use crate::transport::Request;
use crate::{Cluster, Definition, Objects, Result};

/// Aggregated discovery (KEP-3352): everything in two answers.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

#[derive(Deserialize)]
struct Groups {
    #[serde(default)]
    items: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    metadata: GroupMeta,
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Default, Deserialize)]
struct GroupMeta {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Version {
    version: String,
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    resource: String,
    response_kind: Option<ResponseKind>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    singular_resource: String,
    #[serde(default)]
    short_names: Vec<String>,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    subresources: Vec<Subresource>,
}

#[derive(Deserialize)]
struct ResponseKind {
    kind: String,
}

#[derive(Deserialize)]
struct Subresource {
    subresource: String,
}

impl Cluster {
    /// Every kind that the cluster serves, in each version, in the order of preference: Kubernetes' core kinds first, and
    /// of each group the preferred version first. Their models carry whole objects.
    ///
    /// # Errors
    ///
    /// Those of the two requests.
    #[tracing::instrument(name = "korm.kinds", level = "debug", skip_all, fields(verb = "kinds"))]
    pub async fn kinds(&self) -> Result<Vec<Definition>> {
        let cluster = self.begun();
        let mut kinds = Vec::new();
        for path in ["/api", "/apis"] {
            for group in cluster.groups(path).await?.items {
                for version in &group.versions {
                    let named = version
                        .resources
                        .iter()
                        .filter(|resource| resource.response_kind.is_some());
                    kinds
                        .extend(named.map(|resource| definition(&group, version, resource).into()));
                }
            }
        }
        Ok(kinds)
    }

    /// The objects of a kind known only by a name: its plural, singular, kind or short name, as kubectl takes it;
    /// `plural.group` or `plural.version.group` where several groups have one of that name.
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> korm::Result<()> {
    /// # let cluster = korm::Cluster::embedded().await?;
    /// let namespaces = cluster.kind("ns").await?;
    /// assert_eq!(namespaces.definition().kind, "Namespace");
    /// let default = namespaces.get(&"default".into()).await?;
    /// assert_eq!(default["status"]["phase"], "Active");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_usage`](Error::is_usage) if the cluster serves no such kind; those of the requests.
    pub async fn kind(&self, name: &str) -> Result<Objects> {
        let kinds = self.kinds().await?;
        let found = kinds.into_iter().find(|def| goes_by(def, name));
        let def = found.ok_or_else(|| {
            Error::usage(
                format!("the cluster at {} serves no kind called `{name}`", self.address()),
                Some("`kubectl api-resources` lists the kinds; a custom one may not be installed yet"),
            )
        })?;
        Ok(self.objects(def))
    }

    async fn groups(&self, path: &str) -> Result<Groups> {
        // What discovery itself is about, for messages.
        let about = ModelDef::new("", "v1", "APIGroupDiscovery", "kinds")
            .native()
            .cluster_scoped();
        let objects = self.objects(about);
        let subject = objects.subject("listing", None);
        let answer = objects
            .send(&Request::get(path).accept(AGGREGATED), &subject)
            .await?;
        if !answer.is_success() {
            return Err(subject.refused(&answer));
        }
        serde_json::from_slice(&answer.body).map_err(|error| {
            let place = crate::objects::place(&error);
            Error::usage(
                format!("the cluster's answer to {path} is no list of kinds ({place})"),
                Some("korm needs Kubernetes 1.33 or newer"),
            )
        })
    }
}

fn definition(group: &Group, version: &Version, resource: &Resource) -> ModelDef {
    let kind = resource
        .response_kind
        .as_ref()
        .map_or("", |kind| &kind.kind);
    let mut def = ModelDef::new(
        &group.metadata.name,
        &version.version,
        kind,
        &resource.resource,
    )
    .native()
    .whole();
    if resource.scope == "Cluster" {
        def = def.cluster_scoped();
    }
    if !resource.singular_resource.is_empty() {
        def = def.singular(&resource.singular_resource);
    }
    def.short_names.clone_from(&resource.short_names);
    def.categories.clone_from(&resource.categories);
    def.status_subresource = resource
        .subresources
        .iter()
        .any(|sub| sub.subresource == "status");
    def
}

fn goes_by(def: &ModelDef, name: &str) -> bool {
    let lower = name.to_lowercase();
    let plain = [&def.plural, &def.singular]
        .into_iter()
        .chain(&def.short_names)
        .any(|own| *own == lower);
    plain
        || def.kind == name
        || lower == format!("{}.{}", def.plural, def.group)
        || lower == format!("{}.{}.{}", def.plural, def.version, def.group)
}
