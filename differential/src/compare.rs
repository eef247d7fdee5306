//! What differs between the two servers' answers.

use std::fmt::Write as _;

use serde_json::Value;

use crate::known::Known;
use crate::normal::UNDECLARED;
use crate::run::Observations;
use crate::step::{Step, Then};

/// One value that differs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// Where, as a JSON pointer into the observation.
    pub(crate) at: String,
    pub(crate) embedded: Option<Value>,
    pub(crate) reference: Option<Value>,
}

/// The first step whose answers differ in a way that is not listed.
#[derive(Clone, Debug)]
pub(crate) struct Divergence {
    pub(crate) step: usize,
    pub(crate) differences: Vec<Difference>,
    /// What kind of divergence it is: the same for the same fault.
    pub(crate) signature: String,
}

/// Compares the answers to each step, then what the watches told. Adds the listed divergences that it met to `met`.
pub(crate) fn first_divergence(
    steps: &[Step],
    embedded: &Observations,
    reference: &Observations,
    known: &Known,
    met: &mut Vec<usize>,
) -> Option<Divergence> {
    let (watches, reads): (Vec<&Step>, Vec<&Step>) =
        steps.iter().partition(|step| step.then == Then::Watch);
    for step in reads.into_iter().chain(watches) {
        let (Some(ours), Some(theirs)) = (embedded.get(&step.id), reference.get(&step.id)) else {
            continue;
        };
        let mut found = Vec::new();
        differences(ours, theirs, "", &mut found);
        found.retain(|difference| !known.ignores(difference));
        let unlisted: Vec<Difference> = found
            .iter()
            .filter(|difference| match known.find(step, difference, theirs) {
                Some(entry) => {
                    met.push(entry);
                    false
                }
                None => true,
            })
            .cloned()
            .collect();
        // A listed difference of the outcome leaves the servers in different states: nothing after it compares.
        let split = found.iter().any(|difference| difference.at == "/status");
        let listed_split = split && !unlisted.iter().any(|difference| difference.at == "/status");
        if listed_split {
            return None;
        }
        if !unlisted.is_empty() {
            let signature = signature(step, ours, theirs, &unlisted[0]);
            return Some(Divergence {
                step: step.id,
                differences: unlisted,
                signature,
            });
        }
    }
    None
}

/// Adds every place at which the two differ.
pub(crate) fn differences(
    embedded: &Value,
    reference: &Value,
    at: &str,
    found: &mut Vec<Difference>,
) {
    match (embedded, reference) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for (key, value) in theirs {
                let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                match ours.get(key) {
                    Some(own) => differences(own, value, &at, found),
                    None => found.push(Difference {
                        at,
                        embedded: None,
                        reference: Some(value.clone()),
                    }),
                }
            }
            for (key, value) in ours.iter().filter(|(key, _)| !theirs.contains_key(*key)) {
                let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                found.push(Difference {
                    at,
                    embedded: Some(value.clone()),
                    reference: None,
                });
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            for index in 0..ours.len().max(theirs.len()) {
                let at = format!("{at}/{index}");
                match (ours.get(index), theirs.get(index)) {
                    (Some(own), Some(their)) => differences(own, their, &at, found),
                    (own, their) => found.push(Difference {
                        at,
                        embedded: own.cloned(),
                        reference: their.cloned(),
                    }),
                }
            }
        }
        _ if embedded == reference || told_by_chance(embedded, reference) => {}
        _ => found.push(Difference {
            at: at.to_owned(),
            embedded: Some(embedded.clone()),
            reference: Some(reference.clone()),
        }),
    }
}

/// Whether both refuse the same object, at least one of them for fields that its schema does not have: whether Kubernetes
/// gets to those before it stops at another fault is by chance.
fn told_by_chance(embedded: &Value, reference: &Value) -> bool {
    let (Some(ours), Some(theirs)) = (embedded.as_str(), reference.as_str()) else {
        return false;
    };
    [(ours, theirs), (theirs, ours)].iter().any(|(one, other)| {
        one.strip_suffix(UNDECLARED)
            .is_some_and(|head| other.starts_with(head))
    })
}

/// What is the same for all examples of one fault: the kind of request, where the answers differ, and the answers'
/// own words without what is quoted in them.
fn signature(step: &Step, embedded: &Value, reference: &Value, difference: &Difference) -> String {
    let content_type = step
        .body
        .as_ref()
        .map_or("", |(content_type, _)| content_type.as_str());
    let mut text = format!("{} {} {content_type}", step.method, step.resource);
    if embedded["status"] != reference["status"] || embedded["status"].as_u64().unwrap_or(0) >= 400
    {
        for side in [embedded, reference] {
            let status = side.pointer("/body/protobuf").unwrap_or(&side["body"]);
            let message = status["message"].as_str().unwrap_or_default();
            let cause = status
                .pointer("/details/causes/0/message")
                .and_then(Value::as_str)
                .unwrap_or(message);
            // Writing to a String does not fail.
            let _ = write!(text, " | {} {}", side["status"], unquoted(cause));
        }
        return text;
    }
    let place: Vec<String> = difference
        .at
        .split('/')
        .map(|part| {
            if part.parse::<usize>().is_ok() {
                "*".to_owned()
            } else {
                part.to_owned()
            }
        })
        .take(7)
        .collect();
    let shape = |value: &Option<Value>| match value {
        None => "absent".to_owned(),
        Some(Value::String(text)) => {
            format!("{:?}", unquoted(text).chars().take(40).collect::<String>())
        }
        Some(Value::Object(_)) => "object".to_owned(),
        Some(Value::Array(_)) => "array".to_owned(),
        Some(Value::Number(_)) => "number".to_owned(),
        Some(other) => other.to_string(),
    };
    let _ = write!(
        text,
        " at {}: {} / {}",
        place.join("/"),
        shape(&difference.embedded),
        shape(&difference.reference)
    );
    text
}

/// The text without what stands in quotes, and without numbers.
fn unquoted(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('"').enumerate() {
        if index % 2 == 0 {
            out.extend(part.chars().filter(|letter| !letter.is_ascii_digit()));
        } else {
            out.push('_');
        }
    }
    out.chars().take(110).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_are_found_where_they_are() {
        let mut found = Vec::new();
        let ours = json!({"a": [1, {"b": 2}], "c": 1, "same": {}});
        let theirs = json!({"a": [1, {"b": 3}, 4], "d/e": 1, "same": {}});
        differences(&ours, &theirs, "", &mut found);
        let places: Vec<&str> = found
            .iter()
            .map(|difference| difference.at.as_str())
            .collect();
        assert_eq!(places, ["/a/1/b", "/a/2", "/d~1e", "/c"]);
    }

    #[test]
    fn which_fault_is_told_beside_an_undeclared_field_is_by_chance() {
        let undeclared = json!(format!("failed to convert new object: {UNDECLARED}"));
        let other = json!("failed to convert new object: .spec.a: expected string");
        assert!(told_by_chance(&undeclared, &other) && told_by_chance(&other, &undeclared));
        assert!(!told_by_chance(
            &other,
            &json!("failed to convert new object: x")
        ));
        assert!(!told_by_chance(&undeclared, &json!("something else")));
    }

    #[test]
    fn a_signature_does_not_depend_on_names_and_numbers() {
        assert_eq!(unquoted("x \"one\" of 12"), unquoted("x \"two\" of 345"));
    }
}
