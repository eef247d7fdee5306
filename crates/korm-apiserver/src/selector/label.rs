//! Label selectors: `tier=front,env in (dev, test),!legacy`, parsed as
//! `k8s.io/apimachinery/pkg/labels` parses them, with its messages.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::meta::names;
use crate::schema::go_format::quote;

/// Requirements an object's labels all have to meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LabelSelector {
    requirements: Vec<Requirement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
}

impl LabelSelector {
    /// Parses the text of a `labelSelector` parameter.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut requirements = Parser {
            tokens: scan(text),
            position: 0,
        }
        .parse()?;
        requirements.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(Self { requirements })
    }

    /// Whether everything matches.
    pub(crate) fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether labels, as they stand in `metadata.labels`, meet every requirement.
    pub(crate) fn matches(&self, labels: Option<&Map<String, Value>>) -> bool {
        self.requirements.iter().all(|requirement| {
            let value = labels
                .and_then(|l| l.get(&requirement.key))
                .and_then(Value::as_str);
            requirement.matches(value)
        })
    }
}

impl Requirement {
    fn matches(&self, value: Option<&str>) -> bool {
        let listed = |value: &str| self.values.iter().any(|v| v == value);
        match self.operator {
            Operator::In => value.is_some_and(listed),
            Operator::NotIn => !value.is_some_and(listed),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::GreaterThan => self.compares(value, |a, b| a > b),
            Operator::LessThan => self.compares(value, |a, b| a < b),
        }
    }

    fn compares(&self, value: Option<&str>, holds: fn(i64, i64) -> bool) -> bool {
        let number = value.and_then(|v| v.parse::<i64>().ok());
        let bound = self.values.first().and_then(|v| v.parse::<i64>().ok());
        matches!((number, bound), (Some(number), Some(bound)) if holds(number, bound))
    }

    fn new(key: String, operator: Operator, values: BTreeSet<String>) -> Result<Self, String> {
        let mut faults = Vec::new();
        if let Some(fault) = key_fault("key", &key) {
            faults.push(fault);
        }
        for (index, value) in values.iter().enumerate() {
            let numeric = matches!(operator, Operator::GreaterThan | Operator::LessThan);
            if numeric && value.parse::<i64>().is_err() {
                faults.push(format!(
                    "values[{index}]: Invalid value: {}: for 'Gt', 'Lt' operators, the value must be an integer",
                    quote(value)
                ));
            }
        }
        for (index, value) in values.iter().enumerate() {
            let found = names::label_value(value);
            if !found.is_empty() {
                faults.push(format!(
                    "values[{index}][{key}]: Invalid value: {}: {}",
                    quote(value),
                    found.join("; ")
                ));
            }
        }
        match faults.len() {
            0 => Ok(Self {
                key,
                operator,
                values: values.into_iter().collect(),
            }),
            1 => Err(faults.remove(0)),
            _ => Err(format!("[{}]", faults.join(", "))),
        }
    }
}

fn key_fault(path: &str, key: &str) -> Option<String> {
    let faults = names::label_key(key);
    (!faults.is_empty()).then(|| {
        format!(
            "{path}: Invalid value: {}: {}",
            quote(key),
            faults.join("; ")
        )
    })
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Close,
    Comma,
    Not,
    DoubleEquals,
    Equals,
    Greater,
    Less,
    NotEquals,
    Open,
    In,
    NotIn,
    Identifier,
    Error,
    End,
}

fn keyword(text: &str) -> Option<Token> {
    Some(match text {
        ")" => Token::Close,
        "," => Token::Comma,
        "!" => Token::Not,
        "==" => Token::DoubleEquals,
        "=" => Token::Equals,
        ">" => Token::Greater,
        "in" => Token::In,
        "<" => Token::Less,
        "!=" => Token::NotEquals,
        "notin" => Token::NotIn,
        "(" => Token::Open,
        _ => return None,
    })
}

