//! Random definitions of custom kinds: their versions, columns, selectable fields and subresources.

use serde_json::{Value, json};

use crate::plan::kinds::{Content, Kind};
use crate::plan::rules;
use crate::plan::schema::Schema;
use crate::random::Random;

pub(crate) const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/// The names of versions, the preferred first.
const VERSIONS: [&str; 3] = ["v1", "v1beta2", "v1alpha1"];

/// A definition that the servers take.
pub(crate) fn random(random: &mut Random, group: &str) -> Value {
    let mut schema = Schema::random(random);
    if random.percent(45) {
        rules::add(random, &mut schema.0);
    }
    let mut schemas = vec![schema];
    while schemas.len() < VERSIONS.len() && random.percent(30) {
        let next = if random.percent(30) {
            Schema::random(random)
        } else {
            schemas[0].relative(random)
        };
        schemas.push(next);
    }
    definition(random, group, &schemas)
}

/// A definition of versions with these schemas.
pub(crate) fn definition(random: &mut Random, group: &str, schemas: &[Schema]) -> Value {
    let stored = random.below(schemas.len());
    let versions: Vec<Value> = schemas
        .iter()
        .zip(VERSIONS)
        .enumerate()
        .map(|(number, (schema, name))| version(random, name, schema, number == stored))
        .collect();
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("things.{group}")},
        "spec": {
            "group": group,
            "names": {"plural": "things", "kind": "Thing", "shortNames": [format!("th{}", random.below(1000))]},
            "scope": if random.percent(85) { "Namespaced" } else { "Cluster" },
            "versions": versions,
        },
    })
}

fn version(random: &mut Random, name: &str, schema: &Schema, stored: bool) -> Value {
    let mut version = json!({
        "name": name, "served": true, "storage": stored, "schema": {"openAPIV3Schema": schema.0},
    });
    if random.percent(60) {
        version["subresources"]["status"] = json!({});
    }
    if random.percent(40) {
        version["subresources"]["scale"] =
            json!({"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"});
        if random.percent(30) {
            version["subresources"]["scale"]["labelSelectorPath"] = json!(".status.selector");
        }
    }
    if random.percent(50) {
        version["additionalPrinterColumns"] = columns(random, schema);
    }
    let selectable = schema.selectable();
    if random.percent(40) && !selectable.is_empty() {
        let mut fields: Vec<Value> = Vec::new();
        for _ in 0..=random.below(3) {
            let field = json!({"jsonPath": format!(".{}", random.pick(&selectable))});
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        version["selectableFields"] = json!(fields);
    }
    if random.percent(8) {
        version["deprecated"] = json!(true);
        if random.percent(50) {
            version["deprecationWarning"] = json!("use something \"else\"");
        }
    }
    version
}

/// Columns of a Table: from fields of all types, under types that are theirs or not.
pub(crate) fn columns(random: &mut Random, schema: &Schema) -> Value {
    let scalars = schema.scalars();
    let mut columns: Vec<Value> = Vec::new();
    for number in 0..=random.below(4) {
        let path = match random.below(8) {
            0..=3 if !scalars.is_empty() => format!(".{}", random.pick(&scalars)),
            4 => random
                .text(&[
                    ".metadata.labels.colour",
                    ".metadata.labels.korm\\.test/size",
                    ".metadata.labels['korm\\.test/size']",
                    ".metadata.name",
                    ".metadata.generation",
                    ".metadata.finalizers[0]",
                    ".metadata.finalizers[*]",
                    ".metadata.deletionTimestamp",
                ])
                .to_owned(),
            5 => random
                .text(&[
                    ".spec.a[*]",
                    ".spec.a[0]",
                    ".spec.b[0].name",
                    ".spec.b[*].name",
                    ".spec.f[?(@.name==\"n1\")].name",
                    ".spec.c.one",
                    ".spec.a[-1:]",
                    ".spec..name",
                ])
                .to_owned(),
            6 => random
                .text(&[".spec", ".status", ".spec.a", ".spec.b"])
                .to_owned(),
            _ => ".status.replicas".to_owned(),
        };
        let types = ["string", "string", "integer", "number", "boolean", "date"];
        let mut column =
            json!({"name": format!("C{number}"), "type": random.text(&types), "jsonPath": path});
        if random.percent(25) {
            column["priority"] = json!(random.below(3));
        }
        if random.percent(25) {
            column["description"] = json!("what it \"tells\"");
        }
        if random.percent(15) {
            column["format"] = json!(random.text(&[
                "int32",
                "int64",
                "float",
                "double",
                "byte",
                "date",
                "date-time",
                "password"
            ]));
        }
        columns.push(column);
    }
    if random.percent(40) {
        columns.push(
            json!({"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}),
        );
    }
    json!(columns)
}

/// The kinds that a definition makes: one for each version.
pub(crate) fn kinds(definition: &Value) -> Vec<Kind> {
    let spec = &definition["spec"];
    let versions = spec["versions"].as_array().into_iter().flatten();
    versions.map(|version| kind(spec, version)).collect()
}

fn kind(spec: &Value, version: &Value) -> Kind {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let selectable = version["selectableFields"].as_array().into_iter().flatten();
    let selectable = selectable.filter_map(|field| field["jsonPath"].as_str());
    Kind {
        api_version: format!("{}/{}", text(&spec["group"]), text(&version["name"])),
        kind: text(&spec["names"]["kind"]),
        plural: text(&spec["names"]["plural"]),
        namespaced: spec["scope"] == "Namespaced",
        served: version["served"] == true,
        status: version["subresources"]["status"].is_object(),
        scale: version["subresources"]["scale"].is_object(),
        selectable: selectable
            .map(|path| path.trim_start_matches('.').to_owned())
            .collect(),
        content: Content::Custom(Schema(version["schema"]["openAPIV3Schema"].clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_version_is_stored_and_each_is_a_kind() {
        for number in 0..100 {
            let definition = random(&mut Random::new(1, number), "g.test");
            let versions = definition["spec"]["versions"].as_array().unwrap();
            let stored = versions.iter().filter(|version| version["storage"] == true);
            assert_eq!(stored.count(), 1);
            assert_eq!(kinds(&definition).len(), versions.len());
        }
    }
}
