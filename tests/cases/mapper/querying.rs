//! Promise 3: any field can be asked for; what is sent is what `explain` says.

use korm::Consistency;
use korm::prelude::*;
use korm_tests::{Case, Context, Outcome};

use super::model::{Peach, cluster, peach, recorded, sent};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    every_operator_finds_what_it_says,
    a_selectable_field_is_asked_of_the_server,
    what_is_explained_is_what_is_sent,
    pages_first_one_count_and_exists,
    order_and_limit,
    several_namespaces,
    what_can_never_hold_sends_nothing,
    a_residual_can_be_refused,
    one_bad_object_does_not_hide_the_others,
    an_answer_is_as_recent_as_asked_for,
    what_is_written_meanwhile_is_not_in_the_pages,
];

async fn orchard(context: &Context) -> korm::Result<Cluster> {
    let cluster = cluster(context).await?;
    let mut peaches: Vec<Peach> = (0..6).map(|n| peach(context, &format!("p{n}"))).collect();
    for (n, peach) in (0..).zip(&mut peaches) {
        peach.price = n;
        peach.variety = if n % 2 == 0 { "Frost" } else { "Redhaven" }.into();
        peach.row = (n > 2).then(|| format!("row-{n}"));
        peach.note = (n == 4).then(|| "soft & sweet".into());
        peach.tags = (n < 2).then(|| vec![format!("tag{n}"), "fruit".into()]);
    }
    for saved in cluster.save_all(&mut peaches).await {
        saved?;
    }
    Ok(cluster)
}

fn names(found: &[Peach]) -> String {
    found
        .iter()
        .map(|peach| peach.meta.name.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

async fn every_operator_finds_what_it_says(context: Context) -> Outcome {
    let cluster = orchard(&context).await?;
    let questions = [
        (Peach::price().eq(2), "p2"),
        (Peach::price().ne(2), "p0 p1 p3 p4 p5"),
        (Peach::price().lt(2), "p0 p1"),
        (Peach::price().le(2), "p0 p1 p2"),
        (Peach::price().gt(4), "p5"),
        (Peach::price().ge(4), "p4 p5"),
        (Peach::price().is_in([1, 4, 9]), "p1 p4"),
        (Peach::price().not_in([1, 4, 9]), "p0 p2 p3 p5"),
        (Peach::variety().eq("Frost"), "p0 p2 p4"),
        (Peach::variety().ne("Frost"), "p1 p3 p5"),
        (Peach::variety().starts_with("Red"), "p1 p3 p5"),
        (Peach::variety().ends_with("st"), "p0 p2 p4"),
        (Peach::variety().matches("^[FG]r"), "p0 p2 p4"),
        (Peach::note().contains("& sw"), "p4"),
        (Peach::note().exists(), "p4"),
        (!Peach::note().exists(), "p0 p1 p2 p3 p5"),
        (Peach::tags().contains("tag1"), "p1"),
        (Peach::row().exists(), "p3 p4 p5"),
        (Peach::row().eq("row-4"), "p4"),
        (Peach::row().ne("row-4"), "p0 p1 p2 p3 p5"),
        (Peach::row().is_in(["row-3", "row-5"]), "p3 p5"),
        (
            Peach::variety().eq("Frost").and(Peach::price().gt(0)),
            "p2 p4",
        ),
        (Peach::row().eq("row-3").or(Peach::price().eq(0)), "p0 p3"),
        (!(Peach::row().eq("row-3").or(Peach::price().lt(5))), "p5"),
    ];
    for (question, expected) in questions {
        let text = question.to_string();
        let found = cluster
            .query::<Peach>()
            .in_namespace(context.namespace())
            .filter(question);
        assert_eq!(names(&found.all().await?), expected, "{text}");
    }
    Ok(())
}

async fn a_selectable_field_is_asked_of_the_server(context: Context) -> Outcome {
    let cluster = orchard(&context).await?.refuse_residual();
    let query = cluster.query::<Peach>().in_namespace(context.namespace());
    let found = query
        .filter(Peach::variety().eq("Redhaven").and(Peach::row().exists()))
        .all()
        .await?;
    assert_eq!(names(&found), "p3 p5");
    Ok(())
}

async fn what_is_explained_is_what_is_sent(context: Context) -> Outcome {
    let (cluster, log) = orchard(&context).await?.recorded();
    let query = cluster
        .query::<Peach>()
        .in_namespace(context.namespace())
        .filter(
            Peach::row()
                .is_in(["row-3", "row-4"])
                .and(Peach::price().gt(3)),
        );
    let explained = query.explain()?;
    assert_eq!(names(&query.all().await?), "p4");
    let requests = log.take();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        explained,
        format!(
            "GET {}\nthen keep where spec.price > 3\n",
            requests[0].path_and_query
        )
    );
    Ok(())
}

async fn pages_first_one_count_and_exists(context: Context) -> Outcome {
    let (cluster, log) = orchard(&context).await?.recorded();
    let all = || cluster.query::<Peach>().in_namespace(context.namespace());
    let pages: Vec<_> = all().page_size(4).pages().try_collect().await?;
    assert_eq!(
        pages.iter().map(|page| page.len()).collect::<Vec<_>>(),
        [4, 2]
    );
    assert_eq!(sent(&log).len(), 2);
    let streamed: Vec<Peach> = all().page_size(2).stream().try_collect().await?;
    assert_eq!(names(&streamed), "p0 p1 p2 p3 p4 p5");
    log.take();

    assert_eq!(all().count().await?, 6);
    assert_eq!(sent(&log).len(), 1, "the server knows how many follow");
    assert_eq!(all().filter(Peach::price().gt(3)).count().await?, 2);
    assert!(all().filter(Peach::price().gt(4)).exists().await?);
    assert!(!all().filter(Peach::price().gt(5)).exists().await?);
    assert_eq!(all().first().await?.unwrap().meta.name, "p0");
    assert_eq!(
        all().filter(Peach::price().eq(3)).one().await?.meta.name,
        "p3"
    );
    assert!(all().filter(Peach::price().eq(7)).first().await?.is_none());
    let none = all().filter(Peach::price().eq(7)).one().await.unwrap_err();
    assert!(none.is_none_found());
    assert_eq!(
        none.to_string(),
        "expected exactly one Peach, found none\n  hint: widen the filter, or ask with `first()` where there may be none"
    );
    let many = all().one().await.unwrap_err();
    assert!(many.is_many_found(), "{many}");
    Ok(())
}

async fn order_and_limit(context: Context) -> Outcome {
    let cluster = orchard(&context).await?;
    let all = || cluster.query::<Peach>().in_namespace(context.namespace());
    let dear = all().order_by_desc(Peach::price()).limit(2).all().await?;
    assert_eq!(names(&dear), "p5 p4");
    let by_variety = all()
        .order_by(Peach::variety())
        .order_by_desc(Peach::price())
        .all()
        .await?;
    assert_eq!(names(&by_variety), "p4 p2 p0 p5 p3 p1");
    // What has no row comes last, either way.
    assert_eq!(
        names(&all().order_by_desc(Peach::row()).all().await?),
        "p5 p4 p3 p0 p1 p2"
    );
    assert_eq!(names(&all().limit(3).all().await?), "p0 p1 p2");
    Ok(())
}

async fn several_namespaces(context: Context) -> Outcome {
    let (cluster, log) = orchard(&context).await?.recorded();
    let query = cluster
        .query::<Peach>()
        .in_namespaces([context.namespace(), "no-such-namespace"]);
    assert_eq!(
        names(&query.filter(Peach::price().lt(1)).all().await?),
        "p0"
    );
    assert_eq!(log.take().len(), 2, "one list for each");
    Ok(())
}

async fn what_can_never_hold_sends_nothing(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let never = Peach::row().eq("1").and(Peach::row().eq("2"));
    assert!(
        cluster
            .query::<Peach>()
            .filter(never)
            .all()
            .await?
            .is_empty()
    );
    assert!(
        cluster
            .query::<Peach>()
            .filter(Peach::price().is_in(Vec::<i64>::new()))
            .all()
            .await?
            .is_empty()
    );
    assert!(log.take().is_empty());
    Ok(())
}

async fn a_residual_can_be_refused(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let error = cluster
        .refuse_residual()
        .query::<Peach>()
        .filter(Peach::price().gt(2))
        .all()
        .await
        .unwrap_err();
    assert!(error.is_residual_refused());
    assert!(log.take().is_empty());
    Ok(())
}

/// A model of the same kind that believes something else of it.
#[derive(Model, Clone, Debug)]
#[korm(
    group = "mapper.korm.example",
    version = "v1",
    kind = "Peach",
    plural = "peaches",
    namespaced
)]
struct Misfit {
    meta: Meta,
    #[korm(spec)]
    #[allow(dead_code, reason = "only read")]
    note: String,
}

