//! What the strategies of native kinds warn of in objects that they take.

use serde_json::Value;

use super::common::{items, text};
use super::env_warnings;
use super::place;
use super::port_warnings;
use super::service::is_headless;
use crate::resources::Resource;

const HINTS: &str = "service.kubernetes.io/topology-aware-hints";
const MOUNTABLE: &str = "kubernetes.io/enforce-mountable-secrets";

/// The warnings about a new object, or about one that was `old`.
pub(in crate::handlers) fn warnings(
    resource: &Resource,
    object: &Value,
    old: Option<&Value>,
) -> Vec<String> {
    match place(resource) {
        "services" => of_service(object),
        "serviceaccounts" => of_service_account(object, old),
        "nodes" => of_node(object),
        "deployments.apps" => of_deployment(object, old),
        _ => Vec::new(),
    }
}

fn of_service(service: &Value) -> Vec<String> {
    let mut all = Vec::new();
    let spec = &service["spec"];
    if service["metadata"]["annotations"][HINTS].is_string() {
        all.push(format!(
            "annotation {HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead"
        ));
    }
    let of_type = text(spec, "type");
    let headless = of_type == "ClusterIP" && is_headless(spec);
    let external = !items(spec, "externalIPs").is_empty();
    if headless {
        if !text(spec, "loadBalancerIP").is_empty() {
            all.push("spec.loadBalancerIP is ignored for headless services".to_owned());
        }
        if external {
            all.push("spec.externalIPs is ignored for headless services".to_owned());
        }
        if text(spec, "sessionAffinity") != "None" {
            all.push("spec.SessionAffinity is ignored for headless services".to_owned());
        }
    } else if external && of_type != "ExternalName" {
        all.push(
            "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
                .to_owned(),
        );
    }
    if of_type == "ExternalName" && external {
        all.push("spec.externalIPs is ignored when spec.type is \"ExternalName\"".to_owned());
    }
    if of_type != "ExternalName" && !text(spec, "externalName").is_empty() {
        all.push("spec.externalName is ignored when spec.type is not \"ExternalName\"".to_owned());
    }
    if text(spec, "trafficDistribution") == "PreferClose" {
        all.push(
            "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\""
                .to_owned(),
        );
    }
    all
}

fn of_service_account(account: &Value, old: Option<&Value>) -> Vec<String> {
    let has = |account: &Value| account["metadata"]["annotations"][MOUNTABLE].is_string();
    if !has(account) || old.is_some_and(has) {
        return Vec::new();
    }
    vec![format!(
        "metadata.annotations[{MOUNTABLE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"
    )]
}

/// Its template is looked at when it may have changed.
fn of_deployment(deployment: &Value, old: Option<&Value>) -> Vec<String> {
    let generation = |deployment: &Value| deployment["metadata"]["generation"].as_i64();
    if old.is_some_and(|old| generation(old) == generation(deployment)) {
        return Vec::new();
    }
    let (spec, at) = (
        &deployment["spec"]["template"]["spec"],
        "spec.template.spec",
    );
    let mut all = env_warnings::of_pod(spec, at);
    all.extend(port_warnings::of_pod(spec, at));
    all
}

fn of_node(node: &Value) -> Vec<String> {
    let mut all = Vec::new();
    if !node["spec"]["configSource"].is_null() {
        all.push("spec.configSource: the feature is removed".to_owned());
    }
    if !text(&node["spec"], "externalID").is_empty() {
        all.push(
            "spec.externalID: this field is deprecated, and is unused by Kubernetes".to_owned(),
        );
    }
    all
}
