//! The part of client-go's JSONPath that printer columns and selectable fields are written in: one
//! expression of fields, indexes, slices, unions, wildcards, filters and recursive descent.

mod parse;

use std::cmp::Ordering;

use serde_json::Value;

use crate::schema::go_format;

/// A parsed expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JsonPath {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Field(String),
    Wildcard,
    Recursive,
    Slice {
        start: Option<i64>,
        /// Nothing means up to the end.
        end: Option<i64>,
        /// `[i]`: an end of 0 that came from `[-1]` means the end of the list.
        single: bool,
        step: Option<i64>,
    },
    Union(Vec<JsonPath>),
    Filter(Box<Filter>),
    Literal(Value),
}

#[derive(Clone, Debug, PartialEq)]
struct Filter {
    left: JsonPath,
    /// Nothing means that `left` has to lead somewhere.
    comparison: Option<(Operator, JsonPath)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// The expression cannot be applied to the value: an index out of bounds, a filter on something
/// that is no list, a comparison of different types.
#[derive(Debug, PartialEq)]
pub(crate) struct NotApplicable;

impl JsonPath {
    /// Parses an expression without its braces: `.spec.x`. Nothing where it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        parse::parse(text)
    }

    /// What the expression leads to; missing keys lead nowhere.
    pub(crate) fn find(&self, value: &Value) -> Result<Vec<Value>, NotApplicable> {
        let found = self.walk(vec![value.clone()])?;
        Ok(found)
    }

    fn walk(&self, values: Vec<Value>) -> Result<Vec<Value>, NotApplicable> {
        let mut values = values;
        for step in &self.steps {
            values = step.apply(values)?;
        }
        Ok(values)
    }
}

impl Step {
    fn apply(&self, values: Vec<Value>) -> Result<Vec<Value>, NotApplicable> {
        let mut found = Vec::new();
        for value in &values {
            match self {
                Self::Literal(literal) => found.push(literal.clone()),
                Self::Field(name) => found.extend(value.get(name).cloned()),
                Self::Wildcard => found.extend(children(value).cloned()),
                Self::Recursive => descend(value, &mut found),
                Self::Slice {
                    start,
                    end,
                    single,
                    step,
                } => slice(value, (*start, *end, *single, *step), &mut found)?,
                Self::Filter(filter) => filter.apply(value, &mut found)?,
                Self::Union(_) => {}
            }
        }
        if let Self::Union(paths) = self {
            for path in paths {
                found.extend(path.walk(values.clone())?);
            }
        }
        Ok(found)
    }
}

fn children(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Object(fields) => Box::new(fields.values()),
        Value::Array(items) => Box::new(items.iter()),
        _ => Box::new(std::iter::empty()),
    }
}

/// The value and everything below it that has something below it.
fn descend(value: &Value, found: &mut Vec<Value>) {
    if children(value).next().is_some() {
        found.push(value.clone());
        for child in children(value) {
            descend(child, found);
        }
    }
}

fn slice(
    value: &Value,
    (start, end, single, step): (Option<i64>, Option<i64>, bool, Option<i64>),
    found: &mut Vec<Value>,
) -> Result<(), NotApplicable> {
    if value.is_null() {
        return Ok(());
    }
    let items = value.as_array().ok_or(NotApplicable)?;
    let length = items.len() as i64;
    let mut start = start.unwrap_or(0);
    if start < 0 {
        start += length;
    }
    let mut end = end.unwrap_or(length);
    if end < 0 || end == 0 && single {
        end += length;
    }
    if start == end {
        return Ok(());
    }
    let step = usize::try_from(step.unwrap_or(1)).map_err(|_| NotApplicable)?;
    if !(0..length).contains(&start) || !(0..=length).contains(&end) || start > end || step == 0 {
        return Err(NotApplicable);
    }
    found.extend(
        items[start as usize..end as usize]
            .iter()
            .step_by(step)
            .cloned(),
    );
    Ok(())
}

