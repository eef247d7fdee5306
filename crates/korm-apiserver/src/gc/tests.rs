use serde_json::{Value, json};

use super::world::Small;
use crate::meta;

const FOREGROUND: Option<&str> = Some("Foreground");
const ORPHAN: Option<&str> = Some("Orphan");

fn owned(owners: &[Value]) -> Value {
    json!({"metadata": {"ownerReferences": owners}})
}

/// `configmaps/default/top` owns `middle`, which owns `leaf`; all of them block.
fn family() -> Small {
    let mut world = Small::new();
    world.create("ConfigMap", "default/top", json!({}));
    let top = world.owner("ConfigMap", "default/top", true);
    world.create("ConfigMap", "default/middle", owned(&[top]));
    let middle = world.owner("ConfigMap", "default/middle", true);
    world.create("Pod", "default/leaf", owned(&[middle]));
    world.events.clear();
    world
}

#[test]
fn in_the_background_owners_go_first() {
    let mut world = family();
    world.request_delete("configmaps", "default/top", None);
    assert_eq!(
        world.events,
        [
            "DELETED configmaps/default/top",
            "DELETED configmaps/default/middle",
            "DELETED pods/default/leaf"
        ]
    );
}

#[test]
fn in_the_foreground_dependents_go_first() {
    let mut world = family();
    world.request_delete("configmaps", "default/top", FOREGROUND);
    assert_eq!(
        world.events,
        [
            "MODIFIED configmaps/default/top",
            "MODIFIED configmaps/default/middle",
            "DELETED pods/default/leaf",
            "DELETED configmaps/default/middle",
            "DELETED configmaps/default/top"
        ]
    );
}

#[test]
fn orphans_stay_without_their_owner() {
    let mut world = family();
    world.request_delete("configmaps", "default/top", ORPHAN);
    assert_eq!(
        world.events,
        [
            "MODIFIED configmaps/default/top",
            "MODIFIED configmaps/default/middle",
            "DELETED configmaps/default/top"
        ]
    );
    let middle = world.store.get("configmaps", "default/middle").unwrap();
    assert!(middle.value["metadata"].get("ownerReferences").is_none());
    assert_eq!(
        world.left(),
        ["configmaps/default/middle", "pods/default/leaf"]
    );
}

#[test]
fn a_dependent_with_a_finalizer_holds_a_foreground_deletion_up() {
    let mut world = family();
    let hold = json!({"metadata": {"finalizers": ["x.io/hold"]}});
    world.request_patch("pods", "default/leaf", hold);
    world.request_delete("configmaps", "default/top", FOREGROUND);
    assert_eq!(
        world.left(),
        [
            "configmaps/default/middle*",
            "configmaps/default/top*",
            "pods/default/leaf*"
        ]
    );
    let release = json!({"metadata": {"finalizers": null}});
    world.request_patch("pods", "default/leaf", release);
    assert_eq!(world.left(), [""; 0]);
}

#[test]
fn a_dependent_that_does_not_block_is_collected_and_not_waited_for() {
    let mut world = Small::new();
    world.create("ConfigMap", "default/top", json!({}));
    let top = world.owner("ConfigMap", "default/top", false);
    let mut dependent = owned(&[top]);
    dependent["metadata"]["finalizers"] = json!(["x.io/hold"]);
    world.create("Pod", "default/leaf", dependent);
    world.request_delete("configmaps", "default/top", FOREGROUND);
    assert_eq!(world.left(), ["pods/default/leaf*"]);
}

#[test]
fn letting_go_of_the_block_lets_the_owner_go() {
    let mut world = Small::new();
    world.create("ConfigMap", "default/top", json!({}));
    let mut top = world.owner("ConfigMap", "default/top", true);
    let mut dependent = owned(&[top.clone()]);
    dependent["metadata"]["finalizers"] = json!(["x.io/hold"]);
    world.create("Pod", "default/leaf", dependent);
    world.request_delete("configmaps", "default/top", FOREGROUND);
    assert_eq!(
        world.left(),
        ["configmaps/default/top*", "pods/default/leaf*"]
    );
    top["blockOwnerDeletion"] = json!(false);
    world.request_patch("pods", "default/leaf", owned(&[top]));
    assert_eq!(world.left(), ["pods/default/leaf*"]);
}

#[test]
fn one_owner_left_is_enough_and_the_gone_one_is_dropped() {
    let mut world = Small::new();
    world.create("ConfigMap", "default/a", json!({}));
    world.create("Node", "n", json!({}));
    let owners = [
        world.owner("ConfigMap", "default/a", true),
        world.owner("Node", "n", true),
    ];
    world.create("Pod", "default/p", owned(&owners));
    world.request_delete("configmaps", "default/a", FOREGROUND);
    let pod = world.store.get("pods", "default/p").unwrap();
    assert_eq!(pod.value["metadata"]["ownerReferences"], json!([owners[1]]));
    assert_eq!(world.left(), ["nodes/n", "pods/default/p"]);
    world.request_delete("nodes", "n", None);
    assert_eq!(world.left(), [""; 0]);
}

