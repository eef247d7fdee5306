//! Parsing a JSONPath expression.

use serde_json::Value;

use super::{Filter, JsonPath, Operator, Step};

/// Parses an expression as it stands between braces.
pub(super) fn parse(text: &str) -> Option<JsonPath> {
    let mut parser = Parser {
        rest: text,
        steps: Vec::new(),
    };
    parser.run()?;
    Some(JsonPath {
        steps: parser.steps,
    })
}

struct Parser<'a> {
    rest: &'a str,
    steps: Vec<Step>,
}

impl<'a> Parser<'a> {
    fn run(&mut self) -> Option<()> {
        while let Some(c) = self.rest.chars().next() {
            if let Some(filter) = self.rest.strip_prefix("[?(") {
                self.filter(filter)?;
            } else if let Some(rest) = self.rest.strip_prefix("..") {
                self.recursive(rest)?;
            } else {
                match c {
                    ' ' | '@' | '$' => self.rest = &self.rest[1..],
                    '[' => self.array()?,
                    '.' => {
                        self.rest = &self.rest[1..];
                        self.field();
                    }
                    '"' | '\'' => self.quoted(c)?,
                    '+' | '-' | '0'..='9' => self.number()?,
                    _ => self.word()?,
                }
            }
        }
        Some(())
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn recursive(&mut self, rest: &'a str) -> Option<()> {
        if self.steps.last() == Some(&Step::Recursive) {
            return None;
        }
        self.steps.push(Step::Recursive);
        self.rest = rest;
        if rest.starts_with(|c: char| c == '_' || c.is_alphanumeric()) {
            self.field();
        }
        Some(())
    }

    fn field(&mut self) {
        let mut end = self.rest.len();
        let mut escaped = false;
        for (at, c) in self.rest.char_indices() {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if is_terminator(c) {
                end = at;
                break;
            }
        }
        let name = self.take(end);
        self.steps.push(if name == "*" {
            Step::Wildcard
        } else {
            Step::Field(name.replace('\\', ""))
        });
    }

    fn word(&mut self) -> Option<()> {
        let end = self.rest.find(is_terminator).unwrap_or(self.rest.len());
        let value = match self.take(end) {
            "true" => true,
            "false" => false,
            _ => return None,
        };
        self.steps.push(Step::Literal(Value::Bool(value)));
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let signed = usize::from(self.rest.starts_with(['+', '-']));
        let digits = self.rest[signed..]
            .find(|c: char| c != '.' && !c.is_ascii_digit())
            .unwrap_or(self.rest.len() - signed);
        let text = self.take(signed + digits);
        let number = match text.parse::<i64>() {
            Ok(int) => Value::from(int),
            Err(_) => Value::from(text.parse::<f64>().ok()?),
        };
        self.steps.push(Step::Literal(number));
        Some(())
    }

    fn quoted(&mut self, quote: char) -> Option<()> {
        let inner = &self.rest[1..];
        let mut previous = quote;
        let end = inner.char_indices().find_map(|(at, c)| {
            let closes = c == quote && previous != '\\';
            previous = c;
            closes.then_some(at)
        })?;
        let text = inner[..end].replace(&format!("\\{quote}"), &quote.to_string());
        self.steps.push(Step::Literal(Value::String(text)));
        self.rest = &inner[end + 1..];
        Some(())
    }

    fn array(&mut self) -> Option<()> {
        let end = self.rest.find(']')?;
        let text = &self.take(end + 1)[1..end];
        let parts: Vec<&str> = text.split(',').collect();
        let step = match parts.as_slice() {
            [one] => element(one)?,
            many => Step::Union(
                many.iter()
                    .map(|part| {
                        let steps = vec![element(part.trim_matches(' '))?];
                        Some(JsonPath { steps })
                    })
                    .collect::<Option<_>>()?,
            ),
        };
        self.steps.push(step);
        Some(())
    }

    /// A filter ends at the first `)` outside of the first quoted string.
    fn filter(&mut self, text: &'a str) -> Option<()> {
        let (mut begun, mut ended) = (false, false);
        let mut quote = '"';
        let mut previous = '(';
        let end = text.char_indices().find_map(|(at, c)| {
            match c {
                '"' | '\'' if !begun => {
                    begun = true;
                    quote = c;
                }
                '"' | '\'' if previous != '\\' && c == quote => ended = true,
                ')' if begun == ended => return Some(at),
                _ => {}
            }
            previous = c;
            None
        })?;
        self.rest = text[end + 1..].strip_prefix(']')?;
        self.steps
            .push(Step::Filter(Box::new(comparison(&text[..end])?)));
        Some(())
    }
}

fn is_terminator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\r' | '\n' | '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}'
    )
}

/// What stands between brackets: a quoted key, an index or a slice.
fn element(text: &str) -> Option<Step> {
    let key = ['\'', '"'].into_iter().find_map(|quote| {
        let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
        Some(inner.to_owned())
    });
    if let Some(key) = key {
        return Some(Step::Field(key.replace('\\', "")));
    }
    let text = if text == "*" { ":" } else { text };
    let number = |text: &str| -> Option<Option<i64>> {
        if text.is_empty() {
            return Some(None);
        }
        text.parse().ok().map(Some)
    };
    let parts: Vec<&str> = text.split(':').collect();
    Some(match parts.as_slice() {
        [index] => {
            let index = number(index)??;
            Step::Slice {
                start: Some(index),
                end: Some(index + 1),
                single: true,
                step: None,
            }
        }
        [start, end] => Step::Slice {
            start: number(start)?,
            end: number(end)?,
            single: false,
            step: None,
        },
        [start, end, step] => Step::Slice {
            start: number(start)?,
            end: number(end)?,
            single: false,
            step: number(step)?,
        },
        _ => return None,
    })
}

fn comparison(text: &str) -> Option<Filter> {
    let is_operator = |c: char| "!<>=".contains(c);
    let Some(at) = text.find(is_operator).filter(|at| *at > 0) else {
        return Some(Filter {
            left: parse(text)?,
            comparison: None,
        });
    };
    let (left, rest) = text.split_at(at);
    let length = rest.find(|c| !is_operator(c))?;
    let (operator, right) = rest.split_at(length);
    let operator = match operator {
        "==" => Operator::Equal,
        "!=" => Operator::NotEqual,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        _ => return None,
    };
    Some(Filter {
        left: parse(left)?,
        comparison: Some((operator, parse(right)?)),
    })
}
