//! `metadata.managedFields`, decoded.

use super::element::equal;
use super::set::Set;
use crate::schema::go_format;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Who wrote, how, and through which subresource: what tells entries apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ManagerId {
    pub(super) name: String,
    pub(super) operation: Operation,
    /// Empty for an apply: one manager applies one configuration, in whatever version.
    pub(super) api_version: String,
    pub(super) subresource: String,
}

/// How a manager wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    Apply,
    Update,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Apply => "Apply",
            Self::Update => "Update",
        }
    }
}

impl ManagerId {
    /// The text that upstream tells managers apart, and sorts them, by.
    pub(super) fn text(&self) -> String {
        let mut fields = Vec::new();
        for (key, value) in [
            ("manager", self.name.as_str()),
            ("operation", self.operation.name()),
            ("apiVersion", &self.api_version),
            ("subresource", &self.subresource),
        ] {
            if !value.is_empty() {
                fields.push(format!("\"{key}\":{}", go_format::json(&value.into())));
            }
        }
        format!("{{{}}}", fields.join(","))
    }
}

/// The fields of one manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owned {
    pub(super) set: Set,
    pub(super) api_version: String,
    pub(super) applied: bool,
}

/// All managers of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Managed {
    pub(super) owned: BTreeMap<ManagerId, Owned>,
    /// When each wrote last, as the object has it.
    pub(super) times: BTreeMap<ManagerId, String>,
}

impl Managed {
    /// Reads `metadata.managedFields`; nothing there is no managers.
    ///
    /// # Errors
    /// What is wrong with an entry.
    pub(super) fn decode(entries: Option<&Value>) -> Result<Self, String> {
        let mut managed = Self::default();
        let entries = entries.and_then(Value::as_array).into_iter().flatten();
        for (index, entry) in entries.enumerate() {
            let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
            let operation = match text("operation").as_str() {
                "Apply" => Operation::Apply,
                "Update" => Operation::Update,
                _ => return Err("operation must be `Apply` or `Update`".to_owned()),
            };
            let api_version = text("apiVersion");
            if api_version.is_empty() {
                return Err("apiVersion must not be empty".to_owned());
            }
            match text("fieldsType").as_str() {
                "FieldsV1" => {}
                "" => {
                    return Err(format!(
                        "missing fieldsType in managed fields entry {index}"
                    ));
                }
                other => {
                    let other = go_format::quote(other);
                    return Err(format!(
                        "invalid fieldsType {other} in managed fields entry {index}"
                    ));
                }
            }
            let applied = operation == Operation::Apply;
            let id = ManagerId {
                name: text("manager"),
                operation,
                api_version: if applied {
                    String::new()
                } else {
                    api_version.clone()
                },
                subresource: text("subresource"),
            };
            let set = Set::from_fields(&entry["fieldsV1"])?;
            if let Some(time) = entry["time"].as_str() {
                managed.times.insert(id.clone(), time.to_owned());
            }
            managed.owned.insert(
                id,
                Owned {
                    set,
                    api_version,
                    applied,
                },
            );
        }
        Ok(managed)
    }

    /// The value of `metadata.managedFields`; `None` where nobody manages anything.
    pub(super) fn encode(&self) -> Option<Value> {
        let mut entries: Vec<_> = self.owned.iter().collect();
        entries.sort_by(|(a, left), (b, right)| {
            let time = |id| self.times.get(id).map(String::as_str).unwrap_or_default();
            a.operation
                .cmp(&b.operation)
                .then_with(|| time(a).cmp(time(b)))
                .then_with(|| a.name.cmp(&b.name))
                .then_with(|| left.api_version.cmp(&right.api_version))
                .then_with(|| a.subresource.cmp(&b.subresource))
        });
        let entries: Vec<Value> = entries
            .into_iter()
            .map(|(id, owned)| {
                let mut entry = Map::new();
                for (key, value) in [
                    ("manager", id.name.as_str()),
                    ("subresource", &id.subresource),
                    (
                        "time",
                        self.times.get(id).map(String::as_str).unwrap_or_default(),
                    ),
                ] {
                    if !value.is_empty() {
                        entry.insert(key.to_owned(), value.into());
                    }
                }
                entry.insert("operation".to_owned(), id.operation.name().into());
                entry.insert("apiVersion".to_owned(), owned.api_version.as_str().into());
                entry.insert("fieldsType".to_owned(), "FieldsV1".into());
                entry.insert("fieldsV1".to_owned(), owned.set.to_fields());
                Value::Object(entry)
            })
            .collect();
        (!entries.is_empty()).then_some(Value::Array(entries))
    }
}

