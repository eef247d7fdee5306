//! Patches do what was changed, nothing else, and only while nobody else did.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::{FieldDef, FieldPath, ModelDef, Scope};

fn def() -> ModelDef {
    let text = || json!({"type": "string"});
    let mut def = ModelDef::new("example.com", "v1", "Peach", "peaches")
        .field(FieldDef::new(
            "price",
            FieldPath::spec("price"),
            json!({"type": "integer"}),
        ))
        .field(FieldDef::new(
            "size",
            FieldPath::spec("size"),
            json!({"type": "object", "properties": {
                "a": {"type": "integer"},
                "note": {"type": "string"},
                "in": {"type": "object", "properties": {"a": {"type": "integer"}}},
            }}),
        ))
        .field(FieldDef::new(
            "tags",
            FieldPath::spec("tags"),
            json!({"type": "array", "items": text(), "x-kubernetes-list-type": "set"}),
        ))
        .field(FieldDef::new(
            "ports",
            FieldPath::new(["spec", "net", "ports"]),
            json!({"type": "array", "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                "items": {"type": "object", "properties": {
                    "name": {"type": "string"}, "a": {"type": "integer"}}}}),
        ))
        .field(FieldDef::new(
            "items",
            FieldPath::spec("items"),
            json!({"type": "array", "items": {"type": "object", "properties": {
                "a": {"type": "integer"}, "note": {"type": "string"}}}}),
        ))
        .field(FieldDef::new(
            "config",
            FieldPath::new(["spec", "deep", "con/f~ig"]),
            json!({"type": "object", "additionalProperties": text()}),
        ))
        .field(FieldDef::new(
            "orchard",
            FieldPath::label("a/orchard"),
            text(),
        ))
        .field(FieldDef::new(
            "data",
            FieldPath::root("data"),
            json!({"type": "object",
            "additionalProperties": text(), "x-kubernetes-map-type": "atomic"}),
        ))
        .field(FieldDef::new(
            "ripe",
            FieldPath::status("ripe"),
            json!({"type": "boolean"}),
        ));
    def.scope = Scope::Namespaced;
    def
}

/// What the model knows of an object: unknown members pruned by the schemas.
fn normalize(def: &ModelDef, raw: &Value) -> Value {
    let mut out = json!({"metadata": {}});
    for key in ["name", "labels", "annotations", "finalizers"] {
        if let Some(value) = raw["metadata"].get(key) {
            out["metadata"][key] = value.clone();
        }
    }
    for field in &def.fields {
        if let Some(value) = field.path.get(raw).filter(|value| !value.is_null()) {
            field.path.set(&mut out, prune(value, &field.schema));
        }
    }
    out
}

fn prune(value: &Value, schema: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter_map(|(key, value)| {
                let schema = schema["properties"]
                    .get(key)
                    .or_else(|| schema.get("additionalProperties"))?;
                Some((key.clone(), prune(value, schema)))
            });
            kept.collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items
            .iter()
            .map(|item| prune(item, &schema["items"]))
            .collect::<Vec<_>>()
            .into(),
        other => other.clone(),
    }
}

/// Applies a patch as Kubernetes does: a test with null passes where the key is absent and its parent
/// is there; everything or nothing.
fn apply(object: &Value, patch: &Patch) -> Result<Value, String> {
    let mut out = object.clone();
    for op in patch.ops() {
        if let PatchOp::Test {
            path,
            value: Value::Null,
        } = op
        {
            let (parent, _) = path.rsplit_once('/').unwrap();
            let parent_exists = out.pointer(parent).is_some_and(Value::is_object);
            if parent_exists && out.pointer(path).is_none() {
                continue;
            }
        }
        let op: json_patch::Patch = serde_json::from_value(json!([op])).unwrap();
        json_patch::patch(&mut out, &op).map_err(|e| e.to_string())?;
    }
    Ok(out)
}

fn both(object: &Value, changes: &Changes) -> Result<Value, String> {
    apply(&apply(object, &changes.main)?, &changes.status)
}

fn small_text() -> impl Strategy<Value = Value> {
    prop::sample::select(vec!["", "x", "y", "a<b"]).prop_map(Value::from)
}

fn small_int() -> impl Strategy<Value = Value> {
    (0..3).prop_map(|i: i32| json!(i))
}

