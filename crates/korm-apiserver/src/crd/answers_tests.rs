//! What kube-apiserver 1.37.2 answered to the CRDs and objects of `testdata/cases.json`, as
//! `testdata/record.py` recorded it, compared with our answers.

use serde_json::{Value, json};

use super::*;
use crate::cel::Broken;
use crate::schema::FieldError;

const GROUP: &str = "schema-answers.korm.test";

fn data(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn cases() -> Value {
    data(include_str!("../../testdata/cases.json"))
}

fn answers() -> Value {
    data(include_str!("../../testdata/answers.json"))
}

fn crd_of(case: &Value, plural: &str, kind: &str) -> Value {
    let mut spec = json!({"group": GROUP, "scope": "Namespaced",
        "names": {"plural": plural, "kind": kind}});
    if let Some(schema) = case.get("schema") {
        let mut version = json!({"name": "v1", "served": true, "storage": true,
            "schema": {"openAPIV3Schema": schema}});
        for (key, value) in case["version"].as_object().into_iter().flatten() {
            version[key] = value.clone();
        }
        // Decoding drops nulls.
        version
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        spec["versions"] = json!([version]);
    }
    for (key, value) in case["spec"].as_object().into_iter().flatten() {
        spec[key] = value.clone();
    }
    json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{GROUP}")}, "spec": spec})
}

fn causes(errors: &[FieldError]) -> Vec<String> {
    let mut causes: Vec<String> = errors
        .iter()
        .map(|error| format!("{} {}: {}", error.kind.reason(), error.field, error.body()))
        .collect();
    causes.sort();
    causes
}

fn describe(cause: &Value) -> String {
    let part = |name: &str| cause[name].as_str().unwrap_or_default().to_owned();
    format!("{} {}: {}", part("reason"), part("field"), part("message"))
}

fn recorded_causes(answer: &Value) -> Vec<String> {
    let all = answer["causes"].as_array();
    let mut causes: Vec<String> = all.into_iter().flatten().map(describe).collect();
    causes.sort();
    causes
}

/// Fails with every case whose answers differ.
#[track_caller]
fn report(differences: Vec<String>, total: usize) {
    let count = differences.len();
    assert!(
        differences.is_empty(),
        "{count} of {total} differ:\n{}",
        differences.join("\n")
    );
}

#[test]
fn crds_are_refused_for_the_same_reasons() {
    let (cases, answers) = (cases(), answers());
    let cases = cases["crds"].as_array().unwrap();
    let mut differences = Vec::new();
    for (case, answer) in cases.iter().zip(answers["crds"].as_array().unwrap()) {
        if answer.get("message").is_some() {
            // Refused before it was looked at as a CRD.
            continue;
        }
        let mut crd = crd_of(case, "figs", "Fig");
        default_crd(&mut crd).unwrap();
        prepare_create(&mut crd);
        let ours = causes(&validate_crd(&crd, None, Vec::new()));
        let theirs = recorded_causes(answer);
        if ours != theirs {
            differences.push(format!(
                "{case}\n  ours:   {ours:#?}\n  theirs: {theirs:#?}"
            ));
        }
        let warned: Vec<String> = warnings(&crd, None);
        let theirs: Vec<String> = answer["warnings"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|warning| warning.as_str().unwrap().to_owned())
            .collect();
        if ours.is_empty() && warned != theirs {
            differences.push(format!(
                "{case}\n  ours:   {warned:?}\n  theirs: {theirs:?}"
            ));
        }
    }
    report(differences, cases.len());
}

/// Our answer to a new object, or to an update of it.
fn answer(version: &Version, content: &Value, old: Option<&Value>, kind: &str) -> Value {
    let mut object = json!({"apiVersion": format!("{GROUP}/v1"), "kind": kind,
        "metadata": {"name": "x"}});
    for (key, value) in content.as_object().unwrap() {
        object[key] = value.clone();
    }
    let strict = match version.decode(&mut object) {
        Ok(strict) => strict,
        Err(message) => {
            let message =
                format!("{kind} in version \"v1\" cannot be handled as a {kind}: {message}");
            return json!({ "message": message });
        }
    };
    if version.status {
        match old.and_then(|old| old.get("status")) {
            Some(status) => object["status"] = status.clone(),
            None => {
                object.as_object_mut().unwrap().remove("status");
            }
        }
    }
    let Broken { errors, forgiven } = match old {
        None => version.validate_create(&object, Vec::new()).into(),
        Some(old) => version.validate_update(&object, old, Vec::new()),
    };
    if !errors.is_empty() {
        return json!({ "causes": causes(&errors) });
    }
    let mut warnings = strict;
    warnings.extend(forgiven.iter().map(ToString::to_string));
    let kept: serde_json::Map<String, Value> = object
        .as_object()
        .unwrap()
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "apiVersion" | "kind" | "metadata"))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let mut answer = json!({ "object": kept });
    if !warnings.is_empty() {
        answer["warnings"] = warnings.into();
    }
    answer
}

/// The recorded answer in the same form.
fn recorded(answer: &Value) -> Value {
    if answer.get("causes").is_some() {
        return json!({ "causes": recorded_causes(answer) });
    }
    let mut answer = answer.clone();
    answer.as_object_mut().unwrap().remove("status");
    answer
}

/// 1 and 1.0 are the same number on the wire.
fn same(ours: &Value, theirs: &Value) -> bool {
    crate::schema::go_format::json(ours) == crate::schema::go_format::json(theirs)
}

#[test]
fn objects_get_the_same_answers() {
    let (cases, answers) = (cases(), answers());
    let mut differences = Vec::new();
    let mut total = 0;
    let cases = cases["objects"].as_array().unwrap();
    for (number, (case, answers)) in cases
        .iter()
        .zip(answers["objects"].as_array().unwrap())
        .enumerate()
    {
        let kind = format!("Fig{number}");
        let compile_with = |schema: &Value| {
            let mut case = case.clone();
            case["schema"] = schema.clone();
            let mut crd = crd_of(&case, &format!("figs{number}"), &kind);
            default_crd(&mut crd).unwrap();
            compile(&crd)
        };
        let compiled = compile_with(&case["schema"]);
        let mut answers = answers.as_array().unwrap().iter();
        let mut compare = |what: String, ours: Value, theirs: Value| {
            total += 1;
            if !same(&ours, &theirs) {
                differences.push(format!(
                    "{number}: {what}\n  ours:   {ours:#}\n  theirs: {theirs:#}"
                ));
            }
        };
        for content in case["objects"].as_array().unwrap() {
            let ours = answer(&compiled.versions[0], content, None, &kind);
            compare(content.to_string(), ours, recorded(answers.next().unwrap()));
        }
        for step in case["updates"].as_array().into_iter().flatten() {
            let later = match step.get("schema") {
                Some(schema) => compile_with(schema),
                None => compiled.clone(),
            };
            let mut old = step["old"].clone();
            compiled.versions[0].decode(&mut old).unwrap();
            let ours = answer(&later.versions[0], &step["new"], Some(&old), &kind);
            let what = format!("{} -> {}", step["old"], step["new"]);
            compare(what, ours, recorded(answers.next().unwrap()));
        }
    }
    report(differences, total);
}
