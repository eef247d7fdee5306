//! Macros of two variables: places and items of a list, or keys and values of a map.

use kube_cel::cel::common::ast::IdedExpr;

use super::INSERT;
use super::build::{ACCUMULATOR, Builder, Fault, Fold, no_accumulator, variable};
use super::standard::quantifier;

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
    if matches!(macro_, "all" | "exists" | "existsOne" | "exists_one") {
        let variables = (variables.0, Some(variables.1));
        return Ok(quantifier(build, macro_, target, variables, last));
    }
    let so_far = build.so_far();
    let (start, step) = match macro_ {
        "transformList" => {
            let item = build.list(vec![last]);
            let step = build.call("_+_", vec![so_far, item]);
            (build.list(Vec::new()), build.where_(filter, step))
        }
        macro_ => {
            let entry = match macro_ {
                "transformMap" => vec![so_far, build.ident(&variables.0), last],
                _ => vec![so_far, last],
            };
            let step = build.call(INSERT, entry);
            (build.no_entries(), build.where_(filter, step))
        }
    };
    let fold = Fold {
        range: target,
        variables: (variables.0, Some(variables.1)),
        accumulator: ACCUMULATOR.to_owned(),
        start,
        while_: build.bool(true),
        step,
        result: build.so_far(),
    };
    Ok(build.fold(fold))
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
