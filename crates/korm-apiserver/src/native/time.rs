//! Times as Go parses and writes them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use serde_json::Value;

/// A `metav1.Time` or `metav1.MicroTime` in the form the server gives it back: UTC, and null for
/// Go's zero time.
///
/// # Errors
/// Go's message.
pub(crate) fn canonical(text: &str, micros: bool) -> Result<Value, String> {
    let text = if micros {
        micro_text(parse_micro(text)?)
    } else {
        seconds_text(parse_seconds(text)?)
    };
    Ok(text.map_or(Value::Null, Value::from))
}

/// A `metav1.Time`: RFC 3339; fractions of a second are read.
///
/// # Errors
/// Go's message.
pub(crate) fn parse_seconds(text: &str) -> Result<Timestamp, String> {
    Parser {
        text,
        rest: text,
        layout: "2006-01-02T15:04:05Z07:00",
        form: Form::Seconds,
    }
    .parse()
}

/// A `metav1.MicroTime`: RFC 3339 with exactly six digits after the point.
///
/// # Errors
/// Go's message.
pub(crate) fn parse_micro(text: &str) -> Result<Timestamp, String> {
    Parser {
        text,
        rest: text,
        layout: "2006-01-02T15:04:05.000000Z07:00",
        form: Form::Micros,
    }
    .parse()
}

/// A time without a zone, which counts as UTC.
///
/// # Errors
/// Go's message.
pub(crate) fn parse_local(text: &str) -> Result<Timestamp, String> {
    Parser {
        text,
        rest: text,
        layout: "2006-01-02T15:04:05",
        form: Form::Local,
    }
    .parse()
}

/// The midnight in UTC that a date begins with.
///
/// # Errors
/// Go's message.
pub(crate) fn parse_date(text: &str) -> Result<Timestamp, String> {
    Parser {
        text,
        rest: text,
        layout: "2006-01-02",
        form: Form::Date,
    }
    .parse()
}

/// A time in whole seconds and UTC; `None` for Go's zero time, which is written as null.
pub(crate) fn seconds_text(time: Timestamp) -> Option<String> {
    (!is_zero(time)).then(|| utc(time).strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// A time in microseconds and UTC; `None` for Go's zero time, which is written as null.
pub(crate) fn micro_text(time: Timestamp) -> Option<String> {
    (!is_zero(time)).then(|| utc(time).strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
}

/// 0001-01-01T00:00:00Z.
fn is_zero(time: Timestamp) -> bool {
    time.as_second() == -62_135_596_800 && time.subsec_nanosecond() == 0
}

fn utc(time: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(time)
}

#[derive(Default)]
struct Clock {
    hour: u32,
    minute: u32,
    second: u32,
    nanosecond: i32,
}

struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
    layout: &'static str,
    form: Form,
}

/// What follows the date.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// Nothing.
    Date,
    /// The clock.
    Local,
    /// The clock and a zone.
    Seconds,
    /// The clock with exactly six digits after the point, and a zone.
    Micros,
}

impl Parser<'_> {
    fn parse(mut self) -> Result<Timestamp, String> {
        let year = self.number(4, "2006")?;
        self.literal("-")?;
        let month = self.ranged(2, "01", 1..=12, "month")?;
        self.literal("-")?;
        let day = self.number(2, "02")?;
        let (clock, offset) = match self.form {
            Form::Date => (Clock::default(), 0),
            Form::Local => (self.clock()?, 0),
            Form::Seconds | Form::Micros => (self.clock()?, self.offset()?),
        };
        if !self.rest.is_empty() {
            let (text, rest) = (quote(self.text), quote(self.rest));
            return Err(format!("parsing time {text}: extra text: {rest}"));
        }
        // Every part has at most four digits and fits.
        let time = DateTime::new(
            year as i16,
            month as i8,
            day as i8,
            clock.hour as i8,
            clock.minute as i8,
            clock.second as i8,
            clock.nanosecond,
        )
        .map_err(|_| self.out_of_range("day"))?;
        Offset::from_seconds(offset)
            .and_then(|offset| offset.to_timestamp(time))
            .map_err(|_| self.out_of_range("time zone offset hour"))
    }

    fn clock(&mut self) -> Result<Clock, String> {
        self.literal("T")?;
        // Go takes an hour of one digit too.
        let digits = if self.rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
            2
        } else {
            1
        };
        let hour = self.ranged(digits, "15", 0..=23, "hour")?;
        self.literal(":")?;
        let minute = self.ranged(2, "04", 0..=59, "minute")?;
        self.literal(":")?;
        let second = self.ranged(2, "05", 0..=59, "second")?;
        let nanosecond = self.fraction()?;
        Ok(Clock {
            hour,
            minute,
            second,
            nanosecond,
        })
    }

    fn cannot(&self, part: &str) -> String {
        format!(
            "parsing time {} as {}: cannot parse {} as {}",
            quote(self.text),
            quote(self.layout),
            quote(self.rest),
            quote(part)
        )
    }

    fn out_of_range(&self, part: &str) -> String {
        format!("parsing time {}: {part} out of range", quote(self.text))
    }

    fn literal(&mut self, part: &str) -> Result<(), String> {
        self.rest = self
            .rest
            .strip_prefix(part)
            .ok_or_else(|| self.cannot(part))?;
        Ok(())
    }

    fn number(&mut self, digits: usize, part: &str) -> Result<u32, String> {
        let number = self
            .rest
            .get(..digits)
            .filter(|text| text.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| self.cannot(part))?;
        self.rest = &self.rest[digits..];
        Ok(number)
    }

    fn ranged(
        &mut self,
        digits: usize,
        part: &str,
        range: std::ops::RangeInclusive<u32>,
        name: &str,
    ) -> Result<u32, String> {
        let number = self.number(digits, part)?;
        if range.contains(&number) {
            Ok(number)
        } else {
            Err(self.out_of_range(name))
        }
    }

    fn fraction(&mut self) -> Result<i32, String> {
        let digits = match self.rest.strip_prefix(['.', ',']) {
            Some(rest) => rest.bytes().take_while(u8::is_ascii_digit).count(),
            None => 0,
        };
        if self.form == Form::Micros && digits < 6 {
            return Err(self.cannot(".000000"));
        }
        if digits == 0 {
            return Ok(0);
        }
        let digits = if self.form == Form::Micros { 6 } else { digits };
        let text: String = self.rest[1..=digits]
            .chars()
            .chain("000000000".chars())
            .take(9)
            .collect();
        self.rest = &self.rest[1 + digits..];
        // Nine digits fit.
        Ok(text.parse().unwrap_or_default())
    }

    /// Seconds east of Greenwich.
    fn offset(&mut self) -> Result<i32, String> {
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(0);
        }
        let parsed = (|| {
            let sign = match self.rest.as_bytes().first()? {
                b'+' => 1,
                b'-' => -1,
                _ => return None,
            };
            let text = self.rest.get(1..6)?;
            let (hours, minutes) = text.split_once(':')?;
            let number = |text: &str| -> Option<i32> {
                (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()))
                    .then(|| text.parse().ok())?
            };
            Some((sign, number(hours)?, number(minutes)?))
        })();
        let (sign, hours, minutes) = parsed.ok_or_else(|| self.cannot("Z07:00"))?;
        self.rest = &self.rest[6..];
        if hours > 24 {
            return Err(self.out_of_range("time zone offset hour"));
        }
        if minutes > 60 {
            return Err(self.out_of_range("time zone offset minute"));
        }
        Ok(sign * (hours * 3600 + minutes * 60))
    }
}

