//! What users read when something is wrong.

use korm::prelude::*;
use korm_tests::{Case, Context, Outcome, Server};

use super::model::{Peach, cluster, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_kind_that_is_not_installed,
    a_value_that_the_schema_rejects,
    a_field_that_the_schema_does_not_know,
    an_invalid_name,
    what_validation_says_here_the_server_says_too,
    a_missing_namespace,
    forbidden except Embedded "it has no authorization: whoever reaches it may do everything",
];

#[derive(Model, Clone, Debug)]
#[korm(
    group = "nowhere.korm.example",
    version = "v1",
    plural = "figs",
    namespaced
)]
struct Fig {
    meta: Meta,
}

async fn a_kind_that_is_not_installed(context: Context) -> Outcome {
    let cluster = Cluster::from_client(context.client(), "https://fruit.example");
    let expected = "the cluster at https://fruit.example does not serve Fig (figs, apiVersion nowhere.korm.example/v1)\n  \
                    hint: install its CustomResourceDefinition with `cluster.install::<Fig>()` or `kubectl apply`";
    let mut fig = Fig {
        meta: Meta::named("a").in_namespace(context.namespace()),
    };
    assert_eq!(
        cluster.save(&mut fig).await.unwrap_err().to_string(),
        expected
    );
    assert_eq!(
        cluster.query::<Fig>().all().await.unwrap_err().to_string(),
        expected
    );
    assert_eq!(
        cluster
            .query::<Fig>()
            .watch()
            .try_next()
            .await
            .unwrap_err()
            .to_string(),
        expected
    );
    assert_eq!(
        cluster
            .get::<Fig>(&fig.meta.key())
            .await
            .unwrap_err()
            .to_string(),
        expected
    );
    Ok(())
}

async fn a_value_that_the_schema_rejects(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    peach.price = -1;
    let error = cluster.save(&mut peach).await.unwrap_err();
    assert!(error.is_invalid());
    assert_eq!(
        error.to_string(),
        format!(
            "Peach {}/a is invalid: spec.price: Invalid value: -1: spec.price in body should be greater than or equal to 0",
            context.namespace()
        )
    );
    Ok(())
}

/// Believes in a field that the installed schema does not have.
#[derive(Model, Clone, Debug)]
#[korm(
    group = "mapper.korm.example",
    version = "v1",
    kind = "Peach",
    plural = "peaches",
    namespaced
)]
struct Coloured {
    meta: Meta,
    #[korm(spec)]
    variety: String,
    #[korm(spec)]
    colour: String,
}

async fn a_field_that_the_schema_does_not_know(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut coloured = Coloured {
        meta: Meta::named("a").in_namespace(context.namespace()),
        variety: "Frost".into(),
        colour: "red".into(),
    };
    let error = cluster.save(&mut coloured).await.unwrap_err();
    assert!(error.is_invalid());
    assert_eq!(
        error.to_string(),
        format!(
            "Peach {}/a is invalid: spec.colour: the schema in the cluster does not know this field\n  hint: bring the \
             CustomResourceDefinition up to the model with `cluster.install::<Peach>()`, or correct the field's name",
            context.namespace()
        )
    );
    Ok(())
}

async fn an_invalid_name(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let error = cluster
        .save(&mut peach(&context, "Cake Peach"))
        .await
        .unwrap_err();
    assert!(error.is_invalid());
    let text = error.to_string();
    let start = format!(
        "Peach {}/Cake Peach is invalid: metadata.name: Invalid value: \"Cake Peach\": a lowercase RFC 1123 subdomain must \
         consist of",
        context.namespace()
    );
    assert!(text.starts_with(&start), "{text}");
    Ok(())
}

/// Several rules at once, of the schema and in CEL, on the typed model.
#[derive(Model, Clone, Debug)]
#[korm(
    group = "errors.korm.example",
    version = "v1",
    plural = "quinces",
    namespaced,
    rule("self.spec.low <= self.spec.high", message = "low is at most high")
)]
struct Quince {
    meta: Meta,
    #[korm(spec, min = 0, max = 9)]
    low: i64,
    #[korm(spec, max = 9)]
    high: i64,
    #[korm(spec, pattern = "^[a-z]*$", max_length = 5)]
    word: String,
    #[korm(spec, values("raw", "cooked"))]
    state: Option<String>,
    #[korm(spec, list_set)]
    tags: Vec<String>,
    #[korm(spec, format = "date-time")]
    picked: Option<String>,
    #[korm(spec, rule("self != 'x'", message = "x is not a name"), max_length = 9)]
    name: Option<String>,
}

