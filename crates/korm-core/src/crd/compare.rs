//! How an installed definition stands to the wanted one.

use std::fmt;

use serde_json::{Map, Value};

/// What it would do to write the wanted definition over the installed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Something new that no stored object minds.
    Adds,
    /// What was invalid becomes valid.
    Loosens,
    /// Stored objects may become invalid.
    Tightens,
    /// The installed one has more; the wanted one does not mention it.
    Removes,
    /// The two contradict each other.
    Contradicts,
}

/// One difference.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Difference {
    /// Where: a path within the object for its schema, `spec.size.diameter`, or within the definition.
    pub path: String,
    /// What is installed and what is wanted, as half a sentence.
    pub what: String,
    /// What writing the wanted one does.
    pub effect: Effect,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.what)
    }
}

/// All differences between two definitions.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Comparison {
    /// In the order they were found.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// Whether the model needs something that the installed definition does not have.
    pub fn needs_update(&self) -> bool {
        self.differences.iter().any(|d| d.effect != Effect::Removes)
    }

    /// Those that could break somebody: objects that become invalid, or programs that rely on what is
    /// installed.
    pub fn breaking(&self) -> impl Iterator<Item = &Difference> {
        self.differences
            .iter()
            .filter(|d| matches!(d.effect, Effect::Tightens | Effect::Contradicts))
    }

    fn add(&mut self, path: &str, what: impl Into<String>, effect: Effect) {
        self.differences.push(Difference {
            path: path.to_owned(),
            what: what.into(),
            effect,
        });
    }
}

