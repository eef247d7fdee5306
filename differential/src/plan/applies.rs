//! Objects that several managers apply to, update and take back: who owns what, and who is in whose way.

use http::Method;
use serde_json::{Value, json};

use crate::plan::aim::aim;
use crate::plan::kinds::{Content, Kind, natives};
use crate::plan::pool::Pool;
use crate::plan::script::Script;
use crate::plan::{patches, reads, statuses, writes};
use crate::random::Random;
use crate::step::Step;

const NAMES: [&str; 2] = ["a", "b"];
/// Native kinds with fields that merge in every way: maps, lists with one key and with several, lists that are one value.
const NATIVES: [&str; 6] = [
    "deployments",
    "deployments",
    "services",
    "serviceaccounts",
    "configmaps",
    "nodes",
];
const APPLY: &str = "application/apply-patch+yaml";

/// One kind, two objects, four managers.
pub(crate) fn sequence(random: &mut Random, pool: &Pool) -> Vec<Step> {
    let mut script = Script::new();
    let family = family(random, pool);
    for _ in 0..20 + random.below(10) {
        let kind = random.pick(&family);
        let earlier = script.next().saturating_sub(1 + random.below(6));
        let mut step = match random.weighted(&[
            (50, 0),
            (10, 1),
            (10, 2),
            (8, 3),
            (6, 4),
            (4, 5),
            (4, 6),
            (4, 7),
            (4, 8),
        ]) {
            0 => apply(random, kind, earlier),
            1 => patches::merge(random, kind, earlier),
            2 => update(random, kind),
            3 => patches::strategic(random, kind),
            4 => patches::json(random, kind, earlier),
            5 => of_part(random, kind),
            6 => forget_managers(random, kind),
            7 => create(random, kind),
            _ => reads::get(random, kind),
        };
        // The others than these choose of few names anyway.
        if step.method != Method::POST && random.percent(60) {
            aim(random, &script, kind, &mut step);
        }
        script.add(step);
    }
    script.steps()
}

fn family(random: &mut Random, pool: &Pool) -> Vec<Kind> {
    if random.percent(55) && !pool.families.is_empty() {
        return random.pick(&pool.families).clone();
    }
    let plural = *random.pick(&NATIVES);
    let mut natives = natives();
    natives.retain(|kind| kind.plural == plural);
    natives.truncate(1);
    natives
}

/// A body, rich where lists merge by keys.
fn body(random: &mut Random, kind: &Kind) -> Value {
    let mut body = kind.body(random);
    if kind.plural == "deployments" {
        let containers = body["spec"]["template"]["spec"]["containers"].as_array_mut();
        for container in containers.into_iter().flatten() {
            enrich(random, container);
        }
    }
    body
}

/// Ports are told apart by number and protocol, the latter with a default; the rest of a container by one key.
fn enrich(random: &mut Random, container: &mut Value) {
    let ports = [
        json!({"containerPort": 80}),
        json!({"containerPort": 80, "protocol": "UDP"}),
        json!({"containerPort": 81, "protocol": "TCP", "name": "web"}),
    ];
    let some: Vec<Value> = ports.into_iter().filter(|_| random.percent(35)).collect();
    if !some.is_empty() {
        container["ports"] = json!(some);
    }
    if random.percent(30) {
        container["args"] = json!(["x", *random.pick(&["y", "z"])]);
    }
    if random.percent(25) {
        container["resources"] = json!({"limits": {"cpu": *random.pick(&["1", "500m", "0.5"])}});
    }
    if random.percent(20) {
        container["command"] = random
            .pick(&[json!([]), json!(["run"]), Value::Null])
            .clone();
    }
}

/// Takes away some of what the body says, so that a manager gives up what it applied before.
fn thin(random: &mut Random, body: &mut Value) {
    let Some(members) = body.as_object_mut() else {
        return;
    };
    let names: Vec<String> = members.keys().cloned().collect();
    for name in names {
        if matches!(name.as_str(), "apiVersion" | "kind" | "name" | "metadata") {
            continue;
        }
        if random.percent(20) {
            members.remove(&name);
        } else if let Some(inner) = members.get_mut(&name) {
            thin(random, inner);
        }
    }
}

fn metadata(random: &mut Random, kind: &Kind) -> Value {
    let mut metadata = json!({"name": kind.name(random.text(&NAMES))});
    if random.percent(50) || !kind.namespaced {
        metadata["labels"] = json!({"seq": "@{ns}"});
        if random.percent(60) {
            metadata["labels"]["colour"] = json!(*random.pick(&["red", "blue"]));
        }
    }
    if random.percent(20) {
        metadata["annotations"] = json!({"note": *random.pick(&["one", "two"])});
    }
    if random.percent(15) {
        let all = [
            json!(["korm.test/hold"]),
            json!(["korm.test/more"]),
            json!([]),
        ];
        metadata["finalizers"] = random.pick(&all).clone();
    }
    metadata
}

