//! Checking expressions before they are evaluated: unknown fields, variables and functions, and
//! operators on types that do not go together.
//!
//! This is no complete type checker: what it does not know for certain it lets pass, to be told
//! when the rule is evaluated.

use std::collections::HashMap;

use kube_cel::cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SelectExpr,
};

use super::compile::{Expression, located};
use super::escape::escape;
use super::{operators, regexes};
use crate::schema::types::{Shape, TypeId, Types};

/// What is known of the type of an expression.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Known {
    /// Nothing.
    Nothing,
    /// A scalar of this name.
    Scalar(&'static str),
    /// A value of the schema.
    Node(TypeId),
    /// The object of the kind itself.
    Resource(TypeId),
    /// Its metadata.
    Metadata,
}

/// Checks a rule on values of type `root`. The error is told as Kubernetes tells it.
pub(crate) fn check_expression(
    source: &str,
    expression: &Expression,
    types: &Types,
    root: TypeId,
    resource: bool,
    expected: &'static str,
) -> Result<(), String> {
    let own = if resource {
        Known::Resource(root)
    } else {
        Known::Node(root)
    };
    let mut checker = Checker {
        source,
        types,
        variables: HashMap::from([
            ("self".to_owned(), own),
            ("oldSelf".to_owned(), Known::Nothing),
        ]),
        errors: Vec::new(),
        tests: 0,
        complaints: HashMap::new(),
    };
    let result = checker.infer(expression.tree());
    let scalar = checker.scalar(result);
    let mut errors = checker.errors;
    errors.sort_by_key(|(column, _)| *column);
    let errors: Vec<String> = errors.into_iter().map(|(_, error)| error).collect();
    if !errors.is_empty() {
        return Err(format!("compilation failed: {}", errors.join("\n")));
    }
    match scalar {
        Some(found) if found != expected && expected == "bool" => {
            Err("cel expression must evaluate to a bool".to_owned())
        }
        Some(found) if found != expected => {
            Err("messageExpression must evaluate to a string".to_owned())
        }
        _ => Ok(()),
    }
}

fn undeclared(name: &str) -> String {
    format!("undeclared reference to '{name}' (in container '')")
}

struct Checker<'c> {
    source: &'c str,
    types: &'c Types,
    variables: HashMap<String, Known>,
    /// Errors with their columns.
    errors: Vec<(usize, String)>,
    /// How many has() there were before.
    tests: usize,
    /// How often a name was complained of: the next complaint is of its next occurrence.
    complaints: HashMap<String, usize>,
}

