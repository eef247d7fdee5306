//! What the server works out of a pod.

use serde_json::Value;

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
