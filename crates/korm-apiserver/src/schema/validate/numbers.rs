//! Checks of numbers, which Kubernetes keeps as 64-bit integers or floats.

use serde_json::{Number, Value};

use super::failure::Failure;
use super::outcome::Outcome;
use crate::schema::go_format;
use crate::schema::rules::Rules;

/// Largest and smallest integers a float64 holds exactly.
const MAX_JSON_FLOAT: f64 = 9_007_199_254_740_991.0;
const MIN_JSON_FLOAT: f64 = -9_007_199_254_740_992.0;

/// A number as Go's decoder would hold it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Num {
    Int(i64),
    Float(f64),
}

impl Num {
    pub(super) fn of(number: &Number) -> Self {
        match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => Self::Int(int),
            (None, float) => Self::Float(float.unwrap_or(f64::NAN)),
        }
    }

    fn as_float(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }

    fn value(self) -> Value {
        match self {
            Self::Int(int) => int.into(),
            Self::Float(float) => float.into(),
        }
    }
}

/// Whether a float stands for an integer.
pub(super) fn is_json_integer(float: f64) -> bool {
    if !float.is_finite() || !(MIN_JSON_FLOAT..=MAX_JSON_FLOAT).contains(&float) {
        return false;
    }
    let rounded = float.round();
    float == rounded || rounded != 0.0 && (float - rounded).abs() < 1e-9 * rounded.abs()
}

/// What a number has to fit: the only type the schema names, and its format.
#[derive(Clone, Copy)]
pub(super) struct Range<'a> {
    pub(super) type_name: &'a str,
    pub(super) format: Option<&'a str>,
}

impl Range<'_> {
    /// Whether a value (or the limit of a rule) is representable in the type.
    fn check(self, num: Num, what: &str, path: &str) -> Option<Failure> {
        let fits = match (self.type_name, self.format, num) {
            ("integer", Some("int32"), Num::Int(int)) => i32::try_from(int).is_ok(),
            ("integer", Some("int32"), Num::Float(float)) => {
                float.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&float)
            }
            ("integer", _, Num::Float(float)) => {
                // 2^63 itself is out of range.
                float.fract() == 0.0 && float >= i64::MIN as f64 && float < i64::MAX as f64
            }
            ("number", Some("float"), num) => (num.as_float() as f32).is_finite(),
            _ => true,
        };
        if fits {
            return None;
        }
        let type_name = self.type_name;
        let format = match self.format {
            Some(format) => format!("with format {format}"),
            None => "(default format)".to_owned(),
        };
        Some(Failure::composite(format!(
            "{what} value must be of type {type_name} {format} in {path}"
        )))
    }
}

/// Checks range, factor and bounds.
pub(super) fn check(number: &Number, range: Range<'_>, rules: &Rules, path: &str) -> Outcome {
    let num = Num::of(number);
    let mut out = Outcome::default();
    out.fail_if(range.check(num, "Checked", path));
    let mut limits = Outcome::default();
    if let Some(factor) = rules.multiple_of {
        let unfit = range.check(Num::Float(factor), "MultipleOf", path);
        let native = unfit.is_none();
        limits.fail_if(unfit);
        limits.fail_if(multiple_of(num, factor, native, path));
    }
    if let Some(bound) = &rules.minimum {
        let unfit = range.check(Num::Float(bound.value), "Minimum boundary", path);
        let native = unfit.is_none();
        limits.fail_if(unfit);
        let (below, shown) = match num {
            Num::Int(int) if native => {
                let limit = bound.value as i64;
                (
                    int < limit || bound.exclusive && int == limit,
                    limit.to_string(),
                )
            }
            _ => {
                let float = num.as_float();
                let below = float < bound.value || bound.exclusive && float == bound.value;
                (below, go_format::display_float(bound.value))
            }
        };
        if below {
            let relation = if bound.exclusive {
                "greater than"
            } else {
                "greater than or equal to"
            };
            limits.fail(Failure::other(
                path,
                num.value(),
                &format!("should be {relation} {shown}"),
            ));
        }
    }
    let mut upper = Outcome::default();
    if let Some(bound) = &rules.maximum {
        let unfit = range.check(Num::Float(bound.value), "Maximum boundary", path);
        let native = unfit.is_none();
        upper.fail_if(unfit);
        let (above, shown) = match num {
            Num::Int(int) if native => {
                let limit = bound.value as i64;
                (
                    int > limit || bound.exclusive && int == limit,
                    limit.to_string(),
                )
            }
            _ => {
                let float = num.as_float();
                let above = float > bound.value || bound.exclusive && float == bound.value;
                (above, go_format::display_float(bound.value))
            }
        };
        if above {
            let relation = if bound.exclusive {
                "less than"
            } else {
                "less than or equal to"
            };
            upper.fail(Failure::other(
                path,
                num.value(),
                &format!("should be {relation} {shown}"),
            ));
        }
    }
    out.merge(limits);
    out.merge(upper);
    out.matched();
    out
}

fn multiple_of(num: Num, factor: f64, native: bool, path: &str) -> Option<Failure> {
    if let (Num::Int(int), true) = (num, native) {
        let whole = factor as i64;
        if whole <= 0 {
            return Some(Failure::factor_not_positive(path, whole as f64));
        }
        return (int % whole != 0).then(|| {
            Failure::other(
                path,
                num.value(),
                &format!("should be a multiple of {whole}"),
            )
        });
    }
    if factor <= 0.0 {
        return Some(Failure::factor_not_positive(path, factor));
    }
    let float = num.as_float();
    let times = if factor < 1.0 {
        1.0 / factor * float
    } else {
        float / factor
    };
    (!is_json_integer(times)).then(|| {
        let shown = go_format::display_float(factor);
        Failure::other(
            path,
            float.into(),
            &format!("should be a multiple of {shown}"),
        )
    })
}
