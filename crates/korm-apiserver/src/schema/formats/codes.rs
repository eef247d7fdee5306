//! Formats that are fixed patterns of letters and digits.

use std::sync::LazyLock;

use regex::Regex;

/// A pattern written in this file; the tests compile them all.
fn pattern(source: &str) -> Option<Regex> {
    Regex::new(source).ok()
}

fn matches(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

static CREDIT_CARD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35[0-9]{3})[0-9]{11})$",
    )
});
static RGB_COLOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"^rgb\(\s*(0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])\s*,\s*(0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])\s*,\s*(0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])\s*\)$",
    )
});
static SSN: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}$"));

/// A UUID, with or without dashes, of any version or the given one.
pub(super) fn is_uuid(text: &str, version: Option<u8>) -> bool {
    let bytes = text.as_bytes();
    let mut digits = Vec::with_capacity(32);
    for (i, &byte) in bytes.iter().enumerate() {
        // A dash may stand after the 8th, 12th, 16th and 20th digit.
        let dash = byte == b'-'
            && matches!(digits.len(), 8 | 12 | 16 | 20)
            && i.checked_sub(1).is_some_and(|before| bytes[before] != b'-');
        if !dash {
            digits.push(byte.to_ascii_lowercase());
        }
    }
    if digits.len() != 32 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let Some(version) = version else { return true };
    let variant = version == 3 || matches!(digits[16], b'8' | b'9' | b'a' | b'b');
    digits[12] == b'0' + version && variant
}

fn without_spaces_and_dashes(text: &str) -> Vec<u8> {
    text.chars()
        .filter(|c| *c != '-' && !c.is_ascii_whitespace())
        .map(|c| u8::try_from(c).unwrap_or(b'?'))
        .collect()
}

fn digit(byte: u8) -> u32 {
    u32::from(byte.wrapping_sub(b'0'))
}

/// A book number of ten digits, the last of which may be X.
pub(super) fn is_isbn10(text: &str) -> bool {
    let code = without_spaces_and_dashes(text);
    let [first @ .., last] = code.as_slice() else {
        return false;
    };
    if first.len() != 9 || !first.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let check = match last {
        b'X' => 10,
        last if last.is_ascii_digit() => digit(*last),
        _ => return false,
    };
    let sum: u32 = (1..).zip(first).map(|(i, byte)| i * digit(*byte)).sum();
    (sum + 10 * check).is_multiple_of(11)
}

/// A book number of thirteen digits.
pub(super) fn is_isbn13(text: &str) -> bool {
    let code = without_spaces_and_dashes(text);
    if code.len() != 13 || !code.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = code[..12]
        .iter()
        .enumerate()
        .map(|(i, byte)| {
            if i % 2 == 0 {
                digit(*byte)
            } else {
                3 * digit(*byte)
            }
        })
        .sum();
    digit(code[12]) == (10 - sum % 10) % 10
}

/// A number of one of the big issuers with a right check digit, with anything between the digits.
pub(super) fn is_credit_card(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if !matches(&CREDIT_CARD, &digits) {
        return false;
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, byte)| match (i % 2, digit(byte)) {
            (0, n) => n,
            (_, n) if n >= 5 => 2 * n - 9,
            (_, n) => 2 * n,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A U.S. social security number with its separators.
pub(super) fn is_ssn(text: &str) -> bool {
    text.len() == 11 && matches(&SSN, text)
}

/// Three or six hexadecimal digits, after a `#` or without.
pub(super) fn is_hex_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or(text);
    matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// `rgb(1,2,3)`.
pub(super) fn is_rgb_color(text: &str) -> bool {
    matches(&RGB_COLOR, text)
}

/// Padded base64 of the standard alphabet; not empty.
pub(super) fn is_base64(text: &str) -> bool {
    let data = text
        .strip_suffix("==")
        .or_else(|| text.strip_suffix('='))
        .unwrap_or(text);
    !data.is_empty()
        && text.len().is_multiple_of(4)
        && data
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}
