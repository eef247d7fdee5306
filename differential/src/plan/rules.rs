//! Random validation rules in CEL: `x-kubernetes-validations` for the schemas of custom kinds.

use serde_json::{Map, Value, json};

use crate::random::Random;

/// Rules of values of one type, some of which fail for some values, or cannot be evaluated for them.
struct Rules {
    plain: &'static [&'static str],
    /// Those that look at the value that was there before.
    transition: &'static [&'static str],
    /// Those of them that also look at whether there was one.
    optional: &'static [&'static str],
    /// Expressions for messages.
    message: &'static str,
}

const STRING: Rules = Rules {
    plain: &[
        "self.size() < 5",
        "self != 'ab'",
        "self.startsWith('a') || self == ''",
        "self.matches('^[a-c]*$')",
        "self.lowerAscii() == self",
        "self.split('b').size() < 3",
        "self in ['abc', 'red', 'b', '']",
        "self.charAt(1) != 'x'",
        "int(self) > 0",
        "!format.dns1123Label().validate(self).hasValue()",
        "isURL(self) || !self.contains(' ')",
        "self.replace('a', '') != 'bc'",
        "self.find('[0-9]+') == ''",
        "self.indexOf('b') != 1",
        "self.substring(0, 1) != 'x'",
        "self.trim() == self",
        "self < 'x'",
        "self.endsWith('c') ? self.size() == 3 : true",
        "int(self) > 0 || self.size() > 1",
        "int(self) != 1 && self == 'abc'",
        "self.matches('^[[:lower:]]+$|^[a[&&b]$')",
        "self.replace('b', 'cc', 1) + self.substring(1) != 'acccbc'",
        "self.split('').all(c, c < 'x')",
        "'%s'.format([self]) == self",
    ],
    transition: &[
        "self == oldSelf",
        "oldSelf != 'abc' || self == 'abc'",
        "self.size() >= oldSelf.size()",
    ],
    optional: &[
        "!oldSelf.hasValue() || self == oldSelf.value()",
        "oldSelf.orValue('ab') != 'ab' || self == 'abc'",
    ],
    message: "'got ' + self",
};

const TIME: Rules = Rules {
    plain: &[
        "self < timestamp('2019-01-01T00:00:00Z')",
        "self.getFullYear() == 2020",
        "self.getHours() < 12",
        "self.getHours('-05:30') < 12",
        "string(self).endsWith('Z')",
        "self + duration('24h') > timestamp('2020-01-02T00:00:00Z')",
        "self - timestamp('2020-01-01T00:00:00Z') > duration('1h')",
    ],
    transition: &["self >= oldSelf"],
    optional: &["!oldSelf.hasValue()"],
    message: "self.getFullYear() > 2019 ? 'too late' : 'too early'",
};

const INTEGER: Rules = Rules {
    plain: &[
        "self >= 0",
        "self % 2 == 0",
        "self != 3",
        "10 / self >= 1",
        "self in [0, 1, 2, 7]",
        "double(self) < 2.5",
        "string(self) != '7'",
        "self * self * 4 < 50",
        "self < 3 || self > 5",
        "10 / self == 5 || self != 0",
        "[0, 1, 2].exists(i, 4 / (self - i) == 2)",
        "[0, 1, 2].all(i, 4 / (self - i) < 4)",
        "self / -2 > -2 && -self % 2 != -1",
        "dyn(self) < 2.5 && dyn(self) != 1u",
    ],
    transition: &["self >= oldSelf", "self - oldSelf < 5", "self == oldSelf"],
    optional: &[
        "oldSelf.orValue(0) <= self",
        "oldSelf.hasValue() ? self == oldSelf.value() : self != 1",
    ],
    message: "self > 2 ? 'too many' : 10 / self > 5 ? 'too few' : ''",
};

const NUMBER: Rules = Rules {
    plain: &[
        "self >= 0.0",
        "self < 5.5",
        "int(self) < 4",
        "self != 2.5",
        "self * 2.0 != 8.0",
    ],
    transition: &["self >= oldSelf", "self == oldSelf"],
    optional: &["oldSelf.orValue(0.0) <= self"],
    message: "self > 2.0 ? 'too much' : '  '",
};

const BOOLEAN: Rules = Rules {
    plain: &["self", "!self", "self == true || self != true"],
    transition: &["self || !oldSelf", "self == oldSelf"],
    optional: &["oldSelf.orValue(true)"],
    message: "self ? 'is true' : 'is false'",
};

const INT_OR_STRING: Rules = Rules {
    plain: &[
        "type(self) == int ? self < 5 : self == '10%'",
        "type(self) == string",
        "self != 3",
    ],
    transition: &["self == oldSelf"],
    optional: &["!oldSelf.hasValue()"],
    message: "'of its type'",
};

