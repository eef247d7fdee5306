//! A question that cannot be asked of a field.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Peach {
    meta: Meta,
    #[korm(spec)]
    price: i64,
    #[korm(spec)]
    variety: Option<String>,
}

fn main() {
    let _ = Peach::price().gt("two");
    let _ = Peach::variety().eq(2);
}
