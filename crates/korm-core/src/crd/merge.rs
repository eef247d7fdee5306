//! A definition that serves what is installed and what is wanted.

use serde_json::{Map, Value, json};

/// The installed definition with everything the wanted one has and it lacks. Where both say something
/// about the same, the wanted one decides; what only the installed one has stays: other versions,
/// properties, columns. Only what a client sends is in it: name, labels, annotations and spec.
pub fn merge(installed: &Value, wanted: &Value) -> Value {
    let mut merged = wanted.clone();
    for part in ["labels", "annotations"] {
        if let Some(kept) = installed["metadata"].get(part) {
            merged["metadata"][part] = kept.clone();
        }
    }
    let (is, spec) = (&installed["spec"], &mut merged["spec"]);
    for names in ["shortNames", "categories"] {
        let all = union(
            &is["names"][names],
            &wanted["spec"]["names"][names],
            |a, b| a == b,
        );
        if !all.is_empty() {
            spec["names"][names] = all.into();
        }
    }
    if let Some(conversion) = is.get("conversion") {
        spec["conversion"] = conversion.clone();
    }
    let mut versions = Vec::new();
    for found in list(&is["versions"]) {
        let same = |v: &&Value| v["name"] == found["name"];
        versions.push(match list(&wanted["spec"]["versions"]).find(same) {
            Some(wanted) => version(found, wanted),
            None => found.clone(),
        });
    }
    let stored = versions.iter().any(|v| v["storage"] == true);
    for wanted in list(&wanted["spec"]["versions"]) {
        if !list(&is["versions"]).any(|v| v["name"] == wanted["name"]) {
            let mut added = wanted.clone();
            added["storage"] = (!stored).into();
            versions.push(added);
        }
    }
    spec["versions"] = versions.into();
    merged
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The wanted entries, and the installed ones that are not among them, in the installed order.
fn union(is: &Value, want: &Value, same: fn(&Value, &Value) -> bool) -> Vec<Value> {
    let mut all: Vec<Value> = list(is)
        .map(|found| {
            list(want)
                .find(|wanted| same(found, wanted))
                .unwrap_or(found)
                .clone()
        })
        .collect();
    let new = list(want).filter(|wanted| !list(is).any(|found| same(found, wanted)));
    all.extend(new.cloned());
    all
}

fn version(is: &Value, want: &Value) -> Value {
    let mut merged = is.clone();
    merged["served"] = true.into();
    for (key, same) in [
        (
            "additionalPrinterColumns",
            (|a, b| a["name"] == b["name"]) as fn(&Value, &Value) -> bool,
        ),
        ("selectableFields", |a, b| a["jsonPath"] == b["jsonPath"]),
    ] {
        let all = union(&is[key], &want[key], same);
        if !all.is_empty() {
            merged[key] = all.into();
        }
    }
    if let Some(wanted) = want.get("subresources").and_then(Value::as_object) {
        let mut all = is["subresources"].as_object().cloned().unwrap_or_default();
        all.extend(wanted.clone());
        merged["subresources"] = all.into();
    }
    let schema = |version: &Value| version["schema"]["openAPIV3Schema"].clone();
    merged["schema"] = json!({"openAPIV3Schema": schemas(schema(is), schema(want))});
    merged
}

/// Keywords that only the wanted schema decides: leaving one out loosens what is installed.
const DECIDED: [&str; 19] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "enum",
    "oneOf",
    "anyOf",
    "allOf",
    "not",
    "x-kubernetes-validations",
];

fn schemas(is: Value, want: Value) -> Value {
    let (Value::Object(mut is), Value::Object(want)) = (is, want.clone()) else {
        return want;
    };
    for keyword in DECIDED {
        is.remove(keyword);
    }
    let described = want.get("properties").and_then(Value::as_object).cloned();
    if let Some(Value::Array(required)) = is.get_mut("required") {
        // What the model describes it also decides about.
        let known = |name: &Value| {
            name.as_str()
                .is_some_and(|n| described.as_ref().is_some_and(|d| d.contains_key(n)))
        };
        required.retain(|name| !known(name));
    }
    for (key, wanted) in want {
        let merged = match (key.as_str(), is.remove(&key)) {
            ("properties", Some(found)) => properties(found, wanted),
            ("items" | "additionalProperties", Some(found)) => schemas(found, wanted),
            ("required", Some(found)) => union(&found, &wanted, |a, b| a == b).into(),
            (_, _) => wanted,
        };
        is.insert(key, merged);
    }
    if is.get("required").is_some_and(|r| *r == json!([])) {
        is.remove("required");
    }
    is.into()
}

fn properties(is: Value, want: Value) -> Value {
    let (Value::Object(mut is), Value::Object(want)) = (is, want.clone()) else {
        return want;
    };
    let mut merged = Map::new();
    for (name, wanted) in want {
        let found = is.remove(&name);
        merged.insert(
            name,
            found.map_or(wanted.clone(), |found| schemas(found, wanted)),
        );
    }
    is.extend(merged);
    is.into()
}
