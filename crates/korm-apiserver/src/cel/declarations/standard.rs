//! The operators, conversions and functions of the language itself (`common/stdlib/standard.go` of cel-go), and of optional
//! values in place of others.

use super::Function;
use super::kubernetes::{CIDR, IP};
use super::signature::{
    A, B, BOOL, BYTES, DOUBLE, DURATION, DYN, INT, LIST_A, LIST_B, MAP_AB, OPTIONAL_B,
    OPTIONAL_LIST_B, OPTIONAL_MAP_AB, Overload, STRING, Sig, TIMESTAMP, UINT, function, method,
};

/// What can be ordered: numbers also among each other.
const ORDER: &[Overload] = &[
    function(&[BOOL, BOOL], BOOL),
    function(&[INT, INT], BOOL),
    function(&[INT, DOUBLE], BOOL),
    function(&[INT, UINT], BOOL),
    function(&[UINT, UINT], BOOL),
    function(&[UINT, DOUBLE], BOOL),
    function(&[UINT, INT], BOOL),
    function(&[DOUBLE, DOUBLE], BOOL),
    function(&[DOUBLE, INT], BOOL),
    function(&[DOUBLE, UINT], BOOL),
    function(&[STRING, STRING], BOOL),
    function(&[BYTES, BYTES], BOOL),
    function(&[TIMESTAMP, TIMESTAMP], BOOL),
    function(&[DURATION, DURATION], BOOL),
];

