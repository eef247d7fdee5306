//! Making the parts of a tree that a macro stands for.

use kube_cel::cel::common::ast::{
    CallExpr, ComprehensionExpr, Expr, IdedExpr, ListExpr, LiteralValue, MapExpr,
};

use super::{Made, visit};

/// What an accumulator of a macro is called.
pub(super) const ACCUMULATOR: &str = "@result";
/// What it was called once.
const OLD_ACCUMULATOR: &str = "__result__";

/// Something wrong with the part of this id.
pub(super) type Fault = (u64, String);

/// Makes parts, each with an id of its own.
#[derive(Debug)]
pub(super) struct Builder {
    pub(super) made: Made,
    next: u64,
    /// The part of the source that parts are made for.
    pub(super) origin: u64,
}

/// What a macro does for each item.
pub(super) struct Fold {
    pub(super) range: IdedExpr,
    pub(super) variables: (String, Option<String>),
    pub(super) accumulator: String,
    pub(super) start: IdedExpr,
    pub(super) while_: IdedExpr,
    pub(super) step: IdedExpr,
    pub(super) result: IdedExpr,
}

impl Builder {
    pub(super) fn new(first: u64) -> Self {
        Self {
            made: Made {
                first,
                ..Made::default()
            },
            next: first,
            origin: 0,
        }
    }

    fn id(&mut self, origin: u64) -> u64 {
        let id = self.next;
        self.next += 1;
        self.made.made_for.push(origin);
        id
    }

    pub(super) fn expr(&mut self, expr: Expr) -> IdedExpr {
        let id = self.id(self.origin);
        IdedExpr { id, expr }
    }

    pub(super) fn ident(&mut self, name: &str) -> IdedExpr {
        self.expr(Expr::Ident(name.to_owned()))
    }

    /// What the macro has gathered so far.
    pub(super) fn so_far(&mut self) -> IdedExpr {
        self.ident(ACCUMULATOR)
    }

    pub(super) fn bool(&mut self, is: bool) -> IdedExpr {
        self.expr(Expr::Literal(LiteralValue::Boolean(is.into())))
    }

    pub(super) fn int(&mut self, int: i64) -> IdedExpr {
        self.expr(Expr::Literal(LiteralValue::Int(int.into())))
    }

    pub(super) fn list(&mut self, items: Vec<IdedExpr>) -> IdedExpr {
        self.expr(Expr::List(ListExpr::new(items)))
    }

    pub(super) fn no_entries(&mut self) -> IdedExpr {
        self.expr(Expr::Map(MapExpr::default()))
    }

    pub(super) fn call(&mut self, function: &str, args: Vec<IdedExpr>) -> IdedExpr {
        self.expr(Expr::Call(CallExpr {
            func_name: function.to_owned(),
            target: None,
            args,
        }))
    }

    pub(super) fn method(
        &mut self,
        target: IdedExpr,
        function: &str,
        args: Vec<IdedExpr>,
    ) -> IdedExpr {
        self.expr(Expr::Call(CallExpr {
            func_name: function.to_owned(),
            target: Some(Box::new(target)),
            args,
        }))
    }

    pub(super) fn fold(&mut self, fold: Fold) -> IdedExpr {
        self.expr(Expr::Comprehension(Box::new(ComprehensionExpr {
            iter_range: fold.range,
            iter_var: fold.variables.0,
            iter_var2: fold.variables.1,
            accu_var: fold.accumulator,
            accu_init: fold.start,
            loop_cond: fold.while_,
            loop_step: fold.step,
            result: fold.result,
        })))
    }

    /// What `of` is where a variable has a value, which is evaluated once.
    pub(super) fn bind(&mut self, name: &str, value: IdedExpr, of: IdedExpr) -> IdedExpr {
        let fold = Fold {
            range: self.list(Vec::new()),
            variables: ("#unused".to_owned(), None),
            accumulator: name.to_owned(),
            start: value,
            while_: self.bool(false),
            step: self.ident(name),
            result: of,
        };
        self.fold(fold)
    }

    /// A step that is taken only where the filter holds, if there is one.
    pub(super) fn where_(&mut self, filter: Option<IdedExpr>, step: IdedExpr) -> IdedExpr {
        match filter {
            Some(filter) => {
                let so_far = self.so_far();
                self.call("_?_:_", vec![filter, step, so_far])
            }
            None => step,
        }
    }

    /// The same with ids of its own.
    pub(super) fn copy(&mut self, of: &IdedExpr) -> IdedExpr {
        let mut copy = of.clone();
        visit(&mut copy, &mut |part| part.id = self.id(part.id));
        copy
    }
}

/// The name of a variable.
pub(super) fn variable(of: &IdedExpr, otherwise: &str) -> Result<String, Fault> {
    match &of.expr {
        Expr::Ident(name) => Ok(name.clone()),
        _ => Err((of.id, otherwise.to_owned())),
    }
}

/// Whether the name is that of the accumulator, now or then.
pub(super) fn no_accumulator(of: &IdedExpr, name: &str) -> Result<(), Fault> {
    match name {
        ACCUMULATOR | OLD_ACCUMULATOR => {
            let why = "iteration variable overwrites accumulator variable";
            Err((of.id, why.to_owned()))
        }
        _ => Ok(()),
    }
}
