//! Patches of every type.

use http::Method;
use serde_json::{Value, json};

use crate::plan::kinds::{Content, Kind};
use crate::plan::reads::object;
use crate::plan::{metadata, writes};
use crate::random::Random;
use crate::step::Step;

fn patch(random: &mut Random, kind: &Kind, content_type: &str, body: Value) -> Step {
    let path = format!("{}{}", object(random, kind), writes::options(random));
    Step::new(Method::PATCH, &kind.plural, path).typed(content_type, body)
}

/// A path into an object of the kind and a value for it.
fn change(random: &mut Random, kind: &Kind) -> (Vec<String>, Value) {
    let path = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    if random.percent(35) {
        return match random.below(6) {
            0 => (
                path(&["metadata", "labels", "colour"]),
                json!(*random.pick(&["red", "blue", "bad value"])),
            ),
            1 => (
                path(&["metadata", "labels"]),
                random
                    .pick(&[Value::Null, json!({}), json!({"seq": "@{ns}"})])
                    .clone(),
            ),
            2 => (
                path(&["metadata", "annotations", "note"]),
                random.pick(&[json!("n"), Value::Null, json!(1)]).clone(),
            ),
            3 => (
                path(&["metadata", "finalizers"]),
                random
                    .pick(&[
                        Value::Null,
                        json!([]),
                        json!(["korm.test/hold"]),
                        json!(["korm.test/more"]),
                    ])
                    .clone(),
            ),
            4 => (path(&["metadata", "name"]), json!("other")),
            _ => (path(&["metadata", "generation"]), json!(9)),
        };
    }
    match &kind.content {
        Content::Custom(schema) => schema.somewhere(random),
        Content::Native(_) => {
            let body = kind.body(random);
            let names: Vec<String> = body
                .as_object()
                .map(|body| {
                    body.keys()
                        .filter(|key| !matches!(key.as_str(), "kind" | "apiVersion"))
                        .cloned()
                        .collect()
                })
                .unwrap_or_default();
            if names.is_empty() {
                return (
                    path(&["data", "k"]),
                    random.pick(&[json!("new"), Value::Null]).clone(),
                );
            }
            let top = random.pick(&names).clone();
            let inner: Vec<String> = body[&top]
                .as_object()
                .map(|inner| inner.keys().cloned().collect())
                .unwrap_or_default();
            if inner.is_empty() || random.percent(15) {
                let value = if random.percent(25) {
                    Value::Null
                } else {
                    body[&top].clone()
                };
                return (vec![top], value);
            }
            let name = random.pick(&inner).clone();
            let value = if random.percent(20) {
                Value::Null
            } else {
                body[&top][&name].clone()
            };
            (vec![top, name], value)
        }
    }
}

fn nest(path: &[String], value: Value) -> Value {
    path.iter()
        .rev()
        .fold(value, |inner, name| json!({name: inner}))
}

pub(crate) fn merge(random: &mut Random, kind: &Kind, earlier: usize) -> Step {
    let mut body = json!({});
    for _ in 0..=random.below(2) {
        let (path, value) = change(random, kind);
        json_merge(&mut body, nest(&path, value));
    }
    if random.percent(15) {
        json_merge(
            &mut body,
            json!({"metadata": {"resourceVersion": format!("@{{orv:{earlier}}}")}}),
        );
    }
    if random.percent(4) {
        json_merge(&mut body, json!({"metadata": {"uid": "other"}}));
    }
    patch(random, kind, "application/merge-patch+json", body)
}

/// Joins objects without giving null a meaning.
fn json_merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                json_merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

pub(crate) fn json(random: &mut Random, kind: &Kind, earlier: usize) -> Step {
    let mut operations = Vec::new();
    if random.percent(20) {
        operations.push(
            json!({"op": "test", "path": "/metadata/uid", "value": format!("@{{uid:{earlier}}}")}),
        );
    }
    for _ in 0..=random.below(3) {
        operations.push(operation(random, kind));
    }
    patch(
        random,
        kind,
        "application/json-patch+json",
        Value::Array(operations),
    )
}

fn pointer(path: &[String]) -> String {
    path.iter()
        .map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1")))
        .collect()
}

