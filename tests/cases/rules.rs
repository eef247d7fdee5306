//! Validation rules: what the values of an object are in expressions, and when they are equal.

use http::StatusCode;
use korm_tests::{Case, Context, Outcome};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    lists_of_type_set_are_equal_in_any_order,
    lists_of_type_map_are_equal_by_their_keys,
    lists_of_type_set_have_no_keys_but_scalars,
    what_rules_do_not_see_is_compared_too,
    errors_are_outweighed_by_what_decides,
    optionals_patterns_and_times_are_those_of_go,
    parts_of_atomic_objects_have_old_values,
    functions_of_all_libraries_can_be_called,
];

fn set(items: Value) -> Value {
    json!({"type": "array", "maxItems": 4, "x-kubernetes-list-type": "set", "items": items})
}

fn by_key(key: &str, mut fields: Value) -> Value {
    fields[key] = json!({"type": "string", "maxLength": 4});
    json!({
        "type": "array", "maxItems": 4, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key],
        "items": {"type": "object", "required": [key], "properties": fields},
    })
}

fn few(items: Value) -> Value {
    json!({"type": "array", "maxItems": 3, "items": items})
}

/// Makes the rules those of the field `spec` with these fields.
async fn install(
    context: &Context,
    rules: &[(&str, bool)],
    properties: Value,
) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let rules: Vec<Value> = rules
        .iter()
        .map(|(rule, _)| json!({"rule": rule, "message": format!("<{rule}>")}))
        .collect();
    let spec =
        json!({"type": "object", "properties": properties, "x-kubernetes-validations": rules});
    let version = json!({
        "name": "v1", "served": true, "storage": true,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}},
    });
    context.install("peaches", "Peach", version).await
}

fn peach(context: &Context, spec: &Value) -> Value {
    json!({
        "apiVersion": format!("{}.korm.test/v1", context.namespace()), "kind": "Peach",
        "metadata": {"name": "p"}, "spec": spec,
    })
}

/// Asserts that a server with these rules tells of an object just those as broken that do not hold; gives what it says.
async fn assert_broken(
    context: &Context,
    rules: &[(&str, bool)],
    properties: Value,
    spec: &Value,
) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let path = install(context, rules, properties).await?;
    let refused = context
        .post(&path, peach(context, spec))
        .await?
        .expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    let told = refused.at("/details/causes").to_string();
    for (rule, holds) in rules {
        let is_told = told.contains(&format!("<{rule}>"));
        assert_eq!(is_told, !holds, "{rule}: {told}");
    }
    Ok(told)
}

async fn lists_of_type_set_are_equal_in_any_order(context: Context) -> Outcome {
    let rules = [
        ("self.a == self.b", true),
        ("self.a != self.b", false),
        ("self.a == [2, 1]", true),
        // The left one says how it is compared.
        ("[2, 1] == self.a", false),
        ("self.l == self.a", false),
        ("self.a == self.l", true),
        ("dyn(self.a) == [2, 1]", true),
        ("(true ? self.a : self.b) == [2, 1]", true),
        ("self.a + self.b == self.b + self.a", true),
        ("self.a + [9, 9, 1] == [9, 1, 2]", true),
        ("(self.a + self.b).size() == 2", true),
        ("[9] + self.a == [9, 2, 1]", false),
        // Macros give plain lists.
        ("self.a.map(x, x) == [2, 1]", false),
        ("self.a == self.a.map(x, 3 - x)", true),
        ("self.lists[0] == self.lists[1]", true),
        ("self.lists == [[2, 1], [1, 2]]", true),
        ("self.objects[0] == self.objects[1]", true),
        ("self.one == self.two", true),
        ("self.one.all(k, self.one[k] == [2, 1])", true),
        ("[2, 1] in self.lists", true),
        // A list in the expression asks the item, others ask their own.
        ("[2, 1] in [self.a]", false),
        ("self.a in [[2, 1]]", true),
        ("2 in self.a && self.a.exists(x, x == 2)", true),
        ("self.a[0] == 1 && self.a.indexOf(2) == 1", true),
        ("sets.equivalent(self.a, self.b)", true),
        ("self.a.isSorted() && self.a.sum() == 3", true),
        ("self.a.reverse() == [2, 1]", true),
        ("self.lists.flatten() == [1, 2, 2, 1]", true),
        ("type(self.a) == list", true),
        ("self.times == self.others", false),
        ("self.times == self.times", true),
    ];
    let numbers = set(json!({"type": "integer"}));
    let mapped =
        json!({"type": "object", "maxProperties": 2, "additionalProperties": numbers.clone()});
    let times = set(json!({"type": "string", "format": "date-time"}));
    let properties = json!({
        "a": numbers, "b": numbers, "l": few(json!({"type": "integer"})), "lists": few(numbers.clone()),
        "objects": few(json!({"type": "object", "properties": {"a": numbers}})),
        "one": mapped, "two": mapped, "times": times, "others": times,
    });
    let spec = json!({
        "a": [1, 2], "b": [2, 1], "l": [2, 1], "lists": [[1, 2], [2, 1]], "objects": [{"a": [1, 2]}, {"a": [2, 1]}],
        "one": {"x": [1, 2]}, "two": {"x": [2, 1]},
        "times": ["2020-01-01T00:00:00+01:00"], "others": ["2019-12-31T23:00:00Z"],
    });
    assert_broken(&context, &rules, properties, &spec).await?;
    Ok(())
}

