//! Validation rules that are wrong: what a definition is refused for.

use http::StatusCode;
use korm_tests::{Case, Context, Outcome};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    mistakes_are_told_at_their_places,
    right_rules_are_taken,
    rules_may_not_cost_too_much,
    defaults_do_not_keep_rules_that_are_wrong,
];

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

fn definition(context: &Context, spec: &Value) -> Value {
    let group = format!("{}.korm.test", context.namespace());
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("peaches.{group}")},
        "spec": {
            "group": group, "scope": "Namespaced", "names": {"plural": "peaches", "kind": "Peach"},
            "versions": [{
                "name": "v1", "served": true, "storage": true,
                "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}},
            }],
        },
    })
}

/// Fields of every type.
fn spec(rules: &[Value]) -> Value {
    let few = |items: Value| json!({"type": "array", "maxItems": 4, "items": items});
    let text = json!({"type": "string", "maxLength": 9});
    json!({
        "type": "object", "x-kubernetes-validations": rules,
        "properties": {
            "x": {"type": "integer"}, "n": {"type": "number"}, "s": text, "b": {"type": "boolean"},
            "t": {"type": "string", "format": "date-time"}, "port": {"x-kubernetes-int-or-string": true},
            "l": few(json!({"type": "integer"})), "names": few(text.clone()),
            "m": {"type": "object", "maxProperties": 4, "additionalProperties": text},
            "o": {"type": "object", "properties": {"in": {"type": "integer"}}},
            "objects": few(json!({"type": "object", "properties": {"y": {"type": "integer"}}})),
            "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
            "any": {"x-kubernetes-preserve-unknown-fields": true},
        },
    })
}

/// Faults with their columns; without one, the fault is the whole text.
type Faults = &'static [(usize, &'static str)];

