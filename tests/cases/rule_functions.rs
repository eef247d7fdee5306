//! Validation rules: what expressions and functions give.

use korm_tests::{Case, Context, Outcome};
use serde_json::json;

use crate::rules::{assert_broken, few, set};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    errors_are_outweighed_by_what_decides,
    optionals_patterns_and_times_are_those_of_go,
    functions_of_all_libraries_can_be_called,
];

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
