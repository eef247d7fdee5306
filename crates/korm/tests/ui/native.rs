//! Native kinds that do not exist or are described twice.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(native = "apps/v1/Deploymnt")]
struct Misspelt {
    meta: Meta,
}

#[derive(Model)]
#[korm(native = "Pod")]
struct Short {
    meta: Meta,
}

#[derive(Model)]
#[korm(native = "v1/Pod", plural = "pods", namespaced)]
struct Twice {
    meta: Meta,
}

fn main() {}
