//! The clauses of a text that is formatted have to fit the arguments (`ext/formatting.go` of cel-go).

use kube_cel::cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue};

use super::infer::{Checked, Fault};
use super::types::Type;

/// What does not fit in a call of `format` whose text and arguments are written down.
pub(super) fn fault(tree: &IdedExpr, call: &CallExpr, checked: &Checked) -> Option<Fault> {
    let ("format", Some(target), [args]) =
        (call.func_name.as_str(), &call.target, call.args.as_slice())
    else {
        return None;
    };
    let (Expr::Literal(LiteralValue::String(text)), Expr::List(args)) = (&target.expr, &args.expr)
    else {
        return None;
    };
    let args = &args.elements;
    match clauses(text.inner(), args, checked) {
        Err((at, what)) => Some((at.unwrap_or(tree.id), what)),
        Ok(used) if used < args.len() => {
            let given = args.len();
            let what = format!(
                "too many arguments supplied to string.format (expected {used}, got {given})"
            );
            Some((tree.id, what))
        }
        Ok(_) => None,
    }
}

type Result<T> = std::result::Result<T, (Option<u64>, String)>;

fn error<T>(what: impl Into<String>) -> Result<T> {
    Err((None, what.into()))
}

/// How many arguments the clauses use.
fn clauses(text: &str, args: &[IdedExpr], checked: &Checked) -> Result<usize> {
    let mut used = 0;
    let mut rest = text;
    while let Some((_, clause)) = rest.split_once('%') {
        if let Some(after) = clause.strip_prefix('%') {
            rest = after;
            continue;
        }
        if clause.is_empty() {
            return error("unexpected end of string");
        }
        let Some(arg) = args.get(used) else {
            return error(format!("index {used} out of range"));
        };
        used += 1;
        let clause = without_precision(clause)?;
        let mut letters = clause.chars();
        let letter = letters.next().unwrap_or_default();
        rest = letters.as_str();
        if let Some((at, why)) = misfit(letter, arg, checked)? {
            let given = checked.of(at).runtime_name();
            let what = format!("error during formatting: {why}, was given {given}");
            return Err((Some(at), what));
        }
    }
    Ok(used)
}

fn without_precision(clause: &str) -> Result<&str> {
    let parsing = "could not parse formatting clause: error while parsing precision";
    let Some(precision) = clause.strip_prefix('.') else {
        return Ok(clause);
    };
    let rest = precision.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let digits = &precision[..precision.len() - rest.len()];
    if rest.is_empty() {
        return error(format!(
            "{parsing}: could not find end of precision specifier"
        ));
    }
    match digits.parse::<i64>() {
        Ok(_) => Ok(rest),
        Err(why) => {
            let why = match why.kind() {
                std::num::IntErrorKind::Empty => "invalid syntax",
                _ => "value out of range",
            };
            error(format!(
                "{parsing}: error while converting precision to integer: strconv.Atoi: parsing \"{digits}\": {why}"
            ))
        }
    }
}

/// Why a clause cannot be used for an argument, and for which part of it.
fn misfit(letter: char, arg: &IdedExpr, checked: &Checked) -> Result<Option<(u64, &'static str)>> {
    let ty = checked.of(arg.id);
    let (fits, why) = match letter {
        's' => {
            let why = "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps";
            return Ok(unwritable(arg, checked).map(|at| (at, why)));
        }
        'd' => (
            matches!(ty, Type::Int | Type::Uint),
            "decimal clause can only be used on integers",
        ),
        'f' => (
            matches!(ty, Type::Double | Type::String),
            "fixed-point clause can only be used on doubles",
        ),
        'e' => (
            matches!(ty, Type::Double | Type::String),
            "scientific clause can only be used on doubles",
        ),
        'b' => (
            matches!(ty, Type::Int | Type::Uint | Type::Bool),
            "only integers and bools can be formatted as binary",
        ),
        'x' | 'X' => (
            matches!(ty, Type::Int | Type::Uint | Type::String | Type::Bytes),
            "only integers, byte buffers, and strings can be formatted as hex",
        ),
        'o' => (
            matches!(ty, Type::Int | Type::Uint),
            "octal clause can only be used on integers",
        ),
        other => {
            // Go reads it by bytes.
            let byte = char::from(other.to_string().bytes().next().unwrap_or_default());
            return error(format!(
                "could not parse formatting clause: unrecognized formatting clause \"{byte}\""
            ));
        }
    };
    Ok((!fits && *ty != Type::Dyn).then_some((arg.id, why)))
}

/// The part of an argument that cannot be written as a text.
fn unwritable(arg: &IdedExpr, checked: &Checked) -> Option<u64> {
    if matches!(
        checked.of(arg.id),
        Type::Opaque(..) | Type::Object(_) | Type::Error | Type::Free(_)
    ) {
        return Some(arg.id);
    }
    match &arg.expr {
        Expr::List(list) => {
            let mut elements = list.elements.iter();
            elements.find_map(|element| unwritable(element, checked))
        }
        Expr::Map(map) => map.entries.iter().find_map(|entry| match &entry.expr {
            EntryExpr::MapEntry(entry) => {
                unwritable(&entry.key, checked).or_else(|| unwritable(&entry.value, checked))
            }
            EntryExpr::StructField(_) => None,
        }),
        _ => None,
    }
}
