//! Taking out what two servers may choose differently: uids, times, versions, tokens, generated names, and the order
//! of what Kubernetes itself gives in no fixed order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value, json};

use crate::run::Observations;
use crate::settle::is_going;
use crate::step::{MADE_UP, Step, Then};

/// Stands for faults that are told by chance.
pub(crate) const UNDECLARED: &str = "<undeclared fields>";

/// A pattern that is written down in this file.
fn pattern(text: &str) -> Regex {
    // Every pattern is compiled by the tests below.
    #[allow(clippy::expect_used, reason = "the patterns are constants, and tested")]
    Regex::new(text).expect("a constant pattern")
}

static UID: LazyLock<Regex> =
    LazyLock::new(|| pattern("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"));
static TIME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"));
/// The names that `generateName` makes of the sequences' prefixes.
static GENERATED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(gen\d+-)[a-z0-9]{5}\b"));
/// An address of a service, in a message that tells of it.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b10(\.\d{1,3}){3}\b"));
static AGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(<invalid>|(\d+[ydhms])+)$"));
/// What Kubernetes calls the type that rules are about, another name each time, and types that it does not know yet.
static TYPE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(selfType|_var)\d+\b"));
static DIGITS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d+"));

/// The observations of one server, made comparable.
pub(crate) fn normalized(steps: &[Step], mut seen: Observations, namespace: &str) -> Observations {
    let mut names = Names {
        namespace,
        unordered: steps.iter().any(lets_controllers_write),
        ..Names::default()
    };
    // What only a watch told comes last: a watch that tells something else must not rename what requests answered.
    for observation in seen.values() {
        names.collect(&observation["body"], true);
    }
    for observation in seen.values() {
        names.collect(&observation["events"], false);
    }
    for (id, observation) in &mut seen {
        names.any_version = steps
            .iter()
            .any(|step| step.id == *id && may_be_behind(step));
        if names.unordered {
            group_by_object(&mut observation["events"]);
        }
        names.rewrite(observation, "", false);
    }
    seen
}

/// Whether controllers may write about several objects after the step, each in its own time: the order in which they
/// do is nobody's promise.
fn lets_controllers_write(step: &Step) -> bool {
    let path = step.path.split('?').next().unwrap_or_default();
    let collection = path.rsplit('/').next() == Some(step.resource.as_str());
    step.then == Then::Agree || (step.then == Then::Settle && collection)
}

/// Puts events about the same object together, in their order. What comes before a bookmark stays before it.
fn group_by_object(events: &mut Value) {
    let Some(events) = events.as_array_mut() else {
        return;
    };
    let object = |event: &Value| {
        let object = &event["object"];
        let row = object.pointer("/rows/0/object").unwrap_or(object);
        row["metadata"]["uid"].to_string()
    };
    for part in events.split_mut(|event| event["type"] == "BOOKMARK" || event["type"] == "ERROR") {
        let mut order: Vec<String> = Vec::new();
        for event in part.iter() {
            let object = object(event);
            if !order.contains(&object) {
                order.push(object);
            }
        }
        part.sort_by_cached_key(|event| {
            let place = order.iter().position(|one| *one == object(event));
            place.unwrap_or(order.len())
        });
    }
}

/// Whether the request leaves it to the server how new a state it answers from: the reference server's caches, one
/// per kind, are then at different versions.
pub(crate) fn may_be_behind(step: &Step) -> bool {
    step.then == Then::Watch
        || (step.path.contains("resourceVersion=")
            && !step.path.contains("resourceVersionMatch=Exact"))
}

/// What one server called things.
#[derive(Debug, Default)]
struct Names<'a> {
    namespace: &'a str,
    uids: BTreeMap<String, usize>,
    /// Versions of objects, in order: their rank takes their place.
    versions: BTreeSet<u64>,
    /// The same for each object, by its uid.
    own_versions: BTreeMap<String, BTreeSet<u64>>,
    /// Whether the version of a list is the server's choice.
    any_version: bool,
    /// Whether controllers write in between, in an order of their own: versions then rank among those of their object.
    unordered: bool,
}

