//! Rows of the kinds that run pods.

use jiff::Timestamp;
use serde_json::Value;

use super::native::name;
use super::{age, duration, int, labels, list, requirements, selector, text, text_or};

/// Names and images of the containers of a pod template.
fn containers(template: &Value) -> [Value; 2] {
    let containers = list(&template["spec"], "containers");
    let join = |field: &str| {
        let all: Vec<&str> = containers.iter().map(|c| text(c, field)).collect();
        Value::from(all.join(","))
    };
    [join("name"), join("image")]
}

pub(super) const REPLICAS: &[&str] = &[
    "Name",
    "Desired:integer",
    "Current:integer",
    "Ready:integer",
    "Age",
    "Containers*",
    "Images*",
    "Selector*",
];

fn replicas(object: &Value, now: Timestamp, selector: String) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let [names, images] = containers(&spec["template"]);
    vec![
        name(object),
        int(spec, "replicas").into(),
        int(status, "replicas").into(),
        int(status, "readyReplicas").into(),
        age(object, now),
        names,
        images,
        selector.into(),
    ]
}

pub(super) fn replication_controller(object: &Value, now: Timestamp) -> Vec<Value> {
    replicas(object, now, labels(&object["spec"]["selector"]))
}

pub(super) fn replica_set(object: &Value, now: Timestamp) -> Vec<Value> {
    replicas(object, now, selector(&object["spec"]["selector"]))
}

pub(super) const DEPLOYMENT: &[&str] = &[
    "Name",
    "Ready",
    "Up-to-date",
    "Available",
    "Age",
    "Containers*",
    "Images*",
    "Selector*",
];

pub(super) fn deployment(object: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let [names, images] = containers(&spec["template"]);
    vec![
        name(object),
        ready(spec, status),
        int(status, "updatedReplicas").into(),
        int(status, "availableReplicas").into(),
        age(object, now),
        names,
        images,
        requirements(&spec["selector"]).into(),
    ]
}

fn ready(spec: &Value, status: &Value) -> Value {
    format!("{}/{}", int(status, "readyReplicas"), int(spec, "replicas")).into()
}

pub(super) const STATEFUL_SET: &[&str] = &["Name", "Ready", "Age", "Containers*", "Images*"];

pub(super) fn stateful_set(object: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let [names, images] = containers(&spec["template"]);
    vec![
        name(object),
        ready(spec, status),
        age(object, now),
        names,
        images,
    ]
}

pub(super) const DAEMON_SET: &[&str] = &[
    "Name",
    "Desired:integer",
    "Current:integer",
    "Ready:integer",
    "Up-to-date:integer",
    "Available:integer",
    "Node Selector",
    "Age",
    "Containers*",
    "Images*",
    "Selector*",
];

pub(super) fn daemon_set(object: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let [names, images] = containers(&spec["template"]);
    vec![
        name(object),
        int(status, "desiredNumberScheduled").into(),
        int(status, "currentNumberScheduled").into(),
        int(status, "numberReady").into(),
        int(status, "updatedNumberScheduled").into(),
        int(status, "numberAvailable").into(),
        labels(&spec["template"]["spec"]["nodeSelector"]).into(),
        age(object, now),
        names,
        images,
        selector(&spec["selector"]).into(),
    ]
}

pub(super) const REVISION: &[&str] = &["Name", "Controller", "Revision", "Age"];

pub(super) fn revision(object: &Value, now: Timestamp) -> Vec<Value> {
    let owner = list(&object["metadata"], "ownerReferences")
        .iter()
        .find(|owner| owner["controller"] == true);
    let controller = match owner {
        None => "<none>".to_owned(),
        Some(owner) => {
            let group = text(owner, "apiVersion")
                .split_once('/')
                .map(|(group, _)| group);
            let kind = text(owner, "kind").to_lowercase();
            let kind = match group {
                Some(group) => format!("{kind}.{group}"),
                None => kind,
            };
            format!("{kind}/{}", text(owner, "name"))
        }
    };
    vec![
        name(object),
        controller.into(),
        int(object, "revision").into(),
        age(object, now),
    ]
}

pub(super) const JOB: &[&str] = &[
    "Name",
    "Status",
    "Completions",
    "Duration",
    "Age",
    "Containers*",
    "Images*",
    "Selector*",
];

pub(super) fn job(object: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let succeeded = int(status, "succeeded");
    let completions = match (spec["completions"].as_i64(), int(spec, "parallelism")) {
        (Some(wanted), _) => format!("{succeeded}/{wanted}"),
        (None, parallelism) if parallelism > 1 => format!("{succeeded}/1 of {parallelism}"),
        (None, _) => format!("{succeeded}/1"),
    };
    let duration = match (text(status, "startTime"), text(status, "completionTime")) {
        ("", _) => String::new(),
        (start, "") => duration::since(Some(start), now),
        (start, end) => duration::between(start, end).unwrap_or_default(),
    };
    let [names, images] = containers(&spec["template"]);
    vec![
        name(object),
        job_status(object).into(),
        completions.into(),
        duration.into(),
        age(object, now),
        names,
        images,
        selector(&spec["selector"]).into(),
    ]
}

