//! A CRD taken apart for checking it.
//!
//! Inside the API server what all versions have in common stands at the top of the spec, and errors
//! name it there: `spec.validation` instead of `spec.versions[0].schema`.

use serde_json::Value;

use super::json_schema::JsonSchema;

/// One version.
pub(super) struct VersionParts<'a> {
    pub(super) name: String,
    pub(super) value: &'a Value,
    /// Nothing where the version has none.
    pub(super) schema: Option<JsonSchema>,
}

/// Which parts all versions have in common.
#[derive(Default)]
pub(super) struct Shared {
    /// The schema, where it is the same in all versions; `Some(None)` where none has one.
    pub(super) schema: Option<Option<JsonSchema>>,
    pub(super) subresources: bool,
    pub(super) columns: bool,
    pub(super) selectable: bool,
}

/// A CRD.
pub(super) struct Parts<'a> {
    pub(super) crd: &'a Value,
    pub(super) spec: &'a Value,
    pub(super) versions: Vec<VersionParts<'a>>,
    pub(super) shared: Shared,
}

impl<'a> Parts<'a> {
    pub(super) fn of(crd: &'a Value) -> Self {
        let spec = &crd["spec"];
        let versions: Vec<VersionParts<'a>> = spec["versions"]
            .as_array()
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .map(|value| VersionParts {
                name: value["name"].as_str().unwrap_or_default().to_owned(),
                value,
                schema: super::schema_types::schema_of(value),
            })
            .collect();
        let shared = shared(&versions);
        Self {
            crd,
            spec,
            versions,
            shared,
        }
    }

    /// The version of this name.
    pub(super) fn version(&self, name: &str) -> Option<&VersionParts<'a>> {
        self.versions.iter().find(|version| version.name == name)
    }

    /// A text of the spec, empty where there is none.
    pub(super) fn text(&self, name: &str) -> &'a str {
        self.spec[name].as_str().unwrap_or_default()
    }

    /// Whether any schema has `check`.
    pub(super) fn any_schema(&self, check: impl Fn(&JsonSchema) -> bool) -> bool {
        self.schemas().any(|schema| schema.any(&check))
    }

    /// The schemas of all versions.
    pub(super) fn schemas(&self) -> impl Iterator<Item = &JsonSchema> {
        self.versions
            .iter()
            .filter_map(|version| version.schema.as_ref())
    }
}

fn shared(versions: &[VersionParts<'_>]) -> Shared {
    let Some(first) = versions.first() else {
        return Shared::default();
    };
    let same = |name: &str| {
        versions
            .iter()
            .all(|version| version.value.get(name) == first.value.get(name))
    };
    Shared {
        schema: same("schema").then(|| first.schema.clone()),
        subresources: same("subresources"),
        columns: same("additionalPrinterColumns"),
        selectable: same("selectableFields"),
    }
}
