//! Defaults that depend on other fields.

use super::hpa;
use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

/// Fills in what the type called so has such defaults for.
pub(super) fn apply(definition: &str, object: &mut Object) {
    match definition {
        "core.v1.Container" | "core.v1.EphemeralContainer" => {
            set(object, "imagePullPolicy", |object| {
                Some(pull_policy(text(object, "image")))
            });
        }
        "core.v1.ImageVolumeSource" => {
            set(object, "pullPolicy", |object| {
                Some(pull_policy(text(object, "reference")))
            });
        }
        "core.v1.Volume" if object.keys().all(|key| key == "name") => {
            object.insert("emptyDir".to_owned(), json!({}));
        }
        "core.v1.Service" => service(object),
        "core.v1.Pod" => pod(object),
        "core.v1.PodSpec" => service_account(object),
        "core.v1.LimitRangeItem" => limit_range_item(object),
        "core.v1.NodeStatus" => {
            set(object, "allocatable", |object| {
                object.get("capacity").cloned()
            });
        }
        "core.v1.ReplicationController" => replication_controller(object),
        "core.v1.Namespace" => namespace(object),
        "apps.v1.Deployment" => rolling_update(object, "strategy", "25%".into(), "25%".into()),
        "apps.v1.DaemonSet" => rolling_update(object, "updateStrategy", 1.into(), 0.into()),
        "apps.v1.StatefulSet" => stateful_set(object),
        "batch.v1.Job" => {
            job_labels(object);
            if let Some(spec) = spec(object) {
                job(spec);
            }
        }
        "autoscaling.v2.HorizontalPodAutoscalerBehavior" => hpa::behavior(object),
        "networking.v1.NetworkPolicySpec" => {
            set(object, "policyTypes", |object| {
                let egress = object.get("egress").and_then(Value::as_array);
                Some(match egress.is_none_or(Vec::is_empty) {
                    true => json!(["Ingress"]),
                    false => json!(["Ingress", "Egress"]),
                })
            });
        }
        "rbac.v1.RoleBinding" | "rbac.v1.ClusterRoleBinding" => {
            if let Some(role) = object.get_mut("roleRef").and_then(Value::as_object_mut) {
                set(role, "apiGroup", |_| Some(RBAC.into()));
            }
        }
        "rbac.v1.Subject" if ["User", "Group"].contains(&text(object, "kind")) => {
            set(object, "apiGroup", |_| Some(RBAC.into()));
        }
        "resource.v1.ExactDeviceRequest" | "resource.v1.DeviceSubRequest"
            if ["", "ExactCount"].contains(&text(object, "allocationMode")) =>
        {
            set(object, "count", |_| Some(1.into()));
        }
        "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference" => {
            set(object, "port", |_| Some(443.into()));
        }
        _ => {}
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";

/// Sets a field that is absent, null or empty.
fn set(object: &mut Object, key: &str, value: impl FnOnce(&Object) -> Option<Value>) {
    let missing = object
        .get(key)
        .is_none_or(|value| value.is_null() || *value == "");
    if missing && let Some(value) = value(object) {
        object.insert(key.to_owned(), value);
    }
}

fn text<'a>(object: &'a Object, key: &str) -> &'a str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn spec(object: &mut Object) -> Option<&mut Object> {
    object.get_mut("spec")?.as_object_mut()
}

/// `Always` for the newest image, whatever that is; else `IfNotPresent`.
fn pull_policy(image: &str) -> Value {
    let (name, digest) = image
        .split_once('@')
        .map_or((image, false), |(name, _)| (name, true));
    let tag = name
        .rsplit('/')
        .next()
        .and_then(|last| last.split_once(':'))
        .map(|(_, tag)| tag);
    // A name with capitals is none, which is for validation to say.
    let valid = !name.is_empty() && !name.split(':').next().is_some_and(has_capital);
    match tag {
        Some("latest") if valid => "Always".into(),
        None if valid && !digest => "Always".into(),
        _ => "IfNotPresent".into(),
    }
}

