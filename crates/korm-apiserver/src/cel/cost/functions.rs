//! Costs of functions as Kubernetes estimates them (`pkg/cel/library/cost.go` of k8s.io/apiserver).

use kube_cel::cel::common::ast::{Expr, LiteralValue};

use super::bounds::{Bounds, PATTERN, TRAVERSAL};
use super::sizes::Node;
use super::{CallCost, Estimator};
use crate::cel::checker::Type;
use crate::cel::declarations::Overload;

/// What an authorization check costs: two are affordable.
const CHECK: Bounds = Bounds::exactly(350_000);
/// The longest pattern of a named format, and the most names of one.
const LONGEST_FORMAT: f64 = 128.0;
const MOST_FORMATS: u64 = 64;
/// The bytes of an address.
const ADDRESS: Bounds = Bounds::between(4, 16);

/// What a function costs, without its arguments; nothing if it is none of these.
pub(super) fn cost(
    estimator: &Estimator<'_>,
    function: &str,
    overload: &Overload,
    target: Option<&Node<'_>>,
    args: &[Node<'_>],
) -> Option<CallCost> {
    let argument = args.first().map(Node::size_or_unknown);
    let read = |factor: f64| Some(CallCost::of(argument?.by(factor * TRAVERSAL)));
    match function {
        "check" => Some(CallCost::of(CHECK)),
        "serviceAccount"
        | "path"
        | "group"
        | "resource"
        | "subresource"
        | "namespace"
        | "name"
        | "allowed"
        | "reason"
        | "error"
        | "errored"
        | "masked"
        | "prefixLength"
        | "family"
        | "isUnspecified"
        | "isLoopback"
        | "isLinkLocalMulticast"
        | "isLinkLocalUnicast"
        | "isGlobalUnicast"
        | "format.named"
        | "sign"
        | "asInteger"
        | "isInteger"
        | "asApproximateFloat"
        | "isGreaterThan"
        | "isLessThan"
        | "compareTo"
        | "add"
        | "sub"
        | "major"
        | "minor"
        | "patch"
        | "getScheme"
        | "getHostname"
        | "getHost"
        | "getPort"
        | "getEscapedPath"
        | "getQuery" => Some(CallCost::of(Bounds::ONE)),
        "isSorted" | "sum" | "max" | "min" | "indexOf" | "lastIndexOf" => {
            Some(search(estimator, target?))
        }
        "url" => {
            let size = argument?;
            Some(CallCost::sized(size.traversed(), size))
        }
        "lowerAscii" | "upperAscii" | "substring" | "trim" => {
            let size = target?.size_or_unknown();
            Some(CallCost::sized(size.traversed(), size))
        }
        "replace" => replace(target?, args),
        "split" => Some(split(target?, args)),
        "join" => Some(join(estimator, target?, args)),
        "find" | "findAll" => {
            let size = target?.size_or_unknown();
            let text = size.plus(Bounds::ONE).traversed();
            let cost = text.times(argument?.by(PATTERN));
            Some(CallCost::sized(cost, Bounds::between(0, size.most)))
        }
        "ip" if overload.is_method => Some(CallCost::of(Bounds::ONE)),
        "cidr" | "isIP" | "isCIDR" | "ip" | "quantity" | "isQuantity" | "semver" | "isSemver" => {
            read(1.0)
        }
        "ip.isCanonical" => read(2.0),
        "containsIP" | "containsCIDR" => {
            let mut cost = ADDRESS.plus(ADDRESS).traversed();
            if function == "containsCIDR" {
                cost = cost.plus(ADDRESS.traversed()).plus(Bounds::ONE);
            }
            if overload.takes_text() {
                cost = cost.plus(argument?.traversed());
            }
            Some(CallCost::of(cost))
        }
        "validate" => {
            let cost = argument?.traversed().by(LONGEST_FORMAT * PATTERN);
            Some(CallCost::of(cost))
        }
        "_==_" => equality(args),
        _ => None,
    }
}

/// Looking at each item of a list, or each character of a text.
fn search(estimator: &Estimator<'_>, of: &Node<'_>) -> CallCost {
    let size = of.size_or_unknown();
    let Some((item, item_size)) = items(estimator, of) else {
        return CallCost::of(size.traversed());
    };
    let mut each = Bounds::ONE;
    if matches!(item, Type::String | Type::Bytes) {
        each = each.plus(item_size.traversed());
    }
    CallCost::of(size.times(each))
}

/// The type and the size of the items of a list.
fn items<'n>(estimator: &Estimator<'_>, list: &'n Node<'_>) -> Option<(&'n Type, Bounds)> {
    let item = match list.ty {
        Type::List(item) => &**item,
        Type::Map(entry) => &entry.0,
        Type::Opaque(_, parameters) => parameters.first()?,
        _ => return None,
    };
    let mut path = list.path.clone();
    if !path.is_empty() {
        path.push("@items".to_owned());
    }
    let size = estimator.declared_size(&path);
    Some((item, size.unwrap_or(Bounds::UNKNOWN)))
}

