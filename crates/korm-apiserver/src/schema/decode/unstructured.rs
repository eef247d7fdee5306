//! From a decoded JSON value to a native kind, as strategic patches and applied configurations go:
//! `FromUnstructured` of `k8s.io/apimachinery/pkg/runtime`. It is laxer than decoding text (whole
//! floats are integers, and integers lose what does not fit), and words its faults otherwise.

use serde_json::{Map, Number, Value};

use super::native::{go_type, int_or_string, is_free, last_part, self_decoding, zero};
use super::{Decoded, Node};
use crate::native::float_value;
use crate::schema::go_base64::{self, Alphabet};
use crate::schema::types::{Property, Shape, TypeId, Types};

/// Converts a value to the type `root`; the complaints name unknown fields, sorted.
pub(crate) fn convert_native(types: &Types, root: TypeId, value: Value) -> Result<Decoded, String> {
    let mut converter = Converter {
        types,
        path: String::new(),
        unknown: Vec::new(),
    };
    let value = converter.value(root, value)?;
    converter.unknown.sort();
    Ok(Decoded {
        value: value.unwrap_or(Value::Null),
        strict: converter.unknown,
    })
}

struct Converter<'a> {
    types: &'a Types,
    /// Where the converter is. Keys of maps are left out of it.
    path: String,
    unknown: Vec<String>,
}

impl Converter<'_> {
    /// A value of this type, nothing for null.
    fn value(&mut self, id: TypeId, value: Value) -> Result<Option<Value>, String> {
        if value.is_null() {
            return Ok(None);
        }
        let ty = self.types.get(id);
        let name = ty.name.as_deref().unwrap_or_default();
        let decoded = if ty.int_or_string {
            Some(int_or_string(&Node::from(value.clone())))
        } else {
            self_decoding(last_part(name), name, &Node::from(value.clone()))
        };
        if let Some(result) = decoded {
            return result.map(Some);
        }
        Ok(Some(match (&ty.shape, value) {
            (Shape::Any, value) => value,
            (Shape::Object(object), value) if is_free(ty, object) => value,
            (Shape::Object(object), Value::Object(fields)) => match &object.additional {
                Some(item) => self.map(item, fields)?,
                None => self.structure(id, fields)?,
            },
            (Shape::Object(object), other) => {
                let target = match object.additional {
                    Some(_) => "map from",
                    None => "struct from:",
                };
                return Err(format!("cannot restore {target} {}", kind_of(&other)));
            }
            (Shape::Array { items, .. }, Value::Array(values)) => match items {
                Some(item) => self.list(item.ty, values)?,
                None => Value::Array(values),
            },
            (Shape::Array { .. }, other) => {
                return Err(format!("cannot restore slice from {}", kind_of(&other)));
            }
            (Shape::String { format }, value) if format.as_deref() == Some("byte") => bytes(value)?,
            (_, value) => self.scalar(id, value)?,
        }))
    }

    fn structure(&mut self, id: TypeId, fields: Map<String, Value>) -> Result<Value, String> {
        let Shape::Object(object) = &self.types.get(id).shape else {
            return Ok(Value::Object(fields));
        };
        let mut map = Map::new();
        for (key, value) in fields {
            let length = self.enter(&key);
            match object.properties.get(key.as_str()) {
                Some(property) => {
                    if let Some(value) = self.value(property.ty, value)? {
                        map.insert(key, value);
                    }
                }
                None => self
                    .unknown
                    .push(format!("unknown field \"{}\"", self.path)),
            }
            self.path.truncate(length);
        }
        Ok(Value::Object(map))
    }

    fn map(&mut self, item: &Property, fields: Map<String, Value>) -> Result<Value, String> {
        let mut map = Map::new();
        for (key, value) in fields {
            let value = self.value(item.ty, value)?;
            map.insert(key, value.unwrap_or_else(|| zero(self.types, item.ty)));
        }
        Ok(Value::Object(map))
    }

    fn list(&mut self, item: TypeId, values: Vec<Value>) -> Result<Value, String> {
        let mut list = Vec::with_capacity(values.len());
        for (index, value) in values.into_iter().enumerate() {
            let length = self.path.len();
            self.path.push_str(&format!("[{index}]"));
            let value = self.value(item, value)?;
            list.push(value.unwrap_or_else(|| zero(self.types, item)));
            self.path.truncate(length);
        }
        Ok(Value::Array(list))
    }

    fn enter(&mut self, key: &str) -> usize {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(key);
        length
    }

    /// Go converts between numbers, and refuses with two sentences: one where the language has a
    /// conversion that JSON does not mean (of a number to a letter), one where it has none.
    fn scalar(&self, id: TypeId, value: Value) -> Result<Value, String> {
        let ty = self.types.get(id);
        let expected = go_type(self.types, id);
        let cannot = |from: &str| Err(format!("cannot convert {from} to {expected}"));
        match (&ty.shape, value) {
            (Shape::Boolean, value @ Value::Bool(_))
            | (Shape::String { .. }, value @ Value::String(_))
            | (Shape::Number, value @ Value::Number(_)) => Ok(value),
            (Shape::Integer { format }, Value::Number(number)) => {
                let whole = Value::Number(number.clone());
                match integer(&number) {
                    Some(int) if format.as_deref() == Some("int32") => Ok((int as i32).into()),
                    Some(int) => Ok(int.into()),
                    None => cannot(kind_of(&whole)),
                }
            }
            (Shape::String { .. }, Value::Number(number)) if !number.is_f64() => cannot("int64"),
            (shape, _) => {
                let kind = match shape {
                    Shape::Boolean => "bool",
                    Shape::Integer { format } => format.as_deref().unwrap_or("int64"),
                    Shape::Number => "float64",
                    _ => "string",
                };
                Err(format!("unrecognized type: {kind}"))
            }
        }
    }
}

