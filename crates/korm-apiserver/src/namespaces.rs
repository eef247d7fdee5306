//! The namespaces a cluster begins with.

use serde_json::json;

use crate::resources;
use crate::state::State;

const INITIAL: &[&str] = &["default", "kube-node-lease", "kube-public", "kube-system"];

/// Creates them, as the real server does while it starts.
pub(crate) fn create_initial(state: &mut State) {
    let Some(resource) = resources::find(&state.custom, "", "v1", "namespaces") else {
        return;
    };
    for name in INITIAL {
        let now = state.now();
        let namespace = json!({
            "kind": "Namespace",
            "apiVersion": "v1",
            "metadata": {
                "name": name,
                "uid": state.new_uid(),
                "creationTimestamp": now,
                "labels": {"kubernetes.io/metadata.name": name},
                // Written out: to find it out would take most of the time of starting.
                "managedFields": [{
                    "manager": "kube-apiserver",
                    "operation": "Update",
                    "apiVersion": "v1",
                    "time": now,
                    "fieldsType": "FieldsV1",
                    "fieldsV1": {"f:metadata": {"f:labels": {
                        ".": {}, "f:kubernetes.io/metadata.name": {}}}},
                }],
            },
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        });
        state.put(&resource, namespace);
    }
}