fn path(kind: &Kind, body: &Value, query: &str) -> String {
    let name = body["metadata"]["name"].as_str().unwrap_or_default();
    format!("{}/{name}{query}", kind.collection())
}

fn manager(random: &mut Random) -> &'static str {
    random.text(&["one", "two", "three", "four"])
}

fn apply(random: &mut Random, kind: &Kind, earlier: usize) -> Step {
    let mut body = body(random, kind);
    if random.percent(70) && matches!(kind.content, Content::Custom(_)) {
        thin(random, &mut body);
    }
    body["metadata"] = metadata(random, kind);
    match random.below(40) {
        0 => body["metadata"]["resourceVersion"] = json!(format!("@{{orv:{earlier}}}")),
        1 => body["metadata"]["resourceVersion"] = json!("1"),
        2 => body["metadata"]["uid"] = json!(format!("@{{uid:{earlier}}}")),
        3 => body["metadata"]["managedFields"] = json!([]),
        _ => {}
    }
    let mut query = format!("?fieldManager={}", manager(random));
    if random.percent(40) {
        query.push_str("&force=true");
    }
    if random.percent(8) {
        query.push_str(random.text(&[
            "&dryRun=All",
            "&fieldValidation=Strict",
            "&fieldValidation=Ignore",
            "&force=x",
        ]));
    }
    let path = path(kind, &body, &query);
    Step::new(Method::PATCH, &kind.plural, path).typed(APPLY, body)
}

/// The whole object, under the name of one who also applies.
fn update(random: &mut Random, kind: &Kind) -> Step {
    let mut body = body(random, kind);
    body["metadata"] = metadata(random, kind);
    let query = format!("?fieldManager={}", manager(random));
    let path = path(kind, &body, &query);
    Step::new(Method::PUT, &kind.plural, path).json(body)
}

fn create(random: &mut Random, kind: &Kind) -> Step {
    let mut body = body(random, kind);
    body["metadata"] = metadata(random, kind);
    let path = format!("{}?fieldManager={}", kind.collection(), manager(random));
    Step::new(Method::POST, &kind.plural, path).json(body)
}

/// The status or the scale, each of which has managers of its own.
fn of_part(random: &mut Random, kind: &Kind) -> Step {
    let name = kind.name(random.text(&NAMES));
    let path = |part: &str, query: &str| format!("{}/{name}/{part}{query}", kind.collection());
    let manager = manager(random);
    let force = if random.percent(40) {
        "&force=true"
    } else {
        ""
    };
    let query = format!("?fieldManager={manager}{force}");
    if kind.scale && random.percent(50) {
        let replicas = random.below(4);
        let body = json!({
            "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": name},
            "spec": {"replicas": replicas},
        });
        let resource = format!("{}/scale", kind.plural);
        return if random.percent(60) {
            Step::new(Method::PATCH, &resource, path("scale", &query)).typed(APPLY, body)
        } else {
            let body = json!({"spec": {"replicas": replicas}});
            let query = format!("?fieldManager={manager}");
            Step::new(Method::PATCH, &resource, path("scale", &query))
                .typed("application/merge-patch+json", body)
        };
    }
    if !kind.status {
        return writes::scale(random, kind, 0);
    }
    let mut body = statuses::body(random, kind);
    body["metadata"] = json!({"name": name});
    let resource = format!("{}/status", kind.plural);
    Step::new(Method::PATCH, &resource, path("status", &query)).typed(APPLY, body)
}

/// A write that takes the record of managers away, or puts another in its place.
fn forget_managers(random: &mut Random, kind: &Kind) -> Step {
    let records = [
        json!([]),
        json!([{}]),
        json!(null),
        json!([{
            "manager": "one", "operation": "Apply", "apiVersion": kind.api_version, "fieldsType": "FieldsV1",
            "fieldsV1": {"f:metadata": {"f:labels": {"f:colour": {}}}},
        }]),
        json!([{"manager": "one", "operation": "Sideways", "apiVersion": kind.api_version}]),
        json!([{
            "manager": "one", "operation": "Update", "apiVersion": "v0", "fieldsType": "FieldsV1",
            "fieldsV1": {"f:metadata": {}},
        }]),
    ];
    let body = json!({"metadata": {"managedFields": random.pick(&records)}});
    let name = kind.name(random.text(&NAMES));
    let path = format!(
        "{}/{name}?fieldManager={}",
        kind.collection(),
        manager(random)
    );
    Step::new(Method::PATCH, &kind.plural, path).typed("application/merge-patch+json", body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_thinned_keeps_its_keys() {
        let mut gone = 0;
        for number in 0..200 {
            let mut body = json!({"kind": "K", "spec": {"a": 1, "items": [{"name": "n"}]}});
            thin(&mut Random::new(1, number), &mut body);
            assert_eq!(body["kind"], "K");
            gone += usize::from(body["spec"]["a"].is_null());
        }
        assert!((20..120).contains(&gone), "{gone}");
    }
}
