//! The rules of Services, except those of the addresses that users may choose.

use serde_json::{Value, json};

use super::common::{
    PROTOCOLS, check_dns_label, check_label_key, check_one_of, check_port, check_port_number,
    items, number, text,
};
use crate::meta::names;
use crate::schema::{BadValue, FieldError, FieldPath, go_format};

/// The longest that a client may be sent to the same pod, in seconds.
const LONGEST_AFFINITY: i64 = 86_400;
const HINTS: &str = "service.kubernetes.io/topology-aware-hints";
const MODE: &str = "service.kubernetes.io/topology-mode";
const ONLY_BALANCED: &str = "may only be used when `type` is 'LoadBalancer'";

/// `validateService`
pub(super) fn check(errors: &mut Vec<FieldError>, service: &Value) {
    check_annotations(errors, service);
    let spec = &service["spec"];
    let path = FieldPath::new("spec");
    let ports = items(spec, "ports");
    if ports.is_empty() && !is_headless(spec) && text(spec, "type") != "ExternalName" {
        errors.push(FieldError::required(&path.child("ports"), ""));
    }
    check_addresses_of_type(errors, &path, spec);
    check_ports(errors, &path.child("ports"), spec);
    let selector = spec["selector"].as_object();
    errors.extend(names::label_faults(&path.child("selector"), selector));
    check_affinity(errors, &path, spec);
    check_families(errors, &path, spec);
    check_one_of(
        errors,
        &path.child("type"),
        text(spec, "type"),
        &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
    );
    check_balancer(errors, &path, spec);
    check_traffic(errors, &path, spec);
}

/// `ValidateServiceUpdate`
pub(super) fn check_update(errors: &mut Vec<FieldError>, service: &Value, old: &Value) {
    let (spec, before) = (&service["spec"], &old["spec"]);
    let path = FieldPath::new("spec");
    let has_none = |spec: &Value| text(spec, "type") == "ExternalName";
    let headless = is_headless(spec) && is_headless(before);
    if !has_none(spec) && !has_none(before) && !headless {
        for (list, once_set) in [
            ("clusterIPs", "primary clusterIP can not be unset"),
            ("ipFamilies", "primary ipFamily can not be unset"),
        ] {
            let (now, then) = (items(spec, list), items(before, list));
            let path = path.child(list);
            if now.is_empty() && !then.is_empty() {
                let shown = spec[list].clone();
                errors.push(FieldError::invalid(&path.index(0), shown, once_set));
            }
            for (index, (one, other)) in now.iter().zip(then).enumerate() {
                if one != other {
                    let why = "may not change once set";
                    let shown = spec[list].clone();
                    errors.push(FieldError::invalid(&path.index(index), shown, why));
                }
            }
        }
    }
    let balanced = |spec: &Value| text(spec, "type") == "LoadBalancer";
    let class = "loadBalancerClass";
    if balanced(spec) && balanced(before) && spec[class] != before[class] {
        let path = path.child(class);
        let why = "may not change once set";
        errors.push(FieldError::invalid(&path, spec[class].clone(), why));
    }
    let port = "healthCheckNodePort";
    let checked = needs_health_check(spec) && needs_health_check(before);
    if checked && number(spec, port) != number(before, port) {
        errors.push(FieldError::forbidden(
            &path.child(port),
            "field is immutable",
        ));
    }
}

/// `ValidateServiceStatusUpdate`
pub(super) fn check_status(errors: &mut Vec<FieldError>, service: &Value) {
    let status = FieldPath::new("status");
    let balancer = status.child("loadBalancer");
    let path = balancer.child("ingress");
    let ingresses = items(&service["status"]["loadBalancer"], "ingress");
    if ingresses.is_empty() {
        return;
    }
    if text(&service["spec"], "type") != "LoadBalancer" {
        let why = "may only be used when `spec.type` is 'LoadBalancer'";
        errors.push(FieldError::forbidden(&path, why));
        return;
    }
    for (index, ingress) in ingresses.iter().enumerate() {
        let path = path.index(index);
        let has_address = !text(ingress, "ip").is_empty();
        let of_mode = path.child("ipMode");
        match ingress["ipMode"].as_str() {
            None if has_address => errors.push(FieldError::required(
                &of_mode,
                "must be specified when `ip` is set",
            )),
            Some(_) if !has_address => errors.push(FieldError::forbidden(
                &of_mode,
                "may not be specified when `ip` is not set",
            )),
            Some(mode) if !["Proxy", "VIP"].contains(&mode) => {
                errors.push(FieldError::not_supported(&of_mode, mode, &["Proxy", "VIP"]));
            }
            _ => {}
        }
        let host = text(ingress, "hostname");
        for why in names::dns1123_subdomain(host)
            .into_iter()
            .filter(|_| !host.is_empty())
        {
            errors.push(FieldError::invalid(&path.child("hostname"), host, why));
        }
    }
}