impl Names<'_> {
    fn collect(&mut self, value: &Value, with_versions: bool) {
        match value {
            Value::String(text) => {
                for uid in UID.find_iter(text) {
                    let next = self.uids.len();
                    self.uids.entry(uid.as_str().to_owned()).or_insert(next);
                }
            }
            Value::Array(items) => items
                .iter()
                .for_each(|item| self.collect(item, with_versions)),
            Value::Object(members) => {
                let version = value
                    .pointer("/metadata/resourceVersion")
                    .and_then(Value::as_str);
                if let Some(version) = version.and_then(|text| text.parse().ok())
                    && with_versions
                    && version > MADE_UP
                    && !is_collective(value)
                {
                    self.versions.insert(version);
                    // Of definitions it is not known when controllers are done with them.
                    let uid = value.pointer("/metadata/uid").and_then(Value::as_str);
                    if let Some(uid) = uid.filter(|_| value["kind"] != "CustomResourceDefinition") {
                        let own = self.own_versions.entry(uid.to_owned()).or_default();
                        own.insert(version);
                    }
                }
                members
                    .values()
                    .for_each(|member| self.collect(member, with_versions));
            }
            _ => {}
        }
    }

    /// Rewrites a value that is the member `key`; `collective` says that it belongs to a list or a bookmark.
    fn rewrite(&self, value: &mut Value, key: &str, collective: bool) {
        let inner = is_collective(value) || (collective && key == "metadata");
        match value {
            Value::String(text) => *text = self.text(text, key, collective),
            Value::Array(items) => {
                items
                    .iter_mut()
                    .for_each(|item| self.rewrite(item, key, false));
                if key == "managedFields" || items.iter().all(is_managed_fields_entry) {
                    items.sort_by_cached_key(|entry| {
                        // By number, where it is protobuf.
                        [
                            ("operation", "2"),
                            ("manager", "1"),
                            ("subresource", "8"),
                            ("apiVersion", "3"),
                        ]
                        .map(|(name, number)| entry.get(name).unwrap_or(&entry[number]).to_string())
                    });
                }
                if key == "causes" {
                    items.sort_by_cached_key(Value::to_string);
                }
            }
            Value::Object(members) => {
                self.rename(members);
                if self.unordered && !collective {
                    self.rank_among_own(members);
                    if is_going(members) {
                        forget_owners(members);
                    }
                }
                for (name, member) in members.iter_mut() {
                    self.rewrite(member, name, inner);
                }
                let causes = members
                    .get("details")
                    .and_then(|details| details["causes"].as_array())
                    .map_or(0, Vec::len);
                if let (true, Some(message)) = (causes > 1, members.get_mut("message")) {
                    shorten(message);
                }
            }
            _ => {}
        }
    }

    /// Managed fields have uids in the names of members: `k:{"uid":"..."}`.
    fn rename(&self, members: &mut Map<String, Value>) {
        let with_uid: Vec<String> = members
            .keys()
            .filter(|name| UID.is_match(name))
            .cloned()
            .collect();
        for name in with_uid {
            if let Some(member) = members.remove(&name) {
                members.insert(self.without_uids(&name), member);
            }
        }
    }

    /// Puts the rank among the versions that were seen of the object in place of the version of these metadata.
    fn rank_among_own(&self, metadata: &mut Map<String, Value>) {
        let text = |name: &str| metadata.get(name).and_then(Value::as_str);
        let (Some(uid), Some(version)) = (text("uid"), text("resourceVersion")) else {
            return;
        };
        if let (Some(own), Ok(version)) = (self.own_versions.get(uid), version.parse::<u64>()) {
            let rank = own.range(..version).count();
            let seen = own.contains(&version);
            let rank = format!("own-{rank}{}", if seen { "" } else { "-unseen" });
            metadata.insert("resourceVersion".to_owned(), json!(rank));
        }
    }

    fn without_uids(&self, text: &str) -> String {
        let name = |found: &regex::Captures<'_>| match self.uids.get(&found[0]) {
            Some(number) => format!("uid-{number}"),
            None => "uid".to_owned(),
        };
        UID.replace_all(text, name).into_owned()
    }

    fn text(&self, text: &str, key: &str, collective: bool) -> String {
        match key {
            "resourceVersion" => return self.version(text, collective),
            "continue" => {
                return if text.is_empty() {
                    String::new()
                } else {
                    "<continue>".to_owned()
                };
            }
            // Allocated by the server, from a range of its own.
            "clusterIP" | "clusterIPs" | "cells" if text.starts_with("10.") => {
                return "<allocated>".to_owned();
            }
            // Fields of protobuf have numbers for names.
            number
                if number.bytes().all(|byte| byte.is_ascii_digit())
                    && ADDRESS
                        .find(text)
                        .is_some_and(|found| found.len() == text.len()) =>
            {
                return "<allocated>".to_owned();
            }
            "cells" if AGE.is_match(text) => return "<age>".to_owned(),
            _ => {}
        }
        let text = text.replace(self.namespace, "NS");
        let text = GENERATED.replace_all(&text, "$1<generated>");
        let text = self.without_uids(&text);
        let text = TYPE.replace_all(&text, "$1<n>");
        let text = TIME.replace_all(&text, |found: &regex::Captures<'_>| {
            if found.get(1).is_some() {
                "<micro-time>"
            } else {
                "<time>"
            }
        });
        let text = match key {
            "message" => ADDRESS.replace_all(&text, "<allocated>"),
            _ => text,
        };
        let lower = text.to_lowercase();
        if key == "message"
            && (lower.contains("resource version")
                || lower.contains("resourceversion")
                || lower.contains("precondition"))
        {
            return DIGITS.replace_all(&text, "<n>").into_owned();
        }
        undeclared(&text)
            .or_else(|| sorted_errors(&text))
            .unwrap_or_else(|| text.into_owned())
    }

    /// An object's version becomes its rank; a list's becomes the number of versions that it may know of.
    fn version(&self, text: &str, collective: bool) -> String {
        match text.parse::<u64>() {
            Ok(version) if version <= MADE_UP => text.to_owned(),
            Ok(_) if self.unordered || (collective && self.any_version) => "<any>".to_owned(),
            Ok(version) if collective => {
                format!("after-{}", self.versions.range(..=version).count())
            }
            Ok(version) => {
                let rank = self.versions.range(..version).count();
                let seen = self.versions.contains(&version);
                format!("rv-{rank}{}", if seen { "" } else { "-unseen" })
            }
            Err(_) => text.to_owned(),
        }
    }
}

