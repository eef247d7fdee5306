//! Server-side apply.

use korm::prelude::*;
use korm_tests::{Case, Context, Outcome};

use super::model::{Peach, cluster, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    an_apply_creates_and_then_changes,
    an_unset_field_of_ours_is_removed,
    a_field_of_anothers_is_a_conflict_unless_forced,
    a_part_of_a_kind_can_be_applied,
    a_status_is_applied_to_its_subresource,
];

async fn an_apply_creates_and_then_changes(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    assert!(cluster.apply(&mut peach).await?.created);
    peach.price = 4;
    assert!(!cluster.apply(&mut peach).await?.created);
    let version = peach.meta.resource_version.clone();
    cluster.apply(&mut peach).await?;
    assert_eq!(
        peach.meta.resource_version, version,
        "applying the same again changes nothing"
    );
    assert_eq!(cluster.get::<Peach>(&peach.meta.key()).await?.price, 4);
    let owned = cluster.owned_fields::<Peach>(&peach.meta.key()).await?;
    assert_eq!(owned, ["spec.price", "spec.variety"]);
    Ok(())
}

async fn an_unset_field_of_ours_is_removed(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    peach.note = Some("soft".into());
    cluster.apply(&mut peach).await?;
    let other = cluster.with_field_manager("other");
    let mut theirs: Peach = other.get(&peach.meta.key()).await?;
    theirs.origin = Some("Piedmont".into());
    other.save(&mut theirs).await?;
    peach.note = None;
    cluster.apply(&mut peach).await?;
    assert_eq!(
        (peach.note.as_deref(), peach.origin.as_deref()),
        (None, Some("Piedmont"))
    );
    Ok(())
}

async fn a_field_of_anothers_is_a_conflict_unless_forced(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.apply(&mut peach).await?;
    let other = cluster.with_field_manager("other");
    let mut theirs = peach.clone();
    theirs.price = 5;
    let error = other.apply(&mut theirs).await.unwrap_err();
    let conflict = error.as_apply_conflict().unwrap();
    assert_eq!(conflict.fields().len(), 1, "{error}");
    assert_eq!(
        (
            conflict.fields()[0].field.as_str(),
            conflict.fields()[0].manager.as_str()
        ),
        (".spec.price", "korm")
    );
    other.apply(&mut theirs).force().await?;
    assert_eq!(cluster.get::<Peach>(&peach.meta.key()).await?.price, 5);
    let ours = cluster.owned_fields::<Peach>(&peach.meta.key()).await?;
    assert_eq!(ours, ["spec.variety"], "the field was taken over");
    Ok(())
}

/// Just what one manager cares about.
#[derive(Model, Clone, Debug)]
#[korm(
    group = "mapper.korm.example",
    version = "v1",
    kind = "Peach",
    plural = "peaches",
    namespaced
)]
struct Memo {
    meta: Meta,
    #[korm(spec)]
    note: Option<String>,
}

async fn a_part_of_a_kind_can_be_applied(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    let mut note = Memo {
        meta: Meta::named("a").in_namespace(context.namespace()),
        note: Some("ripe soon".into()),
    };
    let notes = cluster.with_field_manager("notes");
    notes.apply(&mut note).await?;
    assert_eq!(
        notes.owned_fields::<Memo>(&note.meta.key()).await?,
        ["spec.note"]
    );
    let read: Peach = cluster.get(&peach.meta.key()).await?;
    assert_eq!(
        (read.note.as_deref(), read.variety.as_str()),
        (Some("ripe soon"), "Frost")
    );
    Ok(())
}

async fn a_status_is_applied_to_its_subresource(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    peach.ripe = Some(true);
    let saved = cluster.apply(&mut peach).await?;
    assert_eq!(
        saved.endpoints,
        [korm::Endpoint::Object, korm::Endpoint::Status]
    );
    assert_eq!(
        cluster.get::<Peach>(&peach.meta.key()).await?.ripe,
        Some(true)
    );
    let owners = cluster.owners::<Peach>(&peach.meta.key()).await?;
    let of_status = owners
        .iter()
        .find(|owner| owner.subresource.as_deref() == Some("status"));
    assert_eq!(
        of_status.map(|owner| owner.fields.clone()),
        Some(vec!["status.ripe".to_owned()])
    );
    Ok(())
}
