//! What controllers report of native kinds; that of custom kinds is a part of their schemas.

use serde_json::{Value, json};

use crate::plan::kinds::Kind;
use crate::random::Random;

/// A body for a write to the status: nearly always with one.
pub(crate) fn body(random: &mut Random, kind: &Kind) -> Value {
    let mut body = kind.body(random);
    let status = match kind.plural.as_str() {
        "deployments" => deployment(random),
        "nodes" => node(random),
        "services" => service(random),
        _ => {
            // Objects of custom kinds have one now and then.
            if body["status"].is_null() {
                body = kind.body(random);
            }
            return body;
        }
    };
    if random.percent(90) {
        body["status"] = status;
    }
    body
}

fn condition(random: &mut Random, of_type: &str) -> Value {
    let mut condition =
        json!({"type": of_type, "status": *random.pick(&["True", "False", "Unknown"])});
    if random.percent(60) {
        condition["reason"] = json!("Because");
        condition["message"] = json!("");
    }
    if random.percent(50) {
        condition["lastTransitionTime"] = json!("2001-02-03T04:05:06Z");
    }
    condition
}

fn deployment(random: &mut Random) -> Value {
    let replicas = random.below(4);
    let mut status = json!({"replicas": replicas, "observedGeneration": random.below(3)});
    for name in ["updatedReplicas", "readyReplicas", "availableReplicas"] {
        if random.percent(50) {
            status[name] = json!(random.below(replicas + 1));
        }
    }
    if random.percent(5) {
        status["readyReplicas"] = json!(random.below(9));
    }
    if random.percent(5) {
        status["unavailableReplicas"] = json!(-1);
    }
    if random.percent(40) {
        status["collisionCount"] = json!(random.below(2));
    }
    if random.percent(50) {
        status["conditions"] = json!([
            condition(random, "Available"),
            condition(random, "Progressing")
        ]);
    }
    status
}

fn node(random: &mut Random) -> Value {
    let mut status = json!({});
    if random.percent(50) {
        status["capacity"] = json!({"cpu": *random.pick(&["4", "4000m"]), "memory": "8Gi"});
    }
    if random.percent(50) {
        status["conditions"] = json!([condition(random, "Ready")]);
    }
    if random.percent(40) {
        status["addresses"] = json!([
            {"type": "InternalIP", "address": "10.0.0.1"},
            {"type": "Hostname", "address": *random.pick(&["one", "two"])},
        ]);
    }
    if random.percent(30) {
        status["nodeInfo"] = json!({"kubeletVersion": "v1.37.2", "architecture": "amd64"});
    }
    status
}

fn service(random: &mut Random) -> Value {
    let mut status = json!({"loadBalancer": {}});
    if random.percent(10) {
        status["loadBalancer"]["ingress"] = json!([{"hostname": "a.example"}]);
    }
    if random.percent(40) {
        let mut condition = condition(random, "korm.test/Ready");
        // These have to have all of it.
        condition["reason"] = json!("Because");
        condition["message"] = json!("");
        condition["lastTransitionTime"] = json!("2001-02-03T04:05:06Z");
        status["conditions"] = json!([condition]);
    }
    status
}
