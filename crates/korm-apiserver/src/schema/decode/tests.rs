use serde_json::json;

use super::*;

fn strict_of(text: &str) -> Vec<String> {
    decode_untyped(parse(text.as_bytes()).unwrap()).strict
}

#[test]
fn faults_are_worded_as_go_words_them() {
    let fault = |text: &str| parse(text.as_bytes()).unwrap_err();
    assert_eq!(fault(""), "unexpected end of JSON input");
    assert_eq!(fault("{"), "unexpected end of JSON input");
    assert_eq!(
        fault("x"),
        "invalid character 'x' looking for beginning of value"
    );
    assert_eq!(
        fault("{x"),
        "invalid character 'x' looking for beginning of object key string"
    );
    assert_eq!(fault("{\"a\" 1}"), "invalid character '1' after object key");
    assert_eq!(
        fault("{\"a\":1 2}"),
        "invalid character '2' after object key:value pair"
    );
    assert_eq!(
        fault("{\"a\":1,}"),
        "invalid character '}' looking for beginning of object key string"
    );
    assert_eq!(fault("[1 2]"), "invalid character '2' after array element");
    assert_eq!(fault("1 2"), "invalid character '2' after top-level value");
    assert_eq!(
        fault("trap"),
        "invalid character 'a' in literal true (expecting 'u')"
    );
    assert_eq!(fault("-x"), "invalid character 'x' in numeric literal");
    assert_eq!(
        fault("1.x"),
        "invalid character 'x' after decimal point in numeric literal"
    );
    assert_eq!(
        fault("1ex"),
        "invalid character 'x' in exponent of numeric literal"
    );
    assert_eq!(fault("01"), "invalid character '1' after top-level value");
    assert_eq!(fault("\"\n\""), "invalid character '\\n' in string literal");
    assert_eq!(
        fault("\"\\x\""),
        "invalid character 'x' in string escape code"
    );
    assert_eq!(
        fault("\"\\u00g0\""),
        "invalid character 'g' in \\u hexadecimal character escape"
    );
    assert_eq!(
        fault("'"),
        "invalid character '\\'' looking for beginning of value"
    );
}

#[test]
fn values_are_read() {
    let value = |text: &str| decode_untyped(parse(text.as_bytes()).unwrap()).value;
    assert_eq!(
        value(r#"{"a":[1,-2.5,1e2,true,false,null,"x\u0041\ud83d\ude00\ud800"]}"#),
        json!({"a": [1, -2.5, 100.0, true, false, null, "xA😀\u{fffd}"]})
    );
    assert_eq!(
        value("18446744073709551615"),
        json!(18446744073709551615_f64)
    );
}

#[test]
fn duplicates_are_named_with_their_path() {
    assert_eq!(
        strict_of(r#"{"a":1,"b":{"c":1,"c":2},"a":2,"d":[{"e":1,"e":1,"e":1}]}"#),
        [
            r#"duplicate field "b.c""#,
            r#"duplicate field "a""#,
            r#"duplicate field "d[0].e""#,
        ]
    );
}

#[test]
fn metadata_is_decoded_as_object_meta() {
    let good =
        decode_metadata(json!({"name": "a", "foo": 1, "labels": {"a": "b"}, "annotations": null}));
    let good = good.unwrap();
    assert_eq!(good.value, json!({"name": "a", "labels": {"a": "b"}}));
    assert_eq!(good.strict, [r#"unknown field "foo""#]);
    assert_eq!(
        decode_metadata(json!({"labels": {"a": 1}})).unwrap_err(),
        "json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string"
    );
    assert_eq!(
        decode_metadata(json!({"ownerReferences": [{"uid": 1}]})).unwrap_err(),
        "json: cannot unmarshal number into Go struct field OwnerReference.ownerReferences.uid of type types.UID"
    );
    assert_eq!(
        decode_metadata(json!({"creationTimestamp": "x"})).unwrap_err(),
        r#"parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006""#
    );
}
