//! Owner references that lead to objects, and what the garbage collector makes of them.

use http::Method;
use serde_json::{Value, json};

use crate::plan::kinds::{Kind, natives};
use crate::plan::metadata::NAMES;
use crate::plan::pool::Pool;
use crate::plan::script::Script;
use crate::random::Random;
use crate::step::Step;

/// Native kinds that take part: those that controllers and other kinds leave alone.
const NATIVES: [&str; 5] = [
    "configmaps",
    "secrets",
    "leases",
    "configmaps",
    "clusterroles",
];

/// An object that the sequence made, by the step that made it.
struct Member {
    kind: Kind,
    name: String,
    step: usize,
}

impl Member {
    fn path(&self) -> String {
        format!("{}/{}", self.kind.collection(), self.kind.name(&self.name))
    }
}

/// Objects that own each other, in chains and in twos, and then lose their owners one way or another.
pub(crate) fn sequence(random: &mut Random, pool: &Pool) -> Vec<Step> {
    let mut script = Script::new();
    let kinds = kinds(random, pool);
    let mut cast: Vec<Member> = Vec::new();
    for _ in 0..4 + random.below(4) {
        // Those whose owners are not there are gone at once.
        create(random, &mut script, &kinds, &mut cast);
        rest(&mut script, &kinds);
    }
    for _ in 0..4 + random.below(4) {
        match random.weighted(&[(50, 0), (20, 1), (15, 2), (15, 3)]) {
            0 => delete(random, &mut script, &cast),
            1 => merge(random, &mut script, &cast, "finalizers", &Value::Null),
            2 => {
                let owners = owners(random, &cast);
                merge(random, &mut script, &cast, "ownerReferences", &owners);
            }
            _ => create(random, &mut script, &kinds, &mut cast),
        }
        rest(&mut script, &kinds);
    }
    script.steps()
}

fn kinds(random: &mut Random, pool: &Pool) -> Vec<Kind> {
    let natives = natives();
    let mut kinds: Vec<Kind> = Vec::new();
    while kinds.len() < 2 {
        let custom = random.percent(30) && !pool.families.is_empty();
        let kind = if custom {
            let family = random.pick(&pool.families);
            random.pick(family).clone()
        } else {
            let plural = *random.pick(&NATIVES);
            let Some(kind) = natives.iter().find(|kind| kind.plural == plural) else {
                continue;
            };
            kind.clone()
        };
        kinds.push(kind);
    }
    kinds
}

/// Waits until all the kinds' objects are as they stay.
fn rest(script: &mut Script, kinds: &[Kind]) {
    for (number, kind) in kinds.iter().enumerate() {
        if !kinds[..number]
            .iter()
            .any(|one| one.plural == kind.plural && one.api_version == kind.api_version)
        {
            script.agree_on(kind);
        }
    }
}

fn create(random: &mut Random, script: &mut Script, kinds: &[Kind], cast: &mut Vec<Member>) {
    let kind = random.pick(kinds).clone();
    let name = (*random.pick(&NAMES)).to_owned();
    let mut body = kind.body(random);
    body["metadata"] = json!({"name": kind.name(&name), "labels": {"seq": "@{ns}"}});
    if random.percent(20) {
        body["metadata"]["finalizers"] = json!(["korm.test/hold"]);
    }
    if !cast.is_empty() && random.percent(75) {
        body["metadata"]["ownerReferences"] = owners(random, cast);
    }
    let step = Step::new(Method::POST, &kind.plural, kind.collection()).json(body);
    let step = script.add(step);
    cast.push(Member { kind, name, step });
}

/// References to one or two objects, sometimes to none that is there.
fn owners(random: &mut Random, cast: &[Member]) -> Value {
    let mut references = Vec::new();
    for number in 0..1 + usize::from(random.percent(30)) {
        let owner = random.pick(cast);
        let mut reference = json!({
            "apiVersion": owner.kind.api_version,
            "kind": owner.kind.kind,
            "name": owner.kind.name(&owner.name),
            "uid": format!("@{{uid:{}}}", owner.step),
        });
        if random.percent(40) {
            reference["blockOwnerDeletion"] = json!(random.percent(80));
        }
        if random.percent(30) {
            // Two controllers are one too many.
            reference["controller"] = json!(number == 0 || random.percent(20));
        }
        match random.below(20) {
            0 => reference["uid"] = json!("00000000-0000-4000-8000-000000000000"),
            1 => reference["name"] = json!("another"),
            2 => reference["kind"] = json!("Nothing"),
            3 => reference["apiVersion"] = json!("none.korm.test/v1"),
            _ => {}
        }
        references.push(reference);
    }
    json!(references)
}

fn delete(random: &mut Random, script: &mut Script, cast: &[Member]) {
    let member = random.pick(cast);
    let step = Step::new(Method::DELETE, &member.kind.plural, member.path());
    let policy = *random.pick(&["", "Background", "Foreground", "Orphan", "Foreground"]);
    script.add(if policy.is_empty() {
        step
    } else {
        step.json(json!({"propagationPolicy": policy}))
    });
}

fn merge(random: &mut Random, script: &mut Script, cast: &[Member], field: &str, value: &Value) {
    let member = random.pick(cast);
    let step = Step::new(Method::PATCH, &member.kind.plural, member.path());
    let body = json!({"metadata": {field: value}});
    script.add(step.typed("application/merge-patch+json", body));
}