impl Filter {
    fn apply(&self, value: &Value, found: &mut Vec<Value>) -> Result<(), NotApplicable> {
        for item in value.as_array().ok_or(NotApplicable)? {
            let lefts = self.left.walk(vec![item.clone()]);
            let Some((operator, right)) = &self.comparison else {
                if lefts.is_ok_and(|lefts| !lefts.is_empty()) {
                    found.push(item.clone());
                }
                continue;
            };
            let lefts = lefts?;
            let rights = right.walk(vec![item.clone()])?;
            match (lefts.as_slice(), rights.as_slice()) {
                ([], _) | (_, []) => {}
                ([left], [right]) => {
                    if operator.holds(left, right)? {
                        found.push(item.clone());
                    }
                }
                _ => return Err(NotApplicable),
            }
        }
        Ok(())
    }
}

impl Operator {
    /// Only values of the same basic type are compared.
    fn holds(self, left: &Value, right: &Value) -> Result<bool, NotApplicable> {
        let order = match (left, right) {
            (Value::String(left), Value::String(right)) => left.cmp(right),
            (Value::Bool(left), Value::Bool(right)) => {
                return match self {
                    Self::Equal => Ok(left == right),
                    Self::NotEqual => Ok(left != right),
                    _ => Err(NotApplicable),
                };
            }
            (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
                (Some(left), Some(right)) => left.cmp(&right),
                (None, None) => {
                    let (left, right) = (left.as_f64(), right.as_f64());
                    left.partial_cmp(&right).ok_or(NotApplicable)?
                }
                _ => return Err(NotApplicable),
            },
            _ => return Err(NotApplicable),
        };
        Ok(match self {
            Self::Equal => order == Ordering::Equal,
            Self::NotEqual => order != Ordering::Equal,
            Self::Less => order == Ordering::Less,
            Self::LessOrEqual => order != Ordering::Greater,
            Self::Greater => order == Ordering::Greater,
            Self::GreaterOrEqual => order != Ordering::Less,
        })
    }
}

/// A result as text: lists and objects as JSON, all else as Go prints it.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => go_format::json(value),
        Value::Null => "<no value>".to_owned(),
        other => go_format::display(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Value) {
        let object = json!({
            "spec": {"a": 1, "b.c": "dotted", "list": ["x", "y", "z"]},
            "status": {"conditions": [
                {"type": "Ready", "status": "True"}, {"type": "Synced", "status": "False"}]},
        });
        let found = JsonPath::parse(path).unwrap().find(&object);
        assert_eq!(found.map(Value::Array), Ok(expected), "{path}");
    }

    #[test]
    fn expressions_lead_to_values() {
        check(".spec.a", json!([1]));
        check(".spec.missing.x", json!([]));
        check(".spec['b.c']", json!(["dotted"]));
        check(".spec.b\\.c", json!(["dotted"]));
        check(".spec.list[0]", json!(["x"]));
        check(".spec.list[-1]", json!(["z"]));
        check(".spec.list[0:2]", json!(["x", "y"]));
        check(".spec.list[::2]", json!(["x", "z"]));
        check(".spec.list[*]", json!(["x", "y", "z"]));
        check(".spec.list[0,2]", json!(["x", "z"]));
        check(
            ".status.conditions[?(@.type==\"Ready\")].status",
            json!(["True"]),
        );
        check(
            ".status.conditions[?(@.type!='Ready')].status",
            json!(["False"]),
        );
        check(
            ".status.conditions[?(@.status)].type",
            json!(["Ready", "Synced"]),
        );
        check("..type", json!(["Ready", "Synced"]));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let find = |path: &str| {
            JsonPath::parse(path)
                .unwrap()
                .find(&json!({"a": [1], "b": 1}))
        };
        assert_eq!(find(".a[3]"), Err(NotApplicable));
        assert_eq!(find(".b[0]"), Err(NotApplicable));
        assert_eq!(find(".b[?(@.x==1)]"), Err(NotApplicable));
        assert_eq!(JsonPath::parse(".a["), None);
        assert_eq!(JsonPath::parse(".a[x]"), None);
    }
}
