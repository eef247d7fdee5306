//! Macros that the parser leaves alone: those of two variables (`ext/comprehensions.go` of cel-go).

use kube_cel::cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedEntryExpr, IdedExpr, ListExpr, LiteralValue,
    MapExpr,
};

/// What an accumulator of a macro is called.
const ACCUMULATOR: &str = "@result";
/// Adds an entry to a map, or those of another map. There must be none of its key.
pub(super) const INSERT: &str = "@insert";
pub(super) const INSERT_ALL: &str = "@insert_all";

/// Expands all that are in the expression.
pub(super) fn expand(tree: &mut IdedExpr) {
    for_children(tree, &mut expand);
    let Expr::Call(call) = &mut tree.expr else {
        return;
    };
    let (Some(target), 3 | 4) = (&mut call.target, call.args.len()) else {
        return;
    };
    let [Expr::Ident(first), Expr::Ident(second)] = [&call.args[0].expr, &call.args[1].expr] else {
        return;
    };
    let last = &call.args[call.args.len() - 1];
    let filter = (call.args.len() == 4).then(|| call.args[2].clone());
    let Some(fold) = fold(&call.func_name, first, last.clone(), filter) else {
        return;
    };
    tree.expr = Expr::Comprehension(Box::new(ComprehensionExpr {
        iter_var: first.clone(),
        iter_var2: Some(second.clone()),
        iter_range: std::mem::take(&mut **target),
        accu_var: ACCUMULATOR.to_owned(),
        accu_init: ided(fold.start),
        loop_cond: ided(fold.while_),
        loop_step: ided(fold.step),
        result: ided(fold.result),
    }));
}

struct Fold {
    start: Expr,
    while_: Expr,
    step: Expr,
    result: Expr,
}

/// How a macro gathers what `last` is for each step.
fn fold(macro_: &str, key: &str, last: IdedExpr, filter: Option<IdedExpr>) -> Option<Fold> {
    let fold = |start, while_, step| Fold {
        start,
        while_,
        step,
        result: so_far(),
    };
    Some(match (macro_, &filter) {
        ("all", None) => {
            let step = called("_&&_", vec![ided(so_far()), last]);
            fold(bool(true), unless_decided(so_far()), step)
        }
        ("exists", None) => {
            let step = called("_||_", vec![ided(so_far()), last]);
            let undecided = called("!_", vec![ided(so_far())]);
            fold(bool(false), unless_decided(undecided), step)
        }
        ("existsOne" | "exists_one", None) => {
            let more = called("_+_", vec![ided(so_far()), ided(int(1))]);
            let step = called("_?_:_", vec![last, ided(more), ided(so_far())]);
            let mut fold = fold(int(0), bool(true), step);
            fold.result = called("_==_", vec![ided(so_far()), ided(int(1))]);
            fold
        }
        ("transformList", _) => {
            let item = ided(Expr::List(ListExpr::new(vec![last])));
            let step = called("_+_", vec![ided(so_far()), item]);
            let none = Expr::List(ListExpr::default());
            fold(none, bool(true), where_(filter, step))
        }
        ("transformMap", _) => {
            let key = ided(Expr::Ident(key.to_owned()));
            let step = called(INSERT, vec![ided(so_far()), key, last]);
            fold(no_entries(), bool(true), where_(filter, step))
        }
        ("transformMapEntry", _) => {
            let step = called(INSERT_ALL, vec![ided(so_far()), last]);
            fold(no_entries(), bool(true), where_(filter, step))
        }
        _ => return None,
    })
}

fn where_(filter: Option<IdedExpr>, step: Expr) -> Expr {
    match filter {
        Some(filter) => called("_?_:_", vec![filter, ided(step), ided(so_far())]),
        None => step,
    }
}

fn ided(expr: Expr) -> IdedExpr {
    IdedExpr { id: 0, expr }
}

fn so_far() -> Expr {
    Expr::Ident(ACCUMULATOR.to_owned())
}

fn unless_decided(is: Expr) -> Expr {
    called("@not_strictly_false", vec![ided(is)])
}

fn bool(is: bool) -> Expr {
    Expr::Literal(LiteralValue::Boolean(is.into()))
}

fn int(int: i64) -> Expr {
    Expr::Literal(LiteralValue::Int(int.into()))
}

fn no_entries() -> Expr {
    Expr::Map(MapExpr::default())
}

fn called(function: &str, args: Vec<IdedExpr>) -> Expr {
    Expr::Call(CallExpr {
        func_name: function.to_owned(),
        target: None,
        args,
    })
}

/// Calls `visit` for every direct child.
fn for_children(tree: &mut IdedExpr, visit: &mut impl FnMut(&mut IdedExpr)) {
    match &mut tree.expr {
        Expr::Call(call) => {
            if let Some(target) = &mut call.target {
                visit(target);
            }
            call.args.iter_mut().for_each(visit);
        }
        Expr::Comprehension(comprehension) => {
            visit(&mut comprehension.iter_range);
            visit(&mut comprehension.accu_init);
            visit(&mut comprehension.loop_cond);
            visit(&mut comprehension.loop_step);
            visit(&mut comprehension.result);
        }
        Expr::List(list) => list.elements.iter_mut().for_each(visit),
        Expr::Map(map) => for_entries(&mut map.entries, visit),
        Expr::Select(select) => visit(&mut select.operand),
        Expr::Struct(fields) => for_entries(&mut fields.entries, visit),
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
    }
}

fn for_entries(entries: &mut [IdedEntryExpr], visit: &mut impl FnMut(&mut IdedExpr)) {
    for entry in entries {
        match &mut entry.expr {
            EntryExpr::MapEntry(entry) => {
                visit(&mut entry.key);
                visit(&mut entry.value);
            }
            EntryExpr::StructField(field) => visit(&mut field.value),
        }
    }
}