/// An object with some of these members, each there or not.
fn some_of(members: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let members: Vec<_> = members
        .into_iter()
        .map(|(key, value)| prop::option::weighted(0.7, value).prop_map(move |v| (key, v)))
        .collect();
    members
        .prop_map(|members| {
            let present = members
                .into_iter()
                .filter_map(|(k, v)| Some((k.to_owned(), v?)));
            Value::Object(present.collect())
        })
        .boxed()
}

fn text_map() -> BoxedStrategy<Value> {
    prop::collection::btree_map("[a-c/~]{1,2}", small_text(), 0..4)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
        .boxed()
}

/// A mapped object; with unknown members everywhere when `unknown`.
fn object(unknown: bool) -> BoxedStrategy<Value> {
    let with = move |mut members: Vec<(&'static str, BoxedStrategy<Value>)>| {
        if unknown {
            members.push(("unknown", prop_oneof![small_text(), small_int()].boxed()));
        }
        some_of(members)
    };
    let int = || small_int().boxed();
    let text = || small_text().boxed();
    let element = with(vec![("a", int()), ("note", text())]);
    let port = with(vec![("a", int())]);
    let ports = prop::collection::btree_map("[p-s]", port, 0..4)
        .prop_map(|ports| {
            let named = ports.into_iter().map(|(name, mut port)| {
                port["name"] = name.into();
                port
            });
            Value::Array(named.collect())
        })
        .boxed();
    let tags = prop::collection::btree_set("[t-w]", 0..4)
        .prop_map(|tags| Value::from(tags.into_iter().collect::<Vec<_>>()))
        .boxed();
    let spec = with(vec![
        ("price", int()),
        (
            "size",
            with(vec![
                ("a", int()),
                ("note", text()),
                ("in", with(vec![("a", int())])),
            ]),
        ),
        ("tags", tags),
        ("net", with(vec![("ports", ports)])),
        (
            "items",
            prop::collection::vec(element, 0..4)
                .prop_map(Value::from)
                .boxed(),
        ),
        ("deep", with(vec![("con/f~ig", text_map())])),
    ]);
    let labels = some_of(vec![("a/orchard", text()), ("l1", text()), ("l2", text())]);
    let finalizers = prop::collection::btree_set("[f-h]", 0..3)
        .prop_map(|names| Value::from(names.into_iter().collect::<Vec<_>>()))
        .boxed();
    let metadata = some_of(vec![
        ("labels", labels),
        ("annotations", text_map()),
        ("finalizers", finalizers),
    ]);
    let status = with(vec![("ripe", any::<bool>().prop_map(Value::from).boxed())]);
    let all = with(vec![
        ("spec", spec),
        ("data", text_map()),
        ("status", status),
    ]);
    (all, metadata)
        .prop_map(|(mut object, metadata)| {
            object["metadata"] = metadata;
            object["metadata"]["name"] = "peach".into();
            object["metadata"]["uid"] = "u".into();
            object
        })
        .boxed()
}

/// Takes the known parts away, so that what is left is what must survive. Lists whose elements came
/// and went are left out.
fn unknown_parts(def: &ModelDef, object: &Value) -> Value {
    let mut out = object.clone();
    for path in ["labels", "annotations", "finalizers"].map(FieldPath::metadata) {
        path.remove(&mut out);
    }
    for field in &def.fields {
        if field.name == "size" {
            for path in [field.path.child("a"), field.path.child("note")] {
                path.remove(&mut out);
            }
            field.path.child("in").child("a").remove(&mut out);
        } else {
            field.path.remove(&mut out);
        }
    }
    drop_empty(&mut out);
    out
}

fn drop_empty(value: &mut Value) {
    if let Value::Object(members) = value {
        members.values_mut().for_each(drop_empty);
        members.retain(|_, member| *member != json!({}));
    }
}