pub(super) const FUNCTIONS: &[Function] = &[
    ("!_", &[function(&[BOOL], BOOL)]),
    ("-_", &[function(&[DOUBLE], DOUBLE), function(&[INT], INT)]),
    (
        "@in",
        &[function(&[A, LIST_A], BOOL), function(&[A, MAP_AB], BOOL)],
    ),
    ("@not_strictly_false", &[function(&[BOOL], BOOL)]),
    ("_!=_", &[function(&[A, A], BOOL)]),
    (
        "_%_",
        &[function(&[INT, INT], INT), function(&[UINT, UINT], UINT)],
    ),
    ("_&&_", &[function(&[BOOL, BOOL], BOOL)]),
    (
        "_*_",
        &[
            function(&[DOUBLE, DOUBLE], DOUBLE),
            function(&[INT, INT], INT),
            function(&[UINT, UINT], UINT),
        ],
    ),
    (
        "_+_",
        &[
            function(&[BYTES, BYTES], BYTES),
            function(&[DOUBLE, DOUBLE], DOUBLE),
            function(&[DURATION, DURATION], DURATION),
            function(&[DURATION, TIMESTAMP], TIMESTAMP),
            function(&[TIMESTAMP, DURATION], TIMESTAMP),
            function(&[INT, INT], INT),
            function(&[LIST_A, LIST_A], LIST_A),
            function(&[STRING, STRING], STRING),
            function(&[UINT, UINT], UINT),
        ],
    ),
    (
        "_-_",
        &[
            function(&[DOUBLE, DOUBLE], DOUBLE),
            function(&[DURATION, DURATION], DURATION),
            function(&[INT, INT], INT),
            function(&[TIMESTAMP, DURATION], TIMESTAMP),
            function(&[TIMESTAMP, TIMESTAMP], DURATION),
            function(&[UINT, UINT], UINT),
        ],
    ),
    (
        "_/_",
        &[
            function(&[DOUBLE, DOUBLE], DOUBLE),
            function(&[INT, INT], INT),
            function(&[UINT, UINT], UINT),
        ],
    ),
    ("_==_", &[function(&[A, A], BOOL)]),
    ("_?_:_", &[function(&[BOOL, A, A], A)]),
    (
        "_[?_]",
        &[
            function(&[LIST_B, INT], OPTIONAL_B),
            function(&[OPTIONAL_LIST_B, INT], OPTIONAL_B),
            function(&[MAP_AB, A], OPTIONAL_B),
            function(&[OPTIONAL_MAP_AB, A], OPTIONAL_B),
        ],
    ),
    (
        "_[_]",
        &[
            function(&[LIST_A, INT], A),
            function(&[MAP_AB, A], B),
            function(&[OPTIONAL_LIST_B, INT], OPTIONAL_B),
            function(&[OPTIONAL_MAP_AB, A], OPTIONAL_B),
        ],
    ),
    ("_||_", &[function(&[BOOL, BOOL], BOOL)]),
    (
        "bool",
        &[function(&[BOOL], BOOL), function(&[STRING], BOOL)],
    ),
    (
        "bytes",
        &[function(&[BYTES], BYTES), function(&[STRING], BYTES)],
    ),
    ("contains", &[method(&[STRING, STRING], BOOL)]),
    (
        "double",
        &[
            function(&[DOUBLE], DOUBLE),
            function(&[INT], DOUBLE),
            function(&[STRING], DOUBLE),
            function(&[UINT], DOUBLE),
        ],
    ),
    (
        "duration",
        &[
            function(&[DURATION], DURATION),
            function(&[STRING], DURATION),
        ],
    ),
    ("dyn", &[function(&[A], DYN)]),
    ("endsWith", &[method(&[STRING, STRING], BOOL)]),
    (
        "getDate",
        &[method(&[TIMESTAMP], INT), method(&[TIMESTAMP, STRING], INT)],
    ),
    (
        "getDayOfMonth",
        &[method(&[TIMESTAMP], INT), method(&[TIMESTAMP, STRING], INT)],
    ),
    (
        "getDayOfWeek",
        &[method(&[TIMESTAMP], INT), method(&[TIMESTAMP, STRING], INT)],
    ),
    (
        "getDayOfYear",
        &[method(&[TIMESTAMP], INT), method(&[TIMESTAMP, STRING], INT)],
    ),
    (
        "getFullYear",
        &[method(&[TIMESTAMP], INT), method(&[TIMESTAMP, STRING], INT)],
    ),
    (
        "getHours",
        &[
            method(&[TIMESTAMP], INT),
            method(&[TIMESTAMP, STRING], INT),
            method(&[DURATION], INT),
        ],
    ),
    (
        "getMilliseconds",
        &[
            method(&[TIMESTAMP], INT),
            method(&[TIMESTAMP, STRING], INT),
            method(&[DURATION], INT),
        ],
    ),
    (
        "getMinutes",
        &[
            method(&[TIMESTAMP], INT),
            method(&[TIMESTAMP, STRING], INT),
            method(&[DURATION], INT),
        ],
    ),
    (
        "getMonth",
        &[method(&[TIMESTAMP], INT), method(&[TIMESTAMP, STRING], INT)],
    ),
    (
        "getSeconds",
        &[
            method(&[TIMESTAMP], INT),
            method(&[TIMESTAMP, STRING], INT),
            method(&[DURATION], INT),
        ],
    ),
    (
        "int",
        &[
            function(&[INT], INT),
            function(&[DOUBLE], INT),
            function(&[DURATION], INT),
            function(&[STRING], INT),
            function(&[TIMESTAMP], INT),
            function(&[UINT], INT),
        ],
    ),
    (
        "matches",
        &[
            function(&[STRING, STRING], BOOL),
            method(&[STRING, STRING], BOOL),
        ],
    ),
    (
        "size",
        &[
            function(&[BYTES], INT),
            method(&[BYTES], INT),
            function(&[LIST_A], INT),
            method(&[LIST_A], INT),
            function(&[MAP_AB], INT),
            method(&[MAP_AB], INT),
            function(&[STRING], INT),
            method(&[STRING], INT),
        ],
    ),
    ("startsWith", &[method(&[STRING, STRING], BOOL)]),
    (
        "string",
        &[
            function(&[STRING], STRING),
            function(&[BOOL], STRING),
            function(&[BYTES], STRING),
            function(&[DOUBLE], STRING),
            function(&[DURATION], STRING),
            function(&[INT], STRING),
            function(&[TIMESTAMP], STRING),
            function(&[UINT], STRING),
            function(&[IP], STRING),
            function(&[CIDR], STRING),
        ],
    ),
    (
        "timestamp",
        &[
            function(&[TIMESTAMP], TIMESTAMP),
            function(&[INT], TIMESTAMP),
            function(&[STRING], TIMESTAMP),
        ],
    ),
    ("type", &[function(&[A], Sig::Kind(&A))]),
    (
        "uint",
        &[
            function(&[UINT], UINT),
            function(&[DOUBLE], UINT),
            function(&[INT], UINT),
            function(&[STRING], UINT),
        ],
    ),
    ("_<_", ORDER),
    ("_<=_", ORDER),
    ("_>_", ORDER),
    ("_>=_", ORDER),
];
