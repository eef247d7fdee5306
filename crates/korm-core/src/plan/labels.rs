//! What the server guarantees of labels, names and namespaces, applied to an expression.
//!
//! The API server accepts only labels whose keys are qualified names and whose values are strings of at
//! most 63 letters, digits, `-`, `_` and `.` that begin and end with a letter or digit. So no object has a
//! label equal to anything else, and a selector that names such a value would be refused.

use serde_json::Value;

use crate::expr::{Compare, Expr, Op, Predicate};

use super::{is_name, is_namespace};

/// The same expression with the questions that only a malformed label, name or namespace could answer
/// settled.
pub(super) fn with_label_rules(expr: &Expr) -> Expr {
    match expr {
        Expr::Always(answer) => Expr::Always(*answer),
        Expr::And(parts) => Expr::And(parts.iter().map(with_label_rules).collect()),
        Expr::Or(parts) => Expr::Or(parts.iter().map(with_label_rules).collect()),
        Expr::Not(inner) => Expr::Not(Box::new(with_label_rules(inner))),
        Expr::Test(test) => settle(test),
    }
}

fn settle(test: &Predicate) -> Expr {
    if test.compare != Compare::Json || test.default.is_some() {
        return Expr::Test(test.clone());
    }
    let possible: fn(&str) -> bool = if test.path.label_key().is_some() {
        is_label_value
    } else if is_namespace(&test.path) {
        is_namespace_name
    } else if is_name(&test.path) {
        is_path_segment
    } else {
        return Expr::Test(test.clone());
    };
    if test.path.label_key().is_some_and(|key| !is_label_key(key)) {
        return Expr::Always(!crate::expr::demands_presence(&test.op));
    }
    let can_be = |value: &Value| value.is_null() || value.as_str().is_some_and(possible);
    let kept = |values: &[Value]| values.iter().filter(|v| can_be(v)).cloned().collect();
    let with = |op| Expr::Test(Predicate { op, ..test.clone() });
    match &test.op {
        Op::Eq(value) if !can_be(value) => Expr::Always(false),
        Op::Ne(value) if !can_be(value) => Expr::Always(true),
        Op::In(values) => with(Op::In(kept(values))),
        Op::NotIn(values) => with(Op::NotIn(kept(values))),
        // Every object has a name.
        Op::Exists if is_name(&test.path) => Expr::Always(true),
        Op::IsNull if is_name(&test.path) => Expr::Always(false),
        op => with(op.clone()),
    }
}

/// The value of a label: empty, or at most 63 characters that begin and end with a letter or digit.
pub(super) fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_qualified_part(text)
}

fn is_qualified_part(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_alphanumeric();
    text.len() <= 63
        && text.starts_with(edge)
        && text.ends_with(edge)
        && text
            .chars()
            .all(|c| edge(c) || matches!(c, '-' | '_' | '.'))
}

/// The key of a label: a name, or a DNS subdomain, a slash and a name.
pub(super) fn is_label_key(key: &str) -> bool {
    match key.split_once('/') {
        None => is_qualified_part(key),
        Some((prefix, name)) => is_subdomain(prefix) && is_qualified_part(name),
    }
}

fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_dns_part)
}

fn is_dns_part(part: &str) -> bool {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(edge) && part.ends_with(edge) && part.chars().all(|c| edge(c) || c == '-')
}

fn is_namespace_name(text: &str) -> bool {
    text.len() <= 63 && is_dns_part(text)
}

/// What the name of any kind has to be: something that can stand in a path.
fn is_path_segment(text: &str) -> bool {
    !matches!(text, "" | "." | "..") && !text.contains(['/', '%'])
}
