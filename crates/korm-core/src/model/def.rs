//! The description of one kind.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::{Column, FieldDef};
use crate::{error::DefinitionError, path::FieldPath, project::Projection};

/// Whether objects of a kind live in namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// In a namespace.
    Namespaced,
    /// In the cluster as a whole.
    Cluster,
}

/// The scale subresource of a kind, with the JSON paths a CRD names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    /// Where the wanted number of replicas is, such as `.spec.replicas`.
    pub spec_replicas: String,
    /// Where the observed number is, such as `.status.replicas`.
    pub status_replicas: String,
    /// Where the label selector is, serialized as a string.
    pub label_selector: Option<String>,
}

/// A CEL rule of `x-kubernetes-validations`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Rule {
    /// The expression; `self` is the object (or the value it stands on).
    pub rule: String,
    /// What the server says when it does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// An expression that makes the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_expression: Option<String>,
    /// The reason in the server's answer, such as `FieldValueForbidden`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The path of the field the server names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field_path: Option<String>,
    /// Whether the rule also runs where there is no old value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optional_old_self: Option<bool>,
}

impl Rule {
    /// A rule without a message of its own.
    pub fn new(rule: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            ..Self::default()
        }
    }

    /// What is said when the rule does not hold.
    #[must_use]
    pub fn message(mut self, text: impl Into<String>) -> Self {
        self.message = Some(text.into());
        self
    }
}

/// The description of one Kubernetes kind as a program sees it.
///
/// ```
/// use korm_core::{FieldDef, FieldPath, ModelDef};
/// use serde_json::json;
///
/// let peach = ModelDef::new("pykorm.infomaniak.com", "v1", "Peach", "peaches")
///     .field(FieldDef::new("variety", FieldPath::spec("variety"), json!({"type": "string"})).required());
/// peach.check().unwrap();
/// assert_eq!(peach.api_version(), "pykorm.infomaniak.com/v1");
/// assert_eq!(
///     peach.object_path(Some("default"), "cake"),
///     "/apis/pykorm.infomaniak.com/v1/namespaces/default/peaches/cake",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelDef {
    /// The API group; empty for the core group.
    pub group: String,
    /// The version within the group.
    pub version: String,
    /// The kind.
    pub kind: String,
    /// The plural, as it stands in URLs.
    pub plural: String,
    /// The singular; the kind in lower case unless set.
    pub singular: String,
    /// Short names for kubectl.
    pub short_names: Vec<String>,
    /// Categories, such as `all`.
    pub categories: Vec<String>,
    /// Whether its objects live in namespaces.
    pub scope: Scope,
    /// A kind Kubernetes brings itself; never installed, and known only as far as its fields say.
    pub native: bool,
    /// The model carries whole objects, not only the mapped fields: kinds known only from discovery, and
    /// the types of k8s-openapi.
    #[serde(default)]
    pub whole: bool,
    /// What the kind is, for `kubectl explain`.
    pub description: Option<String>,
    /// The mapped fields.
    pub fields: Vec<FieldDef>,
    /// Columns of `kubectl get` that stand on no field, printed after those of the fields.
    pub columns: Vec<Column>,
    /// Whether the kind has the status subresource.
    pub status_subresource: bool,
    /// The scale subresource, where the kind has it.
    pub scale: Option<Scale>,
    /// CEL rules over the whole object.
    pub rules: Vec<Rule>,
}

impl ModelDef {
    /// A namespaced custom kind without fields.
    pub fn new(
        group: impl Into<String>,
        version: impl Into<String>,
        kind: impl Into<String>,
        plural: impl Into<String>,
    ) -> Self {
        let kind = kind.into();
        Self {
            group: group.into(),
            version: version.into(),
            singular: kind.to_lowercase(),
            kind,
            plural: plural.into(),
            short_names: Vec::new(),
            categories: Vec::new(),
            scope: Scope::Namespaced,
            native: false,
            whole: false,
            description: None,
            fields: Vec::new(),
            columns: Vec::new(),
            status_subresource: false,
            scale: None,
            rules: Vec::new(),
        }
    }

    /// Objects live in the cluster as a whole, not in namespaces.
    #[must_use]
    pub fn cluster_scoped(mut self) -> Self {
        self.scope = Scope::Cluster;
        self
    }

    /// A kind that Kubernetes brings itself.
    #[must_use]
    pub fn native(mut self) -> Self {
        self.native = true;
        self
    }

    /// The model carries whole objects.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// The singular.
    #[must_use]
    pub fn singular(mut self, singular: impl Into<String>) -> Self {
        self.singular = singular.into();
        self
    }

