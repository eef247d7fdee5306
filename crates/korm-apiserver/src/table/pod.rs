//! Rows of pods.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::native::name;
use super::{age, duration, int, list, text, text_or};

pub(super) const COLUMNS: &[&str] = &[
    "Name",
    "Ready",
    "Status",
    "Restarts",
    "Age",
    "IP*",
    "Node*",
    "Nominated Node*",
    "Readiness Gates*",
];

/// Finished pods are marked.
pub(super) fn row_conditions(pod: &Value) -> Option<Value> {
    let (reason, message) = match text(&pod["status"], "phase") {
        "Succeeded" => ("Succeeded", "The pod has completed successfully."),
        "Failed" => ("Failed", "The pod failed."),
        _ => return None,
    };
    Some(json!([{
        "type": "Completed", "status": "True", "reason": reason, "message": message,
    }]))
}

pub(super) fn cells(pod: &Value, now: Timestamp) -> Vec<Value> {
    let summary = summary(pod);
    let restarts = match (summary.restarts.count, &summary.restarts.last) {
        (count, Some(last)) if count != 0 => {
            format!("{count} ({} ago)", duration::since(Some(last), now))
        }
        (count, _) => count.to_string(),
    };
    let (spec, status) = (&pod["spec"], &pod["status"]);
    let ip = list(status, "podIPs")
        .first()
        .map_or("", |ip| text(ip, "ip"));
    vec![
        name(pod),
        format!("{}/{}", summary.ready, summary.total).into(),
        summary.reason.into(),
        restarts.into(),
        age(pod, now),
        if ip.is_empty() { "<none>" } else { ip }.into(),
        text_or(spec, "nodeName", "<none>").into(),
        text_or(status, "nominatedNodeName", "<none>").into(),
        gates(spec, status).into(),
    ]
}

fn gates(spec: &Value, status: &Value) -> String {
    let gates = list(spec, "readinessGates");
    if gates.is_empty() {
        return "<none>".to_owned();
    }
    let open = gates.iter().filter(|gate| {
        list(status, "conditions")
            .iter()
            .find(|condition| condition["type"] == gate["conditionType"])
            .is_some_and(|condition| condition["status"] == "True")
    });
    format!("{}/{}", open.count(), gates.len())
}

/// How often containers restarted, and when the last one did.
#[derive(Default)]
struct Restarts {
    count: i64,
    last: Option<String>,
}

impl Restarts {
    fn add(&mut self, container: &Value) {
        self.count += int(container, "restartCount");
        // Timestamps of the API in UTC compare as text.
        let finished = container["lastState"]["terminated"]["finishedAt"].as_str();
        if let Some(finished) = finished
            && self.last.as_deref().is_none_or(|last| last < finished)
        {
            self.last = Some(finished.to_owned());
        }
    }
}

struct Summary {
    total: usize,
    ready: usize,
    reason: String,
    restarts: Restarts,
}

fn summary(pod: &Value) -> Summary {
    let (spec, status) = (&pod["spec"], &pod["status"]);
    let sidecars: Vec<&str> = list(spec, "initContainers")
        .iter()
        .filter(|container| container["restartPolicy"] == "Always")
        .map(|container| text(container, "name"))
        .collect();
    let conditions = list(status, "conditions");
    let mut reason = text_or(status, "reason", text(status, "phase")).to_owned();
    if conditions
        .iter()
        .any(|c| c["type"] == "PodScheduled" && c["reason"] == "SchedulingGated")
    {
        reason = "SchedulingGated".to_owned();
    }
    let mut summary = Summary {
        total: list(spec, "containers").len() + sidecars.len(),
        ready: 0,
        reason,
        restarts: Restarts::default(),
    };
    let mut of_sidecars = Restarts::default();
    let initializing = initialize(pod, &sidecars, &mut summary, &mut of_sidecars);
    let is = |name: &str| {
        conditions
            .iter()
            .any(|c| c["type"] == name && c["status"] == "True")
    };
    if !initializing || is("Initialized") {
        summary.restarts = of_sidecars;
        run(list(status, "containerStatuses"), is("Ready"), &mut summary);
    }
    if pod["metadata"]["deletionTimestamp"].is_string() {
        let finished = matches!(text(status, "phase"), "Failed" | "Succeeded");
        if text(status, "reason") == "NodeLost" {
            summary.reason = "Unknown".to_owned();
        } else if !finished {
            summary.reason = "Terminating".to_owned();
        }
    }
    summary
}

/// Looks at init containers; gives whether one of them is not done yet.
fn initialize(
    pod: &Value,
    sidecars: &[&str],
    summary: &mut Summary,
    of_sidecars: &mut Restarts,
) -> bool {
    let all = list(&pod["spec"], "initContainers").len();
    for (i, container) in list(&pod["status"], "initContainerStatuses")
        .iter()
        .enumerate()
    {
        summary.restarts.add(container);
        let sidecar = sidecars.contains(&text(container, "name"));
        if sidecar {
            of_sidecars.add(container);
        }
        let terminated = &container["state"]["terminated"];
        if terminated.is_object() && int(terminated, "exitCode") == 0 {
            continue;
        }
        if sidecar && container["started"] == true {
            summary.ready += usize::from(container["ready"] == true);
            continue;
        }
        let waiting = text(&container["state"]["waiting"], "reason");
        summary.reason = if terminated.is_object() {
            format!("Init:{}", ended(terminated))
        } else if !matches!(waiting, "" | "PodInitializing") {
            format!("Init:{waiting}")
        } else {
            format!("Init:{i}/{all}")
        };
        return true;
    }
    false
}

/// Why a container ended.
fn ended(terminated: &Value) -> String {
    match (text(terminated, "reason"), int(terminated, "signal")) {
        ("", 0) => format!("ExitCode:{}", int(terminated, "exitCode")),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_owned(),
    }
}

fn run(containers: &[Value], ready_condition: bool, summary: &mut Summary) {
    let mut running = false;
    let mut error = String::new();
    for container in containers.iter().rev() {
        summary.restarts.add(container);
        let state = &container["state"];
        let (waiting, terminated) = (text(&state["waiting"], "reason"), &state["terminated"]);
        if !waiting.is_empty() {
            summary.reason = waiting.to_owned();
        } else if terminated.is_object() {
            summary.reason = ended(terminated);
            if int(terminated, "exitCode") != 0 {
                error.clone_from(&summary.reason);
            }
        } else if container["ready"] == true && state["running"].is_object() {
            running = true;
            summary.ready += 1;
        }
    }
    if summary.reason == "Completed" {
        if running && ready_condition {
            summary.reason = "Running".to_owned();
        } else if !error.is_empty() {
            summary.reason = error;
        } else if running {
            summary.reason = "NotReady".to_owned();
        }
    }
}
