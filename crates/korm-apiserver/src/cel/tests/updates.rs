//! Rules about the old value, and rules that were broken before.

use serde_json::{Value, json};

use super::{check, crd};
use crate::schema::{ErrorKind, FieldError};

fn check_update(rule: Value, old: Value, new: Value) -> Vec<String> {
    let (old, new) = (json!({"spec": old}), json!({"spec": new}));
    let broken = crd(rule).versions[0].validate_update(&new, &old, Vec::new());
    broken.errors.iter().map(ToString::to_string).collect()
}

#[test]
fn transition_rules_compare_with_the_old_value() {
    let rule = json!({"rule": "self.x >= oldSelf.x"});
    assert!(check(rule.clone(), json!({"x": 1})).is_empty());
    assert!(check_update(rule.clone(), json!({"x": 1}), json!({"x": 2})).is_empty());
    assert_eq!(
        check_update(rule, json!({"x": 2}), json!({"x": 1})),
        ["spec: Invalid value: failed rule: self.x >= oldSelf.x"]
    );
    let optional = json!({"rule": "oldSelf.hasValue() || self.x == 1", "optionalOldSelf": true});
    assert!(check(optional.clone(), json!({"x": 1})).is_empty());
    assert_eq!(check(optional.clone(), json!({"x": 2})).len(), 1);
    assert!(check_update(optional, json!({"x": 2}), json!({"x": 3})).is_empty());
}

#[test]
fn rules_broken_by_unchanged_parts_are_forgiven() {
    let rule = json!({"rule": "self.x > 1"});
    let version = &crd(rule.clone()).versions[0];
    let object = json!({"spec": {"x": 1}, "status": {}});
    assert!(check_update(rule.clone(), json!({"x": 1}), json!({"x": 1})).is_empty());
    let forgiven = version
        .validate_update(&object, &object, Vec::new())
        .forgiven;
    let forgiven: Vec<String> = forgiven.iter().map(ToString::to_string).collect();
    assert_eq!(forgiven, ["spec: Invalid value: failed rule: self.x > 1"]);
    assert_eq!(
        check_update(rule, json!({"x": 1}), json!({"x": 0})).len(),
        1
    );
}

#[test]
fn what_is_forgiven_is_told_beside_a_refusal_unless_no_rule_was_looked_at() {
    let rule = json!({"rule": "self.x > 1"});
    let version = &crd(rule).versions[0];
    let object = json!({"spec": {"x": 1}, "status": {}});
    let refused = |message: &str| {
        let error = FieldError::at(ErrorKind::Invalid, "spec".to_owned(), Value::Null, message);
        let broken = version.validate_update(&object, &object, vec![error]);
        (broken.errors.len(), broken.forgiven.len())
    };
    assert_eq!(refused("too small"), (1, 1));
    let blocking = FieldError::at(
        ErrorKind::Required,
        "metadata.name".to_owned(),
        Value::Null,
        "",
    );
    let broken = version.validate_update(&object, &object, vec![blocking]);
    assert_eq!(broken.errors.len(), 2);
    assert!(broken.forgiven.is_empty());
}
