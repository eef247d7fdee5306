use super::*;

#[test]
fn good_and_bad() {
    for (format, good, bad) in [
        (
            "date-time",
            "2026-05-01T12:00:00.5+02:00",
            "2026-05-01 12:00:00Z",
        ),
        ("date-time", "2026-05-01t12:00:00z", "2026-05-01T24:00:00Z"),
        ("date", "2026-02-28", "2026-02-30"),
        ("duration", "1h30m", "soon"),
        ("duration", "2 weeks", "5 apples"),
        ("duration", "-1.5s", ""),
        ("ipv4", "10.0.0.1", "10.0.0"),
        ("ipv4", "010.000.0.01", "256.0.0.1"),
        ("ipv6", "fe80::1", "10.0.0.1"),
        ("cidr", "10.0.0.0/8", "10.0.0.0/33"),
        ("mac", "01:23:45:67:89:ab", "01:23"),
        ("mac", "0123.4567.89AB.cdef", "01:23-45:67:89:ab"),
        ("uri", "https://user@example.com:80/a?b#c", "example.com"),
        ("uri", "mailto:someone", "http://exa mple.com"),
        ("uri", "/a%20b", "/a%2"),
        ("uri", "http://[::1]:80", "http://[::1"),
        ("hostname", "peach.example.com", "-peach.example.com"),
        ("hostname", "localhost", "a..b"),
        ("email", "a@b", "a"),
        ("email", "A B <a.b@example.com>", "A B <a.b@example.com"),
        ("k8s-short-name", "peach-1", "Peach"),
        ("k8s-long-name", "peach.1", "peach..1"),
        ("uuid", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b810"),
        (
            "uuid3",
            "6ba7b8109dad31d180b400c04fd430c8",
            "6ba7b8109dad11d180b400c04fd430c8",
        ),
        (
            "uuid4",
            "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
            "6ba7b810-9dad-41d1-00b4-00c04fd430c8",
        ),
        (
            "uuid5",
            "6ba7b810-9dad-51d1-80b4-00c04fd430c8",
            "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        ),
        ("byte", "aGk=", "aGk"),
        (
            "bsonobjectid",
            "507f1f77bcf86cd799439011",
            "507f1f77bcf86cd79943901",
        ),
        ("isbn", "978-3-16-148410-0", "978-3-16-148410-1"),
        ("isbn10", "0-306-40615-2", "0-306-40615-3"),
        ("isbn10", "080442957X", "X804429570"),
        ("isbn13", "9783161484100", "978316148410"),
        ("creditcard", "4111 1111 1111 1111", "4111 1111 1111 1112"),
        ("creditcard", "378282246310005", "178282246310005"),
        ("ssn", "111-22-3333", "111223333"),
        ("hexcolor", "#fff", "#ffff"),
        ("rgbcolor", "rgb(0, 128,255)", "rgb(0,128,256)"),
    ] {
        assert_eq!(has(format, good), Some(true), "{format} {good}");
        assert_eq!(has(format, bad), Some(false), "{format} {bad}");
    }
    assert_eq!(has("wine", "x"), None);
    assert!(!is_known("wine"));
    assert_eq!(has("email", "a@b (comment)"), None, "left to the server");
}