/// Whether the service has no address on purpose.
pub(super) fn is_headless(spec: &Value) -> bool {
    matches!(items(spec, "clusterIPs"), [one] if one == "None")
}

fn needs_health_check(spec: &Value) -> bool {
    text(spec, "type") == "LoadBalancer" && text(spec, "externalTrafficPolicy") == "Local"
}

fn check_annotations(errors: &mut Vec<FieldError>, service: &Value) {
    let annotations = &service["metadata"]["annotations"];
    if let (Some(hints), Some(mode)) = (annotations[HINTS].as_str(), annotations[MODE].as_str())
        && hints != mode
    {
        let metadata = FieldPath::new("metadata");
        let path = metadata.child("annotations");
        let why = format!("must match annotations[{HINTS}] when both are specified");
        errors.push(FieldError::invalid(&path.key(MODE), mode, why));
    }
}

fn check_addresses_of_type(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, spec: &Value) {
    match text(spec, "type") {
        of_type @ ("LoadBalancer" | "NodePort") if is_headless(spec) => {
            let why = format!("may not be set to 'None' for {of_type} services");
            let path = path.child("clusterIPs");
            errors.push(FieldError::invalid(&path.index(0), "None", why));
        }
        "ExternalName" => {
            for name in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
                if !items(spec, name).is_empty() || spec[name].is_string() {
                    let why = "may not be set for ExternalName services";
                    errors.push(FieldError::forbidden(&path.child(name), why));
                }
            }
            let path = path.child("externalName");
            let given = text(spec, "externalName");
            // A dot at the end says that the name is whole.
            let name = given.strip_suffix('.').unwrap_or(given);
            if name.is_empty() {
                errors.push(FieldError::required(&path, ""));
            } else {
                for why in names::dns1123_subdomain(name) {
                    errors.push(FieldError::invalid(&path, name, why));
                }
            }
        }
        _ => {}
    }
}

fn check_ports(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, spec: &Value) {
    let ports = items(spec, "ports");
    for (index, port) in ports.iter().enumerate() {
        let before = &ports[..index];
        let path = path.index(index);
        let of_name = path.child("name");
        let name = text(port, "name");
        if !name.is_empty() {
            check_dns_label(errors, &of_name, name);
            if before.iter().any(|other| text(other, "name") == name) {
                errors.push(FieldError::duplicate(&of_name, name));
            }
        } else if ports.len() > 1 {
            errors.push(FieldError::required(&of_name, ""));
        }
        check_port_number(errors, &path.child("port"), number(port, "port"));
        let protocol = text(port, "protocol");
        check_one_of(errors, &path.child("protocol"), protocol, PROTOCOLS);
        check_port(errors, &path.child("targetPort"), &port["targetPort"]);
        if let Some(protocol) = port["appProtocol"].as_str() {
            check_label_key(errors, &path.child("appProtocol"), protocol);
        }
        let on_node = number(port, "nodePort");
        let of_node = path.child("nodePort");
        if on_node != 0 && text(spec, "type") == "ClusterIP" {
            let why = "may not be used when `type` is 'ClusterIP'";
            errors.push(FieldError::forbidden(&of_node, why));
        }
        let same = |other: &&Value| text(other, "protocol") == protocol;
        let mut others = before.iter().filter(same);
        if on_node != 0
            && others
                .clone()
                .any(|other| number(other, "nodePort") == on_node)
        {
            errors.push(FieldError::duplicate(&of_node, on_node));
        }
        let own = number(port, "port");
        if others.any(|other| number(other, "port") == own) {
            let shown = format!(
                "{{\"Name\":\"\",\"Protocol\":{},\"AppProtocol\":null,\"Port\":{own},\"TargetPort\":0,\"NodePort\":0}}",
                go_format::json(&json!(protocol))
            );
            errors.push(FieldError::duplicate(&path, BadValue::Verbatim(shown)));
        }
    }
}

fn check_affinity(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, spec: &Value) {
    let affinity = text(spec, "sessionAffinity");
    check_one_of(
        errors,
        &path.child("sessionAffinity"),
        affinity,
        &["ClientIP", "None"],
    );
    let path = path.child("sessionAffinityConfig");
    let config = &spec["sessionAffinityConfig"];
    if affinity == "None" && !config.is_null() {
        let why = "must not be set when session affinity is None";
        errors.push(FieldError::forbidden(&path, why));
    }
    if affinity != "ClientIP" {
        return;
    }
    let why = "when session affinity type is ClientIP";
    let (client, of_client) = (&config["clientIP"], path.child("clientIP"));
    let of_timeout = of_client.child("timeoutSeconds");
    match client["timeoutSeconds"].as_i64() {
        _ if config.is_null() => errors.push(FieldError::required(&path, why)),
        _ if client.is_null() => errors.push(FieldError::required(&of_client, why)),
        None => errors.push(FieldError::required(&of_timeout, why)),
        Some(1..=LONGEST_AFFINITY) => {}
        Some(timeout) => {
            let why = format!("must be greater than 0 and less than {LONGEST_AFFINITY}");
            errors.push(FieldError::invalid(&of_timeout, timeout, why));
        }
    }
}

