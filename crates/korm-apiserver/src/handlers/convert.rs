//! The native kinds that are served in two forms: events in two groups, and autoscalers in two
//! versions. They are stored in one, and shown in the other.

use serde_json::{Map, Value, json};

/// Fields of an Event of the core group, and what `events.k8s.io` calls them.
const EVENT_FIELDS: &[(&str, &str)] = &[
    ("message", "note"),
    ("involvedObject", "regarding"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
    ("reportingComponent", "reportingController"),
];

/// Brings an object into the form of an apiVersion, where it has another one.
pub(super) fn convert(object: &mut Value, api_version: &str) {
    let from = object["apiVersion"].as_str().unwrap_or_default().to_owned();
    match (from.as_str(), api_version) {
        ("v1", "events.k8s.io/v1") => rename_event(object, |(core, newer)| (core, newer)),
        ("events.k8s.io/v1", "v1") => rename_event(object, |(core, newer)| (newer, core)),
        ("autoscaling/v1", "autoscaling/v2") => autoscaler_to_v2(object),
        ("autoscaling/v2", "autoscaling/v1") => autoscaler_to_v1(object),
        _ => {}
    }
    object["apiVersion"] = api_version.into();
}

fn rename_event(
    event: &mut Value,
    direction: impl Fn((&'static str, &'static str)) -> (&'static str, &'static str),
) {
    let Some(fields) = event.as_object_mut() else {
        return;
    };
    let renamed: Vec<(&str, Value)> = EVENT_FIELDS
        .iter()
        .map(|pair| direction(*pair))
        .filter_map(|(from, to)| Some((to, fields.remove(from)?)))
        .collect();
    for (name, value) in renamed {
        // The newer form leaves out empty texts, the older one writes them.
        if value != "" {
            fields.insert(name.to_owned(), value);
        }
    }
    let core = direction(("core", "newer")).1 == "core";
    if core {
        for name in ["reportingComponent", "reportingInstance"] {
            fields.entry(name).or_insert_with(|| json!(""));
        }
        fields.entry("involvedObject").or_insert_with(|| json!({}));
    } else if fields
        .get("reportingInstance")
        .is_some_and(|value| value == "")
    {
        fields.remove("reportingInstance");
    }
}

fn autoscaler_to_v2(object: &mut Value) {
    if let Some(target) = take(&mut object["spec"], "targetCPUUtilizationPercentage") {
        object["spec"]["metrics"] = json!([{"type": "Resource", "resource": {"name": "cpu",
            "target": {"type": "Utilization", "averageUtilization": target}}}]);
    }
    if let Some(current) = take(&mut object["status"], "currentCPUUtilizationPercentage") {
        object["status"]["currentMetrics"] = json!([{"type": "Resource", "resource": {
            "name": "cpu", "current": {"averageUtilization": current}}}]);
    }
}

fn autoscaler_to_v1(object: &mut Value) {
    let metrics = take(&mut object["spec"], "metrics");
    if let Some(target) = cpu(&metrics, "target") {
        object["spec"]["targetCPUUtilizationPercentage"] = target;
    }
    let metrics = take(&mut object["status"], "currentMetrics");
    if let Some(current) = cpu(&metrics, "current") {
        object["status"]["currentCPUUtilizationPercentage"] = current;
    }
    for name in ["behavior", "conditions"] {
        take(&mut object["spec"], name);
        take(&mut object["status"], name);
    }
}

fn take(object: &mut Value, name: &str) -> Option<Value> {
    object
        .as_object_mut()
        .and_then(|fields: &mut Map<String, Value>| fields.remove(name))
}

/// The utilization of the cpu among metrics of version 2.
fn cpu(metrics: &Option<Value>, part: &str) -> Option<Value> {
    let metrics = metrics.as_ref()?.as_array()?;
    let found = metrics
        .iter()
        .find(|metric| metric["resource"]["name"] == "cpu")?;
    found["resource"][part].get("averageUtilization").cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_change_names_both_ways() {
        let core = json!({"apiVersion": "v1", "kind": "Event", "message": "m", "source": {},
            "involvedObject": {"kind": "Pod"}, "reportingComponent": "", "reportingInstance": ""});
        let mut event = core.clone();
        convert(&mut event, "events.k8s.io/v1");
        assert_eq!(
            event,
            json!({"apiVersion": "events.k8s.io/v1", "kind": "Event", "note": "m",
                "deprecatedSource": {}, "regarding": {"kind": "Pod"}})
        );
        convert(&mut event, "v1");
        assert_eq!(event, core);
    }

    #[test]
    fn autoscalers_keep_their_cpu_target() {
        let v1 = json!({"apiVersion": "autoscaling/v1",
            "spec": {"maxReplicas": 3, "targetCPUUtilizationPercentage": 80}, "status": {}});
        let mut object = v1.clone();
        convert(&mut object, "autoscaling/v2");
        assert_eq!(
            object["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"],
            80
        );
        convert(&mut object, "autoscaling/v1");
        assert_eq!(object, v1);
    }
}
