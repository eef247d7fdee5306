//! Values that do not fit their type, and the step that leads to an item of a list.

use super::atom::{List, Scalar};
use super::element::PathElement;
use crate::schema::go_format::display as go_display;
use serde_json::Value;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    path: String,
    message: String,
}

impl Fault {
    pub(super) fn new(path: &[PathElement], message: impl Into<String>) -> Self {
        let path = path.iter().map(PathElement::to_string).collect();
        Self {
            path,
            message: message.into(),
        }
    }

    fn text(&self) -> String {
        if self.path.is_empty() {
            self.message.clone()
        } else {
            format!("{}: {}", self.path, self.message)
        }
    }
}

/// All faults in one text.
pub(super) fn text(faults: &[Fault]) -> String {
    match faults {
        [one] => one.text(),
        many => {
            let lines: Vec<_> = many
                .iter()
                .map(|fault| format!("  {}", fault.text()))
                .collect();
            format!("errors:\n{}", lines.join("\n"))
        }
    }
}

/// What is wrong with a scalar, if anything.
pub(super) fn scalar_fault(expected: Scalar, value: Option<&Value>) -> Option<String> {
    let value = value.filter(|value| !value.is_null())?;
    match expected {
        Scalar::Numeric if !value.is_number() => Some(format!(
            "expected numeric (int or float), got {}",
            go_type(value)
        )),
        Scalar::String if !value.is_string() => Some(format!(
            "expected string, got &value.valueUnstructured{{Value:{}}}",
            go_syntax(value)
        )),
        Scalar::Boolean if !value.is_boolean() => {
            Some(format!("expected boolean, got &{{{}}}", go_display(value)))
        }
        Scalar::Untyped if value.is_array() || value.is_object() => Some(format!(
            "expected any scalar, got &{{{}}}",
            go_display(value)
        )),
        _ => None,
    }
}

/// `expected map, got ...`
pub(super) fn wrong_kind(expected: &str, value: &Value) -> String {
    format!("expected {expected}, got &{{{}}}", go_display(value))
}

/// What Go decodes such a value into.
pub(crate) fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

/// Go's `%#v`.
fn go_syntax(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".to_owned(),
        Value::String(text) => crate::schema::go_format::quote(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(go_syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Value::Object(map) => {
            let fields: Vec<_> = map
                .iter()
                .map(|(k, v)| format!("{}:{}", crate::schema::go_format::quote(k), go_syntax(v)))
                .collect();
            format!("map[string]interface {{}}{{{}}}", fields.join(", "))
        }
        scalar => go_display(scalar),
    }
}

/// The step that leads to an item of a list whose items are told apart.
///
/// # Errors
/// Why the item cannot be told apart.
pub(super) fn item_element(list: &List<'_>, item: &Value) -> Result<PathElement, String> {
    if !list.associative {
        return Err("invalid indexing of non-associative list".to_owned());
    }
    if list.keys.is_empty() {
        return match item {
            Value::Object(_) => {
                Err("associative list without keys has an element that's a map type".to_owned())
            }
            Value::Array(_) => {
                Err("not supported: associative list with lists as elements".to_owned())
            }
            Value::Null => Err(
                "associative list without keys has an element that's an explicit null".to_owned(),
            ),
            scalar => Ok(PathElement::Value(scalar.clone())),
        };
    }
    let map = match item {
        Value::Object(map) => map,
        Value::Null => {
            return Err("associative list with keys may not have a null element".to_owned());
        }
        _ => return Err("associative list with keys may not have non-map elements".to_owned()),
    };
    let mut key = Vec::new();
    for name in list.keys {
        if let Some(value) = map.get(&**name) {
            key.push((name.clone(), value.clone()));
        } else if let Some(default) = list.items.atom().map.and_then(|map| map.default_of(name)) {
            key.push((name.clone(), default.clone()));
        }
    }
    if key.is_empty() {
        let names: Vec<_> = list
            .keys
            .iter()
            .map(|key| crate::schema::go_format::quote(key))
            .collect();
        return Err(format!(
            "associative list with keys has an element that omits all key fields [{}] (and doesn't \
             have default values for any key fields)",
            names.join(" ")
        ));
    }
    key.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(PathElement::Key(key))
}
