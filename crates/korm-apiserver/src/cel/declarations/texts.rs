//! Functions of texts (`ext/strings.go` of cel-go, version 2).

use super::Function;
use super::signature::{A, INT, LIST_A, LIST_DYN, LIST_STRING, STRING, function, method};

pub(super) const FUNCTIONS: &[Function] = &[
    ("charAt", &[method(&[STRING, INT], STRING)]),
    ("format", &[method(&[STRING, LIST_DYN], STRING)]),
    (
        "indexOf",
        &[
            method(&[LIST_A, A], INT),
            method(&[STRING, STRING], INT),
            method(&[STRING, STRING, INT], INT),
        ],
    ),
    (
        "join",
        &[
            method(&[LIST_STRING], STRING),
            method(&[LIST_STRING, STRING], STRING),
        ],
    ),
    (
        "lastIndexOf",
        &[
            method(&[LIST_A, A], INT),
            method(&[STRING, STRING], INT),
            method(&[STRING, STRING, INT], INT),
        ],
    ),
    ("lowerAscii", &[method(&[STRING], STRING)]),
    (
        "replace",
        &[
            method(&[STRING, STRING, STRING], STRING),
            method(&[STRING, STRING, STRING, INT], STRING),
        ],
    ),
    (
        "split",
        &[
            method(&[STRING, STRING], LIST_STRING),
            method(&[STRING, STRING, INT], LIST_STRING),
        ],
    ),
    ("strings.quote", &[function(&[STRING], STRING)]),
    (
        "substring",
        &[
            method(&[STRING, INT], STRING),
            method(&[STRING, INT, INT], STRING),
        ],
    ),
    ("trim", &[method(&[STRING], STRING)]),
    ("upperAscii", &[method(&[STRING], STRING)]),
];
