//! What is refused, and in which words.

use http::{Method, StatusCode};
use korm_tests::{Answer, Case, Context, Outcome};
use serde_json::json;

pub(crate) const CASES: &[Case] = korm_tests::cases![
    an_unknown_path_is_not_found,
    an_unknown_kind_is_not_found,
    a_missing_namespace_is_not_found,
    a_bad_name_is_invalid,
    a_bad_label_is_invalid,
    a_wrong_kind_is_a_bad_request,
    a_namespace_that_is_not_the_paths_is_a_bad_request,
    an_unfinished_body_is_a_bad_request,
    a_wrong_type_is_a_bad_request,
    an_unknown_content_type_is_refused,
    a_method_that_does_not_fit_is_refused,
    only_groups_and_custom_kinds_answer_to_head,
    the_phase_of_a_namespace_is_not_for_setting,
    bad_create_options_are_invalid,
    a_service_needs_ports,
    a_deployment_selects_its_own_pods,
    a_role_names_what_it_is_about,
];

fn path(context: &Context) -> String {
    format!("/api/v1/namespaces/{}/configmaps", context.namespace())
}

async fn an_unknown_path_is_not_found(context: Context) -> Outcome {
    let answer = context
        .get("/nowhere")
        .await?
        .expect(StatusCode::NOT_FOUND)?;
    assert_eq!(answer.body, json!("404 page not found\n"));
    Ok(())
}

async fn an_unknown_kind_is_not_found(context: Context) -> Outcome {
    let answer = context
        .get("/apis/no.such.group/v1/things")
        .await?
        .expect(StatusCode::NOT_FOUND)?;
    assert_eq!(answer.body, json!("404 page not found\n"));
    let answer = context
        .get("/api/v1/things")
        .await?
        .expect(StatusCode::NOT_FOUND)?;
    assert_eq!(
        answer.text("/message"),
        "the server could not find the requested resource"
    );
    Ok(())
}

async fn a_missing_namespace_is_not_found(context: Context) -> Outcome {
    let path = "/api/v1/namespaces/no-such-namespace/configmaps";
    let answer = context
        .post(path, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::NOT_FOUND)?;
    assert_eq!(
        answer.text("/message"),
        "namespaces \"no-such-namespace\" not found"
    );
    // Reading needs no namespace.
    context.get(path).await?.expect(StatusCode::OK)?;
    Ok(())
}

async fn a_bad_name_is_invalid(context: Context) -> Outcome {
    let answer = context
        .post(&path(&context), json!({"metadata": {"name": "Upper_Case"}}))
        .await?;
    let refused = answer.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(refused.text("/reason"), "Invalid");
    assert_eq!(refused.text("/details/causes/0/field"), "metadata.name");
    assert_eq!(
        refused.text("/details/causes/0/reason"),
        "FieldValueInvalid"
    );
    let message = refused.text("/message");
    assert!(
        message.starts_with(
            "ConfigMap \"Upper_Case\" is invalid: metadata.name: Invalid value: \"Upper_Case\": a lowercase RFC 1123 \
             subdomain must consist of"
        ),
        "{message}"
    );
    Ok(())
}

async fn a_bad_label_is_invalid(context: Context) -> Outcome {
    let sent = json!({"metadata": {"name": "a", "labels": {"a b": "x", "ok": "-"}}});
    let refused = context
        .post(&path(&context), sent)
        .await?
        .expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(
        refused.at("/details/causes").as_array().map(Vec::len),
        Some(2),
        "{}",
        refused.body
    );
    assert_eq!(refused.text("/details/causes/0/field"), "metadata.labels");
    Ok(())
}

async fn a_wrong_kind_is_a_bad_request(context: Context) -> Outcome {
    let sent = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}});
    let refused = context
        .post(&path(&context), sent)
        .await?
        .expect(StatusCode::BAD_REQUEST)?;
    assert_eq!(
        refused.text("/message"),
        "Secret in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): \
         unknown conversion"
    );
    Ok(())
}

async fn a_namespace_that_is_not_the_paths_is_a_bad_request(context: Context) -> Outcome {
    let sent = json!({"metadata": {"name": "a", "namespace": "other"}});
    let refused = context
        .post(&path(&context), sent)
        .await?
        .expect(StatusCode::BAD_REQUEST)?;
    assert_eq!(
        refused.text("/message"),
        "the namespace of the provided object does not match the namespace sent on the request"
    );
    Ok(())
}

async fn an_unfinished_body_is_a_bad_request(context: Context) -> Outcome {
    let refused = context.post(&path(&context), json!(null)).await?;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.body
    );
    let refused = context
        .post(&path(&context), json!([1]))
        .await?
        .expect(StatusCode::BAD_REQUEST)?;
    let message = refused.text("/message");
    assert!(
        message.starts_with("the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind"),
        "{message}"
    );
    Ok(())
}

async fn a_wrong_type_is_a_bad_request(context: Context) -> Outcome {
    let sent = json!({"metadata": {"name": "a"}, "data": {"k": 1}});
    let refused = context
        .post(&path(&context), sent)
        .await?
        .expect(StatusCode::BAD_REQUEST)?;
    assert_eq!(
        refused.text("/message"),
        "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct \
         field ConfigMap.data of type string"
    );
    Ok(())
}

async fn an_unknown_content_type_is_refused(context: Context) -> Outcome {
    let answer = context
        .send(
            Method::POST,
            &path(&context),
            Some(("text/plain", json!({}))),
        )
        .await?;
    let refused = answer.expect(StatusCode::UNSUPPORTED_MEDIA_TYPE)?;
    assert_eq!(refused.text("/reason"), "UnsupportedMediaType");
    Ok(())
}

