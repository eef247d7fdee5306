//! Values of attributes that have another type, or say nothing.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = 1, plural = "peaches", namespaced)]
struct Number {
    meta: Meta,
}

#[derive(Model)]
#[korm(group = "", version = "v1", plural = "peaches", namespaced)]
struct Empty {
    meta: Meta,
}

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced, scale(spec = ".spec.n"))]
struct Half {
    meta: Meta,
    #[korm(spec, rename = "")]
    note: Option<String>,
    #[korm(spec, column(priority = "high"))]
    price: i64,
    #[korm(spec, rename = 7)]
    size: i64,
}

#[derive(Model)]
struct Tuple(Meta);

fn main() {}
