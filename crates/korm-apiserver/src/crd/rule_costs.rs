//! What the rules of a definition may cost: each of them, and all together (apiextensions' `cel_validation.go`).

use super::json_schema::JsonSchema;
use crate::cel::Declared;
use crate::schema::field_error::{FieldError, FieldPath};

/// The most that one expression may cost, for all values that it is evaluated for.
const MOST_OF_ONE: u64 = 10_000_000;
/// The most that all of a schema may cost.
const MOST_OF_ALL: u64 = 100_000_000;
/// How many of the most expensive rules are told of.
const SHOWN: usize = 4;
/// The most bytes of a request.
const MOST_REQUEST_BYTES: u64 = 3 * 1024 * 1024;

/// How many values of a schema there can be in an object.
#[derive(Clone, Copy)]
pub(super) enum Count {
    Most(u64),
    /// As many as fit in a request.
    Unbounded,
}

impl Count {
    /// The same of the parts of such values.
    pub(super) fn of_parts(self, schema: &JsonSchema) -> Self {
        let Self::Most(own) = self else {
            return self;
        };
        let most = match schema.schema_type.as_str() {
            "object" if schema.additional_properties.is_some() => schema.max_properties,
            "array" => schema.max_items,
            _ => Some(1),
        };
        match most {
            Some(most) => Self::Most(own.saturating_mul(u64::try_from(most).unwrap_or(0))),
            None => Self::Unbounded,
        }
    }

    /// What an expression costs for all values.
    pub(super) fn cost(self, once: u64, own: &Declared) -> u64 {
        let count = match self {
            Self::Most(most) => most,
            Self::Unbounded => MOST_REQUEST_BYTES / (own.least_bytes + 1),
        };
        once.saturating_mul(count)
    }
}

/// An error if an expression costs too much.
pub(super) fn of_one(path: &FieldPath<'_>, what: &str, cost: u64) -> Option<FieldError> {
    let detail = || over_budget(&format!("estimated {what} cost"), cost, MOST_OF_ONE);
    (cost > MOST_OF_ONE).then(|| FieldError::forbidden(path, detail()))
}

/// What the expressions of a schema cost.
#[derive(Default)]
pub(super) struct Costs {
    total: u64,
    expensive: Vec<(String, u64)>,
}

impl Costs {
    /// Counts an expression.
    pub(super) fn add(&mut self, path: &FieldPath<'_>, cost: u64) {
        self.total = self.total.saturating_add(cost);
        if cost >= MOST_OF_ALL / 100 {
            self.expensive.push((path.to_string(), cost));
        }
    }

    /// Counts what others cost.
    pub(super) fn append(&mut self, others: Self) {
        self.total = self.total.saturating_add(others.total);
        self.expensive.extend(others.expensive);
    }

    /// Errors if all together cost too much.
    pub(super) fn errors(mut self, schema: &FieldPath<'_>) -> Vec<FieldError> {
        if self.total <= MOST_OF_ALL {
            return Vec::new();
        }
        self.expensive
            .sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
        let detail = "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema";
        let expensive = self.expensive.into_iter().take(SHOWN);
        let mut errors: Vec<FieldError> = expensive
            .map(|(path, _)| FieldError::forbidden(&FieldPath::new(&path), detail))
            .collect();
        let what = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema";
        let detail = over_budget(what, self.total, MOST_OF_ALL);
        errors.push(FieldError::forbidden(schema, detail));
        errors
    }
}

fn over_budget(what: &str, cost: u64, limit: u64) -> String {
    let factor = cost as f64 / limit as f64;
    let factor = if factor > 100.0 {
        "more than 100x".to_owned()
    } else if factor < 1.5 {
        format!("{factor:.6}x")
    } else {
        format!("{factor:.1}x")
    };
    format!(
        "{what} exceeds budget by factor of {factor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_told_as_go_writes_them() {
        let told = |cost| over_budget("cost", cost, MOST_OF_ONE);
        assert!(told(10_000_001).contains("factor of 1.000000x (try"));
        assert!(told(25_500_000).contains("factor of 2.5x (try"));
        assert!(told(u64::MAX).contains("factor of more than 100x (try"));
    }
}
