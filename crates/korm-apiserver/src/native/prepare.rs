//! What the server makes of native objects before it stores them, kind by kind: the parts of their
//! strategies and of the admission plugins that are on by default which need nothing but the
//! object.

use super::conversion::TEMPLATE_GENERATION;
use super::pod::{self, qos_class};
use crate::schema::names::dns1123_label;
use serde_json::{Map, Value, json};

/// Prepares a new object; it has its uid.
pub(crate) fn prepare_create(group: &str, kind: &str, object: &mut Value) {
    match (group, kind) {
        ("", "Pod") => {
            pod::admit(object);
            object["status"] = json!({"phase": "Pending", "qosClass": qos_class(object)});
        }
        ("", "Node") => not_ready_taint(object),
        ("", "ServiceAccount") => secret_names(object),
        ("coordination.k8s.io", "Lease") => no_coordination(object, &Value::Null),
        ("apps", "DaemonSet") => set_template_generation(object, 1),
        ("batch", "Job") => job_selector(object),
        _ => {}
    }
    if let Some(finalizer) = protection(group, kind) {
        protect(object, finalizer);
    }
}

/// The finalizer of new objects that hold until nobody uses them: the admission plugin StorageObjectInUseProtection.
fn protection(group: &str, kind: &str) -> Option<&'static str> {
    match (group, kind) {
        ("", "PersistentVolume") => Some("kubernetes.io/pv-protection"),
        ("", "PersistentVolumeClaim") => Some("kubernetes.io/pvc-protection"),
        ("storage.k8s.io", "VolumeAttributesClass") => Some("kubernetes.io/vac-protection"),
        _ => None,
    }
}

fn protect(object: &mut Value, finalizer: &str) {
    let finalizers = &mut object["metadata"]["finalizers"];
    match finalizers {
        Value::Array(there) if there.iter().any(|one| one == finalizer) => {}
        Value::Array(there) => there.push(finalizer.into()),
        none => *none = json!([finalizer]),
    }
}

/// Prepares the new state of an object.
pub(crate) fn prepare_update(group: &str, kind: &str, object: &mut Value, old: &Value) {
    match (group, kind) {
        ("", "ServiceAccount") => secret_names(object),
        ("coordination.k8s.io", "Lease") => no_coordination(object, old),
        ("apps", "DaemonSet") => {
            let annotation = &old["metadata"]["annotations"][TEMPLATE_GENERATION];
            let before = annotation
                .as_str()
                .and_then(|text| text.parse().ok())
                .unwrap_or(0i64);
            let changed = object["spec"]["template"] != old["spec"]["template"];
            set_template_generation(object, before + i64::from(changed));
        }
        _ => {}
    }
}

/// Warnings about a new object: those about its name.
pub(crate) fn create_warnings(group: &str, kind: &str, object: &Value) -> Vec<String> {
    let used = match (group, kind) {
        ("", "Pod") => "the Pod's hostname",
        ("apps", "Deployment" | "ReplicaSet")
        | ("batch", "Job" | "CronJob")
        | ("", "ReplicationController") => "Pod names and hostnames",
        _ => return Vec::new(),
    };
    let faults = dns1123_label(object["metadata"]["name"].as_str().unwrap_or_default());
    if faults.is_empty() {
        return Vec::new();
    }
    let faults = faults.join(" ");
    vec![format!(
        "metadata.name: this is used in {used}, which can result in surprising behavior; a DNS \
         label is recommended: [{faults}]"
    )]
}

/// Coordinated leader election is off by default: its fields are dropped unless they were there.
fn no_coordination(lease: &mut Value, old: &Value) {
    let Some(spec) = lease.get_mut("spec").and_then(Value::as_object_mut) else {
        return;
    };
    for field in ["strategy", "preferredHolder"] {
        if old["spec"][field].is_null() {
            spec.remove(field);
        }
    }
}

fn set_template_generation(object: &mut Value, generation: i64) {
    object["metadata"]["annotations"][TEMPLATE_GENERATION] = generation.to_string().into();
}

