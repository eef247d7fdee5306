//! The OpenAPI definitions of the native kinds, without their descriptions.

use super::resources::recorded;
use super::table::lookup;
use serde_json::Value;

static SCHEMAS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/schemas.txt"));

/// Where the kinds live that every group has: DeleteOptions, Status, WatchEvent and others.
const META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1";

/// The OpenAPI v3 schema of a definition. It is as published, except that it has no descriptions
/// and that `$ref` holds the bare name of a definition (`io.k8s.api.core.v1.PodSpec`).
pub(crate) fn definition(name: &str) -> Option<Value> {
    // FromStr is the one entry of serde_json that is not generic, hence optimised in any build.
    lookup(SCHEMAS, name)?.parse().ok()
}

/// The name of the definition of a native kind, lists and the kinds of subresources included.
pub(crate) fn definition_name(group: &str, version: &str, kind: &str) -> Option<String> {
    let gv = recorded()
        .iter()
        .find(|gv| gv.group == group && gv.version == version)?;
    [gv.package, META]
        .iter()
        .map(|package| format!("{package}.{kind}"))
        .find(|name| lookup(SCHEMAS, name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match value {
                        Value::String(name) if key == "$ref" => {
                            found.insert(name);
                        }
                        _ => references(value, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[test]
    fn lines_are_sorted_whole_and_without_text() {
        let names: Vec<_> = SCHEMAS
            .lines()
            .map(|l| l.split_once('\t').unwrap().0)
            .collect();
        assert!(names.is_sorted());
        assert!(names.len() > 800);
        for name in names {
            let schema = definition(name).unwrap_or_else(|| panic!("{name} is not JSON"));
            assert!(!schema["description"].is_string(), "{name}");
            let mut found = BTreeSet::new();
            references(&schema, &mut found);
            for reference in found {
                assert!(lookup(SCHEMAS, reference).is_some(), "{name} → {reference}");
            }
        }
    }

    #[test]
    fn every_stored_kind_and_its_list_have_a_definition() {
        for gv in recorded() {
            for resource in gv.resources.iter().filter(|r| r.verbs.contains(&"list")) {
                for kind in [resource.kind.to_owned(), format!("{}List", resource.kind)] {
                    let name = definition_name(gv.group, gv.version, &kind);
                    assert!(name.is_some(), "{}/{} {kind}", gv.group, gv.version);
                }
            }
        }
        let options = definition_name("apps", "v1", "DeleteOptions").unwrap();
        assert_eq!(
            options,
            "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"
        );
        assert_eq!(definition_name("apps", "v1", "Nonsense"), None);
    }
}
