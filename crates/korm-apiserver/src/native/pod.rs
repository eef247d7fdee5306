//! What the server works out of a pod.

use serde_json::{Value, json};

/// What the plugins Priority and DefaultTolerationSeconds add to a new pod.
pub(super) fn admit(pod: &mut Value) {
    let spec = &mut pod["spec"];
    if spec["priorityClassName"]
        .as_str()
        .unwrap_or_default()
        .is_empty()
    {
        spec["priority"] = 0.into();
        if spec["preemptionPolicy"].is_null() {
            spec["preemptionPolicy"] = "PreemptLowerPriority".into();
        }
    }
    if spec["tolerations"].is_null() {
        spec["tolerations"] = json!([]);
    }
    let Some(tolerations) = spec["tolerations"].as_array_mut() else {
        return;
    };
    for key in [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    ] {
        let tolerated = tolerations.iter().any(|toleration| {
            let field = |name: &str| toleration[name].as_str().unwrap_or_default();
            [key, ""].contains(&field("key")) && ["NoExecute", ""].contains(&field("effect"))
        });
        if !tolerated {
            tolerations.push(
                json!({"key": key, "operator": "Exists", "effect": "NoExecute",
                "tolerationSeconds": 300}),
            );
        }
    }
}

/// The quality of service that a pod gets: `Guaranteed` where every container's limits for CPU
/// and memory are its requests, `BestEffort` where none has either, else `Burstable`.
pub(crate) fn qos_class(pod: &Value) -> &'static str {
    const COUNTED: [&str; 2] = ["cpu", "memory"];
    let containers = ["containers", "initContainers"]
        .iter()
        .filter_map(|key| pod["spec"][*key].as_array())
        .flatten();
    let amount = |container: &Value, what: &str, name: &str| {
        container["resources"][what]
            .get(name)
            .filter(|amount| **amount != "0")
            .cloned()
    };
    let mut any = false;
    let mut guaranteed = true;
    for container in containers {
        for name in COUNTED {
            let request = amount(container, "requests", name);
            let limit = amount(container, "limits", name);
            any |= request.is_some() || limit.is_some();
            guaranteed &= limit.is_some() && request == limit;
        }
    }
    match (any, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tolerations_are_added_where_there_are_none() {
        let mut pod = json!({"spec": {"tolerations": [{"key": "node.kubernetes.io/not-ready",
            "operator": "Exists"}]}});
        admit(&mut pod);
        let tolerations = pod["spec"]["tolerations"].as_array().unwrap();
        assert_eq!(tolerations.len(), 2);
        assert_eq!(tolerations[1]["key"], "node.kubernetes.io/unreachable");
        assert_eq!(pod["spec"]["priority"], 0);
    }

    #[test]
    fn classes() {
        let pod = |resources: Value| json!({"spec": {"containers": [{"resources": resources}]}});
        let both = json!({"cpu": "1", "memory": "1Gi"});
        assert_eq!(qos_class(&pod(json!({}))), "BestEffort");
        assert_eq!(
            qos_class(&pod(json!({"limits": both, "requests": both}))),
            "Guaranteed"
        );
        assert_eq!(qos_class(&pod(json!({"requests": both}))), "Burstable");
    }
}
