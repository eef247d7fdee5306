//! What came back.

use bytes::Bytes;
use http::{StatusCode, header::RETRY_AFTER, response::Parts};
use std::time::Duration;

use crate::Outcome;
use crate::status::Status;

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub body: Bytes,
    pub date: Option<http::HeaderValue>,
    /// The server's `Warning` headers, without their codes.
    pub warnings: Vec<String>,
    /// Whether an earlier attempt's answer got lost, so that it may be that attempt which did what was asked.
    pub doubtful: bool,
    /// What this answer says about a write; [`Outcome::Unknown`] for failures after which it may still have happened.
    pub outcome: Outcome,
}

impl Answer {
    pub(super) fn new(head: &Parts, body: Bytes) -> Self {
        let mut body = body;
        if let Some(seconds) = retry_after(head)
            && !head.status.is_success()
        {
            body = with_retry_after(head.status.as_u16(), &body, seconds);
        }
        Self {
            status: head.status,
            body,
            date: head.headers.get(http::header::DATE).cloned(),
            warnings: head
                .headers
                .get_all(http::header::WARNING)
                .iter()
                .filter_map(warning)
                .collect(),
            doubtful: false,
            outcome: if head.status.is_success() {
                Outcome::Done
            } else {
                Outcome::Rejected
            },
        }
    }

    /// The server's clock, in whole seconds.
    pub(crate) fn date(&self) -> Option<jiff::Timestamp> {
        self.date.as_ref().and_then(date)
    }

    pub(crate) fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// How long the server wants us to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let seconds = Status::from_body(self.status.as_u16(), &self.body)
            .details
            .retry_after_seconds;
        (seconds > 0).then(|| Duration::from_secs(seconds.into()))
    }
}

/// The seconds of a `Retry-After` header (RFC 9110, section 10.2.3), given as a number or as a date.
fn retry_after(head: &Parts) -> Option<u32> {
    let text = head.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    let at = date(head.headers.get(RETRY_AFTER)?)?;
    let wait = at.duration_since(jiff::Timestamp::now());
    Some(u32::try_from(wait.as_secs().max(0)).unwrap_or(u32::MAX))
}

/// A date of HTTP (RFC 9110, section 5.6.7).
fn date(value: &http::HeaderValue) -> Option<jiff::Timestamp> {
    Some(
        jiff::fmt::rfc2822::parse(value.to_str().ok()?.trim())
            .ok()?
            .timestamp(),
    )
}

/// Puts the header's seconds where the body of a `Status` has them, so that one place has to be asked.
fn with_retry_after(code: u16, body: &Bytes, seconds: u32) -> Bytes {
    let Status {
        message, reason, ..
    } = Status::from_body(code, body);
    let mut whole = serde_json::from_slice::<serde_json::Value>(body)
        .ok()
        .filter(|value| value["kind"] == "Status")
        .unwrap_or_else(|| {
            serde_json::json!({"kind": "Status", "code": code, "message": message, "reason": reason})
        });
    if !whole["details"].is_object() {
        whole["details"] = serde_json::json!({});
    }
    whole["details"]["retryAfterSeconds"] = seconds.into();
    whole.to_string().into()
}

/// The text of one `Warning` header: `299 - "text"`.
fn warning(value: &http::HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?;
    let quoted = text.split_once('"')?.1;
    let end = quoted.rfind('"')?;
    Some(quoted[..end].replace("\\\"", "\"").replace("\\\\", "\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(header: (&str, &str), body: &str) -> Answer {
        let response = http::Response::builder()
            .status(429)
            .header(header.0, header.1)
            .body(())
            .unwrap();
        Answer::new(&response.into_parts().0, body.to_owned().into())
    }

    #[test]
    fn retry_after_is_taken_from_header_date_and_body() {
        assert_eq!(
            answer(("retry-after", "3"), "busy").retry_after(),
            Some(Duration::from_secs(3))
        );
        let body = r#"{"kind":"Status","details":{"retryAfterSeconds":7}}"#;
        assert_eq!(
            answer(("x", "y"), body).retry_after(),
            Some(Duration::from_secs(7))
        );
        assert_eq!(answer(("x", "y"), "busy").retry_after(), None);
        let past = "Wed, 21 Oct 2015 07:28:00 GMT";
        assert_eq!(answer(("retry-after", past), body).retry_after(), None);
        let later = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(100);
        let later =
            jiff::fmt::rfc2822::to_string(&later.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
        let wait = answer(("retry-after", &later), "busy")
            .retry_after()
            .unwrap();
        assert!((95..=100).contains(&wait.as_secs()), "{wait:?}");
    }

    #[test]
    fn warnings_are_unquoted() {
        let answer = answer(("warning", r#"299 - "unknown field \"spec.a\"""#), "");
        assert_eq!(answer.warnings, [r#"unknown field "spec.a""#]);
    }
}