impl Checker<'_> {
    fn infer(&mut self, tree: &IdedExpr) -> Known {
        match &tree.expr {
            Expr::Ident(name) => self.identifier(name),
            Expr::Select(select) => self.select(select),
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::Literal(literal) => match literal {
                LiteralValue::Boolean(_) => Known::Scalar("bool"),
                LiteralValue::Bytes(_) => Known::Scalar("bytes"),
                LiteralValue::Double(_) => Known::Scalar("double"),
                LiteralValue::Int(_) => Known::Scalar("int"),
                LiteralValue::String(_) => Known::Scalar("string"),
                LiteralValue::UInt(_) => Known::Scalar("uint"),
                LiteralValue::Null => Known::Scalar("null"),
            },
            Expr::List(list) => {
                list.elements.iter().for_each(|element| {
                    self.infer(element);
                });
                Known::Nothing
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    match &entry.expr {
                        EntryExpr::MapEntry(entry) => {
                            self.infer(&entry.key);
                            self.infer(&entry.value);
                        }
                        EntryExpr::StructField(field) => {
                            self.infer(&field.value);
                        }
                    }
                }
                Known::Nothing
            }
            Expr::Struct(message) => {
                let name = &message.type_name;
                let nth = self.nth_complaint(name);
                let column = self.find_word(name, nth, |_, after| after.starts_with('{'));
                self.fail(column + name.len(), &undeclared(name));
                Known::Nothing
            }
            Expr::Unspecified => Known::Nothing,
        }
    }

    fn identifier(&mut self, name: &str) -> Known {
        if let Some(known) = self.variables.get(name) {
            return *known;
        }
        if !name.starts_with('@') && !operators::IDENTIFIERS.contains(&name) {
            let nth = self.nth_complaint(name);
            let column = self.find_word(name, nth, |before, _| !before.ends_with('.'));
            self.fail(column, &undeclared(name));
        }
        Known::Nothing
    }

    fn select(&mut self, select: &SelectExpr) -> Known {
        let operand = self.infer(&select.operand);
        // The number of this has() among all.
        let test = select.test.then_some(self.tests);
        self.tests += usize::from(select.test);
        match self.field(operand, &select.field) {
            // has() tells whether the field is there, whatever it is.
            Some(_) if test.is_some() => Known::Scalar("bool"),
            Some(known) => known,
            None => {
                let name = &select.field;
                // A test by has() is told at its parenthesis.
                let column = if let Some(number) = test {
                    self.nth_test(number)
                } else {
                    let nth = self.nth_complaint(name);
                    self.find_word(name, nth, |before, _| before.trim_end().ends_with('.'))
                        .saturating_sub(1)
                };
                self.fail(column, &format!("undefined field '{name}'"));
                Known::Nothing
            }
        }
    }

    /// The field of a value; nothing where there is no such field for certain.
    fn field(&self, operand: Known, name: &str) -> Option<Known> {
        let (id, resource) = match operand {
            Known::Nothing => return Some(Known::Nothing),
            Known::Scalar(_) => return Some(Known::Nothing),
            Known::Metadata => {
                return matches!(name, "name" | "generateName").then_some(Known::Scalar("string"));
            }
            Known::Node(id) => (id, self.types.get(id).embedded_resource),
            Known::Resource(id) => (id, true),
        };
        if resource {
            match name {
                "apiVersion" | "kind" => return Some(Known::Scalar("string")),
                "metadata" => return Some(Known::Metadata),
                _ => {}
            }
        }
        let ty = self.types.get(id);
        let Shape::Object(object) = &ty.shape else {
            return Some(Known::Nothing);
        };
        if object.properties.is_empty() && !resource {
            return object
                .additional
                .as_ref()
                .map(|additional| Known::Node(additional.ty));
        }
        object
            .properties
            .iter()
            .find(|(known, _)| escape(known).as_deref() == Some(name))
            .filter(|(_, property)| self.is_declared(property.ty))
            .map(|(_, property)| Known::Node(property.ty))
    }

    fn call(&mut self, call: &CallExpr) -> Known {
        let target = call.target.as_deref().map(|target| self.infer(target));
        let name = call.func_name.as_str();
        if let ("optMap" | "optFlatMap", [variable, mapped]) = (name, call.args.as_slice())
            && let Expr::Ident(variable) = &variable.expr
        {
            let before = self.variables.clone();
            self.variables.insert(variable.clone(), Known::Nothing);
            self.infer(mapped);
            self.variables = before;
            return Known::Nothing;
        }
        let args: Vec<Known> = call.args.iter().map(|arg| self.infer(arg)).collect();
        if let (Some(symbol), [left, right]) = (operators::symbol(name), args.as_slice()) {
            return self.operator(name, symbol, *left, *right);
        }
        match name {
            "_&&_" | "_||_" | "!_" => {
                for (arg, known) in call.args.iter().zip(&args) {
                    self.expect_bool(arg, *known);
                }
                return Known::Scalar("bool");
            }
            "@in" | "@not_strictly_false" => return Known::Scalar("bool"),
            "-_" => return args.first().copied().unwrap_or(Known::Nothing),
            "_[_]" => {
                return args
                    .first()
                    .map_or(Known::Nothing, |list| self.element(*list));
            }
            "_?_:_" => return args.get(1).copied().unwrap_or(Known::Nothing),
            "size" => return Known::Scalar("int"),
            "startsWith" | "endsWith" | "contains" | "matches" if target.is_some() => {
                self.expect_pattern(call);
                return Known::Scalar("bool");
            }
            "string" => return Known::Scalar("string"),
            "int" => return Known::Scalar("int"),
            _ => {}
        }
        let is_operator = name.starts_with(|c: char| !c.is_ascii_alphabetic());
        let last = name.rsplit('.').next().unwrap_or(name);
        if !is_operator && !operators::FUNCTIONS.contains(&last) {
            let nth = self.nth_complaint(name);
            let column = self.find_word(name, nth, |_, after| after.trim_start().starts_with('('));
            self.fail(column + name.len(), &undeclared(name));
        }
        Known::Nothing
    }

    /// A pattern that is written down has to be one.
    fn expect_pattern(&mut self, call: &CallExpr) {
        let ("matches", [arg]) = (call.func_name.as_str(), call.args.as_slice()) else {
            return;
        };
        let Expr::Literal(LiteralValue::String(pattern)) = &arg.expr else {
            return;
        };
        if regexes::compiled(pattern.inner()).is_none() {
            let column = self.find_word("matches", 0, |_, after| after.starts_with('('));
            self.fail(column + "matches(".len(), "invalid matches argument");
        }
    }

    fn expect_bool(&mut self, arg: &IdedExpr, known: Known) {
        let (Some(found), Expr::Literal(literal)) = (self.scalar(known), &arg.expr) else {
            return;
        };
        if found == "bool" {
            return;
        }
        let text = match literal {
            LiteralValue::Int(int) => int.inner().to_string(),
            LiteralValue::Double(double) => double.inner().to_string(),
            LiteralValue::String(text) => format!("'{}'", text.inner()),
            _ => return,
        };
        let column = self
            .source
            .find(&text)
            .map_or(1, |at| self.source[..at].chars().count() + 1);
        self.fail(column, &format!("expected type 'bool' but found '{found}'"));
    }

    fn operator(&mut self, name: &str, symbol: &str, left: Known, right: Known) -> Known {
        let result = |scalar| {
            if operators::compares(name) {
                Known::Scalar("bool")
            } else {
                Known::Scalar(scalar)
            }
        };
        match (self.scalar(left), self.scalar(right)) {
            (Some(left), Some(right)) if left == right => result(left),
            (Some(left), Some(right)) => {
                let times = matches!(left, "timestamp" | "duration")
                    && matches!(right, "timestamp" | "duration");
                // Numbers of different types can be ordered, not otherwise combined.
                let number = |scalar| matches!(scalar, "int" | "uint" | "double");
                let ordered = operators::compares(name)
                    && !matches!(name, "_==_" | "_!=_")
                    && number(left)
                    && number(right);
                if times || ordered {
                    return if operators::compares(name) {
                        Known::Scalar("bool")
                    } else {
                        Known::Nothing
                    };
                }
                let column = self.find_symbol(symbol);
                self.fail(
                    column,
                    &format!(
                        "found no matching overload for '{name}' applied to '({left}, {right})'"
                    ),
                );
                Known::Nothing
            }
            _ if operators::compares(name) => Known::Scalar("bool"),
            _ => Known::Nothing,
        }
    }

    /// What a list holds, or a map.
    fn element(&self, list: Known) -> Known {
        let Known::Node(id) = list else {
            return Known::Nothing;
        };
        match &self.types.get(id).shape {
            Shape::Array {
                items: Some(item), ..
            } => Known::Node(item.ty),
            Shape::Object(object) => match &object.additional {
                Some(additional) => Known::Node(additional.ty),
                None => Known::Nothing,
            },
            _ => Known::Nothing,
        }
    }

    fn comprehension(&mut self, comprehension: &ComprehensionExpr) -> Known {
        let range = self.infer(&comprehension.iter_range);
        let is_list = match range {
            Known::Node(id) => matches!(self.types.get(id).shape, Shape::Array { .. }),
            _ => false,
        };
        let item = match range {
            Known::Node(_) => self.element(range),
            _ => Known::Nothing,
        };
        let key = match (is_list, range) {
            (true, _) => Known::Scalar("int"),
            (false, Known::Node(_)) => Known::Scalar("string"),
            _ => Known::Nothing,
        };
        let before = self.variables.clone();
        let accumulated = self.infer(&comprehension.accu_init);
        let (first, second) = match &comprehension.iter_var2 {
            Some(second) => (key, Some((second.clone(), item))),
            None if is_list => (item, None),
            None => (key, None),
        };
        self.variables.insert(comprehension.iter_var.clone(), first);
        self.variables.extend(second);
        self.variables
            .insert(comprehension.accu_var.clone(), accumulated);
        self.infer(&comprehension.loop_cond);
        self.infer(&comprehension.loop_step);
        let result = self.infer(&comprehension.result);
        self.variables = before;
        result
    }

    /// The name of a scalar type.
    fn scalar(&self, known: Known) -> Option<&'static str> {
        let id = match known {
            Known::Scalar(name) => return Some(name),
            Known::Node(id) => id,
            _ => return None,
        };
        let ty = self.types.get(id);
        if ty.untyped || ty.int_or_string {
            return None;
        }
        match &ty.shape {
            Shape::Boolean => Some("bool"),
            Shape::Integer { .. } => Some("int"),
            Shape::Number => Some("double"),
            Shape::String { format } => match format.as_deref() {
                Some("byte") => Some("bytes"),
                Some("duration") => Some("duration"),
                Some("date" | "date-time") => Some("timestamp"),
                _ => Some("string"),
            },
            _ => None,
        }
    }

    /// Whether the schema gives values a type that rules know.
    fn is_declared(&self, id: TypeId) -> bool {
        let ty = self.types.get(id);
        if ty.int_or_string || ty.embedded_resource {
            return true;
        }
        match &ty.shape {
            _ if ty.untyped => false,
            Shape::Array { items, .. } => {
                items.as_ref().is_some_and(|item| self.is_declared(item.ty))
            }
            Shape::Object(object) => object.additional.as_ref().is_none_or(|additional| {
                let free = self.types.get(additional.ty);
                matches!(free.shape, Shape::Any) && !free.untyped || self.is_declared(additional.ty)
            }),
            _ => true,
        }
    }

    /// Column of the parenthesis of a has(), from 1.
    fn nth_test(&self, number: usize) -> usize {
        let found = self.source.match_indices("has(").nth(number);
        found.map_or(1, |(at, _)| self.source[..at].chars().count() + 4)
    }

    /// How often this name was complained of before.
    fn nth_complaint(&mut self, name: &str) -> usize {
        let count = self.complaints.entry(name.to_owned()).or_default();
        *count += 1;
        *count - 1
    }

    /// Column, from 1, of the occurrence of a word that `fits` what is before and after it, the
    /// first being number 0.
    fn find_word(&self, word: &str, nth: usize, fits: impl Fn(&str, &str) -> bool) -> usize {
        let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
        self.source
            .match_indices(word)
            .filter(|(at, _)| {
                let (before, rest) = self.source.split_at(*at);
                let after = &rest[word.len()..];
                !before.ends_with(is_word) && !after.starts_with(is_word) && fits(before, after)
            })
            .nth(nth)
            .map_or(1, |(at, _)| self.source[..at].chars().count() + 1)
    }

    fn find_symbol(&self, symbol: &str) -> usize {
        let longer = |after: &str| after.starts_with('=');
        self.source
            .match_indices(symbol)
            .find(|(at, _)| {
                let (before, rest) = self.source.split_at(*at);
                !longer(&rest[symbol.len()..]) && !before.ends_with(['<', '>', '!', '='])
            })
            .map_or(1, |(at, _)| self.source[..at].chars().count() + 1)
    }

    fn fail(&mut self, column: usize, message: &str) {
        let shown = isize::try_from(column).unwrap_or(1);
        let error = (column, located(self.source, 1, shown, message));
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }
}
