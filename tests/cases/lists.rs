//! Lists: order, selectors, pages, versions.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::StatusCode;
use korm_tests::{Answer, Case, Context, Outcome};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_list_is_in_order_of_names,
    pages_follow_each_other_to_the_end,
    a_page_is_of_the_version_of_the_first,
    labels_select,
    fields_select,
    an_unknown_field_selector_is_refused,
    a_field_that_is_no_text_is_selected_as_go_prints_it,
    a_bad_label_selector_is_refused,
    a_bad_continue_token_is_refused,
    a_token_made_by_hand_is_told_what_is_wrong_with_it,
    an_exact_version_needs_a_version,
    a_version_of_the_future_is_refused,
    one_object_is_no_page_of_an_old_version,
    a_list_across_namespaces_has_them_in_order,
];

async fn filled(context: &Context) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let path = format!("/api/v1/namespaces/{}/configmaps", context.namespace());
    for (name, colour) in [
        ("d", "red"),
        ("a", "red"),
        ("c", "blue"),
        ("b", "green"),
        ("e", "blue"),
    ] {
        let sent = json!({"metadata": {"name": name, "labels": {"colour": colour}}});
        context
            .post(&path, sent)
            .await?
            .expect(StatusCode::CREATED)?;
    }
    Ok(path)
}

fn names(list: &Answer) -> Vec<&str> {
    let items = list
        .at("/items")
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    items
        .iter()
        .filter_map(|item| item.pointer("/metadata/name")?.as_str())
        .collect()
}

async fn a_list_is_in_order_of_names(context: Context) -> Outcome {
    let path = filled(&context).await?;
    let list = context.get(&path).await?.expect(StatusCode::OK)?;
    assert_eq!(names(&list), ["a", "b", "c", "d", "e"]);
    assert_eq!(list.text("/kind"), "ConfigMapList");
    assert!(
        list.at("/items/0/kind").is_null(),
        "items of a native list carry no kind"
    );
    assert!(list.text("/metadata/resourceVersion").parse::<u64>()? > 0);
    Ok(())
}

async fn pages_follow_each_other_to_the_end(context: Context) -> Outcome {
    let path = filled(&context).await?;
    let one = context
        .get(&format!("{path}?limit=2"))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(names(&one), ["a", "b"]);
    assert_eq!(one.at("/metadata/remainingItemCount"), &json!(3));
    let token = one.text("/metadata/continue").to_owned();
    let two = context
        .get(&format!("{path}?limit=2&continue={token}"))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(names(&two), ["c", "d"]);
    let token = two.text("/metadata/continue").to_owned();
    let three = context
        .get(&format!("{path}?limit=2&continue={token}"))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(names(&three), ["e"]);
    assert!(three.at("/metadata/continue").is_null(), "{}", three.body);
    assert!(
        three.at("/metadata/remainingItemCount").is_null(),
        "{}",
        three.body
    );
    Ok(())
}