/// The result is longest where the shortest texts are replaced by the longest ones, as often as can be.
fn replace(text: &Node<'_>, args: &[Node<'_>]) -> Option<CallCost> {
    let [old, new, ..] = args else {
        return None;
    };
    let (size, old, new) = (
        text.size_or_unknown(),
        old.size_or_unknown(),
        new.size_or_unknown(),
    );
    let times = |size: u64, old: u64| (size as f64 / old as f64).ceil() as u64;
    let (most_times, most_left) = match old.least {
        0 => (size.most.saturating_add(1), size.most),
        least if new.most <= least => (0, size.most),
        least => (times(size.most, least), 0),
    };
    let (least_times, least_left) = match old.most {
        0 => (size.least.saturating_add(1), size.least),
        most if most <= new.least => (0, size.least),
        most => (times(size.least, most), 0),
    };
    let replaced = Bounds::between(least_times, most_times).times(new);
    let result = replaced.plus(Bounds::between(least_left, most_left));
    Some(CallCost::sized(size.by(2.0 * TRAVERSAL), result))
}

fn split(text: &Node<'_>, args: &[Node<'_>]) -> CallCost {
    let size = text.size_or_unknown();
    let most = match args.get(1).map(|most| &most.tree.expr) {
        // A negative number is a very large one here.
        Some(Expr::Literal(LiteralValue::Int(most))) => most.inner().cast_unsigned(),
        _ => size.most,
    };
    CallCost::sized(size.by(2.0 * TRAVERSAL), Bounds::between(0, most))
}

fn join(estimator: &Estimator<'_>, list: &Node<'_>, args: &[Node<'_>]) -> CallCost {
    let count = list.size_or_unknown();
    let mut size = match items(estimator, list) {
        Some((_, item)) => count.times(item),
        None => Bounds::ZERO,
    };
    if let Some(separator) = args.first() {
        let between = Bounds::between(count.least.saturating_sub(1), count.most.saturating_sub(1));
        size = size.plus(separator.size_or_unknown().times(between));
    }
    CallCost::sized(size.traversed(), size)
}

/// Values of some libraries are compared at once, whatever they hold.
fn equality(args: &[Node<'_>]) -> Option<CallCost> {
    let [Node { ty: one, .. }, other] = args else {
        return None;
    };
    let (Type::Opaque(one, _), Type::Opaque(same, _)) = (one, other.ty) else {
        return None;
    };
    if one != same {
        return None;
    }
    Some(CallCost::of(match *one {
        "kubernetes.NamedFormat" => Bounds::between(1, MOST_FORMATS).traversed(),
        "kubernetes.URL" => {
            let most = other.size.map_or(1, |size| size.most);
            Bounds::between(1, most).traversed()
        }
        "net.IP" | "net.CIDR" => Bounds::ONE,
        library if library.starts_with("kubernetes.") => Bounds::ONE,
        _ => return None,
    }))
}