/// A new node takes no pods until it says that it is ready.
fn not_ready_taint(node: &mut Value) {
    let taint = json!({"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"});
    let taints = &mut node["spec"]["taints"];
    if taints.is_null() {
        *taints = json!([]);
    }
    if let Some(taints) = taints.as_array_mut() {
        let same =
            |other: &Value| other["key"] == taint["key"] && other["effect"] == taint["effect"];
        if !taints.iter().any(same) {
            taints.push(taint);
        }
    }
}

/// A service account refers to secrets of its own namespace, by name.
fn secret_names(account: &mut Value) {
    for secret in account["secrets"].as_array_mut().into_iter().flatten() {
        if let Some(secret) = secret.as_object_mut() {
            secret.retain(|key, _| key == "name");
        }
    }
    if account["secrets"].is_null()
        && let Some(account) = account.as_object_mut()
    {
        account.remove("secrets");
    }
}

/// A job selects its pods by a label that no other job has, unless the user takes care of that.
fn job_selector(job: &mut Value) {
    const NAMES: [&str; 2] = ["job-name", "batch.kubernetes.io/job-name"];
    const UIDS: [&str; 2] = ["controller-uid", "batch.kubernetes.io/controller-uid"];
    if job["spec"]["manualSelector"] == true {
        return;
    }
    let (name, uid) = (
        job["metadata"]["name"].clone(),
        job["metadata"]["uid"].clone(),
    );
    let labels = &mut job["spec"]["template"]["metadata"]["labels"];
    if labels.is_null() {
        *labels = json!({});
    }
    for (keys, value) in [(NAMES, name), (UIDS, uid.clone())] {
        if labels.get(keys[0]).is_none() {
            keys.into_iter().for_each(|key| labels[key] = value.clone());
        }
    }
    let labels = labels.clone();
    if job["metadata"]["labels"]
        .as_object()
        .is_none_or(Map::is_empty)
    {
        job["metadata"]["labels"] = labels;
    }
    let selector = &mut job["spec"]["selector"]["matchLabels"][UIDS[1]];
    if selector.is_null() {
        *selector = uid;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_tainted_once() {
        let mut node = json!({"spec": {"taints": [{"key": "a", "effect": "NoExecute"}]}});
        prepare_create("", "Node", &mut node);
        prepare_create("", "Node", &mut node);
        assert_eq!(node["spec"]["taints"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn leases_are_not_coordinated() {
        let mut lease = json!({"spec": {"strategy": "x", "holderIdentity": "me"}});
        prepare_create("coordination.k8s.io", "Lease", &mut lease);
        assert_eq!(lease, json!({"spec": {"holderIdentity": "me"}}));
    }

    #[test]
    fn a_daemon_sets_template_is_counted() {
        let mut old = json!({"metadata": {}, "spec": {"template": 1}});
        prepare_create("apps", "DaemonSet", &mut old);
        assert_eq!(old["metadata"]["annotations"][TEMPLATE_GENERATION], "1");
        let mut new = json!({"metadata": {}, "spec": {"template": 2}});
        prepare_update("apps", "DaemonSet", &mut new, &old);
        assert_eq!(new["metadata"]["annotations"][TEMPLATE_GENERATION], "2");
    }

    #[test]
    fn a_name_with_dots_is_no_good_hostname() {
        let object = json!({"metadata": {"name": "a.b"}});
        assert_eq!(
            create_warnings("apps", "Deployment", &object),
            [
                "metadata.name: this is used in Pod names and hostnames, which can result in \
              surprising behavior; a DNS label is recommended: [must not contain dots]"
            ]
        );
        assert!(create_warnings("", "ConfigMap", &object).is_empty());
    }

    #[test]
    fn a_job_selects_by_its_uid() {
        let mut job = json!({"metadata": {"name": "a", "uid": "u"}, "spec": {"template": {}}});
        prepare_create("batch", "Job", &mut job);
        let selector = &job["spec"]["selector"]["matchLabels"];
        assert_eq!(
            *selector,
            json!({"batch.kubernetes.io/controller-uid": "u"})
        );
        assert_eq!(
            job["spec"]["template"]["metadata"]["labels"]["job-name"],
            "a"
        );
    }
}
