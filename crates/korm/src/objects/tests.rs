//! Writes against a server that loses answers and that others write to as well. Time is tokio's paused clock.

use korm_core::{DecodeError, FieldDef, FieldPath, ModelDef, ObjectKey, Snapshot};
use serde_json::{Value, json};

use super::{DeleteOptions, Deletion, Endpoint, Objects};
use crate::Outcome;
use crate::transport::scripted::{Reply, Script, cluster, status};

fn def() -> ModelDef {
    ModelDef::new("pykorm.infomaniak.com", "v1", "Peach", "peaches")
        .field(FieldDef::new(
            "variety",
            FieldPath::spec("variety"),
            json!({"type": "string"}),
        ))
        .field(FieldDef::new(
            "price",
            FieldPath::spec("price"),
            json!({"type": "integer"}),
        ))
        .field(FieldDef::new(
            "ripe",
            FieldPath::status("ripe"),
            json!({"type": "boolean"}),
        ))
}

fn peaches(replies: impl IntoIterator<Item = Reply>) -> (Objects, Script) {
    let (cluster, script) = cluster(replies);
    (cluster.objects(def()), script)
}

fn normalize(raw: Value) -> Result<Value, DecodeError> {
    let mut object = def().project(&raw);
    for key in ["uid", "resourceVersion", "creationTimestamp"] {
        object["metadata"].as_object_mut().unwrap().remove(key);
    }
    Ok(object)
}

/// A new object as a program writes it.
fn new(price: i64) -> Value {
    json!({"apiVersion": "pykorm.infomaniak.com/v1", "kind": "Peach",
        "metadata": {"name": "cake-peach", "namespace": "default"},
        "spec": {"variety": "Frost", "price": price}})
}

/// The object as a server has it.
fn stored(version: u32, price: i64, variety: &str) -> Value {
    let mut object = new(price);
    object["spec"]["variety"] = variety.into();
    object["spec"]["unknown"] = 7.into();
    object["metadata"]["uid"] = "u1".into();
    object["metadata"]["resourceVersion"] = version.to_string().into();
    object["metadata"]["creationTimestamp"] = jiff::Timestamp::now().to_string().into();
    object["metadata"]["managedFields"] = json!([{"manager": "korm", "operation": "Update"}]);
    object
}

fn ok(object: Value) -> Reply {
    Reply::Json(200, object)
}

/// What the server answers when a `test` fails: it does not say which, nor of what.
fn failed_test() -> Reply {
    Reply::Json(
        422,
        json!({"kind": "Status", "status": "Failure", "code": 422, "reason": "Invalid", "details": {},
            "message": "the server rejected our request due to an error in our request"}),
    )
}

/// Saves `price` on the object that was read with price 1.
async fn save(price: i64, replies: Vec<Reply>) -> (crate::Result<Option<super::Stored>>, Script) {
    let (peaches, script) = peaches(replies);
    let read = stored(1, 1, "Frost");
    let snapshot = Snapshot::of(&def(), &read);
    let mut now = normalize(read).unwrap();
    now["spec"]["price"] = price.into();
    (peaches.change(&snapshot, now, &normalize).await, script)
}