async fn lists_of_type_map_are_equal_by_their_keys(context: Context) -> Outcome {
    let rules = [
        ("self.l[0] == self.l[1]", true),
        ("self.l[0] + self.l[1] == self.l[0]", true),
        ("self.l[0] + self.l[2] == self.l[0]", false),
        ("(self.l[0] + self.l[2])[1].v == 5", true),
        ("(self.l[0] + self.l[2]).size() == 3", true),
        ("self.l[0].map(x, x.k) == ['a', 'b']", true),
        ("self.l[0].filter(x, true) == self.l[1]", false),
        ("self.l[0] == self.l[1].filter(x, true)", true),
        ("self.l[0][0] in self.l[1]", true),
        // Kubernetes finds no key that has another name in expressions, so that the last item is the only one.
        ("self.dashed == self.dashed", false),
        ("self.dashed + self.dashed == self.dashed", true),
        ("(self.dashed + self.dashed).size() == 2", true),
    ];
    let fields = json!({"v": {"type": "integer"}, "s": set(json!({"type": "integer"}))});
    let list = by_key("k", fields);
    let properties = json!({
        "l": few(list), "dashed": by_key("my-key", json!({})),
    });
    let spec = json!({
        "l": [
            [{"k": "a", "v": 1, "s": [1, 2]}, {"k": "b"}],
            [{"k": "b"}, {"k": "a", "v": 1, "s": [2, 1]}],
            [{"k": "b", "v": 5}, {"k": "c"}],
        ],
        "dashed": [{"my-key": "a"}, {"my-key": "b"}],
    });
    assert_broken(&context, &rules, properties, &spec).await?;
    Ok(())
}

async fn lists_of_type_set_have_no_keys_but_scalars(context: Context) -> Outcome {
    let rules = [
        ("self.lists == self.lists", false),
        ("self.lists + self.lists == self.lists", false),
        ("[1] in self.lists", true),
    ];
    let inner = json!({
        "type": "array", "maxItems": 2, "x-kubernetes-list-type": "atomic", "items": {"type": "integer"},
    });
    let spec = json!({"lists": [[1], [2]]});
    let causes = assert_broken(&context, &rules, json!({"lists": set(inner)}), &spec).await?;
    let why = "listSet operations are only supported on lists of scalar values evaluating rule";
    assert_eq!(causes.matches(why).count(), 2, "{causes}");
    Ok(())
}

async fn what_rules_do_not_see_is_compared_too(context: Context) -> Outcome {
    let rules = [("self == oldSelf", false)];
    let properties = json!({
        "known": {"type": "integer"}, "none": {"type": "integer", "nullable": true},
        "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
        "resource": {
            "type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true,
        },
    });
    let path = install(&context, &rules, properties).await?;
    let resource = |metadata: Value| json!({"resource": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}});
    let named = resource(json!({"name": "c"}));
    let labelled = resource(json!({"name": "c", "labels": {"a": "b"}}));
    let (one, two, other) = (
        json!({"open": {"a": 1}}),
        json!({"open": {"a": 2}}),
        json!({"open": {"b": 2}}),
    );
    let (null, absent) = (json!({"none": null}), json!({}));
    let number = json!({"known": 1});
    for (before, after, are_equal) in [
        (&one, &two, false),
        // Only one has the field: to Kubernetes that is no difference while there are as many.
        (&one, &other, true),
        (&one, &json!({"open": {}}), false),
        (&null, &absent, false),
        (&null, &number, false),
        (&named, &labelled, false),
        (&named, &named, true),
    ] {
        let object = format!("{path}/p");
        let mut changed = context
            .post(&path, peach(&context, before))
            .await?
            .expect(StatusCode::CREATED)?
            .body;
        changed["spec"] = after.clone();
        let answer = context.put(&object, changed).await?;
        let status = match are_equal {
            true => StatusCode::OK,
            false => StatusCode::UNPROCESSABLE_ENTITY,
        };
        answer
            .expect(status)
            .map_err(|error| format!("{before} and {after}: {error}"))?;
        context
            .delete(&object, json!({}))
            .await?
            .expect(StatusCode::OK)?;
    }
    Ok(())
}