const STRINGS: Rules = Rules {
    plain: &[
        "self.size() < 3",
        "self.all(x, x != 'c')",
        "self.exists(x, x == 'a')",
        "self.exists_one(x, x == 'a')",
        "self.map(x, x + 'z').size() < 4",
        "self.filter(x, x > 'a').size() < 2",
        "self.isSorted()",
        "self.join(',').size() < 6",
        "'a' in self",
        "self[0] != 'b'",
        "self.indexOf('b') != 0",
        "self == ['b', 'a']",
        "['a', 'b'] != self",
        "self == self.map(x, x)",
        "self.map(x, x) == self",
        "self + ['c', 'a'] == self",
        "(self + self).size() == self.size()",
        "self[?1].orValue('b') == 'b'",
        "self[?0].optMap(x, x + 'z').orValue('') != 'az'",
        "self.all(i, x, i < 2 || x != 'c')",
        "self.transformList(i, x, i > 0, x).size() < 2",
        "self.exists(x, int(x) > 0 || x == 'a')",
    ],
    transition: &[
        "self == oldSelf",
        "oldSelf == self",
        "self + oldSelf == self",
        "oldSelf.all(x, x in self)",
        "self.size() >= oldSelf.size()",
    ],
    optional: &["self.size() >= oldSelf.orValue([]).size()"],
    message: "'got ' + self[0]",
};

const LIST: Rules = Rules {
    plain: &[
        "self.size() < 3",
        "size(self) != 1",
        "self.all(x, x == x)",
        "self == self",
        "self + self == self",
        "self == self.filter(x, true)",
        "self.all(x, x in self)",
    ],
    transition: &[
        "self == oldSelf",
        "oldSelf == self",
        "(self + oldSelf).size() == self.size()",
        "self.size() >= oldSelf.size()",
    ],
    optional: &["!oldSelf.hasValue() || self.size() == oldSelf.value().size()"],
    message: "self.size() > 1 ? 'too\\nmany' : 'too few'",
};

const NAMED: Rules = Rules {
    plain: &[
        "self.all(x, x.name != 'n2')",
        "self.exists(x, x.name == 'n0')",
        "self.map(x, x.name).isSorted()",
        "self.filter(x, x.name == 'n1').size() == 0",
        "self.all(x, self.exists_one(y, y.name == x.name))",
        "self == self.filter(x, x.name != 'n2')",
        "self.filter(x, x.name != 'n2') == self",
        "self + self.filter(x, x.name == 'n1') == self",
        "self.all(x, x in self)",
    ],
    transition: &[
        "oldSelf.all(x, self.exists(y, y.name == x.name))",
        "self == oldSelf",
        "oldSelf == self",
        "self + oldSelf == oldSelf",
    ],
    optional: &["!oldSelf.hasValue() || self.size() == oldSelf.value().size()"],
    message: "'got ' + self[0].name",
};

const MAP: Rules = Rules {
    plain: &[
        "self.all(k, k != 'x/y')",
        "self.size() < 2",
        "'one' in self",
        "self.exists(k, k.startsWith('t'))",
        "'one' in self ? 'two' in self : true",
        "self.map(k, k).size() == self.size()",
    ],
    transition: &["self == oldSelf", "oldSelf.all(k, k in self)"],
    optional: &["!oldSelf.hasValue() || oldSelf.value().size() <= self.size()"],
    message: "self.size() > 1 ? 'too\\nmany' : 'too few'",
};

/// Objects as a whole; their fields have rules of their own.
const OBJECT: Rules = Rules {
    plain: &["self == self"],
    transition: &["self == oldSelf", "oldSelf == self"],
    optional: &["!oldSelf.hasValue() || self == oldSelf.value()"],
    message: "'an object'",
};

const REASONS: [&str; 4] = [
    "FieldValueInvalid",
    "FieldValueForbidden",
    "FieldValueRequired",
    "FieldValueDuplicate",
];

/// Gives some of the schema's values rules, and all of them bounds: a rule's cost counts what may come at most.
pub(crate) fn add(random: &mut Random, root: &mut Value) {
    bound(root);
    for name in ["spec", "status"] {
        visit(random, &mut root["properties"][name], true);
    }
    if random.percent(20) {
        let rules = [
            "self.metadata.name != 'c'",
            "has(self.spec)",
            "!has(self.status) || has(self.spec)",
            "self.kind == 'Thing'",
            "self.metadata.name.startsWith('a') || self.metadata.name.size() < 4",
            "self.metadata == oldSelf.metadata",
            "!has(self.spec) || !has(oldSelf.spec) || self.spec == oldSelf.spec",
        ];
        let rule = json!({"rule": random.text(&rules), "message": "the whole of it"});
        root["x-kubernetes-validations"] = json!([rule]);
    }
}

fn bound(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    let limit = |members: &mut Map<String, Value>, name: &str, most: usize| {
        members.entry(name).or_insert(json!(most));
    };
    match members.get("type").and_then(Value::as_str) {
        Some("string") => limit(members, "maxLength", 20),
        Some("array") => limit(members, "maxItems", 5),
        Some("object") if members.contains_key("additionalProperties") => {
            limit(members, "maxProperties", 5);
        }
        None if members.contains_key("x-kubernetes-int-or-string") => {
            limit(members, "maxLength", 20);
        }
        _ => {}
    }
    for inner in ["items", "additionalProperties"] {
        if let Some(inner) = members.get_mut(inner) {
            bound(inner);
        }
    }
    for property in members
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut)
    {
        bound(property);
    }
}

