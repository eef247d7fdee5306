//! Promise 1: a save is a compare-and-set of exactly the changed fields.

use korm::ObjectKey;
use korm_tests::{Case, Context, Outcome};
use serde_json::{Value, json};

use super::model::{Peach, cluster, peach, recorded, sent};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_save_creates_and_takes_over_what_the_server_set,
    a_changed_field_is_one_request_of_that_field,
    nothing_changed_sends_nothing,
    a_field_whose_parent_is_absent_is_added_with_it,
    a_removed_field_is_absent_and_not_null,
    labels_and_annotations_are_saved_one_by_one,
    status_goes_to_its_subresource,
    a_new_object_can_have_a_status,
    unknown_fields_survive,
    text_that_go_escapes_is_saved,
    anothers_change_to_another_field_is_kept,
    anothers_change_to_the_same_field_is_a_conflict,
    both_making_the_same_change_is_no_conflict,
    a_conflict_with_a_controllers_status_does_not_happen,
    a_deleted_object_is_gone_and_not_made_again,
    an_object_made_anew_is_another_one,
    finalizers_are_added_and_removed_beside_others,
];

async fn a_save_creates_and_takes_over_what_the_server_set(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut new = peach(&context, "a");
    new.tags = Some(vec!["sweet".into()]);
    let saved = cluster.save(&mut new).await?;
    assert!(saved.created);
    assert_eq!(sent(&log), ["POST peaches"]);
    assert!(new.meta.uid.is_some() && new.meta.resource_version.is_some());
    assert_eq!(new.meta.generation, Some(1));
    let read: Peach = cluster.get((context.namespace(), "a")).await?;
    assert_eq!(read, new);
    Ok(())
}

async fn a_changed_field_is_one_request_of_that_field(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    log.take();
    peach.price = 3;
    let saved = cluster.save(&mut peach).await?;
    assert_eq!(saved.fields, ["price"]);
    let requests = log.take();
    assert_eq!(requests.len(), 1);
    let patch: Value = serde_json::from_str(&requests[0].body)?;
    let ops: Vec<_> = patch
        .as_array()
        .unwrap()
        .iter()
        .map(|op| (&op["op"], &op["path"]))
        .collect();
    assert_eq!(
        json!(ops),
        json!([
            ["test", "/metadata/uid"],
            ["test", "/spec/price"],
            ["replace", "/spec/price"]
        ])
    );
    assert_eq!(cluster.get::<Peach>(&peach.meta.key()).await?.price, 3);
    Ok(())
}

async fn nothing_changed_sends_nothing(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    let mut read: Peach = cluster.get(&peach.meta.key()).await?;
    log.take();
    assert!(cluster.save(&mut peach).await?.nothing());
    assert!(cluster.save(&mut read).await?.nothing());
    assert!(log.take().is_empty());
    Ok(())
}

async fn a_field_whose_parent_is_absent_is_added_with_it(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    // No labels, no annotations and no status are there yet.
    peach.row = Some("7".into());
    peach.origin = Some("Piedmont".into());
    peach.ripe = Some(false);
    cluster.save(&mut peach).await?;
    let read: Peach = cluster.get(&peach.meta.key()).await?;
    assert_eq!(
        (read.row.as_deref(), read.origin.as_deref(), read.ripe),
        (Some("7"), Some("Piedmont"), Some(false))
    );
    Ok(())
}

async fn a_removed_field_is_absent_and_not_null(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    peach.note = Some("soft".into());
    peach.row = Some("7".into());
    cluster.save(&mut peach).await?;
    peach.note = None;
    peach.row = None;
    cluster.save(&mut peach).await?;
    let raw = cluster
        .objects(<Peach as korm::Model>::definition())
        .get(&peach.meta.key())
        .await?;
    assert_eq!(raw["spec"].get("note"), None);
    assert_eq!(raw.pointer("/metadata/labels/orchard.example~1row"), None);
    Ok(())
}

