//! A type that is bound to no kind.
use korm::Model;

struct Peach;

fn needs_a_model<M: Model>() {}

fn main() {
    needs_a_model::<Peach>();
}
