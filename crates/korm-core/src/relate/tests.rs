//! Links of every kind, asked for and joined.

use serde_json::{Value, json};

use super::*;
use crate::{Expr, FieldDef, native};

fn object(namespace: &str, name: &str) -> Value {
    json!({"metadata": {"namespace": namespace, "name": name, "uid": format!("uid-{name}")}})
}

fn owned(namespace: &str, name: &str, owner: &str) -> Value {
    let mut object = object(namespace, name);
    object["metadata"]["ownerReferences"] = json!([
        {"apiVersion": "other.io/v1", "kind": "Deployment", "name": "x", "uid": "uid-x"},
        {"apiVersion": "apps/v1", "kind": "Deployment", "name": owner, "uid": format!("uid-{owner}")},
    ]);
    object
}

fn deployments() -> ModelDef {
    native::native("apps/v1", "Deployment")
}

#[test]
fn to_the_owner() {
    let ours = [
        owned("ns", "a", "d1"),
        owned("ns", "b", "d2"),
        object("ns", "c"),
    ];
    let theirs = [object("ns", "d2"), object("ns", "d1")];
    assert_eq!(
        join(&Link::Owner, &ours, &theirs, &deployments()),
        [vec![1], vec![0], vec![]]
    );
    let ask = |ours: &[Value]| question(&Link::Owner, ours, &deployments()).to_string();
    assert_eq!(ask(&ours), r#"metadata.namespace == "ns""#);
    assert_eq!(
        ask(&ours[..1]),
        r#"metadata.namespace == "ns" and metadata.name == "d1""#
    );
    assert_eq!(ask(&ours[2..]), "never");
    assert_eq!(
        ask(&[owned("n1", "a", "d1"), owned("n2", "a", "d2")]),
        "always"
    );
}

#[test]
fn to_the_owned() {
    let ours = [object("ns", "d1"), object("ns", "d2"), object("ns", "d3")];
    let theirs = [
        owned("ns", "a", "d1"),
        owned("ns", "b", "d2"),
        owned("ns", "c", "d1"),
    ];
    let pods = native::native("v1", "Pod");
    assert_eq!(
        join(&Link::OwnedBy, &ours, &theirs, &pods),
        [vec![0, 2], vec![1], vec![]]
    );
    assert_eq!(
        question(&Link::OwnedBy, &ours, &pods).to_string(),
        r#"metadata.namespace == "ns""#
    );
    let never_stored = json!({"metadata": {"namespace": "ns", "name": "n"}});
    assert_eq!(
        question(&Link::OwnedBy, &[never_stored], &pods),
        Expr::Always(false)
    );
}

#[test]
fn by_name() {
    let with = |namespace: &str, name: &str, named: Value| {
        let mut object = object(namespace, name);
        object["spec"] = json!({"ref": named});
        object
    };
    let ours = [
        with("n1", "a", json!("x")),
        with("n2", "b", json!(["x", "y"])),
        with("n1", "c", Value::Null),
    ];
    let theirs = [object("n1", "x"), object("n2", "x"), object("n2", "y")];
    let link = Link::Names(FieldPath::spec("ref"));
    let maps = native::native("v1", "ConfigMap");
    assert_eq!(
        join(&link, &ours, &theirs, &maps),
        [vec![0], vec![1, 2], vec![]]
    );

    let nodes = native::native("v1", "Node");
    let cluster = [
        json!({"metadata": {"name": "x"}}),
        json!({"metadata": {"name": "y"}}),
    ];
    assert_eq!(
        join(&link, &ours, &cluster, &nodes),
        [vec![0], vec![0, 1], vec![]]
    );
    assert_eq!(
        question(&link, &ours[..1], &nodes).to_string(),
        r#"metadata.name == "x""#
    );

    // And the other way round.
    let back = Link::NamedBy(FieldPath::spec("ref"));
    assert_eq!(
        join(&back, &theirs, &ours, &maps),
        [vec![0], vec![1], vec![1]]
    );
    assert_eq!(join(&back, &cluster, &ours, &maps), [vec![0, 1], vec![1]]);
    let named = ModelDef::new("example.com", "v1", "Peach", "peaches").field(FieldDef::new(
        "ref",
        FieldPath::spec("ref"),
        json!({"type": "string"}),
    ));
    assert_eq!(
        question(&back, &theirs[..1], &named).to_string(),
        r#"metadata.namespace == "n1" and spec.ref == "x""#
    );
}

#[test]
fn by_labels() {
    let with = |namespace: &str, name: &str, labels: Value| {
        let mut object = object(namespace, name);
        object["metadata"]["labels"] = labels;
        object
    };
    let pods = [
        with("ns", "a", json!({"app": "web", "tier": "front"})),
        with("ns", "b", json!({"app": "web"})),
        with("other", "c", json!({"app": "web"})),
        with("ns", "d", json!({})),
    ];
    let select = |selector: Value, link: fn(FieldPath) -> Link| {
        let mut ours = object("ns", "s");
        ours["spec"] = json!({"selector": selector});
        let link = link(FieldPath::spec("selector"));
        let pod = native::native("v1", "Pod");
        let asked = question(&link, std::slice::from_ref(&ours), &pod)
            .simplify()
            .to_string();
        (join(&link, &[ours], &pods, &pod).remove(0), asked)
    };
    let (found, asked) = select(json!({"app": "web"}), Link::Labels);
    assert_eq!(found, [0, 1]);
    assert_eq!(
        asked,
        r#"metadata.namespace == "ns" and metadata.labels[app] == "web""#
    );
    assert_eq!(select(json!({}), Link::Labels), (vec![], "never".into()));
    let selector = json!({"matchLabels": {"app": "web"}, "matchExpressions": [
        {"key": "tier", "operator": "DoesNotExist"}, {"key": "app", "operator": "In", "values": ["web", "db"]}]});
    assert_eq!(select(selector, Link::Selector).0, [1]);
    assert_eq!(select(json!({}), Link::Selector).0, [0, 1, 3]);
    assert_eq!(
        select(json!(null), Link::Selector),
        (vec![], "never".into())
    );
}

#[cfg(feature = "k8s-openapi")]
#[test]
fn owners_are_stored_and_near() {
    use k8s_openapi::api::{apps::v1::Deployment, core::v1::Node};
    let decode = |object: &Value| Deployment::decode(object.clone()).unwrap();
    let deployment = decode(&object("ns", "d"));
    let mut meta = Meta::named("a").in_namespace("ns");
    meta.set_owner(&deployment).unwrap();
    meta.set_owner(&deployment).unwrap();
    assert_eq!(meta.owner_references.len(), 1);
    assert_eq!(meta.owner_references[0].api_version, "apps/v1");
    let node = Node::decode(json!({"metadata": {"name": "n", "uid": "u"}})).unwrap();
    meta.set_owner(&node).unwrap();

    let mut elsewhere = Meta::named("a").in_namespace("other");
    assert_eq!(
        elsewhere.set_owner(&deployment).unwrap_err().to_string(),
        "Deployment ns/d cannot own an object in namespace other: \
         an owner is in the same namespace or cluster-scoped"
    );
    let fresh = decode(&json!({"metadata": {"namespace": "ns", "name": "f"}}));
    assert_eq!(
        meta.set_owner(&fresh).unwrap_err().to_string(),
        "Deployment ns/f cannot own anything: it is not stored yet; save it first"
    );
}
