use super::*;
use crate::crd;
use crate::facts;
use crate::native::normalize;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Requests and answers of kube-apiserver v1.37.2: first the schema of the custom resource, then
/// one request per line. All times are the same.
const RECORDED: &str = include_str!("recorded.txt");

const NOW: &str = "2026-01-01T00:00:00Z";

pub(super) fn custom_schema() -> Schema {
    let schema: Value = RECORDED.lines().next().unwrap().parse().unwrap();
    let crd = json!({"spec": {"group": "facts.korm.dev", "scope": "Namespaced",
        "names": {"plural": "things", "kind": "Thing"}, "versions": [{"name": "v1", "served": true,
            "storage": true, "subresources": {"status": {}},
            "schema": {"openAPIV3Schema": schema}}]}});
    let compiled = crd::compile(&crd);
    let version = compiled.versions.iter().find(|v| v.storage).unwrap();
    Schema::custom(version.types.clone(), version.root)
}

struct Request {
    case: Value,
    live: Option<Value>,
}

impl Request {
    fn text(&self, key: &str) -> &str {
        self.case[key].as_str().unwrap()
    }

    fn is_accepted(&self) -> bool {
        self.case["answer"]["kind"] == self.case["kind"]
    }

    /// What the field manager makes of it: the object, or message and causes.
    fn run(&self) -> Result<Value, (String, Value)> {
        let (group, version) = self
            .text("apiVersion")
            .split_once('/')
            .unwrap_or(("", self.text("apiVersion")));
        let native = facts::types(group, version, self.text("kind"));
        let schema = match &native {
            Some((types, root)) => Schema::native(types.clone(), *root),
            None => custom_schema(),
        };
        let manager = FieldManager {
            group,
            version,
            kind: self.text("kind"),
            subresource: self.text("subresource"),
            schema: &schema,
            other_version: &|_| OtherVersion::Missing,
            default: &|_| {},
            native: native.is_some(),
            foreign: false,
            has_status: !["ConfigMap"].contains(&self.text("kind")),
            now: NOW,
        };
        let request = &self.case["request"];
        let name = self.text("manager");
        if self.text("op") == "apply" {
            let force = self.case["force"] == true;
            return match manager.apply(self.live.as_ref(), request, name, force) {
                Ok(applied) => Ok(normalize(group, version, self.text("kind"), &applied)),
                Err(error) => {
                    let causes = error.to_status()["details"]["causes"].clone();
                    Err((error.message, causes))
                }
            };
        }
        let mut new = self.case["answer"].clone();
        if let (None, Some(spec)) = (
            &self.live,
            new.pointer_mut("/spec").and_then(Value::as_object_mut),
        ) {
            // A service's addresses are allocated when it is stored.
            spec.retain(|key, _| !key.starts_with("clusterIP") && !key.starts_with("ipFamil"));
        }
        match request.pointer("/metadata/managedFields") {
            Some(entries) => new["metadata"]["managedFields"] = entries.clone(),
            None => {
                new["metadata"]
                    .as_object_mut()
                    .unwrap()
                    .remove("managedFields");
            }
        }
        Ok(manager.update(self.live.as_ref(), new, name))
    }
}

/// As after what comes next: without metadata that the server sets and without null fields, and
/// with defaults.
fn comparable(object: &Value) -> Value {
    let mut object = object.clone();
    for key in [
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "namespace",
    ] {
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.remove(key);
        }
    }
    for pointer in ["/spec", "/status", "/data"] {
        if object.pointer(pointer).is_some_and(Value::is_null) {
            object.as_object_mut().unwrap().remove(&pointer[1..]);
        }
    }
    let items = object
        .pointer_mut("/spec/list")
        .and_then(Value::as_array_mut);
    for item in items.into_iter().flatten() {
        let item = item.as_object_mut().unwrap();
        item.entry("proto").or_insert_with(|| "TCP".into());
    }
    if let Some(spec) = object["spec"].as_object_mut() {
        spec.retain(|key, value| !value.is_null() || key == "nul");
    }
    if object["spec"].is_null() {
        object.as_object_mut().unwrap().remove("spec");
    }
    object
}

#[test]
fn every_recorded_request_is_answered_as_the_reference_server_does() {
    let mut live: HashMap<String, Value> = HashMap::new();
    let mut count = 0;
    for line in RECORDED.lines().skip(1) {
        let case: Value = line.parse().unwrap();
        let name = case["name"].as_str().unwrap().to_owned();
        let request = Request {
            live: live.get(&name).cloned(),
            case,
        };
        count += 1;
        let what = format!("{count}: {name} {}", request.case["request"]);
        let answer = &request.case["answer"];
        match request.run() {
            Ok(object) if request.is_accepted() => {
                assert_eq!(
                    object["metadata"]["managedFields"], answer["metadata"]["managedFields"],
                    "{what}"
                );
                // Others get the defaults of their kind afterwards.
                let complete = ["ConfigMap", "Thing"].contains(&request.text("kind"));
                // The status endpoint takes the status only, the other everything else.
                if complete && request.text("subresource").is_empty() {
                    let mut object = comparable(&object);
                    let answer = comparable(answer);
                    if request.text("kind") == "Thing" {
                        object["status"] = answer["status"].clone();
                        if object["status"].is_null() {
                            object.as_object_mut().unwrap().remove("status");
                        }
                    }
                    assert_eq!(object, answer, "{what}");
                }
            }
            // Validation refuses it afterwards.
            Ok(_) => assert_eq!(answer["reason"], "Invalid", "{what}"),
            Err((message, causes)) => {
                // Upstream looks at fields and managers in no particular order.
                let lines = |text: &str| {
                    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
                    lines.sort();
                    lines
                };
                let expected = answer["message"].as_str().unwrap_or("accepted");
                assert_eq!(lines(&message), lines(expected), "{what}");
                let sorted = |causes: &Value| {
                    let causes = causes
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(Value::to_string);
                    causes.collect::<std::collections::BTreeSet<_>>()
                };
                assert_eq!(
                    sorted(&causes),
                    sorted(&answer["details"]["causes"]),
                    "{what}"
                );
            }
        }
        if request.is_accepted() {
            live.insert(name, answer.clone());
        }
    }
    assert!(count > 70, "{count}");
}

#[test]
fn the_manager_is_the_product_of_the_user_agent() {
    for (parameter, agent, expected) in [
        ("me", "kubectl/v1.37", "me"),
        ("", "kubectl/v1.37 (linux)", "kubectl"),
        ("", "a\u{1}b", "ab"),
        ("", "", ""),
        ("", &"é".repeat(100), &"é".repeat(64)),
    ] {
        assert_eq!(manager_name(parameter, agent), expected);
    }
}
