use serde_json::json;

use super::*;

fn now() -> Timestamp {
    "2024-01-01T01:00:00Z".parse().unwrap()
}

fn cells(group: &str, kind: &str, object: Value) -> Value {
    row(
        Printer::Native { group, kind },
        &object,
        IncludeObject::None,
        now(),
    )["cells"]
        .clone()
}

fn metadata() -> Value {
    json!({"name": "x", "creationTimestamp": "2024-01-01T00:00:00Z"})
}

#[test]
fn custom_columns_are_read_by_their_path() {
    let column = |name: &str, ty: &str, path: &str| Column {
        name: name.to_owned(),
        column_type: ty.to_owned(),
        json_path: path.to_owned(),
        ..Column::default()
    };
    let columns = [
        column("Variety", "string", ".spec.variety"),
        column("Price", "integer", ".spec.price"),
        column(
            "Ready",
            "string",
            ".status.conditions[?(@.type=='Ready')].status",
        ),
        column("Tags", "string", ".spec.tags"),
        column("Since", "date", ".metadata.creationTimestamp"),
        column("Bad", "integer", ".spec.variety"),
        column("Large", "integer", ".spec.large"),
    ];
    let object = json!({"metadata": metadata(), "spec": {"variety": "Frost", "price": 2.9, "tags": ["a"], "large": 1e21},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]}});
    let table = table(
        Printer::Custom(&columns),
        &object,
        IncludeObject::Metadata,
        true,
        now(),
    );
    assert_eq!(
        table["rows"][0]["cells"],
        json!(["x", "Frost", 2, "True", "[\"a\"]", "60m", null, i64::MIN])
    );
    assert_eq!(
        table["columnDefinitions"][1],
        json!({"name": "Variety", "type": "string", "format": "", "priority": 0,
            "description": "Custom resource definition column (in JSONPath format): .spec.variety"})
    );
    assert_eq!(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
}

#[test]
fn without_columns_there_is_the_age() {
    let object = json!({"metadata": metadata()});
    let table = table(
        Printer::Custom(&[]),
        &object,
        IncludeObject::Metadata,
        true,
        now(),
    );
    assert_eq!(table["rows"][0]["cells"], json!(["x", "60m"]));
    assert_eq!(table["columnDefinitions"][1]["name"], "Age");
}

#[test]
fn common_kinds_have_their_own_columns() {
    assert_eq!(
        cells(
            "",
            "ConfigMap",
            json!({"metadata": metadata(), "data": {"a": "b"}})
        ),
        json!(["x", 1, "60m"])
    );
    assert_eq!(
        cells(
            "",
            "Service",
            json!({"metadata": metadata(), "spec": {"type": "ClusterIP",
            "clusterIPs": ["10.0.0.1"], "ports": [{"port": 80, "protocol": "TCP"}], "selector": {"a": "b"}}})
        ),
        json!([
            "x",
            "ClusterIP",
            "10.0.0.1",
            "<none>",
            "80/TCP",
            "60m",
            "a=b"
        ])
    );
    assert_eq!(
        cells(
            "apps",
            "Deployment",
            json!({"metadata": metadata(),
            "spec": {"replicas": 2, "selector": {"matchLabels": {"a": "b"}},
                "template": {"spec": {"containers": [{"name": "c", "image": "i"}]}}},
            "status": {"readyReplicas": 1}})
        ),
        json!(["x", "1/2", 0, 0, "60m", "c", "i", "a=b"])
    );
    let definition = json!({"metadata": metadata(), "spec": {"group": "a.b", "scope": "Cluster",
        "names": {"kind": "X"}, "versions": [{"name": "v1", "served": true, "storage": true}]}});
    assert_eq!(
        cells(
            "apiextensions.k8s.io",
            "CustomResourceDefinition",
            definition
        ),
        json!([
            "x",
            "Cluster",
            "v1(storage)",
            "2024-01-01T00:00:00Z",
            "a.b",
            "X",
            "",
            false
        ])
    );
    assert_eq!(
        cells("", "LimitRange", json!({"metadata": metadata()})),
        json!(["x", "2024-01-01T00:00:00Z"])
    );
}

#[test]
fn pods_tell_what_their_containers_do() {
    let pod = json!({"metadata": metadata(),
        "spec": {"containers": [{"name": "a"}, {"name": "b"}]},
        "status": {"phase": "Running", "containerStatuses": [
            {"name": "a", "ready": true, "state": {"running": {}}},
            {"name": "b", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                "lastState": {"terminated": {"finishedAt": "2024-01-01T00:59:00Z"}}}]}});
    assert_eq!(
        cells("", "Pod", pod),
        json!([
            "x",
            "1/2",
            "CrashLoopBackOff",
            "3 (60s ago)",
            "60m",
            "<none>",
            "<none>",
            "<none>",
            "<none>"
        ])
    );
    let done = json!({"metadata": metadata(), "status": {"phase": "Succeeded"}});
    let row = row(
        Printer::Native {
            group: "",
            kind: "Pod",
        },
        &done,
        IncludeObject::None,
        now(),
    );
    assert_eq!(row["conditions"][0]["type"], "Completed");
}

#[test]
fn what_was_never_created_was_so_at_the_first_moment() {
    let group = "rbac.authorization.k8s.io";
    let bookmark = cells(group, "ClusterRole", json!({"metadata": {}}));
    assert_eq!(bookmark, json!(["", "0001-01-01T00:00:00Z"]));
    let made = cells(group, "ClusterRole", json!({"metadata": metadata()}));
    assert_eq!(made, json!(["x", "2024-01-01T00:00:00Z"]));
}

#[test]
fn scales_have_the_same_columns_whatever_they_are_of() {
    let names = |native| {
        let columns = columns(Printer::Scale { native });
        let columns = columns.as_array().unwrap();
        let names = columns.iter().map(|column| column["name"].clone());
        Value::Array(names.collect())
    };
    assert_eq!(names(true), json!(["Name", "Desired", "Available", "Age"]));
    assert_eq!(names(true), names(false));
    let scale = json!({"metadata": metadata(), "spec": {}, "status": {"replicas": 2}});
    let row = |native| {
        let none = IncludeObject::None;
        row(Printer::Scale { native }, &scale, none, now())["cells"].clone()
    };
    assert_eq!(row(true), json!(["x", 0, 2, "60m"]));
    // A definition's columns know nothing of what is left out.
    assert_eq!(row(false), json!(["x", null, 2, "60m"]));
}