fn job_status(object: &Value) -> &'static str {
    let is = |condition: &str| {
        list(&object["status"], "conditions")
            .iter()
            .any(|c| c["type"] == condition && c["status"] == "True")
    };
    if is("Complete") {
        "Complete"
    } else if is("Failed") {
        "Failed"
    } else if object["metadata"]["deletionTimestamp"].is_string() {
        "Terminating"
    } else if is("Suspended") {
        "Suspended"
    } else if is("FailureTarget") {
        "FailureTarget"
    } else if is("SuccessCriteriaMet") {
        "SuccessCriteriaMet"
    } else {
        "Running"
    }
}

pub(super) const CRON_JOB: &[&str] = &[
    "Name",
    "Schedule",
    "Timezone",
    "Suspend:boolean",
    "Active:integer",
    "Last Schedule",
    "Age",
    "Containers*",
    "Images*",
    "Selector*",
];

pub(super) fn cron_job(object: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let last = match text(status, "lastScheduleTime") {
        "" => "<none>".to_owned(),
        time => duration::since(Some(time), now),
    };
    let suspend = match spec["suspend"].as_bool() {
        Some(true) => "True",
        Some(false) => "False",
        None => "<unset>",
    };
    let job = &spec["jobTemplate"]["spec"];
    let [names, images] = containers(&job["template"]);
    vec![
        name(object),
        text(spec, "schedule").into(),
        text_or(spec, "timeZone", "<none>").into(),
        suspend.into(),
        list(status, "active").len().into(),
        last.into(),
        age(object, now),
        names,
        images,
        selector(&job["selector"]).into(),
    ]
}

pub(super) const SCALE: &[&str] = &["Name", "Desired:integer", "Available:integer", "Age"];

pub(super) fn scale(object: &Value, now: Timestamp) -> Vec<Value> {
    vec![
        name(object),
        int(&object["spec"], "replicas").into(),
        int(&object["status"], "replicas").into(),
        age(object, now),
    ]
}

pub(super) const BUDGET: &[&str] = &[
    "Name",
    "Min Available",
    "Max Unavailable",
    "Allowed Disruptions:integer",
    "Age",
];

pub(super) fn budget(object: &Value, now: Timestamp) -> Vec<Value> {
    let int_or_string = |name: &str| match &object["spec"][name] {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => "N/A".to_owned(),
    };
    vec![
        name(object),
        int_or_string("minAvailable").into(),
        int_or_string("maxUnavailable").into(),
        int(&object["status"], "disruptionsAllowed").into(),
        age(object, now),
    ]
}

pub(super) const SCALER: &[&str] = &[
    "Name",
    "Reference",
    "Targets",
    "MinPods",
    "MaxPods",
    "Replicas",
    "Age",
];

pub(super) fn scaler(object: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let target = &spec["scaleTargetRef"];
    let min = match spec["minReplicas"].as_i64() {
        Some(min) => min.to_string(),
        None => "<unset>".to_owned(),
    };
    vec![
        name(object),
        format!("{}/{}", text(target, "kind"), text(target, "name")).into(),
        metrics(list(spec, "metrics"), list(status, "currentMetrics")).into(),
        min.into(),
        int(spec, "maxReplicas").into(),
        int(status, "currentReplicas").into(),
        age(object, now),
    ]
}

/// The first two metrics of a scaler as current and wanted value.
fn metrics(specs: &[Value], statuses: &[Value]) -> String {
    if specs.is_empty() {
        return "<none>".to_owned();
    }
    let all: Vec<String> = specs
        .iter()
        .enumerate()
        .map(|(i, spec)| metric(spec, statuses.get(i).unwrap_or(&Value::Null)))
        .collect();
    match all.len() {
        1 | 2 => all.join(", "),
        count => format!("{} + {} more...", all[..2].join(", "), count - 2),
    }
}

fn metric(spec: &Value, status: &Value) -> String {
    let source = match text(spec, "type") {
        "External" => "external",
        "Pods" => "pods",
        "Object" => "object",
        "Resource" => "resource",
        "ContainerResource" => "containerResource",
        _ => return "<unknown type>".to_owned(),
    };
    let target = &spec[source]["target"];
    let current = &status[source]["current"];
    let known = status[source].is_object();
    let shown = |value: &Value, otherwise: &str| match value.as_str() {
        Some(text) => text.to_owned(),
        None => otherwise.to_owned(),
    };
    let average = target["averageValue"].as_str();
    let values = match (average, source) {
        (Some(average), "pods") => {
            return format!("{}/{average}", shown(&current["averageValue"], "<unknown>"));
        }
        (Some(average), "resource" | "containerResource") => {
            let otherwise = if known { "0" } else { "<unknown>" };
            format!("{}/{average}", shown(&current["averageValue"], otherwise))
        }
        (Some(average), _) => {
            return format!(
                "{}/{average} (avg)",
                shown(&current["averageValue"], "<unknown>")
            );
        }
        (None, "resource" | "containerResource") => {
            let percent = |value: &Value, otherwise: &str| match value.as_i64() {
                Some(value) => format!("{value}%"),
                None => otherwise.to_owned(),
            };
            format!(
                "{}/{}",
                percent(&current["averageUtilization"], "<unknown>"),
                percent(&target["averageUtilization"], "<auto>")
            )
        }
        (None, _) => {
            let otherwise = if known { "0" } else { "<unknown>" };
            return format!(
                "{}/{}",
                shown(&current["value"], otherwise),
                text(target, "value")
            );
        }
    };
    format!("{}: {values}", text(&spec[source], "name"))
}
