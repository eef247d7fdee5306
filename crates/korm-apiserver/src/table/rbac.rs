//! Rows of role bindings.

use jiff::Timestamp;
use serde_json::Value;

use super::native::name;
use super::{age, list, text};

pub(super) const BINDING: &[&str] = &[
    "Name",
    "Role",
    "Age",
    "Users*",
    "Groups*",
    "ServiceAccounts*",
];

pub(super) fn binding(object: &Value, now: Timestamp) -> Vec<Value> {
    let role = &object["roleRef"];
    let role = format!("{}/{}", text(role, "kind"), text(role, "name"));
    let (mut users, mut groups, mut accounts) = (Vec::new(), Vec::new(), Vec::new());
    for subject in list(object, "subjects") {
        let name = text(subject, "name").to_owned();
        match text(subject, "kind") {
            "ServiceAccount" => accounts.push(format!("{}/{name}", text(subject, "namespace"))),
            "User" => users.push(name),
            "Group" => groups.push(name),
            _ => {}
        }
    }
    vec![
        name(object),
        role.into(),
        age(object, now),
        users.join(", ").into(),
        groups.join(", ").into(),
        accounts.join(", ").into(),
    ]
}
