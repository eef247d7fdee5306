//! Evaluating the rules of an object, and telling which are broken.

use std::sync::LazyLock;

use kube_cel::KubeCelExt;
use kube_cel::cel::{Context, ExecutionError, Value as Cel};
use serde_json::Value;

use super::evaluate::Scope;
use super::{functions, misfit, optionals, texts, times, values};
use crate::schema::field_error::{BadValue, ErrorKind, FieldError, FieldPath};
use crate::schema::rules::CelRule;
use crate::schema::types::{Shape, Type, TypeId, Types};
use crate::schema::validate::correlate;

/// Longer texts of a messageExpression are not told.
const MAX_MESSAGE: usize = 5 * 1024;

/// What an object breaks.
#[derive(Debug, Default)]
pub(crate) struct Broken {
    /// What refuses the object.
    pub(crate) errors: Vec<FieldError>,
    /// Rules that a part breaks which was the same before: only warned of.
    pub(crate) forgiven: Vec<FieldError>,
}

impl From<Vec<FieldError>> for Broken {
    /// Nothing is forgiven.
    fn from(errors: Vec<FieldError>) -> Self {
        Self {
            errors,
            forgiven: Vec::new(),
        }
    }
}

/// Evaluates all rules on an object of type `root`. Rules about the old value are evaluated where
/// there is one.
pub(crate) fn check(types: &Types, root: TypeId, value: &Value, old: Option<&Value>) -> Broken {
    let ratchet = old.map_or(Ratchet::None, Ratchet::Same);
    run(types, root, value, old, ratchet)
}

/// Evaluates all rules on a default of a definition. Of what was the same before nothing is forgiven.
pub(crate) fn check_default(
    types: &Types,
    root: TypeId,
    value: &Value,
    old: Option<&Value>,
) -> Vec<FieldError> {
    run(types, root, value, old, Ratchet::None).errors
}

fn run(
    types: &Types,
    root: TypeId,
    value: &Value,
    old: Option<&Value>,
    ratchet: Ratchet<'_>,
) -> Broken {
    let mut run = Run {
        types,
        broken: Broken::default(),
    };
    run.node(root, value, old, ratchet, &FieldPath::ROOT);
    run.broken
}

/// The functions of expressions that are not evaluated here.
pub(super) static FUNCTIONS: LazyLock<Context<'static>> = LazyLock::new(|| {
    let mut context = Context::default().with_all();
    functions::add(&mut context);
    texts::add(&mut context);
    times::add(&mut context);
    context
});

/// The old value that decides whether a broken rule is forgiven.
#[derive(Clone, Copy)]
enum Ratchet<'v> {
    /// There is none.
    None,
    /// That of this part.
    Same(&'v Value),
    /// That of the nearest part around it which has one, with its type and new value.
    Around(TypeId, &'v Value, &'v Value),
}

struct Run<'r> {
    types: &'r Types,
    broken: Broken,
}

impl<'r> Run<'r> {
    fn node<'v>(
        &mut self,
        id: TypeId,
        value: &'v Value,
        old: Option<&'v Value>,
        ratchet: Ratchet<'v>,
        path: &FieldPath<'_>,
    ) {
        if value.is_null() {
            return;
        }
        let ty = self.types.get(id);
        let rules = ty.rules.as_deref().map_or(&[][..], |rules| &rules.cel);
        if !rules.is_empty() {
            self.rules(id, ty, rules, (value, old), ratchet, path);
        }
        let correlate = |old_of: Option<&'v Value>| match (ratchet, old_of) {
            (Ratchet::Same(_), Some(old)) => Ratchet::Same(old),
            (Ratchet::Same(around), None) => Ratchet::Around(id, around, value),
            (other, _) => other,
        };
        match (&ty.shape, value) {
            (Shape::Object(object), Value::Object(fields)) => {
                for (key, value) in fields {
                    let Some(property) = object.field(key) else {
                        continue;
                    };
                    let ratchet = match ratchet {
                        Ratchet::Same(old) => correlate(correlate::field(self.types, id, old, key)),
                        other => other,
                    };
                    let old = old.and_then(|old| old.as_object()?.get(key));
                    let path = match object.properties.contains_key(key.as_str()) {
                        true => path.child(key),
                        false => path.key(key),
                    };
                    self.node(property.ty, value, old, ratchet, &path);
                }
            }
            (
                Shape::Array {
                    items: Some(item), ..
                },
                Value::Array(values),
            ) => {
                for (i, value) in values.iter().enumerate() {
                    let ratchet = match ratchet {
                        Ratchet::Same(old) => {
                            correlate(correlate::item(self.types, id, old, value))
                        }
                        other => other,
                    };
                    let old = old.and_then(|old| correlate::item(self.types, id, old, value));
                    self.node(item.ty, value, old, ratchet, &path.index(i));
                }
            }
            _ => {}
        }
    }

    fn rules(
        &mut self,
        id: TypeId,
        ty: &Type,
        rules: &[CelRule],
        (value, old): (&Value, Option<&Value>),
        ratchet: Ratchet<'_>,
        path: &FieldPath<'_>,
    ) {
        let resource = path.to_string().is_empty();
        let own = values::of(self.types, id, value, resource);
        let old_own = old
            .filter(|old| !old.is_null())
            .map(|old| values::of(self.types, id, old, resource));
        for rule in rules {
            if let Some(fault) = &rule.fault {
                self.unevaluated(ty, path, format!("rule compile error: {fault}"));
                continue;
            }
            let Some(expression) = &rule.expression else {
                continue;
            };
            let about_old = expression.uses_old_self();
            if about_old && old_own.is_none() && !rule.optional_old_self {
                continue;
            }
            let mut scope = Scope::new(&FUNCTIONS);
            scope.add("self", own.clone());
            let old = match (&old_own, rule.optional_old_self) {
                (Some(old), false) => old.clone(),
                (Some(old), true) => optionals::of(old.clone()),
                (None, _) => optionals::none(),
            };
            scope.add("oldSelf", old);
            if let Some(why) = misfit::itself(&own) {
                self.unevaluated(ty, path, told(why, rule));
                continue;
            }
            let detail = match scope.evaluate(expression.tree()) {
                Ok(Cel::Bool(true)) => continue,
                Ok(_) => message(rule, &mut scope),
                Err(error) => {
                    self.unevaluated(ty, path, failure(&error, rule));
                    continue;
                }
            };
            let error = broken(ty, rule, value, path, detail);
            if !about_old && self.is_forgiven(id, value, ratchet) {
                self.broken.forgiven.push(error);
            } else {
                self.broken.errors.push(error);
            }
        }
    }

    fn unevaluated(&mut self, ty: &Type, path: &FieldPath<'_>, why: String) {
        let error = FieldError::at(ErrorKind::Invalid, written(path), type_name(ty), why);
        self.broken.errors.push(error);
    }

    fn is_forgiven(&self, id: TypeId, value: &Value, ratchet: Ratchet<'_>) -> bool {
        match ratchet {
            Ratchet::None => false,
            Ratchet::Same(old) => correlate::unchanged(self.types, id, old, value),
            Ratchet::Around(id, old, new) => correlate::unchanged(self.types, id, old, new),
        }
    }
}