async fn one_bad_object_does_not_hide_the_others(context: Context) -> Outcome {
    let cluster = orchard(&context).await?;
    let found = cluster
        .query::<Misfit>()
        .in_namespace(context.namespace())
        .all()
        .await?;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].meta.name, "p4");
    assert_eq!(found.faults().len(), 5);
    let fault = found.faults()[0].as_undecodable().unwrap();
    assert_eq!(
        (fault.object().name.as_str(), fault.path()),
        ("p0", "spec.note")
    );
    Ok(())
}

async fn an_answer_is_as_recent_as_asked_for(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    let before = peach.meta.resource_version.clone().unwrap();
    peach.price = 9;
    cluster.save(&mut peach).await?;
    let after = peach.meta.resource_version.clone().unwrap();
    let price = async |consistency: Consistency| {
        let query = cluster.query::<Peach>().in_namespace(context.namespace());
        let found = query.consistency(consistency).all().await?;
        Ok::<_, korm::Error>(found.first().map(|peach| peach.price))
    };
    assert_eq!(price(Consistency::MostRecent).await?, Some(9));
    assert_eq!(price(Consistency::Exact(before)).await?, Some(1));
    assert_eq!(price(Consistency::NotOlderThan(after)).await?, Some(9));
    // Whatever the server has at hand: one of its states, or none of it yet.
    assert!([None, Some(1), Some(9)].contains(&price(Consistency::Any).await?));
    Ok(())
}

/// All pages of a list are of one state.
async fn what_is_written_meanwhile_is_not_in_the_pages(context: Context) -> Outcome {
    let cluster = orchard(&context).await?;
    let mut pages = cluster
        .query::<Peach>()
        .in_namespace(context.namespace())
        .page_size(2)
        .pages();
    let mut seen = pages.try_next().await?.ok_or("no page")?.into_vec();
    cluster.delete(&seen[0]).await?;
    cluster
        .delete_by_key::<Peach>((context.namespace(), "p5"))
        .await?;
    cluster.save(&mut peach(&context, "p9")).await?;
    while let Some(page) = pages.try_next().await? {
        seen.extend(page.into_vec());
    }
    assert_eq!(names(&seen), "p0 p1 p2 p3 p4 p5");
    Ok(())
}