fn is_special(c: char) -> bool {
    matches!(c, '=' | '!' | '(' | ')' | ',' | '>' | '<')
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// All tokens with their texts; the last one is [`Token::End`].
fn scan(text: &str) -> Vec<(Token, String)> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(is_space);
        let Some(first) = rest.chars().next().filter(|c| *c != '\0') else {
            tokens.push((Token::End, String::new()));
            return tokens;
        };
        let (token, length) = if is_special(first) {
            scan_symbol(rest)
        } else {
            scan_word(rest)
        };
        let literal = match &token {
            Token::Error => format!("error expected: keyword found '{}'", &rest[..length]),
            _ => rest[..length].to_owned(),
        };
        tokens.push((token, literal));
        rest = &rest[length..];
    }
}

fn scan_word(text: &str) -> (Token, usize) {
    let length = text
        .find(|c| is_special(c) || is_space(c) || c == '\0')
        .unwrap_or(text.len());
    (
        keyword(&text[..length]).unwrap_or(Token::Identifier),
        length,
    )
}

/// The longest run of special characters that is an operator. Every special character is ASCII.
fn scan_symbol(text: &str) -> (Token, usize) {
    let run = text.find(|c| !is_special(c)).unwrap_or(text.len());
    let mut found = None;
    for length in 1..=run {
        match keyword(&text[..length]) {
            Some(token) => found = Some((token, length)),
            None if found.is_some() => break,
            None => {}
        }
    }
    found.unwrap_or((Token::Error, run))
}

struct Parser {
    tokens: Vec<(Token, String)>,
    position: usize,
}

impl Parser {
    /// The next token; words that are operators elsewhere are plain words where values stand.
    fn peek(&self, values: bool) -> (Token, String) {
        let (token, text) = self
            .tokens
            .get(self.position)
            .cloned()
            .unwrap_or((Token::End, String::new()));
        match token {
            Token::In | Token::NotIn if values => (Token::Identifier, text),
            token => (token, text),
        }
    }

    fn next(&mut self, values: bool) -> (Token, String) {
        let found = self.peek(values);
        self.position += 1;
        found
    }

    fn parse(mut self) -> Result<Vec<Requirement>, String> {
        let mut requirements = Vec::new();
        loop {
            match self.peek(true) {
                (Token::Identifier | Token::Not, _) => {
                    let requirement = self
                        .requirement()
                        .map_err(|e| format!("unable to parse requirement: {e}"))?;
                    requirements.push(requirement);
                    match self.next(true) {
                        (Token::End, _) => return Ok(requirements),
                        (Token::Comma, _) => {
                            let (token, text) = self.peek(true);
                            if !matches!(token, Token::Identifier | Token::Not) {
                                return Err(format!(
                                    "found '{text}', expected: identifier after ','"
                                ));
                            }
                        }
                        (_, text) => {
                            return Err(format!(
                                "found '{text}', expected: ',' or 'end of string'"
                            ));
                        }
                    }
                }
                (Token::End, _) => return Ok(requirements),
                (_, text) => {
                    return Err(format!(
                        "found '{text}', expected: !, identifier, or 'end of string'"
                    ));
                }
            }
        }
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let (key, unary) = self.key()?;
        if let Some(operator) = unary {
            return Requirement::new(key, operator, BTreeSet::new());
        }
        let (token, text) = self.next(false);
        let (operator, listed) = match token {
            Token::In => (Operator::In, true),
            Token::NotIn => (Operator::NotIn, true),
            Token::Equals | Token::DoubleEquals => (Operator::In, false),
            Token::NotEquals => (Operator::NotIn, false),
            Token::Greater => (Operator::GreaterThan, false),
            Token::Less => (Operator::LessThan, false),
            _ => {
                return Err(format!(
                    "found '{text}', expected: in, notin, =, ==, !=, gt, lt"
                ));
            }
        };
        let values = if listed {
            self.values()?
        } else {
            self.exact_value()?
        };
        Requirement::new(key, operator, values)
    }

    fn key(&mut self) -> Result<(String, Option<Operator>), String> {
        let (mut token, mut text) = self.next(true);
        let negated = token == Token::Not;
        if negated {
            (token, text) = self.next(true);
        }
        if token != Token::Identifier {
            return Err(format!("found '{text}', expected: identifier"));
        }
        if let Some(fault) = key_fault("<nil>", &text) {
            return Err(fault);
        }
        let operator = match self.peek(true).0 {
            _ if negated => Some(Operator::DoesNotExist),
            Token::End | Token::Comma => Some(Operator::Exists),
            _ => None,
        };
        Ok((text, operator))
    }

