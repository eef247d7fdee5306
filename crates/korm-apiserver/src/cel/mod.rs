//! Rules in the Common Expression Language.

use serde_json::Value;

use crate::schema::field_error::FieldError;
use crate::schema::types::{TypeId, Types};

/// Whether any type has a rule.
pub(crate) fn has_rules(types: &Types) -> bool {
    types
        .iter()
        .any(|ty| ty.rules.as_ref().is_some_and(|rules| !rules.cel.is_empty()))
}

pub(crate) fn check(
    _types: &Types,
    _root: TypeId,
    _value: &Value,
    _old: Option<&Value>,
) -> Vec<FieldError> {
    Vec::new()
}

pub(crate) fn compiles(_expression: &str) -> Result<(), String> {
    Ok(())
}

pub(crate) fn uses_old_self(expression: &str) -> bool {
    expression.contains("oldSelf")
}
