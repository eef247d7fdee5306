//! Functions of lists, sets, maps and optional values (`ext/lists.go`, `ext/sets.go`, `ext/comprehensions.go` and
//! `cel/library.go` of cel-go, `pkg/cel/library/lists.go` of k8s.io/apiserver).

use super::Function;
use super::signature::{
    A, B, BOOL, BYTES, DOUBLE, DURATION, INT, LIST_A, LIST_B, LIST_BOOL, LIST_BYTES, LIST_DOUBLE,
    LIST_DURATION, LIST_DYN, LIST_INT, LIST_OPTIONAL_B, LIST_STRING, LIST_TIMESTAMP, LIST_UINT,
    MAP_AB, OPTIONAL_B, STRING, Sig, TIMESTAMP, UINT, function, method,
};

pub(super) const FUNCTIONS: &[Function] = &[
    (
        "@sortByAssociatedKeys",
        &[
            method(&[LIST_A, LIST_INT], LIST_A),
            method(&[LIST_A, LIST_UINT], LIST_A),
            method(&[LIST_A, LIST_DOUBLE], LIST_A),
            method(&[LIST_A, LIST_BOOL], LIST_A),
            method(&[LIST_A, LIST_DURATION], LIST_A),
            method(&[LIST_A, LIST_TIMESTAMP], LIST_A),
            method(&[LIST_A, LIST_STRING], LIST_A),
            method(&[LIST_A, LIST_BYTES], LIST_A),
        ],
    ),
    (
        "cel.@mapInsert",
        &[
            function(&[MAP_AB, A, B], MAP_AB),
            function(&[MAP_AB, MAP_AB], MAP_AB),
        ],
    ),
    ("distinct", &[method(&[LIST_A], LIST_A)]),
    ("first", &[method(&[LIST_B], OPTIONAL_B)]),
    (
        "flatten",
        &[
            method(&[Sig::List(&Sig::List(&A))], LIST_A),
            method(&[LIST_DYN, INT], LIST_DYN),
        ],
    ),
    ("hasValue", &[method(&[OPTIONAL_B], BOOL)]),
    (
        "isSorted",
        &[
            method(&[LIST_INT], BOOL),
            method(&[LIST_UINT], BOOL),
            method(&[LIST_DOUBLE], BOOL),
            method(&[LIST_BOOL], BOOL),
            method(&[LIST_DURATION], BOOL),
            method(&[LIST_TIMESTAMP], BOOL),
            method(&[LIST_STRING], BOOL),
            method(&[LIST_BYTES], BOOL),
        ],
    ),
    ("last", &[method(&[LIST_B], OPTIONAL_B)]),
    ("lists.range", &[function(&[INT], LIST_INT)]),
    (
        "max",
        &[
            method(&[LIST_INT], INT),
            method(&[LIST_UINT], UINT),
            method(&[LIST_DOUBLE], DOUBLE),
            method(&[LIST_BOOL], BOOL),
            method(&[LIST_DURATION], DURATION),
            method(&[LIST_TIMESTAMP], TIMESTAMP),
            method(&[LIST_STRING], STRING),
            method(&[LIST_BYTES], BYTES),
        ],
    ),
    (
        "min",
        &[
            method(&[LIST_INT], INT),
            method(&[LIST_UINT], UINT),
            method(&[LIST_DOUBLE], DOUBLE),
            method(&[LIST_BOOL], BOOL),
            method(&[LIST_DURATION], DURATION),
            method(&[LIST_TIMESTAMP], TIMESTAMP),
            method(&[LIST_STRING], STRING),
            method(&[LIST_BYTES], BYTES),
        ],
    ),
    ("optional.none", &[function(&[], OPTIONAL_B)]),
    ("optional.of", &[function(&[B], OPTIONAL_B)]),
    ("optional.ofNonZeroValue", &[function(&[B], OPTIONAL_B)]),
    ("optional.unwrap", &[function(&[LIST_OPTIONAL_B], LIST_B)]),
    ("or", &[method(&[OPTIONAL_B, OPTIONAL_B], OPTIONAL_B)]),
    ("orValue", &[method(&[OPTIONAL_B, B], B)]),
    ("reverse", &[method(&[LIST_A], LIST_A)]),
    ("sets.contains", &[function(&[LIST_A, LIST_A], BOOL)]),
    ("sets.equivalent", &[function(&[LIST_A, LIST_A], BOOL)]),
    ("sets.intersects", &[function(&[LIST_A, LIST_A], BOOL)]),
    ("slice", &[method(&[LIST_A, INT, INT], LIST_A)]),
    (
        "sort",
        &[
            method(&[LIST_INT], LIST_INT),
            method(&[LIST_UINT], LIST_UINT),
            method(&[LIST_DOUBLE], LIST_DOUBLE),
            method(&[LIST_BOOL], LIST_BOOL),
            method(&[LIST_DURATION], LIST_DURATION),
            method(&[LIST_TIMESTAMP], LIST_TIMESTAMP),
            method(&[LIST_STRING], LIST_STRING),
            method(&[LIST_BYTES], LIST_BYTES),
        ],
    ),
    (
        "sum",
        &[
            method(&[LIST_INT], INT),
            method(&[LIST_UINT], UINT),
            method(&[LIST_DOUBLE], DOUBLE),
            method(&[LIST_DURATION], DURATION),
        ],
    ),
    ("unwrapOpt", &[method(&[LIST_OPTIONAL_B], LIST_B)]),
    ("value", &[method(&[OPTIONAL_B], B)]),
];
