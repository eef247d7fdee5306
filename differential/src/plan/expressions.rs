//! Random expressions in CEL, most of which are wrong: what the servers say of them is what matters.

use serde_json::{Value, json};

use crate::random::Random;

/// Operators of two operands; the usual ones more often.
const OPERATORS: [&str; 17] = [
    "==", "==", "==", "!=", "<", "<=", ">", ">=", "+", "+", "-", "*", "/", "%", "in", "&&", "||",
];
const LITERALS: [&str; 32] = [
    "1",
    "-1",
    "2",
    "1u",
    "1.0",
    "'a'",
    "'é'",
    "'[a'",
    "'^a+$'",
    "b'ab'",
    "true",
    "false",
    "null",
    "[]",
    "{}",
    "[1]",
    "['a', 'b']",
    "[1, 'a']",
    "{'a': 1}",
    "{1: 'a', 'b': 2}",
    "dyn(1)",
    "int",
    "string",
    "timestamp('2020-01-01T00:00:00Z')",
    "duration('1h')",
    "duration('1x')",
    "quantity('1')",
    "ip('1.1.1.1')",
    "url('http://a')",
    "optional.of(1)",
    "optional.none()",
    "int('a')",
];
const METHODS: [(&str, usize); 47] = [
    ("size", 0),
    ("startsWith", 1),
    ("endsWith", 1),
    ("contains", 1),
    ("matches", 1),
    ("find", 1),
    ("findAll", 2),
    ("charAt", 1),
    ("indexOf", 1),
    ("lastIndexOf", 2),
    ("lowerAscii", 0),
    ("replace", 2),
    ("split", 1),
    ("substring", 2),
    ("trim", 0),
    ("reverse", 0),
    ("format", 1),
    ("join", 1),
    ("isSorted", 0),
    ("sum", 0),
    ("min", 0),
    ("max", 0),
    ("sort", 0),
    ("distinct", 0),
    ("flatten", 0),
    ("slice", 2),
    ("first", 0),
    ("last", 0),
    ("hasValue", 0),
    ("value", 0),
    ("or", 1),
    ("orValue", 1),
    ("unwrapOpt", 0),
    ("getFullYear", 0),
    ("getHours", 1),
    ("getSeconds", 0),
    ("add", 1),
    ("asInteger", 0),
    ("isGreaterThan", 1),
    ("compareTo", 1),
    ("family", 0),
    ("containsIP", 1),
    ("getHost", 0),
    ("getQuery", 0),
    ("validate", 1),
    ("check", 1),
    ("none", 0),
];
const FUNCTIONS: [(&str, usize); 28] = [
    ("size", 1),
    ("int", 1),
    ("uint", 1),
    ("double", 1),
    ("string", 1),
    ("bytes", 1),
    ("bool", 1),
    ("dyn", 1),
    ("type", 1),
    ("duration", 1),
    ("timestamp", 1),
    ("matches", 2),
    ("quantity", 1),
    ("isQuantity", 1),
    ("ip", 1),
    ("cidr", 1),
    ("url", 1),
    ("semver", 1),
    ("sets.contains", 2),
    ("sets.equivalent", 2),
    ("lists.range", 1),
    ("optional.of", 1),
    ("optional.ofNonZeroValue", 1),
    ("strings.quote", 1),
    ("format.named", 1),
    ("format.dns1123Label", 0),
    ("math.abs", 1),
    ("nothing", 1),
];
/// Macros, with how many variables and expressions each takes.
const MACROS: [(&str, usize, usize); 18] = [
    ("all", 1, 1),
    ("all", 2, 1),
    ("exists", 1, 1),
    ("exists", 2, 1),
    ("exists_one", 1, 1),
    ("existsOne", 1, 1),
    ("existsOne", 2, 1),
    ("map", 1, 1),
    ("map", 1, 2),
    ("filter", 1, 1),
    ("transformList", 2, 1),
    ("transformList", 2, 2),
    ("transformMap", 2, 1),
    ("transformMapEntry", 2, 1),
    ("sortBy", 1, 1),
    ("optMap", 1, 1),
    ("optFlatMap", 1, 1),
    ("map", 0, 2),
];
const VARIABLES: [&str; 3] = ["i", "j", "k"];

/// Gives the spec of a definition, or a part of it, rules of random expressions.
pub(crate) fn add(random: &mut Random, definition: &mut Value) {
    let pointer = "/spec/versions/0/schema/openAPIV3Schema/properties/spec";
    let Some(mut schema) = definition.pointer_mut(pointer) else {
        return;
    };
    let mut fields = names(schema);
    if !fields.is_empty() && random.percent(30) {
        let field = random.pick(&fields).clone();
        schema = &mut schema["properties"][field];
        fields = names(schema);
    }
    let rules: Vec<Value> = (0..2 + random.below(4))
        .map(|_| {
            let mut expressions = Expressions {
                random: &mut *random,
                fields: &fields,
                scope: Vec::new(),
            };
            let depth = expressions.random.below(3) + 1;
            let mut rule = json!({"rule": expressions.one(depth)});
            if expressions.random.percent(15) {
                rule["messageExpression"] = json!(expressions.one(depth));
            }
            if expressions.random.percent(10) {
                rule["optionalOldSelf"] = json!(true);
            }
            rule
        })
        .collect();
    schema["x-kubernetes-validations"] = json!(rules);
}

