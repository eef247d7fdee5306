//! Definitions in mid-life: changed, with more versions or fewer, deleted and made again, under objects that stay.

use http::Method;
use serde_json::{Value, json};

use crate::plan::definitions::{self, DEFINITIONS};
use crate::plan::kinds::Kind;
use crate::plan::metadata::NAMES;
use crate::plan::schema::Schema;
use crate::plan::script::Script;
use crate::plan::{pool, rules, step_of_mix};
use crate::random::Random;
use crate::step::{Step, Then};

const GROUP: &str = "life.@{ns}.korm.test";
const RESOURCE: &str = "customresourcedefinitions";
/// Names for versions that come later.
const LATER: [&str; 3] = ["v2", "v1beta1", "v1"];

/// A definition of the sequence's own, which changes between requests for its objects.
pub(crate) fn sequence(random: &mut Random) -> Vec<Step> {
    let mut script = Script::new();
    let mut definition = definitions::random(random, GROUP);
    create(&mut script, &definition);
    let mut kinds = definitions::kinds(&definition);
    let mut deleted = false;
    for _ in 0..3 + random.below(3) {
        use_it(random, &mut script, &kinds, deleted);
        if random.percent(10) {
            delete(&mut script, &kinds);
            deleted = true;
            if random.percent(50) {
                definition = definitions::random(random, GROUP);
            }
            create(&mut script, &definition);
        } else {
            change(random, &mut script, &mut definition);
        }
        // Versions that are gone are asked for once more.
        let before = kinds;
        kinds = definitions::kinds(&definition);
        if random.percent(20) {
            kinds.extend(before);
        }
    }
    use_it(random, &mut script, &kinds, deleted);
    delete(&mut script, &kinds);
    script.steps()
}

fn path() -> String {
    format!("{DEFINITIONS}/things.{GROUP}")
}

fn create(script: &mut Script, definition: &Value) {
    script.add(Step::new(Method::POST, RESOURCE, DEFINITIONS).json(definition.clone()));
    script.agree(RESOURCE, path());
    served(script, definition);
}

/// Waits until the kinds are served as the definition says.
fn served(script: &mut Script, definition: &Value) {
    agree_on(script, &definitions::kinds(definition));
}

fn agree_on(script: &mut Script, kinds: &[Kind]) {
    script.agree("discovery", format!("/apis/{GROUP}"));
    for kind in kinds {
        script.agree("discovery", format!("/apis/{}", kind.api_version));
        script.agree_on(kind);
    }
}

fn delete(script: &mut Script, kinds: &[Kind]) {
    // What holds them would hold the definition.
    if let Some(kind) = kinds.iter().find(|kind| kind.served) {
        let mut names: Vec<String> = NAMES.iter().map(|name| kind.name(name)).collect();
        names.extend(script.held_by_another_name(&kind.plural));
        for name in names {
            let path = format!("{}/{name}", kind.collection());
            let step = Step::new(Method::PATCH, &kind.plural, path);
            script.add(step.typed(
                "application/merge-patch+json",
                json!({"metadata": {"finalizers": null}}),
            ));
        }
    }
    script.add(Step::new(Method::DELETE, RESOURCE, path()));
    script.agree(RESOURCE, path());
}

/// Sends requests for objects of the kinds. A definition that was `deleted` may still be there, for an object that could not
/// be released because it is invalid; each write may be the one that lets it go, which the reference server does later.
fn use_it(random: &mut Random, script: &mut Script, kinds: &[Kind], deleted: bool) {
    for _ in 0..3 + random.below(4) {
        let kind = random.pick(kinds);
        let mut step = step_of_mix(random, script, kind);
        match step.then {
            Then::Watch => from_rest(&mut step, script),
            // The reference server's collector watches a kind in one version, and takes its time to learn of another.
            Then::Settle => {
                step.body = None;
                step.then = Then::Read;
            }
            Then::Read | Then::Agree => {}
        }
        let writes = step.method != Method::GET;
        script.add(step);
        if deleted && writes {
            script.agree(RESOURCE, path());
            agree_on(script, kinds);
        }
    }
}

