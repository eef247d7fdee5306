//! Decoding the Go struct `metav1.DeleteOptions`, whose types have names that its schema does not tell.

use std::sync::LazyLock;

use serde_json::Value;

use super::metadata::{array_of, fields, named};
use super::{Node, decode_native};
use crate::schema::types::{Shape, Type, TypeId, Types};

static DELETE_OPTIONS: LazyLock<(Types, TypeId)> = LazyLock::new(delete_options);

/// Decodes DeleteOptions: unknown fields are dropped, nulls mean absent.
///
/// # Errors
/// What Go says of the first value that is of another type.
pub(crate) fn decode_delete_options(node: Node) -> Result<Value, String> {
    let (types, root) = &*DELETE_OPTIONS;
    decode_native(types, *root, node).map(|decoded| decoded.value)
}

fn delete_options() -> (Types, TypeId) {
    let text = || Shape::String { format: None };
    let mut types = Types::default();
    let string = types.push(Type::of(text()));
    let boolean = types.push(Type::of(Shape::Boolean));
    let int64 = types.push(Type::of(Shape::Integer {
        format: Some("int64".into()),
    }));
    let strings = types.push(array_of(string));
    let uid = types.push(named("io.k8s.apimachinery.pkg.types.UID", text()));
    let policy = types.push(named(
        "io.k8s.apimachinery.pkg.apis.meta.v1.DeletionPropagation",
        text(),
    ));
    let preconditions = types.push(named(
        "io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions",
        fields(&[("uid", uid), ("resourceVersion", string)]),
    ));
    let root = types.push(named(
        "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions",
        fields(&[
            ("kind", string),
            ("apiVersion", string),
            ("gracePeriodSeconds", int64),
            ("preconditions", preconditions),
            ("orphanDependents", boolean),
            ("propagationPolicy", policy),
            ("dryRun", strings),
            ("ignoreStoreReadErrorWithClusterBreakingPotential", boolean),
        ]),
    ));
    (types, root)
}