    fn values(&mut self) -> Result<BTreeSet<String>, String> {
        let (token, text) = self.next(true);
        if token != Token::Open {
            return Err(format!("found '{text}' expected: '('"));
        }
        let (token, text) = self.peek(true);
        match token {
            Token::Identifier | Token::Comma => {
                let values = self.identifiers()?;
                if self.next(true).0 != Token::Close {
                    return Err(format!("found '{text}', expected: ')'"));
                }
                Ok(values)
            }
            Token::Close => {
                self.next(true);
                Ok(BTreeSet::from([String::new()]))
            }
            _ => Err(format!("found '{text}', expected: ',', ')' or identifier")),
        }
    }

    fn identifiers(&mut self) -> Result<BTreeSet<String>, String> {
        let mut values = BTreeSet::new();
        loop {
            let (token, text) = self.next(true);
            match token {
                Token::Identifier => {
                    values.insert(text);
                    let (token, text) = self.peek(true);
                    match token {
                        Token::Comma => {}
                        Token::Close => return Ok(values),
                        _ => return Err(format!("found '{text}', expected: ',' or ')'")),
                    }
                }
                Token::Comma => {
                    if values.is_empty() {
                        values.insert(String::new()); // "(,"
                    }
                    match self.peek(true).0 {
                        Token::Close => {
                            values.insert(String::new()); // ",)"
                            return Ok(values);
                        }
                        Token::Comma => {
                            values.insert(String::new()); // ",,"
                        }
                        _ => {}
                    }
                }
                _ => return Err(format!("found '{text}', expected: ',', or identifier")),
            }
        }
    }

    fn exact_value(&mut self) -> Result<BTreeSet<String>, String> {
        if matches!(self.peek(true).0, Token::End | Token::Comma) {
            return Ok(BTreeSet::from([String::new()]));
        }
        match self.next(true) {
            (Token::Identifier, text) => Ok(BTreeSet::from([text])),
            (_, text) => Err(format!("found '{text}', expected: identifier")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(selector: &str, labels: Value) -> bool {
        LabelSelector::parse(selector)
            .unwrap()
            .matches(labels.as_object())
    }

    #[test]
    fn every_operator_matches_as_documented() {
        let labels = json!({"env": "dev", "n": "7"});
        for selector in [
            "",
            "env",
            "env=dev",
            "env==dev",
            "env!=prod",
            "env in (dev,test)",
            "env notin (prod)",
            "!gone",
            "gone notin (x)",
            "gone!=x",
            "n>6",
            "n<8",
            "env = dev , n",
        ] {
            assert!(matches(selector, labels.clone()), "{selector}");
        }
        for selector in [
            "gone",
            "env=prod",
            "env!=dev",
            "env in (prod)",
            "!env",
            "n>7",
            "env>1",
            "gone=x",
        ] {
            assert!(!matches(selector, labels.clone()), "{selector}");
        }
        assert!(matches("in in (in)", json!({"in": "in"})));
        assert!(matches("a in (,)", json!({"a": ""})));
        assert!(matches("a=", json!({"a": ""})));
    }

    #[test]
    fn faults_are_told_as_kubernetes_does() {
        for (selector, message) in [
            (
                "env dev",
                "unable to parse requirement: found 'dev', expected: in, notin, =, ==, !=, gt, lt",
            ),
            (
                "env in dev",
                "unable to parse requirement: found 'dev' expected: '('",
            ),
            ("a=b,", "found '', expected: identifier after ','"),
            (
                "=",
                "found '=', expected: !, identifier, or 'end of string'",
            ),
            ("a=b c", "found 'c', expected: ',' or 'end of string'"),
            (
                "a in (b",
                "unable to parse requirement: found '', expected: ',' or ')'",
            ),
        ] {
            assert_eq!(
                LabelSelector::parse(selector).unwrap_err(),
                message,
                "{selector}"
            );
        }
        let fault = LabelSelector::parse("-a").unwrap_err();
        assert!(
            fault.starts_with("unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of"),
            "{fault}"
        );
        let fault = LabelSelector::parse("a=-").unwrap_err();
        assert!(
            fault.starts_with("unable to parse requirement: values[0][a]: Invalid value: \"-\": a valid label must be"),
            "{fault}"
        );
    }
}
