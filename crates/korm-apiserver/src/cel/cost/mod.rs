//! What evaluating an expression may cost for the largest values that a schema allows (`checker/cost.go` of cel-go).

mod bounds;
mod functions;
mod language;
mod lists;
mod sizes;

use std::collections::HashMap;

use kube_cel::cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SelectExpr,
};

use super::checker::{Checked, Type, qualified_function};
use super::declared::Declared;
use bounds::Bounds;
use sizes::{Entries, Local, Node, Path};

/// The most that an expression may cost on values that are declared like this.
pub(super) fn estimate(tree: &IdedExpr, checked: &Checked, own: &Declared) -> u64 {
    let mut estimator = Estimator {
        checked,
        own,
        locals: Vec::new(),
        paths: HashMap::new(),
        sizes: HashMap::new(),
        entries: HashMap::new(),
    };
    estimator.cost(tree).most
}

/// Making a list, a map or a message costs this much, whatever is in it.
const LIST: Bounds = Bounds::exactly(10);
const MAP: Bounds = Bounds::exactly(30);
const MESSAGE: Bounds = Bounds::exactly(40);

struct Estimator<'e> {
    checked: &'e Checked,
    /// The values that expressions are for.
    own: &'e Declared,
    /// The variables of macros; the last one of a name counts.
    locals: Vec<(&'e str, Local)>,
    /// Where parts of an expression are in the values.
    paths: HashMap<u64, Path>,
    /// The sizes of parts that were found out.
    sizes: HashMap<u64, Bounds>,
    /// The sizes of what parts contain.
    entries: HashMap<u64, Entries>,
}

/// What a call costs, without its arguments or with them, and how large its result is.
struct CallCost {
    cost: Bounds,
    size: Option<Bounds>,
}

impl CallCost {
    fn of(cost: Bounds) -> Self {
        Self { cost, size: None }
    }

    fn sized(cost: Bounds, size: Bounds) -> Self {
        Self {
            cost,
            size: Some(size),
        }
    }
}

impl<'e> Estimator<'e> {
    fn cost(&mut self, tree: &'e IdedExpr) -> Bounds {
        match &tree.expr {
            Expr::Literal(_) | Expr::Unspecified => Bounds::ZERO,
            Expr::Ident(name) => self.name(tree, name),
            Expr::Select(select) => self.select(tree, select),
            Expr::Call(call) => self.call(tree, call),
            Expr::List(list) => {
                let mut item = match list.elements.is_empty() {
                    true => Bounds::ZERO,
                    false => Bounds::between(u64::MAX, 0),
                };
                let mut sum = Bounds::ZERO;
                for element in &list.elements {
                    sum = sum.plus(self.cost(element));
                    item = item.or(self.size_or_unknown(element));
                }
                let entries = Entries::of_list(Bounds::ONE, item);
                self.entries.insert(tree.id, entries);
                sum.plus(LIST)
            }
            Expr::Map(map) => {
                let nothing = match map.entries.is_empty() {
                    true => Bounds::ZERO,
                    false => Bounds::between(u64::MAX, 0),
                };
                let (mut keys, mut values) = (nothing, nothing);
                let mut sum = Bounds::ZERO;
                for entry in &map.entries {
                    let EntryExpr::MapEntry(entry) = &entry.expr else {
                        continue;
                    };
                    sum = sum.plus(self.cost(&entry.key));
                    sum = sum.plus(self.cost(&entry.value));
                    keys = keys.or(self.size_or_unknown(&entry.key));
                    values = values.or(self.size_or_unknown(&entry.value));
                }
                self.entries.insert(tree.id, Entries::of_map(keys, values));
                sum.plus(MAP)
            }
            Expr::Struct(message) => {
                let mut sum = MESSAGE;
                for entry in &message.entries {
                    if let EntryExpr::StructField(field) = &entry.expr {
                        sum = sum.plus(self.cost(&field.value));
                    }
                }
                sum
            }
            Expr::Comprehension(fold) if is_binding(fold) => self.binding(tree, fold),
            Expr::Comprehension(fold) => self.fold(tree, fold),
        }
    }

    fn name(&mut self, tree: &IdedExpr, name: &str) -> Bounds {
        let path = match self.local(name) {
            Some(local) => local.path.clone(),
            None => vec![name.to_owned()],
        };
        self.paths.insert(tree.id, path);
        Bounds::ONE
    }

    fn select(&mut self, tree: &'e IdedExpr, select: &'e SelectExpr) -> Bounds {
        if self.checked.type_names.contains(&tree.id) {
            return self.name(tree, &select.field);
        }
        let mut sum = self.cost(&select.operand);
        if select.test {
            return sum;
        }
        if matches!(
            self.checked.of(select.operand.id),
            Type::Map(_) | Type::Object(_)
        ) {
            sum = sum.plus(Bounds::ONE);
        }
        let mut path = self.path(&select.operand);
        path.push(select.field.clone());
        self.paths.insert(tree.id, path);
        sum
    }

