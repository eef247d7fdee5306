//! Random structural schemas, and random objects that fit them, nearly.

use serde_json::{Map, Value, json};

use crate::random::Random;

/// The schema of a custom kind, as its definition spells it.
#[derive(Clone, Debug)]
pub(crate) struct Schema(pub(crate) Value);

const DEPTH: usize = 3;
/// One value in this many of a hundred does not fit its schema.
const MISFITS: usize = 5;

impl Schema {
    /// A schema with `spec` and `status`; `replicas` are there for a scale subresource.
    pub(crate) fn random(random: &mut Random) -> Self {
        let mut spec = object(random, DEPTH);
        spec["properties"]["replicas"] = json!({"type": "integer", "format": "int32"});
        spec["properties"]["variety"] = json!({"type": "string"});
        let mut status = object(random, 1);
        status["properties"]["replicas"] = json!({"type": "integer"});
        let mut root = json!({"type": "object", "properties": {"spec": spec, "status": status}});
        if random.percent(20) {
            root["required"] = json!(["spec"]);
        }
        if random.percent(15) {
            root["properties"]["extra"] = node(random, 1);
        }
        Self(root)
    }

    /// The schema of another version of the same kind: some fields are gone, some are new.
    pub(crate) fn relative(&self, random: &mut Random) -> Self {
        let mut root = self.0.clone();
        let spec = &mut root["properties"]["spec"];
        let names: Vec<String> = spec["properties"]
            .as_object()
            .map(|properties| properties.keys().cloned().collect())
            .unwrap_or_default();
        for name in names {
            // Rules and scales speak of the others.
            if random.percent(30)
                && !matches!(name.as_str(), "replicas" | "variety")
                && !self.has_rules()
                && let Some(properties) = spec["properties"].as_object_mut()
            {
                properties.remove(&name);
                if let Some(required) = spec["required"].as_array_mut() {
                    required.retain(|one| *one != name);
                }
            }
        }
        if spec["required"].as_array().is_some_and(Vec::is_empty)
            && let Some(spec) = spec.as_object_mut()
        {
            spec.remove("required");
        }
        // Versions that are all the same are another kind of definition.
        for name in ["added", "a"].iter().take(1 + random.below(2)) {
            if spec["properties"][*name].is_null() {
                spec["properties"][*name] = node(random, 0);
            }
        }
        Self(root)
    }

    fn has_rules(&self) -> bool {
        self.0.to_string().contains("x-kubernetes-validations")
    }

    /// Paths of scalars that are not within lists or maps.
    pub(crate) fn scalars(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for name in ["spec", "status"] {
            list_scalars(&self.0["properties"][name], name, &mut paths);
        }
        paths
    }

    /// Those that may be selected by.
    pub(crate) fn selectable(&self) -> Vec<String> {
        let fits = |path: &String| {
            let pointer = format!("/properties/{}", path.replace('.', "/properties/"));
            let of_type = self.0.pointer(&pointer).map(|schema| &schema["type"]);
            of_type.is_some_and(|of_type| of_type != "number") && !path.contains('-')
        };
        self.scalars().into_iter().filter(fits).collect()
    }

    /// An object of the schema without metadata.
    pub(crate) fn object(&self, random: &mut Random) -> Value {
        let mut value = json!({});
        for name in ["spec", "status", "extra"] {
            let schema = &self.0["properties"][name];
            if schema.is_object() && random.percent(if name == "spec" { 95 } else { 35 }) {
                value[name] = sample(schema, random, 0);
            }
        }
        if random.percent(4) {
            value["unknown"] = json!({"a": 1});
        }
        value
    }

    /// An object that fits the schema, without metadata: for what is to be there to change.
    pub(crate) fn plain(&self, random: &mut Random) -> Value {
        let mut value = json!({});
        for name in ["spec", "status"] {
            value[name] = plain(&self.0["properties"][name], random);
        }
        value
    }

    /// A value for some field below `spec` or `status`, with the path to it.
    pub(crate) fn somewhere(&self, random: &mut Random) -> (Vec<String>, Value) {
        let top = if random.percent(80) { "spec" } else { "status" };
        let mut path = vec![top.to_owned()];
        let mut schema = &self.0["properties"][top];
        while let Some(properties) = schema["properties"]
            .as_object()
            .filter(|all| !all.is_empty())
        {
            let names: Vec<&String> = properties.keys().collect();
            let name = *random.pick(&names);
            path.push(name.clone());
            schema = &properties[name];
            if random.percent(50) {
                break;
            }
        }
        let value = if random.percent(12) {
            Value::Null
        } else {
            sample(schema, random, 0)
        };
        (path, value)
    }
}

fn list_scalars(schema: &Value, path: &str, paths: &mut Vec<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        match property["type"].as_str() {
            Some("string" | "integer" | "boolean" | "number") => paths.push(path),
            _ => list_scalars(property, &path, paths),
        }
    }
}