/// Sets `metadata.managedFields`, or takes it away.
pub(super) fn set_managed_fields(object: &mut Value, entries: Option<Value>) {
    match (entries, object.as_object_mut()) {
        (Some(entries), Some(object)) => {
            let metadata = object.entry("metadata").or_insert_with(|| json!({}));
            if let Some(metadata) = metadata.as_object_mut() {
                metadata.insert("managedFields".to_owned(), entries);
            }
        }
        (None, Some(object)) => {
            if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
                metadata.remove("managedFields");
            }
        }
        (_, None) => {}
    }
}

/// Whether two states of an object differ in nothing but times of managed fields (and the
/// resourceVersion, which the client need not have sent). A write that changes nothing else is
/// none: upstream keeps the old times then, and stores nothing.
pub(crate) fn same_but_times(old: &Value, new: &Value) -> bool {
    let times = |object: &Value| {
        let mut entries = object["metadata"]["managedFields"].clone();
        for entry in entries.as_array_mut().into_iter().flatten() {
            if let Some(entry) = entry.as_object_mut() {
                entry.remove("time");
            }
        }
        entries
    };
    let rest = |object: &Value| {
        let mut object = object.clone();
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("managedFields");
            metadata.remove("resourceVersion");
        }
        object
    };
    times(old) == times(new) && equal(&rest(old), &rest(new))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(manager: &str, operation: &str, time: &str) -> Value {
        json!({"manager": manager, "operation": operation, "apiVersion": "v1", "time": time,
            "fieldsType": "FieldsV1", "fieldsV1": {"f:data": {"f:a": {}}}})
    }

    #[test]
    fn entries_are_sorted_by_operation_time_and_name() {
        let entries = json!([
            entry("b", "Update", "2026-01-01T00:00:01Z"),
            entry("a", "Update", "2026-01-01T00:00:02Z"),
            entry("z", "Apply", "2026-01-01T00:00:03Z"),
            entry("a", "Apply", "2026-01-01T00:00:03Z"),
        ]);
        let managed = Managed::decode(Some(&entries)).unwrap();
        let names: Vec<_> = managed
            .encode()
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| format!("{} {}", entry["manager"], entry["operation"]))
            .collect();
        assert_eq!(
            names,
            [
                r#""a" "Apply""#,
                r#""z" "Apply""#,
                r#""b" "Update""#,
                r#""a" "Update""#
            ]
        );
        assert_eq!(Managed::decode(managed.encode().as_ref()), Ok(managed));
        assert_eq!(Managed::default().encode(), None);
    }

    #[test]
    fn broken_entries() {
        for (key, value, error) in [
            (
                "operation",
                json!("x"),
                "operation must be `Apply` or `Update`",
            ),
            ("apiVersion", json!(""), "apiVersion must not be empty"),
            (
                "fieldsType",
                json!(""),
                "missing fieldsType in managed fields entry 0",
            ),
            (
                "fieldsType",
                json!("F2"),
                "invalid fieldsType \"F2\" in managed fields entry 0",
            ),
            (
                "fieldsV1",
                json!({"x": {}}),
                "key must be 2 characters long:",
            ),
        ] {
            let mut entry = entry("a", "Apply", "2026-01-01T00:00:03Z");
            entry[key] = value;
            assert_eq!(
                Managed::decode(Some(&json!([entry]))),
                Err(error.to_owned())
            );
        }
    }

    #[test]
    fn times_alone_make_no_difference() {
        let object = |time: &str, data: i32| json!({"metadata": {"managedFields": [entry("a", "Apply", time)]}, "data": data});
        assert!(same_but_times(&object("1", 1), &object("2", 1)));
        assert!(!same_but_times(&object("1", 1), &object("1", 2)));
    }
}
