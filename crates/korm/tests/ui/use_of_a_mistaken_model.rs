//! A mistake in a model is told alone, and not also wherever the model is used.

use korm::{Cluster, Meta, Model, ToMany};

#[derive(Model, Clone)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Peach {
    meta: Meta,
    #[korm(spec, mim = 1)]
    price: i64,
    #[korm(has_many(field = "tree"))]
    others: ToMany<Other>,
}

#[derive(Model, Clone)]
#[korm(group = "example.com", version = "v1", plural = "Others", namespaced)]
struct Other {
    meta: Meta,
}

async fn used(cluster: &Cluster) -> korm::Result<()> {
    let mut peach: Peach = cluster.get(("default", "a")).await?;
    peach.price += 1;
    cluster.save(&mut peach).await?;
    let query = cluster.query::<Peach>().filter(Peach::price().gt(2));
    query.order_by(Peach::meta().name()).include(Peach::others()).all().await?;
    Ok(())
}

fn main() {
    let _ = used;
}
