//! Label selectors held in objects.

use serde_json::Value;

use super::Link;
use crate::{
    expr::{Expr, Op},
    path::FieldPath,
};

/// The question a selector asks. What is malformed in it selects nothing.
pub(super) fn expr(link: &Link, selector: &Value) -> Expr {
    match link {
        Link::Labels(_) => match selector.as_object() {
            Some(labels) if !labels.is_empty() => Expr::And(equalities(selector)),
            _ => Expr::Always(false),
        },
        _ => {
            let Some(parts) = selector.as_object() else {
                return Expr::Always(false);
            };
            let mut all = parts.get("matchLabels").map(equalities).unwrap_or_default();
            let requirements = parts.get("matchExpressions").and_then(Value::as_array);
            all.extend(requirements.into_iter().flatten().map(requirement));
            Expr::And(all)
        }
    }
}

fn equalities(labels: &Value) -> Vec<Expr> {
    let labels = labels.as_object().into_iter().flatten();
    labels
        .map(|(key, value)| Expr::test(FieldPath::label(key), Op::Eq(value.clone())))
        .collect()
}

/// One of `matchExpressions`, as `LabelSelectorRequirement` of meta/v1 describes it.
fn requirement(requirement: &Value) -> Expr {
    let text = |key: &str| requirement.get(key).and_then(Value::as_str);
    let (Some(key), Some(operator)) = (text("key"), text("operator")) else {
        return Expr::Always(false);
    };
    let values = || {
        requirement
            .get("values")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let op = match operator {
        "In" => Op::In(values()),
        "NotIn" => Op::NotIn(values()),
        "Exists" => Op::Exists,
        "DoesNotExist" => Op::IsNull,
        _ => return Expr::Always(false),
    };
    Expr::test(FieldPath::label(key), op)
}
