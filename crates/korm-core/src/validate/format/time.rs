//! Instants, dates and durations.

use std::sync::LazyLock;

use regex::Regex;

use super::{Pattern, matches};

// Go's `\d` and Rust's differ; the separator of the fraction may be any character.
static TIME: Pattern = LazyLock::new(|| {
    Regex::new(r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](.[0-9]+)?(z|[+-][0-9]{2}:[0-9]{2})$")
        .ok()
});
static DATE: Pattern = LazyLock::new(|| Regex::new(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$").ok());
/// As `time.ParseDuration` takes it.
static GO_DURATION: Pattern = LazyLock::new(|| {
    Regex::new(r"^[-+]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$").ok()
});
/// A number and a unit, wherever they stand.
static PART_OF_DURATION: Pattern = LazyLock::new(|| Regex::new(r"([0-9]+)\s*([A-Za-zµ]+)").ok());

/// RFC 3339, section 5.6, as far as the server looks.
pub(super) fn is_date_time(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut parts = text.split('t');
    let (date, time) = (parts.next(), parts.next());
    date.is_some_and(is_date) && time.is_some_and(|time| matches(&TIME, time))
}

pub(super) fn is_date(text: &str) -> bool {
    matches(&DATE, text) && text.parse::<jiff::civil::Date>().is_ok()
}

/// Go's durations, and words such as `2 weeks`.
pub(super) fn is_duration(text: &str) -> bool {
    /// The last of each unit may be the beginning of a longer word.
    const UNITS: [&[&str]; 8] = [
        &["ns", "nano"],
        &["us", "µs", "micro"],
        &["ms", "milli"],
        &["s", "sec"],
        &["m", "min"],
        &["h", "hr", "hour"],
        &["d", "day"],
        &["w", "wk", "week"],
    ];
    if matches(&GO_DURATION, text) {
        return true;
    }
    let Some(part) = PART_OF_DURATION.as_ref() else {
        return false;
    };
    let mut found = false;
    for part in part.captures_iter(text) {
        let (_, [number, unit]) = part.extract();
        if number.parse::<i64>().is_err() {
            return false;
        }
        let unit = unit.to_lowercase();
        found |= UNITS.iter().any(|names| {
            names.contains(&unit.as_str())
                || names.last().is_some_and(|last| unit.starts_with(last))
        });
    }
    found
}
