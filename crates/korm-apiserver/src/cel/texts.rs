//! Functions of strings that the crates give other results than cel-go (`common/types`, `ext/strings.go`) and Kubernetes
//! (`pkg/cel/library/regex.go` of k8s.io/apiserver).

use std::sync::Arc;

use kube_cel::cel::extractors::{Arguments, This};
use kube_cel::cel::{Context, ExecutionError, ResolveResult, Value as Cel};
use regex::Regex;

use super::{regexes, type_values};
use crate::schema::go_format;

type Result<T> = std::result::Result<T, ExecutionError>;

/// Replaces the crates' functions in the context.
pub(super) fn add(context: &mut Context<'_>) {
    context.add_function("matches", matches);
    context.add_function("find", find);
    context.add_function("findAll", find_all);
    context.add_function("replace", replace);
    context.add_function("split", split);
}

/// What `string` makes of a value of the language; nothing of values of Kubernetes' libraries.
pub(super) fn string(of: &Cel) -> Option<ResolveResult> {
    let text = match of {
        Cel::String(_) => return Some(Ok(of.clone())),
        Cel::Bool(is) => is.to_string(),
        Cel::Float(float) if float.is_nan() => "NaN".to_owned(),
        Cel::Float(float) if float.is_infinite() => {
            if *float > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
        }
        Cel::Float(float) => go_format::display_float(*float),
        Cel::Bytes(bytes) => match String::from_utf8(bytes.to_vec()) {
            Ok(text) => text,
            Err(_) => {
                let why = "invalid UTF-8 in bytes, cannot convert to string";
                return Some(Err(ExecutionError::function_error("string", why)));
            }
        },
        Cel::Timestamp(time) => {
            let text = time.format("%Y-%m-%dT%H:%M:%S%.f").to_string();
            let text = match text.contains('.') {
                true => text.trim_end_matches('0'),
                false => &text,
            };
            let zone = match time.offset().local_minus_utc() {
                0 => "Z".to_owned(),
                _ => time.format("%:z").to_string(),
            };
            format!("{text}{zone}")
        }
        Cel::Duration(duration) => {
            let seconds = duration.num_nanoseconds()? as f64 / 1e9;
            format!("{seconds}s")
        }
        _ => return None,
    };
    Some(Ok(text.into()))
}

/// An argument of `format`: the crate does not write times and types.
pub(super) fn to_format(of: Cel) -> Cel {
    match &of {
        Cel::List(items) => {
            let items: Vec<Cel> = items.iter().cloned().map(to_format).collect();
            Cel::List(Arc::new(items))
        }
        Cel::Timestamp(_) | Cel::Duration(_) => match string(&of) {
            Some(Ok(text)) => text,
            _ => of,
        },
        _ => match type_values::itself(&of) {
            Some(name) => name.into(),
            None => of,
        },
    }
}

fn regex(pattern: &str) -> Result<Regex> {
    regexes::compiled(pattern).ok_or_else(|| {
        let why = format!("error parsing regexp: `{pattern}` is no expression");
        ExecutionError::function_error("matches", why)
    })
}

fn matches(This(text): This<Arc<String>>, pattern: Arc<String>) -> ResolveResult {
    Ok(Cel::Bool(regex(&pattern)?.is_match(&text)))
}

fn find(This(text): This<Arc<String>>, pattern: Arc<String>) -> ResolveResult {
    let regex = regex(&pattern)?;
    let found = regex.find(&text).map_or("", |found| found.as_str());
    Ok(found.into())
}

fn find_all(This(text): This<Arc<String>>, Arguments(args): Arguments) -> ResolveResult {
    let (pattern, most) = match args.as_slice() {
        [Cel::String(pattern)] => (pattern, -1),
        [Cel::String(pattern), Cel::Int(most)] => (pattern, *most),
        _ => return Err(ExecutionError::NoSuchOverload),
    };
    let regex = regex(pattern)?;
    let found: Vec<Cel> = regex
        .find_iter(&text)
        .take(count(most))
        .map(|found| found.as_str().into())
        .collect();
    Ok(Cel::List(found.into()))
}

/// How many are meant: all by a number below none.
fn count(most: i64) -> usize {
    usize::try_from(most).unwrap_or(usize::MAX)
}

fn replace(This(text): This<Arc<String>>, Arguments(args): Arguments) -> ResolveResult {
    let (old, new, most) = match args.as_slice() {
        [Cel::String(old), Cel::String(new)] => (old, new, -1),
        [Cel::String(old), Cel::String(new), Cel::Int(most)] => (old, new, *most),
        _ => return Err(ExecutionError::NoSuchOverload),
    };
    Ok(text.replacen(old.as_str(), new, count(most)).into())
}

fn split(This(text): This<Arc<String>>, Arguments(args): Arguments) -> ResolveResult {
    let (separator, most) = match args.as_slice() {
        [Cel::String(separator)] => (separator, -1),
        [Cel::String(separator), Cel::Int(most)] => (separator, *most),
        _ => return Err(ExecutionError::NoSuchOverload),
    };
    let most = count(most);
    let parts: Vec<Cel> = if separator.is_empty() {
        characters(&text, most)
    } else {
        let parts = text.splitn(most, separator.as_str());
        parts.map(Cel::from).collect()
    };
    Ok(Cel::List(parts.into()))
}

/// The characters of a text, the last part being what is left.
fn characters(text: &str, most: usize) -> Vec<Cel> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next()
        && parts.len() < most
    {
        let length = match parts.len() + 1 == most {
            true => rest.len(),
            false => first.len_utf8(),
        };
        let (part, after) = rest.split_at(length);
        parts.push(part.into());
        rest = after;
    }
    parts
}