async fn a_method_that_does_not_fit_is_refused(context: Context) -> Outcome {
    let refused = context
        .put(&path(&context), json!({}))
        .await?
        .expect(StatusCode::METHOD_NOT_ALLOWED)?;
    assert_eq!(
        refused.text("/message"),
        "the server does not allow this method on the requested resource"
    );
    for path in ["/version", "/api", "/api/v1", "/apis/apps/v1"] {
        context
            .post(path, json!({}))
            .await?
            .expect(StatusCode::METHOD_NOT_ALLOWED)?;
    }
    // What a group offers is told whatever the method.
    let group = context.post("/apis/apps", json!({})).await?;
    assert_eq!(group.expect(StatusCode::OK)?.text("/kind"), "APIGroup");
    context
        .get("/apis/apps/v9")
        .await?
        .expect(StatusCode::NOT_FOUND)?;
    Ok(())
}

async fn only_groups_and_custom_kinds_answer_to_head(context: Context) -> Outcome {
    let head = async |path: &str| context.send(Method::HEAD, path, None).await;
    let refused = head(&path(&context)).await?;
    let refused = refused.expect(StatusCode::METHOD_NOT_ALLOWED)?;
    assert!(refused.body.is_null(), "{}", refused.body);
    let group = head("/apis/apps").await?.expect(StatusCode::OK)?;
    assert!(group.body.is_null(), "{}", group.body);
    Ok(())
}

async fn the_phase_of_a_namespace_is_not_for_setting(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/status", context.namespace());
    let patch = json!({"status": {"phase": "Terminating"}});
    let refused = context.patch("merge", &path, patch).await?;
    let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(
        causes(&refused),
        [
            "status.Phase: Invalid value: \"Terminating\": may only be 'Active' if `deletionTimestamp` is empty"
        ]
    );
    Ok(())
}

async fn bad_create_options_are_invalid(context: Context) -> Outcome {
    let path = path(&context);
    let sent = json!({"metadata": {"name": "a"}});
    let answer = context
        .post(&format!("{path}?dryRun=Some"), sent.clone())
        .await?;
    let refused = answer.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(refused.text("/details/causes/0/field"), "dryRun");
    let answer = context
        .post(&format!("{path}?fieldValidation=Maybe"), sent)
        .await?;
    let refused = answer.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(refused.text("/details/causes/0/field"), "fieldValidation");
    Ok(())
}

/// Field and message of every cause, sorted.
fn causes(refused: &Answer) -> Vec<String> {
    let mut causes: Vec<String> = refused
        .at("/details/causes")
        .as_array()
        .unwrap()
        .iter()
        .map(|cause| {
            let text = |name: &str| cause[name].as_str().unwrap().to_owned();
            format!("{}: {}", text("field"), text("message"))
        })
        .collect();
    causes.sort();
    causes
}

async fn a_service_needs_ports(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/services", context.namespace());
    let sent = json!({"metadata": {"name": "s"}, "spec": {"selector": {"app": "x"}}});
    let refused = context.post(&path, sent).await?;
    let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(causes(&refused), ["spec.ports: Required value"]);
    let sent = json!({"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}, {"port": 0, "name": "a"}]}});
    let refused = context.post(&path, sent).await?;
    let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(
        causes(&refused),
        [
            "spec.ports[0].name: Required value",
            "spec.ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive",
            "spec.ports[1].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive",
        ]
    );
    Ok(())
}

async fn a_deployment_selects_its_own_pods(context: Context) -> Outcome {
    let path = format!(
        "/apis/apps/v1/namespaces/{}/deployments",
        context.namespace()
    );
    let sent = json!({"metadata": {"name": "d"}, "spec": {
        "selector": {"matchLabels": {"app": "x"}},
        "template": {"metadata": {"labels": {"app": "y"}}, "spec": {"containers": [{"name": "c"}]}},
    }});
    let refused = context.post(&path, sent).await?;
    let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(
        causes(&refused),
        [
            "spec.template.metadata.labels: Invalid value: {\"app\":\"y\"}: `selector` does not match template `labels`",
            "spec.template.spec.containers[0].image: Required value",
        ]
    );
    // Labels that are none are shown otherwise than no labels.
    for (labels, shown) in [(json!({}), "{}"), (json!(null), "null")] {
        let sent = json!({"metadata": {"name": "d"}, "spec": {
            "selector": {"matchLabels": {"app": "x"}},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}},
        }});
        let refused = context.post(&path, sent).await?;
        let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
        let why = format!(
            "spec.template.metadata.labels: Invalid value: {shown}: `selector` does not match template `labels`"
        );
        assert_eq!(causes(&refused), [why]);
    }
    Ok(())
}

async fn a_role_names_what_it_is_about(context: Context) -> Outcome {
    let path = format!(
        "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles",
        context.namespace()
    );
    let sent = json!({"metadata": {"name": "r"}, "rules": [{"apiGroups": [""]}, {"verbs": ["get"], "nonResourceURLs": ["/x"]}]});
    let refused = context.post(&path, sent).await?;
    let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(
        causes(&refused),
        [
            "rules[0].resources: Required value: resource rules must supply at least one resource",
            "rules[0].verbs: Required value",
            "rules[1].nonResourceURLs: Invalid value: [\"/x\"]: namespaced rules cannot apply to non-resource URLs",
        ]
    );
    Ok(())
}
