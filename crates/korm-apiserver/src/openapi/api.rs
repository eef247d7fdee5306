//! What a document describes: the resources of a group and version.

use std::collections::BTreeMap;

use serde_json::Value;

use super::hash_of;
use super::published;
use crate::facts::{GroupVersion, definition_name};

/// A group and version with its resources.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) resources: Vec<Resource>,
    /// Defined in Go: understands protobuf and strategic merge patches.
    pub(super) native: bool,
    /// Definitions that are not native, by name.
    pub(super) definitions: BTreeMap<String, Value>,
    hash: String,
}

/// One resource.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) plural: String,
    pub(super) kind: String,
    pub(super) namespaced: bool,
    pub(super) verbs: Vec<String>,
    /// Name of the definition of its objects.
    pub(super) definition: String,
    /// Name of the definition of a list of them; none where it cannot be listed.
    pub(super) list: Option<String>,
    pub(super) subresources: Vec<Subresource>,
}

/// One subresource.
#[derive(Clone, Debug)]
pub(super) struct Subresource {
    pub(super) name: String,
    pub(super) verbs: Vec<String>,
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
    pub(super) definition: String,
}

const SCALE: &str = "io.k8s.api.autoscaling.v1.Scale";

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

impl Api {
    /// A native group and version.
    pub(crate) fn native(gv: &'static GroupVersion) -> Self {
        let definition = |group: &str, version: &str, kind: &str| {
            definition_name(group, version, kind).unwrap_or_default()
        };
        let resources = gv
            .resources
            .iter()
            .map(|resource| Resource {
                plural: resource.name.to_owned(),
                kind: resource.kind.to_owned(),
                namespaced: resource.namespaced,
                verbs: texts(resource.verbs),
                definition: definition(gv.group, gv.version, resource.kind),
                list: definition_name(gv.group, gv.version, &format!("{}List", resource.kind)),
                subresources: resource
                    .subresources
                    .iter()
                    .map(|sub| Subresource {
                        name: sub.name.to_owned(),
                        verbs: texts(sub.verbs),
                        group: sub.group.to_owned(),
                        version: sub.version.to_owned(),
                        kind: sub.kind.to_owned(),
                        definition: definition(sub.group, sub.version, sub.kind),
                    })
                    .collect(),
            })
            .collect();
        // What is recorded changes only with this crate.
        let hash = hash_of(&(gv.group, gv.version, env!("CARGO_PKG_VERSION")));
        Self {
            group: gv.group.to_owned(),
            version: gv.version.to_owned(),
            resources,
            native: true,
            definitions: BTreeMap::new(),
            hash,
        }
    }

    /// The version `version` of all CRDs of a group. Those that do not serve it are left out.
    pub(crate) fn custom<'a>(
        group: &str,
        version: &str,
        crds: impl Iterator<Item = &'a Value>,
    ) -> Self {
        let mut api = Self {
            group: group.to_owned(),
            version: version.to_owned(),
            resources: Vec::new(),
            native: false,
            definitions: BTreeMap::new(),
            hash: String::new(),
        };
        for crd in crds {
            let served = crd["spec"]["versions"].as_array().and_then(|all| {
                all.iter()
                    .find(|v| v["name"] == version && v["served"] == true)
            });
            if let Some(served) = served {
                api.add(crd, served);
            }
        }
        let content: Vec<(&String, String)> = api
            .definitions
            .iter()
            .map(|(name, definition)| (name, definition.to_string()))
            .collect();
        let subresources: Vec<usize> = api.resources.iter().map(|r| r.subresources.len()).collect();
        api.hash = hash_of(&(content, subresources));
        api
    }

    fn add(&mut self, crd: &Value, version: &Value) {
        let names = &crd["spec"]["names"];
        let text = |name: &str| names[name].as_str().unwrap_or_default().to_owned();
        let (kind, list_kind) = (text("kind"), text("listKind"));
        let package = published::package(&self.group, &self.version);
        let definition = format!("{package}.{kind}");
        let list = format!("{package}.{list_kind}");
        let gvk = |kind: &str| (self.group.as_str(), self.version.as_str(), kind.to_owned());
        let object = published::object(version, gvk(&kind));
        let list_schema = published::list(&definition, gvk(&list_kind));
        let sub = |name: &str| {
            let scale = name == "scale";
            Subresource {
                name: name.to_owned(),
                verbs: texts(&["get", "patch", "update"]),
                group: self.group.clone(),
                version: self.version.clone(),
                kind: kind.clone(),
                definition: if scale {
                    SCALE.to_owned()
                } else {
                    definition.clone()
                },
            }
        };
        let subresources = ["scale", "status"]
            .into_iter()
            .filter(|name| version["subresources"][*name].is_object())
            .map(sub)
            .collect();
        self.resources.push(Resource {
            plural: text("plural"),
            namespaced: crd["spec"]["scope"] == "Namespaced",
            verbs: texts(&[
                "create",
                "delete",
                "deletecollection",
                "get",
                "list",
                "patch",
                "update",
                "watch",
            ]),
            definition: definition.clone(),
            list: Some(list.clone()),
            subresources,
            kind,
        });
        self.definitions.insert(definition, object);
        self.definitions.insert(list, list_schema);
    }

    /// `api/v1` or `apis/apps/v1`.
    pub(crate) fn path(&self) -> String {
        if self.group.is_empty() {
            format!("api/{}", self.version)
        } else {
            format!("apis/{}/{}", self.group, self.version)
        }
    }

    /// Changes whenever the document does.
    pub(crate) fn hash(&self) -> &str {
        &self.hash
    }
}
