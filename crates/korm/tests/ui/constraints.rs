//! Constraints that do not fit their fields.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Peach {
    meta: Meta,
    #[korm(spec, min = 1)]
    variety: String,
    #[korm(spec, pattern = "^a")]
    price: i64,
    #[korm(spec, max = "ten")]
    size: i64,
    #[korm(spec, max_items = -1)]
    tags: Vec<String>,
    #[korm(spec, values())]
    color: String,
    #[korm(spec, list_map("name"))]
    note: Option<String>,
    #[korm(spec, column(type = "money"))]
    cost: i64,
    #[korm(spec, column(json_path = "spec.x"))]
    other: i64,
    #[korm(spec, rule("self > 0", text = "positive"))]
    number: i64,
}

fn main() {}
