//! The operations of a resource: which requests there are, what they take and give.

use serde_json::{Map, Value, json};

use super::api::{Api, Resource, Subresource};

const META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1";

/// Query parameters of each kind of request: name and type.
const LIST: &[(&str, &str)] = &[
    ("allowWatchBookmarks", "boolean"),
    ("continue", "string"),
    ("fieldSelector", "string"),
    ("labelSelector", "string"),
    ("limit", "integer"),
    ("resourceVersion", "string"),
    ("resourceVersionMatch", "string"),
    ("sendInitialEvents", "boolean"),
    ("timeoutSeconds", "integer"),
    ("watch", "boolean"),
];
const GET: &[(&str, &str)] = &[("resourceVersion", "string")];
const WRITE: &[(&str, &str)] = &[
    ("dryRun", "string"),
    ("fieldManager", "string"),
    ("fieldValidation", "string"),
];
const PATCH: &[(&str, &str)] = &[
    ("dryRun", "string"),
    ("fieldManager", "string"),
    ("fieldValidation", "string"),
    ("force", "boolean"),
];
const DELETE: &[(&str, &str)] = &[
    ("dryRun", "string"),
    ("gracePeriodSeconds", "integer"),
    ("orphanDependents", "boolean"),
    ("propagationPolicy", "string"),
];

/// One request to a resource.
pub(super) struct Operation<'a> {
    pub(super) path: String,
    pub(super) method: &'static str,
    /// The verb in its id and description: `list`, `create`, `read`.
    verb: &'static str,
    pub(super) action: &'static str,
    pub(super) parameters: &'static [(&'static str, &'static str)],
    /// Definition of what it takes.
    pub(super) takes: Option<String>,
    /// Definition of what it gives.
    pub(super) gives: String,
    /// Codes of success.
    pub(super) codes: &'static [(u16, &'static str)],
    api: &'a Api,
    resource: &'a Resource,
    subresource: Option<&'a Subresource>,
    everywhere: bool,
}

const OK: &[(u16, &str)] = &[(200, "OK")];
const CREATED: &[(u16, &str)] = &[(200, "OK"), (201, "Created")];
const ALL: &[(u16, &str)] = &[(200, "OK"), (201, "Created"), (202, "Accepted")];
const ACCEPTED: &[(u16, &str)] = &[(200, "OK"), (202, "Accepted")];

/// All operations of an API.
pub(super) fn of(api: &Api) -> Vec<Operation<'_>> {
    let mut all = Vec::new();
    for resource in &api.resources {
        of_resource(api, resource, &mut all);
    }
    all
}

fn of_resource<'a>(api: &'a Api, resource: &'a Resource, all: &mut Vec<Operation<'a>>) {
    let base = format!("/{}", api.path());
    let plural = &resource.plural;
    let collection = if resource.namespaced {
        format!("{base}/namespaces/{{namespace}}/{plural}")
    } else {
        format!("{base}/{plural}")
    };
    let item = format!("{collection}/{{name}}");
    let blank = |path: &str, definition: &str| Operation {
        path: path.to_owned(),
        method: "get",
        verb: "read",
        action: "get",
        parameters: GET,
        takes: None,
        gives: definition.to_owned(),
        codes: OK,
        api,
        resource,
        subresource: None,
        everywhere: false,
    };
    let list = resource.list.as_deref().unwrap_or(&resource.definition);
    let status = format!("{META}.Status");
    let options = format!("{META}.DeleteOptions");
    for verb in &resource.verbs {
        let own = &resource.definition;
        match verb.as_str() {
            "list" => {
                let listing = |path: &str, everywhere| Operation {
                    verb: "list",
                    action: "list",
                    parameters: LIST,
                    everywhere,
                    ..blank(path, list)
                };
                all.push(listing(&collection, false));
                if resource.namespaced {
                    all.push(listing(&format!("{base}/{plural}"), true));
                }
            }
            "deletecollection" => all.push(Operation {
                method: "delete",
                verb: "deletecollection",
                action: "deletecollection",
                parameters: LIST,
                ..blank(&collection, &status)
            }),
            "delete" => all.push(Operation {
                method: "delete",
                verb: "delete",
                action: "delete",
                parameters: DELETE,
                takes: Some(options.clone()),
                codes: ACCEPTED,
                ..blank(&item, &status)
            }),
            "create" => all.push(create(blank(&collection, own))),
            "get" => all.push(blank(&item, own)),
            "update" => all.push(replace(blank(&item, own))),
            "patch" => all.push(patch(blank(&item, own))),
            _ => {}
        }
    }
    for subresource in &resource.subresources {
        let path = format!("{item}/{}", subresource.name);
        let below = |verb: &str| -> Option<Operation<'a>> {
            let blank = Operation {
                subresource: Some(subresource),
                ..blank(&path, &subresource.definition)
            };
            Some(match verb {
                "get" => blank,
                "create" => create(blank),
                "update" => replace(blank),
                "patch" => patch(blank),
                _ => return None,
            })
        };
        all.extend(subresource.verbs.iter().filter_map(|verb| below(verb)));
    }
}

