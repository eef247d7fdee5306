//! Quantities (`500m`, `1Gi`) in the form that Kubernetes gives them back.
//!
//! See `k8s.io/apimachinery/pkg/api/resource`: whatever has the canonical form keeps its text, the
//! rest is written without fraction and with the largest suffix that loses nothing.

const WRONG_FORMAT: &str = "quantities must match the regular expression \
    '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const WRONG_SUFFIX: &str = "unable to parse quantity's suffix";
const WRONG_NUMBER: &str = "unable to parse numeric part of quantity";

/// Nothing smaller is kept.
const NANO: i32 = -9;
const MILLI: i32 = -3;

#[derive(Clone, Copy, PartialEq)]
enum Format {
    DecimalExponent,
    DecimalSi,
    BinarySi,
}

/// The parts of a quantity's text.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    suffix: &'a str,
}

/// The canonical text of a quantity.
///
/// # Errors
/// Upstream's message for text that is no quantity.
pub(crate) fn canonical(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err(WRONG_FORMAT.to_owned());
    }
    if text == "0" {
        return Ok(text.to_owned());
    }
    let parts = split(text).ok_or(WRONG_FORMAT)?;
    let (exponent, format) = interpret(parts.suffix).ok_or(WRONG_SUFFIX)?;
    if keeps_its_text(&parts, exponent, format) {
        return Ok(text.to_owned());
    }
    written(&parts, exponent, format, NANO)
}

/// The text of a quantity that is rounded up to thousandths, in canonical form whatever it was.
///
/// # Errors
/// Upstream's message for text that is no quantity.
pub(super) fn rounded_to_milli(text: &str) -> Result<String, String> {
    let parts = split(text).ok_or(WRONG_FORMAT)?;
    let (exponent, format) = interpret(parts.suffix).ok_or(WRONG_SUFFIX)?;
    written(&parts, exponent, format, MILLI)
}

fn written(parts: &Parts<'_>, exponent: i32, format: Format, least: i32) -> Result<String, String> {
    let digits = format!("{}{}", parts.whole, parts.fraction);
    let digits = digits.trim_start_matches('0');
    // A fraction has a few digits; a text with more than two billion is longer than any request.
    let scale = -(parts.fraction.len() as i32);
    let amount = match format {
        Format::BinarySi => binary(digits, scale, exponent)?,
        _ => Amount {
            digits: digits.to_owned(),
            scale: scale.saturating_add(exponent),
        },
    };
    let amount = amount.rounded_up(least);
    if amount.digits.is_empty() {
        return Ok("0".to_owned());
    }
    let sign = if parts.negative { "-" } else { "" };
    Ok(format!("{sign}{}", write(&amount, format)))
}

/// A positive decimal number: digits without leading zeros, times ten to the power of `scale`.
struct Amount {
    digits: String,
    scale: i32,
}

impl Amount {
    /// Without anything below ten to the power of `least`; away from zero.
    fn rounded_up(mut self, least: i32) -> Self {
        if self.scale >= least {
            return self;
        }
        let drop = least.saturating_sub(self.scale) as usize;
        let keep = self.digits.len().saturating_sub(drop);
        let lost = self.digits.split_off(keep);
        // Everything may have been below the limit.
        self.scale = least;
        if lost.bytes().any(|digit| digit != b'0') {
            self.digits = increment(&self.digits);
        }
        self
    }

    /// Trailing zeros moved into the scale.
    fn reduced(&self) -> Self {
        let digits = self.digits.trim_end_matches('0');
        let zeros = (self.digits.len() - digits.len()) as i32;
        Self {
            digits: digits.to_owned(),
            scale: self.scale + zeros,
        }
    }

    /// The value, if it is whole and not too large.
    fn whole(&self) -> Option<u128> {
        let reduced = self.reduced();
        let power = u32::try_from(reduced.scale).ok()?;
        reduced
            .digits
            .parse::<u128>()
            .ok()?
            .checked_mul(10u128.checked_pow(power)?)
    }
}

fn increment(digits: &str) -> String {
    let kept = digits.trim_end_matches('9');
    let nines = digits.len() - kept.len();
    let head = match kept.as_bytes().split_last() {
        Some((last, head)) => {
            format!("{}{}", String::from_utf8_lossy(head), char::from(last + 1))
        }
        None => "1".to_owned(),
    };
    head + &"0".repeat(nines)
}

/// A number with a binary suffix as a decimal one; what is too large is capped.
fn binary(digits: &str, scale: i32, exponent: i32) -> Result<Amount, String> {
    const LARGEST: u128 = i64::MAX as u128;
    if digits.is_empty() {
        return Ok(Amount {
            digits: String::new(),
            scale: 0,
        });
    }
    if digits.bytes().any(|digit| !digit.is_ascii_digit()) {
        return Err(WRONG_NUMBER.to_owned());
    }
    let factor = 1u128 << exponent.clamp(0, 63);
    let product = digits
        .parse::<u128>()
        .ok()
        .and_then(|number| number.checked_mul(factor));
    let Some(product) = product else {
        return Ok(Amount {
            digits: LARGEST.to_string(),
            scale: 0,
        });
    };
    let too_large = 10u128
        .checked_pow(scale.unsigned_abs())
        .and_then(|divisor| LARGEST.checked_mul(divisor))
        .is_some_and(|limit| product > limit);
    Ok(if too_large {
        Amount {
            digits: LARGEST.to_string(),
            scale: 0,
        }
    } else {
        Amount {
            digits: product.to_string(),
            scale,
        }
    })
}