async fn labels_and_annotations_are_saved_one_by_one(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut mine = peach(&context, "a");
    mine.meta = mine.meta.label("app", "shop").label("tier", "fruit");
    cluster.save(&mut mine).await?;
    let mut theirs: Peach = cluster.get(&mine.meta.key()).await?;
    theirs.meta.labels.insert("theirs", "1");
    cluster.save(&mut theirs).await?;
    mine.meta.labels.insert("app", "stall");
    mine.meta.labels.remove("tier");
    cluster.save(&mut mine).await?;
    let labels: Vec<_> = mine
        .meta
        .labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(labels, ["app=stall", "theirs=1"]);
    Ok(())
}

async fn status_goes_to_its_subresource(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    log.take();
    peach.ripe = Some(true);
    cluster.save(&mut peach).await?;
    assert_eq!(sent(&log), ["PATCH peaches/a/status"]);
    peach.ripe = Some(false);
    peach.price = 2;
    let saved = cluster.save(&mut peach).await?;
    assert_eq!(
        saved.endpoints,
        [korm::Endpoint::Object, korm::Endpoint::Status]
    );
    assert_eq!(sent(&log), ["PATCH peaches/a", "PATCH peaches/a/status"]);
    let read: Peach = cluster.get(&peach.meta.key()).await?;
    assert_eq!((read.price, read.ripe), (2, Some(false)));
    assert_eq!(read, peach);
    Ok(())
}

async fn a_new_object_can_have_a_status(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut peach = peach(&context, "a");
    peach.ripe = Some(true);
    cluster.save(&mut peach).await?;
    assert_eq!(sent(&log), ["POST peaches", "PATCH peaches/a/status"]);
    assert_eq!(
        cluster.get::<Peach>(&peach.meta.key()).await?.ripe,
        Some(true)
    );
    Ok(())
}

async fn unknown_fields_survive(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    let path = format!(
        "/apis/mapper.korm.example/v1/namespaces/{}/peaches/a",
        context.namespace()
    );
    let unknown = json!({"metadata": {"annotations": {"other.example/x": "1"}, "finalizers": ["other.example/y"]}});
    context.patch("merge", &path, unknown).await?;
    peach.price = 9;
    cluster.save(&mut peach).await?;
    assert_eq!(peach.meta.annotations["other.example/x"], "1");
    cluster
        .remove_finalizer(&mut peach, "other.example/y")
        .await?;
    Ok(())
}

async fn text_that_go_escapes_is_saved(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    let texts = [
        "a<b>&c",
        "\u{2028}line\u{2029}",
        "quote\" back\\ tab\t",
        "\u{1}\u{8}\u{c}",
        "ümlaut 🍑",
        "a/b~c",
    ];
    for text in texts {
        peach.note = Some(text.to_owned());
        cluster.save(&mut peach).await?;
        assert_eq!(
            cluster
                .get::<Peach>(&peach.meta.key())
                .await?
                .note
                .as_deref(),
            Some(text)
        );
    }
    Ok(())
}

async fn anothers_change_to_another_field_is_kept(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut mine = peach(&context, "a");
    cluster.save(&mut mine).await?;
    let mut theirs: Peach = cluster.get(&mine.meta.key()).await?;
    theirs.variety = "Redhaven".into();
    cluster.save(&mut theirs).await?;
    mine.price = 3;
    cluster.save(&mut mine).await?;
    assert_eq!((mine.variety.as_str(), mine.price), ("Redhaven", 3));
    Ok(())
}