fn operation(random: &mut Random, kind: &Kind) -> Value {
    let (path, value) = change(random, kind);
    let (from, _) = change(random, kind);
    let at = if random.percent(6) {
        format!("{}/-", pointer(&path))
    } else {
        pointer(&path)
    };
    match random.below(14) {
        0..=3 => json!({"op": "add", "path": at, "value": value}),
        4..=6 => json!({"op": "replace", "path": at, "value": value}),
        7 | 8 => json!({"op": "remove", "path": at}),
        9 | 10 => json!({"op": "test", "path": at, "value": value}),
        11 => json!({"op": "copy", "from": pointer(&from), "path": at}),
        12 => json!({"op": "move", "from": pointer(&from), "path": at}),
        _ => random
            .pick(&[
                json!({"op": "jump", "path": "/metadata"}),
                json!({"op": "add", "path": "no/slash", "value": 1}),
                json!({"op": "add", "path": "/metadata/labels/x/y/z", "value": "v"}),
                json!({"op": "remove", "path": "/metadata/labels/none"}),
                json!({"op": "replace", "path": "", "value": {}}),
                json!({"op": "add", "path": "/metadata/finalizers/-", "value": "korm.test/hold"}),
                json!({"path": "/metadata"}),
            ])
            .clone(),
    }
}

/// An operation on something that `body`, which made the object, has.
pub(crate) fn operation_on(random: &mut Random, kind: &Kind, body: &Value) -> Value {
    let mut places = Vec::new();
    list_places(body, &mut Vec::new(), &mut places);
    if places.is_empty() || random.percent(10) {
        return operation(random, kind);
    }
    let path = random.pick(&places).clone();
    let at = pointer(&path);
    let present = body.pointer(&at).cloned().unwrap_or_default();
    let fresh = kind.body(random);
    let value = fresh.pointer(&at).unwrap_or(&present).clone();
    let other = other_place(random, &path, &places);
    match random.below(14) {
        0..=2 => json!({"op": "replace", "path": at, "value": value}),
        3 | 4 => json!({"op": "add", "path": at, "value": value}),
        5 | 6 => json!({"op": "remove", "path": at}),
        7 | 8 => json!({"op": "test", "path": at, "value": present}),
        9 => json!({"op": "copy", "from": at, "path": other}),
        10 => json!({"op": "move", "from": at, "path": other}),
        11 => json!({"op": "add", "path": "/metadata/labels", "value": metadata::labels(random)}),
        12 => match present.as_array().and_then(|items| items.first()) {
            Some(item) => json!({"op": "add", "path": format!("{at}/-"), "value": item}),
            None => json!({"op": "copy", "from": at, "path": at}),
        },
        _ => {
            let (path, value) = change(random, kind);
            json!({"op": "add", "path": pointer(&path), "value": value})
        }
    }
}

/// Where a value of this path may go: beside it where all members are of one type, else mostly to the same place.
fn other_place(random: &mut Random, path: &[String], places: &[Vec<String>]) -> String {
    const MAPS: [&str; 4] = ["labels", "annotations", "data", "stringData"];
    let mut other = path.to_vec();
    let is_in_map = path.len() > 1 && MAPS.contains(&path[path.len() - 2].as_str());
    if is_in_map {
        other.pop();
        other.push("other".to_owned());
    } else if random.percent(30) {
        other = random.pick(places).clone();
    }
    pointer(&other)
}

/// The paths of all that a body has, but for what tells which object it is.
fn list_places(value: &Value, path: &mut Vec<String>, places: &mut Vec<Vec<String>>) {
    let is_identity = |path: &[String]| {
        matches!(path, [one] if matches!(one.as_str(), "apiVersion" | "kind" | "metadata"))
            || matches!(path, [first, second] if first == "metadata" && second == "name")
    };
    if !path.is_empty() && !is_identity(path) {
        places.push(path.clone());
    }
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), member))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(number, item)| (number.to_string(), item))
            .collect(),
        _ => Vec::new(),
    };
    for (name, member) in members {
        path.push(name);
        list_places(member, path, places);
        path.pop();
    }
}