#[test]
fn a_circle_does_not_wait_for_itself() {
    let mut world = Small::new();
    world.create("ConfigMap", "default/a", json!({}));
    let a = world.owner("ConfigMap", "default/a", true);
    world.create("ConfigMap", "default/b", owned(&[a]));
    let b = world.owner("ConfigMap", "default/b", true);
    world.request_patch("configmaps", "default/a", owned(&[b]));
    world.request_delete("configmaps", "default/a", FOREGROUND);
    assert_eq!(world.left(), [""; 0]);
}

#[test]
fn who_waited_once_counts_as_waiting_for_its_owners_owner() {
    let mut world = Small::new();
    let held = json!({"metadata": {"finalizers": ["x.io/hold"]}});
    world.create("ConfigMap", "default/a", held.clone());
    let a = world.owner("ConfigMap", "default/a", true);
    world.create("ConfigMap", "default/b", owned(&[a]));
    let b = world.owner("ConfigMap", "default/b", true);
    world.create("ConfigMap", "default/c", owned(&[b]));
    world.request_patch("configmaps", "default/c", held);
    world.request_delete("configmaps", "default/c", FOREGROUND);
    world.request_delete("configmaps", "default/a", FOREGROUND);
    let left = [
        "configmaps/default/a*",
        "configmaps/default/b",
        "configmaps/default/c*",
    ];
    assert_eq!(world.left(), left);
    let b = world.store.get("configmaps", "default/b").unwrap();
    let owner = &b.value["metadata"]["ownerReferences"][0];
    assert_eq!(owner["blockOwnerDeletion"], json!(false));
    let released = json!({"metadata": {"finalizers": null}});
    world.request_patch("configmaps", "default/a", released);
    assert_eq!(world.left(), ["configmaps/default/c*"]);
}

#[test]
fn references_that_point_to_nothing_or_elsewhere() {
    let mut world = Small::new();
    world.create("ConfigMap", "default/a", json!({}));
    world.create("ConfigMap", "other/a", json!({}));
    let real = world.owner("ConfigMap", "default/a", false);
    let with = |field: &str, value: &str| {
        let mut reference = real.clone();
        reference[field] = json!(value);
        owned(&[reference])
    };
    // Never there, another uid, another name, and one that is in another namespace.
    world.create("Pod", "default/wrong-uid", with("uid", "nobody"));
    world.create("Pod", "default/wrong-name", with("name", "b"));
    world.create("Pod", "default/wrong-kind", with("kind", "Pod"));
    world.create(
        "Pod",
        "other/wrong-namespace",
        owned(std::slice::from_ref(&real)),
    );
    // An unknown kind and a namespaced owner of a cluster-scoped object: nobody can say.
    world.create("Pod", "default/unknown", with("kind", "Unknown"));
    world.create("Node", "out-of-reach", owned(std::slice::from_ref(&real)));
    world.create("Pod", "default/right", owned(&[real]));
    assert_eq!(
        world.left(),
        [
            "configmaps/default/a",
            "configmaps/other/a",
            "nodes/out-of-reach",
            "pods/default/right",
            "pods/default/unknown"
        ]
    );
}

#[test]
fn an_owner_of_a_kind_that_is_served_later_is_looked_up_then() {
    let mut world = Small::new();
    let owner = json!({"apiVersion": "x.io/v1", "kind": "Pear", "name": "p", "uid": "nobody"});
    world.create("Pod", "default/a", owned(&[owner]));
    assert_eq!(world.left(), ["pods/default/a"]);
    world.serve(("x.io/v1", "Pear", "pears.x.io", true));
    world.create("CustomResourceDefinition", "pears.x.io", json!({}));
    assert_eq!(
        world.left(),
        ["customresourcedefinitions.apiextensions.k8s.io/pears.x.io"]
    );
}