async fn errors_are_outweighed_by_what_decides(context: Context) -> Outcome {
    let rules = [
        ("self.l.exists(i, 2 / (i - 1) == 2)", true),
        ("self.l.all(i, 2 / (i - 1) > 5)", false),
        ("self.l.all(i, 2 / (i - 1) > 0)", false),
        ("1 / self.x == 1 || true", true),
        ("1 / self.x == 1 && false", false),
        ("dyn(self.l) != 1", true),
        ("dyn(self.l) == 1", false),
        ("self.lists != self.lists", true),
        ("[self.lists] == [self.lists]", true),
        ("self.l[dyn(1.0)] == 2", false),
        ("[1, 2][dyn(1.0)] == 2", true),
        ("{1: 2}[dyn(1u)] == 2", true),
        ("-(self.x - 9223372036854775807 - 1) > 0", false),
        ("self.l.all(i, v, v == i + 1)", true),
        ("self.l.transformList(i, v, i > 0, v * 2) == [4]", true),
    ];
    let inner = json!({
        "type": "array", "maxItems": 2, "x-kubernetes-list-type": "atomic", "items": {"type": "integer"},
    });
    let properties = json!({
        "x": {"type": "integer"}, "l": few(json!({"type": "integer"})), "lists": set(inner),
    });
    let spec = json!({"x": 0, "l": [1, 2], "lists": [[1], [2]]});
    assert_broken(&context, &rules, properties, &spec).await?;
    Ok(())
}

async fn optionals_patterns_and_times_are_those_of_go(context: Context) -> Outcome {
    let rules = [
        ("self.?o.p.orValue(0) == 1", true),
        ("self.?none.p.orValue(3) == 3", true),
        ("has(self.?o.p) && !has(self.?none.p)", true),
        ("self.?o.?q.optMap(q, q + 1).hasValue()", false),
        ("[?self.?o.p, ?self.?o.q] == [1]", true),
        (
            "self.s.matches('^[a-z&&é]$') && self.s.matches('^&$')",
            false,
        ),
        ("self.s.matches('^[a[é]+$')", true),
        ("self.t.getHours() == 22", true),
        ("self.t.getHours('-02:00') == 20", true),
        ("string(self.t) == '2024-03-01T00:00:00+02:00'", true),
        ("'%s'.format([duration('1m')]) == '60s'", true),
    ];
    let object = json!({"type": "object", "properties": {"p": {"type": "integer"}, "q": {"type": "integer"}}});
    let properties = json!({
        "o": object, "none": object, "s": {"type": "string", "maxLength": 4},
        "t": {"type": "string", "format": "date-time"},
    });
    let spec = json!({"o": {"p": 1}, "s": "é", "t": "2024-03-01T00:00:00+02:00"});
    assert_broken(&context, &rules, properties, &spec).await?;
    Ok(())
}

async fn parts_of_atomic_objects_have_old_values(context: Context) -> Outcome {
    let grows =
        json!({"type": "integer", "x-kubernetes-validations": [{"rule": "self >= oldSelf"}]});
    let properties = json!({
        "o": {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"x": grows}},
    });
    let path = install(&context, &[("true", true)], properties).await?;
    let spec = |x: i64| json!({"o": {"x": x}});
    context
        .post(&path, peach(&context, &spec(2)))
        .await?
        .expect(StatusCode::CREATED)?;
    for (x, status) in [
        (1, StatusCode::UNPROCESSABLE_ENTITY),
        (2, StatusCode::OK),
        (3, StatusCode::OK),
    ] {
        let changed = json!({"spec": spec(x)});
        context
            .patch("merge", &format!("{path}/p"), changed)
            .await?
            .expect(status)
            .map_err(|error| format!("{x}: {error}"))?;
    }
    Ok(())
}

