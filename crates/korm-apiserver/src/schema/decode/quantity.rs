//! Quantities (`1500m`, `2Gi`, `1e3`), which the server writes back in their canonical form: no
//! fraction, and the largest suffix that keeps the number whole.

const WRONG_FORMAT: &str =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const WRONG_SUFFIX: &str = "unable to parse quantity's suffix";

/// Which family a suffix is of; it is kept as far as the number allows.
#[derive(Clone, Copy, PartialEq)]
enum Family {
    Decimal,
    Exponent,
    Binary,
}

/// A value as digits times ten to a power.
struct Decimal {
    digits: i128,
    exponent: i32,
}

const DECIMAL: [(&str, i32); 10] = [
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];
const BINARY: [(&str, u32); 6] = [
    ("Ki", 10),
    ("Mi", 20),
    ("Gi", 30),
    ("Ti", 40),
    ("Pi", 50),
    ("Ei", 60),
];

/// The canonical text of a quantity.
pub(super) fn canonical(text: &str) -> Result<String, String> {
    if text.is_empty() || text == "0" {
        return match text {
            "" => Err(WRONG_FORMAT.to_owned()),
            _ => Ok("0".to_owned()),
        };
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let number = unsigned
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(number);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.contains('.') || whole.is_empty() && fraction.is_empty() || !is_suffix(suffix) {
        return Err(WRONG_FORMAT.to_owned());
    }
    let (family, power, shift) = suffix_of(suffix).ok_or_else(|| WRONG_SUFFIX.to_owned())?;
    let trimmed = format!("{}{fraction}", whole.trim_start_matches('0'));
    // Numbers this long are beyond every limit a quantity has.
    let digits: i128 = if trimmed.is_empty() {
        0
    } else {
        trimmed
            .parse::<i128>()
            .ok()
            .and_then(|d| d.checked_shl(shift))
            .unwrap_or(i128::from(i64::MAX))
    };
    let value = Decimal {
        digits: if text.starts_with('-') {
            -digits
        } else {
            digits
        },
        exponent: power - i32::try_from(fraction.len()).unwrap_or(i32::MAX),
    };
    Ok(write(value, family))
}

/// `[eEinumkKMGTP]*[-+]?[0-9]*`
fn is_suffix(suffix: &str) -> bool {
    let rest = suffix.trim_start_matches(|c| "eEinumkKMGTP".contains(c));
    let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    rest.bytes().all(|b| b.is_ascii_digit())
}

fn suffix_of(suffix: &str) -> Option<(Family, i32, u32)> {
    if let Some((_, power)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Some((Family::Decimal, *power, 0));
    }
    if let Some((_, shift)) = BINARY.iter().find(|(name, _)| *name == suffix) {
        return Some((Family::Binary, 0, *shift));
    }
    let exponent = suffix.strip_prefix(['e', 'E'])?;
    Some((Family::Exponent, exponent.parse().ok()?, 0))
}

fn write(value: Decimal, family: Family) -> String {
    let Decimal {
        mut digits,
        mut exponent,
    } = value;
    if digits == 0 {
        return "0".to_owned();
    }
    // Nothing below nano is kept; what is cut off rounds away from zero.
    while exponent < -9 {
        digits = digits / 10 + if digits % 10 != 0 { digits.signum() } else { 0 };
        exponent += 1;
    }
    let mut family = family;
    if family == Family::Binary {
        match whole(digits, exponent) {
            Some(integer) if integer.abs() >= 1024 => return binary(integer),
            _ => family = Family::Decimal,
        }
    }
    while digits % 10 == 0 {
        digits /= 10;
        exponent += 1;
    }
    while exponent.rem_euclid(3) != 0 {
        digits *= 10;
        exponent -= 1;
    }
    while exponent > 18 && family == Family::Decimal {
        digits *= 10;
        exponent -= 1;
    }
    match family {
        Family::Exponent if exponent == 0 => digits.to_string(),
        Family::Exponent => format!("{digits}e{exponent}"),
        _ => {
            let suffix = DECIMAL.iter().find(|(_, power)| *power == exponent);
            format!("{digits}{}", suffix.map_or("", |(name, _)| name))
        }
    }
}

/// The number where it is whole.
fn whole(digits: i128, exponent: i32) -> Option<i128> {
    let power = 10_i128.checked_pow(exponent.unsigned_abs())?;
    if exponent >= 0 {
        digits.checked_mul(power)
    } else {
        (digits % power == 0).then(|| digits / power)
    }
}

fn binary(mut integer: i128) -> String {
    let mut suffix = "";
    for (name, _) in BINARY {
        if integer % 1024 != 0 {
            break;
        }
        integer /= 1024;
        suffix = name;
    }
    format!("{integer}{suffix}")
}
