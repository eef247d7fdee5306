use serde_json::{Value, json};

use super::*;
use crate::resources::{CustomResources, find};

fn resource(api_version: &str, plural: &str) -> std::sync::Arc<Resource> {
    let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    find(&CustomResources::default(), group, version, plural).unwrap()
}

fn told(api_version: &str, plural: &str, object: Value) -> Vec<String> {
    let resource = resource(api_version, plural);
    let errors = check_create(&resource, &object);
    errors.iter().map(ToString::to_string).collect()
}

fn told_of_update(
    (api_version, plural, subresource): (&str, &str, &str),
    object: Value,
    old: Value,
) -> Vec<String> {
    let resource = resource(api_version, plural);
    let errors = check_update(&resource, subresource, &object, &old);
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn keys_and_finalizers_are_checked() {
    let object = json!({"metadata": {"finalizers": ["nope", "a/b", "orphan"]},
        "data": {"..a": "x", "ok": "y"}, "binaryData": {"ok": ""}});
    assert_eq!(
        told("v1", "configmaps", object),
        [
            "metadata.finalizers[0]: Invalid value: \"nope\": name is neither a standard finalizer name nor is it fully qualified",
            "data[..a]: Invalid value: \"..a\": must not start with '..'",
            "data[ok]: Invalid value: \"ok\": duplicate of key present in binaryData",
        ]
    );
    assert_eq!(
        told(
            "v1",
            "secrets",
            json!({"type": "kubernetes.io/tls", "data": {"tls.crt": ""}})
        ),
        ["data[tls.key]: Required value"]
    );
}

#[test]
fn what_is_immutable_stays() {
    let old = json!({"immutable": true, "data": {"a": "b"}});
    assert_eq!(
        told_of_update(("v1", "configmaps", ""), json!({"data": {"a": "c"}}), old),
        [
            "immutable: Forbidden: field is immutable when `immutable` is set",
            "data: Forbidden: field is immutable when `immutable` is set",
        ]
    );
}

fn service(change: Value) -> Value {
    let mut spec = json!({"type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster",
        "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}]});
    for (key, value) in change.as_object().unwrap() {
        spec[key] = value.clone();
    }
    json!({"metadata": {"name": "a"}, "spec": spec})
}

#[test]
fn services_are_checked_by_their_type() {
    let told = |change: Value| told("v1", "services", service(change));
    assert!(told(json!({})).is_empty());
    assert_eq!(told(json!({"ports": []})), ["spec.ports: Required value"]);
    assert_eq!(
        told(json!({"type": "ExternalName", "ports": []})),
        ["spec.externalName: Required value"]
    );
    assert_eq!(
        told(
            json!({"ports": [{"name": "a", "port": 80, "protocol": "TCP", "targetPort": "web"},
            {"port": 80, "protocol": "TCP", "targetPort": 0, "nodePort": 3}]})
        ),
        [
            "spec.ports[1].name: Required value",
            "spec.ports[1].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive",
            "spec.ports[1].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
            "spec.ports[1]: Duplicate value: {\"Name\":\"\",\"Protocol\":\"TCP\",\"AppProtocol\":null,\"Port\":80,\"TargetPort\":0,\"NodePort\":0}",
        ]
    );
    assert_eq!(
        told(json!({"type": "Other", "sessionAffinity": "ClientIP"})),
        [
            "spec.sessionAffinityConfig: Required value: when session affinity type is ClientIP",
            "spec.type: Unsupported value: \"Other\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"",
        ]
    );
}

#[test]
fn only_balanced_services_have_ingresses() {
    let mut object = service(json!({}));
    object["status"]["loadBalancer"]["ingress"] = json!([{"ip": "1.2.3.4"}]);
    let old = service(json!({}));
    assert_eq!(
        told_of_update(("v1", "services", "status"), object.clone(), old.clone()),
        [
            "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"
        ]
    );
    object["spec"]["type"] = json!("LoadBalancer");
    assert_eq!(
        told_of_update(("v1", "services", "status"), object, old),
        [
            "status.loadBalancer.ingress[0].ipMode: Required value: must be specified when `ip` is set"
        ]
    );
}

#[test]
fn taints_are_told_apart_by_key_and_effect() {
    let taint = json!({"key": "a", "effect": "NoSchedule"});
    let object =
        json!({"spec": {"taints": [taint, taint, {"key": "b", "effect": "x", "value": "-"}]}});
    let told = told("v1", "nodes", object);
    assert_eq!(
        told[0],
        "metadata.taints[1]: Duplicate value: {\"Key\":\"a\",\"Value\":\"\",\"Effect\":\"NoSchedule\",\"TimeAdded\":null}: taints must be unique by key and effect pair"
    );
    assert!(told[1].starts_with("metadata.taints[2].value: Invalid value: \"-\""));
    assert!(told[2].starts_with("metadata.taints[2].effect: Unsupported value: \"x\""));
}

#[test]
fn roles_have_rules_of_one_sort() {
    let object = json!({"rules": [{"verbs": ["get"]},
        {"verbs": ["get"], "nonResourceURLs": ["/a"], "resources": ["pods"]}]});
    assert_eq!(
        told("rbac.authorization.k8s.io/v1", "clusterroles", object),
        [
            "rules[0].apiGroups: Required value: resource rules must supply at least one api group",
            "rules[0].resources: Required value: resource rules must supply at least one resource",
            "rules[1].nonResourceURLs: Invalid value: [\"/a\"]: rules cannot apply to both regular resources and non-resource URLs",
        ]
    );
}

#[test]
fn leases_last() {
    let object = json!({"spec": {"leaseDurationSeconds": 0}});
    assert_eq!(
        told("coordination.k8s.io/v1", "leases", object),
        ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0",]
    );
}

fn deployment() -> Value {
    json!({"spec": {"replicas": 1, "selector": {"matchLabels": {"app": "x"}},
        "strategy": {"type": "Recreate"}, "progressDeadlineSeconds": 600,
        "template": {"metadata": {"labels": {"app": "x"}}, "spec": {
            "restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "containers": [{"name": "c", "image": "i",
            "terminationMessagePolicy": "File", "imagePullPolicy": "Always"}]}}}})
}

#[test]
fn deployments_select_their_own_pods() {
    let told = |object: Value| told("apps/v1", "deployments", object);
    assert!(told(deployment()).is_empty());
    let mut object = deployment();
    object["spec"]["selector"]["matchLabels"]["app"] = json!("y");
    object["spec"]["template"]["spec"]["containers"][0]["image"] = json!("");
    assert_eq!(
        told(object.clone()),
        [
            "spec.template.metadata.labels: Invalid value: {\"app\":\"x\"}: `selector` does not match template `labels`",
            "spec.template.spec.containers[0].image: Required value",
        ]
    );
    let changed = told_of_update(("apps/v1", "deployments", ""), object, deployment());
    assert_eq!(
        changed[0],
        "spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"y\"}}: field is immutable"
    );
    let status = json!({"status": {"replicas": 1, "readyReplicas": 2}});
    assert_eq!(
        told_of_update(("apps/v1", "deployments", "status"), status, deployment()),
        ["status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas"]
    );
}

#[test]
fn services_are_warned_of_what_their_type_ignores() {
    let resource = resource("v1", "services");
    let object = service(json!({"externalName": "a.example"}));
    assert_eq!(
        warnings(&resource, &object, None),
        ["spec.externalName is ignored when spec.type is not \"ExternalName\""]
    );
}
