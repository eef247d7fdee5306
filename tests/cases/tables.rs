//! Discovery and the forms of an answer that kubectl asks for.

use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use korm_tests::{Case, Context, Outcome};
use kube::client::Body;
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_list_as_a_table,
    a_list_as_metadata_only,
    an_unknown_form_is_not_acceptable,
    a_scale_has_the_forms_of_its_object,
    errors_have_forms_that_custom_objects_have_not,
    the_kind_of_a_patch_comes_before_the_form_of_its_answer,
    the_versions_and_groups_are_listed,
    config_maps_are_discovered,
    aggregated_discovery_has_the_same,
];

async fn get_as(
    context: &Context,
    path: &str,
    accept: &str,
) -> Result<(StatusCode, Value), Box<dyn std::error::Error + Send + Sync>> {
    let request = Request::get(path)
        .header(header::ACCEPT, accept)
        .body(Body::from(Vec::new()))?;
    let response = context.client().send(request).await?;
    let status = response.status();
    let bytes = response.into_body().collect().await?.to_bytes();
    Ok((status, serde_json::from_slice(&bytes)?))
}

async fn a_list_as_a_table(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/configmaps", context.namespace());
    let sent = json!({"metadata": {"name": "a"}, "data": {"x": "1", "y": "2"}});
    context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let (status, table) = get_as(
        &context,
        &path,
        "application/json;as=Table;v=v1;g=meta.k8s.io",
    )
    .await?;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(table["kind"], "Table");
    let columns: Vec<&str> = table["columnDefinitions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|c| c["name"].as_str())
        .collect();
    assert_eq!(columns, ["Name", "Data", "Age"]);
    assert_eq!(table["rows"][0]["cells"][0], "a");
    assert_eq!(table["rows"][0]["cells"][1], 2);
    assert_eq!(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
    Ok(())
}

async fn a_list_as_metadata_only(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/configmaps", context.namespace());
    let sent = json!({"metadata": {"name": "a"}, "data": {"x": "1"}});
    context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    let (status, list) = get_as(&context, &path, accept).await?;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(list["kind"], "PartialObjectMetadataList");
    assert_eq!(list["items"][0]["metadata"]["name"], "a");
    assert!(list["items"][0].get("data").is_none(), "{list}");
    Ok(())
}

async fn an_unknown_form_is_not_acceptable(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/configmaps", context.namespace());
    let (status, said) = get_as(&context, &path, "text/html").await?;
    assert_eq!(status, StatusCode::NOT_ACCEPTABLE);
    assert_eq!(said["reason"], "NotAcceptable");
    Ok(())
}

/// Installs a kind for what these cases ask of custom objects.
async fn install(context: &Context) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let schema = json!({"openAPIV3Schema": {"type": "object"}});
    let version = json!({"name": "v1", "served": true, "storage": true, "schema": schema});
    context.install("sloes", "Sloe", version).await
}

async fn errors_have_forms_that_custom_objects_have_not(context: Context) -> Outcome {
    let path = install(&context).await?;
    let request = Request::get(format!("{path}/none"))
        .header(
            header::ACCEPT,
            "application/vnd.kubernetes.protobuf,application/json",
        )
        .body(Body::from(Vec::new()))?;
    let missing = context.client().send(request).await?;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        missing.headers()[header::CONTENT_TYPE],
        "application/vnd.kubernetes.protobuf"
    );

    let sent = json!({
        "apiVersion": format!("{}.korm.test/v1", context.namespace()), "kind": "Sloe",
        "metadata": {"name": "s"},
    });
    context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let list = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    let (status, said) = get_as(&context, &format!("{path}/s"), list).await?;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(said["message"], "content is not a list");
    Ok(())
}

