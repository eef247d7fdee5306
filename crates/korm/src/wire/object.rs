//! One object without its `managedFields`, which can be two thirds of its bytes.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

/// Reads a whole object and skips `metadata.managedFields`.
#[derive(Clone, Copy)]
pub(crate) struct ObjectSeed;

/// Reads one object.
pub(crate) fn decode_object(bytes: &[u8]) -> serde_json::Result<Value> {
    let mut decoder = serde_json::Deserializer::from_slice(bytes);
    let object = ObjectSeed.deserialize(&mut decoder)?;
    decoder.end()?;
    Ok(object)
}

impl<'de> DeserializeSeed<'de> for ObjectSeed {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, decoder: D) -> Result<Value, D::Error> {
        decoder.deserialize_map(Object {
            below: Some(("metadata", "managedFields")),
        })
    }
}

/// An object in which, under the key `below.0`, the key `below.1` is skipped.
struct Object {
    below: Option<(&'static str, &'static str)>,
}

impl<'de> Visitor<'de> for Object {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Kubernetes object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = match self.below {
                Some((above, skipped)) if key == above => map.next_value_seed(Without(skipped))?,
                _ => map.next_value()?,
            };
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

/// Any value; if it is an object, without one of its keys.
struct Without(&'static str);

impl<'de> DeserializeSeed<'de> for Without {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, decoder: D) -> Result<Value, D::Error> {
        decoder.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Without {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the metadata of a Kubernetes object")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0 {
                map.next_value::<IgnoredAny>()?;
            } else {
                let value = map.next_value()?;
                object.insert(key, value);
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn managed_fields_go_and_everything_else_stays() {
        let text = br#"{"kind":"Peach","metadata":{"name":"a","managedFields":[{"x":{}}],"labels":{"managedFields":"k"}},
            "managedFields":1,"spec":{"metadata":{"managedFields":[2]}}}"#;
        let expected = json!({"kind": "Peach", "managedFields": 1, "spec": {"metadata": {"managedFields": [2]}},
            "metadata": {"name": "a", "labels": {"managedFields": "k"}}});
        assert_eq!(decode_object(text).unwrap(), expected);
    }

    #[test]
    fn what_is_no_object_is_an_error() {
        assert!(decode_object(b"[]").is_err());
        assert!(decode_object(b"{} {}").is_err());
        assert_eq!(
            decode_object(br#"{"metadata":null}"#).unwrap(),
            json!({"metadata": null})
        );
    }
}
