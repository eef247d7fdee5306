//! `x-kubernetes-validations` in a CRD: their form, and whether they compile.

use serde_json::Value;

use super::field_path;
use super::json_schema::{JsonSchema, ValidationRule};
use super::rule_costs;
use super::rule_types::RuleTypes;
use super::schema_rules::{Context, Errors};
use crate::cel::{self, Compiled, Purpose, Surroundings};
use crate::schema::field_error::{BadValue, ErrorKind, FieldError, FieldPath};
use crate::schema::go_format;

const REASONS: [&str; 4] = [
    "FieldValueDuplicate",
    "FieldValueForbidden",
    "FieldValueInvalid",
    "FieldValueRequired",
];

fn has_line_breaks(text: &str) -> bool {
    text.contains(['\n', '\r'])
}

/// Errors of the form of the rules of this node.
pub(super) fn form(schema: &JsonSchema, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let rules = path.child("x-kubernetes-validations");
    for (i, rule) in schema.validations.iter().enumerate() {
        one(schema, rule, &rules.index(i), errors);
    }
}

fn one(
    schema: &JsonSchema,
    rule: &ValidationRule,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    let message = rule.message.as_str();
    let message_path = path.child("message");
    if rule.rule.trim().is_empty() {
        errors.push(FieldError::required(
            &path.child("rule"),
            "rule is not specified",
        ));
    } else if !message.is_empty() && message.trim().is_empty() {
        let detail = "must be non-empty if specified";
        errors.push(FieldError::invalid(&message_path, message, detail));
    } else if has_line_breaks(message.trim()) {
        let detail = "must not contain line breaks";
        errors.push(FieldError::invalid(&message_path, message, detail));
    } else if has_line_breaks(rule.rule.trim()) && message.trim().is_empty() {
        let detail = "message must be specified if rule contains line breaks";
        errors.push(FieldError::required(&message_path, detail));
    }
    let expression = rule.message_expression.as_str();
    if !expression.is_empty() && expression.trim().is_empty() {
        let detail = "messageExpression must be non-empty if specified";
        errors.push(FieldError::required(
            &path.child("messageExpression"),
            detail,
        ));
    }
    if let Some(reason) = rule
        .reason
        .as_deref()
        .filter(|reason| !REASONS.contains(reason))
    {
        errors.push(FieldError::not_supported(
            &path.child("reason"),
            reason,
            &REASONS,
        ));
    }
    let field = rule.field_path.as_str();
    if field.is_empty() {
        return;
    }
    let field_path = path.child("fieldPath");
    if field.trim().is_empty() {
        let detail = "must be non-empty if specified";
        errors.push(FieldError::invalid(&field_path, field, detail));
    }
    if has_line_breaks(field) {
        let detail = "must not contain line breaks";
        errors.push(FieldError::invalid(&field_path, field, detail));
    }
    if field_path::resolve(field, schema, true).is_err() {
        errors.push(FieldError::invalid(
            &field_path,
            field,
            "must be a valid path",
        ));
    }
}

/// Errors of compiling the rules of this node.
pub(super) fn compile(
    schema: &JsonSchema,
    path: &FieldPath<'_>,
    context: Context<'_>,
    out: &mut Errors,
) {
    let rules = path.child("x-kubernetes-validations");
    let RuleTypes::Known(own) = context.types else {
        let detail = "internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations";
        out.rules.push(FieldError::at(
            ErrorKind::Internal,
            rules.to_string(),
            Value::Null,
            detail,
        ));
        return;
    };
    for (i, rule) in schema.validations.iter().enumerate() {
        let path = rules.index(i);
        let rule_path = path.child("rule");
        let surroundings = |purpose| Surroundings {
            own,
            optional_old_self: rule.optional_old_self == Some(true),
            purpose,
        };
        let compiled = cel::compile(&rule.rule, surroundings(Purpose::Rule));
        let once = compiled.as_ref().map_or(0, |compiled| compiled.cost);
        let cost = context.count.cost(once, own);
        if context.limits_costs {
            out.rules
                .extend(rule_costs::of_one(&rule_path, "rule", cost));
        }
        out.costs.add(&rule_path, cost);
        let errors = &mut out.rules;
        let uses_old_self = match &compiled {
            Ok(compiled) => compiled.expression.uses_old_self(),
            Err(failure) => {
                let why = failure.why.as_str();
                errors.push(FieldError::invalid(&rule_path, shown(rule), why));
                failure.uses_old_self
            }
        };
        // Of a rule that cannot be used nothing else is looked at.
        if compiled.is_ok() && !rule.message_expression.is_empty() {
            let path = path.child("messageExpression");
            match cel::compile(&rule.message_expression, surroundings(Purpose::Message)) {
                Err(failure) => errors.push(FieldError::invalid(&path, shown(rule), failure.why)),
                Ok(Compiled { cost, .. }) => {
                    if context.limits_costs {
                        errors.extend(rule_costs::of_one(&path, "messageExpression", cost));
                    }
                    out.costs.add(&path, cost);
                }
            }
        }
        if uses_old_self {
            if let Some(outer) = context.uncorrelatable {
                let detail = format!(
                    "oldSelf cannot be used on the uncorrelatable portion of the schema within {outer}"
                );
                errors.push(FieldError::invalid(&rule_path, rule.rule.as_str(), detail));
            }
        } else if let Some(given) = rule.optional_old_self {
            let detail = "may not be set if oldSelf is not used in rule";
            errors.push(FieldError::invalid(
                &path.child("optionalOldSelf"),
                given,
                detail,
            ));
        }
    }
}

/// A rule as Go prints the struct.
pub(super) fn shown(rule: &ValidationRule) -> BadValue {
    let text = |text: &str| go_format::json(&text.into());
    let reason = rule.reason.as_deref().map_or("null".to_owned(), text);
    let optional = rule
        .optional_old_self
        .map_or("null".to_owned(), |is| is.to_string());
    BadValue::Verbatim(format!(
        r#"{{"Rule":{},"Message":{},"MessageExpression":{},"Reason":{reason},"FieldPath":{},"OptionalOldSelf":{optional}}}"#,
        text(&rule.rule),
        text(&rule.message),
        text(&rule.message_expression),
        text(&rule.field_path),
    ))
}