/// `ValidateServiceClusterIPsRelatedFields`, as far as it is not about single addresses.
fn check_families(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, spec: &Value) {
    const FAMILIES: &[&str] = &["IPv4", "IPv6"];
    const POLICIES: &[&str] = &["PreferDualStack", "RequireDualStack", "SingleStack"];
    if text(spec, "type") == "ExternalName" {
        return;
    }
    let addresses = items(spec, "clusterIPs");
    let of_addresses = path.child("clusterIPs");
    let first = text(spec, "clusterIP");
    match addresses.first() {
        None if !first.is_empty() => errors.push(FieldError::required(&of_addresses, "")),
        Some(address) if first.is_empty() || address != first => {
            let why = if first.is_empty() {
                "must be empty when `clusterIP` is not specified"
            } else {
                "first value must match `clusterIP`"
            };
            let shown = spec["clusterIPs"].clone();
            errors.push(FieldError::invalid(&of_addresses, shown, why));
        }
        _ => {}
    }
    let families = items(spec, "ipFamilies");
    let of_families = path.child("ipFamilies");
    for (index, family) in families.iter().enumerate() {
        let path = of_families.index(index);
        let name = family.as_str().unwrap_or_default();
        if !FAMILIES.contains(&name) {
            errors.push(FieldError::not_supported(&path, name, FAMILIES));
        }
        if families[..index].contains(family) {
            errors.push(FieldError::duplicate(&path, name));
        }
    }
    if let Some(policy) = spec["ipFamilyPolicy"].as_str()
        && !POLICIES.contains(&policy)
    {
        let path = path.child("ipFamilyPolicy");
        errors.push(FieldError::not_supported(&path, policy, POLICIES));
    }
}

fn check_balancer(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, spec: &Value) {
    let balanced = text(spec, "type") == "LoadBalancer";
    if !items(spec, "loadBalancerSourceRanges").is_empty() && !balanced {
        let path = path.child("LoadBalancerSourceRanges");
        errors.push(FieldError::forbidden(&path, ONLY_BALANCED));
    }
    let allocates = &spec["allocateLoadBalancerNodePorts"];
    if !allocates.is_null() && !balanced {
        let path = path.child("allocateLoadBalancerNodePorts");
        errors.push(FieldError::forbidden(&path, ONLY_BALANCED));
    }
    if let Some(class) = spec["loadBalancerClass"].as_str() {
        let path = path.child("loadBalancerClass");
        if balanced {
            check_label_key(errors, &path, class);
        } else {
            errors.push(FieldError::forbidden(&path, ONLY_BALANCED));
        }
    }
}

fn check_traffic(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, spec: &Value) {
    let of_type = text(spec, "type");
    let outside = matches!(of_type, "LoadBalancer" | "NodePort")
        || (of_type == "ClusterIP" && !items(spec, "externalIPs").is_empty());
    let policy = text(spec, "externalTrafficPolicy");
    let of_policy = path.child("externalTrafficPolicy");
    if outside {
        check_one_of(errors, &of_policy, policy, &["Cluster", "Local"]);
    } else if !policy.is_empty() {
        let why = "may only be set for externally-accessible services";
        errors.push(FieldError::invalid(&of_policy, policy, why));
    }
    let port = number(spec, "healthCheckNodePort");
    if port != 0 && !needs_health_check(spec) {
        let path = path.child("healthCheckNodePort");
        let why =
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
        errors.push(FieldError::invalid(&path, port, why));
    }
    let inside = &spec["internalTrafficPolicy"];
    let has_inside = matches!(of_type, "ClusterIP" | "NodePort" | "LoadBalancer");
    if has_inside || !inside.is_null() {
        let path = path.child("internalTrafficPolicy");
        let policy = inside.as_str().unwrap_or_default();
        check_one_of(errors, &path, policy, &["Cluster", "Local"]);
    }
    const DISTRIBUTIONS: &[&str] = &["PreferClose", "PreferSameZone", "PreferSameNode"];
    if let Some(given) = spec["trafficDistribution"].as_str()
        && !DISTRIBUTIONS.contains(&given)
    {
        let path = path.child("trafficDistribution");
        errors.push(FieldError::not_supported(&path, given, DISTRIBUTIONS));
    }
}
