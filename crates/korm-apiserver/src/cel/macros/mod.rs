//! Macros: those of the language (`parser/macro.go` of cel-go), of two variables (`ext/comprehensions.go`), of optional
//! values (`cel/library.go`) and of lists (`ext/lists.go`). And what the parser reads in another way than that of cel-go.

mod build;
mod disguise;
mod literals;
mod mend;
mod one_variable;
mod standard;
mod two_variables;

use kube_cel::cel::common::ast::{EntryExpr, Expr, IdedEntryExpr, IdedExpr};

use build::Builder;
pub(super) use disguise::Disguised;
pub(super) use mend::{is_of_macro, is_of_parser_only, told_as_upstream, with_leading_dot};

/// Adds an entry to a map, or those of another map. There must be none of its key.
pub(super) const INSERT: &str = "cel.@mapInsert";
/// Sorts a list by a list of keys.
pub(super) const SORT_BY_KEYS: &str = "@sortByAssociatedKeys";

/// What was made beside the parts of the source.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// The id of the first one.
    pub(super) first: u64,
    /// For which part each was made.
    pub(super) made_for: Vec<u64>,
    /// What is wrong with macros, at the parts of these ids.
    pub(super) faults: Vec<(u64, String)>,
}

/// Expands all that are in the expression.
pub(super) fn expand(disguised: &Disguised, tree: &mut IdedExpr) -> Made {
    let mut last = 0;
    visit(tree, &mut |tree| last = last.max(tree.id));
    disguised.restore_texts(tree);
    let faults = mend::mend(&disguised.source, tree);
    let mut build = Builder::new(last + 1);
    build.made.faults = faults;
    visit(tree, &mut |tree| {
        if let Expr::Call(call) = &mut tree.expr {
            disguised.restore(&mut call.func_name);
        }
        expand_one(tree, &mut build);
    });
    build.made
}

fn expand_one(tree: &mut IdedExpr, build: &mut Builder) {
    let Expr::Call(call) = &mut tree.expr else {
        return;
    };
    build.origin = tree.id;
    let function = call.func_name.as_str();
    let expanded = match (&mut call.target, call.args.as_mut_slice()) {
        (None, [of]) if function == "has" => standard::presence(build, std::mem::take(of)),
        (None, _) => return,
        (Some(target), args) => {
            let expand = match (function, args.len()) {
                ("all" | "exists" | "exists_one" | "filter" | "map", 2) | ("map", 3) => {
                    standard::expand
                }
                ("optMap" | "optFlatMap" | "sortBy", 2) => one_variable::expand,
                (
                    "all" | "exists" | "existsOne" | "exists_one" | "transformList"
                    | "transformMap" | "transformMapEntry",
                    3,
                )
                | ("transformList" | "transformMap" | "transformMapEntry", 4) => {
                    two_variables::expand
                }
                _ => return,
            };
            let target = std::mem::take(&mut **target);
            expand(build, function, target, std::mem::take(&mut call.args))
        }
    };
    *tree = expanded.unwrap_or_else(|fault| {
        // What a wrong macro is, is not known: macros around it may be wrong for that, at the same place.
        build.origin = fault.0;
        build.made.faults.push(fault);
        build.expr(Expr::Unspecified)
    });
}

/// Calls `with` for every part, those within another one first.
fn visit(tree: &mut IdedExpr, with: &mut impl FnMut(&mut IdedExpr)) {
    for_children(tree, &mut |child| visit(child, with));
    with(tree);
}

/// Calls `with` for every direct child.
fn for_children(tree: &mut IdedExpr, with: &mut impl FnMut(&mut IdedExpr)) {
    match &mut tree.expr {
        Expr::Call(call) => {
            if let Some(target) = &mut call.target {
                with(target);
            }
            call.args.iter_mut().for_each(with);
        }
        Expr::Comprehension(comprehension) => {
            with(&mut comprehension.iter_range);
            with(&mut comprehension.accu_init);
            with(&mut comprehension.loop_cond);
            with(&mut comprehension.loop_step);
            with(&mut comprehension.result);
        }
        Expr::List(list) => list.elements.iter_mut().for_each(with),
        Expr::Map(map) => for_entries(&mut map.entries, with),
        Expr::Struct(fields) => for_entries(&mut fields.entries, with),
        Expr::Select(select) => with(&mut select.operand),
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
    }
}

fn for_entries(entries: &mut [IdedEntryExpr], with: &mut impl FnMut(&mut IdedExpr)) {
    for entry in entries {
        match &mut entry.expr {
            EntryExpr::MapEntry(entry) => {
                with(&mut entry.key);
                with(&mut entry.value);
            }
            EntryExpr::StructField(field) => with(&mut field.value),
        }
    }
}