/// The same but for the order of sets and maps, and containers that are empty or absent.
fn canonical(value: &Value) -> Value {
    let mut out = value.clone();
    for path in ["/spec/tags", "/spec/net/ports", "/metadata/finalizers"] {
        if let Some(Value::Array(items)) = out.pointer_mut(path) {
            items.sort_by_key(Value::to_string);
        }
    }
    for key in ["labels", "annotations", "finalizers"] {
        let path = FieldPath::metadata(key);
        if path
            .get(&out)
            .is_some_and(|v| *v == json!({}) || *v == json!([]))
        {
            path.remove(&mut out);
        }
    }
    for path in [FieldPath::root("spec"), FieldPath::root("status")]
        .into_iter()
        .chain([FieldPath::spec("net"), FieldPath::spec("deep")])
        .rev()
        .collect::<Vec<_>>()
    {
        if path.get(&out) == Some(&json!({})) {
            path.remove(&mut out);
        }
    }
    if FieldPath::root("spec").get(&out) == Some(&json!({})) {
        FieldPath::root("spec").remove(&mut out);
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_patch_makes_the_change_and_no_other(raw in object(true), now in object(false)) {
        let def = def();
        let base = normalize(&def, &raw);
        let now = normalize(&def, &now);
        let changes = changes(&def, &raw, &base, &now).unwrap();
        let result = both(&raw, &changes).map_err(|e| TestCaseError::fail(format!("{e}: {changes:?}")))?;
        prop_assert_eq!(canonical(&normalize(&def, &result)), canonical(&now));
        // Unknown members survive wherever what holds them is still wanted.
        let keeps_size = now.pointer("/spec/size").is_some();
        let keeps_in = now.pointer("/spec/size/in").is_some();
        let mut before = unknown_parts(&def, &raw);
        let mut after = unknown_parts(&def, &result);
        for object in [&mut before, &mut after] {
            if !keeps_in { FieldPath::new(["spec", "size", "in"]).remove(object); }
            if !keeps_size { FieldPath::spec("size").remove(object); }
            drop_empty(object);
        }
        prop_assert_eq!(after, before);
    }

    #[test]
    fn no_change_sends_nothing(raw in object(true)) {
        let def = def();
        let base = normalize(&def, &raw);
        let changes = changes(&def, &raw, &base, &base).unwrap();
        prop_assert!(changes.is_empty() && changes.fields.is_empty());
        prop_assert_eq!(changes.main.ops().count(), 0);
    }

    #[test]
    fn unknown_members_of_list_elements_survive(raw in object(true), a in 0..3_i32) {
        let def = def();
        let base = normalize(&def, &raw);
        let mut now = base.clone();
        let mut wanted = raw.clone();
        for list in ["/spec/items/0", "/spec/net/ports/0"] {
            if let (Some(element), Some(raw)) = (now.pointer_mut(list), wanted.pointer_mut(list)) {
                element["a"] = a.into();
                raw["a"] = a.into();
            }
        }
        let changes = changes(&def, &raw, &base, &now).unwrap();
        prop_assert_eq!(both(&raw, &changes).unwrap(), wanted);
    }

    #[test]
    fn somebody_elses_change_is_found_or_kept(raw in object(true), mine in object(false), theirs in object(true)) {
        let def = def();
        let base = normalize(&def, &raw);
        let mine = normalize(&def, &mine);
        let theirs_norm = normalize(&def, &theirs);
        match three_way(&def, &base, &theirs_norm, &mine) {
            ThreeWay::AlreadyOurs => {
                // Whatever we changed, they have.
                let ours = changes(&def, &theirs, &theirs_norm, &mine).unwrap();
                for change in &ours.fields {
                    prop_assert!(change.path.get(&base) == change.path.get(&mine)
                        || list_or_object(change.path.get(&mine)) || list_or_object(change.path.get(&base)), "{:?}", change);
                }
            }
            ThreeWay::Rebase(merged) => {
                let patch = changes(&def, &theirs, &theirs_norm, &merged).unwrap();
                prop_assert!(!patch.is_empty());
                let result = both(&theirs, &patch).unwrap();
                prop_assert_eq!(canonical(&normalize(&def, &result)), canonical(&merged));
                for path in ["/spec/price", "/spec/size/a", "/status/ripe", "/metadata/labels/l1"] {
                    let (b, t, m, r) = (base.pointer(path), theirs_norm.pointer(path), mine.pointer(path), merged.pointer(path));
                    if path == "/spec/size/a" && [&base, &theirs_norm, &mine].iter().any(|o| o.pointer("/spec/size").is_none()) {
                        continue;
                    }
                    prop_assert_eq!(r, if b == m { t } else { m }, "{}", path);
                }
            }
            ThreeWay::Conflict(conflicts) => {
                for conflict in conflicts {
                    prop_assert!(conflict.base != conflict.mine || conflict.base.is_none());
                    prop_assert_ne!(&conflict.theirs, &conflict.mine);
                    prop_assert_ne!(&conflict.theirs, &conflict.base);
                }
            }
        }
    }

    #[test]
    fn a_stale_base_is_refused(raw in object(true), now in object(false), other in 7..9_i32) {
        let def = def();
        let base = normalize(&def, &raw);
        let now = normalize(&def, &now);
        let changes = changes(&def, &raw, &base, &now).unwrap();
        for change in &changes.fields {
            if list_or_object(change.was.as_ref()) || list_or_object(change.now.as_ref()) {
                continue;
            }
            // Somebody else put something else at a place that changes.
            let mut theirs = raw.clone();
            change.path.set(&mut theirs, json!(other));
            // Elements of lists share the path of their list; only what is really hit counts.
            if change.path.get(&raw) == change.was.as_ref() {
                prop_assert!(both(&theirs, &changes).is_err(), "{:?} on {}", changes, theirs);
            }
        }
        if !changes.main.is_empty() {
            let mut recreated = raw.clone();
            recreated["metadata"]["uid"] = "another".into();
            prop_assert!(apply(&recreated, &changes.main).is_err());
        }
    }
}

fn list_or_object(value: Option<&Value>) -> bool {
    value.is_some_and(|v| v.is_array() || v.is_object())
}

fn ops(patch: &Patch) -> Vec<String> {
    patch.ops().map(|op| format!("{op:?}")).collect()
}

#[test]
fn absent_parents_are_made_with_what_changed() {
    let def = def();
    let raw = json!({"metadata": {"name": "p", "uid": "u"}});
    let base = json!({"metadata": {"name": "p"}});
    let now = json!({
        "metadata": {"name": "p", "labels": {"a/orchard": "n"}},
        "spec": {"price": 1, "deep": {"con/f~ig": {"x": "y"}}},
        "status": {"ripe": true},
    });
    let changes = changes(&def, &raw, &base, &now).unwrap();
    assert_eq!(
        ops(&changes.main),
        [
            "test /metadata/uid",
            "test /metadata/labels",
            "test /spec",
            "add /metadata/labels",
            "add /spec"
        ]
    );
    assert_eq!(
        ops(&changes.status),
        ["test /metadata/uid", "test /status", "add /status"]
    );
    assert_eq!(changes.fields.len(), 4);
}

#[test]
fn pointers_are_escaped() {
    let def = def();
    let raw = json!({"metadata": {"name": "p", "labels": {"a/orchard": "n"}},
        "spec": {"deep": {"con/f~ig": {"k/~": "1"}}}});
    let mut now = raw.clone();
    now["metadata"]["labels"]["a/orchard"] = "s".into();
    now["spec"]["deep"]["con/f~ig"]["k/~"] = "2".into();
    let changes = changes(&def, &raw, &raw, &now).unwrap();
    let ops = ops(&changes.main);
    assert!(
        ops.contains(&"replace /metadata/labels/a~1orchard".to_owned()),
        "{ops:?}"
    );
    assert!(
        ops.contains(&"replace /spec/deep/con~1f~0ig/k~1~0".to_owned()),
        "{ops:?}"
    );
}

#[test]
fn a_default_that_was_never_stored_is_not_removed() {
    let def = def();
    let raw = json!({"metadata": {"name": "p"}, "spec": {}});
    let base = json!({"metadata": {"name": "p"}, "spec": {"price": 1}});
    let gone = json!({"metadata": {"name": "p"}, "spec": {}});
    assert!(changes(&def, &raw, &base, &gone).unwrap().is_empty());
    let other = json!({"metadata": {"name": "p"}, "spec": {"price": 2}});
    let changes = changes(&def, &raw, &base, &other).unwrap();
    assert_eq!(ops(&changes.main), ["test /spec/price", "add /spec/price"]);
}

#[test]
fn the_old_value_is_tested_as_it_was_written() {
    let def = def();
    let raw = json!({"metadata": {"name": "p"}, "spec": {"price": 1.0, "size": null}});
    let base = json!({"metadata": {"name": "p"}, "spec": {"price": 1}});
    let now = json!({"metadata": {"name": "p"}, "spec": {"price": 2, "size": {"a": 1}}});
    let changes = changes(&def, &raw, &base, &now).unwrap();
    let body = String::from_utf8(changes.main.to_body()).unwrap();
    assert!(
        body.contains(r#"{"op":"test","path":"/spec/price","value":1}"#),
        "{body}"
    );
    assert!(
        body.contains(r#"{"op":"test","path":"/spec/size","value":null}"#),
        "{body}"
    );
}

#[test]
fn names_never_change() {
    let def = def();
    let base = json!({"metadata": {"name": "p", "namespace": "n"}});
    let now = json!({"metadata": {"name": "q", "namespace": "n"}});
    let error = changes(&def, &base, &base, &now).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Peach n/p cannot become n/q: name and namespace of a stored object never change; \
         create a new object and delete this one"
    );
}

#[test]
fn secret_values_are_not_shown() {
    let mut def = ModelDef::new("", "v1", "Secret", "secrets").native();
    def = def.field(FieldDef::new(
        "data",
        FieldPath::root("data"),
        json!({"type": "object", "additionalProperties": {"type": "string"}}),
    ));
    let at = |value: &str| json!({"metadata": {"name": "p"}, "data": {"k": value}});
    let changes = changes(&def, &at("hush"), &at("hush"), &at("shht")).unwrap();
    let ThreeWay::Conflict(conflicts) = three_way(&def, &at("hush"), &at("psst"), &at("shht"))
    else {
        panic!("both changed it");
    };
    let text = format!(
        "{changes:?} {conflicts:?} {} {}",
        changes.fields[0], conflicts[0]
    );
    assert!(
        !text.contains("hush") && !text.contains("shht") && !text.contains("psst"),
        "{text}"
    );
    assert!(text.contains("data"), "{text}");
}

#[test]
fn lists_of_maps_change_by_element() {
    let def = def();
    let with = |ports: Value| json!({"metadata": {"name": "p"}, "spec": {"net": {"ports": ports}}});
    let raw = with(json!([
        {"name": "a", "a": 1, "unknown": 1}, {"name": "b", "a": 1}, {"name": "c", "a": 1},
    ]));
    let base = with(json!([{"name": "a", "a": 1}, {"name": "b", "a": 1}, {"name": "c", "a": 1}]));
    let now = with(json!([{"name": "a", "a": 2}, {"name": "c", "a": 1}, {"name": "d"}]));
    let edit = changes(&def, &raw, &base, &now).unwrap();
    assert_eq!(
        ops(&edit.main),
        [
            "test /spec/net/ports/0/name",
            "test /spec/net/ports/0/a",
            "test /spec/net/ports/1",
            "replace /spec/net/ports/0/a",
            "remove /spec/net/ports/1",
            "add /spec/net/ports/-"
        ]
    );
    // Another order is another list.
    let turned = with(json!([{"name": "b", "a": 1}, {"name": "a", "a": 1}, {"name": "c", "a": 1}]));
    let edit = changes(&def, &raw, &base, &turned).unwrap();
    assert_eq!(
        ops(&edit.main),
        ["test /spec/net/ports", "replace /spec/net/ports"]
    );
    let kept = apply(&raw, &edit.main).unwrap();
    assert_eq!(kept["spec"]["net"]["ports"][1]["a"], 1);
}

#[test]
fn replicas_go_through_scale() {
    let def = crate::native::native("apps/v1", "Deployment").field(
        FieldDef::new(
            "replicas",
            FieldPath::spec("replicas"),
            json!({"type": "integer"}),
        )
        .through_scale(),
    );
    def.check().unwrap();
    let at = |n: i32| json!({"metadata": {"name": "d", "uid": "u"}, "spec": {"replicas": n}});
    let edit = changes(&def, &at(1), &at(1), &at(3)).unwrap();
    assert!(edit.main.is_empty());
    assert_eq!(
        ops(&edit.scale),
        [
            "test /metadata/uid",
            "test /spec/replicas",
            "replace /spec/replicas"
        ]
    );
    // Where there is no number yet the object itself is written.
    let none = json!({"metadata": {"name": "d", "uid": "u"}, "spec": {}});
    let edit = changes(&def, &none, &none, &at(3)).unwrap();
    assert!(edit.scale.is_empty() && !edit.main.is_empty());
}

#[test]
fn whole_objects_change_anywhere_but_in_what_the_server_sets() {
    let def = crate::native::native("v1", "Pod").whole();
    let raw = json!({
        "metadata": {"name": "p", "uid": "u", "resourceVersion": "1", "labels": {"a": "1"}},
        "spec": {"nodeName": "n"}, "status": {"phase": "Pending"},
    });
    let mut now = raw.clone();
    now["metadata"]["resourceVersion"] = "0".into();
    assert!(changes(&def, &raw, &raw, &now).unwrap().is_empty());
    now["metadata"]["labels"] = json!({"b": "2"});
    now["spec"]["extra"] = json!({"x": [1]});
    now["status"]["phase"] = "Running".into();
    let edit = changes(&def, &raw, &raw, &now).unwrap();
    let result = both(&raw, &edit).unwrap();
    assert_eq!(result["metadata"]["labels"], json!({"b": "2"}));
    assert_eq!(
        (&result["spec"], &result["status"]),
        (&now["spec"], &now["status"])
    );
    assert_eq!(ops(&edit.status).len(), 3);
}
