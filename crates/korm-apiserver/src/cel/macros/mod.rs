//! Macros that the parser leaves alone: those of two variables (`ext/comprehensions.go` of cel-go), of optional values
//! (`cel/library.go`) and of lists (`ext/lists.go`). And what the parser reads in another way than that of cel-go.

mod build;
mod mend;
mod one_variable;
mod two_variables;

use kube_cel::cel::common::ast::{EntryExpr, Expr, IdedEntryExpr, IdedExpr};

use build::Builder;
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
pub(super) fn expand(source: &str, tree: &mut IdedExpr) -> Made {
    let mut last = 0;
    visit(tree, &mut |tree| last = last.max(tree.id));
    let faults = mend::mend(source, tree, last);
    let mut build = Builder::new(last + 1);
    build.made.faults = faults;
    visit(tree, &mut |tree| expand_one(tree, &mut build));
    build.made
}

fn expand_one(tree: &mut IdedExpr, build: &mut Builder) {
    let Expr::Call(call) = &mut tree.expr else {
        return;
    };
    let Some(target) = &mut call.target else {
        return;
    };
    let function = call.func_name.as_str();
    let expand = match (function, call.args.len()) {
        ("optMap" | "optFlatMap" | "sortBy", 2) => one_variable::expand,
        (
            "all" | "exists" | "existsOne" | "exists_one" | "transformList" | "transformMap"
            | "transformMapEntry",
            3,
        )
        | ("transformList" | "transformMap" | "transformMapEntry", 4) => two_variables::expand,
        _ => return,
    };
    build.origin = tree.id;
    let target = std::mem::take(&mut **target);
    let args = std::mem::take(&mut call.args);
    match expand(build, function, target, args) {
        Ok(expanded) => *tree = expanded,
        Err(fault) => build.made.faults.push(fault),
    }
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
