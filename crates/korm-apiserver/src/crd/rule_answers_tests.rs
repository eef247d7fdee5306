//! What kube-apiserver 1.37.2 says of rules when they are defined (`testdata/rules.json`).

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
}

fn compile(rule: &ValidationRule, schema: &JsonSchema) -> Result<(), String> {
    let own = Arc::new(declared_types::of(schema, false).unwrap());
    let surroundings = |purpose| Surroundings {
        own: &own,
        optional_old_self: rule.optional_old_self == Some(true),
        purpose,
    };
    cel::compile(&rule.rule, surroundings(Purpose::Rule))?;
    if !rule.message_expression.is_empty() {
        cel::compile(&rule.message_expression, surroundings(Purpose::Message))?;
    }
    Ok(())
}

#[test]
fn rules_are_refused_in_the_words_of_kubernetes() {
    let answers: Answers = serde_json::from_str(include_str!("../../testdata/rules.json")).unwrap();
    let schema = JsonSchema::parse(&answers.schema).unwrap();
    let mut wrong = Vec::new();
    for answer in answers.cases {
        let own = compile(&answer.rule, &schema).err();
        if own != answer.error {
            let rule = answer.rule.rule;
            wrong.push(format!(
                "{rule}\nhere: {}\nthere: {}",
                own.unwrap_or_default(),
                answer.error.unwrap_or_default()
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}
