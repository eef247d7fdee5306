//! Ports of a pod that are in each other's way: `warningsForPodSpecAndMeta` of `k8s.io/kubernetes/pkg/api/pod`.

use serde_json::Value;

use super::common::{items, number, text};

/// A port and where it is.
struct Port<'a> {
    at: String,
    port: &'a Value,
}

/// The warnings about the ports of the pod that `at` leads to.
pub(super) fn of_pod(spec: &Value, at: &str) -> Vec<String> {
    let ports = ports(spec, at);
    let mut all = Vec::new();
    for (index, port) in ports.iter().enumerate() {
        if !text(port.port, "hostIP").is_empty() && number(port.port, "hostPort") == 0 {
            let shown = go_syntax(port.port);
            all.push(format!("{}: hostIP set without hostPort: {shown}", port.at));
        }
        let others = &ports[..index];
        all.extend(others.iter().filter_map(|other| conflict(port, other)));
    }
    for (index, port) in ports.iter().enumerate() {
        let name = text(port.port, "name");
        let first = ports[..index]
            .iter()
            .find(|other| text(other.port, "name") == name);
        if let Some(first) = first.filter(|_| !name.is_empty()) {
            all.push(format!(
                "{}: duplicate port name \"{name}\" with {first}, services and probes that select ports by name will use {first}",
                port.at,
                first = first.at
            ));
        }
    }
    all
}

/// All ports, those of init containers first.
fn ports<'a>(spec: &'a Value, at: &str) -> Vec<Port<'a>> {
    let mut all = Vec::new();
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for (container, owner) in items(spec, list).iter().enumerate() {
            for (index, port) in items(owner, "ports").iter().enumerate() {
                let at = format!("{at}.{list}[{container}].ports[{index}]");
                all.push(Port { at, port });
            }
        }
    }
    all
}

/// What two ports of one number and protocol have to do with each other.
fn conflict(port: &Port<'_>, other: &Port<'_>) -> Option<String> {
    let same_number = |name: &str| number(port.port, name) == number(other.port, name);
    let same_text = |name: &str| text(port.port, name) == text(other.port, name);
    if !same_number("containerPort") || !same_text("protocol") {
        return None;
    }
    let on_host = |port: &Port<'_>| number(port.port, "hostPort") != 0;
    let anywhere = |port: &Port<'_>| text(port.port, "hostIP").is_empty();
    let what = if same_text("hostIP") && same_number("hostPort") {
        "duplicate"
    } else if !on_host(port) || !on_host(other) {
        "overlapping"
    } else if same_number("hostPort") && anywhere(port) != anywhere(other) {
        "dangerously ambiguous"
    } else {
        return None;
    };
    Some(format!(
        "{}: {what} port definition with {}",
        port.at, other.at
    ))
}

/// A port as Go prints its struct.
fn go_syntax(port: &Value) -> String {
    format!(
        "{{Name:{} HostPort:{} ContainerPort:{} Protocol:{} HostIP:{}}}",
        text(port, "name"),
        number(port, "hostPort"),
        number(port, "containerPort"),
        text(port, "protocol"),
        text(port, "hostIP")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(first: Value, second: Value) -> Vec<String> {
        let mut ports = [first, second];
        for port in &mut ports {
            port["protocol"] = json!("TCP");
        }
        let [first, second] = ports;
        of_pod(
            &json!({"initContainers": [{"ports": [first]}], "containers": [{"ports": [second]}]}),
            "spec",
        )
    }

    #[test]
    fn ports_that_are_in_each_others_way_are_told() {
        let here = "spec.containers[0].ports[0]";
        let there = "spec.initContainers[0].ports[0]";
        let plain = json!({"containerPort": 80});
        assert_eq!(
            told(plain.clone(), plain.clone()),
            [format!("{here}: duplicate port definition with {there}")]
        );
        assert_eq!(told(plain.clone(), json!({"containerPort": 81})), [""; 0]);
        assert_eq!(
            told(plain, json!({"containerPort": 80, "hostPort": 1})),
            [format!("{here}: overlapping port definition with {there}")]
        );
        let host = |ip: &str| json!({"containerPort": 80, "hostPort": 1, "hostIP": ip});
        assert_eq!(
            told(host(""), host("1.2.3.4")),
            [format!(
                "{here}: dangerously ambiguous port definition with {there}"
            )]
        );
        assert_eq!(told(host("1.2.3.5"), host("1.2.3.4")), [""; 0]);
    }

    #[test]
    fn an_address_needs_a_port_and_a_name_is_given_once() {
        let named = |port: u16| json!({"containerPort": port, "name": "web"});
        let told = told(
            named(80),
            json!({"containerPort": 81, "name": "web", "hostIP": "1.2.3.4"}),
        );
        let here = "spec.containers[0].ports[0]";
        let there = "spec.initContainers[0].ports[0]";
        assert_eq!(
            told,
            [
                format!(
                    "{here}: hostIP set without hostPort: {{Name:web HostPort:0 ContainerPort:81 Protocol:TCP HostIP:1.2.3.4}}"
                ),
                format!(
                    "{here}: duplicate port name \"web\" with {there}, services and probes that select ports by name will use {there}"
                ),
            ]
        );
    }
}
