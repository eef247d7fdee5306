use super::*;
use serde_json::json as value;

fn patched(current: Value, patch: &str) -> Option<Value> {
    json(&current, patch.as_bytes(), false)
        .ok()
        .map(|p| p.object)
}

#[test]
fn json_patch_differs_from_the_rfc_as_upstream_does() {
    let doc = || value!({"data": {"x": "a<b", "n": 1, "l": [1, 2]}});
    let ok = [
        (
            r#"[{"op":"test","path":"/data/x","value":"a\u003cb"}]"#,
            doc(),
        ),
        (r#"[{"op":"test","path":"/data/gone","value":null}]"#, doc()),
        (r#"[{"op":"test","path":"/data/gone"}]"#, doc()),
        ("null", doc()),
        (
            r#"[{"op":"replace","path":"/data/new","value":{"a":null}}]"#,
            value!({"data": {"x": "a<b", "n": 1, "l": [1, 2], "new": {"a": null}}}),
        ),
        (
            r#"[{"op":"remove","path":"/data/l/-1"},{"op":"add","path":"/data/l/-1","value":9},
                {"op":"copy","from":"/data/none","path":"/data/n"}]"#,
            value!({"data": {"x": "a<b", "n": null, "l": [1, 9]}}),
        ),
        (
            r#"[{"op":"move","from":"/data/x","path":"/a~1b~0~01"},{"op":"remove","path":"/data"}]"#,
            value!({"a/b~~1": "a<b"}),
        ),
    ];
    for (patch, expected) in ok {
        assert_eq!(patched(doc(), patch), Some(expected), "{patch}");
    }
    for patch in [
        r#"[{"op":"test","path":"/data/x","value":"a<b"}]"#,
        r#"[{"op":"test","path":"/data/n","value":1.0}]"#,
        r#"[{"op":"test","path":"/data/n"}]"#,
        r#"[{"op":"add","path":"","value":{}}]"#,
        r#"[{"op":"add","path":"data","value":{}}]"#,
        r#"[{"op":"add","path":"/none/a","value":1}]"#,
        r#"[{"op":"add","path":"/data/l/4","value":1}]"#,
        r#"[{"op":"remove","path":"/data/none"}]"#,
        r#"[{"op":"replace","path":"/data/l/2","value":1}]"#,
        r#"[{"op":"frobnicate","path":"/data"}]"#,
        "[null]",
    ] {
        let error = json(&doc(), patch.as_bytes(), false).unwrap_err();
        assert_eq!(error.code, 422, "{patch}");
        assert_eq!(
            error.message,
            "the server rejected our request due to an error in our request"
        );
    }
}

#[test]
fn json_patch_of_the_wrong_form() {
    for (patch, strict, message) in [
        ("{", false, "invalid JSON patch"),
        (
            "{}",
            false,
            "json: cannot unmarshal object into Go value of type jsonpatch.Patch",
        ),
        (
            "{}",
            true,
            "error decoding patch: json: cannot unmarshal object into Go value of type \
             []handlers.jsonPatchOp",
        ),
        (
            r#"["a"]"#,
            true,
            "error decoding patch: json: cannot unmarshal string into Go value of type \
             handlers.jsonPatchOp",
        ),
        (
            r#"[{"op":1}]"#,
            true,
            "error decoding patch: json: cannot unmarshal number into Go struct field \
             jsonPatchOp.op of type string",
        ),
        (
            r#"[{"path":{},"op":1,"path":"/a"}]"#,
            true,
            "error decoding patch: json: cannot unmarshal object into Go struct field \
             jsonPatchOp.path of type string",
        ),
    ] {
        let error = json(&value!({}), patch.as_bytes(), strict).unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (400, message));
    }
    let long = format!(
        "[{}]",
        vec![r#"{"op":"test","path":"/a"}"#; 10_001].join(",")
    );
    let error = json(&value!({}), long.as_bytes(), false).unwrap_err();
    assert_eq!(error.code, 413);
}

#[test]
fn strictness_reports_the_patch_itself() {
    let patch = r#"[{"op":"add","path":"/y","value":"1","foo":1,"op":"add"}]"#;
    let errors = json(&value!({}), patch.as_bytes(), true)
        .unwrap()
        .strict_errors;
    assert_eq!(
        errors,
        [
            r#"json patch unknown field "[0].foo""#,
            r#"json patch duplicate field "[0].op""#
        ]
    );
    let errors = merge(&value!({}), br#"{"a":[{"b":1,"b":2,"b":3}]}"#, true)
        .unwrap()
        .strict_errors;
    assert_eq!(errors, [r#"duplicate field "a[0].b""#]);
}

#[test]
fn merge_patch() {
    let current = value!({"a": {"b": 1, "c": 2}, "l": [1], "s": "x"});
    let patch = br#"{"a":{"b":null,"d":{"e":null,"f":[null,{"g":null}]}},"l":{"x":null},"s":null,"n":null}"#;
    let merged = merge(&current, patch, false).unwrap().object;
    assert_eq!(
        merged,
        value!({"a": {"c": 2, "d": {"f": [null, {}]}}, "l": {}})
    );
    for (patch, strict, message) in [
        ("[1", false, "invalid JSON patch"),
        ("null", true, "Invalid JSON Patch"),
        (
            "[1]",
            true,
            "error decoding patch: json: cannot unmarshal array into Go value of type \
             map[string]interface {}",
        ),
    ] {
        let error = merge(&current, patch.as_bytes(), strict).unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (400, message));
    }
}

fn pod(current: Value, patch: Value) -> Result<Value, ApiError> {
    let (types, root) = crate::facts::types("", "v1", "Pod").unwrap();
    strategic(&types, root, &current, patch.to_string().as_bytes(), false).map(|p| p.0.object)
}

#[test]
fn strategic_lists_merge_by_key_and_keep_order() {
    let current = value!({"spec": {"containers": [
        {"name": "a", "image": "1", "args": ["x"]}, {"name": "b", "image": "1"}]}});
    let patch = value!({"spec": {"containers": [
        {"name": "c", "image": "2"}, {"name": "a", "image": "2", "args": ["y"]}]}});
    let merged = pod(current, patch).unwrap();
    assert_eq!(
        merged["spec"]["containers"],
        value!([{"name": "c", "image": "2"}, {"name": "a", "image": "2", "args": ["y"]},
            {"name": "b", "image": "1"}])
    );
}

#[test]
fn strategic_directives() {
    let current = || {
        value!({
            "metadata": {"finalizers": ["a", "b", "c"], "labels": {"x": "1", "y": "2"}},
            "spec": {"containers": [{"name": "a"}, {"name": "b"}, {"name": "c"}],
                "volumes": [{"name": "v", "emptyDir": {}}]}})
    };
    let cases = [
        (
            value!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["b"]}}),
            "/metadata/finalizers",
            value!(["a", "c"]),
        ),
        (
            value!({"metadata": {"$setElementOrder/finalizers": ["d", "a"], "finalizers": ["d"]}}),
            "/metadata/finalizers",
            value!(["d", "a", "b", "c"]),
        ),
        (
            value!({"metadata": {"labels": {"$patch": "replace", "z": "3"}}}),
            "/metadata/labels",
            value!({"z": "3"}),
        ),
        (
            value!({"metadata": {"labels": {"$patch": "delete"}}}),
            "/metadata/labels",
            value!({}),
        ),
        (
            value!({"metadata": {"labels": {"x": null, "q": null}}}),
            "/metadata/labels",
            value!({"y": "2"}),
        ),
        (
            value!({"spec": {"containers": [{"name": "b", "$patch": "delete"}]}}),
            "/spec/containers",
            value!([{"name": "a"}, {"name": "c"}]),
        ),
        (
            value!({"spec": {"containers": [{"name": "z"}, {"$patch": "replace"}]}}),
            "/spec/containers",
            value!([{"name": "z"}]),
        ),
        (
            value!({"spec": {"$setElementOrder/containers": [{"name": "c"}, {"name": "a"}]}}),
            "/spec/containers",
            value!([{"name": "b"}, {"name": "c"}, {"name": "a"}]),
        ),
        (
            value!({"spec": {"volumes": [
                {"name": "v", "$retainKeys": ["name", "configMap"], "configMap": {"name": "m"}}]}}),
            "/spec/volumes",
            value!([{"name": "v", "configMap": {"name": "m"}}]),
        ),
    ];
    for (patch, pointer, expected) in cases {
        let merged = pod(current(), patch.clone()).unwrap();
        assert_eq!(merged.pointer(pointer), Some(&expected), "{patch}");
    }
}

#[test]
fn strategic_errors() {
    let current = || value!({"spec": {"containers": [{"name": "a"}], "nodeSelector": {"a": "b"}}});
    for (patch, code, message) in [
        (
            value!({"spec": {"containers": [{"image": "x"}]}}),
            500,
            "map: map[image:x] does not contain declared merge key: name",
        ),
        (
            value!({"spec": {"$retainKeys": ["a"], "b": 1}}),
            400,
            "invalid patch format of retainKeys",
        ),
        (
            value!({"spec": {"$patch": "x"}}),
            500,
            "unknown patch type: x in map: map[$patch:x]",
        ),
        (
            value!({"spec": {"$deleteFromPrimitiveList": ["x"]}}),
            400,
            "invalid patch format of primitive list",
        ),
    ] {
        let error = pod(current(), patch).unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (code, message));
    }
}