async fn a_scale_has_the_forms_of_its_object(context: Context) -> Outcome {
    let replicas = json!({"type": "object", "properties": {"replicas": {"type": "integer"}}});
    let version = json!({
        "name": "v1", "served": true, "storage": true,
        "subresources": {"scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}},
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": replicas, "status": replicas}}},
    });
    let things = context.install("medlars", "Medlar", version).await?;
    let sent = json!({
        "apiVersion": format!("{}.korm.test/v1", context.namespace()), "kind": "Medlar",
        "metadata": {"name": "a"}, "spec": {"replicas": 2},
    });
    context
        .post(&things, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let deployments = format!(
        "/apis/apps/v1/namespaces/{}/deployments",
        context.namespace()
    );
    let labels = json!({"app": "x"});
    let sent = json!({"metadata": {"name": "a"}, "spec": {
        "replicas": 2, "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}},
    }});
    context
        .post(&deployments, sent)
        .await?
        .expect(StatusCode::CREATED)?;

    for (path, go_type, age) in [
        (&things, "*v1.Scale", "date"),
        (&deployments, "*autoscaling.Scale", "string"),
    ] {
        let scale = format!("{path}/a/scale");
        let form = |kind: &str| format!("application/json;as={kind};v=v1;g=meta.k8s.io");
        let (_, table) = get_as(&context, &scale, &form("Table")).await?;
        let columns: Vec<&str> = table["columnDefinitions"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|column| column["name"].as_str())
            .collect();
        assert_eq!(columns, ["Name", "Desired", "Available", "Age"]);
        assert_eq!(table["columnDefinitions"][3]["type"], age);
        assert_eq!(table["rows"][0]["cells"][1], 2);
        let (_, part) = get_as(&context, &scale, &form("PartialObjectMetadata")).await?;
        assert_eq!(part["kind"], "PartialObjectMetadata");
        let (status, said) = get_as(&context, &scale, &form("PartialObjectMetadataList")).await?;
        assert_eq!(status, StatusCode::NOT_ACCEPTABLE);
        let why = format!(
            "you requested PartialObjectMetadataList, but the requested object is not a list ({go_type})"
        );
        assert_eq!(said["message"], why);
    }

    let protobuf = Request::get(format!("{things}/a/scale"))
        .header(header::ACCEPT, "application/vnd.kubernetes.protobuf")
        .body(Body::from(Vec::new()))?;
    let refused = context.client().send(protobuf).await?;
    assert_eq!(refused.status(), StatusCode::NOT_ACCEPTABLE);
    Ok(())
}

async fn the_kind_of_a_patch_comes_before_the_form_of_its_answer(context: Context) -> Outcome {
    let path = install(&context).await?;
    let request = Request::patch(format!("{path}/none"))
        .header(
            header::CONTENT_TYPE,
            "application/strategic-merge-patch+json",
        )
        .header(header::ACCEPT, "text/html")
        .body(Body::from(b"{}".to_vec()))?;
    let refused = context.client().send(request).await?;
    assert_eq!(refused.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    Ok(())
}

async fn the_versions_and_groups_are_listed(context: Context) -> Outcome {
    let core = context.get("/api").await?.expect(StatusCode::OK)?;
    assert_eq!(core.at("/versions"), &json!(["v1"]));
    let groups = context.get("/apis").await?.expect(StatusCode::OK)?;
    assert_eq!(groups.text("/kind"), "APIGroupList");
    let names: Vec<&str> = groups
        .at("/groups")
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|group| group["name"].as_str())
        .collect();
    for name in [
        "apps",
        "batch",
        "apiextensions.k8s.io",
        "rbac.authorization.k8s.io",
    ] {
        assert!(names.contains(&name), "{names:?}");
    }
    let version = context.get("/version").await?.expect(StatusCode::OK)?;
    assert_eq!(version.text("/major"), "1");
    Ok(())
}

async fn config_maps_are_discovered(context: Context) -> Outcome {
    let resources = context.get("/api/v1").await?.expect(StatusCode::OK)?;
    let all = resources.at("/resources").as_array().unwrap();
    let found = all
        .iter()
        .find(|resource| resource["name"] == "configmaps")
        .unwrap();
    assert_eq!(found["kind"], "ConfigMap");
    assert_eq!(found["namespaced"], true);
    assert_eq!(found["shortNames"], json!(["cm"]));
    let verbs = json!([
        "create",
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "update",
        "watch"
    ]);
    assert_eq!(found["verbs"], verbs);
    Ok(())
}

async fn aggregated_discovery_has_the_same(context: Context) -> Outcome {
    let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    let (status, found) = get_as(&context, "/api", accept).await?;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(found["kind"], "APIGroupDiscoveryList");
    let resources = found["items"][0]["versions"][0]["resources"]
        .as_array()
        .unwrap();
    let maps = resources
        .iter()
        .find(|resource| resource["resource"] == "configmaps")
        .unwrap();
    assert_eq!(maps["responseKind"]["kind"], "ConfigMap");
    assert_eq!(maps["scope"], "Namespaced");
    Ok(())
}
