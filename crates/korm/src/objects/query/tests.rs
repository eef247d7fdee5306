//! What queries send, and what they make of the answers. Time is tokio's paused clock.

use futures::{StreamExt, TryStreamExt};
use korm_core::{Expr, FieldDef, FieldPath, ModelDef, Op};
use serde_json::{Value, json};

use super::{Consistency, Order, Query};
use crate::transport::scripted::{Reply, Script, cluster, status};

fn query(replies: impl IntoIterator<Item = Reply>) -> (Query, Script) {
    let (cluster, script) = cluster(replies);
    let def = ModelDef::new("pykorm.infomaniak.com", "v1", "Peach", "peaches")
        .field(FieldDef::new(
            "price",
            FieldPath::spec("price"),
            json!({"type": "integer"}),
        ))
        .field(FieldDef::new(
            "orchard",
            FieldPath::label("orchard"),
            json!({"type": "string"}),
        ));
    (cluster.objects(def).query(), script)
}

fn peach(name: &str, price: i64) -> Value {
    json!({"apiVersion": "pykorm.infomaniak.com/v1", "kind": "Peach",
        "metadata": {"name": name, "namespace": "default"}, "spec": {"price": price}})
}

fn page(items: &[Value], token: &str) -> Reply {
    Reply::Json(
        200,
        json!({"items": items, "metadata": {"resourceVersion": "9", "continue": token}}),
    )
}

fn names(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .map(|item| item["metadata"]["name"].as_str().unwrap())
        .collect()
}

fn price_over(price: i64) -> Expr {
    Expr::test(FieldPath::spec("price"), Op::Gt(price.into()))
}

const PATH: &str = "GET /apis/pykorm.infomaniak.com/v1/peaches";

#[tokio::test(start_paused = true)]
async fn pages_follow_each_other_by_their_tokens() {
    let (query, script) = query([
        page(&[peach("a", 1), peach("b", 2)], "t/1"),
        page(&[peach("c", 3)], ""),
    ]);
    let all = query.page_size(2).all().await.unwrap();
    assert_eq!(names(&all), ["a", "b", "c"]);
    assert_eq!(script.lines()[0], format!("{PATH}?limit=2"));
    assert!(
        script.lines()[1].starts_with(&format!("{PATH}?limit=2&continue=t%2F1")),
        "{:?}",
        script.lines()
    );
}

