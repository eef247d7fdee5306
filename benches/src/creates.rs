//! Creating many objects, so many at once.

use std::time::Instant;

use futures::{StreamExt, TryStreamExt, stream};
use kube::api::{Api, PostParams};

use crate::Done;
use crate::bare::Bare;
use crate::dataset::{object, text};
use crate::kinds::{Options, Peach, PeachSpec, mapped, name};

fn done(options: &Options, begin: Instant) -> Done {
    Done {
        objects: options.objects.into(),
        sum: 0,
        bytes: 0,
        requests: options.objects.into(),
        seconds: begin.elapsed().as_secs_f64(),
    }
}

/// The floor.
pub(crate) async fn raw(options: &Options) -> anyhow::Result<Done> {
    let server = Bare::connect(options).await?;
    let begin = Instant::now();
    stream::iter(0..options.objects)
        .map(|number| {
            let (server, path) = (server.clone(), options.path());
            let body = text(&object(number, "raw"));
            async move { server.whole("POST", &path, "application/json", body).await }
        })
        .buffer_unordered(options.in_flight)
        .try_for_each(async |_| Ok(()))
        .await?;
    Ok(done(options, begin))
}

/// As kube-rs's users do it.
pub(crate) async fn kube(options: &Options) -> anyhow::Result<Done> {
    let api = Api::<Peach>::namespaced(options.kube().await?, &options.namespace);
    let begin = Instant::now();
    stream::iter(0..options.objects)
        .map(|number| {
            let api = api.clone();
            async move {
                let spec = PeachSpec {
                    variety: "Frost".to_owned(),
                    price: number.into(),
                };
                let mut peach = Peach::new(&name(number), spec);
                let orchard = ("orchard".to_owned(), format!("orchard-{}", number % 10));
                peach.metadata.labels = Some([orchard].into());
                api.create(&PostParams::default(), &peach).await
            }
        })
        .buffer_unordered(options.in_flight)
        .try_for_each(async |_| Ok(()))
        .await?;
    Ok(done(options, begin))
}

/// One save after the other, so many at once.
pub(crate) async fn korm(options: &Options) -> anyhow::Result<Done> {
    let cluster = options.korm().await?;
    let begin = Instant::now();
    stream::iter(0..options.objects)
        .map(|number| {
            let cluster = cluster.clone();
            let mut peach = mapped::Peach {
                meta: korm::Meta::named(name(number)).in_namespace(&options.namespace),
                variety: "Frost".to_owned(),
                price: number.into(),
                orchard: Some(format!("orchard-{}", number % 10)),
                ripe: None,
            };
            async move { cluster.save(&mut peach).await }
        })
        .buffer_unordered(options.in_flight)
        .try_for_each(async |_| Ok(()))
        .await?;
    Ok(done(options, begin))
}
