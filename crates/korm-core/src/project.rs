//! Reading only the mapped part of an object.
//!
//! Two thirds of a list's bytes can be `managedFields`, and most models map a few fields of many. A
//! [`Projection`] is a serde seed that makes values only of what is wanted and skips the rest in the
//! parser.

use std::{collections::HashMap, fmt, sync::LazyLock};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{
    model::{ModelDef, identity_paths},
    path::FieldPath,
};

/// The paths of an object that are wanted, and all below them.
///
/// ```
/// use korm_core::{FieldDef, FieldPath, ModelDef, project::Projection};
/// use serde::de::DeserializeSeed;
/// use serde_json::json;
///
/// let def = ModelDef::new("example.com", "v1", "Peach", "peaches")
///     .field(FieldDef::new("price", FieldPath::spec("price"), json!({"type": "integer"})));
/// let projection = Projection::new(&def);
/// let text = r#"{"metadata": {"name": "a", "managedFields": [{}]}, "spec": {"price": 1, "more": [2]}}"#;
/// let object = projection.deserialize(&mut serde_json::Deserializer::from_str(text)).unwrap();
/// assert_eq!(object, json!({"metadata": {"name": "a"}, "spec": {"price": 1}}));
/// ```
#[derive(Clone, Debug)]
pub struct Projection {
    root: Node,
}

#[derive(Clone, Debug)]
enum Node {
    All,
    Skip,
    Members {
        of: HashMap<Box<str>, Node>,
        others: bool,
    },
}

impl Projection {
    /// What a model knows of an object; for a model of whole objects everything but `managedFields`.
    pub fn new(def: &ModelDef) -> Self {
        if def.whole {
            return Self::whole();
        }
        Self::of(identity_paths().chain(def.fields.iter().map(|field| field.path.clone())))
    }

    /// Everything but `managedFields`.
    pub(crate) fn whole() -> Self {
        let metadata = Node::Members {
            of: HashMap::from([("managedFields".into(), Node::Skip)]),
            others: true,
        };
        let root = Node::Members {
            of: HashMap::from([("metadata".into(), metadata)]),
            others: true,
        };
        Self { root }
    }

    /// Nothing but these paths.
    pub fn of(paths: impl IntoIterator<Item = FieldPath>) -> Self {
        let root = Node::Members {
            of: HashMap::new(),
            others: false,
        };
        Self { root }.with(paths)
    }

    /// The same, and these paths too.
    #[must_use]
    pub fn with(mut self, paths: impl IntoIterator<Item = FieldPath>) -> Self {
        for path in paths {
            add(&mut self.root, path.segments());
        }
        self
    }

    /// What is wanted of an object that has been read already.
    pub fn apply(&self, object: &Value) -> Value {
        project(&self.root, object).unwrap_or_else(|| Value::Object(Map::new()))
    }
}

fn add(node: &mut Node, segments: &[String]) {
    let Some((first, rest)) = segments.split_first() else {
        *node = Node::All;
        return;
    };
    match node {
        Node::All => {}
        Node::Skip => {
            *node = Node::Members {
                of: HashMap::new(),
                others: false,
            };
            add(node, segments);
        }
        Node::Members { others: true, of } if !of.contains_key(first.as_str()) => {}
        Node::Members { of, .. } => {
            let child = of
                .entry(first.as_str().into())
                .or_insert_with(|| Node::Members {
                    of: HashMap::new(),
                    others: false,
                });
            add(child, rest);
        }
    }
}

impl Node {
    fn child(&self, key: &str) -> &Self {
        match self {
            Self::All => &Self::All,
            Self::Skip => &Self::Skip,
            Self::Members { of, others } => {
                of.get(key)
                    .unwrap_or(if *others { &Self::All } else { &Self::Skip })
            }
        }
    }
}

fn project(node: &Node, value: &Value) -> Option<Value> {
    match (node, value) {
        (Node::Skip, _) => None,
        (Node::Members { .. }, Value::Object(members)) => {
            let kept = members
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), project(node.child(key), value)?)));
            Some(Value::Object(kept.collect()))
        }
        (Node::All | Node::Members { .. }, value) => Some(value.clone()),
    }
}

/// What a model knows of an object, as something to be serialized: the same as
/// [`ModelDef::project`] gives, without a copy.
pub(crate) struct Projected<'o> {
    wanted: Wants<'o>,
    value: &'o Value,
}

/// What is wanted of a value.
enum Wants<'o> {
    All,
    /// All but this member of this member.
    AllBut(&'static [&'static str]),
    /// What these paths lead to.
    Paths(Vec<&'o [String]>),
}

impl<'o> Projected<'o> {
    pub(crate) fn new(def: &'o ModelDef, object: &'o Value) -> Self {
        let wanted = if def.whole {
            Wants::AllBut(&["metadata", "managedFields"])
        } else {
            let fields = def.fields.iter().map(|field| field.path.segments());
            Wants::Paths(
                identity()
                    .iter()
                    .map(|path| path.segments())
                    .chain(fields)
                    .collect(),
            )
        };
        Self {
            wanted,
            value: object,
        }
    }
}

/// The identity paths, made once.
fn identity() -> &'static [FieldPath] {
    static PATHS: LazyLock<Vec<FieldPath>> = LazyLock::new(|| identity_paths().collect());
    &PATHS
}