async fn functions_of_all_libraries_can_be_called(context: Context) -> Outcome {
    let rules = [
        ("self.x == 0", false),
        (
            "self.l.sortBy(i, -i) == [3, 2, 1] && self.l.sort() == [1, 2, 3]",
            true,
        ),
        (
            "self.l.sum() == 6 && self.l.min() == 1 && self.l.max() == 3",
            true,
        ),
        (
            "self.l.reverse() == [2, 3, 1] && self.l.slice(0, 2) == [1, 3]",
            true,
        ),
        (
            "self.l.first().value() == 1 && self.l.last().value() == 2",
            true,
        ),
        (
            "[1, 1, 2].distinct() == [1, 2] && [[1], [2]].flatten() == [1, 2]",
            true,
        ),
        (
            "lists.range(3) == [0, 1, 2] && [[1], [3]].flatten(1) == [1, 3]",
            true,
        ),
        (
            "self.l.indexOf(3) == 1 && [1, 2, 1].lastIndexOf(1) == 2 && [1, 2].isSorted()",
            true,
        ),
        (
            "[optional.of(1), optional.none()].unwrapOpt() == [1] && optional.unwrap([optional.of(1)]) == [1]",
            true,
        ),
        (
            "sets.contains(self.l, [1]) && sets.intersects(self.l, [1, 9]) && sets.equivalent(self.l, [1, 2, 3])",
            true,
        ),
        (
            "self.s.upperAscii() == 'ABC' && self.s.charAt(1) == 'b' && self.s.lastIndexOf('c') == 2",
            true,
        ),
        (
            "strings.quote(self.s) == '\"abc\"' && self.s.find('[b-z]+') == 'bc'",
            true,
        ),
        (
            "'%d %b %x %o %.2f %s'.format([10, 10, 10, 10, 1.5, 1.5]) == '10 1010 a 12 1.50 1.5'",
            true,
        ),
        (
            "bytes(self.s) == b'abc' && string(b'abc') == 'abc' && size(bytes(self.s)) == 3",
            true,
        ),
        (
            "quantity('1Ki').add(24).asInteger() == 1048 && quantity('1').isLessThan(quantity('2'))",
            true,
        ),
        (
            "sign(quantity('-1')) == -1 && quantity('1.5').asApproximateFloat() == 1.5 && !quantity('1.5').isInteger()",
            true,
        ),
        (
            "quantity('2').sub(quantity('1')).compareTo(quantity('1')) == 0 && isQuantity('1Mi') && !isQuantity('x')",
            true,
        ),
        (
            "url('https://a.b:80/c?d=e').getHost() == 'a.b:80' && url('https://a.b:80/c?d=e').getQuery()['d'] == ['e']",
            true,
        ),
        (
            "url('https://a.b:80/c').getHostname() == 'a.b' && url('https://a.b:80/c').getPort() == '80' && isURL('/a')",
            true,
        ),
        (
            "ip('1.1.1.1').family() == 4 && isIP('::1') && ip('::1').isLoopback() && ip.isCanonical('1.1.1.1')",
            true,
        ),
        (
            "cidr('10.0.0.0/8').containsIP('10.1.1.1') && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')",
            true,
        ),
        (
            "cidr('10.0.0.0/8').ip() == ip('10.0.0.0') && cidr('10.0.0.0/8').prefixLength() == 8",
            true,
        ),
        (
            "cidr('10.1.0.0/8').masked() == cidr('10.0.0.0/8') && string(ip('1.1.1.1')) == '1.1.1.1' && isCIDR('10.0.0.0/8')",
            true,
        ),
        (
            "semver('1.2.3').minor() == 2 && semver('1.2.3').isLessThan(semver('1.10.0')) && isSemver('1.0.0')",
            true,
        ),
        (
            "semver('v1.2', true).compareTo(semver('1.2.0')) == 0 && !isSemver('v1.2') && isSemver('v1.2', true)",
            true,
        ),
        (
            "!format.dns1123Label().validate(self.s).hasValue() && format.named('uuid').value().validate('x').hasValue()",
            true,
        ),
        (
            "!format.named('none').hasValue() && format.uri().validate('x y').value().size() > 0",
            true,
        ),
        (
            "type(self.x) == int && type(self.s) == string && type([1]) == list && type(type(1)) == type",
            true,
        ),
        (
            "duration('90m').getHours() == 1 && duration('90m').getMinutes() == 90 && duration('0') == duration('0s')",
            true,
        ),
        (
            "timestamp('2020-02-29T12:00:00Z').getDayOfYear('UTC') == 59 && timestamp(0).getFullYear() == 1970",
            true,
        ),
        (
            "int(timestamp(60)) == 60 && int(duration('1us')) == 1000 && double('1e3') == 1000.0 && uint('7') == 7u",
            true,
        ),
        (
            "self.m.transformMap(k, v, v + k) == {'a': 'ba'} && self.m.transformMapEntry(k, v, {v: k}) == {'b': 'a'}",
            true,
        ),
        (
            "self.m.exists(k, v, k == 'a' && v == 'b') && self.l.existsOne(i, v, v == 3 && i == 1)",
            true,
        ),
    ];
    let text = json!({"type": "string", "maxLength": 4});
    let properties = json!({
        "x": {"type": "integer"}, "s": text, "l": few(json!({"type": "integer"})),
        "m": {"type": "object", "maxProperties": 2, "additionalProperties": text},
    });
    let spec = json!({"x": 1, "s": "abc", "l": [1, 3, 2], "m": {"a": "b"}});
    let told = assert_broken(&context, &rules, properties, &spec).await?;
    assert!(!told.contains("evaluating rule"), "{told}");
    Ok(())
}
