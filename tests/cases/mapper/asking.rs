//! Queries, request by request: what exactly is asked of the server, and what is not.

use std::sync::{Arc, Mutex};

use korm::prelude::*;
use korm::{Consistency, RequestLog};
use korm_tests::{Case, Context, Outcome};

use super::model::{Peach, cluster, peach, recorded};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    the_next_page_is_asked_for_before_this_one_is_looked_at,
    metadata_alone_is_asked_for_where_it_is_enough,
    a_count_asks_for_one_object,
    a_limit_is_the_size_of_the_request,
    selectors_of_ones_own_are_sent_beside_the_filter,
    how_recent_is_a_parameter,
    each_namespace_is_a_list_and_each_object_comes_once,
    what_can_never_hold_sends_nothing_whatever_is_asked,
    equals_stay_in_the_order_of_the_server,
    an_order_may_be_of_any_field,
    explain_has_every_request,
];

/// Seven of two varieties, with two prices, in rows.
async fn orchard(context: &Context) -> korm::Result<(Cluster, RequestLog)> {
    let cluster = cluster(context).await?;
    let mut peaches: Vec<Peach> = (0..7).map(|n| peach(context, &format!("p{n}"))).collect();
    for (n, peach) in (0..).zip(&mut peaches) {
        peach.price = n % 2;
        peach.variety = if n < 4 { "Frost" } else { "Redhaven" }.into();
        peach.row = Some(if n < 3 { "front" } else { "back" }.into());
    }
    for saved in cluster.save_all(&mut peaches).await {
        saved?;
    }
    Ok(cluster.recorded())
}

