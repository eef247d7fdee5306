//! Kubernetes quantities: `100m`, `1.5`, `2Gi`, `1e3`.

use serde_json::Value;

/// An amount in thousand-millionths, which is the precision Kubernetes keeps.
///
/// Finer amounts are rounded away from zero and amounts of 2^63 and more are taken as 2^63 - 1, as
/// `resource.ParseQuantity` of k8s.io/apimachinery does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Quantity(i128);

const NANO: i128 = 1_000_000_000;
const MAX: i128 = i64::MAX as i128 * NANO;
/// Digits beyond these cannot change an amount: 19 before the point, and anything after the 28th is
/// below the rounding.
const DIGITS: usize = 38;

impl Quantity {
    /// The amount a string or number names.
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::parse(text),
            Value::Number(number) => Self::parse(&number.to_string()),
            _ => None,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (number, suffix) = unsigned.split_at(end.unwrap_or(unsigned.len()));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return None;
        }
        let amount = match binary(suffix) {
            Some(shift) => scaled_binary(whole, fraction, shift),
            None => scaled_decimal(whole, fraction, decimal(suffix)?),
        };
        let amount = amount.min(MAX);
        Some(Self(if negative { -amount } else { amount }))
    }
}

/// The power of two of a binary suffix.
fn binary(suffix: &str) -> Option<u32> {
    ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
        .into_iter()
        .zip(1..)
        .find_map(|(name, i)| (name == suffix).then_some(10 * i))
}

/// The power of ten of a decimal suffix or exponent.
fn decimal(suffix: &str) -> Option<i32> {
    let named = match suffix {
        "n" => -9,
        "u" => -6,
        "m" => -3,
        "" => 0,
        "k" => 3,
        "M" => 6,
        "G" => 9,
        "T" => 12,
        "P" => 15,
        "E" => 18,
        _ => {
            let exponent = suffix.strip_prefix(['e', 'E'])?;
            return exponent.parse().ok();
        }
    };
    Some(named)
}

/// The digits as one number with this many of them after the point.
fn digits(whole: &str, fraction: &str) -> String {
    format!("{whole}{fraction}")
}

fn scaled_decimal(whole: &str, fraction: &str, power: i32) -> i128 {
    let all = digits(whole, fraction);
    let all = all.trim_start_matches('0');
    if all.is_empty() {
        return 0;
    }
    // The power of ten that the last digit stands for, counted in nanos.
    let fraction_len = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
    let last = i64::from(power) + 9 - fraction_len;
    if last >= 0 {
        let length = i64::try_from(all.len()).unwrap_or(i64::MAX);
        if length.saturating_add(last) > DIGITS as i64 {
            return MAX;
        }
        let zeros = "0".repeat(usize::try_from(last).unwrap_or_default());
        return format!("{all}{zeros}").parse().unwrap_or(MAX);
    }
    let cut = usize::try_from(-last).unwrap_or(usize::MAX);
    let (kept, dropped) = if cut >= all.len() {
        ("", all)
    } else {
        all.split_at(all.len() - cut)
    };
    if kept.len() > DIGITS {
        return MAX;
    }
    let kept: i128 = if kept.is_empty() {
        0
    } else {
        kept.parse().unwrap_or(MAX)
    };
    kept + i128::from(dropped.bytes().any(|digit| digit != b'0'))
}

/// `(whole + fraction) * 2^shift`, of whose decimals the first 27 count exactly and the rest only as
/// being there.
fn scaled_binary(whole: &str, fraction: &str, shift: u32) -> i128 {
    let whole = whole.trim_start_matches('0');
    if whole.len() > 19 {
        return MAX;
    }
    let power = 1_i128 << shift;
    let decimals = |range: std::ops::Range<usize>| -> i128 {
        range.fold(0, |sum, i| {
            let digit = fraction
                .as_bytes()
                .get(i)
                .map_or(0, |byte| i128::from(byte - b'0'));
            sum * 10 + digit
        })
    };
    // Every product stays below 2^127: the decimals are taken in two groups.
    let first = decimals(0..18) * power;
    let rest = first % NANO * NANO + decimals(18..27) * power;
    let unit = NANO * NANO;
    let more = fraction.bytes().skip(27).any(|digit| digit != b'0');
    let inexact = rest % unit != 0 || more;
    let fraction = first / NANO + rest / unit + i128::from(inexact);
    let whole: i128 = if whole.is_empty() {
        0
    } else {
        whole.parse().unwrap_or(MAX)
    };
    whole
        .saturating_mul(power)
        .saturating_mul(NANO)
        .saturating_add(fraction)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn the_same_amount_in_several_ways() {
        for same in [
            ["1500m", "1.5", "1.5e0", "15e-1"],
            ["1Gi", "1024Mi", "1073741824", "1048576Ki"],
            ["2k", "2000", "2e3", "+2E3"],
            ["0", "-0", "0Ki", ".0"],
            ["0.1n", "1n", "0.5n", "1e-9"],
            ["-100m", "-0.1", "-.1", "-1e-1"],
            ["0.5Ki", "512", "512000m", "0.512k"],
            ["1.1Ki", "1126.4", "1126400m", "1.1264k"],
        ] {
            for text in same {
                assert_eq!(quantity(text), quantity(same[0]), "{text} {}", same[0]);
            }
        }
        assert!(quantity("999m") < quantity("1"));
        assert!(quantity("1Ei") > quantity("1E"));
        assert_eq!(quantity("100E"), quantity("1e30"));
        assert_eq!(Quantity::of(&json!(2)), Quantity::of(&json!("2")));
    }

    #[test]
    fn what_is_no_quantity() {
        for text in ["", "x", "1X", "1.2.3", "-", ".", "1e", "1 ", "Ki", "1kk"] {
            assert!(Quantity::parse(text).is_none(), "{text}");
        }
        assert!(Quantity::of(&json!(true)).is_none());
    }
}
