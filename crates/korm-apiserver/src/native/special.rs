//! Types that read and write their JSON themselves.

use super::normalize::{Normal, normalize as normalize_value};
use super::{duration, quantity, time};
use crate::facts::{Scalar, Wire};
use serde_json::Value;

const SCHEMA: &str = "k8s.io.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";

/// A value of such a type; `None` for every other message.
pub(super) fn normalize(message: &str, value: Option<&Value>) -> Option<Normal> {
    let short = message
        .strip_prefix("k8s.io.apimachinery.pkg.")
        .or_else(|| {
            message.strip_prefix("k8s.io.apiextensions-apiserver.pkg.apis.apiextensions.")
        })?;
    Some(match short {
        "apis.meta.v1.Time" => text(value, |text| time::canonical(text, false)),
        "apis.meta.v1.MicroTime" => text(value, |text| time::canonical(text, true)),
        "apis.meta.v1.Duration" => text(value, |text| {
            Ok(duration::text(duration::parse(text)?).into())
        }),
        "api.resource.Quantity" => match value {
            None => Normal::zero("0".into()),
            Some(Value::Number(number)) => text(Some(&number.to_string().into()), |t| {
                quantity::canonical(t).map(Value::from)
            }),
            value => text(value, |text| {
                quantity::canonical(text.trim()).map(Value::from)
            }),
        },
        "util.intstr.IntOrString" => match value {
            None => Normal::zero(0.into()),
            Some(value) => Normal {
                value: value.clone(),
                zero: *value == 0,
                empty: false,
            },
        },
        "runtime.RawExtension" | "apis.meta.v1.FieldsV1" | "v1.JSON" => as_given(value),
        "v1.JSONSchemaPropsOrBool" => match value {
            None => Normal::zero(false.into()),
            Some(Value::Object(_)) => schema(value),
            Some(other) => Normal {
                value: other.clone(),
                zero: *other == false,
                empty: false,
            },
        },
        "v1.JSONSchemaPropsOrArray" | "v1.JSONSchemaPropsOrStringArray" => match value {
            Some(Value::Object(_)) => schema(value),
            Some(Value::Array(_)) => alternatives(short, value),
            _ => Normal::zero(Value::Null),
        },
        _ => return None,
    })
}

fn as_given(value: Option<&Value>) -> Normal {
    value.map_or_else(
        || Normal::zero(Value::Null),
        |value| Normal::of(value.clone()),
    )
}

/// A text in its canonical form, or as it is where it has none.
fn text(value: Option<&Value>, canonical: impl Fn(&str) -> Result<Value, String>) -> Normal {
    match value {
        Some(Value::String(text)) => match canonical(text) {
            Ok(Value::Null) => Normal::zero(Value::Null),
            Ok(value) => Normal::of(value),
            Err(_) => Normal::of(text.as_str().into()),
        },
        value => as_given(value),
    }
}

fn schema(value: Option<&Value>) -> Normal {
    normalize_value(&Wire::Message(SCHEMA.into()), value)
}

fn alternatives(short: &str, value: Option<&Value>) -> Normal {
    let item = if short.ends_with("StringArray") {
        Wire::Scalar(Scalar::String)
    } else {
        Wire::Message(SCHEMA.into())
    };
    let normal = normalize_value(&Wire::List(Box::new(item)), value);
    if normal.empty {
        Normal::zero(Value::Null)
    } else {
        Normal::of(normal.value)
    }
}
