//! Validation of a value against its schema, with the messages, the fields and the order of
//! kube-openapi's `validation/validate`.

pub(crate) mod correlate;
mod failure;
mod numbers;
mod outcome;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use self::failure::Failure;
use self::numbers::{Num, Range, is_json_integer};
use self::outcome::Outcome;
use super::field_error::FieldError;
use super::formats;
use super::rules::Rules;
use super::types::{ObjectShape, Property, Shape, Type, TypeId, Types};

/// Checks `value` against the type `root`.
///
/// With `old`, errors in a part that is the same as before are forgiven (validation ratcheting,
/// KEP-4008). Fields are named below `parent` where one is given.
pub(crate) fn validate(
    types: &Types,
    root: TypeId,
    value: &Value,
    old: Option<&Value>,
    parent: Option<&str>,
) -> Vec<FieldError> {
    Validator { types }
        .node(root, "", value, old)
        .failures
        .into_iter()
        .map(|failure| failure.into_field_error(parent))
        .collect()
}

struct Validator<'a> {
    types: &'a Types,
}

/// JSON type of a value, and the format Go sees in it.
fn type_of(value: &Value) -> (&'static str, &'static str) {
    match value {
        Value::Null => ("null", ""),
        Value::Bool(_) => ("boolean", ""),
        Value::String(_) => ("string", ""),
        Value::Array(_) => ("array", ""),
        Value::Object(_) => ("object", ""),
        Value::Number(number) => match Num::of(number) {
            Num::Int(_) => ("integer", "int64"),
            Num::Float(_) => ("number", "float64"),
        },
    }
}

/// The types a schema node names.
fn expected_types(ty: &Type) -> &'static [&'static str] {
    if ty.int_or_string {
        return &["integer", "string"];
    }
    if ty.untyped {
        return &[];
    }
    match ty.shape {
        Shape::Any => &[],
        Shape::Boolean => &["boolean"],
        Shape::Integer { .. } => &["integer"],
        Shape::Number => &["number"],
        Shape::String { .. } => &["string"],
        Shape::Object(_) => &["object"],
        Shape::Array { .. } => &["array"],
    }
}