async fn a_page_is_of_the_version_of_the_first(context: Context) -> Outcome {
    let path = filled(&context).await?;
    let one = context
        .get(&format!("{path}?limit=2"))
        .await?
        .expect(StatusCode::OK)?;
    context
        .delete(&format!("{path}/c"), json!(null))
        .await?
        .expect(StatusCode::OK)?;
    context
        .post(&path, json!({"metadata": {"name": "cc"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    let token = one.text("/metadata/continue").to_owned();
    let rest = context
        .get(&format!("{path}?continue={token}"))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(names(&rest), ["c", "d", "e"]);
    assert_eq!(
        rest.at("/metadata/resourceVersion"),
        one.at("/metadata/resourceVersion")
    );
    Ok(())
}

async fn labels_select(context: Context) -> Outcome {
    let path = filled(&context).await?;
    for (selector, expected) in [
        ("colour=red", vec!["a", "d"]),
        ("colour!=red", vec!["b", "c", "e"]),
        ("colour%20in%20(red,green)", vec!["a", "b", "d"]),
        ("colour%20notin%20(red,green)", vec!["c", "e"]),
        ("colour", vec!["a", "b", "c", "d", "e"]),
        ("!colour", vec![]),
        ("colour=red,colour!=red", vec![]),
    ] {
        let list = context
            .get(&format!("{path}?labelSelector={selector}"))
            .await?
            .expect(StatusCode::OK)?;
        assert_eq!(names(&list), expected, "{selector}");
    }
    Ok(())
}

async fn fields_select(context: Context) -> Outcome {
    let path = filled(&context).await?;
    for (selector, expected) in [
        ("metadata.name=c", vec!["c"]),
        ("metadata.name!=c", vec!["a", "b", "d", "e"]),
        ("metadata.name=none", vec![]),
    ] {
        let list = context
            .get(&format!("{path}?fieldSelector={selector}"))
            .await?
            .expect(StatusCode::OK)?;
        assert_eq!(names(&list), expected, "{selector}");
    }
    Ok(())
}

async fn an_unknown_field_selector_is_refused(context: Context) -> Outcome {
    let path = filled(&context).await?;
    let refused = context
        .get(&format!("{path}?fieldSelector=data.k=v"))
        .await?
        .expect(StatusCode::BAD_REQUEST)?;
    assert_eq!(
        refused.text("/message"),
        "\"data.k\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
    );
    Ok(())
}

async fn a_bad_label_selector_is_refused(context: Context) -> Outcome {
    let path = filled(&context).await?;
    let refused = context
        .get(&format!("{path}?labelSelector=a%20like%20b"))
        .await?
        .expect(StatusCode::BAD_REQUEST)?;
    let message = refused.text("/message");
    assert!(
        message.starts_with("unable to parse requirement: found 'like'"),
        "{message}"
    );
    Ok(())
}

async fn a_bad_continue_token_is_refused(context: Context) -> Outcome {
    let path = filled(&context).await?;
    let refused = context
        .get(&format!("{path}?continue=none&limit=1"))
        .await?
        .expect(StatusCode::BAD_REQUEST)?;
    assert!(
        refused
            .text("/message")
            .starts_with("invalid continue token: continue key is not valid"),
        "{}",
        refused.body
    );
    Ok(())
}

async fn an_exact_version_needs_a_version(context: Context) -> Outcome {
    let path = filled(&context).await?;
    let answer = context
        .get(&format!("{path}?resourceVersionMatch=Exact"))
        .await?;
    let refused = answer.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(refused.text("/reason"), "Invalid");
    let cause = refused.text("/details/causes/0/message");
    assert_eq!(
        cause,
        "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
    );
    Ok(())
}

async fn a_version_of_the_future_is_refused(context: Context) -> Outcome {
    let path = filled(&context).await?;
    let version = 4_000_000_000_u64;
    let answer = context
        .get(&format!("{path}?resourceVersion={version}"))
        .await?;
    let refused = answer.expect(StatusCode::GATEWAY_TIMEOUT)?;
    assert_eq!(
        refused.text("/details/causes/0/reason"),
        "ResourceVersionTooLarge"
    );
    assert!(
        refused
            .text("/message")
            .starts_with("Timeout: Too large resource version: 4000000000, current: "),
        "{}",
        refused.body
    );
    Ok(())
}

async fn one_object_is_no_page_of_an_old_version(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/configmaps", context.namespace());
    let before = context.get(&path).await?.expect(StatusCode::OK)?;
    let version = before.text("/metadata/resourceVersion").to_owned();
    let sent = json!({"metadata": {"name": "late"}});
    context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let page = format!("{path}?limit=2&resourceVersion={version}");
    let page_then = context.get(&page).await?.expect(StatusCode::OK)?;
    assert!(names(&page_then).is_empty(), "{page_then:?}");
    let one = format!("{page}&fieldSelector=metadata.name%3Dlate");
    let one_now = context.get(&one).await?.expect(StatusCode::OK)?;
    assert_eq!(names(&one_now), ["late"]);
    let exact = format!("{one}&resourceVersionMatch=Exact");
    let one_then = context.get(&exact).await?.expect(StatusCode::OK)?;
    assert!(names(&one_then).is_empty(), "{one_then:?}");
    Ok(())
}

async fn a_list_across_namespaces_has_them_in_order(context: Context) -> Outcome {
    let label = context.unique("mark");
    let second = format!("{}-0", context.namespace());
    context
        .post("/api/v1/namespaces", json!({"metadata": {"name": second}}))
        .await?
        .expect(StatusCode::CREATED)?;
    for (namespace, name) in [
        (second.as_str(), "a"),
        (context.namespace(), "z"),
        (context.namespace(), "b"),
    ] {
        let sent = json!({"metadata": {"name": name, "labels": {"mark": label}}});
        let path = format!("/api/v1/namespaces/{namespace}/configmaps");
        context
            .post(&path, sent)
            .await?
            .expect(StatusCode::CREATED)?;
    }
    let list = context
        .get(&format!("/api/v1/configmaps?labelSelector=mark={label}"))
        .await?
        .expect(StatusCode::OK)?;
    let expected_first = if format!("{}/", context.namespace()) < format!("{second}/") {
        "b"
    } else {
        "a"
    };
    assert_eq!(names(&list).len(), 3);
    assert_eq!(names(&list)[0], expected_first);
    context
        .delete(&format!("/api/v1/namespaces/{second}"), json!(null))
        .await?
        .expect(StatusCode::OK)?;
    Ok(())
}

/// A token that says this, which no server gave.
fn token(content: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(content.to_string())
}

async fn a_token_made_by_hand_is_told_what_is_wrong_with_it(context: Context) -> Outcome {
    let path = filled(&context).await?;
    let form = "meta.k8s.io/v1";
    for (token, why) in [
        ("e30=".to_owned(), "illegal base64 data at input byte 3"),
        (
            token(&json!({"v": form, "rv": "one", "start": "b"})),
            "json: cannot unmarshal string into Go struct field continueToken.rv of type int64",
        ),
        (
            token(&json!([form])),
            "json: cannot unmarshal array into Go value of type storage.continueToken",
        ),
    ] {
        let refused = context
            .get(&format!("{path}?limit=1&continue={token}"))
            .await?
            .expect(StatusCode::BAD_REQUEST)?;
        assert_eq!(
            refused.text("/message"),
            format!("invalid continue token: continue key is not valid: {why}")
        );
    }
    let future = token(&json!({"v": form, "rv": 99_999_999_999_u64, "start": "b"}));
    let refused = context
        .get(&format!("{path}?limit=1&continue={future}"))
        .await?
        .expect(StatusCode::GATEWAY_TIMEOUT)?;
    assert_eq!(
        refused.text("/details/causes/0/reason"),
        "ResourceVersionTooLarge"
    );
    Ok(())
}

async fn a_field_that_is_no_text_is_selected_as_go_prints_it(context: Context) -> Outcome {
    let field = |of: &str| json!({"type": "object", "properties": {"spec": {"type": "object", "properties": {"b": {"type": of}}}}});
    let version = |name: &str, of: &str| json!({"name": name, "served": true, "storage": name == "v1", "schema": {"openAPIV3Schema": field(of)}});
    let mut first = version("v1", "string");
    first["selectableFields"] = json!([{"jsonPath": ".spec.b"}]);
    let path = context.install("pears", "Pear", first.clone()).await?;
    let definition = format!(
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/pears.{}.korm.test",
        context.namespace()
    );
    let change = json!({"spec": {"versions": [first, version("v2", "object")]}});
    context
        .patch("merge", &definition, change)
        .await?
        .expect(StatusCode::OK)?;
    let newer = path.replacen("/v1/", "/v2/", 1);
    let served = |status: StatusCode, _: &Value| status == StatusCode::OK;
    context.until(&newer, served).await?;
    let sent = json!({
        "apiVersion": format!("{}.korm.test/v2", context.namespace()), "kind": "Pear",
        "metadata": {"name": "a"}, "spec": {"b": {}},
    });
    context
        .post(&newer, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    for (selector, expected) in [("spec.b%3D", 0), ("spec.b%3Dmap%5B%5D", 1)] {
        let list = context
            .get(&format!("{path}?fieldSelector={selector}"))
            .await?
            .expect(StatusCode::OK)?;
        assert_eq!(names(&list).len(), expected, "{selector}");
    }
    Ok(())
}