/// An object schema with a few named fields.
fn object(random: &mut Random, depth: usize) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for name in ["a", "b", "c", "d-e", "f"].iter().take(1 + random.below(5)) {
        properties.insert((*name).to_owned(), node(random, depth - 1));
        if random.percent(12) {
            required.push(json!(name));
        }
    }
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = Value::Array(required);
    }
    if random.percent(10) {
        schema["x-kubernetes-preserve-unknown-fields"] = json!(true);
    }
    if random.percent(8) {
        schema["x-kubernetes-map-type"] = json!("atomic");
    }
    if random.percent(6) {
        schema["minProperties"] = json!(1);
    }
    schema
}

fn node(random: &mut Random, depth: usize) -> Value {
    let leaf = depth == 0;
    let mut schema = match random.weighted(&[
        (22, 0),
        (14, 1),
        (6, 2),
        (9, 3),
        (7, 4),
        (5, 5),
        (if leaf { 0 } else { 16 }, 6),
        (if leaf { 0 } else { 8 }, 7),
        (if leaf { 0 } else { 18 }, 8),
    ]) {
        0 => string(random),
        1 => number(random, "integer"),
        2 => number(random, "number"),
        3 => json!({"type": "boolean"}),
        4 => json!({"x-kubernetes-int-or-string": true}),
        5 => json!({"x-kubernetes-preserve-unknown-fields": true, "type": "object"}),
        6 => object(random, depth),
        7 => json!({"type": "object", "additionalProperties": node(random, depth - 1)}),
        _ => list(random, depth),
    };
    if random.percent(12) {
        schema["nullable"] = json!(true);
    }
    // Within what is itself defaulted, defaults of the API server's own validation get involved; one level is enough.
    if random.percent(15) {
        let default = fitting(&schema, random);
        if let Some(default) = default {
            schema["default"] = default;
        }
    }
    schema
}

fn string(random: &mut Random) -> Value {
    match random.below(9) {
        0 => json!({"type": "string", "enum": ["red", "green", "b"]}),
        1 => json!({"type": "string", "pattern": "^[a-z]+$"}),
        2 => json!({"type": "string", "maxLength": 3}),
        3 => json!({"type": "string", "minLength": 2}),
        4 => {
            json!({"type": "string", "format": *random.pick(&["date-time", "byte", "ipv4", "uuid", "duration", "date"])})
        }
        _ => json!({"type": "string"}),
    }
}

fn number(random: &mut Random, of_type: &str) -> Value {
    let mut schema = json!({"type": of_type});
    match random.below(8) {
        0 => schema["minimum"] = json!(1),
        1 => schema["maximum"] = json!(5),
        2 => {
            schema["minimum"] = json!(0);
            schema["exclusiveMinimum"] = json!(true);
        }
        3 => schema["multipleOf"] = json!(2),
        4 => schema["enum"] = json!([1, 2, 3]),
        5 => {
            schema["format"] = json!(if of_type == "integer" {
                "int32"
            } else {
                "double"
            })
        }
        _ => {}
    }
    schema
}

