//! Macros of two variables: places and items of a list, or keys and values of a map.

use kube_cel::cel::common::ast::IdedExpr;

use super::INSERT;
use super::build::{ACCUMULATOR, Builder, Fault, Fold, no_accumulator, variable};

pub(super) fn expand(
    build: &mut Builder,
    macro_: &str,
    target: IdedExpr,
    mut args: Vec<IdedExpr>,
) -> Result<IdedExpr, Fault> {
    let last = args.pop().unwrap_or_default();
    let filter = (args.len() > 2).then(|| args.pop()).flatten();
    let [first, second] = <[IdedExpr; 2]>::try_from(args).unwrap_or_default();
    let variables = variables(&first, &second)?;
    let so_far = build.so_far();
    let (start, while_, step) = match macro_ {
        "all" => (
            build.bool(true),
            unless_decided(build, false),
            build.call("_&&_", vec![so_far, last]),
        ),
        "exists" => (
            build.bool(false),
            unless_decided(build, true),
            build.call("_||_", vec![so_far, last]),
        ),
        "existsOne" | "exists_one" => {
            let one = build.int(1);
            let more = build.call("_+_", vec![so_far, one]);
            (
                build.int(0),
                build.bool(true),
                build.where_(Some(last), more),
            )
        }
        "transformList" => {
            let item = build.list(vec![last]);
            let step = build.call("_+_", vec![so_far, item]);
            let step = build.where_(filter, step);
            (build.list(Vec::new()), build.bool(true), step)
        }
        macro_ => {
            let entry = match macro_ {
                "transformMap" => vec![so_far, build.ident(&variables.0), last],
                _ => vec![so_far, last],
            };
            let step = build.call(INSERT, entry);
            let step = build.where_(filter, step);
            (build.no_entries(), build.bool(true), step)
        }
    };
    let mut result = build.so_far();
    if macro_.starts_with("exists") && macro_ != "exists" {
        let one = build.int(1);
        result = build.call("_==_", vec![result, one]);
    }
    Ok(build.fold(Fold {
        range: target,
        variables: (variables.0, Some(variables.1)),
        accumulator: ACCUMULATOR.to_owned(),
        start,
        while_,
        step,
        result,
    }))
}

fn variables(first: &IdedExpr, second: &IdedExpr) -> Result<(String, String), Fault> {
    let otherwise = "argument must be a simple name";
    let names = (variable(first, otherwise)?, variable(second, otherwise)?);
    if names.0 == names.1 {
        return Err((second.id, format!("duplicate variable name: {}", names.0)));
    }
    no_accumulator(first, &names.0)?;
    no_accumulator(second, &names.1)?;
    Ok(names)
}

/// Until an item decides: one that is true (`by`), or false.
fn unless_decided(build: &mut Builder, by: bool) -> IdedExpr {
    let mut so_far = build.so_far();
    if by {
        so_far = build.call("!_", vec![so_far]);
    }
    build.call("@not_strictly_false", vec![so_far])
}