/// `found_again` says that the value of an update has one that was there before: not so within lists that are no maps.
fn visit(random: &mut Random, schema: &mut Value, found_again: bool) {
    // A default that does not keep a rule is no definition.
    if random.percent(25) && schema["default"].is_null() {
        let mut rules: Vec<Value> = Vec::new();
        for _ in 0..=random.below(2) {
            rules.extend(rule(random, schema, found_again));
        }
        if !rules.is_empty() {
            schema["x-kubernetes-validations"] = json!(rules);
        }
    }
    let of_map = schema["x-kubernetes-list-type"] == "map";
    if let Some(items) = schema.get_mut("items") {
        visit(random, items, found_again && of_map);
    }
    if let Some(values) = schema.get_mut("additionalProperties") {
        visit(random, values, found_again);
    }
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut) {
        visit(random, property, found_again);
    }
}

fn rule(random: &mut Random, schema: &Value, found_again: bool) -> Option<Value> {
    let rules = match schema["type"].as_str() {
        _ if schema["x-kubernetes-int-or-string"] == true => INT_OR_STRING,
        Some("string") => match schema["format"].as_str() {
            None => STRING,
            Some("date-time") => TIME,
            Some(_) => return None,
        },
        Some("integer") => INTEGER,
        Some("number") => NUMBER,
        Some("boolean") => BOOLEAN,
        Some("array") if schema["x-kubernetes-list-type"] == "map" => NAMED,
        Some("array") if schema["items"]["type"] == "string" && plain(&schema["items"]) => STRINGS,
        Some("array") => LIST,
        Some("object") if schema["additionalProperties"].is_object() => MAP,
        Some("object") if found_again && random.percent(15) => OBJECT,
        Some("object") if schema["properties"].is_object() => return of_object(random, schema),
        _ => return None,
    };
    let mut rule = match random.below(if found_again { 10 } else { 6 }) {
        0..=5 => json!({"rule": random.text(rules.plain)}),
        6..=8 => json!({"rule": random.text(rules.transition)}),
        _ => json!({"rule": random.text(rules.optional), "optionalOldSelf": true}),
    };
    tell(random, &mut rule, rules.message);
    Some(rule)
}

/// Strings that are nothing but strings to a rule.
fn plain(schema: &Value) -> bool {
    schema["format"].is_null() && schema["nullable"] != true
}

/// What is said when the rule does not hold.
fn tell(random: &mut Random, rule: &mut Value, message: &str) {
    if random.percent(50) {
        rule["message"] = json!("does not do");
    }
    if random.percent(40) {
        rule["messageExpression"] = json!(message);
    }
    if random.percent(40) {
        rule["reason"] = json!(random.text(&REASONS));
    }
}

/// A rule about the fields of an object.
fn of_object(random: &mut Random, schema: &Value) -> Option<Value> {
    let properties: Vec<&String> = schema["properties"].as_object()?.keys().collect();
    let name = *random.pick(&properties);
    let other = *random.pick(&properties);
    let field = |name: &str| name.replace('-', "__dash__");
    let (one, two) = (field(name), field(other));
    let text = match random.below(7) {
        0 => format!("has(self.{one})"),
        1 => format!("!has(self.{one}) || has(self.{two})"),
        2 => format!("has(self.{one}) == has(self.{two})"),
        3 => "!has(self.replicas) || self.replicas <= 5".to_owned(),
        4 => "self.replicas <= 5".to_owned(),
        5 => "has(self.variety) ? self.variety != 'x' : true".to_owned(),
        _ => format!("self == self && !(has(self.{one}) && !has(self.{one}))"),
    };
    if text.contains("replicas") && schema["properties"]["replicas"]["format"] != "int32"
        || text.contains("variety") && schema["properties"]["variety"].is_null()
    {
        return None;
    }
    let mut rule = json!({"rule": text});
    tell(random, &mut rule, "'an object'");
    if random.percent(35) {
        rule["fieldPath"] = json!(if name.contains('-') {
            format!("['{name}']")
        } else {
            format!(".{name}")
        });
    }
    Some(rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::schema::Schema;

    #[test]
    fn rules_come_with_bounds_and_without_old_values_where_there_are_none() {
        let mut seen = 0;
        for number in 0..200 {
            let mut schema = Schema::random(&mut Random::new(3, number)).0;
            add(&mut Random::new(4, number), &mut schema);
            assert_eq!(
                schema["properties"]["spec"]["properties"]["variety"]["maxLength"],
                20
            );
            seen += schema.to_string().matches("\"rule\"").count();
        }
        assert!(seen > 200, "{seen}");
        let list = json!({"type": "array", "items": {"type": "string"}});
        for number in 0..200 {
            let mut schema = list.clone();
            visit(&mut Random::new(5, number), &mut schema, true);
            assert!(!schema["items"].to_string().contains("oldSelf"));
        }
    }
}
