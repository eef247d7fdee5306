//! Every operation has a span that says what it was about and what it cost, and none says anything confidential.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use k8s_openapi::api::core::v1::Secret;
use korm::prelude::*;
use korm::{FieldPath, Op};
use korm_tests::{Case, Context, Outcome};
use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::model::{Peach, cluster, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    every_operation_has_a_span,
    a_query_tells_what_it_asked_and_what_it_cost,
    nothing_confidential_is_told,
];

/// The name of a span, and its fields.
type Span = (&'static str, BTreeMap<&'static str, String>);

/// Spans as they were when they were closed, and everything that was said, as text.
#[derive(Clone, Default)]
struct Recorder {
    next: Arc<AtomicU64>,
    spans: Arc<Mutex<BTreeMap<u64, Span>>>,
    said: Arc<Mutex<String>>,
}

impl Recorder {
    /// The fields of the spans of that name, in the order in which they were opened.
    fn named(&self, name: &str) -> Vec<BTreeMap<&'static str, String>> {
        let spans = self.spans.lock().unwrap();
        let named = spans.values().filter(|(other, _)| *other == name);
        named.map(|(_, fields)| fields.clone()).collect()
    }

    /// One span of that name, as `verb kind`.
    fn one(&self, name: &str) -> String {
        let spans = self.named(name);
        let fields = spans.first().unwrap_or_else(|| panic!("no span {name}"));
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        format!("{} {}", field("verb"), field("kind"))
    }
}

struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let mut fields = BTreeMap::new();
        attributes.record(&mut Fields(&mut fields));
        self.said.lock().unwrap().push_str(&format!("{fields:?}\n"));
        let name = attributes.metadata().name();
        self.spans.lock().unwrap().insert(id, (name, fields));
        Id::from_u64(id)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let mut spans = self.spans.lock().unwrap();
        if let Some((_, fields)) = spans.get_mut(&id.into_u64()) {
            values.record(&mut Fields(fields));
            self.said.lock().unwrap().push_str(&format!("{fields:?}\n"));
        }
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        self.said.lock().unwrap().push_str(&format!("{fields:?}\n"));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Wants to know everything and keeps nothing. While it is there, no span is taken for one that nobody wants because a
/// thread without a recorder was the first to come by it.
struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Has to be called before any case is under way.
pub(crate) fn listen() {
    // There is no other, or it listens too.
    let _ = tracing::subscriber::set_global_default(Listener);
}

async fn every_operation_has_a_span(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let recorder = Recorder::default();
    let work = async {
        let mut peach = peach(&context, "a");
        let key = peach.meta.key();
        cluster.install::<Peach>().await?;
        cluster.create(&mut peach).await?;
        peach.price = 2;
        cluster.save(&mut peach).await?;
        cluster.get::<Peach>(&key).await?;
        cluster
            .update(&key, |peach: &mut Peach| peach.price += 1)
            .await?;
        cluster.apply(&mut peach).force().await?;
        cluster.owners::<Peach>(&key).await?;
        cluster.add_finalizer(&mut peach, "korm.example/x").await?;
        cluster
            .remove_finalizer(&mut peach, "korm.example/x")
            .await?;
        let all = || cluster.query::<Peach>().in_namespace(context.namespace());
        all().all().await?;
        all().count().await?;
        drop(all().watch().try_next().await?);
        cluster.wait::<Peach>(&key).until_exists().await?;
        cluster.kind("peaches.mapper.korm.example").await?;
        cluster.save_all(std::slice::from_mut(&mut peach)).await;
        cluster.delete(&peach).await
    };
    work.with_subscriber(recorder.clone()).await?;
    for (span, expected) in [
        ("korm.install", "install Peach"),
        ("korm.create", "create Peach"),
        ("korm.save", "save Peach"),
        ("korm.get", "get Peach"),
        ("korm.update", "update Peach"),
        ("korm.apply", "apply Peach"),
        ("korm.owners", "owners Peach"),
        ("korm.finalizers", "finalizers Peach"),
        ("korm.list", "list Peach"),
        ("korm.count", "count Peach"),
        ("korm.watch", "watch Peach"),
        ("korm.wait", "wait Peach"),
        ("korm.kinds", "kinds "),
        ("korm.many", "save_all Peach"),
        ("korm.delete", "delete Peach"),
    ] {
        assert_eq!(recorder.one(span), expected);
    }
    let object = format!("{}/a", context.namespace());
    assert_eq!(recorder.named("korm.create")[0]["object"], object);
    assert_eq!(recorder.named("korm.update")[0]["attempts"], "1");
    assert_eq!(recorder.named("korm.many")[0]["failed"], "0");
    Ok(())
}