pub(crate) fn strategic(random: &mut Random, kind: &Kind) -> Step {
    let body = match kind.plural.as_str() {
        "services" => json!({"spec": {"ports": [random.pick(&[
            json!({"port": 80, "name": "renamed"}),
            json!({"port": 90, "name": "three", "protocol": "TCP"}),
            json!({"$patch": "delete", "port": 81}),
            json!({"$patch": "replace"}),
            json!({"name": "no key"}),
        ])]}}),
        "deployments" => json!({"spec": {"template": {"spec": random.pick(&[
            json!({"containers": [{"name": "c", "image": "new"}]}),
            json!({"containers": [{"name": "d", "$patch": "delete"}]}),
            json!({"containers": [{"name": "c", "env": [{"name": "B", "value": "9"}, {"name": "C", "value": "3"}]}]}),
            json!({"$setElementOrder/containers": [{"name": "d"}, {"name": "c"}], "containers": [{"name": "c", "image": "k"}]}),
            json!({"containers": [{"name": "c", "env": null}]}),
        ])}}}),
        "serviceaccounts" => random
            .pick(&[
                json!({"imagePullSecrets": [{"name": "three"}]}),
                json!({"imagePullSecrets": [{"name": "one", "$patch": "delete"}]}),
                json!({"secrets": [{"name": "s", "$patch": "delete"}]}),
                json!({"$patch": "replace", "metadata": {"name": "a"}}),
            ])
            .clone(),
        _ => {
            let (path, value) = change(random, kind);
            let mut body = nest(&path, value);
            if random.percent(20) {
                json_merge(&mut body, random.pick(&[
                    json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["korm.test/hold"]}}),
                    json!({"metadata": {"finalizers": ["korm.test/more"]}}),
                    json!({"metadata": {"labels": {"$patch": "replace", "seq": "@{ns}"}}}),
                    json!({"$retainKeys": ["data"]}),
                    json!({"metadata": {"labels": {"$patch": "nonsense"}}}),
                ]).clone());
            }
            // In which order a list is added to and taken from is by chance.
            let metadata = body["metadata"].as_object_mut();
            if let Some(metadata) = metadata.filter(|all| all.contains_key("finalizers")) {
                metadata.remove("$deleteFromPrimitiveList/finalizers");
            }
            body
        }
    };
    patch(random, kind, "application/strategic-merge-patch+json", body)
}

pub(crate) fn apply(random: &mut Random, kind: &Kind) -> Step {
    let name = if random.percent(98) {
        *random.pick(&metadata::NAMES)
    } else {
        "Bad_Name"
    };
    let mut body = kind.body(random);
    body["metadata"] = json!({"name": kind.name(name)});
    if random.percent(50) {
        body["metadata"]["labels"] = metadata::labels(random);
    }
    if random.percent(3) {
        body["metadata"]["managedFields"] = json!([{"manager": "x"}]);
    }
    if random.percent(3)
        && let Some(body) = body.as_object_mut()
    {
        body.remove("kind");
    }
    let mut query = vec![
        (*random.pick(&[
            "fieldManager=one",
            "fieldManager=one",
            "fieldManager=two",
            "fieldManager=three",
        ]))
        .to_owned(),
    ];
    if random.percent(4) {
        query.clear();
    }
    if random.percent(35) {
        query.push("force=true".to_owned());
    }
    if random.percent(5) {
        query.push("dryRun=All".to_owned());
    }
    if random.percent(6) {
        query.push("fieldValidation=Strict".to_owned());
    }
    let path = format!(
        "{}/{}?{}",
        kind.collection(),
        kind.name(name),
        query.join("&")
    );
    Step::new(Method::PATCH, &kind.plural, path).typed("application/apply-patch+yaml", body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_all_but_what_names_an_object() {
        let body = json!({"kind": "K", "metadata": {"name": "a", "labels": {"x/y": "z"}}, "spec": [{"b": 1}]});
        let mut places = Vec::new();
        list_places(&body, &mut Vec::new(), &mut places);
        let pointers: Vec<String> = places.iter().map(|path| pointer(path)).collect();
        assert_eq!(
            pointers,
            [
                "/metadata/labels",
                "/metadata/labels/x~1y",
                "/spec",
                "/spec/0",
                "/spec/0/b"
            ]
        );
    }
}
