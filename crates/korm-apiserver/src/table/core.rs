//! Rows of the kinds that describe a cluster: namespaces, configuration, services, nodes.

use jiff::Timestamp;
use serde_json::Value;

use super::native::name;
use super::{age, duration, int, labels, list, selector, text, text_or};

pub(super) const NAMESPACE: &[&str] = &["Name", "Status", "Age"];

pub(super) fn namespace(object: &Value, now: Timestamp) -> Vec<Value> {
    vec![
        name(object),
        text(&object["status"], "phase").into(),
        age(object, now),
    ]
}

pub(super) const CONFIG_MAP: &[&str] = &["Name", "Data", "Age"];

pub(super) fn config_map(object: &Value, now: Timestamp) -> Vec<Value> {
    let size = size(&object["data"]) + size(&object["binaryData"]);
    vec![name(object), size.into(), age(object, now)]
}

fn size(value: &Value) -> usize {
    value.as_object().map_or(0, serde_json::Map::len)
}

pub(super) const SECRET: &[&str] = &["Name", "Type", "Data", "Age"];

pub(super) fn secret(object: &Value, now: Timestamp) -> Vec<Value> {
    vec![
        name(object),
        text(object, "type").into(),
        size(&object["data"]).into(),
        age(object, now),
    ]
}

pub(super) const SERVICE: &[&str] = &[
    "Name",
    "Type",
    "Cluster-IP",
    "External-IP",
    "Port(s)",
    "Age",
    "Selector*",
];

pub(super) fn service(object: &Value, now: Timestamp) -> Vec<Value> {
    let spec = &object["spec"];
    let cluster_ip = list(spec, "clusterIPs").first().and_then(Value::as_str);
    let ports: Vec<String> = list(spec, "ports").iter().map(port).collect();
    let ports = if ports.is_empty() {
        "<none>".to_owned()
    } else {
        ports.join(",")
    };
    vec![
        name(object),
        text(spec, "type").into(),
        cluster_ip.unwrap_or("<none>").into(),
        external_ip(object).into(),
        ports.into(),
        age(object, now),
        labels(&spec["selector"]).into(),
    ]
}

fn port(port: &Value) -> String {
    let (number, node, protocol) = (
        int(port, "port"),
        int(port, "nodePort"),
        text(port, "protocol"),
    );
    if node > 0 {
        format!("{number}:{node}/{protocol}")
    } else {
        format!("{number}/{protocol}")
    }
}

fn external_ip(object: &Value) -> String {
    let spec = &object["spec"];
    let given: Vec<&str> = list(spec, "externalIPs")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    match text(spec, "type") {
        "ClusterIP" | "NodePort" if given.is_empty() => "<none>".to_owned(),
        "ClusterIP" | "NodePort" => given.join(","),
        "LoadBalancer" => {
            let balancer = balancer(&object["status"]["loadBalancer"]);
            let all: Vec<&str> = balancer.iter().map(String::as_str).chain(given).collect();
            if all.is_empty() {
                "<pending>".to_owned()
            } else {
                all.join(",")
            }
        }
        "ExternalName" => text(spec, "externalName").to_owned(),
        _ => "<unknown>".to_owned(),
    }
}

/// Addresses of a load balancer, sorted, each once.
fn balancer(status: &Value) -> Vec<String> {
    let mut all: Vec<String> = list(status, "ingress")
        .iter()
        .map(|ingress| text_or(ingress, "ip", text(ingress, "hostname")).to_owned())
        .filter(|address| !address.is_empty())
        .collect();
    all.sort();
    all.dedup();
    all
}

pub(super) const ENDPOINTS: &[&str] = &["Name", "Endpoints", "Age"];

pub(super) fn endpoints(object: &Value, now: Timestamp) -> Vec<Value> {
    let mut all = Vec::new();
    for subset in list(object, "subsets") {
        let addresses = || {
            list(subset, "addresses")
                .iter()
                .map(|address| text(address, "ip"))
        };
        let ports = list(subset, "ports");
        if ports.is_empty() {
            all.extend(addresses().map(str::to_owned));
        }
        for port in ports {
            let number = int(port, "port");
            all.extend(addresses().map(|ip| {
                if ip.contains(':') {
                    format!("[{ip}]:{number}")
                } else {
                    format!("{ip}:{number}")
                }
            }));
        }
    }
    let text = if list(object, "subsets").is_empty() {
        "<none>".to_owned()
    } else {
        with_more(&all)
    };
    vec![name(object), text.into(), age(object, now)]
}

/// The first three, and how many more there are.
fn with_more(all: &[String]) -> String {
    let shown = all[..all.len().min(3)].join(",");
    match all.len() {
        0..=3 => shown,
        count => format!("{shown} + {} more...", count - 3),
    }
}

pub(super) const SLICE: &[&str] = &["Name", "AddressType", "Ports", "Endpoints", "Age"];

