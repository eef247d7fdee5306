//! Formats of dates, times and durations.

/// `2006-01-02`.
pub(super) fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        })
        && text.parse::<jiff::civil::Date>().is_ok()
}

/// `2006-01-02T15:04:05Z` with an optional fraction and either `z` or an offset.
pub(super) fn is_date_time(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let Some((date, time)) = text.split_once('t') else {
        return false;
    };
    // A second t would begin a third part, which is not looked at.
    let time = time.split('t').next().unwrap_or(time);
    is_date(date) && is_time(time)
}

fn is_time(time: &str) -> bool {
    let Some((clock, mut rest)) = time.split_at_checked(8) else {
        return false;
    };
    let clock_ok = clock.bytes().enumerate().all(|(i, b)| match i {
        2 | 5 => b == b':',
        _ => b.is_ascii_digit(),
    });
    if !clock_ok || &clock[..2] > "23" || &clock[3..5] > "59" || &clock[6..] > "59" {
        return false;
    }
    // The pattern takes any character for the point of the fraction.
    let mut chars = rest.chars();
    if chars.next().is_some() {
        let after = chars.as_str();
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && is_zone(&after[digits..]) {
            rest = &after[digits..];
        }
    }
    is_zone(rest)
}

fn is_zone(zone: &str) -> bool {
    let bytes = zone.as_bytes();
    match bytes {
        [b'z'] => true,
        [b'+' | b'-', a, b, b':', c, d] => [a, b, c, d].iter().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}

/// A duration of Go (`1h30m`) or Scala (`3 days`).
pub(super) fn is_duration(text: &str) -> bool {
    is_go_duration(text) || scala_duration(text).is_some()
}

fn is_go_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    if rest.is_empty() {
        return false;
    }
    let mut nanoseconds = 0.0_f64;
    while !rest.is_empty() {
        let number = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (digits, after) = rest.split_at(number);
        let fraction_ok = digits.matches('.').count() <= 1;
        if !fraction_ok || !digits.bytes().any(|b| b.is_ascii_digit()) {
            return false;
        }
        let unit = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let factor = match unit {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 6e10,
            "h" => 3.6e12,
            _ => return false,
        };
        nanoseconds += digits.parse::<f64>().unwrap_or(f64::INFINITY) * factor;
        rest = after;
    }
    nanoseconds < 9.223_372_036_854_776e18
}

/// Names of units and their nanoseconds; the last of each may be followed by anything (`hours`).
const UNITS: [(&[&str], i64); 8] = [
    (&["ns", "nano"], 1),
    (&["us", "µs", "micro"], 1_000),
    (&["ms", "milli"], 1_000_000),
    (&["s", "sec"], 1_000_000_000),
    (&["m", "min"], 60_000_000_000),
    (&["h", "hr", "hour"], 3_600_000_000_000),
    (&["d", "day"], 86_400_000_000_000),
    (&["w", "wk", "week"], 604_800_000_000_000),
];

/// The nanoseconds of a duration of Scala, whatever stands around its numbers and units.
pub(super) fn scala_duration(text: &str) -> Option<i64> {
    let mut found = None;
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let number = &rest[start..];
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        let after = number[digits..].trim_start_matches([' ', '\t', '\n', '\u{c}', '\r']);
        let letters = after
            .find(|c: char| !c.is_ascii_alphabetic() && c != 'µ')
            .unwrap_or(after.len());
        if letters > 0 {
            let factor: i64 = number[..digits].parse().ok()?;
            let unit = after[..letters].to_lowercase();
            for (_, nanoseconds) in UNITS.iter().filter(|(names, _)| is_unit(names, &unit)) {
                let part = factor.wrapping_mul(*nanoseconds);
                found = Some(found.unwrap_or(0_i64).wrapping_add(part));
            }
        }
        rest = &after[letters..];
    }
    found
}

fn is_unit(names: &[&str], word: &str) -> bool {
    names.contains(&word) || names.last().is_some_and(|name| word.starts_with(name))
}