/// The number as an int64, if it is a whole one.
fn integer(number: &Number) -> Option<i64> {
    let whole = number.as_i64();
    whole.or_else(|| {
        number
            .as_f64()
            .and_then(|float| float_value(float).as_i64())
    })
}

fn bytes(value: Value) -> Result<Value, String> {
    let Value::String(text) = value else {
        return Err(format!("cannot restore slice from {}", kind_of(&value)));
    };
    go_base64::decode(&text, Alphabet::Standard)
        .map_err(|fault| format!("error decoding from json: {fault}"))?;
    Ok(Value::String(text))
}

/// The `reflect.Kind` of a decoded value.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "invalid",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "slice",
        Value::Object(_) => "map",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts;

    fn converted(kind: (&str, &str, &str), value: Value) -> Result<Decoded, String> {
        let (types, root) = facts::types(kind.0, kind.1, kind.2).unwrap();
        convert_native(&types, root, value)
    }

    #[test]
    fn faults_are_worded_as_the_converter_words_them() {
        let map = ("", "v1", "ConfigMap");
        let fault = |value: Value| converted(map, value).unwrap_err();
        assert_eq!(
            fault(json!({"data": {"k": 5}})),
            "cannot convert int64 to string"
        );
        assert_eq!(
            fault(json!({"data": {"k": true}})),
            "unrecognized type: string"
        );
        assert_eq!(
            fault(json!({"data": "x"})),
            "cannot restore map from string"
        );
        assert_eq!(
            fault(json!({"metadata": [1]})),
            "cannot restore struct from: slice"
        );
        assert_eq!(
            fault(json!({"metadata": {"finalizers": {}}})),
            "cannot restore slice from map"
        );
        assert_eq!(
            fault(json!({"binaryData": {"b": "!"}})),
            "error decoding from json: illegal base64 data at input byte 0"
        );
        assert_eq!(
            converted(
                ("apps", "v1", "Deployment"),
                json!({"spec": {"replicas": 1.5}})
            )
            .unwrap_err(),
            "cannot convert float64 to int32"
        );
    }

    #[test]
    fn whole_floats_are_integers_and_unknown_fields_are_told_in_order() {
        let value = json!({"z": 1, "spec": {"replicas": 2.0, "other": 1,
            "template": {"spec": {"containers": [{"name": "c", "x": 1}]}}}});
        let decoded = converted(("apps", "v1", "Deployment"), value).unwrap();
        assert_eq!(decoded.value["spec"]["replicas"], json!(2));
        assert_eq!(
            decoded.strict,
            [
                "unknown field \"spec.other\"",
                "unknown field \"spec.template.spec.containers[0].x\"",
                "unknown field \"z\"",
            ]
        );
    }
}