impl<'o> Wants<'o> {
    /// What is wanted of a member; `None` where nothing is.
    fn of(&self, key: &str) -> Option<Self> {
        match self {
            Self::All => Some(Self::All),
            Self::AllBut(path) => match path {
                [] => Some(Self::All),
                [last] if *last == key => None,
                [first, rest @ ..] if *first == key => Some(Self::AllBut(rest)),
                _ => Some(Self::All),
            },
            Self::Paths(paths) => {
                let below: Vec<&[String]> = paths
                    .iter()
                    .filter_map(|path| path.split_first())
                    .filter(|(first, _)| *first == key)
                    .map(|(_, rest)| rest)
                    .collect();
                match below.iter().any(|rest| rest.is_empty()) {
                    true => Some(Self::All),
                    false => (!below.is_empty()).then_some(Self::Paths(below)),
                }
            }
        }
    }
}

impl Serialize for Projected<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (&self.wanted, self.value) {
            (Wants::All, value) => value.serialize(serializer),
            (wanted, Value::Object(members)) => {
                serializer.collect_map(members.iter().filter_map(|(key, value)| {
                    let wanted = wanted.of(key)?;
                    Some((key, Projected { wanted, value }))
                }))
            }
            (_, value) => value.serialize(serializer),
        }
    }
}

impl<'de> DeserializeSeed<'de> for &Projection {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, decoder: D) -> Result<Value, D::Error> {
        Seed(&self.root).deserialize(decoder)
    }
}

#[derive(Clone, Copy)]
struct Seed<'n>(&'n Node);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, decoder: D) -> Result<Value, D::Error> {
        match self.0 {
            Node::All => serde::Deserialize::deserialize(decoder),
            Node::Skip => decoder
                .deserialize_ignored_any(IgnoredAny)
                .map(|_| Value::Null),
            Node::Members { .. } => decoder.deserialize_any(self),
        }
    }
}

/// Anything but an object is taken as it is: what is wrong with it is for the decoder to say.
impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Kubernetes object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key_seed(Wanted(self.0))? {
            match key {
                Some((key, node)) => {
                    object.insert(key, map.next_value_seed(Seed(node))?);
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(object.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}

/// Reads a key and makes a string of it only when it is wanted.
struct Wanted<'n>(&'n Node);

impl<'de, 'n> DeserializeSeed<'de> for Wanted<'n> {
    type Value = Option<(String, &'n Node)>;

    fn deserialize<D: Deserializer<'de>>(self, decoder: D) -> Result<Self::Value, D::Error> {
        decoder.deserialize_str(self)
    }
}

impl<'n> Visitor<'_> for Wanted<'n> {
    type Value = Option<(String, &'n Node)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(match self.0.child(key) {
            Node::Skip => None,
            node => Some((key.to_owned(), node)),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::FieldDef;

    fn read(projection: &Projection, object: &Value) -> Value {
        let text = object.to_string();
        let read = projection
            .deserialize(&mut serde_json::Deserializer::from_str(&text))
            .unwrap();
        assert_eq!(read, projection.apply(object));
        read
    }

    fn projected(def: &ModelDef, object: &Value) -> Value {
        serde_json::to_value(Projected::new(def, object)).unwrap()
    }

    #[test]
    fn wanted_paths() {
        let def = ModelDef::new("example.com", "v1", "Peach", "peaches")
            .field(FieldDef::new(
                "a",
                FieldPath::new(["spec", "a", "b"]),
                json!({}),
            ))
            .field(FieldDef::new("label", FieldPath::label("x"), json!({})));
        let projection = Projection::new(&def).with([FieldPath::status("n")]);
        let object = json!({
            "apiVersion": "example.com/v1", "kind": "Peach",
            "metadata": {"name": "n", "labels": {"x": "1", "y": "2"}, "managedFields": [1]},
            "spec": {"a": {"b": {"deep": [1, {"c": null}]}, "other": 1}, "z": "\u{1F351}"},
            "status": {"n": 1, "m": 2}, "more": 1,
        });
        let want = json!({
            "apiVersion": "example.com/v1", "kind": "Peach",
            "metadata": {"name": "n", "labels": {"x": "1", "y": "2"}},
            "spec": {"a": {"b": {"deep": [1, {"c": null}]}}},
            "status": {"n": 1},
        });
        assert_eq!(read(&projection, &object), want);
        // What is no object on the way to a field is kept for the decoder to complain about.
        let odd = json!({"spec": {"a": "text"}, "status": [1.5, true]});
        assert_eq!(read(&projection, &odd), odd);
        assert_eq!(
            projected(&def, &object),
            Projection::new(&def).apply(&object)
        );
        assert_eq!(projected(&def, &odd), Projection::new(&def).apply(&odd));
    }

    #[test]
    fn whole_objects() {
        let mut def = ModelDef::new("", "v1", "Pod", "pods").native();
        def.whole = true;
        let object = json!({"metadata": {"name": "n", "managedFields": [1]}, "spec": {"a": 1}});
        let want = json!({"metadata": {"name": "n"}, "spec": {"a": 1}});
        assert_eq!(read(&Projection::new(&def), &object), want);
        assert_eq!(projected(&def, &object), want);
        let with = Projection::new(&def).with([FieldPath::spec("a")]);
        assert_eq!(read(&with, &object), want);
    }
}