#[rustfmt::skip]
const MISTAKES: &[(&str, Faults)] = &[
    ("self.x + 'a' == 1", &[(8, "found no matching overload for '_+_' applied to '(int, string)'")]),
    ("'abc'.reverse() == 'cba'", &[(14, "found no matching overload for 'reverse' applied to 'string.()'")]),
    ("self.nope > 1 && self.o.none", &[(5, "undefined field 'nope'"), (24, "undefined field 'none'")]),
    ("self.any == 1", &[(5, "undefined field 'any'")]),
    ("self.free.x == 1", &[(10, "undefined field 'x'")]),
    ("self.s.foo()", &[(11, "undeclared reference to 'foo' (in container '')")]),
    ("foo(1) && x.y.z()", &[(4, "undeclared reference to 'foo' (in container '')"), (11, "undeclared reference to 'x' (in container '')"), (16, "undeclared reference to 'z' (in container '')")]),
    ("self.s.contains(1) || self.s.contains('a', 'b')", &[(16, "found no matching overload for 'contains' applied to 'string.(int)'"), (38, "found no matching overload for 'contains' applied to 'string.(string, string)'")]),
    ("self.s.x.y", &[(7, "type 'string' does not support field selection")]),
    ("self.x", &[(0, "cel expression must evaluate to a bool")]),
    ("dyn(true)", &[(0, "cel expression must evaluate to a bool")]),
    ("self.b ? self.x : self.n", &[(8, "found no matching overload for '_?_:_' applied to '(bool, int, double)'")]),
    ("self.x && self.s || 1", &[(5, "expected type 'bool' but found 'int'"), (15, "expected type 'bool' but found 'string'"), (21, "expected type 'bool' but found 'int'")]),
    ("!self.x", &[(1, "found no matching overload for '!_' applied to '(int)'")]),
    ("-self.s == 'a'", &[(1, "found no matching overload for '-_' applied to '(string)'")]),
    ("self.x.all(i, true)", &[(5, "expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)")]),
    ("self.o.exists(i, true)", &[(5, "expression of type 'T.o' cannot be range of a comprehension (must be list, map, or dynamic)")]),
    ("self.l.all(i, i)", &[(15, "expected type 'bool' but found 'int'")]),
    ("self.l.all(i, i.y > 1)", &[(16, "type 'int' does not support field selection")]),
    ("self.l.all(i, v, i == 'a')", &[(20, "found no matching overload for '_==_' applied to '(int, string)'")]),
    ("self.l.all(i, i, i == 1)", &[(15, "duplicate variable name: i")]),
    ("self.l.map(1, i == 1)", &[(12, "argument is not an identifier")]),
    ("self.l.map(('a' + '['), 1)", &[(17, "argument is not an identifier")]),
    ("self.l.filter(i, 'a').size() == 1", &[(14, "found no matching overload for '_?_:_' applied to '(string, list(int), list(int))'")]),
    ("self.l.existsOne(i, i == 1)", &[(17, "undeclared reference to 'existsOne' (in container '')"), (18, "undeclared reference to 'i' (in container '')"), (21, "undeclared reference to 'i' (in container '')")]),
    ("self.objects[0] + self.o", &[(17, "found no matching overload for '_+_' applied to '(T.objects.@idx, T.o)'")]),
    ("self.objects.max() == self.objects[0]", &[(17, "found no matching overload for 'max' applied to 'list(T.objects.@idx).()'")]),
    ("self.l == ['a'] || 'a' in self.l", &[(8, "found no matching overload for '_==_' applied to '(list(int), list(string))'"), (24, "found no matching overload for '@in' applied to '(string, list(int))'")]),
    ("[1, 'a'] == []", &[(5, "expected type 'int' but found 'string'")]),
    ("{'a': 1, 2: 3}.size() == 1", &[(10, "expected type 'string' but found 'int'")]),
    ("self.m[0] == 'a' && self.m.foo == 1", &[(7, "found no matching overload for '_[_]' applied to '(map(string, string), int)'"), (32, "found no matching overload for '_==_' applied to '(string, int)'")]),
    ("has(self.nope) || has(self.x.y) || has(self)", &[(40, "invalid argument to has() macro")]),
    ("self.?nope.hasValue()", &[(5, "undefined field 'nope'")]),
    ("self.?x.orValue('a') == 'a'", &[(16, "found no matching overload for 'orValue' applied to 'optional_type(int).(string)'")]),
    ("self.s.optMap(v, v).hasValue()", &[(14, "found no matching overload for 'hasValue' applied to 'string.()'"), (14, "found no matching overload for 'value' applied to 'string.()'")]),
    ("self.?x.optMap(v, v + 'a').hasValue()", &[(21, "found no matching overload for '_+_' applied to '(int, string)'")]),
    ("[?self.x].size() == 1", &[(7, "expected type 'optional_type(int)' but found 'int'")]),
    ("oldSelf.hasValue()", &[(17, "found no matching overload for 'hasValue' applied to 'T.()'")]),
    ("self.x == 1.0 || self.x == 1u || self.x > 1.0", &[(8, "found no matching overload for '_==_' applied to '(int, double)'"), (25, "found no matching overload for '_==_' applied to '(int, uint)'")]),
    ("null == self.x || self.o == null", &[(6, "found no matching overload for '_==_' applied to '(null, int)'")]),
    ("type(self.x) == 'int'", &[(14, "found no matching overload for '_==_' applied to '(type(int), string)'")]),
    ("self.t - self.t == 1", &[(17, "found no matching overload for '_==_' applied to '(duration, int)'")]),
    ("timestamp('a') == self.t || duration('b') < duration('1s')", &[(11, "invalid timestamp argument"), (38, "invalid duration argument")]),
    ("self.s.matches('[a')", &[(16, "invalid matches argument")]),
    ("self.s.find('[a') == ''", &[(0, "program instantiation failed: error parsing regexp: missing closing ]: `[a`")]),
    ("int('a') == self.x", &[(0, "program instantiation failed: type conversion error from 'string' to 'int'")]),
    ("'%d'.format(['a']) == ''", &[(14, "error during formatting: decimal clause can only be used on integers, was given string")]),
    ("'%s'.format([1, 2]) == ''", &[(12, "too many arguments supplied to string.format (expected 1, got 2)")]),
    ("quantity('1').add('2').isInteger()", &[(18, "found no matching overload for 'add' applied to 'kubernetes.Quantity.(string)'")]),
    ("cidr('a').containsIP(1)", &[(21, "found no matching overload for 'containsIP' applied to 'net.CIDR.(int)'")]),
    ("format.dns1123Label.validate('a')", &[(1, "undeclared reference to 'format' (in container '')")]),
    ("math.greatest(1, 2) == 2", &[(1, "undeclared reference to 'math' (in container '')"), (14, "undeclared reference to 'greatest' (in container '')")]),
    ("Foo{a: 1} == 1", &[(4, "undeclared reference to 'Foo' (in container '')")]),
    ("self.names.sortBy(i, self.o) == []", &[(18, "found no matching overload for '@sortByAssociatedKeys' applied to 'list(string).(list(T.o))'")]),
    ("'é' + 1 == 'é'", &[(5, "found no matching overload for '_+_' applied to '(string, int)'")]),
    ("authorizer.group('')", &[(1, "undeclared reference to 'authorizer' (in container '')")]),
    ("self.x >", &[(9, "Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}")]),
];

