//! What expressions give.

use serde_json::json;

use super::definitions::compile_error;
use super::{check, holds};

/// The answers are those of kube-apiserver 1.37.2.
#[test]
fn errors_are_outweighed_by_what_decides() {
    let spec = || json!({"x": 0, "l": [1, 2]});
    for rule in [
        "self.l.exists(i, 2 / (i - 1) == 2)",
        "!self.l.all(i, 2 / (i - 1) > 5)",
        "1 / self.x == 1 || true",
        "!(1 / self.x == 1 && false)",
        "dyn(self.l) != 1",
        "[1, 2][dyn(1.0)] == 2",
        "{1: 2}[dyn(1u)] == 2",
    ] {
        holds(rule, spec());
    }
    for (rule, why) in [
        ("self.l.all(i, 2 / (i - 1) > 0)", "division by zero"),
        ("1 / self.x == 1 || 1 % self.x == 1", "division by zero"),
        (
            "-(-9223372036854775807 - 1 - self.x) > 0",
            "integer overflow",
        ),
        ("self.l[dyn(1.0)] == 2", "unsupported index: 1"),
        ("self.l[2] == 2", "index out of bounds: 2"),
    ] {
        assert_eq!(
            check(json!({ "rule": rule }), spec()),
            [format!(
                r#"spec: Invalid value: "object": {why} evaluating rule: {rule}"#
            )]
        );
    }
}

#[test]
fn optionals_are_chained() {
    let spec = || json!({"x": 1, "m": {"a": "b"}, "l": [1]});
    for rule in [
        "self.?m.a.orValue('') == 'b' && !self.?m.?c.hasValue()",
        "self.?m[?'a'].optMap(v, v + 'c').value() == 'bc'",
        "self.?m.optFlatMap(m, m.?z).orValue('none') == 'none'",
        "[?self.?x, ?self.?n] == [1] && has(self.?m.a)",
        "[self.?x].all(v, v.hasValue())",
        "self.l[?5].or(self.l[?0]).value() == 1",
    ] {
        holds(rule, spec());
    }
}

#[test]
fn macros_have_one_or_two_variables() {
    let spec = || json!({"l": [1, 2], "m": {"a": "b"}});
    for rule in [
        "self.l.all(i, v, v == i + 1) && self.l.exists(i, v, v == 2 && i == 1)",
        "self.l.existsOne(i, v, v > 1) && self.m.all(k, v, k == 'a' && v == 'b')",
        "self.l.transformList(i, v, i > 0, v * 2) == [4]",
        "self.m.transformMap(k, v, v + k) == {'a': 'ba'}",
        "self.m.transformMapEntry(k, v, {v: k}) == {'b': 'a'}",
    ] {
        holds(rule, spec());
    }
}

/// The answers are those of kube-apiserver 1.37.2.
#[test]
fn times_and_texts_are_those_of_go() {
    let spec = || json!({"t": "2024-03-01T00:00:00.5+02:00", "s": "a1b22"});
    for rule in [
        "self.t.getHours() == 22 && self.t.getDate() == 29 && self.t.getMonth() == 1",
        "self.t.getHours('-02:30') == 19 && self.t.getMinutes('-02:30') == 30",
        "self.t.getMilliseconds() == 500 && duration('1.5s').getMilliseconds() == 1500",
        "string(self.t) == '2024-03-01T00:00:00.5+02:00'",
        "string(duration('100ms')) == '0.1s' && string(true) == 'true' && string(1e21) == '1e+21'",
        "self.s.findAll('[0-9]+') == ['1', '22'] && self.s.find('b.') == 'b2'",
        "self.s.split('').size() == 5 && self.s.replace('2', 'c', -1) == 'a1bcc'",
        "'%s %s'.format([duration('1m'), int]) == '60s int'",
        "type(self.t) == google.protobuf.Timestamp",
    ] {
        holds(rule, spec());
    }
    assert_eq!(
        compile_error("self.s.matches('a++')"),
        "compilation failed: ERROR: <input>:1:16: invalid matches argument\n | self.s.matches('a++')\n | ...............^"
    );
    assert_eq!(
        compile_error("Foo{a: 1} == 1"),
        "compilation failed: ERROR: <input>:1:4: undeclared reference to 'Foo' (in container '')\n | Foo{a: 1} == 1\n | ...^"
    );
}

#[test]
fn lists_are_sorted_by_keys_and_unwrapped() {
    let spec = || json!({"l": [3, 1, 2], "x": 1});
    for rule in [
        "self.l.sortBy(i, -i) == [3, 2, 1] && self.l.sortBy(i, i) == [1, 2, 3]",
        "['b', 'a'].sortBy(s, s)[0] == 'a' && [].sortBy(i, i) == []",
        "optional.unwrap([self.?x, self.?n]) == dyn([1])",
        "[self.?x, optional.none()].unwrapOpt() == [1]",
    ] {
        holds(rule, spec());
    }
}

/// An even number of negations is none.
#[test]
fn negations_are_counted() {
    let spec = || json!({"x": 1});
    for rule in [
        "!!has(self.x) && !!!has(self.s)",
        "--self.x == 1 && ---self.x == -1 && 1 - -1 == 2",
        "! !(self.x == 1)",
    ] {
        holds(rule, spec());
    }
}
