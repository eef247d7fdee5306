//! Validation rules: what the values of an object are in expressions, and when they are equal.

use http::StatusCode;
use korm_tests::{Case, Context, Outcome};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    lists_of_type_set_are_equal_in_any_order,
    lists_of_type_map_are_equal_by_their_keys,
    lists_of_type_set_have_no_keys_but_scalars,
    what_rules_do_not_see_is_compared_too,
    parts_of_atomic_objects_have_old_values,
];

pub(crate) fn set(items: Value) -> Value {
    json!({"type": "array", "maxItems": 4, "x-kubernetes-list-type": "set", "items": items})
}

fn by_key(key: &str, mut fields: Value) -> Value {
    fields[key] = json!({"type": "string", "maxLength": 4});
    json!({
        "type": "array", "maxItems": 4, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key],
        "items": {"type": "object", "required": [key], "properties": fields},
    })
}

pub(crate) fn few(items: Value) -> Value {
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
pub(crate) async fn assert_broken(
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
