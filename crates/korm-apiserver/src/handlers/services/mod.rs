//! Addresses and ports of services, which the server gives out
//! (`k8s.io/kubernetes/pkg/registry/core/service`). The cluster has IPv4 only.

mod families;

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use crate::meta;
use crate::resources::Resource;
use crate::schema::{FieldError, FieldPath};
use crate::state::State;
use crate::status::ApiError;

/// Addresses come from here, the first for services of the cluster itself: 10.96.0.0/16.
const FIRST_ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 96, 0, 10);
const ADDRESSES: u32 = 65_000;

/// Ports of nodes come from here.
const NODE_PORTS: std::ops::RangeInclusive<u64> = 30_000..=32_767;

/// What only some types of services have, by the field that it is kept in.
const TYPED_FIELDS: [&str; 4] = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"];

/// Takes out what is stored of a service that has none, but never shown: `defaultOnReadInternalTrafficPolicy` upstream.
pub(super) fn hide_policy(resource: &Resource, service: &mut Cow<'_, Value>) {
    let hides = resource.is_core("services")
        && service["spec"]["type"] == "ExternalName"
        && service["spec"].get("internalTrafficPolicy").is_some();
    if hides && let Some(spec) = service.to_mut()["spec"].as_object_mut() {
        spec.remove("internalTrafficPolicy");
    }
}

/// Completes a service that is created (`old` is `None`) or updated.
///
/// # Errors
/// 422 where an address would belong to a service without a name: Kubernetes finds that out here, before it
/// looks at the service itself. A dry run takes no address.
pub(super) fn allocate(
    state: &State,
    resource: &Resource,
    service: &mut Value,
    old: Option<&Value>,
    dry_run: bool,
) -> Result<(), ApiError> {
    let name = &meta::name(service).to_owned();
    let unnamed = name.is_empty() && !dry_run;
    let used = Used::by_others(state, resource, service);
    let Some(spec) = service.get_mut("spec").and_then(Value::as_object_mut) else {
        return Ok(());
    };
    let old = old.and_then(|old| old["spec"].as_object());
    if let Some(old) = old {
        keep_allocated(spec, old);
    }
    families::same_addresses(spec, old);
    if let Some(old) = old {
        drop_unneeded(spec, old);
    }
    if text(spec, "type") != "ExternalName" {
        let faults = families::choose(spec);
        if !faults.is_empty() {
            return Err(ApiError::invalid(resource.qualified_kind(), name, faults));
        }
        if text(spec, "clusterIP").is_empty()
            && let Some(address) = used.free_address()
        {
            if unnamed {
                return Err(belongs_to_nobody(resource, &address));
            }
            spec.insert("clusterIP".to_owned(), json!(address));
            spec.insert("clusterIPs".to_owned(), json!([address]));
        }
    }
    if needs_node_ports(spec) {
        node_ports(spec, used.ports);
    }
    Ok(())
}

fn belongs_to_nobody(resource: &Resource, address: &str) -> ApiError {
    let spec = FieldPath::new("spec");
    let why = format!(
        "failed to allocate IP: IPAddress.networking.k8s.io \"{address}\" is invalid: spec.parentRef.name: Required value"
    );
    let error = FieldError::invalid(&spec.child("clusterIPs"), json!([""]), why);
    ApiError::invalid(resource.qualified_kind(), "", [error])
}

fn text<'a>(spec: &'a Map<String, Value>, key: &str) -> &'a str {
    spec.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn is_missing(spec: &Map<String, Value>, key: &str) -> bool {
    spec.get(key)
        .is_none_or(|value| value.is_null() || *value == "" || *value == json!([]))
}

fn needs_node_ports(spec: &Map<String, Value>) -> bool {
    match text(spec, "type") {
        "NodePort" => true,
        "LoadBalancer" => spec.get("allocateLoadBalancerNodePorts") != Some(&Value::Bool(false)),
        _ => false,
    }
}

/// An update need not repeat what was given out.
fn keep_allocated(spec: &mut Map<String, Value>, old: &Map<String, Value>) {
    if text(spec, "type") != "ExternalName" && text(old, "type") != "ExternalName" {
        for key in TYPED_FIELDS {
            if is_missing(spec, key)
                && let Some(value) = old.get(key)
            {
                spec.insert(key.to_owned(), value.clone());
            }
        }
    }
    if !(needs_node_ports(spec) && needs_node_ports(old)) {
        return;
    }
    let ports = |spec: &Map<String, Value>| spec.get("ports").and_then(Value::as_array).cloned();
    let (before, now) = (
        ports(old).unwrap_or_default(),
        ports(spec).unwrap_or_default(),
    );
    let taken: BTreeSet<u64> = now
        .iter()
        .filter_map(|port| port["nodePort"].as_u64())
        .collect();
    for port in ports_of(spec) {
        let same_name = before.iter().find(|other| other["name"] == port["name"]);
        let given = same_name.and_then(|other| other["nodePort"].as_u64());
        if let Some(number) = given.filter(|number| !taken.contains(number))
            && port["nodePort"].as_u64().unwrap_or(0) == 0
        {
            port["nodePort"] = number.into();
        }
    }
}

