//! The namespaces a cluster begins with.

use serde_json::json;

use crate::handlers::track_own;
use crate::resources;
use crate::state::State;

const INITIAL: &[&str] = &["default", "kube-node-lease", "kube-public", "kube-system"];

/// Creates them, as the real server does while it starts.
pub(crate) fn create_initial(state: &mut State) {
    let Some(resource) = resources::find(&state.custom, "", "v1", "namespaces") else {
        return;
    };
    for name in INITIAL {
        let namespace = json!({
            "kind": "Namespace",
            "apiVersion": "v1",
            "metadata": {
                "name": name,
                "uid": state.new_uid(),
                "creationTimestamp": state.now(),
                "labels": {"kubernetes.io/metadata.name": name},
            },
        });
        let mut namespace = track_own(state, &resource, namespace);
        namespace["spec"] = json!({"finalizers": ["kubernetes"]});
        namespace["status"] = json!({"phase": "Active"});
        state.put(&resource, namespace);
    }
}
