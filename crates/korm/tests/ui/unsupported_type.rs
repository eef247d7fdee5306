//! Types that no field of an object can have.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Borrowed {
    meta: Meta,
    #[korm(spec)]
    variety: &'static str,
    #[korm(spec)]
    big: u128,
    #[korm(spec)]
    call: fn(),
}

fn main() {}