/// Makes one field of it wrong.
type Spoil = fn(&mut Quince);

async fn what_validation_says_here_the_server_says_too(context: Context) -> Outcome {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    cluster.install::<Quince>().await?;
    let good = Quince {
        meta: Meta::named("a").in_namespace(context.namespace()),
        low: 1,
        high: 2,
        word: "ripe".into(),
        state: Some("raw".into()),
        tags: vec!["a".into(), "b".into()],
        picked: Some("2026-05-01T12:00:00Z".into()),
        name: None,
    };
    good.validate()?;
    let bad: [(&str, Spoil); 8] = [
        ("low", |quince| quince.low = -1),
        ("high", |quince| quince.high = 10),
        ("rule", |quince| quince.low = 3),
        ("word", |quince| quince.word = "RIPE AND LONG".into()),
        ("state", |quince| quince.state = Some("fried".into())),
        ("tags", |quince| quince.tags.push("a".into())),
        ("picked", |quince| quince.picked = Some("yesterday".into())),
        ("name", |quince| quince.name = Some("x".into())),
    ];
    for (what, spoil) in bad {
        let mut quince = good.clone();
        spoil(&mut quince);
        let here = quince.validate().unwrap_err();
        let there = cluster.dry_run().save(&mut quince).await.unwrap_err();
        assert_eq!(
            here.as_invalid().unwrap().violations(),
            there.as_invalid().unwrap().violations(),
            "{what}"
        );
        assert_eq!(here.to_string(), there.to_string(), "{what}");
    }
    let mut worst = good.clone();
    for (_, spoil) in &bad {
        spoil(&mut worst);
    }
    let sorted = |error: &korm::Error| {
        let mut all: Vec<_> = error
            .as_invalid()
            .unwrap()
            .violations()
            .iter()
            .map(|one| one.path.clone())
            .collect();
        all.sort();
        all
    };
    let there = cluster.dry_run().save(&mut worst).await.unwrap_err();
    assert_eq!(sorted(&worst.validate().unwrap_err()), sorted(&there));
    cluster.save(&mut good.clone()).await?;
    Ok(())
}

async fn a_missing_namespace(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut nowhere = peach(&context, "a");
    nowhere.meta.namespace = Some("no-such-namespace".into());
    let error = cluster.save(&mut nowhere).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(
        error.to_string(),
        "Peach no-such-namespace/a cannot be created: its namespace does not exist\n  hint: create it first, for example \
         with `kubectl create namespace no-such-namespace`"
    );
    nowhere.meta.namespace = None;
    let error = cluster.save(&mut nowhere).await.unwrap_err();
    assert!(error.is_usage(), "{error}");
    Ok(())
}

/// The reference server knows a user without any right.
async fn forbidden(context: Context) -> Outcome {
    assert_eq!(context.server(), Server::Reference);
    cluster(&context).await?;
    let path = std::env::var("KORM_REFERENCE_KUBECONFIG")?;
    let nobody = korm::Connect::new()
        .kubeconfig(path)
        .context("reference-nobody")
        .cluster()
        .await?;
    let error = nobody.save(&mut peach(&context, "a")).await.unwrap_err();
    assert!(error.is_forbidden());
    let text = error.to_string();
    let start = format!(
        "creating Peach {}/a is forbidden: peaches.mapper.korm.example is forbidden: User \"",
        context.namespace()
    );
    assert!(text.starts_with(&start), "{text}");
    assert!(
        text.ends_with("\n  hint: see what you may do with `kubectl auth can-i --list`"),
        "{text}"
    );
    assert!(
        nobody
            .query::<Peach>()
            .all()
            .await
            .unwrap_err()
            .is_forbidden()
    );
    assert!(
        nobody
            .query::<Peach>()
            .watch()
            .try_next()
            .await
            .unwrap_err()
            .is_forbidden()
    );
    Ok(())
}
