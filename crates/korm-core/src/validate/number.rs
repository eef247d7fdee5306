//! Bounds of numbers.

use serde_json::{Number, Value};

use super::{report::Report, text};
use crate::expr;

pub(super) fn check(schema: &Value, path: &str, value: &Number, report: &mut Report) {
    let type_ = schema.get("type").and_then(Value::as_str);
    range(schema, type_, path, value, report);
    let given = Value::Number(value.clone());
    if let Some(factor) = schema
        .get("multipleOf")
        .filter(|factor| !is_multiple(value, factor))
    {
        let what = format!("should be a multiple of {}", shown(factor, value));
        report.invalid(path, &given, &what);
    }
    for (bound, exclusive, more, wrong) in [
        (
            "minimum",
            "exclusiveMinimum",
            "greater than",
            std::cmp::Ordering::Less,
        ),
        (
            "maximum",
            "exclusiveMaximum",
            "less than",
            std::cmp::Ordering::Greater,
        ),
    ] {
        let Some(limit) = schema.get(bound).filter(|limit| limit.is_number()) else {
            continue;
        };
        let strict = schema.get(exclusive) == Some(&Value::Bool(true));
        let order = expr::order(&given, limit);
        if order == Some(wrong) || (strict && order == Some(std::cmp::Ordering::Equal)) {
            let or_equal = if strict { "" } else { " or equal to" };
            let what = format!("should be {more}{or_equal} {}", shown(limit, value));
            report.invalid(path, &given, &what);
        }
    }
}

/// Whether the number fits into the type its schema names.
fn range(schema: &Value, type_: Option<&str>, path: &str, value: &Number, report: &mut Report) {
    if type_ != Some("integer") {
        return;
    }
    let format = schema.get("format").and_then(Value::as_str);
    let fits = match format {
        Some("int32") => as_i64(value).is_some_and(|v| i32::try_from(v).is_ok()),
        _ => as_i64(value).is_some(),
    };
    if !fits {
        let with = match format {
            Some(format @ ("int32" | "int64")) => format!("with format {format}"),
            _ => "(default format)".to_owned(),
        };
        report.of_no_field(&format!(
            "Checked value must be of type integer {with} in {path}"
        ));
    }
}

/// Whether JSON Schema calls this number an integer: it has no fraction.
pub(super) fn is_integer(value: &Number) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|float| float.fract() == 0.0)
}

fn as_i64(value: &Number) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0; // 2^63
    let float = || {
        value
            .as_f64()
            .filter(|f| f.fract() == 0.0 && (-LIMIT..LIMIT).contains(f))
    };
    // Within the bounds and without a fraction the conversion is exact.
    #[allow(clippy::cast_possible_truncation)]
    value.as_i64().or_else(|| {
        if value.is_u64() {
            None
        } else {
            float().map(|f| f as i64)
        }
    })
}

fn is_multiple(value: &Number, factor: &Value) -> bool {
    let Value::Number(factor) = factor else {
        return true;
    };
    if let (Some(value), Some(factor)) = (value.as_i64(), factor.as_i64()) {
        return factor > 0 && value % factor == 0;
    }
    let (Some(value), Some(factor)) = (value.as_f64(), factor.as_f64()) else {
        return true;
    };
    let times = if factor < 1.0 {
        1.0 / factor * value
    } else {
        value / factor
    };
    // As near to an integer as the server asks for.
    let off = (times - times.round()).abs();
    off <= f64::EPSILON * times.abs().max(1.0)
}

/// A limit as the server shows it next to this value: as a float unless the value is an integer.
fn shown(limit: &Value, value: &Number) -> String {
    match limit {
        Value::Number(number) if number.is_f64() => {
            let float = number.as_f64().unwrap_or_default();
            if is_integer(value) && !value.is_f64() {
                format!("{}", float.trunc())
            } else {
                text::float(float)
            }
        }
        other => other.to_string(),
    }
}