/// A path as Go writes it; one that was never begun is `<nil>`.
fn written(path: &FieldPath<'_>) -> String {
    match path.to_string() {
        path if path.is_empty() => "<nil>".to_owned(),
        path => path,
    }
}

fn type_name(ty: &Type) -> &'static str {
    match ty.shape {
        _ if ty.untyped => "",
        Shape::Any => "",
        Shape::Boolean => "boolean",
        Shape::Integer { .. } => "integer",
        Shape::Number => "number",
        Shape::String { .. } => "string",
        Shape::Object(_) => "object",
        Shape::Array { .. } => "array",
    }
}

fn broken(
    ty: &Type,
    rule: &CelRule,
    value: &Value,
    path: &FieldPath<'_>,
    detail: String,
) -> FieldError {
    let field = match (&rule.written_field_path, path.to_string()) {
        (None, _) => written(path),
        (Some(below), path) if path.is_empty() => below.to_string(),
        (Some(below), path) => format!("{path}.{below}"),
    };
    let value = match ty.shape {
        Shape::Object(_) | Shape::Array { .. } if !ty.untyped => BadValue::Omitted,
        _ => BadValue::Json(value.clone()),
    };
    match rule.reason.as_deref() {
        Some("FieldValueForbidden") => FieldError::at(ErrorKind::Forbidden, field, "", detail),
        Some("FieldValueRequired") => FieldError::at(ErrorKind::Required, field, "", detail),
        Some("FieldValueDuplicate") => FieldError::at(ErrorKind::Duplicate, field, value, ""),
        _ => FieldError::at(ErrorKind::Invalid, field, value, detail),
    }
}

/// What a broken rule says: its messageExpression if that gives a usable text, else its message,
/// else the rule itself.
fn message<'e>(rule: &'e CelRule, scope: &mut Scope<'e>) -> String {
    let expressed = rule
        .message_program
        .as_ref()
        .and_then(|expression| scope.evaluate(expression.tree()).ok());
    if let Some(Cel::String(text)) = expressed {
        let text = text.trim();
        if !text.is_empty() && text.len() <= MAX_MESSAGE && !text.contains(['\n', '\r']) {
            return text.to_owned();
        }
    }
    match rule
        .message
        .as_deref()
        .filter(|message| !message.is_empty())
    {
        Some(message) => message.trim().to_owned(),
        None => format!("failed rule: {}", rule.rule.trim()),
    }
}

/// Why a rule could not be evaluated.
fn failure(error: &ExecutionError, rule: &CelRule) -> String {
    match reason(error) {
        Some(why) => told(&why, rule),
        None => format!(
            "'no such overload': call arguments did not match a supported operator, function or macro signature for rule: {}",
            called(rule)
        ),
    }
}

/// Why something could not be evaluated; nothing where no function took its arguments.
pub(super) fn reason(error: &ExecutionError) -> Option<String> {
    Some(match error {
        ExecutionError::NoSuchKey(key) => format!("no such key: {key}"),
        ExecutionError::DivisionByZero(_) => "division by zero".to_owned(),
        ExecutionError::RemainderByZero(_) => "modulus by zero".to_owned(),
        ExecutionError::Overflow(_, Cel::UInt(_), _) => "unsigned integer overflow".to_owned(),
        ExecutionError::Overflow(_, Cel::Timestamp(_), _) => "timestamp overflow".to_owned(),
        ExecutionError::Overflow(..) => "integer overflow".to_owned(),
        ExecutionError::IndexOutOfBounds(Cel::Int(index)) => {
            format!("index out of bounds: {index}")
        }
        ExecutionError::FunctionError { message, .. } => message.clone(),
        _ => return None,
    })
}

fn told(why: &str, rule: &CelRule) -> String {
    format!("{why} evaluating rule: {}", called(rule))
}

/// What a rule is called by: its message, else its text.
fn called(rule: &CelRule) -> &str {
    let message = rule.message.as_deref().filter(|text| !text.is_empty());
    message.unwrap_or(&rule.rule).trim()
}
