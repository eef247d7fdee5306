//! Numbers with a check digit.

/// Ten digits of which the last may be an `X`, weighted by their places, are a multiple of 11 (ISO 2108).
pub(super) fn is_isbn10(text: &str) -> bool {
    let digits = bare(text);
    let mut sum = 0;
    for (place, digit) in (1..).zip(digits.bytes()) {
        sum += place
            * match digit {
                b'0'..=b'9' => u32::from(digit - b'0'),
                b'X' if place == 10 => 10,
                _ => return false,
            };
    }
    digits.len() == 10 && sum.is_multiple_of(11)
}

/// Thirteen digits, weighted with 1 and 3 in turn, are a multiple of 10.
pub(super) fn is_isbn13(text: &str) -> bool {
    let digits = bare(text);
    let mut sum = 0;
    for (place, digit) in digits.bytes().enumerate() {
        if !digit.is_ascii_digit() {
            return false;
        }
        sum += u32::from(digit - b'0') * if place % 2 == 0 { 1 } else { 3 };
    }
    digits.len() == 13 && sum.is_multiple_of(10)
}

/// Without white space (as Go's regular expressions understand it) and hyphens.
fn bare(text: &str) -> String {
    text.replace(['-', ' ', '\t', '\n', '\u{c}', '\r'], "")
}

/// A number as one of the issuers gives it, with its check digit (ISO/IEC 7812, Luhn). Everything that is no digit is
/// ignored.
pub(super) fn is_credit_card(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| digits.starts_with(prefix));
    let issued = match digits.len() {
        13 => starts(&["4"]),
        14 => starts(&["300", "301", "302", "303", "304", "305", "36", "38"]),
        15 => starts(&["34", "37", "2131", "1800"]),
        16 => starts(&["4", "51", "52", "53", "54", "55", "6011", "65", "35"]),
        _ => false,
    };
    issued && luhn(&digits)
}

fn luhn(digits: &str) -> bool {
    let doubled = |digit: u32| match digit * 2 {
        two if two >= 10 => two - 9,
        one => one,
    };
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(
            |(place, digit)| match (place % 2, u32::from(digit - b'0')) {
                (0, digit) => digit,
                (_, digit) => doubled(digit),
            },
        )
        .sum();
    sum.is_multiple_of(10)
}