#[tokio::test(start_paused = true)]
async fn the_next_page_is_asked_for_before_this_one_is_given() {
    let (query, script) = query([page(&[peach("a", 1)], "t"), page(&[peach("b", 2)], "")]);
    let mut pages = query.pages();
    pages.next().await.unwrap().unwrap();
    tokio::task::yield_now().await;
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    assert_eq!(script.lines().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_sent_and_ends_the_query() {
    let (limited, script) = query([page(&[peach("a", 1)], "t")]);
    assert_eq!(names(&limited.limit(1).all().await.unwrap()), ["a"]);
    assert_eq!(script.lines(), [format!("{PATH}?limit=1")]);

    // With a residual the server cannot know which are wanted.
    let (filtered, script) = query([page(&[peach("a", 1), peach("b", 5), peach("c", 6)], "")]);
    let found = filtered.filter(price_over(2)).limit(1).all().await.unwrap();
    assert_eq!(names(&found), ["b"]);
    assert_eq!(script.lines(), [format!("{PATH}?limit=500")]);
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_is_what_explain_says() {
    let (query, script) = query([page(&[], "")]);
    let orchard = Expr::test(FieldPath::label("orchard"), Op::Eq("north".into()));
    let query = query
        .namespaces(["default"])
        .filter(orchard)
        .filter(price_over(2));
    let explained = query.explain().unwrap();
    query.all().await.unwrap();
    assert_eq!(
        explained,
        format!("{}\nthen keep where spec.price > 2\n", script.lines()[0])
    );
    assert!(
        explained.contains("/namespaces/default/peaches?labelSelector=orchard%3Dnorth"),
        "{explained}"
    );
}

#[tokio::test(start_paused = true)]
async fn selectors_by_hand_join_the_others() {
    let (query, script) = query([page(&[], "")]);
    let orchard = Expr::test(FieldPath::label("orchard"), Op::Eq("north".into()));
    query
        .filter(orchard)
        .label_selector("app in (a,b)")
        .all()
        .await
        .unwrap();
    let line = &script.lines()[0];
    assert!(
        line.contains("labelSelector=orchard%3Dnorth%2Capp"),
        "{line}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_can_never_hold_sends_nothing() {
    let (query, script) = query([]);
    let never = price_over(2).and(Expr::Always(false));
    assert!(
        query
            .clone()
            .filter(never.clone())
            .all()
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(query.filter(never).count().await.unwrap(), 0);
    assert!(script.lines().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_handle_can_refuse_what_no_server_evaluates() {
    let (query, script) = query([]);
    let strict = query.cluster().refuse_residual();
    let query = strict
        .objects(query.objects.def.clone())
        .query()
        .filter(price_over(2));
    let error = query.all().await.unwrap_err();
    assert!(error.is_residual_refused());
    assert!(
        error
            .to_string()
            .starts_with("the server cannot evaluate `spec.price > 2` for Peach"),
        "{error}"
    );
    assert!(script.lines().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_starts_again_in_one_piece_or_is_an_error_of_a_stream() {
    let replies = || {
        [
            page(&[peach("a", 1)], "t"),
            status(410, "Expired", "too old"),
        ]
    };
    let whole = [page(&[peach("a", 1), peach("b", 2)], "")];
    let (all, script) = query(replies().into_iter().chain(whole));
    assert_eq!(names(&all.all().await.unwrap()), ["a", "b"]);
    assert_eq!(script.lines()[2], PATH);

    let (counted, script) = query(
        replies()
            .into_iter()
            .chain([page(&[peach("a", 1), peach("b", 1)], "")]),
    );
    let price = korm_core::FieldPath::spec("price");
    assert_eq!(counted.counts(&price).await.unwrap(), [(json!(1), 2)]);
    assert_eq!(script.lines()[2], PATH);

    let (streamed, _) = query(replies());
    let error = streamed.pages().try_collect::<Vec<_>>().await.unwrap_err();
    assert!(error.is_expired(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn counting_asks_the_server_how_many_follow() {
    let counted =
        json!({"items": [peach("a", 1)], "metadata": {"continue": "t", "remainingItemCount": 41}});
    let (all, script) = query([Reply::Json(200, counted)]);
    assert_eq!(all.count().await.unwrap(), 42);
    assert_eq!(script.lines(), [format!("{PATH}?limit=1")]);

    // With a selector the server does not count.
    let (selected, script) = query([
        page(&[peach("a", 1)], "t"),
        page(&[peach("b", 1), peach("c", 2)], ""),
    ]);
    assert_eq!(selected.label_selector("x").count().await.unwrap(), 3);
    assert!(
        script.lines()[1].contains("limit=500&continue=t"),
        "{:?}",
        script.lines()
    );

    let (filtered, _) = query([page(&[peach("a", 1), peach("b", 9)], "")]);
    assert_eq!(filtered.filter(price_over(2)).count().await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_ordered_query_is_sorted_before_its_limit() {
    let (query, _) = query([
        page(&[peach("a", 1), peach("b", 3)], "t"),
        page(&[peach("c", 2)], ""),
    ]);
    let by_price = Order::descending(FieldPath::spec("price"));
    assert_eq!(
        names(&query.order_by(by_price).limit(2).all().await.unwrap()),
        ["b", "c"]
    );
}

#[tokio::test(start_paused = true)]
async fn consistency_is_asked_for_on_the_first_page_only() {
    let (query, script) = query([page(&[peach("a", 1)], "t"), page(&[], "")]);
    query
        .consistency(Consistency::Exact("7".to_owned()))
        .all()
        .await
        .unwrap();
    assert!(script.lines()[0].ends_with("limit=500&resourceVersion=7&resourceVersionMatch=Exact"));
    assert!(script.lines()[1].ends_with("limit=500&continue=t"));
}

#[tokio::test(start_paused = true)]
async fn a_query_that_is_dropped_cancels_the_page_under_way() {
    let (query, script) = query([page(&[peach("a", 1)], "t"), Reply::Silence]);
    let first = query.pages().next().await.unwrap().unwrap();
    assert_eq!(first.items.len(), 1);
    // The task of the second page is aborted with the stream; it would otherwise wait for ever.
    tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
    assert!(script.lines().len() <= 2);
    let tasks = tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks();
    assert!(
        tasks <= 1,
        "only the connection's worker is left, not {tasks} tasks"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_read_but_what_was_asked_for() {
    let full = json!({"metadata": {"name": "a", "namespace": "default", "uid": "1", "labels": {"orchard": "old"}},
        "spec": {"price": 1, "variety": "Frost"}});
    let (query, script) = query([page(std::slice::from_ref(&full), ""), page(&[full], "")]);
    let priced = query.clone().read_only([FieldPath::spec("price")]);
    let named = json!({"apiVersion": "pykorm.infomaniak.com/v1", "kind": "Peach",
        "metadata": {"name": "a", "namespace": "default"}});
    let mut expected = named.clone();
    expected["spec"] = json!({"price": 1});
    assert_eq!(priced.all().await.unwrap(), [expected]);
    assert!(!script.asked()[0].accept.contains("Partial"));

    let named_only = query.read_only([FieldPath::metadata("name")]);
    assert_eq!(named_only.all().await.unwrap(), [named]);
    assert!(script.asked()[1].accept.contains("Partial"));
}

#[tokio::test(start_paused = true)]
async fn texts_are_the_objects_as_the_server_wrote_them() {
    let managed = json!([{"manager": "kubectl", "fieldsV1": {"f:spec": {}}}]);
    let mut owned = peach("b", 2);
    owned["metadata"]["managedFields"] = managed;
    let (query, script) = query([
        page(&[peach("a", 1), owned], "t/1"),
        page(&[peach("c", 3)], ""),
    ]);
    let texts = query.page_size(2).texts().await.unwrap().unwrap();
    let values: Vec<Value> = texts.iter().map(|text| text.value().unwrap()).collect();
    assert_eq!(names(&values), ["a", "b", "c"]);
    assert_eq!(texts[0].as_str(), peach("a", 1).to_string());
    assert_eq!(values[1]["metadata"]["managedFields"], Value::Null);
    assert_eq!(script.lines()[0], format!("{PATH}?limit=2"));
    assert!(script.lines()[1].starts_with(&format!("{PATH}?limit=2&continue=t%2F1")));
}

#[tokio::test(start_paused = true)]
async fn there_are_no_texts_where_objects_have_to_be_looked_at() {
    let (all, script) = query([]);
    let filtered = all.clone().filter(price_over(1));
    assert!(filtered.texts().await.unwrap().is_none());
    let ordered = all.order_by(Order::ascending(FieldPath::spec("price")));
    assert!(ordered.texts().await.unwrap().is_none());
    assert_eq!(
        script.lines(),
        [] as [String; 0],
        "nothing is asked for in vain"
    );
    let (pushed, script) = query([page(&[peach("a", 1)], "")]);
    let north = Expr::test(FieldPath::label("orchard"), Op::Eq(json!("north")));
    assert_eq!(
        pushed.filter(north).texts().await.unwrap().unwrap().len(),
        1
    );
    assert!(script.lines()[0].contains("labelSelector=orchard%3Dnorth"));
}

#[tokio::test(start_paused = true)]
async fn texts_begin_again_in_one_piece_when_a_token_expires() {
    let (query, script) = query([
        page(&[peach("a", 1)], "t"),
        status(410, "Expired", "too old"),
        page(&[peach("a", 1), peach("b", 2)], ""),
    ]);
    let texts = query.page_size(1).texts().await.unwrap().unwrap();
    assert_eq!(texts.len(), 2, "none twice");
    assert_eq!(script.lines()[2], PATH);
}

#[tokio::test(start_paused = true)]
async fn what_stands_at_a_path_of_a_text_is_what_the_value_has_there() {
    let object = json!({"metadata": {"name": "a", "annotations": {"example.com/no\"te": "x", "": 1}},
        "spec": {"price": null, "deep": {"er": [1, {"a": "\u{e9}\n"}]}, "name": "not this one"}});
    let (query, _) = query([page(std::slice::from_ref(&object), "")]);
    let texts = query.texts().await.unwrap().unwrap();
    assert_eq!(texts.len(), 1);
    let text = &texts[0];
    for path in [
        &["metadata", "name"][..],
        &["metadata", "annotations", "example.com/no\"te"],
        &["metadata", "annotations", ""],
        &["spec", "price"],
        &["spec", "deep", "er"],
        &["spec", "deep", "er", "0"],
        &["spec", "zork"],
        &["zork", "name"],
        &["metadata", "name", "x"],
        &[],
    ] {
        let wanted = path.iter().try_fold(&object, |at, key| at.get(*key));
        assert_eq!(text.find(path).unwrap().as_ref(), wanted, "{path:?}");
    }
    let shown = format!("{text:?}");
    assert!(
        shown.starts_with("ObjectText { bytes: ") && !shown.contains("not this one"),
        "{shown}"
    );
}
