use super::*;

#[track_caller]
fn check(format: &str, good: &[&str], bad: &[&str]) {
    assert!(is_known(format), "{format} is known");
    for text in good {
        assert!(is_valid(format, text), "{text:?} is a {format}");
    }
    for text in bad {
        assert!(!is_valid(format, text), "{text:?} is no {format}");
    }
}

#[test]
fn addresses_and_names() {
    check(
        "ipv4",
        &["1.2.3.4", "010.1.1.1"],
        &["1.2.3", "256.1.1.1", "::1", ""],
    );
    check(
        "ipv6",
        &["::1", "fe80::1", "::ffff:1.2.3.4"],
        &["1.2.3.4", "::g"],
    );
    check(
        "cidr",
        &["10.0.0.0/8", "fe80::/64"],
        &["10.0.0.0", "10.0.0.0/33", "x/8"],
    );
    check(
        "mac",
        &["01:23:45:67:89:ab", "01-23-45-67-89-ab", "0123.4567.89ab"],
        &["01:23", "zz:23:45:67:89:ab"],
    );
    check(
        "uri",
        &["http://a.b/c?d", "/a/b", "mailto:x@y"],
        &[
            "a/b",
            "",
            "http://a b/",
            "http://[::1/",
            "/%zz",
            "http://a%20b/",
        ],
    );
    check(
        "email",
        &["a@b.c", "A B <a.b@c.d>", "a@b"],
        &["a", "a@", "@b", "a b@c", "a@b..c"],
    );
    check(
        "hostname",
        &["a", "a.example.com", "1a.io"],
        &["-a", "a_b", "a..b"],
    );
    check("k8s-short-name", &["a-b"], &["A", "a.b", "-a"]);
    check("k8s-long-name", &["a.b-c"], &["A", "a..b"]);
}

#[test]
fn codes_and_numbers() {
    check(
        "uuid",
        &[
            "123e4567-e89b-12d3-a456-426614174000",
            "123E4567E89B12D3A456426614174000",
        ],
        &[
            "123e4567-e89b-12d3-a456",
            "123e4567--e89b-12d3-a456-42661417400",
        ],
    );
    check(
        "uuid4",
        &["123e4567-e89b-42d3-a456-426614174000"],
        &["123e4567-e89b-12d3-a456-426614174000"],
    );
    check("isbn", &["0321751043", "978-0321751041"], &["0321751044"]);
    check(
        "creditcard",
        &["4111-1111-1111-1111"],
        &["4111-1111-1111-1112"],
    );
    check("ssn", &["123-45-6789"], &["123456789"]);
    check("hexcolor", &["#fff", "00aaFF"], &["#ffff"]);
    check("rgbcolor", &["rgb(1, 2,255)"], &["rgb(1,2)"]);
    check("byte", &["YQ==", "YWI="], &["", "YQ=", "a b="]);
    check("bsonobjectid", &["507f1f77bcf86cd799439011"], &["507f"]);
    check("password", &["", "x"], &[]);
}

#[test]
fn times() {
    check("date", &["2024-02-29"], &["2023-02-29", "2024-2-1", "x"]);
    check(
        "date-time",
        &["2024-02-29T01:02:03Z", "2024-02-29t01:02:03.5+01:00"],
        &[
            "2024-02-29",
            "2024-02-29T24:00:00Z",
            "2024-02-29T01:02:03",
            "2023-02-29T01:02:03Z",
        ],
    );
    check(
        "duration",
        &["1h30m", "-1.5s", "3 days", "0"],
        &["", "x", "1", "1x"],
    );
}

#[test]
fn which_formats_count() {
    assert!(is_supported("string", "date-time"));
    assert!(is_supported("integer", "int32"));
    assert!(is_supported("", "ipv4"));
    assert!(!is_supported("integer", "date"));
    assert!(!is_supported("boolean", "byte"));
    assert!(!is_supported("string", "whatever"));
}
