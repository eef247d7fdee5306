use http::StatusCode;
use korm_core::ModelDef;
use serde_json::json;

use super::*;
use crate::ObjectRef;
use crate::transport::Answer;

fn peach() -> ModelDef {
    ModelDef::new("pykorm.infomaniak.com", "v1", "Peach", "peaches")
}

fn secret() -> ModelDef {
    ModelDef::new("", "v1", "Secret", "secrets").native()
}

fn refused(def: &ModelDef, code: u16, body: &serde_json::Value) -> Error {
    let subject = Subject {
        def,
        object: Some(ObjectRef::new(&def.kind, Some("default"), "cake-peach")),
        verb: "saving",
        address: "https://127.0.0.1:6443",
    };
    let answer = Answer {
        status: StatusCode::from_u16(code).unwrap(),
        body: serde_json::to_vec(body).unwrap().into(),
        date: None,
        warnings: Vec::new(),
        doubtful: false,
        outcome: Outcome::Rejected,
    };
    subject.refused(&answer)
}

#[test]
fn the_schemas_no_names_model_object_field_and_reason() {
    let error = refused(
        &peach(),
        422,
        &json!({"kind": "Status", "code": 422, "reason": "Invalid", "message": "long",
            "details": {"name": "cake-peach", "causes": [{"reason": "FieldValueTypeInvalid", "field": "spec.price",
                "message": "Invalid value: \"string\": spec.price in body must be of type integer: \"string\""}]}}),
    );
    assert!(error.is_invalid());
    assert_eq!(
        error.to_string(),
        "Peach default/cake-peach is invalid: spec.price: Invalid value: \"string\": spec.price in body must be of \
         type integer: \"string\""
    );
}

#[test]
fn a_field_the_schema_does_not_know_is_named() {
    let error = refused(
        &peach(),
        400,
        &json!({"kind": "Status", "code": 400, "reason": "BadRequest", "message":
            "Peach in version \"v1\" cannot be handled as a Peach: strict decoding error: unknown field \"spec.colour\", \
             unknown field \"spec.size\""}),
    );
    let invalid = error.as_invalid().unwrap();
    let paths: Vec<_> = invalid
        .violations()
        .iter()
        .map(|v| v.path.as_str())
        .collect();
    assert_eq!(paths, ["spec.colour", "spec.size"]);
    assert!(
        error
            .to_string()
            .contains("the schema in the cluster does not know this field")
    );
}

#[test]
fn forbidden_says_what_and_how_to_find_out_more() {
    let message = "peaches.pykorm.infomaniak.com \"cake-peach\" is forbidden: User \"eve\" cannot patch resource";
    let error = refused(
        &peach(),
        403,
        &json!({"kind": "Status", "code": 403, "message": message}),
    );
    assert!(error.is_forbidden());
    assert_eq!(
        error.to_string(),
        format!(
            "saving Peach default/cake-peach is forbidden: {message}\n  hint: see what you may do with `kubectl auth \
             can-i --list`"
        )
    );
}

#[test]
fn an_unknown_kind_is_not_installed_and_an_unknown_object_not_found() {
    let error = refused(&peach(), 404, &json!("404 page not found"));
    assert!(error.is_not_installed());
    assert_eq!(
        error.to_string(),
        "the cluster at https://127.0.0.1:6443 does not serve Peach (peaches, apiVersion pykorm.infomaniak.com/v1)\n  \
         hint: install its CustomResourceDefinition with `cluster.install::<Peach>()` or `kubectl apply`"
    );
    let details = json!({"name": "cake-peach", "kind": "peaches"});
    let error = refused(
        &peach(),
        404,
        &json!({"kind": "Status", "code": 404, "details": details}),
    );
    assert!(error.is_not_found());
    assert_eq!(error.to_string(), "Peach default/cake-peach does not exist");
    let details = json!({"name": "default", "kind": "namespaces"});
    let error = refused(
        &peach(),
        404,
        &json!({"kind": "Status", "code": 404, "details": details}),
    );
    assert!(error.as_not_found().unwrap().namespace_is_missing());
    assert!(
        error
            .to_string()
            .contains("kubectl create namespace default")
    );
}

#[test]
fn a_409_is_one_of_three() {
    let status = |reason: &str, causes| json!({"kind": "Status", "code": 409, "reason": reason, "details": {"causes": causes}});
    assert!(refused(&peach(), 409, &status("AlreadyExists", json!([]))).is_already_exists());
    assert!(refused(&peach(), 409, &status("Conflict", json!([]))).is_conflict());
    let causes = json!([{"reason": "FieldManagerConflict", "field": ".spec.price",
        "message": "conflict with \"kubectl-edit\" using v1"}]);
    let error = refused(&peach(), 409, &status("Conflict", causes));
    assert!(error.is_apply_conflict());
    assert_eq!(
        error.to_string().lines().next(),
        Some(
            "Peach default/cake-peach cannot be applied: .spec.price is owned by \"kubectl-edit\" using v1"
        )
    );
}

#[test]
fn a_conflict_shows_three_values_per_field_unless_they_are_secret() {
    let mut field = FieldConflict {
        field: "price".to_owned(),
        path: "spec.price".to_owned(),
        base: Some(json!(1)),
        theirs: Some(json!(2)),
        mine: None,
        confidential: false,
    };
    let object = ObjectRef::new("Peach", Some("default"), "cake-peach");
    let error = Error::conflict(object.clone(), vec![field.clone()]);
    assert_eq!(
        error.to_string().lines().next(),
        Some(
            "Peach default/cake-peach was changed by somebody else meanwhile: spec.price (read: 1, now: 2, yours: \
             absent)"
        )
    );
    field.confidential = true;
    let error = Error::conflict(object, vec![field]);
    assert!(
        error.to_string().contains("spec.price (values not shown)"),
        "{error}"
    );
}

#[test]
fn a_secrets_value_never_gets_into_the_error() {
    let message = "Secret \"cake-peach\" is invalid: data: Invalid value: \"hunter2\": too short";
    let causes = json!([{"field": "data", "message": "Invalid value: \"hunter2\": too short"}]);
    let error = refused(
        &secret(),
        422,
        &json!({"kind": "Status", "code": 422, "message": message, "details": {"causes": causes}}),
    );
    assert!(
        !format!("{error} {error:?} {:?}", error.as_invalid()).contains("hunter2"),
        "{error}"
    );
}

#[test]
fn debug_reads_like_display_because_main_prints_it() {
    let error = Error::not_found(ObjectRef::new("Peach", Some("default"), "cake-peach"));
    assert_eq!(format!("{error:?}"), error.to_string());
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.outcome(), Outcome::Rejected);
}