pub(super) fn slice(object: &Value, now: Timestamp) -> Vec<Value> {
    let ports: Vec<String> = list(object, "ports")
        .iter()
        .map(|port| match port["port"].as_i64() {
            Some(number) => number.to_string(),
            None => text_or(port, "name", "*").to_owned(),
        })
        .collect();
    let addresses: Vec<String> = list(object, "endpoints")
        .iter()
        .flat_map(|endpoint| list(endpoint, "addresses"))
        .filter_map(|address| address.as_str().map(str::to_owned))
        .collect();
    let or_unset = |all: &[String]| {
        if all.is_empty() {
            "<unset>".to_owned()
        } else {
            with_more(all)
        }
    };
    vec![
        name(object),
        text(object, "addressType").into(),
        or_unset(&ports).into(),
        or_unset(&addresses).into(),
        age(object, now),
    ]
}

pub(super) const NODE: &[&str] = &[
    "Name",
    "Status",
    "Roles",
    "Age",
    "Version",
    "Internal-IP*",
    "External-IP*",
    "OS-Image*",
    "Kernel-Version*",
    "Container-Runtime*",
];

pub(super) fn node(object: &Value, now: Timestamp) -> Vec<Value> {
    let info = &object["status"]["nodeInfo"];
    let ready = list(&object["status"], "conditions")
        .iter()
        .rfind(|condition| condition["type"] == "Ready");
    let mut status = match ready {
        Some(condition) if condition["status"] == "True" => "Ready".to_owned(),
        Some(_) => "NotReady".to_owned(),
        None => "Unknown".to_owned(),
    };
    if object["spec"]["unschedulable"] == true {
        status.push_str(",SchedulingDisabled");
    }
    let address = |kind: &str| {
        let found = list(&object["status"], "addresses")
            .iter()
            .find(|address| address["type"] == kind);
        Value::from(found.map_or("<none>", |address| text(address, "address")))
    };
    let mut kernel = text_or(info, "kernelVersion", "<unknown>").to_owned();
    if let architecture @ [_, ..] = text(info, "architecture").as_bytes() {
        kernel = format!("{kernel} ({})", String::from_utf8_lossy(architecture));
    }
    vec![
        name(object),
        status.into(),
        roles(&object["metadata"]["labels"]).into(),
        age(object, now),
        text(info, "kubeletVersion").into(),
        address("InternalIP"),
        address("ExternalIP"),
        text_or(info, "osImage", "<unknown>").into(),
        kernel.into(),
        text_or(info, "containerRuntimeVersion", "<unknown>").into(),
    ]
}

fn roles(labels: &Value) -> String {
    let mut roles: Vec<&str> = labels
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| {
            if key == "kubernetes.io/role" {
                return value.as_str();
            }
            key.strip_prefix("node-role.kubernetes.io/")
        })
        .filter(|role| !role.is_empty())
        .collect();
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() {
        "<none>".to_owned()
    } else {
        roles.join(",")
    }
}

pub(super) const EVENT: &[&str] = &[
    "Last Seen",
    "Type",
    "Reason",
    "Object",
    "Subobject*",
    "Source*",
    "Message",
    "First Seen*",
    "Count*",
    "Name*",
];

pub(super) fn event(object: &Value, now: Timestamp) -> Vec<Value> {
    // events.k8s.io names the fields of the core's events otherwise.
    let either = |name: &str, other: &str| match text(object, name) {
        "" => text(object, other).to_owned(),
        text => text.to_owned(),
    };
    let involved = match object.get("involvedObject") {
        Some(involved) => involved,
        None => &object["regarding"],
    };
    let since = |value: &str| duration::since(Some(value).filter(|v| !v.is_empty()), now);
    let first = either("firstTimestamp", "deprecatedFirstTimestamp");
    let first = if first.is_empty() {
        since(text(object, "eventTime"))
    } else {
        since(&first)
    };
    let last = either("lastTimestamp", "deprecatedLastTimestamp");
    let mut last = if last.is_empty() {
        first.clone()
    } else {
        since(&last)
    };
    let mut count = object["count"]
        .as_i64()
        .unwrap_or_else(|| int(object, "deprecatedCount"));
    if let Some(series) = object.get("series").filter(|series| series.is_object()) {
        last = since(text(series, "lastObservedTime"));
        count = int(series, "count");
    } else if count == 0 {
        count = 1;
    }
    let kind = text(involved, "kind").to_lowercase();
    let target = match text(involved, "name") {
        "" => kind,
        name => format!("{kind}/{name}"),
    };
    let source = match object.get("source") {
        Some(source) => source,
        None => &object["deprecatedSource"],
    };
    let component = match text(source, "component") {
        "" => either("reportingComponent", "reportingController"),
        component => component.to_owned(),
    };
    let instance = text_or(source, "host", text(object, "reportingInstance"));
    let source = match instance {
        "" => component,
        instance => format!("{component}, {instance}"),
    };
    vec![
        last.into(),
        text(object, "type").into(),
        text(object, "reason").into(),
        target.into(),
        text(involved, "fieldPath").into(),
        source.into(),
        either("message", "note").trim().into(),
        first.into(),
        count.into(),
        name(object),
    ]
}

pub(super) const RESOURCE_QUOTA: &[&str] = &["Name", "Request", "Limit", "Age"];