/// A change of type takes away what the new type has no use for, unless it was changed as well.
fn drop_unneeded(spec: &mut Map<String, Value>, old: &Map<String, Value>) {
    let unchanged = |spec: &Map<String, Value>, key: &str| spec.get(key) == old.get(key);
    if text(old, "type") != "ExternalName" && text(spec, "type") == "ExternalName" {
        for key in TYPED_FIELDS {
            if unchanged(spec, key) {
                spec.remove(key);
            }
        }
    }
    if needs_node_ports(old) && !needs_node_ports(spec) {
        for port in ports_of(spec) {
            if let Some(port) = port.as_object_mut() {
                port.remove("nodePort");
            }
        }
    }
    let external = |spec: &Map<String, Value>| {
        ["NodePort", "LoadBalancer"].contains(&text(spec, "type"))
            || !is_missing(spec, "externalIPs")
    };
    if external(old) && !external(spec) && unchanged(spec, "externalTrafficPolicy") {
        spec.remove("externalTrafficPolicy");
    }
    let balanced = |spec: &Map<String, Value>| text(spec, "type") == "LoadBalancer";
    if balanced(old) && !balanced(spec) {
        for key in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] {
            if unchanged(spec, key) {
                spec.remove(key);
            }
        }
    }
}

fn ports_of(spec: &mut Map<String, Value>) -> impl Iterator<Item = &mut Value> {
    spec.get_mut("ports")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

fn node_ports(spec: &mut Map<String, Value>, mut used: BTreeSet<u64>) {
    used.extend(ports_of(spec).filter_map(|port| port["nodePort"].as_u64()));
    for port in ports_of(spec) {
        if port["nodePort"].as_u64().unwrap_or(0) == 0
            && let Some(number) = NODE_PORTS.clone().find(|number| !used.contains(number))
        {
            used.insert(number);
            port["nodePort"] = number.into();
        }
    }
}

/// What other services have.
#[derive(Default)]
struct Used {
    addresses: BTreeSet<String>,
    ports: BTreeSet<u64>,
}

impl Used {
    fn by_others(state: &State, resource: &Resource, service: &Value) -> Self {
        let mut used = Self::default();
        let Some(table) = state.store.existing_table(&resource.storage) else {
            return used;
        };
        for other in table.objects().map(|object| &object.value) {
            if other["metadata"]["uid"] == service["metadata"]["uid"] {
                continue;
            }
            let spec = &other["spec"];
            let addresses = spec["clusterIPs"].as_array().into_iter().flatten();
            used.addresses
                .extend(addresses.filter_map(Value::as_str).map(str::to_owned));
            let ports = spec["ports"].as_array().into_iter().flatten();
            used.ports
                .extend(ports.filter_map(|port| port["nodePort"].as_u64()));
        }
        used
    }

    fn free_address(&self) -> Option<String> {
        let first = u32::from(FIRST_ADDRESS);
        (first..first + ADDRESSES)
            .map(|address| Ipv4Addr::from(address).to_string())
            .find(|address| !self.addresses.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn an_update_keeps_what_was_given_out() {
        let old = spec(
            json!({"type": "NodePort", "clusterIP": "10.96.0.10", "clusterIPs": ["10.96.0.10"],
            "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack",
            "ports": [{"name": "a", "port": 80, "nodePort": 30001}]}),
        );
        let mut new = spec(json!({"type": "NodePort", "ports": [{"name": "a", "port": 81}]}));
        keep_allocated(&mut new, &old);
        assert_eq!(new["clusterIP"], "10.96.0.10");
        assert_eq!(new["ports"][0]["nodePort"], 30001);
        let mut external = old.clone();
        external.insert("type".to_owned(), "ExternalName".into());
        drop_unneeded(&mut external, &old);
        assert_eq!(
            external,
            spec(json!({"type": "ExternalName", "ports": [{"name": "a", "port": 80}]}))
        );
    }

    #[test]
    fn node_ports_are_given_once() {
        let mut service =
            spec(json!({"ports": [{"port": 1}, {"port": 2, "nodePort": 30000}, {"port": 3}]}));
        node_ports(&mut service, BTreeSet::from([30001]));
        let ports: Vec<_> = ports_of(&mut service)
            .map(|port| port["nodePort"].as_u64())
            .collect();
        assert_eq!(ports, [Some(30002), Some(30000), Some(30003)]);
    }
}
