//! The custom kinds of one run, shared by its sequences, and definitions that should be refused.

use http::Method;
use serde_json::{Value, json};

use crate::plan::kinds::{Content, Kind};
use crate::plan::schema::Schema;
use crate::random::Random;
use crate::step::Step;

pub(crate) const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/// Custom kinds with the definitions that make them.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    pub(crate) kinds: Vec<Kind>,
    pub(crate) definitions: Vec<Value>,
}

impl Pool {
    /// `count` random kinds in groups that no other run uses.
    pub(crate) fn random(random: &mut Random, count: usize, run: &str) -> Self {
        let mut pool = Self {
            kinds: Vec::new(),
            definitions: Vec::new(),
        };
        for number in 0..count {
            let group = format!("g{number}.{run}.korm.test");
            let schema = Schema::random(random);
            let definition = definition(random, &group, &schema);
            let version = &definition["spec"]["versions"][0];
            let selectable = version["selectableFields"].as_array().into_iter().flatten();
            let selectable = selectable.filter_map(|field| field["jsonPath"].as_str());
            pool.kinds.push(Kind {
                api_version: format!("{group}/v1"),
                kind: "Thing".to_owned(),
                plural: "things".to_owned(),
                namespaced: definition["spec"]["scope"] == "Namespaced",
                status: version["subresources"]["status"].is_object(),
                scale: version["subresources"]["scale"].is_object(),
                selectable: selectable
                    .map(|path| path.trim_start_matches('.').to_owned())
                    .collect(),
                content: Content::Custom(schema),
            });
            pool.definitions.push(definition);
        }
        pool
    }
}

fn definition(random: &mut Random, group: &str, schema: &Schema) -> Value {
    let mut version = json!({
        "name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema.0},
    });
    if random.percent(60) {
        version["subresources"]["status"] = json!({});
    }
    if random.percent(40) {
        version["subresources"]["scale"] =
            json!({"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"});
    }
    if random.percent(50) {
        version["additionalPrinterColumns"] = json!([
            {"name": "A", "type": *random.pick(&["string", "integer", "date", "boolean", "number"]), "jsonPath": ".spec.a"},
            {"name": "Variety", "type": "string", "jsonPath": ".spec.variety", "priority": 1, "description": "which"},
            {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
        ]);
    }
    if random.percent(40) {
        version["selectableFields"] = json!([{"jsonPath": ".spec.variety"}]);
    }
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("things.{group}")},
        "spec": {
            "group": group,
            "names": {"plural": "things", "kind": "Thing", "shortNames": [format!("th{}", random.below(1000))]},
            "scope": if random.percent(85) { "Namespaced" } else { "Cluster" },
            "versions": [version],
        },
    })
}

/// A dry run of creating a definition with something wrong in it, or not.
pub(crate) fn dry_definition(random: &mut Random) -> Step {
    let schema = Schema::random(random);
    let mut body = definition(random, "dry.korm.test", &schema);
    for _ in 0..random.below(3) {
        damage(random, &mut body);
    }
    Step::new(
        Method::POST,
        "customresourcedefinitions",
        format!("{DEFINITIONS}?dryRun=All"),
    )
    .json(body)
}

fn damage(random: &mut Random, definition: &mut Value) {
    let (pointer, value) = match random.below(26) {
        0 => ("/metadata/name", json!("wrong.name")),
        1 => ("/spec/group", json!("")),
        2 => ("/spec/group", json!("Upper.case")),
        3 => ("/spec/scope", json!("Galaxy")),
        4 => ("/spec/names/plural", json!("Things")),
        5 => ("/spec/names/kind", json!("")),
        6 => ("/spec/names/shortNames", json!(["UPPER", "ok"])),
        7 => ("/spec/names/listKind", json!("Thing")),
        8 => ("/spec/versions", json!([])),
        9 => ("/spec/versions/0/storage", json!(false)),
        10 => ("/spec/versions/0/name", json!("V_1")),
        11 => ("/spec/versions/0/schema", json!(null)),
        12 => (
            "/spec/versions/0/schema/openAPIV3Schema/type",
            json!("string"),
        ),
        13 => (
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/type",
            json!(""),
        ),
        14 => (
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a",
            json!({"type": "text"}),
        ),
        15 => (
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a",
            json!({}),
        ),
        16 => (
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a",
            json!({"type": "string", "pattern": "["}),
        ),
        17 => (
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a",
            json!({"type": "integer", "default": "x"}),
        ),
        18 => (
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a",
            json!({"type": "array"}),
        ),
        19 => (
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a",
            json!({"type": "array", "items": {"type": "object"}, "x-kubernetes-list-type": "map"}),
        ),
        20 => (
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a",
            json!({"type": "object", "properties": {"b": {"type": "string"}}, "additionalProperties": {"type": "string"}}),
        ),
        21 => (
            "/spec/versions/0/additionalPrinterColumns",
            json!([{"name": "", "type": "strange", "jsonPath": "x"}]),
        ),
        22 => (
            "/spec/versions/0/selectableFields",
            json!([{"jsonPath": ".spec.none"}, {"jsonPath": ".metadata.name"}]),
        ),
        23 => (
            "/spec/versions/0/subresources",
            json!({"scale": {"specReplicasPath": "spec", "statusReplicasPath": ""}}),
        ),
        24 => ("/spec/preserveUnknownFields", json!(true)),
        _ => (
            "/spec/versions/0/schema/openAPIV3Schema/properties/metadata",
            json!({"type": "object", "required": ["labels"]}),
        ),
    };
    set(definition, pointer, value);
}

/// Puts a value at a pointer, making the objects on the way.
pub(crate) fn set(target: &mut Value, pointer: &str, value: Value) {
    let mut at = target;
    for name in pointer.split('/').skip(1) {
        at = match (at.is_array(), name.parse::<usize>()) {
            (true, Ok(index)) => {
                let Some(item) = at.as_array_mut().and_then(|items| items.get_mut(index)) else {
                    return;
                };
                item
            }
            _ if at.is_object() || at.is_null() => &mut at[name],
            _ => return,
        };
    }
    *at = value;
}