pub(super) fn resource_quota(object: &Value, now: Timestamp) -> Vec<Value> {
    let (mut requests, mut limits) = (Vec::new(), Vec::new());
    let used = &object["status"]["used"];
    for (resource, hard) in object["status"]["hard"].as_object().into_iter().flatten() {
        let used = text_or(used, resource, "0");
        let line = format!("{resource}: {used}/{}", hard.as_str().unwrap_or("0"));
        if resource.starts_with("limits.") {
            limits.push(line)
        } else {
            requests.push(line)
        }
    }
    vec![
        name(object),
        requests.join(", ").into(),
        limits.join(", ").into(),
        age(object, now),
    ]
}

pub(super) const INGRESS: &[&str] = &["Name", "Class", "Hosts", "Address", "Ports", "Age"];

pub(super) fn ingress(object: &Value, now: Timestamp) -> Vec<Value> {
    let spec = &object["spec"];
    let rules = list(spec, "rules");
    let hosts: Vec<&str> = rules
        .iter()
        .map(|rule| text(rule, "host"))
        .filter(|host| !host.is_empty())
        .collect();
    let hosts = match hosts.len() {
        0 => "*".to_owned(),
        1..=3 => hosts.join(","),
        _ => format!("{} + {} more...", hosts[..3].join(","), rules.len() - 3),
    };
    let ports = if list(spec, "tls").is_empty() {
        "80"
    } else {
        "80, 443"
    };
    vec![
        name(object),
        text_or(spec, "ingressClassName", "<none>").into(),
        hosts.into(),
        balancer(&object["status"]["loadBalancer"]).join(",").into(),
        ports.into(),
        age(object, now),
    ]
}

pub(super) const INGRESS_CLASS: &[&str] = &["Name", "Controller", "Parameters", "Age"];

pub(super) fn ingress_class(object: &Value, now: Timestamp) -> Vec<Value> {
    let annotations = &object["metadata"]["annotations"];
    let default = annotations["ingressclass.kubernetes.io/is-default-class"] == "true";
    let mut shown = text(&object["metadata"], "name").to_owned();
    if default {
        shown.push_str(" (default)");
    }
    let parameters = &object["spec"]["parameters"];
    let parameters = if parameters.is_object() {
        let group = match parameters["apiGroup"].as_str() {
            Some(group) => format!(".{group}"),
            None => String::new(),
        };
        format!(
            "{}{group}/{}",
            text(parameters, "kind"),
            text(parameters, "name")
        )
    } else {
        "<none>".to_owned()
    };
    vec![
        shown.into(),
        text(&object["spec"], "controller").into(),
        parameters.into(),
        age(object, now),
    ]
}

pub(super) const NETWORK_POLICY: &[&str] = &["Name", "Pod-Selector", "Age"];

pub(super) fn network_policy(object: &Value, now: Timestamp) -> Vec<Value> {
    let pods = selector(&object["spec"]["podSelector"]);
    vec![name(object), pods.into(), age(object, now)]
}

pub(super) const LEASE: &[&str] = &["Name", "Holder", "Age"];

pub(super) fn lease(object: &Value, now: Timestamp) -> Vec<Value> {
    let holder = text(&object["spec"], "holderIdentity");
    vec![name(object), holder.into(), age(object, now)]
}

pub(super) const PRIORITY: &[&str] = &[
    "Name",
    "Value:integer",
    "Global-Default:boolean",
    "Age",
    "PreemptionPolicy",
];

pub(super) fn priority(object: &Value, now: Timestamp) -> Vec<Value> {
    vec![
        name(object),
        int(object, "value").into(),
        (object["globalDefault"] == true).into(),
        age(object, now),
        text(object, "preemptionPolicy").into(),
    ]
}

pub(super) fn runtime_class(object: &Value, now: Timestamp) -> Vec<Value> {
    vec![
        name(object),
        text(object, "handler").into(),
        age(object, now),
    ]
}

pub(super) const DEFINITION: &[&str] = &[
    "Name",
    "Scope",
    "Versions",
    "Created At:date",
    "Group*",
    "Kind*",
    "ShortNames*",
    "Established*:boolean",
];

pub(super) fn custom_resource_definition(object: &Value, _now: Timestamp) -> Vec<Value> {
    let spec = &object["spec"];
    let mut versions: Vec<String> = list(spec, "versions")
        .iter()
        .filter(|version| version["served"] == true)
        .map(|version| {
            let storage = if version["storage"] == true {
                "(storage)"
            } else {
                ""
            };
            format!("{}{storage}", text(version, "name"))
        })
        .collect();
    versions.sort();
    let names = &spec["names"];
    let short_names: Vec<&str> = list(names, "shortNames")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let established = list(&object["status"], "conditions")
        .iter()
        .any(|condition| condition["type"] == "Established" && condition["status"] == "True");
    vec![
        name(object),
        text(spec, "scope").into(),
        versions.join(",").into(),
        text(&object["metadata"], "creationTimestamp").into(),
        text(spec, "group").into(),
        text(names, "kind").into(),
        short_names.join(",").into(),
        established.into(),
    ]
}
