//! Finalizers: deletions that wait, and in which order they end.

use http::Method;
use serde_json::{Value, json};

use crate::plan::aim::aim;
use crate::plan::kinds::{Kind, natives};
use crate::plan::pool::Pool;
use crate::plan::script::Script;
use crate::plan::{reads, writes};
use crate::random::Random;
use crate::step::{Step, Then};

const NAMES: [&str; 2] = ["a", "b"];

/// One kind, few names, and deletions in all stages.
pub(crate) fn sequence(random: &mut Random, pool: &Pool) -> Vec<Step> {
    let mut script = Script::new();
    let natives = natives();
    let custom = random.percent(40) && !pool.families.is_empty();
    let family = if custom {
        random.pick(&pool.families).clone()
    } else {
        vec![random.pick(&natives).clone()]
    };
    for _ in 0..20 + random.below(10) {
        let kind = random.pick(&family);
        let earlier = script.next().saturating_sub(1 + random.below(6));
        let mut step = match random.weighted(&[
            (20, 0),
            (22, 1),
            (22, 2),
            (8, 3),
            (6, 4),
            (6, 5),
            (8, 6),
            (8, 7),
        ]) {
            0 => create(random, kind),
            1 => delete(random, kind, earlier),
            2 => patch(random, kind, earlier),
            3 => replace(random, kind, earlier),
            4 => apply(random, kind),
            5 => collection(random, kind),
            6 => reads::list(random, kind, earlier),
            _ => reads::watch(random, kind, earlier),
        };
        if step.method == Method::DELETE || step.method == Method::PUT {
            aim(random, &script, kind, &mut step);
        }
        script.add(step);
    }
    script.steps()
}

fn finalizers(random: &mut Random) -> Value {
    let mut all: Vec<&str> = Vec::new();
    for _ in 0..random.below(4) {
        all.push(random.text(&[
            "korm.test/hold",
            "korm.test/hold",
            "korm.test/more",
            "orphan",
            "foregroundDeletion",
            "kubernetes",
            "other.test/x",
            "bad name",
        ]));
    }
    json!(all)
}

fn path(random: &mut Random, kind: &Kind) -> String {
    format!("{}/{}", kind.collection(), kind.name(random.text(&NAMES)))
}

fn object(random: &mut Random, kind: &Kind, with: bool) -> Value {
    let mut body = kind.body(random);
    let name = kind.name(random.text(&NAMES));
    body["metadata"] = json!({"name": name, "labels": {"seq": "@{ns}"}});
    if with {
        body["metadata"]["finalizers"] = finalizers(random);
    }
    body
}

fn create(random: &mut Random, kind: &Kind) -> Step {
    let body = object(random, kind, true);
    Step::new(Method::POST, &kind.plural, kind.collection()).json(body)
}

fn replace(random: &mut Random, kind: &Kind, earlier: usize) -> Step {
    let with = random.percent(60);
    let mut body = object(random, kind, with);
    if random.percent(50) {
        body["metadata"]["resourceVersion"] = json!(format!("@{{orv:{earlier}}}"));
    }
    let path = format!(
        "{}/{}",
        kind.collection(),
        body["metadata"]["name"].as_str().unwrap_or_default()
    );
    settled(Step::new(Method::PUT, &kind.plural, path).json(body))
}

fn apply(random: &mut Random, kind: &Kind) -> Step {
    let mut body = object(random, kind, true);
    if random.percent(50) {
        body = json!({"apiVersion": kind.api_version, "kind": kind.kind, "metadata": body["metadata"]});
    }
    let name = body["metadata"]["name"].as_str().unwrap_or_default();
    let manager = random.text(&["one", "two&force=true"]);
    let path = format!("{}/{name}?fieldManager={manager}", kind.collection());
    settled(
        Step::new(Method::PATCH, &kind.plural, path).typed("application/apply-patch+yaml", body),
    )
}

fn patch(random: &mut Random, kind: &Kind, earlier: usize) -> Step {
    let status = if kind.status && random.percent(10) {
        "/status"
    } else {
        ""
    };
    let path = format!("{}{status}", path(random, kind));
    let step = Step::new(Method::PATCH, &format!("{}{status}", kind.plural), path);
    settled(match random.below(6) {
        0 => step.typed("application/merge-patch+json", json!({"metadata": {"finalizers": null}})),
        1 | 2 => {
            let all = finalizers(random);
            step.typed("application/merge-patch+json", json!({"metadata": {"finalizers": all}}))
        }
        3 => step.typed(
            "application/json-patch+json",
            json!([{"op": *random.pick(&["remove", "test"]), "path": "/metadata/finalizers/0", "value": "korm.test/hold"}]),
        ),
        4 => step.typed(
            "application/json-patch+json",
            json!([{"op": "add", "path": "/metadata/finalizers/-", "value": "korm.test/more"}]),
        ),
        _ => {
            let mut body = json!({"metadata": {"labels": {"colour": *random.pick(&["red", "blue"])}}});
            match random.below(5) {
                0 => body["metadata"]["deletionTimestamp"] = Value::Null,
                1 => body["metadata"]["deletionTimestamp"] = json!("2030-01-02T03:04:05Z"),
                2 => body["metadata"]["deletionGracePeriodSeconds"] = json!(random.below(3)),
                3 => body["metadata"]["resourceVersion"] = json!(format!("@{{orv:{earlier}}}")),
                _ => {}
            }
            step.typed("application/merge-patch+json", body)
        }
    })
}

fn delete(random: &mut Random, kind: &Kind, earlier: usize) -> Step {
    let mut step = writes::delete(random, kind, earlier);
    step.path = path(random, kind);
    settled(step)
}

fn collection(random: &mut Random, kind: &Kind) -> Step {
    let mut step = writes::delete_collection(random, kind);
    if random.percent(50) {
        let policy = random.text(&["Background", "Foreground", "Orphan"]);
        step = step.json(json!({"propagationPolicy": policy}));
    }
    settled(step)
}

/// What ends a deletion may be the garbage collector's.
fn settled(mut step: Step) -> Step {
    step.then = Then::Settle;
    step
}
