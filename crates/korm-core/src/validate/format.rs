//! Formats of strings.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::LazyLock,
};

use regex::Regex;

/// Whether a string has a format; `None` for formats that are left to the server.
pub(super) fn has(format: &str, text: &str) -> Option<bool> {
    // The server knows formats with and without dashes.
    let good = match format.replace('-', "").as_str() {
        "datetime" => is_date_time(text),
        "date" => text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10,
        "ipv4" => text.parse::<Ipv4Addr>().is_ok(),
        "ipv6" => text.contains(':') && text.parse::<Ipv6Addr>().is_ok(),
        "cidr" => is_cidr(text),
        "mac" => matches(&MAC, text),
        "uuid" => matches(&UUID, text),
        "uuid3" => matches(&UUID3, text),
        "uuid4" => matches(&UUID4, text),
        "uuid5" => matches(&UUID5, text),
        "byte" => matches(&BASE64, text) && text.len().is_multiple_of(4),
        "password" => true,
        _ => return None,
    };
    Some(good)
}

/// RFC 3339, section 5.6, with a `T` and a zone.
fn is_date_time(text: &str) -> bool {
    matches(&DATE_TIME, text) && text.to_uppercase().parse::<jiff::Timestamp>().is_ok()
}

fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let plain = !bits.is_empty() && bits.bytes().all(|b| b.is_ascii_digit());
    let max = if address.parse::<Ipv4Addr>().is_ok() {
        32
    } else if address.parse::<Ipv6Addr>().is_ok() {
        128
    } else {
        return false;
    };
    plain && bits.parse::<u32>().is_ok_and(|bits| bits <= max)
}

type Pattern = LazyLock<Option<Regex>>;

// Each is a constant and compiles, which a test makes sure of.
static DATE_TIME: Pattern = LazyLock::new(|| {
    Regex::new(r"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$").ok()
});
static MAC: Pattern = LazyLock::new(|| {
    Regex::new(r"^([0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}(\.[0-9A-Fa-f]{4}){2})$")
        .ok()
});
static UUID: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$").ok()
});
static UUID3: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$").ok()
});
static UUID4: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$")
        .ok()
});
static UUID5: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$")
        .ok()
});
static BASE64: Pattern = LazyLock::new(|| Regex::new(r"^[A-Za-z0-9+/]*={0,2}$").ok());

fn matches(pattern: &Pattern, text: &str) -> bool {
    pattern.as_ref().is_some_and(|regex| regex.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_and_bad() {
        for (format, good, bad) in [
            (
                "date-time",
                "2026-05-01T12:00:00.5+02:00",
                "2026-05-01 12:00:00Z",
            ),
            ("date-time", "2026-05-01t12:00:00z", "2026-13-01T12:00:00Z"),
            ("date", "2026-05-01", "2026-02-30"),
            ("ipv4", "10.0.0.1", "10.0.0"),
            ("ipv6", "fe80::1", "10.0.0.1"),
            ("cidr", "10.0.0.0/8", "10.0.0.0/33"),
            ("mac", "01:23:45:67:89:ab", "01:23"),
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
        ] {
            assert_eq!(has(format, good), Some(true), "{format} {good}");
            assert_eq!(has(format, bad), Some(false), "{format} {bad}");
        }
        assert_eq!(has("hostname", "x"), None);
    }
}
