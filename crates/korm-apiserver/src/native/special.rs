//! Types that read and write their JSON themselves.

use super::decode::{Decoded, Place, decode as decode_value};
use super::{duration, quantity, time};
use crate::facts::Wire;
use serde_json::Value;

/// A value of such a type; `None` for every other message.
pub(super) fn decode(
    message: &str,
    value: Option<&Value>,
    place: Place<'_>,
) -> Option<Result<Decoded, String>> {
    let short = message
        .strip_prefix("k8s.io.apimachinery.pkg.")
        .or_else(|| {
            message.strip_prefix("k8s.io.apiextensions-apiserver.pkg.apis.apiextensions.")
        })?;
    Some(match short {
        "apis.meta.v1.Time" => text(value, place, |text| {
            Ok(time::seconds_text(time::parse_seconds(text)?).map_or(Value::Null, Into::into))
        }),
        "apis.meta.v1.MicroTime" => text(value, place, |text| {
            Ok(time::micro_text(time::parse_micro(text)?).map_or(Value::Null, Into::into))
        }),
        "apis.meta.v1.Duration" => text(value, place, |text| {
            Ok(duration::text(duration::parse(text)?).into())
        }),
        "api.resource.Quantity" => decode_quantity(value),
        "util.intstr.IntOrString" => int_or_string(value, place),
        "runtime.RawExtension" | "apis.meta.v1.FieldsV1" | "v1.JSON" => Ok(match value {
            None => zero(Value::Null),
            Some(value) => Decoded::of(value.clone()),
        }),
        "v1.JSONSchemaPropsOrBool" => match value {
            None => Ok(zero(false.into())),
            Some(Value::Bool(flag)) => Ok(Decoded {
                value: (*flag).into(),
                zero: !flag,
                empty: false,
            }),
            Some(Value::Object(_)) => schema(value, place),
            Some(_) => Err("boolean or JSON schema expected".to_owned()),
        },
        "v1.JSONSchemaPropsOrArray" | "v1.JSONSchemaPropsOrStringArray" => match value {
            Some(Value::Object(_)) => schema(value, place),
            Some(Value::Array(_)) => schemas(short, value, place),
            _ => Ok(zero(Value::Null)),
        },
        _ => return None,
    })
}

fn zero(value: Value) -> Decoded {
    Decoded {
        value,
        zero: true,
        empty: false,
    }
}

fn text(
    value: Option<&Value>,
    place: Place<'_>,
    convert: impl Fn(&str) -> Result<Value, String>,
) -> Result<Decoded, String> {
    match value {
        None => Ok(zero(Value::Null)),
        Some(Value::String(text)) => {
            let value = convert(text)?;
            Ok(Decoded {
                zero: value.is_null(),
                value,
                empty: false,
            })
        }
        Some(other) => Err(place.mismatch(other, "string")),
    }
}

fn decode_quantity(value: Option<&Value>) -> Result<Decoded, String> {
    let text = match value {
        None => return Ok(zero("0".into())),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(other) => crate::schema::go_format::json(other),
    };
    let canonical = quantity::canonical(&text)?;
    Ok(Decoded::of(canonical.into()))
}

fn int_or_string(value: Option<&Value>, place: Place<'_>) -> Result<Decoded, String> {
    match value {
        None => Ok(zero(0.into())),
        Some(Value::String(text)) => Ok(Decoded::of(text.as_str().into())),
        Some(Value::Number(number)) => match number.as_i64().and_then(|n| i32::try_from(n).ok()) {
            Some(integer) => Ok(Decoded {
                value: integer.into(),
                zero: integer == 0,
                empty: false,
            }),
            None => Err(place.mismatch(&Value::Number(number.clone()), "int32")),
        },
        Some(other) => Err(place.mismatch(other, "int32")),
    }
}

const SCHEMA: &str = "k8s.io.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";

fn schema(value: Option<&Value>, place: Place<'_>) -> Result<Decoded, String> {
    decode_value(
        &Wire::Message(SCHEMA.into()),
        "v1.JSONSchemaProps",
        value,
        place,
    )
}

fn schemas(short: &str, value: Option<&Value>, place: Place<'_>) -> Result<Decoded, String> {
    let (item, go) = if short.ends_with("StringArray") {
        (Wire::Scalar(crate::facts::Scalar::String), "[]string")
    } else {
        (Wire::Message(SCHEMA.into()), "[]v1.JSONSchemaProps")
    };
    let decoded = decode_value(&Wire::List(Box::new(item)), go, value, place)?;
    Ok(if decoded.empty {
        zero(Value::Null)
    } else {
        Decoded::of(decoded.value)
    })
}
