//! The custom kinds of one run, shared by its sequences, and definitions that should be refused.

use http::Method;
use serde_json::{Value, json};

use crate::plan::definitions::{self, DEFINITIONS};
use crate::plan::expressions;
use crate::plan::kinds::Kind;
use crate::random::Random;
use crate::step::Step;

/// Custom kinds with the definitions that make them.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    /// Each kind in each of its versions.
    pub(crate) families: Vec<Vec<Kind>>,
    pub(crate) definitions: Vec<Value>,
}

impl Pool {
    /// `count` random kinds in groups that no other run uses.
    pub(crate) fn random(random: &mut Random, count: usize, run: &str) -> Self {
        let mut pool = Self {
            families: Vec::new(),
            definitions: Vec::new(),
        };
        for number in 0..count {
            let definition = definitions::random(random, &format!("g{number}.{run}.korm.test"));
            pool.families.push(definitions::kinds(&definition));
            pool.definitions.push(definition);
        }
        pool
    }

    /// Goes on without the definitions of these numbers, and their kinds.
    pub(crate) fn take_out(&mut self, numbers: &[usize]) {
        for number in numbers.iter().rev() {
            self.families.remove(*number);
            self.definitions.remove(*number);
        }
    }
}

/// A dry run of creating a definition with something wrong in it, or not.
pub(crate) fn dry_definition(random: &mut Random) -> Step {
    let mut body = definitions::random(random, "dry.korm.test");
    if random.percent(60) {
        expressions::add(random, &mut body);
    } else {
        for _ in 0..random.below(3) {
            damage(random, &mut body);
        }
    }
    Step::new(
        Method::POST,
        "customresourcedefinitions",
        format!("{DEFINITIONS}?dryRun=All"),
    )
    .json(body)
}

/// A conversion that is no good: a good webhook would be called by one of the servers.
pub(crate) fn conversion(random: &mut Random) -> Value {
    let configs = [
        json!(null),
        json!({}),
        json!({"url": "http://host/path"}),
        json!({"url": "https://"}),
        json!({"url": "https://user:word@host?query=1#end"}),
        json!({"url": "https://host:port"}),
        json!({"url": ":"}),
        json!({"url": "https://host", "service": {"name": "a", "namespace": "b"}}),
        json!({"service": {"name": "", "namespace": "b", "port": 70000}}),
        json!({"service": {"name": "a", "namespace": "", "path": "no/slash"}}),
        json!({"service": {"name": "a", "namespace": "b", "path": "/a//Upper/"}}),
    ];
    let config = random.pick(&configs).clone();
    let versions = [
        json!(null),
        json!([]),
        json!(["v1"]),
        json!(["v2", "v1beta1", "v2"]),
        json!(["V_1"]),
    ];
    let versions = random.pick(&versions).clone();
    match random.below(6) {
        0 => json!({"strategy": "Webhook"}),
        1 => json!({"strategy": "Webhook", "webhook": {}}),
        2 => {
            json!({"strategy": "None", "webhook": {"clientConfig": config, "conversionReviewVersions": versions}})
        }
        3 => json!({"strategy": "Other", "webhook": {"conversionReviewVersions": versions}}),
        _ => {
            json!({"strategy": "Webhook", "webhook": {"clientConfig": config, "conversionReviewVersions": versions}})
        }
    }
}

fn damage(random: &mut Random, definition: &mut Value) {
    let (pointer, value) = match random.below(28) {
        0 => ("/metadata/name", json!("wrong.name")),
        1 => ("/spec/group", json!("")),
        2 => ("/spec/group", json!("Upper.case")),
        3 => ("/spec/scope", json!("Galaxy")),
        4 => ("/spec/names/plural", json!("Things")),
        5 => ("/spec/names/kind", json!("")),
        6 => ("/spec/names/shortNames", json!(["UPPER", "ok"])),
        7 => ("/spec/names/listKind", json!("Thing")),
        8 => (
            "/spec/versions",
            random.pick(&[json!(null), json!([])]).clone(),
        ),
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
        25 | 26 => ("/spec/conversion", conversion(random)),
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
