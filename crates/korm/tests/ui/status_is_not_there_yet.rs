//! A new object has no status.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Peach {
    meta: Meta,
    #[korm(status)]
    ripe: bool,
    #[korm(status)]
    sweet: Option<bool>,
    #[korm(status, default = false)]
    eaten: bool,
}

fn main() {}