fn create(blank: Operation<'_>) -> Operation<'_> {
    Operation {
        method: "post",
        verb: "create",
        action: "post",
        parameters: WRITE,
        takes: Some(blank.gives.clone()),
        codes: ALL,
        ..blank
    }
}

fn replace(blank: Operation<'_>) -> Operation<'_> {
    Operation {
        method: "put",
        verb: "replace",
        action: "put",
        parameters: WRITE,
        takes: Some(blank.gives.clone()),
        codes: CREATED,
        ..blank
    }
}

fn patch(blank: Operation<'_>) -> Operation<'_> {
    Operation {
        method: "patch",
        verb: "patch",
        action: "patch",
        parameters: PATCH,
        takes: Some(format!("{META}.Patch")),
        codes: if blank.api.native { CREATED } else { OK },
        ..blank
    }
}

fn title(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// The group as one word: `rbacAuthorization`, `schemaKormIo`, `core`.
fn group_word(group: &str) -> String {
    if group.is_empty() {
        return "core".to_owned();
    }
    let group = group.strip_suffix(".k8s.io").unwrap_or(group);
    let mut parts = group.split(['.', '-']);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |word, part| word + &title(part))
}

impl Operation<'_> {
    /// The tag of all operations of the group and version.
    pub(super) fn tag(&self) -> String {
        format!("{}_{}", group_word(&self.api.group), self.api.version)
    }

    /// The id of the operation.
    pub(super) fn id(&self) -> String {
        let verb = match self.verb {
            "deletecollection" => "delete",
            verb => verb,
        };
        let collection = if self.verb == "deletecollection" {
            "Collection"
        } else {
            ""
        };
        let namespaced = if self.resource.namespaced && !self.everywhere {
            "Namespaced"
        } else {
            ""
        };
        let sub = self
            .subresource
            .map(|sub| title(&sub.name))
            .unwrap_or_default();
        let everywhere = if self.everywhere {
            "ForAllNamespaces"
        } else {
            ""
        };
        format!(
            "{verb}{}{}{collection}{namespaced}{}{sub}{everywhere}",
            title(&group_word(&self.api.group)),
            title(&self.api.version),
            self.resource.kind,
        )
    }

    /// What the operation does, in a few words.
    pub(super) fn description(&self) -> String {
        let kind = &self.resource.kind;
        let sub = match self.subresource {
            Some(sub) => format!(" {} of", sub.name),
            None => String::new(),
        };
        match self.verb {
            "list" if self.api.native => format!("list or watch objects of kind {kind}"),
            "list" => format!("list objects of kind {kind}"),
            "deletecollection" => format!("delete collection of {kind}"),
            "patch" => format!("partially update{sub} the specified {kind}"),
            "create" | "delete" => format!("{}{sub} {} {kind}", self.verb, article(kind)),
            verb => format!("{verb}{sub} the specified {kind}"),
        }
    }

    /// The kind it is about.
    pub(super) fn gvk(&self) -> Value {
        match self.subresource {
            Some(sub) => json!({"group": sub.group, "version": sub.version, "kind": sub.kind}),
            None => json!({
                "group": self.api.group, "version": self.api.version, "kind": self.resource.kind,
            }),
        }
    }

    /// Media types of what it takes.
    pub(super) fn consumes(&self) -> Vec<&'static str> {
        match (self.method, self.api.native) {
            ("patch", native) => {
                let mut types = vec![
                    "application/apply-patch+yaml",
                    "application/json-patch+json",
                    "application/merge-patch+json",
                ];
                if native {
                    types.push("application/strategic-merge-patch+json");
                }
                types
            }
            (_, true) => vec!["*/*"],
            (_, false) => vec!["application/json", "application/yaml"],
        }
    }

    /// Media types of what it gives.
    pub(super) fn produces(&self) -> Vec<&'static str> {
        let mut types = vec!["application/json", "application/yaml"];
        if self.api.native {
            types.push("application/vnd.kubernetes.protobuf");
            if self.verb == "list" {
                types.push("application/json;stream=watch");
                types.push("application/vnd.kubernetes.protobuf;stream=watch");
            }
        }
        types
    }

    /// Parameters in the path.
    pub(super) fn path_parameters(&self) -> Vec<&'static str> {
        ["name", "namespace"]
            .into_iter()
            .filter(|name| self.path.contains(&format!("{{{name}}}")))
            .collect()
    }

    /// `x-kubernetes-action` and `x-kubernetes-group-version-kind`.
    pub(super) fn extensions(&self, operation: &mut Map<String, Value>) {
        operation.insert("x-kubernetes-action".to_owned(), self.action.into());
        operation.insert("x-kubernetes-group-version-kind".to_owned(), self.gvk());
    }
}

fn article(noun: &str) -> &'static str {
    match noun.chars().next() {
        Some('A' | 'E' | 'I' | 'O' | 'U') if !noun.starts_with("Eu") => "an",
        _ => "a",
    }
}