    /// One more short name for kubectl.
    #[must_use]
    pub fn short_name(mut self, name: impl Into<String>) -> Self {
        self.short_names.push(name.into());
        self
    }

    /// One more category.
    #[must_use]
    pub fn category(mut self, name: impl Into<String>) -> Self {
        self.categories.push(name.into());
        self
    }

    /// What the kind is.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// One more field. One in status gives the kind the status subresource.
    #[must_use]
    pub fn field(mut self, field: FieldDef) -> Self {
        self.status_subresource |= field.path.is_status();
        self.fields.push(field);
        self
    }

    /// One more column that stands on no field; it needs a JSON path.
    #[must_use]
    pub fn column(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }

    /// The kind has the status subresource.
    #[must_use]
    pub fn with_status_subresource(mut self) -> Self {
        self.status_subresource = true;
        self
    }

    /// The kind has the scale subresource.
    #[must_use]
    pub fn scale(mut self, scale: Scale) -> Self {
        self.scale = Some(scale);
        self
    }

    /// One more CEL rule over the whole object.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Whether objects live in namespaces.
    pub fn is_namespaced(&self) -> bool {
        self.scope == Scope::Namespaced
    }

    /// `apiVersion` of the objects: `group/version`, or the version alone in the core group.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// The name of the kind's `CustomResourceDefinition`, `plural.group`.
    pub fn crd_name(&self) -> String {
        format!("{}.{}", self.plural, self.group)
    }

    /// The URL path of the collection: of one namespace, or of all when `namespace` is `None`. For a
    /// cluster-scoped kind the namespace is ignored.
    pub fn collection_path(&self, namespace: Option<&str>) -> String {
        let base = if self.group.is_empty() {
            format!("/api/{}", self.version)
        } else {
            format!("/apis/{}/{}", self.group, self.version)
        };
        match namespace.filter(|_| self.is_namespaced()) {
            Some(namespace) => format!("{base}/namespaces/{namespace}/{}", self.plural),
            None => format!("{base}/{}", self.plural),
        }
    }

    /// The URL path of one object.
    pub fn object_path(&self, namespace: Option<&str>, name: &str) -> String {
        format!("{}/{name}", self.collection_path(namespace))
    }

    /// Whether the value at this path must not be shown: its field is marked secret, or it is part of a
    /// native Secret and no metadata.
    pub fn is_secret(&self, path: &FieldPath) -> bool {
        let in_secret = self.kind == "Secret" && self.group.is_empty();
        let metadata = path
            .segments()
            .first()
            .is_some_and(|root| root == "metadata");
        (in_secret && !metadata) || self.field_covering(path).is_some_and(|field| field.secret)
    }

    /// The field with this name.
    pub fn field_named(&self, name: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field at exactly this path.
    pub fn field_at(&self, path: &FieldPath) -> Option<&FieldDef> {
        self.fields.iter().find(|field| field.path == *path)
    }

    /// The field whose path is `path` or leads to it.
    pub fn field_covering(&self, path: &FieldPath) -> Option<&FieldDef> {
        self.fields
            .iter()
            .find(|field| path.starts_with(&field.path))
    }

    /// What of an object this model knows: identity, the metadata a client may set, and the values
    /// at the mapped paths; all but `managedFields` for a model of whole objects. Nothing is changed or
    /// filled in. To do this for many objects make one [`Projection`].
    pub fn project(&self, object: &Value) -> Value {
        Projection::new(self).apply(object)
    }

    /// Finds what is wrong with the description: names that are no names, two fields on one path,
    /// defaults that do not fit their schemas.
    ///
    /// # Errors
    ///
    /// Lists every problem found, not just the first.
    pub fn check(&self) -> Result<(), DefinitionError> {
        let problems = super::check::problems(self);
        if problems.is_empty() {
            Ok(())
        } else {
            Err(DefinitionError {
                model: self.kind.clone(),
                problems,
            })
        }
    }
}

/// The paths every model knows, whatever its fields: what names the object, and the metadata that
/// [`Meta`](crate::Meta) carries.
pub(crate) fn identity_paths() -> impl Iterator<Item = FieldPath> {
    const METADATA: [&str; 12] = [
        "name",
        "generateName",
        "namespace",
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "deletionTimestamp",
        "labels",
        "annotations",
        "finalizers",
        "ownerReferences",
    ];
    ["apiVersion", "kind"]
        .into_iter()
        .map(FieldPath::root)
        .chain(METADATA.into_iter().map(FieldPath::metadata))
}