/// Takes the owners, and who manages them, out of metadata.
fn forget_owners(metadata: &mut Map<String, Value>) {
    metadata.remove("ownerReferences");
    let entries = metadata.get_mut("managedFields");
    for entry in entries.and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(fields) = entry["fieldsV1"].as_object_mut() else {
            continue;
        };
        let own = fields.get_mut("f:metadata").and_then(Value::as_object_mut);
        if let Some(own) = own {
            own.remove("f:ownerReferences");
            if own.is_empty() {
                fields.remove("f:metadata");
            }
        }
    }
    // An entry of nothing else goes with them.
    if let Some(entries) = metadata
        .get_mut("managedFields")
        .and_then(Value::as_array_mut)
    {
        entries.retain(|entry| !entry["fieldsV1"].as_object().is_some_and(Map::is_empty));
    }
}

/// Whether this is a `ManagedFieldsEntry` in protobuf.
fn is_managed_fields_entry(value: &Value) -> bool {
    value
        .pointer("/6/0")
        .is_some_and(|fields_type| fields_type == "FieldsV1")
}

/// Whether the value's metadata are those of a collection, or of the server's whole state.
fn is_collective(value: &Value) -> bool {
    let kind = value["kind"].as_str().unwrap_or_default();
    let bookmark = value
        .pointer("/metadata/annotations/k8s.io~1initial-events-end")
        .is_some();
    bookmark
        || value.get("items").is_some()
        || kind == "Table"
        || (kind.ends_with("List") && value["metadata"]["name"].is_null())
}

