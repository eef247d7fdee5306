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
    assert_eq!(
        error.to_string(),
        "Peach default/cake-peach does not exist\n  hint: `kubectl get peach -n default` lists those that are there"
    );
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
    let status =
        json!({"kind": "Status", "code": 422, "message": message, "details": {"causes": causes}});
    let in_a_stream = crate::Status::from_body(422, &serde_json::to_vec(&status).unwrap());
    let secret = secret();
    let watching = Subject {
        address: "https://127.0.0.1:6443",
        verb: "watching",
        def: &secret,
        object: None,
    };
    for error in [refused(&secret, 422, &status), watching.status(in_a_stream)] {
        assert!(error.is_invalid());
        assert!(
            !format!("{error} {error:?} {:?}", error.as_invalid()).contains("hunter2"),
            "{error}"
        );
    }
}

#[test]
fn debug_reads_like_display_because_main_prints_it() {
    let error = Error::not_found(ObjectRef::new("Peach", Some("default"), "cake-peach"));
    assert_eq!(format!("{error:?}"), error.to_string());
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.outcome(), Outcome::Rejected);
}

/// One of each kind, as a person reads it. After a change that is meant, run this with `KORM_BLESS=1`.
#[test]
fn every_kind_reads_well() {
    let peach_ref = || ObjectRef::new("Peach", Some("default"), "cake-peach");
    let action = || "saving Peach default/cake-peach".to_owned();
    let status = |code: u16, reason: &str, message: &str| {
        let body = json!({"kind": "Status", "code": code, "reason": reason, "message": message,
            "details": {"name": "cake-peach", "kind": "peaches"}});
        crate::Status::from_body(code, &serde_json::to_vec(&body).unwrap())
    };
    let violation = |path: &str, message: &str| Violation {
        path: path.to_owned(),
        reason: "FieldValueInvalid".to_owned(),
        message: message.to_owned(),
    };
    let owner = json!([{"reason": "FieldManagerConflict", "field": ".spec.price",
        "message": "conflict with \"kubectl-edit\" using v1"}]);
    let causes: Vec<crate::StatusCause> = serde_json::from_value(owner).unwrap();
    let price = FieldConflict {
        field: "price".to_owned(),
        path: "spec.price".to_owned(),
        base: Some(json!(1)),
        theirs: Some(json!(2)),
        mine: Some(json!(3)),
        confidential: false,
    };
    let second = std::time::Duration::from_secs(1);
    let served_instead = |instead| {
        Error::not_installed("https://127.0.0.1:6443", &peach()).served_instead(Some(instead))
    };
    let errors = [
        Error::already_exists(peach_ref()),
        Error::apply_conflict(peach_ref(), &causes),
        Error::bad_model(
            "Peach",
            vec!["two fields are at spec.price: price, cost".into()],
            None,
        ),
        Error::bad_answer(
            "listing peaches".into(),
            "is no list (line 1, column 1)".into(),
        ),
        Error::conflict(peach_ref(), vec![price]),
        Error::conflict(peach_ref(), vec![]),
        Error::deadline_exceeded(
            "listing peaches".into(),
            second,
            Some("the server answered 503".into()),
        ),
        Error::waited_too_long(
            "waiting for Peach default/cake-peach to exist".into(),
            second,
            "it is not there".into(),
        ),
        Error::expired(
            "listing peaches".into(),
            "the provided continue parameter is too old".into(),
        ),
        Error::forbidden(
            action(),
            status(
                403,
                "Forbidden",
                "peaches is forbidden: User \"eve\" cannot patch",
            ),
        ),
        Error::invalid(
            peach_ref(),
            vec![violation("spec.price", "Invalid value: 0: too cheap")],
            None,
        ),
        Error::invalid(
            peach_ref(),
            vec![violation("spec.colour", invalid::UNKNOWN_FIELD)],
            None,
        ),
        Error::invalid(
            peach_ref(),
            vec![violation("status.ripe", "Invalid value: 7")],
            None,
        )
        .after_writing(&[crate::Endpoint::Scale, crate::Endpoint::Object]),
        Error::not_found(peach_ref()),
        Error::gone(peach_ref()),
        Error::replaced(peach_ref()),
        Error::namespace_not_found(peach_ref()),
        Error::not_installed("https://127.0.0.1:6443", &peach()),
        Error::not_installed("https://127.0.0.1:6443", &secret()),
        served_instead(Instead::Scope { namespaced: true }),
        served_instead(Instead::Scope { namespaced: false }),
        served_instead(Instead::Plural("peachs".into())),
        served_instead(Instead::Versions(vec!["pykorm.infomaniak.com/v2".into()])),
        served_instead(Instead::Groups(vec!["fruit.example/v1".into()])),
        served_instead(Instead::Nothing),
        served_instead(Instead::NoKubernetes),
        Error::number_of_objects("Peach", vec![]),
        Error::number_of_objects("Peach", vec!["default/a".into(), "default/b".into()]),
        Error::outcome_unknown(action(), "connection reset".into()),
        Error::rejected(
            action(),
            status(
                405,
                "MethodNotAllowed",
                "the server does not allow this method",
            ),
        ),
        Error::rejected(
            "listing peaches".into(),
            status(400, "BadRequest", "field label not supported: spec.price"),
        ),
        Error::rejected(
            "listing peaches".into(),
            status(400, "BadRequest", "unable to parse requirement: found ''"),
        ),
        Error::rejected(
            action(),
            status(413, "RequestEntityTooLarge", "limit is 3145728"),
        ),
        Error::rejected(
            action(),
            status(
                500,
                "InternalError",
                "failed calling webhook \"peach.example\"",
            ),
        ),
        Error::residual_refused("Peach", "spec.price > 2".into()),
        Error::throttled(
            action(),
            Some(second),
            status(429, "TooManyRequests", "too many requests"),
        ),
        Error::unauthorized(
            "https://127.0.0.1:6443".into(),
            status(401, "Unauthorized", "Unauthorized"),
        ),
        Error::undecodable(
            peach_ref(),
            "spec.price",
            "invalid type: string \"x\", expected i64",
        ),
        Error::unreachable("https://127.0.0.1:6443", "Connection refused".into()),
        Error::unreachable(
            "https://127.0.0.1:6443",
            "invalid peer certificate: UnknownIssuer".into(),
        ),
        Error::wait_failed(
            peach_ref(),
            "until status.ripe == true".into(),
            "it was deleted".into(),
        ),
    ];
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    let written = texts.join("\n\n") + "\n";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/error/messages.txt");
    if std::env::var_os("KORM_BLESS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    assert_eq!(written, std::fs::read_to_string(&path).unwrap());
}