fn has_capital(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_uppercase())
}

fn service(object: &mut Object) {
    let Some(spec) = spec(object) else { return };
    set(spec, "sessionAffinity", |_| Some("None".into()));
    set(spec, "type", |_| Some("ClusterIP".into()));
    match text(spec, "sessionAffinity") {
        "None" => {
            spec.remove("sessionAffinityConfig");
        }
        "ClientIP" => {
            let timeout = spec
                .get("sessionAffinityConfig")
                .and_then(|config| config.pointer("/clientIP/timeoutSeconds"));
            if timeout.is_none_or(Value::is_null) {
                let config = json!({"clientIP": {"timeoutSeconds": 10800}});
                spec.insert("sessionAffinityConfig".to_owned(), config);
            }
        }
        _ => {}
    }
    for port in spec
        .get_mut("ports")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        let unset =
            port["targetPort"].is_null() || port["targetPort"] == 0 || port["targetPort"] == "";
        if unset {
            port["targetPort"] = port["port"].clone();
        }
    }
    let kind = text(spec, "type").to_owned();
    let external = ["LoadBalancer", "NodePort"].contains(&kind.as_str())
        || kind == "ClusterIP" && spec.get("externalIPs").is_some_and(|ips| !ips.is_null());
    if external {
        set(spec, "externalTrafficPolicy", |_| Some("Cluster".into()));
    }
    if ["NodePort", "LoadBalancer", "ClusterIP"].contains(&kind.as_str()) {
        set(spec, "internalTrafficPolicy", |_| Some("Cluster".into()));
    }
    if kind == "LoadBalancer" {
        set(spec, "allocateLoadBalancerNodePorts", |_| Some(true.into()));
    }
}

fn pod(object: &mut Object) {
    let Some(spec) = spec(object) else { return };
    if spec
        .get("terminationGracePeriodSeconds")
        .and_then(Value::as_i64)
        .is_some_and(|s| s < 0)
    {
        spec.insert("terminationGracePeriodSeconds".to_owned(), 1.into());
    }
    let host_network = spec.get("hostNetwork") == Some(&Value::Bool(true));
    for key in ["containers", "initContainers"] {
        for container in spec
            .get_mut(key)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if let Some(resources) = container
                .get_mut("resources")
                .and_then(Value::as_object_mut)
            {
                fill_from(resources, "requests", "limits");
            }
            if host_network {
                let ports = container.get_mut("ports").and_then(Value::as_array_mut);
                for port in ports.into_iter().flatten().filter_map(Value::as_object_mut) {
                    set(port, "hostPort", |port| port.get("containerPort").cloned());
                }
            }
        }
    }
}

/// Gives a map the entries of another that it lacks.
fn fill_from(object: &mut Object, to: &str, from: &str) {
    let Some(Value::Object(from)) = object.get(from).cloned() else {
        return;
    };
    let to = object.entry(to).or_insert_with(|| json!({}));
    if to.is_null() {
        *to = json!({});
    }
    for (key, value) in from {
        if let Some(to) = to.as_object_mut() {
            to.entry(key).or_insert(value);
        }
    }
}

/// `serviceAccount` is an old name of `serviceAccountName`.
fn service_account(spec: &mut Object) {
    set(spec, "serviceAccountName", |spec| {
        spec.get("serviceAccount").cloned()
    });
    if let Some(name) = spec.get("serviceAccountName").cloned() {
        spec.insert("serviceAccount".to_owned(), name);
    }
}

fn limit_range_item(item: &mut Object) {
    if text(item, "type") != "Container" {
        return;
    }
    fill_from(item, "default", "max");
    fill_from(item, "defaultRequest", "default");
    fill_from(item, "defaultRequest", "min");
}

