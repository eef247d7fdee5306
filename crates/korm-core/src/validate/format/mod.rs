//! Formats of strings, as kube-openapi's `strfmt` has them.

mod internet;
mod numbers;
mod time;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use regex::Regex;

/// Whether a string has a format; `None` for what is left to the server.
pub(super) fn has(format: &str, text: &str) -> Option<bool> {
    // The server knows formats with and without dashes.
    Some(match format.replace('-', "").as_str() {
        "datetime" => time::is_date_time(text),
        "date" => time::is_date(text),
        "duration" => time::is_duration(text),
        "ipv4" => internet::is_ipv4(text),
        "ipv6" => internet::is_ipv6(text),
        "cidr" => internet::is_cidr(text),
        "mac" => internet::is_mac(text),
        "uri" => internet::is_uri(text),
        "hostname" => internet::is_hostname(text),
        "email" => return internet::is_email(text),
        "k8sshortname" => text.len() <= 63 && matches(&SHORT_NAME, text),
        "k8slongname" => text.len() <= 253 && matches(&LONG_NAME, text),
        "uuid" => matches(&UUID, text),
        "uuid3" => matches(&UUID3, text),
        "uuid4" => matches(&UUID4, text),
        "uuid5" => matches(&UUID5, text),
        "byte" => matches(&BASE64, text),
        "bsonobjectid" => matches(&OBJECT_ID, text),
        "isbn" => numbers::is_isbn10(text) || numbers::is_isbn13(text),
        "isbn10" => numbers::is_isbn10(text),
        "isbn13" => numbers::is_isbn13(text),
        "creditcard" => numbers::is_credit_card(text),
        "ssn" => text.len() == 11 && matches(&SSN, text),
        "hexcolor" => matches(&HEX_COLOR, text),
        "rgbcolor" => matches(&RGB_COLOR, text),
        "password" => true,
        _ => return None,
    })
}

/// Whether the server checks it; it accepts and ignores every other word as a format.
pub(super) fn is_known(format: &str) -> bool {
    has(format, "a@b").is_some()
}

type Pattern = LazyLock<Option<Regex>>;

// Each is a constant and compiles, which a test makes sure of.
macro_rules! patterns {
    ($($name:ident = $pattern:expr;)*) => {
        $(static $name: Pattern = LazyLock::new(|| Regex::new($pattern).ok());)*
    };
}

patterns! {
    UUID = r"(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$";
    UUID3 = r"(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$";
    UUID4 = r"(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$";
    UUID5 = r"(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$";
    BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$";
    OBJECT_ID = r"^[0-9A-Fa-f]{24}$";
    SSN = r"^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}$";
    HEX_COLOR = r"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$";
    RGB_COLOR = concat!(
        r"^rgb\(\s*(0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])",
        r"\s*,\s*(0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])",
        r"\s*,\s*(0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])\s*\)$"
    );
    SHORT_NAME = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
    LONG_NAME = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
}

fn matches(pattern: &Pattern, text: &str) -> bool {
    pattern.as_ref().is_some_and(|regex| regex.is_match(text))
}