fn told(rule: &str, faults: Faults) -> String {
    if let [(0, whole)] = faults {
        return (*whole).to_owned();
    }
    let mark = |column: usize| {
        let before = rule.chars().take(column - 1);
        let dots = before.map(|c| if c.is_ascii() { '.' } else { '\u{ff0e}' });
        dots.chain(['^']).collect::<String>()
    };
    let faults: Vec<String> = faults
        .iter()
        .map(|(column, what)| {
            let mark = mark(*column);
            format!("ERROR: <input>:1:{column}: {what}\n | {rule}\n | {mark}")
        })
        .collect();
    format!("compilation failed: {}", faults.join("\n"))
}

/// The name of the type that a rule is about is another one each time.
fn without_numbers(text: &str) -> String {
    let mut parts = text.split("selfType");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + "T" + part.trim_start_matches(|digit: char| digit.is_ascii_digit())
    })
}

async fn mistakes_are_told_at_their_places(context: Context) -> Outcome {
    let rules: Vec<Value> = MISTAKES
        .iter()
        .map(|(rule, _)| json!({"rule": rule}))
        .collect();
    let refused = context
        .post(
            &format!("{DEFINITIONS}?dryRun=All"),
            definition(&context, &spec(&rules)),
        )
        .await?
        .expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    let causes = refused.at("/details/causes").as_array().unwrap();
    assert_eq!(causes.len(), MISTAKES.len());
    for (cause, (rule, faults)) in causes.iter().zip(MISTAKES) {
        let message = without_numbers(cause["message"].as_str().unwrap_or_default());
        let (_, detail) = message.split_once("\"OptionalOldSelf\":null}: ").unwrap();
        assert_eq!(detail, told(rule, faults), "{rule}");
    }
    Ok(())
}

async fn right_rules_are_taken(context: Context) -> Outcome {
    let rules = [
        "self.x + 1 == 2 && self.x < 1.5 && self.x >= 1u",
        "self.port == 80 || self.port == 'http'",
        "self.port + 1 == 2 && self.port.foo",
        "dyn(self.x) == 'a' || dyn(self).nope",
        "[self.x] + [] == [1] && [] == self.l && {} == self.m",
        "[[1], []].flatten() == [1] && self.l.sortBy(i, -i)[?0].orValue(1) == 1",
        "self.l.transformMap(i, v, string(v)) == {0: 'a'} && self.m.exists(k, v, k == v)",
        "self.objects.map(o, o.y).max() > 1 && self.objects.exists_one(o, o.y in self.l)",
        "self.?o.?__in__.optMap(v, v + 1).value() == 1 && !oldSelf.?x.hasValue()",
        "self.o == null || type(self.port) == int",
        "'%s %d %.2f'.format([self.s, self.x, self.n]) == self.names.join(',')",
        "'%s'.format([[1, 'a']]) == '' && [1, 2, 3].isSorted()",
        "self.t + duration('1h') > timestamp('2020-01-01T00:00:00Z') && self.t.getDate('UTC') == 1",
        "quantity(self.s).add(1).isGreaterThan(quantity('1Ki')) && sign(quantity('1')) == 1",
        "cidr(self.s).containsIP(ip('1.1.1.1')) && ip.isCanonical(self.s) && url(self.s).getQuery()['a'] == ['b']",
        "format.named(self.s).value().validate('a').hasValue() && semver('1.0.0').compareTo(semver('2.0.0')) < 0",
        "sets.contains(self.l, [1]) && self.names.all(n, n.matches('^[a-z]+$'))",
        "!!self.b && --self.x == 1 && (self.b ? self.m : {})['a'] == 'b'",
        "self.l.exists(self, self == 1) && optional.unwrap([self.?x]) == [1]",
    ];
    let rules = rules.map(|rule| json!({"rule": rule, "messageExpression": "'s is ' + self.s"}));
    context
        .post(
            &format!("{DEFINITIONS}?dryRun=All"),
            definition(&context, &spec(&rules)),
        )
        .await?
        .expect(StatusCode::CREATED)?;
    Ok(())
}

