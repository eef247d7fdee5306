//! What kube-apiserver 1.37.2 says of rules when they are defined, and what it takes them to cost: `testdata/rules.json`,
//! recorded by `record_rules.go` beside it.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::declared_types;
use super::json_schema::{JsonSchema, ValidationRule};
use crate::cel::{self, Purpose, Surroundings};

#[derive(Deserialize)]
struct Answers {
    schema: Value,
    cases: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(flatten)]
    rule: ValidationRule,
    /// Why it is refused; nothing if it is not.
    error: Option<String>,
    /// The most that it may cost otherwise, and its message.
    cost: Option<u64>,
    #[serde(rename = "messageCost")]
    message_cost: Option<u64>,
}

fn compile(rule: &ValidationRule, schema: &JsonSchema) -> Result<(u64, Option<u64>), String> {
    let own = Arc::new(declared_types::of(schema, false).unwrap());
    let surroundings = |purpose| Surroundings {
        own: &own,
        optional_old_self: rule.optional_old_self == Some(true),
        purpose,
    };
    let compile = |source: &str, purpose| {
        cel::compile(source, surroundings(purpose)).map_err(|failure| failure.why)
    };
    let cost = compile(&rule.rule, Purpose::Rule)?.cost;
    if rule.message_expression.is_empty() {
        return Ok((cost, None));
    }
    let message = compile(&rule.message_expression, Purpose::Message)?;
    Ok((cost, Some(message.cost)))
}

#[test]
fn rules_are_judged_as_kubernetes_does() {
    let answers: Answers = serde_json::from_str(include_str!("../../testdata/rules.json")).unwrap();
    let schema = JsonSchema::parse(&answers.schema).unwrap();
    let mut wrong = Vec::new();
    for answer in answers.cases {
        let own = compile(&answer.rule, &schema);
        let upstream = match answer.error {
            Some(error) => Err(error),
            None => Ok((answer.cost.unwrap_or_default(), answer.message_cost)),
        };
        if own != upstream {
            let rule = answer.rule.rule;
            wrong.push(format!("{rule}\nhere: {own:?}\nthere: {upstream:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}