impl Validator<'_> {
    /// A node whose old value, if any, is known: its failures are forgiven if nothing changed.
    fn node(&self, id: TypeId, path: &str, value: &Value, old: Option<&Value>) -> Outcome {
        let mut out = self.schema(id, path, value, old);
        if let Some(old) = old
            && !out.is_valid()
            && correlate::unchanged(self.types, id, old, value)
        {
            out.failures.clear();
        }
        out
    }

    fn schema(&self, id: TypeId, path: &str, value: &Value, old: Option<&Value>) -> Outcome {
        let ty = self.types.get(id);
        let none = Rules::default();
        let rules = ty.rules.as_deref().unwrap_or(&none);
        let format = rules.format.as_deref();
        let expected = expected_types(ty);
        let mut out = Outcome::default();
        if value.is_null() {
            out.merge(check_type(path, expected, ty.nullable, format, value));
            out.merge(check_enum(path, rules, value));
            return out;
        }
        if !expected.is_empty() || format.is_some() {
            out.merge(check_type(path, expected, ty.nullable, format, value));
            out.matched();
        }
        out.merge(self.combined(rules, path, value));
        out.matched();
        match value {
            Value::String(text) => {
                out.merge(check_string(path, rules, text));
                out.matched();
                if let Some(format) = format.filter(|f| formats::is_known(f)) {
                    if !formats::is_valid(format, text) {
                        out.fail(Failure::wrong_type(path, format, text));
                    }
                    out.matched();
                }
            }
            Value::Number(number) => {
                let type_name = match expected {
                    [only @ ("integer" | "number")] => *only,
                    _ => "",
                };
                let format = format.filter(|f| match type_name {
                    "integer" => matches!(*f, "int32" | "int64"),
                    "number" => matches!(*f, "float" | "double"),
                    _ => false,
                });
                out.merge(numbers::check(
                    number,
                    Range { type_name, format },
                    rules,
                    path,
                ));
                out.matched();
            }
            Value::Array(items) => {
                out.merge(self.array(id, ty, rules, path, items, old));
                out.matched();
            }
            _ => {}
        }
        out.merge(check_enum(path, rules, value));
        out.matched();
        if let Value::Object(fields) = value {
            out.merge(self.object(id, ty, rules, path, fields, old));
            out.matched();
        }
        out.matched();
        out
    }

    fn array(
        &self,
        id: TypeId,
        ty: &Type,
        rules: &Rules,
        path: &str,
        items: &[Value],
        old: Option<&Value>,
    ) -> Outcome {
        let mut out = Outcome::default();
        if let Shape::Array {
            items: Some(item), ..
        } = &ty.shape
        {
            for (i, value) in items.iter().enumerate() {
                let old = old.and_then(|old| correlate::item(self.types, id, old, value));
                out.merge(self.node(item.ty, &format!("{path}[{i}]"), value, old));
            }
        }
        let size = items.len() as i64;
        if let Some(min) = rules.min_items.filter(|min| size < *min) {
            let rest = format!("should have at least {min} items");
            out.fail(Failure::other(path, size.into(), &rest));
        }
        if let Some(max) = rules.max_items.filter(|max| size > *max) {
            out.fail(Failure::too_many(path, "items", size, max));
        }
        out.matched();
        out
    }

    fn object(
        &self,
        id: TypeId,
        ty: &Type,
        rules: &Rules,
        path: &str,
        fields: &Map<String, Value>,
        old: Option<&Value>,
    ) -> Outcome {
        let empty = ObjectShape::default();
        let shape = match &ty.shape {
            Shape::Object(shape) => shape,
            _ => &empty,
        };
        let mut out = Outcome::default();
        let size = fields.len() as i64;
        if let Some(min) = rules.min_properties.filter(|min| size < *min) {
            let rest = format!("should have at least {min} properties");
            out.fail(Failure::other(path, size.into(), &rest));
        }
        if let Some(max) = rules.max_properties.filter(|max| size > *max) {
            out.fail(Failure::too_many(path, "properties", size, max));
        }
        for (key, value) in fields {
            if shape.properties.contains_key(key.as_str()) {
                continue;
            }
            if rules.no_additional {
                out.fail(Failure::forbidden_property(path, key));
            } else if let Some(additional) = &shape.additional {
                out.merge(self.field(
                    id,
                    additional,
                    key,
                    format!("{path}.{key}"),
                    value,
                    path,
                    old,
                ));
            }
        }
        for (key, property) in &shape.properties {
            if let Some(value) = fields.get(&**key) {
                let below = if path.is_empty() {
                    key.to_string()
                } else {
                    format!("{path}.{key}")
                };
                out.merge(self.field(id, property, key, below, value, path, old));
            }
        }
        for key in &shape.required {
            if !fields.contains_key(&**key) {
                out.fail(Failure::required(format!("{path}.{key}")));
            }
        }
        out
    }

    #[allow(clippy::too_many_arguments)]
    fn field(
        &self,
        id: TypeId,
        property: &Property,
        key: &str,
        below: String,
        value: &Value,
        path: &str,
        old: Option<&Value>,
    ) -> Outcome {
        // The type of the whole object is not seen to change, versions being converted.
        let type_meta = path.is_empty() && matches!(key, "kind" | "apiVersion");
        let old = old
            .filter(|_| !type_meta)
            .and_then(|old| correlate::field(self.types, id, old, key));
        self.node(property.ty, &below, value, old)
    }

    /// anyOf, oneOf, allOf and not. Children are not ratcheted on their own in there.
    fn combined(&self, rules: &Rules, path: &str, value: &Value) -> Outcome {
        let mut out = Outcome::default();
        self.any_of(&mut out, rules, path, value);
        self.one_of(&mut out, rules, path, value);
        if !rules.all_of.is_empty() {
            let mut valid = 0;
            for id in &rules.all_of {
                let one = self.schema(*id, path, value, None);
                valid += usize::from(one.is_valid());
                out.merge(one);
            }
            if valid != rules.all_of.len() {
                let more = if valid == 0 { ". None validated" } else { "" };
                let text = format!(
                    "{} must validate all the schemas (allOf){more}",
                    go_quote(path)
                );
                out.fail(Failure::composite(text));
            }
        }
        if let Some(id) = rules.not
            && self.schema(id, path, value, None).is_valid()
        {
            let text = format!("{} must not validate the schema (not)", go_quote(path));
            out.fail(Failure::composite(text));
        }
        out.matched();
        out
    }

    fn any_of(&self, out: &mut Outcome, rules: &Rules, path: &str, value: &Value) {
        let mut best: Option<Outcome> = None;
        for id in &rules.any_of {
            let one = self.schema(*id, path, value, None);
            if one.is_valid() {
                out.merge(one);
                return;
            }
            if best.as_ref().is_none_or(|best| one.matches > best.matches) {
                best = Some(one);
            }
        }
        if let Some(best) = best {
            let text = format!(
                "{} must validate at least one schema (anyOf)",
                go_quote(path)
            );
            out.fail(Failure::composite(text));
            out.merge(best);
        }
    }

    fn one_of(&self, out: &mut Outcome, rules: &Rules, path: &str, value: &Value) {
        if rules.one_of.is_empty() {
            return;
        }
        let mut first: Option<Outcome> = None;
        let mut best: Option<Outcome> = None;
        let mut valid = 0;
        for id in &rules.one_of {
            let one = self.schema(*id, path, value, None);
            if one.is_valid() {
                valid += 1;
                best = None;
                first.get_or_insert(one);
            } else if valid == 0 && best.as_ref().is_none_or(|best| one.matches > best.matches) {
                best = Some(one);
            }
        }
        if valid == 1 {
            out.merge(first.unwrap_or_default());
            return;
        }
        let found = match valid {
            0 => "Found none valid".to_owned(),
            n => format!("Found {n} valid alternatives"),
        };
        let text = format!(
            "{} must validate one and only one schema (oneOf). {found}",
            go_quote(path)
        );
        out.fail(Failure::composite(text));
        out.merge(best.unwrap_or_default());
    }
}

