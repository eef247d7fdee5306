//! What is said of rules when they are defined.

use serde_json::{Value, json};

pub(super) fn compile_error(rule: &str) -> String {
    compile_error_of(
        json!({"type": "object", "x-kubernetes-validations": [{"rule": rule}],
            "properties": {"x": {"type": "integer"}, "s": {"type": "string", "nullable": true},
                "l": {"type": "array", "maxItems": 10, "items": {"type": "object",
                    "properties": {"y": {"type": "integer"}}}}}}),
    )
}

fn compile_error_of(spec: Value) -> String {
    let all = errors_of(spec);
    all.into_iter().next().unwrap_or_default()
}

/// What is wrong with a definition whose objects have this spec.
fn errors_of(spec: Value) -> Vec<String> {
    let mut crd = json!({"metadata": {"name": "peaches.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced",
        "names": {"plural": "peaches", "kind": "Peach"},
        "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
            {"type": "object", "properties": {"spec": spec}}}}]}});
    crate::crd::default_crd(&mut crd).unwrap();
    crate::crd::prepare_create(&mut crd);
    let errors = crate::crd::validate_crd(&crd, None, Vec::new());
    errors.into_iter().map(|error| error.detail).collect()
}

#[test]
fn a_default_breaks_rules_beside_those_that_do_not_compile() {
    let spec = json!({"type": "object", "properties": {"b": {"type": "boolean", "default": false,
        "x-kubernetes-validations": [{"rule": "self"}, {"rule": "type(oldSelf)"}]}}});
    assert_eq!(
        errors_of(spec),
        [
            "failed rule: self",
            "rule compile error: cel expression must evaluate to a bool"
        ]
    );
}

#[test]
fn values_without_a_type_have_no_rules() {
    let rules = json!([{"rule": "true"}]);
    let anything = json!({"x-kubernetes-preserve-unknown-fields": true});
    let mut untyped = anything.clone();
    untyped["x-kubernetes-validations"] = rules.clone();
    let list = json!({"type": "array", "maxItems": 5, "items": anything, "x-kubernetes-validations": rules});
    for schema in [untyped, list] {
        assert_eq!(
            compile_error_of(schema),
            "internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations"
        );
    }
    let mut part =
        json!({"type": "object", "properties": {"a": anything}, "x-kubernetes-validations": rules});
    assert_eq!(compile_error_of(part.clone()), "");
    part["x-kubernetes-validations"] = json!([{"rule": "has(self.a)"}]);
    assert_eq!(
        compile_error_of(part),
        "compilation failed: ERROR: <input>:1:4: undefined field 'a'\n | has(self.a)\n | ...^"
    );
}

/// The texts are those of kube-apiserver 1.37.2.
#[test]
fn mistakes_in_rules_are_told_when_the_crd_is_made() {
    assert_eq!(compile_error("oldSelf.x == self.x"), "");
    assert_eq!(
        compile_error("self.nope > 1"),
        "compilation failed: ERROR: <input>:1:5: undefined field 'nope'\n | self.nope > 1\n | ....^"
    );
    assert_eq!(
        compile_error("self.x >"),
        "compilation failed: ERROR: <input>:1:9: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | self.x >\n | ........^"
    );
    assert_eq!(
        compile_error("foo(1)"),
        "compilation failed: ERROR: <input>:1:4: undeclared reference to 'foo' (in container '')\n | foo(1)\n | ...^"
    );
    assert_eq!(
        compile_error("self.s.foo()"),
        "compilation failed: ERROR: <input>:1:11: undeclared reference to 'foo' (in container '')\n | self.s.foo()\n | ..........^"
    );
    assert_eq!(
        compile_error("self.x == 'a'"),
        "compilation failed: ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(int, string)'\n | self.x == 'a'\n | .......^"
    );
    assert_eq!(
        compile_error("self.s == null"),
        "compilation failed: ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(string, null)'\n | self.s == null\n | .......^"
    );
    assert_eq!(
        compile_error("x > 1"),
        "compilation failed: ERROR: <input>:1:1: undeclared reference to 'x' (in container '')\n | x > 1\n | ^"
    );
    assert_eq!(
        compile_error("self.x"),
        "cel expression must evaluate to a bool"
    );
    assert_eq!(compile_error("1"), "cel expression must evaluate to a bool");
    assert_eq!(
        compile_error("has(self.nope)"),
        "compilation failed: ERROR: <input>:1:4: undefined field 'nope'\n | has(self.nope)\n | ...^"
    );
    assert_eq!(
        compile_error("!has(self.nope) || has(self.no)"),
        "compilation failed: ERROR: <input>:1:5: undefined field 'nope'\n | !has(self.nope) || has(self.no)\n | ....^\nERROR: <input>:1:23: undefined field 'no'\n | !has(self.nope) || has(self.no)\n | ......................^"
    );
    assert_eq!(
        compile_error("self.l.all(i, i.z > 1)"),
        "compilation failed: ERROR: <input>:1:16: undefined field 'z'\n | self.l.all(i, i.z > 1)\n | ...............^"
    );
    assert_eq!(
        compile_error("self.x + 1.5 > 2.0"),
        "compilation failed: ERROR: <input>:1:8: found no matching overload for '_+_' applied to '(int, double)'\n | self.x + 1.5 > 2.0\n | .......^"
    );
}

fn costly(max_items: Value, rule: &str) -> String {
    let mut strings = json!({"type": "array", "items": {"type": "string", "maxLength": 10}});
    strings["maxItems"] = max_items;
    strings["x-kubernetes-validations"] = json!([{"rule": rule}]);
    compile_error_of(strings)
}

/// The texts are those of kube-apiserver 1.37.2.
#[test]
fn rules_that_cost_too_much_are_refused() {
    let pairs = "self.all(x, self.all(y, x == y || x != y))";
    let hint = "(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";
    assert_eq!(costly(json!(100), pairs), "");
    assert_eq!(
        costly(Value::Null, pairs),
        format!("estimated rule cost exceeds budget by factor of more than 100x {hint}")
    );
    assert_eq!(
        costly(json!(1000), pairs),
        format!("estimated rule cost exceeds budget by factor of 1.5x {hint}")
    );
}
