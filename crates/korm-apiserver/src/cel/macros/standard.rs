//! The macros of the language itself (`parser/macro.go` of cel-go).

use kube_cel::cel::common::ast::{Expr, IdedExpr};

use super::build::{ACCUMULATOR, Builder, Fault, Fold, no_accumulator, variable};

/// `has`
pub(super) fn presence(build: &mut Builder, of: IdedExpr) -> Result<IdedExpr, Fault> {
    match of.expr {
        Expr::Select(mut select) => {
            select.test = true;
            Ok(build.expr(Expr::Select(select)))
        }
        _ => Err((of.id, "invalid argument to has() macro".to_owned())),
    }
}

/// Macros of one variable.
pub(super) fn expand(
    build: &mut Builder,
    macro_: &str,
    target: IdedExpr,
    mut args: Vec<IdedExpr>,
) -> Result<IdedExpr, Fault> {
    let last = args.pop().unwrap_or_default();
    let filter = (args.len() > 1).then(|| args.pop()).flatten();
    let name = args.pop().unwrap_or_default();
    let otherwise = match macro_ {
        "map" | "filter" => "argument is not an identifier",
        _ => "argument must be a simple name",
    };
    let variable = variable(&name, otherwise)?;
    no_accumulator(&name, &variable)?;
    Ok(match macro_ {
        "map" => list(build, target, variable, filter, last),
        "filter" => list(build, target, variable, Some(last), name),
        _ => quantifier(build, macro_, target, (variable, None), last),
    })
}

/// A list of what the macro makes of the items, or of some.
fn list(
    build: &mut Builder,
    target: IdedExpr,
    variable: String,
    filter: Option<IdedExpr>,
    item: IdedExpr,
) -> IdedExpr {
    let (so_far, item) = (build.so_far(), build.list(vec![item]));
    let step = build.call("_+_", vec![so_far, item]);
    let fold = Fold {
        range: target,
        variables: (variable, None),
        accumulator: ACCUMULATOR.to_owned(),
        start: build.list(Vec::new()),
        while_: build.bool(true),
        step: build.where_(filter, step),
        result: build.so_far(),
    };
    build.fold(fold)
}

/// `all`, `exists`, and whether there is one.
pub(super) fn quantifier(
    build: &mut Builder,
    macro_: &str,
    target: IdedExpr,
    variables: (String, Option<String>),
    predicate: IdedExpr,
) -> IdedExpr {
    let so_far = build.so_far();
    let mut result = build.so_far();
    let (start, while_, step) = match macro_ {
        "all" => (
            build.bool(true),
            unless_decided(build, false),
            build.call("_&&_", vec![so_far, predicate]),
        ),
        "exists" => (
            build.bool(false),
            unless_decided(build, true),
            build.call("_||_", vec![so_far, predicate]),
        ),
        _ => {
            let one = build.int(1);
            result = build.call("_==_", vec![result, one]);
            let one = build.int(1);
            let more = build.call("_+_", vec![so_far, one]);
            (
                build.int(0),
                build.bool(true),
                build.where_(Some(predicate), more),
            )
        }
    };
    build.fold(Fold {
        range: target,
        variables,
        accumulator: ACCUMULATOR.to_owned(),
        start,
        while_,
        step,
        result,
    })
}

/// Until an item decides: one that is true (`by`), or false.
fn unless_decided(build: &mut Builder, by: bool) -> IdedExpr {
    let mut so_far = build.so_far();
    if by {
        so_far = build.call("!_", vec![so_far]);
    }
    build.call("@not_strictly_false", vec![so_far])
}