/// Compares an installed definition, as the server gives it, with a wanted one.
pub fn compare(installed: &Value, wanted: &Value) -> Comparison {
    let mut out = Comparison::default();
    let (is, want) = (&installed["spec"], &wanted["spec"]);
    for path in ["group", "scope"] {
        unequal(&mut out, &format!("the {path}"), &is[path], &want[path]);
    }
    for name in ["plural", "singular", "kind"] {
        let label = format!("the {name}");
        unequal(&mut out, &label, &is["names"][name], &want["names"][name]);
    }
    for names in ["shortNames", "categories"] {
        words(&mut out, names, &is["names"][names], &want["names"][names]);
    }
    for version in list(&want["versions"]) {
        let name = version["name"].as_str().unwrap_or_default();
        match list(&is["versions"]).find(|v| v["name"] == version["name"]) {
            None => out.add(&format!("version {name}"), "is not installed", Effect::Adds),
            Some(found) => versions(&mut out, name, found, version),
        }
    }
    for version in list(&is["versions"]) {
        if !list(&want["versions"]).any(|v| v["name"] == version["name"]) {
            let name = version["name"].as_str().unwrap_or_default();
            out.add(
                &format!("version {name}"),
                "is installed too",
                Effect::Removes,
            );
        }
    }
    out
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn unequal(out: &mut Comparison, path: &str, is: &Value, want: &Value) {
    if is != want {
        out.add(path, format!("is {is}, wanted {want}"), Effect::Contradicts);
    }
}

fn words(out: &mut Comparison, path: &str, is: &Value, want: &Value) {
    for word in list(want).filter(|word| !list(is).any(|w| w == *word)) {
        out.add(path, format!("{word} is missing"), Effect::Adds);
    }
    for word in list(is).filter(|word| !list(want).any(|w| w == *word)) {
        out.add(path, format!("{word} is there too"), Effect::Removes);
    }
}

fn versions(out: &mut Comparison, name: &str, is: &Value, want: &Value) {
    if is["served"] != true {
        out.add(&format!("version {name}"), "is not served", Effect::Adds);
    }
    for subresource in ["status", "scale"] {
        let path = format!("subresource {subresource}");
        let at = |version: &Value| version["subresources"].get(subresource).cloned();
        match (at(is), at(want)) {
            (None, Some(_)) => out.add(&path, "is missing", Effect::Adds),
            (Some(_), None) => out.add(&path, "is there too", Effect::Removes),
            (Some(is), Some(want)) if is != want => {
                out.add(
                    &path,
                    format!("is {is}, wanted {want}"),
                    Effect::Contradicts,
                );
            }
            _ => {}
        }
    }
    by_key(out, "additionalPrinterColumns", "name", is, want);
    by_key(out, "selectableFields", "jsonPath", is, want);
    let schema = |version: &Value| version["schema"]["openAPIV3Schema"].clone();
    schemas(out, "", &schema(is), &schema(want));
}

/// Lists whose entries are told apart by one member.
fn by_key(out: &mut Comparison, what: &str, key: &str, is: &Value, want: &Value) {
    for wanted in list(&want[what]) {
        match list(&is[what]).find(|found| found[key] == wanted[key]) {
            None => out.add(what, format!("{} is missing", wanted[key]), Effect::Adds),
            Some(found) if !same_entry(found, wanted) => {
                out.add(what, format!("{} is different", wanted[key]), Effect::Adds);
            }
            Some(_) => {}
        }
    }
    for found in list(&is[what]) {
        if !list(&want[what]).any(|wanted| found[key] == wanted[key]) {
            out.add(
                what,
                format!("{} is there too", found[key]),
                Effect::Removes,
            );
        }
    }
}

/// Priority 0 may be written or not.
fn same_entry(a: &Value, b: &Value) -> bool {
    let plain = |entry: &Value| {
        let mut entry = entry.as_object().cloned().unwrap_or_default();
        if entry.get("priority").is_some_and(|p| *p == 0) {
            entry.remove("priority");
        }
        entry
    };
    plain(a) == plain(b)
}

/// Bounds: the keyword, and whether a greater value is the stricter one.
const BOUNDS: [(&str, bool); 8] = [
    ("minimum", true),
    ("minLength", true),
    ("minItems", true),
    ("minProperties", true),
    ("maximum", false),
    ("maxLength", false),
    ("maxItems", false),
    ("maxProperties", false),
];

fn schemas(out: &mut Comparison, path: &str, is: &Value, want: &Value) {
    let here = if path.is_empty() { "the object" } else { path };
    types(out, here, is, want);
    properties(out, path, is, want);
    for inner in ["items", "additionalProperties"] {
        let deeper = format!("{path}{}", if inner == "items" { "[]" } else { "[*]" });
        match (is.get(inner), want.get(inner)) {
            (Some(is), Some(want)) if is.is_object() && want.is_object() => {
                schemas(out, &deeper, is, want);
            }
            (None, Some(_)) if !preserves(is) => {
                out.add(&deeper, "is not described", Effect::Contradicts);
            }
            _ => {}
        }
    }
    required(out, path, is, want);
    for (keyword, greater_is_stricter) in BOUNDS {
        bound(out, here, keyword, greater_is_stricter, is, want);
    }
    enumeration(out, here, is, want);
    for keyword in ["pattern", "multipleOf", "oneOf", "anyOf", "not"]
        .into_iter()
        .chain([
            "x-kubernetes-validations",
            "exclusiveMinimum",
            "exclusiveMaximum",
        ])
    {
        constraint(out, here, keyword, is, want);
    }
    for keyword in [
        "x-kubernetes-list-type",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-map-type",
    ] {
        if is.get(keyword) != want.get(keyword) {
            out.add(here, differs(keyword, is, want), Effect::Contradicts);
        }
    }
    for keyword in ["default", "description"] {
        match (is.get(keyword), want.get(keyword)) {
            (is, Some(want)) if is != Some(want) => {
                out.add(here, format!("another {keyword} is wanted"), Effect::Adds);
            }
            (Some(_), None) if keyword == "default" => {
                out.add(here, "has a default", Effect::Removes);
            }
            _ => {}
        }
    }
    if want["nullable"] == true && is["nullable"] != true {
        out.add(here, "does not take null", Effect::Loosens);
    }
}

fn preserves(schema: &Value) -> bool {
    schema["x-kubernetes-preserve-unknown-fields"] == true
}

fn differs(keyword: &str, is: &Value, want: &Value) -> String {
    let shown = |schema: &Value| {
        schema
            .get(keyword)
            .map_or("none".to_owned(), Value::to_string)
    };
    format!("{keyword} is {}, wanted {}", shown(is), shown(want))
}

fn types(out: &mut Comparison, here: &str, is: &Value, want: &Value) {
    let kind = |schema: &Value| {
        if schema["x-kubernetes-int-or-string"] == true {
            return "integer or string".to_owned();
        }
        schema
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or("anything")
            .to_owned()
    };
    let (found, wanted) = (kind(is), kind(want));
    let effect = match (found.as_str(), wanted.as_str()) {
        (a, b) if a == b => None,
        ("integer" | "string", "integer or string") | (_, "anything") | ("integer", "number") => {
            Some(Effect::Loosens)
        }
        // Whatever the program writes is taken, and it reads what it wrote.
        ("anything", _) if preserves(is) => None,
        _ => Some(Effect::Contradicts),
    };
    if let Some(effect) = effect {
        out.add(here, format!("is {found}, wanted {wanted}"), effect);
    }
    if found == wanted && is.get("format") != want.get("format") {
        // Formats that constrain text; those of numbers only describe.
        let effect = if found == "string" {
            Effect::Tightens
        } else {
            Effect::Adds
        };
        out.add(here, differs("format", is, want), effect);
    }
    if preserves(want) && !preserves(is) {
        out.add(here, "does not keep unknown members", Effect::Loosens);
    }
}

fn properties(out: &mut Comparison, path: &str, is: &Value, want: &Value) {
    let nothing = Map::new();
    let of = |schema: &'_ Value| schema.get("properties").and_then(Value::as_object).cloned();
    let (is_properties, want_properties) =
        (of(is).unwrap_or_default(), of(want).unwrap_or(nothing));
    let below = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    for (name, wanted) in &want_properties {
        match is_properties.get(name) {
            Some(found) => schemas(out, &below(name), found, wanted),
            None if preserves(is) => {}
            None => out.add(&below(name), "is missing", Effect::Adds),
        }
    }
    for name in is_properties
        .keys()
        .filter(|name| !want_properties.contains_key(*name))
    {
        // What every object has may be described or not.
        let every_object = path.is_empty() && matches!(&**name, "apiVersion" | "kind" | "metadata");
        if !every_object {
            out.add(&below(name), "is there too", Effect::Removes);
        }
    }
}

fn required(out: &mut Comparison, path: &str, is: &Value, want: &Value) {
    let has = |schema: &Value, name: &Value| list(&schema["required"]).any(|n| n == name);
    let below = |name: &Value| {
        let name = name.as_str().unwrap_or_default();
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    for name in list(&want["required"]).filter(|name| !has(is, name)) {
        out.add(&below(name), "is not required", Effect::Tightens);
    }
    for name in list(&is["required"]).filter(|name| !has(want, name)) {
        // Only what the model describes too can become optional; the rest is there too.
        let described = name
            .as_str()
            .is_some_and(|n| want["properties"].get(n).is_some());
        let effect = if described {
            Effect::Loosens
        } else {
            Effect::Contradicts
        };
        out.add(&below(name), "is required", effect);
    }
}

fn bound(out: &mut Comparison, here: &str, keyword: &str, up: bool, is: &Value, want: &Value) {
    let number = |schema: &Value| schema.get(keyword).and_then(Value::as_f64);
    let effect = match (number(is), number(want)) {
        (None, Some(_)) => Effect::Tightens,
        (Some(_), None) => Effect::Loosens,
        (Some(is), Some(want)) if is != want => {
            if (want > is) == up {
                Effect::Tightens
            } else {
                Effect::Loosens
            }
        }
        _ => return,
    };
    out.add(here, differs(keyword, is, want), effect);
}

fn enumeration(out: &mut Comparison, here: &str, is: &Value, want: &Value) {
    match (is.get("enum"), want.get("enum")) {
        (None, Some(_)) => out.add(here, differs("enum", is, want), Effect::Tightens),
        (Some(_), None) => out.add(here, differs("enum", is, want), Effect::Loosens),
        (Some(found), Some(wanted)) => {
            let all_in = |a: &Value, b: &Value| list(a).all(|v| list(b).any(|w| v == w));
            if !all_in(found, wanted) {
                out.add(here, differs("enum", is, want), Effect::Tightens);
            } else if !all_in(wanted, found) {
                out.add(here, differs("enum", is, want), Effect::Loosens);
            }
        }
        (None, None) => {}
    }
}

fn constraint(out: &mut Comparison, here: &str, keyword: &str, is: &Value, want: &Value) {
    let effect = match (is.get(keyword), want.get(keyword)) {
        (a, b) if a == b => return,
        (Some(_), None) => Effect::Loosens,
        _ => Effect::Tightens,
    };
    out.add(here, differs(keyword, is, want), effect);
}
