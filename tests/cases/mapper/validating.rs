//! `validate()` off the wire has the words of the server's causes: a table of objects, told by both.

use korm::{Cluster, FieldDef, FieldPath, ModelDef, Rule, validate};
use korm_tests::{Case, Context, Outcome};
use serde_json::{Map, Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    formats_of_strings_are_told_apart_as_the_server_does,
    broken_rules_are_told_as_the_server_does,
    constraints_are_told_as_the_server_does,
];

/// A schema, and values for it.
type Row = (Value, Vec<Value>);

/// Installs a kind with a field for each row, sends each value, and compares what the server says with what korm does.
async fn agree(context: &Context, rows: Vec<Row>) -> Outcome {
    let group = format!("{}.korm.test", context.namespace());
    let mut def = ModelDef::new(group, "v1", "Trial", "trials");
    for (n, (schema, _)) in rows.iter().enumerate() {
        let name = format!("f{n}");
        def = def.field(FieldDef::new(&name, FieldPath::spec(&name), schema.clone()));
    }
    Cluster::from_client(context.client(), "the case's server")
        .objects(def.clone())
        .install()
        .await?;
    let path = format!(
        "{}?dryRun=All",
        def.collection_path(Some(context.namespace()))
    );
    let mut differences = Vec::new();
    for (n, (schema, values)) in rows.into_iter().enumerate() {
        for value in values {
            let object = json!({"apiVersion": def.api_version(), "kind": "Trial",
                "metadata": {"name": "a", "namespace": context.namespace()},
                "spec": Map::from_iter([(format!("f{n}"), value.clone())])});
            let ours: Vec<_> = validate::violations(&def, &object)
                .into_iter()
                .map(|violation| {
                    json!({"field": violation.field, "reason": violation.reason, "message": violation.message})
                })
                .collect();
            let answer = context.post(&path, object).await?;
            let theirs = answer.at("/details/causes").as_array().cloned();
            // The server goes through members in the order of a Go map, which is a different one each time.
            if sorted(ours.clone()) != sorted(theirs.clone().unwrap_or_default()) {
                let (ours, status) = (json!(ours), answer.status);
                let theirs = json!(theirs);
                differences.push(format!(
                    "{schema} {value}\n    ours:   {ours}\n    theirs: {theirs} ({status})"
                ));
            }
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
    Ok(())
}

fn sorted(mut causes: Vec<Value>) -> Vec<Value> {
    causes.sort_by_key(ToString::to_string);
    causes
}

fn strings(format: &str, values: &[&str]) -> Row {
    let values = values.iter().map(|value| json!(value)).collect();
    (json!({"type": "string", "format": format}), values)
}

async fn formats_of_strings_are_told_apart_as_the_server_does(context: Context) -> Outcome {
    let rows = vec![
        strings(
            "date-time",
            &[
                "2026-05-01T12:00:00Z",
                "2026-05-01T12:00:00.5+02:00",
                "2026-05-01 12:00:00Z",
                "2026-05-01T24:00:00Z",
                "2026-05-01t12:00:00z",
                "2026-02-30T12:00:00Z",
                "2026-05-01T12:00:60Z",
                "2026-05-01T12:00Z",
                "",
            ],
        ),
        strings(
            "date",
            &["2026-05-01", "2026-02-29", "20260501", "2026-5-1", ""],
        ),
        strings(
            "duration",
            &[
                "1h", "1.5s", "-3m", "0", "2 weeks", "soon", "5", "5 apples", "1d", "",
            ],
        ),
        strings(
            "ipv4",
            &[
                "10.0.0.1",
                "010.0.0.01",
                "10.0.0",
                "256.1.1.1",
                "::ffff:10.0.0.1",
                "::1",
                "",
            ],
        ),
        strings(
            "ipv6",
            &[
                "::1",
                "fe80::1",
                "10.0.0.1",
                "fe80::1%eth0",
                "g::",
                "::ffff:10.0.0.1",
            ],
        ),
        strings(
            "cidr",
            &[
                "10.0.0.0/8",
                "10.0.0.1/08",
                "10.0.0.0/33",
                "::/0",
                "::/129",
                "10.0.0.0",
                "10.0.0.0/-1",
            ],
        ),
        strings(
            "mac",
            &[
                "01:23:45:67:89:ab",
                "01-23-45-67-89-AB",
                "0123.4567.89ab",
                "01:23:45:67:89:ab:cd:ef",
                "01:23",
                "01:23-45:67:89:ab",
                "0123:4567:89ab",
            ],
        ),
        strings(
            "uri",
            &[
                "https://example.com/a?b=c#d",
                "/a/b",
                "mailto:a@b",
                "a/b",
                "example.com",
                "http://[::1]:80/",
                "http://[::1",
                "http://a:b",
                "http://exa mple.com",
                "/a%zz",
                "*",
                ":a",
                "http://a%20b/",
                "http://u:p@h:1/",
                "",
            ],
        ),
        strings(
            "hostname",
            &[
                "example.com",
                "localhost",
                "-a.com",
                "a..b",
                "a_b.com",
                "1.com",
                "example.c",
                "ex-ample.com",
            ],
        ),
        strings(
            "email",
            &[
                "a@b",
                "a.b@example.com",
                "A B <a@b.c>",
                "a",
                "@b",
                "a@",
                "a@b c",
                "a..b@c",
                "",
            ],
        ),
        strings(
            "uuid",
            &[
                "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
                "6BA7B8109DAD11D180B400C04FD430C8",
                "6ba7b810",
            ],
        ),
        strings(
            "uuid3",
            &[
                "6ba7b810-9dad-31d1-80b4-00c04fd430c8",
                "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            ],
        ),
        strings(
            "uuid4",
            &[
                "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
                "6ba7b810-9dad-41d1-00b4-00c04fd430c8",
            ],
        ),
        strings(
            "uuid5",
            &[
                "6ba7b810-9dad-51d1-80b4-00c04fd430c8",
                "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
            ],
        ),
        strings("byte", &["aGk=", "aGk", "aGVsbG8=", "=", "a-_=", ""]),
        strings(
            "bsonobjectid",
            &[
                "507f1f77bcf86cd799439011",
                "507f1f77bcf86cd79943901",
                "507f1f77bcf86cd79943901g",
            ],
        ),
        strings(
            "isbn",
            &["978-3-16-148410-0", "0-306-40615-2", "1234567890"],
        ),
        strings("isbn10", &["080442957X", "0804429570", "978-3-16-148410-0"]),
        strings("isbn13", &["9783161484100", "9783161484101"]),
        strings(
            "creditcard",
            &[
                "4111111111111111",
                "4111-1111-1111-1111",
                "4111111111111112",
                "378282246310005",
                "1",
            ],
        ),
        strings(
            "ssn",
            &["111-22-3333", "111 22 3333", "111223333", "11-22-33333"],
        ),
        strings("hexcolor", &["#fff", "ffffff", "#ffff", "red"]),
        strings(
            "rgbcolor",
            &[
                "rgb(0,128,255)",
                "rgb( 0 , 1 , 2 )",
                "rgb(256,0,0)",
                "rgb(0,0)",
            ],
        ),
        strings("password", &["", "anything"]),
        strings("k8s-short-name", &["peach-1", "Peach", "-a", "a.b"]),
        strings("k8s-long-name", &["a.b-c.d", "a..b", "A.b"]),
        strings("wine", &["anything"]),
    ];
    agree(&context, rows).await
}

fn ruled(schema: Value, rules: Value, values: Value) -> Row {
    let mut schema = schema;
    schema["x-kubernetes-validations"] = rules;
    (schema, values.as_array().cloned().unwrap_or_default())
}

async fn broken_rules_are_told_as_the_server_does(context: Context) -> Outcome {
    let integer = || json!({"type": "integer"});
    let string = || json!({"type": "string", "maxLength": 50});
    let pair = || json!({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}, "c": {"type": "string", "maxLength": 20}}});
    let list =
        || json!({"type": "array", "maxItems": 5, "items": {"type": "string", "maxLength": 20}});
    let map = || json!({"type": "object", "maxProperties": 5, "additionalProperties": {"type": "integer"}});
    let rows = vec![
        ruled(integer(), json!([{"rule": "self > 0"}]), json!([0, 1])),
        ruled(
            integer(),
            json!([{"rule": "self > 0", "message": "must be positive"}]),
            json!([0, -5]),
        ),
        ruled(
            integer(),
            json!([{"rule": "self > 0", "messageExpression": "self < -5 ? 'far too small' : 'too small'"}]),
            json!([0, -9]),
        ),
        ruled(
            integer(),
            json!([{"rule": "self > 0", "message": "m", "reason": "FieldValueForbidden"}]),
            json!([0]),
        ),
        ruled(
            integer(),
            json!([{"rule": "self > 0", "message": "m", "reason": "FieldValueRequired"}]),
            json!([0]),
        ),
        ruled(
            integer(),
            json!([{"rule": "self > 0", "message": "m", "reason": "FieldValueDuplicate"}]),
            json!([0]),
        ),
        ruled(
            integer(),
            json!([{"rule": "self > 0", "message": "first"}, {"rule": "self > 10", "message": "second"}]),
            json!([0, 5, 11]),
        ),
        ruled(
            pair(),
            json!([{"rule": "self.a < self.b"}]),
            json!([{"a": 2, "b": 1}, {"a": 1, "b": 2}]),
        ),
        ruled(
            pair(),
            json!([{"rule": "!has(self.a) || self.a < self.b", "message": "a is less", "fieldPath": ".a"}]),
            json!([{"a": 2, "b": 1}, {"b": 1}]),
        ),
        ruled(
            pair(),
            json!([{"rule": "self.c.startsWith('x')", "messageExpression": "'c is ' + self.c"}]),
            json!([{"c": "y"}, {"c": "xy"}]),
        ),
        ruled(
            pair(),
            json!([{"rule": "has(self.a) == has(self.b)", "message": "both or none"}]),
            json!([{"a": 1}, {}, {"a": 1, "b": 1}]),
        ),
        ruled(
            string(),
            json!([{"rule": "self.matches('^[a-z]+$')"}]),
            json!(["A", "a"]),
        ),
        ruled(
            string(),
            json!([{"rule": "self.size() > 2 && self.contains('x')"}]),
            json!(["ab", "abx"]),
        ),
        ruled(
            string(),
            json!([{"rule": "self in ['a', 'b']", "message": "one of a, b"}]),
            json!(["c", "a"]),
        ),
        ruled(
            string(),
            json!([{"rule": "isQuantity(self) && quantity(self).isGreaterThan(quantity('1Gi'))"}]),
            json!(["1", "2Gi"]),
        ),
        ruled(
            string(),
            json!([{"rule": "isURL(self) && url(self).getScheme() == 'https'"}]),
            json!(["http://a", "https://a"]),
        ),
        ruled(
            string(),
            json!([{"rule": "isIP(self)"}]),
            json!(["10.0.0.1", "x"]),
        ),
        ruled(
            string(),
            json!([{"rule": "isCIDR(self) && cidr(self).prefixLength() < 16"}]),
            json!(["10.0.0.0/8", "10.0.0.0/24"]),
        ),
        ruled(
            string(),
            json!([{"rule": "self.lowerAscii() == self"}]),
            json!(["a", "A"]),
        ),
        ruled(
            string(),
            json!([{"rule": "self.split('-').size() == 2"}]),
            json!(["a-b", "ab"]),
        ),
        ruled(
            string(),
            json!([{"rule": "duration(self) > duration('1h')"}]),
            json!(["2h", "1m"]),
        ),
        ruled(
            string(),
            json!([{"rule": "timestamp(self) > timestamp('2020-01-01T00:00:00Z')"}]),
            json!(["2021-01-01T00:00:00Z", "2019-01-01T00:00:00Z"]),
        ),
        ruled(
            list(),
            json!([{"rule": "self.all(x, x.size() > 1)"}]),
            json!([["ab", "c"], ["ab"]]),
        ),
        ruled(
            list(),
            json!([{"rule": "self.exists_one(x, x == 'a')", "message": "one a"}]),
            json!([["a", "a"], ["a"]]),
        ),
        ruled(
            list(),
            json!([{"rule": "self.isSorted()"}]),
            json!([["b", "a"], ["a", "b"]]),
        ),
        ruled(
            map(),
            json!([{"rule": "self.all(k, self[k] > 0)"}]),
            json!([{"x": 0}, {"x": 1}]),
        ),
        ruled(
            map(),
            json!([{"rule": "'x' in self", "message": "x is missing"}]),
            json!([{"y": 0}, {"x": 1}]),
        ),
        (
            json!({"type": "array", "maxItems": 5, "items": {"type": "object", "properties": {"n": {"type": "integer"}},
                "x-kubernetes-validations": [{"rule": "self.n > 0"}]}}),
            vec![json!([{"n": 1}, {"n": 0}]), json!([{"n": 1}])],
        ),
        (
            json!({"type": "object", "maxProperties": 5, "additionalProperties": {"type": "integer",
                "x-kubernetes-validations": [{"rule": "self > 0", "message": "positive"}]}}),
            vec![json!({"k": 0, "l": 1})],
        ),
        (
            json!({"type": "object", "properties": {"inner": {"type": "object", "properties": {"a": {"type": "integer"}},
                "x-kubernetes-validations": [{"rule": "self.a > 0"}]}},
                "x-kubernetes-validations": [{"rule": "has(self.inner)"}]}),
            vec![json!({}), json!({"inner": {"a": 0}})],
        ),
        ruled(
            json!({"x-kubernetes-int-or-string": true}),
            json!([{"rule": "self == 1 || self == 'all'"}]),
            json!([0, 1, "all", "none"]),
        ),
        ruled(
            json!({"type": "number"}),
            json!([{"rule": "self > 0.5"}]),
            json!([0.25, 1, 1.5]),
        ),
        ruled(
            json!({"type": "boolean"}),
            json!([{"rule": "self"}]),
            json!([false, true]),
        ),
        ruled(
            string(),
            json!([{"rule": "self == oldSelf", "message": "immutable"}]),
            json!(["a"]),
        ),
        ruled(
            string(),
            json!([{"rule": "!oldSelf.hasValue() || oldSelf.value() == self", "optionalOldSelf": true}]),
            json!(["a"]),
        ),
        ruled(
            json!({"type": "string", "maxLength": 30, "format": "date-time"}),
            json!([{"rule": "self.getFullYear() > 2020"}]),
            json!(["2019-01-01T00:00:00Z", "2021-01-01T00:00:00Z"]),
        ),
    ];
    agree(&context, rows).await
}

async fn constraints_are_told_as_the_server_does(context: Context) -> Outcome {
    let of =
        |schema: Value, values: Value| (schema, values.as_array().cloned().unwrap_or_default());
    let rows = vec![
        of(
            json!({"type": "integer"}),
            json!(["x", true, 1.5, {}, [1], 1.0]),
        ),
        of(
            json!({"type": "integer", "format": "int32"}),
            json!([3_000_000_000_u32, -1]),
        ),
        of(json!({"type": "string"}), json!([1, true, {}, []])),
        of(json!({"type": "boolean"}), json!(["true", 0])),
        of(
            json!({"type": "number", "minimum": 1.5, "exclusiveMinimum": true}),
            json!([1.5, 1, 2]),
        ),
        of(
            json!({"type": "integer", "maximum": 10, "multipleOf": 3}),
            json!([11, 12, 9]),
        ),
        of(
            json!({"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^a"}),
            json!(["", "b", "bbbb", "ab"]),
        ),
        of(
            json!({"type": "string", "enum": ["a", "b"]}),
            json!(["c", "a"]),
        ),
        of(json!({"type": "integer", "enum": [1, 2]}), json!([3])),
        of(
            json!({"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "integer"}}),
            json!([[], [1, 2, 3], ["x"], {}]),
        ),
        of(
            json!({"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}),
            json!([["a", "a"], ["a", "b", "b", "a"]]),
        ),
        of(
            json!({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["n"],
                "items": {"type": "object", "required": ["n"], "properties": {"n": {"type": "string"}, "v": {"type": "integer"}}}}),
            json!([[{"n": "a"}, {"n": "a", "v": 1}], [{"v": 1}]]),
        ),
        of(
            json!({"type": "object", "minProperties": 1, "maxProperties": 2, "additionalProperties": {"type": "boolean"}}),
            json!([{}, {"a": 1}, {"a": true, "b": true, "c": true}]),
        ),
        of(
            json!({"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}, "b": {"type": "object", "required": ["c"], "properties": {"c": {"type": "integer"}}}}}),
            json!([{}, {"a": 1, "b": {}}, {"a": "x", "b": {"c": "y"}}]),
        ),
        of(
            json!({"x-kubernetes-int-or-string": true}),
            json!([true, 1, "1", 1.5]),
        ),
        of(
            json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}),
            json!([{}, {"a": "x", "b": "y"}, {"a": "x"}]),
        ),
        of(
            json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}),
            json!([{}, {"a": "x"}]),
        ),
        of(
            json!({"type": "integer", "not": {"minimum": 5}}),
            json!([5, 4]),
        ),
        of(
            json!({"type": "integer", "allOf": [{"minimum": 5}, {"maximum": 6}]}),
            json!([4, 7, 5]),
        ),
        of(
            json!({"type": "string", "nullable": true}),
            json!([null, 1]),
        ),
    ];
    agree(&context, rows).await?;
    // A rule over the whole object.
    let def = ModelDef::new("x.example", "v1", "Whole", "wholes")
        .rule(Rule::new("self.metadata.name == 'a'").message("named a"));
    let found = validate::violations(&def, &json!({"metadata": {"name": "b"}}));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].message, "Invalid value: named a");
    Ok(())
}
