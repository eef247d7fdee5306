//! Kinds that are known only at run time, by asking the cluster.

mod instead;
mod names;

use http::StatusCode;
use korm_core::ModelDef;
use serde::Deserialize;

use crate::error::Error;
use crate::transport::Request;
use crate::{Cluster, Definition, Objects, Result};

/// Where discovery has the core group, and where all others.
const CORE: &str = "/api";
const GROUPS: &str = "/apis";

/// Aggregated discovery (KEP-3352): everything in two answers.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

#[derive(Deserialize)]
struct Groups {
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
    /// Those of the two requests; [`is_unreachable`](Error::is_unreachable) if what answers is no Kubernetes API,
    /// [`is_bad_answer`](Error::is_bad_answer) if it is one whose discovery has another form.
    #[tracing::instrument(name = "korm.kinds", level = "debug", skip_all, fields(verb = "kinds"))]
    pub async fn kinds(&self) -> Result<Vec<Definition>> {
        let cluster = self.begun();
        let mut kinds = cluster.kinds_below(CORE).await?;
        kinds.extend(cluster.kinds_below(GROUPS).await?);
        Ok(kinds.into_iter().map(Definition::from).collect())
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
    /// [`is_usage`](Error::is_usage) if the cluster serves no such kind: the error names the nearest one. Those of the
    /// requests.
    pub async fn kind(&self, name: &str) -> Result<Objects> {
        let kinds = self.kinds().await?;
        match kinds.iter().find(|def| names::goes_by(def, name)) {
            Some(def) => Ok(self.objects(def.clone())),
            None => Err(self.no_such_kind(name, &kinds)),
        }
    }

    fn no_such_kind(&self, name: &str, kinds: &[Definition]) -> Error {
        let meant = names::nearest(name, kinds.iter().map(|kind| &**kind));
        let meant = meant.map(|(near, def)| {
            let (kind, api_version) = (&def.kind, def.api_version());
            format!("; did you mean `{near}` ({kind}, apiVersion {api_version})?")
        });
        let address = self.address();
        Error::usage(
            format!(
                "the cluster at {address} serves no kind called `{name}`{}",
                meant.unwrap_or_default()
            ),
            Some("`kubectl api-resources` lists the kinds; a custom one may not be installed yet"),
        )
    }

    /// The kinds of the core group, or of all others.
    async fn kinds_below(&self, path: &str) -> Result<Vec<ModelDef>> {
        let kinds = self.discovered(path).await?;
        kinds.ok_or_else(|| {
            Error::unreachable(
                self.address(),
                format!("what answers there is no Kubernetes API: it has no {path}"),
            )
        })
    }

    /// The same, or nothing if what answers is no Kubernetes API.
    async fn discovered(&self, path: &str) -> Result<Option<Vec<ModelDef>>> {
        // What discovery itself is about, for messages.
        let about = ModelDef::new("", "v1", "APIGroupDiscovery", "kinds")
            .native()
            .cluster_scoped();
        let objects = self.objects(about);
        let subject = objects.subject("listing", None);
        let answer = objects
            .send(&Request::get(path).accept(AGGREGATED), &subject)
            .await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if !answer.is_success() {
            return Err(subject.refused(&answer));
        }
        let groups: Groups = serde_json::from_slice(&answer.body).map_err(|error| {
            let place = crate::objects::place(&error);
            Error::bad_answer(subject.action(), format!("is no list of kinds ({place})"))
        })?;
        Ok(Some(groups.items.iter().flat_map(definitions).collect()))
    }
}

/// The kinds of a group, in the order of its preference.
fn definitions(group: &Group) -> impl Iterator<Item = ModelDef> {
    group.versions.iter().flat_map(move |version| {
        let named = version
            .resources
            .iter()
            .filter(|resource| resource.response_kind.is_some());
        named.map(move |resource| definition(group, version, resource))
    })
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
