//! Timestamps as `metav1.Time` and `metav1.MicroTime` read and write them.

use jiff::Timestamp;

use crate::schema::go_format;

const SECONDS: &str = "2006-01-02T15:04:05Z07:00";
const MICROS: &str = "2006-01-02T15:04:05.000000Z07:00";

/// A timestamp in the form the server gives back, in UTC and whole seconds (or microseconds).
pub(super) fn canonical(text: &str, micros: bool) -> Result<String, String> {
    let layout = if micros { MICROS } else { SECONDS };
    let parsed = is_rfc3339(text)
        .then(|| text.parse::<Timestamp>().ok())
        .flatten();
    match parsed {
        Some(time) if micros => Ok(time.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()),
        Some(time) => Ok(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        None => Err(complaint(text, layout)),
    }
}

fn is_rfc3339(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 20
        && bytes[..19].iter().enumerate().all(|(i, b)| match i {
            4 | 7 => *b == b'-',
            10 => *b == b'T',
            13 | 16 => *b == b':',
            _ => b.is_ascii_digit(),
        })
}

/// What `time.Parse` says: the first element of the layout that does not fit.
fn complaint(text: &str, layout: &str) -> String {
    let elements: [(usize, &str); 11] = [
        (4, "2006"),
        (1, "-"),
        (2, "01"),
        (1, "-"),
        (2, "02"),
        (1, "T"),
        (2, "15"),
        (1, ":"),
        (2, "04"),
        (1, ":"),
        (2, "05"),
    ];
    let quoted = go_format::quote(text);
    let layout = go_format::quote(layout);
    let mut rest = text;
    for (width, element) in elements {
        let fits = rest.get(..width).is_some_and(|part| match element {
            "-" | "T" | ":" => part == element,
            _ => part.bytes().all(|b| b.is_ascii_digit()),
        });
        if !fits {
            let rest = go_format::quote(rest);
            return format!(
                "parsing time {quoted} as {layout}: cannot parse {rest} as \"{element}\""
            );
        }
        let value = rest.get(..width).and_then(|part| part.parse::<u32>().ok());
        let range = match element {
            "01" => Some(("month", 1..=12)),
            "15" => Some(("hour", 0..=23)),
            "04" => Some(("minute", 0..=59)),
            "05" => Some(("second", 0..=59)),
            _ => None,
        };
        if let (Some(value), Some((name, range))) = (value, range)
            && !range.contains(&value)
        {
            return format!("parsing time {quoted}: {name} out of range");
        }
        rest = &rest[width..];
    }
    let fraction = rest.strip_prefix(['.', ',']).map_or(rest, |digits| {
        digits.trim_start_matches(|c: char| c.is_ascii_digit())
    });
    let zone_ok = fraction == "Z"
        || fraction.len() == 6
            && fraction.starts_with(['+', '-'])
            && fraction.as_bytes()[3] == b':';
    if zone_ok {
        return format!("parsing time {quoted}: day out of range");
    }
    if let Some(extra) = fraction.strip_prefix('Z') {
        return format!(
            "parsing time {quoted}: extra text: {}",
            go_format::quote(extra)
        );
    }
    let rest = go_format::quote(fraction);
    format!("parsing time {quoted} as {layout}: cannot parse {rest} as \"Z07:00\"")
}