fn namespace(world: &mut Small) {
    let spec = json!({"spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}});
    world.create("Namespace", "orchard", spec);
}

fn conditions(world: &Small) -> Vec<String> {
    let namespace = world.store.get("namespaces", "orchard").unwrap();
    let all = namespace.value["status"]["conditions"]
        .as_array()
        .unwrap()
        .iter();
    all.filter(|c| c["status"] == "True")
        .map(|c| {
            format!(
                "{}: {}",
                c["reason"].as_str().unwrap(),
                c["message"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn a_deleted_namespace_is_emptied_and_goes() {
    let mut world = Small::new();
    namespace(&mut world);
    world.create("ConfigMap", "orchard/a", json!({}));
    world.create("Deployment", "orchard/d", json!({}));
    world.create("Pod", "orchard/p", json!({}));
    world.create("Pod", "other/p", json!({}));
    world.events.clear();
    world.request_delete("namespaces", "orchard", None);
    assert_eq!(
        world.events,
        [
            "MODIFIED namespaces/orchard",
            "DELETED pods/orchard/p",
            "DELETED configmaps/orchard/a",
            "DELETED deployments.apps/orchard/d",
            "MODIFIED namespaces/orchard",
            "DELETED namespaces/orchard"
        ]
    );
    assert_eq!(world.left(), ["pods/other/p"]);
}

#[test]
fn a_namespace_says_what_holds_it_up() {
    let mut world = Small::new();
    namespace(&mut world);
    let hold = json!({"metadata": {"finalizers": ["x.io/hold", "y.io/hold"]}});
    world.create("ConfigMap", "orchard/a", hold);
    world.create(
        "ConfigMap",
        "orchard/b",
        json!({"metadata": {"finalizers": ["x.io/hold"]}}),
    );
    world.create(
        "Deployment",
        "orchard/d",
        json!({"metadata": {"finalizers": ["x.io/hold"]}}),
    );
    world.request_delete("namespaces", "orchard", None);
    assert_eq!(
        conditions(&world),
        [
            "SomeResourcesRemain: Some resources are remaining: configmaps. has 2 resource \
             instances, deployments.apps has 1 resource instances",
            "SomeFinalizersRemain: Some content in the namespace has finalizers remaining: \
             x.io/hold in 3 resource instances, y.io/hold in 1 resource instances"
        ]
    );
    let release = json!({"metadata": {"finalizers": null}});
    world.request_patch("configmaps", "orchard/a", release.clone());
    assert!(conditions(&world)[0].contains("configmaps. has 1 resource instances"));
    world.request_patch("configmaps", "orchard/b", release.clone());
    world.request_patch("deployments.apps", "orchard/d", release);
    assert_eq!(world.left(), [""; 0]);
}

#[test]
fn pods_hold_everything_else_up() {
    let mut world = Small::new();
    namespace(&mut world);
    let hold = json!({"metadata": {"finalizers": ["x.io/hold"]}});
    world.create("Pod", "orchard/p", hold);
    world.create("ConfigMap", "orchard/a", json!({}));
    world.request_delete("namespaces", "orchard", None);
    assert_eq!(
        world.left(),
        [
            "configmaps/orchard/a",
            "namespaces/orchard*",
            "pods/orchard/p*"
        ]
    );
    assert_eq!(conditions(&world), [""; 0]);
    world.request_patch(
        "pods",
        "orchard/p",
        json!({"metadata": {"finalizers": null}}),
    );
    assert_eq!(world.left(), [""; 0]);
}

#[test]
fn a_namespace_waits_for_no_dependents_but_for_foreign_finalizers_of_its_own() {
    let mut world = family();
    namespace(&mut world);
    let own = json!({"metadata": {"finalizers": ["x.io/ns"]}});
    world.request_patch("namespaces", "orchard", own);
    world.create(
        "ConfigMap",
        "orchard/a",
        json!({"metadata": {"finalizers": ["orphan"]}}),
    );
    world.request_delete("namespaces", "orchard", None);
    let namespace = world.store.get("namespaces", "orchard").unwrap();
    assert_eq!(meta::finalizers(&namespace.value), ["x.io/ns"]);
    assert!(namespace.value["spec"].get("finalizers").is_none());
    world.request_patch(
        "namespaces",
        "orchard",
        json!({"metadata": {"finalizers": null}}),
    );
    assert!(world.left().iter().all(|line| !line.contains("orchard")));
}

fn crd(world: &mut Small, established: &str) {
    world.serve(("x.io/v1", "Pear", "pears.x.io", true));
    let extra = json!({
        "metadata": {"finalizers": ["customresourcecleanup.apiextensions.k8s.io"]},
        "status": {"conditions": [{"type": "Established", "status": established}]}});
    world.create("CustomResourceDefinition", "pears.x.io", extra);
}

const CRDS: &str = "customresourcedefinitions.apiextensions.k8s.io";

#[test]
fn a_deleted_crd_takes_its_objects_along() {
    let mut world = Small::new();
    crd(&mut world, "True");
    world.create("Pear", "default/a", json!({}));
    world.create(
        "Pear",
        "other/b",
        json!({"metadata": {"finalizers": ["x.io/hold"]}}),
    );
    world.request_delete(CRDS, "pears.x.io", None);
    assert_eq!(
        world.left(),
        [&format!("{CRDS}/pears.x.io*"), "pears.x.io/other/b*"]
    );
    let held = world.store.get(CRDS, "pears.x.io").unwrap();
    assert_eq!(
        held.value["status"]["conditions"][1]["reason"],
        "InstanceDeletionInProgress"
    );
    world.request_patch(
        "pears.x.io",
        "other/b",
        json!({"metadata": {"finalizers": null}}),
    );
    assert_eq!(world.left(), [""; 0]);
}

#[test]
fn a_crd_that_never_was_established_just_goes() {
    let mut world = Small::new();
    crd(&mut world, "False");
    world.request_delete(CRDS, "pears.x.io", None);
    assert_eq!(world.left(), [""; 0]);
}
