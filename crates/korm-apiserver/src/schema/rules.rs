//! Value validation of custom resources: what a schema says beyond the shape.

use regex::Regex;
use serde_json::Value;

use super::types::TypeId;
use crate::cel::Expression;

/// A lower or upper bound of a number.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    /// The limit.
    pub(crate) value: f64,
    /// The limit itself is out of bounds.
    pub(crate) exclusive: bool,
}

/// `pattern`, compiled. Kubernetes' patterns are RE2, which the regex crate implements too.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    /// As written in the schema.
    pub(crate) source: Box<str>,
    /// Compiled; nothing where the expression is one that only Go accepts.
    pub(crate) regex: Option<Regex>,
}

/// One rule of `x-kubernetes-validations`.
#[derive(Clone, Debug, Default)]
pub(crate) struct CelRule {
    /// The expression; true means valid.
    pub(crate) rule: Box<str>,
    /// What to say where it is false.
    pub(crate) message: Option<Box<str>>,
    /// One of FieldValueInvalid (the default), FieldValueForbidden, FieldValueRequired,
    /// FieldValueDuplicate.
    pub(crate) reason: Option<Box<str>>,
    /// `rule`, parsed; nothing where it cannot be.
    pub(crate) expression: Option<Expression>,
    /// Why the rule does not compile. Only known where defaults are checked: elsewhere such rules have been refused.
    pub(crate) fault: Option<Box<str>>,
    /// `messageExpression`, parsed.
    pub(crate) message_program: Option<Expression>,
    /// `fieldPath` as errors write it.
    pub(crate) written_field_path: Option<Box<str>>,
    /// Evaluate transition rules with an empty `oldSelf` where there is no old value.
    pub(crate) optional_old_self: bool,
}

/// What a schema node says about values of its shape.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    /// `format`, where the API server knows it for the type.
    pub(crate) format: Option<Box<str>>,
    /// `additionalProperties: false`.
    pub(crate) no_additional: bool,
    /// `enum`.
    pub(crate) enumeration: Vec<Value>,
    /// `minimum`.
    pub(crate) minimum: Option<Bound>,
    /// `maximum`.
    pub(crate) maximum: Option<Bound>,
    /// `multipleOf`.
    pub(crate) multiple_of: Option<f64>,
    /// `minLength`, in code points.
    pub(crate) min_length: Option<i64>,
    /// `maxLength`, in code points.
    pub(crate) max_length: Option<i64>,
    /// `pattern`.
    pub(crate) pattern: Option<Pattern>,
    /// `minItems`.
    pub(crate) min_items: Option<i64>,
    /// `maxItems`.
    pub(crate) max_items: Option<i64>,
    /// `minProperties`.
    pub(crate) min_properties: Option<i64>,
    /// `maxProperties`.
    pub(crate) max_properties: Option<i64>,
    /// `allOf`.
    pub(crate) all_of: Vec<TypeId>,
    /// `anyOf`.
    pub(crate) any_of: Vec<TypeId>,
    /// `oneOf`.
    pub(crate) one_of: Vec<TypeId>,
    /// `not`.
    pub(crate) not: Option<TypeId>,
    /// `x-kubernetes-validations`.
    pub(crate) cel: Vec<CelRule>,
}