fn quote(text: &str) -> String {
    crate::schema::go_format::quote(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        let seconds = |text| parse_seconds(text).map(seconds_text);
        let some = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(
            seconds("2026-11-23T00:27:59Z"),
            some("2026-11-23T00:27:59Z")
        );
        assert_eq!(
            seconds("2026-11-23T01:27:59.75+01:00"),
            some("2026-11-23T00:27:59Z")
        );
        assert_eq!(seconds("0001-01-01T00:00:00Z"), Ok(None));
        let micro = parse_micro("2026-11-23T01:27:59.000120-01:00").map(micro_text);
        assert_eq!(micro, some("2026-11-23T02:27:59.000120Z"));
    }

    #[test]
    fn errors_are_gos() {
        for (text, error) in [
            (
                "x",
                r#"parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006""#,
            ),
            (
                "2026-11-23",
                r#"parsing time "2026-11-23" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T""#,
            ),
            (
                "2026-13-23T00:27:59Z",
                r#"parsing time "2026-13-23T00:27:59Z": month out of range"#,
            ),
            (
                "2026-02-30T00:27:59Z",
                r#"parsing time "2026-02-30T00:27:59Z": day out of range"#,
            ),
            (
                "2026-02-03T00:27:59Zx",
                r#"parsing time "2026-02-03T00:27:59Zx": extra text: "x""#,
            ),
        ] {
            assert_eq!(parse_seconds(text), Err(error.to_owned()));
        }
        for (text, error) in [
            (
                "abc",
                r#"parsing time "abc" as "2006-01-02": cannot parse "abc" as "2006""#,
            ),
            (
                "2020-13-45",
                r#"parsing time "2020-13-45": month out of range"#,
            ),
            (
                "2020-12-31T",
                r#"parsing time "2020-12-31T": extra text: "T""#,
            ),
        ] {
            assert_eq!(parse_date(text), Err(error.to_owned()));
        }
        assert!(
            parse_micro("2026-11-23T00:27:59Z")
                .unwrap_err()
                .ends_with(r#""Z" as ".000000""#)
        );
    }
}