async fn a_query_tells_what_it_asked_and_what_it_cost(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peaches: Vec<Peach> = (0..7)
        .map(|n| Peach {
            price: n,
            row: Some("7".into()),
            ..peach(&context, &format!("p{n}"))
        })
        .collect();
    for saved in cluster.save_all(&mut peaches).await {
        saved?;
    }
    let recorder = Recorder::default();
    let asked = || {
        let filter = Peach::row()
            .eq("7")
            .and(Peach::variety().eq("Frost"))
            .and(Peach::price().ge(4));
        let query = cluster.query::<Peach>().in_namespace(context.namespace());
        query.filter(filter).page_size(3)
    };
    let work = async {
        assert_eq!(asked().all().await?.len(), 3);
        assert_eq!(asked().count().await?, 3);
        let mut watch = asked().watch();
        for _ in 0..4 {
            watch.try_next().await?;
        }
        drop(watch);
        Ok::<_, korm::Error>(())
    };
    work.with_subscriber(recorder.clone()).await?;
    for name in ["korm.list", "korm.count", "korm.watch"] {
        let span = recorder.named(name).remove(0);
        let field = |name: &str| span.get(name).cloned().unwrap_or_default();
        assert_eq!(field("namespaces"), context.namespace(), "{name}");
        assert_eq!(field("labels"), "orchard.example/row=7", "{name}");
        assert_eq!(field("fields"), "spec.variety=Frost", "{name}");
        assert_eq!(field("residual"), "spec.price >= 4", "{name}");
        let cost = (field("pages"), field("scanned"), field("returned"));
        assert_eq!(cost, ("3".into(), "7".into(), "3".into()), "{name}");
    }
    Ok(())
}

async fn nothing_confidential_is_told(context: Context) -> Outcome {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    let recorder = Recorder::default();
    let mut errors = String::new();
    let work = async {
        let mut secret = Secret::default();
        secret.metadata.name = Some("a".into());
        secret.metadata.namespace = Some(context.namespace().into());
        secret.string_data = Some([("password".to_owned(), "hunter2".to_owned())].into());
        cluster.save(&mut secret).await?;
        let password = || {
            let at = FieldPath::root("data").child("password");
            korm::Expr::test(at, Op::Eq("aHVudGVyMg==".into()))
        };
        let query = || {
            cluster
                .query::<Secret>()
                .in_namespace(context.namespace())
                .filter(password())
        };
        assert_eq!(query().all().await?.len(), 1);
        assert_eq!(query().count().await?, 1);
        errors += &query().explain()?;
        let strict = cluster.refuse_residual();
        let refused = strict.query::<Secret>().filter(password()).all().await;
        errors += &refused.unwrap_err().to_string();
        let vain = cluster
            .wait::<Secret>((context.namespace(), "a"))
            .unless(password())
            .until(!password());
        errors += &vain.await.unwrap_err().to_string();
        // Saving over another's change is a conflict.
        let mut mine = secret.clone();
        mine.data = Some(
            [(
                "password".to_owned(),
                k8s_openapi::ByteString(b"hunter3".to_vec()),
            )]
            .into(),
        );
        secret.data = Some(
            [(
                "password".to_owned(),
                k8s_openapi::ByteString(b"hunter4".to_vec()),
            )]
            .into(),
        );
        cluster.save(&mut secret).await?;
        errors += &cluster.save(&mut mine).await.unwrap_err().to_string();
        cluster
            .apply(&mut mine)
            .await
            .map(drop)
            .unwrap_or_else(|error| errors += &error.to_string());
        cluster.delete(&secret).await
    };
    work.with_subscriber(recorder.clone()).await?;
    let said = recorder.said.lock().unwrap().clone();
    assert!(said.contains("data.password == "), "the query was told");
    for confidential in ["hunter", "aHVudGVy"] {
        assert!(!said.contains(confidential), "{said}");
        assert!(!errors.contains(confidential), "{errors}");
    }
    Ok(())
}