fn list(random: &mut Random, depth: usize) -> Value {
    let mut schema = match random.below(4) {
        0 => json!({"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}),
        1 => {
            let mut item = object(random, 1);
            item["properties"]["name"] = json!({"type": "string"});
            item["required"] = json!(["name"]);
            if let Some(item) = item.as_object_mut() {
                item.remove("x-kubernetes-map-type");
                item.remove("x-kubernetes-preserve-unknown-fields");
            }
            json!({
                "type": "array", "items": item,
                "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
            })
        }
        2 => {
            json!({"type": "array", "items": node(random, depth - 1), "x-kubernetes-list-type": "atomic"})
        }
        _ => json!({"type": "array", "items": node(random, depth - 1)}),
    };
    if random.percent(12) {
        schema["maxItems"] = json!(2);
    }
    if random.percent(8) {
        schema["minItems"] = json!(1);
    }
    schema
}

/// A value that fits the schema, where one is easily found: a default has to.
fn fitting(schema: &Value, random: &mut Random) -> Option<Value> {
    if let Some(values) = schema["enum"].as_array() {
        return Some(random.pick(values).clone());
    }
    if schema["x-kubernetes-int-or-string"] == true {
        return Some(json!(*random.pick(&["50%", "x"])));
    }
    match schema["type"].as_str()? {
        "string" if schema.get("format").is_none() => Some(json!("abc")),
        "integer" => Some(json!(2)),
        "number" => Some(json!(if random.percent(50) {
            json!(2)
        } else {
            json!(4.0)
        })),
        "boolean" => Some(json!(random.percent(50))),
        "object" if schema.get("required").is_none() && schema.get("minProperties").is_none() => {
            Some(json!({}))
        }
        "array" if schema.get("minItems").is_none() => Some(json!([])),
        _ => None,
    }
}

/// A value that fits the schema; rules may still be against it.
fn plain(schema: &Value, random: &mut Random) -> Value {
    if let Some(value) = schema["enum"].as_array() {
        return random.pick(value).clone();
    }
    match schema["type"].as_str() {
        Some("string") => json!(match schema["format"].as_str() {
            Some(_) => usual(schema),
            None => random.text(&["abc", "xyz"]),
        }),
        Some("integer" | "number") => json!(random.pick(&[2, 4])),
        Some("boolean") => json!(random.percent(50)),
        Some("array") if schema["x-kubernetes-list-type"] == "set" => json!(["a", "b"]),
        Some("array") => {
            let mut item = plain(&schema["items"], random);
            if schema["x-kubernetes-list-type"] == "map" {
                item["name"] = json!("n0");
            }
            json!([item])
        }
        Some("object") => {
            let mut value = json!({});
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                let required = schema["required"].as_array();
                let required = required.is_some_and(|names| names.iter().any(|one| one == name));
                if required || random.percent(60) || schema.get("minProperties").is_some() {
                    value[name] = plain(property, random);
                }
            }
            if schema["additionalProperties"].is_object() {
                value["one"] = plain(&schema["additionalProperties"], random);
            }
            value
        }
        // Either a number or a text.
        _ => json!(*random.pick(&["10%", "x"])),
    }
}

/// A value for the schema; now and then one that does not fit.
fn sample(schema: &Value, random: &mut Random, depth: usize) -> Value {
    if random.percent(MISFITS) {
        return misfit(random);
    }
    if schema["nullable"] == true && random.percent(25) {
        return Value::Null;
    }
    if let Some(values) = schema["enum"].as_array().filter(|_| random.percent(85)) {
        return random.pick(values).clone();
    }
    if schema["x-kubernetes-int-or-string"] == true {
        return if random.percent(50) {
            json!(random.below(10))
        } else {
            json!("10%")
        };
    }
    match schema["type"].as_str() {
        Some("string") => sample_string(schema, random),
        Some("integer") => {
            let numbers = [
                json!(0),
                json!(1),
                json!(2),
                json!(3),
                json!(7),
                json!(-1),
                json!(4_000_000_000_u64),
                json!(2.0),
            ];
            random.pick(&numbers).clone()
        }
        Some("number") => {
            let numbers = [
                json!(0),
                json!(1),
                json!(2.5),
                json!(4),
                json!(-0.5),
                json!(1e21),
                json!(1e-7),
                json!(6.0),
            ];
            random.pick(&numbers).clone()
        }
        Some("boolean") => json!(random.percent(50)),
        Some("array") => sample_list(schema, random, depth),
        Some("object") => sample_object(schema, random, depth),
        _ => misfit(random),
    }
}

/// A text of the schema's format.
fn usual(schema: &Value) -> &'static str {
    match schema["format"].as_str() {
        Some("date-time") => "2020-01-02T03:04:05Z",
        Some("byte") => "AAEC",
        Some("ipv4") => "10.1.2.3",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("duration") => "1h30m",
        Some("date") => "2020-01-02",
        _ => "abc",
    }
}

fn sample_string(schema: &Value, random: &mut Random) -> Value {
    let fitting = usual(schema);
    let others = [
        "",
        "ab",
        "x",
        "Upper Case",
        "ä€😀",
        "2020-13-45",
        "AA=",
        "longer than that",
        "<a & b>",
    ];
    json!(if random.percent(65) {
        fitting
    } else {
        *random.pick(&others)
    })
}

fn sample_list(schema: &Value, random: &mut Random, depth: usize) -> Value {
    let count = random.below(4);
    if schema["x-kubernetes-list-type"] == "set" {
        let items = ["a", "b", "c", "a"];
        return items
            .into_iter()
            .take(count + usize::from(random.percent(10)))
            .collect();
    }
    let mut items: Vec<Value> = (0..count)
        .map(|_| sample(&schema["items"], random, depth + 1))
        .collect();
    if schema["x-kubernetes-list-type"] == "map" {
        for (number, item) in items.iter_mut().enumerate() {
            // Two of the same key in one list of ten.
            let key = if random.percent(10) { 0 } else { number };
            if item.is_object() {
                item["name"] = json!(format!("n{key}"));
            }
        }
    }
    Value::Array(items)
}

fn sample_object(schema: &Value, random: &mut Random, depth: usize) -> Value {
    let mut value = json!({});
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let required = schema["required"]
            .as_array()
            .is_some_and(|names| names.iter().any(|one| one == name));
        if random.percent(if required { 94 } else { 50 }) {
            value[name] = sample(property, random, depth + 1);
        }
    }
    let additional = &schema["additionalProperties"];
    if additional.is_object() {
        for name in ["one", "two", "x/y"].iter().take(random.below(4)) {
            value[*name] = sample(additional, random, depth + 1);
        }
    }
    let open = schema["x-kubernetes-preserve-unknown-fields"] == true;
    if random.percent(if open { 50 } else { 5 }) {
        value["unknown"] = misfit(random);
    }
    value
}

/// A value of any type.
fn misfit(random: &mut Random) -> Value {
    let values = [
        json!(null),
        json!("text"),
        json!(1),
        json!(1.5),
        json!(true),
        json!([]),
        json!(["a", 1]),
        json!({}),
        json!({"k": {"l": null}}),
        json!(-5),
    ];
    random.pick(&values).clone()
}