fn names(schema: &Value) -> Vec<String> {
    let properties = schema["properties"].as_object();
    properties.map_or_else(Vec::new, |properties| properties.keys().cloned().collect())
}

struct Expressions<'r> {
    random: &'r mut Random,
    /// Fields of the value.
    fields: &'r [String],
    /// Variables of the macros around.
    scope: Vec<&'static str>,
}

impl Expressions<'_> {
    /// An expression of so many levels at most.
    fn one(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.leaf();
        }
        let below = depth - 1;
        match self.random.below(20) {
            0 | 1 => self.leaf(),
            2..=6 => {
                let operator = self.random.text(&OPERATORS);
                format!("({} {operator} {})", self.one(below), self.one(below))
            }
            7 => format!(
                "{}({})",
                self.random.text(&["!", "-", "!!"]),
                self.one(below)
            ),
            8 => format!(
                "({} ? {} : {})",
                self.one(below),
                self.one(below),
                self.one(below)
            ),
            9 => {
                let optional = self.random.text(&["", "", "?"]);
                format!("{}[{optional}{}]", self.one(below), self.one(below))
            }
            10 => {
                let (first, second) = (self.one(below), self.one(below));
                match self.random.below(3) {
                    0 => format!("[{first}, {second}]"),
                    // What is no optional, but dynamic, brings Kubernetes down.
                    1 => format!("[?optional.of({first}), {second}]"),
                    _ => format!("{{{first}: {second}}}"),
                }
            }
            11 => {
                let name = self.random.text(&["x", "name", "one", "?name"]);
                match self.random.percent(30) {
                    true => format!("has(({}).{})", self.one(below), name.trim_matches('?')),
                    false => format!("{}.{name}", self.one(below)),
                }
            }
            12..=14 => self.macro_(below),
            15 => {
                let (name, count) = *self.random.pick(&FUNCTIONS);
                format!("{name}({})", self.several(below, count))
            }
            _ => {
                let (name, count) = *self.random.pick(&METHODS);
                format!("{}.{name}({})", self.one(below), self.several(below, count))
            }
        }
    }

    fn leaf(&mut self) -> String {
        if !self.scope.is_empty() && self.random.percent(40) {
            return (*self.random.pick(&self.scope)).to_owned();
        }
        match self.random.below(10) {
            0..=3 if !self.fields.is_empty() => {
                let own = self.random.text(&["self", "self", "self", "oldSelf"]);
                let dot = self.random.text(&[".", ".", ".", ".?"]);
                let field = self.random.pick(self.fields).replace('-', "__dash__");
                format!("{own}{dot}{field}")
            }
            0..=4 => self.random.text(&["self", "self", "oldSelf"]).to_owned(),
            5 => self
                .random
                .text(&[
                    "self.none",
                    "none",
                    "self.a.name",
                    "google.protobuf.Duration",
                ])
                .to_owned(),
            _ => self.random.text(&LITERALS).to_owned(),
        }
    }

    /// Arguments; now and then one too many.
    fn several(&mut self, depth: usize, count: usize) -> String {
        let count = count + usize::from(self.random.percent(6));
        let all: Vec<String> = (0..count).map(|_| self.one(depth)).collect();
        all.join(", ")
    }

    fn macro_(&mut self, depth: usize) -> String {
        let (name, variables, count) = *self.random.pick(&MACROS);
        let target = self.one(depth);
        let outer = self.scope.len();
        let mut args: Vec<String> = Vec::new();
        // Two of the same name are an error.
        for _ in 0..variables {
            let variable = *self.random.pick(&VARIABLES);
            self.scope.push(variable);
            args.push(variable.to_owned());
        }
        args.extend((0..count).map(|_| self.one(depth)));
        self.scope.truncate(outer);
        format!("{target}.{name}({})", args.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::definitions;

    #[test]
    fn definitions_get_rules_of_all_kinds() {
        let mut all = String::new();
        for number in 0..200 {
            let random = &mut Random::new(6, number);
            let mut definition = definitions::random(random, "g.test");
            add(random, &mut definition);
            all.push_str(&definition.to_string());
        }
        for part in [
            "oldSelf",
            ".?",
            "transformMap(",
            "has(",
            "messageExpression",
        ] {
            assert!(all.contains(part), "{part}");
        }
    }
}
