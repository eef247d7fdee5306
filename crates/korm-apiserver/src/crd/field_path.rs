//! Paths that point into a schema: `.spec.replicas`, `.labels['a.b']`. They are what `fieldPath` of
//! a rule and `jsonPath` of a selectable field are written in.

use super::json_schema::JsonSchema;

/// Resolves a path against a schema: gives the path as errors write it, and the schema it leads to.
pub(super) fn resolve<'s>(
    path: &str,
    schema: &'s JsonSchema,
    brackets: bool,
) -> Result<(String, &'s JsonSchema), String> {
    let mut tokens = tokens(path).into_iter();
    let end = || "unexpected end of JSON path".to_owned();
    let mut at = String::new();
    let mut schema = schema;
    while let Some(token) = tokens.next() {
        match token {
            "[" if !brackets => return Err("array notation is not allowed".to_owned()),
            "[" => {
                let quoted = tokens.next().ok_or_else(end)?;
                let inner = quoted
                    .strip_prefix('\'')
                    .and_then(|rest| rest.strip_suffix('\''))
                    .filter(|_| quoted.len() >= 2)
                    .ok_or_else(|| format!("expected single quoted string but got {quoted}"))?;
                schema = below(schema, &unescape(inner)?, &mut at)?;
                match tokens.next().ok_or_else(end)? {
                    "]" => {}
                    other => return Err(format!("expected ] but got {other}")),
                }
            }
            "." => schema = below(schema, tokens.next().ok_or_else(end)?, &mut at)?,
            other => return Err(format!("expected [ or . but got: {other}")),
        }
    }
    Ok((at, schema))
}

fn below<'s>(
    schema: &'s JsonSchema,
    name: &str,
    at: &mut String,
) -> Result<&'s JsonSchema, String> {
    let nowhere = || "does not refer to a valid field".to_owned();
    if schema.properties.is_empty() {
        let additional = schema.additional().ok_or_else(nowhere)?;
        at.push_str(&format!("[{name}]"));
        return Ok(additional);
    }
    if !at.is_empty() {
        at.push('.');
    }
    at.push_str(name);
    schema.properties.get(name).ok_or_else(nowhere)
}

/// Delimiters, quoted strings and what lies between.
fn tokens(path: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let length = if rest.starts_with('\'') {
            closing_quote(rest).map_or(rest.len(), |end| end + 1)
        } else {
            match rest.find(['.', '[', ']']) {
                Some(0) => 1,
                Some(at) => at,
                None => rest.len(),
            }
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn closing_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (1..bytes.len()).find(|i| bytes[*i] == b'\'' && bytes[*i - 1] != b'\\')
}

fn unescape(text: &str) -> Result<String, String> {
    let fault = |what: &str| format!("invalid string literal: {what}");
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match chars.next() {
            Some('a') => '\u{7}',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('v') => '\u{b}',
            Some(c @ ('\'' | '\\')) => c,
            Some(_) => return Err(fault("invalid escape char at the end")),
            None => return Err(fault("unterminated escape sequence")),
        });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_lead_into_the_schema() {
        let schema = JsonSchema::parse(&json!({"type": "object", "properties": {
            "spec": {"type": "object", "properties": {"a.b": {"type": "integer"}}},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        }}))
        .unwrap();
        let at = |path| resolve(path, &schema, true).map(|(at, s)| (at, s.schema_type.clone()));
        assert_eq!(
            at(".spec['a.b']"),
            Ok(("spec.a.b".to_owned(), "integer".to_owned()))
        );
        assert_eq!(
            at(".labels['x']"),
            Ok(("labels[x]".to_owned(), "string".to_owned()))
        );
        assert_eq!(
            at(".labels.x"),
            Ok(("labels[x]".to_owned(), "string".to_owned()))
        );
        assert_eq!(
            at(".spec.x"),
            Err("does not refer to a valid field".to_owned())
        );
        assert_eq!(at("spec"), Err("expected [ or . but got: spec".to_owned()));
        assert_eq!(at(".spec["), Err("unexpected end of JSON path".to_owned()));
        assert_eq!(
            resolve(".labels['x']", &schema, false).err().as_deref(),
            Some("array notation is not allowed")
        );
    }
}
