//! `optMap`, `optFlatMap` and `sortBy`.

use kube_cel::cel::common::ast::{Expr, IdedExpr};

use super::SORT_BY_KEYS;
use super::build::{ACCUMULATOR, Builder, Fault, Fold, no_accumulator, variable};

pub(super) fn expand(
    build: &mut Builder,
    macro_: &str,
    target: IdedExpr,
    args: Vec<IdedExpr>,
) -> Result<IdedExpr, Fault> {
    let [name, of] = <[IdedExpr; 2]>::try_from(args).unwrap_or_default();
    if macro_ == "sortBy" {
        return sort_by(build, target, &name, of);
    }
    let otherwise = format!("{macro_}() variable name must be a simple identifier");
    let name = variable(&name, &otherwise)?;
    let again = build.copy(&target);
    let value = build.method(again, "value", Vec::new());
    let mapped = build.bind(&name, value, of);
    let mapped = match macro_ {
        "optMap" => {
            let optional = build.ident("optional");
            build.method(optional, "of", vec![mapped])
        }
        _ => mapped,
    };
    let is_there = build.method(target, "hasValue", Vec::new());
    let optional = build.ident("optional");
    let none = build.method(optional, "none", Vec::new());
    Ok(build.call("_?_:_", vec![is_there, mapped, none]))
}

/// What the list that is sorted is called.
const LIST: &str = "@__sortBy_input__";

fn sort_by(
    build: &mut Builder,
    target: IdedExpr,
    name: &IdedExpr,
    key: IdedExpr,
) -> Result<IdedExpr, Fault> {
    if matches!(
        target.expr,
        Expr::Literal(_) | Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified
    ) {
        let why = "sortBy can only be applied to a list, identifier, comprehension, call or select expression";
        return Err((target.id, why.to_owned()));
    }
    let variable = variable(name, "argument is not an identifier")?;
    no_accumulator(name, &variable)?;
    let (so_far, more) = (build.so_far(), build.list(vec![key]));
    let keys = Fold {
        range: build.ident(LIST),
        variables: (variable, None),
        accumulator: ACCUMULATOR.to_owned(),
        start: build.list(Vec::new()),
        while_: build.bool(true),
        step: build.call("_+_", vec![so_far, more]),
        result: build.so_far(),
    };
    let keys = build.fold(keys);
    let list = build.ident(LIST);
    let sorted = build.method(list, SORT_BY_KEYS, vec![keys]);
    Ok(build.bind(LIST, target, sorted))
}