async fn anothers_change_to_the_same_field_is_a_conflict(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut mine = peach(&context, "a");
    cluster.save(&mut mine).await?;
    let mut theirs: Peach = cluster.get(&mine.meta.key()).await?;
    theirs.price = 2;
    cluster.save(&mut theirs).await?;
    mine.price = 3;
    mine.note = Some("unsaved".into());
    let before = mine.clone();
    let error = cluster.save(&mut mine).await.unwrap_err();
    let fields = error.as_conflict().unwrap().fields();
    assert_eq!(fields.len(), 1, "{error}");
    assert_eq!(
        (fields[0].field.as_str(), fields[0].path.as_str()),
        ("price", "spec.price")
    );
    let values = (&fields[0].base, &fields[0].theirs, &fields[0].mine);
    assert_eq!(values, (&Some(json!(1)), &Some(json!(2)), &Some(json!(3))));
    assert_eq!(mine, before, "after an error the object is as it was");
    assert_eq!(
        cluster.get::<Peach>(&mine.meta.key()).await?,
        theirs,
        "nothing was written"
    );
    let name = format!(
        "Peach {}/a was changed by somebody else meanwhile: spec.price (read: 1, now: 2, yours: 3)",
        context.namespace()
    );
    assert!(error.to_string().starts_with(&name), "{error}");
    Ok(())
}

async fn both_making_the_same_change_is_no_conflict(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut mine = peach(&context, "a");
    cluster.save(&mut mine).await?;
    let mut theirs: Peach = cluster.get(&mine.meta.key()).await?;
    for peach in [&mut theirs, &mut mine] {
        peach.price = 2;
        cluster.save(peach).await?;
    }
    assert_eq!(mine, theirs);
    Ok(())
}

async fn a_conflict_with_a_controllers_status_does_not_happen(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut mine = peach(&context, "a");
    cluster.save(&mut mine).await?;
    let mut controllers: Peach = cluster.get(&mine.meta.key()).await?;
    controllers.ripe = Some(true);
    cluster.save(&mut controllers).await?;
    log.take();
    mine.price = 3;
    cluster.save(&mut mine).await?;
    assert_eq!(
        sent(&log),
        ["PATCH peaches/a"],
        "no second request is needed"
    );
    assert_eq!(mine.ripe, Some(true));
    Ok(())
}

async fn a_deleted_object_is_gone_and_not_made_again(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    cluster.delete(&peach).await?;
    peach.price = 3;
    let error = cluster.save(&mut peach).await.unwrap_err();
    assert!(error.is_not_found());
    assert!(
        error
            .to_string()
            .contains("is gone: it was deleted after it was read\n"),
        "{error}"
    );
    // A copy that forgets where it came from is a new object.
    peach.meta.forget();
    assert!(cluster.save(&mut peach).await?.created);
    Ok(())
}

async fn an_object_made_anew_is_another_one(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut old = peach(&context, "a");
    cluster.save(&mut old).await?;
    cluster.delete(&old).await?;
    let mut anew = peach(&context, "a");
    cluster.save(&mut anew).await?;
    old.price = 3;
    let error = cluster.save(&mut old).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("another object of that name was created"),
        "{error}"
    );
    assert!(cluster.delete(&old).await.unwrap_err().is_not_found());
    assert_eq!(cluster.get::<Peach>(&anew.meta.key()).await?, anew);
    Ok(())
}

async fn finalizers_are_added_and_removed_beside_others(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    let tasks = (0..8).map(|n| {
        let (cluster, mut peach) = (cluster.clone(), peach.clone());
        async move {
            cluster
                .add_finalizer(&mut peach, &format!("korm.example/{n}"))
                .await
        }
    });
    for result in futures::future::join_all(tasks).await {
        result?;
    }
    cluster.refresh(&mut peach).await?;
    assert_eq!(peach.meta.finalizers.len(), 8);
    assert!(matches!(
        cluster.delete(&peach).await?,
        korm::Deletion::Pending { .. }
    ));
    for n in 0..8 {
        cluster
            .remove_finalizer(&mut peach, &format!("korm.example/{n}"))
            .await?;
    }
    let key: ObjectKey = peach.meta.key();
    cluster.wait::<Peach>(&key).until_gone().await?;
    Ok(())
}