#[tokio::test(start_paused = true)]
async fn nothing_changed_sends_nothing() {
    let (result, script) = save(1, vec![]).await;
    assert!(result.unwrap().is_none());
    assert!(script.lines().is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_changed_field_is_one_request_of_that_field() {
    let (result, script) = save(3, vec![ok(stored(2, 3, "Frost"))]).await;
    let saved = result.unwrap().unwrap().saved;
    assert_eq!(
        (saved.fields, saved.endpoints),
        (vec!["price".to_owned()], vec![Endpoint::Object])
    );
    let asked = script.asked();
    assert_eq!(
        asked[0].line,
        "PATCH /apis/pykorm.infomaniak.com/v1/namespaces/default/peaches/cake-peach?fieldManager=korm&fieldValidation=\
         Strict"
    );
    assert_eq!(
        asked[0].body,
        json!([
            {"op": "test", "path": "/metadata/uid", "value": "u1"},
            {"op": "test", "path": "/spec/price", "value": 1},
            {"op": "replace", "path": "/spec/price", "value": 3},
        ])
    );
}

#[tokio::test(start_paused = true)]
async fn status_goes_to_its_own_endpoint_and_the_outcome_says_so() {
    let (peaches, script) = peaches([ok(stored(2, 3, "Frost")), ok(stored(3, 3, "Frost"))]);
    let read = stored(1, 1, "Frost");
    let snapshot = Snapshot::of(&def(), &read);
    let mut now = normalize(read).unwrap();
    now["spec"]["price"] = 3.into();
    now["status"] = json!({"ripe": true});
    let saved = peaches
        .change(&snapshot, now, &normalize)
        .await
        .unwrap()
        .unwrap()
        .saved;
    assert_eq!(saved.endpoints, [Endpoint::Object, Endpoint::Status]);
    assert!(
        script.lines()[1].contains("/peaches/cake-peach/status?"),
        "{:?}",
        script.lines()
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_save_is_no_conflict_with_oneself() {
    let replies = vec![Reply::Lost, failed_test(), ok(stored(2, 3, "Frost"))];
    let (result, script) = save(3, replies).await;
    assert_eq!(
        result.unwrap().unwrap().object["metadata"]["resourceVersion"],
        "2"
    );
    let methods: Vec<_> = script
        .lines()
        .iter()
        .map(|line| line[..3].to_owned())
        .collect();
    assert_eq!(methods, ["PAT", "PAT", "GET"]);
}

#[tokio::test(start_paused = true)]
async fn anothers_change_to_another_field_is_kept() {
    let replies = vec![
        failed_test(),
        ok(stored(2, 1, "Redhaven")),
        ok(stored(3, 3, "Redhaven")),
    ];
    let (result, script) = save(3, replies).await;
    let stored = result.unwrap().unwrap();
    assert!(stored.saved.merged);
    assert_eq!(stored.object["spec"]["variety"], "Redhaven");
    assert_eq!(
        script.asked()[2].body[1],
        json!({"op": "test", "path": "/spec/price", "value": 1})
    );
}

#[tokio::test(start_paused = true)]
async fn anothers_change_to_the_same_field_is_a_conflict_with_three_values() {
    let (result, _) = save(3, vec![failed_test(), ok(stored(2, 2, "Frost"))]).await;
    let error = result.unwrap_err();
    let conflict = error.as_conflict().unwrap();
    let field = &conflict.fields()[0];
    assert_eq!(
        (field.field.as_str(), field.path.as_str()),
        ("price", "spec.price")
    );
    assert_eq!(
        (&field.base, &field.theirs, &field.mine),
        (&Some(json!(1)), &Some(json!(2)), &Some(json!(3)))
    );
    assert_eq!(error.outcome(), Outcome::Rejected);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_gone_or_another_one_is_told_apart() {
    let (result, _) = save(3, vec![status(404, "NotFound", "")]).await;
    assert!(
        result
            .unwrap_err()
            .to_string()
            .contains("is gone: it was deleted after it was read")
    );
    let mut anew = stored(9, 1, "Frost");
    anew["metadata"]["uid"] = "u2".into();
    let (result, _) = save(3, vec![failed_test(), ok(anew)]).await;
    let error = result.unwrap_err();
    assert!(error.is_not_found());
    assert!(
        error
            .to_string()
            .contains("another object of that name was created"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_save_that_nobody_can_tell_the_outcome_of_says_so_unless_it_shows() {
    let late = || status(504, "Timeout", "late");
    let lates = || (0..5).map(|_| late());
    let (result, _) = save(3, lates().chain([ok(stored(2, 3, "Frost"))]).collect()).await;
    assert!(
        result.unwrap().is_some(),
        "the cluster has what was to be saved"
    );
    let (result, _) = save(3, lates().chain([ok(stored(1, 1, "Frost"))]).collect()).await;
    assert!(
        result.unwrap_err().is_outcome_unknown(),
        "it may yet happen"
    );
}

#[tokio::test(start_paused = true)]
async fn a_broken_rule_is_no_failed_test() {
    let details = json!({"name": "cake-peach", "causes": [{"field": "spec.price", "message": "must be positive"}]});
    let invalid = json!({"kind": "Status", "code": 422, "reason": "Invalid", "details": details});
    let (result, script) = save(-1, vec![Reply::Json(422, invalid)]).await;
    assert!(result.unwrap_err().is_invalid());
    assert_eq!(script.lines().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_create_makes_one_object() {
    let exists = || {
        status(
            409,
            "AlreadyExists",
            "peaches \"cake-peach\" already exists",
        )
    };
    let (peaches_, script) = peaches([Reply::Lost, exists(), ok(stored(1, 1, "Frost"))]);
    let made = peaches_.create(new(1), &normalize).await.unwrap();
    assert!(made.saved.created);
    assert_eq!(script.lines().len(), 3);

    // The object that is there was written under our name and is not what was sent: ours, and changed since, or another's.
    let (peaches_, _) = peaches([Reply::Lost, exists(), ok(stored(1, 5, "Frost"))]);
    assert!(
        peaches_
            .create(new(1), &normalize)
            .await
            .unwrap_err()
            .is_outcome_unknown()
    );

    // It is another's: there when we came, or in place of ours that was deleted. Nobody can tell.
    let mut others = stored(1, 1, "Frost");
    others["metadata"]["managedFields"] = json!([{"manager": "kubectl", "operation": "Update"}]);
    let (peaches_, _) = peaches([Reply::Lost, exists(), ok(others)]);
    assert!(
        peaches_
            .create(new(1), &normalize)
            .await
            .unwrap_err()
            .is_outcome_unknown()
    );

    // Nothing got lost, so it is somebody else's, and is not even looked at.
    let (peaches_, script) = peaches([exists()]);
    assert!(
        peaches_
            .create(new(1), &normalize)
            .await
            .unwrap_err()
            .is_already_exists()
    );
    assert_eq!(script.lines().len(), 1);

    // It was there before.
    let mut old = stored(1, 1, "Frost");
    old["metadata"]["creationTimestamp"] = "2020-01-01T00:00:00Z".into();
    let (peaches_, _) = peaches([Reply::Lost, exists(), ok(old)]);
    assert!(
        peaches_
            .create(new(1), &normalize)
            .await
            .unwrap_err()
            .is_already_exists()
    );
}

#[tokio::test(start_paused = true)]
async fn a_generated_name_is_made_here_so_that_a_lost_answer_makes_one_object() {
    let mut object = new(1);
    object["metadata"] = json!({"generateName": "peach-", "namespace": "default"});
    let taken = status(409, "AlreadyExists", "");
    let (peaches, script) = peaches([taken, Reply::Lost, ok(stored(1, 1, "Frost"))]);
    peaches.create(object, &normalize).await.unwrap();
    let names: Vec<_> = script
        .asked()
        .iter()
        .map(|asked| asked.body["metadata"]["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        names
            .iter()
            .all(|name| name.starts_with("peach-") && name.len() == 11),
        "{names:?}"
    );
    assert_ne!(names[0], names[1], "a taken name is not tried again");
    assert_eq!(
        names[1], names[2],
        "a lost answer is asked for with the same name"
    );
}

#[tokio::test(start_paused = true)]
async fn a_new_objects_status_follows_in_a_second_request() {
    let mut object = new(1);
    object["status"] = json!({"ripe": true});
    let (peaches, script) = peaches([ok(stored(1, 1, "Frost")), ok(stored(2, 1, "Frost"))]);
    let made = peaches.create(object, &normalize).await.unwrap();
    assert_eq!(made.saved.endpoints, [Endpoint::Object, Endpoint::Status]);
    let asked = script.asked();
    assert_eq!(asked[0].body.get("status"), None);
    assert_eq!(asked[1].body[0]["path"], "/metadata/uid");
    assert!(asked[1].line.contains("/status?"));
}

async fn delete(uid: Option<&str>, replies: Vec<Reply>) -> (crate::Result<Deletion>, Script) {
    let (peaches, script) = peaches(replies);
    let mut options = DeleteOptions::default();
    options.preconditions.uid = uid.map(str::to_owned);
    let key = ObjectKey::namespaced("default", "cake-peach");
    (peaches.delete(&key, &options).await, script)
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_delete_is_a_delete() {
    let gone = || status(404, "NotFound", "");
    let (result, _) = delete(Some("u1"), vec![Reply::Lost, gone()]).await;
    assert_eq!(result.unwrap(), Deletion::Gone);
    let (result, _) = delete(Some("u1"), vec![gone()]).await;
    assert!(result.unwrap_err().to_string().contains("is gone"));

    // Meanwhile another object got the name: it is left alone.
    let mut anew = stored(9, 1, "Frost");
    anew["metadata"]["uid"] = "u2".into();
    let conflict = status(
        409,
        "Conflict",
        "the UID in the precondition does not match",
    );
    let (result, _) = delete(Some("u1"), vec![Reply::Lost, conflict, ok(anew)]).await;
    assert_eq!(result.unwrap(), Deletion::Gone);
}

#[tokio::test(start_paused = true)]
async fn a_delete_by_name_alone_is_sent_once() {
    let (result, script) = delete(None, vec![Reply::Lost, ok(stored(1, 1, "Frost"))]).await;
    assert!(result.unwrap_err().is_outcome_unknown());
    assert_eq!(script.lines().len(), 2, "one DELETE, one GET");
    let (result, _) = delete(None, vec![Reply::Lost, status(404, "NotFound", "")]).await;
    assert_eq!(result.unwrap(), Deletion::Gone);
}

#[tokio::test(start_paused = true)]
async fn a_delete_that_finalizers_hold_is_pending() {
    let mut held = stored(2, 1, "Frost");
    held["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    held["metadata"]["finalizers"] = json!(["example.com/orchard"]);
    let (result, script) = delete(Some("u1"), vec![ok(held)]).await;
    let finalizers = vec!["example.com/orchard".to_owned()];
    assert_eq!(result.unwrap(), Deletion::Pending { finalizers });
    let sent = json!({"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": "u1"}});
    assert_eq!(script.asked()[0].body, sent);
}

#[tokio::test(start_paused = true)]
async fn names_that_cannot_stand_in_a_url_and_missing_namespaces_are_told_before_sending() {
    let (peaches, script) = peaches([]);
    for name in ["", "..", "a/b", "a%b"] {
        let error = peaches
            .get(&ObjectKey::namespaced("default", name))
            .await
            .unwrap_err();
        assert!(error.is_invalid(), "{name}: {error}");
        assert!(
            error.to_string().contains("metadata.name: Invalid value:"),
            "{error}"
        );
    }
    let error = peaches
        .get(&ObjectKey::cluster("cake-peach"))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Peach cake-peach has no namespace, and Peach is a namespaced kind\n  hint: give it one, for example with \
         `Meta::named(..).in_namespace(\"default\")`"
    );
    assert!(script.lines().is_empty());
}