fn write(amount: &Amount, format: Format) -> String {
    if format == Format::BinarySi
        && let Some(mut whole) = amount.whole().filter(|whole| *whole >= 1024)
    {
        let mut times = 0;
        while whole.is_multiple_of(1024) {
            whole /= 1024;
            times += 1;
        }
        return format!(
            "{whole}{}",
            ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
                .get(times)
                .unwrap_or(&"")
        );
    }
    let format = if format == Format::BinarySi {
        Format::DecimalSi
    } else {
        format
    };
    let mut amount = amount.reduced();
    while amount.scale % 3 != 0 {
        amount.digits.push('0');
        amount.scale -= 1;
    }
    let suffix = match (format, amount.scale) {
        (_, 0) => String::new(),
        (Format::DecimalExponent, scale) => format!("e{scale}"),
        // Upstream has no suffix beyond these, and writes none.
        (_, scale) => SUFFIXES
            .iter()
            .find(|(_, exponent)| *exponent == scale)
            .map_or(String::new(), |(suffix, _)| (*suffix).to_owned()),
    };
    amount.digits + &suffix
}

const SUFFIXES: [(&str, i32); 10] = [
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

fn interpret(suffix: &str) -> Option<(i32, Format)> {
    if let Some((_, exponent)) = SUFFIXES.iter().find(|(known, _)| *known == suffix) {
        return Some((*exponent, Format::DecimalSi));
    }
    if let Some(index) = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
        .iter()
        .position(|s| *s == suffix)
    {
        return Some((10 * (index as i32 + 1), Format::BinarySi));
    }
    let exponent = suffix.strip_prefix(['e', 'E'])?;
    Some((exponent.parse().ok()?, Format::DecimalExponent))
}

/// Whether upstream keeps the text as it was given.
fn keeps_its_text(parts: &Parts<'_>, exponent: i32, format: Format) -> bool {
    let shifted = format!("{}{}", parts.whole, parts.fraction);
    let Ok(number) = shifted.parse::<i64>() else {
        return false;
    };
    let digits = shifted.len() as i32;
    match format {
        Format::BinarySi => {
            let precision = 15 - parts.whole.len() as i32 - exponent * 3 / 10 - 1;
            parts.fraction.is_empty() && precision >= 0 && number & 7 != 0
        }
        _ => {
            let scale = exponent.saturating_sub(parts.fraction.len() as i32);
            digits <= 18
                && scale >= NANO
                && scale % 3 == 0
                && !shifted.ends_with("000")
                && !shifted.starts_with('0')
        }
    }
}

/// Sign, digits before and after the point, suffix; `None` for text of another form.
fn split(text: &str) -> Option<Parts<'_>> {
    let (negative, rest) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    let rest = rest.trim_start_matches('0');
    let end = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len())
    };
    let (whole, rest) = rest.split_at(end(rest));
    let whole = if whole.is_empty() { "0" } else { whole };
    let (fraction, suffix) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(end(rest)),
        None => ("", rest),
    };
    let tail = suffix.trim_start_matches(|c| "eEinumkKMGTP".contains(c));
    let tail = tail.strip_prefix(['-', '+']).unwrap_or(tail);
    tail.bytes()
        .all(|digit| digit.is_ascii_digit())
        .then_some(Parts {
            negative,
            whole,
            fraction,
            suffix,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `resource.ParseQuantity(..).String()` gives.
    #[test]
    fn canonical_forms() {
        for (text, expected) in [
            ("0", "0"),
            ("0Ki", "0"),
            ("-0", "0"),
            ("1", "1"),
            ("+5", "+5"),
            ("007", "007"),
            ("1.5", "1500m"),
            ("1.500", "1.500"),
            ("0.5", "500m"),
            ("100m", "100m"),
            ("1000m", "1"),
            ("0.1m", "100u"),
            ("0.0000000001", "1n"),
            ("1000000", "1M"),
            ("1024", "1024"),
            ("1Ki", "1Ki"),
            ("1024Ki", "1Mi"),
            ("1.5Gi", "1536Mi"),
            ("0.5Ki", "512"),
            ("8Ki", "8Ki"),
            ("1.1Ki", "1126400m"),
            ("1e3", "1e3"),
            ("1E", "1E"),
            ("1e4", "10e3"),
            ("12e6", "12e6"),
            ("-1.5", "-1500m"),
            ("9999999999999Gi", "9223372036854775807"),
            ("1k", "1k"),
            ("1000k", "1M"),
            (".5", "500m"),
        ] {
            assert_eq!(canonical(text).as_deref(), Ok(expected), "{text}");
        }
        for (text, expected) in [
            ("100u", "1m"),
            ("1.500", "1500m"),
            ("+5", "5"),
            ("1Gi", "1Gi"),
        ] {
            assert_eq!(rounded_to_milli(text).as_deref(), Ok(expected), "{text}");
        }
        for (text, error) in [
            ("", WRONG_FORMAT),
            ("x", WRONG_FORMAT),
            ("true", WRONG_FORMAT),
            ("1x", WRONG_FORMAT),
            ("1mm", WRONG_SUFFIX),
            ("1e", WRONG_SUFFIX),
        ] {
            assert_eq!(canonical(text), Err(error.to_owned()), "{text}");
        }
    }
}