fn go_quote(path: &str) -> String {
    super::go_format::quote(path)
}

fn check_type(
    path: &str,
    expected: &[&str],
    nullable: bool,
    format: Option<&str>,
    value: &Value,
) -> Outcome {
    let mut out = Outcome::default();
    out.matched();
    let (actual, actual_format) = type_of(value);
    if value.is_null() {
        if !expected.is_empty() && !nullable {
            return Outcome::failed(Failure::wrong_type(path, &expected.join(","), "null"));
        }
        return out;
    }
    let float_integer = match value {
        Value::Number(number) => match Num::of(number) {
            Num::Float(float) => is_json_integer(float) && expected.contains(&"integer"),
            Num::Int(_) => false,
        },
        _ => false,
    };
    let integer_float = actual == "integer" && expected.contains(&"number");
    let fits = expected.contains(&actual) || float_integer || integer_float;
    if let Some(format) = format {
        let textual = value.is_string() || value.is_array();
        if !textual && !fits && actual_format != format {
            return Outcome::failed(Failure::wrong_type(path, format, actual_format));
        }
        if textual && !expected.contains(&"number") && !expected.contains(&"integer") {
            return out;
        }
    }
    if !fits {
        return Outcome::failed(Failure::wrong_type(path, &expected.join(","), actual));
    }
    out
}

fn check_string(path: &str, rules: &Rules, text: &str) -> Outcome {
    let mut out = Outcome::default();
    let length = text.chars().count() as i64;
    if let Some(max) = rules.max_length.filter(|max| length > *max) {
        out.fail(Failure::too_long(path, max));
    } else if let Some(min) = rules.min_length.filter(|min| length < *min) {
        let rest = format!("should be at least {min} chars long");
        out.fail(Failure::other(path, text.into(), &rest));
    } else if let Some(pattern) = &rules.pattern
        && pattern
            .regex
            .as_ref()
            .is_some_and(|regex| !regex.is_match(text))
    {
        let rest = format!("should match '{}'", pattern.source);
        out.fail(Failure::other(path, text.into(), &rest));
    }
    out
}

fn check_enum(path: &str, rules: &Rules, value: &Value) -> Outcome {
    let allowed = &rules.enumeration;
    if allowed.is_empty() || allowed.iter().any(|one| equals_enum(one, value)) {
        return Outcome::default();
    }
    Outcome::failed(Failure::not_in_enum(path, value, allowed))
}

/// A number is converted to the type of the enum's value first; null equals nothing.
fn equals_enum(allowed: &Value, value: &Value) -> bool {
    match (allowed, value) {
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Number(allowed), Value::Number(value)) => {
            match (Num::of(allowed), Num::of(value)) {
                (Num::Int(a), Num::Int(b)) => a == b,
                (Num::Float(a), Num::Float(b)) => a == b,
                (Num::Int(a), Num::Float(b)) => a == b as i64,
                (Num::Float(a), Num::Int(b)) => a == b as f64,
            }
        }
        _ => allowed == value,
    }
}