/// Kubernetes walks an object's fields in random order, and stops at one that the schema does not have: which faults
/// it tells beside it is by chance.
fn undeclared(text: &str) -> Option<String> {
    // Of several versions in which something is owned, the first to fail is a random one.
    const OWNED: &str = "failed to prune fields: failed add back owned items: failed to convert merged object at version ";
    if text.starts_with(OWNED) {
        return Some(format!("{OWNED}{UNDECLARED}"));
    }
    // Nothing before the faults: of the object as it is, in the first version that fails.
    if text.starts_with('.') || text.starts_with("errors:\n  .") {
        return Some(UNDECLARED.to_owned());
    }
    const LAST: &str =
        "failed to prune fields: failed to convert merged object to last applied version: ";
    let about = ["failed to create typed ", "failed to convert "];
    let known = about.iter().any(|about| text.starts_with(about));
    let (object, faults) = match text.strip_prefix(LAST) {
        Some(faults) => (LAST.trim_end_matches(": "), faults),
        None if known => text.split_once("): ").or_else(|| text.split_once(": "))?,
        None => return None,
    };
    faults
        .contains(": field not declared in schema")
        .then(|| format!("{object}: {UNDECLARED}"))
}

fn sorted_errors(text: &str) -> Option<String> {
    let (head, lines) = text.split_once("errors:\n")?;
    let mut lines: Vec<&str> = lines.lines().collect();
    lines.sort_unstable();
    Some(format!("{head}errors:\n{}", lines.join("\n")))
}

