//! Functions of Kubernetes' own libraries (`pkg/cel/library` of k8s.io/apiserver).

use super::Function;
use super::signature::{BOOL, DOUBLE, INT, LIST_STRING, STRING, Sig, function, method};

pub(super) const CIDR: Sig = Sig::Named("net.CIDR");
const FORMAT: Sig = Sig::Named("kubernetes.NamedFormat");
pub(super) const IP: Sig = Sig::Named("net.IP");
const QUANTITY: Sig = Sig::Named("kubernetes.Quantity");
const SEMVER: Sig = Sig::Named("kubernetes.Semver");
const URL: Sig = Sig::Named("kubernetes.URL");

pub(super) const FUNCTIONS: &[Function] = &[
    (
        "add",
        &[
            method(&[QUANTITY, QUANTITY], QUANTITY),
            method(&[QUANTITY, INT], QUANTITY),
        ],
    ),
    ("asApproximateFloat", &[method(&[QUANTITY], DOUBLE)]),
    ("asInteger", &[method(&[QUANTITY], INT)]),
    ("cidr", &[function(&[STRING], CIDR)]),
    (
        "compareTo",
        &[
            method(&[QUANTITY, QUANTITY], INT),
            method(&[SEMVER, SEMVER], INT),
        ],
    ),
    (
        "containsCIDR",
        &[method(&[CIDR, STRING], BOOL), method(&[CIDR, CIDR], BOOL)],
    ),
    (
        "containsIP",
        &[method(&[CIDR, STRING], BOOL), method(&[CIDR, IP], BOOL)],
    ),
    ("family", &[method(&[IP], INT)]),
    ("find", &[method(&[STRING, STRING], STRING)]),
    (
        "findAll",
        &[
            method(&[STRING, STRING], LIST_STRING),
            method(&[STRING, STRING, INT], LIST_STRING),
        ],
    ),
    ("format.byte", &[function(&[], FORMAT)]),
    ("format.date", &[function(&[], FORMAT)]),
    ("format.datetime", &[function(&[], FORMAT)]),
    ("format.dns1035Label", &[function(&[], FORMAT)]),
    ("format.dns1035LabelPrefix", &[function(&[], FORMAT)]),
    ("format.dns1123Label", &[function(&[], FORMAT)]),
    ("format.dns1123LabelPrefix", &[function(&[], FORMAT)]),
    ("format.dns1123Subdomain", &[function(&[], FORMAT)]),
    ("format.dns1123SubdomainPrefix", &[function(&[], FORMAT)]),
    ("format.labelValue", &[function(&[], FORMAT)]),
    (
        "format.named",
        &[function(&[STRING], Sig::Optional(&FORMAT))],
    ),
    ("format.qualifiedName", &[function(&[], FORMAT)]),
    ("format.uri", &[function(&[], FORMAT)]),
    ("format.uuid", &[function(&[], FORMAT)]),
    ("getEscapedPath", &[method(&[URL], STRING)]),
    ("getHost", &[method(&[URL], STRING)]),
    ("getHostname", &[method(&[URL], STRING)]),
    ("getPort", &[method(&[URL], STRING)]),
    (
        "getQuery",
        &[method(&[URL], Sig::Map(&STRING, &Sig::List(&STRING)))],
    ),
    ("getScheme", &[method(&[URL], STRING)]),
    ("ip", &[function(&[STRING], IP), method(&[CIDR], IP)]),
    ("ip.isCanonical", &[function(&[STRING], BOOL)]),
    ("isCIDR", &[function(&[STRING], BOOL)]),
    ("isGlobalUnicast", &[method(&[IP], BOOL)]),
    (
        "isGreaterThan",
        &[
            method(&[QUANTITY, QUANTITY], BOOL),
            method(&[SEMVER, SEMVER], BOOL),
        ],
    ),
    ("isIP", &[function(&[STRING], BOOL)]),
    ("isInteger", &[method(&[QUANTITY], BOOL)]),
    (
        "isLessThan",
        &[
            method(&[QUANTITY, QUANTITY], BOOL),
            method(&[SEMVER, SEMVER], BOOL),
        ],
    ),
    ("isLinkLocalMulticast", &[method(&[IP], BOOL)]),
    ("isLinkLocalUnicast", &[method(&[IP], BOOL)]),
    ("isLoopback", &[method(&[IP], BOOL)]),
    ("isQuantity", &[function(&[STRING], BOOL)]),
    (
        "isSemver",
        &[function(&[STRING], BOOL), function(&[STRING, BOOL], BOOL)],
    ),
    ("isURL", &[function(&[STRING], BOOL)]),
    ("isUnspecified", &[method(&[IP], BOOL)]),
    ("major", &[method(&[SEMVER], INT)]),
    ("masked", &[method(&[CIDR], CIDR)]),
    ("minor", &[method(&[SEMVER], INT)]),
    ("patch", &[method(&[SEMVER], INT)]),
    ("prefixLength", &[method(&[CIDR], INT)]),
    ("quantity", &[function(&[STRING], QUANTITY)]),
    (
        "semver",
        &[
            function(&[STRING], SEMVER),
            function(&[STRING, BOOL], SEMVER),
        ],
    ),
    ("sign", &[function(&[QUANTITY], INT)]),
    (
        "sub",
        &[
            method(&[QUANTITY, QUANTITY], QUANTITY),
            method(&[QUANTITY, INT], QUANTITY),
        ],
    ),
    ("url", &[function(&[STRING], URL)]),
    (
        "validate",
        &[method(
            &[FORMAT, STRING],
            Sig::Optional(&Sig::List(&STRING)),
        )],
    ),
];
