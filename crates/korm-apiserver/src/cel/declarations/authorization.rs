//! Functions of authorizers (`pkg/cel/library/authz.go` of k8s.io/apiserver): rules of custom resources have none to call
//! them on, but the functions are declared.

use super::Function;
use super::signature::{BOOL, STRING, Sig, method};

const AUTHORIZER: Sig = Sig::Named("kubernetes.authorization.Authorizer");
const DECISION: Sig = Sig::Named("kubernetes.authorization.Decision");
const GROUP_CHECK: Sig = Sig::Named("kubernetes.authorization.GroupCheck");
const PATH_CHECK: Sig = Sig::Named("kubernetes.authorization.PathCheck");
const RESOURCE_CHECK: Sig = Sig::Named("kubernetes.authorization.ResourceCheck");

pub(super) const FUNCTIONS: &[Function] = &[
    ("allowed", &[method(&[DECISION], BOOL)]),
    (
        "check",
        &[
            method(&[PATH_CHECK, STRING], DECISION),
            method(&[RESOURCE_CHECK, STRING], DECISION),
        ],
    ),
    ("error", &[method(&[DECISION], STRING)]),
    ("errored", &[method(&[DECISION], BOOL)]),
    (
        "fieldSelector",
        &[method(&[RESOURCE_CHECK, STRING], RESOURCE_CHECK)],
    ),
    ("group", &[method(&[AUTHORIZER, STRING], GROUP_CHECK)]),
    (
        "labelSelector",
        &[method(&[RESOURCE_CHECK, STRING], RESOURCE_CHECK)],
    ),
    ("name", &[method(&[RESOURCE_CHECK, STRING], RESOURCE_CHECK)]),
    (
        "namespace",
        &[method(&[RESOURCE_CHECK, STRING], RESOURCE_CHECK)],
    ),
    ("path", &[method(&[AUTHORIZER, STRING], PATH_CHECK)]),
    ("reason", &[method(&[DECISION], STRING)]),
    (
        "resource",
        &[method(&[GROUP_CHECK, STRING], RESOURCE_CHECK)],
    ),
    (
        "serviceAccount",
        &[method(&[AUTHORIZER, STRING, STRING], AUTHORIZER)],
    ),
    (
        "subresource",
        &[method(&[RESOURCE_CHECK, STRING], RESOURCE_CHECK)],
    ),
];