/// Several causes come in no fixed order, and are in the message once more.
fn shorten(message: &mut Value) {
    if let Some((head, _)) = message
        .as_str()
        .and_then(|text| text.split_once(" is invalid: "))
    {
        *message = json!(format!("{head} is invalid: <causes>"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_become_ranks_and_uids_numbers() {
        let seen = Observations::from([
            (
                0,
                json!({"body": {"metadata": {"resourceVersion": "100", "uid": "00000000-0000-4000-8000-000000000001"}}}),
            ),
            (
                1,
                json!({"body": {"metadata": {"resourceVersion": "90"}, "x": "of 00000000-0000-4000-8000-000000000001"}}),
            ),
            (
                2,
                json!({"body": {"kind": "XList", "items": [], "metadata": {"resourceVersion": "95"}}}),
            ),
            (
                3,
                json!({"body": {"protobuf": {"3": ["10.96.0.20"], "4": ["10.96.0.20/8"]}}}),
            ),
        ]);
        let seen = normalized(&[], seen, "space");
        assert_eq!(
            seen[&0]["body"],
            json!({"metadata": {"resourceVersion": "rv-1", "uid": "uid-0"}})
        );
        assert_eq!(
            seen[&3]["body"]["protobuf"],
            json!({"3": ["<allocated>"], "4": ["10.96.0.20/8"]})
        );
        assert_eq!(
            seen[&1]["body"],
            json!({"metadata": {"resourceVersion": "rv-0"}, "x": "of uid-0"})
        );
        assert_eq!(seen[&2]["body"]["metadata"]["resourceVersion"], "after-1");
    }

    #[test]
    fn where_controllers_write_only_the_order_of_each_object_counts() {
        let object = |uid: u32, version: u32| json!({"metadata": {"resourceVersion": version.to_string(), "uid": format!("00000000-0000-4000-8000-00000000000{uid}")}});
        let event = |uid, version| json!({"type": "MODIFIED", "object": object(uid, version)});
        let bookmark = json!({"type": "BOOKMARK", "object": {"metadata": {}}});
        let run = |events: Value| {
            let seen = Observations::from([
                (0, json!({"body": object(1, 10)})),
                (1, json!({"body": object(2, 20)})),
                (2, json!({"events": events})),
            ]);
            let mut step = Step::new(http::Method::DELETE, "things", "/things?limit=1");
            step.then = Then::Settle;
            normalized(&[step], seen, "space")
        };
        let one = run(json!([
            event(1, 10),
            bookmark,
            event(1, 30),
            event(2, 31),
            event(1, 32)
        ]));
        let two = run(json!([
            event(1, 10),
            bookmark,
            event(1, 30),
            event(1, 31),
            event(2, 32)
        ]));
        assert_eq!(one, two);
        assert_eq!(
            one[&2]["events"][2]["object"]["metadata"]["resourceVersion"],
            "own-1-unseen"
        );
        let other = run(json!([
            bookmark,
            event(1, 10),
            event(1, 30),
            event(1, 31),
            event(2, 32)
        ]));
        assert_ne!(one, other);
    }

    #[test]
    fn errors_of_a_message_are_put_in_order() {
        assert_eq!(
            sorted_errors("x: errors:\n  .b\n  .a").unwrap(),
            "x: errors:\n  .a\n  .b"
        );
        assert_eq!(sorted_errors("plain"), None);
    }

    #[test]
    fn times_ages_and_numbers_in_version_messages_do_not_count() {
        let seen = Observations::from([(
            0,
            json!({"body": {
                "creationTimestamp": "2026-01-02T03:04:05Z", "cells": ["a", "5s", "3"],
                "message": "too old resource version: 1 (17)", "other": "at most 63",
            }}),
        )]);
        assert_eq!(
            normalized(&[], seen, "space")[&0]["body"],
            json!({
                "creationTimestamp": "<time>", "cells": ["a", "<age>", "3"],
                "message": "too old resource version: <n> (<n>)", "other": "at most 63",
            })
        );
        assert!(!DIGITS.is_match("x"));
    }

    #[test]
    fn entries_of_managed_fields_have_no_order_in_protobuf_either() {
        let entry = |manager: &str| json!({"1": [manager], "2": ["Apply"], "3": ["v1"], "6": ["FieldsV1"], "8": [""]});
        let body = |first, second| {
            let metadata = json!({"17": [entry(first), entry(second)]});
            let seen = Observations::from([(0, json!({"body": {"protobuf": metadata}}))]);
            normalized(&[], seen, "space")
        };
        assert_eq!(body("one", "two"), body("two", "one"));
        assert_ne!(body("one", "two"), body("one", "one"));
    }

    #[test]
    fn faults_beside_an_undeclared_field_are_by_chance() {
        let one = "failed to create typed patch object (/a; g/v1, Kind=K): .x: field not declared in schema";
        let two = "failed to create typed patch object (/a; g/v1, Kind=K): errors:\n  .r: expected string, got &{1}\n  .x: field not declared in schema";
        assert!(undeclared(one).is_some());
        assert_eq!(undeclared(one), undeclared(two));
        let new = |faults: &str| undeclared(&format!("failed to convert new object: {faults}"));
        assert_eq!(
            new(".x: field not declared in schema"),
            new(
                "errors:\n  .x: field not declared in schema\n  .r: expected boolean, got &{map[]}"
            )
        );
        assert_ne!(new(".x: field not declared in schema"), new(".r: no"));
        let owned = |version: &str| {
            undeclared(&format!(
                "failed to prune fields: failed add back owned items: failed to convert merged object at version {version}: .x"
            ))
        };
        let bare = undeclared(".spec.a: field not declared in schema");
        assert!(bare.is_some() && bare == undeclared("errors:\n  .spec.b: expected list"));
        assert_eq!(
            undeclared(
                "failed to prune fields: failed to convert merged object to last applied version: .x: field not declared in schema"
            ),
            Some(format!(
                "failed to prune fields: failed to convert merged object to last applied version: {UNDECLARED}"
            ))
        );
        assert!(owned("g/v1").is_some_and(|text| Some(text) == owned("g/v2")));
        assert_eq!(
            undeclared("failed to create typed patch object (/a; g/v1, Kind=K): .r: no"),
            None
        );
    }
}
