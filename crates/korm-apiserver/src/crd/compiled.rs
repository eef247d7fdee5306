//! A CRD made ready to serve: its names, and for each version what its objects are.

use std::sync::Arc;

use serde_json::Value;

use super::schema_types;
use super::version_order::compare_versions;
use crate::schema::types::{TypeId, Types};

/// What a CRD defines.
#[derive(Clone, Debug)]
pub(crate) struct CompiledCrd {
    /// `spec.group`
    pub(crate) group: String,
    /// `status.acceptedNames`, which the resource is served under.
    pub(crate) names: Names,
    /// Objects live in namespaces.
    pub(crate) namespaced: bool,
    /// All versions, served or not, in the order of the CRD.
    pub(crate) versions: Vec<Version>,
}

/// The names of a resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Names {
    pub(crate) plural: String,
    pub(crate) singular: String,
    pub(crate) kind: String,
    pub(crate) list_kind: String,
    pub(crate) short_names: Vec<String>,
    pub(crate) categories: Vec<String>,
}

/// One version of a custom resource.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    /// `v1`
    pub(crate) name: String,
    /// Requests for it are answered.
    pub(crate) served: bool,
    /// Objects are stored in it.
    pub(crate) storage: bool,
    /// What to warn of when it is asked for; set where the version is deprecated.
    pub(crate) deprecation_warning: Option<String>,
    /// The types of its objects.
    pub(crate) types: Arc<Types>,
    /// The type of an object, in `types`.
    pub(crate) root: TypeId,
    /// There is a status subresource.
    pub(crate) status: bool,
    /// There is a scale subresource.
    pub(crate) scale: Option<Scale>,
    /// Columns of its tables, without the name; empty means the default (Age).
    pub(crate) columns: Vec<Column>,
    /// Fields of `fieldSelector` beside name and namespace, as JSONPaths with their leading dot.
    pub(crate) selectable_fields: Vec<String>,
    /// `group/version`
    pub(super) api_version: String,
    /// The kind of its objects.
    pub(super) kind: String,
    /// All versions of the CRD, in which objects may be stored.
    pub(super) siblings: Arc<Vec<Sibling>>,
}

/// A version as another one sees it.
#[derive(Clone, Debug)]
pub(crate) struct Sibling {
    pub(super) name: String,
    pub(crate) types: Arc<Types>,
    pub(crate) root: TypeId,
    /// It has a status subresource.
    pub(crate) status: bool,
    /// Its scale subresource.
    pub(crate) scale: Option<Scale>,
}

/// Where the scale subresource finds its numbers, as JSONPaths with their leading dot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale {
    pub(crate) spec_replicas: String,
    pub(crate) status_replicas: String,
    pub(crate) label_selector: Option<String>,
}

/// One of `additionalPrinterColumns`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) column_type: String,
    pub(crate) format: String,
    pub(crate) description: String,
    pub(crate) priority: i64,
    pub(crate) json_path: String,
}

/// Compiles an admitted CRD.
pub(crate) fn compile(crd: &Value) -> CompiledCrd {
    let spec = &crd["spec"];
    let group = text(&spec["group"]);
    let accepted = Names::of(&crd["status"]["acceptedNames"]);
    let names = if accepted.plural.is_empty() {
        Names::of(&spec["names"])
    } else {
        accepted
    };
    let kind = text(&spec["names"]["kind"]);
    let mut versions: Vec<Version> = list(&spec["versions"])
        .iter()
        .map(|version| Version::of(version, spec, &group, &kind))
        .collect();
    let siblings = versions.iter().map(|version| Sibling {
        name: version.name.clone(),
        types: version.types.clone(),
        root: version.root,
        status: version.status,
        scale: version.scale.clone(),
    });
    let siblings: Arc<Vec<Sibling>> = Arc::new(siblings.collect());
    for version in &mut versions {
        version.siblings = siblings.clone();
    }
    CompiledCrd {
        names,
        namespaced: spec["scope"] == "Namespaced",
        versions,
        group,
    }
}

impl Names {
    pub(super) fn of(names: &Value) -> Self {
        Self {
            plural: text(&names["plural"]),
            singular: text(&names["singular"]),
            kind: text(&names["kind"]),
            list_kind: text(&names["listKind"]),
            short_names: texts(&names["shortNames"]),
            categories: texts(&names["categories"]),
        }
    }
}

impl Version {
    fn of(version: &Value, spec: &Value, group: &str, kind: &str) -> Self {
        let mut types = Types::default();
        let root = match schema_types::schema_of(version) {
            Some(schema) => schema_types::compile(&schema, &mut types),
            None => schema_types::anything(&mut types),
        };
        let name = text(&version["name"]);
        let api_version = format!("{group}/{name}");
        let deprecation_warning =
            (version["deprecated"] == true).then(|| match version["deprecationWarning"].as_str() {
                Some(warning) => warning.to_owned(),
                None => default_warning(spec, group, &name),
            });
        let subresources = &version["subresources"];
        Self {
            served: version["served"] == true,
            storage: version["storage"] == true,
            deprecation_warning,
            types: Arc::new(types),
            root,
            status: subresources["status"].is_object(),
            scale: Scale::of(&subresources["scale"]),
            columns: list(&version["additionalPrinterColumns"])
                .iter()
                .map(Column::of)
                .collect(),
            selectable_fields: list(&version["selectableFields"])
                .iter()
                .map(|field| text(&field["jsonPath"]))
                .collect(),
            name,
            api_version,
            kind: kind.to_owned(),
            siblings: Arc::default(),
        }
    }
}

/// What is told of a deprecated version whose definition has no words of its own for it: what to use instead, if
/// there is a better version.
fn default_warning(spec: &Value, group: &str, name: &str) -> String {
    let kind = text(&spec["names"]["kind"]);
    let better = list(&spec["versions"])
        .iter()
        .filter(|version| version["served"] == true && version["deprecated"] != true)
        .map(|version| text(&version["name"]))
        .filter(|other| compare_versions(name, other).is_lt())
        .max_by(|a, b| compare_versions(a, b));
    let deprecated = format!("{group}/{name} {kind} is deprecated");
    match better {
        Some(better) => format!("{deprecated}; use {group}/{better} {kind}"),
        None => deprecated,
    }
}

impl Version {
    /// A version of the same definition, served or not.
    pub(crate) fn sibling(&self, version: &str) -> Option<&Sibling> {
        self.siblings.iter().find(|sibling| sibling.name == version)
    }
}

impl Scale {
    fn of(scale: &Value) -> Option<Self> {
        scale.is_object().then(|| Self {
            spec_replicas: text(&scale["specReplicasPath"]),
            status_replicas: text(&scale["statusReplicasPath"]),
            label_selector: scale["labelSelectorPath"].as_str().map(str::to_owned),
        })
    }
}

impl Column {
    fn of(column: &Value) -> Self {
        Self {
            name: text(&column["name"]),
            column_type: text(&column["type"]),
            format: text(&column["format"]),
            description: text(&column["description"]),
            priority: column["priority"].as_i64().unwrap_or(0),
            json_path: text(&column["jsonPath"]),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    list(value).iter().map(text).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