/// Lets a watch begin where the kind was seen served last. The reference server knows of a kind's events since it has
/// been asked for it first, which is some time after its definition.
fn from_rest(watch: &mut Step, script: &Script) {
    let Some((head, rest)) = watch.path.split_once("@{rv:") else {
        return;
    };
    let tail = rest.split_once('}').map_or("", |(_, tail)| tail);
    watch.path = format!("{head}@{{rv:{}}}{tail}", script.last_agreed());
}

fn change(random: &mut Random, script: &mut Script, definition: &mut Value) {
    if random.percent(8) {
        let stored: Vec<Value> = versions(definition)
            .iter()
            .filter(|version| version["storage"] == true)
            .map(|version| version["name"].clone())
            .collect();
        let step = Step::new(Method::PATCH, RESOURCE, format!("{}/status", path()));
        script.add(step.typed(
            "application/merge-patch+json",
            json!({"status": {"storedVersions": stored}}),
        ));
        return;
    }
    for _ in 0..=random.below(2) {
        change_once(random, definition);
    }
    let step = Step::new(Method::PATCH, RESOURCE, path());
    script.add(step.typed(
        "application/merge-patch+json",
        json!({"spec": definition["spec"]}),
    ));
    script.agree(RESOURCE, path());
    served(script, definition);
}

fn versions(definition: &mut Value) -> &mut Vec<Value> {
    // Every definition has versions; one without would be given none.
    let versions = &mut definition["spec"]["versions"];
    if !versions.is_array() {
        *versions = json!([]);
    }
    match versions {
        Value::Array(versions) => versions,
        _ => unreachable!("made an array above"),
    }
}

fn change_once(random: &mut Random, definition: &mut Value) {
    let count = versions(definition).len();
    if count == 0 {
        return;
    }
    let at = random.below(count);
    let version = &mut versions(definition)[at];
    let schema = Schema(version["schema"]["openAPIV3Schema"].clone());
    match random.below(13) {
        0 => version["schema"]["openAPIV3Schema"] = Schema::random(random).0,
        1 => version["schema"]["openAPIV3Schema"] = schema.relative(random).0,
        2 => rules::add(random, &mut version["schema"]["openAPIV3Schema"]),
        3 => version["additionalPrinterColumns"] = definitions::columns(random, &schema),
        4 => toggle(version, "status", json!({})),
        5 => toggle(
            version,
            "scale",
            json!({"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}),
        ),
        6 => version["served"] = json!(version["served"] != true),
        7 => {
            for (number, version) in versions(definition).iter_mut().enumerate() {
                version["storage"] = json!(number == at);
            }
        }
        8 | 9 => {
            let all = versions(definition);
            let name = LATER
                .into_iter()
                .find(|name| all.iter().all(|one| one["name"] != *name));
            if let Some(name) = name {
                let schema = schema.relative(random).0;
                all.push(json!({
                    "name": name, "served": true, "storage": false, "schema": {"openAPIV3Schema": schema},
                }));
            }
        }
        10 => {
            let all = versions(definition);
            if all.len() > 1 && (all[at]["storage"] != true || random.percent(10)) {
                all.remove(at);
            }
        }
        11 => version["deprecated"] = json!(version["deprecated"] != true),
        _ => match random.below(5) {
            0 => {
                definition["spec"]["names"]["shortNames"] =
                    json!([format!("tx{}", random.below(1000))])
            }
            1 => definition["spec"]["names"]["categories"] = json!(["all", "korm"]),
            2 => definition["spec"]["names"]["kind"] = json!("Other"),
            3 => definition["spec"]["scope"] = json!(*random.pick(&["Cluster", "Namespaced"])),
            _ => {
                definition["spec"]["conversion"] = if random.percent(50) {
                    json!({"strategy": *random.pick(&["None", "Other"])})
                } else {
                    pool::conversion(random)
                }
            }
        },
    }
}

fn toggle(version: &mut Value, name: &str, value: Value) {
    if version["subresources"][name].is_object() {
        if let Some(all) = version["subresources"].as_object_mut() {
            all.remove(name);
        }
    } else {
        version["subresources"][name] = value;
    }
}