fn list(most: Value, rule: &str) -> Value {
    let mut list = json!({
        "type": "array", "items": {"type": "string", "maxLength": 10},
        "x-kubernetes-validations": [{"rule": rule, "messageExpression": "self.join(',')"}],
    });
    if !most.is_null() {
        list["maxItems"] = most;
    }
    json!({"type": "object", "properties": {"a": list, "b": list, "c": {"type": "array", "maxItems": 10, "items": list}}})
}

const PAIRS: &str = "self.all(x, self.all(y, x == y || x != y))";

async fn rules_may_not_cost_too_much(context: Context) -> Outcome {
    let hint = "(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";
    let one = "spec.validation.openAPIV3Schema.properties[spec].properties";
    let at = |field: &str, factor: &str| {
        let what =
            format!("Forbidden: estimated rule cost exceeds budget by factor of {factor} {hint}");
        (
            format!("{one}{field}.x-kubernetes-validations[0].rule"),
            what,
        )
    };
    for (most, expected) in [
        (json!(200), vec![]),
        (json!(500), vec![at("[c].items", "3.8x")]),
        (
            json!(1000),
            vec![
                at("[a]", "1.5x"),
                at("[b]", "1.5x"),
                at("[c].items", "15.0x"),
            ],
        ),
    ] {
        let definition = definition(&context, &list(most.clone(), PAIRS));
        let answer = context
            .post(&format!("{DEFINITIONS}?dryRun=All"), definition)
            .await?;
        let causes = answer.at("/details/causes").as_array().cloned();
        let mut causes: Vec<(String, String)> = causes
            .unwrap_or_default()
            .iter()
            .map(|cause| {
                let text = |name: &str| cause[name].as_str().unwrap_or_default().to_owned();
                (text("field"), text("message"))
            })
            .filter(|(_, message)| message.contains("estimated rule cost exceeds"))
            .collect();
        causes.sort();
        assert_eq!(causes, expected, "{most}");
    }
    let definition = definition(&context, &list(Value::Null, PAIRS));
    let refused = context
        .post(&format!("{DEFINITIONS}?dryRun=All"), definition)
        .await?
        .expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    let message = refused.text("/message");
    for part in [
        "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x",
        "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema",
        "estimated rule cost exceeds budget by factor of more than 100x",
    ] {
        assert!(message.contains(part), "{message}");
    }
    Ok(())
}

async fn defaults_do_not_keep_rules_that_are_wrong(context: Context) -> Outcome {
    let mut wrong = spec(&[json!({"rule": "self.x + 'a' == 1"})]);
    wrong["default"] = json!({"x": 1});
    let refused = context
        .post(
            &format!("{DEFINITIONS}?dryRun=All"),
            definition(&context, &wrong),
        )
        .await?
        .expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    let fault = told(
        "self.x + 'a' == 1",
        &[(
            8,
            "found no matching overload for '_+_' applied to '(int, string)'",
        )],
    );
    assert_eq!(
        refused.at("/details/causes/0/message"),
        &json!(format!(
            "Invalid value: \"object\": rule compile error: {fault}"
        ))
    );
    Ok(())
}