    fn call(&mut self, tree: &'e IdedExpr, call: &'e CallExpr) -> Bounds {
        if let ("dyn", [arg]) = (call.func_name.as_str(), call.args.as_slice()) {
            let cost = self.cost(arg);
            self.copy_sizes(tree, arg);
            return cost.plus(Bounds::ONE);
        }
        let mut of_args = Vec::with_capacity(call.args.len());
        let mut args = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            of_args.push(self.cost(arg));
            args.push(self.node(arg));
        }
        let all = of_args
            .iter()
            .fold(Bounds::ZERO, |sum, cost| sum.plus(*cost));
        if call.func_name == "_?._" {
            return all.plus(Bounds::ONE);
        }
        let Some((function, overloads)) = self.checked.called.get(&tree.id) else {
            return Bounds::ZERO;
        };
        let target = call
            .target
            .as_deref()
            .filter(|target| qualified_function(target, &call.func_name).is_none());
        let of_target = target.map_or(Bounds::ZERO, |target| self.cost(target));
        let target = target.map(|target| self.node(target));
        let mut total = Bounds::between(u64::MAX, 0);
        let mut size: Option<Bounds> = None;
        for overload in overloads {
            let own = lists::cost(function, overload, target.as_ref(), &args)
                .or_else(|| functions::cost(self, function, overload, target.as_ref(), &args));
            let cost = match own {
                Some(own) => CallCost {
                    cost: own.cost.plus(all),
                    size: own.size,
                },
                None => {
                    let called = language::Called {
                        tree,
                        function,
                        overload,
                        target: target.as_ref(),
                        args: &args,
                        of_args: &of_args,
                        all,
                    };
                    self.of_language(&called)
                }
            };
            total = total.or(cost.cost);
            size = match (size, cost.size) {
                (Some(size), Some(other)) => Some(size.or(other)),
                (size, other) => size.or(other),
            };
            if let (&"_[_]", Some(container)) = (function, call.args.first())
                && let Some(part) = overload.part_of_container()
            {
                size = self.entries_of(container).map(|entries| entries.value);
                let mut path = self.path(container);
                path.push(part.to_owned());
                self.paths.insert(tree.id, path);
            }
            size = size.or_else(|| self.size(tree));
        }
        if let Some(size) = size {
            self.sizes.insert(tree.id, size);
        }
        of_target.plus(total)
    }

    fn fold(&mut self, tree: &'e IdedExpr, fold: &'e ComprehensionExpr) -> Bounds {
        let mut sum = self.cost(&fold.iter_range);
        sum = sum.plus(self.cost(&fold.accu_init));
        let outer = self.locals.len();
        let accumulator = self.bound(&fold.accu_init);
        self.locals.push((&fold.accu_var, accumulator));
        let inner = self.locals.len();
        let range = &fold.iter_range;
        match &fold.iter_var2 {
            None => {
                let single = self.step(range, self.is_list(range));
                self.locals.push((&fold.iter_var, single));
            }
            Some(second) => {
                let (key, value) = (self.step(range, false), self.step(range, true));
                self.locals.push((&fold.iter_var, key));
                self.locals.push((second, value));
            }
        }
        let each = self.cost(&fold.loop_cond);
        let each = self.cost(&fold.loop_step).plus(each);
        self.locals.truncate(inner);
        sum = sum.plus(self.cost(&fold.result));
        self.locals.truncate(outer);
        let steps = self.size_or_unknown(range);
        match &fold.accu_init.expr {
            Expr::Literal(_) => {
                if let Some(size) = self.size(&fold.accu_init) {
                    self.sizes.insert(tree.id, size);
                }
            }
            Expr::List(_) | Expr::Map(_) => {
                self.sizes.insert(tree.id, steps);
                if let Some(entries) = self.entries_of(&fold.loop_step) {
                    self.entries.insert(tree.id, entries);
                }
            }
            _ => {}
        }
        sum.plus(steps.times(each))
    }

    fn binding(&mut self, tree: &'e IdedExpr, fold: &'e ComprehensionExpr) -> Bounds {
        let mut sum = self.cost(&fold.iter_range);
        sum = sum.plus(self.cost(&fold.accu_init));
        let bound = self.bound(&fold.accu_init);
        self.locals.push((&fold.accu_var, bound));
        sum = sum.plus(self.cost(&fold.result));
        self.locals.pop();
        self.copy_sizes(tree, &fold.result);
        sum
    }

    fn node(&mut self, tree: &'e IdedExpr) -> Node<'e> {
        let mut path = self.path(tree);
        if sizes::is_accumulated(&path) {
            path.clear();
        }
        Node {
            tree,
            ty: self.checked.of(tree.id),
            path,
            size: self.size(tree),
        }
    }
}

/// Whether a macro only gives a value a name.
fn is_binding(fold: &ComprehensionExpr) -> bool {
    let is_never = match &fold.loop_cond.expr {
        Expr::Literal(LiteralValue::Boolean(is)) => !*is.inner(),
        _ => false,
    };
    matches!(&fold.iter_range.expr, Expr::List(list) if list.elements.is_empty()) && is_never
}
