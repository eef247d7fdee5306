//! What was found, as the server tells it.

use serde_json::Value;

use crate::error::Fault;

/// One thing wrong with an object; the same as a cause in the server's `Status`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The path of the value: `spec.ports[1].name`.
    pub field: String,
    /// The machine-readable reason, such as `FieldValueRequired`.
    pub reason: &'static str,
    /// The sentence for people.
    pub message: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

impl From<Violation> for Fault {
    fn from(violation: Violation) -> Self {
        Self {
            field: None,
            path: violation.field,
            reason: violation.message,
        }
    }
}

/// Violations as they are found, and how many checks were passed, by which the server chooses the
/// alternative that it complains about.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    violations: Vec<Violation>,
    pub(super) checks: usize,
}

impl Report {
    pub(super) fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.violations.extend(other.violations);
        self.checks += other.checks;
    }

    /// `Required value`.
    pub(super) fn required(&mut self, path: &str) {
        self.add(path, "FieldValueRequired", "Required value".into());
    }

    /// `Invalid value: 0: spec.price in body should be ...`.
    pub(super) fn invalid(&mut self, path: &str, value: &Value, what: &str) {
        let message = format!("Invalid value: {}: {} {what}", shown(value), in_body(path));
        self.add(path, "FieldValueInvalid", message);
    }

    /// A value of another type: `found` is what the server calls what it found.
    pub(super) fn wrong_type(&mut self, path: &str, wanted: &str, found: &str) {
        let message = format!(
            "Invalid value: {}: {} must be of type {wanted}: {}",
            quoted(found),
            in_body(path),
            quoted(found)
        );
        self.add(path, "FieldValueTypeInvalid", message);
    }

    /// `Unsupported value: "x": supported values: "a", "b"`.
    pub(super) fn not_supported(&mut self, path: &str, value: &Value, allowed: &[Value]) {
        let words: Vec<String> = allowed
            .iter()
            .map(|v| quoted(&v.as_str().map_or_else(|| v.to_string(), str::to_owned)))
            .collect();
        let message = format!(
            "Unsupported value: {}: supported values: {}",
            shown(value),
            words.join(", ")
        );
        self.add(path, "FieldValueNotSupported", message);
    }

    /// `Too long: may not be more than 3 bytes`, which is said of characters too.
    pub(super) fn too_long(&mut self, path: &str, max: i64) {
        let bytes = if max == 1 { "byte" } else { "bytes" };
        let message = format!("Too long: may not be more than {max} {bytes}");
        self.add(path, "FieldValueTooLong", message);
    }

    /// `Too many: 3: must have at most 2 items`, which is said of members too.
    pub(super) fn too_many(&mut self, path: &str, found: usize, max: i64) {
        let items = if max == 1 { "item" } else { "items" };
        let message = format!("Too many: {found}: must have at most {max} {items}");
        self.add(path, "FieldValueTooMany", message);
    }

    pub(super) fn duplicate(&mut self, path: &str, value: &Value) {
        self.add(
            path,
            "FieldValueDuplicate",
            format!("Duplicate value: {}", shown(value)),
        );
    }

    /// A CEL rule that does not hold. The value is told where it is neither an object nor a list.
    #[cfg(feature = "cel")]
    pub(super) fn broken_rule(
        &mut self,
        path: &str,
        value: &Value,
        detail: &str,
        reason: Option<&str>,
    ) {
        let of_value = |word: &str| match value {
            Value::Object(_) | Value::Array(_) => format!("{word}: {detail}"),
            scalar => format!("{word}: {}: {detail}", shown(scalar)),
        };
        // It has no place for a text of the rule's.
        let duplicate = match value {
            Value::Object(_) | Value::Array(_) => of_value("Duplicate value"),
            scalar => format!("Duplicate value: {}", shown(scalar)),
        };
        let (reason, message) = match reason {
            Some("FieldValueForbidden") => ("FieldValueForbidden", format!("Forbidden: {detail}")),
            Some("FieldValueRequired") => {
                ("FieldValueRequired", format!("Required value: {detail}"))
            }
            Some("FieldValueDuplicate") => ("FieldValueDuplicate", duplicate),
            _ => ("FieldValueInvalid", of_value("Invalid value")),
        };
        self.add(path, reason, message);
    }

    /// Whether something is wrong without which no rule is evaluated (`hasBlockingErr` of apiextensions-apiserver).
    #[cfg(feature = "cel")]
    pub(super) fn keeps_rules_from_being_checked(&self) -> bool {
        const BLOCKING: [&str; 5] = [
            "FieldValueNotSupported",
            "FieldValueRequired",
            "FieldValueTooLong",
            "FieldValueTooMany",
            "FieldValueTypeInvalid",
        ];
        self.violations
            .iter()
            .any(|violation| BLOCKING.contains(&violation.reason))
    }

    /// That rules were not evaluated.
    #[cfg(feature = "cel")]
    pub(super) fn rules_left_out(&mut self) {
        let message = "Invalid value: null: some validation rules were not checked because the object was invalid; correct \
                       the existing errors to complete validation";
        self.add("<nil>", "FieldValueInvalid", message.to_owned());
    }

    /// Something the server tells of no field in particular.
    pub(super) fn of_no_field(&mut self, what: &str) {
        // The server prints the missing path of such an error as Go prints nil.
        self.add(
            "<nil>",
            "FieldValueInvalid",
            format!("Invalid value: \"\": {what}"),
        );
    }

    fn add(&mut self, path: &str, reason: &'static str, message: String) {
        let field = path.trim_start_matches('.');
        let field = if field.is_empty() { "<nil>" } else { field };
        self.violations.push(Violation {
            field: field.to_owned(),
            reason,
            message,
        });
    }

    pub(super) fn into_violations(self) -> Vec<Violation> {
        self.violations
    }
}

/// `spec.price in body`; a path with nothing before its first dot keeps the dot, as the server does.
fn in_body(path: &str) -> String {
    format!("{path} in body")
}

/// A value as the server's message shows it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Number(number) if number.is_f64() => {
            super::text::float(number.as_f64().unwrap_or_default())
        }
        other => super::text::go_json(other),
    }
}

/// A string as Go's `%q` shows it.
pub(super) fn quoted(text: &str) -> String {
    super::text::quote(text)
}