fn replication_controller(object: &mut Object) {
    let labels = object
        .get("spec")
        .and_then(|spec| spec.pointer("/template/metadata/labels"))
        .filter(|labels| labels.is_object())
        .cloned();
    let Some(labels) = labels else { return };
    if let Some(spec) = spec(object) {
        set(spec, "selector", |_| Some(labels.clone()));
    }
    own_labels(object, labels);
}

fn job_labels(object: &mut Object) {
    let labels = object
        .get("spec")
        .and_then(|spec| spec.pointer("/template/metadata/labels"));
    if let Some(labels) = labels.filter(|labels| labels.is_object()).cloned() {
        own_labels(object, labels);
    }
}

fn own_labels(object: &mut Object, labels: Value) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        set(metadata, "labels", |_| Some(labels));
    }
}

fn namespace(object: &mut Object) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    let name = text(metadata, "name").to_owned();
    if !name.is_empty() {
        set(metadata, "labels", |_| Some(json!({})));
        if let Some(labels) = metadata.get_mut("labels").and_then(Value::as_object_mut) {
            labels.insert("kubernetes.io/metadata.name".to_owned(), name.into());
        }
    }
}

fn rolling_update(object: &mut Object, field: &str, unavailable: Value, surge: Value) {
    let Some(spec) = spec(object) else { return };
    set(spec, field, |_| Some(json!({})));
    let Some(strategy) = spec.get_mut(field).and_then(Value::as_object_mut) else {
        return;
    };
    set(strategy, "type", |_| Some("RollingUpdate".into()));
    if text(strategy, "type") != "RollingUpdate" {
        return;
    }
    set(strategy, "rollingUpdate", |_| Some(json!({})));
    if let Some(update) = strategy
        .get_mut("rollingUpdate")
        .and_then(Value::as_object_mut)
    {
        set(update, "maxUnavailable", |_| Some(unavailable));
        set(update, "maxSurge", |_| Some(surge));
    }
}

fn stateful_set(object: &mut Object) {
    let Some(spec) = spec(object) else { return };
    set(spec, "updateStrategy", |_| Some(json!({})));
    let Some(strategy) = spec
        .get_mut("updateStrategy")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    if text(strategy, "type").is_empty() {
        strategy.insert("type".to_owned(), "RollingUpdate".into());
        set(strategy, "rollingUpdate", |_| Some(json!({})));
    }
    if text(strategy, "type") == "RollingUpdate"
        && let Some(update) = strategy
            .get_mut("rollingUpdate")
            .and_then(Value::as_object_mut)
    {
        set(update, "partition", |_| Some(0.into()));
        set(update, "maxUnavailable", |_| Some(1.into()));
    }
}

fn job(spec: &mut Object) {
    let missing = |spec: &Object, key: &str| spec.get(key).is_none_or(Value::is_null);
    if missing(spec, "completions") && missing(spec, "parallelism") {
        spec.insert("completions".to_owned(), 1.into());
    }
    set(spec, "parallelism", |_| Some(1.into()));
    set(spec, "backoffLimit", |spec| {
        Some(if missing(spec, "backoffLimitPerIndex") {
            6.into()
        } else {
            i32::MAX.into()
        })
    });
    set(spec, "completionMode", |_| Some("NonIndexed".into()));
    set(spec, "suspend", |_| Some(false.into()));
    set(spec, "podReplacementPolicy", |spec| {
        let policy = if missing(spec, "podFailurePolicy") {
            "TerminatingOrFailed"
        } else {
            "Failed"
        };
        Some(policy.into())
    });
    set(spec, "manualSelector", |_| Some(false.into()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_image_is_always_pulled() {
        for (image, policy) in [
            ("a", "Always"),
            ("a:latest", "Always"),
            ("localhost:5000/a", "Always"),
            ("localhost:5000/a:1", "IfNotPresent"),
            ("a@sha256:0", "IfNotPresent"),
            ("", "IfNotPresent"),
            ("A", "IfNotPresent"),
        ] {
            assert_eq!(pull_policy(image), policy, "{image}");
        }
    }
}
