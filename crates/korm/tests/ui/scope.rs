//! Objects live in namespaces or in the cluster.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches")]
struct Peach {
    meta: Meta,
}

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "plums", namespaced, cluster)]
struct Plum {
    meta: Meta,
}

fn main() {}
