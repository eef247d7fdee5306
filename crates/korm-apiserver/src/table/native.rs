//! Which native kinds have columns of their own, as `pkg/printers/internalversion` has them. The
//! others show name and time of creation.

use jiff::Timestamp;
use serde_json::Value;

use super::{Definition, age, core, definitions, pod, rbac, storage, text, text_or, workloads};

type Cells = fn(&Value, Timestamp) -> Vec<Value>;

/// Columns of a kind and how they are filled.
fn printer(group: &str, kind: &str) -> (&'static [&'static str], Cells) {
    match (group, kind) {
        ("", "Pod") => (pod::COLUMNS, pod::cells),
        ("", "Namespace") => (core::NAMESPACE, core::namespace),
        ("", "ConfigMap") => (core::CONFIG_MAP, core::config_map),
        ("", "Secret") => (core::SECRET, core::secret),
        ("", "Service") => (core::SERVICE, core::service),
        ("", "Endpoints") => (core::ENDPOINTS, core::endpoints),
        ("", "Node") => (core::NODE, core::node),
        ("" | "events.k8s.io", "Event") => (core::EVENT, core::event),
        ("", "ResourceQuota") => (core::RESOURCE_QUOTA, core::resource_quota),
        ("", "ServiceAccount") | ("resource.k8s.io", "DeviceClass" | "ResourceClaimTemplate") => {
            (&["Name", "Age"], name_and_age)
        }
        ("", "PersistentVolume") => (storage::VOLUME, storage::volume),
        ("", "PersistentVolumeClaim") => (storage::CLAIM, storage::claim),
        ("storage.k8s.io", "StorageClass") => (storage::CLASS, storage::class),
        ("storage.k8s.io", "VolumeAttributesClass") => {
            (&["Name", "DriverName", "Age"], storage::attributes_class)
        }
        ("", "ReplicationController") => (workloads::REPLICAS, workloads::replication_controller),
        ("apps", "ReplicaSet") => (workloads::REPLICAS, workloads::replica_set),
        ("apps", "Deployment") => (workloads::DEPLOYMENT, workloads::deployment),
        ("apps", "StatefulSet") => (workloads::STATEFUL_SET, workloads::stateful_set),
        ("apps", "DaemonSet") => (workloads::DAEMON_SET, workloads::daemon_set),
        ("apps", "ControllerRevision") => (workloads::REVISION, workloads::revision),
        ("batch", "Job") => (workloads::JOB, workloads::job),
        ("batch", "CronJob") => (workloads::CRON_JOB, workloads::cron_job),
        ("autoscaling", "HorizontalPodAutoscaler") => (workloads::SCALER, workloads::scaler),
        ("autoscaling", "Scale") => (workloads::SCALE, workloads::scale),
        ("policy", "PodDisruptionBudget") => (workloads::BUDGET, workloads::budget),
        ("networking.k8s.io", "Ingress") => (core::INGRESS, core::ingress),
        ("networking.k8s.io", "IngressClass") => (core::INGRESS_CLASS, core::ingress_class),
        ("networking.k8s.io", "NetworkPolicy") => (core::NETWORK_POLICY, core::network_policy),
        ("discovery.k8s.io", "EndpointSlice") => (core::SLICE, core::slice),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            (rbac::BINDING, rbac::binding)
        }
        ("coordination.k8s.io", "Lease") => (core::LEASE, core::lease),
        ("scheduling.k8s.io", "PriorityClass") => (core::PRIORITY, core::priority),
        ("node.k8s.io", "RuntimeClass") => (&["Name", "Handler", "Age"], core::runtime_class),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => {
            (core::DEFINITION, core::custom_resource_definition)
        }
        _ => (&["Name", "Created At:date"], name_and_creation),
    }
}

pub(super) fn columns(group: &str, kind: &str) -> Vec<Definition> {
    definitions(printer(group, kind).0)
}

pub(super) fn cells(group: &str, kind: &str, object: &Value, now: Timestamp) -> Vec<Value> {
    printer(group, kind).1(object, now)
}

/// The name of an object.
pub(super) fn name(object: &Value) -> Value {
    text(&object["metadata"], "name").into()
}

fn name_and_age(object: &Value, now: Timestamp) -> Vec<Value> {
    vec![name(object), age(object, now)]
}

fn name_and_creation(object: &Value, _now: Timestamp) -> Vec<Value> {
    // A bookmark was never created: Go's first moment stands for none.
    let created = text_or(
        &object["metadata"],
        "creationTimestamp",
        "0001-01-01T00:00:00Z",
    );
    vec![name(object), created.into()]
}