/// The queries of the lists that were sent, without what differs from run to run.
fn asked(log: &RequestLog) -> Vec<String> {
    let line = |request: korm::LoggedRequest| {
        let query = request
            .path_and_query
            .split_once('?')
            .map_or("", |(_, query)| query);
        let parts = query.split('&').map(|part| match part.split_once('=') {
            Some(("continue", _)) => "continue".to_owned(),
            Some(("resourceVersion", version)) if version != "0" => "resourceVersion".to_owned(),
            _ => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("&")
    };
    log.take().into_iter().map(line).collect()
}

fn names(found: &[Peach]) -> String {
    let names: Vec<_> = found.iter().map(|peach| peach.meta.name.as_str()).collect();
    names.join(" ")
}

async fn the_next_page_is_asked_for_before_this_one_is_looked_at(context: Context) -> Outcome {
    let (cluster, log) = orchard(&context).await?;
    let all = || cluster.query::<Peach>().in_namespace(context.namespace());
    let mut pages = all().page_size(3).pages();
    assert!(log.requests().is_empty(), "nobody has asked yet");
    assert_eq!(pages.try_next().await?.map(|page| page.len()), Some(3));
    // Nobody asks for the second page, and it comes.
    for _ in 0..600 {
        if log.requests().len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(asked(&log), ["limit=3", "limit=3&continue"]);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(log.take().is_empty(), "one page ahead, and no more");
    assert_eq!(pages.try_next().await?.map(|page| page.len()), Some(3));
    assert_eq!(pages.try_next().await?.map(|page| page.len()), Some(1));
    assert!(pages.try_next().await?.is_none());
    assert_eq!(asked(&log), ["limit=3&continue"]);
    Ok(())
}

async fn metadata_alone_is_asked_for_where_it_is_enough(context: Context) -> Outcome {
    let (cluster, _) = orchard(&context).await?;
    let accepted = Arc::new(Mutex::new(Vec::new()));
    let seen = accepted.clone();
    let cluster = cluster.with_request_hook(move |request| {
        let accept = request.headers.get(http::header::ACCEPT);
        let accept = accept
            .and_then(|accept| accept.to_str().ok())
            .unwrap_or_default();
        seen.lock()
            .unwrap()
            .push(accept.contains("as=PartialObjectMetadataList"));
        Ok(())
    });
    let all = || cluster.query::<Peach>().in_namespace(context.namespace());
    let of_metadata = || std::mem::take(&mut *accepted.lock().unwrap());

    assert_eq!(all().keys().await?.len(), 7);
    assert!(all().exists().await?);
    assert_eq!(all().count().await?, 7);
    assert_eq!(
        all().distinct(Peach::row()).await?,
        [Some("back".to_owned()), Some("front".into())]
    );
    assert_eq!(all().values_of(Peach::meta().name()).await?.len(), 7);
    assert_eq!(
        all()
            .filter(Peach::meta().name().ge("p5"))
            .keys()
            .await?
            .len(),
        2
    );
    assert_eq!(
        all()
            .filter(Peach::row().eq("front"))
            .order_by(Peach::origin())
            .keys()
            .await?
            .len(),
        3
    );
    assert_eq!(of_metadata(), [true; 7]);

    // As soon as something else is asked for, evaluated or ordered by, it has to be read.
    all().values_of(Peach::price()).await?;
    all().filter(Peach::price().eq(1)).keys().await?;
    all().order_by(Peach::price()).keys().await?;
    all().all().await?;
    assert_eq!(of_metadata(), [false; 4]);
    Ok(())
}

async fn a_count_asks_for_one_object(context: Context) -> Outcome {
    let (cluster, log) = orchard(&context).await?;
    let all = || cluster.query::<Peach>().in_namespace(context.namespace());
    // The server says how many follow, if nothing is selected.
    assert_eq!(all().count().await?, 7);
    assert_eq!(asked(&log), ["limit=1"]);
    assert_eq!(all().limit(3).count().await?, 3);
    assert_eq!(asked(&log), ["limit=1"]);
    // With a selector it does not, and they are counted.
    assert_eq!(
        all()
            .filter(Peach::variety().eq("Frost"))
            .page_size(2)
            .count()
            .await?,
        4
    );
    assert_eq!(
        asked(&log),
        [
            "fieldSelector=spec.variety%3DFrost&limit=1",
            "fieldSelector=spec.variety%3DFrost&limit=2&continue",
            "fieldSelector=spec.variety%3DFrost&limit=2&continue",
        ]
    );
    assert_eq!(all().filter(Peach::price().eq(1)).count().await?, 3);
    assert_eq!(asked(&log), ["limit=500"]);
    Ok(())
}

async fn a_limit_is_the_size_of_the_request(context: Context) -> Outcome {
    let (cluster, log) = orchard(&context).await?;
    let all = || cluster.query::<Peach>().in_namespace(context.namespace());
    assert_eq!(names(&all().limit(3).all().await?), "p0 p1 p2");
    assert_eq!(asked(&log), ["limit=3"]);
    assert_eq!(
        all().first().await?.map(|peach| peach.meta.name),
        Some("p0".into())
    );
    assert_eq!(asked(&log), ["limit=1"]);
    all().one().await.unwrap_err();
    assert_eq!(asked(&log), ["limit=2"]);
    // What is evaluated here may leave out any of them; it ends as soon as there are enough.
    let dear = all().filter(Peach::price().eq(1)).page_size(2).limit(1);
    assert_eq!(names(&dear.all().await?), "p1");
    assert!(asked(&log).len() <= 2);
    // In an order, the first ones may be anywhere.
    assert_eq!(
        names(
            &all()
                .order_by_desc(Peach::meta().name())
                .limit(2)
                .all()
                .await?
        ),
        "p6 p5"
    );
    assert_eq!(asked(&log), ["limit=500"]);
    assert!(all().limit(0).all().await?.is_empty());
    Ok(())
}

async fn selectors_of_ones_own_are_sent_beside_the_filter(context: Context) -> Outcome {
    let (cluster, log) = orchard(&context).await?;
    let query = cluster
        .query::<Peach>()
        .in_namespace(context.namespace())
        .filter(Peach::row().eq("back").and(Peach::price().eq(1)))
        .label_selector("orchard.example/row in (back, side),!canary")
        .field_selector("metadata.name!=p3");
    let explained = query.explain()?;
    assert_eq!(names(&query.all().await?), "p5");
    let sent = log.take();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        explained,
        format!(
            "GET {}\nthen keep where spec.price == 1\n",
            sent[0].path_and_query
        )
    );
    let path = &sent[0].path_and_query;
    for part in [
        "orchard.example%2Frow%3Dback%2C",
        "%21canary",
        "fieldSelector=metadata.name%21%3Dp3",
    ] {
        assert!(path.contains(part), "{path}");
    }
    let refused = cluster
        .query::<Peach>()
        .label_selector("a in (")
        .all()
        .await;
    assert!(refused.unwrap_err().is_rejected());
    Ok(())
}

async fn how_recent_is_a_parameter(context: Context) -> Outcome {
    let (cluster, log) = orchard(&context).await?;
    let version = cluster
        .get::<Peach>((context.namespace(), "p6"))
        .await?
        .meta
        .resource_version;
    let version = version.ok_or("no version")?;
    log.take();
    let ask = async |consistency: Consistency| {
        let query = cluster.query::<Peach>().in_namespace(context.namespace());
        query.consistency(consistency).all().await.map(drop)
    };
    ask(Consistency::MostRecent).await?;
    ask(Consistency::Any).await?;
    ask(Consistency::NotOlderThan(version.clone())).await?;
    ask(Consistency::Exact(version)).await?;
    assert_eq!(
        asked(&log),
        [
            "limit=500",
            "limit=500&resourceVersion=0",
            "limit=500&resourceVersion&resourceVersionMatch=NotOlderThan",
            "limit=500&resourceVersion&resourceVersionMatch=Exact",
        ]
    );
    Ok(())
}

async fn each_namespace_is_a_list_and_each_object_comes_once(context: Context) -> Outcome {
    let (cluster, log) = orchard(&context).await?;
    let own = context.namespace();
    let found = cluster
        .query::<Peach>()
        .in_namespaces(["default", own, own]);
    let found = found.filter(Peach::row().exists()).limit(2);
    assert_eq!(names(&found.all().await?), "p0 p1");
    let paths: Vec<_> = log
        .take()
        .into_iter()
        .map(|sent| sent.path_and_query)
        .collect();
    let lists = |namespace: &str| {
        let path = format!("/namespaces/{namespace}/peaches?");
        paths.iter().filter(|sent| sent.contains(&path)).count()
    };
    assert_eq!((lists("default"), lists(own), paths.len()), (1, 1, 2));
    // One that is asked for by name too.
    let both = cluster
        .query::<Peach>()
        .in_namespaces([own])
        .filter(Peach::meta().name().is_in(["p1", "p2", "p9"]));
    assert_eq!(names(&both.all().await?), "p1 p2");
    Ok(())
}

async fn what_can_never_hold_sends_nothing_whatever_is_asked(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let never = || {
        let query = cluster.query::<Peach>().in_namespace(context.namespace());
        query.filter(
            Peach::variety()
                .eq("Frost")
                .and(Peach::variety().eq("Redhaven")),
        )
    };
    assert!(never().all().await?.is_empty());
    assert!(never().order_by(Peach::price()).all().await?.is_empty());
    assert!(never().first().await?.is_none());
    assert!(never().one().await.unwrap_err().is_none_found());
    assert_eq!(never().count().await?, 0);
    assert!(!never().exists().await?);
    assert!(never().keys().await?.is_empty());
    assert!(never().values_of(Peach::price()).await?.is_empty());
    assert!(never().counts_by(Peach::price()).await?.is_empty());
    assert!(never().pages().try_next().await?.is_none());
    assert!(never().stream().try_next().await?.is_none());
    assert!(never().delete().await?.is_empty());
    assert!(
        never()
            .update(|peach: &mut Peach| peach.price = 9)
            .await?
            .is_empty()
    );
    for other in [
        Peach::meta()
            .name()
            .eq("a")
            .and(Peach::meta().name().eq("b")),
        Peach::price().is_in(Vec::<i64>::new()),
        Peach::row().exists().and(!Peach::row().exists()),
        Peach::price().gt(3).and(Peach::price().lt(3)),
    ] {
        let text = other.to_string();
        let query = cluster.query::<Peach>().filter(other);
        assert!(query.clone().all().await?.is_empty(), "{text}");
        assert!(
            !query.explain()?.contains("GET "),
            "{text}: {}",
            query.explain()?
        );
    }
    assert!(log.take().is_empty());
    Ok(())
}

async fn equals_stay_in_the_order_of_the_server(context: Context) -> Outcome {
    let (cluster, _) = orchard(&context).await?;
    let all = || {
        cluster
            .query::<Peach>()
            .in_namespace(context.namespace())
            .page_size(2)
    };
    assert_eq!(
        names(&all().order_by(Peach::price()).all().await?),
        "p0 p2 p4 p6 p1 p3 p5"
    );
    assert_eq!(
        names(&all().order_by_desc(Peach::price()).all().await?),
        "p1 p3 p5 p0 p2 p4 p6"
    );
    let several = all()
        .order_by_desc(Peach::variety())
        .order_by(Peach::price())
        .order_by_desc(Peach::meta().name());
    assert_eq!(names(&several.all().await?), "p6 p4 p5 p2 p0 p3 p1");
    Ok(())
}

/// Of an optional field, a label, the status, and of what the model does not map.
async fn an_order_may_be_of_any_field(context: Context) -> Outcome {
    let (cluster, _) = orchard(&context).await?;
    for (name, ripe) in [("p2", true), ("p5", false)] {
        cluster
            .update((context.namespace(), name), |peach: &mut Peach| {
                peach.ripe = Some(ripe);
                peach.note = Some(name.into());
            })
            .await?;
    }
    let all = || cluster.query::<Peach>().in_namespace(context.namespace());
    assert_eq!(
        names(&all().order_by_desc(Peach::note()).limit(3).all().await?),
        "p5 p2 p0"
    );
    assert_eq!(
        names(&all().order_by(Peach::ripe()).limit(3).all().await?),
        "p5 p2 p0"
    );
    assert_eq!(
        names(&all().order_by(Peach::row()).limit(2).all().await?),
        "p3 p4"
    );
    let newest = all().order_by_desc(korm::FieldPath::metadata("generation"));
    assert_eq!(names(&newest.limit(2).all().await?), "p2 p5");
    Ok(())
}

async fn explain_has_every_request(context: Context) -> Outcome {
    let (cluster, log) = orchard(&context).await?;
    let own = context.namespace();
    let query = cluster.query::<Peach>().in_namespaces(["default", own]);
    let query = query.filter(Peach::price().eq(1).or(Peach::row().eq("front")));
    let explained = query.explain()?;
    query.all().await?;
    let sent: Vec<_> = log
        .take()
        .into_iter()
        .map(|sent| format!("GET {}", sent.path_and_query))
        .collect();
    let mut told: Vec<_> = explained
        .lines()
        .filter(|line| line.starts_with("GET "))
        .collect();
    told.sort_unstable();
    let mut sent: Vec<_> = sent.iter().map(String::as_str).collect();
    sent.sort_unstable();
    assert_eq!(told, sent);
    assert!(explained.contains("then keep where "), "{explained}");
    Ok(())
}
